"""Claims of several sources to one set of facts, through the public surface: datasets are loaded, the store is queried.

Expected values are worked out by hand from the rules of DESIGN section 3. The states and treaties of the bundled data are checked
against: France, Ministère des Armées and NATO archives (integrated command left 1 July 1966, rejoined 4 April 2009); COW State System
Membership v2016 (Baltic states); treaties of 8 September 1951 and 19 January 1960 (in force 28 April 1952 and 23 June 1960).
"""

from __future__ import annotations

import csv
import random
import shlex
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import opened, query, small_package
from worlds import World, bloc, event, member, tie, treaty

from graph_loader import dates, pipeline, snapshot
from graph_loader.analysis.clusters import camps
from graph_loader.analysis.concentration import concentration, select_period
from graph_loader.catalogue import catalogue
from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError, UsageError
from graph_loader.exports.csvfiles import export_csv
from graph_loader.identity import default_identity
from graph_loader.resolve import resolve
from graph_loader.resources import data_folder
from graph_loader.sources.base import get
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store
from graph_loader.stores.base import query as run_query

OPEN = "9999-12-31"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("os.fsync", lambda _: None)  # these stores need not outlive a power cut, and there are many
    return World(tmp_path)


# -- the bundled data --------------------------------------------------------------------------------------------------


def test_france_left_the_integrated_command_and_not_nato(loaded_embedded: Store) -> None:
    text = (
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE s.id = 'FRA' AND b.id IN ['NATO', 'NATO-IMS']"
        " AND m.since <= $day AND m.until > $day RETURN b.id AS bloc, m.id AS id ORDER BY bloc"
    )
    expected = {
        "1966-06-30": {"NATO": "member|FRA|NATO|1", "NATO-IMS": "member|FRA|NATO-IMS|1"},
        "1966-07-01": {"NATO": "member|FRA|NATO|1"},
        "1985-06-01": {"NATO": "member|FRA|NATO|1"},
        "2009-04-03": {"NATO": "member|FRA|NATO|1"},
        "2009-04-04": {"NATO": "member|FRA|NATO|1", "NATO-IMS": "member|FRA|NATO-IMS|2"},
    }
    for day, blocs in expected.items():
        assert {row["bloc"]: row["id"] for row in query(loaded_embedded, text, day=day)} == blocs, day
    tie = "MATCH (a)-[t:DEFENCE]->(b) WHERE a.id = 'FRA' AND b.id = 'USA' AND t.since <= $day AND t.until > $day RETURN t.instrument AS i"
    assert [row["i"] for row in query(loaded_embedded, tie, day="1985-06-01")] == ["north-atlantic-treaty"]


def test_the_baltic_states_have_two_spells(loaded_embedded: Store) -> None:
    """COW v2016: the last day of the first spell is 16 June 1940 (Lithuania 15 June); until is the day after."""
    rows = query(loaded_embedded, "MATCH (s:State) WHERE s.id IN ['EST', 'LVA', 'LTU'] RETURN s.id AS id, s.spells AS spells")
    assert {row["id"]: row["spells"] for row in rows} == {
        "EST": ["1918-02-24/1940-06-17", "1991-09-06/.."],
        "LVA": ["1918-11-18/1940-06-17", "1991-09-06/.."],
        "LTU": ["1918-02-16/1940-06-16", "1991-09-06/.."],
    }


def test_the_treaty_of_1960_replaces_that_of_1951_on_its_first_day(loaded_embedded: Store) -> None:
    rows = query(
        loaded_embedded,
        "MATCH (a)-[t:DEFENCE]-(b) WHERE a.id = 'JPN' AND b.id = 'USA' AND t.instrument IN ['us-japan-1951', 'us-japan-1960']"
        " RETURN t.instrument AS instrument, t.since AS since, t.until AS until, t.mutual AS mutual, startNode(t).id AS obliged"
        " ORDER BY since",
    )
    assert [(r["instrument"], r["since"], r["until"]) for r in rows] == [
        ("us-japan-1951", "1952-04-28", "1960-06-23"), ("us-japan-1960", "1960-06-23", OPEN),
    ]  # fmt: skip
    assert (rows[1]["mutual"], rows[1]["obliged"]) == (False, "USA")  # article 5: territories under the administration of Japan
    link = query(loaded_embedded, "MATCH (a:Instrument)-[:REPLACES]->(b:Instrument) WHERE b.id = 'us-japan-1951' RETURN a.id AS id")
    assert link == [{"id": "us-japan-1960"}]


