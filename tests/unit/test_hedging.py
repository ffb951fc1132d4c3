"""Lean and spread between poles, by hand arithmetic from the definitions (METHODS, section D: ours)."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.analysis.hedging import SUPPLY, Thresholds, evenness, hedging, instruments, lean, place, supply

AB = ("A", "B")


def test_lean_is_the_difference_over_the_sum() -> None:
    assert lean(3, 1) == 0.5
    assert lean(0, 2) == -1
    assert lean(0, 0) is None
    with pytest.raises(ValueError, match="not below 0"):
        lean(-1, 1)


def test_evenness_is_pielous() -> None:
    # Pielou 1966: H / ln k. Shares 3/4 and 1/4: (3/4 ln 4/3 + 1/4 ln 4) / ln 2 = .8113
    assert evenness([3, 1]) == pytest.approx(0.8113, abs=5e-5)
    assert evenness([1, 1, 1, 1]) == pytest.approx(1)
    assert evenness([5, 0, 0]) == 0
    assert evenness([0, 0]) is None
    with pytest.raises(ValueError, match="two poles"):
        evenness([1])


@pytest.mark.parametrize(
    ("volumes", "kind", "mean", "spread"),
    [
        # security with A, trade with B: leans 1 and -1, mean 0, variance 1
        ({"DEFENCE": {"A": 2}, "TRADE": {"B": 2}}, "cross-domain hedge", 0.0, 1.0),
        # as much with both everywhere: leans 0 and 0
        ({"DEFENCE": {"A": 1, "B": 1}, "TRADE": {"A": 3, "B": 3}}, "equidistant", 0.0, 0.0),
        # leans 1 and 1/2: mean .75, variance .0625
        ({"DEFENCE": {"A": 2}, "TRADE": {"A": 3, "B": 1}}, "aligned", 0.75, 0.0625),
        # leans -1, -1/3: mean -2/3, variance 1/9
        ({"DEFENCE": {"B": 1}, "TRADE": {"A": 1, "B": 2}}, "aligned", -2 / 3, 1 / 9),
        # one instrument is no commitment; nothing at all leans nowhere
        ({"TRADE": {"A": 1}}, "uncommitted", 1.0, 0.0), ({}, "uncommitted", None, None), ({"TRADE": {}}, "uncommitted", None, None),
        # L of exactly 1/3 is not above it; leans 1/3 and 1/3 do not spread
        ({"DEFENCE": {"A": 2, "B": 1}, "TRADE": {"A": 2, "B": 1}}, "equidistant", 1 / 3, 0.0),
    ],
)  # fmt: skip
def test_the_plane(volumes: dict[str, dict[str, float]], kind: str, mean: float | None, spread: float | None) -> None:
    found = place(volumes, AB)
    assert found.kind == kind
    assert found.lean == (None if mean is None else pytest.approx(mean))
    assert found.spread == (None if spread is None else pytest.approx(spread))


def test_weights_thresholds_and_what_decides() -> None:
    volumes = {"DEFENCE": {"A": 1.0}, "TRADE": {"A": 1.0, "B": 1.0}, "CULTURE": {"B": 1.0}}
    whole = place(volumes, AB)
    assert (whole.kind, whole.lean, whole.lead) == ("cross-domain hedge", 0.0, None)
    assert whole.decided_by == ["DEFENCE", "CULTURE"]  # without either the other pole's mean is 3/4
    assert place(volumes, AB, weights={"DEFENCE": 3, "TRADE": 1}).lean == pytest.approx(0.75)  # (3 * 1 + 1 * 0) / 4
    assert place(volumes, AB, limits=Thresholds(least=5)).kind == "uncommitted"
    assert place(volumes, AB, limits=Thresholds(spread=1)).kind == "equidistant"  # V = 2/3
    with pytest.raises(ValueError, match="lie in"):
        Thresholds(lean=2)
    with pytest.raises(ValueError, match="each once"):
        place(volumes, ("A", "A"))


def test_more_than_two_poles() -> None:
    # Shares (1, 0, 0), (0, 1, 0), (0, 0, 1): means 1/3 each; V = 2 * 3 * (1/3) * ((2/3)^2 + 2 (1/3)^2) = 4/3
    found = place({"X": {"A": 1}, "Y": {"B": 1}, "Z": {"C": 1}}, ("A", "B", "C"))
    assert (found.kind, found.lead, found.lean) == ("cross-domain hedge", None, None)
    assert found.evenness == pytest.approx(1)
    assert found.spread == pytest.approx(4 / 3)
    assert place({"X": {"A": 3}, "Y": {"A": 3, "B": 1}}, ("A", "B", "C")).lead == "A"


volumes = st.dictionaries(st.sampled_from("WXYZ"), st.fixed_dictionaries({"A": st.integers(0, 9), "B": st.integers(0, 9)}))


@given(volumes)
def test_poles_are_treated_alike(found: dict[str, dict[str, int]]) -> None:
    one, two = place(found, ("A", "B")), place(found, ("B", "A"))
    assert (one.kind, one.lead, one.volume, sorted(one.decided_by)) == (two.kind, two.lead, two.volume, sorted(two.decided_by))
    if one.lean is not None and two.lean is not None and one.spread is not None and two.spread is not None:
        assert one.lean == pytest.approx(-two.lean)
        leans = [x for x in (lean(v["A"], v["B"]) for v in found.values()) if x is not None]
        mean = math.fsum(leans) / len(leans)
        assert one.lean == pytest.approx(mean)
        assert one.spread == pytest.approx(math.fsum((x - mean) ** 2 for x in leans) / len(leans), abs=1e-12)


def graph(*ties: tuple[str, str, str, str, list[str]], **more: Any) -> nx.MultiGraph[str]:
    found: nx.MultiGraph[str] = nx.MultiGraph()
    for number, (one, two, domain, instrument, obligations) in enumerate(ties):
        found.add_edge(one, two, key=str(number), domain=domain, instrument=instrument, obligations=obligations,
                       sources=[instrument or "x"], **({"sign": 1} | more))  # fmt: skip
    return found


def test_a_partnership_is_no_counterweight_to_an_alliance() -> None:
    ties = graph(("K", "A", "DEFENCE", "pact", ["defence"]), ("B", "K", "DEFENCE", "partnership", []), ("K", "B", "TRADE", "fta", []),
                 ("K", "B", "TRADE", "", []), ("K", "C", "TRADE", "other", []))  # fmt: skip
    found, sources = instruments(ties, "K", AB, ("DEFENCE", "TRADE"))
    assert found == {"DEFENCE": {"A": {"pact"}}, "TRADE": {"B": {"fta"}}}
    assert sources == {"pact", "fta"}
    assert hedging(found, AB)["all"].kind == "cross-domain hedge"
    every, _ = instruments(ties, "K", AB, ("DEFENCE", "TRADE"), alliances_first=False)
    assert every["DEFENCE"] == {"A": {"pact"}, "B": {"partnership"}}
    assert instruments(graph(("K", "A", "TRADE", "x", []), sign=-1), "K", AB, ("TRADE",))[0] == {}


def test_binding_apart_and_what_turns_the_class() -> None:
    found = {"DEFENCE": {"A": {"pact"}}, "TRADE": {"A": {"statement"}, "B": {"fta"}}}
    result = hedging(found, AB, binding={"pact", "fta"})
    assert result["all"].kind == "aligned"  # leans 1 and 0: L = .5
    assert result["binding"].kind == "cross-domain hedge"  # leans 1 and -1
    assert result["turned_by"] == ["pact", "statement"]  # without it: L = 0, V = 0, and L = 0, V = 1
    assert hedging(found, AB, weight="volume")["all"].lean == pytest.approx(1 / 3)  # (1 * 1 + 2 * 0) / 3
    both = hedging({"DEFENCE": {"A": {"one"}}, "TRADE": {"A": {"one"}}}, AB)
    assert both["all"].kind == "uncommitted"  # one instrument in two domains is one instrument


def test_shares_of_supply_and_the_unnamed() -> None:
    rows = [("S", "A", "gas", 0.3), ("S", "B", "gas", 0.1), ("S", "A", "oil", 0.5), ("S", "C", "tin", 0.9), ("T", "A", "gas", 1.0)]
    frame = pl.DataFrame([{"importer": i, "supplier": s, "good": g, "stage": "mined", "basis": "mass", "share": x, "sources": [g]}
                          for i, s, g, x in rows])  # fmt: skip
    shares, counts, sources = supply(frame, "S", AB)
    assert shares == {"A": 0.3, "B": 0.1}  # only gas names both
    assert counts == {"goods": 3, "named": 1, "some": 1}
    assert sources == {"gas"}
    assert supply(frame, "T", AB)[0] is None
    with_supply = hedging({"DEFENCE": {"B": {"x", "y"}}}, AB, shares=shares)["all"]
    assert with_supply.lean == pytest.approx((-1 + 0.5) / 2)
    assert SUPPLY in with_supply.domains
    with pytest.raises(ValueError, match="weigh domains equally"):
        hedging({}, AB, shares=shares, weight="volume")
