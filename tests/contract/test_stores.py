"""What every store promises; each test runs on the embedded store and on Neo4j.

Expected values are what was put in, or the rows of the data files: never what a store answered before.
"""

from __future__ import annotations

import csv
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import Cli, everything, fact_row, query, small_package

from graph_loader import pipeline
from graph_loader.errors import DataError, StoreError, UsageError
from graph_loader.resources import data_folder
from graph_loader.schema import FORMAT, NODES, RELATIONSHIPS, Fact, Value, make_fact
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import META_ID, Diff, Store, meta, stored_facts

HOSTILE = [
    "}) DETACH DELETE n //", "'; MATCH (n) DETACH DELETE n; //", '"}) SET n.name = "x', "`) DELETE `n`", "back\\slash \\' \\u0041",
    "line\nbreak\r\n\ttab", "nul\u0000byte", "\u200e\u202eright-to-left", "Côte d’Ivoire; Åland; Türkiye; 日本; 🕊", "$name {name} %s {0}",
    "<script>alert(1)</script>", " leading and trailing ", "--", "/* not a comment */", "null", "",
]  # fmt: skip


def state(id_: str, name: str = "", **props: Value) -> Fact:
    return make_fact("State", id_, {"name": name or id_, "kind": "state", **props})


def tie(id_: str, start: str, end: str, **props: Value) -> Fact:
    props = {"kind": "alliance", "since": "1950-01-01", "until": "9999-12-31", **props}
    return make_fact("DEFENCE", id_, props, ("State", start), ("State", end))


def put(store: Store, *added: Fact, changed: list[Fact] | None = None, removed: list[tuple[str, str]] | None = None) -> None:
    with store.writing() as writer:
        writer.apply(Diff(list(added), changed or [], removed or []))


def held(store: Store) -> dict[str, dict[str, object]]:
    """Everything but the node that Neo4j's writer locks on."""
    return everything(store, without=("Run", "Meta"))


def rows_of(*facts: Fact) -> dict[str, dict[str, object]]:
    return {fact.id: fact_row(fact) for fact in facts}


TRIO = (
    state("FRA", "France"), state("DEU", "Germany"), state("GBR", "United Kingdom"),
    tie("t1", "DEU", "FRA"), tie("t2", "DEU", "GBR"), tie("t3", "FRA", "GBR"),
)  # fmt: skip


# -- what is written is what is read ------------------------------------------------------------------------------------------


def test_first_write_holds_exactly_what_was_given(store: Store) -> None:
    put(store, *TRIO)
    assert held(store) == rows_of(*TRIO)


def test_values_come_back_with_type_and_to_the_last_bit(store: Store) -> None:
    flow = make_fact("DEPENDS_ON", "f", {
        "good": "g", "stage": "mined", "basis": "mass", "from_year": 2**53 + 1, "to_year": -(2**63), "share": 0.1 + 0.2,
        "share_lo": 5e-324, "share_hi": 1.7976931348623157e308, "value": 3, "total": -0.0, "named_largest": True,
        "sources": ["b", "a", "b", "", "ä"],
    }, ("State", "FRA"), ("State", "DEU"))  # fmt: skip
    put(store, state("FRA"), state("DEU"), flow)
    found = held(store)["f"]
    assert found == fact_row(flow)
    assert {name: type(value) for name, value in found.items()} == {name: type(value) for name, value in fact_row(flow).items()}
    assert found["value"] == 3.0 and isinstance(found["value"], float)  # a float property given a whole number
    assert str(found["total"]) == "-0.0"
    assert found["sources"] == ["b", "a", "b", "", "ä"]  # order and repetition are kept


