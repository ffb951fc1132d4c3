"""CEPII: shares of imports only where all origins are there, from Gravity and from BACI's product flows."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from support import Cli
from variants import REWRITES, Sheet, cuts, loaded_twice, read, rewritten, said, sheet

from graph_loader.errors import DataError
from graph_loader.sources import baci, cepii
from graph_loader.sources.base import get

GRAVITY = (
    "year,country_id_o,country_id_d,iso3_o,iso3_d,country_exists_o,country_exists_d,pop_o,pop_d,gdp_o,gdp_d,tradeflow_comtrade_d,"
    "tradeflow_baci,tradeflow_imf_d,distcap"
)
STATES = ("FRA", "DEU", "EGY")
FLOWS = {("DEU", "FRA"): "75", ("EGY", "FRA"): "25", ("FRA", "EGY"): "0.5", ("DEU", "EGY"): "99.5", ("FRA", "DEU"): ""}
GDP = {"FRA": "2000", "DEU": "3000", "EGY": ""}


def gravity(rest: str = "1") -> Sheet:
    rows = [
        (2010, o, d, o, d, "1", "1", "60", "60", GDP[o], GDP[d], "7", FLOWS.get((o, d), ""), "", rest) for o, d in product(STATES, STATES)
    ]
    gone = (2010, "DEU.2", "FRA", "DEU", "FRA", "0", "1", "", "60", "", "2000", "", "", "", rest)
    odd = (2010, "GUF", "FRA", "GUF", "FRA", "1", "1", "1", "60", "", "2000", "", "", "", rest)
    return sheet("Gravity.csv", GRAVITY, [*rows, gone, odd])


def flows(claims: Any) -> dict[tuple[str, str, str], tuple[Any, Any]]:
    return {c.key[:3]: (c.values["share"], c.values["total"]) for c in claims if c.type == "DEPENDS_ON"}


def test_gravity_gives_shares_when_all_origins_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cepii, "ORIGINS", 3)
    reading = read(cepii.SOURCE, gravity().write(tmp_path))
    found = flows(reading.claims)
    assert found["FRA", "DEU", "all-goods"] == (0.75, 100.0)
    assert found["FRA", "EGY", "all-goods"] == (0.25, 100.0)
    assert found["EGY", "DEU", "all-goods"] == (0.995, 100.0)
    assert ("EGY", "FRA", "all-goods") not in found  # half a per cent: in the total only
    assert found["DEU", "FRA", "all-goods"] == (0.5, 14.0)  # no flow in BACI: all of them as the importer reported
    observed = {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"}
    assert observed["FRA", "cepii-gdp", "2010"] == 2000
    assert ("EGY", "cepii-gdp", "2010") not in observed
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (2, "a state and itself"), (6, "a state and itself"), (10, "a state and itself"),
        (11, "a country that did not exist in that year"), (12, "unknown state"),
    }  # fmt: skip
    assert (reading.read, reading.loaded + reading.merged) == (11, 6)


def test_an_extract_gives_indicators_only_and_says_why(tmp_path: Path) -> None:
    reading = read(cepii.SOURCE, gravity().write(tmp_path))
    assert not flows(reading.claims)
    assert any("load the whole file" in note for note in reading.notes)


@pytest.mark.parametrize("way", REWRITES)
def test_gravity_rewritten_says_the_same(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cepii, "ORIGINS", 3)
    whole = read(cepii.SOURCE, gravity().write(tmp_path / "whole"))
    assert said(read(cepii.SOURCE, rewritten(gravity(), way, tmp_path / "other")).claims) == said(whole.claims)


def test_gravity_cut_short_gives_no_other_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cepii, "ORIGINS", 3)
    whole = flows(read(cepii.SOURCE, gravity().write(tmp_path / "whole")).claims)
    for reading in cuts(gravity(), tmp_path / "cut", cepii.SOURCE):
        assert flows(reading.claims).items() <= whole.items()


def test_text_in_a_column_of_figures_is_named(tmp_path: Path) -> None:
    (tmp_path / "Gravity.csv").write_text(gravity().text().replace(",75,", ",lots,"), encoding="utf-8")
    with pytest.raises(DataError, match=r"row 5, column tradeflow_baci: 'lots' is no number"):
        read(cepii.SOURCE, tmp_path / "Gravity.csv")


def test_loading_gravity_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("cepii"), gravity().write(tmp_path), tmp_path)
    assert stored["observed|FRA|cepii-population|2010"]["value"] == 60


TRADE = sheet("BACI_HS17_Y2021_V202301.csv", "t,i,j,k,v,q", [
    "2021,842,276,848620,60,1", "2021,490,276,848620,30,NA", "2021,697,276,848620,10,1", "2021,276,251,848620,5,1",
    "2021,842,251,10121,7,1", "2021,842,276,848620,60,1", "2021,999,276,848620,0.001,1",
])  # fmt: skip
CODES = sheet("country_codes_V202301.csv", "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha", [
    "842,USA,\"USA\",US,USA".replace('"', ""),
])  # fmt: skip
PRODUCTS = sheet("product_codes_HS17_V202301.csv", "code,description", [("848620", "Machines, for semiconductors"), ("10121", "Horses")])


def test_an_extract_of_baci_gives_shares_of_its_products(tmp_path: Path) -> None:
    for table in (TRADE, CODES, PRODUCTS):
        table.write(tmp_path)
    reading = read(baci.SOURCE, tmp_path)
    found = flows(reading.claims)
    assert found["DEU", "USA", "hs2017-848620"] == (pytest.approx(0.6, abs=1e-4), pytest.approx(100.001))
    assert found["DEU", "TWN", "hs2017-848620"][0] == pytest.approx(0.3, abs=1e-4)
    assert found["FRA", "DEU", "hs2017-848620"] == (1.0, 5.0)
    assert set(found) == {
        ("DEU", "USA", "hs2017-848620"), ("DEU", "TWN", "hs2017-848620"), ("FRA", "DEU", "hs2017-848620"), ("FRA", "USA", "hs2017-010121"),
    }  # fmt: skip
    goods = {c.key[0]: c.values for c in reading.claims if c.type == "Good"}
    assert goods["hs2017-848620"] == {
        "name": "Machines, for semiconductors", "stage": "product", "hs": "8486.20", "hs_revision": "HS2017",
    }  # fmt: skip
    assert (reading.read, reading.loaded, reading.merged) == (10, 4, 3)
    assert {(r.row, r.reason) for r in reading.rejected} == {
        (4, "a group of states, or a residual"), (7, "flow stated twice"), (8, "unknown state"),
    }  # fmt: skip
    assert any("not yet verified" in note for note in reading.notes)


def test_exports_come_of_files_with_all_importers_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The United States sold 60 to Germany and 7 to France, Germany 5; the groups' 10 are no state's."""
    assert not [c for c in read(baci.SOURCE, TRADE.write(tmp_path)).claims if c.type == "OBSERVED"]
    monkeypatch.setattr(baci, "ALL_IMPORTERS", 2)
    reading = read(baci.SOURCE, TRADE.write(tmp_path))
    assert {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"} == {
        ("USA", "baci-exports-hs2017-010121", "2021"): 7.0, ("USA", "baci-exports-hs2017-848620", "2021"): 60.0,
        ("DEU", "baci-exports-hs2017-848620", "2021"): 5.0, ("TWN", "baci-exports-hs2017-848620", "2021"): 30.0,
    }  # fmt: skip
    assert reading.read == reading.loaded + reading.merged + len(reading.rejected)


