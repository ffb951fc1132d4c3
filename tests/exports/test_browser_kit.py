"""neo4j kit: favourites, style and guide for Neo4j Browser, made of the query library. Browser itself is in tests/browser."""

from __future__ import annotations

import io
import json
import re
import socket
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase
from support import NEO4J_AUTH, Cli

from graph_loader.catalogue import catalogue, parse, pictures
from graph_loader.cli.browser_kit import kit_files
from graph_loader.cyphertext import refuse_writes
from graph_loader.exports.browserkit import GUIDED, RELEASE, Favourite, archive, expression, expressions, favourites, parameters_text
from graph_loader.identity import default_identity
from graph_loader.schema import NODES, RELATIONSHIPS, properties_of
from graph_loader.server.errors import ServerError
from graph_loader.server.files import serving
from graph_loader.stores.base import Store
from graph_loader.stores.base import query as run
from viz import grass, style
from viz.document import contrast

HOSTILE = "it's $x => \"y\"; \\ `z` {1} <img src=x onerror=alert(1)> */ </slide> // ü"
OWN = """// {title}
// id: mine/blocs
// params: kind=alliance (text, {title})
// columns: bloc
// example: {example}
MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc ORDER BY bloc
"""
_PARAM = re.compile(r":param (\w+) => (.+);")


@pytest.fixture(scope="module")
def found() -> list[Favourite]:
    return favourites(catalogue().values(), pictures(), default_identity())


def set_by(text: str) -> dict[str, str]:
    """What a favourite of parameters sets; all else in it is a comment."""
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    pairs = [_PARAM.fullmatch(line) for line in lines]
    assert all(pairs), text
    return {pair[1]: pair[2] for pair in pairs if pair}


def written(folder: Path, text: str) -> Path:
    (folder / "mine").mkdir(parents=True)
    (folder / "mine" / "blocs.cypher").write_text(text, encoding="utf-8")
    return folder


# -- favourites ---------------------------------------------------------------------------------------------------------------------


def test_every_query_and_picture_is_a_favourite_of_one_statement(found: list[Favourite]) -> None:
    texts = {f.id: f.text for f in found}
    assert set(texts) - {f"{id_}:parameters" for id_ in catalogue()} == {
        "draw-only", "parameters", *catalogue(), *(query.id for query in pictures().values()),
    }  # fmt: skip
    for query in [*catalogue().values(), *pictures().values()]:
        assert texts[query.id].endswith(query.text)
        refuse_writes(texts[query.id])  # also refuses a second statement


def test_names_are_sorted_as_browser_sorts_them(found: list[Favourite]) -> None:
    names = [f.name for f in found]
    assert names == sorted(names) and len(set(names)) == len(names)
    assert names[:2] == ["00 Draw only what a query returns", "01 Parameters"]
    assert all(f.text.splitlines()[0] == f"// {f.name}" for f in found)
    place = names.index("08.2 Ask dependency/suppliers")
    assert names[place - 1] == "08.1 Set dependency/suppliers" and names[place + 1] == "08.3 Draw dependency/suppliers"


def test_each_query_has_all_its_parameters_set_before_it(found: list[Favourite]) -> None:
    texts = {f.id: f.text for f in found}
    everything = set_by(texts["parameters"])
    assert everything["as_of"] == RELEASE and everything["good"] == "''" and everything["year"] == "2024"
    for id_, query in catalogue().items():
        names = {param.name for param in query.params}
        assert names <= everything.keys()
        if names - {"as_of"}:
            assert set_by(texts[f"{id_}:parameters"]).keys() == names
        else:
            assert f"{id_}:parameters" not in texts