def test_what_has_no_value_is_absent_and_booleans_and_lists_never_are(store: Store) -> None:
    put(store, *TRIO)
    found = held(store)["t1"]
    assert not {"rule", "since_edtf", "until_edtf", "start_kind", "end_kind"} & found.keys()
    assert (found["disputed"], found["mutual"], found["derived"]) == (False, True, False)
    assert (found["obligations"], found["sources"], found["premises"]) == ([], [], [])
    # NOT of a missing boolean would be null and drop the row.
    assert query(store, "MATCH ()-[t:DEFENCE]->() WHERE NOT t.disputed AND NOT t.derived RETURN count(t) AS n") == [{"n": 3}]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_of_data_is_stored_as_text(text: str, store: Store) -> None:
    node = state("FRA", f"x{text}", spells=[text, f"{text}{text}"])
    relationship = make_fact("DEPENDS_ON", "f", {
        "good": "g", "stage": "mined", "basis": "mass", "from_year": 2020, "to_year": 2020, "share": 0.5, "scope": f"s{text}",
    }, ("State", "FRA"), ("State", "DEU"))  # fmt: skip
    put(store, node, state("DEU"), relationship)
    assert held(store) == rows_of(node, state("DEU"), relationship)
    found = query(store, "MATCH (s:State) WHERE s.name = $name RETURN s.id AS id, s.spells AS spells", name=f"x{text}")
    assert found == [{"id": "FRA", "spells": [text, f"{text}{text}"]}]


def test_hostile_text_as_an_id_is_kept_changed_and_removed_as_text(store: Store) -> None:
    ids = [f"id{text}" for text in HOSTILE]
    facts = [state(id_) for id_ in ids] + [tie(f"t|{a}", a, "HUB") for a in ids]
    put(store, state("HUB"), *facts)
    assert held(store) == rows_of(state("HUB"), *facts)
    put(store, changed=[tie(f"t|{a}", a, "HUB", kind="trade") for a in ids] + [state(ids[0], "new name")])
    assert Counter(row.get("kind") for row in held(store).values() if row[":type"] == "DEFENCE") == {"trade": len(ids)}
    put(store, removed=[("DEFENCE", f"t|{a}") for a in ids] + [("State", a) for a in ids])
    assert held(store) == rows_of(state("HUB"))


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=_TEXTS.filter(bool), spells=st.lists(_TEXTS, max_size=4), share=st.floats(allow_nan=False, allow_infinity=False),
       year=st.integers(-(2**63), 2**63 - 1), largest=st.booleans())  # fmt: skip
def test_any_text_number_and_list_comes_back(
    store: Store, name: str, spells: list[str], share: float, year: int, largest: bool
) -> None:
    flow = make_fact("DEPENDS_ON", "f", {
        "good": "g", "stage": "mined", "basis": "mass", "from_year": year, "to_year": year, "share": share, "named_largest": largest,
        "scope": name,
    }, ("State", "FRA"), ("State", "DEU"))  # fmt: skip
    known = stored_ids(store)
    added = [fact for fact in (state("FRA", name, spells=list(spells)), state("DEU"), flow) if fact.id not in known]
    changed = [fact for fact in (state("FRA", name, spells=list(spells)), flow) if fact.id in known]
    put(store, *added, changed=changed)
    assert held(store) == rows_of(state("FRA", name, spells=list(spells)), state("DEU"), flow)


def stored_ids(store: Store) -> set[str]:
    try:
        with store.reading() as reader:
            return set(stored_facts(reader))
    except StoreError:  # an embedded store to which nothing was written
        return set()


# -- differences --------------------------------------------------------------------------------------------------------------


def test_a_changed_node_keeps_its_id_and_its_relationships(store: Store) -> None:
    put(store, *TRIO)
    put(store, changed=[state("FRA", "French Republic", region="Europe")])
    assert held(store) == rows_of(*TRIO) | rows_of(state("FRA", "French Republic", region="Europe"))


def test_a_changed_node_loses_the_properties_it_no_longer_has(store: Store) -> None:
    put(store, state("FRA", region="Europe", iso2="FR"))
    put(store, changed=[state("FRA", iso2="FR")])
    assert "region" not in held(store)["FRA"]


