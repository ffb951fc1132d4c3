"""Camps of positive and negative ties together: by hand, against the best of all partitions, and without the optional extra."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from ties import defence, measure, world

from graph_loader.analysis.clusters import camps
from graph_loader.analysis.leiden import leiden_once
from graph_loader.analysis.signed import signed_camps, signed_modularity
from graph_loader.errors import UsageError

ENTENTE, ALLIANCE = ("FRA", "GBR", "RUS"), ("AUT", "DEU", "ITA")
EUROPE_1907 = world(
    *(defence(*pair) for group in (ENTENTE, ALLIANCE) for pair in combinations(group, 2)),
    *(measure(a, b, domain="DISPUTE") for a in ENTENTE for b in ALLIANCE),
)


def test_europe_1907() -> None:
    """Q+ = 1 - 2 (1/2)^2 = .5 with 6 pairs; Q- = 0 - 2 (1/2)^2 = -.5 with 9: (6 * .5 + 9 * .5) / 15 = .5."""
    found = signed_camps(EUROPE_1907, runs=5, bootstrap=20)
    assert found.q == pytest.approx(0.5)
    assert set(found.members.values()) == {ENTENTE, ALLIANCE}
    assert found.same_camp("FRA", "RUS")
    assert not found.same_camp("FRA", "DEU")
    assert found.settings["library"].startswith("leidenalg ")


def test_allies_who_quarrel_are_parted() -> None:
    """Four allies, every one of two against both of the others: in two camps Q+ = 2/6 - 1/2, Q- = -1/2, (6 * (-1/6) + 4 * .5) / 10 = .1;
    in one camp 0, as positive ties alone have it."""
    graph = world(*(defence(a, b) for a, b in combinations("ABCD", 2)), *(measure(a, b) for a in "AB" for b in "CD"))
    found = signed_camps(graph, runs=5, bootstrap=0)
    assert found.q == pytest.approx(0.1)
    assert set(found.members.values()) == {("A", "B"), ("C", "D")}
    assert set(camps(graph, runs=5, bootstrap=0, null_runs=0).members.values()) == {("A", "B", "C", "D")}
    assert "4 of rivals (-1: sanctions, disputes), 4 of them both" in found.notes[0]


def test_without_negative_ties_it_is_modularity() -> None:
    """Zachary's karate club: best known Q .4198 (Brandes et al. 2008)."""
    graph = world(*(defence(f"N{a:02}", f"N{b:02}") for a, b in nx.karate_club_graph().edges))
    found = signed_camps(graph, runs=20, bootstrap=0)
    assert found.q == pytest.approx(0.4198, abs=5e-5)
    assert any("camps of the positive ties" in note for note in found.notes)


def test_rivals_alone_are_no_camp_and_nobody_is_an_answer_too() -> None:
    found = signed_camps(world(measure("A", "B")), runs=2, bootstrap=5)
    assert found.members == {}
    assert found.q == pytest.approx(0.5)  # 0 - (-2 (1/2)^2)
    empty = signed_camps(world(blocs={"EU": "union"}), runs=2, bootstrap=5)
    assert (empty.q, empty.rows) == (None, [])


def test_an_enemys_enemy_is_no_ally() -> None:
    """X has A and B's rivals, C and D, and no ally: the best partition has it with A and B, the answer in no camp."""
    rivals = [measure(a, b) for a in ("A", "B", "X") for b in ("C", "D")]
    found = signed_camps(world(defence("A", "B"), defence("C", "D"), *rivals), runs=5, bootstrap=10)
    assert found.members == {1: ("A", "B"), 2: ("C", "D")}
    (row,) = [r for r in found.rows if r["state"] == "X"]
    assert row["note"] == "in no camp: grouped with camp 1 by common rivals alone"


def partitions(items: Sequence[str]) -> Iterator[list[list[str]]]:
    if not items:
        yield []
        return
    for rest in partitions(items[1:]):
        yield [[items[0]], *rest]
        for i, group in enumerate(rest):
            yield [*rest[:i], [items[0], *group], *rest[i + 1 :]]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_better_than_what_is_found(seed: int) -> None:
    """All 877 partitions of seven states."""
    rng = random.Random(seed)
    pairs = list(combinations("ABCDEFG", 2))
    plus, minus = rng.sample(pairs, 9), rng.sample(pairs, 6)
    found = signed_camps(world(*(defence(*p) for p in plus), *(measure(*p) for p in minus)), runs=20, bootstrap=0)
    weighted = [[(a, b, 1.0) for a, b in chosen] for chosen in (plus, minus)]
    assert found.q == pytest.approx(max(signed_modularity(weighted[0], weighted[1], p) for p in partitions("ABCDEFG")))


def test_the_same_answer_from_the_same_seed() -> None:
    a, b = (signed_camps(EUROPE_1907, runs=3, bootstrap=10, seed=7, resolution="auto") for _ in range(2))
    assert a == b


@pytest.mark.parametrize("given", [{"runs": 0}, {"bootstrap": -1}, {"resolution": 0}, {"resolution": math.nan}])
def test_settings_out_of_range(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"positive|at least"):
        signed_camps(EUROPE_1907, **({"runs": 1, "bootstrap": 1} | given))


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "leidenalg", None)
    with pytest.raises(UsageError, match=r"pip install 'pactgraph\[signed\]'"):
        signed_camps(EUROPE_1907, runs=1, bootstrap=0)


@pytest.mark.parametrize("weight", [-1.0, 0.0, math.nan, math.inf])
def test_the_unsigned_library_never_gets_a_negative_weight(weight: float) -> None:
    """graspologic-native takes weights of -1 and answers Q = 0."""
    with pytest.raises(ValueError, match="positive"):
        leiden_once([("A", "B", 1.0), ("B", "C", weight)], seed=0)