def test_a_whole_year_of_baci_gives_shares_of_all_goods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baci, "WHOLE", 2)
    monkeypatch.setattr(baci, "MOST_PRODUCTS", 1)
    found = flows(read(baci.SOURCE, TRADE.write(tmp_path)).claims)
    assert found["FRA", "USA", "all-goods"] == (pytest.approx(7 / 12, abs=1e-6), 12.0)
    lost = sheet("b.csv", "t,i,j,k,v,q", ["2021,842,276,848620,60,1", "2021,842,251,10121,7,1"])
    with pytest.raises(DataError, match="exporters are missing"):
        read(baci.SOURCE, lost.write(tmp_path / "lost"))


def test_baci_between_an_extract_and_a_whole_year_is_refused(tmp_path: Path) -> None:
    rows = [f"2021,842,276,{100000 + n},1,1" for n in range(60)]
    with pytest.raises(DataError, match="60 products; a whole year has over 4000"):
        read(baci.SOURCE, sheet("b.csv", "t,i,j,k,v,q", rows).write(tmp_path))


def test_codes_of_baci_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="codes without flows"):
        read(baci.SOURCE, PRODUCTS.write(tmp_path))


@pytest.mark.parametrize("way", REWRITES)
def test_baci_rewritten_says_the_same(way: str, tmp_path: Path) -> None:
    whole = read(baci.SOURCE, TRADE.write(tmp_path / "whole"))
    found = said(read(baci.SOURCE, rewritten(TRADE, way, tmp_path / "other")).claims)
    if not way.startswith("zip"):  # the archive bears no name of a revision
        assert found == said(whole.claims)


def test_loading_baci_twice_changes_nothing(tmp_path: Path) -> None:
    stored = loaded_twice(get("baci"), TRADE.write(tmp_path), tmp_path)
    assert "flow|FRA|DEU|hs2017-848620|product|value|2021-2021" in stored


@pytest.mark.reference
def test_the_sample_of_gravity(reference: Path) -> None:
    reading = read(cepii.SOURCE, reference / "cepii" / "Gravity_V202211_sample.csv")
    assert reading.read == 2000
    observed = {c.key: c.values["value"] for c in reading.claims if c.type == "OBSERVED"}
    # World Bank, GDP (current US$) of the United States in 2010: 15.0 trillion.
    assert round(observed["USA", "cepii-gdp", "2010"] / 1e9, 1) == 15.0


def test_sources_show_says_that_the_layout_of_baci_is_not_verified(cli: Cli) -> None:
    shown = cli("sources", "show", "baci", "--format", "json").rows
    layouts = [row["value"] for row in shown if row["property"] == "layout"]
    assert "trade flows (layout not yet verified on a real file): t, i, j, k, v, q" in layouts
    assert "product codes: code, description" in layouts