def test_a_changed_relationship_keeps_its_id_and_may_move_its_ends(store: Store) -> None:
    put(store, *TRIO)
    moved = tie("t1", "GBR", "FRA", since="1960-01-01")
    put(store, changed=[moved])
    assert held(store) == rows_of(*TRIO) | rows_of(moved)


def test_removed_facts_vanish_and_others_stay(store: Store) -> None:
    put(store, *TRIO)
    put(store, removed=[("DEFENCE", "t2"), ("DEFENCE", "t3"), ("State", "GBR")])
    assert held(store) == rows_of(TRIO[0], TRIO[1], TRIO[3])


def test_added_changed_and_removed_in_one_write(store: Store) -> None:
    put(store, *TRIO)
    new = [state("ITA"), tie("t4", "FRA", "ITA"), tie("t5", "DEU", "ITA")]
    put(store, *new, changed=[state("DEU", "Deutschland"), tie("t1", "DEU", "FRA", kind="trade")],
        removed=[("DEFENCE", "t2"), ("DEFENCE", "t3"), ("State", "GBR")])  # fmt: skip
    assert held(store) == rows_of(
        TRIO[0], state("DEU", "Deutschland"), tie("t1", "DEU", "FRA", kind="trade"), *new
    )


def test_parallel_ties_are_each_kept(store: Store) -> None:
    ties = [tie(f"p{n}", "DEU", "FRA", instrument=f"treaty-{n}") for n in range(5)] + [tie("back", "FRA", "DEU", mutual=False)]
    put(store, state("DEU"), state("FRA"), *ties)
    assert query(store, "MATCH (:State {id: 'DEU'})-[t:DEFENCE]-(:State {id: 'FRA'}) RETURN count(t) AS n") == [{"n": 6}]
    put(store, changed=[tie("p3", "DEU", "FRA", instrument="other")], removed=[("DEFENCE", "p0")])
    found = {id_: row["instrument"] for id_, row in held(store).items() if row[":type"] == "DEFENCE"}
    assert found == {"p1": "treaty-1", "p2": "treaty-2", "p3": "other", "p4": "treaty-4", "back": ""}


def test_ties_of_all_types_and_all_labels_can_be_written(store: Store) -> None:
    nodes = {node.label: make_fact(node.label, f"n-{node.label}", {}) for node in NODES if node.label != "Meta"}
    ties = [
        make_fact(rel.type, f"{rel.type}|{a}|{b}", {}, (a, f"n-{a}"), (b, f"n-{b}"))
        for rel in RELATIONSHIPS for a, b in zip(rel.starts, rel.ends * 3, strict=False)
    ]  # fmt: skip
    put(store, *nodes.values(), *ties)
    assert everything(store, without=("Meta",)) == rows_of(*nodes.values(), *ties)


def test_more_than_one_batch_is_written_changed_and_removed(store: Store) -> None:
    count = 5_001  # a batch is 5,000 rows
    states = [state(f"S{n}") for n in range(count)]
    ties = [tie(f"t{n}", "S0", f"S{n}") for n in range(1, count)]
    put(store, *states, *ties)
    assert query(store, "MATCH (s:State)-[t:DEFENCE]->(:State) RETURN count(DISTINCT s) AS s, count(t) AS t") == [{"s": 1, "t": count - 1}]
    put(store, changed=[tie(f"t{n}", "S1", f"S{n}") for n in range(2, count)], removed=[("DEFENCE", "t1")])
    found = query(store, "MATCH (s:State)-[t:DEFENCE]->(:State) RETURN s.id AS s, count(t) AS t")
    assert found == [{"s": "S1", "t": count - 2}]


# -- nothing or all -----------------------------------------------------------------------------------------------------------


class HaltError(Exception):
    """Raised by a test in the middle of a load."""


