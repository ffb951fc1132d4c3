"""``pactgraph similarity``: pairs over time, one against all, squares; what is stated with every number, and what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from inprocess import Run, run
from published import with_atop_and_votes
from support import Cli, small_package

from graph_loader.identity import default_identity
from graph_loader.stores.base import Store

__all__ = ["run", "with_atop_and_votes"]

# NATO, "Member countries": 15 members on 31 December 1975. European Commission, "From 6 to 27 members": the Communities had 9 from 1973.
MEMBERS_1975 = {"NATO": 15, "EEC": 9, "ECSC": 9}


EUROPE = ("DEU", "RUS", "GBR", "FRA", "AUT", "ITA", "BEL", "ESP", "TUR", "NLD", "SWE", "ROU", "PRT", "CHE", "GRC", "DNK", "YUG", "BGR",
          "NOR", "ALB")  # fmt: skip


@pytest.fixture
def europe_1914(cli: Cli, tmp_path: Path) -> Path:
    """Table 6 of Signorino and Ritter 1999 as ties: Germany's and Russia's portfolios over its twenty states, under ids of today."""
    owed = {"DEU": ("AUT", "ITA", "ROU"), "RUS": ("FRA",)}
    pairs = [(a, b, "defence") for a, others in owed.items() for b in others]
    pairs += [("GBR", "RUS", "consultation"), ("ITA", "RUS", "consultation")]
    spells = {s: "1913-01-01/.." if s in EUROPE else "2000-01-01/.." for s in default_identity().states}
    folder = small_package(tmp_path / "europe", {
        "states": [{"id": s, "name": f"State {s}", "kind": "state", "spells": spell} for s, spell in spells.items()],
        "ties": [{"start": a, "end": b, "domain": "DEFENCE", "kind": "alliance", "obligations": o, "mutual": True, "since": "1913-01-01",
                  "until": ".."} for a, b, o in pairs],
    }, precedence=1)  # fmt: skip
    store = tmp_path / "store"
    cli("load", "--from", folder, db=store).ok()
    return store


def test_table_6_through_the_command(run: Run, europe_1914: Path) -> None:
    args = ("similarity", "DEU", "RUS", "--as-of", "1914-07-01", "--format", "json")
    found = run(*args, "--scale", "cow", db=europe_1914).ok()
    (row,) = found.rows
    assert row["n"] == 20
    assert row["kappa"] == pytest.approx(-0.0776, abs=5e-5)
    assert row["s"] == pytest.approx(0.40)
    assert run(*args, "--scale", "cow", "--power", "0", db=europe_1914).ok().rows[0]["kappa"] == pytest.approx(-0.0294, abs=5e-5)
    assert run(*args, "--scale", "cow", "--power", "1", db=europe_1914).ok().rows[0]["kappa"] == pytest.approx(-0.0714, abs=5e-5)
    pi = run(*args, "--scale", "cow", "--measure", "pi", "--power", "0", db=europe_1914).ok().rows[0]
    assert (pi["pi"], pi["s"]) == (pytest.approx(-0.0448, abs=5e-5), pytest.approx(0.40))
    assert run(*args, "--scale", "cow", "--measure", "tau", db=europe_1914).ok().rows[0]["tau"] == pytest.approx(0.0303, abs=5e-5)
    assert run(*args, "--scale", "cow", "--measure", "distance", db=europe_1914).ok().rows[0]["distance"] == pytest.approx(0.30)
    # By ATOP's order a consultation is worth 2: |0-2| twice instead of |0-1| for Britain, |3-2| instead of |3-1| for Italy.
    assert run(*args, "--scale", "atop", db=europe_1914).ok().rows[0]["s"] == pytest.approx(1 - 2 * (18 + 1 - 1) / 60)


def test_what_is_stated_with_the_number(run: Run, loaded_embedded: Store) -> None:
    found = run("similarity", "USA", "FRA", "--as-of", "1970", "--format", "json", db=loaded_embedded).ok().json
    assert found["columns"][:5] == ["date", "a", "b", "kappa", "s"]  # S stands beside it
    notes = " ".join(found["notes"])
    for words in ("Scale atop: 3 defence or offence", "own entry is 3", "make up the system", "without a recorded date of existence",
                  "counts as level 0", "quadratic", "uncertain"):  # fmt: skip
        assert words in notes, words
    assert found["params"] == {"states": ["USA", "FRA"], "by": "obligations", "measure": "kappa", "scale": "atop", "power": 2,
                               "system": "existing"}  # fmt: skip
    assert found["rows"][0]["sources"]
    assert {s["id"] for s in found["sources"]} == set(found["rows"][0]["sources"])
    alone = run("similarity", "USA", "FRA", "--as-of", "1970", "--measure", "s", "--format", "json", db=loaded_embedded).ok().json
    assert alone["columns"][3:5] == ["s", "kappa"]


def test_a_pair_over_years_and_dates(run: Run, loaded_embedded: Store) -> None:
    rows = run("similarity", "GBR", "France", "--from", "1949", "--until", "1951", "--format", "json", db=loaded_embedded).ok().rows
    assert [(r["date"], r["a"], r["b"]) for r in rows] == [(f"{y}-12-31", "GBR", "FRA") for y in (1949, 1950, 1951)]
    assert [r["level"] for r in rows] == [3, 3, 3]  # the North Atlantic Treaty, 24 August 1949
    rows = run("similarity", "USA", "GBR", "--date", "1949-08-24,1949-08-23", "--format", "json", db=loaded_embedded).ok().rows
    assert [(r["date"], r["level"]) for r in rows] == [("1949-08-23", 0), ("1949-08-24", 3)]


def test_a_continuator_is_followed_and_shown(run: Run, loaded_embedded: Store) -> None:
    rows = run("similarity", "RUS", "USA", "--date", "1980,2000", "--format", "json", db=loaded_embedded).ok().rows
    assert [r["a"] for r in rows] == ["SUN", "RUS"]
    (row,) = run("similarity", "DDR", "USA", "--as-of", "2000", "--format", "json", db=loaded_embedded).ok().rows
    assert row["kappa"] is None  # Germany is no continuator of the GDR
    assert "DDR" in row["note"]


def test_nothing_known_is_said(run: Run, loaded_embedded: Store) -> None:
    (row,) = run("similarity", "CHE", "USA", "--as-of", "1975", "--format", "json", db=loaded_embedded).ok().rows
    assert row["note"] == "no obligation of CHE in the loaded data"


def test_one_against_all(run: Run, loaded_embedded: Store) -> None:
    found = run("similarity", "POL", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok()
    rows = found.rows
    assert {r["state"] for r in rows[:6]} == {"BGR", "CSK", "DDR", "HUN", "ROU", "SUN"}  # the Warsaw Pact's other members
    values = [r["kappa"] for r in rows]
    assert values == sorted(values, reverse=True)
    assert "CHE" not in {r["state"] for r in rows}
    assert any("are left out" in note for note in found.json["notes"])
    table = run("similarity", "POL", "--as-of", "1975-01-01", db=loaded_embedded).ok().stdout
    assert "Shown are the 10 nearest and the 10 farthest" in table
    assert len(table[: table.index("As of 1975")].splitlines()) == 2 + 20


def test_a_square_is_symmetric(run: Run, loaded_embedded: Store) -> None:
    done = run("similarity", "--matrix", "--as-of", "1975-01-01", "--format", "csv", db=loaded_embedded).ok()
    rows = {row["state"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert len(rows) > 40
    for a, row in rows.items():
        assert row[a] == ""
        assert all(row[b] == rows[b][a] for b in rows)
    pair = run("similarity", "USA", "FRA", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok().rows[0]
    assert float(rows["USA"]["FRA"]) == pair["kappa"]
    few = run("similarity", "--matrix", "USA", "FRA", "POL", "--as-of", "1975-01-01", "--format", "json", db=loaded_embedded).ok().json
    assert few["columns"] == ["state", "USA", "FRA", "POL"]
    assert few["sources"]


def test_shared_blocs_as_cypher_counts_them(run: Run, loaded_embedded: Store) -> None:
    text = ["--by", "comembership", "--as-of", "1975", "--format", "json"]
    done = run("similarity", "GBR", "FRA", *text, db=loaded_embedded).ok()
    (row,) = done.rows
    query = ("query", "membership/shared", "-p", "a=GBR", "-p", "b=FRA", "--as-of", "1975", "--format", "json")
    shared = run(*query, db=loaded_embedded).ok().rows
    assert [r["bloc"] for r in shared] == row["blocs"]
    assert len(shared) == row["shared"]
    assert sum(r["weight"] for r in shared) == pytest.approx(row["newman"], abs=1e-6)
    assert MEMBERS_1975.items() <= {r["bloc"]: r["members"] for r in shared}.items()
    assert {r["bloc"]: r["weight"] for r in shared}["EEC"] == pytest.approx(1 / 8)
    # Over N blocs: both s, only one a or b, neither the rest; Cohen 1960: (observed - expected) / (1 - expected).
    blocs = int(next(n for n in done.json["notes"] if "blocs with full members" in n).split()[0])
    a, b, both = row["n_a"], row["n_b"], row["shared"]
    observed, expected = (blocs - a - b + 2 * both) / blocs, (a * b + (blocs - a) * (blocs - b)) / blocs**2
    (cohen,) = run("similarity", "GBR", "FRA", *text, "--measure", "kappa", db=loaded_embedded).ok().rows
    assert cohen["kappa"] == pytest.approx((observed - expected) / (1 - expected), abs=1e-6)
    assert row["jaccard"] == pytest.approx(row["shared"] / (row["n_a"] + row["n_b"] - row["shared"]), abs=1e-6)


def test_suppliers(run: Run, cli: Cli, tmp_path: Path) -> None:
    flow = {"good": "all-goods", "stage": "product", "basis": "value", "from_year": 2010, "to_year": 2010, "scope": "imports"}
    folder = small_package(tmp_path / "mine", {
        "goods": [{"id": "all-goods", "name": "All goods", "stage": "product"}],
        "flows": [flow | {"importer": i, "supplier": s, "share": share} for i, s, share in (
            ("FRA", "DEU", .6), ("FRA", "CHN", .4), ("ITA", "DEU", .1), ("ITA", "CHN", .4), ("ITA", "USA", .5), ("POL", "DEU", .5))],
        "states": [{"id": s, "name": s, "kind": "state"} for s in ("FRA", "ITA", "DEU", "CHN", "USA", "POL")],
    })  # fmt: skip
    store = tmp_path / "store"
    cli("load", "--from", folder, db=store).ok()
    found = run("similarity", "FRA", "ITA", "--by", "trade", "--as-of", "2011-06-01", "--format", "json", db=store).ok()
    assert found.rows[0]["distance"] == pytest.approx(0.5)  # shared: .1 of Germany, .4 of China
    assert found.rows[0]["period"] == "2010-2010"
    (row,) = run("similarity", "FRA", "POL", "--by", "trade", "--as-of", "2011-06-01", "--format", "json", db=store).ok().rows
    assert (row["distance"], row["distance_lo"], row["distance_hi"]) == (None, pytest.approx(0.1), pytest.approx(0.5))
    assert "unnamed" in row["note"]
    (row,) = run("similarity", "FRA", "ITA", "--by", "trade", "--date", "2009", "--format", "json", db=store).ok().rows
    assert row["distance"] is None
    assert "no flow to FRA and ITA" in row["note"]


@pytest.mark.parametrize(("args", "words"), [
    (("USA", "RUS", "--by", "votes"), "pactgraph load unga --from FILE"),
    (("USA", "RUS", "--by", "trade"), "no flows of 'all-goods' are loaded"),
])  # fmt: skip
def test_what_is_not_loaded_is_said_with_its_remedy(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run("similarity", *args, db=loaded_embedded).fails(1, words)


@pytest.mark.parametrize(("args", "words"), [
    ((), "name one STATE or two"),
    (("USA", "FRA", "GBR"), "name one STATE or two"),
    (("USA", "USA"), "are both USA"),
    (("USA", "Atlantis"), "Atlantis"),
    (("USA", "FRA", "--from", "1990"), "go together"),
    (("USA", "FRA", "--from", "1990", "--until", "1980"), "earlier year first"),
    (("USA", "FRA", "--from", "1990", "--until", "1991", "--date", "1985"), "--date"),
    (("USA", "FRA", "--date", "soon"), "--date"),
    (("USA", "FRA", "--date", "1985", "--as-of", "1985"), "one date"),
    (("USA", "--date", "1985"), "name two"),
    (("USA", "--matrix"), "two STATEs or more"),
    (("USA", "USA", "--matrix"), "named twice"),
    (("USA", "DDR", "--matrix", "--as-of", "2000"), "DDR"),
    (("DDR", "--as-of", "2000"), "DDR is no state of 2000-12-31"),
    (("--matrix", "--date", "1985"), "one date"),
    (("USA", "FRA", "--by", "votes", "--measure", "kappa"), "ideal point"),
    (("USA", "FRA", "--by", "trade", "--measure", "s"), "no levels"),
    (("USA", "FRA", "--measure", "newman"), "choose kappa"),
])  # fmt: skip
def test_requests_that_make_no_sense(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run("similarity", *args, db=loaded_embedded).fails(2, words)


@pytest.mark.reference
def test_votes_are_the_publishers_own(run: Run, with_atop_and_votes: Store, reference: Path) -> None:
    args = ["--by", "votes", "--date", "1960,1980,2000,2012,2024", "--format", "json"]
    rows = {r["date"][:4]: r for r in run("similarity", "USA", "RUS", *args, db=with_atop_and_votes).ok().rows}
    said: dict[tuple[str, int], float] = {}
    with (reference / "unga" / "IdealpointestimatesAll_Jun2024.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said[row["ccode"], 1945 + int(row["session"])] = float(row["IdealPointAll"])
    # Distances in an earlier edition of the estimates; each edition estimates all sessions anew.
    earlier = {"1960": 3.946, "1980": 4.671, "2000": 2.415, "2012": 2.613}
    for year, distance in earlier.items():
        assert rows[year]["distance"] == pytest.approx(abs(said["2", int(year)] - said["365", int(year)]), abs=1e-6)
        assert rows[year]["distance"] == pytest.approx(distance, abs=0.2)
    assert [rows[y]["b"] for y in ("1960", "2012")] == ["SUN", "RUS"]
    assert rows["2024"]["distance"] is None
    assert "no ideal point" in rows["2024"]["note"]


@pytest.mark.reference
def test_binary_pacts_would_mislead(run: Run, with_atop_and_votes: Store) -> None:
    """ATOP: consultation pacts make the USA and Russia look closer by S than their defence obligations do; both are printed."""
    (row,) = run("similarity", "USA", "RUS", "--as-of", "2015", "--format", "json", db=with_atop_and_votes).ok().rows
    assert row["level"] < 3
    assert row["kappa"] < 0.5

