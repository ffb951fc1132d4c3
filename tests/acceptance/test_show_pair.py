"""``pactgraph show STATE STATE`` on the bundled data."""

from __future__ import annotations

from typing import Any

import pytest
from inprocess import Run, run

from graph_loader.stores.base import Store

__all__ = ["run"]


def shown(run: Run, store: Store, *args: str) -> dict[str, Any]:
    return run("show", *args, "--format", "json", db=store).ok().json  # type: ignore[no-any-return]


def test_the_quad_is_no_obligation(run: Run, loaded_embedded: Store) -> None:
    # "Joint Statement of the Quad" (2017 on): a grouping, no treaty; the United States and India are not allied.
    answer = shown(run, loaded_embedded, "USA", "India")
    assert any("No obligation between USA and IND" in note for note in answer["notes"])
    assert "QUAD" in {row["detail"].split()[0] for row in answer["rows"] if row["relation"] == "both in" and row["in_force"]}
    assert not any("defence (" in row["detail"] for row in answer["rows"] if row["relation"] == "defence")


def test_ties_over_time_say_which_is_in_force_and_who_owes_whom(run: Run, loaded_embedded: Store) -> None:
    # The security treaty of 1951 (in force 28 April 1952) was replaced by that of 1960 (in force 23 June 1960), in which the United
    # States is bound to defend Japan.
    answer = shown(run, loaded_embedded, "Japan", "USA", "--as-of", "1970", "--domain", "defence")
    ties = {row["since"]: row["in_force"] for row in answer["rows"] if row["relation"] == "defence"}
    assert ties["1952-04-28"] is False
    assert ties["1960-06-23"] is True
    assert any("defence, consultation (USA to JPN)" in note for note in answer["notes"])
    before = shown(run, loaded_embedded, "Japan", "USA", "--as-of", "1955", "--domain", "defence")
    assert any("No obligation" in note for note in before["notes"])


def test_shared_blocs_are_of_the_time_in_which_both_were_members(run: Run, loaded_embedded: Store) -> None:
    # Germany joined NATO on 6 May 1955, France is a founder: both since 1955-05-06.
    rows = shown(run, loaded_embedded, "FRA", "DEU", "--as-of", "1985")["rows"]
    nato = [row for row in rows if row["relation"] == "both in" and row["detail"].startswith("NATO (")]
    assert [(row["since"], row["in_force"]) for row in nato] == [("1955-05-06", True)]


def test_dependence_both_ways_and_what_is_not_known(run: Run, loaded_embedded: Store) -> None:
    answer = shown(run, loaded_embedded, "USA", "CHN")
    relations = {row["relation"] for row in answer["rows"]}
    assert "USA depends on CHN" in relations
    assert any("its share is not known" in note or "No figures" in note for note in answer["notes"])


def test_disputed_facts_come_with_each_sources_word(run: Run, loaded_embedded: Store) -> None:
    rows = shown(run, loaded_embedded, "USA", "IND")["rows"]
    told = [row for row in rows if row["relation"] == "disputed"]
    assert bool(told) == any(row["disputed"] for row in rows if row["relation"] != "disputed")
    assert all(row["sources"] and row["sources"][0] in row["detail"] for row in told)


def test_a_tie_to_the_others_bloc_is_told_apart(run: Run, loaded_embedded: Store) -> None:
    rows = shown(run, loaded_embedded, "DEU", "IND", "--domain", "trade")["rows"]
    through = [row for row in rows if row["relation"] == "trade through EU"]
    assert any("of which DEU is a member" in row["detail"] for row in through)


def test_both_orders_give_the_same_facts(run: Run, loaded_embedded: Store) -> None:
    one, two = (shown(run, loaded_embedded, *pair)["rows"] for pair in (("GBR", "FRA"), ("FRA", "GBR")))
    assert {row["fact"] for row in one if row["relation"] == "defence"} == {row["fact"] for row in two if row["relation"] == "defence"}
    assert len(one) == len(two)


@pytest.mark.parametrize(("args", "words"), [(("USA", "United States"), "the same state"), (("USA", "Narnia"), "Narnia")])
def test_slips(run: Run, loaded_embedded: Store, args: tuple[str, ...], words: str) -> None:
    run("show", *args, db=loaded_embedded).fails(2, words)


def test_every_form(run: Run, loaded_embedded: Store) -> None:
    for form in ("table", "csv", "json", "md"):
        assert "BECA" in run("show", "USA", "IND", "--format", form, db=loaded_embedded).ok().stdout
