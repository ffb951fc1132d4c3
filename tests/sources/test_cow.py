"""Correlates of War: memberships, trade, capabilities and disputes; its alliance data are refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import opened
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader import pipeline
from graph_loader.errors import DataError
from graph_loader.schema import BLOC_KINDS
from graph_loader.sources import cow_igo, cow_trade, gsdb, sipri
from graph_loader.sources.base import Source, get
from graph_loader.sources.cow_igo import SOURCE as IGO
from graph_loader.sources.cow_mid import SOURCE as MID
from graph_loader.sources.cow_nmc import SOURCE as NMC
from graph_loader.sources.cow_trade import SOURCE as TRADE
from graph_loader.sources.groups import groups


@pytest.mark.parametrize("source", [IGO, TRADE, NMC, MID])
@pytest.mark.parametrize("header", [
    "version4id,ccode1,state_name1,ccode2,state_name2,dyad_st_day,dyad_st_month,dyad_st_year,dyad_end_day,dyad_end_month,dyad_end_year,"
    "left_censor,right_censor,defense,neutrality,nonaggression,entente,version",
    "version4id,ccode,state_name,all_st_year,all_end_year,ss_type,mem_st_year,mem_end_year,right_censor,defense,neutrality,nonaggression,"
    "entente",
])  # fmt: skip
def test_alliances_are_not_served(source: Source, header: str, tmp_path: Path) -> None:
    file = sheet("alliance_v4.1.csv", header, [["1"] * len(header.split(","))]).write(tmp_path)
    with pytest.raises(DataError, match="maintainer has asked software not to serve them; ATOP"):
        read(source, file)


# -- organisations --------------------------------------------------------------------------------------------------------------

IGO_HEADER = "ccode,year,state,AAAID,EU,NATO,OPEC,UN,WPACT"


def igo(*rows: str) -> Sheet:
    """Rows without the name: code, year, and the marks of AAAID, EU, NATO, OPEC, UN, WPACT. Sweden fills 1995-2014 without a mark."""
    years = [f"380,{year},0,0,0,0,0,-1" for year in (*range(1995, 2015),)]
    cells = [[*row.split(",")[:2], "x", *row.split(",")[2:]] for row in (*rows, *years)]
    return sheet("state_year_formatv3.csv", IGO_HEADER, cells)


def memberships(claims: Any) -> set[tuple[str, ...]]:
    return {
        (*c.key, str(c.spell), str(c.values["role"]), str(c.values.get("since_edtf")), str(c.values["until_edtf"]))
        for c in claims if c.type == "MEMBER_OF"
    }  # fmt: skip


def marks(code: int, first: int, *un: int) -> list[str]:
    """A state's rows of successive years, all marks 0 but those of the UN."""
    return [f"{code},{year},0,0,0,0,{mark},-1" for year, mark in enumerate(un, start=first)]


def test_years_with_the_same_role_are_one_membership(tmp_path: Path) -> None:
    rows = *marks(2, 1995, 0, 1, 1, 0, 2, 2, 3, 1), *marks(20, 2012, 1, 1, 1), *marks(70, 2000, 1), *marks(70, 2010, 1, 0, 0, 0)
    reading = read(IGO, igo(*rows).write(tmp_path), hold_to_promises=False)
    assert memberships(reading.claims) == {
        ("USA", "UN", "1", "full", "1996", "1997"), ("USA", "UN", "2", "associate", "1999", "2000"),
        ("USA", "UN", "3", "observer", "2001", "2001"), ("USA", "UN", "4", "full", "2002", "2002"),
        ("CAN", "UN", "1", "full", "2012", ".."),
        ("MEX", "UN", "1", "full", "2000", "2000"), ("MEX", "UN", "2", "full", "2010", "2010"),
    }  # fmt: skip
    assert (reading.loaded, reading.merged) == (7, 4)
    assert {r.reason for r in reading.rejected} == {"no membership"}


