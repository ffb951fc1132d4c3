"""Answers with a source left out, preferred or added: each is what a load of just those sources would give.

The world is small enough to resolve by hand: two datasets on one alliance, of which the preferred one says that France left in 1966.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import everything, small_package
from worlds import World as Stored

from graph_loader import pipeline, snapshot, whatif
from graph_loader.analysis import explain
from graph_loader.analysis.concentration import concentration, select_period
from graph_loader.errors import UsageError
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store, stored_facts

FRA = "member|FRA|PACT|1"
TIE = "tie|treaty|FRA|USA|DEFENCE|alliance|1"


def one(until: str = "1966-07-01") -> dict[str, object]:
    return {
        "blocs": [{"id": "PACT", "name": "Pact", "kind": "alliance", "since": "1950", "until": ".."}],
        "memberships": [
            {"state": "FRA", "bloc": "PACT", "since": "1950-01-01", "until": until},
            {"state": "USA", "bloc": "PACT", "since": "1950-01-01", "until": ".."},
        ],
        "instruments": [{"id": "treaty", "title": "Treaty", "form": "treaty", "type": "alliance", "domains": "DEFENCE", "binding": True,
                         "obligations": "defence", "derives": "dyads", "founds": "PACT"}],
        "events": [{"instrument": "treaty", "kind": "in_force", "date": "1950-01-01"}],
    }  # fmt: skip


OTHER = {"memberships": [{"state": "FRA", "bloc": "PACT", "since": "1950-01-01", "until": "1967-04-01"}]}


@pytest.fixture
def world(tmp_path: Path) -> Stored:
    stored = Stored(tmp_path)
    stored.loads([(one(), {"id": "first", "precedence": 10}), (OTHER, {"id": "second", "precedence": 50})])
    return stored


def held(store: Store) -> whatif.World:
    with store.reading() as reader:
        return whatif.stored_world(reader)


def contents(found: pipeline.Assembled) -> dict[str, str]:
    return {f.id: f.fingerprint for f in found.facts.values() if f.type not in ("Meta", "Source")}


def stored_contents(store: Store) -> dict[str, str]:
    with store.reading() as reader:
        return {id_: s.fingerprint for id_, s in stored_facts(reader).items() if s.type not in ("Meta", "Source", "Run")}


def test_the_stored_world_is_the_store(world: Stored) -> None:
    assert contents(held(world.store).assembled()) == stored_contents(world.store)


def test_without_a_source_is_a_load_without_it(world: Stored, tmp_path: Path) -> None:
    left = whatif.changed(held(world.store), without=["second"]).assembled()
    alone = Stored(tmp_path / "alone")
    alone.load(one(), id="first", precedence=10)
    assert contents(left) == stored_contents(alone.store)
    assert left.facts[FRA].props["disputed"] is False


def test_another_precedence_is_a_load_with_it(world: Stored) -> None:
    then = whatif.changed(held(world.store), prefer=["second"]).assembled()
    assert then.facts[FRA].props["until"] == then.facts[TIE].props["until"] == "1967-04-01"
    world.prefer("second")
    assert contents(then) == stored_contents(world.store)


def test_with_a_source_is_a_load_of_it(world: Stored, tmp_path: Path) -> None:
    rows = [{"state": "GBR", "bloc": "PACT", "since": "1951", "until": ".."}]
    folder = small_package(tmp_path / "mine", {"memberships": rows}, id="mine")
    then = whatif.changed(held(world.store), folder=folder).assembled()
    before = stored_contents(world.store)
    assert before == stored_contents(world.store)  # nothing was written
    pipeline.load(world.store, [(PackageSource(folder), folder)])
    assert contents(then) == stored_contents(world.store)


def test_comparison_names_what_changed_and_whose_word_it_is(world: Stored) -> None:
    base = held(world.store)
    before, after = base.assembled(), whatif.changed(base, without=["first"], prefer=["second"]).assembled()
    # The treaty and the bloc are described by the first source only: what the second says of the bloc falls with it.
    assert FRA in before.facts
    assert FRA not in after.facts
    then = whatif.changed(base, prefer=["second"]).assembled()
    changes, support = explain.changed_facts(before.facts, then.facts, explain.with_premises(before.facts, [TIE]))
    assert {(c.what, c.property, c.before, c.after) for c in changes if not c.property.endswith("_edtf")} == {
        (TIE, "until", "1966-07-01", "1967-04-01"), (FRA, "until", "1966-07-01", "1967-04-01")}  # fmt: skip
    assert support == []
    behind = explain.claims_behind(before.claims, before.resolved.fact_of_claim, [FRA])
    assert [(claim.source, explain.said(claim)) for _, claim in behind] == [
        ("first", "since 1950-01-01, until 1966-07-01"),
        ("second", "since 1950-01-01, until 1967-04-01"),
    ]


def test_what_falls_with_a_source_is_told(world: Stored) -> None:
    then = whatif.changed(held(world.store), without=["first"])
    assert {c.source for c in then.claims} == {"reference"}
    assert any("1 claims of others fall with it" in note for note in then.notes)


def test_a_document_that_alone_confirms_a_date_leaves_it_unknown_but_a_code_stands(tmp_path: Path) -> None:
    stored = Stored(tmp_path)
    tables = one() | {
        "documents": [{"id": "gazette", "title": "Gazette"}],
        "evidence": [
            {"fact": FRA, "property": "until", "source": "gazette", "seen": "2026-01-01", "matched": "1 July 1966"},
            {"fact": "treaty", "property": "form;binding", "source": "gazette", "seen": "2026-01-01", "matched": "treaty"},
        ],
    }  # fmt: skip
    stored.load(tables, id="first")
    base = held(stored.store)
    assert base.assembled().facts[FRA].props["until"] == "1966-07-01"
    then = whatif.changed(base, without=["gazette"]).assembled()
    assert then.facts[FRA].props["end_kind"] == "unknown"
    assert then.facts["treaty"].props["form"] == "treaty"
    assert then.facts["treaty"].props["sources"] == ["first"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"without": ["nobody"]}, "no such source"), ({"without": ["second"], "prefer": ["second"]}, "preferred and left out"),
        ({"prefer": ["nobody"]}, "no such source"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(world: Stored, options: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        whatif.changed(held(world.store), **options).assembled()  # type: ignore[arg-type]


def test_the_graph_from_facts_is_the_graph_from_the_store(loaded_embedded: Store) -> None:
    with loaded_embedded.reading() as reader:
        found = whatif.stored_world(reader).assembled()
        graph, frame = snapshot.ties(reader, "1975-01-01"), snapshot.flows(reader)
        assert stored_contents(loaded_embedded) == contents(found)
    made = whatif.ties(found.facts, "1975-01-01")
    assert {n: d["name"] for n, d in made.nodes(data=True)} == {n: d["name"] for n, d in graph.nodes(data=True)}
    shown = ("domain", "start", "end", "obligations", "mutual", "instrument", "since", "until", "sources", "disputed")
    assert {k: [d[n] for n in shown] for *_, k, d in made.edges(keys=True, data=True)} == {
        k: [d[n] for n in shown] for *_, k, d in graph.edges(keys=True, data=True)}  # fmt: skip
    flows = whatif.flows(found.facts)
    assert flows.sort("fact").equals(frame.sort("fact"))
    measured = concentration(select_period(flows, "2022-06-30"))
    assert measured.equals(concentration(select_period(frame, "2022-06-30")))


def test_fewer_claims_give_the_same_obligations(loaded_embedded: Store) -> None:
    base = held(loaded_embedded)
    whole, narrow = base.assembled(), base.assembled(whatif.TIE_TYPES)
    for day in ("1914-01-01", "1955-01-01", "1975-01-01", "2025-01-01"):
        edges = [{k for *_, k, d in whatif.ties(f.facts, day).edges(keys=True, data=True) if d["obligations"]} for f in (whole, narrow)]
        assert edges[0] == edges[1]


def test_sandbox_answers_from_one_world_after_another(world: Stored) -> None:
    base = held(world.store)
    text = "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) RETURN s.id AS state, m.until AS until ORDER BY state"
    with whatif.sandbox() as sand:
        assert sand.run(base.assembled(), text, {}).rows == [["FRA", "1966-07-01"], ["USA", "9999-12-31"]]
        assert sand.run(whatif.changed(base, prefer=["second"]).assembled(), text, {}).rows[0] == ["FRA", "1967-04-01"]
        assert sand.run(whatif.changed(base, without=["first"]).assembled(), text, {}).rows == []
        assert sand.run(base.assembled(), "MATCH (c:Claim) WHERE c.source = 'second' RETURN count(c) AS n", {}).rows == [[1]]


# -- comparison --------------------------------------------------------------------------------------------------------


def test_rows_gone_new_changed_and_the_same() -> None:
    before = explain.Table(("s",), [{"s": "A", "x": 1, "y": 2}, {"s": "B", "x": 1, "y": 2}, {"s": "C", "x": 3, "y": 3}])
    after = explain.Table(("s",), [{"s": "B", "x": 5, "y": 2}, {"s": "C", "x": 3, "y": 3}, {"s": "D", "x": 0, "y": 0}])
    found = [(c.kind, c.what, c.property, c.before, c.after) for c in explain.compare(before, after)]
    assert found == [
        ("gone", "A", "", "x 1; y 2", None), ("new", "D", "", None, "x 0; y 0"), ("changed", "B", "x", 1, 5),
        ("same", "C", "", "x 3; y 3", "x 3; y 3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one_", "two", "kind"),
    # .1 is two standard errors of a share of .5 among 100 resamples; .8 is where "same camp" begins.
    [(0.5, 0.55, "same"), (0.5, 0.61, "changed"), (0.79, 0.81, "changed"), (0.81, 0.89, "same"), (None, 0.5, "changed")],
)
def test_certainty_moves_beyond_its_own_noise(one_: float | None, two: float, kind: str) -> None:
    tables = [explain.Table(("state",), [{"state": "A", "certainty": v}]) for v in (one_, two)]
    assert [c.kind for c in explain.compare(*tables)] == [kind]


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.integers(0, 3)), unique_by=lambda r: r[0]),
       st.lists(st.tuples(st.sampled_from("ABCDEF"), st.integers(0, 3)), unique_by=lambda r: r[0]))  # fmt: skip
def test_every_row_is_told_once_and_mirrored(left: list[tuple[str, int]], right: list[tuple[str, int]]) -> None:
    tables = [explain.Table(("k",), [{"k": k, "v": v} for k, v in rows]) for rows in (left, right)]
    forth, back = explain.compare(*tables), explain.compare(tables[1], tables[0])
    assert sorted(c.what for c in forth) == sorted({k for k, _ in left + right})
    mirror = {"gone": "new", "new": "gone", "changed": "changed", "same": "same"}
    assert {(c.kind, c.what) for c in forth} == {(mirror[c.kind], c.what) for c in back}


def test_the_key_is_what_tells_rows_apart() -> None:
    rows = [{"a": 1, "b": 1, "sources": []}, {"a": 1, "b": 2, "sources": []}]
    assert explain.answer_key(["a", "b", "sources"], rows) == ("a", "b")
    assert explain.answer_key(["a", "b"], rows[:1], rows[1:]) == ("a",)
    assert explain.answer_key(["a", "fact"], [{"a": 1, "fact": "x"}]) == ("fact",)


def test_nothing_is_written(world: Stored) -> None:
    before = everything(world.store, without=())
    whatif.changed(held(world.store), without=["second"]).assembled()
    assert everything(world.store, without=()) == before