@pytest.mark.parametrize("applied", [False, True])
def test_a_write_that_fails_leaves_exactly_what_was_there(store: Store, applied: bool) -> None:
    put(store, *TRIO)
    before = everything(store, without=())
    with pytest.raises(HaltError), store.writing() as writer:
        if applied:
            writer.apply(Diff([state("ITA"), tie("t9", "FRA", "ITA")], [state("FRA", "changed"), tie("t1", "FRA", "DEU", kind="trade")],
                              [("DEFENCE", "t2"), ("DEFENCE", "t3"), ("State", "GBR")]))  # fmt: skip
        raise HaltError
    assert everything(store, without=()) == before
    put(store, state("ITA"))  # the store takes the next write
    assert held(store) == rows_of(*TRIO, state("ITA"))


def test_a_first_write_that_fails_leaves_nothing(store: Store, cli: Cli) -> None:
    with pytest.raises(HaltError), store.writing() as writer:
        writer.apply(Diff(list(TRIO)))
        raise HaltError
    assert stored_ids(store) == set()
    cli("query", "membership/members", "-p", "bloc=NATO", db=store).fails(1, "nothing is loaded there", "pactgraph load")


@pytest.mark.parametrize("twice", ["node", "relationship", "both in one write"])
def test_an_id_exists_once_or_nothing_is_written(store: Store, twice: str) -> None:
    put(store, *TRIO)
    again = {
        "node": [state("FRA", "a second France")],
        "relationship": [tie("t1", "FRA", "GBR")],
        "both in one write": [tie("new", "FRA", "GBR"), tie("new", "FRA", "DEU")],
    }[twice]
    with pytest.raises(StoreError, match=r"(nothing was|no data were) changed"):
        put(store, state("ITA"), *again)
    assert held(store) == rows_of(*TRIO)


def test_what_is_written_is_seen_by_the_same_writer_at_once(store: Store) -> None:
    with store.writing() as writer:
        writer.apply(Diff(list(TRIO)))
        assert writer.run("MATCH (s:State) RETURN count(s) AS n", {}).rows == [[3]]
        assert writer.run("MATCH ()-[t:DEFENCE]->() RETURN count(t) AS n", {}).rows == [[3]]


def test_others_see_nothing_of_a_write_before_it_ends(store: Store) -> None:
    put(store, *TRIO)
    with store.writing() as writer:
        writer.apply(Diff([state("ITA")], [], [("DEFENCE", "t1")]))
        assert held(store) == rows_of(*TRIO)
    assert held(store) == rows_of(*TRIO[:3], TRIO[4], TRIO[5], state("ITA"))


def test_two_writers_at_once_never_mix(store: Store) -> None:
    """The embedded store refuses the second with one clear error; Neo4j lets it wait and then see what the first wrote."""
    put(store, *TRIO)
    events: list[str] = []
    failures: list[BaseException] = []

    def second() -> None:
        try:
            with store.writing() as writer:
                seen = writer.run("MATCH (s:State {id: 'ITA'}) RETURN count(s) AS n", {}).rows[0][0]
                events.append(f"second sees {seen}")
                writer.apply(Diff([state("ESP")]))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=second)
    with store.writing() as writer:
        thread.start()
        thread.join(timeout=1.5)  # long enough to overtake, were it let in
        writer.apply(Diff([state("ITA")]))
        events.append("first writes")
    thread.join(timeout=60)
    assert not thread.is_alive()
    if failures:
        assert isinstance(failures[0], StoreError)
        assert "another load is writing to this store; wait until it ends" in str(failures[0])
        assert "://" not in store.url and events == ["first writes"]
        put(store, state("ESP"))
    else:
        assert "://" in store.url and events == ["first writes", "second sees 1"]
    assert held(store) == rows_of(*TRIO, state("ITA"), state("ESP"))


# -- loads --------------------------------------------------------------------------------------------------------------------

