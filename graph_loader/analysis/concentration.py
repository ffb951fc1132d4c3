"""Concentration of supply: how far an importer depends on few suppliers, with bounds where not all are named.

A share is a supplier's part of the importer's total, 0..1. Publications name the largest suppliers and leave
the rest as "other countries"; that rest is a residual of unknown composition, never a supplier. So every
measure is an interval: what it would be if the residual were spread as thinly, or packed as tightly, as the
named allow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NewType

import polars as pl

from graph_loader.errors import DataError

__all__ = [
    "GROUP",
    "MAX_AGE_YEARS",
    "Hhi",
    "HhiPoints",
    "concentration",
    "concentration_or_reason",
    "cr",
    "effective_suppliers",
    "hhi",
    "hhi_bounds",
    "hhi_points",
    "hirschman_index",
    "normalised_hhi",
    "select_period",
]

Hhi = NewType("Hhi", float)
"""Herfindahl-Hirschman index on the scale 0..1."""
HhiPoints = NewType("HhiPoints", float)
"""Herfindahl-Hirschman index in points, 0..10,000."""

GROUP = ("importer", "good", "stage", "basis", "from_year", "to_year")
"""What one row of `concentration` is about."""

_FLOAT = 1e-9  # floating-point noise; shares that differ by less are equal
MAX_AGE_YEARS = 5
_INPUT = (
    *GROUP,
    "supplier",
    "good_name",
    "share",
    "total",
    "unit",
    "scope",
    "named_largest",
    "disputed",
    "sources",
)
_OUTPUT: dict[str, Any] = {
    "importer": pl.String,
    "good": pl.String,
    "good_name": pl.String,
    "stage": pl.String,
    "basis": pl.String,
    "from_year": pl.Int64,
    "to_year": pl.Int64,
    "scope": pl.String,
    "hhi_lo": pl.Float64,
    "hhi_hi": pl.Float64,
    "hhi_points_lo": pl.Float64,
    "hhi_points_hi": pl.Float64,
    "effective_lo": pl.Float64,
    "effective_hi": pl.Float64,
    "top_supplier": pl.String,
    "top_share": pl.Float64,
    "top_note": pl.String,
    "cr1_lo": pl.Float64,
    "cr1_hi": pl.Float64,
    "cr3_lo": pl.Float64,
    "cr3_hi": pl.Float64,
    "n_named": pl.Int64,
    "named_share": pl.Float64,
    "residual": pl.Float64,
    "named_largest": pl.Boolean,
    "total": pl.Float64,
    "unit": pl.String,
    "disputed": pl.Boolean,
    "sources": pl.List(pl.String),
}


# --- measures on shares --------------------------------------------------------------------------------


def _printed_half_unit(shares: Sequence[float]) -> float:
    """Half of the coarsest of 1, .5, .1, .05 ... points of which all shares are multiples; 0 if none."""
    for power in range(7):
        for step in (1.0, 0.5):
            unit = step / 10.0**power / 100
            if all(abs(s / unit - round(s / unit)) < 1e-6 for s in shares):
                return unit / 2
    return 0.0


def _slack(shares: Sequence[float], rounding: float | None) -> float:
    """How far the sum of printed shares may miss their true sum."""
    if rounding is not None and not (math.isfinite(rounding) and 0 <= rounding < 0.5):
        raise ValueError(f"rounding is {rounding}: give the largest error of one share, 0..0.5")
    error = _printed_half_unit(shares) if rounding is None else rounding
    return len(shares) * error + _FLOAT


def _positive(shares: Iterable[float]) -> list[float]:
    """Shares above zero, largest first; refuses what is no share."""
    kept = []
    for share in shares:
        if not math.isfinite(share):
            raise ValueError(f"a share is {share}")
        if share < 0:
            raise ValueError(f"a share is negative: {share}")
        if share > 1 + _FLOAT:
            raise ValueError(f"a share exceeds 1: {share} (shares are 0..1, not percent)")
        if share > 0:
            kept.append(min(float(share), 1.0))
    return sorted(kept, reverse=True)


def _residual(shares: Sequence[float], rounding: float | None) -> float:
    """1 - the sum of the shares, not below 0."""
    total = math.fsum(shares)
    slack = _slack(shares, rounding)
    if total > 1 + slack:
        raise ValueError(f"shares sum to {total:.6g}, more than 1 and the rounding of {slack:.2g}")
    residual = 1 - total
    return residual if residual > _FLOAT else 0.0


def _complete(shares: Iterable[float], rounding: float | None) -> list[float]:
    kept = _positive(shares)
    if not kept:
        raise ValueError("no share above zero: without imports there is no concentration")
    residual = _residual(kept, rounding)
    if residual > _slack(kept, rounding):
        raise ValueError(f"shares leave {residual:.6g} unnamed: use hhi_bounds")
    return kept


def hhi(shares: Iterable[float], *, rounding: float | None = None) -> Hhi:
    """Herfindahl-Hirschman index, sum of s^2, of a complete list of shares; scale 0..1 (1/n..1 for n
    suppliers).

    Hirschman 1945, Herfindahl 1950. US DOJ and FTC state it in points, `hhi_points`.

    Parameters
    ----------
    shares : iterable of float
        All suppliers' shares, 0..1; zeros are dropped.
    rounding : float, optional
        Largest error of one share as printed (.005 for whole percents). The sum may miss 1 by as much for
        every share. By default half of the coarsest of 1, .5, .1, .05 ... points of which all shares are
        multiples.

    Raises
    ------
    ValueError
        For NaN, negative or too large shares, an empty list, and shares that do not sum to 1: the sum of
        squares of an incomplete list is too low (`hhi_bounds`).
    """
    return Hhi(min(1.0, math.fsum(s * s for s in _complete(shares, rounding))))


def hhi_points(value: float) -> HhiPoints:
    """An index of the scale 0..1 in points: times 10,000.

    >>> hhi_points(0.26)
    2600.0
    """
    if not 0 <= value <= 1:
        raise ValueError(f"{value} is not an index of the scale 0..1")
    return HhiPoints(value * 10_000)


def hhi_bounds(
    named: Iterable[float], *, named_largest: bool = True, rounding: float | None = None
) -> tuple[Hhi, Hhi]:
    """Least and greatest Herfindahl-Hirschman index that agree with the named shares; scale 0..1.

    With residual r = 1 - sum(named):

    - lo = sum of s^2 of the named. It is the greatest lower bound: r spread over N suppliers adds r^2 / N,
      which falls to 0 as N grows. It is reached only when r = 0.
    - hi, when the named are the largest suppliers: no unnamed one exceeds m, the smallest named. The sum of
      squares is convex, so it is greatest when as many as fit have m and one has what remains:
      hi = lo + floor(r/m) m^2 + (r - floor(r/m) m)^2. There are as many unnamed suppliers as that takes.
    - hi otherwise: all of r may be one supplier, hi = lo + r^2.

    The named shares are taken as printed: their own rounding is not in the bounds.

    Parameters
    ----------
    named : iterable of float
        Named suppliers' shares, 0..1, in any order; zeros are dropped.
    named_largest : bool
        Whether the named suppliers are known to be the largest ones.
    rounding : float, optional
        As in `hhi`. A sum above 1 by no more than the rounding of all shares counts as 1 (r = 0).

    Returns
    -------
    lo, hi : float
        (0, 1) when nothing is named.

    Raises
    ------
    ValueError
        For NaN, negative or too large shares, and a sum above 1 by more than rounding.
    """
    shares = _positive(named)
    residual = _residual(shares, rounding)
    low = math.fsum(s * s for s in shares)
    if not shares:
        return Hhi(0.0), Hhi(1.0)
    if named_largest:
        smallest = shares[-1]
        full = math.floor(residual / smallest)
        rest = max(0.0, residual - full * smallest)
        high = low + full * smallest**2 + rest**2
    else:
        high = low + residual**2
    return Hhi(min(1.0, low)), Hhi(min(1.0, high))


def normalised_hhi(shares: Iterable[float], *, rounding: float | None = None) -> float:
    """(HHI - 1/n) / (1 - 1/n), 0..1 for n suppliers above zero: 0 when all are equal; 1 when n = 1.

    Needs a complete list, as `hhi`.
    """
    kept = _complete(shares, rounding)
    if len(kept) == 1:
        return 1.0
    equal = 1 / len(kept)
    return min(1.0, max(0.0, (hhi(kept, rounding=rounding) - equal) / (1 - equal)))


def effective_suppliers(value: float) -> float:
    """Number of equal suppliers with the same index: 1 / HHI (Adelman 1969), for an HHI of the scale 0..1."""
    if not 0 < value <= 1:
        raise ValueError(f"{value} is not an index of the scale 0..1 above 0")
    return 1 / value


def cr(shares: Iterable[float], k: int, *, rounding: float | None = None) -> float:
    """Concentration ratio CR_k: sum of the k largest shares, 0..1.

    The list may be incomplete when it names the largest suppliers and at least k of them.

    Raises
    ------
    ValueError
        For k < 1, shares as in `hhi_bounds`, and fewer than k shares that leave a residual.
    """
    if k < 1:
        raise ValueError(f"k is {k}: at least 1")
    kept = _positive(shares)
    if not kept:
        raise ValueError("no share above zero: without imports there is no concentration")
    residual = _residual(kept, rounding)
    if k > len(kept) and residual > _slack(kept, rounding):
        raise ValueError(f"{len(kept)} shares leave {residual:.6g} unnamed: CR{k} is not known")
    return min(1.0, math.fsum(kept[:k]))


def hirschman_index(shares: Iterable[float], *, rounding: float | None = None) -> float:
    """Root of the HHI of a complete list, 0..1: what UNCTAD and the World Bank call Hirschman's index."""
    return math.sqrt(hhi(shares, rounding=rounding))


