"""ATOP: dyad-years become spells; what one side alone owes is directed; the curated alliances keep their weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import opened
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader import pipeline, snapshot
from graph_loader.errors import DataError
from graph_loader.sources.atop import SOURCE
from graph_loader.sources.base import get

HEADER = (
    "ddyad,year,atopally,defense,offense,neutral,nonagg,consul,shareob,transyr,bilatno,multino,number,asymm,"
    "atopid1,atopid2,atopid3,atopid4,atopid5,atopid6,atopid7,atopid8,atopid9,stateA,stateB,version"
)  # fmt: skip


def both(a: int, b: int, years: Sequence[int], owed: str, back: str | None = None, pacts: str = "") -> list[str]:
    """Rows of a pair from both sides; ``owed`` are the five columns, ``back`` what the second state owes, by default the same."""
    rows = []
    for year in years:
        for one, other, codes in ((a, b, owed), (b, a, owed if back is None else back)):
            cells = [str(one * 1000 + other), str(year), "1", *codes, "", "0", "1", "0", "1", "0", *[*pacts.split(";"), *[""] * 9][:9]]
            rows.append(",".join([*cells, str(one), str(other), "5.1"]))
    return rows


def ddyr(*rows: list[str]) -> Sheet:
    """Defence, offence, neutrality, non-aggression, consultation; Chad and Togo fill the years 1815-2018."""
    frame = both(461, 483, [1962, 2018], "00001")
    return sheet("atop5_1ddyr.csv", HEADER, [*(row for part in rows for row in part), *frame])


def ties(claims: Any) -> dict[tuple[str, str, str, int], tuple[Any, ...]]:
    return {
        (*c.key, c.spell): (c.values.get("since_edtf"), c.values["until_edtf"], c.values["mutual"], c.values["obligations"])
        for c in claims if c.type == "DEFENCE" and c.key[0] != "TCD"
    }  # fmt: skip


def test_years_with_equal_obligations_are_one_spell(tmp_path: Path) -> None:
    rows = both(2, 20, range(1942, 1946), "11000", pacts="2550"), both(2, 20, range(1949, 1962), "10011", pacts="3180")
    early = sheet("a.csv", HEADER, [*rows[0], *rows[1], *both(200, 220, [1815, 2018], "00100")])
    reading = read(SOURCE, early.write(tmp_path))
    assert ties(reading.claims) == {
        ("CAN", "USA", "alliance", 1): ("1942", "1945", True, ["defence", "offence"]),
        ("CAN", "USA", "alliance", 2): ("1949", "1961", True, ["defence", "nonaggression", "consultation"]),
        ("FRA", "GBR", "nonaggression", 1): ("1815", "1815", True, ["neutrality"]),
        ("FRA", "GBR", "nonaggression", 2): ("2018", "..", True, ["neutrality"]),
    }
    assert {c.key[:2]: c.locator for c in reading.claims if c.spell == 2} == {("CAN", "USA"): "ATOP 3180", ("FRA", "GBR"): ""}
    assert (reading.read, reading.loaded, reading.merged) == (38, 4, 34)


def test_what_one_side_alone_owes_is_directed(tmp_path: Path) -> None:
    rows = both(2, 740, range(2016, 2019), "10011", "00011"), both(220, 522, range(2000, 2011), "10000", "00000")
    reading = read(SOURCE, ddyr(*rows).write(tmp_path))
    assert ties(reading.claims) == {
        ("USA", "JPN", "alliance", 1): ("2016", "..", False, ["defence"]),
        ("JPN", "USA", "nonaggression", 1): ("2016", "..", True, ["nonaggression", "consultation"]),
        ("FRA", "DJI", "alliance", 1): ("2000", "2010", False, ["defence"]),
    }
    assert not reading.rejected


def test_a_surplus_of_the_same_kind_makes_two_directed_ties(tmp_path: Path) -> None:
    found = ties(read(SOURCE, ddyr(both(255, 325, [1999], "11000", "10000")).write(tmp_path)).claims)
    assert found == {
        ("DEU", "ITA", "alliance", 1): ("1999", "1999", False, ["defence", "offence"]),
        ("ITA", "DEU", "alliance", 1): ("1999", "1999", False, ["defence"]),
    }


def test_a_cut_file_does_not_say_when_its_first_ties_began(tmp_path: Path) -> None:
    reading = read(SOURCE, ddyr(both(2, 20, range(1962, 1966), "10000")).write(tmp_path))
    assert ties(reading.claims) == {("CAN", "USA", "alliance", 1): (None, "1965", True, ["defence"])}
    assert (reading.info.covers_from, reading.info.covers_until) == ("1962", "2018")


def test_codes_mean_the_state_of_the_year(tmp_path: Path) -> None:
    rows = both(260, 2, [1988, 1989, 1990], "10000"), both(255, 2, [1990, 1991, 1992], "10000"), both(365, 365, [1970], "10000")
    rows = *rows, both(345, 365, [1970, 1995], "00001"), both(999, 2, [1990], "10000"), both(2, 20, [1990], "00000")
    reading = read(SOURCE, ddyr(*rows).write(tmp_path), hold_to_promises=False)
    assert ties(reading.claims) == {
        ("DEU", "USA", "alliance", 1): ("1988", "1992", True, ["defence"]),
        ("SUN", "YUG", "consultation", 1): ("1970", "1970", True, ["consultation"]),
        ("RUS", "SCG", "consultation", 1): ("1995", "1995", True, ["consultation"]),
    }
    assert sorted({r.reason for r in reading.rejected}) == [
        "a state and itself", "an alliance without any of the five obligations", "unknown state"]  # fmt: skip


@pytest.mark.parametrize(("rows", "words"), [
    (both(2, 20, [1990], "10000")[:1], "2 to 20 in 1990, but no row of 20 to 2"),
    ([row.replace("1990,1,1", "1990,1,-9") for row in both(2, 20, [1990], "10000")], "row 2, column defense: '-9' is not 0 or 1"),
    ([row.replace("1990", "ninety") for row in both(2, 20, [1990], "10000")], "row 2, column year: 'ninety' is no number"),
])  # fmt: skip
def test_what_would_make_wrong_ties_is_refused(rows: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(SOURCE, ddyr(rows).write(tmp_path))
    assert words in str(error.value)


SMALL = ddyr(both(2, 740, range(2010, 2019), "10011", "00011"), both(2, 20, range(1999, 2019), "10011"))


@pytest.mark.parametrize("way", REWRITES)
def test_the_same_file_in_another_wrapping(way: str, tmp_path: Path) -> None:
    assert said(read(SOURCE, rewritten(SMALL, way, tmp_path / "other")).claims) == said(read(SOURCE, SMALL.write(tmp_path)).claims)


def test_a_file_cut_short_never_makes_a_pact_one_sided(tmp_path: Path) -> None:
    for reading in cuts(ddyr(both(2, 20, range(2010, 2019), "10011")), tmp_path, SOURCE, step=5):
        assert all(c.values["mutual"] for c in reading.claims)


@given(st.lists(st.tuples(st.sampled_from([(2, 20), (2, 200), (20, 200)]), st.integers(1965, 1980), st.integers(1, 31), st.integers(0, 31)),
                max_size=30, unique_by=lambda t: t[:2]))  # fmt: skip
def test_each_years_obligations_are_what_its_rows_say(tmp_path_factory: pytest.TempPathFactory, pairs: Any) -> None:
    names = ["defence", "offence", "neutrality", "nonaggression", "consultation"]
    rows = [both(*pair, [year], f"{owed:05b}", f"{back:05b}") for pair, year, owed, back in pairs]
    ids = {2: "USA", 20: "CAN", 200: "GBR"}
    wanted = {
        (ids[one], ids[other], year, name)
        for pair, year, owed, back in pairs for (one, other), code in ((pair, owed), (pair[::-1], back))
        for name, bit in zip(names, f"{code:05b}", strict=True) if bit == "1"
    }  # fmt: skip
    found = set()
    for (start, end, _, _), (since, until, mutual, obligations) in ties(read(
            SOURCE, ddyr(*rows).write(tmp_path_factory.mktemp("a"))).claims).items():  # fmt: skip
        for year in range(int(since), int(until) + 1):
            for name in obligations:
                for edge in ((start, end), (end, start))[: 1 + mutual]:
                    assert (*edge, year, name) not in found, "the same obligation twice"
                    found.add((*edge, year, name))
    assert found == wanted


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("atop"), SMALL.write(tmp_path), tmp_path)
    assert stored["tie|USA|JPN|DEFENCE|alliance|1"]["mutual"] is False
    assert stored["tie|CAN|USA|DEFENCE|alliance|1"]["end_kind"] == "censored"


def _weights(store: Any, as_of: str, domains: Sequence[str] = ("DEFENCE",)) -> set[frozenset[str]]:
    """Pairs of NATO members that owe each other defence or offence."""
    with store.reading() as reader:
        graph = snapshot.ties(reader, as_of, domains)
        text = "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc {id: 'NATO'}) WHERE m.since <= $d AND m.until > $d RETURN s.id AS s"
        nato = {row["s"] for row in reader.run(text, {"d": as_of}).dicts()}
    return {
        frozenset((a, b)) for a, b, x in graph.edges(data=True) if {"defence", "offence"} & set(x["obligations"]) and {a, b} <= nato
    }  # fmt: skip


def test_nato_members_keep_their_ties_beside_the_curated_data(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    pipeline.load(store, [(get("reference"), None), (get("curated"), None)])
    days = ("1985-12-31", "2000-12-31", "2018-12-31", "2024-12-31")
    before = {day: _weights(store, day) for day in days}
    rows = both(2, 20, range(1949, 2019), "10011"), both(2, 220, range(1949, 2019), "10011"), both(20, 220, range(1949, 2019), "10001")
    pipeline.load(store, [(get("atop"), replace(ddyr(*rows), name="x.csv").write(tmp_path))])
    assert {day: _weights(store, day) for day in days} == before
    with store.reading() as reader:
        graph = snapshot.ties(reader, "2000-12-31", ["DEFENCE"])
    alliances = [x for *_, x in graph.edges(data=True) if {x["start"], x["end"]} == {"CAN", "USA"} and x["kind"] == "alliance"]
    assert [x["instrument"] for x in alliances] == ["north-atlantic-treaty"]
    assert "atop" in alliances[0]["sources"]


@pytest.mark.reference
class TestReference:
    """The counts of 2018 are those of the publisher's table: rows with defense 1, pairs taken once."""

    @pytest.fixture(scope="class")
    @staticmethod
    def file(reference: Path) -> Path:
        return reference / "atop" / "atop5_1ddyr_1990_2018.csv"

    def test_defence_pacts_of_2018(self, file: Path) -> None:
        reading = read(SOURCE, file)
        assert reading.read == 190586
        assert not reading.rejected
        held = [c for c in reading.claims if c.values["until_edtf"] == ".." and "defence" in c.values["obligations"]]
        pairs = {frozenset(c.key[:2]) for c in held}
        assert len(pairs) == 1707
        assert len({state for pair in pairs if "USA" in pair for state in pair} - {"USA"}) == 66
        assert {c.key[:2] for c in held if not c.values["mutual"]} == {("USA", "JPN"), ("USA", "PAK")}

    def test_the_first_years_of_a_cut_file_are_no_starts(self, file: Path) -> None:
        assert all(c.values.get("since_edtf", "1991") > "1990" for c in read(SOURCE, file).claims)

    def test_nato_members_keep_their_ties_beside_the_curated_data(self, file: Path, tmp_path: Path) -> None:
        store = opened(tmp_path / "store")
        pipeline.load(store, [(get("reference"), None), (get("curated"), None)])
        days = ("1990-12-31", "2000-12-31", "2018-12-31", "2024-12-31")
        before = {day: _weights(store, day) for day in days}
        pipeline.load(store, [(get("atop"), file)])
        after = {day: _weights(store, day) for day in days}
        assert after["2018-12-31"] == before["2018-12-31"]
        assert all(before[day] <= after[day] for day in days)

    def test_rows_from_one_side_only_are_refused(self, reference: Path) -> None:
        with pytest.raises(DataError, match="no row of 20 to 2"):
            read(SOURCE, reference / "atop" / "atop5_1ddyr.head.csv")