@pytest.mark.neo4j
def test_the_parameters_are_those_of_the_command(loaded_neo4j: Store) -> None:
    """What Neo4j makes of the right sides, which Browser sends to it, is what ``pactgraph query`` binds."""
    with loaded_neo4j.reading() as reader:
        release = run(reader, loaded_neo4j, "MATCH (m:Meta) RETURN m.release_date AS day", {}).rows[0][0]
    with GraphDatabase.driver(loaded_neo4j.url, auth=NEO4J_AUTH[loaded_neo4j.url]) as driver:
        for query in catalogue().values():
            bound = query.bind(query.example_values()[0], release, default_identity())
            sides = expressions(query, default_identity())
            if sides:
                text = "RETURN " + ", ".join(f"{side} AS {name}" for name, side in sides.items())
                row = driver.execute_query(text, database_="neo4j").records[0].data()
                assert row == bound and [type(row[name]) for name in bound] == [type(value) for value in bound.values()]
        text = expression(HOSTILE + "\n\r\u2028\\u0027")
        assert driver.execute_query(f"RETURN {text} AS x", database_="neo4j").records[0]["x"] == HOSTILE + "\n\r\u2028\\u0027"


def test_a_hostile_value_stays_within_its_parameter() -> None:
    text = f":param a => {expression(HOSTILE + chr(10) + chr(13))}"
    # Browser takes what follows the last '=>', and nothing at all when there is a '$' in it.
    assert re.fullmatch(r".*=>\s*([^$]*)", text) and text.count("=>") == 1
    query = parse(OWN.format(title="Which?", example='-p "kind=$(x) => ;\'"'), "mine/blocs")
    assert set_by(parameters_text(expressions(query, default_identity()), query)) == {"kind": "'\\u0024(x) =\\u003E ;\\''"}


def test_the_archive_is_the_same_each_time_and_holds_cypher_in_one_folder(found: list[Favourite]) -> None:
    packed = archive(found)
    assert packed == archive(favourites(catalogue().values(), pictures(), default_identity()))
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(re.fullmatch(r"pactgraph/[0-9a-z-]+\.cypher", name) for name in opened.namelist())
        assert [opened.read(name).decode() for name in opened.namelist()] == [f.text for f in found]


# -- style --------------------------------------------------------------------------------------------------------------------------


def test_the_style_knows_every_label_and_type_and_their_properties() -> None:
    rules = grass.rules()
    for kind, types in (("node", [node.label for node in NODES]), ("relationship", [rel.type for rel in RELATIONSHIPS])):
        for type_ in types:
            rule = rules.get(f"{kind}.{type_}", rules[kind])
            assert set(re.findall(r"\{(\w+)\}", rule["caption"])) <= {p.name for p in properties_of(type_)}, type_
    assert set(rules) <= {"node", "relationship", *(f"node.{n.label}" for n in NODES), *(f"relationship.{r.type}" for r in RELATIONSHIPS)}


def test_the_style_has_the_colours_of_the_pages_and_readable_captions() -> None:
    rules = grass.rules()
    assert {domain: rules[f"relationship.{domain}"]["color"] for domain in style.DOMAINS} == {
        domain: drawn.colour for domain, drawn in style.DOMAINS.items()
    }
    for selector, rule in rules.items():
        if selector.startswith("node."):
            assert contrast(rule["color"], rule["text-color-internal"]) >= 4.5, selector


def test_the_sheet_avoids_what_browser_misreads() -> None:
    sheet = grass.sheet(grass.rules())
    assert "/*" not in sheet and "//" not in sheet
    captions = re.findall(r'^  caption: "([^"]*)";$', sheet, re.MULTILINE)
    assert len(captions) == len(grass.rules()) and not [caption for caption in captions if ":" in caption]
    assert sheet.count("{\n") == sheet.count("\n}\n") == len(grass.rules())


# -- guide --------------------------------------------------------------------------------------------------------------------------


