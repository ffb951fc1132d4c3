"""exposure, scenario, obligations and the modes of concentration on the bundled data, through the command.

Expected values are those of the publications named beside them, or hand arithmetic on them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from inprocess import Run, run
from support import Cli, opened, small_package

from graph_loader.stores.base import Store

__all__ = ["run"]

COMMANDS: dict[str, tuple[str, ...]] = {
    "exposure": ("exposure", "DEU", "--as-of", "2022-06-01"),
    "exposure with camps": ("exposure", "PAK", "--camps"),
    "by relation": ("concentration", "--by-relation", "--as-of", "2022-06-01"),
    "criteria": ("concentration", "--criteria", "--good", "natural-gas"),
    "asymmetry": ("concentration", "--asymmetry"),
    "without a state": ("scenario", "--without", "RUS", "--as-of", "2022-06-01"),
    "without a bloc": ("scenario", "--without", "NATO", "--as-of", "2022-06-01"),
    "side by side": ("scenario", "--without", "RUS", "--compare", "us-japan-1960", "--as-of", "2022-06-01"),
    "obligations": ("obligations", "--as-of", "1975-01-01"),
    "obligations of a state": ("obligations", "USA", "--hops", "2", "--as-of", "1975-01-01"),
    "conflicts": ("obligations", "--conflicts", "--as-of", "2022-06-01"),
    "burden": ("obligations", "--burden", "--as-of", "2025-06-01"),
}
EU_27 = {
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL", "ITA", "LTU", "LUX", "LVA",
    "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE",
}  # fmt: skip


def answer(run: Run, store: Store, *args: str | Path) -> Any:
    return run(*args, "--format", "json", db=store).ok().json


@pytest.mark.parametrize("name", COMMANDS)
def test_every_row_has_the_columns_and_its_sources(run: Run, loaded_embedded: Store, name: str) -> None:
    found = answer(run, loaded_embedded, *COMMANDS[name])
    assert found["rows"]
    assert found["as_of"]
    assert found["newest_source"]
    described = {source["id"] for source in found["sources"]}
    for row in found["rows"]:
        assert list(row) == found["columns"]
        assert row["sources"]
        assert set(row["sources"]) <= described
    table = run(*COMMANDS[name], db=loaded_embedded).ok().stdout
    assert f"As of {found['as_of']}; newest source: " in table
    rows = list(csv.DictReader(io.StringIO(run(*COMMANDS[name], "--format", "csv", db=loaded_embedded).ok().stdout)))
    assert len(rows) == len(found["rows"])


def test_germanys_gas_of_2021_came_from_russia_which_is_no_ally(run: Run, loaded_embedded: Store) -> None:
    """Bundesnetzagentur: 52 per cent of Germany's gross imports in 2021 came from Russia. The EU had
    sanctions against Russia from 2014 on."""
    found = answer(run, loaded_embedded, "exposure", "Germany", "--good", "gas", "--as-of", "2022-01-01")
    own = [row for row in found["rows"] if row["importer"] == "DEU"]
    assert [(r["supplier"], r["share"], r["from_year"], r["relation"], r["obligation"]) for r in own] == [
        ("RUS", 0.52, 2021, "rival", None)
    ]
    assert "EU against RUS" in own[0]["hostile"]
    assert own[0]["flow_sources"]
    assert own[0]["hostile_sources"]
    assert own[0]["obligation_sources"] == []
    assert own[0]["named_share"] == 0.52  # the document names Russia only


def test_rows_of_the_bloc_stand_apart_and_are_said_to(run: Run, loaded_embedded: Store) -> None:
    """European Commission, REPowerEU: Russia 45, Norway 23, Algeria 12 per cent of the EU's imports in 2021; 21 of 27 were in NATO."""
    found = answer(run, loaded_embedded, "exposure", "DEU", "--good", "natural-gas", "--as-of", "2022-06-01")
    assert [r["importer"] for r in found["rows"]] == ["DEU", "EU", "EU", "EU"]
    assert [(r["supplier"], r["share"], r["relation"]) for r in found["rows"][1:]] == [
        ("RUS", 0.45, "rival"), ("NOR", 0.23, "ally of some members"), ("DZA", 0.12, "neutral")]  # fmt: skip
    assert found["rows"][2]["obligation"].startswith("21 of its 27 members")
    assert any("never add" in note for note in found["notes"])


