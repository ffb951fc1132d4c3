"""What a store can do; the embedded one and Neo4j pass one contract suite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from graph_loader import cyphertext
from graph_loader.claims import Claim, SourceInfo, claim_from_props, source_from_props
from graph_loader.errors import StoreError, UsageError
from graph_loader.schema import FORMAT, NODES, RELATIONSHIPS, Fact, properties_of

META_ID = "pactgraph"
Params = Mapping[str, Any]


class Rows(NamedTuple):
    """A query's answer: column names, and one list of values a row."""

    columns: list[str]
    rows: list[list[Any]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Stored(NamedTuple):
    """What a store knows of a fact without reading all of it."""

    type: str
    fingerprint: str
    sources: tuple[str, ...]


@dataclass
class Diff:
    """What a load writes: all in one transaction."""

    added: list[Fact] = field(default_factory=list)
    changed: list[Fact] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)  # (type, id)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Reader(Protocol):
    """A consistent view: all its queries see the same state of the store."""

    def run(self, text: str, params: Params) -> Rows:
        """Run trusted Cypher of our own."""
        ...


class Planner(Protocol):
    """What both engines' readers also tell."""

    def plan(self, text: str, params: Params) -> str:
        """How the engine would go about a query, in its own words, one step a line; the query is not run."""
        ...


class Writer(Reader, Protocol):
    """One load's transaction."""

    def apply(self, diff: Diff) -> None:
        """Write the difference; nothing is visible to others before the writer's context ends without an error."""
        ...


class Store(Protocol):
    """A place that holds the graph.

    ``url`` is what the user gave, without secrets.
    """

    url: str

    def exists(self) -> bool:
        """Whether there is anything to read."""
        ...

    def reading(self) -> AbstractContextManager[Reader]: ...

    def writing(self) -> AbstractContextManager[Writer]:
        """Commit when the block ends, roll all back when it raises. One writer at a time."""
        ...

    def misread(self, text: str) -> str | None:
        """What in the query this store's engine would answer wrongly without an error; None when there is nothing."""
        ...


def query(reader: Reader, store: Store, text: str, params: Params) -> Rows:
    """Run a user's query: read-only, and refused where the engine is known to answer wrongly.

    Raises
    ------
    UsageError
        When it writes, or holds a form that this store's engine misreads.
    """
    allow(store, text, params)
    return reader.run(text, params)


def allow(store: Store, text: str, params: Params) -> None:
    """Raise what :func:`query` raises, and run nothing."""
    cyphertext.refuse_writes(text)
    misread = store.misread(text)
    if misread:
        raise UsageError(misread)
    missing = sorted(cyphertext.parameters(text) - set(params))
    if missing:
        raise UsageError(f"the query needs {', '.join('$' + name for name in missing)}; give -p {missing[0]}=VALUE")


def explained(reader: Planner, store: Store, text: str, params: Params) -> str:
    """The engine's plan of a user's query, which is not run; refused as by :func:`query`."""
    allow(store, text, params)
    return reader.plan(text, params)


def with_columns(text: str, found: Sequence[Mapping[str, Any]]) -> Rows:
    """Rows in the order of the RETURN; an answer without rows still has its columns."""
    columns = cyphertext.returned_columns(text) or (list(found[0]) if found else [])
    if found and set(columns) != set(found[0]):
        columns = list(found[0])
    return Rows(columns, [[row.get(name) for name in columns] for row in found])


# -- reading what is stored ------------------------------------------------------------------------------------------------


def stored_facts(reader: Reader) -> dict[str, Stored]:
    """Type, fingerprint and sources of every node and relationship of ours."""
    found: dict[str, Stored] = {}
    patterns = [(n.label, f"(f:{n.label})", n.resolved) for n in NODES]
    patterns += [(r.type, f"()-[f:{r.type}]->()", r.resolved) for r in RELATIONSHIPS]
    for type_, pattern, resolved in patterns:
        sources = "f.sources" if resolved else "[]"
        text = f"MATCH {pattern} WHERE f.fingerprint IS NOT NULL RETURN f.id AS id, f.fingerprint AS fingerprint, {sources} AS sources"
        for id_, fingerprint, names in reader.run(text, {}).rows:
            found[id_] = Stored(type_, fingerprint, tuple(names or ()))
    return found


def _all_of(reader: Reader, label: str) -> Iterable[dict[str, Any]]:
    names = [p.name for p in properties_of(label)]
    returned = ", ".join(f"n.{name} AS {name}" for name in names)
    return reader.run(f"MATCH (n:{label}) WHERE n.fingerprint IS NOT NULL RETURN {returned} ORDER BY n.id", {}).dicts()


def stored_claims(reader: Reader) -> list[Claim]:
    """Every claim in the store."""
    return [claim_from_props(props) for props in _all_of(reader, "Claim")]


def stored_sources(reader: Reader) -> dict[str, SourceInfo]:
    """Every source in the store, by id."""
    return {str(props["id"]): source_from_props(props) for props in _all_of(reader, "Source")}


def stored_runs(reader: Reader) -> list[dict[str, Any]]:
    """Every run in the store."""
    return list(_all_of(reader, "Run"))


def meta(reader: Reader) -> dict[str, Any] | None:
    """The store's Meta node, or None when nothing was ever loaded.

    Raises
    ------
    StoreError
        When the store was written in another format.
    """
    found = [row for row in _all_of(reader, "Meta") if row["fingerprint"]]  # empty while the first load holds the node as its lock
    if not found:
        return None
    if found[0]["format"] != FORMAT:
        raise StoreError(
            f"the store is of format {found[0]['format']}, this version of pactgraph reads format {FORMAT};"
            " load the data again into a new store (--db), or use the version that wrote it"
        )
    return found[0]