def test_missing_data_neither_end_nor_begin_a_membership(tmp_path: Path) -> None:
    rows = *marks(2, 1996, 1, -9, 1, -9, 0), *marks(20, 2010, -1, -9, 1, -9, -9), *marks(70, 2013, -9, -9)
    reading = read(IGO, igo(*rows).write(tmp_path), hold_to_promises=False)
    assert memberships(reading.claims) == {("USA", "UN", "1", "full", "1996", "1998"), ("CAN", "UN", "1", "full", "2012", "..")}


def test_a_cut_file_does_not_say_when_memberships_of_its_first_year_began(tmp_path: Path) -> None:
    reading = read(IGO, igo(*marks(2, 1995, 1, 1, 0)).write(tmp_path), hold_to_promises=False)
    assert memberships(reading.claims) == {("USA", "UN", "1", "full", "None", "1996")}
    assert (reading.info.covers_from, reading.info.covers_until) == ("1995", "2014")


def test_well_known_organisations_have_the_ids_of_the_curated_data(tmp_path: Path) -> None:
    reading = read(IGO, igo("290,2000,1,0,1,1,1,-1", "290,2001,0,0,0,0,0,1").write(tmp_path), hold_to_promises=False)
    blocs = {c.key[0]: (c.values["name"], c.values["kind"]) for c in reading.claims if c.type == "Bloc"}
    assert set(blocs) == {"IGO-AAAID", "NATO", "OPEC", "UN", "WARSAW-PACT"}
    assert blocs["NATO"] == ("North Atlantic Treaty Organization", "alliance")


def test_every_id_of_a_group_is_described() -> None:
    named = {*cow_igo.BLOCS.values(), *gsdb.ORGANISATIONS.values(), *sipri.ORGANISATIONS.values()}
    assert named <= groups().keys()
    assert {kind for _, kind in groups().values()} <= set(BLOC_KINDS)


def test_the_lasting_code_speaks_in_the_year_of_the_change(tmp_path: Path) -> None:
    rows = "260,1990,0,0,1,0,1,-1", "255,1990,0,0,0,0,1,-1", "265,1990,0,0,0,0,1,1"
    reading = read(IGO, igo(*rows).write(tmp_path), hold_to_promises=False)
    assert {(m[0], m[1]) for m in memberships(reading.claims)} == {("DEU", "UN"), ("DDR", "UN"), ("DDR", "WARSAW-PACT")}
    assert [r.detail for r in reading.rejected if r.reason == "state and year stated twice"] == ["DEU 1990"]


def test_a_mark_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 2, column NATO: 7 is not 1, 2, 3, 0, -1 or -9"):
        read(IGO, igo("2,2000,0,0,7,0,1,-1").write(tmp_path))


@given(st.lists(st.sampled_from([0, 1, 2, 3, -1, -9]), min_size=19, max_size=19))
def test_memberships_cover_the_years_with_their_role(tmp_path_factory: pytest.TempPathFactory, un: list[int]) -> None:
    reading = read(IGO, igo(*marks(2, 1996, *un)).write(tmp_path_factory.mktemp("i")), hold_to_promises=False)
    covered: dict[int, str] = {}
    for *_, role, since, until in memberships(reading.claims):
        for year in range(int(since), int(until if until != ".." else "2014") + 1):
            assert year not in covered
            covered[year] = role
    roles = {1: "full", 2: "associate", 3: "observer"}
    for year, mark in enumerate(un, start=1996):
        if mark != -9:
            assert covered.get(year) == roles.get(mark)


# -- trade ----------------------------------------------------------------------------------------------------------------------

TRADE_HEADER = (
    "ccode1,ccode2,year,importer1,importer2,flow1,flow2,smoothflow1,smoothflow2,smoothtotrade,spike1,spike2,dip1,dip2,trdspike,tradedip,"
    "bel_lux_alt_flow1,bel_lux_alt_flow2,china_alt_flow1,china_alt_flow2,source1,source2,version"
)  # fmt: skip