def test_a_state_without_flows_is_unknown_not_independent(run: Run, loaded_embedded: Store) -> None:
    found = answer(run, loaded_embedded, "exposure", "Bhutan")
    assert found["rows"] == []
    assert any("unknown, not independent" in note for note in found["notes"])


def test_the_loss_of_russian_gas(run: Run, loaded_embedded: Store) -> None:
    """.45 - .1 * .55 = .395 of the EU's, .52 - .1 * .48 = .472 of Germany's imports are unmet when the others deliver a tenth more."""
    found = answer(run, loaded_embedded, "scenario", "--without", "Russia", "--good", "gas", "--slack", ".1", "--as-of", "2022-06-01")
    supply = {r["subject"]: r for r in found["rows"] if r["effect"] == "supply"}
    assert (supply["EU"]["unmet"], supply["DEU"]["unmet"]) == (0.395, 0.472)
    assert (supply["EU"]["hhi_lo"], supply["EU"]["hhi_hi"]) == (0.2759, 0.28)
    assert (supply["EU"]["hhi_lo_after"], supply["EU"]["hhi_hi_after"]) == (
        pytest.approx(734 / 3025, abs=1e-6),
        pytest.approx(775 / 3025, abs=1e-6),
    )
    assert {r["item"] for r in supply.values()} == {"natural-gas"}


def test_the_end_of_nato_leaves_no_member_of_the_eu_alone(run: Run, loaded_embedded: Store) -> None:
    """Article 42(7) of the Treaty on European Union binds the Union's members; Canada, Iceland and Norway have no other such treaty."""
    rows = answer(run, loaded_embedded, "scenario", "--without", "NATO", "--as-of", "2022-06-01")["rows"]
    orphaned = {r["subject"] for r in rows if r["orphaned"]}
    assert {"CAN", "ISL", "NOR"} <= orphaned
    assert not orphaned & EU_27
    assert not [r for r in rows if r["effect"] == "supply"]
    assert "USA" not in orphaned  # the Rio Treaty, Japan's neighbours


def test_the_end_of_one_treaty(run: Run, loaded_embedded: Store) -> None:
    """Article V of the treaty of 1960 obliges the United States alone; nobody else is bound to defend Japan."""
    rows = answer(run, loaded_embedded, "scenario", "--without", "us-japan-1960", "--as-of", "1970-01-01")["rows"]
    assert [(r["effect"], r["subject"], r["lost"], r["orphaned"]) for r in rows] == [("defence", "JPN", ["USA"], True)]


def test_two_scenarios_side_by_side(run: Run, loaded_embedded: Store) -> None:
    args = ("scenario", "--without", "RUS", "--compare", "NOR", "--good", "gas", "--as-of", "2022-06-01")
    rows = answer(run, loaded_embedded, *args)["rows"]
    (eu,) = [r for r in rows if r["effect"] == "supply" and r["subject"] == "EU"]
    assert (eu["share_lost"], eu["other_share_lost"]) == (0.45, 0.23)
    (italy,) = [r for r in rows if r["effect"] == "supply" and r["subject"] == "ITA"]
    assert italy["other_share_lost"] is None  # only Russia is named there: Norway's share is not known


def test_camps_before_and_after_are_compared_at_one_resolution(run: Run, loaded_embedded: Store) -> None:
    """Without the treaty of 1960 Japan has no obligation left, so it is in no camp."""
    rows = answer(run, loaded_embedded, "scenario", "--without", "us-japan-1960", "--camps", "--as-of", "1970-01-01")["rows"]
    moved = {r["subject"]: r for r in rows if r["effect"] == "camp"}
    assert moved["JPN"]["camp_after"] is None
    assert moved["JPN"]["camp_before"]


