"""Imports against exports of one good, from the flows of all importers: what published criteria of dependence compare.

A state's exports are what others import from it. Flows name the larger suppliers of the loaded importers only, so that their sum is a least
value; an indicator of exports (as UN Comtrade and BACI give) is the whole. A union's imports from outside are its members' less those from
each other; what a member's flows leave unnamed can be either, so they are an interval.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

__all__ = ["UNION", "Exports", "Interval", "Key", "Trade", "exports_by_good", "trade_of"]

UNION = "EU"
"""The union that SWD(2021)352 is about."""
_WORLD = "WORLD"
_EXPORTS = "-exports-"
Interval = tuple[float, float]
Key = tuple[str, str, str, str, int]
"""importer, good, stage, basis, year."""


@dataclass(frozen=True)
class Trade:
    """What is known of an importer's trade in a good in a year; all amounts in one unit.

    Attributes
    ----------
    imports : (float, float), optional
        Least and greatest imports, of the EU those from outside.
    all_imports : (float, float), optional
        Of the EU also those from inside.
    exports : (float, float), optional
        To anybody, of the EU by its members (inside too). The greatest is infinite where only the loaded importers' flows are known.
    hhi : (float, float), optional
        Of the EU's imports from outside, where they were summed over its members; on 0..1.
    remarks : mapping
        Field -> what is lacking, or how the figure was got.
    sources : tuple of str
    """

    imports: Interval | None = None
    all_imports: Interval | None = None
    exports: Interval | None = None
    hhi: Interval | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exports:
    """A state's exports of a good in a year, as indicators give them: least and greatest of several."""

    low: float
    high: float
    unit: str
    sources: frozenset[str]


def exports_by_good(observed: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, int], Exports]:
    """Exports by (state, good, year), from observations of indicators whose id is ``…-exports-GOOD``.

    Re-exports (``…-re-exports-GOOD``) are left out. Where indicators of one good differ in unit, the first in order of their ids counts.
    """
    found: dict[tuple[str, str, int], Exports] = {}
    for row in sorted(observed, key=lambda r: (r["indicator"], r["state"], r["year"])):
        before, _, good = row["indicator"].partition(_EXPORTS)
        if not good or before.endswith("-re"):
            continue
        key = (row["state"], good, row["year"])
        said = Exports(row["value"], row["value"], row["unit"], frozenset(row["sources"]))
        known = found.setdefault(key, said)
        if known.unit == said.unit:
            found[key] = Exports(min(known.low, said.low), max(known.high, said.high), said.unit, known.sources | said.sources)
    return found


_Group = Sequence[Mapping[str, Any]]


