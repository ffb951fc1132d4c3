"""``pactgraph explain`` on the bundled data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inprocess import Run, run
from support import small_package

from graph_loader.stores.base import Store

__all__ = ["run"]

FRANCE = "member|FRA|NATO-IMS|1"


def part(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [row for row in answer["rows"] if row["part"] == name]


def test_another_documents_word_moves_the_date(run: Run, loaded_embedded: Store) -> None:
    # France left the command on 1 July 1966 (FRUS 1964-68 XIII, doc. 180); allied headquarters were to be out by 1 April 1967 (NATO
    # Update 1966, nato.int).
    answer = run("explain", FRANCE, "--prefer", "nato-update-1966", "--format", "json", db=loaded_embedded).ok().json
    changed = [row for row in part(answer, "answer") if row["change"] == "changed"]
    assert [(row["what"], row["before"], row["after"]) for row in changed] == [("until", "1966-07-01", "1967-04-01")]
    claims = {row["source"]: row for row in part(answer, "claim")}
    assert claims["frus-1964-68-v13-d180"]["matched"] == "withdraw French forces in FRG from NATO command as of July 1, 1966"
    assert {"frus-1964-68-v13-d180", "nato-update-1966"} <= {source["id"] for source in answer["sources"]}
    assert answer["as_of"]
    assert answer["newest_source"]


def test_an_answer_that_does_not_hang_on_a_document(run: Run, loaded_embedded: Store) -> None:
    found = run("explain", FRANCE, "--without-source", "adst-france-1966", db=loaded_embedded).ok()
    assert "The answer does not change." in found.stdout
    assert "adst-france-1966" in found.stdout


def test_each_source_says_whose_removal_alone_changes_the_answer(run: Run, loaded_embedded: Store) -> None:
    # EU gas 2021, five suppliers named by the Commission; that they are the largest is what bounds the HHI from above.
    answer = run("explain", "hhi:EU:natural-gas", "--as-of", "2022-06", "--each-source", "--format", "json", db=loaded_embedded).ok().json
    values = {row["what"].removeprefix("product by volume "): row["before"] for row in part(answer, "answer")}
    # .45^2 + .23^2 + .12^2 + .06^2 + .05^2 = .2759; residual .09 = .05 + .04, so at most .2759 + .05^2 + .04^2 = .2800
    assert values["HHI (0..1), least"] == pytest.approx(0.2759)
    assert values["HHI (0..1), greatest"] == pytest.approx(0.2800)
    assert values["share of RUS"] == 0.45
    assert "curated" in {row["source"] for row in part(answer, "without")}
    assert any("left out one at a time" in note for note in answer["notes"])


def test_my_own_source_is_added_and_nothing_is_written(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    mine = small_package(tmp_path / "mine", {
        "memberships": [{"state": "CHE", "bloc": "NATO", "since": "1960-01-01", "until": ".."}],
    }, id="mine")  # fmt: skip
    args = ("explain", "query:membership/members", "-p", "bloc=NATO", "--as-of", "1975-01-01", "--with", mine, "--format", "json")
    answer = run(*args, db=loaded_embedded).ok().json
    new = [row for row in part(answer, "answer") if row["change"] == "new"]
    assert [row["what"] for row in new] == ["member|CHE|NATO|1"]
    assert any("15 the same" in note for note in answer["notes"])  # NATO had fifteen members
    after = run("query", "membership/members", "-p", "bloc=NATO", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok().json
    assert "CHE" not in {row["state"] for row in after["rows"]}


def test_a_camp_is_the_one_that_clusters_shows(run: Run, loaded_embedded: Store) -> None:
    answer = run("explain", "camp:USA", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok().json
    shown = run("clusters", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok().json
    camps = {row["state"]: (row["camp"], row["certainty"]) for row in shown["rows"]}
    mine = {state: certainty for state, (camp, certainty) in camps.items() if camp == camps["USA"][0]}
    assert {row["what"]: pytest.approx(row["before"], abs=1e-6) for row in part(answer, "answer")} == mine
    assert "north-atlantic-treaty" in {row["what"] for row in part(answer, "claim")}


def test_who_defends_whom(run: Run, loaded_embedded: Store) -> None:
    # Treaty of Mutual Cooperation and Security, in force 23 June 1960: the United States is bound to defend Japan.
    args = ("explain", "defenders:Japan", "--as-of", "1970", "--without-source", "curated", "--format", "json")
    answer = run(*args, db=loaded_embedded).ok().json
    gone = [row for row in part(answer, "answer") if row["change"] == "gone"]
    assert [row["what"] for row in gone] == ["USA us-japan-1960"]
    assert any("Nobody is bound to defend JPN" in note for note in answer["notes"])


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("member|FRA|NATO-IMS|9",), 2, "there is no fact"), (("camp:Narnia",), 2, "Narnia"), (("camp:",), 2, "write camp:STATE"),
        (("hhi:EU",), 2, "write hhi:IMPORTER:GOOD"), (("hhi:EU:unobtainium",), 2, "no such shares"),
        (("query:nothing",), 2, "there is no query"), ((FRANCE, "--without-source", "nobody"), 2, "no such source"),
        ((FRANCE, "--prefer", "nobody"), 2, "no such source"),
        ((FRANCE, "--each-source", "--prefer", "curated"), 2, "one source at a time"),
        ((FRANCE, "-p", "a=b"), 2, "query:ID"), ((FRANCE, "--with", "/nowhere"), 1, "nowhere"), ((FRANCE, "--prefer", ""), 2, "names no"),
    ],
)  # fmt: skip
def test_slips_are_told(run: Run, loaded_embedded: Store, args: tuple[str, ...], code: int, words: str) -> None:
    run("explain", *args, db=loaded_embedded).fails(code, words)


def test_every_form(run: Run, loaded_embedded: Store) -> None:
    for form in ("table", "csv", "json", "md"):
        assert "1966-07-01" in run("explain", FRANCE, "--format", form, db=loaded_embedded).ok().stdout
