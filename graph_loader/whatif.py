"""The graph as it would be: without a source, under another precedence, with a source of one's own. In memory; a store is only read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph_loader import cyphertext
from graph_loader.analysis import explain
from graph_loader.claims import Claim, SourceInfo, claim_from_props
from graph_loader.errors import UsageError
from graph_loader.identity import Identity, default_identity
from graph_loader.pipeline import Assembled, assemble, difference, kept_order
from graph_loader.schema import DOMAINS, NODES, Fact, claimable
from graph_loader.snapshot import FLOW_SCHEMA, WORLD
from graph_loader.stores.base import Diff, Reader, Rows, Stored, meta, stored_sources

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

_NODE_TYPES = frozenset(n.label for n in NODES)
TIE_TYPES = _NODE_TYPES | {"MEMBER_OF", "PARTY_TO", "FOUNDS", *DOMAINS}
_FLOW_TYPES = frozenset(("State", "Bloc", "Actor", "Good", "DEPENDS_ON", "PRODUCES"))
_HEAD = ("fact_type", "key", "spell", "source", "dataset", "locator", "matched", "seen", "order")


@dataclass
class World:
    """All that sources say, and whose word is taken: what facts are made of."""

    claims: list[Claim]
    sources: dict[str, SourceInfo]
    prefer: list[str]
    notes: list[str] = field(default_factory=list)

    def assembled(self, types: Collection[str] = ()) -> Assembled:
        """Facts resolved from the claims of these types (all, when none is given)."""
        claims = [c for c in self.claims if not types or c.type in types]
        return assemble(explain.bearing_on_obligations(claims) if types == TIE_TYPES else claims, self.sources, self.prefer)


def stored_world(reader: Reader, types: Collection[str] = ()) -> World:
    """The claims (of these types, or all) and sources of a store with its order of precedence."""
    held = [str(row[0]) for row in reader.run("MATCH (c:Claim) RETURN DISTINCT c.fact_type AS type ORDER BY type", {}).rows]
    claims: list[Claim] = []
    for type_ in held:
        if types and type_ not in types:
            continue
        # Only the columns that claims of this type can have: a claim has one of 60 in all.
        columns = ", ".join(f"c.{name} AS {name}" for name in dict.fromkeys((*_HEAD, *claimable(type_))))
        text = f"MATCH (c:Claim) WHERE c.fact_type = $type AND c.fingerprint IS NOT NULL RETURN {columns} ORDER BY c.id"
        claims += [claim_from_props(row) for row in reader.run(text, {"type": type_}).dicts()]
    sources = stored_sources(reader)
    return World(claims, sources, kept_order(meta(reader), sources))


def changed(
    world: World, *, prefer: Sequence[str] = (), without: Sequence[str] = (), folder: Path | None = None, identity: Identity | None = None
) -> World:
    """Another world: with the dataset of a folder added (or replaced), without sources, under another precedence; in that order.

    Raises
    ------
    UsageError
        When a source is not loaded, or the folder's id is taken.
    DataError
        When the folder cannot be read.
    """
    claims, sources, notes = list(world.claims), dict(world.sources), []
    if folder is not None:
        from graph_loader.sources.package import PackageSource

        ids = frozenset(c.key[0] for c in claims if c.type in ("State", "Bloc", "Actor"))
        reading = PackageSource(folder).read(folder, identity or default_identity(), ids)
        name = reading.info.id
        claims = [c for c in claims if c.dataset != name]
        sources = {id_: s for id_, s in sources.items() if s.dataset != name}
        for info in (reading.info, *reading.documents):
            if info.id in sources:
                raise UsageError(f"source id '{info.id}' of {folder} is taken by {sources[info.id].dataset}; rename it")
            sources[info.id] = info
        claims += reading.claims
        notes.append(f"Added: {name}, {len(reading.claims)} claims from {folder}{'' if name not in world.sources else ' (replaces it)'}.")
    for name in without:
        if name not in sources:
            datasets = ", ".join(sorted(s.id for s in sources.values() if s.dataset == s.id))
            raise UsageError(f"--without-source {name}: no such source is loaded; datasets: {datasets}; documents: see --cite")
    for name in prefer:
        if name in without:
            raise UsageError(f"{name} cannot be preferred and left out")
    if without:
        n = len(claims)
        claims, sources, fallen = explain.without(claims, sources, without)
        notes.append(f"Left out: {', '.join(without)}, {n - len(claims) - len(fallen)} claims that could bear on it.")
        if fallen:
            others = ", ".join(sorted({c.source for c in fallen})[:5])
            notes.append(f"{len(fallen)} claims of others fall with it, for nobody else describes what they speak of ({others}).")
    return World(claims, sources, list(prefer) or [p for p in world.prefer if p in sources], notes)


# -- the graph from facts ----------------------------------------------------------------------------------------------


def ties(facts: Mapping[str, Fact], as_of: str) -> nx.MultiGraph[str]:
    """Ties in force at a date: what `snapshot.ties` reads from a store, from assembled facts."""
    import networkx as nx

    graph: nx.MultiGraph[str] = nx.MultiGraph(as_of=as_of)
    for fact in sorted(facts.values(), key=lambda f: f.id):
        if fact.type in ("State", "Bloc", "Actor"):
            shown = {name: fact.props.get(name) for name in ("name", "kind", "iso2", "region", "spells")}
            defaults: dict[str, Any] = {"iso2": "", "region": "", "spells": []}
            graph.add_node(fact.id, label=fact.type, **(defaults | {k: v for k, v in shown.items() if v is not None}))
    for domain in DOMAINS:
        for fact in sorted((f for f in facts.values() if f.type == domain), key=lambda f: f.id):
            if fact.start and fact.end and str(fact.props["since"]) <= as_of < str(fact.props["until"]):
                attributes = {"instrument": "", **{k: v for k, v in fact.props.items() if k != "premises"}}
                start, end = fact.start[1], fact.end[1]
                graph.add_edge(start, end, key=fact.id, id=fact.id, domain=domain, start=start, end=end, **attributes)
    return graph


def flows(facts: Mapping[str, Fact]) -> pl.DataFrame:
    """Flows of all periods: what `snapshot.flows` reads from a store, from assembled facts."""
    import polars as pl

    rows = []
    for fact in sorted((f for f in facts.values() if f.type in ("DEPENDS_ON", "PRODUCES")), key=lambda f: (f.type, f.id)):
        assert fact.start and fact.end
        produced = fact.type == "PRODUCES"
        row: dict[str, Any] = {name: fact.props.get(name) for name in FLOW_SCHEMA}
        row |= {
            "importer": WORLD if produced else fact.start[1], "supplier": fact.start[1] if produced else fact.end[1],
            "good_name": facts[str(fact.props["good"])].props["name"], "fact": fact.id,
        }  # fmt: skip
        rows.append(row | {n: row["share"] if row[n] is None else row[n] for n in ("share_lo", "share_hi")})
    return pl.DataFrame(rows, schema=FLOW_SCHEMA)


class Sandbox:
    """A temporary embedded store that holds one assembled graph after another; only what differs is written."""

    def __init__(self, folder: Path) -> None:
        from graph_loader.stores.embedded import EmbeddedStore

        self._store = EmbeddedStore(folder)
        self._held: dict[str, Stored] = {}

    def run(self, assembled: Assembled, text: str, params: Mapping[str, Any]) -> Rows:
        """A query's answer over the assembled graph."""
        from graph_loader.stores.base import query

        # Claims are two thirds of a graph and written in vain for a query that names neither them nor what they point at.
        names_claims = bool({"Claim", "FROM", "Source", "CITED_IN"} & set(re.findall(r"\w+", text))) or ":" not in text
        facts = {id_: f for id_, f in assembled.facts.items() if names_claims or f.type not in ("Claim", "FROM", "CITED_IN")}
        diff: Diff = difference(facts, self._held)
        with self._store.writing() as writer:
            writer.apply(diff)
        self._held = {id_: Stored(f.type, f.fingerprint, ()) for id_, f in facts.items()}
        with self._store.reading() as reader:
            return query(reader, self._store, text, params)


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="pactgraph-", ignore_cleanup_errors=True) as folder:
        yield Sandbox(Path(folder) / "store")


