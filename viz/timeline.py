"""A time axis in percent of its width: where a span begins, how far it goes, which years are marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

UNKNOWN_START, OPEN = "0001-01-01", "9999-12-31"
LONGEST = 120
"""Years on the axis; what began before is drawn from its left edge and marked as cut."""
_STEPS = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True)
class Axis:
    """A time axis from 1 January of ``first`` to the day ``last``."""

    first: int
    last: str

    @property
    def ticks(self) -> list[dict[str, Any]]:
        """At most eight years with their place, 0..100."""
        end = int(self.last[:4])
        step = next((s for s in _STEPS if (end - self.first) / s <= 8), 100)
        years = range(-(-self.first // step) * step, end + 1, step)
        return [{"year": y, "at": self.place(f"{y:04d}-01-01"), "text": f"{y}"} for y in years if self.place(f"{y:04d}-01-01") <= 96]

    def place(self, day: str) -> float:
        """Percent of the width, 0..100; days outside are put on the edge."""
        begin, end = date(self.first, 1, 1).toordinal(), date.fromisoformat(self.last).toordinal()
        share = (date.fromisoformat(day).toordinal() - begin) / max(1, end - begin)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def span(self, since: str, until: str) -> dict[str, Any]:
        """Left edge and width in percent (at least .7, so that a day can be seen), with what is known of the ends."""
        left, right = self.place(since), self.place(until)
        width = max(0.7, round(right - left, 2))
        return {
            "left": min(left, 99.3),
            "width": min(width, 100.0),
            "unknown": since == UNKNOWN_START,
            "cut": UNKNOWN_START < since < f"{self.first:04d}-01-01",
            "running": until > self.last,
        }


def axis(rows: Iterable[Mapping[str, Any]], as_of: str) -> Axis:
    """The axis that holds the rows' ``since``: from the first known one, at most LONGEST years, at least ten, to ``as_of``."""
    end = int(as_of[:4])
    known = [int(row["since"][:4]) for row in rows if row["since"] != UNKNOWN_START]
    first = min([*known, end - 10])
    return Axis(max(1, first, end - LONGEST), as_of)


def merged(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The time in which any of the rows lasts, as (since, until), apart and in order."""
    spans: list[tuple[str, str]] = []
    for since, until in sorted((row["since"], row["until"]) for row in rows):
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(until, spans[-1][1]))
        else:
            spans.append((since, until))
    return spans


def counted(rows: Iterable[Mapping[str, Any]], as_of: str) -> list[tuple[str, str, int]]:
    """How many of the rows last at a time: (since, until, n) with n > 0, in order; nothing after ``as_of``."""
    spans = [(row["since"], row["until"]) for row in rows]
    days = sorted({d for span in spans for d in span if d <= as_of})
    found = []
    for since, until in zip(days, [*days[1:], OPEN], strict=True):
        n = sum(a <= since < b for a, b in spans)
        if n:
            found.append((since, until, n))
    return found
