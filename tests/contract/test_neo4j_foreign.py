"""Data that are not pactgraph's in the same Neo4j database: never changed, never removed, never part of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import portalocker
import pytest
from neo4j import Driver, GraphDatabase
from support import Cli, opened, query, small_package

from graph_loader import pipeline, snapshot
from graph_loader.errors import StoreError
from graph_loader.server import LocalNeo4j
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store

pytestmark = pytest.mark.neo4j

CLUB = {"id": "CLUB", "name": "The club", "kind": "forum", "since": "1950-01-01", "until": ".."}
MEMBERS = [{"state": s, "bloc": "CLUB", "since": "1950-01-01", "until": ".."} for s in ("FRA", "DEU", "GBR")]

# The same labels and types as ours, with and without an id, in every place: nodes, relationships, an end of ours.
SAME_LABELS = """
CREATE (c:State {name: 'California'}), (t:State {id: 'texas', name: 'Texas', since: '1845-12-29'}), (b:Bloc {id: 'union', name: 'Union'}),
       (:Claim {text: 'an assertion'}), (:Source {id: 'diary'}), (:Meta {id: 'settings', format: 9}), (:Run {id: 'monday'}),
       (c)-[:MEMBER_OF {since: '1850-09-09', until: '9999-12-31', role: 'full', suspended: false}]->(b),
       (t)-[:MEMBER_OF {id: 'texan', since: '1845-12-29', until: '9999-12-31', role: 'full', suspended: false}]->(b),
       (c)-[:DEFENCE {since: '1850-09-09', until: '9999-12-31', mutual: true, kind: 'alliance'}]->(t)
"""
OTHER_LABELS = "CREATE (:Person {id: 'FRA', name: 'Frances'})-[:LIVES_IN {since: '1980-01-01', until: '9999-12-31'}]->(:Town {id: 'Metz'})"


@pytest.fixture
def driver(neo4j_server: LocalNeo4j) -> Iterator[Driver]:
    """A database without nodes, kept from other workers meanwhile."""
    with (
        portalocker.Lock(neo4j_server.home / "tests.lock", "a", timeout=300),
        GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as connected,
    ):
        connected.execute_query("MATCH (n) DETACH DELETE n")
        yield connected
        connected.execute_query("MATCH (n) DETACH DELETE n")


@pytest.fixture
def shared(driver: Driver, neo4j_server: LocalNeo4j) -> Store:
    return opened(neo4j_server.uri)


@pytest.fixture
def embedded(tmp_path: Path) -> Store:
    return opened(tmp_path / "embedded")


def put(store: Store, folder: Path, members: list[dict[str, str]] = MEMBERS, **bloc: str) -> pipeline.LoadReport:
    small_package(folder, {"blocs": [CLUB | bloc] if members else [], "memberships": members}, id="mine")
    return pipeline.load(store, [(PackageSource(folder), folder)])


def foreign(driver: Driver) -> list[Any]:
    """All that does not bear our fingerprint, with Neo4j's own identity of it."""
    nodes = "MATCH (n) WHERE n.fingerprint IS NULL RETURN elementId(n) AS i, labels(n) AS l, properties(n) AS p ORDER BY i"
    ties = (
        "MATCH (a)-[t]->(b) WHERE t.fingerprint IS NULL"
        " RETURN elementId(t) AS i, type(t) AS l, properties(t) AS p, elementId(a) AS a, elementId(b) AS b ORDER BY i"
    )
    return [r.data() for text in (nodes, ties) for r in driver.execute_query(text).records]


def ours(driver: Driver) -> dict[str, Any]:
    text = (
        "MATCH (n) WHERE n.fingerprint IS NOT NULL RETURN n.id AS id, properties(n) AS p"
        " UNION ALL MATCH ()-[n]->() WHERE n.fingerprint IS NOT NULL RETURN n.id AS id, properties(n) AS p"
    )
    return {r["id"]: r["p"] for r in driver.execute_query(text).records}


