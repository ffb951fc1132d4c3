"""Ties from instruments, parties, members and events, and the dyadic claims of other datasets (DESIGN section 3, Order of resolution).

All dates are worked out by hand: a derived tie lasts while the instrument is in force and both are party.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import query
from worlds import World, bloc, event, member, party, tie, treaty

from graph_loader.errors import DataError
from graph_loader.stores.base import Store

OPEN = "9999-12-31"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("os.fsync", lambda _: None)  # these stores need not outlive a power cut, and there are many
    return World(tmp_path)


def _spells(found: dict[str, dict[str, Any]], instrument: str) -> list[tuple[str, str]]:
    return [(row["since"], row["until"]) for row in found.values() if row["instrument"] == instrument]


# -- when an instrument is in force ------------------------------------------------------------------------------------


def test_which_events_begin_and_end_an_instrument(world: World) -> None:
    """One instrument a case, all between the same two parties from 1940 on without end."""
    cases: dict[str, tuple[str, list[tuple[str, str]], list[tuple[str, str]]]] = {
        "signed-only": ("treaty", [("signed", "1951-09-08")], []),
        "provisional": ("treaty", [("signed", "1951-09-08"), ("provisional", "1951-10-01")], []),
        "in-force": ("treaty", [("signed", "1951-09-08"), ("in_force", "1952-04-28")], [("1952-04-28", OPEN)]),
        "terminated": ("treaty", [("in_force", "1952-04-28"), ("terminated", "1960-06-23")], [("1952-04-28", "1960-06-23")]),
        "expired-in-a-year": ("treaty", [("in_force", "1952"), ("expired", "1960")], [("1952-01-01", "1961-01-01")]),
        "denounced": ("treaty", [("in_force", "1952-04-28"), ("denounced", "1959-06-23")], [("1952-04-28", OPEN)]),
        "denounced-then-ended": (
            "treaty", [("in_force", "1952-04-28"), ("denounced", "1959-06-23"), ("terminated", "1960-06-23")],
            [("1952-04-28", "1960-06-23")]),
        "failed": ("treaty", [("signed", "1952-05-27"), ("failed", "1954-08-30")], []),
        "reviewed": ("protocol", [("in_force", "1955-05-06"), ("review", "1975")], [("1955-05-06", OPEN)]),
        "suspended": (
            "treaty", [("in_force", "1952-04-29"), ("suspended", "1986-08-11"), ("resumed", "2012-06-19")],
            [("1952-04-29", "1986-08-11"), ("2012-06-19", OPEN)]),
        "declared": ("declaration", [("signed", "1998-01-26")], [("1998-01-26", OPEN)]),
        "memorandum": ("memorandum", [("signed", "1998-01-26"), ("expired", "2008-01-26")], [("1998-01-26", "2008-01-26")]),
        "declared-in-force-later": ("arrangement", [("signed", "1998-01-26"), ("in_force", "1999-01-01")], [("1999-01-01", OPEN)]),
        "rows-out-of-order": ("treaty", [("terminated", "1960-06-23"), ("signed", "1951"), ("in_force", "1952-04-28")],
            [("1952-04-28", "1960-06-23")]),
        "renewed-on-the-day": (
            "treaty", [("in_force", "1950-01-01"), ("in_force", "1970-01-01"), ("terminated", "1970-01-01")],
            [("1950-01-01", "1970-01-01"), ("1970-01-01", OPEN)]),
        "ended-within-its-year": ("treaty", [("in_force", "1950"), ("terminated", "1950")], [("1950-01-01", "1951-01-01")]),
        "ended-late-in-that-year": ("treaty", [("in_force", "1950-06-01"), ("terminated", "1950")], [("1950-06-01", "1951-01-01")]),
        "ended-on-its-first-day": ("treaty", [("in_force", "1950-06-01"), ("terminated", "1950-06-01")], []),
        "suspended-and-resumed-in-a-year": (
            "treaty", [("in_force", "1950"), ("suspended", "1960"), ("resumed", "1960")],
            [("1950-01-01", "1961-01-01"), ("1961-01-01", OPEN)]),
    }  # fmt: skip
    world.load({
        "instruments": [treaty(i, form=form) for i, (form, _, _) in cases.items()],
        "events": [event(kind, day, i) for i, (_, events, _) in cases.items() for kind, day in events],
        "parties": [party(s, "", instrument=i) for i in cases for s in ("FRA", "GBR")],
    })  # fmt: skip
    found = world.ties()
    for instrument, (_, _, expected) in cases.items():
        assert _spells(found, instrument) == expected, instrument
    assert {row["start"] for row in found.values()} == {"FRA"}
    assert {row["end"] for row in found.values()} == {"GBR"}
    assert all(row["mutual"] and row["derived"] and row["sign"] == 1 for row in found.values())


def test_events_of_a_kind_are_numbered_by_date(world: World) -> None:
    world.load({
        "instruments": [treaty()],
        "events": [event("suspended", "1980", n=1), event("suspended", "1960", n=2), event("in_force", "1950", n=1),
            event("resumed", "1970", n=1)],
        "parties": [party("FRA", "1950"), party("GBR", "1950")],
    })  # fmt: skip
    rows = world.rows("MATCH (i:Instrument)-[:HAS_EVENT]->(e:Event) RETURN e.id AS id, e.date AS date ORDER BY date")
    assert [(row["id"], row["date"]) for row in rows] == [
        ("event|treaty|in_force|1", "1950-01-01"), ("event|treaty|suspended|1", "1960-01-01"), ("event|treaty|resumed|1", "1970-01-01"),
        ("event|treaty|suspended|2", "1980-01-01"),
    ]  # fmt: skip
    # An imprecise end is the day after its interval.
    assert list(world.spells(world.ties()).values()) == [("1950-01-01", "1961-01-01"), ("1970-01-01", "1981-01-01")]


def test_a_source_that_knows_only_the_later_of_two_events_agrees(world: World) -> None:
    events = [event("in_force", "1950"), event("suspended", "1960-05-01"), event("resumed", "1965"), event("suspended", "1980-03-01")]
    tables = {"instruments": [treaty()], "events": events, "parties": [party("FRA", "1950"), party("GBR", "1950")]}
    world.loads([(tables, {"id": "first", "precedence": 10}), ({"events": [event("suspended", "1980")]}, {"id": "second"})])
    rows = world.rows("MATCH (e:Event) WHERE e.kind = 'suspended' RETURN e.date AS date, e.sources AS sources, e.disputed AS disputed")
    assert sorted(rows, key=lambda row: str(row["date"])) == [
        {"date": "1960-05-01", "sources": ["first"], "disputed": False},
        {"date": "1980-03-01", "sources": ["first", "second"], "disputed": False},
    ]


# -- who is party ------------------------------------------------------------------------------------------------------


def test_a_tie_lasts_while_both_are_party(world: World) -> None:
    world.load({
        "instruments": [treaty()], "events": [event("in_force", "1950-01-01"), event("terminated", "1990-01-01")],
        "parties": [party("FRA", "1950-01-01"), party("GBR", "1955-05-05", "1970-07-07"), party("GBR", "1980-08-08"),
            party("USA", "1975-03-03")],
    })  # fmt: skip
    assert world.spells(world.ties()) == {
        "tie|treaty|FRA|GBR|DEFENCE|alliance|1": ("1955-05-05", "1970-07-07"),
        "tie|treaty|FRA|GBR|DEFENCE|alliance|2": ("1980-08-08", "1990-01-01"),
        "tie|treaty|FRA|USA|DEFENCE|alliance|1": ("1975-03-03", "1990-01-01"),
        "tie|treaty|GBR|USA|DEFENCE|alliance|1": ("1980-08-08", "1990-01-01"),
    }


def test_signatories_observers_and_associates_are_not_bound(world: World) -> None:
    world.load({
        "blocs": [bloc()],
        "instruments": [treaty(), treaty("founding", founds="PACT")],
        "events": [event("in_force", "1950"), event("in_force", "1950", "founding")],
        "parties": [party("FRA", "1950"), party("GBR", "1950"), party("USA", "1950", role="signatory")],
        "memberships": [member("EST", "1950"), member("DEU", "1950"), member("TUR", "1950", role="associate"),
            member("EGY", "1950", role="observer"),
                        member("JPN", "1950", role="partner")],
    })  # fmt: skip
    assert world.ties().keys() == {"tie|treaty|FRA|GBR|DEFENCE|alliance|1", "tie|founding|DEU|EST|DEFENCE|alliance|1"}


def test_a_guarantee_runs_from_the_guarantor_to_the_beneficiary(world: World) -> None:
    """Treaty of Guarantee, Nicosia, 16 August 1960 (UNTS 5475): Greece, Turkey and the United Kingdom guarantee Cyprus; and a pact whose
    guarantor sorts before its beneficiary."""
    world.load({
        "instruments": [treaty("guarantee-1960"), treaty("other")],
        "events": [event("in_force", "1960-08-16", "guarantee-1960"), event("in_force", "1960-06-23", "other")],
        "parties": [
            *(party(s, "1960-08-16", instrument="guarantee-1960", role="guarantor") for s in ("GRC", "TUR", "GBR")),
            party("CYP", "1960-08-16", instrument="guarantee-1960", role="beneficiary"),
            party("DEU", "1960-06-23", instrument="other", role="guarantor"),
            party("EGY", "1960-06-23", instrument="other", role="beneficiary"),
            party("JPN", "1960-06-23", instrument="other", role="beneficiary"),
        ],
    })  # fmt: skip
    found = world.ties()
    assert [(row["start"], row["end"]) for row in found.values() if row["instrument"] == "guarantee-1960"] == [
        ("GBR", "CYP"), ("GRC", "CYP"), ("TUR", "CYP"),
    ]  # fmt: skip
    assert [(row["start"], row["end"]) for row in found.values() if row["instrument"] == "other"] == [("DEU", "EGY"), ("DEU", "JPN")]
    assert not any(row["mutual"] for row in found.values())


def test_the_bundled_treaty_of_1960_obliges_the_united_states_alone(loaded_embedded: Store) -> None:
    text = (
        "MATCH (x:State)-[t:DEFENCE]-(g:State) WHERE x.id = $state AND t.instrument = 'us-japan-1960' AND 'defence' IN t.obligations"
        " AND (t.mutual OR endNode(t) = x) RETURN g.id AS defender"
    )
    assert query(loaded_embedded, text, state="JPN") == [{"defender": "USA"}]
    assert query(loaded_embedded, text, state="USA") == []


def test_a_suspension_of_membership_ends_a_tie_and_resumption_begins_one(world: World) -> None:
    rows = [
        member("CUB", "1950", "1962-01-31"), member("CUB", "1962-01-31", "2009-06-03", suspended=True), member("CUB", "2009-06-03"),
        member("USA", "1950"), member("EGY", "1960"),
    ]  # fmt: skip
    world.load({"blocs": [bloc()], "memberships": rows, "instruments": [treaty(founds="PACT")],
        "events": [event("in_force", "1950-06-01")]})
    assert world.spells(world.ties()) == {
        "tie|treaty|CUB|EGY|DEFENCE|alliance|1": ("1960-01-01", "1962-01-31"),
        "tie|treaty|CUB|EGY|DEFENCE|alliance|2": ("2009-06-03", OPEN),
        "tie|treaty|CUB|USA|DEFENCE|alliance|1": ("1950-06-01", "1962-01-31"),
        "tie|treaty|CUB|USA|DEFENCE|alliance|2": ("2009-06-03", OPEN),
        "tie|treaty|EGY|USA|DEFENCE|alliance|1": ("1960-01-01", OPEN),
    }
    assert [(row["suspended"], row["since"]) for i, row in world.members().items() if "CUB" in i] == [
        (False, "1950-01-01"), (True, "1962-01-31"), (False, "2009-06-03"),
    ]  # fmt: skip


def test_a_hub_ties_each_member_to_the_bloc_and_no_member_to_another(world: World) -> None:
    world.load({
        "blocs": [bloc("EEC", "1958-01-01", kind="union")],
        "memberships": [member("DEU", "1958-01-01", bloc="EEC"), member("FRA", "1958-01-01", bloc="EEC"),
            member("GBR", "1973-01-01", bloc="EEC"),
                        member("TUR", "1963-09-12", bloc="EEC", role="associate")],
        "instruments": [treaty("rome", type="union", domains="TRADE;DIPLOMACY", obligations="", derives="hub", founds="EEC")],
        "events": [event("in_force", "1958-01-01", "rome"), event("terminated", "2009-12-01", "rome")],
    })  # fmt: skip
    for domain in ("TRADE", "DIPLOMACY"):
        assert {(r["start"], r["end"], r["since"], r["until"], r["mutual"]) for r in world.ties(domain).values()} == {
            ("DEU", "EEC", "1958-01-01", "2009-12-01", True), ("EEC", "FRA", "1958-01-01", "2009-12-01", True),
            ("EEC", "GBR", "1973-01-01", "2009-12-01", True),
        }  # fmt: skip


def test_a_hub_without_a_bloc_is_refused(world: World) -> None:
    with pytest.raises(DataError, match="instrument 'treaty' derives ties to a hub but founds no bloc; name it in the column founds"):
        world.load({"instruments": [treaty(derives="hub")], "events": [event("in_force", "1950")], "parties": [party("FRA", "1950")]})


def test_an_instrument_that_derives_none_makes_no_tie(world: World) -> None:
    world.load({
        "instruments": [treaty(derives="none")], "events": [event("in_force", "1950")],
        "parties": [party("FRA", "1950"), party("GBR", "1950")],
    })  # fmt: skip
    assert world.ties() == {}


def test_an_obligation_stands_on_the_defence_tie_where_there_is_one(world: World) -> None:
    both, one = treaty("both", domains="TECHNOLOGY;DEFENCE"), treaty("one", domains="DIPLOMACY", obligations="consultation")
    world.load({
        "instruments": [both, one], "events": [event("in_force", "1950", i) for i in ("both", "one")],
        "parties": [party(s, "1950", instrument=i) for i in ("both", "one") for s in ("FRA", "GBR")],
    })  # fmt: skip
    owed = {d: [row["obligations"] for row in world.ties(d).values()] for d in ("DEFENCE", "TECHNOLOGY", "DIPLOMACY")}
    assert owed == {"DEFENCE": [["defence", "consultation"]], "TECHNOLOGY": [[]], "DIPLOMACY": [["consultation"]]}


def test_the_end_of_a_tie_says_whether_it_is_known(world: World) -> None:
    world.load({"instruments": [treaty()], "events": [event("in_force", "1950")],
        "parties": [party("FRA", "1950"), party("GBR", "1950", "")]})
    assert [(r["until"], r["end_kind"]) for r in world.ties().values()] == [(OPEN, "open")]
    tables = {"instruments": [treaty()], "events": [event("in_force", "1950")], "parties": [party("FRA", "1950"), party("GBR", "1950")]}
    world.load(tables, covers_until="2018")
    assert [(r["until"], r["end_kind"]) for r in world.ties().values()] == [("2019-01-01", "censored")]


def test_a_derived_tie_rests_on_the_claims_of_its_premises(world: World) -> None:
    tables = {"instruments": [treaty()], "events": [event("in_force", "1950")], "parties": [party("FRA", "1950"), party("GBR", "1955")]}
    world.load(tables, id="first", precedence=10)
    world.load({"parties": [party("GBR", "1955-05-05")]}, id="second", precedence=50)
    (found,) = world.ties().values()
    assert (found["sources"], found["disputed"]) == (["first", "second"], False)
    premises = world.rows("MATCH ()-[t:DEFENCE]->() RETURN t.premises AS premises, t.rule AS rule")
    assert premises == [{
        "premises": ["event|treaty|in_force|1", "party|FRA|treaty|1", "party|GBR|treaty|1", "treaty"],
        "rule": "dyads: in force and both party",
    }]  # fmt: skip
    world.load({"parties": [party("GBR", "1956")]}, id="second", precedence=50)
    (found,) = world.ties().values()
    assert (found["disputed"], found["since"]) == (True, "1955-01-01")


def test_an_event_of_which_sources_differ_makes_its_ties_disputed(world: World) -> None:
    tables = {"instruments": [treaty()], "events": [event("in_force", "1952-04-28")],
        "parties": [party("FRA", "1950"), party("GBR", "1950")]}
    world.loads([(tables, {"id": "first", "precedence": 10}), ({"events": [event("in_force", "1952-04-29")]}, {"id": "second"})])
    (found,) = world.ties().values()
    assert (found["since"], found["disputed"]) == ("1952-04-28", True)
    world.prefer("second")
    (found,) = world.ties().values()
    assert (found["since"], found["disputed"]) == ("1952-04-29", True)


# -- dyadic claims -----------------------------------------------------------------------------------------------------

PACT = {
    "instruments": [treaty()], "events": [event("in_force", "1950-01-01"), event("terminated", "1991-07-01")],
    "parties": [party(s, "1950-01-01") for s in ("DDR", "DEU", "FRA", "GBR", "GRC", "SUN", "USA")],
}  # fmt: skip


def test_dyadic_claims_are_matched_to_derived_ties(world: World) -> None:
    """A dataset of pairs that covers until 2018, as ATOP does: what agrees adds itself to the sources, what differs disputes, and
    what no instrument explains is a tie without one."""
    pairs = [
        tie("FRA", "DEU", "1950", "1991-07-01", obligations="consultation;defence"),  # agrees: assistance and both ends
        tie("FRA", "GBR", "1950", "1991"),  # agrees: it is silent on obligations
        tie("FRA", "USA", "1950-01-01", "1991-07-01", obligations="neutrality"),  # no assistance
        tie("DEU", "USA", "1955-05-06", "1991-07-01", obligations="defence"),  # another start
        tie("GBR", "USA", "1950-01-01", obligations="defence"),  # still open in 2018: another end
        tie("DEU", "GBR", "1950-01-01", "1991-07-01", obligations="defence", kind="nonaggression"),  # another kind
        tie("DDR", "SUN", "1920", "1940", obligations="defence"),  # another time
        tie("CUB", "SUN", "1962", "1991", obligations="defence"),  # another pair
        tie("DDR", "GRC", "1950-01-01", "1970-01-01", obligations="defence"),
        tie("DDR", "GRC", "1980-01-01", "1991-07-01", obligations="defence"),
    ]  # fmt: skip
    alone = World(world.root / "alone")
    alone.load(PACT, id="first", precedence=10)
    before = alone.ties()
    world.loads([(PACT, {"id": "first", "precedence": 10}), ({"ties": pairs}, {"id": "dyads", "precedence": 50, "covers_until": "2018"})])
    after = world.ties()

    def derived(pair: str) -> dict[str, Any]:
        return after[f"tie|treaty|{pair}|DEFENCE|alliance|1"]

    # No date and no weight moves.
    unmoved = ("since", "until", "end_kind", "obligations", "instrument", "derived", "start", "end")
    assert {i: [after[i][k] for k in unmoved] for i in before} == {i: [before[i][k] for k in unmoved] for i in before}
    matched = {i for i in before if after[i]["sources"] == ["dyads", "first"]}
    assert matched == {f"tie|treaty|{p}|DEFENCE|alliance|1" for p in ("DEU|FRA", "FRA|GBR", "FRA|USA", "DEU|USA", "GBR|USA", "DDR|GRC")}
    assert {p: derived(p)["disputed"] for p in ("DEU|FRA", "FRA|GBR", "FRA|USA", "DEU|USA", "GBR|USA")} == {
        "DEU|FRA": False, "FRA|GBR": False, "FRA|USA": True, "DEU|USA": True, "GBR|USA": True,
    }  # fmt: skip
    assert derived("DDR|GRC")["disputed"]  # the pairs' source has a gap there
    assert not derived("DDR|SUN")["disputed"]
    new = {i: (r["since"], r["until"], r["instrument"], r["derived"]) for i, r in after.items() if i not in before}
    assert new == {
        "tie|DEU|GBR|DEFENCE|nonaggression|1": ("1950-01-01", "1991-07-01", "", False),
        "tie|DDR|SUN|DEFENCE|alliance|1": ("1920-01-01", "1941-01-01", "", False),
        "tie|CUB|SUN|DEFENCE|alliance|1": ("1962-01-01", "1992-01-01", "", False),
    }
    claims = world.rows("MATCH (c:Claim) WHERE c.dataset = 'dyads' RETURN c.fact AS fact, c.key AS key ORDER BY fact")
    assert {row["fact"] for row in claims} == matched | new.keys()


def test_a_preferred_dyadic_claim_moves_the_dates_of_the_derived_tie(world: World) -> None:
    pairs = {"ties": [tie("DEU", "USA", "1955-05-06", "1990-10-03", obligations="defence")]}
    world.loads([(PACT, {"id": "first", "precedence": 10}), (pairs, {"id": "dyads", "precedence": 50})])
    id_ = "tie|treaty|DEU|USA|DEFENCE|alliance|1"
    assert (world.ties()[id_]["since"], world.ties()[id_]["until"], world.ties()[id_]["disputed"]) == ("1950-01-01", "1991-07-01", True)
    report = world.prefer("dyads", "first")
    assert report.moved == [id_]
    assert (world.ties()[id_]["since"], world.ties()[id_]["until"], world.ties()[id_]["disputed"]) == ("1955-05-06", "1990-10-03", True)
    world.prefer()
    assert (world.ties()[id_]["since"], world.ties()[id_]["until"]) == ("1950-01-01", "1991-07-01")


def test_a_dyadic_claim_over_an_interruption_speaks_of_the_outer_ends(world: World) -> None:
    events = [event("in_force", "1950-01-01"), event("suspended", "1960-01-01"), event("resumed", "1970-01-01"),
        event("terminated", "1991-07-01")]
    pairs = {"ties": [tie("DEU", "USA", "1950", "1991-07-01", obligations="defence"),
        tie("FRA", "USA", "1950", "1980", obligations="defence")]}
    world.loads([(PACT | {"events": events}, {"id": "first", "precedence": 10}), (pairs, {"id": "dyads", "precedence": 50})])
    found = world.ties()
    for pair, disputed in (("DEU|USA", [False, False]), ("FRA|USA", [False, True])):
        spells = [found[f"tie|treaty|{pair}|DEFENCE|alliance|{n}"] for n in (1, 2)]
        assert [(r["since"], r["until"]) for r in spells] == [("1950-01-01", "1960-01-01"), ("1970-01-01", "1991-07-01")]
        assert [r["disputed"] for r in spells] == disputed
        assert all(r["sources"] == ["dyads", "first"] for r in spells)
    assert not any("|".join(i.split("|")[:2]) in ("tie|DEU", "tie|FRA") for i in found)


def test_ties_of_two_domains_and_negative_domains(world: World) -> None:
    rows = [
        {"start": "USA", "end": "CUB", "domain": "SANCTIONS", "kind": "cooperation", "mutual": False, "since": "1962-02-07", "until": ".."},
        {"start": "USA", "end": "CUB", "domain": "DISPUTE", "kind": "cooperation", "since": "1960", "until": "1962"},
    ]
    world.load({"ties": rows})
    (sanction,) = world.ties("SANCTIONS").values()
    assert (sanction["start"], sanction["end"], sanction["mutual"], sanction["sign"]) == ("USA", "CUB", False, -1)
    (dispute,) = world.ties("DISPUTE").values()
    assert (dispute["start"], dispute["end"], dispute["mutual"], dispute["sign"]) == ("CUB", "USA", True, -1)
