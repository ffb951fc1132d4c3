"""Cypher that writes, built from the schema. Labels, types and property names come from schema.py alone, values are parameters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from graph_loader.schema import NODE, NODES, RELATIONSHIPS, Fact, properties_of
from graph_loader.stores.base import Diff

BATCH = 5_000
_SHARED_FROM = 200  # rows of a statement from which sharing pays
_SHARED_TIMES = 4  # how often a property's values must repeat on average


class Statement(NamedTuple):
    """A write: Cypher text with ``rows`` (or ``ids``) as its parameter, and with ``shared`` where values are shared."""

    text: str
    params: dict[str, Any]
    type: str = ""
    deletes: bool = False


def neo4j_schema() -> Iterator[str]:
    """Constraints and indexes for Neo4j, whose names begin with pactgraph_."""
    for node in NODES:
        yield f"CREATE CONSTRAINT pactgraph_{node.label}_id IF NOT EXISTS FOR (n:{node.label}) REQUIRE n.id IS UNIQUE"
    for rel in RELATIONSHIPS:
        # Without it a MERGE or MATCH of a relationship by id scans.
        yield f"CREATE CONSTRAINT pactgraph_{rel.type}_id IF NOT EXISTS FOR ()-[r:{rel.type}]-() REQUIRE r.id IS UNIQUE"
    yield "CREATE INDEX pactgraph_Claim_fact IF NOT EXISTS FOR (n:Claim) ON (n.fact)"


def embedded_schema() -> Iterator[str]:
    """The same in ArcadeDB's SQL."""
    for kind, names in (("VERTEX", [n.label for n in NODES]), ("EDGE", [r.type for r in RELATIONSHIPS])):
        for name in names:
            yield f"CREATE {kind} TYPE `{name}` IF NOT EXISTS"
            yield f"CREATE PROPERTY `{name}`.id IF NOT EXISTS STRING"
            yield f"CREATE INDEX IF NOT EXISTS ON `{name}` (id) UNIQUE"
    yield "CREATE PROPERTY `Claim`.fact IF NOT EXISTS STRING"
    yield "CREATE INDEX IF NOT EXISTS ON `Claim` (fact) NOTUNIQUE"


def writes(diff: Diff) -> Iterator[Statement]:
    """The statements of a difference, in an order that never leaves an end missing.

    A changed relationship is deleted and made anew under the same id, since its ends may have moved; of a changed node
    the declared properties are set in place.
    """
    gone: dict[str, list[str]] = defaultdict(list)
    for type_, id_ in diff.removed:
        gone[type_].append(id_)
    for fact in diff.changed:
        if not fact.is_node:
            gone[fact.type].append(fact.id)
    for type_, ids in sorted(gone.items(), key=lambda item: (item[0] in NODE, item[0])):
        pattern = f"(f:{type_})" if type_ in NODE else f"()-[f:{type_}]->()"
        for part in _batches(sorted(ids)):
            yield Statement(f"MATCH {pattern} WHERE f.id IN $ids DETACH DELETE f" if type_ in NODE else
                            f"MATCH {pattern} WHERE f.id IN $ids DELETE f", {"ids": part}, type_, True)  # fmt: skip
    yield from _nodes(diff.added, "UNWIND $rows AS row CREATE (n:{0}) SET n = row")
    # A null removes the property; properties that a user added to the node stay.
    yield from _nodes(diff.changed, "UNWIND $rows AS row MATCH (n:{0} {{id: row.id}}) SET n += row", nulls=True)
    yield from _relationships([*diff.added, *diff.changed])


def row_of(fact: Fact) -> dict[str, Any]:
    """All properties as they are stored; those without a value are left out."""
    names = {p.name for p in properties_of(fact.type)}
    return {"id": fact.id, **{k: v for k, v in fact.props.items() if k in names}, "fingerprint": fact.fingerprint}


def _nodes(facts: Iterable[Fact], template: str, nulls: bool = False) -> Iterator[Statement]:
    by_label: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.is_node:
            by_label[fact.type].append(fact)
    for label, group in sorted(by_label.items()):
        absent = dict.fromkeys(p.name for p in properties_of(label)) if nulls else {}
        for part in _batches(group):
            yield Statement(template.format(label), {"rows": [absent | row_of(fact) for fact in part]}, label)


def _relationships(facts: Iterable[Fact]) -> Iterator[Statement]:
    grouped: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.start and fact.end:
            grouped[fact.type, fact.start[0], fact.end[0]].append(fact)
    for (type_, start, end), group in sorted(grouped.items()):
        text = (
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row.a}}) MATCH (b:{end} {{id: row.b}})"
            f" CREATE (a)-[t:{type_}]->(b) SET t = row.p"
        )
        for part in _batches(group):  # rows are made batch by batch: of all at once there would be two copies in memory
            rows = [{"a": fact.start[1], "b": fact.end[1], "p": row_of(fact)} for fact in part if fact.start and fact.end]
            yield Statement(text, {"rows": rows}, type_)


def sharing(statement: Statement) -> Statement:
    """The same CREATE of relationships with each repeated value sent once.

    Neo4j keeps every value of an open transaction on its heap. A value that many rows name by its place in a list is one object there:
    250,000 ties take a third of the memory that they take with a copy of each value in every row.
    """
    rows = statement.params.get("rows", [])
    if not statement.text.endswith("SET t = row.p") or len(rows) < _SHARED_FROM:
        return statement
    shared: dict[str, list[Any]] = {}
    places: dict[str, dict[str, int]] = {}
    for name in sorted({name for row in rows for name in row["p"]}):
        seen: dict[str, int] = {}
        values: list[Any] = []
        for row in rows:
            value = row["p"].get(name)
            if seen.setdefault(repr(value), len(values)) == len(values):
                values.append(value)
        if len(values) * _SHARED_TIMES <= len(rows):
            shared[name], places[name] = values, seen
    slim = [
        {"a": row["a"], "b": row["b"], "p": {n: v for n, v in row["p"].items() if n not in shared},
         "i": [places[n][repr(row["p"].get(n))] for n in shared]}
        for row in rows
    ]  # fmt: skip
    text = statement.text + "".join(f" SET t.{name} = $shared.{name}[row.i[{place}]]" for place, name in enumerate(shared))
    return Statement(text, {"rows": slim, "shared": shared}, statement.type)


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for place in range(0, len(items), BATCH):
        yield items[place : place + BATCH]