# --- tables --------------------------------------------------------------------------------------------


def _name(key: Sequence[Any]) -> str:
    importer, good, stage, basis, from_year, to_year = key
    period = f"{from_year}" if from_year == to_year else f"{from_year}-{to_year}"
    return f"{importer}, {good} ({stage}, by {basis}), {period}"


class FlowError(DataError, ValueError):
    """Flows that contradict each other: their shares cannot be put together (exit code 1)."""


def _refuse(key: Sequence[Any], rows: Sequence[dict[str, Any]], rounding: float | None) -> None:
    """Refuse rows of a group whose shares cannot be put together."""
    suppliers = [r["supplier"] for r in rows]
    if twice := sorted({s for s in suppliers if suppliers.count(s) > 1}):
        raise ValueError(f"supplier given twice: {', '.join(twice)}")
    if len(scopes := {r["scope"] for r in rows}) > 1:
        raise ValueError(f"shares of different totals cannot be joined: {sorted(map(str, scopes))}")
    if key[4] > key[5]:
        raise ValueError("the period ends before it begins")
    nothing = {r["total"] for r in rows if r["total"] is not None} == {0.0}
    missing = sorted(r["supplier"] for r in rows if r["share"] is None)
    if missing and not nothing:
        raise ValueError(f"share missing: {', '.join(missing)}")
    named = [] if missing else _positive(r["share"] for r in rows)
    if nothing and named:
        raise ValueError("shares of a total of 0")
    _residual(named, rounding)


