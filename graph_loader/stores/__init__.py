"""Stores: where the graph is held."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from platformdirs import user_data_path

from graph_loader import profiles
from graph_loader.errors import UsageError
from graph_loader.stores.base import Store

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def default_folder() -> Path:
    """Folder of the embedded store where no ``--db`` is given."""
    return user_data_path("pactgraph", appauthor=False) / "store"


def open_store(db: str | None) -> Store:
    """The store that ``--db`` names.

    A ``bolt://`` or ``neo4j://`` URL is a Neo4j; ``neo4j`` is the local one of ``pactgraph neo4j start``; the name of a profile is what
    the configuration says (see :mod:`graph_loader.profiles`); all else is a folder, and None the one among the user's own data.

    For a URL the user, the password and the database come from NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE, or the password from
    a prompt on a terminal.

    Raises
    ------
    UsageError
        When the name, the URL or the configuration is wrong, or a password is missing.
    StoreError
        When the local server is named and does not run.
    """
    profile = profiles.find(db) if db else None
    place = profile.db if profile else db
    if place and "://" in place:
        return _neo4j(place, profile)
    from graph_loader.stores.embedded import EmbeddedStore

    return EmbeddedStore(Path(place) if place else default_folder())


def _neo4j(url: str, profile: profiles.Profile | None) -> Store:
    where = f"profile '{profile.name}': " if profile else "--db "
    if "@" in url:
        raise UsageError(f"{where}the URL must not hold a user or password; set NEO4J_USERNAME and NEO4J_PASSWORD, or use a profile")
    if url.split("://", 1)[0] not in _SCHEMES:
        raise UsageError(f"{where}{url}: unknown scheme; write a folder, bolt://HOST:7687 or neo4j+s://HOST")
    from graph_loader.stores.neo4j import Neo4jStore

    user = (profile.username if profile else None) or os.environ.get("NEO4J_USERNAME") or "neo4j"
    database = (profile.database if profile else None) or os.environ.get("NEO4J_DATABASE") or None
    password = profile.password() if profile else None
    return Neo4jStore(url, (user, _password_of(user) if password is None else password), database)


def _password_of(user: str) -> str:
    password = os.environ.get("NEO4J_PASSWORD")
    if password is not None:
        return password
    if not sys.stdin.isatty():
        raise UsageError(
            "Neo4j needs a password: set NEO4J_PASSWORD (and NEO4J_USERNAME when it is not neo4j), or name a profile that has it in --db"
        )
    import getpass

    return getpass.getpass(f"Neo4j password of {user}: ")