def test_who_must_defend_japan(run: Run, loaded_embedded: Store) -> None:
    found = answer(run, loaded_embedded, "obligations", "JPN", "--as-of", "2020-01-01")
    assert [(r["direction"], r["other"], r["mutual"]) for r in found["rows"]] == [("defended by", "USA", False)]


def test_the_quad_gives_no_duty_to_defend(run: Run, loaded_embedded: Store) -> None:
    found = answer(run, loaded_embedded, "obligations", "IND", "--as-of", "2024-01-01")
    assert not {r["other"] for r in found["rows"]} & {"AUS", "JPN", "USA"}


def test_turkey_and_the_eu_bind_an_american_ally_to_both_sides(run: Run, loaded_embedded: Store) -> None:
    """The EU's measures of November 2019 over drilling off Cyprus: NATO's members outside the Union must defend both."""
    rows = answer(run, loaded_embedded, "obligations", "--conflicts", "--as-of", "2022-06-01")["rows"]
    ours = {r["state"]: r for r in rows if {r["side_a"], r["side_b"]} == {"EU", "TUR"}}
    assert ours["USA"]["kind"] == "both sides"
    assert "DEU" in ours["USA"]["bound_a"]
    assert "CYP" not in ours["USA"]["bound_a"]
    assert ours["DEU"]["kind"] == ours["TUR"]["kind"] == "own side"


def test_three_allies_spent_two_per_cent_in_2014(run: Run, loaded_embedded: Store) -> None:
    """NATO, Defence Expenditure of NATO Countries (2014-2024): Greece, the United Kingdom and the United States."""
    found = answer(run, loaded_embedded, "obligations", "--burden", "--bloc", "NATO", "--as-of", "2015-01-01")
    assert {r["state"] for r in found["rows"] if r["meets"]} == {"GRC", "GBR", "USA"}
    assert {r["year"] for r in found["rows"]} == {2014}
    assert any("no value: ISL" in note for note in found["notes"])  # Iceland has no armed forces and no figure


def test_shares_by_relation_make_the_whole(run: Run, loaded_embedded: Store) -> None:
    found = answer(run, loaded_embedded, "concentration", "--by-relation", "--good", "natural-gas", "--as-of", "2022-06-01")
    eu = {r["relation"]: r for r in found["rows"] if r["importer"] == "EU"}
    assert {k: r["share"] for k, r in eu.items()} == {"ally of some members": 0.29, "rival": 0.45, "neutral": 0.17, "unnamed": 0.09}
    assert eu["neutral"]["suppliers"] == ["DZA", "QAT"]
    assert eu["unnamed"]["n_suppliers"] is None


MEMBERS = ("BEL", "DEU", "FRA", "ITA", "LUX", "NLD")  # of the European Economic Community of 1958; here all that the package's EU has


