"""How Neo4j goes about each query of the library: no scan of all nodes, no cartesian product.

Asserted by plan, not by time: a plan tells how the work grows with the graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support import NEO4J_AUTH, Both

from graph_loader.catalogue import Query, catalogue, pictures
from graph_loader.identity import default_identity
from graph_loader.stores.base import Store, explained

ALL = catalogue() | {query.id: query for query in pictures().values()}
BAD = re.compile(r"^\s*\+ (AllNodesScan|CartesianProduct)\b", re.MULTILINE)


def example(query: Query) -> dict[str, Any]:
    """The parameters that the query's example shows."""
    return query.bind(query.example_values()[0], "2026-11-22", default_identity())


@pytest.fixture(scope="module")
def plans(loaded_neo4j: Store) -> Iterator[dict[str, str]]:
    with loaded_neo4j.reading() as reader:
        yield {id_: explained(reader, loaded_neo4j, query.text, example(query)) for id_, query in ALL.items()}


@pytest.mark.neo4j
@pytest.mark.parametrize("id_", ALL)
def test_no_query_scans_all_nodes_or_multiplies_rows(plans: dict[str, str], id_: str) -> None:
    assert "+ ProduceResults" in plans[id_]
    assert not BAD.search(plans[id_]), plans[id_]


@pytest.mark.neo4j
def test_the_check_sees_what_it_looks_for(loaded_neo4j: Store) -> None:
    with loaded_neo4j.reading() as reader:
        found = explained(reader, loaded_neo4j, "MATCH (a), (b:Bloc) WHERE a.name = b.name + 'x' RETURN a.id AS a", {})
        assert {m[1] for m in BAD.finditer(found)} >= {"AllNodesScan"}
        found = explained(reader, loaded_neo4j, "MATCH (a:State), (b:Bloc) RETURN a.id AS a, b.id AS b", {})
        assert {m[1] for m in BAD.finditer(found)} == {"CartesianProduct"}


@pytest.mark.neo4j
@pytest.mark.parametrize("id_", pictures())
def test_a_picture_is_drawn_alike_on_both_engines(both: Both, id_: str) -> None:
    """The same nodes and relationships, in the same order, of which Neo4j says that they are nodes and relationships."""
    from neo4j import GraphDatabase
    from neo4j.graph import Node, Relationship

    query = pictures()[id_]
    params = example(query)
    with both.embedded.reading() as one, both.neo4j.reading() as other:
        here, there = ([[part["id"] for part in row] for row in reader.run(query.text, params).rows] for reader in (one, other))
    assert here == there and here
    with GraphDatabase.driver(both.neo4j.url, auth=NEO4J_AUTH[both.neo4j.url]) as driver:
        records = driver.execute_query(query.text, params, database_="neo4j").records
    kinds = {"node": Node, "relationship": Relationship}
    for record in records:
        assert [isinstance(record[name], kinds[type_]) for name, type_ in query.columns] == [True] * len(query.columns)


# -- what the pictures show, against the queries that they draw -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "column", "shown"),
    [
        ("membership/members", "fact", "m"), ("membership/of-state", "fact", "m"), ("obligations/defenders", "fact", "t"),
        ("sanctions/in-force", "fact", "t"), ("partnership/of-state", "instrument", "i"), ("evidence/claims", "source", "s"),
    ],
)  # fmt: skip
def test_a_picture_shows_what_its_query_lists(loaded_embedded: Store, id_: str, column: str, shown: str) -> None:
    query, picture = catalogue()[id_], pictures()[id_]
    params = example(query)
    with loaded_embedded.reading() as reader:
        listed = {row[column] for row in reader.run(query.text, params).dicts() if row.get("in_force", True)}
        drawn = {row[shown]["id"] for row in reader.run(picture.text, {p.name: params[p.name] for p in picture.params}).dicts()}
    assert drawn == listed and drawn


def test_the_picture_of_suppliers_shows_the_newest_period(loaded_embedded: Store) -> None:
    """Bundesnetzagentur, gas supply figures: of 2021 Russia 52 %; of 2022 Norway 33 and Russia 22 %."""
    picture = pictures()["dependency/suppliers"]
    for as_of, expected in (("2022-06-01", {"RUS": 0.52}), ("2023-06-01", {"NOR": 0.33, "RUS": 0.22})):
        with loaded_embedded.reading() as reader:
            rows = reader.run(picture.text, {"importer": "DEU", "good": "natural-gas", "as_of": as_of}).dicts()
        assert {row["s"]["id"]: row["d"]["share"] for row in rows} == expected
