"""The Neo4j test server: plain functions that conftest.py makes fixtures of.

A fixture for all tests of a run, with or without pytest-xdist::

    @pytest.fixture(scope="session")
    def neo4j_server(tmp_path_factory):
        if reason := neo4j_server.why_unavailable():
            neo4j_server.unavailable(reason)
        with neo4j_server.shared_test_server(neo4j_server.shared_root(tmp_path_factory)) as server:
            yield server

    @pytest.fixture
    def neo4j_database(neo4j_server):
        with neo4j_server.empty_database(neo4j_server) as server:
            yield server
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import portalocker
import pytest
from neo4j import GraphDatabase

from graph_loader.server import LocalNeo4j, fetch, why_unavailable
from graph_loader.server.browser import put_kit

__all__ = [
    "empty_database",
    "shared_root",
    "shared_test_server",
    "start_test_server",
    "unavailable",
    "why_unavailable",
]

Kit = Mapping[str, bytes]

_WAIT_S = 600  # a first run downloads 155 MB while the other workers wait


def unavailable(reason: str) -> NoReturn:
    """Skip for the reason; in CI fail, for there nobody reads of skipped tests."""
    if os.environ.get("CI"):
        pytest.fail(f"the Neo4j test server is not available in CI: {reason}", pytrace=False)
    pytest.skip(reason)


def start_test_server(tmp_root: Path, kit: Kit | None = None) -> LocalNeo4j:
    """Start a fresh server of this process in a new folder under tmp_root; stop() ends it, as does our end."""
    return _start(Path(tempfile.mkdtemp(prefix="neo4j-", dir=tmp_root)), kit)


def _start(home: Path, kit: Kit | None, owner_pid: int | None = None) -> LocalNeo4j:
    jars = fetch()
    if kit is None:
        return LocalNeo4j.start(home, jars, owner_pid=owner_pid)
    return LocalNeo4j.start(home, [put_kit(home, jars, kit), *jars], http_port=0, owner_pid=owner_pid)


def shared_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Temporary folder that all workers of one run see (pytest-xdist puts a folder for each worker inside it)."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def shared_test_server(tmp_root: Path, kit: Kit | None = None) -> Iterator[LocalNeo4j]:
    """Give the one server of a test run; with a kit it has HTTP, with Neo4j Browser and the kit.

    Without pytest-xdist it is started here and stopped at the end. With it, the first worker starts the server, the
    others find it by its folder, and it ends with the controller, whose process owns it: a worker that is done first
    must not take it from the others.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ or os.name != "posix":
        with start_test_server(tmp_root, kit) as server:
            yield server
        return
    home = tmp_root / "neo4j-shared"
    with portalocker.Lock(tmp_root / "neo4j-shared.lock", "a", timeout=_WAIT_S):
        shared = LocalNeo4j.attach(home) or _start(home, kit, os.getppid())
    yield shared


@contextmanager
def empty_database(server: LocalNeo4j) -> Iterator[LocalNeo4j]:
    """Empty the one database of a server (data, constraints, indexes) and keep other workers off it meanwhile."""
    with portalocker.Lock(server.home / "tests.lock", "a", timeout=_WAIT_S):
        with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
            for record in list(session.run("SHOW CONSTRAINTS YIELD name")):
                session.run(f"DROP CONSTRAINT `{record['name']}`").consume()
            for record in list(session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'")):
                session.run(f"DROP INDEX `{record['name']}`").consume()
        yield server
