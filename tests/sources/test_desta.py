"""DESTA: one instrument for each base treaty, with the ties of exactly the pairs and years that the dyads state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from variants import REWRITES, cuts, loaded_twice, read, rewritten, said, sheet
from workbooks import workbook

from graph_loader import pipeline
from graph_loader.errors import DataError
from graph_loader.identity import default_identity
from graph_loader.sources.base import get
from graph_loader.sources.desta import SOURCE, _sides

HEADER = (
    "country1,country2,iso1,iso2,number,base_treaty,name,entry_type,consolidated,year,entryforceyear,language,typememb,regioncon,"
    "wto_listed,wto_name"
)
LIST = "number,base_treaty,name,entry_type,consolidated,year,entryforceyear,language,typememb,regioncon,c1,c2,c3,c4,mc1,mc2,mc3,mc4"
LEFT = f"{HEADER.replace(',wto_listed,wto_name', '')},c1,c2,mc1,mc2"


def row(one: str, two: str, number: str, base: str, name: str, kind: str, year: str, in_force: str) -> tuple[str, ...]:
    (country1, iso1), (country2, iso2) = one.split(":"), two.split(":")
    return (country1, country2, iso1, iso2, number, base, name, kind, "0", year, in_force, "English", "1", "Europe", "1", name)


FRA, DEU, GBR, TUR, HRV, CHL, IND, AFG = (
    "France:250", "Germany:276", "United Kingdom:826", "Turkey:792", "Croatia:191", "Chile:152", "India:356", "Afghanistan:4",
)  # fmt: skip
ROWS = [
    row(AFG, IND, "1", "1", "Afghanistan India", "base_treaty", "2003", "2003"),
    *(row(m, TUR, "357", "357", "EC Turkey", "base_treaty", "1963", "1964") for m in (FRA, DEU)),
    row(HRV, TUR, "357+5", "357", "EC Turkey Croatia accession", "accession", "2011", "2013"),
    *(row(m, CHL, "202", "202", "Chile EC", "base_treaty", "2002", "2003") for m in (FRA, DEU, GBR)),
    row(CHL, GBR, "1020a", "202", "Chile UK (consolidated)", "consolidated", "2019", "2021"),
    row(CHL, IND, "9", "9", "Chile India", "base_treaty", "2006", ""),
]
DYADS = sheet("desta_dyads.csv", HEADER, ROWS)
WITHDRAWN = sheet("desta_withdrawal.csv", LEFT, [
    (*row(GBR, other, "202_1", "202", "Chile EC withdrawal UK", "withdrawal", "2020", "2020")[:14], "1", "2", "0", "0")
    for other in (CHL, FRA, DEU)
])  # fmt: skip


def parties(claims: Any) -> dict[tuple[str, str, int], tuple[Any, ...]]:
    return {
        (*c.key, c.spell): (c.values["role"], c.values["since_edtf"], c.values["until_edtf"], c.values.get("side", ""))
        for c in claims if c.type == "PARTY_TO"
    }  # fmt: skip


def ties(claims: Any, info: Any) -> dict[str, tuple[Any, Any]]:
    bundled = get("reference").read(None, default_identity(), frozenset())
    sources = {s.id: s for s in (bundled.info, *bundled.documents, info)}
    facts = pipeline.assemble([*bundled.claims, *claims], sources).facts
    return {id_: (f.props["since"], f.props["until"]) for id_, f in facts.items() if f.type == "TRADE"}


def test_dyads_become_instruments_with_sides(tmp_path: Path) -> None:
    reading = read(SOURCE, DYADS.write(tmp_path))
    assert (reading.read, reading.loaded, reading.merged, len(reading.rejected)) == (9, 8, 1, 0)
    instruments = {c.key[0]: c.values["title"] for c in reading.claims if c.type == "Instrument"}
    assert instruments == {
        "desta-1": "Afghanistan India", "desta-357": "EC Turkey", "desta-202": "Chile EC", "desta-9": "Chile India",
    }  # fmt: skip
    found = parties(reading.claims)
    assert found["FRA", "desta-357", 1] == ("party", "1964", "..", "side 1")
    assert found["HRV", "desta-357", 1] == ("party", "2013", "..", "side 1")
    assert found["TUR", "desta-357", 1] == ("party", "1964", "..", "")
    assert found["CHL", "desta-9", 1] == ("signatory", "2006", "..", "")
    assert found["GBR", "desta-202", 1] == ("party", "2003", "..", "side 1")
    assert any("file of withdrawals" in note for note in reading.notes)


def test_ties_are_those_of_the_dyads(tmp_path: Path) -> None:
    reading = read(SOURCE, DYADS.write(tmp_path))
    assert ties(reading.claims, reading.info) == {
        "tie|desta-1|AFG|IND|TRADE|trade|1": ("2003-01-01", "2022-01-01"),  # censored: the newest year in the file is 2021
        "tie|desta-357|FRA|TUR|TRADE|trade|1": ("1964-01-01", "2022-01-01"),
        "tie|desta-357|DEU|TUR|TRADE|trade|1": ("1964-01-01", "2022-01-01"),
        "tie|desta-357|HRV|TUR|TRADE|trade|1": ("2013-01-01", "2022-01-01"),
        "tie|desta-202|CHL|FRA|TRADE|trade|1": ("2003-01-01", "2022-01-01"),
        "tie|desta-202|CHL|DEU|TRADE|trade|1": ("2003-01-01", "2022-01-01"),
        "tie|desta-202|CHL|GBR|TRADE|trade|1": ("2003-01-01", "2022-01-01"),
    }


def test_a_state_that_left_can_come_back(tmp_path: Path) -> None:
    late = row(AFG, CHL, "99", "99", "Afghanistan Chile", "base_treaty", "2022", "")
    sheet("desta_dyads.csv", HEADER, [*ROWS, late]).write(tmp_path)
    WITHDRAWN.write(tmp_path)
    reading = read(SOURCE, tmp_path)
    found = parties(reading.claims)
    assert found["GBR", "desta-202", 1] == ("party", "2003", "2020", "side 1")
    assert found["GBR", "desta-202", 2] == ("party", "2021", "..", "side 1")
    made = ties(reading.claims, reading.info)
    assert made["tie|desta-202|CHL|GBR|TRADE|trade|1"] == ("2003-01-01", "2021-01-01")
    assert made["tie|desta-202|CHL|GBR|TRADE|trade|2"] == ("2021-01-01", "2023-01-01")
    assert (reading.read, reading.loaded, reading.merged) == (13, 10, 3)


def test_withdrawals_alone_say_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="withdrawal from a treaty that is not in these files"):
        read(SOURCE, WITHDRAWN.write(tmp_path))


def test_treaties_whose_pairs_were_never_party_together_are_not_folded(tmp_path: Path) -> None:
    """Portugal left before Finland came, in the file as in EFTA: the two are not tied."""
    pairs = [
        row("Austria:40", "Portugal:620", "375", "375", "EFTA", "base_treaty", "1960", "1960"),
        row("Austria:40", "Finland:246", "375+2", "375", "EFTA Finland accession", "accession", "1985", "1986"),
        row("Austria:40", "Norway:578", "375", "375", "EFTA", "base_treaty", "1960", "1960"),
        row("Norway:578", "Portugal:620", "375", "375", "EFTA", "base_treaty", "1960", "1960"),
    ]
    reading = read(SOURCE, sheet("dyads.csv", HEADER, pairs).write(tmp_path))
    made = ties(reading.claims, reading.info)
    assert set(made) == {
        "tie|desta-375|AUT|PRT|TRADE|trade|1", "tie|desta-375|AUT|NOR|TRADE|trade|1", "tie|desta-375|NOR|PRT|TRADE|trade|1",
        "tie|desta-375-2|AUT|FIN|TRADE|trade|1",
    }  # fmt: skip
    assert ("desta-375-2", "desta-375") in {c.key for c in reading.claims if c.type == "PROTOCOL_TO"}


def test_the_list_of_treaties_gives_the_same_ties(tmp_path: Path) -> None:
    rows = [
        "1,1,Afghanistan India,base_treaty,0,2003,2003,English,1,Asia,4,356,,,0,0,,",
        "357,357,EC Turkey,base_treaty,0,1963,1964,English,3,Europe,792,250,276,,0,1,1,",
        "357+5,357,EC Turkey Croatia accession,accession,0,2011,2013,English,6,Europe,792,191,,,0,1,,",
        "202,202,Chile EC,base_treaty,0,2002,2003,English,3,Intercontinental,152,250,276,826,0,1,1,1",
        "1020a,202,Chile UK (consolidated),consolidated,1,2019,2021,English,1,Intercontinental,152,826,,,0,0,,",
        "9,9,Chile India,base_treaty,0,2006,,English,1,Intercontinental,152,356,,,0,0,,",
        "10,9,Chile India Protocol,protocol or amendment,0,2016,2017,English,1,Intercontinental,152,356,,,0,0,,",
        "843,843,Somewhere,negotiation,0,,,English,1,Asia,4,356,,,0,0,,",
    ]
    reading = read(SOURCE, sheet("list.csv", LIST, rows).write(tmp_path / "list"))
    dyads = read(SOURCE, DYADS.write(tmp_path / "dyads"))
    assert ties(reading.claims, reading.info) == ties(dyads.claims, dyads.info)
    assert ("desta-10", "desta-9") in {c.key for c in reading.claims if c.type == "AMENDS"}
    assert [r.reason for r in reading.rejected] == ["negotiation, no treaty"]


def test_depth_is_said_with_the_instrument(tmp_path: Path) -> None:
    header = "number,base_treaty,name,year,entry_type,full_fta,standards,investments,services,procurement,competition,iprs,depth_index"
    sheet("indices.csv", header, [
        "1,1,Afghanistan India,2003,base_treaty,0,1,0,0,0,0,0,1", "1020a,202,Chile UK (consolidated),2019,consolidated,1,1,1,1,1,1,1,7",
        "500,500,Elsewhere,1990,base_treaty,1,0,0,0,0,0,0,NA",
    ]).write(tmp_path)  # fmt: skip
    DYADS.write(tmp_path)
    reading = read(SOURCE, tmp_path)
    said_of = {c.key[0]: c.values for c in reading.claims if c.type == "Instrument"}
    assert said_of["desta-1"]["coding_reason"] == (
        "DESTA depth index 1 of 7 (full fta 0, standards 1, investments 0, services 0, procurement 0, competition 0, iprs 0)"
    )
    assert [r.reason for r in reading.rejected] == ["no index of depth"]


@pytest.mark.parametrize("way", REWRITES)
def test_a_rewritten_file_says_the_same(way: str, tmp_path: Path) -> None:
    whole = read(SOURCE, DYADS.write(tmp_path / "whole"))
    assert said(read(SOURCE, rewritten(DYADS, way, tmp_path / "other")).claims) == said(whole.claims)


def test_a_workbook_with_a_sheet_of_citations_says_the_same(tmp_path: Path) -> None:
    whole = read(SOURCE, DYADS.write(tmp_path / "whole"))
    content = workbook({"citation": [["Please cite:"], ["Dür, Baccini and Elsig 2014"]], "data": [DYADS.header, *DYADS.rows]})
    (tmp_path / "desta.xlsx").write_bytes(content)
    reading = read(SOURCE, tmp_path / "desta.xlsx")
    assert said(reading.claims) == said(whole.claims)
    assert any("sheet 'data'" in note for note in reading.notes)


def test_the_same_rows_in_two_formats_are_merged(tmp_path: Path) -> None:
    DYADS.write(tmp_path)
    (tmp_path / "again.csv").write_bytes(DYADS.text().encode())
    reading = read(SOURCE, tmp_path)
    assert (reading.read, reading.loaded, reading.merged) == (18, 8, 10)


def test_a_file_cut_short_gives_one_message_or_fewer_treaties(tmp_path: Path) -> None:
    whole = set(parties(read(SOURCE, DYADS.write(tmp_path / "whole")).claims))
    for reading in cuts(DYADS, tmp_path / "cut", SOURCE, step=11):
        assert set(parties(reading.claims)) <= whole


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("desta"), DYADS.write(tmp_path), tmp_path)
    assert stored["party|FRA|desta-357|1"]["side"] == "side 1"


@given(st.sets(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")).filter(lambda p: p[0] < p[1])))
def test_sides_give_back_exactly_the_pairs(pairs: set[tuple[str, str]]) -> None:
    sides = _sides(pairs)
    states = {s for p in pairs for s in p}
    if sides is not None:
        joined = {(a, b) for a in states for b in states if a < b and not (sides[a] and sides[a] == sides[b])}
        assert joined == pairs


@pytest.mark.parametrize("rows", [
    [row(AFG, IND, "", "1", "A", "base_treaty", "2003", "2003")], [row(AFG, IND, "1", "1", "A", "base_treaty", "MM", "2003")],
    [row(AFG, AFG, "1", "1", "A", "base_treaty", "2003", "2003")], [row("Atlantis:998", AFG, "1", "1", "A", "base_treaty", "2003", "")],
    [row(AFG, IND, "1", "1", "A", "rumour", "2003", "2003")],
])  # fmt: skip
def test_rows_that_say_nothing_are_rejected(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    reading = read(SOURCE, sheet("dyads.csv", HEADER, [*ROWS, *rows]).write(tmp_path))
    assert len(reading.rejected) == 1


@pytest.mark.reference
def test_all_20320_rows_of_dyads_are_accounted_for_in_three_formats(reference: Path) -> None:
    """20,320 rows, a hand count of the lines of the csv; the three formats give equal graphs."""
    stem = "desta_list_of_treaties_02_02_dyads"
    readings = [read(SOURCE, reference / "desta" / f"{stem}.{suffix}") for suffix in ("csv", "txt", "xlsx")]
    assert [r.read for r in readings] == [20320] * 3
    assert [len(r.rejected) for r in readings] == [0] * 3
    assert said(readings[0].claims) == said(readings[1].claims) == said(readings[2].claims)


@pytest.mark.reference
def test_every_published_dyad_is_tied_from_its_year_on_and_no_other_pair_is(reference: Path) -> None:
    import csv

    path = reference / "desta" / "desta_list_of_treaties_02_02_dyads.csv"
    reading = read(SOURCE, path)
    made: dict[tuple[str, str], set[str]] = {}
    for id_, (since, _) in ties(reading.claims, reading.info).items():
        _, _, start, end, *_ = id_.split("|")
        made.setdefault((start, end), set()).add(since[:4])
    stated: dict[tuple[str, str], set[str]] = {}
    identity = default_identity()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            if line["entryforceyear"]:
                pair = sorted(
                    "XKX" if code == "900" else identity.resolve_code("iso3n", code.zfill(3), f"{line['year']}-12-31")
                    for code in (line["iso1"], line["iso2"])
                )
                stated.setdefault((pair[0], pair[1]), set()).add(line["entryforceyear"])
    assert set(made) == set(stated)
    assert all(min(made[pair]) == min(stated[pair]) and made[pair] <= stated[pair] for pair in made)
