"""pactgraph: a relationship graph explorer for international relations."""

from importlib.metadata import version

__version__ = version("pactgraph")
