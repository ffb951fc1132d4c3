"""Time axis, numbers as text, and the contrast of every colour that carries text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from viz import document, timeline

CSS = (Path(viz.__file__).parent / "assets" / "document.css").read_text(encoding="utf-8")


def span(since: str, until: str) -> dict[str, str]:
    return {"since": since, "until": until}


def test_axis_by_hand() -> None:
    # 2000-01-01 to 2020-01-01 is 7,305 days; 2010-01-01 is day 3,653 of them: 50.01 %
    axis = timeline.axis([span("2000-05-01", "2005-01-01"), span("2010-01-01", timeline.OPEN)], "2020-01-01")
    assert axis.first == 2000
    assert axis.place("2010-01-01") == pytest.approx(50.01, abs=0.005)
    assert axis.place("1900-01-01") == 0 and axis.place(timeline.OPEN) == 100
    assert [t["year"] for t in axis.ticks] == [2000, 2005, 2010, 2015]
    assert axis.span("2010-01-01", timeline.OPEN)["running"] and not axis.span("2010-01-01", "2020-01-01")["running"]


def test_axis_is_cut_where_a_treaty_is_very_old() -> None:
    axis = timeline.axis([span("1373-06-16", timeline.OPEN)], "2020-01-01")  # Anglo-Portuguese treaty of London
    assert axis.first == 1900 and axis.span("1373-06-16", timeline.OPEN)["cut"]
    unknown = axis.span(timeline.UNKNOWN_START, "1950-01-01")
    assert unknown["unknown"] and not unknown["cut"] and unknown["left"] == 0


def test_merged_and_counted_by_hand() -> None:
    rows = [
        span("2000-01-01", "2004-01-01"),
        span("2002-01-01", "2005-01-01"),
        span("2005-01-01", "2006-01-01"),
        span("2010-01-01", timeline.OPEN),
    ]
    assert timeline.merged(rows) == [("2000-01-01", "2006-01-01"), ("2010-01-01", timeline.OPEN)]
    assert timeline.counted(rows[:2], "2020-01-01") == [
        ("2000-01-01", "2002-01-01", 1),
        ("2002-01-01", "2004-01-01", 2),
        ("2004-01-01", "2005-01-01", 1),
    ]


DAYS = st.dates().map(str)


@given(st.lists(st.tuples(DAYS, DAYS).map(lambda p: span(min(p), max(p))).filter(lambda r: r["since"] < r["until"]), max_size=8), DAYS)
def test_the_axis_holds_every_span(rows: list[dict[str, str]], as_of: str) -> None:
    axis = timeline.axis(rows, as_of)
    for row in rows:
        drawn = axis.span(row["since"], row["until"])
        assert 0 <= drawn["left"] <= 100 and 0 < drawn["width"] <= 100
    if rows:
        assert max((n for *_, n in timeline.counted(rows, timeline.OPEN)), default=0) <= len(rows)


@pytest.mark.parametrize(
    ("share", "text"), [(0.36, "36%"), (0.3625, "36.2%"), (0.0004, "<0.1%"), (0, "0%"), (1, "100%"), (None, "–"), (0.047, "4.7%")]
)
def test_percent(share: float | None, text: str) -> None:
    assert document.percent(share) == text


def test_hhi_text_shows_a_range_where_there_is_one() -> None:
    assert document.hhi_text(0.27, 0.29) == "0.27–0.29"
    assert document.hhi_text(0.3346, 0.3375) == "0.33–0.34"
    assert document.hhi_text(0.941, 0.942) == "0.941–0.942"
    assert document.hhi_text(0.5, 0.5) == "0.50"
    assert document.hhi_text(None, None) == "–"


def test_contrast_against_published_values() -> None:
    # WCAG 2.2, definition of contrast ratio: black on white 21:1; #767676 is the lightest grey that reaches 4.5:1 on white
    assert document.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert document.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(st.floats(0, 1))
def test_the_text_of_every_cell_can_be_read(share: float) -> None:
    cell = document.shade(share)
    assert document.contrast(cell["back"], cell["ink"]) >= 4.5


def test_darker_means_more() -> None:
    light = [document.contrast(document.shade(n / 20)["back"], "#000000") for n in range(21)]
    assert light == sorted(light, reverse=True)


def variables(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_the_page(scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for what a reader must see of a graphic (1.4.11)."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.S)
    colours = variables(blocks[0] if scheme == "light" else blocks[1])
    for ink in ("ink", "soft", "accent"):
        for paper in ("paper", "wash", "lead"):
            assert document.contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    assert document.contrast(colours["flag-ink"], colours["flag"]) >= 4.5
    for edge in ("edge", "meter"):
        assert document.contrast(colours[edge], colours["track"]) >= 3, edge
    assert document.contrast(colours["edge"], colours["paper"]) >= 3


def test_names_in_a_sentence() -> None:
    assert [document.named(n) for n in ("United States", "India", "Soviet Union", "Czech Republic", "European Union", "Congo")] == [
        "the United States",
        "India",
        "the Soviet Union",
        "the Czech Republic",
        "the European Union",
        "the Congo",
    ]
