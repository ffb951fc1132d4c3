"""Look-through shares, criteria and asymmetry: the worked example, thresholds, refusals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ties import FLOW, flow

from graph_loader.analysis.concentration import hhi
from graph_loader.analysis.dependence import asymmetry, criteria, look_through, ultimate_shares
from graph_loader.analysis.trade import Trade, exports_by_good, trade_of


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=FLOW)


def test_through_re_exporters_to_the_origin() -> None:
    """A buys 60% from B and 40% from C; B sources 80% from D, C 50%; the rest is their own: .6 * .8 + .4 * .5 = .68 from D."""
    found = look_through({"B": 0.6, "C": 0.4}, {"B": {"D": 0.8}, "C": {"D": 0.5}})
    assert found == {"D": pytest.approx(0.68), "B": pytest.approx(0.12), "C": pytest.approx(0.2)}
    assert hhi([0.6, 0.4]) == pytest.approx(0.52)
    assert hhi(found.values()) == pytest.approx(0.5168)


def test_a_circle_that_lets_something_in_is_solved() -> None:
    """B passes on half from C, C half from B: of B's deliveries .5 / (1 - .25) = 2/3 are B's own, 1/3 C's."""
    assert look_through({"B": 1.0}, {"B": {"C": 0.5}, "C": {"B": 0.5}}) == {"B": pytest.approx(2 / 3), "C": pytest.approx(1 / 3)}


def test_a_circle_without_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="spectral radius"):
        look_through({"B": 1.0}, {"B": {"C": 1.0}, "C": {"B": 1.0}})


