"""pactgraph: a relationship graph explorer for international relations.

The public functions, imported when first used:

- ``connect(db)``: a store to ask, in Python and Jupyter: ``connect().query("membership/members", bloc="NATO").polars()``.
- ``open_store(db)``: the store of a folder or a Neo4j URL; ``load(store, wanted)`` loads datasets into it.
- ``ties(reader, as_of)`` and ``flows(reader)``: the graph at a date as networkx and polars.
- ``camps(graph)`` and ``concentration(flows)``: which camps exist, who depends on whom how narrowly.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph_loader.analysis.clusters import camps
    from graph_loader.analysis.concentration import concentration
    from graph_loader.pipeline import load
    from graph_loader.session import connect
    from graph_loader.snapshot import flows, ties
    from graph_loader.stores import open_store

__all__ = ["__version__", "camps", "concentration", "connect", "flows", "load", "open_store", "ties"]
__version__ = version("pactgraph")

# The command must start quickly: networkx and polars are imported only when they are used.
_HOMES = {
    "connect": "graph_loader.session",
    "open_store": "graph_loader.stores",
    "load": "graph_loader.pipeline",
    "ties": "graph_loader.snapshot",
    "flows": "graph_loader.snapshot",
    "camps": "graph_loader.analysis.clusters",
    "concentration": "graph_loader.analysis.concentration",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'graph_loader' has no attribute '{name}'")
