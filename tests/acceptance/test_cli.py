"""What the commands answer, in every form, and how they behave in a shell.

Memberships and camps as the treaties have them: NATO had fifteen members on 1 January 1975 and sixteen from 30 May 1982 (Spain);
Albania left the Warsaw Treaty on 13 September 1968.
"""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from inprocess import Run, run
from support import Cli, environment, small_package

from graph_loader.stores.base import Store

__all__ = ["run"]

NATO_1975 = {"BEL", "CAN", "DEU", "DNK", "FRA", "GBR", "GRC", "ISL", "ITA", "LUX", "NLD", "NOR", "PRT", "TUR", "USA"}
WARSAW_1975 = {"BGR", "CSK", "DDR", "HUN", "POL", "ROU", "SUN"}
QUICK = ("--runs", "2", "--bootstrap", "5", "--resolution", "0.5")
LOAD_COLUMNS = ["source", "read", "loaded", "merged", "rejected", "added", "changed", "unchanged", "removed", "shared"]
COMMANDS: dict[str, tuple[str, ...]] = {
    "query": ("query", "membership/members", "-p", "bloc=NATO", "--as-of", "1985-06-01"),
    "own query": ("query", "own.cypher"),
    "show": ("show", "DEU", "--as-of", "1985"),
    "info": ("info",),
    "clusters": ("clusters", "--as-of", "1975-01-01", *QUICK),
    "concentration": ("concentration", "--as-of", "2022-06-01"),
    "similarity": ("similarity", "USA", "--as-of", "1975-01-01"),
    "similarity of a pair": ("similarity", "USA", "FRA", "--date", "1970,1980", "--by", "comembership"),
    "clusters compared": ("clusters", "--as-of", "1975-01-01", "--compare", "1992", *QUICK),
    "clusters, why": ("clusters", "--as-of", "1975-01-01", "--why", "FRA", *QUICK),
    "clusters, balance": ("clusters", "--as-of", "2024-01-01", "--balance", *QUICK),
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A dataset of one alliance between three states."""
    return small_package(tmp_path / "mine", {
        "blocs": [{"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1950", "until": ".."}],
        "memberships": [{"state": s, "bloc": "PACT", "since": "1950-01-01", "until": ".."} for s in ("FRA", "GBR", "USA")],
        "instruments": [{"id": "treaty", "title": "Treaty </script><b>", "form": "treaty", "type": "alliance", "domains": "DEFENCE",
            "binding": True,
                         "obligations": "defence", "derives": "dyads", "founds": "PACT"}],
        "events": [{"instrument": "treaty", "kind": "in_force", "date": "1950-01-01"}],
    })  # fmt: skip


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_answer_in_every_form(run: Run, loaded_embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "MATCH (s:State) WHERE s.id < 'B' AND s.name <> $as_of"
        " RETURN s.id AS state, s.disputed AS disputed, s.sources AS sources ORDER BY state"
    )
    (tmp_path / "own.cypher").write_text(text, encoding="utf-8")
    args = COMMANDS[name]
    found = run(*args, "--format", "json", db=loaded_embedded).ok()
    assert found.stderr == ""
    answer = found.json
    assert set(answer) == {"columns", "rows", "params", "as_of", "newest_source", "sources", "notes"}
    assert answer["rows"]
    for row in answer["rows"]:
        assert list(row) == answer["columns"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer["as_of"])
    assert "curated" in answer["newest_source"]
    named = {s for row in answer["rows"] for s in row.get("sources") or []}
    described = {source["id"] for source in answer["sources"]}
    assert named <= described
    assert described
    assert all({"id", "title", "publisher", "version", "url", "licence", "citation"} <= set(source) for source in answer["sources"])

    as_csv = run(*args, "--format", "csv", db=loaded_embedded).ok()
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert list(rows[0]) == answer["columns"]
    assert len(rows) == len(answer["rows"])
    for row, expected in zip(rows, answer["rows"], strict=True):
        for column, value in expected.items():
            assert row[column] == _as_cell(value), column
    assert f"As of {answer['as_of']}; newest source: " in as_csv.stderr  # remarks do not disturb the data

    table = run(*args, db=loaded_embedded).ok()
    shown = table.stdout.splitlines()[0].split()
    assert set(shown) <= set(answer["columns"])
    assert f"As of {answer['as_of']}; newest source: " in table.stdout
    assert table.stderr == ""

    markdown = run(*args, "--format", "md", db=loaded_embedded).ok().stdout.splitlines()
    assert markdown[0] == "| " + " | ".join(shown) + " |"
    assert set(markdown[1]) <= set("| -")
    width = markdown[0].count("|")
    assert all(line.replace("\\|", "").count("|") == width for line in markdown if line.startswith("|"))

    cited = run(*args, "--cite", db=loaded_embedded).ok().stdout
    for source in answer["sources"]:
        assert f"[{source['id']}] " in cited


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(map(_as_cell, value))
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if isinstance(value, dict) else str(value)


def test_a_year_means_its_last_day(run: Run, loaded_embedded: Store) -> None:
    for said, meant in (("1985", "1985-12-31"), ("1985-02", "1985-02-28"), ("1984-02", "1984-02-29"), ("1985-06-01", "1985-06-01")):
        found = run("query", "membership/members", "-p", "bloc=NATO", "--as-of", said, "--format", "json", db=loaded_embedded).ok()
        assert found.json["as_of"] == meant
        assert found.json["params"]["as_of"] == meant
    assert {row["state"] for row in found.rows} == NATO_1975 | {"ESP"}
    assert "As of 1985-12-31" in run("show", "FRA", "--as-of", "1985", db=loaded_embedded).ok().stdout


def test_without_a_date_the_answer_is_of_the_release(run: Run, loaded_embedded: Store) -> None:
    answer = run("query", "membership/members", "-p", "bloc=NATO", "--format", "json", db=loaded_embedded).ok().json
    assert answer["as_of"] == "2026-11-22"
    assert len(answer["rows"]) == 32  # with Finland (2023) and Sweden (2024)


def test_the_camps_of_1975(cli: Cli, loaded_embedded: Store) -> None:
    answer = cli("clusters", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok().json
    assert answer["columns"][:4] == ["state", "name", "camp", "certainty"]
    camp = {row["state"]: row["camp"] for row in answer["rows"]}
    certainty = {row["state"]: row["certainty"] for row in answer["rows"]}
    (west,), (east,) = {camp[s] for s in NATO_1975}, {camp[s] for s in WARSAW_1975}
    assert None not in (west, east)
    assert west != east
    assert certainty["JPN"] < 0.8
    assert all(certainty[s] >= 0.8 for s in WARSAW_1975)
    assert camp["ALB"] is None
    # China and North Korea hang on the Sino-Soviet treaty (in force to 1980) and on each other: too narrow to be placed.
    assert {s for s, c in camp.items() if c == east and certainty[s] >= 0.8} == WARSAW_1975
    assert any("Leiden, gamma " in note and "seed 0" in note for note in answer["notes"])


def test_show_finds_a_state_by_id_name_or_former_name(run: Run, loaded_embedded: Store) -> None:
    by_id = run("show", "DEU", "--as-of", "1970", "--format", "json", db=loaded_embedded).ok().json
    by_name = run("show", "West Germany", "--as-of", "1970", "--format", "json", db=loaded_embedded).ok().json
    assert by_id == by_name
    assert by_id["params"] == {"state": "DEU"}
    assert {(row["relation"], row["other"]) for row in by_id["rows"]} >= {("member", "NATO"), ("defence", "USA"), ("member", "EEC")}
    assert run("show", "russia", "--as-of", "1970", "--format", "json", db=loaded_embedded).ok().json["params"] == {"state": "SUN"}
    assert run("show", "Russia", "--as-of", "2000", "--format", "json", db=loaded_embedded).ok().json["params"] == {"state": "RUS"}
    only = run("show", "DEU", "--as-of", "1970", "--domain", "defence", "--format", "json", db=loaded_embedded).ok().rows
    assert {row["relation"] for row in only} == {"member", "defence", "succeeds"}


def test_facts_of_a_source_that_stops_are_counted_as_doubts(run: Run, small: Path, tmp_path: Path) -> None:
    db = tmp_path / "store"
    stopped = small_package(tmp_path / "stopped", {
        "blocs": [{"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1950", "until": ".."}],
        "memberships": [{"state": "FRA", "bloc": "PACT", "since": "1950-01-01", "until": ".."}],
    }, id="stopped", covers_until="2018")  # fmt: skip
    run("load", "--from", stopped, db=db).ok()
    assert "last seen" not in run("show", "FRA", "--as-of", "2018", db=db).ok().stdout
    assert "1 fact was last seen in force before 2020-12-31 by a source that stops there" in run("show", "FRA", "--as-of", "2020",
        db=db).ok().stdout


# -- load --------------------------------------------------------------------------------------------------------------


def test_what_a_load_reports(run: Run, small: Path, tmp_path: Path) -> None:
    """By hand: 6 rows, each loaded, and that the treaty founds the pact; 3 ties and the event's relationship follow."""
    db = tmp_path / "store"
    dry = run("load", "--from", small, "--dry-run", "--format", "json", db=db).ok()
    assert any("Nothing was written" in note for note in dry.json["notes"])
    assert not db.exists()
    answer = run("load", "--from", small, "--format", "json", db=db).ok().json
    assert answer["columns"] == LOAD_COLUMNS
    assert [row["source"] for row in answer["rows"]] == ["reference", "mine"]
    mine = {"source": "mine", "read": 6, "loaded": 6, "merged": 0, "rejected": 0, "added": 11, "changed": 0, "unchanged": 0, "removed": 0,
            "shared": 0}  # fmt: skip
    assert answer["rows"][1] == mine
    assert dry.rows == answer["rows"]
    again = run("load", "--from", small, "--format", "json", db=db).ok().rows
    assert again == [mine | {"added": 0, "unchanged": 11}]
    table = run("load", "--from", small, db=db).ok().stdout
    assert table.splitlines()[0].split() == LOAD_COLUMNS
    assert "Precedence: reference, mine." in table
    small_package(small, {"blocs": [{"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1951", "until": ".."}]})
    assert run("load", "--from", small, "--format", "json", db=db).ok().rows == [
        mine | {"read": 1, "loaded": 1, "added": 0, "changed": 1, "removed": 10},
    ]  # fmt: skip


def test_prefer_alone_resolves_anew_what_is_loaded_and_reads_nothing(run: Run, small: Path, tmp_path: Path) -> None:
    db = tmp_path / "store"
    run("load", "--from", small, db=db).ok()
    second = small_package(tmp_path / "second", {"memberships": [{"state": "FRA", "bloc": "PACT", "since": "1952-02-02", "until": ".."}]},
        id="second")
    run("load", "--from", second, db=db).ok()

    def france() -> list[tuple[str, bool]]:
        rows = run("show", "FRA", "--format", "json", db=db).ok().rows
        return [(row["since"], row["disputed"]) for row in rows if row["relation"] == "member"]

    assert france() == [("1950-01-01", True)]
    moved = run("load", "--prefer", "second,mine", db=db).ok().stdout
    assert "Precedence: second, mine, reference." in moved
    assert "Facts changed: 3 (member|FRA|PACT|1, tie|treaty|FRA|GBR|DEFENCE|alliance|1, tie|treaty|FRA|USA|DEFENCE|alliance|1)." in moved
    assert france() == [("1952-02-02", True)]
    sources = run("query", "evidence/coverage", "--format", "json", db=db).ok().rows
    assert [row["dataset"] for row in sources] == ["mine", "reference", "second"]  # nothing else came in
    run("load", "--prefer", "", db=db).ok()
    assert france() == [("1950-01-01", True)]


def test_prefer_with_an_empty_store_loads_the_bundled_data(run: Run, tmp_path: Path) -> None:
    rows = run("load", "--prefer", "reference", "--dry-run", "--format", "json", db=tmp_path / "store").ok().rows
    assert [row["source"] for row in rows] == ["reference", "curated", "usgs"]


# -- other commands ----------------------------------------------------------------------------------------------------


def test_every_command_has_help_with_an_example(run: Run) -> None:
    groups = {"": ("clusters", "concentration", "demo", "info", "load", "query", "show"), "queries": ("list", "show", "check"),
              "sources": ("list", "show"), "view": ("network",), "export": ("csv",)}  # fmt: skip
    for group, commands in groups.items():
        for command in commands:
            words = [w for w in (group, command) if w]
            text = run(*words, "--help").ok().stdout
            assert re.search(r"\n  Examples?:\n    (.*\| )?pactgraph " + " ".join(words), text), words
            assert run(*words, "-h").ok().stdout == text
    top = run("--help").ok().stdout
    assert all(name in top for name in (*groups[""], "queries", "sources", "view", "export"))
    assert "Exit codes: 0 done, 1 the data or the store, 2 the request." in top
    assert re.fullmatch(r"pactgraph, version \d+\.\d+\.\d+\n", run("--version").ok().stdout)


def test_sources_and_queries_are_listed_and_shown(run: Run, loaded_embedded: Store) -> None:
    rows = run("sources", "list", "--format", "json").ok().rows
    assert {"curated", "reference"} <= {row["source"] for row in rows}
    shown = {row["property"]: row["value"] for row in run("sources", "show", "curated", "--format", "json").ok().rows}
    assert (shown["licence"], shown["covers_until"]) == ("CC BY 4.0", "..")
    assert shown["citation"]
    listed = {row["query"] for row in run("queries", "list", "--format", "json").ok().rows}
    assert {"membership/members", "alignment/alliance-pair", "evidence/claims"} <= listed
    text = run("queries", "show", "membership/members").ok().stdout
    assert text.startswith("// ")
    assert "\n// id: membership/members\n" in text
    checked = run("queries", "check", "--format", "json", db=loaded_embedded).ok().rows
    assert {row["query"] for row in checked if not row["query"].endswith(".graph")} == listed  # pictures are checked, too
    assert {row["result"] for row in checked} == {"ok"}


def test_a_query_by_file_and_from_standard_input(cli: Cli, loaded_embedded: Store, tmp_path: Path) -> None:
    file = tmp_path / "mine.cypher"
    file.write_text("MATCH (b:Bloc) WHERE b.id = $bloc RETURN b.name AS name, $n + 1 AS n", encoding="utf-8")
    by_file = cli("query", file, "-p", "bloc=NATO", "-p", "n=2", "--format", "json", db=loaded_embedded).ok()
    assert by_file.rows == [{"name": "North Atlantic Treaty Organization", "n": 3}]
    by_pipe = cli("query", "-", "-p", "bloc=NATO", "-p", "n=2", "--format", "json", db=loaded_embedded,
        stdin=file.read_text(encoding="utf-8")).ok()
    assert by_pipe.rows == by_file.rows


def test_the_network_page_is_one_file_that_asks_for_nothing(run: Run, small: Path, tmp_path: Path) -> None:
    db, page = tmp_path / "store", tmp_path / "network.html"
    run("load", "--from", small, db=db).ok()
    done = run("view", "network", "-o", page, "--as-of", "1975", "--title", "My <title>", db=db).ok()
    assert str(page) in done.stdout
    assert "as of 1975-12-31" in done.stdout
    text = page.read_text(encoding="utf-8")
    assert text.lstrip().lower().startswith("<!doctype html>")
    assert not re.search(r"""<(script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(src|data)\s*=\s*["']?(https?:)?//""", text, re.I)
    assert not re.search(r"""<link\b[^>]*\bhref\s*=\s*["']?(https?:)?//""", text, re.I)
    assert not re.search(r"""@import|url\(\s*["']?(https?:)?//""", text, re.I)
    assert "My <title>" not in text
    assert "Treaty </script>" not in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "network.html", "store"]


