"""Views: pure functions from a graph and plain result tables to self-contained HTML pages.

This package is a leaf: it knows networkx, pyvis, Jinja2, numpy and plain Python tables, and nothing of the loader.
"""

from viz.network import NetworkInput, network_page

__all__ = ["NetworkInput", "network_page"]