@pytest.mark.parametrize(
    ("direct", "passed", "word"),
    [
        ({"B": 1.2}, {}, "0..1"),
        ({"B": float("nan")}, {}, "0..1"),
        ({"B": 0.7, "C": 0.7}, {}, "more than 1"),
        ({"B": 1.0}, {"B": {"C": 0.7, "D": 0.7}}, "more than 1"),
        ({"B": 1.0}, {"B": {"B": 0.5}}, "own source"),
    ],
)
def test_what_is_no_re_export_is_refused(direct: dict[str, float], passed: dict[str, dict[str, float]], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        look_through(direct, passed)


@given(st.lists(st.floats(0, 1), min_size=9, max_size=9), st.floats(0.01, 1))
def test_what_goes_in_comes_out(weights: list[float], named: float) -> None:
    """The sum over origins is what the direct suppliers deliver: nothing is lost on the way, and the unnamed stays unnamed."""
    names = ["B", "C", "D"]
    table = {n: {o: w / 4 for o, w in zip(names, weights[3 * i : 3 * i + 3], strict=True) if o != n} for i, n in enumerate(names)}
    assert sum(look_through({"B": named / 2, "C": named / 2}, table).values()) == pytest.approx(named)


def test_the_inverse_is_the_sum_over_all_rounds() -> None:
    q = np.array([[0.0, 0.5], [0.25, 0.0]])
    rounds = sum((np.linalg.matrix_power(q, n) for n in range(60)), np.zeros((2, 2)))
    assert ultimate_shares(q, np.eye(2)) == pytest.approx(rounds)
    with pytest.raises(ValueError, match="at least 0"):
        ultimate_shares(-q, np.eye(2))


def criterion(flows: pl.DataFrame, name: str, **given_: object) -> tuple[object, str]:
    rows = [r for r in criteria(flows, "2024-01-01", **given_) if r["criterion"].startswith(name)]  # type: ignore[arg-type]
    assert len(rows) == 1
    return rows[0]["met"], rows[0]["reason"]


def test_a_criterion_holds_fails_or_is_not_known() -> None:
    """.7^2 = .49 > .4; .5^2 + .5^2 = .5 > .4; .6^2 = .36, at most .36 + .16 = .52: not known; four quarters: .25."""
    for shares, met in (({"A": 0.7}, True), ({"A": 0.5, "B": 0.5}, True), ({"A": 0.6}, None), (dict.fromkeys("ABCD", 0.25), False)):
        assert criterion(frame(*(flow("EU", s, share) for s, share in shares.items())), "CDI1")[0] is met


def test_what_is_not_loaded_is_null_with_its_reason() -> None:
    flows = frame(flow("EU", "A", 0.7))
    for name in ("CDI2", "CDI3", "GeoDep 2", "GeoDep 3", "GeoDep 4"):
        met, reason = criterion(flows, name)
        assert met is None
        assert "loaded" in reason
    assert not [r for r in criteria(frame(flow("DEU", "A", 0.7)), "2024-01-01") if r["criterion"].startswith("CDI")]


def test_ratios_of_known_trade() -> None:
    """60 of 100 from outside: .6 > .5; 60 imported, 80 exported: .75, not above 1; where exports are 0, GeoDep has 9999."""
    key = ("EU", "gas", "product", "value", 2021)
    trade = {key: Trade(imports=(60.0, 60.0), all_imports=(100.0, 100.0), exports=(80.0, 80.0))}
    flows = frame(flow("EU", "A", 0.7))
    assert criterion(flows, "CDI2", trade=trade) == (True, "")
    assert criterion(flows, "CDI3", trade=trade) == (False, "")
    assert criterion(flows, "GeoDep 3", trade={key: Trade(imports=(60.0, 60.0), exports=(0.0, 0.0))}) == (True, "exports are 0")


def test_least_exports_can_refute_and_never_prove() -> None:
    """60 imported and at least 80 or 40 exported: at most .75, or anything up to 1.5."""
    key = ("DEU", "gas", "product", "value", 2021)
    for exported, met in ((80.0, False), (40.0, None)):
        trade = {key: Trade(imports=(60.0, 60.0), exports=(exported, float("inf")))}
        assert criterion(frame(flow("DEU", "A", 0.7)), "GeoDep 3", trade=trade)[0] is met


def traded(importer: str, supplier: str, value: float, total: float, **more: object) -> dict[str, object]:
    return flow(importer, supplier, value / total, value=value, total=total, unit="US dollars", **more)


MARKET = (
    traded("DEU", "CHN", 60, 100), traded("DEU", "FRA", 30, 100), traded("FRA", "CHN", 20, 40), traded("FRA", "DEU", 15, 40),
    traded("JPN", "DEU", 50, 50), traded("EST", "FIN", 9, 9, good="wood", good_name="Wood"),
)  # fmt: skip


def test_the_eu_is_the_sum_of_its_members() -> None:
    """Germany takes 100, of which 60 from China and 30 from France, France 40, of which 20 from China and 15 from Germany; Estonia takes
    wood only. Outside: 80 by name, at most 140 - 45 = 95: 80/140 to 95/140. Of 95, China has at least 80: .709; were the hidden 15
    China's too, 1. Members sold 30 + 15 to each other and 50 to Japan: at least 95, so that 95/95 is the most."""
    trade = trade_of(frame(*MARKET), {2021: ["DEU", "FRA", "EST"]}, {})
    eu = trade["EU", "gas", "product", "value", 2021]
    assert (eu.imports, eu.all_imports, eu.exports) == ((80, 95), (140, 140), (95, float("inf")))
    rows = {r["criterion"]: r for r in criteria(frame(*MARKET), "2024-01-01", trade=trade) if (r["importer"], r["good"]) == ("EU", "gas")}
    assert (rows["CDI1"]["value_lo"], rows["CDI1"]["value_hi"], rows["CDI1"]["met"]) == (pytest.approx((80 / 95) ** 2), 1, True)
    assert (rows["CDI2"]["value_lo"], rows["CDI2"]["value_hi"]) == (pytest.approx(80 / 140), pytest.approx(95 / 140))
    assert (rows["CDI2"]["met"], rows["CDI3"]["met"]) == (True, False)
    assert "1 of them have none on record" in rows["CDI2"]["reason"]
    assert rows["CDI2"]["sources"] == ["stats"]


def test_the_eu_is_not_judged_without_all_members() -> None:
    trade = trade_of(frame(*MARKET), {2021: ["DEU", "FRA", "ITA"]}, {})
    rows = criteria(frame(*MARKET, flow("EU", "CHN", 0.8)), "2024-01-01", trade=trade)
    (found,) = [r for r in rows if r["criterion"] == "CDI2"]
    assert found["met"] is None
    assert "imports of 1 of 3 members are not loaded (ITA)" in found["reason"]


def test_indicators_of_exports_are_the_whole() -> None:
    """Germany's exports as Comtrade states them, 90: 100/90 is above 1. Re-exports and another unit do not count."""
    said = {"state": "DEU", "year": 2021, "value": 90.0, "unit": "US dollars", "sources": ["un"], "indicator": "comtrade-exports-gas"}
    exports = exports_by_good([said, said | {"indicator": "comtrade-re-exports-gas", "value": 1.0}])
    trade = trade_of(frame(*MARKET), {}, exports)
    assert trade["DEU", "gas", "product", "value", 2021].exports == (90, 90)
    rows = [r for r in criteria(frame(*MARKET), "2024-01-01", trade=trade) if r["importer"] == "DEU" and "GeoDep 3" in r["criterion"]]
    assert [(r["value_lo"], r["value_hi"], r["met"], r["sources"]) for r in rows] == [
        (pytest.approx(10 / 9), pytest.approx(10 / 9), True, ["stats", "un"])
    ]
    in_euro = trade_of(frame(*MARKET), {}, exports_by_good([said | {"unit": "euro"}]))
    assert in_euro["DEU", "gas", "product", "value", 2021].exports == (65, float("inf"))  # 15 to France, 50 to Japan


@pytest.mark.parametrize(
    ("years", "met"),
    [({2019: 0.9, 2020: 0.9, 2021: 0.1}, True), ({2020: 0.9, 2021: 0.9}, True), ({2021: 0.9}, None), ({2020: 0.1, 2021: 0.1}, False),
     ({2019: 0.9, 2021: 0.1}, None)],
)  # fmt: skip
def test_persistence_is_two_of_three_years(years: dict[int, float], met: bool | None) -> None:
    """.9^2 = .81 is above .4; ten tenths have .1, below it."""
    rows = []
    for year, share in years.items():
        suppliers = ["A"] if share == 0.9 else list("ABCDEFGHIJ")
        rows += [flow("DEU", s, share, from_year=year, to_year=year, fact=f"{s}{year}") for s in suppliers]
    assert criterion(frame(*rows), "GeoDep 4")[0] is met


def test_asymmetry_both_ways_known() -> None:
    (row,) = asymmetry(frame(flow("A", "B", 0.7), flow("B", "A", 0.1)))
    assert (row["i"], row["j"], row["asymmetry_lo"], row["asymmetry_hi"]) == ("A", "B", pytest.approx(0.6), pytest.approx(0.6))


def test_an_unnamed_share_is_bounded_and_an_unknown_one_is_not_zero() -> None:
    """B names C with .3 as its largest: A can be at most .3 of B's imports. Of C nothing is recorded."""
    rows = {(r["i"], r["j"]): r for r in asymmetry(frame(flow("A", "B", 0.7), flow("B", "C", 0.3)))}
    assert (rows["A", "B"]["s_ji_lo"], rows["A", "B"]["s_ji_hi"]) == (0, pytest.approx(0.3))
    assert (rows["A", "B"]["asymmetry_lo"], rows["A", "B"]["asymmetry_hi"]) == (pytest.approx(0.4), pytest.approx(0.7))
    assert rows["B", "C"]["asymmetry_lo"] is None
    assert "not loaded" in rows["B", "C"]["reason"]
