"""Reading Cypher text without running it (openCypher 9 lexical rules; the hostile queries are run in tests/queries)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader import cyphertext
from graph_loader.errors import UsageError


def _texts(query: str) -> list[str]:
    return [t.text for t in cyphertext.tokens(query)]


def test_comments_are_no_tokens_and_strings_are_one() -> None:
    query = "MATCH (n) // RETURN 1\nWHERE n.a = 'it\\'s // no /* comment' /* RETURN\n2 */ RETURN n.b AS `odd // name`"
    assert _texts(query) == [
        "MATCH", "(", "n", ")", "WHERE", "n", ".", "a", "=", "'it\\'s // no /* comment'", "RETURN", "n", ".", "b", "AS", "`odd // name`",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("'a'", ["string"]), ('"a"', ["string"]), ("`a`", ["quoted"]), ("`a``b`", ["quoted"]), ("$p", ["param"]), ("$`p q`", ["param"]),
        ("1.5", ["number"]), ("abc_1", ["word"]), ("<>", ["symbol", "symbol"]), ("/* open", []), ("// end", []), ("'open", ["string"]),
        ("`open", ["quoted"]), ("''", ["string"]), ("État", ["word"]),
    ],
)  # fmt: skip
def test_kinds_of_tokens(query: str, kinds: list[str]) -> None:
    assert [t.kind for t in cyphertext.tokens(query)] == kinds


@given(st.text(max_size=60).filter(lambda t: "\\u" not in t))
def test_tokens_keep_their_places(query: str) -> None:
    end = 0
    for token in cyphertext.tokens(query):
        assert query[token.start : token.end] == token.text
        assert token.start >= end
        end = token.end


def test_unicode_escapes_are_refused_for_they_could_hide_a_clause() -> None:
    with pytest.raises(UsageError, match="escape"):
        cyphertext.tokens("RETURN 1 \\u002F\\u002F")


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("MATCH (n) RETURN n.id AS id, count(*) AS n ORDER BY id", ["id", "n"]),
        ("RETURN DISTINCT a.id AS one, b.id AS two LIMIT 3", ["one", "two"]),
        ("MATCH (n) RETURN n.id, n.name", ["n.id", "n.name"]),
        ("RETURN [x IN [1, 2] | x] AS list, {a: 1, b: 2} AS map;", ["list", "map"]),
        ("RETURN CASE WHEN a THEN b ELSE c END AS `a name`", ["a name"]),
        ("CALL { MATCH (n) RETURN n } RETURN n.id AS id", ["id"]),
        ("MATCH (n) WITH n RETURN n.id AS id UNION MATCH (m) RETURN m.id AS id", ["id"]),
        ("MATCH (n) RETURN *", []),
        ("MATCH (n) RETURN n.id AS id, *", []),
        ("MATCH (n) RETURN n.id AS id // , n.name AS name", ["id"]),
        ("MATCH (n) WHERE n.text = 'RETURN 1 AS no' RETURN n.id AS yes SKIP 2", ["yes"]),
        ("RETURN COLLECT { MATCH (s) RETURN s.id } AS ids", ["ids"]),
        ("MATCH (n)", []),
        ("", []),
        ("return 1 as one", ["one"]),
        ("RETURN   count( * )", ["count( * )"]),
    ],
)
def test_returned_columns(query: str, columns: list[str]) -> None:
    assert cyphertext.returned_columns(query) == columns


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("MATCH (n {id: $id}) WHERE n.since <= $as_of RETURN $id", {"id", "as_of"}),
        ("RETURN $`odd name`", {"odd name"}),
        ("RETURN '$no' // $neither\n/* $nor */", set()),
        ("RETURN 1", set()),
    ],
)
def test_parameters(query: str, names: set[str]) -> None:
    assert cyphertext.parameters(query) == names


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a)-[t]->(b) MATCH (c:Claim {fact: t.id}) RETURN c.id",
        "MATCH (a)-[t:DEFENCE]->(b), (c {fact: t.id}) RETURN c.id",
        "MATCH (a)-[`t`]->(b) MATCH (c:Claim {fact: `t`.id}) RETURN c",
        "MATCH (a)<-[t]-(b) MATCH (c)-[u {of: t.id}]->(d) RETURN u",
        "MATCH (a)-[t]->(b) WHERE EXISTS { MATCH (c:Claim {fact: t.id}) } RETURN t.id",
        "MATCH (a)-[t]->(b) WHERE EXISTS { (c:Claim {fact: t.id}) } RETURN t.id",
    ],
)
def test_a_relationship_variable_inside_an_inline_map_is_misread(query: str) -> None:
    message = cyphertext.misread_form(query)
    assert message is not None
    assert "WHERE c.fact = t.id" in message or "WHERE c.fact = `t`.id" in message


@pytest.mark.parametrize("function", ["collect", "count", "max", "SUM"])
@pytest.mark.parametrize("test", ["IS NULL", "IS NOT NULL", "is not null"])
def test_an_aggregate_under_is_null_is_misread(function: str, test: str) -> None:
    message = cyphertext.misread_form(f"MATCH (n) RETURN {function}(n.x) {test} AS y")
    assert message is not None
    assert f"WITH {function}(" in message


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a)-[t]->(b) MATCH (c:Claim) WHERE c.fact = t.id RETURN c.id",
        "MATCH (a)-[t]->(b) RETURN {fact: t.id} AS map",
        "MATCH (a)-[t]->(b) RETURN collect({fact: t.id}) AS maps",
        "MATCH (a {id: $id})-[t {kind: 'x'}]->(b {id: a.id}) RETURN t.id",
        "MATCH (a)-[t]->(b) RETURN size([x IN [1] WHERE x = 1 | {fact: t.id}])",
        "MATCH (n) WITH collect(n.x) AS xs RETURN xs IS NOT NULL",
        "MATCH (n) WHERE n.x IS NOT NULL RETURN count(n) AS n",
        "MATCH (n) WHERE coalesce(n.x, n.y) IS NULL RETURN n.id",
        "MATCH (n) RETURN 'collect(x) IS NULL' AS text // (c {fact: t.id})",
        "RETURN a.t.id",
    ],
)
def test_sound_forms_are_not_refused(query: str) -> None:
    assert cyphertext.misread_form(query) is None


@pytest.mark.parametrize("query", ["", "   ", "// only a comment", "/* nothing */"])
def test_an_empty_query_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        cyphertext.refuse_writes(query)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (n) RETURN n.set AS created", "MATCH (n:Set) RETURN n", "MATCH (n) WHERE n.`DELETE` = 'CREATE' RETURN n",
        "RETURN {set: 1} AS m",
        "RETURN 1;", "RETURN $create", "MATCH ()-[t:MERGE]->() RETURN t", "CALL db.labels() YIELD label RETURN label",
        "CALL { RETURN 1 AS x } RETURN x", "MATCH (s) CALL (s) { RETURN 1 AS x } RETURN x",
        "MATCH (n) WHERE n.id IN $transactions RETURN n",
        "// DELETE\nRETURN 'LOAD CSV' AS text", "MATCH (a)-[t]->(b) WITH a.id AS start, b.id AS stop RETURN start, stop ORDER BY start",
    ],
)  # fmt: skip
def test_what_only_reads_is_allowed(query: str) -> None:
    cyphertext.refuse_writes(query)


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (n)", "match (n) detach delete n", "MATCH (n) SET n.x = 1", "MERGE (n:X)", "MATCH (n) REMOVE n.x",
        "LOAD CSV FROM 'x' AS r RETURN r",
        "load  /* x */ csv FROM 'x' AS r RETURN r", "CALL dbms.shutdown()", "CALL db.index.fulltext.createNodeIndex('x')",
        "CALL `db`.`labels2`()",
        "RETURN 1; RETURN 2", "USE x RETURN 1", "DROP INDEX x", "FOREACH (x IN [1] | CREATE (n))", "CALL { MATCH (n) DELETE n }",
        "MATCH (n) CALL (n) { RETURN 1 AS x } IN TRANSACTIONS RETURN x", "SHOW CONSTRAINTS YIELD name DROP CONSTRAINT x",
        "START DATABASE x", "stop /* x */ database x", "ENABLE SERVER 'x'", "DRYRUN DEALLOCATE DATABASES FROM SERVERS 'x'",
        "REALLOCATE DATABASES",
    ],
)  # fmt: skip
def test_what_writes_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match=r"refused|more than one"):
        cyphertext.refuse_writes(query)
