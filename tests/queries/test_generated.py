"""The two engines kept honest: generated queries over one small graph, what the embedded engine gets wrong, and ``--verify``.

``python tests/queries/test_generated.py BOLT_URL SEED COUNT [long]`` compares as many queries of another seed on a Neo4j that it may
wipe (NEO4J_PASSWORD), prints every difference and the counts of docs/engines.md.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import neo4j
import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from generator import Generated, queries, world
from support import NEO4J_AUTH, Both, Cli, emptied, opened, query

from graph_loader import cyphertext
from graph_loader.catalogue import catalogue
from graph_loader.errors import StoreError, UsageError
from graph_loader.server import LocalNeo4j
from graph_loader.stores.base import META_ID, Diff, Reader, Rows, Store
from graph_loader.stores.neo4j import Neo4jReader
from graph_loader.verify import compared

SEED, COUNT = 2026, 2_000

SHAPES = frozenset((
    "MATCH", "OPTIONAL MATCH", "comma patterns", "undirected", "cycle", "named path", "variable length", "shortestPath",
    "types alternative", "untyped relationship", "inline map", "variable in inline map", "inline WHERE", "pattern predicate",
    "pattern comprehension", "EXISTS {}", "COUNT {}", "COLLECT {}", "CALL {}", "UNION in CALL", "UNION", "UNWIND", "WITH",
    "WITH DISTINCT", "WITH WHERE", "grouping WITH", "grouping RETURN", "aggregate", "RETURN DISTINCT", "ORDER BY",
    "ORDER BY what is not returned", "SKIP and LIMIT", "simple CASE", "searched CASE", "lists", "quantifier", "logic", "in force",
    "map projection", "missing property", "optional parameter", "property against property",
    "boolean property beside a comparison", "whole things",
))  # fmt: skip


# -- the same graph in both engines ---------------------------------------------------------------------------------------------------


class Engines(NamedTuple):
    """One open reader of the embedded store, and sessions of one driver."""

    embedded: Store
    reader: Reader
    driver: neo4j.Driver
    neo4j: Store


@contextmanager
def engines_with_world(embedded: Store, url: str) -> Iterator[Engines]:
    """Write the graph with our own writer to both."""
    facts = world()
    with embedded.writing() as writer:
        writer.apply(Diff(added=facts))
    second = opened(url)
    with second.writing() as writer:
        # There the node that locks the load is made before the load.
        writer.apply(Diff(added=[f for f in facts if f.id != META_ID], changed=[f for f in facts if f.id == META_ID]))
    with (
        embedded.reading() as reader,
        neo4j.GraphDatabase.driver(url, auth=NEO4J_AUTH[url], notifications_min_severity="OFF") as driver,
    ):
        yield Engines(embedded, reader, driver, second)


@pytest.fixture(scope="module")
def engines(neo4j_server: LocalNeo4j, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    with emptied(neo4j_server) as url, engines_with_world(opened(tmp_path_factory.mktemp("generated") / "store"), url) as found:
        yield found


# -- comparing ------------------------------------------------------------------------------------------------------------------------


def _answer(reader: Reader, made: Generated) -> Rows | str:
    try:
        return reader.run(made.text, made.params)
    except UsageError as error:
        return str(error)


def _answers(driver: neo4j.Driver, made: Sequence[Generated]) -> list[Rows | str]:
    with driver.session(default_access_mode=neo4j.READ_ACCESS, fetch_size=5_000) as session:
        reader = Neo4jReader(session)  # type: ignore[arg-type]
        return [_answer(reader, one) for one in made]


def _bags_sorted(rows: Rows, bags: Iterable[int]) -> Rows:
    sorted_rows = [list(row) for row in rows.rows]
    for row in sorted_rows:
        for place in bags:
            row[place] = sorted(row[place], key=repr) if row[place] is not None else None
    return Rows(rows.columns, sorted_rows)


def difference(made: Generated, here: Rows | str, there: Rows | str) -> str:
    """What differs, or nothing. An error in one engine and not in the other is a difference."""
    if isinstance(here, str) and isinstance(there, str):
        return ""
    if isinstance(here, str):
        return f"the embedded engine refuses: {here}"
    if isinstance(there, str):
        return f"Neo4j refuses: {there}"
    return compared(_bags_sorted(here, made.bags), _bags_sorted(there, made.bags), made.ordered)[0]


class Comparison(NamedTuple):
    made: list[Generated]
    differences: list[str]
    refused: Counter[str]
    with_rows: int


def compare(engines: Engines, seed: int, count: int, long: bool = False) -> Comparison:
    """Run so many queries that are not refused on both engines."""
    made: list[Generated] = []
    refused: Counter[str] = Counter()
    for one in queries(seed, long):
        if len(made) == count:
            break
        message = cyphertext.misread_form(one.text)
        if message:
            refused[next((name for name, form in FORMS.items() if form.remedy in message), message)] += 1
        else:
            made.append(one)
    with ThreadPoolExecutor(2) as pool:
        halves = [pool.submit(_answers, engines.driver, made[place::2]) for place in (0, 1)]
        here = [_answer(engines.reader, one) for one in made]
        there: list[Rows | str] = [""] * count
        there[0::2], there[1::2] = (half.result() for half in halves)
    found = [(one, difference(one, a, b)) for one, a, b in zip(made, here, there, strict=True)]
    differences = [f"{text}\n  {one.text}\n  {dict(one.params)}" for one, text in found if text]
    return Comparison(made, differences, refused, sum(not isinstance(b, str) and bool(b.rows) for b in there))


@pytest.mark.neo4j
def test_generated_queries_give_equal_rows(engines: Engines) -> None:
    made, differences, refused, with_rows = compare(engines, SEED, COUNT)
    if differences:
        pytest.fail(f"{len(differences)} of {COUNT} differ:\n" + "\n".join(differences[:10]), pytrace=False)
    assert len({one.text for one in made}) == COUNT
    assert with_rows > COUNT / 3, "too few queries with rows: little is compared"
    assert refused.total() < COUNT / 20, "the guards refuse too much"


def test_the_generator_makes_every_shape_and_the_same_queries_for_a_seed() -> None:
    made = list(islice(queries(SEED), COUNT))
    assert [one.text for one in made] == [one.text for one in islice(queries(SEED), COUNT)]
    assert len({one.text for one in made}) == COUNT
    assert SHAPES - frozenset().union(*(one.shapes for one in made)) == frozenset()
    for one in made:
        assert cyphertext.parameters(one.text) <= one.params.keys()
        cyphertext.refuse_writes(one.text)


# -- what the embedded engine gets wrong: refused there, with a remedy that is right --------------------------------------------------


class Form(NamedTuple):
    """A class of difference: a part of the message, and (wrong there, right on both) pairs."""

    remedy: str
    cases: tuple[tuple[str, str], ...]


OPTIONAL = "MATCH (s:State {id: 'ARL'}) OPTIONAL MATCH (s)-[r:SUCCEEDED_BY]->(x) "
ELB = "MATCH (s:State) OPTIONAL MATCH (s)-[r:SUCCEEDED_BY]->(x) "
TIE = "MATCH (s)-[t:DEFENCE]->(b) "
N = " RETURN count(*) AS n"

FORMS = {
    "a variable that can be null, in a later pattern": Form("WHERE other = ", (
        (OPTIONAL + "MATCH (s)-[:DEFENCE]-(x)" + N, OPTIONAL + "MATCH (s)-[:DEFENCE]-(y) WHERE y = x" + N),
        (OPTIONAL + "MATCH (s)-[:DEFENCE]-(x)" + N, OPTIONAL + "WITH s, x WHERE x IS NOT NULL MATCH (s)-[:DEFENCE]-(x)" + N),
        (OPTIONAL + "OPTIONAL MATCH (s)-[:DEFENCE]-(x) RETURN s.id AS s, x.id AS x",
         OPTIONAL + "OPTIONAL MATCH (s)-[:DEFENCE]-(y) WHERE y = x RETURN s.id AS s, y.id AS x"),
        (OPTIONAL + "MATCH (s)-[:DEFENCE*1..2]-(x)" + N, OPTIONAL + "MATCH (s)-[:DEFENCE*1..2]-(y) WHERE y = x" + N),
        (OPTIONAL + "MATCH (y)-[r]-(z)" + N, OPTIONAL + "MATCH (y)-[q]-(z) WHERE q = r" + N),
        (OPTIONAL + "MATCH (x)" + N, OPTIONAL + "MATCH (y) WHERE y = x" + N),
        (OPTIONAL + "RETURN EXISTS { (s)-[:DEFENCE]-(x) } AS e, COUNT { MATCH (x) } AS c",
         OPTIONAL + "RETURN EXISTS { (s)-[:DEFENCE]-(y) WHERE y = x } AS e, COUNT { MATCH (y) WHERE y = x } AS c"),
        (ELB + "WITH s, x WHERE (x)-[:DEFENCE]-(s)" + N, ELB + "WITH s, x WHERE EXISTS { (s)-[:DEFENCE]-(y) WHERE y = x }" + N),
        (OPTIONAL + "RETURN [(s)-[:DEFENCE]-(x) | s.id] AS l", OPTIONAL + "RETURN [(s)-[:DEFENCE]-(y) WHERE y = x | s.id] AS l"),
        (OPTIONAL + "CALL (s, x) { MATCH (s)-[:DEFENCE]-(x) RETURN count(*) AS n } RETURN n",
         OPTIONAL + "CALL (s, x) { MATCH (s)-[:DEFENCE]-(y) WHERE y = x RETURN count(*) AS n } RETURN n"),
        (OPTIONAL + "WITH s, head(collect(x)) AS h MATCH (s)-[:DEFENCE]-(h)" + N,
         OPTIONAL + "WITH s, head(collect(x)) AS h MATCH (s)-[:DEFENCE]-(y) WHERE y = h" + N),
    )),
    "a condition that is tested too early": Form("write WITH * before that WHERE", (
        (TIE + "WHERE s.id = 'FAL' OR NOT t.disputed" + N, TIE + "WHERE s.id = 'FAL' OR t.disputed = false" + N),
        (TIE + "WHERE s.id = 'FAL' OR t.mutual" + N, TIE + "WITH * WHERE s.id = 'FAL' OR t.mutual" + N),
        ("MATCH p = (s)-[t:DEFENCE]->(b) WHERE (s)<-[:DEPENDS_ON]-() OR t.mutual" + N,
         "MATCH p = (s)-[t:DEFENCE]->(b) WHERE (s)<-[:DEPENDS_ON]-() OR t.mutual = true" + N),
        (TIE + "WHERE s:Bloc OR b.disputed" + N, TIE + "WHERE s:Bloc OR b.disputed = true" + N),
        (TIE + "WHERE s.id = 'FAL' XOR t.mutual" + N, TIE + "WITH * WHERE s.id = 'FAL' XOR t.mutual" + N),
        (TIE + "WHERE NOT (s.id = 'FAL' OR t.disputed)" + N, TIE + "WHERE s.id <> 'FAL' AND NOT t.disputed" + N),
        (TIE + "WHERE s.id = 'FAL' OR any(o IN t.obligations WHERE o = 'defence')" + N,
         TIE + "WHERE s.id = 'FAL' OR 'defence' IN t.obligations" + N),
        (TIE + "WHERE s.id + CASE WHEN t.mutual THEN '+' ELSE '-' END = 'ARL+'" + N,
         TIE + "WITH * WHERE s.id + CASE WHEN t.mutual THEN '+' ELSE '-' END = 'ARL+'" + N),
        ("MATCH p = (s)-[t:DEFENCE]->(b) WHERE s.id = 'FAL' OR NOT EXISTS { (b)-[:MEMBER_OF]->() }" + N,
         "MATCH p = (s)-[t:DEFENCE]->(b) WITH * WHERE s.id = 'FAL' OR NOT EXISTS { (b)-[:MEMBER_OF]->() }" + N),
        ("MATCH (e:Event)<-[:HAS_EVENT]-(i)<-[:PARTY_TO]-(s:State), (s)<-[t:DEPENDS_ON]-(z) WHERE i.id = 'x' OR NOT t.disputed" + N,
         "MATCH (e:Event)<-[:HAS_EVENT]-(i)<-[:PARTY_TO]-(s:State), (s)<-[t:DEPENDS_ON]-(z) WHERE i.id = 'x' OR t.disputed = false" + N),
        ("MATCH (s:State {id: 'COB'}) MATCH (a)-[:PARTY_TO]->(i) WHERE i.binding OR s.id = 'x'" + N,
         "MATCH (s:State {id: 'COB'}) MATCH (a)-[:PARTY_TO]->(i) WHERE i.binding = true OR s.id = 'x'" + N),
        ("MATCH (s:State) WHERE EXISTS { (a)-[:PARTY_TO]->(i) WHERE i.binding OR s.id = 'x' }" + N,
         "MATCH (s:State) WHERE EXISTS { (a)-[:PARTY_TO]->(i) WHERE i.binding = true OR s.id = 'x' }" + N),
    )),
    "a quantifier or a pattern inside CASE or a function": Form("as if it stood alone", (
        ("MATCH (s:State) WHERE CASE WHEN any(x IN s.sources WHERE x = 'atlas') THEN false ELSE true END" + N,
         "MATCH (s:State) WITH *, any(x IN s.sources WHERE x = 'atlas') AS found WHERE CASE WHEN found THEN false ELSE true END" + N),
        ("MATCH (s:State) WHERE coalesce(none(x IN s.sources WHERE x = s.nickname), true)" + N,
         "MATCH (s:State) WITH *, none(x IN s.sources WHERE x = s.nickname) AS found WHERE coalesce(found, true)" + N),
        ("MATCH (s:State) WHERE CASE WHEN (s)-[:MEMBER_OF]->() THEN s.disputed ELSE true END" + N,
         "MATCH (s:State) WHERE CASE WHEN EXISTS { (s)-[:MEMBER_OF]->() } THEN s.disputed ELSE true END" + N),
    )),
    "WITH limited and filtered": Form("WITH * before that WHERE", (
        ("MATCH (s:State) WITH s ORDER BY s.id LIMIT 3 WHERE s.id <> 'ARL' RETURN s.id AS s",
         "MATCH (s:State) WITH s ORDER BY s.id LIMIT 3 WITH * WHERE s.id <> 'ARL' RETURN s.id AS s"),
        ("MATCH (s:State) WITH s ORDER BY s.id SKIP 1 WHERE s.id <> 'ARL' RETURN s.id AS s",
         "MATCH (s:State) WITH s ORDER BY s.id SKIP 1 WITH * WHERE s.id <> 'ARL' RETURN s.id AS s"),
    )),
    "a comparison of COUNT {}": Form("WITH *, COUNT { … } AS number", (
        ("MATCH (s:State) RETURN s.id AS s, COUNT { (s)-[:MEMBER_OF]->() } = 2 AND s.id < 'H' AS x ORDER BY s",
         "MATCH (s:State) WITH *, COUNT { (s)-[:MEMBER_OF]->() } AS n RETURN s.id AS s, n = 2 AND s.id < 'H' AS x ORDER BY s"),
        ("MATCH (s:State) RETURN sum(CASE WHEN COUNT { (s)-[:MEMBER_OF]->() } > 1 AND s.id < 'H' THEN 1 ELSE 0 END) AS n",
         "MATCH (s:State) WITH *, COUNT { (s)-[:MEMBER_OF]->() } AS c RETURN sum(CASE WHEN c > 1 AND s.id < 'H' THEN 1 ELSE 0 END) AS n"),
        ("MATCH (s:State) WHERE COUNT { (s)-[:MEMBER_OF]->() } + 1 = 2" + N,
         "MATCH (s:State) WITH *, COUNT { (s)-[:MEMBER_OF]->() } AS c WHERE c + 1 = 2" + N),
        ("MATCH (s:State) WHERE CASE WHEN s.disputed AND COUNT { (s)-[:MEMBER_OF]->() } = 2 THEN true ELSE false END" + N,
         "MATCH (s:State) WITH *, COUNT { (s)-[:MEMBER_OF]->() } AS c WHERE CASE WHEN s.disputed AND c = 2 THEN true ELSE false END" + N),
    )),
    "a relationship variable in an inline map": Form("write it as a condition instead", (
        ("MATCH (s:State)-[m:MEMBER_OF]->(:Bloc) MATCH (c:Claim {fact: m.id})" + N,
         "MATCH (s:State)-[m:MEMBER_OF]->(:Bloc) MATCH (c:Claim) WHERE c.fact = m.id" + N),
    )),
    "an aggregate under a test": Form("bind it first, as in WITH", (
        ("MATCH (b:Bloc) RETURN max(b.since) IS NOT NULL AS x", "MATCH (b:Bloc) WITH max(b.since) AS v RETURN v IS NOT NULL AS x"),
        ("MATCH (b:Bloc) RETURN CASE WHEN count(*) > 3 AND max(b.id) > 'A' THEN 'many' ELSE 'few' END AS x",
         "MATCH (b:Bloc) WITH count(*) AS n, max(b.id) AS m RETURN CASE WHEN n > 3 AND m > 'A' THEN 'many' ELSE 'few' END AS x"),
    )),
    "WITH ordered by what it drops": Form("pass it on, as in WITH", (
        ("MATCH (s)-[m:MEMBER_OF]->() WITH s ORDER BY m.since DESC, m.id RETURN collect(s.id) AS l",
         "MATCH (s)-[m:MEMBER_OF]->() WITH s, m ORDER BY m.since DESC, m.id RETURN collect(s.id) AS l"),
    )),
    "unwound between two MATCHes": Form("write WITH * before the second MATCH", (
        ("MATCH (b:Bloc) UNWIND b.sources AS x MATCH (d:Source {id: x})" + N,
         "MATCH (b:Bloc) UNWIND b.sources AS x WITH * MATCH (d:Source {id: x})" + N),
    )),
    "a map projection inside a map": Form("bind it first, as in WITH n {.id} AS part", (
        ("MATCH (b:Bloc {id: 'ALLI'}) RETURN {n: 1, bloc: b {.id}} AS x",
         "MATCH (b:Bloc {id: 'ALLI'}) WITH b {.id} AS p RETURN {n: 1, bloc: p} AS x"),
    )),
}  # fmt: skip

CASES = [pytest.param(form.remedy, *case, id=f"{name} {i}") for name, form in FORMS.items() for i, case in enumerate(form.cases)]


@pytest.mark.neo4j
@pytest.mark.parametrize(("remedy", "wrong", "right"), CASES)
def test_what_is_wrong_there_is_refused_and_the_remedy_is_right(engines: Engines, remedy: str, wrong: str, right: str) -> None:
    with pytest.raises(UsageError) as caught:
        query(engines.embedded, wrong)
    assert remedy in str(caught.value)
    wanted = query(engines.neo4j, right)
    assert wanted == query(engines.neo4j, wrong)  # where it is neither refused nor wrong
    assert query(engines.embedded, right) == wanted


@pytest.mark.neo4j
@pytest.mark.parametrize(("remedy", "wrong", "right"), CASES)
def test_the_guards_are_still_needed(engines: Engines, remedy: str, wrong: str, right: str) -> None:
    """When the engine learns to answer one of these, its guard should go."""
    with engines.neo4j.reading() as second:
        assert compared(engines.reader.run(wrong, {}), second.run(wrong, {}), ordered=False) != ("", "")


SOUND = [
    "MATCH (x:State)-[t:DEFENCE]-(g) WHERE x.id = $id AND (t.mutual OR endNode(t) = x) RETURN g.id AS g",
    "MATCH (s)-[t:DEFENCE]->(b) WHERE NOT t.disputed AND s.id <> 'ARL' RETURN b.id AS b",
    "MATCH (s)-[t:DEFENCE]->(b) WHERE t.disputed OR t.mutual RETURN b.id AS b",
    "MATCH (s)-[t:DEFENCE]->(b) WHERE s.id = 'ARL' OR b.id = 'ARL' RETURN b.id AS b",
    "MATCH (s)-[t:DEFENCE]->(b) WHERE s.iso2 IS NULL OR t.rule IS NULL OR 'x' IN t.obligations RETURN b.id AS b",
    "MATCH (s:State) WHERE s.id = 'ARL' OR s.disputed RETURN s.id AS s",
    "MATCH (s:State) MATCH (s)-[t:DEFENCE]->(b) WHERE s.id = 'ARL' OR t.mutual RETURN b.id AS b",
    "MATCH (s)-[t:DEFENCE]->(b) WITH * WHERE s.id = 'ARL' OR t.mutual RETURN b.id AS b",
    "MATCH (s:State) OPTIONAL MATCH (s)-[:SUCCEEDED_BY]->(x) OPTIONAL MATCH (x)-[:MEMBER_OF]->(b) RETURN s.id AS s, b.id AS b",
    "MATCH (s:State) OPTIONAL MATCH (s)-[:SUCCEEDED_BY]->(x) WITH s, collect(x.id) AS l MATCH (s)-[:MEMBER_OF]->(x) RETURN x.id AS x, l",
    "MATCH (s:State) OPTIONAL MATCH (s)-[t:DEFENCE]->() WITH t WHERE t IS NOT NULL WITH startNode(t) AS a MATCH (b)-[:TRADE]->(a)"
    " RETURN a.id AS a",
    "OPTIONAL MATCH (s:State)-[t:DEFENCE]->(x), (x)-[:MEMBER_OF]->(b) RETURN b.id AS b",
    "MATCH (s:State) OPTIONAL MATCH (s)-[:MEMBER_OF]->(x) WHERE EXISTS { (b:Instrument)-[:FOUNDS]->(x) } RETURN x.id AS x",
    "MATCH (s:State) WHERE any(x IN s.sources WHERE CASE WHEN x = 'atlas' THEN true ELSE false END) RETURN s.id AS s",
    "MATCH (s:State) WHERE size([x IN s.sources WHERE any(y IN ['atlas'] WHERE y = x)]) = 0 RETURN s.id AS s",
    "MATCH (s:State) RETURN CASE WHEN any(x IN s.sources WHERE x = 'atlas') THEN 1 ELSE 0 END AS n, s.id AS s",
    "MATCH (s:State) WHERE s.disputed OR COUNT { (s)-[:MEMBER_OF]->() } = 2 AND s.id < 'H' RETURN s.id AS s",
    "MATCH (s:State) RETURN COUNT { (s)-[:MEMBER_OF]->() } + 1 AS n, COUNT { (s)-[:MEMBER_OF]->() } > 1 AS m, s.disputed AND s.id < 'H'"
    " AS x",
    "MATCH (s:State) WITH s ORDER BY s.id WHERE s.id <> 'ARL' RETURN s.id AS s",
    "MATCH (s:State) WHERE s.name <> 'OR NOT t.disputed' // OPTIONAL MATCH (s)--(x) MATCH (s)--(x)\nRETURN s.id AS s",
    "MATCH (s:State) WHERE s.id = 'MATCH (a)-[t]->(b) WHERE a.id = 1 OR t.x' /* (c {fact: t.id}) */ RETURN s.`CASE WHEN any(` AS x",
]


@pytest.mark.neo4j
@pytest.mark.parametrize("text", SOUND)
def test_sound_forms_are_answered_and_alike(engines: Engines, text: str) -> None:
    assert cyphertext.misread_form(text) is None
    params = {"id": "ARL"} if "$id" in text else {}
    with engines.neo4j.reading() as second:
        assert compared(engines.reader.run(text, params), second.run(text, params), ordered=False) == ("", "")


def test_the_guards_refuse_nothing_of_the_library() -> None:
    assert {name: cyphertext.misread_form(found.text) for name, found in catalogue().items()} == dict.fromkeys(catalogue())


# -- what is put right in reading the answer --------------------------------------------------------------------------------------------


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "text",
    [
        "MATCH p = (s:State {id: 'ARL'})-[:DEFENCE]->(x {id: 'HAL'}) RETURN p, length(p) AS l, {path: p} AS m",
        "MATCH p = shortestPath((s:State {id: 'DOR'})-[:DEFENCE*..3]-(x:State {id: 'HAL'})) RETURN collect(p) AS all_of",
        "MATCH p = (s:State {id: 'ARL'}) RETURN p",
        "MATCH (s:State {id: 'ARL'})-[t:DEFENCE]->(x {id: 'HAL'}) RETURN s, t, properties(x) AS x",
        "MATCH (s:State {id: 'ARL'}) RETURN s {.id, name: s.name}, s.name, [x IN s.sources | x], NOT s.disputed",
        "MATCH (s:State) WHERE s.id = 'ARL' RETURN COLLECT { MATCH (s)-[:MEMBER_OF]->(b) RETURN b.id AS b ORDER BY b }, s.id",
        "MATCH (s:State) WHERE s.id = 'none' RETURN COLLECT { MATCH (s)-[:MEMBER_OF]->(b) RETURN b.id AS b ORDER BY b }, s {.id}",
        "MATCH (c:Claim) WHERE c.order > 1000 RETURN c.order, c.id AS limit",
    ],
)
def test_values_and_names_of_columns_are_those_of_neo4j(engines: Engines, text: str) -> None:
    with engines.neo4j.reading() as second:
        assert engines.reader.run(text, {}) == second.run(text, {})


# -- comparing two answers ------------------------------------------------------------------------------------------------------------


def test_what_counts_as_equal() -> None:
    def rows(*found: Any) -> Rows:
        return Rows(["a"], [[value] for value in found])

    assert compared(rows(1, 2), rows(1, 2), True) == ("", "")
    assert compared(rows(0.1 + 0.2), rows(0.3), True) == ("", "")
    assert compared(rows(-0.0), rows(0.0), True) == ("", "")
    assert compared(rows(1, 2), rows(2, 1), False) == ("", "")
    assert "another order" in compared(rows(1, 2), rows(2, 1), True)[0]
    assert "another order" in compared(rows(["x", "y"]), rows(["y", "x"]), True)[1]
    assert compared(rows(["x", "y"]), rows(["y", "x"]), True)[0] == ""
    assert compared(rows(1), rows(True), True)[0] == "first difference: here (1), there (True)"
    assert compared(rows(1), rows(1.0), True) == ("", "")
    assert "first difference" in compared(rows(3), rows(3.5), True)[0]
    assert "first difference" in compared(rows(1.000001), rows(1.0), True)[0]
    assert "first difference" in compared(rows(None), rows(""), True)[0]
    assert compared(rows(1), rows(1, 1), False)[0].startswith("2 rows instead of 1; first difference: here nothing more")
    assert "columns" in compared(rows(1), Rows(["b"], [[1]]), True)[0]


# -- pactgraph query … --verify -------------------------------------------------------------------------------------------------------


def _verifying(url: str) -> dict[str, str]:
    user, password = NEO4J_AUTH[url]
    return {"PACTGRAPH_VERIFY_DB": url, "NEO4J_USERNAME": user, "NEO4J_PASSWORD": password}


MEMBERS = ("query", "membership/members", "-p", "bloc=NATO", "--as-of", "1985-06-01", "--verify")


@pytest.mark.neo4j
def test_verify_says_that_the_rows_are_equal(both: Both, cli: Cli) -> None:
    done = cli(*MEMBERS, "--format", "json", db=both.embedded, env=_verifying(both.neo4j.url)).ok()
    assert len(done.rows) == 16  # NATO in 1985: twelve founders, Greece, Turkey, West Germany, Spain
    assert any(note.startswith("Verified on Neo4j 5.26.") and note.endswith(": 16 rows equal.") for note in done.json["notes"])
    own = "MATCH (b:Bloc {id: 'NATO'}) RETURN b.id AS b"
    assert ": 1 row equal." in cli("query", "-", "--verify", db=both.embedded, stdin=own, env=_verifying(both.neo4j.url)).ok().stdout


@pytest.mark.neo4j
def test_verify_shows_the_first_row_that_differs(both: Both, cli: Cli) -> None:
    # docs/engines.md: text with blanks is a number for the embedded engine and none for Neo4j.
    text = "UNWIND ['1', ' 12 '] AS x RETURN x, toInteger(x) AS n ORDER BY x"
    done = cli("query", "-", "--verify", db=both.embedded, stdin=text, env=_verifying(both.neo4j.url))
    done.fails(1, "Neo4j 5.26", "first difference: here ( 12 , 12), there ( 12 , None)")
    assert done.stdout == ""


@pytest.mark.neo4j
def test_verify_wants_the_same_facts_first(both: Both, cli: Cli, engines: Engines) -> None:
    url = engines.neo4j.url
    cli(*MEMBERS, db=both.embedded, env=_verifying(url)).fails(1, "other facts", "missing", "more", f"pactgraph load --db {url}")


@pytest.mark.neo4j
def test_verify_without_a_server_or_on_neo4j_itself_says_what_to_do(both: Both, cli: Cli, tmp_path: Path) -> None:
    cli(*MEMBERS, db=both.embedded).fails(1, "pactgraph neo4j start")
    cli(*MEMBERS, db=both.neo4j, env=_verifying(both.neo4j.url)).fails(2, "--verify", "already")
    cli(*MEMBERS, db=both.embedded, env={"PACTGRAPH_VERIFY_DB": str(tmp_path)}).fails(2, "PACTGRAPH_VERIFY_DB", "bolt://")


# -- by hand, with other seeds --------------------------------------------------------------------------------------------------------


def _by_hand(url: str, seed: int, count: int, *more: str) -> None:
    NEO4J_AUTH[url] = (os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ["NEO4J_PASSWORD"])
    with ExitStack() as stack:
        driver = stack.enter_context(neo4j.GraphDatabase.driver(url, auth=NEO4J_AUTH[url]))
        driver.execute_query("MATCH (n) DETACH DELETE n")
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        engines = stack.enter_context(engines_with_world(opened(Path(folder) / "store"), url))
        found = compare(engines, seed, count, "long" in more)
    print("\n\n".join(found.differences))
    total = count + sum(found.refused.values())
    print(f"{count} compared, {found.with_rows} with rows, {len(found.differences)} differ; {total - count} of {total} refused:")
    for name, number in found.refused.most_common():
        print(f"  {number:5} {name}")


if __name__ == "__main__":
    try:
        _by_hand(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
    except StoreError as problem:
        sys.exit(str(problem))
