"""Loss of a supplier and of a defender: published shares, hand arithmetic, invariants."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ties import FLOW, defence, flow, world

from graph_loader.analysis.clusters import camps
from graph_loader.analysis.concentration import hhi_bounds
from graph_loader.analysis.scenario import (
    COLUMNS,
    COMPARED,
    Loss,
    camps_moved,
    defenders,
    lost_defence,
    lost_supply,
    scenario,
    side_by_side,
    unmet,
    without,
)

# Shares of the EU's gas imports in 2021 as the European Commission printed them (REPowerEU, 8 March 2022).
EU_GAS_2021 = {"RUS": 0.45, "NOR": 0.23, "DZA": 0.12, "USA": 0.06, "QAT": 0.05}


def gas(shares: dict[str, float], importer: str = "EU", **more: object) -> pl.DataFrame:
    return pl.DataFrame([flow(importer, s, share, **more) for s, share in shares.items()], schema=FLOW)


def test_without_russia_two_fifths_of_the_gas_are_missing_while_concentration_barely_moves() -> None:
    """By hand: unmet = .45 - .1 * .55 = .395. The others become 23/55, 12/55, 6/55, 5/55 and 9/55 unnamed: sum of squares of the named
    (529 + 144 + 36 + 25) / 3025 = .24264; the unnamed 9 packed as 5 + 4: (25 + 16) / 3025 more = .25620. Before: .2759 to .2800."""
    (row,) = lost_supply(gas(EU_GAS_2021), "RUS", slack=0.1)
    assert row["unmet"] == pytest.approx(0.395)
    assert (row["hhi_lo"], row["hhi_hi"]) == (pytest.approx(0.2759), pytest.approx(0.28))
    assert (row["hhi_lo_after"], row["hhi_hi_after"]) == (pytest.approx(734 / 3025), pytest.approx(775 / 3025))
    assert tuple(row) == COLUMNS


def test_slack_of_the_others_covers_a_small_loss() -> None:
    assert unmet(0.05, 0.1) == 0  # .05 - .1 * .95 < 0
    assert unmet(1.0, 5.0) == 1  # nobody else delivers
    assert unmet(0.4) == 0.4


@given(st.floats(0, 1), st.floats(0, 10), st.floats(0, 10))
def test_more_slack_never_leaves_more_unmet(share: float, slack: float, more: float) -> None:
    assert 0 <= unmet(share, slack + more) <= unmet(share, slack) <= share


@pytest.mark.parametrize(("share", "slack"), [(-0.1, 0), (1.1, 0), (float("nan"), 0), (0.5, -1), (0.5, float("inf"))])
def test_what_is_no_share_or_slack_is_refused(share: float, slack: float) -> None:
    with pytest.raises(ValueError):
        unmet(share, slack)


def test_the_only_supplier_leaves_no_concentration_behind() -> None:
    (row,) = lost_supply(gas({"RUS": 1.0}), "RUS")
    assert (row["unmet"], row["hhi_lo_after"], row["hhi_hi_after"]) == (1, None, None)


def test_an_importer_that_does_not_name_the_supplier_has_no_row() -> None:
    assert lost_supply(gas({"NOR": 0.6}), "RUS") == []
    assert lost_supply(gas({"RUS": 0.6}, importer="WORLD"), "RUS") == []


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8))
def test_after_the_loss_the_others_make_the_whole(weights: list[float]) -> None:
    """With a complete list the index after is that of the others scaled to 1."""
    shares = {f"S{i}": w / sum(weights) for i, w in enumerate(weights)}
    (row,) = lost_supply(gas(shares), "S0")
    others = [s / (1 - shares["S0"]) for k, s in shares.items() if k != "S0"]
    assert row["hhi_lo_after"] == pytest.approx(hhi_bounds(others, rounding=0.0)[0], rel=1e-6)


def test_a_second_treaty_keeps_the_defender() -> None:
    graph = world(defence("A", "B", instrument="one"), defence("A", "B", instrument="two"), defence("A", "C", instrument="one"))
    rows = lost_defence(graph, Loss("instrument", "one", "One", ("one",)))
    assert [(r["subject"], r["lost"], r["orphaned"], r["defenders_before"], r["defenders_after"]) for r in rows] == [
        ("C", ["A"], True, 1, 0), ("A", ["C"], False, 2, 1)]  # fmt: skip


def test_a_one_sided_guarantee_orphans_the_protected_alone() -> None:
    graph = world(defence("USA", "JPN", mutual=False), defence("USA", "GBR"), defence("FRA", "GBR"))
    rows = lost_defence(graph, Loss("state", "USA"))
    assert [(r["subject"], r["orphaned"]) for r in rows] == [("JPN", True), ("GBR", False)]
    assert set(defenders(graph)["JPN"]) == {"USA"}
    assert "USA" not in defenders(world(defence("USA", "JPN", mutual=False)))


def test_consultation_and_blocs_are_no_defenders() -> None:
    graph = world(defence("A", "B", obligations=["consultation"]), defence("A", "PACT"), blocs={"PACT": "alliance"})
    assert defenders(graph) == {}


def test_the_graph_given_is_not_changed() -> None:
    graph = world(defence("A", "B"))
    left = without(graph, Loss("state", "A"))
    assert (graph.number_of_edges(), left.number_of_edges(), set(left)) == (1, 0, {"A", "B"})


def test_supply_goes_on_without_a_treaty() -> None:
    graph = world(defence("EU", "NOR", instrument="treaty"), blocs={"EU": "union"})
    assert scenario(gas(EU_GAS_2021), graph, Loss("instrument", "treaty", "", ("treaty",))) == []
    assert [r["effect"] for r in scenario(gas(EU_GAS_2021), graph, Loss("state", "RUS"))] == ["supply"]
    assert scenario(gas(EU_GAS_2021), graph, Loss("state", "RUS"), goods=["oil"]) == []


def test_blocs_follow_the_states() -> None:
    flows = pl.concat([gas({"RUS": 0.5}), gas({"RUS": 0.2}, importer="DEU"), gas({"RUS": 0.3}, importer="FRA")])
    graph = world(defence("DEU", "FRA"), blocs={"EU": "union"})
    one = scenario(flows, graph, Loss("state", "RUS"))
    assert [r["subject"] for r in one] == ["FRA", "DEU", "EU"]
    assert [r["subject"] for r in side_by_side(one, [])] == ["DEU", "FRA", "EU"]


def test_two_scenarios_side_by_side() -> None:
    graph = world(defence("USA", "JPN"), defence("RUS", "BLR"))
    one, other = (scenario(gas(EU_GAS_2021), graph, Loss("state", s)) for s in ("RUS", "NOR"))
    rows = side_by_side(one, other)
    supply = rows[0]
    assert (supply["share_lost"], supply["other_share_lost"]) == (0.45, 0.23)
    belarus = rows[1]
    assert (belarus["subject"], belarus["orphaned"], belarus["other_orphaned"]) == ("BLR", True, None)
    assert all(set(row) == {*COLUMNS, *(f"other_{c}" for c in COMPARED)} for row in rows)


def test_camps_are_matched_by_their_members_and_only_those_that_move_are_named() -> None:
    """Two cliques; without B4 one loses a member and nobody else moves, whatever numbers the camps then have."""
    cliques = [("A1", "A2", "A3"), ("B1", "B2", "B3", "B4")]
    graph = world(*(defence(a, b) for c in cliques for i, a in enumerate(c) for b in c[i + 1 :]), defence("B1", "X"))
    settings = {"runs": 5, "bootstrap": 0, "resolution": 0.5, "as_of": "2020-01-01", "null_runs": 0}
    before = camps(graph, **settings)
    for loss, moved in ((Loss("state", "B4"), []), (Loss("state", "B1"), ["X"])):
        rows = camps_moved(graph, before, camps(without(graph, loss), **settings), loss)
        assert [row["subject"] for row in rows] == moved
    assert (rows[0]["camp_after"], rows[0]["facts"]) == (None, ["tie|B1-X|B1|X"])
