"""The graph at a date, read from a store: ties as a networkx MultiGraph, flows as a polars frame."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import networkx as nx
import polars as pl

from graph_loader.errors import StoreError
from graph_loader.schema import DOMAINS, properties_of
from graph_loader.stores.base import Reader, meta

_NODE_COLUMNS: dict[str, tuple[str, ...]] = {
    "State": ("name", "kind", "iso2", "region", "spells"),
    "Bloc": ("name", "kind"),
    "Actor": ("name", "kind"),
}
FLOW_SCHEMA: dict[str, Any] = {
    "importer": pl.String, "supplier": pl.String, "good": pl.String, "good_name": pl.String, "stage": pl.String, "basis": pl.String,
    "from_year": pl.Int64, "to_year": pl.Int64, "share_lo": pl.Float64, "share": pl.Float64, "share_hi": pl.Float64,
    "value": pl.Float64, "total": pl.Float64, "unit": pl.String, "scope": pl.String, "named_largest": pl.Boolean,
    "disputed": pl.Boolean, "sources": pl.List(pl.String), "fact": pl.String,
}  # fmt: skip
WORLD = "WORLD"


@dataclass(frozen=True)
class Release:
    """What the store holds: the default of ``as_of`` and the newest dataset."""

    as_of: str
    newest_source: str
    precedence: tuple[str, ...]


def release(reader: Reader) -> Release:
    """The release that a store holds.

    Raises
    ------
    StoreError
        When nothing was loaded.
    """
    found = meta(reader)
    if found is None or not found.get("release_date"):
        raise StoreError("nothing is loaded there; run 'pactgraph load' first, or name another --db")
    newest = str(found["newest_source"])
    text = "MATCH (s:Source {id: $id}) WHERE s.fingerprint IS NOT NULL RETURN s.title AS title, s.version AS version"
    rows = reader.run(text, {"id": newest}).rows
    title, version = rows[0] if rows else (newest, "")
    shown = " ".join(part for part in (title, version) if part)
    return Release(str(found["release_date"]), shown, tuple(found["precedence"]))


def ties(reader: Reader, as_of: str | None, domains: Collection[str] = DOMAINS) -> nx.MultiGraph[str]:
    """Ties in force at a date (None: of all dates), with every state, bloc and actor as a node.

    Returns
    -------
    networkx.MultiGraph
        Edge key = tie id. Edge attributes: the tie's properties, ``domain``, ``start`` and ``end`` (stored direction: a one-sided
        tie runs obliged -> protected), ``instrument_title`` and ``official_label``. Node attributes: ``label``, ``name``, ``kind``,
        ``iso2``, ``region``, ``spells``. Graph attributes: ``as_of``, ``newest_source``.
    """
    graph: nx.MultiGraph[str] = nx.MultiGraph(as_of=as_of, newest_source=release(reader).newest_source)
    for label, shown in _NODE_COLUMNS.items():
        columns = ", ".join(f"n.{name} AS {name}" for name in shown)
        for row in reader.run(f"MATCH (n:{label}) WHERE n.fingerprint IS NOT NULL RETURN n.id AS id, {columns} ORDER BY id", {}).dicts():
            attributes = {"iso2": "", "region": "", "spells": []} | {k: v for k, v in row.items() if k != "id" and v is not None}
            graph.add_node(row["id"], label=label, **attributes)
    titles = {
        row[0]: row[1:]
        for row in reader.run(
            "MATCH (i:Instrument) WHERE i.fingerprint IS NOT NULL RETURN i.id AS id, i.title AS title, i.official_label AS label", {}
        ).rows
    }
    params = {"as_of": as_of} if as_of else {}
    for domain in domains:
        for row in reader.run(ties_text([domain], dated=bool(as_of)), params).dicts():
            title, label = titles.get(row["instrument"] or "", ("", ""))
            attributes = {k: v if v is not None else "" for k, v in row.items()}
            graph.add_edge(
                row["start"],
                row["end"],
                key=row["id"],
                instrument_title=title or "",
                official_label=label or "",
                **attributes,
            )
    return graph


def ties_text(domains: Collection[str], *, dated: bool) -> str:
    """The query behind `ties`: all dates, or those in force at ``$as_of``."""
    names = [p.name for p in properties_of(next(iter(domains))) if p.name not in ("fingerprint", "premises")]
    columns = ", ".join(f"t.{name} AS {name}" for name in names)
    when = " AND t.since <= $as_of AND t.until > $as_of" if dated else ""
    return (
        f"MATCH (a)-[t:{'|'.join(domains)}]->(b) WHERE t.fingerprint IS NOT NULL{when}"
        f" RETURN type(t) AS domain, a.id AS start, b.id AS end, {columns} ORDER BY id"
    )


def flows(reader: Reader, good: str | None = None) -> pl.DataFrame:
    """All flows of all periods: DEPENDS_ON, and PRODUCES with the importer ``WORLD``.

    Returns
    -------
    polars.DataFrame
        Columns of FLOW_SCHEMA, one row a supplier and period; ``fact`` is the id of the relationship.
    """
    params = {"good": good} if good else {}
    found = [row for text in flows_texts(by_good=bool(good)) for row in reader.run(text, params).dicts()]
    for row in found:
        for bound in ("share_lo", "share_hi"):
            row[bound] = row["share"] if row[bound] is None else row[bound]
    return pl.DataFrame(found, schema=FLOW_SCHEMA)


def flows_texts(*, by_good: bool = False) -> tuple[str, str]:
    """The queries behind `flows`: imports, then world output; of ``$good`` alone or of all goods."""
    values = ("stage", "basis", "from_year", "to_year", "share_lo", "share", "share_hi", "value", "total", "unit", "scope",
              "named_largest", "disputed", "sources")  # fmt: skip
    columns = ", ".join(f"d.{name} AS {name}" for name in values)
    where = " AND g.id = $good" if by_good else ""
    ours = "d.fingerprint IS NOT NULL AND g.fingerprint IS NOT NULL"
    return (
        f"MATCH (i)-[d:DEPENDS_ON]->(s) MATCH (g:Good) WHERE g.id = d.good AND {ours}{where}"
        f" RETURN i.id AS importer, s.id AS supplier, g.id AS good, g.name AS good_name, {columns}, d.id AS fact ORDER BY fact",
        f"MATCH (s:State)-[d:PRODUCES]->(g:Good) WHERE {ours}{where}"
        f" RETURN '{WORLD}' AS importer, s.id AS supplier, g.id AS good, g.name AS good_name, {columns}, d.id AS fact ORDER BY fact",
    )


def members(reader: Reader, as_of: str) -> dict[str, list[str]]:
    """Full members of every bloc at a date that are not suspended, states only, sorted."""
    text = (
        "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE m.fingerprint IS NOT NULL AND m.role = 'full' AND NOT m.suspended"
        " AND m.since <= $as_of AND m.until > $as_of RETURN DISTINCT b.id AS bloc, s.id AS state ORDER BY bloc, state"
    )
    found: dict[str, list[str]] = {}
    for bloc, state in reader.run(text, {"as_of": as_of}).rows:
        found.setdefault(bloc, []).append(state)
    return found


def observations(reader: Reader, indicator: str) -> list[dict[str, Any]]:
    """Yearly values of an indicator: state, name, indicator, year, value, unit, disputed, fact, sources, by state and year."""
    text = (
        "MATCH (s:State)-[o:OBSERVED]->(i:Indicator) WHERE i.id = $indicator AND o.fingerprint IS NOT NULL"
        " RETURN s.id AS state, s.name AS name, i.id AS indicator, o.year AS year, o.value AS value, coalesce(o.unit, i.unit) AS unit,"
        " o.disputed AS disputed, o.id AS fact, o.sources AS sources ORDER BY state, year, fact"
    )
    return reader.run(text, {"indicator": indicator}).dicts()


def exports(reader: Reader) -> list[dict[str, Any]]:
    """Yearly values of the indicators of exports of a good (ids ``…-exports-GOOD``): state, indicator, year, value, unit, sources."""
    text = (
        "MATCH (i:Indicator) WHERE i.id CONTAINS '-exports-' AND i.fingerprint IS NOT NULL MATCH (s:State)-[o:OBSERVED]->(i)"
        " WHERE o.fingerprint IS NOT NULL RETURN s.id AS state, i.id AS indicator, o.year AS year, o.value AS value,"
        " coalesce(o.unit, i.unit) AS unit, o.sources AS sources ORDER BY state, year, indicator"
    )
    return reader.run(text, {}).dicts()


def sources(reader: Reader, ids: Collection[str]) -> list[dict[str, str]]:
    """Title, publisher, version, url, licence, citation and dataset of sources, by id."""
    names = ("id", "title", "publisher", "version", "url", "licence", "citation", "dataset")
    columns = ", ".join(f"s.{name} AS {name}" for name in names)
    text = f"MATCH (s:Source) WHERE s.id IN $ids AND s.fingerprint IS NOT NULL RETURN {columns} ORDER BY s.id"
    found = reader.run(text, {"ids": sorted(ids)})
    return [{name: value or "" for name, value in row.items()} for row in found.dicts()]


def censored_by(reader: Reader, as_of: str, types: Collection[str] = ()) -> int:
    """How many relationships (of the types given, or of all) a source last saw in force before the date: whether they still are is
    not known."""
    pattern = f"[t:{'|'.join(sorted(types))}]" if types else "[t]"
    text = f"MATCH ()-{pattern}->() WHERE t.fingerprint IS NOT NULL AND t.end_kind = 'censored' AND t.until <= $as_of RETURN count(t) AS n"
    return int(reader.run(text, {"as_of": as_of}).rows[0][0])


def observed(reader: Reader, indicator: str) -> pl.DataFrame:
    """All values of an indicator: state, year, value, unit, disputed, sources, fact; sorted by state and year."""
    text = (
        "MATCH (s:State)-[o:OBSERVED]->(i:Indicator) WHERE i.id = $indicator AND o.fingerprint IS NOT NULL"
        " RETURN s.id AS state, o.year AS year, o.value AS value, o.unit AS unit, o.disputed AS disputed, o.sources AS sources,"
        " o.id AS fact ORDER BY state, year"
    )
    columns: dict[str, Any] = {"state": pl.String, "year": pl.Int64, "value": pl.Float64, "unit": pl.String,
                               "disputed": pl.Boolean, "sources": pl.List(pl.String), "fact": pl.String}  # fmt: skip
    return pl.DataFrame(reader.run(text, {"indicator": indicator}).dicts(), schema=columns)


def memberships(reader: Reader) -> list[dict[str, Any]]:
    """Full memberships of states in blocs at all dates (an author's list of states is no bloc): state, bloc, since, until, suspended,
    sources, fact."""
    return reader.run(MEMBERSHIPS, {}).dicts()


MEMBERSHIPS = (
    "MATCH (s:State)-[m:MEMBER_OF]->(b:Bloc) WHERE m.fingerprint IS NOT NULL AND m.role = 'full' AND b.kind <> 'category'"
    " RETURN s.id AS state, b.id AS bloc, m.since AS since, m.until AS until, m.suspended AS suspended, m.sources AS sources,"
    " m.id AS fact ORDER BY fact"
)
PRINTED = (
    "MATCH (c:Claim)-[:FROM]->(s:Source) WHERE c.matched IS NOT NULL OR c.locator IS NOT NULL"
    " RETURN c.fact AS fact, s.id AS source, c.locator AS locator, c.matched AS matched ORDER BY fact, source, locator, matched"
)


def blocs(reader: Reader) -> dict[str, dict[str, str]]:
    """Name and kind of each bloc, by id."""
    text = "MATCH (b:Bloc) WHERE b.fingerprint IS NOT NULL RETURN b.id AS id, b.name AS name, b.kind AS kind ORDER BY id"
    return {row["id"]: {"name": row["name"], "kind": row["kind"]} for row in reader.run(text, {}).dicts()}


def add_grounds(reader: Reader, graph: nx.MultiGraph[str]) -> None:
    """Set two attributes on the ties of a graph: ``binding`` (of the instrument; None: no instrument, so not recorded) and ``premises``,
    the ids of the facts that a derived tie follows from."""
    text = "MATCH (i:Instrument) WHERE i.fingerprint IS NOT NULL RETURN i.id AS id, i.binding AS binding"
    binding = dict(reader.run(text, {}).rows)
    premises: dict[str, list[str]] = {}
    for domain in sorted({tie["domain"] for *_, tie in graph.edges(data=True)}):
        found = reader.run(f"MATCH ()-[t:{domain}]->() WHERE t.fingerprint IS NOT NULL RETURN t.id AS id, t.premises AS premises", {})
        premises |= dict(found.rows)
    for *_, key, tie in graph.edges(keys=True, data=True):
        tie["binding"] = binding.get(tie["instrument"])
        tie["premises"] = premises.get(key) or []


def printed(reader: Reader, facts: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """What documents print on facts: fact id -> {source, locator, matched}, of claims that say where or what."""
    wanted = set(facts)
    found: dict[str, list[dict[str, str]]] = {}
    for row in reader.run(PRINTED, {}).dicts():
        if row["fact"] in wanted:
            said = {name: row[name] or "" for name in ("source", "locator", "matched")}
            if said not in found.setdefault(row["fact"], []):
                found[row["fact"]].append(said)
    return found
