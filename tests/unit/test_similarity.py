"""Similarity of portfolios: Table 6 of Signorino & Ritter 1999 (Europe 1914), hand arithmetic, invariants.

Expected values: tau-b is printed there; S, kappa and pi follow from the printed portfolios by the formulas of Signorino & Ritter 1999 (ISQ
43:115) and Häge 2011 (Political Analysis 19:287).
"""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.analysis.similarity import (
    comembership,
    continuing,
    kappa,
    measured,
    obligation_portfolios,
    pi,
    reason,
    s_score,
    supplier_distance,
    tau_b,
)

STATES = ["GMY", "RUS", "UK", "FRN", "AUH", "ITA", "BEL", "SPN", "TUR", "NTH", "SWD", "RUM", "POR", "SWZ", "GRC", "DEN", "YUG", "BUL",
          "NOR", "ALB"]  # fmt: skip
CAPABILITIES = [.25, .21, .20, .08, .08, .05, .03, .03, .02, .01, .01, .01, .01, .01, 0, 0, 0, 0, 0, 0]  # fmt: skip
GERMANY = [{"GMY": 3, "AUH": 3, "ITA": 3, "RUM": 3}.get(s, 0) for s in STATES]
RUSSIA = [{"RUS": 3, "UK": 1, "FRN": 3, "ITA": 1}.get(s, 0) for s in STATES]
TABLE_6 = [GERMANY, RUSSIA]


def of_pair(matrix: Any) -> float:
    assert matrix.shape == (2, 2)
    assert matrix[0, 1] == pytest.approx(matrix[1, 0], abs=1e-12, nan_ok=True)
    return float(matrix[0, 1])


@pytest.mark.parametrize(("found", "expected", "tolerance"), [
    (tau_b(TABLE_6), .0303, 5e-5),
    (s_score(TABLE_6, 3), .40, 1e-9),  # 1 - 2*18/(3*20)
    (s_score(TABLE_6, 3, squared=True), 1 - 2 * 50 / 180, 1e-9),  # .4444
    (s_score(TABLE_6, 3, weights=CAPABILITIES), -.46, 5e-3),
    (s_score(TABLE_6, 3, weights=CAPABILITIES, squared=True), -.3489, 5e-5),
    (kappa(TABLE_6, 0), -.0294, 5e-5),
    (kappa(TABLE_6, 1), -.0714, 5e-5),
    (kappa(TABLE_6, 2), -.0776, 5e-5),
    (pi(TABLE_6, 0), -.0448, 5e-5),
])  # fmt: skip
def test_europe_1914(found: Any, expected: float, tolerance: float) -> None:
    assert of_pair(found) == pytest.approx(expected, abs=tolerance)


def test_uninvolved_states_move_s_not_kappa() -> None:
    more = [row + [0] * 100 for row in TABLE_6]
    assert of_pair(s_score(more, 3)) == pytest.approx(.90, abs=5e-3)
    assert of_pair(kappa(more)) == pytest.approx(.081, abs=5e-4)


def test_weights_need_not_add_up_to_one() -> None:
    twice = [2 * w for w in CAPABILITIES]
    assert of_pair(s_score(TABLE_6, 3, weights=twice)) == pytest.approx(of_pair(s_score(TABLE_6, 3, weights=CAPABILITIES)))


def test_distance_is_the_other_side_of_s() -> None:
    assert of_pair(measured(TABLE_6, "distance", 3)) == pytest.approx((1 - .40) / 2)  # 18 of the 60 possible


def test_what_cannot_be_had_is_nan_with_its_reason() -> None:
    flat = [[1, 1, 1], [1, 1, 1], [0, 1, 2]]
    assert math.isnan(kappa(flat)[0, 1])
    assert math.isnan(pi(flat)[0, 1])
    assert math.isnan(tau_b(flat)[0, 2])
    assert reason(flat[0], flat[1], "kappa").startswith("both portfolios")
    assert reason(flat[0], flat[2], "tau").startswith("tau-b needs")
    assert reason(flat[0], flat[2], "kappa") == ""
    assert kappa(flat)[0, 2] == pytest.approx(0)  # no more agreement than the marginals give


