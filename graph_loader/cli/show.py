"""show: what is known of a state; info: what a store holds."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import click

from graph_loader.cli.options import domain_option, domains_of, doubts, read_options, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit
from graph_loader.cli.pair import show_pair

_COLUMNS = ["relation", "kind", "other", "detail", "since", "until", "since_edtf", "until_edtf", "end_kind", "disputed", "fact", "sources"]


@click.command(
    epilog="\b\nExamples:\n  pactgraph show DEU\n  pactgraph show 'Soviet Union' --as-of 1975 --domain defence\n  pactgraph show USA IND"
)
@click.argument("state", metavar="STATE")
@click.argument("other", metavar="[STATE]", required=False)
@domain_option
@read_options
def show(
    state: str, other: str | None, domains: tuple[str, ...], db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool
) -> None:
    """What is known of a STATE (id or name) at a date: memberships, ties by domain, dependence, succession, each with its sources.

    With two states: what is between them. Their ties of all dates (in_force: at this one), ties of one to a bloc of the other, blocs
    that both are in, each one's share in the other's supply, and what each source says where they disagree.
    """
    from graph_loader.identity import default_identity

    chosen = domains_of(domains)
    if other is not None:
        show_pair((state, other), chosen, db, as_of, form, cite, narrowed=bool(domains))
        return
    with reading(db, as_of) as (_, reader, held, day):
        id_ = state_of(state, day)
        text = "MATCH (s:State {id: $id}) WHERE s.fingerprint IS NOT NULL RETURN s.name AS name, s.spells AS spells, s.sources AS sources"
        known = reader.run(text, {"id": id_}).dicts()
        flows, scopes = _dependence(reader, id_, day)
        rows = _memberships(reader, id_, day) + _ties(reader, id_, day, chosen) + flows + _succession(reader, id_)
        answer = Answer(
            list(_COLUMNS), rows, {"state": id_}, day, held.newest_source, sources_of(reader, rows + known), doubts(reader, day)
        )
    name = known[0]["name"] if known else default_identity().states[id_]
    spells = ", ".join(_spell(text) for text in known[0]["spells"]) if known and known[0]["spells"] else "not recorded"
    answer.notes = [f"{id_} ({name}); independent: {spells}.", *scopes, *answer.notes]
    answer.hidden = ("sources", "fact", "end_kind")
    answer.compact = _by_instrument(rows)
    emit(answer, form, cite)


def _spell(text: str) -> str:
    """'1918-02-24/1940-06-17' in words."""
    since, _, until = text.partition("/")
    return " ".join([*([f"from {since}"] if since not in ("", "..") else []), *([f"until {until}"] if until not in ("", "..") else [])])


def _row(relation: str, kind: str, other: str, detail: str, found: dict[str, Any]) -> dict[str, Any]:
    return {"relation": relation, "kind": kind, "other": other, "detail": detail} | {
        name: found[name] for name in ("since", "until", "since_edtf", "until_edtf", "end_kind", "disputed", "fact", "sources")
    }


_COMMON = (
    "t.since AS since, t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.end_kind AS end_kind,"
    " t.disputed AS disputed, t.id AS fact, t.sources AS sources"
)
_NOW = "t.fingerprint IS NOT NULL AND t.since <= $as_of AND t.until > $as_of"


def _memberships(reader: Any, state: str, day: str) -> list[dict[str, Any]]:
    text = (
        f"MATCH (s:State)-[t:MEMBER_OF]->(b:Bloc) WHERE s.id = $id AND {_NOW}"
        f" RETURN b.id AS bloc, b.kind AS kind, t.role AS role, t.suspended AS suspended, {_COMMON} ORDER BY bloc, fact"
    )
    return [
        _row("member", row["kind"], row["bloc"], row["role"] + (", suspended" if row["suspended"] else ""), row)
        for row in reader.run(text, {"id": state, "as_of": day}).dicts()
    ]


def _ties(reader: Any, state: str, day: str, domains: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for domain in domains:
        text = (
            f"MATCH (s:State)-[t:{domain}]-(o) WHERE s.id = $id AND {_NOW} OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument"
            f" RETURN o.id AS other, t.kind AS kind, t.obligations AS obligations, t.mutual AS mutual, startNode(t).id AS start,"
            f" i.title AS title, {_COMMON} ORDER BY title, since, other, fact"
        )
        for row in reader.run(text, {"id": state, "as_of": day}).dicts():
            owed = ", ".join(row["obligations"])
            if owed and not row["mutual"]:
                owed += " (owed by it)" if row["start"] == state else " (owed to it)"
            detail = "; ".join(part for part in (row["title"] or "no instrument known", owed) if part)
            rows.append(_row(domain.lower(), row["kind"], row["other"], detail, row))
    return rows


def _dependence(reader: Any, state: str, day: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Flows to and from the state in their newest period, and what exactly was measured."""
    from graph_loader import snapshot
    from graph_loader.analysis.concentration import select_period

    rows: list[dict[str, Any]] = []
    scopes: dict[str, None] = {}
    chosen = select_period(snapshot.flows(reader), day)
    for flow in chosen.sort(["importer", "good", "share"], descending=[False, False, True]).to_dicts():
        if state not in (flow["importer"], flow["supplier"]):
            continue
        period = str(flow["from_year"]) if flow["from_year"] == flow["to_year"] else f"{flow['from_year']}-{flow['to_year']}"
        detail = f"{flow['good_name']}, {flow['share']:.1%} by {flow['basis']}, {period}"
        relation = "depends on" if flow["importer"] == state else "produces" if flow["importer"] == snapshot.WORLD else "supplies"
        other = (
            flow["supplier"] if flow["importer"] == state else "world output" if flow["importer"] == snapshot.WORLD else flow["importer"]
        )
        found = {
            "since": f"{flow['from_year']}-01-01", "until": f"{flow['to_year'] + 1}-01-01", "since_edtf": str(flow["from_year"]),
            "until_edtf": str(flow["to_year"]), "end_kind": "dated",
        } | flow  # fmt: skip
        rows.append(_row(relation, flow["stage"], other, detail, found))
        scopes.setdefault(f"{flow['good_name']} {period}, {flow['importer']}: {flow['scope']}.")
    return rows, list(scopes)


