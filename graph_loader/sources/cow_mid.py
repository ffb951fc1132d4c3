"""Dyadic militarized interstate disputes 4.02: what two states dispute by threat, display or use of force, as DISPUTE ties.

A dispute stands there once for each year and side; disputes of one pair that overlap in time are one tie.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from graph_loader import dates
from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError
from graph_loader.identity import UnknownStateError
from graph_loader.sources.cow import refuse_alliances
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import code, figures, refuse_cut

KIND = "militarized"
LEVELS = {2: "threat to use force", 3: "display of force", 4: "use of force", 5: "war"}
_START, _END = ("strtyr", "strtmnth", "strtday"), ("endyear", "endmnth", "endday")


@dataclass
class _Dispute:
    """A dispute of a pair, or several that overlap: dates as EDTF and as days from the first to the day after the last."""

    since: str
    until: str
    first: str
    after: str
    level: int
    numbers: set[str] = field(default_factory=set)
    rows: list[tuple[int, int]] = field(default_factory=list)


class _Mid(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        refuse_alliances(tables)
        return info

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        stated: dict[tuple[str, str], dict[str, _Dispute]] = defaultdict(dict)
        for index, table in enumerate(tables):
            for row, number, a, b, level, ongoing, start, end in _read(table):
                first, last = _day(start, False), _day(end, True)
                if first is None or last is None or last < first:
                    reader.account.reject(table, row, "no dates of the dispute", f"{start} to {end}")
                    continue
                try:
                    ends = sorted((_state(reader, a, first, last), _state(reader, b, first, last)))
                except UnknownStateError as error:
                    reader.account.reject(table, row, "unknown state", error)
                    continue
                if ends[0] == ends[1]:
                    reader.account.reject(table, row, "a state and itself", ends[0])
                    continue
                after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
                until = ".." if ongoing else after if end[2] is not None else _edtf(end)
                after = dates.FOREVER if ongoing else after
                said = _Dispute(_edtf(start), until, first, after, level, {number}, [(index, row)])
                _join(stated[ends[0], ends[1]], f"{number} {first} {after}", said)
        claims = []
        for (one, other), disputes in sorted(stated.items()):
            for spell, dispute in enumerate(_apart(list(disputes.values())), start=1):
                index, row = min(dispute.rows)
                values: dict[str, str | bool | list[str]] = {
                    "mutual": True, "obligations": [], "since_edtf": dispute.since, "until_edtf": dispute.until,
                }  # fmt: skip
                if dispute.level in LEVELS:
                    values["label"] = LEVELS[dispute.level]
                locator = f"MID {', '.join(sorted(dispute.numbers, key=int))}"
                claims.append(reader.claim(
                    "DISPUTE", [one, other, KIND], values, spell=spell, table=tables[index], row=row, locator=locator))  # fmt: skip
        reader.account.merged = reader.account.read - len(reader.account.rejected) - len(claims)
        return claims


def _read(table: Table) -> list[tuple[int, str, str, str, int, bool, tuple[int | None, ...], tuple[int | None, ...]]]:
    refuse_cut(table)
    numbers = figures(table, ("disno", *_START, *_END, "hihost", "ongo2014"))
    cut = numbers.filter(pl.col("hihost").is_null() | pl.col("disno").is_null())
    if cut.height:
        raise DataError(f"{table.file}, row {cut['row'][0]}: no number of the dispute or no level of hostility; is the file cut short?")
    names = [c for c in numbers.columns if c != "row"]
    states = table.frame.select(code("statea"), code("stateb"))
    whole = pl.concat([numbers.with_columns(pl.col(names).cast(pl.Int64)), states], how="horizontal")
    return [
        (r["row"], str(r["disno"]), r["statea"] or "", r["stateb"] or "", r["hihost"], r["ongo2014"] == 1,
         tuple(r[c] for c in _START), tuple(r[c] for c in _END))
        for r in whole.iter_rows(named=True)
    ]  # fmt: skip


def _edtf(parts: Sequence[int | None]) -> str:
    """Year, month and day as far as they are known."""
    year, month, day = parts
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")


def _day(parts: Sequence[int | None], last: bool) -> str | None:
    year, month, day = parts
    if year is None or not 1 <= year <= 9998 or (month is not None and not 1 <= month <= 12):
        return None
    of_month = month or (12 if last else 1)
    of_day = (day if month else None) or (monthrange(year, of_month)[1] if last else 1)
    return f"{year:04}-{of_month:02}-{of_day:02}" if 1 <= of_day <= monthrange(year, of_month)[1] else None


def _state(reader: Reader, code_: str, first: str, last: str) -> str:
    """The state at the beginning; a code that a state received in the course of the dispute counts from its end."""
    try:
        return reader.state("cow", code_, first)
    except UnknownStateError:
        return reader.state("cow", code_, last)


def _join(disputes: dict[str, _Dispute], key: str, said: _Dispute) -> None:
    known = disputes.setdefault(key, said)
    if known is not said:
        known.rows += said.rows
        known.level = max(known.level, said.level)


def _apart(disputes: list[_Dispute]) -> list[_Dispute]:
    """Disputes in order of time, those that share a day as one; its level is the highest."""
    joined: list[_Dispute] = []
    for dispute in sorted(disputes, key=lambda d: (d.first, d.after, sorted(d.numbers))):
        if not joined or dispute.first >= joined[-1].after:
            joined.append(dispute)
            continue
        known = joined[-1]
        if dispute.after > known.after:
            known.until, known.after = dispute.until, dispute.after
        known.level = max(known.level, dispute.level)
        known.numbers |= dispute.numbers
        known.rows += dispute.rows
    return joined


SOURCE = _Mid(__file__)
