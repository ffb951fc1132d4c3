"""What an analysis in Python answers, in Cypher: the same on the bundled data, and rows that a publication prints."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from graph_loader import snapshot
from graph_loader.analysis import diff, obligations, scenario
from graph_loader.analysis.concentration import concentration, select_period
from graph_loader.catalogue import catalogue
from graph_loader.identity import default_identity
from graph_loader.stores.base import Reader, Store
from graph_loader.stores.base import query as run

LIBRARY = catalogue()
DATES = ("1970-12-31", "1991-12-31", "2022-06-01", "2026-11-22")


@pytest.fixture(scope="module")
def all_ties(loaded_embedded: Store) -> nx.MultiGraph[str]:
    with loaded_embedded.reading() as reader:
        return snapshot.ties(reader, None)


def asked(store: Store, reader: Reader, id_: str, as_of: str, **given: str) -> list[dict[str, Any]]:
    query = LIBRARY[id_]
    return run(reader, store, query.text, query.bind(given, as_of, default_identity())).dicts()


def unit(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[c] for c in ("importer", "good", "stage", "basis", "from_year", "to_year"))


@pytest.mark.parametrize("as_of", ["2022-06-01", "2025-06-01", "2026-11-22"])
def test_concentration(loaded_embedded: Store, as_of: str) -> None:
    with loaded_embedded.reading() as reader:
        flows = snapshot.flows(reader)
        table = concentration(select_period(flows.filter(flows["importer"] != snapshot.WORLD), as_of))
        theirs = {unit(row): row for row in asked(loaded_embedded, reader, "dependency/top-supplier", as_of)}
    ours = {unit(row): row for row in table.to_dicts() if row["n_named"]}
    assert ours.keys() == theirs.keys() and ours
    for key, row in ours.items():
        there = theirs[key]
        assert there["top_supplier"] == row["top_supplier"], key
        assert there["sources"] and set(there["sources"]) <= set(row["sources"])
        for name in ("top_share", "named_share", "hhi_lo", "hhi_hi", "cr3_lo", "cr3_hi"):
            assert there[name] == pytest.approx(row[name], abs=1e-6), (key, name)


def test_the_three_largest_suppliers_of_gas(loaded_embedded: Store) -> None:
    """European Commission, REPowerEU: of the EU's imports of 2021 Russia 45, Norway 23, Algeria 12: 80 per cent. Bundesnetzagentur: of
    Germany's of 2022 Norway 33, Russia 22, no other named: a third has at most 22, so 55 to 77 per cent."""
    with loaded_embedded.reading() as reader:
        for importer, as_of, lo, hi in (("EU", "2022-06-01", 0.8, 0.8), ("DEU", "2023-12-31", 0.55, 0.77)):
            found = asked(loaded_embedded, reader, "dependency/top-supplier", as_of, good="natural-gas")
            assert [(r["cr3_lo"], r["cr3_hi"]) for r in found if r["importer"] == importer] == [(lo, hi)]


@pytest.mark.parametrize("state", ["USA", "FRA", "JPN", "SUN", "RUS", "KOR", "CHE"])
def test_chains_of_obligations(loaded_embedded: Store, all_ties: nx.MultiGraph[str], state: str) -> None:
    with loaded_embedded.reading() as reader:
        for as_of in DATES:
            duty = obligations.duties(at(all_ties, as_of, "DEFENCE"))
            ours = {(r["direction"], r["hops"], r["other"]) for r in obligations.reach(duty, state)} if state in duty else set()
            theirs = {
                (direction, row["hops"], row["other"])
                for direction, inward in (("must defend", "false"), ("defended by", "true"))
                for row in asked(loaded_embedded, reader, "obligations/reach", as_of, state=state, inward=inward)
            }
            assert ours == theirs, as_of


def at(graph: nx.MultiGraph[str], day: str, *domains: str) -> nx.MultiGraph[str]:
    """The ties in force on a day, of a graph of all dates."""
    found: nx.MultiGraph[str] = nx.MultiGraph(as_of=day)
    found.add_nodes_from(graph.nodes(data=True))
    for a, b, key, tie in graph.edges(keys=True, data=True):
        if tie["since"] <= day < tie["until"] and (not domains or tie["domain"] in domains):
            found.add_edge(a, b, key=key, **tie)
    return found


def test_who_can_be_drawn_in_behind_japan(loaded_embedded: Store) -> None:
    """In 1970 the United States alone had to defend Japan (treaty of 1960, Article V), and behind them stood NATO's fourteen others."""
    with loaded_embedded.reading() as reader:
        rows = asked(loaded_embedded, reader, "obligations/reach", "1970-12-31", state="JPN", inward="true")
    assert [(r["other"], r["through"]) for r in rows if r["hops"] == 1] == [("USA", ["JPN"])]
    nato = {"BEL", "CAN", "DEU", "DNK", "FRA", "GBR", "GRC", "ISL", "ITA", "LUX", "NLD", "NOR", "PRT", "TUR"}
    assert nato <= {r["other"] for r in rows if r["hops"] == 2 and r["through"] == ["USA"]}


@pytest.mark.parametrize("state", ["USA", "DEU", "TUR", "FRA", "RUS", "BLR"])
def test_conflicts_of_obligation(loaded_embedded: Store, all_ties: nx.MultiGraph[str], state: str) -> None:
    with loaded_embedded.reading() as reader:
        for as_of in DATES:
            graph = at(all_ties, as_of, "DEFENCE", "SANCTIONS", "DISPUTE")
            found = obligations.conflicts(graph, obligations.duties(graph), snapshot.members(reader, as_of), [state])
            theirs = asked(loaded_embedded, reader, "obligations/conflicts", as_of, state=state)
            keys = ("kind", "side_a", "side_b", "bound_a", "bound_b", "disputed", "facts", "sources")
            ours = [tuple(row[k] for k in keys) for row in found]
            assert ours == [tuple(sorted(row[k]) if isinstance(row[k], list) else row[k] for k in keys) for row in theirs], as_of
    if state == "USA":  # the EU's measures of November 2019 over drilling off Cyprus; both are or have allies in NATO
        now = {(r["side_a"], r["side_b"]): r for r in asked_at(loaded_embedded, "obligations/conflicts", "2022-06-01", state="USA")}
        assert now["EU", "TUR"]["kind"] == "both sides" and "DEU" in now["EU", "TUR"]["bound_a"]


