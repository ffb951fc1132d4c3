"""Who must defend whom: chains, conflicts, guarantors and burden, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ties import defence, measure, world

from graph_loader.analysis.obligations import burden, conflicts, direct, duties, guarantors, orphans_without, overview, reach

DAY = "2020-06-01"
CHAIN = world(defence("A", "B", mutual=False), defence("B", "C", mutual=False), defence("C", "D", mutual=False), defence("E", "A"))


def spending(state: str, value: float, year: int = 2018, unit: str = "USD") -> dict[str, Any]:
    return {"state": state, "name": state, "year": year, "value": value, "unit": unit, "fact": f"observed|{state}|{year}",
            "sources": ["nmc"], "disputed": False}  # fmt: skip


def test_an_obligation_runs_from_the_obliged_to_the_protected() -> None:
    duty = duties(CHAIN)
    assert set(duty.edges) == {("A", "B"), ("B", "C"), ("C", "D"), ("E", "A"), ("A", "E")}
    assert [(r["direction"], r["other"], r["mutual"]) for r in direct(duty, "A")] == [
        ("must defend", "B", False), ("must defend", "E", True), ("defended by", "E", True)]  # fmt: skip


@pytest.mark.parametrize(("hops", "expected"), [(1, "BE"), (2, "BEC"), (3, "BECD")])
def test_reach_by_hops(hops: int, expected: str) -> None:
    rows = [r for r in reach(duties(CHAIN), "A", hops) if r["direction"] == "must defend"]
    assert "".join(r["other"] for r in rows) == expected


def test_a_chain_names_the_states_between_and_its_ties() -> None:
    far = reach(duties(CHAIN), "A", 3)
    end = next(r for r in far if r["other"] == "D")
    assert (end["hops"], end["via"], end["mutual"]) == (3, ["B", "C"], None)
    assert end["facts"] == ["tie|A-B|A|B", "tie|B-C|B|C", "tie|C-D|C|D"]
    back = next(r for r in reach(duties(CHAIN), "C", 3) if r["direction"] == "defended by" and r["hops"] == 3)
    assert (back["other"], back["via"]) == ("E", ["B", "A"])
    with pytest.raises(ValueError, match="at least 1"):
        reach(duties(CHAIN), "A", 0)


def test_bound_to_both_sides() -> None:
    """Who must defend Greece and Turkey is bound to both sides of a dispute between them; each of the two is on its own side."""
    graph = world(defence("USA", "GRC"), defence("USA", "TUR"), defence("GRC", "TUR"), measure("GRC", "TUR", domain="DISPUTE"))
    rows = conflicts(graph, duties(graph), {})
    assert [(r["state"], r["kind"], r["bound_a"], r["bound_b"]) for r in rows] == [
        ("USA", "both sides", ["GRC"], ["TUR"]), ("GRC", "own side", [], ["TUR"]), ("TUR", "own side", ["GRC"], [])]  # fmt: skip
    assert rows == sorted(rows, key=lambda r: ["both sides", "own side"].index(r["kind"]))
    assert [r["state"] for r in conflicts(graph, duties(graph), {}, ["USA"])] == ["USA"]


def test_a_union_is_a_side_through_its_members_and_other_organisations_are_none() -> None:
    graph = world(defence("USA", "DEU"), defence("USA", "TUR"), measure("EU", "TUR"), measure("UN", "DEU"), measure("UN", "USA"),
                  blocs={"EU": "union", "UN": "organisation"})  # fmt: skip
    (row,) = conflicts(graph, duties(graph), {"EU": ["DEU", "FRA"], "UN": ["DEU", "TUR", "USA"]})
    assert (row["state"], row["side_a"], row["side_b"], row["bound_a"], row["bound_b"]) == ("USA", "EU", "TUR", ["DEU"], ["TUR"])


def test_guarantors_by_expenditure() -> None:
    """600, 300 and 100: shares .6 .3 .1, HHI .36 + .09 + .01 = .46."""
    duty = duties(world(defence("A", "X"), defence("B", "X"), defence("C", "X")))
    values = [spending("A", 600), spending("B", 300), spending("C", 100), spending("A", 1, 2019)]
    found = guarantors(duty, "X", values, DAY)
    assert (found["basis"], found["year"], found["top_guarantor"], found["cr1"]) == ("military expenditure", 2018, "A", pytest.approx(0.6))
    assert found["hhi"] == pytest.approx(0.46)
    assert "observed|A|2018" in found["facts"]
    assert "nmc" in found["sources"]


@pytest.mark.parametrize(
    "values",
    [
        [],
        [spending("A", 600)],  # B is unknown, not 0
        [spending("A", 600), spending("B", 300, 2017)],  # no common year
        [spending("A", 600, unit="GBP"), spending("B", 300)],  # two currencies
        [spending("A", 600, 2013), spending("B", 300, 2013)],  # too old
        [spending("A", 600, 2020), spending("B", 300, 2020)],  # not complete at the date
    ],
)
def test_without_comparable_expenditure_defenders_are_counted(values: list[dict[str, Any]]) -> None:
    found = guarantors(duties(world(defence("A", "X"), defence("B", "X"))), "X", values, DAY)
    assert (found["basis"], found["hhi"], found["top_guarantor"], found["year"]) == ("count", 0.5, None, None)
    assert found["note"]


def test_a_defender_without_a_value_is_named_and_not_taken_for_zero() -> None:
    """Of three defenders two have values: shares of 400, .75 and .25; HHI .5625 + .0625 = .625. A year with more values is preferred."""
    duty = duties(world(defence("A", "X"), defence("B", "X"), defence("C", "X")))
    found = guarantors(duty, "X", [spending("A", 300), spending("B", 100), spending("A", 5, 2019)], DAY)
    assert (found["n_valued"], found["n_defenders"], found["year"], found["note"]) == (2, 3, 2018, "not known: C")
    assert found["hhi"] == pytest.approx(0.625)
    assert "C" not in found["shares"]


def test_without_a_defender_there_is_no_concentration() -> None:
    found = guarantors(duties(world(defence("A", "X", mutual=False))), "A", [], DAY)
    assert (found["n_defenders"], found["hhi"], found["basis"]) == (0, None, None)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12))
def test_shares_of_guarantors_make_one(values: list[int]) -> None:
    states = [f"S{i}" for i in range(len(values))]
    duty = duties(world(*(defence(s, "X") for s in states)))
    found = guarantors(duty, "X", [spending(s, v) for s, v in zip(states, values, strict=True)], DAY)
    assert sum(found["shares"].values()) == pytest.approx(1)
    assert 1 / len(values) - 1e-9 <= found["hhi"] <= 1


def test_left_with_no_defender() -> None:
    graph = world(defence("USA", "JPN", mutual=False), defence("USA", "GBR"), defence("FRA", "GBR"))
    assert [r["subject"] for r in orphans_without(graph, "USA")] == ["JPN"]
    (row,) = [r for r in overview(graph, duties(graph), {}, [], DAY) if r["state"] == "USA"]
    assert (row["must_defend"], row["reach_2"], row["defended_by"], row["orphans"]) == (2, 3, 1, ["JPN"])


def test_two_per_cent_as_printed_meets_the_target() -> None:
    values = [spending("A", 1.996, 2019), spending("B", 1.994, 2019), spending("A", 9.0, 2018), spending("C", 3.0, 2013)]
    rows = burden(values, DAY)
    assert [(r["state"], r["meets"], r["year"]) for r in rows] == [("A", True, 2019), ("B", False, 2019)]  # 2013 is too old for C
    assert rows[1]["gap"] == pytest.approx(-0.006)
    with pytest.raises(ValueError, match="above 0"):
        burden(values, DAY, target=0)
