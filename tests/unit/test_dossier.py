"""Rows of a dossier from a store that answers by hand."""

from __future__ import annotations

from typing import Any

import pytest

from graph_loader import dossier
from graph_loader.schema import DOMAINS


class Answers:
    """A reader that gives the same rows to every query."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def run(self, text: str, params: Any) -> Answers:
        return self

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.rows]


def row(since: str, until: str, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "domain": "TRADE", "other": "EU", "name": "European Union", "kind": "trade", "obligations": [], "mutual": True, "start": "EU",
        "instrument": "x", "title": "X", "premises": [], "since": since, "until": until, "since_edtf": since,
        "until_edtf": "..", "end_kind": "open",
        "disputed": False, "fact": "f", "sources": [],
    }  # fmt: skip
    return made | values


def member(since: str, until: str, role: str = "full") -> dict[str, Any]:
    return {"bloc": "EU", "role": role, "since": since, "until": until}


OPEN = "9999-12-31"


@pytest.mark.parametrize(
    ("tie", "of_a", "of_b", "expected"),
    [
        # the member joined after the tie began: from then on
        (row("2000-01-01", OPEN), [member("2004-05-01", OPEN)], [], [("2004-05-01", OPEN)]),
        # it left before the tie ended
        (row("2000-01-01", OPEN), [member("1973-01-01", "2020-02-01")], [], [("2000-01-01", "2020-02-01")]),
        # both belonged: what a union does to its own members is not this
        (row("2000-01-01", OPEN), [member("1958-01-01", OPEN)], [member("1973-01-01", "2020-02-01")], []),
        # the other had left when the tie began
        (row("2021-01-01", OPEN), [member("1958-01-01", OPEN)], [member("1973-01-01", "2020-02-01")], [("2021-01-01", OPEN)]),
        # an associate does not belong in full
        (row("2000-01-01", OPEN), [member("1990-01-01", OPEN, "associate")], [], []),
    ],
)
def test_through_a_bloc(
    tie: dict[str, Any], of_a: list[dict[str, Any]], of_b: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    reader: Any = Answers([tie])
    found = [
        r for r in dossier.through_blocs(reader, "AAA", "BBB", "2024-01-01", DOMAINS, {"AAA": of_a, "BBB": of_b}) if r["member"] == "AAA"
    ]
    assert [(r["since"], r["until"]) for r in found] == expected
    assert all(r["via"] == "EU" and r["outside"] == "BBB" and r["in_force"] == (r["until"] == OPEN) for r in found)


def test_who_is_obliged_and_dates_as_said() -> None:
    one_sided = {"obligations": ["defence"], "mutual": False}
    reader: Any = Answers(
        [
            row("1951-01-01", OPEN, since_edtf="1951", **one_sided, start="AAA"),
            row("0001-01-01", "1990-01-01", since_edtf="", until_edtf="1989", **one_sided, start="BBB"),
            row("1960-01-01", "2019-01-01", obligations=["defence"], since_edtf="../1960", end_kind="censored"),
        ]
    )
    found = dossier.ties_of(reader, "AAA", "2000-01-01", DOMAINS)
    assert [(r["obliged"], r["since_text"], r["until_text"], r["in_force"]) for r in found] == [
        ("it", "1951", "open", True),
        ("other", "unknown", "1989", False),
        ("both", "1960 or before", "not before 2019-01-01", True),
    ]
    assert dossier.ties_of(reader, "AAA", "2000-01-01", ("ENERGY",)) == []


def test_disagreement_lists_every_value_once() -> None:
    claims = [
        {"fact": "member|A|B|1", "fact_type": "MEMBER_OF", "role": "full", "since_edtf": "1949-04", "source": "s1", "locator": "p. 1"},
        {"fact": "member|A|B|1", "fact_type": "MEMBER_OF", "role": "full", "since_edtf": "1950", "source": "s2", "locator": ""},
        {"fact": "member|A|B|1", "fact_type": "MEMBER_OF", "role": None, "since_edtf": "1950", "source": "s3", "locator": "p. 9"},
    ]
    reader: Any = Answers(claims)
    said = dossier.disagreements(reader, [{"fact": "member|A|B|1", "disputed": True}])
    assert [(d["what"], d["property"], d["affects"]) for d in said] == [("A in B", "since", 1)]
    assert said[0]["said"] == [
        {"value": "1949-04", "sources": ["s1"], "locator": "p. 1"},
        {"value": "1950", "sources": ["s2", "s3"], "locator": "p. 9"},
    ]