def asked_at(store: Store, id_: str, as_of: str, **given: str) -> list[dict[str, Any]]:
    with store.reading() as reader:
        return asked(store, reader, id_, as_of, **given)


@pytest.mark.parametrize("as_of", ["2015-01-01", "2020-01-01", "2025-06-01"])
def test_burden(loaded_embedded: Store, as_of: str) -> None:
    with loaded_embedded.reading() as reader:
        ours = obligations.burden(snapshot.observations(reader, "defence-expenditure-share-of-gdp"), as_of)
        members = snapshot.members(reader, as_of)["NATO"]
        for bloc in ("", "NATO"):
            theirs = asked(loaded_embedded, reader, "obligations/burden", as_of, bloc=bloc)
            wanted = [r for r in ours if not bloc or r["state"] in members]
            assert [(r["state"], r["year"], r["value"], r["meets"]) for r in theirs] == [
                (r["state"], r["year"], r["value"], r["meets"]) for r in wanted]  # fmt: skip
            assert [r["gap"] for r in theirs] == [pytest.approx(r["gap"], abs=1e-6) for r in wanted]
    if as_of == "2015-01-01":  # NATO, Defence Expenditure (2014-2024): three met the target in 2014
        assert {r["state"] for r in theirs if r["meets"]} == {"GRC", "GBR", "USA"}


@pytest.mark.parametrize("as_of", DATES)
def test_treaties_that_states_rest_on(loaded_embedded: Store, all_ties: nx.MultiGraph[str], as_of: str) -> None:
    graph = at(all_ties, as_of, "DEFENCE")
    rows = asked_at(loaded_embedded, "obligations/single-treaty", as_of)
    found = {row["instrument"]: row for row in rows}
    every = {tie["instrument"] for *_, tie in graph.edges(data=True) if tie["instrument"] and "defence" in tie["obligations"]}
    for instrument in sorted(every):
        lost = scenario.lost_defence(graph, scenario.Loss("instrument", instrument, instruments=(instrument,)))
        alone = sorted(row["subject"] for row in lost if row["orphaned"])
        assert found.pop(instrument, {"states": []})["states"] == alone, instrument
    assert not found
    if as_of == "1970-12-31":  # treaties of 1960 and 1953 with the United States; nobody else is bound to defend the two
        states = {row["instrument"]: row["states"] for row in rows}
        assert (states["us-japan-1960"], states["us-korea-1953"]) == (["JPN"], ["KOR"])


@pytest.mark.parametrize(("first", "second"), [("1955-01-01", "1970-12-31"), ("1989-11-09", "1992-01-01"), ("2014-01-01", "2026-11-22")])
def test_what_changed(loaded_embedded: Store, all_ties: nx.MultiGraph[str], first: str, second: str) -> None:
    with loaded_embedded.reading() as reader:
        ties, _ = diff.ties_changed(all_ties, first, second)
        ours = {(r["part"].upper(), r["change"], r["date"], r["ties"], tuple(r["who"].split()), tuple(r["sources"])) for r in ties}
        theirs = {
            (r["domain"], r["change"], r["date"], r["ties"], tuple(sorted(r["states"])), tuple(sorted(r["sources"])))
            for r in asked(loaded_embedded, reader, "instrument/changed", second, before=first)
        }
        assert ours == theirs
        members = [
            row | {"bloc_name": row["bloc"]} for row in reader.run(
                "MATCH (s)-[m:MEMBER_OF]->(b) RETURN s.id AS state, b.id AS bloc, m.role AS role, m.suspended AS suspended,"
                " m.since AS since, m.until AS until, m.since_edtf AS since_edtf, m.until_edtf AS until_edtf, m.end_kind AS end_kind,"
                " m.sources AS sources ORDER BY m.id", {}).dicts()
        ]  # fmt: skip
        changed = diff.memberships_changed(members, first, second)
        assert {(r["what"], r["who"], r["change"], r["date"], r["date_edtf"], tuple(r["sources"])) for r in changed} == {
            (r["bloc"], r["state"], r["change"], r["date"], r["date_edtf"], tuple(sorted(r["sources"])))
            for r in asked(loaded_embedded, reader, "membership/changed", second, before=first)
        }


def test_what_changed_as_published(loaded_embedded: Store) -> None:
    """The Warsaw Treaty of seven parties: the German Democratic Republic's six ties ended on 3 October 1990, the fifteen others on 1 July
    1991 (Protocol of Prague). NATO: seven joined on 29 March 2004."""
    ended = asked_at(loaded_embedded, "instrument/changed", "1992-01-01", before="1989-11-09", domain="DEFENCE")
    assert {(r["date"], r["ties"]) for r in ended if r["instrument"] == "warsaw-treaty"} == {("1990-10-03", 6), ("1991-07-01", 15)}
    joined = asked_at(loaded_embedded, "membership/changed", "2004-12-31", before="2004-01-01", bloc="NATO")
    assert {(r["state"], r["change"], r["date"]) for r in joined} == {
        (s, "joined", "2004-03-29") for s in ("BGR", "EST", "LTU", "LVA", "ROU", "SVK", "SVN")
    }
