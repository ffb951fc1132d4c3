"""Queries only read: what would write, read files or administer is refused on both stores, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support import Cli, everything, query

from graph_loader import cyphertext
from graph_loader.errors import UsageError
from graph_loader.stores.base import Store

HOSTILE = [
    # every clause that writes, in any case and place
    "CREATE (n:State {id: 'XXX'})",
    "create (n:State {id: 'XXX'}) return n",
    "CrEaTe (n:State)",
    "MATCH (a:State {id: 'FRA'}), (b:State {id: 'DEU'}) CREATE (a)-[:DEFENCE {id: 'x'}]->(b)",
    "MERGE (n:State {id: 'XXX'}) ON CREATE SET n.name = 'x' RETURN n",
    "MATCH (n:State) SET n.name = 'x'",
    "MATCH (n:State) SET n += {name: 'x'} RETURN n",
    "MATCH (n:State) SET n:Bloc",
    "MATCH (n:State)\nset\nn.name = 'x'",
    "MATCH (n:State) REMOVE n.name",
    "MATCH (n:State) REMOVE n:State",
    "MATCH (n) DELETE n",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) NODETACH DELETE n",
    "MATCH ()-[t:DEFENCE]->() DELETE t RETURN count(t)",
    "MATCH (n:State) FOREACH (x IN [1] | SET n.name = 'x')",
    "FOREACH (x IN range(1, 3) | CREATE (:State))",
    "INSERT (n:State {id: 'XXX'})",
    "MATCH (n:State) WITH n LIMIT 1 SET n.name = 'x' RETURN n",
    "UNWIND [1, 2] AS x CREATE (n:State {id: x})",
    "RETURN 1 AS x UNION MATCH (n) DETACH DELETE n RETURN 2 AS x",
    # in subqueries
    "CALL { CREATE (n:State) RETURN n } RETURN n",
    "MATCH (n:State) CALL (n) { SET n.name = 'x' } RETURN count(*)",
    "MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10 ROWS",
    "MATCH (n) CALL (n) { DETACH DELETE n } IN 3 CONCURRENT TRANSACTIONS",
    "CALL { RETURN 1 AS x } IN TRANSACTIONS RETURN x",
    "CALL { RETURN 1 AS x } IN 2 CONCURRENT TRANSACTIONS RETURN x",
    "MATCH (n:State) RETURN COLLECT { CREATE (m:State) RETURN m.id } AS x",
    # files and addresses
    "LOAD CSV FROM 'file:///etc/hostname' AS r RETURN r",
    "LOAD CSV WITH HEADERS FROM 'http://127.0.0.1/x.csv' AS r RETURN r",
    "load /* a file */ csv from 'file:///etc/hostname' as r return r",
    "LOAD\n\tCSV FROM 'file:///etc/hostname' AS r RETURN r",
    "MATCH (n:State {id: 'FRA'}) WITH n.name AS x LOAD CSV FROM 'file:///etc/' + x AS r RETURN r",
    # procedures
    "CALL dbms.listConfig() YIELD name, value RETURN name, value",
    "CALL DBMS.shutdown()",
    "call db.createLabel('X')",
    "CALL db . createProperty('x')",
    "CALL `db`.`createLabel`('X')",
    "CALL db.index.fulltext.createNodeIndex('x', ['State'], ['name'])",
    "CALL apoc.load.json('file:///etc/hostname') YIELD value RETURN value",
    "CALL apoc.cypher.runWrite('CREATE (n)', {})",
    "CALL /* hidden */ apoc.export.csv.all('/tmp/x.csv', {})",
    "OPTIONAL CALL apoc.load.csv('file:///etc/hostname') YIELD list RETURN list",
    "MATCH (n:State) CALL gds.graph.drop('x') YIELD graphName RETURN graphName",
    "CALL tx.setMetaData({x: 1})",
    # administration, other databases, the schema
    "USE system SHOW USERS",
    "USE neo4j MATCH (n) DETACH DELETE n",
    "CREATE INDEX x FOR (n:State) ON (n.name)",
    "CREATE CONSTRAINT x FOR (n:State) REQUIRE n.name IS UNIQUE",
    "DROP INDEX pactgraph_Claim_fact",
    "DROP CONSTRAINT pactgraph_State_id IF EXISTS",
    "ALTER USER neo4j SET PASSWORD 'x'",
    "CREATE USER x SET PASSWORD 'y'",
    "GRANT ROLE admin TO x",
    "DENY READ {*} ON GRAPH * TO x",
    "REVOKE ROLE admin FROM x",
    "STOP DATABASE neo4j",
    "TERMINATE TRANSACTION 'neo4j-transaction-1'",
    # several statements
    "MATCH (n:State) RETURN count(n); MATCH (n) DETACH DELETE n",
    "RETURN 1 AS x;;CREATE (n:State)",
    "RETURN 1 AS x; // and\nDROP CONSTRAINT pactgraph_State_id",
    # plans that run
    "EXPLAIN CREATE (n:State)",
    "PROFILE MATCH (n) DETACH DELETE n",
    "CYPHER runtime=slotted CREATE (n:State)",
    # hidden by comments, line ends, quotes, escapes
    "/* harmless */ CREATE (n:State)",
    "MATCH (n) // only reads\nDETACH DELETE n",
    "MATCH (n) // only reads\rDETACH DELETE n",
    "WITH 1 AS x // no file\rLOAD CSV FROM 'file:///etc/hostname' AS r RETURN r",
    "RETURN 1 AS x // one\r\nUNION CREATE (n:State) RETURN 2 AS x",
    "MATCH (n {x: '// '}) DETACH DELETE n //'",
    "MATCH (n {x: '/*'}) DETACH DELETE n /* '*/",
    "MATCH (n {x: 'a\\'}) RETURN n // '}) DETACH DELETE n //",
    "MATCH (n {x: \"'\"}) SET n.x = \"'\"",
    "MATCH (n:`x // `) DETACH DELETE n",
    "MATCH (n:`a``b`) SET n.x = 1",
    "\\u0043REATE (n:State)",
    "MATCH (n) \\u0044ETACH DELETE n",
    "MATCH (n {x: '\\u0027}) DETACH DELETE n //'}) RETURN n",
    "\ufeffCREATE (n:State)",
    "MATCH (n)\u00a0DETACH\u00a0DELETE\u00a0n",
    "",
    "// nothing",
]


@pytest.fixture(scope="module")
def unchanged(loaded: Store) -> Iterator[dict[str, Any]]:
    """What the store holds, compared again after the last hostile query."""
    before = everything(loaded, without=())
    yield before
    assert everything(loaded, without=()) == before


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_queries_are_refused(loaded: Store, unchanged: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        query(loaded, text)
    assert refusal.value.exit_code == 2
    assert "\n" not in str(refusal.value).strip().split("line 1")[0]


@pytest.mark.parametrize(
    "text", [HOSTILE[0], "MATCH (n) // only reads\rDETACH DELETE n", "LOAD CSV FROM 'file:///etc/hostname' AS r RETURN r", "CALL"
            " apoc.help('x')"]
)
def test_the_command_refuses_with_exit_code_2(loaded: Store, unchanged: dict[str, Any], cli: Cli, text: str) -> None:
    result = cli("query", "-", db=loaded, stdin=text).fails(2, "refused")
    assert result.stdout == "" and len(result.stderr.splitlines()) == 1


def test_a_hostile_file_is_refused(loaded_embedded: Store, cli: Cli) -> None:
    file = cli.home / "mine.cypher"
    file.write_text("// Who?\nMATCH (n:State)\nDETACH DELETE n\n", encoding="utf-8")
    cli("query", file, db=loaded_embedded).fails(2, "DETACH is refused: queries are read-only")


def test_the_engine_itself_refuses_to_write(loaded: Store, unchanged: dict[str, Any]) -> None:
    """A second line of defence, should a write come past the first: the reader's session is read-only."""
    for text in ("CREATE (n:State)", "MATCH (n:State) SET n.name = 'x'", "MATCH (n) DETACH DELETE n"):
        with pytest.raises(UsageError), loaded.reading() as reader:
            reader.run(text, {})


