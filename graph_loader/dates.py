"""Dates as sources say them (EDTF) and as the graph stores them (ISO days, half-open intervals).

The accepted part of EDTF (ISO 8601-2:2019, level 0): ``1949``, ``1949-04``, ``1949-04-04``, ``..`` (open) and the
empty string (unknown); a start can also be ``../1949`` (level 1), then or before, and an end ``1949/..``, then or after.
``since`` is the first day in force, ``until`` the first day no longer in force.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

FOREVER = "9999-12-31"
BEGINNING = "0001-01-01"

_EDTF = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
REMEDY = "write 1949, 1949-04, 1949-04-04, '..' for open, or leave it empty for unknown"


class DateError(ValueError):
    """Raised for text that is not a date of the accepted part of EDTF."""


@dataclass(frozen=True)
class Boundary:
    """One end of an interval as a source said it.

    Attributes
    ----------
    said : str
        The EDTF text, ``""`` when the source is silent.
    stored : str
        ISO day that the graph stores.
    earliest, latest : str
        ISO days between which the true boundary lies, both included (the interval of certainty).
    kind : str
        ``dated``, ``open``, ``censored`` or ``unknown``.
    """

    said: str
    stored: str
    earliest: str
    latest: str
    kind: str

    def meets(self, other: Boundary) -> bool:
        """Whether the two can be the same day. Unknown says nothing, so it meets all; a censored end meets every later one."""
        if "unknown" in (self.kind, other.kind):
            return True
        return self.earliest <= other.latest and other.earliest <= self.latest


def _span(text: str) -> tuple[date, date]:
    match = _EDTF.fullmatch(text)
    if not match:
        raise DateError(f"'{text}' is not a date; {REMEDY}")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if year is None or year > 9998:
            raise ValueError("year out of range")
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise DateError(f"'{text}' is not a day of the calendar; {REMEDY}") from error


def since(text: str) -> Boundary:
    """Read a start: an imprecise one is stored as the first day of its interval.

    >>> since("1949-04").stored
    '1949-04-01'
    >>> since("").stored, since("").kind
    ('0001-01-01', 'unknown')

    A list without dates shows that something was in force on its day, and had begun then or before: it meets every earlier start.

    >>> since("../2018").stored, since("../2018").kind, since("../2018").meets(since("1949"))
    ('2018-01-01', 'censored', True)
    """
    if text in ("", ".."):
        return Boundary(text, BEGINNING, BEGINNING, FOREVER, "unknown")
    first, last = _span(text.removeprefix("../"))
    if text.startswith("../"):
        return Boundary(text, first.isoformat(), BEGINNING, last.isoformat(), "censored")
    return Boundary(text, first.isoformat(), first.isoformat(), last.isoformat(), "dated")


def until(text: str) -> Boundary:
    """Read an end: an imprecise one is stored as the day after its interval, ``..`` as open.

    >>> until("1991").stored
    '1992-01-01'
    >>> until("1991-07-01").stored
    '1991-07-01'
    >>> until("..").kind
    'open'

    What was last seen in force, and is not known to have ended, ends then or after:

    >>> until("2023-06/..").stored, until("2023-06/..").kind
    ('2023-07-01', 'censored')
    """
    if text.endswith("/..") and text != "/..":
        return censored(text)
    if text == "":
        return Boundary(text, FOREVER, BEGINNING, FOREVER, "unknown")
    if text == "..":
        return Boundary(text, FOREVER, FOREVER, FOREVER, "open")
    first, last = _span(text)
    if len(text) == 10:
        return Boundary(text, first.isoformat(), first.isoformat(), first.isoformat(), "dated")
    after = last + timedelta(days=1)
    return Boundary(text, after.isoformat(), first.isoformat(), after.isoformat(), "dated")


def censored(covers_until: str) -> Boundary:
    """The end of a spell that was still open when its source stopped: the day after coverage, and any later day may be true.

    >>> censored("2018").stored
    '2019-01-01'
    """
    _, last = _span(covers_until.removesuffix("/.."))
    after = (last + timedelta(days=1)).isoformat()
    return Boundary(covers_until, after, after, FOREVER, "censored")


def until_covered(text: str, covers_until: str) -> Boundary:
    """Read an end said by a source whose coverage ends: its ``..`` is censored, a maintained source's stays open.

    Parameters
    ----------
    text : str
        The end as said.
    covers_until : str
        Last day, month or year that the source speaks about; ``..`` or ``""`` for a maintained source.
    """
    if text == ".." and covers_until not in ("", ".."):
        return censored(covers_until)
    return until(text)


def as_of(text: str) -> str:
    """The ISO day that ``--as-of`` means: an imprecise date stands for its last day.

    >>> as_of("1985")
    '1985-12-31'
    """
    return _span(text)[1].isoformat()


def spell_text(start: str, end: str) -> str:
    """An interval as people read it: ``1966-07-01 to 2009-04-04``; open and unknown ends are said in words."""
    first = "unknown" if start == BEGINNING else start
    return f"{first} to {'open' if end == FOREVER else end}"


def day_before(day: str) -> str:
    """The ISO day before an ISO day.

    >>> day_before("2020-02-01")
    '2020-01-31'
    """
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