def _only(column: str) -> pl.Expr:
    """The one value that all rows state; null when they state none, or several."""
    least = pl.col(column).min()
    return pl.when(least == pl.col(column).max()).then(least)


def _united(flows: pl.DataFrame, name: str, values: pl.Expr) -> pl.DataFrame:
    """Per group the sorted union of values; lists, so slower than all else, and only for the groups that need it."""
    return flows.group_by(GROUP).agg(values.drop_nulls().unique().sort().alias(name))


def _gathered(flows: pl.DataFrame) -> pl.DataFrame:
    """One row a group: sums over its suppliers above zero, and whether its rows need to be looked at one by one."""
    share, total, s, scope = pl.col("share"), pl.col("total"), pl.col("s"), pl.col("scope")
    flows = flows.with_columns(
        share.cast(pl.Float64), total.cast(pl.Float64), s=pl.when(share > 0).then(share.clip(upper_bound=1.0)),
        cited=pl.col("sources").list.join("\x1f"),
    )  # fmt: skip
    nothing = (total == 0).any() & ~(total != 0).any()
    top = s >= s.max() - _FLOAT
    groups = (
        flows.lazy()
        .group_by(GROUP)
        .agg(
            *(_only(c) for c in ("good_name", "scope", "total", "unit")),
            # Of a total of 0 nothing can be named: where a share is missing beside it, there are no imports.
            n_named=pl.when(nothing).then(0).otherwise(s.count()), named_share=s.sum(), hhi_lo=(s * s).sum(), least=s.min(),
            top_share=s.max(), two=s.sort(descending=True, nulls_last=True).head(2).sum(),
            cr3_lo=s.sort(descending=True, nulls_last=True).head(3).sum(), n_top=top.sum(),
            top_supplier=pl.col("supplier").get(s.arg_max()), named_largest=pl.col("named_largest").fill_null(False).all(),
            disputed=pl.col("disputed").fill_null(False).any(), sources=pl.col("sources").first(),
            differ=(pl.col("cited").min() != pl.col("cited").max()) | pl.col("cited").is_null().any(), any_total=(total != 0).any(),
            odd=(pl.col("supplier").n_unique() < pl.len()) | (scope.min() != scope.max()) | (scope.null_count().is_between(1, pl.len() - 1))
            | (share.is_null().any() & ~nothing) | (~share.is_finite()).any() | (share < 0).any() | (share > 1 + _FLOAT).any()
            | (nothing & s.is_not_null().any()) | (s.sum() > 1 + _FLOAT),
        )
        .with_columns(
            differ=pl.col("differ").fill_null(False) | (pl.col("sources").list.len() > 1),  # one list may be unsorted
            odd=pl.col("odd").fill_null(False) | (pl.col("from_year") > pl.col("to_year")),
        )
        .sort(GROUP)
        .collect()
    )  # fmt: skip

    def of(chosen: pl.Expr) -> pl.DataFrame:
        return flows.join(groups.filter(chosen).select(GROUP), on=GROUP, how="semi", nulls_equal=True)

    leaders = pl.col("supplier").filter(pl.col("s") >= pl.col("s").max() - _FLOAT)
    tied = _united(of(pl.col("n_top") > 1), "leaders", leaders)
    cited = _united(of(pl.col("differ")), "all_sources", pl.col("sources").explode())
    groups = groups.join(tied, on=GROUP, how="left", nulls_equal=True).join(cited, on=GROUP, how="left", nulls_equal=True)
    return groups.with_columns(sources=pl.when("differ").then("all_sources").otherwise("sources").fill_null([])).sort(GROUP)


