"""How Neo4j goes about each query of the library: no scan of all nodes, no cartesian product.

Asserted by plan, not by time: a plan tells how the work grows with the graph.
"""

from __future__ import annotations

import pytest
from neo4j import GraphDatabase

from graph_loader.catalogue import catalogue
from graph_loader.identity import default_identity
from graph_loader.stores.base import Store
