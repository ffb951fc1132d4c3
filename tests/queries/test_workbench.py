"""Working with the library: a user's own folder, search, templates, plans, pictures, completion in the shell."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support import Cli

from graph_loader.catalogue import catalogue, parse, pictures, search
from graph_loader.errors import DataError
from graph_loader.resources import data_folder
from graph_loader.stores.base import Store

BLOCS = """// Which blocs are there?
// id: {id}
// params: kind=alliance (text)
// columns: bloc
// example: -p kind=alliance
MATCH (b:Bloc) WHERE b.kind = $kind RETURN b.id AS bloc ORDER BY bloc
"""
PICTURE = """// Draw the blocs
// At most 20 are drawn.
// id: mine/blocs.graph
// params: kind=alliance (text)
// columns: b (node)
// example: -p kind=alliance
MATCH (b:Bloc) WHERE b.kind = $kind RETURN b ORDER BY b.id LIMIT 20
"""


def own(folder: Path, *ids: str) -> Path:
    for id_ in ids:
        file = folder / f"{id_}.cypher"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(BLOCS.format(id=id_), encoding="utf-8")
    return folder


# -- a folder of one's own --------------------------------------------------------------------------------------------------------


def test_a_users_folder_joins_the_library(cli: Cli, loaded_embedded: Store, tmp_path: Path) -> None:
    folder = own(tmp_path / "own", "mine/blocs", "flat")
    for given in (("--library", folder), ()):
        env = {} if given else {"PACTGRAPH_LIBRARY": str(folder)}
        for id_ in ("mine/blocs", "flat"):
            rows = cli("query", id_, *given, "--format", "json", db=loaded_embedded, env=env).ok().rows
            assert {"NATO", "WARSAW-PACT"} <= {row["bloc"] for row in rows}
        listed = [row["query"] for row in cli("queries", "list", *given, "--format", "json", env=env).ok().rows]
        assert listed == [*catalogue(), "flat", "mine/blocs"]
    checked = cli("queries", "check", "--library", folder, "--format", "json", db=loaded_embedded).ok().rows
    assert {"flat", "mine/blocs", "membership/members", "membership/members.graph"} <= {row["query"] for row in checked}
    cli("query", "flat", db=loaded_embedded).fails(2, "there is no query 'flat'")


def test_the_configuration_names_folders(cli: Cli, loaded_embedded: Store, tmp_path: Path) -> None:
    folder = own(tmp_path / "own", "mine/blocs")
    config = cli.home / "config" / "pactgraph" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"[queries]\nlibrary = ['{folder}']\n", encoding="utf-8")
    cli("query", "mine/blocs", db=loaded_embedded).ok()
    for text, words in (
        ("[queries]\nlibrary = 3", "library must be a folder or a list of folders"),
        ("[queries]\nlibrary = 'relative'", "must begin with / or ~"),
        ("[queries]\nfolder = '/x'", "write [queries] and below it library"),
        ("[queries]\nlibrary = '/no/such/folder'", "there is no such folder of queries"),
        ("[query]\nlibrary = '/x'", "unknown section 'query'; write [profiles.NAME] or [queries]"),
    ):
        config.write_text(text, encoding="utf-8")
        cli("queries", "list").fails(2, words)


@pytest.mark.parametrize(
    ("id_", "text", "code", "words"),
    [
        ("membership/members", BLOCS.format(id="membership/members"), 1, "the library has a query 'membership/members' already; rename"),
        ("mine/other", BLOCS.format(id="mine/blocs"), 1, "its id is 'mine/blocs'; file and id must agree"),
        ("mine/Blocs x", BLOCS.format(id="mine/Blocs x"), 1, "is no id"),
        ("mine/blocs", BLOCS.format(id="mine/blocs").replace("MATCH", "CREATE (x) WITH x MATCH"), 1, "CREATE is refused"),
        ("mine/blocs", BLOCS.format(id="mine/blocs").replace("columns: bloc", "columns: name"), 1, "RETURN gives bloc"),
        ("mine/blocs.graph", PICTURE, 1, "it is a picture of no query: mine/blocs.cypher is missing"),
    ],
)
def test_a_users_file_passes_the_same_checks(cli: Cli, tmp_path: Path, id_: str, text: str, code: int, words: str) -> None:
    file = tmp_path / "own" / f"{id_}.cypher"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    cli("queries", "list", "--library", tmp_path / "own").fails(code, words, file.name)


def test_two_folders_must_not_collide(cli: Cli, tmp_path: Path) -> None:
    folders = [own(tmp_path / name, "mine/blocs") for name in ("one", "two")]
    args = [part for folder in folders for part in ("--library", folder)]
    cli("queries", "list", *args).fails(1, str(folders[0]), "has a query 'mine/blocs' already")


# -- pictures -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (" LIMIT 20", "", "ends with LIMIT and a number"),
        ("At most 20", "At most 30", "its header says 'at most' and that number"),
        ("b (node)", "b (text)", "has type 'text'; there are node, relationship"),
    ],
)
def test_a_picture_is_limited_and_says_so(old: str, new: str, words: str) -> None:
    assert parse(PICTURE, "mine/blocs.graph.cypher").is_picture
    with pytest.raises(DataError, match=words.replace("(", r"\(")):
        parse(PICTURE.replace(old, new), "mine/blocs.graph.cypher")


def test_a_picture_takes_what_its_query_takes(cli: Cli, tmp_path: Path) -> None:
    folder = own(tmp_path / "own", "mine/blocs")
    file = folder / "mine" / "blocs.graph.cypher"
    file.write_text(PICTURE, encoding="utf-8")
    assert cli("queries", "show", "mine/blocs", "--graph", "--library", folder).ok().stdout == PICTURE
    file.write_text(PICTURE.replace("kind=alliance (text)", "sort (text)").replace("$kind", "$sort"), encoding="utf-8")
    cli("queries", "list", "--library", folder).fails(1, "takes a parameter that mine/blocs does not take")


def test_pictures_of_the_library() -> None:
    assert set(pictures()) >= {
        "membership/members", "membership/of-state", "obligations/defenders", "dependency/suppliers", "sanctions/in-force",
        "partnership/of-state",
    }  # fmt: skip
    assert not set(catalogue()) & {query.id for query in pictures().values()}


def test_a_query_without_a_picture_says_so(cli: Cli) -> None:
    cli("queries", "show", "evidence/coverage", "--graph").fails(2, "has no picture; these have one", "membership/members")


# -- search, new, explain -------------------------------------------------------------------------------------------------------------


def test_search_finds_all_words_in_any_order_and_case(cli: Cli) -> None:
    assert [q.id for q in search(["SENDER", "sanctions"], catalogue())] == ["sanctions/in-force"]
    found = [q.id for q in search(["defend"], catalogue())]
    assert found.index("obligations/defenders") < len(found) and "obligations/bloc-duties" in found
    done = cli("queries", "search", "no-such-word", "--format", "json").ok()
    assert done.rows == [] and done.json["notes"] == [f"{len(catalogue())} queries were searched for: no-such-word."]


def test_new_writes_a_query_that_passes_its_checks(cli: Cli, loaded_embedded: Store, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    assert "queries check" in cli("queries", "new", "trade/mine", "-o", folder).ok().stdout
    cli("queries", "check", folder / "trade" / "mine.cypher", db=loaded_embedded).ok()
    # NATO, "Enlargement": 16 members in 1985.
    args = ("query", "trade/mine", "-p", "bloc=NATO", "--as-of", "1985", "--library", folder, "--format", "json")
    assert len(cli(*args, db=loaded_embedded).ok().rows) == 16
    cli("queries", "new", "trade/mine", "-o", folder).fails(2, "is there already and stays as it is")
    cli("queries", "new", "trade/mine", "--library", folder).fails(2, "there is a query 'trade/mine' already")
    cli("queries", "new", "membership/members", "-o", folder).fails(2, "there is a query 'membership/members' already")
    cli("queries", "new", "../escape", "-o", folder).fails(2, "is no id")
    (tmp_path / "file").write_text("", encoding="utf-8")
    cli("queries", "new", "a/b", "-o", tmp_path / "file").fails(1, "cannot be written")


def test_explain_prints_text_parameters_and_plan_and_runs_nothing(cli: Cli, loaded: Store) -> None:
    args = ("query", "obligations/defenders", "-p", "state=Japan", "--as-of", "1970", "--explain")
    said = cli(*args, db=loaded).ok().stdout
    assert said.startswith(catalogue()["obligations/defenders"].text.rstrip())
    assert "$state = 'JPN'" in said and "$as_of = '1970-12-31'" in said
    engine, operator = ("Neo4j", "+ ProduceResults") if "://" in loaded.url else ("the embedded engine", "+ MATCH")
    assert f"Plan of {engine} (not run):" in said and operator in said
    told = cli(*args, "--format", "json", db=loaded).ok().json
    assert told["params"] == {"state": "JPN", "as_of": "1970-12-31"} and operator in told["plan"]
    cli("query", "-", "--explain", db=loaded, stdin="CREATE (n)").fails(2, "read-only")
    cli("query", "-", "--explain", db=loaded, stdin="MATCH (n:State RETURN n").fails(2, "the query failed")


# -- completion in the shell ----------------------------------------------------------------------------------------------------------


def completed(cli: Cli, shell: str, line: str, env: dict[str, str] | None = None) -> list[str]:
    """What is offered for the last word of the line; the store would be a folder that is not there."""
    words = line.split(" ")
    told = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_PACTGRAPH_COMPLETE": f"{shell}_complete"}
    found = cli(db="/no/such/store", env=told | (env or {})).ok().stdout.splitlines()
    return [text.partition(",")[2] if shell == "bash" else text for text in found if text]


def ids(table: str) -> list[str]:
    with (data_folder() / table).open(encoding="utf-8", newline="") as file:
        return sorted(row["id"] for row in csv.DictReader(file))


def test_ids_of_queries_complete(cli: Cli, tmp_path: Path) -> None:
    assert completed(cli, "bash", "pactgraph query membership/m") == ["membership/members"]
    assert completed(cli, "bash", "pactgraph query suppl") == ["dependency/suppliers"]
    assert completed(cli, "bash", "pactgraph queries show obligations/d") == ["obligations/defenders"]
    folder = own(tmp_path / "own", "mine/blocs")
    assert completed(cli, "bash", "pactgraph query mine", {"PACTGRAPH_LIBRARY": str(folder)}) == ["mine/blocs"]
    (folder / "mine" / "blocs.cypher").write_text("broken", encoding="utf-8")
    assert completed(cli, "bash", "pactgraph query membership/m", {"PACTGRAPH_LIBRARY": str(folder)}) == ["membership/members"]


def test_names_and_values_of_parameters_complete(cli: Cli) -> None:
    assert completed(cli, "bash", "pactgraph query partnership/pair -p ") == ["a=", "b=", "as_of="]
    assert completed(cli, "bash", "pactgraph query partnership/pair -p a = JPN -p ") == ["b=", "as_of="]
    assert completed(cli, "bash", "pactgraph query membership/members -p bl") == [f"bloc={id_}" for id_ in ids("curated/blocs.csv")]
    # bash cuts its words at '=': the value alone is the word to complete.
    assert completed(cli, "bash", "pactgraph query membership/members -p bloc = NAT") == ["NATO", "NATO-IMS"]
    assert completed(cli, "bash", "pactgraph query membership/members -p bloc = nat") == ["NATO", "NATO-IMS"]
    assert completed(cli, "bash", "pactgraph query membership/members -p bloc =") == ids("curated/blocs.csv")
    assert completed(cli, "bash", "pactgraph query obligations/defenders -p state = JP") == ["JPN"]
    assert "rare-earths" in completed(cli, "bash", "pactgraph query dependency/suppliers -p good = rare")
    assert completed(cli, "bash", "pactgraph query no/such -p ") == []


def test_zsh_completes_whole_words(cli: Cli) -> None:
    offered = completed(cli, "zsh", "pactgraph query partnership/pair -p a=JP")
    assert offered[:3] == ["plain", "a=JPN", "Japan"]