def test_criteria_on_trade_with_the_inside_and_exports(run: Run, tmp_path: Path) -> None:
    """Each of six members imports 100: 50 from China, 40 from another member, 10 unnamed; Japan imports 300 from Germany. Outside: 300
    by name, at most 600 - 240 = 360, so CDI2 is .5 to .6: not decided. Exports of members at least 240 + 300 = 540: CDI3 is at most
    360/540. China has 300 of at most 360: CDI1 at least (300/360)^2 = .694. With exports of Germany (310) and the others (50 each)
    stated as 560, CDI3 lies between 300/560 and 360/560."""
    flow = {"good": "magnets", "stage": "product", "basis": "value", "from_year": 2021, "to_year": 2021, "unit": "US dollars",
            "scope": "all imports", "named_largest": False}  # fmt: skip
    trade = [(m, s, v, 100) for n, m in enumerate(MEMBERS) for s, v in (("CHN", 50), (MEMBERS[n - 1], 40))] + [("JPN", "DEU", 300, 300)]
    tables: dict[str, Any] = {
        "goods": [{"id": "magnets", "name": "Magnets", "stage": "product"}],
        "blocs": [{"id": "EU", "name": "European Union", "kind": "union", "since": "1993-11-01", "until": ".."}],
        "memberships": [{"state": m, "bloc": "EU", "since": "1993-11-01", "until": "..", "role": "full"} for m in MEMBERS],
        "flows": [flow | {"importer": i, "supplier": s, "value": v, "total": t, "share": v / t} for i, s, v, t in trade],
    }  # fmt: skip
    store = opened(tmp_path / "store")
    run("load", "--from", small_package(tmp_path / "mine", tables), db=store).ok()
    args = ("concentration", "--criteria", "--as-of", "2022-06-01")
    rows = answer(run, store, *args)["rows"]
    eu = {r["criterion"]: (r["value_lo"], r["value_hi"], r["met"]) for r in rows if r["importer"] == "EU"}
    assert eu["CDI1"] == (round((300 / 360) ** 2, 6), 1.0, True)
    assert eu["CDI2"] == (0.5, 0.6, None)
    assert eu["CDI3"] == (0.0, round(360 / 540, 6), False)
    assert answer(run, store, *args, "--importer", "EU")["rows"] == [r for r in rows if r["importer"] == "EU"]
    japan = {r["criterion"]: r for r in rows if r["importer"] == "JPN"}
    assert japan["GeoDep 3: imports / exports"]["met"] is None
    assert "exports are not loaded" in japan["GeoDep 3: imports / exports"]["reason"]

    tables["indicators"] = [{"id": "customs-exports-magnets", "name": "Exports of magnets", "unit": "US dollars"}]
    tables["observations"] = [
        {"state": m, "indicator": "customs-exports-magnets", "year": 2021, "value": 310 if m == "DEU" else 50} for m in MEMBERS
    ]
    run("load", "--from", small_package(tmp_path / "mine", tables), db=store).ok()
    rows = answer(run, store, *args)["rows"]
    (cdi3,) = [r for r in rows if r["importer"] == "EU" and r["criterion"] == "CDI3"]
    assert (cdi3["value_lo"], cdi3["value_hi"], cdi3["met"]) == (round(300 / 560, 6), round(360 / 560, 6), False)
    (germany,) = [r for r in rows if r["importer"] == "DEU" and r["criterion"].startswith("GeoDep 3")]
    assert (germany["value_hi"], germany["met"]) == (round(100 / 310, 6), False)
    (france,) = [r for r in rows if r["importer"] == "FRA" and r["criterion"].startswith("GeoDep 3")]
    assert (france["value_hi"], france["met"]) == (2.0, True)


def test_what_the_bundled_data_lack_for_the_eu_is_said(run: Run, loaded_embedded: Store) -> None:
    rows = answer(run, loaded_embedded, "concentration", "--criteria", "--importer", "EU", "--as-of", "2022-06-01")["rows"]
    lacking = {r["criterion"]: r["reason"] for r in rows if r["good"] == "natural-gas"}
    assert "not loaded" in lacking["CDI2"]
    assert "not loaded" in lacking["CDI3"]


