"""``pactgraph diff`` on the bundled data."""

from __future__ import annotations

import pytest
from inprocess import Run, run

from graph_loader.stores.base import Store

__all__ = ["run"]


def test_from_the_wall_to_the_end_of_the_union(run: Run, loaded_embedded: Store) -> None:
    # The Warsaw Treaty of seven parties (21 pairs) ended on 1 July 1991, for the German Democratic Republic on 3 October 1990.
    answer = run("diff", "1989-11-09", "1992-01-01", "--format", "json", db=loaded_embedded).ok().json
    rows = answer["rows"]
    warsaw = [r for r in rows if r["part"] == "defence" and "Warsaw" in r["what"]]
    assert {(r["change"], r["date"], r["ties"]) for r in warsaw} == {("ended", "1990-10-03", 6), ("ended", "1991-07-01", 15)}
    states = {(r["who"], r["change"]) for r in rows if r["part"] == "state"}
    assert {("DDR", "ended"), ("SUN", "ended"), ("UKR", "begun")} <= states
    left = {r["who"] for r in rows if r["part"] == "membership" and r["change"] == "left" and r["what"].startswith("WARSAW-PACT")}
    assert left == {"BGR", "CSK", "DDR", "HUN", "POL", "ROU", "SUN"}
    assert all(r["sources"] for r in rows if r["part"] in ("membership", "defence"))
    assert answer["as_of"] == "1992-01-01"


def test_enlargement_of_2004(run: Run, loaded_embedded: Store) -> None:
    # NATO, Enlargement: seven joined on 29 March 2004; European Union: ten on 1 May 2004.
    rows = run("diff", "2004-01-01", "2004-12-31", "--format", "json", db=loaded_embedded).ok().json["rows"]
    joined = {name: {r["who"] for r in rows if r["change"] == "joined" and r["what"].split()[0] == name} for name in ("NATO", "EU")}
    assert joined["NATO"] == {"BGR", "EST", "LTU", "LVA", "ROU", "SVK", "SVN"}
    assert joined["EU"] == {"CYP", "CZE", "EST", "HUN", "LTU", "LVA", "MLT", "POL", "SVK", "SVN"}


def test_camps_and_a_state(run: Run, loaded_embedded: Store) -> None:
    answer = run("diff", "1989-11-09", "1992-01-01", "--camps", "--state", "Poland", "--format", "json", db=loaded_embedded).ok().json
    assert ("camp", "left") in {(r["part"], r["change"]) for r in answer["rows"]}
    assert all("POL" in r["who"] or "POL" in r["detail"] for r in answer["rows"])
    assert any(note.startswith("Camps: NMI") for note in answer["notes"])


def test_dependence_of_the_union_on_russian_gas(run: Run, loaded_embedded: Store) -> None:
    # European Commission, statement of 8 March 2022: 45 % of gas imports in 2021 came from Russia.
    rows = run("diff", "2022-06-30", "2025-12-31", "--state", "EU", "--format", "json", db=loaded_embedded).ok().json["rows"]
    gas = [r for r in rows if r["who"] == "EU on RUS" and r["what"] == "Natural gas"]
    assert gas
    assert gas[0]["change"] == "down"
    assert gas[0]["share_before"] == 0.45


@pytest.mark.parametrize(
    ("args", "words"),
    [(("1992", "1989"), "is not before"), (("1989", "soon"), "soon"), (("1989", "1992", "--state", "Narnia"), "Narnia"),
     (("1989", "1992", "--domain", "love"), "no domain")],
)  # fmt: skip
def test_slips(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run("diff", *args, db=loaded_embedded).fails(2, words)