NATO = {
    "blocs": [{"id": "NATO", "name": "NATO", "kind": "alliance", "since": "1949-08-24", "until": ".."}],
    "memberships": [
        {"state": s, "bloc": "NATO", "spell": 1, "role": "full", "suspended": False, "since": since, "until": ".."}
        for s, since in (("FRA", "1949-08-24"), ("GBR", "1949-08-24"), ("TUR", "1952-02-18"))
    ],
    "instruments": [{"id": "treaty", "title": "Treaty", "form": "treaty", "type": "alliance", "domains": ["DEFENCE"], "binding": True,
                     "obligations": ["defence"], "derives": "dyads", "founds": "NATO"}],
    "events": [{"instrument": "treaty", "kind": "in_force", "n": 1, "date": "1949-08-24"}],
}  # fmt: skip


def load(store: Store, folder: Path, **more: object) -> pipeline.LoadReport:
    return pipeline.load(store, [(PackageSource(folder), folder)], **more)  # type: ignore[arg-type]


def test_loading_the_same_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    folder = small_package(tmp_path / "mine", NATO)
    first = load(store, folder)
    before = everything(store)
    # 1 bloc, 3 memberships, 1 instrument, 1 event with its relationship, FOUNDS, and the ties of 3 members: 3 pairs.
    mine = next(c for c in first.counts if c.source == "mine")
    assert (mine.read, mine.added, mine.changed, mine.unchanged, mine.removed) == (6, 11, 0, 0, 0)
    again = load(store, folder)
    mine = next(c for c in again.counts if c.source == "mine")
    assert (mine.read, mine.added, mine.changed, mine.unchanged, mine.removed) == (6, 0, 0, 11, 0)
    assert again.moved == []
    assert everything(store) == before  # fingerprints included


def test_a_row_taken_out_of_the_file_vanishes_with_what_followed_from_it(store: Store, tmp_path: Path) -> None:
    load(store, small_package(tmp_path / "mine", NATO))
    before = everything(store)
    less = small_package(tmp_path / "mine", NATO | {"memberships": NATO["memberships"][:2]})
    report = load(store, less)
    mine = next(c for c in report.counts if c.source == "mine")
    assert (mine.added, mine.changed, mine.removed) == (0, 0, 3)  # the membership and the two ties of Turkey
    after = everything(store)
    gone = before.keys() - after.keys()
    assert {"member|TUR|NATO|1", "tie|treaty|FRA|TUR|DEFENCE|alliance|1", "tie|treaty|GBR|TUR|DEFENCE|alliance|1"} <= gone
    assert all("TUR" in id_ for id_ in gone)
    assert after == {id_: row for id_, row in before.items() if id_ not in gone}


def test_a_corrected_date_changes_the_property_and_no_id(store: Store, tmp_path: Path) -> None:
    load(store, small_package(tmp_path / "mine", NATO))
    before = everything(store)
    corrected = [dict(row) for row in NATO["memberships"]]
    corrected[2]["since"] = "1952-02-19"
    report = load(store, small_package(tmp_path / "mine", NATO | {"memberships": corrected}))
    after = everything(store)
    assert after.keys() == before.keys()
    assert after["member|TUR|NATO|1"]["since"] == "1952-02-19"
    assert after["tie|treaty|FRA|TUR|DEFENCE|alliance|1"]["since"] == "1952-02-19"
    assert report.moved == ["member|TUR|NATO|1", "tie|treaty|FRA|TUR|DEFENCE|alliance|1", "tie|treaty|GBR|TUR|DEFENCE|alliance|1"]


def test_a_dry_run_counts_what_a_load_would_do_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    folder = small_package(tmp_path / "mine", NATO)
    promised = load(store, folder, dry_run=True)
    assert not promised.written
    assert stored_ids(store) == set()
    done = load(store, folder)
    assert done.written and done.counts == promised.counts
    before = everything(store, without=())
    less = small_package(tmp_path / "mine", NATO | {"memberships": NATO["memberships"][:2]})
    assert next(c for c in load(store, less, dry_run=True).counts if c.source == "mine").removed == 3
    assert everything(store, without=()) == before