def test_load_reload_change_and_removal_leave_it_as_it_was(driver: Driver, shared: Store, embedded: Store, tmp_path: Path) -> None:
    driver.execute_query(SAME_LABELS)
    driver.execute_query(OTHER_LABELS)
    before = foreign(driver)
    assert len(before) == 9 + 4
    for store in (shared, embedded):
        for members, bloc in ((MEMBERS, {}), (MEMBERS, {}), (MEMBERS[:2], {"name": "Another name"}), ([], {}), (MEMBERS, {})):
            put(store, tmp_path / "mine", members, **bloc)
            if store is shared:
                assert foreign(driver) == before
    assert {"member|FRA|CLUB|1", "CLUB", "FRA"} <= ours(driver).keys()
    with embedded.reading() as alone, shared.reading() as mixed:
        for ids in ("MATCH (n) WHERE n.fingerprint IS NOT NULL RETURN n.id AS id ORDER BY id",
                    "MATCH ()-[n]->() WHERE n.fingerprint IS NOT NULL RETURN n.id AS id ORDER BY id"):  # fmt: skip
            assert mixed.run(ids, {}) == alone.run(ids, {})


def test_what_is_read_for_analyses_is_ours_alone(driver: Driver, shared: Store, embedded: Store, tmp_path: Path) -> None:
    driver.execute_query(SAME_LABELS)
    for store in (shared, embedded):
        put(store, tmp_path / "mine")
    tie = "CREATE (t)-[:DEFENCE {since: '1900-01-01', until: '9999-12-31'}]->(f)"
    driver.execute_query(f"MATCH (f:State {{id: 'FRA'}}), (t:State {{id: 'texas'}}) {tie}")
    with shared.reading() as mixed, embedded.reading() as alone:
        for day in (None, "2020-01-01"):
            found, expected = snapshot.ties(mixed, day), snapshot.ties(alone, day)
            assert dict(found.nodes(data=True)) == dict(expected.nodes(data=True))
            assert found.number_of_edges() == expected.number_of_edges() == 0
        assert snapshot.flows(mixed).equals(snapshot.flows(alone))
        assert snapshot.release(mixed) == snapshot.release(alone)
        assert snapshot.censored_by(mixed, "2020-01-01") == snapshot.censored_by(alone, "2020-01-01")


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) RETURN count(*) AS n",
        "MATCH (s:`State`) RETURN count(s) AS n",
        "MATCH (s) WHERE s:State RETURN count(s) AS n",
        "MATCH (s:State|Bloc) RETURN count(s) AS n",
        "MATCH (s) RETURN count(s) AS n",
        "MATCH (s {name: 'Texas'}) RETURN count(s) AS n",
        "MATCH (s WHERE s.name = 'Texas') RETURN count(s) AS n",
        "MATCH p = (s) RETURN count(p) AS n",
        "OPTIONAL MATCH (b:Good), (s) RETURN count(s) AS n",
        "MATCH ()-[m]->() RETURN count(m) AS n",
        "MATCH ()-[m WHERE m.since < '1900']->() RETURN count(m) AS n",
        "MATCH (a)-[*1..2]-(b) RETURN count(*) AS n",
        "MATCH (a)--(b) RETURN count(*) AS n",
        "MATCH (a)-->(b) RETURN count(*) AS n",
        "MATCH ()-[m:MEMBER_OF|DEFENCE]->() RETURN count(m) AS n",
        "RETURN COUNT { MATCH (s:State) } AS n",
        "RETURN COUNT { (s:State) } AS n",
        "CALL () { MATCH (s:State) RETURN s } RETURN count(s) AS n",
    ],
)
def test_a_query_that_would_mix_both_is_refused(driver: Driver, shared: Store, tmp_path: Path, text: str) -> None:
    driver.execute_query(SAME_LABELS)
    with pytest.raises(StoreError, match=r"pactgraph did not write, .*an answer would mix them: give pactgraph a database of its own"):
        query(shared, text)


def test_a_query_that_tells_ours_apart_is_answered(driver: Driver, shared: Store, tmp_path: Path) -> None:
    driver.execute_query(SAME_LABELS)
    put(shared, tmp_path / "mine")
    text = "MATCH (b:Bloc) WHERE b.fingerprint IS NOT NULL RETURN b.id AS id"
    assert query(shared, text) == [{"id": "CLUB"}]