def trade(*rows: tuple[int, int, int, str, str]) -> Sheet:
    return sheet("Dyadic_COW_4.0.csv", TRADE_HEADER, [[a, b, y, "", "", f, g, *[""] * 15, "4.0"] for a, b, y, f, g in rows])


FLOWS = trade((2, 20, 2010, "600", "100"), (2, 70, 2010, "395", "-9"), (2, 31, 2010, "5", "0"), (20, 70, 2010, "-9", "-9"),
              (20, 31, 2010, "0", "-9"), (2, 999, 2010, "1", "1"), (31, 70, 2010, "-9", "-9"),
              (70, 999, 2010, "-9", "-9"))  # fmt: skip


def shares(claims: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {c.key[:2]: (c.values["share"], c.values["value"], c.values["total"]) for c in claims if c.type == "DEPENDS_ON"}


@pytest.fixture(autouse=True)
def few_states(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of the tests have few states."""
    if "reference" not in request.keywords:
        monkeypatch.setattr(cow_trade, "FEWEST_STATES", 0)


def test_a_file_without_some_partners_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (2, 20, 2010, "1", "1"), (2, 31, 2010, "1", "1"), (2, 70, 2010, "1", "1")
    with pytest.raises(DataError, match="of 4 states in 2010 only 1 come first in a pair"):
        read(TRADE, trade(*rows).write(tmp_path))
    monkeypatch.undo()
    with pytest.raises(DataError, match="of 2 states in 2010 only 1 come first in a pair"):
        read(TRADE, trade(rows[0]).write(tmp_path))


def test_shares_are_of_the_imports_with_data(tmp_path: Path) -> None:
    reading = read(TRADE, FLOWS.write(tmp_path))
    assert shares(reading.claims) == {("USA", "CAN"): (0.6, 600.0, 1000.0), ("USA", "MEX"): (0.395, 395.0, 1000.0),
                                      ("CAN", "USA"): (1.0, 100.0, 100.0)}  # fmt: skip
    flow = next(c for c in reading.claims if c.type == "DEPENDS_ON")
    assert flow.key[2:] == ("all-goods", "product", "value", "2010", "2010")
    assert flow.values["named_largest"] is True
    assert "partners with data" in str(flow.values["scope"])
    assert (reading.read, reading.loaded, reading.merged) == (8, 2, 2)  # the Bahamas' 0.5 per cent and Canada's 0 count in totals
    assert sorted((r.row, r.reason) for r in reading.rejected) == [(5, "no flow known"), (7, "unknown state"), (8, "no flow known"),
                                                                          (9, "unknown state")]  # fmt: skip


@pytest.mark.parametrize("cell", ["-5", "much"])
def test_a_flow_that_is_no_amount_is_refused(cell: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 2"):
        read(TRADE, trade((2, 20, 2010, cell, "1")).write(tmp_path))


# -- capabilities ---------------------------------------------------------------------------------------------------------------

NMC_HEADER = "stateabb,ccode,year,milex,milper,irst,pec,tpop,upop,cinc,version"
CAPABILITIES = sheet("NMC-60-abridged.csv", NMC_HEADER, [
    "USA,2,1913,-9,155,31803,483160,97225,22408,.2198,2021", "UKG,200,1913,74544,429,7787,195341,45649,15965,.1132,2021",
    "UKG,200,2016,52600000,154,7635,227000,65789,29500,.0143,2021", "GFR,260,1990,42320000,469,1,1,63000,1,.03,2021",
    "GMY,255,1990,42000000,400,1,1,79000,1,.04,2021", "ZZZ,998,1990,1,1,1,1,1,1,.1,2021", "CAN,20,1990,-9,-9,-9,-9,-9,-9,-9,2021",
])  # fmt: skip


def test_capabilities_are_yearly_values(tmp_path: Path) -> None:
    reading = read(NMC, CAPABILITIES.write(tmp_path), hold_to_promises=False)
    values = {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"}
    assert values["USA", "nmc-cinc", "1913"] == 0.2198
    assert ("USA", "nmc-milex-gbp", "1913") not in values
    assert values["GBR", "nmc-milex-gbp", "1913"] == 74544
    assert values["GBR", "nmc-milex", "2016"] == 52600000
    assert values["DEU", "nmc-tpop", "1990"] == 79000
    units = {c.key[0]: c.values["unit"] for c in reading.claims if c.type == "Indicator"}
    assert units["nmc-milex-gbp"] == "thousand current British pounds"
    assert {r.row: r.reason for r in reading.rejected} == {5: "state and year stated twice", 7: "unknown state", 8: "no value"}


def test_shifted_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 2: a value below 0"):
        read(NMC, sheet("n.csv", NMC_HEADER, ["USA,2,1913,1,155,1,1,1,1,97225,2021"]).write(tmp_path))


# -- disputes -------------------------------------------------------------------------------------------------------------------

MID_HEADER = (
    "disno,dyindex,statea,namea,stateb,nameb,strtday,strtmnth,strtyr,endday,endmnth,endyear,outcome,settlmnt,fatlev,highact,hihost,"
    "year,ongo2014,new,dyad"
)  # fmt: skip


def dispute(number: int, a: int, b: int, start: str, end: str, level: int, ongoing: int = 0) -> list[str]:
    """Rows of each year and side; dates as day/month/year."""
    first, last = start.split("/"), end.split("/")
    return [
        ",".join(map(str, [number, f"{number}.001", one, "X", two, "Y", *first, *last, 0, 0, 0, 7, level, year,
                           ongoing if year == 2014 else 0, 0, one * 1000 + two]))
        for year in range(int(first[2]), int(last[2]) + 1) for one, two in ((a, b), (b, a))
    ]  # fmt: skip


def mids(*disputes: list[str]) -> Sheet:
    return sheet("dyadic_mid_4.02.csv", MID_HEADER, [row for rows in disputes for row in rows])


def ties(claims: Any) -> dict[tuple[str, str, int], tuple[Any, ...]]:
    return {
        (c.key[0], c.key[1], c.spell): (c.values["since_edtf"], c.values["until_edtf"], c.values.get("label"), c.locator) for c in claims
    }


DISPUTES = mids(
    dispute(2, 2, 200, "1/7/1902", "24/1/1903", 3), dispute(10, 2, 365, "1/1/1950", "31/3/1950", 2),
    dispute(11, 2, 365, "31/3/1950", "5/4/1950", 4), dispute(12, 2, 365, "-9/5/1950", "-9/6/1950", 3),
    dispute(13, 365, 369, "2/4/2014", "31/12/2014", 4, ongoing=1), dispute(14, 255, 220, "3/8/1914", "11/11/1918", 5),
)  # fmt: skip


def test_a_dispute_is_one_tie_and_those_that_share_a_day_are_joined(tmp_path: Path) -> None:
    reading = read(MID, DISPUTES.write(tmp_path))
    assert ties(reading.claims) == {
        ("GBR", "USA", 1): ("1902-07-01", "1903-01-25", "display of force", "MID 2"),
        ("SUN", "USA", 1): ("1950-01-01", "1950-04-06", "use of force", "MID 10, 11"),
        ("SUN", "USA", 2): ("1950-05", "1950-06", "display of force", "MID 12"),
        ("RUS", "UKR", 1): ("2014-04-02", "..", "use of force", "MID 13"),
        ("DEU", "FRA", 1): ("1914-08-03", "1918-11-12", "war", "MID 14"),
    }
    assert {(c.type, c.key[2], c.values["mutual"]) for c in reading.claims} == {("DISPUTE", "militarized", True)}
    assert (reading.read, reading.loaded, reading.merged) == (22, 5, 17)


def test_rows_that_state_no_dispute_are_rejected(tmp_path: Path) -> None:
    text = mids(dispute(1, 2, 998, "1/1/1950", "1/1/1950", 3), dispute(2, 2, 200, "30/2/1950", "1/3/1950", 3),
                dispute(3, 2, 200, "2/3/1950", "1/3/1950", 3))  # fmt: skip
    reading = read(MID, text.write(tmp_path), hold_to_promises=False)
    assert [r.reason for r in reading.rejected] == ["unknown state"] * 2 + ["no dates of the dispute"] * 4


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60), st.integers(2, 5)), min_size=1, max_size=8))
def test_joined_disputes_cover_the_same_days(tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int, int]]) -> None:
    zero = date(1950, 1, 1)
    rows, days = [], set()
    for number, (start, length, level) in enumerate(spans, start=1):
        first, last = zero + timedelta(start), zero + timedelta(start + length)
        rows.append(dispute(number, 2, 200, f"{first.day}/{first.month}/{first.year}", f"{last.day}/{last.month}/{last.year}", level))
        days |= {first + timedelta(n) for n in range(length + 1)}
    covered: list[date] = []
    for since, until, *_ in ties(read(MID, mids(*rows).write(tmp_path_factory.mktemp("m"))).claims).values():
        start, end = date.fromisoformat(since), date.fromisoformat(until)
        covered += [start + timedelta(n) for n in range((end - start).days)]
    assert sorted(covered) == sorted(days)


# -- all ------------------------------------------------------------------------------------------------------------------------

IGO_SMALL = igo(*marks(2, 1995, 1, 1, 1, 3), *marks(20, 2010, 1, 1, 1, 1, 1), "290,1999,1,0,1,1,1,-1")
MORE = sheet("NMC-60-abridged.csv", NMC_HEADER, [
    f"USA,2,{year},{year}00,155,31803,483160,97225,22408,.2198,2021" for year in range(1900, 1920)])  # fmt: skip
EACH: list[tuple[Source, Sheet]] = [(IGO, IGO_SMALL), (TRADE, FLOWS), (NMC, MORE), (MID, DISPUTES)]


@pytest.mark.parametrize("way", REWRITES)
@pytest.mark.parametrize(("source", "small"), EACH, ids=["igo", "trade", "nmc", "mid"])
def test_the_same_file_in_another_wrapping(source: Source, small: Sheet, way: str, tmp_path: Path) -> None:
    other = read(source, rewritten(small, way, tmp_path / "other"), hold_to_promises=False)
    whole = read(source, small.write(tmp_path), hold_to_promises=False)
    assert said(other.claims) == said(whole.claims)
    assert (other.read, other.merged, len(other.rejected)) == (whole.read, whole.merged, len(whole.rejected))


@pytest.mark.parametrize(("source", "small"), EACH, ids=["igo", "trade", "nmc", "mid"])
def test_a_file_cut_short_is_one_message_or_a_part_of_the_whole(
    source: Source, small: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    whole = said(read(source, small.write(tmp_path), hold_to_promises=False).claims)
    monkeypatch.setattr(cow_trade, "FEWEST_STATES", 4)
    for reading in cuts(small, tmp_path / "cut", source, step=3):
        if source is MID:  # a dispute may be lost, and with it what it was joined to
            assert {c.key for c in reading.claims} <= {key for _, key, *_ in whole}
        elif source is not IGO or reading.info.covers_until == "2014":  # else it is censored earlier
            assert said(reading.claims) <= whole


@pytest.mark.parametrize(("name", "small"), [("cow-igo", IGO_SMALL), ("cow-trade", FLOWS), ("cow-nmc", MORE), ("cow-mid", DISPUTES)])
def test_loading_again_changes_nothing(name: str, small: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph_loader.sources.files._keep", lambda *_: None)
    stored = loaded_twice(get(name), small.write(tmp_path), tmp_path)
    wanted = {
        "cow-igo": "member|POL|IGO-AAAID|1", "cow-trade": "flow|USA|CAN|all-goods|product|value|2010-2010",
        "cow-nmc": "observed|USA|nmc-cinc|1900", "cow-mid": "tie|RUS|UKR|DISPUTE|militarized|1",
    }  # fmt: skip
    assert wanted[name] in stored


@pytest.mark.reference
class TestReference:
    @pytest.mark.parametrize(("bloc", "members"), [
        # Members at the end of 2014: NATO 28 (Albania and Croatia joined in 2009, Montenegro in 2017), EU 28 (Croatia 2013), UN 193.
        ("NATO", 28), ("EU", 28), ("UN", 193),
    ])  # fmt: skip
    def test_members_of_2014(self, reference: Path, bloc: str, members: int) -> None:
        reading = read(IGO, reference / "cow" / "state_year_formatv3_2000_2014.csv")
        held = {c.key[0] for c in reading.claims if c.type == "MEMBER_OF" and c.key[1] == bloc and c.values["until_edtf"] == ".."}
        assert len(held) == members

    def test_organisations_beside_the_curated_data_dispute_no_name(self, reference: Path, tmp_path: Path) -> None:
        store = opened(tmp_path / "store")
        pipeline.load(store, [(get("reference"), None), (get("curated"), None)])
        disputed = "MATCH (b:Bloc) WHERE b.disputed RETURN b.id AS id ORDER BY id"
        with store.reading() as reader:
            before = reader.run(disputed, {}).rows
        pipeline.load(store, [(get("cow-igo"), reference / "cow" / "state_year_formatv3_2000_2014.csv")])
        with store.reading() as reader:
            assert reader.run(disputed, {}).rows == before
            text = (
                "MATCH (s)-[m:MEMBER_OF {role: 'full'}]->(b:Bloc {id: 'NATO'}) WHERE m.since <= $d AND m.until > $d RETURN count(m) AS n"
            )
            assert reader.run(text, {"d": "2014-12-31"}).rows[0][0] == 28

    def test_trade(self, reference: Path) -> None:
        reading = read(TRADE, reference / "cow" / "Dyadic_COW_4.0_2010_2014.csv")
        assert reading.read == 75693
        # The file's first row: imports of the United States from Canada in 2010.
        flow = next(c for c in reading.claims if c.key[:2] == ("USA", "CAN") and c.key[5] == "2010")
        assert flow.values["value"] == 280387
        totals = [c for c in reading.claims if c.type == "DEPENDS_ON" and c.key[0] == "USA" and c.key[5] == "2010"]
        assert 0.75 < sum(float(str(c.values["share"])) for c in totals) <= 1

    def test_capabilities(self, reference: Path) -> None:
        reading = read(NMC, reference / "cow" / "NMC-60-abridged.csv")
        assert reading.read == 15951
        values = {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"}
        assert values["USA", "nmc-milex-gbp", "1816"] == 3823  # the file's first row
        assert values["USA", "nmc-cinc", "1816"] == 0.039697491
        # The index is a share of the system, so that a year's values add up to one.
        assert sum(float(str(v)) for k, v in values.items() if k[1:] == ("nmc-cinc", "2016")) == pytest.approx(1, abs=0.01)

    def test_disputes(self, reference: Path) -> None:
        reading = read(MID, reference / "cow" / "dyadic_mid_4.02.csv")
        assert reading.read == 10358
        assert not reading.rejected
        found = ties(reading.claims)
        assert found["GBR", "USA", 1][0] > "1815"
        # Dispute 2 (1 July 1902 to 24 January 1903) and dispute 254, which began before it ended.
        assert any(since == "1902-07-01" and numbers == "MID 2, 254" for since, _, _, numbers in found.values())
        assert found["RUS", "UKR", max(k[2] for k in found if k[:2] == ("RUS", "UKR"))][1] == ".."