@pytest.mark.parametrize("wrong", [
    lambda: kappa(TABLE_6, 3), lambda: s_score(TABLE_6, 0), lambda: s_score(TABLE_6, 3, weights=[1.0]),
    lambda: s_score(TABLE_6, 3, weights=[0.0] * 20), lambda: measured(TABLE_6, "gamma", 3), lambda: tau_b([1, 2, 3]),
])  # fmt: skip
def test_requests_without_a_sense_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError):
        wrong()


pairs = st.integers(2, 12).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2))


@given(pairs)
def test_invariants(rows: tuple[list[int], list[int]]) -> None:
    x, y = rows
    for measure in ("kappa", "pi", "s", "tau"):
        matrix = measured([x, y], measure, 3)
        same = measured([x, x], measure, 3)[0, 1]
        assert math.isnan(matrix[0, 1]) == bool(reason(x, y, measure))
        assert matrix[0, 1] == pytest.approx(matrix[1, 0], nan_ok=True)
        assert math.isnan(matrix[0, 1]) or matrix[0, 1] <= 1 + 1e-9
        assert math.isnan(same) or same == pytest.approx(1)
    both = np.array([x, y]), np.array([y[::-1], x[::-1]])  # the order of states does not matter
    assert of_pair(tau_b(both[0])) == pytest.approx(of_pair(tau_b(both[1])), nan_ok=True)


@given(pairs)
def test_pi_is_never_above_kappa(rows: tuple[list[int], list[int]]) -> None:
    """Pooled expected disagreement is less by (difference of means)^2 / 2 for quadratic weights, so pi <= kappa."""
    k, p = of_pair(kappa(rows)), of_pair(pi(rows))
    assert math.isnan(k) or math.isnan(p) or p <= k + 1e-9


# -- portfolios from ties ------------------------------------------------------------------------------------------------


def graph_of(*ties: tuple[Any, ...], spells: dict[str, list[str]] | None = None, states: str = "ABCDE") -> Any:
    graph: Any = nx.MultiGraph(as_of=None)
    for state in states:
        graph.add_node(state, label="State", kind="state", name=state, spells=(spells or {}).get(state, []))
    graph.add_node("NATO", label="Bloc", kind="alliance")
    for i, (a, b, obligations, *more) in enumerate(ties):
        since, until = more or ("1950-01-01", "9999-12-31")
        graph.add_edge(a, b, key=str(i), domain="DEFENCE", sign=1, obligations=obligations.split(), since=since, until=until, sources=["s"])
    return graph


def test_levels_of_both_scales() -> None:
    graph = graph_of(("A", "B", "nonaggression consultation"), ("A", "C", "nonaggression"), ("A", "D", "consultation"),
                     ("B", "C", "neutrality"), ("B", "C", "defence"), ("B", "D", "offence"), ("A", "NATO", "defence"))  # fmt: skip
    atop = obligation_portfolios(graph, "1980-12-31")
    assert atop.states == list("ABCDE")
    assert atop.levels.tolist() == [[3, 2, 1, 2, 0], [2, 3, 3, 3, 0], [1, 3, 3, 0, 0], [2, 3, 0, 3, 0], [0, 0, 0, 0, 3]]
    cow = obligation_portfolios(graph, "1980-12-31", "cow")
    assert cow.levels[0].tolist() == [3, 2, 2, 1, 0]
    assert atop.partners == {"A": 3, "B": 3, "C": 2, "D": 2, "E": 0}
    assert (atop.unrecorded, atop.outside) == (5, [])


def test_only_ties_in_force_count() -> None:
    graph = graph_of(("A", "B", "defence", "1950-01-01", "1991-07-01"))
    assert obligation_portfolios(graph, "1991-06-30").level("A", "B") == 3
    assert obligation_portfolios(graph, "1991-07-01").level("A", "B") == 0


def test_what_is_not_known_is_counted() -> None:
    graph = graph_of(("A", "B", "defence", "1950-01-01", "2019-01-01"), ("A", "C", "defence", "0001-01-01", "9999-12-31"))
    graph.edges["A", "B", "0"]["end_kind"] = "censored"
    graph.edges["A", "C", "1"]["start_kind"] = "unknown"
    assert obligation_portfolios(graph, "2018-12-31").doubtful == {"A": 1, "C": 1}
    after = obligation_portfolios(graph, "2019-01-01")
    assert (after.doubtful, after.level("A", "B"), after.level("A", "C")) == ({"A": 2, "B": 1, "C": 1}, 0, 3)