def test_the_network_page_knows_law_evidence_and_blocs_and_its_cypher_runs(run: Run, tmp_path: Path) -> None:
    folder = small_package(tmp_path / "mine", {
        "blocs": [{"id": "PACT", "name": "The Pact", "kind": "alliance", "since": "1950", "until": ".."}],
        "memberships": [{"state": s, "bloc": "PACT", "since": "1950-01-01", "until": ".."} for s in ("FRA", "GBR", "USA")],
        "instruments": [
            {"id": "treaty", "title": "Treaty", "form": "treaty", "type": "alliance", "domains": "DEFENCE", "binding": True,
             "obligations": "defence", "derives": "dyads", "founds": "PACT"},
            {"id": "talks", "title": "Talks", "form": "declaration", "type": "cooperation", "domains": "TRADE", "binding": False,
             "derives": "dyads"},
        ],
        "parties": [{"instrument": "talks", "party": p} for p in ("FRA", "JPN")],
        "events": [{"instrument": i, "kind": "in_force", "date": "1950-01-01"} for i in ("treaty", "talks")],
        "documents": [{"id": "gazette", "title": "Gazette", "publisher": "P", "licence": "not stated"}],
        "evidence": [{"fact": "event|talks|in_force|1", "property": "date", "source": "gazette", "locator": "p. 3", "seen": "2026-11-22",
                      "matched": "1 January 1950"}],
    })  # fmt: skip
    db, page = tmp_path / "store", tmp_path / "network.html"
    run("load", "--from", folder, db=db).ok()
    run("view", "network", "-o", page, db=db).ok()
    found = re.search(r'id="payload">(.*?)</script>', page.read_text(encoding="utf-8"))
    assert found
    payload = json.loads(found[1])
    text = payload["strings"]
    binding = {text[term[5]]: term[3] & 48 for term in payload["terms"]}  # bit 16: binds in law, 32: does not
    assert binding == {"Treaty": 16, "Talks": 32}
    (talks,) = (row for row in payload["ties"] if text[payload["terms"][row[1]][5]] == "Talks")
    evidence = {text[payload["evidence"][k][0]]: payload["evidence"][k][1] for k in talks[3:]}
    assert [[text[v] for v in row] for row in evidence["in force"]] == [["gazette", "p. 3", "1 January 1950"]]
    (bloc,) = payload["blocs"]
    assert text[bloc[1]] == "The Pact" and len(bloc[3]) == 3
    answers = {}
    for query in payload["queries"]:
        (tmp_path / "page.cypher").write_text(query["text"], encoding="utf-8")
        answers[query["title"]] = run("query", tmp_path / "page.cypher", "--format", "json", db=db).ok().rows
    assert sorted(row["id"] for row in answers["Ties of all dates"]) == sorted(
        ["tie|treaty|FRA|GBR|DEFENCE|alliance|1", "tie|treaty|FRA|USA|DEFENCE|alliance|1", "tie|treaty|GBR|USA|DEFENCE|alliance|1",
         "tie|talks|FRA|JPN|TRADE|cooperation|1"]
    )  # fmt: skip
    assert {row["state"] for row in answers["Memberships in blocs"]} == {"FRA", "GBR", "USA"}
    printed = [row for row in answers["What documents print"] if row["fact"] == "event|talks|in_force|1"]
    assert [(row["source"], row["matched"]) for row in printed] == [("gazette", "1 January 1950")]