# -- one source --------------------------------------------------------------------------------------------------------


def test_spells_are_numbered_by_since_whatever_the_order_of_rows(world: World) -> None:
    world.load({"blocs": [bloc()], "memberships": [member("GRC", "1980-10-20"), member("GRC", "1952-02-18", "1974-08-14")]})
    assert world.spells(world.members()) == {
        "member|GRC|PACT|1": ("1952-02-18", "1974-08-14"), "member|GRC|PACT|2": ("1980-10-20", OPEN),
    }  # fmt: skip


def test_a_corrected_date_is_a_change_of_the_same_fact(world: World) -> None:
    world.load({"blocs": [bloc()], "memberships": [member("FRA", "1950-01-01"), member("GRC", "1952-02-18")]})
    again = world.load({"blocs": [bloc()], "memberships": [member("FRA", "1950-01-01"), member("GRC", "1952-02-19")]})
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 1, 0, 2)
    assert world.spells(world.members())["member|GRC|PACT|1"] == ("1952-02-19", OPEN)


def test_the_same_data_again_change_nothing(world: World) -> None:
    tables = {"blocs": [bloc()], "memberships": [member("FRA", "1950-01-01")]}
    first = world.load(tables)
    assert (first.read, first.loaded, first.added, first.changed, first.unchanged, first.removed) == (2, 2, 2, 0, 0, 0)
    second = world.load(tables)
    assert (second.added, second.changed, second.unchanged, second.removed) == (0, 0, 2, 0)


def test_an_earlier_spell_found_later_takes_the_first_number(world: World) -> None:
    world.load({"blocs": [bloc(since="1940")], "memberships": [member("GRC", "1980-10-20")]})
    world.load({"blocs": [bloc(since="1940")], "memberships": [member("GRC", "1980-10-20"), member("GRC", "1952-02-18", "1974-08-14")]})
    assert world.spells(world.members()) == {
        "member|GRC|PACT|1": ("1952-02-18", "1974-08-14"), "member|GRC|PACT|2": ("1980-10-20", OPEN),
    }  # fmt: skip


def test_unknown_ends_are_said_to_be_unknown(world: World) -> None:
    world.load({"blocs": [bloc()], "memberships": [member("FRA", "", "1966-07-01"), member("GRC", "1952", "")]})
    found = world.members()
    france, greece = found["member|FRA|PACT|1"], found["member|GRC|PACT|1"]
    assert (france["since"], france["start_kind"], france["until"], france["end_kind"]) == ("0001-01-01", "unknown", "1966-07-01", "dated")
    assert (greece["since"], greece["start_kind"], greece["until"], greece["end_kind"]) == ("1952-01-01", "dated", OPEN, "unknown")


# -- coverage ----------------------------------------------------------------------------------------------------------


def test_an_open_end_is_censored_when_its_source_stops(world: World) -> None:
    world.load({"blocs": [bloc()], "memberships": [member("FRA", "1950-01-01"), member("GRC", "1952", "1974-08-14")]}, covers_until="2018")
    found = world.members()
    assert (found["member|FRA|PACT|1"]["until"], found["member|FRA|PACT|1"]["end_kind"]) == ("2019-01-01", "censored")
    assert (found["member|GRC|PACT|1"]["until"], found["member|GRC|PACT|1"]["end_kind"]) == ("1974-08-14", "dated")
    with world.store.reading() as reader:
        assert [snapshot.censored_by(reader, day) for day in ("2018-12-31", "2019-01-01", "2026-01-01")] == [0, 1, 1]


@pytest.mark.parametrize("precedence", [10, 90])
def test_a_censored_end_gives_way_to_any_later_end_and_never_disagrees_with_it(world: World, precedence: int) -> None:
    ends = {"FRA": ("2020-02-01", "2020-02-01", "dated"), "GBR": ("..", OPEN, "open"), "USA": ("2019-01-01", "2019-01-01", "dated")}
    world.loads([
        ({"blocs": [bloc()], "memberships": [member(s, "1950", e[0]) for s, e in ends.items()]}, {"id": "kept", "precedence": 50}),
        ({"memberships": [member(s, "1950") for s in ends]}, {"id": "stopped", "covers_until": "2018", "precedence": precedence}),
    ])  # fmt: skip
    for state, (_, until, kind) in ends.items():
        found = world.members()[f"member|{state}|PACT|1"]
        assert (found["until"], found["end_kind"], found["disputed"], found["sources"]) == (until, kind, False, ["kept", "stopped"])