def test_who_belongs_to_the_system() -> None:
    spells = {"A": ["1900-01-01/.."], "C": ["1900-01-01/.."], "D": ["2000-01-01/.."]}
    graph = graph_of(("A", "B", "defence"), ("A", "D", "defence"), spells=spells)
    existing = obligation_portfolios(graph, "1980-12-31")
    assert (existing.states, existing.unrecorded, existing.outside) == (list("ABCE"), 2, ["D"])
    assert obligation_portfolios(graph, "1980-12-31", system="recorded").states == ["A", "C"]
    assert obligation_portfolios(graph, "1980-12-31", system="tied").states == ["A", "B"]
    assert "D" not in existing
    with pytest.raises(KeyError):
        existing.rows(["D"])
    for wrong in ({"scale": "abc"}, {"system": "all"}):
        with pytest.raises(ValueError):
            obligation_portfolios(graph, "1980-12-31", **wrong)


# -- blocs, suppliers, continuity ----------------------------------------------------------------------------------------


def test_shared_blocs() -> None:
    members = {"PAIR": {"A", "B"}, "FIVE": set("ABCDE"), "OTHER": {"B", "C"}, "ELSEWHERE": {"D", "E"}}
    found = comembership(members, "A", "B")
    assert found == {"shared": ["FIVE", "PAIR"], "n_a": 2, "n_b": 3, "jaccard": pytest.approx(2 / 3), "newman": pytest.approx(1 + 1 / 4)}
    assert math.isnan(comembership(members, "X", "Y")["jaccard"])


def test_suppliers_with_all_named() -> None:
    """Finger & Kreinin's overlap of (60, 40) and (10, 40, 50) on shared suppliers is .10 + .40."""
    assert supplier_distance({"P": .6, "Q": .4}, {"P": .1, "Q": .4, "R": .5}) == (pytest.approx(.5), pytest.approx(.5))


def test_suppliers_unnamed_give_bounds() -> None:
    # x leaves .4 unnamed: it may come from Q, as all of y's rest (.4 of .8), or from nowhere that y buys.
    assert supplier_distance({"P": .6}, {"P": .2, "Q": .8}) == (pytest.approx(.4), pytest.approx(.8))
    # Both leave .5 unnamed, which may be the same suppliers.
    assert supplier_distance({"P": .5}, {"P": .5}) == (pytest.approx(0), pytest.approx(.5))
    # No unnamed supplier of x has more than .1: Q is at most .1 of it, and the rest meets nobody that y buys from.
    assert supplier_distance({"P": .6}, {"P": .2, "Q": .8}, most_x=.1) == (pytest.approx(.7), pytest.approx(.8))
    with pytest.raises(ValueError):
        supplier_distance({"P": .8, "Q": .4}, {"P": 1.0})


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.lists(st.floats(0, 1), min_size=2, max_size=6), st.integers(0, 5))
def test_bounds_hold_whatever_is_left_unnamed(one: list[float], other: list[float], cut: int) -> None:
    full = [{str(i): v / max(sum(values), 1e-9) for i, v in enumerate(values)} for values in (one, other)]
    lo, hi = supplier_distance(*full)
    named = [{s: v for s, v in shares.items() if int(s) != cut} for shares in full]
    wide_lo, wide_hi = supplier_distance(*named)
    assert wide_lo - 1e-9 <= lo <= hi + 1e-9
    assert hi <= wide_hi + 1e-9


def test_a_continuator_stands_for_its_predecessor() -> None:
    steps = [("SUN", "RUS"), ("SCG", "SRB")]
    assert continuing("RUS", {"SUN", "USA"}, steps) == "SUN"
    assert continuing("RUS", {"RUS", "USA"}, steps) == "RUS"
    assert continuing("SUN", {"RUS", "USA"}, steps) == "RUS"
    assert continuing("SRB", {"YUG", "SUN"}, steps) == "SRB"  # Yugoslavia's successors continue nothing