def test_re_exports_of_the_user(run: Run, loaded_embedded: Store, tmp_path: Path) -> None:
    """Bundesnetzagentur, 2025: Norway 44, the Netherlands 24, Belgium 21 per cent. With half of the Dutch
    deliveries Norwegian: .44 + .12 = .56."""
    file = tmp_path / "passed.csv"
    file.write_text("state,source,share\nNetherlands,NOR,0.5\n", encoding="utf-8")
    args = ("concentration", "--look-through", file, "--good", "natural-gas", "--importer", "DEU", "--as-of", "2026-11-22")
    rows = answer(run, loaded_embedded, *args)["rows"]
    assert {r["origin"]: r["share_ultimate"] for r in rows} == {"NOR": 0.56, "BEL": 0.21, "NLD": 0.12}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "state,source,share"),
        ("state,source,share\nNLD,NOR,half\n", "line 2"),
        ("state,source,share\nNLD,Atlantis,.5\n", "Atlantis"),
        ("state,source,share\nNLD,NOR,50\n", "0..1"),
        ("state,source,share\nNLD,NOR,.1\nNLD,NOR,.1\n", "twice"),
        ("state,source,share\nNLD,BEL,1\nBEL,NLD,1\n", "spectral radius"),
    ],
)
def test_a_wrong_table_of_re_exports_is_a_usage_error(run: Run, loaded_embedded: Store, tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "passed.csv"
    file.write_text(content, encoding="utf-8")
    run("concentration", "--look-through", file, "--good", "natural-gas", "--importer", "DEU", db=loaded_embedded).fails(2, words)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("exposure", "Atlantis"), "Atlantis"),
        (("exposure", "DEU", "--good", "unobtainium"), "unobtainium"),
        (("exposure", "DEU", "--top", "0"), "--top"),
        (("scenario", "--without", "Atlantis"), "no bloc or instrument"),
        (("scenario", "--without", "RUS", "--slack", "-1"), "--slack"),
        (("scenario", "--without", "RUS", "--slack", "nan"), "slack"),
        (("scenario",), "--without"),
        (("obligations", "--conflicts", "--burden"), "not both"),
        (("obligations", "--bloc", "NATO"), "--burden"),
        (("obligations", "--burden", "--bloc", "NOBODY"), "NOBODY"),
        (("obligations", "--burden", "--target", "0"), "--target"),
        (("concentration", "--criteria", "--asymmetry"), "one of"),
        (("concentration", "--camps"), "--by-relation"),
        (("concentration", "--look-through", __file__), "--good"),
    ],
)
def test_wrong_requests(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run(*args, db=loaded_embedded).fails(2, words)


# -- the same in Cypher ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["DEU", "FRA", "JPN", "UKR", "PAK", "IND"])
@pytest.mark.parametrize("as_of", ["2022-06-01", "2026-11-22"])
def test_exposure_in_cypher(run: Run, loaded_embedded: Store, state: str, as_of: str) -> None:
    found = answer(run, loaded_embedded, "exposure", state, "--top", "100", "--as-of", as_of)["rows"]
    ours = {(r["flow_fact"], r["share"], r["obligation"] is not None, r["hostile"] is not None) for r in found if r["importer"] == state}
    theirs = answer(run, loaded_embedded, "query", "dependency/exposure", "-p", f"state={state}", "--as-of", as_of)["rows"]
    assert ours == {(r["fact"], r["share"], r["allied"], r["hostile"]) for r in theirs}
    if (state, as_of) == ("DEU", "2022-06-01"):  # Bundesnetzagentur, as above
        assert [(r["supplier"], r["share"], r["allied"], r["hostile"]) for r in theirs if r["good"] == "natural-gas"] == [
            ("RUS", 0.52, False, True)
        ]


@pytest.mark.parametrize("guarantor", ["USA", "GBR", "RUS", "FRA"])
@pytest.mark.parametrize("as_of", ["1970-01-01", "1995-01-01", "2022-06-01"])
def test_orphans_in_cypher(run: Run, loaded_embedded: Store, guarantor: str, as_of: str) -> None:
    found = answer(run, loaded_embedded, "scenario", "--without", guarantor, "--as-of", as_of)["rows"]
    theirs = answer(run, loaded_embedded, "query", "obligations/orphans", "-p", f"guarantor={guarantor}", "--as-of", as_of)["rows"]
    assert {(r["subject"], tuple(r["facts"])) for r in found if r["orphaned"]} == {
        (r["state"], tuple(sorted(set(r["facts"])))) for r in theirs
    }
    if (guarantor, as_of) == ("USA", "1970-01-01"):  # treaties of 1960 and 1953, with nobody else
        assert {"JPN", "KOR"} <= {r["state"] for r in theirs}


@pytest.mark.reference
def test_without_the_united_states_in_2015(cli: Cli, tmp_path: Path, reference: Path) -> None:
    """ATOP 5.1, 2015: Australia, Japan, Pakistan, the Philippines, South Korea and Thailand have no other defender (computed from the
    published dyad-years)."""
    store = opened(tmp_path / "store")
    cli("load", "atop", "--from", reference / "atop" / "atop5_1ddyr_1990_2018.csv", db=store).ok()
    rows = cli("scenario", "--without", "USA", "--as-of", "2015", "--format", "json", db=store).ok().rows
    assert {r["subject"] for r in rows if r["orphaned"]} == {"AUS", "JPN", "PAK", "PHL", "KOR", "THA"}