@pytest.mark.parametrize(("precedence", "expected"), [(90, ("2010-01-01", "dated")), (10, ("2019-01-01", "censored"))])
def test_a_censored_end_disagrees_with_an_earlier_end(world: World, precedence: int, expected: tuple[str, str]) -> None:
    world.loads([
        ({"blocs": [bloc()], "memberships": [member("GBR", "1950-01-01", "2010-01-01")]}, {"id": "kept", "precedence": 50}),
        ({"memberships": [member("GBR", "1950-01-01")]}, {"id": "stopped", "covers_until": "2018", "precedence": precedence}),
    ])  # fmt: skip
    found = world.members()["member|GBR|PACT|1"]
    assert found["disputed"]
    assert (found["until"], found["end_kind"]) == expected


def test_of_two_censored_ends_the_later_is_the_last_that_was_seen(world: World) -> None:
    world.loads([
        ({"blocs": [bloc()], "memberships": [member("GBR", "1950-01-01")]}, {"id": "one", "covers_until": "2010", "precedence": 1}),
        ({"memberships": [member("GBR", "1950-01-01")]}, {"id": "two", "covers_until": "2018-06-30", "precedence": 2}),
    ])  # fmt: skip
    found = world.members()["member|GBR|PACT|1"]
    assert (found["until"], found["end_kind"], found["disputed"]) == ("2018-07-01", "censored", False)


# -- a second source ---------------------------------------------------------------------------------------------------


def _base(world: World, **more: object) -> None:
    world.load({"blocs": [bloc()], "memberships": [member("FRA", "1950-08-24", "1966-07-01", **more)]}, id="first", precedence=10)