def _measured(groups: pl.DataFrame) -> pl.DataFrame:
    """The measures of each group: `hhi_bounds` and the others, as expressions over all groups at once."""
    col = pl.col
    named, known = col("n_named") > 0, col("named_largest")
    unnamed = 1 - col("named_share")
    groups = groups.with_columns(residual=pl.when(unnamed > _FLOAT).then(unnamed).otherwise(0.0))
    full = (col("residual") / col("least")).floor()
    packed = full * col("least") ** 2 + (col("residual") - full * col("least")).clip(lower_bound=0.0) ** 2
    hidden = pl.min_horizontal("residual", (3 - col("n_named").cast(pl.Int64)).clip(lower_bound=0) * col("least"))
    most = pl.when(known).then(col("cr3_lo") + hidden).otherwise(pl.max_horizontal("cr3_lo", col("residual") + col("two")))
    groups = groups.with_columns(
        hhi_lo=col("hhi_lo").clip(upper_bound=1.0),
        hhi_hi=pl.when(named).then(col("hhi_lo") + pl.when(known).then(packed).otherwise(col("residual") ** 2)).otherwise(1.0)
        .clip(upper_bound=1.0),
        cr1_lo=col("top_share").fill_null(0.0),
        cr1_hi=pl.when(named & known).then(col("top_share")).when(named).then(pl.max_horizontal("top_share", "residual")).otherwise(1.0),
        cr3_hi=pl.when(named).then(most).otherwise(1.0).clip(upper_bound=1.0),
        top_note=pl.when(~named & ~col("any_total")).then(pl.lit("no imports"))
        .when(~named).then(pl.lit("no supplier is named"))
        .when(~known & (col("residual") > col("top_share") - _FLOAT)).then(pl.lit("an unnamed supplier may be larger"))
        .when(col("n_top") > 1).then("tie: " + col("leaders").list.join(", "))
        .otherwise(pl.lit("")),
    )  # fmt: skip
    groups = groups.with_columns(
        top_supplier=pl.when(col("top_note") == "").then(col("top_supplier")),
        hhi_points_lo=col("hhi_lo") * 10_000, hhi_points_hi=col("hhi_hi") * 10_000,
        effective_lo=1 / col("hhi_hi"), effective_hi=pl.when(col("hhi_lo") > 0).then(1 / col("hhi_lo")),
    )  # fmt: skip
    figures = ("hhi_lo", "hhi_hi", "hhi_points_lo", "hhi_points_hi", "effective_lo", "effective_hi", "top_share", "cr1_lo", "cr1_hi",
               "cr3_lo", "cr3_hi", "named_share", "residual")  # fmt: skip
    empty = col("top_note") == "no imports"
    return groups.with_columns(pl.when(~empty).then(col(c)).alias(c) for c in figures)


