"""Concentration of supply: published values, proofs by brute force, refusals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader.analysis.concentration import (
    concentration,
    cr,
    effective_suppliers,
    hhi,
    hhi_bounds,
    hhi_points,
    hirschman_index,
    normalised_hhi,
    select_period,
)

COLUMNS: dict[str, Any] = {
    "importer": pl.String,
    "supplier": pl.String,
    "good": pl.String,
    "good_name": pl.String,
    "stage": pl.String,
    "basis": pl.String,
    "from_year": pl.Int64,
    "to_year": pl.Int64,
    "share_lo": pl.Float64,
    "share": pl.Float64,
    "share_hi": pl.Float64,
    "value": pl.Float64,
    "total": pl.Float64,
    "unit": pl.String,
    "scope": pl.String,
    "named_largest": pl.Boolean,
    "disputed": pl.Boolean,
    "sources": pl.List(pl.String),
}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """A flows frame; what a row does not say is filled in."""
    default = {
        "importer": "EU",
        "good": "gas",
        "good_name": "Natural gas",
        "stage": "product",
        "basis": "value",
        "from_year": 2021,
        "to_year": 2021,
        "share_lo": None,
        "share_hi": None,
        "value": None,
        "total": None,
        "unit": "%",
        "scope": "extra-EU",
        "named_largest": True,
        "disputed": False,
        "sources": ["eurostat"],
    }
    return pl.DataFrame([default | row for row in rows], schema=COLUMNS)


def supplies(shares: Mapping[str, float | None], **same: Any) -> pl.DataFrame:
    return frame(*({"supplier": s, "share": share, **same} for s, share in shares.items()))


def only(table: pl.DataFrame) -> dict[str, Any]:
    assert table.height == 1
    return table.row(0, named=True)


# Published shares and their bounds by hand, e.g. gas: .45^2 + .23^2 + .12^2 + .06^2 + .05^2 = .2759;
# 9 points remain, at most 5 each: + .05^2 + .04^2 = .2800.
EU_GAS_2021 = {"RUS": 0.45, "NOR": 0.23, "DZA": 0.12, "USA": 0.06, "QAT": 0.05}
"""European Commission, on EU gas imports in 2021."""
EU_RARE_EARTHS_2024 = {"CHN": 0.463, "RUS": 0.284, "MYS": 0.199}
"""Eurostat, imports of rare earth elements 2024, by weight."""
EUROPEAN_NATO_ARMS_2020_24 = {"USA": 0.64, "FRA": 0.065, "KOR": 0.065, "DEU": 0.047, "ISR": 0.039}
"""SIPRI, Trends in International Arms Transfers, 2024."""


class TestMeasures:
    def test_doj_example_is_2600_points(self) -> None:
        # US DOJ, "Herfindahl-Hirschman Index": 30^2 + 30^2 + 20^2 + 20^2 = 2,600.
        index = hhi([0.3, 0.3, 0.2, 0.2])
        assert index == pytest.approx(0.26, abs=1e-12)
        assert hhi_points(index) == pytest.approx(2600, abs=1e-9)

    def test_hand_arithmetic(self) -> None:
        shares = [0.5, 0.25, 0.25]
        assert hhi(shares) == 0.375  # 1/4 + 1/16 + 1/16
        assert normalised_hhi(shares) == pytest.approx((0.375 - 1 / 3) / (2 / 3))
        assert effective_suppliers(0.375) == pytest.approx(8 / 3)
        assert hirschman_index(shares) == pytest.approx(math.sqrt(0.375))
        assert cr(shares, 1) == 0.5
        assert cr(shares, 2) == 0.75
        assert cr(shares, 9) == 1.0

    def test_one_supplier(self) -> None:
        assert hhi([1.0]) == 1.0
        assert hhi_bounds([1.0]) == (1.0, 1.0)
        assert normalised_hhi([1.0]) == 1.0
        assert normalised_hhi([1.0, 0.0]) == 1.0
        assert effective_suppliers(1.0) == 1.0

    @pytest.mark.parametrize(
        ("shares", "low", "high"),
        [
            (EU_GAS_2021, 0.2759, 0.2800),
            (EU_RARE_EARTHS_2024, 0.3346, 0.3375),
            (EUROPEAN_NATO_ARMS_2020_24, 0.4218, 0.4271),
        ],
    )
    def test_bounds_of_published_shares(self, shares: dict[str, float], low: float, high: float) -> None:
        assert hhi_bounds(shares.values()) == pytest.approx((low, high), abs=0.00005)

    def test_residual_may_be_one_supplier_when_the_named_are_not_the_largest(self) -> None:
        assert hhi_bounds([0.2, 0.1], named_largest=False) == pytest.approx((0.05, 0.05 + 0.49))

    def test_a_large_residual_takes_many_suppliers(self) -> None:
        # .01 named, .99 left: 99 suppliers of .01 each, 100 in all.
        assert hhi_bounds([0.01]) == pytest.approx((0.0001, 0.01))

    def test_nothing_named(self) -> None:
        assert hhi_bounds([]) == (0.0, 1.0)
        assert hhi_bounds([0.0], named_largest=False) == (0.0, 1.0)

    def test_floating_point_leaves_no_residual(self) -> None:
        low, high = hhi_bounds([0.1] * 10)
        assert low == high == pytest.approx(0.1)
        # (1 - .7) / .1 falls just short of 3 in binary: three suppliers of .1 all the same
        assert hhi_bounds([0.6, 0.1])[1] == pytest.approx(0.36 + 0.01 + 3 * 0.01)

    @pytest.mark.parametrize("bad", [[0.5, math.nan], [0.5, -0.1], [math.inf], [45.0, 23.0], [0.7, 0.5]])
    def test_refusals(self, bad: list[float]) -> None:
        for measure in (hhi, hhi_bounds, normalised_hhi, hirschman_index):
            with pytest.raises(ValueError, match="share"):
                measure(bad)
        with pytest.raises(ValueError, match="share"):
            cr(bad, 1)

    def test_measures_of_complete_lists_refuse_partial_ones(self) -> None:
        for measure in (hhi, normalised_hhi, hirschman_index):
            with pytest.raises(ValueError, match="unnamed"):
                measure(EU_GAS_2021.values())
            with pytest.raises(ValueError, match="without imports"):
                measure([])
        assert cr(EU_GAS_2021.values(), 3) == pytest.approx(0.80)
        with pytest.raises(ValueError, match="CR6 is not known"):
            cr(EU_GAS_2021.values(), 6)
        with pytest.raises(ValueError, match="at least 1"):
            cr([1.0], 0)

    @pytest.mark.parametrize("bad", [0.0, -0.1, 1.1, 2600.0, math.nan])
    def test_effective_suppliers_refuses_points(self, bad: float) -> None:
        with pytest.raises(ValueError, match="scale"):
            effective_suppliers(bad)

    @pytest.mark.parametrize("bad", [-0.1, 1.1, 2600.0, math.nan])
    def test_points_are_not_multiplied_twice(self, bad: float) -> None:
        with pytest.raises(ValueError, match="scale"):
            hhi_points(bad)


class TestRounding:
    def test_whole_percents_may_exceed_one_by_half_a_point_each(self) -> None:
        five = [0.40, 0.25, 0.20, 0.10, 0.07]  # 102 %, each within half a point: 97.5..102.5 is possible
        low, high = hhi_bounds(five)
        assert low == high == pytest.approx(0.1600 + 0.0625 + 0.0400 + 0.0100 + 0.0049)
        with pytest.raises(ValueError, match=r"sum to 1\.03"):
            hhi_bounds([0.40, 0.25, 0.20, 0.10, 0.08])

    def test_steps_of_half_a_point(self) -> None:
        # Steps of .5 points: each within .25, four within 1 point.
        hhi_bounds([0.505, 0.255, 0.15, 0.10])
        with pytest.raises(ValueError, match="more than 1"):
            hhi_bounds([0.505, 0.255, 0.155, 0.10])

    def test_tenths_of_a_point(self) -> None:
        hhi_bounds([0.501, 0.333, 0.167])  # 100.1 %, each within .05 points
        with pytest.raises(ValueError, match="more than 1"):
            hhi_bounds([0.501, 0.333, 0.168])

    def test_computed_shares_have_no_slack(self) -> None:
        with pytest.raises(ValueError, match="more than 1"):
            hhi_bounds([1 / 3, 1 / 3, 1 / 3 + 0.001])

    def test_stated_rounding_prevails(self) -> None:
        with pytest.raises(ValueError, match="more than 1"):
            hhi_bounds([0.5, 0.51], rounding=0)
        hhi_bounds([1 / 3, 1 / 3, 1 / 3 + 0.001], rounding=0.0005)
        with pytest.raises(ValueError, match="rounding"):
            hhi_bounds([0.5], rounding=-1)

    def test_index_stays_on_its_scale(self) -> None:
        assert hhi_bounds([1.0, 0.01]) == (1.0, 1.0)  # 101 % as printed


def partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """All ways to write `total` as a sum of positive whole numbers not above `largest`."""
    if total == 0:
        yield ()
        return
    for first in range(min(total, largest), 0, -1):
        for rest in partitions(total - first, first):
            yield (first, *rest)


class TestBoundsByBruteForce:
    """Shares on a grid of 1/24: every completion can be listed."""

    GRID = 24

    @given(st.lists(st.integers(1, 24), min_size=1, max_size=5).filter(lambda parts: sum(parts) <= 24))
    def test_high_is_the_greatest_and_low_bounds_all(self, parts: list[int]) -> None:
        grid = self.GRID
        rest = grid - sum(parts)
        named = [p / grid for p in parts]
        squares = sum(p * p for p in parts)
        largest_named = [squares + sum(q * q for q in other) for other in partitions(rest, min(parts))]
        any_named = [squares + sum(q * q for q in other) for other in partitions(rest, grid)]
        low, high = hhi_bounds(named, rounding=0)
        assert low == pytest.approx(squares / grid**2, abs=1e-12)
        assert low <= min(largest_named) / grid**2 + 1e-12
        # The packing is on the grid (the smallest named share is), so high is reached, not only safe.
        assert high == pytest.approx(max(largest_named) / grid**2, abs=1e-12)
        assert hhi_bounds(named, named_largest=False, rounding=0)[1] == pytest.approx(
            max(any_named) / grid**2, abs=1e-12
        )

    @given(st.lists(st.integers(1, 20), min_size=1, max_size=5).filter(lambda parts: sum(parts) < 24))
    def test_no_greater_low_would_do(self, parts: list[int]) -> None:
        """A residual spread over n equal suppliers comes as near to lo as 1/n."""
        named = [p / self.GRID for p in parts]
        low, high = hhi_bounds(named, rounding=0)
        for n in (100, 2_000):
            thin = [(1 - sum(named)) / n] * n
            assert low < hhi([*named, *thin], rounding=0) < min(high, low + 1 / n) + 1e-9

    @given(st.lists(st.integers(1, 10_000), min_size=1, max_size=40), st.data())
    def test_true_index_lies_between(self, amounts: list[int], data: st.DataObject) -> None:
        total = sum(amounts)
        true = sum((a / total) ** 2 for a in amounts)
        ordered = sorted(amounts, reverse=True)
        k = data.draw(st.integers(1, len(amounts)))
        low, high = hhi_bounds([a / total for a in ordered[:k]], rounding=0)
        assert low - 1e-9 <= true <= high + 1e-9
        some = data.draw(st.lists(st.sampled_from(range(len(amounts))), min_size=1, unique=True))
        low, high = hhi_bounds([amounts[i] / total for i in some], named_largest=False, rounding=0)
        assert low - 1e-9 <= true <= high + 1e-9

    @given(st.lists(st.integers(1, 10_000), min_size=1, max_size=40), st.randoms())
    def test_range_and_order(self, amounts: list[int], random: Any) -> None:
        shares = [a / sum(amounts) for a in amounts]
        shuffled = list(shares)
        random.shuffle(shuffled)
        n = len(shares)
        index = hhi(shares)
        assert 1 / n - 1e-12 <= index <= 1
        assert 1 - 1e-9 <= effective_suppliers(index) <= n + 1e-9
        assert 0 <= normalised_hhi(shares) <= 1
        assert hhi(shuffled) == index
        assert hhi_bounds(shuffled) == hhi_bounds(shares)
        assert hhi([*shares, 0.0]) == index
        assert cr(shuffled, 1) == max(shares)


class TestConcentration:
    def test_published_row(self) -> None:
        row = only(concentration(supplies(EU_GAS_2021)))
        assert (row["importer"], row["good"], row["from_year"], row["to_year"]) == ("EU", "gas", 2021, 2021)
        assert row["hhi_lo"] == pytest.approx(0.2759, abs=1e-9)
        assert row["hhi_hi"] == pytest.approx(0.2800, abs=1e-9)
        assert row["hhi_points_lo"] == pytest.approx(2759)
        assert row["hhi_points_hi"] == pytest.approx(2800)
        assert row["effective_lo"] == pytest.approx(1 / 0.28)
        assert row["effective_hi"] == pytest.approx(1 / 0.2759)
        assert (row["top_supplier"], row["top_share"], row["top_note"]) == ("RUS", 0.45, "")
        assert (row["cr1_lo"], row["cr1_hi"]) == (0.45, 0.45)
        assert (row["n_named"], row["named_share"]) == (5, pytest.approx(0.91))
        assert row["residual"] == pytest.approx(0.09)
        assert (row["scope"], row["unit"], row["disputed"]) == ("extra-EU", "%", False)

    def test_each_group_by_itself(self) -> None:
        flows = pl.concat(
            [
                supplies({"RUS": 0.6, "NOR": 0.4}),
                supplies({"RUS": 0.2, "NOR": 0.8}, basis="energy"),
                supplies({"RUS": 1.0}, from_year=2020, to_year=2020),
                supplies(
                    {"CHN": 0.5, "AUS": 0.5}, importer="WORLD", good="lithium", stage="mined", scope="world"
                ),
            ]
        )
        table = concentration(flows)
        got = table.select("importer", "good", "basis", "from_year", "hhi_lo", "top_supplier").rows()
        assert got == [
            ("EU", "gas", "energy", 2021, pytest.approx(0.68), "NOR"),
            ("EU", "gas", "value", 2020, 1.0, "RUS"),
            ("EU", "gas", "value", 2021, pytest.approx(0.52), "RUS"),
            ("WORLD", "lithium", "value", 2021, 0.5, None),
        ]
        assert concentration(flows.reverse()).equals(table)

    def test_tie_names_no_top_supplier(self) -> None:
        row = only(concentration(supplies({"FRA": 0.3, "KOR": 0.3, "DEU": 0.1})))
        assert (row["top_supplier"], row["top_share"], row["top_note"]) == (None, 0.3, "tie: FRA, KOR")

    def test_unnamed_supplier_may_be_the_largest(self) -> None:
        row = only(concentration(supplies({"FRA": 0.3, "DEU": 0.1}, named_largest=False)))
        assert (row["top_supplier"], row["top_note"]) == (None, "an unnamed supplier may be larger")
        assert (row["cr1_lo"], row["cr1_hi"]) == (0.3, pytest.approx(0.6))
        row = only(concentration(supplies({"FRA": 0.7, "DEU": 0.1}, named_largest=False)))
        assert (row["top_supplier"], row["cr1_lo"], row["cr1_hi"]) == ("FRA", 0.7, 0.7)
        assert row["hhi_hi"] == pytest.approx(0.49 + 0.01 + 0.04)

    def test_one_doubtful_row_makes_the_group_doubtful(self) -> None:
        flows = frame(
            {"supplier": "FRA", "share": 0.5, "sources": ["b", "a"]},
            {
                "supplier": "DEU",
                "share": 0.1,
                "named_largest": False,
                "disputed": True,
                "sources": ["c", "a"],
            },
        )
        row = only(concentration(flows))
        assert (row["named_largest"], row["disputed"], row["sources"]) == (False, True, ["a", "b", "c"])

    @pytest.mark.parametrize(
        ("shares", "total"), [({"RUS": None}, 0.0), ({"RUS": 0.0}, 0.0), ({"RUS": 0.0, "NOR": 0.0}, None)]
    )
    def test_no_imports_is_null_not_zero(self, shares: dict[str, float | None], total: float | None) -> None:
        row = only(concentration(supplies(shares, total=total)))
        assert row["top_note"] == "no imports"
        assert row["n_named"] == 0
        for column in (
            "hhi_lo",
            "hhi_hi",
            "hhi_points_lo",
            "effective_hi",
            "top_share",
            "cr1_lo",
            "residual",
        ):
            assert row[column] is None, column

    def test_imports_without_a_named_supplier(self) -> None:
        row = only(concentration(supplies({"RUS": 0.0}, total=80.0)))
        assert (row["hhi_lo"], row["hhi_hi"], row["effective_lo"], row["effective_hi"]) == (
            0.0,
            1.0,
            1.0,
            None,
        )
        assert (row["cr1_lo"], row["cr1_hi"], row["residual"], row["top_supplier"]) == (0.0, 1.0, 1.0, None)

    def test_zero_shares_are_dropped(self) -> None:
        with_zero = only(concentration(supplies({"RUS": 0.6, "NOR": 0.3, "IRN": 0.0})))
        without = only(concentration(supplies({"RUS": 0.6, "NOR": 0.3})))
        assert with_zero == without

    @pytest.mark.parametrize(
        ("flows", "why"),
        [
            (supplies({"RUS": 0.8, "NOR": 0.4}), "more than 1"),
            (supplies({"RUS": -0.2}), "negative"),
            (supplies({"RUS": math.nan}), "nan"),
            (supplies({"RUS": 45.0}), "not percent"),
            (supplies({"RUS": 0.4, "NOR": None}), "share missing: NOR"),
            (frame({"supplier": "RUS", "share": 0.4}, {"supplier": "RUS", "share": 0.1}), "twice: RUS"),
            (
                frame({"supplier": "RUS", "share": 0.4}, {"supplier": "NOR", "share": 0.1, "scope": "all"}),
                "different totals",
            ),
            (supplies({"RUS": 0.4}, from_year=2022), "ends before it begins"),
            (supplies({"RUS": 0.4}, total=0.0), "total of 0"),
        ],
    )
    def test_refusals_name_the_group(self, flows: pl.DataFrame, why: str) -> None:
        with pytest.raises(ValueError, match=why) as error:
            concentration(flows)
        assert str(error.value).startswith("EU, gas (product, by value), 202")

    def test_rounding_is_passed_on(self) -> None:
        flows = supplies({"RUS": 0.60, "NOR": 0.41})
        assert only(concentration(flows))["residual"] == 0.0
        with pytest.raises(ValueError, match="more than 1"):
            concentration(flows, rounding=0.0)

    def test_empty_frame_keeps_its_columns(self) -> None:
        empty = concentration(frame())
        assert empty.height == 0
        assert empty.schema == concentration(supplies(EU_GAS_2021)).schema

    def test_missing_column_is_named(self) -> None:
        with pytest.raises(ValueError, match="named_largest"):
            concentration(supplies(EU_GAS_2021).drop("named_largest"))


class TestSelectPeriod:
    def years(self, *periods: tuple[int, int]) -> pl.DataFrame:
        return frame(
            *({"supplier": "RUS", "share": 0.4, "from_year": a, "to_year": b} for a, b in periods),
        )

    def chosen(self, flows: pl.DataFrame, as_of: str, **more: Any) -> list[tuple[int, int]]:
        return select_period(flows, as_of, **more).select("from_year", "to_year").rows()

    def test_a_year_speaks_from_its_end_on(self) -> None:
        flows = self.years((2020, 2020), (2021, 2021))
        assert self.chosen(flows, "2020-12-31") == []
        assert self.chosen(flows, "2021-01-01") == [(2020, 2020)]
        assert self.chosen(flows, "2021-12-31") == [(2020, 2020)]
        assert self.chosen(flows, "2022-01-01") == [(2021, 2021)]

    def test_for_five_years_to_the_day(self) -> None:
        flows = self.years((2019, 2019))
        assert self.chosen(flows, "2025-01-01") == [(2019, 2019)]
        assert self.chosen(flows, "2025-01-02") == []
        assert self.chosen(flows, "2025-01-02", max_age_years=6) == [(2019, 2019)]
        assert self.chosen(flows, "2020-01-02", max_age_years=0) == []

    def test_shorter_of_two_that_end_together(self) -> None:
        assert self.chosen(self.years((2020, 2024), (2024, 2024), (2019, 2023)), "2025-06-30") == [
            (2024, 2024)
        ]

    def test_each_group_has_its_own_period_and_keeps_its_rows(self) -> None:
        flows = pl.concat(
            [
                supplies({"RUS": 0.45, "NOR": 0.23}),
                supplies({"RUS": 0.40, "NOR": 0.24}, from_year=2020, to_year=2020),
                supplies({"RUS": 0.40}, from_year=2020, to_year=2020, basis="energy"),
                supplies({"USA": 0.64}, from_year=2020, to_year=2024, good="arms", basis="tiv"),
                supplies({"USA": 0.52}, from_year=2015, to_year=2019, good="arms", basis="tiv"),
            ]
        )
        got = (
            select_period(flows, "2023-07-01").select("good", "basis", "supplier", "until", "age_days").rows()
        )
        assert got == [
            ("gas", "value", "RUS", "2022-01-01", 546),  # 365 days of 2022 + 181 to 1 July 2023
            ("gas", "value", "NOR", "2022-01-01", 546),
            ("gas", "energy", "RUS", "2021-01-01", 911),
            ("arms", "tiv", "USA", "2020-01-01", 1277),  # 366 + 365 + 365 + 181
        ]

    @pytest.mark.parametrize("bad", ["2021", "2021-13-01", "20210101", "today"])
    def test_refuses_what_is_no_day(self, bad: str) -> None:
        with pytest.raises(ValueError):
            select_period(self.years((2020, 2020)), bad)

    def test_refuses_negative_age(self) -> None:
        with pytest.raises(ValueError, match="max_age_years"):
            select_period(self.years((2020, 2020)), "2021-01-01", max_age_years=-1)

    def test_result_feeds_concentration(self) -> None:
        row = only(concentration(select_period(supplies(EU_GAS_2021), "2022-02-24")))
        assert row["hhi_lo"] == pytest.approx(0.2759)


@pytest.mark.parametrize(
    ("shares", "largest", "low", "high"),
    [
        ((0.3, 0.3, 0.2, 0.2), True, 0.8, 0.8),
        ((0.4, 0.2, 0.1, 0.05), True, 0.7, 0.7),  # .25 is unnamed, none of it above .05
        ((0.33, 0.22), True, 0.55, 0.77),  # a third has at most .22
        ((0.6, 0.3), True, 0.9, 1.0),
        ((0.2, 0.2, 0.2), False, 0.6, 0.8),  # the unnamed .4 may be one supplier
        ((0.4, 0.3, 0.2), False, 0.9, 0.9),  # .1 is less than the third
    ],
)
def test_share_of_the_three_largest(shares: tuple[float, ...], largest: bool, low: float, high: float) -> None:
    rows = ({"supplier": f"S{i}", "share": share, "named_largest": largest} for i, share in enumerate(shares))
    (row,) = concentration(frame(*rows)).to_dicts()
    assert (row["cr3_lo"], row["cr3_hi"]) == (pytest.approx(low), pytest.approx(high))