def _said(world: World, said: dict[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """The memberships of states of which the first source says 1950-08-24 to 1966-07-01 and the second what is given."""
    world.load({"blocs": [bloc()], "memberships": [member(s, "1950-08-24", "1966-07-01") for s in said]}, id="first", precedence=10)
    counts = world.load({"memberships": [member(s, *ends) for s, ends in said.items()]}, id="second", precedence=50)
    assert (counts.loaded, counts.shared, counts.added, counts.changed) == (len(said), len(said), 0, len(said))
    found = {id_.split("|")[1]: row for id_, row in world.members().items()}
    assert {(row["since"], row["until"]) for row in found.values()} == {("1950-08-24", "1966-07-01")}
    assert all(row["sources"] == ["first", "second"] for row in found.values())
    return found


def test_a_less_precise_source_agrees(world: World) -> None:
    """June 1966 as the last month in force stands for 1 July at the latest; unknown says nothing."""
    found = _said(world, {
        "FRA": ("1950", "1966"), "GBR": ("1950-08", "1966-07"), "USA": ("", ""), "DEU": ("1950-08-24", ""), "JPN": ("1950", "1966-06"),
    })  # fmt: skip
    assert [state for state, row in found.items() if row["disputed"]] == []


def test_a_source_that_disagrees_makes_the_fact_disputed_and_moves_nothing(world: World) -> None:
    found = _said(world, {
        "FRA": ("1951", "1966-07-01"), "GBR": ("1950-08-25", ""), "USA": ("1950-08-24", "1966-07-02"), "DEU": ("1950", ".."),
        "JPN": ("", "1967"),
    })  # fmt: skip
    assert [state for state, row in found.items() if not row["disputed"]] == []


def test_prefer_moves_the_value_and_the_empty_order_moves_it_back(world: World) -> None:
    _base(world)
    world.load({"memberships": [member("FRA", "1950-09-01", "1966-07-01")]}, id="second", precedence=50)
    before = world.members()
    report = world.prefer("second", "first")
    assert report.moved == ["member|FRA|PACT|1"]
    assert report.precedence[:2] == ["second", "first"]
    assert world.spells(world.members()) == {"member|FRA|PACT|1": ("1950-09-01", "1966-07-01")}
    assert world.members()["member|FRA|PACT|1"]["disputed"]
    # The order is kept by later loads that do not name one.
    world.load({"memberships": [member("FRA", "1950-09-02", "1966-07-01")]}, id="second", precedence=50)
    assert world.spells(world.members()) == {"member|FRA|PACT|1": ("1950-09-02", "1966-07-01")}
    world.load({"memberships": [member("FRA", "1950-09-01", "1966-07-01")]}, id="second", precedence=50, prefer=[])
    assert world.members() == before


def test_prefer_takes_one_document_of_a_dataset(world: World) -> None:
    documents = [{"id": d, "title": d.title(), "publisher": "P", "licence": "not stated"} for d in ("one", "two")]
    world.load({
        "blocs": [bloc()], "memberships": [member("FRA", "1950-08-24", "1966-07-01")], "documents": documents,
        "evidence": [
            {"fact": "member|FRA|PACT|1", "property": "since", "source": "one", "seen": "2026-11-22", "matched": "24 August 1950"},
            {"fact": "member|FRA|PACT|1", "property": "since", "source": "two", "seen": "2026-11-22", "matched": "4 April",
                "value": "1950-04-04"},
        ],
    })  # fmt: skip
    assert world.members()["member|FRA|PACT|1"]["disputed"]
    assert world.spells(world.members()) == {"member|FRA|PACT|1": ("1950-08-24", "1966-07-01")}
    world.prefer("two")
    assert world.spells(world.members()) == {"member|FRA|PACT|1": ("1950-04-04", "1966-07-01")}


def test_prefer_of_an_unknown_source_is_refused(world: World) -> None:
    _base(world)
    with pytest.raises(UsageError, match=r"--prefer nosuch: no such source is loaded; there are first, reference"):
        world.prefer("nosuch")


def test_what_a_source_takes_back_is_gone_and_what_others_say_stays(world: World) -> None:
    _base(world)
    second = {"memberships": [member("FRA", "1950", "1966"), member("GRC", "1952")]}
    assert world.load(second, id="second", precedence=50).added == 1
    counts = world.load({"memberships": [member("TUR", "1952")]}, id="second", precedence=50)
    assert (counts.added, counts.removed) == (1, 1)
    found = world.members()
    assert found.keys() == {"member|FRA|PACT|1", "member|TUR|PACT|1"}
    assert found["member|FRA|PACT|1"]["sources"] == ["first"]
    claims = world.rows("MATCH (c:Claim) WHERE c.dataset = 'second' RETURN c.key AS key")
    assert claims == [{"key": ["TUR", "PACT"]}]


def test_a_source_that_does_not_see_a_gap_disagrees_with_one_that_does(world: World) -> None:
    """By hand: its one spell overlaps the later spell longest, where the starts differ. The earlier spell is the first source's word."""
    gap = [member("GRC", "1952-02-18", "1974-08-14"), member("GRC", "1980-10-20")]
    world.loads([
        ({"blocs": [bloc()], "memberships": gap}, {"id": "first", "precedence": 10}),
        ({"memberships": [member("GRC", "1952-02-18")]}, {"id": "second", "precedence": 50}),
    ])  # fmt: skip
    found = world.members()
    assert world.spells(found) == {"member|GRC|PACT|1": ("1952-02-18", "1974-08-14"), "member|GRC|PACT|2": ("1980-10-20", OPEN)}
    assert found["member|GRC|PACT|2"]["disputed"]
    # Preferred, its one spell is the fact, and both spells of the other are doubts of it.
    world.prefer("second")
    found = world.members()
    assert world.spells(found) == {"member|GRC|PACT|1": ("1952-02-18", OPEN)}
    assert found["member|GRC|PACT|1"]["disputed"]


def test_a_spell_that_only_the_second_source_knows_is_a_fact_of_its_own(world: World) -> None:
    _base(world)
    world.load({"memberships": [member("FRA", "1950", "1966"), member("FRA", "2009-04-04")]}, id="second", precedence=50)
    found = world.members()
    assert world.spells(found) == {"member|FRA|PACT|1": ("1950-08-24", "1966-07-01"), "member|FRA|PACT|2": ("2009-04-04", OPEN)}
    assert [row["sources"] for row in found.values()] == [["first", "second"], ["second"]]
    assert not any(row["disputed"] for row in found.values())


def _role_changes() -> list[dict[str, object]]:
    return [
        member("CUB", "1950", "1962-01-31"), member("CUB", "1962-01-31", "2009-06-03", suspended=True), member("CUB", "2009-06-03", "2026"),
    ]  # fmt: skip


def test_a_suspended_member_stays_a_member_and_each_change_begins_a_spell(world: World) -> None:
    world.load({"blocs": [bloc()], "memberships": _role_changes()}, id="first")
    assert [(i[-1], r["since"], r["until"], r["role"], r["suspended"]) for i, r in world.members().items()] == [
        ("1", "1950-01-01", "1962-01-31", "full", False), ("2", "1962-01-31", "2009-06-03", "full", True),
        ("3", "2009-06-03", "2027-01-01", "full", False),
    ]  # fmt: skip


def test_a_source_that_does_not_know_of_a_suspension_does_not_dispute_it(world: World) -> None:
    """It has one spell over all three, and no column that speaks of suspension; its ends are the outer ends."""
    world.load({"blocs": [bloc()], "memberships": _role_changes()}, id="first", precedence=10)
    before = world.members()
    world.load({"memberships": [member("CUB", "1950", "2026")]}, id="second", precedence=50)
    after = world.members()
    assert {i: r | {"sources": None} for i, r in after.items()} == {i: r | {"sources": None} for i, r in before.items()}
    assert not any(row["disputed"] for row in after.values())
    assert all(row["sources"] == ["first", "second"] for row in after.values())


def test_a_source_that_says_suspended_false_disputes_a_suspension(world: World) -> None:
    world.loads([
        ({"blocs": [bloc()], "memberships": _role_changes()}, {"id": "first", "precedence": 10}),
        ({"memberships": [member("CUB", "1950", "2026", suspended=False)]}, {"id": "second", "precedence": 50}),
    ])  # fmt: skip
    assert [row["disputed"] for row in world.members().values()] == [False, True, False]


def test_a_change_of_role_begins_a_spell_and_roles_can_be_disputed(world: World) -> None:
    rows = [member("TUR", "1963-09-12", "1999-12-11", role="associate"), member("TUR", "1999-12-11", role="partner")]
    world.loads([
        ({"blocs": [bloc()], "memberships": rows}, {"id": "first", "precedence": 10}),
        ({"memberships": [member("TUR", "1963-09-12", role="associate")]}, {"id": "second", "precedence": 50}),
    ])  # fmt: skip
    found = world.members()
    assert [(r["role"], r["since"], r["disputed"]) for r in found.values()] == [
        ("associate", "1963-09-12", False), ("partner", "1999-12-11", True),
    ]  # fmt: skip


def test_a_mixture_of_sources_that_ends_before_it_begins_is_not_made(world: World) -> None:
    """The preferred source's whole spell stands: the start of one and the end of another can make no sense together."""
    world.loads([
        ({"blocs": [bloc()], "memberships": [member("FRA", "1960-01-01", "")]}, {"id": "first", "precedence": 10}),
        ({"memberships": [member("FRA", "1950-01-01", "1955-01-01"), member("FRA", "1958", "1961")]}, {"id": "second", "precedence": 50}),
    ])  # fmt: skip
    for row in world.members().values():
        assert row["since"] < row["until"]


# -- values other than dates -------------------------------------------------------------------------------------------


def _flow(share: float, **more: object) -> dict[str, object]:
    return {
        "importer": "DEU", "supplier": "SUN", "good": "gas", "stage": "product", "basis": "energy", "from_year": 1980, "to_year": 1980,
        "share": share,
    } | more  # fmt: skip


def test_shares_disagree_when_their_printed_intervals_do_not_meet(world: World) -> None:
    """The first source prints 45 %, which is .445 to .455; without bounds a share is exact."""
    second = {
        "SUN": (0.45, 0.445, 0.455, False), "FRA": (0.452, 0.452, 0.452, False), "GBR": (0.46, 0.455, 0.465, False),
        "USA": (0.5, 0.45, 0.55, False), "DDR": (0.455, None, None, False), "EGY": (0.46, 0.456, 0.464, True),
        "JPN": (0.3, None, None, True),
    }  # fmt: skip
    world.loads([
        ({"goods": [{"id": "gas", "name": "Gas", "stage": "product"}],
          "flows": [_flow(0.45, supplier=s, share_lo=0.445, share_hi=0.455) for s in second]}, {"id": "first", "precedence": 10}),
        ({"flows": [_flow(share, supplier=s, share_lo=low, share_hi=high) for s, (share, low, high, _) in second.items()]},
         {"id": "second", "precedence": 50}),
    ])  # fmt: skip
    text = "MATCH ()-[d:DEPENDS_ON]->() RETURN d.id AS id, d.share AS share, d.since AS since, d.until AS until, d.disputed AS disputed"
    rows = world.rows(text)
    assert {row.pop("id"): row for row in rows} == {
        f"flow|DEU|{s}|gas|product|energy|1980-1980": {"share": 0.45, "since": "1980-01-01", "until": "1981-01-01", "disputed": disputed}
        for s, (*_, disputed) in second.items()
    }


def test_names_and_codings_of_another_source_are_no_dispute_but_obligations_are(world: World) -> None:
    world.load({"instruments": [treaty(thickness="rules")]}, id="first", precedence=10)
    world.load({"instruments": [treaty(title="Other title", thickness="values", obligations="consultation;defence")]}, id="second")
    text = "MATCH (i:Instrument) RETURN i.title AS title, i.thickness AS thickness, i.obligations AS obligations, i.disputed AS disputed"
    expected = {"title": "Treaty", "thickness": "rules", "obligations": ["defence", "consultation"], "disputed": False}
    assert world.rows(text) == [expected]
    world.load({"instruments": [treaty(obligations="consultation")]}, id="second")
    assert world.rows(text) == [expected | {"disputed": True}]


def test_one_id_cannot_name_a_state_and_a_bloc(world: World) -> None:
    with pytest.raises(DataError, match=r"'FRA' names a \w+ and a \w+; ids are unique over the whole graph") as caught:
        world.load({"blocs": [bloc("FRA")]})
    assert ", row " in str(caught.value)
    with pytest.raises(DataError, match="'pact' names a"):
        world.load({"blocs": [bloc("pact")], "instruments": [treaty("pact")]})
    assert not world.store.exists()


def test_a_fact_of_what_nobody_describes_is_refused(world: World) -> None:
    with pytest.raises(DataError, match=r"memberships.csv, row 2: 'NOPACT' is no bloc that a loaded source describes; add it, or load"):
        world.load({"memberships": [member("FRA", "1950", bloc="NOPACT")]})
    with pytest.raises(DataError, match=r"flows.csv, row 2: 'gas' is no good"):
        world.load({"flows": [_flow(0.5)]})
    with pytest.raises(DataError, match=r"events.csv, row 2: 'treaty' is no instrument"):
        world.load({"events": [event("signed", "1950")]})


def test_a_source_id_that_another_dataset_uses_is_refused(world: World) -> None:
    _base(world)
    documents = [{"id": "first", "title": "A document", "publisher": "P", "licence": "not stated"}]
    with pytest.raises(UsageError, match=r"source id 'first' of second is taken by first; rename it"):
        world.load({"memberships": [member("FRA", "1950", "1966")], "documents": documents}, id="second")


# -- order of loads ----------------------------------------------------------------------------------------------------


def _exported(world: World, name: str) -> dict[str, list[list[str]]]:
    """Everything but the log of the loads themselves."""
    folder = world.root / name
    with world.store.reading() as reader:
        export_csv(reader, folder)
    found = {}
    for file in sorted(folder.glob("*.csv")):
        if file.name != "nodes_Run.csv":
            with file.open(encoding="utf-8", newline="") as opened_file:
                found[file.name] = list(csv.reader(opened_file))
    return found


def test_the_order_of_loads_never_matters(tmp_path: Path) -> None:
    one = ({
        "blocs": [bloc()], "memberships": [*_role_changes(), member("FRA", "1950-08-24", "1966-07-01"), member("FRA", "2009-04-04")],
        "instruments": [treaty(founds="PACT")], "events": [event("in_force", "1950-08-24")],
        "ties": [tie("FRA", "GBR", "1904-04-08", "1950")],
    }, {"id": "one", "precedence": 30})  # fmt: skip
    two = ({
        "blocs": [bloc(since="1950")], "memberships": [member("CUB", "1950"), member("FRA", "1951"), member("GRC", "1952")],
        "instruments": [treaty(founds="PACT", obligations="defence")], "events": [event("in_force", "1950"), event("signed", "1949-04-04")],
        "ties": [tie("CUB", "FRA", "1950")],
    }, {"id": "two", "precedence": 40, "covers_until": "2018"})  # fmt: skip
    exports = []
    for name, order in (("a", [one, two]), ("b", [two, one]), ("c", [one, two, one]), ("d", [two, one, two])):
        world = World(tmp_path / name)
        for dataset in order:
            world.loads([dataset])
        exports.append(_exported(world, "out"))
    assert all(export == exports[0] for export in exports[1:])
    together = World(tmp_path / "together")
    together.loads([two, one])
    assert _exported(together, "out") == exports[0]


days = st.dates(date(1900, 1, 1), date(2025, 12, 31))


@st.composite
def statements(draw: st.DrawFn) -> list[Claim]:
    """What three datasets say of one membership: none to three spells each, of any precision, some open or unknown."""
    claims = []
    for dataset in ("a", "b", "c"):
        # What begins after a source's coverage is refused when it is read.
        covered = days.filter(lambda day: day.year <= 2018) if dataset == "b" else days
        cuts = sorted(draw(st.lists(covered, max_size=6, unique=True)))
        for number in range(len(cuts) // 2):
            since, until = cuts[2 * number], cuts[2 * number + 1]
            last = number == len(cuts) // 2 - 1
            said_since = draw(st.sampled_from([since.isoformat(), since.isoformat()[:7], since.isoformat()[:4],
                *([""] if number == 0 else [])]))
            after = until + timedelta(days=800)
            said_until = draw(st.sampled_from([after.isoformat(), after.isoformat()[:7], *(["..", ""] if last else [])]))
            if last or after < cuts[2 * number + 2]:
                values = {"role": "full", **({"since_edtf": said_since} if said_since else {}),
                    **({"until_edtf": said_until} if said_until else {})}
                claims.append(Claim("MEMBER_OF", ("FRA", "PACT"), number + 1, dataset, dataset, values))
    described = [
        Claim("State", ("FRA",), 1, "a", "a", {"name": "France", "kind": "state"}),
        Claim("Bloc", ("PACT",), 1, "a", "a", {"name": "Pact", "kind": "alliance"}),
    ]  # fmt: skip
    return described + claims


SOURCES = {
    "a": SourceInfo("a", "A", dataset="a", precedence=1), "b": SourceInfo("b", "B", dataset="b", precedence=2, covers_until="2018"),
    "c": SourceInfo("c", "C", dataset="c", precedence=2),
}  # fmt: skip


@given(statements(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_resolution_does_not_depend_on_the_order_of_claims(claims: list[Claim], chance: random.Random) -> None:
    expected = resolve(claims, SOURCES)
    shuffled = list(claims)
    chance.shuffle(shuffled)
    found = resolve(shuffled, SOURCES)
    assert found.facts == expected.facts
    assert found.fact_of_claim == expected.fact_of_claim


@given(statements())
@settings(max_examples=150, deadline=None)
def test_resolved_spells_are_whole_numbered_in_time_and_every_claim_supports_one(claims: list[Claim]) -> None:
    found = resolve(claims, SOURCES)
    spells = [fact for fact in found.facts.values() if fact.type == "MEMBER_OF"]
    assert [fact.id for fact in spells] == [f"member|FRA|PACT|{n}" for n in range(1, len(spells) + 1)]
    starts = [str(fact.props["since"]) for fact in spells]
    assert starts == sorted(starts)
    for fact in spells:
        assert str(fact.props["since"]) < str(fact.props["until"])
    assert found.fact_of_claim.keys() == {claim.id for claim in claims}
    assert set(found.fact_of_claim.values()) <= found.facts.keys()
    for claim in claims:
        if claim.type == "MEMBER_OF":
            said = found.facts[found.fact_of_claim[claim.id]]
            assert claim.source in said.props["sources"]  # type: ignore[operator]


@given(statements())
@settings(max_examples=100, deadline=None)
def test_a_copy_of_every_claim_by_another_source_moves_nothing_but_sources(claims: list[Claim]) -> None:
    single = [claim for claim in claims if claim.dataset == "a"]
    copies = [Claim(c.type, c.key, c.spell, "c", "c", c.values) for c in single]
    alone, both = resolve(single, SOURCES).facts, resolve(single + copies, SOURCES).facts
    strip = {"sources": None}
    assert {i: dict(f.props) | strip for i, f in both.items()} == {i: dict(f.props) | strip for i, f in alone.items()}
    assert all(f.props["sources"] == ["a", "c"] for f in both.values())


# -- the bundled data with a second source -----------------------------------------------------------------------------

_COPIED = ("memberships", "instruments", "events", "parties", "links", "goods", "flows", "production", "blocs")
_DAYS = ("1975-01-01", "1990-12-31", "2010-01-01", "2026-11-22")


def _curated(name: str) -> list[dict[str, str]]:
    with (data_folder() / "curated" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _copy() -> dict[str, list[dict[str, str]]]:
    return {name: _curated(name) for name in _COPIED}


def _coarse(last: int) -> dict[str, list[dict[str, str]]]:
    """What a yearly list that stops at the end of ``last`` would say: years only, no roles, pairs instead of treaties. Of members that
    were ever suspended it says nothing, for to a list without suspensions they never were."""
    found = []
    suspended = {(row["state"], row["bloc"]) for row in _curated("memberships") if row["suspended"] == "true"}
    for row in _curated("memberships"):
        if "/" in row["since"] + row["until"]:
            continue  # what was seen on a list at some day gives a yearly list nothing to say
        if row["since"][:4] <= str(last) and (row["state"], row["bloc"]) not in suspended:
            still = row["until"] == ".." or row["until"] > f"{last + 1}-01-01"
            until = ".." if still else (dates.until(row["until"]).stored if len(row["until"]) < 10 else row["until"])
            last_day = "" if still else (date.fromisoformat(until) - timedelta(days=1)).isoformat()
            found.append({"state": row["state"], "bloc": row["bloc"], "since": row["since"][:4], "until": ".." if still else last_day[:4]})
    pairs = [
        {"start": "FRA", "end": "USA", "domain": "DEFENCE", "kind": "alliance", "obligations": "defence", "since": "1949", "until": ".."},
        {"start": "DDR", "end": "SUN", "domain": "DEFENCE", "kind": "alliance", "obligations": "defence", "since": "1955", "until": "1990"},
        {"start": "ISL", "end": "TUR", "domain": "DEFENCE", "kind": "alliance", "since": "1952-02", "until": ".."},
    ]
    shares = [{k: row[k] for k in ("importer", "supplier", "good", "stage", "basis", "from_year", "to_year",
        "share")} for row in _curated("flows")]
    return {"memberships": found, "ties": pairs, "flows": shares}


def _answers(store: Store) -> dict[str, Any]:
    """Every answer that an analyst can get, without its sources: library queries, camps, concentration, ties and flows."""
    found: dict[str, Any] = {}
    with store.reading() as reader:
        for id_, asked in catalogue().items():
            if id_.startswith("evidence/"):  # they answer with what each source says
                continue
            words = shlex.split(asked.example)
            given = dict(word.split("=", 1) for option, word in pairwise(words) if option == "-p")
            for day in _DAYS:
                values = asked.bind({k: v for k, v in given.items() if k != "as_of"}, day, default_identity())
                rows = run_query(reader, store, asked.text, values).dicts()
                found[f"{id_} {day}"] = [{k: v for k, v in row.items() if k != "sources"} for row in rows]
        for day in _DAYS:
            graph = snapshot.ties(reader, day)
            found[f"ties {day}"] = sorted((key, {**tie, "sources": None}.items()) for _, _, key, tie in graph.edges(keys=True, data=True))
            found[f"camps {day}"] = camps(graph, runs=3, bootstrap=5, resolution=0.5).rows
            flows = snapshot.flows(reader)
            found[f"concentration {day}"] = [
                {k: v for k, v in row.items() if k != "sources"} for row in concentration(select_period(flows, day)).to_dicts()
            ]
            found[f"censored {day}"] = snapshot.censored_by(reader, day)
        for label in ("State", "Bloc", "Instrument", "Event", "Good"):
            found[f"number of {label}"] = reader.run(f"MATCH (n:{label}) RETURN count(n) AS n", {}).rows
    return found


@pytest.fixture(scope="module")
def answers(loaded_embedded: Store) -> dict[str, Any]:
    """What the bundled data alone answer."""
    return _answers(loaded_embedded)


def _moved(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    assert before.keys() == after.keys()
    return [question for question, answer in before.items() if after[question] != answer]


@pytest.mark.parametrize("variant", ["copy", "coarse"])
def test_a_second_source_that_agrees_moves_no_answer(
    answers: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variant: str
) -> None:
    """DESIGN section 3: adding a source that agrees changes no count, weight or share; only sources grow."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    store = opened(tmp_path / "store")
    pipeline.load(store, [(get("reference"), None), (get("curated"), None), (get("usgs"), None)])
    tables, more = (_coarse(2018), {"covers_until": "2018"}) if variant == "coarse" else (_copy(), {})
    folder = small_package(tmp_path / "second", tables, id="second", released="2020-01-01", **more)
    (counts,) = pipeline.load(store, [(PackageSource(folder), None)]).counts
    assert (counts.added, counts.removed, counts.rejected) == (0, 0, 0)
    assert counts.shared > 100
    assert (counts.loaded, counts.merged) == (counts.read, 0)
    assert _moved(answers, _answers(store)) == []
    grown = query(store, "MATCH ()-[t]->() WHERE 'second' IN t.sources AND size(t.sources) > 1 RETURN count(t) AS n")
    assert grown[0]["n"] >= 100
    if variant == "copy":  # it says the same to the day, so it can be preferred too
        report = pipeline.load(store, [], prefer=["second"])
        assert report.precedence[0] == "second"
        assert report.moved == []
        assert _moved(answers, _answers(store)) == []
