"""Dates as sources say them and as the graph stores them (EDTF level 0, ISO 8601-2:2019; DESIGN section 3, Dates).

The calendar itself is taken from Python's datetime, never from graph_loader.dates.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_loader import dates

days = st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 31))


@st.composite
def edtf(draw: st.DrawFn) -> tuple[str, date, date]:
    """A date of one of the three precisions, with the first and last day that it allows."""
    day = draw(days)
    precision = draw(st.sampled_from(("year", "month", "day")))
    if precision == "year":
        return f"{day.year:04}", date(day.year, 1, 1), date(day.year, 12, 31)
    if precision == "month":
        last = calendar.monthrange(day.year, day.month)[1]
        return f"{day.year:04}-{day.month:02}", day.replace(day=1), day.replace(day=last)
    return day.isoformat(), day, day


boundaries = st.one_of(
    edtf().map(lambda e: dates.since(e[0])),
    edtf().map(lambda e: dates.until(e[0])),
    edtf().map(lambda e: dates.censored(e[0])),
    st.sampled_from([dates.since(""), dates.until(""), dates.until("..")]),
)


@pytest.mark.parametrize(
    ("said", "stored", "earliest", "latest"),
    [
        ("1949", "1949-01-01", "1949-01-01", "1949-12-31"),
        ("1949-04", "1949-04-01", "1949-04-01", "1949-04-30"),
        ("1949-04-04", "1949-04-04", "1949-04-04", "1949-04-04"),
        ("2024-02", "2024-02-01", "2024-02-01", "2024-02-29"),  # leap: divisible by 4
        ("1900-02", "1900-02-01", "1900-02-01", "1900-02-28"),  # not leap: century
        ("2000-02-29", "2000-02-29", "2000-02-29", "2000-02-29"),  # leap: divisible by 400
    ],
)
def test_start(said: str, stored: str, earliest: str, latest: str) -> None:
    start = dates.since(said)
    assert (start.said, start.stored, start.earliest, start.latest, start.kind) == (said, stored, earliest, latest, "dated")


@pytest.mark.parametrize(
    ("said", "stored", "earliest", "latest"),
    [
        ("1991", "1992-01-01", "1991-01-01", "1992-01-01"),
        ("1991-12", "1992-01-01", "1991-12-01", "1992-01-01"),
        ("1991-07-01", "1991-07-01", "1991-07-01", "1991-07-01"),  # the first day no longer in force, as said
        ("2024-02", "2024-03-01", "2024-02-01", "2024-03-01"),
        ("2023-02", "2023-03-01", "2023-02-01", "2023-03-01"),
        ("9998", "9999-01-01", "9998-01-01", "9999-01-01"),
    ],
)
def test_end(said: str, stored: str, earliest: str, latest: str) -> None:
    end = dates.until(said)
    assert (end.said, end.stored, end.earliest, end.latest, end.kind) == (said, stored, earliest, latest, "dated")


def test_open_and_unknown_are_stored_as_sentinels_that_sort_and_compare_as_text() -> None:
    assert (dates.until("..").stored, dates.until("..").kind) == ("9999-12-31", "open")
    assert (dates.until("").stored, dates.until("").kind) == ("9999-12-31", "unknown")
    assert (dates.since("").stored, dates.since("").kind) == ("0001-01-01", "unknown")


@pytest.mark.parametrize(
    ("covers", "stored"), [("2018", "2019-01-01"), ("2016-12", "2017-01-01"), ("2016-12-31", "2017-01-01"), ("2024-02", "2024-03-01")]
)
def test_censored_end_is_the_day_after_coverage(covers: str, stored: str) -> None:
    end = dates.until_covered("..", covers)
    assert (end.stored, end.kind) == (stored, "censored")


@pytest.mark.parametrize("covers", ["", ".."])
def test_open_stays_open_in_a_maintained_source(covers: str) -> None:
    assert dates.until_covered("..", covers).kind == "open"


@given(edtf(), st.sampled_from(["2018", "2016-12-31", "..", ""]))
def test_a_known_end_is_never_censored(said: tuple[str, date, date], covers: str) -> None:
    assert dates.until_covered(said[0], covers) == dates.until(said[0])


@given(edtf())
def test_imprecise_start_is_the_first_day_of_its_interval(said: tuple[str, date, date]) -> None:
    text, first, last = said
    start = dates.since(text)
    assert start.stored == start.earliest == first.isoformat()
    assert start.latest == last.isoformat()


@given(edtf())
def test_imprecise_end_is_the_day_after_its_interval(said: tuple[str, date, date]) -> None:
    text, first, last = said
    end = dates.until(text)
    expected = first if first == last else last + timedelta(days=1)
    assert end.stored == end.latest == expected.isoformat()
    assert end.earliest == first.isoformat()


@given(edtf())
def test_as_of_is_the_last_day_of_what_is_said(said: tuple[str, date, date]) -> None:
    assert dates.as_of(said[0]) == said[2].isoformat()


@given(edtf(), edtf())
def test_text_order_of_stored_days_is_the_order_of_time(one: tuple[str, date, date], two: tuple[str, date, date]) -> None:
    assert (dates.since(one[0]).stored < dates.since(two[0]).stored) == (one[1] < two[1])
    for boundary in (dates.since(one[0]), dates.until(one[0]), dates.censored(one[0])):
        assert dates.BEGINNING <= boundary.earliest <= boundary.latest <= dates.FOREVER
        assert boundary.earliest <= boundary.stored <= boundary.latest


@given(edtf(), edtf(), days)
def test_in_force_is_half_open(start: tuple[str, date, date], end: tuple[str, date, date], day: date) -> None:
    """``since <= day AND until > day``: the first day counts, the day of the end does not."""
    since, until = dates.since(start[0]).stored, dates.until(end[0]).stored
    last_day = end[2] if end[1] != end[2] else end[1] - timedelta(days=1) if end[1] > date.min else None
    expected = last_day is not None and start[1] <= day <= last_day
    assert (since <= day.isoformat() < until) == expected


@given(edtf())
def test_a_spell_within_one_imprecise_interval_is_never_empty_but_one_within_a_day_is(said: tuple[str, date, date]) -> None:
    text, first, last = said
    assert (dates.since(text).stored < dates.until(text).stored) == (first != last)


@given(boundaries, boundaries)
def test_meets_is_symmetric(one: dates.Boundary, two: dates.Boundary) -> None:
    assert one.meets(two) == two.meets(one)


@given(boundaries)
def test_meets_itself_and_the_unknown(boundary: dates.Boundary) -> None:
    assert boundary.meets(boundary)
    assert boundary.meets(dates.until(""))
    assert boundary.meets(dates.since(""))


@given(edtf(), edtf())
def test_starts_meet_if_their_intervals_share_a_day(one: tuple[str, date, date], two: tuple[str, date, date]) -> None:
    share = one[1] <= two[2] and two[1] <= one[2]
    assert dates.since(one[0]).meets(dates.since(two[0])) == share


@given(edtf(), edtf())
def test_a_censored_end_meets_every_later_end_and_no_earlier_one(covers: tuple[str, date, date], end: tuple[str, date, date]) -> None:
    last_seen = dates.censored(covers[0])
    known = dates.until(end[0])
    assert last_seen.meets(known) == (known.latest > covers[2].isoformat())
    assert last_seen.meets(dates.until(".."))
    assert last_seen.meets(dates.censored(end[0]))


def test_an_open_end_does_not_meet_a_dated_one() -> None:
    assert not dates.until("..").meets(dates.until("1991-07-01"))


@pytest.mark.parametrize(
    "text",
    ["49", "1949-4", "1949-4-4", "1949/04/04", "4 April 1949", "1949-13", "1949-00", "1949-04-31", "1949-04-00", "2023-02-29", "1900-02-29",
     "9999", "9999-12-31", "0000", "1949-04-04T00:00", "1949?", "194X", "-1949", "1949-04-04 ", "١٩٤٩", "1949~", "..1949"],
)  # fmt: skip
@pytest.mark.parametrize("read", [dates.since, dates.until, dates.as_of, dates.censored])
def test_what_is_no_date_is_refused_with_the_remedy(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(dates.DateError, match="write 1949, 1949-04, 1949-04-04") as caught:
        read(text)
    assert f"'{text}'" in str(caught.value)


@given(st.text(max_size=12))
def test_any_other_text_is_a_date_error_and_nothing_else(text: str) -> None:
    for read in (dates.since, dates.until, dates.as_of):
        try:
            read(text)
        except dates.DateError:
            continue
        assert text in ("", "..") or date.fromisoformat((text + "-01-01")[:10])


@pytest.mark.parametrize("text", ["", ".."])
def test_as_of_needs_a_date(text: str) -> None:
    with pytest.raises(dates.DateError):
        dates.as_of(text)


def test_a_spell_in_words() -> None:
    assert dates.spell_text("1966-07-01", "2009-04-04") == "1966-07-01 to 2009-04-04"
    assert dates.spell_text(dates.BEGINNING, dates.FOREVER) == "unknown to open"


def test_a_start_seen_on_a_list_meets_every_earlier_start() -> None:
    seen = dates.since("../2018-06")
    assert (seen.stored, seen.earliest, seen.latest, seen.kind) == ("2018-06-01", "0001-01-01", "2018-06-30", "censored")
    assert seen.meets(dates.since("1949"))
    assert not seen.meets(dates.since("2019"))
    with pytest.raises(dates.DateError):
        dates.since("../soon")
    with pytest.raises(dates.DateError):
        dates.until("../2018")