# -- questions -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """An ANSWER that can be asked of one world after another: ``ask`` gives its table, ``types`` are the claims that bear on it (none:
    all)."""

    text: str
    types: frozenset[str]
    ask: Callable[[Assembled], explain.Table]
    held: Callable[[Assembled, Mapping[str, Any]], explain.Table] | None = None  # with what the method chose by itself in another world


def _parts(text: str, form: str, count: int) -> list[str]:
    parts = text.split(":")
    if len(parts) != count or not all(parts):
        raise UsageError(f"'{text}' is no answer; write {form}")
    return parts[1:]


def question(
    text: str, as_of: str, sand: Sandbox, *, cypher: tuple[str, Mapping[str, Any]] | None = None, identity: Identity | None = None,
    runs: int = 50, resamples: int = 100,
) -> Question:  # fmt: skip
    """The question that a user's ANSWER names: ``camp:STATE``, ``hhi:IMPORTER:GOOD``, ``defenders:STATE``, ``query:ID`` (with its
    Cypher text and parameters) or the id of a fact.

    Raises
    ------
    UsageError
        When it has another form, or names an unknown state.
    """
    from graph_loader.identity import UnknownStateError

    identity = identity or default_identity()

    def state(name: str) -> str:
        try:
            return identity.resolve(name, as_of)
        except UnknownStateError as error:
            raise UsageError(str(error)) from error

    if cypher is not None:
        body, params = cypher
        cyphertext.refuse_writes(body)

        def rows(found: Assembled) -> explain.Table:
            answer = sand.run(found, body, params)
            return explain.query_table(answer.columns, answer.dicts(), tuple(answer.columns) if "fact" not in answer.columns else ())

        return Question(text, frozenset(), rows)
    if text.startswith("camp:"):
        who = state(_parts(text, "camp:STATE", 2)[0])
        settings: dict[str, Any] = {"runs": runs, "bootstrap": resamples, "resolution": "auto", "as_of": as_of}

        def camp(found: Assembled, **chosen: Any) -> explain.Table:
            return explain.camp_table(ties(found.facts, as_of), who, **(settings | chosen))

        return Question(text, TIE_TYPES, camp, lambda found, chosen: camp(found, **chosen))
    if text.startswith("defenders:"):
        protected = state(_parts(text, "defenders:STATE", 2)[0])
        return Question(text, TIE_TYPES, lambda found: _defenders(found, protected, as_of))
    if text.startswith("hhi:"):
        importer, good = _parts(text, "hhi:IMPORTER:GOOD", 3)
        with suppress(UnknownStateError):  # a bloc, or WORLD
            importer = identity.resolve(importer, as_of)
        return Question(text, _FLOW_TYPES, lambda found: explain.concentration_table(flows(found.facts), importer, good, as_of))
    return Question(text, frozenset(), lambda found: explain.fact_table(found.facts, text))


def _defenders(found: Assembled, state: str, as_of: str) -> explain.Table:
    graph = ties(found.facts, as_of)
    if state not in graph:
        return explain.Table(("defender", "instrument"), [], [], [f"Nothing loaded describes {state}."])
    return explain.defenders_table(graph, state)