def concentration(flows: pl.DataFrame, *, rounding: float | None = None) -> pl.DataFrame:
    """Concentration of supply per importer, good, stage, basis and period.

    Figures rest on `share`; `share_lo` and `share_hi` (disagreement of sources) do not widen the bounds,
    `disputed` says that there is disagreement. Rows of blocs and of their members must not be mixed by the
    caller.

    Parameters
    ----------
    flows : polars.DataFrame
        One row per supplier with importer, supplier, good, good_name, stage, basis, from_year, to_year, share
        (0..1), total, unit, scope, named_largest, disputed, sources; further columns are ignored. For output
        of a good the importer is 'WORLD' and the supplier the producing state. "Other countries" is never a
        row.
    rounding : float, optional
        Largest error of one printed share. The sum of n shares may exceed 1 by n times it (then the residual
        is 0), no more. By default half of the coarsest of 1, .5, .1, .05 ... points of which all shares of
        the group are multiples: whole percents may be .005 off each, five of them may sum to 1.025; shares
        computed from values to full precision have no such slack.

    Returns
    -------
    polars.DataFrame
        Sorted by the group. All indices are on 0..1 but those named points.

        hhi_lo, hhi_hi, hhi_points_lo, hhi_points_hi : `hhi_bounds`
        effective_lo, effective_hi : 1 / hhi_hi and 1 / hhi_lo (null: without limit)
        top_supplier : the largest; null with `top_note` in a tie, or when an unnamed one may be as large
        top_share : largest named share
        cr1_lo, cr1_hi : bounds of the largest supplier's share
        cr3_lo, cr3_hi : bounds of the three largest suppliers' share
        n_named, named_share, residual : suppliers above zero, their sum, 1 - sum
        named_largest : whether all rows of the group promise it
        disputed : whether any row is
        total, unit, good_name : null where the rows differ
        sources : sorted union

        An importer without imports (total 0, or neither a total nor a share above 0) has null figures and
        `top_note` 'no imports'.

    Raises
    ------
    ValueError
        Naming the group: shares missing, NaN, negative, or above 1 in sum; a supplier given twice; rows of
        different scope; a period that ends before it begins.
    """
    found, reasons = concentration_or_reason(flows, rounding=rounding)
    for key, reason in reasons.items():
        raise FlowError(f"{_name(key)}: {reason}")
    return found


