"""export cypher: what Neo4j holds after the script is what was exported; run again it changes nothing; data stay data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j import GraphDatabase
from support import NEO4J_AUTH, Cli, emptied, everything, opened, small_package

from graph_loader import pipeline
from graph_loader.cyphertext import tokens
from graph_loader.exports.cypherscript import export_cypher, literal
from graph_loader.server import LocalNeo4j
from graph_loader.sources.base import get
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store
from graph_loader.stores.embedded import EmbeddedStore

HOSTILE = (
    "'}) DETACH DELETE n; // \\u0027}) DETACH DELETE n; \\\\u0027 \\' \" ` ; :use system \u2028 \u0000 \x1b \r\n\t end \\"
)  # a text that would end its string, in each way known


def literal_text(value: str) -> str:
    """The text of a literal without the string tokens in it: what is left could be run."""
    return "".join(token.text for token in tokens(value) if token.kind != "string")


@given(st.text(alphabet=st.one_of(st.sampled_from("\\'\"`u0027;/*{}n\n\r\x00\u2028"), st.characters(exclude_categories=["Cs"]))))
def test_no_text_leaves_its_string(text: str) -> None:
    written = literal(text)
    # The rule of Neo4j's reader: a backslash before u is an escape, wherever it stands; ours stand only for control characters.
    for place in range(len(written) - 1):
        if written[place : place + 2] == "\\u":
            code = int(written[place + 2 : place + 6], 16)
            assert code < 32 or 127 <= code < 160 or code in (0x2028, 0x2029, 0xFEFF)
    plain = "".join(c for c in text if c not in "\u2028\u2029\ufeff" and not (ord(c) < 32 or 127 <= ord(c) < 160))
    assert set(literal_text(literal(plain))) <= {"+"}
    assert "\n" not in written and "\r" not in written


def test_literals() -> None:
    assert literal(True) == "true" and literal(3) == "3" and literal(0.25) == "0.25" and literal([]) == "[]"
    assert literal(["it's", "a\\b"]) == r"['it\'s', 'a\\b']"
    assert literal(r"C:\users") == r"'C:\\' + 'users'"
    assert literal("bell\x07 tab\t") == r"'bell\u0007 tab\t'"


@pytest.mark.neo4j
@pytest.mark.parametrize("text", [HOSTILE, "\\", "\\\\", "\\u", "\\\\u0027", "'", "'' + ''", "\\u005Cu0027", "é漢\U0001f600"])
def test_neo4j_reads_the_literal_as_the_text(neo4j_server: LocalNeo4j, text: str) -> None:
    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as driver:
        found = driver.execute_query(f"RETURN {literal(text)} AS text, {literal([text, text])} AS list").records[0]
    assert found.values() == [text, [text, text]]


def run_script(url: str, script: str) -> None:
    """Run a script as Browser and cypher-shell do: cut at each ';' outside strings and comments."""
    parts, begun = [], 0
    for place in (i for i, c in enumerate(script) if c == ";" and script[i : i + 2] in (";\n", ";")):
        parts.append(script[begun:place])
        begun = place + 1
    assert not script[begun:].strip()
    with GraphDatabase.driver(url, auth=NEO4J_AUTH[url]) as driver, driver.session() as session:
        for part in parts:
            session.run(part).consume()


@pytest.fixture
def database(neo4j_server: LocalNeo4j) -> Iterator[str]:
    with emptied(neo4j_server) as url:
        yield url


@pytest.mark.neo4j
def test_the_script_makes_the_same_store_and_again_changes_nothing(database: str, tmp_path: Path) -> None:
    hostile = small_package(
        tmp_path / "hostile", {"blocs": [{"id": "HOSTILE", "name": HOSTILE, "kind": "forum", "since": "1990", "until": ".."}]}
    )
    embedded = EmbeddedStore(tmp_path / "embedded")
    pipeline.load(embedded, [(get("reference"), None), (get("curated"), None)])
    pipeline.load(embedded, [(PackageSource(hostile), hostile)])
    file = tmp_path / "all.cypher"
    with embedded.reading() as reader:
        written = export_cypher(reader, file)
    script = file.read_text(encoding="utf-8")
    assert written["statements"] == script.count(";\n")
    wanted = everything(embedded, without=())
    for _ in range(2):
        run_script(database, script)
        assert everything(opened(database), without=()) == wanted
    # Reading CSV makes \n of \r\n; all else of the name is there, the tab that parts fields in the script included.
    assert wanted["HOSTILE"]["name"].replace("\n", "\r\n") == HOSTILE
    # It is a store: a load on top finds every fact there and changes none.
    again = pipeline.load(opened(database), [(get("curated"), None)])
    assert [(c.added, c.changed, c.removed) for c in again.counts] == [(0, 0, 0)]


@pytest.mark.neo4j
def test_a_slice_is_a_graph_of_that_day_and_no_store(cli: Cli, database: str, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "slice.cypher"
    args = ("export", "cypher", "-o", file, "--as-of", "1985-06-01", "--domain", "defence", "--format", "json")
    rows: Any = cli(*args, db=loaded_embedded).ok().rows
    run_script(database, file.read_text(encoding="utf-8"))
    with GraphDatabase.driver(database, auth=NEO4J_AUTH[database]) as driver:
        counts = driver.execute_query("MATCH (n) WITH count(n) AS n MATCH ()-[t]->() RETURN n, count(t) AS t").records[0]
        assert [counts["n"], counts["t"]] == [row["rows"] for row in rows][:2]
        # Mutual Defense Treaty with Korea, in force 17 November 1954; the Security Treaty with Japan ended on 23 June 1960.
        found = driver.execute_query("MATCH ()-[t:DEFENCE]->() RETURN collect(DISTINCT t.instrument) AS held").records[0]["held"]
        assert "us-korea-1953" in found and "us-japan-1951" not in found
        labels = driver.execute_query("MATCH (n) UNWIND labels(n) AS label RETURN collect(DISTINCT label) AS found").records[0]["found"]
        assert not {"Meta", "Claim", "Run", "Good"} & set(labels)
    with pytest.raises(Exception, match="nothing is loaded"):
        from graph_loader.snapshot import release

        with opened(database).reading() as reader:
            release(reader)