class _Market:
    """The flows of one good, stage, basis and year, in one unit."""

    def __init__(self, good: str, year: int, unit: str, importers: Mapping[str, _Group], exports: Mapping[tuple[str, str, int], Exports]):
        self.good, self.year, self.unit, self.importers, self.exports = good, year, unit, importers, exports

    def total(self, importer: str) -> float:
        return float(self.importers[importer][0]["total"])

    def exported(self, states: Collection[str]) -> tuple[Interval | None, str, set[str]]:
        """Exports of states taken together: (least, greatest), how they were got, sources."""
        said = {s: e for s in states if (e := self.exports.get((s, self.good, self.year))) is not None and e.unit == self.unit}
        low = math.fsum(e.low for e in said.values())
        high = math.fsum(e.high for e in said.values())
        sources = {s for e in said.values() for s in e.sources}
        rest = set(states) - set(said)
        named = [
            flow for importer, group in self.importers.items() if importer != UNION for flow in group if flow["supplier"] in rest
        ]  # a union's flows are its members' once more
        if not rest:
            return (low, high), "", sources
        if not said and not named:
            return None, "exports are not loaded, nor imports of others from there", set()
        low += math.fsum(float(flow["value"] or flow["share"] * flow["total"]) for flow in named)
        sources |= {s for flow in named for s in flow["sources"] or ()}
        return (low, math.inf), f"exports are at least what {len(self.importers)} loaded importers took from there by name", sources

    def of_state(self, importer: str) -> Trade:
        total = self.total(importer)
        exports, remark, sources = self.exported([importer])
        return Trade((total, total), (total, total), exports, remarks={"exports": remark}, sources=tuple(sorted(sources)))

    def of_union(self, members: Collection[str], idle: Collection[str]) -> Trade:
        """Of the union; ``idle`` are members that import other goods by the same sources, and nothing of this one."""
        lacking = sorted(set(members) - set(self.importers) - set(idle))
        exports, remark, sources = self.exported(members)
        remarks = {"exports": remark}
        if lacking or not members:
            said = f"imports of {len(lacking)} of {len(members)} members are not loaded" if members else "its members are not loaded"
            which = f" ({', '.join(lacking)})" if 0 < len(lacking) < 6 else ""
            remarks |= dict.fromkeys(("imports", "all_imports"), said + which)
            return Trade(None, None, exports, remarks=remarks, sources=tuple(sorted(sources)))
        inside = {*members, UNION}
        outside: dict[str, float] = defaultdict(float)
        within = whole = 0.0
        for member in sorted(set(members) & set(self.importers)):
            whole += self.total(member)
            for flow in self.importers[member]:
                value = float(flow["value"] or flow["share"] * flow["total"])
                sources |= set(flow["sources"] or ())
                if flow["supplier"] in inside:
                    within += value
                else:
                    outside[flow["supplier"]] += value
        named = math.fsum(outside.values())
        most = max(named, whole - within)  # rounding of printed amounts can leave less than nothing
        remarks["imports"] = "imports of its members less those from each other"
        if idle:
            remarks["imports"] += f"; {len(idle)} of them have none on record"
        return Trade((named, most), (whole, whole), exports, _bounds(list(outside.values()), most), remarks, tuple(sorted(sources)))


def _bounds(named: Sequence[float], most: float) -> Interval | None:
    """HHI of amounts of which up to `most` less their sum is hidden: least where the hidden is spread thin, greatest where all of it comes
    from the largest supplier."""
    if not named or most <= 0:
        return None
    top, *rest = sorted(named, reverse=True)
    hidden = most - math.fsum(named)
    low = math.fsum((v / most) ** 2 for v in named)
    return min(1.0, low), min(1.0, math.fsum((v / most) ** 2 for v in (top + max(0.0, hidden), *rest)))


def trade_of(
    flows: pl.DataFrame, members: Mapping[int, Collection[str]], exports: Mapping[tuple[str, str, int], Exports]
) -> dict[Key, Trade]:
    """Trade per importer, good, stage, basis and year, of all importers and of the EU.

    Parameters
    ----------
    flows : polars.DataFrame
        As `concentration.concentration` takes them, of all importers; periods of one year with a total count.
    members : mapping
        Year -> members of the EU at its end.
    exports : mapping
        As `exports_by_good` gives them.

    Returns
    -------
    dict
        The EU is in it where its own flows or those of any member are loaded.
    """
    markets: dict[tuple[str, str, str, int, str], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    importing: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for flow in flows.iter_rows(named=True):
        if flow["importer"] == _WORLD or flow["from_year"] != flow["to_year"]:
            continue
        for source in flow["sources"] or ():
            importing[flow["basis"], flow["to_year"], source].add(flow["importer"])
        if flow["total"] and flow["share"] is not None and flow["unit"]:
            markets[flow["good"], flow["stage"], flow["basis"], flow["to_year"], flow["unit"]][flow["importer"]].append(flow)
    found: dict[Key, Trade] = {}
    for (good, stage, basis, year, unit), importers in sorted(markets.items()):
        market = _Market(good, year, unit, importers, exports if basis == "value" else {})
        for importer in importers:
            if importer != UNION:
                found[importer, good, stage, basis, year] = market.of_state(importer)
        belong = set(members.get(year, ()))
        if UNION in importers or belong & set(importers):
            speaking = {s for member in belong & set(importers) for flow in importers[member] for s in flow["sources"] or ()}
            elsewhere = {state for s in speaking for state in importing[basis, year, s]}
            found[UNION, good, stage, basis, year] = market.of_union(belong, (belong & elsewhere) - set(importers))
    return found