def _succession(reader: Any, state: str) -> list[dict[str, Any]]:
    text = (
        "MATCH (a:State)-[t:SUCCEEDED_BY]->(b:State) WHERE t.fingerprint IS NOT NULL AND (a.id = $id OR b.id = $id)"
        f" RETURN a.id AS predecessor, b.id AS successor, t.kind AS kind, {_COMMON} ORDER BY since, fact"
    )
    rows = []
    for row in reader.run(text, {"id": state}).dicts():
        before = row["successor"] == state
        rows.append(
            _row("succeeds" if before else "succeeded by", row["kind"], row["predecessor"] if before else row["successor"], "", row)
        )
    return rows


def _by_instrument(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line for all partners under one instrument that were tied on the same day: what fits a screen."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        single = row["fact"] if row["relation"] in ("member", "depends on", "supplies", "produces", "succeeds", "succeeded by") else ""
        groups[row["relation"], row["kind"], row["detail"], row["since"], row["until"], row["disputed"], single].append(row)
    return [
        group[0] | {"other": group[0]["other"] if len(group) == 1 else f"{len(group)}: {' '.join(r['other'] for r in group)}"}
        for group in groups.values()
    ]


@click.command(epilog="\b\nExample:\n  pactgraph info --format json")
@read_options
def info(db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool) -> None:
    """What the store holds: facts by type, how many are disputed or censored, sources and their order of precedence."""
    from graph_loader.schema import NODES, RELATIONSHIPS

    rows: list[dict[str, Any]] = []
    with reading(db, as_of) as (store, reader, held, day):
        for node in NODES:
            doubted = "sum(CASE WHEN n.disputed THEN 1 ELSE 0 END)" if node.resolved else "sum(0)"
            count, disputed = reader.run(
                f"MATCH (n:{node.label}) WHERE n.fingerprint IS NOT NULL RETURN count(n) AS n, {doubted} AS d", {}
            ).rows[0]
            rows.append({"type": node.label, "kind": "node", "count": count, "disputed": disputed if node.resolved else None})
        for rel in RELATIONSHIPS:
            doubted = "sum(CASE WHEN t.disputed THEN 1 ELSE 0 END)" if rel.resolved else "sum(0)"
            count, disputed = reader.run(
                f"MATCH ()-[t:{rel.type}]->() WHERE t.fingerprint IS NOT NULL RETURN count(t) AS n, {doubted} AS d", {}
            ).rows[0]
            if count:
                rows.append({"type": rel.type, "kind": "relationship", "count": count, "disputed": disputed if rel.resolved else None})
        loaded = reader.run("MATCH (s:Source) WHERE s.dataset = s.id AND s.fingerprint IS NOT NULL RETURN s.id AS id ORDER BY id", {}).rows
        answer = Answer(["type", "kind", "count", "disputed"], rows, {"db": store.url}, day, held.newest_source, notes=doubts(reader, day))
        from graph_loader import snapshot

        answer.sources = snapshot.sources(reader, [row[0] for row in loaded])
    answer.notes += [f"Store: {store.url}.", f"Precedence where sources disagree: {', '.join(held.precedence)}."]
    emit(answer, form, cite)