def test_a_dataset_with_an_error_leaves_what_was_there(store: Store, tmp_path: Path) -> None:
    load(store, small_package(tmp_path / "mine", NATO))
    before = everything(store, without=())
    wrong = [dict(row) for row in NATO["memberships"]]
    wrong[1]["since"] = "1949-13-01"
    with pytest.raises(DataError, match=r"memberships\.csv, row 3, column since"):
        load(store, small_package(tmp_path / "mine", NATO | {"memberships": wrong}))
    assert everything(store, without=()) == before


def test_a_load_that_dies_after_its_writes_leaves_what_was_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, small_package(tmp_path / "mine", NATO))
    before = everything(store, without=())
    with store.writing() as writer:
        kind = type(writer)
    written = kind.apply

    def dies(self: object, diff: Diff) -> None:
        written(self, diff)  # type: ignore[arg-type]
        raise HaltError

    monkeypatch.setattr(kind, "apply", dies)
    with pytest.raises(HaltError):
        load(store, small_package(tmp_path / "mine", NATO | {"memberships": NATO["memberships"][:2]}))
    monkeypatch.undo()
    assert everything(store, without=()) == before


def test_a_store_of_another_format_is_refused_with_the_remedy(store: Store, tmp_path: Path, cli: Cli) -> None:
    folder = small_package(tmp_path / "mine", NATO)
    load(store, folder)
    with store.reading() as reader:
        known = meta(reader)
    assert known is not None
    other = make_fact("Meta", META_ID, {**{k: v for k, v in known.items() if k not in ("id", "fingerprint")}, "format": FORMAT + 1})
    put(store, changed=[other])
    before = everything(store, without=())
    words = (f"format {FORMAT + 1}", f"reads format {FORMAT}", "load the data again into a new store (--db)")
    cli("query", "membership/members", "-p", "bloc=NATO", db=store).fails(1, *words)
    cli("load", "--from", folder, db=store).fails(1, *words)
    cli("load", "--from", folder, "--dry-run", db=store).fails(1, *words)
    assert everything(store, without=()) == before


def test_a_store_exists_once_it_was_loaded(store: Store, tmp_path: Path) -> None:
    if "://" not in store.url:
        assert not store.exists()
    load(store, small_package(tmp_path / "mine", NATO))
    assert store.exists()


# -- reading ------------------------------------------------------------------------------------------------------------------


def test_an_answer_without_rows_has_its_columns(store: Store) -> None:
    put(store, *TRIO)
    with store.reading() as reader:
        found = reader.run("MATCH (b:Bloc) RETURN b.name AS name, b.id AS bloc, count(*) AS n", {})
        assert (found.columns, found.rows) == (["name", "bloc", "n"], [])
        found = reader.run("MATCH (s:State) RETURN s.region AS region, s.id AS id ORDER BY id", {})
        assert (found.columns, found.rows) == (["region", "id"], [[None, "DEU"], [None, "FRA"], [None, "GBR"]])


def test_nodes_and_relationships_come_as_their_properties(store: Store) -> None:
    put(store, *TRIO)
    (row,) = query(store, "MATCH (a:State)-[t:DEFENCE]->(b:State) WHERE t.id = 't1' RETURN a, t, [b] AS list, {x: b} AS map")
    a, t, b = (held(store)[id_] for id_ in ("DEU", "t1", "FRA"))
    plain = [{k: v for k, v in thing.items() if k not in (":type", ":start", ":end")} for thing in (a, t, b)]
    assert row == {"a": plain[0], "t": plain[1], "list": [plain[2]], "map": {"x": plain[2]}}


