"""The newest Neo4j beside the long-term one: the same data give the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from neo4j import GraphDatabase
from neo4j_server import unavailable, why_unavailable
from support import NEO4J_AUTH, everything, opened

from graph_loader import pipeline, snapshot
from graph_loader.catalogue import catalogue
from graph_loader.cli.load import BUNDLED
from graph_loader.identity import default_identity
from graph_loader.server import RELEASES, LocalNeo4j, ServerError, fetch, read_lock
from graph_loader.sources import base
from graph_loader.stores.base import Store
from graph_loader.stores.base import query as run_query
from graph_loader.stores.neo4j import Neo4jStore

pytestmark = pytest.mark.neo4j
NEWEST = RELEASES[-1]


def load_bundled(store: Store) -> None:
    pipeline.load(store, [(base.get(name), None) for name in BUNDLED])


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jStore]:
    """The bundled data in the newest Neo4j."""
    if reason := why_unavailable():
        unavailable(reason)
    home = tmp_path_factory.mktemp("newest")
    with LocalNeo4j.start(home, fetch(version=NEWEST.version), version=NEWEST.version) as server:
        NEO4J_AUTH[server.uri] = (server.user, server.password)
        store = opened(server.uri)
        assert isinstance(store, Neo4jStore)
        load_bundled(store)
        yield store


def test_it_is_the_version_that_was_asked_for(newest: Neo4jStore) -> None:
    found = newest.server()
    assert (found.version, found.edition) == (NEWEST.version, "community")
    assert found.constraints == found.constraints_wanted


def test_it_holds_what_the_embedded_store_holds(newest: Neo4jStore, loaded_embedded: Store) -> None:
    here, there = everything(newest), everything(loaded_embedded)
    # Shown is what differs: a picture of two whole graphs is no message.
    assert {id_: (here.get(id_), there.get(id_)) for id_ in here.keys() | there.keys() if here.get(id_) != there.get(id_)} == {}


def test_loading_again_changes_nothing(newest: Neo4jStore) -> None:
    before = everything(newest)
    load_bundled(newest)
    assert everything(newest) == before


# Each asks for what the bundled data hold; (query, parameters, date).
ASKED: list[tuple[str, dict[str, str], str]] = [
    ("membership/members", {"bloc": "NATO"}, "1985-06-01"),
    ("obligations/defenders", {"state": "JPN"}, "1970-12-31"),
    ("obligations/defenders", {"state": "FRA"}, "2020-01-01"),
    ("alignment/alliance-pair", {"a": "DEU", "b": "FRA"}, "1985-06-01"),
    ("dependency/top-supplier", {}, "2025-12-31"),
    ("evidence/claims", {"fact": "member|FRA|NATO|1"}, "2020-01-01"),
    ("evidence/coverage", {}, "2020-01-01"),
]


@pytest.mark.parametrize(("name", "given", "day"), ASKED, ids=[f"{name} {' '.join(given.values())}".strip() for name, given, _ in ASKED])
def test_its_answers_are_those_of_the_embedded_store(
    newest: Neo4jStore, loaded_embedded: Store, name: str, given: dict[str, str], day: str
) -> None:
    asked = catalogue()[name]
    found: list[Any] = []
    for store in (newest, loaded_embedded):
        with store.reading() as reader:
            found.append(run_query(reader, store, asked.text, asked.bind(given, day, default_identity())))
    assert found[0] == found[1]
    assert found[0].rows


def test_ties_and_flows_are_read_alike(newest: Neo4jStore, loaded_embedded: Store) -> None:
    with newest.reading() as there, loaded_embedded.reading() as here:
        ties, expected = snapshot.ties(there, "1985-06-01"), snapshot.ties(here, "1985-06-01")
        by_key = [{key: (a, b, data) for a, b, key, data in graph.edges(keys=True, data=True)} for graph in (ties, expected)]
        assert by_key[0] == by_key[1]
        assert ties.number_of_edges() > 0
        assert snapshot.flows(there).equals(snapshot.flows(here))


@pytest.mark.parametrize("release", RELEASES, ids=[r.name for r in RELEASES])
def test_the_list_of_jars_is_of_the_release(release: Any) -> None:
    jars = read_lock(release.name)
    assert tuple(jar.coordinate for jar in jars[:3]) == release.roots
    assert {jar.version for jar in jars if jar.group == "org.neo4j"} == {release.version}


def test_data_go_from_the_long_term_version_to_the_newest_and_not_back(tmp_path: Any) -> None:
    if reason := why_unavailable():
        unavailable(reason)
    oldest, made = RELEASES[0].version, "CREATE (:State {id: 'YUG'})-[:MEMBER_OF {id: 'm'}]->(:Bloc {id: 'b'})"
    for version, text in ((oldest, made), (NEWEST.version, "RETURN 1 AS one")):
        with (
            LocalNeo4j.start(tmp_path, fetch(version=version), version=version) as server,
            GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver,
        ):
            driver.execute_query(text)
            found = driver.execute_query("MATCH (s)-[m]->(b) RETURN s.id, m.id, b.id").records
            assert [list(r) for r in found] == [["YUG", "m", "b"]]
    with pytest.raises(ServerError, match=rf"written by Neo4j {NEWEST.version}, which {oldest} cannot read"):
        LocalNeo4j.start(tmp_path, fetch(version=oldest), version=oldest)