def concentration_or_reason(flows: pl.DataFrame, *, rounding: float | None = None) -> tuple[pl.DataFrame, dict[tuple[Any, ...], str]]:
    """As `concentration`, of the groups whose shares can be put together; and of each other group, by its key, why they cannot."""
    if missing := [c for c in _INPUT if c not in flows.columns]:
        raise ValueError(f"columns missing from the flows: {', '.join(missing)}")
    if rounding is not None:
        _slack([], rounding)  # refuses what is no rounding
    groups = _gathered(flows.select(_INPUT))
    odd = groups.filter("odd").select(GROUP)
    reasons: dict[tuple[Any, ...], str] = {}
    if odd.height:
        rows = flows.select(_INPUT).join(odd, on=GROUP, how="semi", nulls_equal=True).sort(GROUP)
        for key, group in rows.group_by(GROUP, maintain_order=True):
            try:
                _refuse(key, group.to_dicts(), rounding)
            except ValueError as error:
                reasons[key] = str(error)
    if reasons:
        bad = pl.DataFrame(list(reasons), schema={c: groups.schema[c] for c in GROUP}, orient="row")
        groups = groups.join(bad, on=GROUP, how="anti", nulls_equal=True)
    return _measured(groups).select(pl.col(name).cast(type_) for name, type_ in _OUTPUT.items()), reasons


def select_period(flows: pl.DataFrame, as_of: str, *, max_age_years: int = MAX_AGE_YEARS) -> pl.DataFrame:
    """The rows of the newest period that was complete at a date, per importer, good, stage and basis.

    A period of years from_year..to_year is complete on `until` = (to_year + 1)-01-01, its first day no longer
    covered. Of the periods with until <= as_of the one with the latest to_year is taken; of two that end in
    the same year (one year, and a window of five) the shorter. It is used while as_of is no later than the
    same day `max_age_years` after `until`: figures for 2019 answer from 2020-01-01 to 2025-01-01, both
    included. A group without such a period has no row: nothing is known, which is not "no dependence".

    Parameters
    ----------
    flows : polars.DataFrame
        As in `concentration`.
    as_of : str
        ISO day.
    max_age_years : int
        At least 0.

    Returns
    -------
    polars.DataFrame
        The rows chosen, in the order given, with `from_year` and `to_year` of the period and, added, `until`
        (ISO day) and `age_days` (as_of - until).

    Raises
    ------
    ValueError
        If `as_of` is not an ISO day, or max_age_years is negative.
    """
    if len(as_of) != 10:
        raise ValueError(f"'{as_of}' is not a day; write it as 1975-01-31")
    day = date.fromisoformat(as_of)
    if max_age_years < 0:
        raise ValueError(f"max_age_years is {max_age_years}: at least 0")
    until = pl.date(pl.col("to_year") + 1, 1, 1)
    last_use = pl.date(pl.col("to_year") + 1 + max_age_years, 1, 1)
    unit = ["importer", "good", "stage", "basis"]
    fresh = flows.filter(until <= pl.lit(day), last_use >= pl.lit(day))
    newest = fresh.filter(pl.col("to_year") == pl.col("to_year").max().over(unit))
    return newest.filter(pl.col("from_year") == pl.col("from_year").max().over(unit)).with_columns(
        until=until.dt.strftime("%Y-%m-%d"),
        age_days=(pl.lit(day) - until).dt.total_days(),
    )
