"""``pactgraph clusters``: the hard cases of the Cold War, two dates, what holds a state, rivalries, layers.

Memberships as the treaties have them: NATO's sixteen and the Warsaw Treaty's six on 31 December 1990 (the GDR ended on 3 October); the
parties to the Rio Treaty that are in no other alliance of the time; Austria, Finland (neutral in its own words, but bound to defend
itself beside the Soviet Union by the treaty of 1948), Ireland, Sweden, Switzerland, Yugoslavia in neither.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inprocess import Run, run
from published import with_atop_and_votes
from support import Cli, small_package

from graph_loader.stores.base import Store

__all__ = ["run", "with_atop_and_votes"]

NATO = {"BEL", "CAN", "DEU", "DNK", "FRA", "GBR", "GRC", "ISL", "ITA", "LUX", "NLD", "NOR", "PRT", "TUR", "USA"}
NATO_1990 = NATO | {"ESP"}
WARSAW_1990 = {"BGR", "CSK", "HUN", "POL", "ROU", "SUN"}
RIO_ONLY = {"ARG", "BOL", "BRA", "CHL", "COL", "CRI", "DOM", "ECU", "GTM", "HND", "HTI", "NIC", "PAN", "PER", "PRY", "SLV", "URY", "VEN"}
NEUTRAL = {"AUT", "CHE", "IRL", "SWE", "YUG"}
QUICK = ("--runs", "10", "--bootstrap", "40")


def camps(run: Run, db: Store, *args: str) -> dict[str, dict[str, Any]]:
    return {r["state"]: r for r in run("clusters", *args, *QUICK, "--format", "json", db=db).ok().rows}


def camps_of(found: dict[str, dict[str, Any]], states: set[str]) -> set[int | None]:
    return {found[s]["camp"] for s in states}


# -- hard cases ----------------------------------------------------------------------------------------------------------


@pytest.mark.reference
def test_the_rio_treaty_is_not_nato(run: Run, with_atop_and_votes: Store) -> None:
    found = camps(run, with_atop_and_votes, "--as-of", "1990")
    assert len(camps_of(found, NATO_1990)) == len(camps_of(found, WARSAW_1990)) == len(camps_of(found, RIO_ONLY)) == 1
    assert None not in camps_of(found, NATO_1990 | WARSAW_1990 | RIO_ONLY)
    assert len(camps_of(found, NATO_1990 | WARSAW_1990 | RIO_ONLY)) == 3  # though the USA is party to both treaties of the West
    assert camps_of(found, NEUTRAL) == {None}
    assert found["FIN"]["camp"] not in camps_of(found, NATO_1990)


@pytest.mark.reference
def test_1992(run: Run, with_atop_and_votes: Store) -> None:
    """NATO and the Rio Treaty go on; the Warsaw Treaty ended on 1 July 1991, the Soviet Union on 26 December."""
    found = camps(run, with_atop_and_votes, "--as-of", "1992")
    assert len(camps_of(found, NATO_1990)) == len(camps_of(found, RIO_ONLY)) == 1
    assert not camps_of(found, NATO_1990) & camps_of(found, RIO_ONLY | {"RUS", "POL", "HUN"})
    assert found["RUS"]["certainty"] < 0.8  # what is left in the East is not said to be a camp
    assert "SUN" not in found or found["SUN"]["camp"] is None
    rows = run("clusters", "--as-of", "1992", "--compare", "1990", *QUICK, "--format", "json", db=with_atop_and_votes).ok()
    moved = {r["state"]: r["moved"] for r in rows.rows}
    assert moved["SUN"] == "left"
    assert moved["RUS"] == "joined"
    assert {moved[s] for s in NATO_1990 | RIO_ONLY} == {"stayed"}
    assert rows.json["params"]["nmi"] < 1


@pytest.mark.parametrize("year", ["1967", "1980"])
def test_france_outside_the_integrated_command_stays_in_natos_camp(run: Run, loaded_embedded: Store, year: str) -> None:
    """It left the command in 1966, not the treaty (NATO, "France and NATO")."""
    found = camps(run, loaded_embedded, "--as-of", year)
    assert found["FRA"]["camp"] is not None
    assert len(camps_of(found, {"FRA", "DEU", "ITA", "NOR"})) == 1


@pytest.mark.parametrize("year", ["1950", "1967", "1980"])
def test_yugoslavia_is_apart(run: Run, loaded_embedded: Store, year: str) -> None:
    found = camps(run, loaded_embedded, "--as-of", year)
    assert found["YUG"]["camp"] is None
    assert camps_of(found, {"AUT", "CHE", "IRL", "SWE"}) == {None}


# -- two dates -----------------------------------------------------------------------------------------------------------


def test_two_dates_in_either_order(run: Run, loaded_embedded: Store) -> None:
    same = (*QUICK, "--resolution", "0.75", "--format", "json")
    one = run("clusters", "--as-of", "1975", "--compare", "1992", *same, db=loaded_embedded).ok()
    other = run("clusters", "--as-of", "1992", "--compare", "1975", *same, db=loaded_embedded).ok()
    assert one.rows == other.rows
    assert one.json["columns"] == ["state", "name", "camp_before", "camp_after", "certainty_before", "certainty_after", "moved", "sources"]
    left = {r["state"] for r in one.rows if r["moved"] == "left"}
    assert {"BGR", "CSK", "HUN", "POL", "ROU", "SUN"} <= left  # the Warsaw Treaty ended in between
    assert {r["moved"] for r in one.rows if r["state"] in ("DEU", "FRA", "NOR")} == {"stayed"}
    assert all(r["sources"] for r in one.rows)
    notes = " ".join(one.json["notes"])
    assert "From 1975-12-31 to 1992-12-31: NMI 0." in notes
    assert "a group of its own" in notes


# -- what holds a state ----------------------------------------------------------------------------------------------------


def test_what_holds_france(run: Run, loaded_embedded: Store) -> None:
    found = run("clusters", "--as-of", "1980", "--why", "France", *QUICK, "--format", "json", db=loaded_embedded).ok()
    rows = {r["removed"]: r for r in found.rows}
    nato = rows["north-atlantic-treaty"]
    assert nato["n_ties"] == 14  # NATO had fifteen members in 1980
    assert nato["moved"] in ("moves", "alone") or nato["certainty"] < 1
    assert all(0 <= r["kept"] <= 1 for r in found.rows if r["kept"] is not None)
    assert any(note.startswith("FRA is in camp") for note in found.json["notes"])


def test_what_holds_a_state_with_one_treaty(run: Run, loaded_embedded: Store) -> None:
    (row,) = run("clusters", "--as-of", "1980", "--why", "ISL", *QUICK, "--format", "json", db=loaded_embedded).ok().rows
    assert (row["removed"], row["moved"], row["camp"], row["n_partners"]) == ("north-atlantic-treaty", "alone", None, 14)


def test_a_state_without_a_camp(run: Run, loaded_embedded: Store) -> None:
    found = run("clusters", "--as-of", "1980", "--why", "CHE", *QUICK, "--format", "json", db=loaded_embedded).ok()
    assert found.rows == []
    assert any("CHE is in no camp" in note for note in found.json["notes"])


# -- rivalries -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def europe_1907(cli: Cli, tmp_path: Path) -> Path:
    """Two camps of three, rivals across."""
    entente, alliance = ("FRA", "GBR", "RUS"), ("AUT", "DEU", "ITA")
    tie = {"domain": "DEFENCE", "kind": "alliance", "obligations": "defence", "mutual": True, "since": "1907-08-31", "until": "1914-07-28"}
    rows = [tie | {"start": a, "end": b} for group in (entente, alliance) for i, a in enumerate(group) for b in group[i + 1 :]]
    against = {"domain": "DISPUTE", "kind": "militarized", "mutual": True, "since": "1907-08-31", "until": "1914-07-28"}
    rows += [against | {"start": min(a, b), "end": max(a, b)} for a in entente for b in alliance]
    folder = small_package(tmp_path / "europe", {"ties": rows})
    cli("load", "--from", folder, db=tmp_path / "store").ok()
    return tmp_path / "store"


def test_europe_1907_through_the_command(run: Run, europe_1907: Path) -> None:
    found = run("clusters", "--as-of", "1907-12-31", "--balance", *QUICK, "--format", "json", db=europe_1907).ok()
    params = found.json["params"]
    assert (params["balanced_share"], params["frustration_index"], params["frustration_exact"]) == (1.0, 0, True)
    assert params["triangles"] == {"+++": 2, "++-": 0, "+--": 18, "---": 0}
    assert params["frustrated_by_camps"] == 0
    assert {r["place"] for r in found.rows} == {"across"}
    assert len(found.rows) == 9
    notes = " ".join(found.json["notes"])
    assert "1.0000 of 20 triangles are balanced" in notes
    assert "of 9 pairs of rivals 0 lie within a camp, 9 across camps" in notes


def test_europe_1907_by_signs(run: Run, europe_1907: Path) -> None:
    """Two triangles of allies, all nine pairs across them rivals: Q = (6 * .5 + 9 * .5) / 15 = .5."""
    found = run("clusters", "--as-of", "1907-12-31", "--signed", *QUICK, "--format", "json", db=europe_1907).ok()
    assert found.json["params"]["q"] == 0.5
    camp = {r["state"]: r["camp"] for r in found.rows}
    assert camp["FRA"] == camp["GBR"] == camp["RUS"] != camp["DEU"] == camp["AUT"] == camp["ITA"]
    assert {(r["n_allies"], r["n_rivals"], tuple(r["rivals_within"])) for r in found.rows if r["camp"]} == {(2, 3, ())}
    assert {tuple(r["sources"]) for r in found.rows if r["camp"]} == {("mine",)}
    assert "0 of 9 pairs of rivals lie within a camp" in run("clusters", "--as-of", "1907", "--signed", *QUICK, db=europe_1907).ok().stdout


def test_signed_camps_of_the_bundled_data(run: Run, loaded_embedded: Store) -> None:
    """Switzerland, neutral, has sanctions of its own in force (SECO, Massnahmen gegenüber Burundi) and no ally: in no camp."""
    rows = {r["state"]: r for r in run("clusters", "--as-of", "2022", "--signed", *QUICK, "--format", "json", db=loaded_embedded).ok().rows}
    assert rows["CHE"]["camp"] is None
    assert "common rivals" in rows["CHE"]["note"]
    assert rows["DEU"]["camp"] == rows["FRA"]["camp"] != rows["RUS"]["camp"] == rows["BLR"]["camp"]


def test_a_date_without_rivalries_says_so(run: Run, europe_1907: Path) -> None:
    found = run("clusters", "--as-of", "1920", "--balance", *QUICK, "--format", "json", db=europe_1907).ok()
    assert found.rows == []
    assert any("hold no sanction or dispute" in note for note in found.json["notes"])


# -- layers --------------------------------------------------------------------------------------------------------------


def test_layers_are_weighed_and_said(run: Run, loaded_embedded: Store) -> None:
    args = ("clusters", "--as-of", "2020", "--domain", "defence", "--domain", "trade", *QUICK, "--format", "json")
    even = run(*args, db=loaded_embedded).ok()
    assert even.json["notes"][1].startswith("Layers")
    assert "defence 50%" in even.json["notes"][1]
    assert "trade 50%" in even.json["notes"][1]
    double = run(*args, "--domain-weight", "defence=2", db=loaded_embedded).ok()
    assert "defence 67%" in double.json["notes"][1]
    assert double.json["params"]["domain_weights"] == {"DEFENCE": 2.0}
    assert double.json["params"]["domains"] == ["DEFENCE", "TRADE"]


def test_one_domain_other_than_defence_has_camps(run: Run, loaded_embedded: Store) -> None:
    found = camps(run, loaded_embedded, "--as-of", "2020", "--domain", "trade")
    assert any(row["camp"] is not None for row in found.values())


@pytest.mark.parametrize(("args", "words"), [
    (("--compare", "1990", "--why", "USA"), "give one of"),
    (("--why", "USA", "--balance"), "give one of"),
    (("--compare", "soon"), "--compare"),
    (("--as-of", "1990", "--compare", "1990-12-31"), "date of the answer"),
    (("--why", "Atlantis"), "Atlantis"),
    (("--why", "USA", "--bootstrap", "0"), "bootstrap"),
    (("--domain-weight", "defence=2"), "several chosen domains"),
    (("--domain", "defence", "--domain", "trade", "--domain-weight", "defence=0"), "above 0"),
    (("--domain", "defence", "--domain", "trade", "--domain-weight", "defence"), "above 0"),
    (("--domain", "defence", "--domain", "trade", "--domain-weight", "energy=2"), "energy"),
    (("--domain", "defence", "--domain", "trade", "--domain-weight", "war=2"), "no domain 'war'"),
    (("--domain", "sanctions"), "positive ties"),
    (("--signed", "--balance"), "give one of"),
    (("--signed", "--domain", "trade"), "--signed"),
    (("--signed", "--weight", "instruments"), "--signed"),
])  # fmt: skip
def test_requests_that_make_no_sense(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run("clusters", *args, "--runs", "2", *(() if "--bootstrap" in args else ("--bootstrap", "2")), db=loaded_embedded).fails(2, words)
