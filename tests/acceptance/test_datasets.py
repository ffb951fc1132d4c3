"""A dataset of one's own: made from a template, checked, loaded, cited; and publishers' files with every row accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import Cli, small_package

from graph_loader.stores.base import Store

BLOC = {"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1950-08-24", "until": ".."}
MEMBER = {"state": "FRA", "bloc": "PACT", "role": "full", "since": "1950-08-24", "until": "1966-07-01"}
DOCUMENT = {"id": "law", "title": "A law", "publisher": "P", "licence": "not stated"}


def evidence(matched: str, property_: str = "since", value: str = "") -> dict[str, str]:
    return {"fact": "member|FRA|PACT|1", "property": property_, "source": "law", "seen": "2026-01-01", "matched": matched, "value": value}


def findings(cli: Cli, folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in cli("validate", folder, "--level", "note", "--format", "json").json["rows"]:
        found.setdefault(row["rule"], []).append(row)
    return found


def test_the_bundled_data_have_no_error(cli: Cli) -> None:
    done = cli("validate", "--format", "json").ok().json
    assert {row["level"] for row in done["rows"]} <= {"warning"}
    # Original members of the United Nations that became independent later, and Syria's membership through the union with Egypt.
    assert {row["fact"] for row in done["rows"]} <= {f"member|{s}|UN|1" for s in ("BLR", "IND", "PHL", "SYR", "UKR")}


def test_a_template_loads_as_it_is_made_and_with_a_row(cli: Cli, tmp_path: Path) -> None:
    made = cli("sources", "new", "mine", "-o", tmp_path, "--table", "memberships").ok().stdout
    assert "pactgraph validate" in made
    folder = tmp_path / "mine"
    assert sorted(p.name for p in folder.iterdir()) == ["memberships.csv", "source.yml"]
    cli("validate", folder).ok()
    header = (folder / "memberships.csv").read_text(encoding="utf-8")
    (folder / "memberships.csv").write_text(header + "France,NATO,1,full,false,1949,..\n", encoding="utf-8")
    cli("load", db=tmp_path / "store").ok()
    counts = cli("load", "--from", folder, "--format", "json", db=tmp_path / "store").ok().rows
    assert [(row["read"], row["loaded"], row["shared"]) for row in counts] == [(1, 1, 1)]
    cli("sources", "new", "mine", "-o", tmp_path).fails(2, "is there already")
    cli("sources", "new", "a b", "-o", tmp_path).fails(2, "is no id")
    cli("sources", "new", "other", "-o", tmp_path, "--table", "nosuch").fails(2, "no such table")


def test_a_single_file_with_its_description(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "my list.csv").write_text("state,bloc,since,until\nFrance,NATO,1949,..\n", encoding="utf-8")
    (tmp_path / "my.yml").write_text("id: my\ntitle: Mine\n", encoding="utf-8")
    store = tmp_path / "store"
    cli("load", "curated", db=store).ok()
    cli("load", "--from", tmp_path / "my list.csv", "--source", tmp_path / "my.yml", db=store).ok()
    sources = cli("query", "evidence/claims", "-p", "fact=member|FRA|NATO|1", "--format", "json", db=store).ok().rows
    assert "my" in {row["source"] for row in sources}
    cli("load", "--from", tmp_path / "my list.csv", db=store).fails(1, "a single file needs its description")
    cli("load", "curated", "--source", tmp_path / "my.yml", db=store).fails(2, "--source describes")
    (tmp_path / "my list.csv").write_text("state,club\nFrance,NATO\n", encoding="utf-8")
    cli("load", "--from", tmp_path / "my list.csv", "--source", tmp_path / "my.yml", db=store).fails(1, "columns are those of no table")


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ({"evidence": [evidence("24 August 1951")]}, "evidence-print"),
        ({"evidence": [evidence("24 August 1950")]}, "evidence-missing"),  # nothing confirms the end
        ({"evidence": [evidence("24 August 1950; " + "long " * 40)]}, "evidence-length"),
        ({"evidence": []}, "document-unused"),
        ({"memberships": [MEMBER | {"state": "SVN", "since": "1950-08-24"}]}, "state-existence"),
        ({"blocs": [BLOC | {"until": "1960"}]}, "outlives-bloc"),
        ({"instruments": [{"id": "sp", "title": "T", "form": "declaration", "type": "strategic_partnership", "domains": "DEFENCE",
                           "binding": False, "obligations": "defence", "derives": "none"}]}, "label-with-duty"),
        ({"goods": [{"id": "g", "name": "G", "stage": "product"}],
          "flows": [{"importer": "FRA", "supplier": s, "good": "g", "stage": "product", "basis": "value", "from_year": "2020",
                     "to_year": "2020", "share": "0.6"} for s in ("DEU", "ITA")]}, "shares-above-one"),
    ],
)  # fmt: skip
def test_what_validate_finds(cli: Cli, tmp_path: Path, rows: dict[str, Any], rule: str) -> None:
    tables: dict[str, Any] = {"blocs": [BLOC], "memberships": [MEMBER], "documents": [DOCUMENT], "evidence": [evidence("24 August 1950")]}
    assert rule in findings(cli, small_package(tmp_path / "mine", tables | rows))


def test_all_problems_of_a_dataset_are_listed(cli: Cli, tmp_path: Path) -> None:
    rows = [MEMBER | {"role": "boss"}, MEMBER | {"state": "Germny"}, MEMBER | {"since": "1950-13-01"}]
    folder = small_package(tmp_path / "mine", {"blocs": [BLOC], "memberships": rows})
    done = cli("validate", folder, "--format", "json")
    assert done.code == 1
    assert [(row["rule"], row["file"], row["row"]) for row in done.json["rows"]] == [("layout", "memberships.csv", n) for n in (2, 3, 4)]


def test_citations_of_an_answer(cli: Cli, loaded_embedded: Store, tmp_path: Path) -> None:
    answer = cli("query", "membership/members", "-p", "bloc=AUKUS", "--format", "json", db=loaded_embedded).ok()
    named = {source["id"] for source in answer.json["sources"]}
    for cited in (
        cli("sources", "cite", "-", "--format", "json", db=loaded_embedded, stdin=answer.stdout).ok().rows,
        cli("sources", "cite", *sorted(named), "--format", "json", db=loaded_embedded).ok().rows,
    ):
        assert named <= {row["source"] for row in cited}
        assert "curated" in {row["source"] for row in cited}  # the dataset beside the documents
        assert all(row["citation"] and row["licence"] for row in cited)
    datasets = cli("sources", "cite", "--format", "json", db=loaded_embedded).ok().rows
    assert {row["source"] for row in datasets} == {"reference", "curated", "usgs"}
    cli("sources", "cite", "nosuch", db=loaded_embedded).fails(2, "no source 'nosuch' is loaded")
    cli("sources", "cite", "-", db=loaded_embedded, stdin="no json").fails(1, "is no answer of pactgraph")


def test_fewer_columns_and_rows(cli: Cli, loaded_embedded: Store) -> None:
    members = ("query", "membership/members", "-p", "bloc=NATO")
    done = cli(*members, "--columns", "since,state", "--limit", "2", "--format", "json", db=loaded_embedded).ok()
    assert done.json["columns"] == ["since", "state"] and len(done.rows) == 2
    assert any("2 of 32 rows are shown" in note for note in done.json["notes"])
    cli(*members, "--columns", "nosuch", db=loaded_embedded).fails(2, "has the columns state, name")


# -- publishers' files -------------------------------------------------------------------------------------------------

UNGA = '"","ccode","session","NVotesAll","IdealPointAll","iso3c","Countryname"\n'


def test_every_row_is_accounted_for(cli: Cli, tmp_path: Path) -> None:
    # By hand: the United States in session 1 (1946), a code that nobody bears, a session that is none.
    wrong = '"1",2,1,42,1.67,"USA","United States"\n"2",999,1,1,0,"","?"\n"3",2,x,1,0,"USA","?"\n'
    (tmp_path / "votes.csv").write_text(UNGA + wrong, encoding="utf-8")
    report = tmp_path / "rejected.json"
    refused = cli("load", "unga", "--from", tmp_path / "votes.csv", db=tmp_path / "store")
    refused.fails(1, "66.7% of 3 rows cannot be read, at most 1.0% were promised")
    lines = [f'"{n}",2,{n},42,1.67,"USA","United States"\n' for n in range(1, 40) if n != 19]  # there was no session 19
    (tmp_path / "votes.csv").write_text(UNGA + "".join(lines), encoding="utf-8")
    counts = cli("load", "unga", "--from", tmp_path / "votes.csv", "--report", report, "--format", "json", db=tmp_path / "store").ok().json
    row = next(r for r in counts["rows"] if r["source"] == "unga")
    assert (row["read"], row["loaded"], row["merged"], row["rejected"]) == (38, 38, 0, 0)
    assert any("comma-separated, header in line 1" in note for note in counts["notes"])
    assert json.loads(report.read_text(encoding="utf-8"))["rejected"] == []
    series = ("query", "indicator/series", "-p", "state=USA", "-p", "indicator=unga-ideal-point", "--format", "json")
    values = cli(*series, db=tmp_path / "store").ok()
    assert values.rows[0]["year"] == 1946 and values.rows[0]["value"] == 1.67


def test_a_source_without_a_bundled_copy_says_where_to_get_it(cli: Cli, tmp_path: Path) -> None:
    cli("load", "unga", db=tmp_path / "store").fails(2, "does not travel with pactgraph", "--from FILE")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    cli("load", "unga", "--from", tmp_path / "other.csv", db=tmp_path / "store").fails(1, "expected columns ccode, session")
    cli("load", "unga", "--from", tmp_path / "nothing.csv", db=tmp_path / "store").fails(1, "no such file or folder")


def test_loading_again_writes_nothing_and_a_changed_store_is_mended(cli: Cli, tmp_path: Path) -> None:
    store = tmp_path / "store"
    cli("load", db=store).ok()
    again = cli("load", "--format", "json", db=store).ok().json
    assert all(row["added"] == row["changed"] == row["removed"] == 0 for row in again["rows"])
    assert any("no fact was read or written" in note for note in again["notes"])
    # Another dataset moves facts of the first; loading the first again is then no repetition.
    mine = {"memberships": [{"state": "FRA", "bloc": "NATO", "since": "1949", "until": ".."}]}
    folder = small_package(tmp_path / "mine", mine, precedence=1)
    cli("load", "--from", folder, db=store).ok()
    third = cli("load", "--format", "json", db=store).ok().json
    assert [row["source"] for row in third["rows"]] == ["reference", "curated", "usgs"]
    assert all(row["added"] == row["changed"] == row["removed"] == 0 for row in third["rows"])