def test_the_command_names_what_is_in_the_way(driver: Driver, shared: Store, tmp_path: Path, cli: Cli) -> None:
    put(shared, tmp_path / "mine")
    asked = ("query", "membership/members", "-p", "bloc=CLUB", "--as-of", "2020-01-01", "--format", "json")
    alone = cli(*asked, db=shared).ok().rows
    assert [row["state"] for row in alone] == ["DEU", "FRA", "GBR"]
    driver.execute_query(OTHER_LABELS)
    driver.execute_query("MATCH (f:State {id: 'FRA'}), (p:Person) CREATE (p)-[:CITIZEN_OF]->(f)")
    assert cli(*asked, db=shared).ok().rows == alone
    driver.execute_query(SAME_LABELS)
    cli(*asked, db=shared).fails(1, "Bloc: 1", "did not write")
    driver.execute_query("MATCH (n) WHERE n.fingerprint IS NULL DETACH DELETE n")
    assert cli(*asked, db=shared).ok().rows == alone


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CREATE (:State {id: 'FRA', name: 'a French dog'})", "`id` = 'FRA'"),
        ("CREATE (:Person:Bloc {id: 'CLUB'})", "`id` = 'CLUB'"),
        ("CREATE (:Person)-[:MEMBER_OF {id: 'member|FRA|CLUB|1'}]->(:Town)", "MEMBER_OF"),
    ],
)
def test_an_id_of_ours_that_is_taken_is_an_error_and_nothing_changes(
    driver: Driver, shared: Store, tmp_path: Path, text: str, said: str
) -> None:
    driver.execute_query(text)
    before = foreign(driver)
    with pytest.raises(StoreError, match=r"no data were changed. .*give pactgraph a database of its own") as caught:
        put(shared, tmp_path / "mine")
    assert said in str(caught.value)
    assert (foreign(driver), ours(driver)) == (before, {})
    driver.execute_query("MATCH (n) DETACH DELETE n")
    put(shared, tmp_path / "mine")


@pytest.mark.parametrize(
    ("make", "undo"),
    [
        ("CREATE (:Good {id: 'x'}), (:Good {id: 'x'})", "MATCH (n:Good) DELETE n"),
        ("CREATE INDEX of_another FOR (n:Good) ON (n.id)", "DROP INDEX of_another"),
    ],
)
def test_what_our_constraints_cannot_be_made_over_is_named(driver: Driver, shared: Store, tmp_path: Path, make: str, undo: str) -> None:
    driver.execute_query("DROP CONSTRAINT pactgraph_Good_id IF EXISTS")
    driver.execute_query(make)
    before = foreign(driver)
    try:
        with pytest.raises(StoreError, match=r"Good.*no data were changed.*database of its own"):
            put(shared, tmp_path / "mine")
        assert (foreign(driver), ours(driver)) == (before, {})
    finally:
        driver.execute_query(undo)
    put(shared, tmp_path / "mine")


@pytest.mark.parametrize("text", ["CREATE (:Source {id: 'a', fingerprint: 'f00'})", "CREATE (:Person)-[:FROM {fingerprint: 1}]->(:Town)"])
def test_a_fingerprint_that_is_not_ours_stops_the_first_load(driver: Driver, shared: Store, tmp_path: Path, text: str) -> None:
    driver.execute_query(text)
    before = ours(driver)
    with pytest.raises(StoreError, match=r"property 'fingerprint' that pactgraph did not write.*nothing was changed"):
        put(shared, tmp_path / "mine")
    assert ours(driver) == before


def test_a_node_of_ours_stays_while_a_foreign_relationship_hangs_on_it(driver: Driver, shared: Store, tmp_path: Path) -> None:
    put(shared, tmp_path / "mine")
    driver.execute_query("MATCH (b:Bloc {id: 'CLUB'}) CREATE (:Note {text: 'look this up'})-[:ABOUT]->(b)")
    before, noted = ours(driver), foreign(driver)
    with pytest.raises(StoreError, match=r"Bloc 'CLUB' would be removed, but a relationship ABOUT .*nothing was changed"):
        put(shared, tmp_path / "mine", [])
    assert (ours(driver), foreign(driver)) == (before, noted)
    put(shared, tmp_path / "mine", name="A new name")  # a change is no removal
    assert foreign(driver) == noted
    driver.execute_query("MATCH (:Note)-[a:ABOUT]->() DELETE a")
    put(shared, tmp_path / "mine", [])
    assert "CLUB" not in ours(driver)


def test_properties_that_a_user_added_to_our_nodes_outlive_a_change(driver: Driver, shared: Store, tmp_path: Path) -> None:
    put(shared, tmp_path / "mine")
    driver.execute_query("MATCH (b:Bloc {id: 'CLUB'}) SET b.pagerank = 0.25, b:Reviewed")
    put(shared, tmp_path / "mine", name="A new name", until="1999")
    found = driver.execute_query("MATCH (b:Reviewed) RETURN b.name AS name, b.pagerank AS rank, b.until AS until").records
    assert [tuple(r) for r in found] == [("A new name", 0.25, "2000-01-01")]
