"""Stores: where the graph is held."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from platformdirs import user_data_path

from graph_loader.errors import UsageError
from graph_loader.stores.base import Store

_SCHEMES = ("bolt", "neo4j")


def open_store(db: str | None) -> Store:
    """The store that ``--db`` names: a ``bolt://`` or ``neo4j://`` URL, else a folder; None is the user's own data folder.

    For Neo4j the user and password come from NEO4J_USERNAME and NEO4J_PASSWORD, or from a prompt on a terminal.
    """
    if db and "://" in db:
        scheme = db.split("://", 1)[0].split("+")[0]
        if scheme not in _SCHEMES:
            raise UsageError(f"--db {db.split('@')[-1]}: unknown scheme; write a folder, bolt://HOST:7687 or neo4j+s://HOST")
        if "@" in db:
            raise UsageError("--db must not hold a password; set NEO4J_USERNAME and NEO4J_PASSWORD instead")
        from graph_loader.stores.neo4j import Neo4jStore

        return Neo4jStore(db, _credentials())
    from graph_loader.stores.embedded import EmbeddedStore

    return EmbeddedStore(Path(db) if db else user_data_path("pactgraph", appauthor=False) / "store")


def _credentials() -> tuple[str, str]:
    user = os.environ.get("NEO4J_USERNAME", "neo4j")
    password = os.environ.get("NEO4J_PASSWORD")
    if password is None:
        if not sys.stdin.isatty():
            raise UsageError("Neo4j needs a password: set NEO4J_PASSWORD (and NEO4J_USERNAME when it is not neo4j)")
        import getpass

        password = getpass.getpass(f"Neo4j password of {user}: ")
    return user, password
