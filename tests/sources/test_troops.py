"""troopdata: United States troops as a yearly indicator, bases as one-sided ties that a list of 2018 shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import everything, opened, small_package
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader import pipeline
from graph_loader.errors import DataError
from graph_loader.sources.base import get
from graph_loader.sources.package import PackageSource
from graph_loader.sources.troops import BASES, SOURCE

TROOPS = sheet("country-year.csv", "countryname,year,ccode,iso3c,region,troops_ad,army_ad", [
    ("Germany", 1989, 260, "DEU", "Europe", 249411, 1), ("Germany", 1990, 255, "DEU", "Europe", 227586, 1),
    ("United States", 1990, 2, "USA", "North America", 1138627, 1), ("Guam", 1990, 1008, "NA", "Oceania", 7000, 1),
    ("Czechia", 2013, 316, "CZE", "Europe", 17, 1), ("Czech Republic", 2013, 316, "CZE", "Europe", 0, 0),
    ("France", 2013, 220, "FRA", "Europe", 0, 0), ("France", 2012, 220, "FRA", "Europe", "NA", "NA"),
    ("Spain", 2012, 230, "ESP", "Europe", 5, 5), ("Spain", 2012, 230, "ESP", "Europe", 6, 5),
])  # fmt: skip
BASE_HEADER = "countryname,ccode,iso3c,basename,lat,lon,base,lilypad,fundedsite"
LIST = sheet("basedata.csv", BASE_HEADER, [
    ("Japan", 740, "JPN", "Kadena AB, Okinawa", 26, 127, 1, 0, 0), ("Japan", 740, "JPN", "Yokota AB", 35, 139, 1, 0, 0),
    ("Japan", 740, "JPN", "Yokota AB", 35, 139, 1, 0, 0), ("Greenland", 390, "DNK", "Thule Air Base", 76, -68, 1, 0, 0),
    ("Argentina", 160, "ARG", "Chaco", -27, -58, 0, 0, 1), ("Guam", 2, "USA", "Andersen AFB", 13, 144, 1, 0, 0),
    ("Congo, Democratic Republic", 484, "COG", "Dungu", 3, 28, 0, 1, 0), ("Nowhere", 1040, "NA", "Lajes", 38, -27, 1, 0, 0),
    ("Iceland", 395, "ISL", "Keflavík", 64, -22, 0, 0, 0),
])  # fmt: skip


def observed(claims: Any) -> dict[tuple[str, str], float]:
    return {(c.key[0], c.key[2]): c.values["value"] for c in claims if c.type == "OBSERVED"}


def test_troops_are_counted_once_a_state_and_year(tmp_path: Path) -> None:
    reading = read(SOURCE, TROOPS.write(tmp_path))
    assert observed(reading.claims) == {("DEU", "1989"): 249411, ("DEU", "1990"): 227586, ("CZE", "2013"): 17, ("FRA", "2013"): 0}
    assert (reading.read, reading.loaded, reading.merged) == (10, 4, 1)
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (4, "the host is the United States"), (5, "no code of the Correlates of War"), (9, "no figure"),
        (10, "state and year stated twice with different figures"), (11, "state and year stated twice with different figures"),
    }  # fmt: skip
    assert (reading.info.covers_from, reading.info.covers_until) == ("1989", "2013")


def test_bases_are_ties_from_the_united_states_to_the_host(tmp_path: Path) -> None:
    reading = read(SOURCE, LIST.write(tmp_path))
    ties = {c.key: (c.source, dict(c.values)) for c in reading.claims if c.type == "DEFENCE"}
    assert set(ties) == {("USA", "JPN", "basing"), ("USA", "DNK", "basing")}
    source, values = ties["USA", "JPN", "basing"]
    assert source == "us-bases"
    assert values == {"mutual": False, "label": "Kadena AB, Okinawa; Yokota AB", "since_edtf": "../2018", "until_edtf": ".."}
    assert ties["USA", "DNK", "basing"][1]["label"] == "Thule Air Base (Greenland)"
    assert reading.documents == [BASES]
    assert (reading.read, reading.loaded, reading.merged) == (9, 2, 2)
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (6, "site of the host that the United States fund, no base"), (7, "the host is the United States"),
        (8, "name and code are of different states"), (9, "no code of the Correlates of War"), (10, "no kind of base"),
    }  # fmt: skip


def test_the_list_is_in_force_in_its_year_only_and_does_not_dispute_an_earlier_start(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    pipeline.load(store, [(get("troops"), LIST.write(tmp_path / "list"))])
    tie = everything(store)["tie|USA|JPN|DEFENCE|basing|1"]
    assert (tie["since"], tie["until"], tie["start_kind"], tie["end_kind"]) == ("2018-01-01", "2019-01-01", "censored", "censored")
    mine = small_package(tmp_path / "mine", {"ties": [{
        "start": "USA", "end": "JPN", "domain": "DEFENCE", "kind": "basing", "mutual": False, "since": "1952-04-28", "until": "..",
    }]})  # fmt: skip
    pipeline.load(store, [(PackageSource(mine), mine)])
    tie = everything(store)["tie|USA|JPN|DEFENCE|basing|1"]
    assert (tie["since"], tie["until"], tie["disputed"]) == ("1952-04-28", "9999-12-31", False)
    assert tie["sources"] == ["mine", "us-bases"]
    assert tie["label"] == "Kadena AB, Okinawa; Yokota AB"


def test_the_files_before_version_1_are_read_and_marked(tmp_path: Path) -> None:
    old = sheet("old.csv", "countryname,year,ccode,iso3c,troops", ["Japan,2000,740,JPN,40159.0"])
    reading = read(SOURCE, old.write(tmp_path))
    assert observed(reading.claims) == {("JPN", "2000"): 40159}
    assert any("not yet verified" in note for note in reading.notes)


@pytest.mark.parametrize("way", REWRITES)
@pytest.mark.parametrize("table", [TROOPS, LIST], ids=["troops", "bases"])
def test_a_rewritten_file_says_the_same(table: Sheet, way: str, tmp_path: Path) -> None:
    def plain(claims: Any) -> set[Any]:
        found = said(claims)  # the names of bases stand in the order of the file
        return {(*s[:3], tuple((k, tuple(sorted(v.split("; "))) if k == "label" else v) for k, v in s[3])) for s in found}

    whole = read(SOURCE, table.write(tmp_path / "whole"))
    assert plain(read(SOURCE, rewritten(table, way, tmp_path / "other")).claims) == plain(whole.claims)


@pytest.mark.parametrize("table", [TROOPS, LIST], ids=["troops", "bases"])
def test_a_file_cut_short_says_nothing_of_other_states(table: Sheet, tmp_path: Path) -> None:
    # A state stated twice with different figures has none in the whole file, and one in a file that ends between the two.
    whole = {c.key for c in read(SOURCE, table.write(tmp_path / "whole")).claims} | {("ESP", "us-troops", "2012")}
    for reading in cuts(table, tmp_path / "cut", SOURCE):
        assert {c.key for c in reading.claims} <= whole


@given(st.lists(st.tuples(st.sampled_from(["2", "740", "1008", "", "x"]), st.text(alphabet="0123456789NA.-", max_size=5)), max_size=8))
def test_every_row_is_accounted_for(rows: list[tuple[str, str]]) -> None:
    import tempfile

    written = sheet("t.csv", "countryname,year,ccode,iso3c,troops_ad", [("X", "2000", code, "", troops) for code, troops in rows])
    with tempfile.TemporaryDirectory() as folder:
        try:
            read(SOURCE, written.write(Path(folder)))
        except DataError as error:
            assert "rows cannot be read" in str(error)


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    TROOPS.write(tmp_path / "both")
    LIST.write(tmp_path / "both")
    stored = loaded_twice(get("troops"), tmp_path / "both", tmp_path)
    assert stored["observed|DEU|us-troops|1990"]["value"] == 227586


@pytest.mark.reference
def test_the_published_files(reference: Path) -> None:
    reading = read(SOURCE, reference / "troops")
    assert reading.read == 13135 + 414
    # troopdata, "A Note on version 1.0.0 and later": in Greece in 1974 a total of 5,437 reported by the Department of Defense.
    assert observed(reading.claims)["GRC", "1974"] == 5437
    assert not [c for c in reading.claims if c.type == "OBSERVED" and c.key[0] == "USA"]
