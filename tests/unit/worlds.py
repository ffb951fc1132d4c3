"""Small stores to resolve and derive in: a table of states, then datasets as the test writes them, loaded as a user would."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support import opened, query, small_package

from graph_loader import pipeline
from graph_loader.pipeline import LoadReport, SourceCounts
from graph_loader.sources.base import Source
from graph_loader.sources.package import PackageSource
from graph_loader.stores.base import Store

STATES = ("CUB", "CYP", "DDR", "DEU", "EGY", "EST", "FRA", "GBR", "GRC", "JPN", "SUN", "TUR", "USA")

Row = dict[str, object]


class World:
    """An embedded store under ``root`` that holds the states only, until datasets are loaded."""

    def __init__(self, root: Path, store: Store | None = None) -> None:
        self.root = root
        self.store = store or opened(root / "store")
        self._states = small_package(
            root / "states", {"states": [{"id": s, "name": s, "kind": "state"} for s in STATES]}, id="reference", precedence=20
        )

    def load(self, tables: dict[str, Any], *, prefer: Sequence[str] | None = None, **source_yml: Any) -> SourceCounts:
        """Load one dataset (``id`` mine unless given) and return what that did to it."""
        return self.loads([(tables, source_yml)], prefer=prefer).counts[-1]

    def loads(self, datasets: Sequence[tuple[dict[str, Any], dict[str, Any]]], *, prefer: Sequence[str] | None = None) -> LoadReport:
        """Load several datasets in one transaction, in the order given."""
        wanted: list[tuple[Source, Path | None]] = []
        if not self.store.exists():
            wanted.append((PackageSource(self._states), None))
        for tables, source_yml in datasets:
            folder = small_package(self.root / str(source_yml.get("id", "mine")), tables, **source_yml)
            wanted.append((PackageSource(folder), None))
        return pipeline.load(self.store, wanted, prefer=prefer)

    def prefer(self, *order: str) -> LoadReport:
        """Resolve everything anew under another order of precedence."""
        return pipeline.load(self.store, [], prefer=order)

    def rows(self, text: str, **params: Any) -> list[dict[str, Any]]:
        return query(self.store, text, **params)

    def members(self, bloc: str = "PACT") -> dict[str, dict[str, Any]]:
        """Memberships of a bloc by fact id."""
        found = self.rows(
            "MATCH (s:State)-[t:MEMBER_OF]->(b:Bloc) WHERE b.id = $bloc RETURN t.id AS id, t.since AS since, t.until AS until,"
            " t.start_kind AS start_kind, t.end_kind AS end_kind, t.role AS role, t.suspended AS suspended, t.disputed AS disputed,"
            " t.sources AS sources ORDER BY id",
            bloc=bloc,
        )
        return {row.pop("id"): row for row in found}

    def ties(self, domain: str = "DEFENCE") -> dict[str, dict[str, Any]]:
        """Ties of a domain by fact id."""
        found = self.rows(
            f"MATCH (a)-[t:{domain}]->(b) RETURN t.id AS id, a.id AS start, b.id AS end, t.since AS since, t.until AS until,"
            " t.end_kind AS end_kind, t.kind AS kind, t.obligations AS obligations, t.mutual AS mutual, t.sign AS sign,"
            " t.instrument AS instrument, t.derived AS derived, t.disputed AS disputed, t.sources AS sources ORDER BY id"
        )
        return {row.pop("id"): row for row in found}

    def spells(self, found: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str]]:
        return {id_: (row["since"], row["until"]) for id_, row in found.items()}


def bloc(id_: str = "PACT", since: str = "1950-01-01", until: str = "..", **more: object) -> Row:
    return {"id": id_, "name": id_.title(), "kind": "alliance", "since": since, "until": until} | more


def member(state: str, since: str, until: str = "..", bloc: str = "PACT", **more: object) -> Row:
    return {"state": state, "bloc": bloc, "since": since, "until": until} | more


def treaty(id_: str = "treaty", **more: object) -> Row:
    """A binding treaty of mutual defence that makes ties between its parties."""
    return {
        "id": id_, "title": id_.title(), "form": "treaty", "type": "alliance", "domains": "DEFENCE", "binding": True,
        "obligations": "defence;consultation", "derives": "dyads",
    } | more  # fmt: skip


def event(kind: str, date: str, instrument: str = "treaty", **more: object) -> Row:
    return {"instrument": instrument, "kind": kind, "date": date} | more


def party(who: str, since: str, until: str = "..", instrument: str = "treaty", **more: object) -> Row:
    return {"party": who, "instrument": instrument, "since": since, "until": until} | more


def tie(start: str, end: str, since: str, until: str = "..", **more: object) -> Row:
    return {"start": start, "end": end, "domain": "DEFENCE", "kind": "alliance", "since": since, "until": until} | more