# -- in a shell --------------------------------------------------------------------------------------------------------


def test_the_store_comes_from_the_option_the_environment_or_the_users_folder(cli: Cli, small: Path, tmp_path: Path) -> None:
    cli("load", "--from", small, "--quiet").ok()
    default = list(cli.home.rglob("CURRENT"))
    assert len(default) == 1
    assert default[0].parent.parent.name == "pactgraph"
    assert cli("show", "FRA", "--quiet").ok().stderr == ""
    elsewhere = tmp_path / "elsewhere"
    cli("load", "--from", small, "--db", elsewhere, db=tmp_path / "unused").ok()
    assert (elsewhere / "CURRENT").is_file()
    assert not (tmp_path / "unused").exists()
    assert str(elsewhere) in cli("info", db=elsewhere).ok().stdout


def test_a_reader_that_closes_the_pipe_ends_the_command_quietly(loaded_embedded: Store, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "graph_loader", "query", "-"], input="MATCH (s:State) RETURN s.id AS id, s.name AS name ORDER BY id",
        text=True,
        stdout=write, stderr=subprocess.PIPE, env=environment(tmp_path, loaded_embedded), timeout=60, check=False,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_progress_is_shown_at_a_terminal_and_not_with_quiet(small: Path, tmp_path: Path) -> None:
    def shown(*options: str) -> str:
        controller, terminal = pty.openpty()
        done = subprocess.run(
            [sys.executable, "-m", "graph_loader", "load", "--from", str(small), *options], stdout=subprocess.PIPE, stderr=terminal,
            env=environment(tmp_path, tmp_path / "store") | {"TERM": "xterm"}, timeout=60, check=False,
        )  # fmt: skip
        os.close(terminal)
        text = b""
        while True:
            try:
                part = os.read(controller, 4096)
            except OSError:
                break
            if not part:
                break
            text += part
        os.close(controller)
        assert done.returncode == 0
        return text.decode()

    assert re.search("starting|reading|writing", shown())
    assert shown("--quiet") == ""
