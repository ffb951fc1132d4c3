"""GSDB: cases become SANCTIONS ties by type; commas in names, lists and organisations are told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader.errors import DataError
from graph_loader.sources.base import get
from graph_loader.sources.gsdb import SOURCE, TYPES

HEADER = (
    "case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,financial,travel,other,target_mult,sender_mult,"
    "objective,success"
)  # fmt: skip


def gsdb(*cases: tuple[str, str, int, int, str, str]) -> Sheet:
    """Cases of target, sender, begin, end, types and success; the last case of the data is Fiji on Tonga in 2022."""
    rows = []
    for number, (target, sender, begin, end, types, success) in enumerate([*cases, ("Tonga", "Fiji", 2022, 2022, "other", "failed")], 1):
        marks = [int(t in types.split()) for t in TYPES]
        trade = "exp_compl, imp_part" if marks[0] else ""
        rows.append([number, target, sender, begin, end, marks[0], trade, *marks[1:], 0, 0, "policy_change", success])
    return sheet("GSDB_V3.csv", HEADER, rows)


def ties(claims: Any) -> dict[tuple[str, ...], tuple[str, str]]:
    return {
        (*c.key, *([str(c.spell)] if c.spell > 1 else [])): (c.values["since_edtf"], c.values["until_edtf"])
        for c in claims if c.type == "SANCTIONS" and c.key[0] != "FJI"
    }  # fmt: skip


def test_a_case_is_a_tie_of_each_type_from_sender_to_target(tmp_path: Path) -> None:
    reading = read(SOURCE, gsdb(("Pakistan", "India", 1949, 1951, "trade travel", "nego_settlement")).write(tmp_path))
    assert ties(reading.claims) == {("IND", "PAK", "trade"): ("1949", "1951"), ("IND", "PAK", "travel"): ("1949", "1951")}
    trade = next(c for c in reading.claims if c.key[2:] == ("trade",))
    assert (trade.values["mutual"], trade.values["label"], trade.locator) == (False, "all exports, imports in part", "case 1")
    assert (reading.read, reading.loaded, reading.merged) == (2, 2, 0)


def test_an_ongoing_case_is_censored_and_one_that_ended_in_the_last_year_is_not(tmp_path: Path) -> None:
    rows = (("Cuba", "United States", 1960, 2022, "trade", "failed,ongoing"), ("Laos", "United States", 2018, 2022, "other", "failed"),
            ("Libya", "EEC", 1986, 1992, "arms", "ongoing"))  # fmt: skip
    reading = read(SOURCE, gsdb(*rows).write(tmp_path))
    assert ties(reading.claims) == {
        ("USA", "CUB", "trade"): ("1960", ".."), ("USA", "LAO", "other"): ("2018", "2022"), ("EEC", "LBY", "arms"): ("1986", "1992"),
    }  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [
    ("Egypt, Arab Rep., Syria", ["EGY", "SYR"]), ("Poland,Hungary", ["POL", "HUN"]),
    ("Denmark, Netherlands,  Sweden", ["DNK", "NLD", "SWE"]),
    ("Congo, Democratic Republic of the, Eritrea, Ethiopia (excludes Eritrea), Kenya", ["COD", "ERI", "ETH", "KEN"]),
    ("EU, United States, Norway", ["EU", "USA", "NOR"]), ("United States, EEC", ["USA", "EEC"]), ("UN", ["UN"]),
])  # fmt: skip
def test_lists_hold_names_with_commas_and_organisations(text: str, wanted: list[str], tmp_path: Path) -> None:
    reading = read(SOURCE, gsdb(("Sudan", text, 1995, 1996, "arms", "failed")).write(tmp_path))
    assert set(ties(reading.claims)) == {(sender, "SDN", "arms") for sender in wanted}
    assert {c.key[0] for c in reading.claims if c.type == "Bloc"} == {s for s in wanted if s in ("EU", "EEC", "UN")}


def test_cases_that_share_a_year_are_one_tie(tmp_path: Path) -> None:
    rows = [("Iran", "United States", *years, "trade", "failed") for years in ((1979, 1981), (1981, 1990), (1984, 1986), (1991, 1992))]
    reading = read(SOURCE, gsdb(*rows).write(tmp_path))
    assert ties(reading.claims) == {("USA", "IRN", "trade"): ("1979", "1990"), ("USA", "IRN", "trade", "2"): ("1991", "1992")}
    assert next(c for c in reading.claims if c.key[1] == "IRN").locator == "case 1, 2, 3"
    assert (reading.loaded, reading.merged) == (3, 2)


def test_a_name_means_the_state_of_the_year(tmp_path: Path) -> None:
    rows = [("Yugoslavia", "Albania", year, year, "trade", "failed") for year in (1950, 1995)]
    assert set(ties(read(SOURCE, gsdb(*rows).write(tmp_path)).claims)) == {("ALB", "YUG", "trade"), ("ALB", "SCG", "trade")}


def test_what_names_no_state_or_organisation_is_rejected(tmp_path: Path) -> None:
    rows = [
        ("Western countries", "OAPEC", 1973, 1974, "trade", "failed"),
        ("Terrorist Organizations (ISIL and ANF)", "UN", 2013, 2022, "arms", "ongoing"),
        ("ECOWAS", "ECOWAS", 1998, 2022, "arms", "ongoing"), ("Chad", "France, Nowhere", 1990, 1991, "arms", "failed"),
        ("Chad", "France", 1991, 1990, "arms", "failed"), ("Chad", "France", 1991, 1992, "", "failed"),
        ("Chad", "France", 1991, 2022, "arms", "ongo"),
    ]  # fmt: skip
    reading = read(SOURCE, gsdb(*rows).write(tmp_path), hold_to_promises=False)
    assert ties(reading.claims) == {}
    assert [r.reason for r in reading.rejected] == [
        "a sender or target without an id", "a sender or target without an id", "a sender and itself", "a sender or target without an id",
        "no years, or an end before the beginning", "no type of sanction",
        "unknown outcome",
    ]  # fmt: skip


def test_the_last_year_is_that_of_the_file(tmp_path: Path) -> None:
    later = gsdb(("Russia", "EU", 2014, 2023, "financial", "ongoing"), ("Laos", "EU", 2018, 2022, "other", "ongoing"))
    reading = read(SOURCE, later.write(tmp_path))
    assert (reading.info.covers_until, reading.info.version) == ("2023", "cases to 2023")
    assert ties(reading.claims) == {("EU", "RUS", "financial"): ("2014", ".."), ("EU", "LAO", "other"): ("2018", "2022")}


def test_shifted_columns_are_refused(tmp_path: Path) -> None:
    rows = [["1", "Chad", "France", "1990", "1991", "1", "exp_part", "5", "0", "0", "0", "0", "0", "0", "other", "failed"]]
    with pytest.raises(DataError, match="row 2, column arms: not 0 or 1"):
        read(SOURCE, sheet("g.csv", HEADER, rows).write(tmp_path))


SMALL = gsdb(
    ("Cuba", "United States", 1960, 2022, "trade", "failed,ongoing"), ("Sudan", "Egypt, Arab Rep., Syria", 1995, 1996, "arms", "failed"),
    ("Syria", "EU, Turkey", 2011, 2022, "travel financial", "ongoing"), ("Syria", "EU", 2012, 2022, "travel", "ongoing"),
)  # fmt: skip


@pytest.mark.parametrize("way", REWRITES)
def test_the_same_file_in_another_wrapping(way: str, tmp_path: Path) -> None:
    assert said(read(SOURCE, rewritten(SMALL, way, tmp_path / "other")).claims) == said(read(SOURCE, SMALL.write(tmp_path)).claims)


def test_a_file_cut_short_is_one_message_or_what_it_holds(tmp_path: Path) -> None:
    whole = ties(read(SOURCE, SMALL.write(tmp_path)).claims)
    for reading in cuts(SMALL, tmp_path / "cut", SOURCE):
        assert ties(reading.claims).items() <= whole.items()


@given(st.lists(st.tuples(st.integers(1950, 1970), st.integers(0, 10), st.sampled_from(TYPES)), min_size=1, max_size=10))
def test_ties_cover_the_years_of_their_cases(tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int, str]]) -> None:
    rows = [("Chad", "France", begin, begin + length, type_, "failed") for begin, length, type_ in spans]
    wanted = {(type_, year) for begin, length, type_ in spans for year in range(begin, begin + length + 1)}
    found = []
    for key, (since, until) in ties(read(SOURCE, gsdb(*rows).write(tmp_path_factory.mktemp("g"))).claims).items():
        found += [(key[2], year) for year in range(int(since), int(until) + 1)]
    assert sorted(found) == sorted(wanted)


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("gsdb"), SMALL.write(tmp_path), tmp_path)
    tie = stored["tie|USA|CUB|SANCTIONS|trade|1"]
    assert (tie["sign"], tie["mutual"], tie["end_kind"], tie["until"]) == (-1, False, "censored", "2023-01-01")


@pytest.mark.reference
class TestReference:
    @pytest.fixture(scope="class")
    @staticmethod
    def reading(reference: Path) -> Any:
        return read(SOURCE, reference / "gsdb" / "GSDB_V3.csv")

    def test_all_cases_are_accounted_for(self, reading: Any) -> None:
        """1,325 cases: Syropoulos et al. (2024), the description of release 3."""
        assert reading.read == 1325
        assert len(reading.rejected) == 12  # Western countries, the Balkans, terrorist organisations, signatories, ECOWAS on itself ...

    def test_sanctions_in_force(self, reading: Any) -> None:
        found = ties(reading.claims)
        assert found["EU", "RUS", "financial"] == ("2014", "..")  # since the annexation of Crimea
        assert found["IND", "PAK", "trade"] == ("1949", "1951")  # case 2
