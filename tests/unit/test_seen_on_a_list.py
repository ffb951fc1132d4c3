"""Starts of which a list without dates says only that they were then or before: DESIGN section 3, Dates, both ways."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from graph_loader.claims import Claim, SourceInfo
from graph_loader.resolve import resolve


def said(source: str, since: str, until: str = "..") -> Claim:
    values = {name: text for name, text in (("since_edtf", since), ("until_edtf", until)) if text}
    return Claim("MEMBER_OF", ("FRA", "CLUB"), 1, source, source, values)


def membership(*claims: Claim, covers: str = "2018") -> dict[str, Any]:
    """The one membership that follows; ``curated`` is maintained and preferred, the others are lists of ``covers``."""
    sources = {c.source: SourceInfo(c.source, c.source, dataset=c.source, covers_until=".." if c.source == "curated" else covers,
                                    precedence=10 if c.source == "curated" else 50) for c in claims}  # fmt: skip
    owner = claims[0].source
    described = [
        Claim("State", ("FRA",), 1, owner, owner, {"name": "France", "kind": "state"}),
        Claim("Bloc", ("CLUB",), 1, owner, owner, {"name": "Club", "kind": "forum"}),
    ]
    found = [
        {id_: fact.props for id_, fact in resolve([*described, *order], sources).facts.items() if fact.type == "MEMBER_OF"}
        for order in permutations(claims)
    ]
    assert all(f == found[0] for f in found)  # in any order of loading
    assert list(found[0]) == ["member|FRA|CLUB|1"]
    return dict(found[0]["member|FRA|CLUB|1"])


def test_a_list_alone_is_in_force_on_its_day_only() -> None:
    alone = membership(said("list", "../2018-06-30"), covers="2018-06-30")
    assert (alone["since"], alone["until"], alone["start_kind"], alone["end_kind"]) == ("2018-06-30", "2018-07-01", "censored", "censored")


@pytest.mark.parametrize("since", ["1949", "2018-01-01", "2018", ""])
def test_a_list_leaves_an_earlier_start_as_it_was(since: str) -> None:
    before, after = membership(said("curated", since)), membership(said("curated", since), said("list", "../2018"))
    for name in ("since", "until", "start_kind", "since_edtf"):
        assert after.get(name) == before.get(name)
    assert after["disputed"] is False


def test_a_start_after_the_list_is_disputed() -> None:
    later = membership(said("curated", "2018-09-01"), said("list", "../2018-03"))
    assert (later["since"], later["disputed"]) == ("2018-09-01", True)


def test_of_two_lists_the_earlier_one_says_more() -> None:
    both = membership(said("list", "../2018"), said("older", "../2012"))
    assert (both["since"], both["start_kind"], both["disputed"]) == ("2012-01-01", "censored", False)
