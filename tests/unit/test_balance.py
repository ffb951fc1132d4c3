"""Structural balance: Europe before 1914, hand arithmetic, the same index by another route."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.analysis import balance as module
from graph_loader.analysis.balance import balance, frustration, signed_pairs
from graph_loader.analysis.leiden import checked_edges

ENTENTE, ALLIANCE = ("FRA", "GBR", "RUS"), ("AUT", "DEU", "ITA")


def pairs(*groups: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(min(p), max(p)) for group in groups for p in combinations(group, 2)}


def across(one: tuple[str, ...], other: tuple[str, ...]) -> dict[tuple[str, str], dict[str, set[str]]]:
    return {(min(a, b), max(a, b)): {} for a in one for b in other}


def test_europe_1907_is_balanced() -> None:
    """Two camps of three after the Anglo-Russian entente of 1907 are balanced (Antal, Krapivsky & Redner 2006, Physica D 224:130)."""
    camps = dict.fromkeys(ENTENTE, 1) | dict.fromkeys(ALLIANCE, 2)
    found = balance(pairs(ENTENTE, ALLIANCE), across(ENTENTE, ALLIANCE), camps)
    assert (found.share, found.index, found.exact) == (1.0, 0, True)
    assert found.triangles == {"+++": 2, "++-": 0, "+--": 18, "---": 0}  # 20 triples of six states, 2 of them inside a camp
    assert (found.within, found.across, found.outside, found.between, found.frustrated) == (0, 9, 0, 0, 0)


def test_one_rivalry_among_allies() -> None:
    """Rivalry inside one camp of three spoils its triangle and the three that it makes with the other side, which are '---'."""
    minus = across(ENTENTE, ALLIANCE) | {("FRA", "GBR"): {}}
    found = balance(pairs(ENTENTE, ALLIANCE) - {("FRA", "GBR")}, minus, dict.fromkeys(ENTENTE, 1) | dict.fromkeys(ALLIANCE, 2))
    assert found.triangles == {"+++": 1, "++-": 1, "+--": 15, "---": 3}
    assert found.share == pytest.approx(16 / 20)
    assert (found.index, found.within, found.frustrated) == (1, 1, 1)


def test_all_rivals() -> None:
    """A triangle of rivals: whatever the two factions, one pair of rivals shares one."""
    found = balance(set(), {p: {} for p in pairs(("A", "B", "C"))}, {})
    assert (found.triangles["---"], found.share, found.index, found.outside) == (1, 0.0, 1, 3)


def test_nothing_to_say_without_triangles() -> None:
    found = balance({("A", "B")}, {}, {"A": 1, "B": 2})
    assert (found.share, found.index, found.between, found.frustrated) == (None, 0, 1, 1)


def test_a_pair_of_both_signs_is_in_neither_count() -> None:
    found = balance({("A", "B")}, {("A", "B"): {"ties": {"sanctions: arms"}, "sources": {"s"}}}, {"A": 1, "B": 1})
    assert (found.ambivalent, found.positive, found.negative, found.within) == ([("A", "B")], 0, 0, 0)
    assert found.pairs == [{"a": "A", "b": "B", "ties": ["sanctions: arms"], "camp_a": 1, "camp_b": 1, "place": "within", "sign": "+-",
                            "sources": ["s"]}]  # fmt: skip


def graph(n: int, negative: set[tuple[int, int]], edges: set[tuple[int, int]]) -> Any:
    found: Any = nx.Graph()
    found.add_edges_from((f"{a:02}", f"{b:02}", {"sign": -1 if (a, b) in negative else 1}) for a, b in edges)
    return found


def some_pairs(n: int) -> st.SearchStrategy[set[tuple[int, int]]]:
    return st.sets(st.sampled_from(list(combinations(range(n), 2))))


signed = st.integers(3, 9).flatmap(lambda n: st.tuples(st.just(n), some_pairs(n), some_pairs(n)))


@given(signed)
def test_the_index_by_another_route(case: tuple[int, set[tuple[int, int]], set[tuple[int, int]]]) -> None:
    """Every division of all states at once, without parts."""
    n, negative, edges = case
    least = min(
        sum((((code >> a) ^ (code >> b)) & 1) == ((a, b) not in negative) for a, b in edges) if edges else 0 for code in range(1 << (n - 1))
    )
    assert frustration(graph(n, negative, edges)) == (least, True)


@given(signed, st.integers(0, 511))
def test_switching_sides_changes_nothing(case: tuple[int, set[tuple[int, int]], set[tuple[int, int]]], side: int) -> None:
    n, negative, edges = case
    switched = {(a, b) for a, b in edges if ((a, b) in negative) != bool(((side >> a) ^ (side >> b)) & 1)}
    assert frustration(graph(n, negative, edges)) == frustration(graph(n, switched, edges))


def test_a_large_part_is_bounded_not_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = set(combinations(range(9), 2))
    negative = {(a, b) for a, b in edges if a // 3 != b // 3}  # three factions of three: two must share a side, nine rivalries
    assert frustration(graph(9, negative, edges)) == (9, True)
    monkeypatch.setattr(module, "EXACT", 5)
    assert frustration(graph(9, negative, edges)) == (9, False)
    two = {(a, b) for a, b in edges if (a < 4) != (b < 4)}
    assert frustration(graph(9, two, edges)) == (0, True)  # nothing is below 0


def test_pairs_by_sign() -> None:
    found: Any = nx.MultiGraph()
    for state in "ABCD":
        found.add_node(state, label="State")
    found.add_node("EU", label="Bloc")

    def tie(a: str, b: str, domain: str, sign: int, obligations: tuple[str, ...] = (), until: str = "9999-12-31") -> None:
        more = {"kind": "trade", "obligations": obligations, "since": "1950-01-01", "until": until, "sources": ["s"]}
        found.add_edge(a, b, domain=domain, sign=sign, **more)

    tie("B", "A", "DEFENCE", 1, ("defence",))
    tie("A", "C", "DEFENCE", 1, ("consultation",))
    tie("D", "C", "SANCTIONS", -1)
    tie("B", "C", "DISPUTE", -1, until="1960-01-01")
    tie("EU", "D", "SANCTIONS", -1)
    plus, minus, left_out = signed_pairs(found, "1970-01-01")
    assert plus == {("A", "B")}
    assert minus == {("C", "D"): {"ties": {"sanctions: trade"}, "sources": {"s"}}}
    assert left_out == 1
    assert ("A", "C") in signed_pairs(found, "1970-01-01", obligations=None)[0]
    assert set(signed_pairs(found, "1955-01-01", negative=["DISPUTE"])[1]) == {("B", "C")}


@pytest.mark.parametrize("weight", [-1.0, 0.0, float("nan"), float("inf")])
def test_leiden_never_sees_a_rivalry(weight: float) -> None:
    """graspologic-native takes a weight of -1 and silently gives Q = 0."""
    with pytest.raises(ValueError, match="positive, finite"):
        checked_edges([("A", "B", weight)])
