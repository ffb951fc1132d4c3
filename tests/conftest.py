"""Fixtures of all tests.

``store``         an empty store; the test runs once for each kind (embedded, neo4j)
``loaded``        a store with the bundled data, of each kind; made once, only read
``both``          the two loaded stores at once, for comparisons: ``both.embedded``, ``both.neo4j``
``cli``           the command in a process of its own (``support.Cli``)
``loaded_server``  the running server of ``loaded_neo4j``, which has Neo4j Browser and our kit
``neo4j_server``  the running test server; tests that use it carry the marker ``neo4j``
``reference``     folder of the publishers' files (PACTGRAPH_REFERENCE), with the marker of that name

Without the Neo4j test server its tests fail in CI and are skipped, with the reason, elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import neo4j_server as servers
import portalocker
import pytest
from hypothesis import settings
from support import NEO4J_AUTH, Both, Cli, emptied, opened

from graph_loader import pipeline
from graph_loader.cli.browser_kit import kit_files
from graph_loader.server import LocalNeo4j
from graph_loader.sources import base
from graph_loader.stores.base import Store, meta

settings.register_profile("pactgraph", deadline=None)  # time is never asserted
settings.load_profile("pactgraph")

BUNDLED = ("reference", "curated", "usgs")
KINDS = ["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = os.environ.get("PACTGRAPH_REFERENCE")
    missing = pytest.mark.skip(reason="needs the publishers' files: set PACTGRAPH_REFERENCE to their folder")
    for item in items:
        if item.get_closest_marker("reference") and not folder:
            item.add_marker(missing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the fault tests; here, for with several workers the conftest.py of their folder is not read where it is printed."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    lines = dict.fromkeys(str(value) for name, value in properties if name == "faults")
    if lines:
        terminalreporter.section("faults: survived of tried")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder that holds the publishers' files."""
    return Path(os.environ["PACTGRAPH_REFERENCE"])


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalNeo4j]:
    """The server that tests may fill and wipe."""
    if reason := servers.why_unavailable():
        servers.unavailable(reason)
    with servers.shared_test_server(servers.shared_root(tmp_path_factory)) as server:
        NEO4J_AUTH[server.uri] = (server.user, server.password)
        yield server


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "embedded":
        yield opened(tmp_path / "store")
        return
    with emptied(request.getfixturevalue("neo4j_server")) as url:
        yield opened(url)


def load_bundled(store: Store) -> None:
    """Load the data that travel with pactgraph."""
    pipeline.load(store, [(base.get(name), None) for name in BUNDLED])


@pytest.fixture(scope="session")
def loaded_embedded(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The bundled data in an embedded store; only read."""
    store = opened(tmp_path_factory.mktemp("loaded") / "store")
    load_bundled(store)
    return store


@pytest.fixture(scope="session")
def loaded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalNeo4j]:
    """A server of their own for the bundled data (Community has one database, and ``store`` wipes the other server), with Browser."""
    if reason := servers.why_unavailable():
        servers.unavailable(reason)
    root = servers.shared_root(tmp_path_factory) / "loaded-neo4j"
    root.mkdir(exist_ok=True)
    with servers.shared_test_server(root, kit_files(())) as server:
        NEO4J_AUTH[server.uri] = (server.user, server.password)
        store = opened(server.uri)
        with portalocker.Lock(root / "load.lock", "a", timeout=300):
            with store.reading() as reader:
                empty = meta(reader) is None
            if empty:
                load_bundled(store)
        yield server


@pytest.fixture(scope="session")
def loaded_neo4j(loaded_server: LocalNeo4j) -> Store:
    """The bundled data in Neo4j; only read."""
    return opened(loaded_server.uri)


@pytest.fixture(scope="session", params=KINDS)
def loaded(request: pytest.FixtureRequest) -> Store:
    """A store of each kind with the bundled data; only read."""
    found: Store = request.getfixturevalue(f"loaded_{request.param}")
    return found


@pytest.fixture(scope="session")
def both(loaded_embedded: Store, loaded_neo4j: Store) -> Both:
    """The bundled data in both stores; only read. Mark tests that use it with ``neo4j``."""
    return Both(loaded_embedded, loaded_neo4j)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Runs the command with the user's folders inside the test's own."""
    home = tmp_path / "home"
    home.mkdir()
    return Cli(home)