INJECTIONS = ["NATO'}) DETACH DELETE n //", "NATO\"; CREATE (n) //", "`", "$bloc", "\\u0027", "*", "%", "' OR 1 = 1 //", "NATO\nCREATE (n)"]


def test_parameters_are_values(loaded: Store, unchanged: dict[str, Any]) -> None:
    for text in INJECTIONS:
        assert query(loaded, "MATCH (b:Bloc) WHERE b.id = $bloc RETURN b.id AS b", bloc=text) == []
        assert query(loaded, "RETURN $bloc AS b", bloc=text) == [{"b": text}]


def test_parameters_of_the_command_are_values(loaded_embedded: Store, cli: Cli) -> None:
    cli("query", "membership/members", "-p", f"bloc={INJECTIONS[0]}", db=loaded_embedded).fails(2, "no bloc", "NATO")
    cli("query", "obligations/defenders", "-p", f"state={INJECTIONS[1]}", db=loaded_embedded).fails(2, "unknown state")
    cli("query", "membership/members", "-p", "bloc=NATO", "--as-of", "1950' OR '1' = '1", db=loaded_embedded).fails(2, "is not a date")
    given = cli("query", "-", "-p", f"x={INJECTIONS[2]}", "--format", "json", db=loaded_embedded, stdin="RETURN $x AS x").ok()
    assert given.rows == [{"x": INJECTIONS[2]}]


