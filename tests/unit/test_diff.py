"""What changed between two dates, on graphs small enough to do by hand."""

from __future__ import annotations

from typing import Any

import networkx as nx
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.analysis.clusters import camps
from graph_loader.analysis.diff import camps_changed, dependence_changed, memberships_changed, states_changed, ties_changed

OPEN = "9999-12-31"


def world(*ties: tuple[str, str, str, str, str, str], spells: dict[str, list[str]] | None = None) -> nx.MultiGraph[str]:
    """Ties as (start, end, instrument, since, until, end_kind), all of the domain DEFENCE."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for number, (start, end, instrument, since, until, end_kind) in enumerate(ties):
        for node in (start, end):
            graph.add_node(node, label="State", name=node, kind="state", spells=(spells or {}).get(node, []))
        graph.add_edge(start, end, key=str(number), id=str(number), domain="DEFENCE", kind="alliance", start=start, end=end, mutual=True,
                       instrument=instrument, instrument_title=instrument, obligations=["defence"], since=since, until=until, sign=1,
                       since_edtf=since, until_edtf=until, end_kind=end_kind, sources=["s"], disputed=False)  # fmt: skip
    return graph


def test_ties_begun_and_ended_are_grouped_by_instrument() -> None:
    graph = world(
        ("A", "B", "pact", "1955-01-01", "1991-07-01", "dated"), ("A", "C", "pact", "1955-01-01", "1991-07-01", "dated"),
        ("A", "D", "other", "1990-01-01", OPEN, "open"), ("B", "D", "short", "1990-01-01", "1990-06-01", "dated"),
        ("C", "D", "long", "1950-01-01", OPEN, "open"), ("B", "C", "list", "1950-01-01", "1990-12-31", "censored"),
    )  # fmt: skip
    rows, passing = ties_changed(graph, "1989-11-09", "1992-01-01")
    assert [(r["change"], r["who"], r["what"], r["date"], r["ties"]) for r in rows] == [
        ("begun", "A D", "other", "1990-01-01", 1), ("ended", "A B C", "pact", "1991-07-01", 2),
        ("last seen", "B C", "list", "1990-12-31", 1),
    ]  # fmt: skip
    assert passing == 1
    only, _ = ties_changed(graph, "1989-11-09", "1992-01-01", states=["D"])
    assert [r["what"] for r in only] == ["other"]


def test_a_new_spell_of_the_same_tie_is_no_change() -> None:
    graph = world(("A", "B", "pact", "1950-01-01", "1960-01-01", "dated"), ("A", "B", "pact", "1965-01-01", OPEN, "open"))
    assert ties_changed(graph, "1955-01-01", "1970-01-01")[0] == []
    assert [r["change"] for r in ties_changed(graph, "1955-01-01", "1962-01-01")[0]] == ["ended"]


def member(state: str, since: str, until: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "bloc": "B", "bloc_name": "Bloc", "role": "full", "suspended": False, "since": since, "until": until,
            "since_edtf": since, "until_edtf": until, "end_kind": "dated", "sources": ["s"]} | more  # fmt: skip


def test_memberships() -> None:
    spells = [
        member("A", "1950-01-01", "1991-01-01"), member("C", "1990-05-01", OPEN), member("D", "1950-01-01", OPEN),
        member("E", "1950-01-01", "1990-01-01"), member("E", "1990-01-01", OPEN, suspended=True),
        member("F", "1950-01-01", "1990-01-01", role="observer"), member("F", "1990-01-01", OPEN),
        member("G", "1950-01-01", "1990-12-31", end_kind="censored"),
        # a new role, then out: it left when the last spell ended
        member("H", "1950-01-01", "1990-01-01"), member("H", "1990-01-01", "1991-06-01", role="observer"),
    ]  # fmt: skip
    rows = memberships_changed(spells, "1989-11-09", "1992-01-01")
    assert [(r["who"], r["change"], r["date"]) for r in rows] == [
        ("A", "left", "1991-01-01"), ("C", "joined", "1990-05-01"), ("E", "suspended", "1990-01-01"), ("F", "new role", "1990-01-01"),
        ("G", "last seen", "1990-12-31"), ("H", "left", "1991-06-01"),
    ]  # fmt: skip


def test_states_begun_and_ended() -> None:
    graph = world(("DDR", "DEU", "x", "1950-01-01", OPEN, "open"), spells={"DDR": ["1949-10-07/1990-10-03"], "DEU": ["1949-05-23/.."]})
    rows = states_changed(graph, [{"predecessor": "DDR", "successor": "DEU", "kind": "union", "since": "1990-10-03", "sources": ["t"]}],
                          "1989-11-09", "1992-01-01")  # fmt: skip
    assert [(r["who"], r["change"], r["date"], r["detail"], r["sources"]) for r in rows] == [
        ("DDR", "ended", "1990-10-03", "succeeded by union DEU", ["t"])]  # fmt: skip


def test_camps_moved() -> None:
    def clique(*states: str) -> list[tuple[str, str, str, str, str, str]]:
        return [(a, b, f"{a}{b}", "1950-01-01", OPEN, "open") for a in states for b in states if a < b]

    before = camps(world(*clique("A", "B", "C", "D"), *clique("P", "Q", "R")), bootstrap=0, null_runs=0, as_of="1960-01-01")
    after = camps(world(*clique("A", "B", "C"), *clique("D", "P", "Q")), bootstrap=0, null_runs=0, as_of="1960-01-01")
    assert {(r["who"], r["change"]) for r in camps_changed(before, after)} == {("D", "moved"), ("R", "left")}
    assert camps_changed(before, before) == []


def flows(*rows: tuple[str, int, float]) -> pl.DataFrame:
    return pl.DataFrame([
        {"importer": "EU", "supplier": s, "good": "gas", "good_name": "Gas", "stage": "product", "basis": "volume", "from_year": y,
         "to_year": y, "share": share, "sources": ["c"]} for s, y, share in rows
    ])  # fmt: skip


def test_dependence_shifted_and_the_unnamed_are_not_zero() -> None:
    table = flows(("RUS", 2021, 0.45), ("NOR", 2021, 0.23), ("QAT", 2021, 0.05),
                  ("NOR", 2024, 0.33), ("RUS", 2024, 0.19), ("USA", 2024, 0.17))  # fmt: skip
    rows, compared = dependence_changed(table, "2022-06-30", "2025-06-30")
    assert compared == 1
    assert [(r["who"], r["change"], r["share_before"], r["share_after"]) for r in rows] == [
        ("EU on RUS", "down", 0.45, 0.19), ("EU on USA", "newly named", None, 0.17), ("EU on NOR", "up", 0.23, 0.33),
        ("EU on QAT", "no longer named", 0.05, None),
    ]  # fmt: skip
    assert "not named" in rows[1]["detail"]
    assert dependence_changed(table, "2022-06-30", "2022-12-31") == ([], 0)  # one period answers for both days
    assert [r["who"] for r in dependence_changed(table, "2022-06-30", "2025-06-30", least=0.2)[0]] == ["EU on RUS"]


days = st.dates().map(str)


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("CD"), st.sampled_from("xyz"), days, days), max_size=8), days, days)
def test_what_begins_one_way_ends_the_other(found: list[tuple[str, str, str, str, str]], one: str, two: str) -> None:
    graph = world(*[(a, b, i, min(s, u), max(s, u), "dated") for a, b, i, s, u in found])
    forth, back = ties_changed(graph, one, two)[0], ties_changed(graph, two, one)[0]
    assert sum(r["ties"] for r in forth if r["change"] == "begun") == sum(r["ties"] for r in back if r["change"] == "ended")
    assert ties_changed(graph, one, one)[0] == []
