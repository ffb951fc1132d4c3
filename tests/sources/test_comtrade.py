"""UN Comtrade's former CSV: the world is a total and never a partner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from variants import REWRITES, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader.errors import DataError
from graph_loader.sources.base import get
from graph_loader.sources.comtrade import SOURCE

HEADER = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,Reporter Code,Reporter,Reporter ISO,"
    "Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Netweight (kg),Trade Value (US$),Flag"
)
COUNTRIES = {"World": ("0", "WLD"), "Germany": ("276", "DEU"), "Japan": ("392", "JPN"), "USA": ("842", "USA"),
             "Other Asia, nes": ("490", ""), "Nowhere": ("999", "XYZ")}  # fmt: skip


def row(flow: str, reporter: str, partner: str, value: str, year: str = "2019", code: str = "848620", revision: str = "H5") -> Any:
    (reporter_code, iso), (partner_code, partner_iso) = COUNTRIES[reporter], COUNTRIES[partner]
    return (revision, year, year, year, "6", "1", "1", flow, reporter_code, reporter, iso, partner_code, partner, partner_iso, code,
            "Machines, for semiconductors", "1", value, "0")  # fmt: skip


SMALL = sheet("comtrade.csv", HEADER, [
    row("Import", "Germany", "World", "1000"), row("Import", "Germany", "Japan", "600"), row("Import", "Germany", "USA", "300"),
    row("Export", "Germany", "World", "50"), row("Export", "Germany", "Japan", "5"), row("Import", "USA", "Japan", "7"),
    row("Import", "Other Asia, nes", "World", "9"), row("Import", "Germany", "Nowhere", "1"), row("Import", "Germany", "World", "1000"),
    row("Import", "Germany", "World", "999"), row("Import", "USA", "World", "", code="903082"), row("Export", "Japan", "World", "5", "x"),
    row("Export", "Japan", "World", "0"),
])  # fmt: skip


def test_the_world_is_the_total_of_shares_and_an_indicator(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 13, column Year: .x. is no number"):
        read(SOURCE, SMALL.write(tmp_path))
    fixed = sheet("comtrade.csv", HEADER, [r for r in SMALL.rows if r[1] != "x"])
    reading = read(SOURCE, fixed.write(tmp_path))
    flows = {c.key: (c.values["share"], c.values["total"]) for c in reading.claims if c.type == "DEPENDS_ON"}
    assert flows == {
        ("DEU", "JPN", "hs2017-848620", "product", "value", "2019", "2019"): (0.6, 1000.0),
        ("DEU", "USA", "hs2017-848620", "product", "value", "2019", "2019"): (0.3, 1000.0),
    }
    observed = {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"}
    assert observed == {
        ("DEU", "comtrade-imports-hs2017-848620", "2019"): 1000.0, ("DEU", "comtrade-exports-hs2017-848620", "2019"): 50.0,
        ("JPN", "comtrade-exports-hs2017-848620", "2019"): 0.0,
    }  # fmt: skip
    goods = {c.key[0]: c.values for c in reading.claims if c.type == "Good"}
    assert goods == {"hs2017-848620": {
        "name": "Machines, for semiconductors", "stage": "product", "hs": "8486.20", "hs_revision": "HS2017"}}  # fmt: skip
    assert (reading.read, reading.loaded, reading.merged) == (12, 5, 1)
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (6, "export to a partner: its imports are those that it reports"), (7, "no imports from the world to take a share of"),
        (8, "reporter is no state (areas not elsewhere specified)"), (9, "unknown state"), (11, "stated twice with different values"),
        (12, "no value"),
    }  # fmt: skip
    assert (reading.info.covers_from, reading.info.covers_until) == ("2019", "2019")


def test_partners_above_the_world_have_no_share(tmp_path: Path) -> None:
    rows = [row("Import", "Germany", "World", "10"), row("Import", "Germany", "Japan", "6"), row("Import", "Germany", "USA", "6")]
    reading = read(SOURCE, sheet("c.csv", HEADER, rows).write(tmp_path))
    assert not [c for c in reading.claims if c.type in ("DEPENDS_ON", "Good")]
    assert {r.reason for r in reading.rejected} == {"partners add up to more than the world"}


WHOLE = sheet("comtrade.csv", HEADER, [r for r in SMALL.rows if r[1] != "x"])


@pytest.mark.parametrize("way", REWRITES)
def test_a_rewritten_file_says_the_same(way: str, tmp_path: Path) -> None:
    table = sheet("comtrade.csv", HEADER, [r for r in WHOLE.rows if r[17] != "999"])  # of two different values the first in the file counts
    whole = read(SOURCE, table.write(tmp_path / "whole"))
    assert said(read(SOURCE, rewritten(table, way, tmp_path / "other")).claims) == said(whole.claims)


def test_a_file_cut_short_says_nothing_wrong(tmp_path: Path) -> None:
    whole = said(read(SOURCE, WHOLE.write(tmp_path / "whole")).claims)
    for reading in cuts(WHOLE, tmp_path / "cut", SOURCE):
        assert said(reading.claims) <= whole


@given(st.lists(st.tuples(st.sampled_from(["Import", "Export", "Re-Import"]), st.sampled_from(sorted(COUNTRIES)),
                          st.sampled_from(sorted(COUNTRIES)), st.sampled_from(["", "0", "7", "x", "1e3"])), max_size=10))  # fmt: skip
def test_every_row_is_accounted_for_and_no_share_is_above_one(rows: list[tuple[str, str, str, str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        reading = read(SOURCE, sheet("c.csv", HEADER, [row(*cells) for cells in rows]).write(Path(folder)))
    totals: dict[Any, float] = {}
    for claim in reading.claims:
        if claim.type == "DEPENDS_ON":
            totals[claim.key[0], claim.key[2]] = totals.get((claim.key[0], claim.key[2]), 0.0) + float(str(claim.values["share"]))
    assert all(total <= 1.0001 for total in totals.values())


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("comtrade"), WHOLE.write(tmp_path), tmp_path)
    assert "flow|DEU|JPN|hs2017-848620|product|value|2019-2019" in stored


@pytest.mark.reference
def test_the_file_of_the_former_site(reference: Path) -> None:
    """2,863 rows, a hand count; 30 are of 'Other Asia, nes', which no state's code stands for."""
    reading = read(SOURCE, reference / "comtrade" / "comtrade 2021-08-16.csv")
    assert (reading.read, reading.loaded, reading.merged, len(reading.rejected)) == (2863, 2833, 0, 30)
    assert not [c for c in reading.claims if c.type == "DEPENDS_ON"]  # all partners are the world
