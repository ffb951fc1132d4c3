"""SIPRI: shares of deliveries over five years, from the register and from recipients' tables; never where the total is unknown."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader.errors import DataError
from graph_loader.sources.base import get
from graph_loader.sources.sipri import SOURCE, windows

HEADER = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,Order date is estimate,Numbers delivered,"
    "Numbers delivered is estimate,Delivery year,Delivery year is estimate,Status,SIPRI estimate,TIV deal unit,TIV delivery values,"
    "Local production"
)  # fmt: skip


def preamble(supplier: str = "All countries", recipient: str = "All countries", years: str = "'2018' to '2025'") -> str:
    return (
        f"Transfers of major conventional arms from {supplier}  to {recipient} . Deals with deliveries made for the year range {years};\n"
        "A '?' in a column indicates uncertain data.;\n;\nSource: SIPRI Arms Transfers Database (c) SIPRI.;\n"
        "Data generated: 12 Feb 2026 12:26:12 PM;\n"
    )  # fmt: skip


def register(*deliveries: tuple[str, str, int, str], us_until: int = 2024, **asked: str) -> Sheet:
    """Deliveries (supplier, recipient, year, TIV); the United States deliver to Norway every year, as in a whole register."""
    every_year = [("United States", "Norway", year, "10") for year in range(2018, us_until + 1)]
    rows = [
        (str(n), supplier, recipient, "Type 1", "frigate, old", "Ships", "2015", "No", "1", "Yes", year, "No", "New", "1", "1", tiv, "No")
        for n, (supplier, recipient, year, tiv) in enumerate([*deliveries, *every_year], start=1)
    ]
    return sheet("register.csv", HEADER, rows, preamble=preamble(**asked), line_end=";")


def flows(claims: Any) -> dict[tuple[str, str, int], dict[str, Any]]:
    """By importer, supplier and first year."""
    return {(c.key[0], c.key[1], int(c.key[5])): dict(c.values) for c in claims if c.type == "DEPENDS_ON"}


def observed(claims: Any) -> dict[tuple[str, str, int], Any]:
    return {(c.key[0], c.key[1].removeprefix("sipri-arms-"), int(c.key[2])): c.values["value"] for c in claims if c.type == "OBSERVED"}


INDIA = (
    ("Russia", "India", 2020, "30.5"), ("Russia", "India", 2024, "29.5"), ("France", "India", 2022, "20"),
    ("unknown supplier(s)", "India", 2023, "15"), ("HoR (Libya)*", "India", 2021, "5"),
)  # fmt: skip


def test_shares_are_of_all_deliveries_in_the_window_unknown_suppliers_included(tmp_path: Path) -> None:
    reading = read(SOURCE, register(*INDIA).write(tmp_path))
    found = flows(reading.claims)
    assert set(found) == {("IND", "RUS", 2020), ("IND", "FRA", 2020), ("NOR", "USA", 2020)}
    russia = found["IND", "RUS", 2020]
    assert (russia["share"], russia["value"], russia["total"], russia["unit"]) == (0.6, 60.0, 100.0, "million SIPRI TIV")
    assert found["IND", "FRA", 2020]["share"] == 0.2
    # 2018 and 2019 lie in no whole window; of 2020-2024 three pairs are loaded, their other rows and the nameless suppliers merged.
    assert (reading.read, reading.loaded, reading.merged, len(reading.rejected)) == (12, 3, 7, 2)
    assert {r.reason for r in reading.rejected} == {"in no complete window of five years"}


def test_deliveries_of_a_year_not_yet_published_make_no_window(tmp_path: Path) -> None:
    """The range may name a year that SIPRI publishes a month after the file was made."""
    reading = read(SOURCE, register(*INDIA).write(tmp_path))
    assert reading.info.covers_until == "2024"
    assert reading.info.released == "2026-02-12"
    published = register(*INDIA, us_until=2025)
    assert {key[2] for key in flows(read(SOURCE, published.write(tmp_path)).claims)} == {2020, 2021}


@pytest.mark.parametrize(("first", "last", "wanted"), [
    (1995, 2025, [(1995, 1999), (2000, 2004), (2005, 2009), (2010, 2014), (2015, 2019), (2016, 2020), (2020, 2024), (2021, 2025)]),
    (2010, 2014, [(2010, 2014)]), (2011, 2014, []), (2012, 2017, [(2013, 2017)]),
])  # fmt: skip
def test_windows_are_those_that_sipri_publishes(first: int, last: int, wanted: list[tuple[int, int]]) -> None:
    assert windows(first, last) == wanted


def test_organisations_are_blocs_and_armed_groups_are_no_importers(tmp_path: Path) -> None:
    given_ = (
        ("France", "NATO**", 2021, "5"), ("European Union**", "Chad", 2021, "5"), ("Iran", "Houthi rebels (Yemen)*", 2021, "9"),
        ("Iran", "unknown recipient(s)", 2021, "9"), ("Turkiye", "Northern Cyprus", 2021, "1"), ("unknown supplier(s)", "Togo", 2021, "1"),
        ("China", "Congo", 2021, "3"), ("China", "DR Congo", 2021, "4"),
    )  # fmt: skip
    reading = read(SOURCE, register(*given_).write(tmp_path))
    assert {k[:2] for k in flows(reading.claims)} == {("NATO", "FRA"), ("TCD", "EU"), ("COG", "CHN"), ("COD", "CHN"), ("NOR", "USA")}
    assert {c.key[0]: c.values["kind"] for c in reading.claims if c.type == "Bloc"} == {"NATO": "alliance", "EU": "union"}
    reasons = sorted(r.reason for r in reading.rejected if r.reason != "in no complete window of five years")
    assert reasons == [
        "no known supplier of the recipient in the window", "recipient is an armed group",
        "recipient is no state that is known by that name", "recipient unknown",
    ]  # fmt: skip


def test_a_name_means_the_state_of_the_year(tmp_path: Path) -> None:
    rows = [("Russia", "Yugoslavia", 1991, 3), ("Russia", "Yugoslavia", 1994, 4)]
    text = register(*((s, r, y, str(v)) for s, r, y, v in rows), us_until=2017, years="'1990' to '1994'", recipient="Yugoslavia")
    assert {k[:2]: v["total"] for k, v in flows(read(SOURCE, text.write(tmp_path)).claims).items()} == {
        ("YUG", "RUS"): 3.0, ("SCG", "RUS"): 4.0}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), [
    (replace(register(*INDIA), preamble=""), "lines above the header"),
    (register(*INDIA, supplier="Russia"), "choose all suppliers"),
    (register(*INDIA, us_until=2023), "United States in 2024"),
    (register(*INDIA, ("China", "Chad", 2017, "1")), "row 12, column Delivery year: outside 2018-2025"),
    (register(("China", "Chad", 2021, "one")), "column TIV delivery values: no number"),
    (register(("China", "Chad", 2021, "-1")), "column TIV delivery values: no number"),
    (register(("China", "", 2021, "1")), "column Supplier, Recipient: empty"),
])  # fmt: skip
def test_what_would_make_wrong_shares_is_refused(text: Sheet, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(SOURCE, text.write(tmp_path))
    assert words in str(error.value)


def test_registers_of_the_same_years_are_not_added_up(tmp_path: Path) -> None:
    register(*INDIA).write(tmp_path)
    replace(register(*INDIA), name="register2.csv").write(tmp_path)
    with pytest.raises(DataError, match="would count twice"):
        read(SOURCE, tmp_path)


def test_registers_of_other_years_or_recipients_are_read_together(tmp_path: Path) -> None:
    def part(name: str, recipient: str, first: int, last: int) -> None:
        years = f"'{first}' to '{last}'"
        rows = [("Russia", recipient, year, "4") for year in range(first, last + 1)] + [("France", recipient, last, "5")]
        replace(register(*rows, us_until=2017, recipient=recipient, years=years), name=name).write(tmp_path)

    part("one.csv", "India", 2010, 2012)
    part("two.csv", "India", 2013, 2014)
    part("three.csv", "Chad", 2013, 2019)
    found = flows(read(SOURCE, tmp_path).claims)
    assert {k: v["total"] for k, v in found.items() if k[1] == "RUS"} == {("IND", "RUS", 2010): 30.0, ("TCD", "RUS", 2015): 25.0}


@pytest.mark.parametrize("way", REWRITES)
def test_the_same_register_in_another_wrapping(way: str, tmp_path: Path) -> None:
    text = register(*INDIA, ("Germany", "Cote d'Ivoire", 2021, "2.25"))
    assert said(read(SOURCE, rewritten(text, way, tmp_path / "other")).claims) == said(read(SOURCE, text.write(tmp_path)).claims)


def test_a_register_cut_short_is_refused(tmp_path: Path) -> None:
    whole = register(*INDIA)
    right = said(read(SOURCE, whole.write(tmp_path)).claims)
    for reading in cuts(whole, tmp_path / "cut", SOURCE):  # past the last figure nothing is lost
        assert said(reading.claims) == right


@given(st.lists(st.tuples(
    st.sampled_from(["Russia", "France", "China", "unknown supplier(s)"]), st.sampled_from(["India", "Chad", "Peru"]),
    st.integers(2018, 2024), st.integers(0, 400).map(lambda n: str(n / 4)),
), max_size=20))  # fmt: skip
def test_shares_of_a_recipient_add_up_to_the_known_part(tmp_path_factory: pytest.TempPathFactory, deliveries: Any) -> None:
    reading = read(SOURCE, register(*deliveries).write(tmp_path_factory.mktemp("r")))
    known: dict[str, float] = defaultdict(float)
    every: dict[str, float] = defaultdict(float)
    for supplier, recipient, year, tiv in deliveries:
        if year >= 2020:
            every[recipient] += float(tiv)
            known[recipient] += float(tiv) * (supplier != "unknown supplier(s)")
    shares: dict[str, float] = defaultdict(float)
    for (importer, _, first), values in flows(reading.claims).items():
        if first == 2020:
            shares[importer] += values["share"]
    for name, importer in (("India", "IND"), ("Chad", "TCD"), ("Peru", "PER")):
        wanted = known[name] / every[name] if every[name] else 0
        assert shares[importer] == pytest.approx(wanted, abs=1e-5)


# -- TIV tables -----------------------------------------------------------------------------------------------------------------


def tiv_table(title: str, *rows: str, generated: str = "28 July 2022", name: str = "TIV-Import-IND.csv") -> Sheet:
    """Years 2015-2019 and Total."""
    above = f'"{title}, 2015-2019",,,,,,\nFigures are SIPRI Trend Indicator Values (TIVs) expressed in millions.,,,,,,\n'
    above += f"Source: SIPRI Arms Transfers Database,,,,,,\nGenerated: {generated},,,,,,\n,,,,,,,\n"
    return sheet(name, ",2015,2016,2017,2018,2019,Total", rows, preamble=above)


IMPORTS = ("France,,10,,10,,20", "Russia,50,,0,10,,60", "Unknown recipient(s),,,,20,,20", ",,,,,,", "Total,50,10,0,40,,100")


@pytest.mark.parametrize("title", ["TIV of arms imports to India", "TIV of arms exports to India"])
def test_a_recipients_table_gives_shares_with_the_bounds_of_its_rounding(title: str, tmp_path: Path) -> None:
    reading = read(SOURCE, tiv_table(title, *IMPORTS).write(tmp_path))
    russia = flows(reading.claims)["IND", "RUS", 2015]
    assert (russia["share"], russia["value"], russia["total"]) == (0.6, 60.0, 100.0)
    # Russia: 49.5..50.5 + 0..0.5 + 9.5..10.5; all: 49.5..50.5 + 9.5..10.5 + 0..0.5 + 39.5..40.5
    assert (russia["share_lo"], russia["share_hi"]) == (round(59 / 102, 6), round(61.5 / 98.5, 6))
    assert (reading.read, reading.loaded, reading.merged, len(reading.rejected)) == (4, 3, 1, 0)
    assert reading.info.covers_until == "2019"
    assert observed(reading.claims)["IND", "imports", 2018] == 40


def test_an_exporters_table_claims_no_share_but_its_totals(tmp_path: Path) -> None:
    rows = "India,,10,,10,,20", "Chad,5,,,,,5", "Total,5,10,,10,,25"
    exports = tiv_table("TIV of arms exports from France", *rows, name="TIV-Export-FRA.csv")
    reading = read(SOURCE, exports.write(tmp_path))
    assert flows(reading.claims) == {}
    assert observed(reading.claims) == {("FRA", "exports", 2015): 5, ("FRA", "exports", 2016): 10, ("FRA", "exports", 2018): 10}
    assert (reading.read, reading.loaded, reading.merged) == (3, 1, 2)
    tiv_table("TIV of arms imports to India", *IMPORTS).write(tmp_path)
    reading = read(SOURCE, tmp_path)
    assert set(flows(reading.claims)) == {("IND", "FRA", 2015), ("IND", "RUS", 2015)}
    assert (reading.read, reading.loaded, reading.merged) == (7, 4, 3)


def test_a_register_gives_yearly_totals(tmp_path: Path) -> None:
    given_ = (*INDIA, ("Russia", "Houthi rebels (Yemen)*", 2020, "1.5"), ("France", "NATO**", 2022, "2"))
    found = observed(read(SOURCE, register(*given_).write(tmp_path)).claims)
    assert {k: v for k, v in found.items() if "USA" not in k and "NOR" not in k} == {
        ("IND", "imports", 2020): 30.5, ("IND", "imports", 2021): 5, ("IND", "imports", 2022): 20, ("IND", "imports", 2023): 15,
        ("IND", "imports", 2024): 29.5, ("RUS", "exports", 2020): 32, ("RUS", "exports", 2024): 29.5, ("FRA", "exports", 2022): 22,
    }  # fmt: skip
    of_india = register(*INDIA, us_until=2017, recipient="India")
    assert {k[1] for k in observed(read(SOURCE, of_india.write(tmp_path)).claims)} == {"imports"}


def test_the_register_precedes_the_table_where_both_speak(tmp_path: Path) -> None:
    us = [("United States", "India", year, "1") for year in range(2015, 2020)]
    text = register(*us, ("Russia", "India", 2016, "5"), us_until=2017, recipient="India", years="'2015' to '2019'")
    replace(text, rows=text.rows[:6]).write(tmp_path)
    tiv_table("TIV of arms imports to India", *IMPORTS).write(tmp_path)
    found = flows(read(SOURCE, tmp_path).claims)
    assert found["IND", "RUS", 2015]["share"] == 0.5
    assert found["IND", "FRA", 2015]["share"] == 0.2  # only the table names France


@pytest.mark.parametrize("rows", [IMPORTS[:-1], ("France,,10,,ten,,20", *IMPORTS[1:]), ("France,,100,,10,,20", *IMPORTS[1:])])
def test_a_table_that_was_cut_or_edited_is_refused(rows: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cut short\?|edited\?"):
        read(SOURCE, tiv_table("TIV of arms imports to India", *rows).write(tmp_path))


@pytest.mark.parametrize("way", [w for w in REWRITES if w not in ("shuffled columns",)])
def test_the_same_table_in_another_wrapping(way: str, tmp_path: Path) -> None:
    text = tiv_table("TIV of arms imports to India", *IMPORTS)
    if way == "extra column":
        text = replace(text, header=(*text.header, "note"), rows=tuple((*row, "é") for row in text.rows if any(row)))
        other = text.write(tmp_path / "other")
    else:
        other = rewritten(text, way, tmp_path / "other")
    wanted = read(SOURCE, tiv_table("TIV of arms imports to India", *IMPORTS).write(tmp_path))
    assert said(read(SOURCE, other).claims) == said(wanted.claims)


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("sipri"), register(*INDIA).write(tmp_path), tmp_path)
    assert stored["flow|IND|RUS|major-arms|product|tiv|2020-2024"]["share"] == 0.6


# -- the publisher's files ------------------------------------------------------------------------------------------------------

EUROPEAN_NATO = frozenset(
    "ALB BEL BGR HRV CZE DNK EST FIN FRA DEU GRC HUN ISL ITA LVA LTU LUX MNE NLD MKD NOR POL PRT ROU SVK SVN ESP SWE GBR".split()  # noqa: SIM905
)


@pytest.mark.reference
class TestReference:
    @pytest.fixture(scope="class")
    @staticmethod
    def reading(reference: Path) -> Any:
        return read(SOURCE, reference / "sipri" / "trade_register.csv")

    def test_rows(self, reading: Any) -> None:
        assert reading.read == 25024
        assert len(reading.rejected) < 300

    @pytest.mark.parametrize(("importer", "supplier", "first", "per_cent"), [
        # SIPRI Fact Sheet, Trends in International Arms Transfers, 2024 (March 2025), table 2 and text
        ("IND", "RUS", 2010, 72), ("IND", "RUS", 2015, 55), ("IND", "RUS", 2020, 36), ("PAK", "CHN", 2020, 81),
    ])  # fmt: skip
    def test_published_shares_of_importers(self, reading: Any, importer: str, supplier: str, first: int, per_cent: int) -> None:
        assert round(100 * flows(reading.claims)[importer, supplier, first]["share"]) == per_cent

    def test_published_shares_of_the_imports_of_european_nato_members(self, reading: Any) -> None:
        """The same fact sheet, of 2020-24: USA 64, FRA 6.5, KOR 6.5, DEU 4.7, ISR 3.9 per cent. SIPRI has revised deliveries since
        (this register is a year younger), so within a percentage point; SIPRI counts Türkiye to the Middle East."""
        found = {k: v for k, v in flows(reading.claims).items() if k[2] == 2020 and k[0] in EUROPEAN_NATO}
        total = sum({k[0]: v["total"] for k, v in found.items()}.values())
        supplied: dict[str, float] = defaultdict(float)
        for key, values in found.items():
            supplied[key[1]] += 100 * values["value"] / total
        for supplier, per_cent in {"USA": 64, "FRA": 6.5, "KOR": 6.5, "DEU": 4.7, "ISR": 3.9}.items():
            assert supplied[supplier] == pytest.approx(per_cent, abs=1)

    def test_published_shares_of_exporters(self, reading: Any) -> None:
        """The same, table 1: shares of all deliveries 2020-24."""
        supplied: dict[str, float] = defaultdict(float)
        for (state, what, year), value in observed(reading.claims).items():
            supplied[state] += value * (what == "exports" and 2020 <= year <= 2024)
        total = sum(supplied.values())
        assert round(100 * supplied["USA"] / total) == 43
        published = {"FRA": 9.6, "RUS": 7.8, "CHN": 5.9, "DEU": 5.6}
        assert {s: round(100 * supplied[s] / total, 1) for s in published} == published

    def test_older_tables_by_exporter_claim_no_share(self, reference: Path) -> None:
        reading = read(SOURCE, reference / "sipri" / "tiv_export")
        assert flows(reading.claims) == {}
        found = observed(reading.claims)
        assert {state for state, _, _ in found} == {"FRA", "ISR", "SWE"}
        assert found["SWE", "exports", 1950] == 27  # the row Total of the table of Sweden
        assert reading.info.covers_until == "2021"

    def test_older_tables_agree_with_the_register(self, reference: Path, reading: Any) -> None:
        """Where years overlap, up to what SIPRI has revised since (Sweden's deliveries to Pakistan 2015-19 most of all)."""
        old = observed(read(SOURCE, reference / "sipri" / "tiv_export").claims)
        new = observed(reading.claims)
        for state, first in (("FRA", 2010), ("FRA", 2015), ("ISR", 2010), ("ISR", 2015), ("SWE", 2010)):
            sums = [sum(found.get((state, "exports", year), 0) for year in range(first, first + 5)) for found in (old, new)]
            assert sums[0] == pytest.approx(sums[1], rel=0.05)