HARMLESS: dict[str, tuple[str, dict[str, Any]]] = {
    "property named as a clause": (
        "MATCH (b:Bloc {id: 'NATO'}) RETURN b.set AS x, b.`set` AS y, b.delete AS z", {"x": None, "y": None, "z": None}),
    "quoted property": ("MATCH (b:Bloc {id: 'NATO'}) WHERE b.`create` IS NULL RETURN b.id AS x", {"x": "NATO"}),
    "text that holds clauses": (
        "RETURN 'CREATE (n) SET n.x = 1; LOAD CSV' AS x, \"MATCH (n) DETACH DELETE n //\" AS y",
        {"x": "CREATE (n) SET n.x = 1; LOAD CSV", "y": "MATCH (n) DETACH DELETE n //"}),
    "text with quotes in it": ("RETURN 'it\\'s; CREATE (n)' AS x, \"say \\\"DELETE\\\"\" AS y", {"x": "it's; CREATE"
            " (n)", "y": 'say "DELETE"'}),
    "comment at the end": ("RETURN 1 AS x // DETACH DELETE n", {"x": 1}),
    "comment on a line of its own": ("// CREATE (n)\nRETURN 1 AS x", {"x": 1}),
    "comment over lines": ("/* MERGE (n)\n SET n.x = 1; */ RETURN 1 AS x", {"x": 1}),
    "comment within": ("MATCH (b:Bloc /* DELETE */ {id: 'NATO'}) RETURN b.id AS x", {"x": "NATO"}),
    "label named as a clause": ("MATCH (n:Create) RETURN count(n) AS x", {"x": 0}),
    "label in backticks": ("MATCH (n:`DETACH DELETE n`) RETURN count(n) AS x", {"x": 0}),
    "type named as a clause": ("MATCH ()-[t:MERGE|SET]->() RETURN count(t) AS x", {"x": 0}),
    "label expression": ("MATCH (n:Bloc&!Create {id: 'NATO'}) RETURN count(n) AS x", {"x": 1}),
    "key of a map": ("RETURN {set: 1, create: 2, delete: 3} AS x", {"x": {"set": 1, "create": 2, "delete": 3}}),
    "names that begin as clauses": (
        "MATCH (b:Bloc {id: 'NATO'}) WITH b AS created, b.id AS dataset RETURN created.id AS x, dataset AS y", {"x": "NATO", "y": "NATO"}),
    "quoted name": ("MATCH (b:Bloc {id: 'NATO'}) RETURN b.id AS `create`", {"create": "NATO"}),
    "parameter": ("RETURN $delete AS x", {"x": 7}),
    "semicolon at the end": ("RETURN 1 AS x;", {"x": 1}),
    "semicolon in text": ("RETURN 'a;b' AS x", {"x": "a;b"}),
    "call of a subquery": ("CALL { MATCH (b:Bloc {id: 'NATO'}) RETURN count(b) AS n } RETURN n AS x", {"x": 1}),
    "call with variables": ("MATCH (b:Bloc {id: 'NATO'}) CALL (b) { RETURN b.id AS x } RETURN x", {"x": "NATO"}),
    "allowed procedure": ("CALL db.labels() YIELD label WITH label WHERE label = 'State' RETURN label AS x", {"x": "State"}),
    "allowed procedure, other case": (
        "call db.relationshipTypes() yield relationshipType AS t WITH t WHERE t = 'DEFENCE' RETURN t AS x", {"x": "DEFENCE"}),
    "list named transactions": ("WITH [1] AS transactions RETURN 1 IN transactions AS x", {"x": True}),
    "backslash before u": ("RETURN 'C:\\\\users' AS x", {"x": "C:\\users"}),
    "other letters": ("RETURN 'Türkiye – 日本 🕊' AS x", {"x": "Türkiye – 日本 🕊"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_queries_that_look_hostile_are_answered(loaded: Store, name: str) -> None:
    text, row = HARMLESS[name]
    assert query(loaded, text, **dict.fromkeys(cyphertext.parameters(text), 7)) == [row]