class Slides(HTMLParser):
    """Tags, attributes, and the texts that run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.runnable: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "pre":
            self.runnable.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "pre":
            self.runnable[-1] += data


def test_the_guide_walks_through_its_questions() -> None:
    guide = Slides(kit_files(())["guide.html"].decode())
    assert set(guide.tags) <= {"title", "slide", "div", "h3", "p", "ul", "li", "figure", "pre"}
    assert guide.attributes <= {"class", "style"}
    assert guide.tags.count("slide") == len(GUIDED) + 3
    statements = [text for text in guide.runnable if text.startswith(("MATCH", "OPTIONAL MATCH"))]
    for id_ in GUIDED:
        bodies = [q.text for q in (catalogue()[id_], pictures().get(id_)) if q]
        assert [b for b in bodies if not any(b.rstrip().endswith(s.strip()) for s in statements)] == []
    for text in statements:
        refuse_writes(text)


# -- queries of the user's own --------------------------------------------------------------------------------------------------------


def test_a_users_queries_join_and_their_words_stay_words(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path / "own", OWN.format(title=HOSTILE.replace("(", "[").replace(")", "]"), example="-p kind=alliance"))
    files = kit_files((folder,))
    documents: dict[str, str] = {d["id"]: d["content"] for d in json.loads(files["kit.json"])["documents"]}
    for part, name in (("", "Ask"), (":parameters", "Set")):
        first, *rest = documents[f"pactgraph/mine/blocs{part}"].splitlines()
        assert re.fullmatch(rf"// \d\d\.[12] {name} mine/blocs", first)
        assert all(line.startswith("//") for line in rest[:-1]) and "onerror" in "\n".join(rest[:-1])
        assert rest[-1] in (":param kind => 'alliance';", "MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc ORDER BY bloc")
    assert b"onerror" not in files["guide.html"]
    done = cli("neo4j", "kit", "-o", tmp_path / "kit", "--library", folder, "--format", "json").ok()
    assert [row["file"] for row in done.rows] == ["style.grass", "favourites.zip", "guide.html"]
    assert (tmp_path / "kit" / "favourites.zip").read_bytes() == files["favourites.zip"]


@pytest.mark.parametrize(
    ("title", "example", "code", "words"),
    [
        ("A \\u000aMATCH (n) DETACH DELETE n", "-p kind=x", 1, ("blocs.cypher", "\\uXXXX escape")),
        ("Which?", "-p kind='x", 1, ("mine/blocs", "its example cannot be read")),
        ("Which?", "-p sort=x", 2, ("mine/blocs", "takes no parameter 'sort'")),
    ],
)
def test_a_faulty_query_is_named_and_nothing_written(
    cli: Cli, tmp_path: Path, title: str, example: str, code: int, words: tuple[str, ...]
) -> None:
    folder = written(tmp_path / "own", OWN.format(title=title, example=example))
    cli("neo4j", "kit", "-o", tmp_path / "kit", "--library", folder).fails(code, *words)
    assert not (tmp_path / "kit").exists()


# -- the folder -----------------------------------------------------------------------------------------------------------------------


def test_the_folder_is_a_kit_or_new(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    for _ in range(2):  # an earlier kit is replaced
        cli("neo4j", "kit", "-o", folder).ok()
    assert {file.name for file in folder.iterdir()} == {"style.grass", "favourites.zip", "guide.html"}
    # Neither notes of the user's own nor another export.
    for name in ("notes.txt", "nodes_State.csv"):
        (folder / name).write_text("mine", encoding="utf-8")
        cli("neo4j", "kit", "-o", folder).fails(2, "holds files that are not an earlier export")
        (folder / name).unlink()
    (tmp_path / "file").write_text("", encoding="utf-8")
    cli("neo4j", "kit", "-o", tmp_path / "file").fails(2, "holds files that are not an earlier export")
    cli("neo4j", "kit", "-o", tmp_path / "file" / "kit").fails(1, "cannot be written")
    cli("neo4j", "kit").fails(2, "--output")


def test_a_taken_port_is_said(cli: Cli, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        cli("neo4j", "kit", "-o", tmp_path / "kit", "--serve", "--port", str(port)).fails(1, f"port {port} cannot be had", "--port")
        with pytest.raises(ServerError), serving({}, port):
            pass


def test_names_of_a_record_are_plain(found: list[Favourite]) -> None:
    """Browser keeps favourites by id; the page that puts them there looks the ids up in an object."""
    kept: dict[str, Any] = json.loads(kit_files(())["kit.json"])
    ids = [document["id"] for document in kept["documents"]]
    assert len(set(ids)) == len(ids) == len(found) and all(id_.startswith("pactgraph/") for id_ in ids)
    assert kept["settings"] == {"autoComplete": False} and kept["style"] == grass.rules()
