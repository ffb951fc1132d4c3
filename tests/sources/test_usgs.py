"""USGS Mineral Commodity Summaries: shares of world production and of United States imports, with the bounds of their rounding."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader.claims import Claim
from graph_loader.errors import DataError
from graph_loader.sources.base import get
from graph_loader.sources.usgs import SOURCE, _goods, _rules, _scope, figure

WORLD = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,"
    "RESERVE_NOTES"
)
ROWS = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,Is critical mineral 2025,Other notes"


def world(*rows: tuple[str, str, str, str, str, str, str]) -> Sheet:
    """Rows of commodity, country, type, unit, both years and the note."""
    return sheet("MCS2025_World_Data.csv", WORLD, [("MCS2025", *row, "", "", "", "9", "x") for row in rows])


COBALT = [
    ("Cobalt", "Congo\xa0(Kinshasa)", "Mine poduction, cobalt content, estimated", "metric tons", "175000", "220000", ""),
    ("Cobalt ", "Indonesia", "Mine production, cobalt content, estimated", "metric tons", "", "28000", "W for 2023"),
    ("Cobalt", "Other Countries", "Mine production, cobalt content, estimated", "metric tons", "5000", "6200", ""),
    ("Cobalt", "World total (rounded) 10", "Mine production, cobalt content, estimated", "metric tons", "238000", "290000", ""),
]


def produced(claims: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    return {(c.key[0], c.key[1], c.key[2], c.key[-1]): dict(c.values) for c in claims if c.type == "PRODUCES"}


def data(section: str, commodity: str, country: str, statistic: str, detail: str, unit: str, year: str, value: str, note: str = "",
         other: str = "(Data in metric tons, cobalt content, unless otherwise specified) -- More.") -> tuple[str, ...]:  # fmt: skip
    return (commodity.upper(), section, commodity, country, statistic, detail, unit, year, value, note, "Yes", other)


def mined(country: str, value: str, note: str = "", commodity: str = "Cobalt", year: str = "2025") -> tuple[str, ...]:
    detail = "Mine production: rounded" if country == "World total" else "Mine production"
    return data("World Mine Production and Reserves", commodity, country, "Production", detail, "metric tons", year, value, note)


def imported(country: str, value: str, detail: str = "Metal, oxide, and salts", commodity: str = "Cobalt") -> tuple[str, ...]:
    return data("Import Sources", commodity, country, "Import sources 2021-2024", detail, "percent", "2021–24", value)


def reliant(value: str, year: str = "2025", commodity: str = "Cobalt") -> tuple[str, ...]:
    detail = "Net import reliance as a percentage of apparent consumption"
    return data("Salient Statistics—United States", commodity, "United States", "Net import reliance", detail, "percent", year, value)


SMALL = sheet("MCS2026_Commodities_Data.csv", ROWS, [
    mined("United States", "W"), mined("Congo (Kinshasa)", "230,000", "Estimated."), mined("Turkey", "—"), mined("Russia", "NA"),
    mined("Other countries", "9,100"), mined("World total", "310,000", "Estimated. -- Excludes U.S. production."),
    imported("Norway", "26"), imported("Japan", "<1"), imported("Other countries", "73"),
    imported("Peru", ">99", "All", "Phosphate Rock"), imported("China, Germany, and Russia", "100", "All", "Rubidium"),
    reliant("79"), reliant(">50", "2024"), reliant("E", "2023"),
    data("World Mine Production and Reserves", "Cobalt", "Cuba", "Reserves", "Reserves", "metric tons", "2025", "500,000"),
])  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high"), [
    ("376,000", 375_500, 376_500), ("270,000", 265_000, 275_000), ("200", 195, 205), ("4,780", 4_775, 4_785), ("7", 6.5, 7.5),
    ("20.6", 20.55, 20.65), ("0.1", 0.05, 0.15), ("—", 0, 0),
])  # fmt: skip
def test_bounds_follow_the_last_printed_digit(text: str, low: float, high: float) -> None:
    found = figure(text)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("text", ["W", "NA", "XX", "", "s", "E", "10,000 - 15,000", "<1", "1,2", "�"])
def test_a_code_is_no_figure(text: str) -> None:
    assert figure(text) is None


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_figures(text: str) -> None:
    found = figure(text)
    assert found is None or found.low <= found.value <= found.high


def test_world_data_give_shares_of_the_printed_total(tmp_path: Path) -> None:
    reading = read(SOURCE, world(*COBALT).write(tmp_path))
    found = produced(reading.claims)
    assert set(found) == {("COD", "cobalt", "mined", "2023"), ("COD", "cobalt", "mined", "2024"), ("IDN", "cobalt", "mined", "2024")}
    congo = found["COD", "cobalt", "mined", "2024"]
    # USGS (2025), Mineral Commodity Summaries 2025, cobalt: 76% of world mine production, estimated.
    assert round(congo["share"], 2) == 0.76
    assert congo["share_lo"] < 220 / 290 < congo["share_hi"]
    assert (congo["value"], congo["total"], congo["unit"], congo["named_largest"]) == (220_000, 290_000, "metric tons", False)
    assert congo["scope"] == "mine production, cobalt content; estimated; world total as printed (rounded)"
    assert (reading.read, reading.loaded, reading.merged, len(reading.rejected)) == (4, 2, 2, 0)
    assert (reading.info.version, reading.info.covers_from, reading.info.covers_until) == ("2025", "2023", "2024")
    goods = {c.key[0]: c.values for c in reading.claims if c.type == "Good"}
    assert goods == {"cobalt": {"name": "Cobalt"}}


def test_the_commodities_file_gives_production_imports_and_reliance(tmp_path: Path) -> None:
    reading = read(SOURCE, SMALL.write(tmp_path))
    found = produced(reading.claims)
    assert set(found) == {("COD", "cobalt", "mined", "2025"), ("TUR", "cobalt", "mined", "2025")}
    assert found["TUR", "cobalt", "mined", "2025"]["share_hi"] == 0.0  # a dash is zero, which is known
    assert found["COD", "cobalt", "mined", "2025"]["scope"] == (
        "mine production, cobalt content; world total as printed (rounded), production of the United States excluded; COD: estimated"
    )
    flows = {c.key: dict(c.values) for c in reading.claims if c.type == "DEPENDS_ON"}
    assert set(flows) == {
        ("USA", "NOR", "cobalt", "refined", "mass", "2021", "2024"), ("USA", "JPN", "cobalt", "refined", "mass", "2021", "2024"),
        ("USA", "PER", "phosphate-rock", "mined", "mass", "2021", "2024"),
    }  # fmt: skip
    norway, japan, peru = (flows[k] for k in sorted(flows, key=lambda k: ("NOR", "JPN", "PER").index(k[1])))
    assert (norway["share_lo"], norway["share"], norway["share_hi"]) == (0.255, 0.26, 0.265)
    assert (japan["share_lo"], japan["share_hi"]) == (0.0, 0.01)
    assert (peru["share_lo"], peru["share_hi"]) == (0.99, 1.0)
    assert "printed as >99" in peru["scope"]
    observed = {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"}
    assert observed == {("USA", "usgs-net-import-reliance-cobalt", "2025"): 79.0}
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (2, "figure withheld (W)"), (5, "figure not available (NA)"), (12, "several states in one row"),
        (14, "net import reliance printed as a bound"), (15, "net exporter (E), no figure"), (16, "statistic not read: Reserves"),
    }  # fmt: skip
    assert (reading.read, reading.loaded, reading.merged) == (15, 6, 3)


@pytest.mark.parametrize(("detail", "section", "note", "chapter", "scope"), [
    ("Mine production", "World Mine Production and Reserves", "", "(Data in metric tons, cobalt content, unless otherwise specified) -- A",
     "mine production, cobalt content"),
    ("Mine production", "", "Mine production and ore reserves are reported in gross weight.", "(Data in tons, chromium content, unless",
     "mine production, gross weight"),
    ("Mine production", "World Mine Production (manganese content) and Reserves", "", "", "mine production, manganese content"),
    ("Mine production: Iron content, rounded", "", "", "(Data in thousand metric tons, usable ore, unless otherwise specified)",
     "mine production: Iron content"),
    ("Pig iron", "", "", "(Data in million metric tons, metal, unless otherwise specified)", "pig iron"),
    ("Zirconium mineral concentrates, mine production (thousand metric tons, gross weight)", "", "", "",
     "zirconium mineral concentrates, mine production, gross weight"),
    ("Rare gases production, (million liters): rounded", "", "", "", "rare gases production"),
    ("Production (arsenic trioxide, gross weight)", "", "", "(Data in metric tons, arsenic content, unless otherwise specified)",
     "production (arsenic trioxide, gross weight)"),
])  # fmt: skip
def test_the_scope_says_what_was_weighed(detail: str, section: str, note: str, chapter: str, scope: str) -> None:
    assert _scope(detail, section, note, chapter) == scope


def test_units_that_the_world_data_misprint_are_put_right(tmp_path: Path) -> None:
    kind = "Mine production, rutile, titanium dioxide (TiO2) content"
    name = "Titanium Mineral Concentrates"
    rows = [(name, "Kenya", kind, "metric tons", "47", "", ""), (name, "World total (rutile, rounded)", kind, "metric tons", "590", "", "")]
    (claim,) = [c for c in read(SOURCE, world(*rows).write(tmp_path)).claims if c.type == "PRODUCES"]
    assert claim.values["unit"] == "thousand metric tons"


def test_a_total_below_its_parts_is_not_used(tmp_path: Path) -> None:
    rows = [mined("China", "270,000"), mined("Burma", "113,000"), mined("Other countries", "1,000"), mined("World total", "380,000")]
    found = produced(read(SOURCE, sheet("m.csv", ROWS, rows).write(tmp_path)).claims)
    assert found["CHN", "cobalt", "mined", "2025"]["total"] == 384_000
    assert "sum of the printed rows" in found["MMR", "cobalt", "mined", "2025"]["scope"]


def test_states_without_a_world_total_have_no_share(tmp_path: Path) -> None:
    reading = read(SOURCE, sheet("m.csv", ROWS, [mined("China", "27"), mined("World total", "XX")]).write(tmp_path))
    assert not produced(reading.claims)
    assert {r.reason for r in reading.rejected} == {"total without states, or states without a world total", "no figure applies (XX)"}


def test_parts_of_a_state_are_added(tmp_path: Path) -> None:
    rows = [
        ("Helium", "United States (extracted from natural gas)", "Production, helium gas content", "million cubic meters", "60", "", ""),
        ("Helium", "United States (from Cliffside Field)", "Production, helium gas content", "million cubic meters", "5", "", ""),
        ("Helium", "World total (rounded)", "Production, helium gas content", "million cubic meters", "130", "", ""),
    ]
    reading = read(SOURCE, world(*rows).write(tmp_path))
    (claim,) = [c for c in reading.claims if c.type == "PRODUCES"]
    assert (claim.key, claim.values["value"]) == (("USA", "helium", "product", "volume", "2023", "2023"), 65.0)


def test_a_newer_release_replaces_the_whole_of_an_older_ones_year(tmp_path: Path) -> None:
    world(*COBALT).write(tmp_path)
    rows = [mined("Congo (Kinshasa)", "226,000", year="2024"), mined("World total", "302,000", year="2024")]
    sheet("MCS2026.csv", ROWS, [*rows, *SMALL.rows]).write(tmp_path)
    found = produced(read(SOURCE, tmp_path).claims)
    assert found["COD", "cobalt", "mined", "2024"]["total"] == 302_000
    assert ("IDN", "cobalt", "mined", "2024") not in found
    assert found["COD", "cobalt", "mined", "2023"]["total"] == 238_000


@pytest.mark.parametrize("way", REWRITES)
@pytest.mark.parametrize("table", [SMALL, world(*COBALT)], ids=["commodities", "world data"])
def test_a_rewritten_file_says_the_same(table: Sheet, way: str, tmp_path: Path) -> None:
    whole = read(SOURCE, table.write(tmp_path / "whole"))
    assert said(read(SOURCE, rewritten(table, way, tmp_path / "other")).claims) == said(whole.claims)


@pytest.mark.parametrize("table", [SMALL, world(*COBALT)], ids=["commodities", "world data"])
def test_a_file_cut_short_says_nothing_wrong(table: Sheet, tmp_path: Path) -> None:
    def but_scope(claims: Sequence[Claim]) -> set[Any]:
        """The scope of a table gathers remarks on all of its states, so that of a cut one can be shorter."""
        return {s for s in said([replace(c, values={**c.values, "scope": ""}) for c in claims]) if s[0] != "Good"}

    whole = but_scope(read(SOURCE, table.write(tmp_path / "whole")).claims)
    for reading in cuts(table, tmp_path / "cut", SOURCE):
        assert but_scope(reading.claims) <= whole


def test_another_file_is_refused_with_the_columns_that_are_expected(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"expected columns MCS chapter, Section"):
        read(SOURCE, tmp_path / "other.csv")


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("usgs"), SMALL.write(tmp_path), tmp_path)
    assert "prod|COD|cobalt|mined|mass|2025-2025" in stored


def test_every_series_names_a_described_good() -> None:
    goods = _goods()
    assert {r.good for r in _rules()} - {""} <= set(goods)
    assert {g["part_of"] for g in goods.values()} - {""} <= set(goods)
    assert len({g["name"] for g in goods.values()}) == len(goods)


@pytest.mark.reference
def test_the_published_files(reference: Path) -> None:
    reading = read(SOURCE, reference / "usgs" / "MCS2026_Commodities_Data.csv")
    assert reading.read == 8886
    flows = {c.key[:4]: c.values["share"] for c in reading.claims if c.type == "DEPENDS_ON"}
    # USGS (2026), Mineral Commodity Summaries 2026, import sources 2021-24 of rare-earth compounds and metals and of cobalt.
    assert flows["USA", "CHN", "rare-earth-metals-compounds", "refined"] == 0.71
    assert [flows["USA", s, "cobalt", "refined"] for s in ("NOR", "FIN", "CAN", "JPN")] == [0.26, 0.16, 0.14, 0.14]
    found = produced(reading.claims)
    # The same, rare earths: China 270,000 of 390,000 tons of rare-earth-oxide equivalent mined in 2025.
    china = found["CHN", "rare-earths", "mined", "2025"]
    assert (china["value"], china["total"]) == (270_000, 390_000)
    with (reference / "usgs" / "MCS2026_Commodities_Data.csv").open(encoding="cp1252", newline="") as file:
        printed = [row for row in csv.DictReader(file) if row["Section"] == "Import Sources"]
    named = [row for row in printed if row["Country"] not in ("Other countries", "China, Germany, and Russia")]
    assert len(flows) == len(named)


@pytest.mark.reference
def test_both_editions_together_agree_with_the_curated_shares(reference: Path) -> None:
    found = produced(read(SOURCE, reference / "usgs").claims)
    # USGS (2025), Mineral Commodity Summaries 2025, cobalt: Congo (Kinshasa) 220,000 of 290,000 in 2024; the 2026 edition revised both.
    assert (found["COD", "cobalt", "mined", "2024"]["value"], found["COD", "cobalt", "mined", "2024"]["total"]) == (226_000, 302_000)
    curated = produced(get("curated").read(None, *_bundled()).claims)
    for key, values in curated.items():
        if key in found and "total" in values:
            assert (found[key]["value"], found[key]["total"]) == (values["value"], values["total"])
            assert found[key]["share_lo"] <= values["share"] <= found[key]["share_hi"]


def _bundled() -> tuple[Any, frozenset[str]]:
    from graph_loader.identity import default_identity

    return default_identity(), frozenset(default_identity().states)