def test_a_wrong_query_is_one_clear_error(store: Store) -> None:
    put(store, *TRIO)
    for text in ("MATCH (s:State RETURN s", "RETURN unknown", "RETURN 1 AS x UNION RETURN 2 AS y", "not cypher"):
        with pytest.raises(UsageError, match="the query failed: ") as caught:
            query(store, text)
        assert "\n" not in str(caught.value) and "com.arcadedb" not in str(caught.value)
    with pytest.raises(UsageError, match=r"\$name, \$other; give -p name=VALUE"):
        query(store, "RETURN $name AS x, $other AS y")


def test_several_readers_at_once(store: Store) -> None:
    put(store, *TRIO)
    with store.reading() as one, store.reading() as two:
        for reader in (one, two, one):
            assert reader.run("MATCH (s:State) RETURN count(s) AS n", {}).rows == [[3]]
    with store.reading() as reader:
        assert reader.run("MATCH (s:State) RETURN count(s) AS n", {}).rows == [[3]]


def test_readers_in_several_threads(store: Store) -> None:
    put(store, *TRIO)

    def ask(_: int) -> list[list[object]]:
        with store.reading() as reader:
            return reader.run("MATCH (a:State)-[t:DEFENCE]->(b:State) RETURN t.id AS id, a.id AS a, b.id AS b ORDER BY id", {}).rows

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers == [[["t1", "DEU", "FRA"], ["t2", "DEU", "GBR"], ["t3", "FRA", "GBR"]]] * 40


# -- the bundled data ---------------------------------------------------------------------------------------------------------


def _data_rows(table: str) -> list[dict[str, str]]:
    with (data_folder() / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_bundled_data_hold_a_fact_for_every_row(loaded: Store) -> None:
    counts = Counter(row[":type"] for row in everything(loaded).values())
    links = Counter(row["type"] for row in _data_rows("curated/links.csv"))
    files = {
        "State": "reference/states", "Bloc": "curated/blocs", "MEMBER_OF": "curated/memberships", "Instrument": "curated/instruments",
        "Event": "curated/events", "HAS_EVENT": "curated/events", "PARTY_TO": "curated/parties", "SUCCEEDED_BY": "reference/succession",
    }  # fmt: skip
    expected = {type_: len(_data_rows(f"{name}.csv")) for type_, name in files.items()} | links
    for type_, table in {"DEPENDS_ON": "flows", "PRODUCES": "production"}.items():
        expected[type_] = sum(len(_data_rows(f"{name}/{table}.csv")) for name in ("curated", "usgs"))
    expected["Good"] = len({row["id"] for name in ("curated", "usgs") for row in _data_rows(f"{name}/goods.csv")})
    expected["FOUNDS"] = sum(bool(row["founds"]) for row in _data_rows("curated/instruments.csv"))
    assert {type_: counts[type_] for type_ in expected} == expected
    documents = sum(len(_data_rows(f"{name}/documents.csv")) for name in ("curated", "reference"))
    assert counts["Source"] == documents + 3  # and the three datasets


@pytest.mark.neo4j
def test_the_bundled_data_are_equal_in_both_stores(loaded_embedded: Store, loaded_neo4j: Store) -> None:
    one, other = everything(loaded_embedded), everything(loaded_neo4j)
    assert one.keys() == other.keys()
    assert {id_: (one[id_], other[id_]) for id_ in one if one[id_] != other[id_]} == {}


@pytest.mark.neo4j
def test_the_exported_files_of_both_stores_are_equal(loaded_embedded: Store, loaded_neo4j: Store, cli: Cli, tmp_path: Path) -> None:
    for name, store in (("one", loaded_embedded), ("other", loaded_neo4j)):
        cli("export", "csv", "-o", tmp_path / name, db=store).ok()
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == sorted(p.name for p in (tmp_path / "other").iterdir())
    assert "rels_MEMBER_OF.csv" in names
    for name in names:
        if name != "nodes_Run.csv":  # times
            one, other = ((tmp_path / folder / name).read_text(encoding="utf-8") for folder in ("one", "other"))
            # The engines sort text by different code units; the lines are the same.
            assert sorted(one.splitlines()) == sorted(other.splitlines()), name
