"""show with two states: all that is known between them, on one screen."""

from __future__ import annotations

from typing import Any

from graph_loader.cli.options import doubts, reading, sources_of, state_of
from graph_loader.cli.output import Answer, emit

_DATED = ("since", "until", "since_edtf", "until_edtf", "end_kind", "disputed", "fact", "sources")
_COLUMNS = ["relation", "kind", "in_force", "detail", *_DATED]
_COMMON = (
    "t.since AS since, t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.end_kind AS end_kind,"
    " t.disputed AS disputed, t.id AS fact, t.sources AS sources"
)


def show_pair(
    names: tuple[str, str], domains: tuple[str, ...], db: str | None, as_of: str | None, form: str, cite: bool, narrowed: bool
) -> None:
    """Ties by domain over time, those through a bloc of one of them, shared blocs, dependence both ways, and disputed claims."""
    from graph_loader.errors import UsageError

    with reading(db, as_of) as (_, reader, held, day):
        a, b = (state_of(name, day) for name in names)
        if a == b:
            raise UsageError(f"{names[0]} and {names[1]} are the same state; name two")
        rows = _ties(reader, a, b, day, domains)
        notes = [_obligations(rows, a, b, day)]
        rows += [row for one, two in ((a, b), (b, a)) for row in _through_blocs(reader, one, two, day, domains)]
        if not narrowed:
            rows += _blocs(reader, a, b, day)
            flows, scopes = _dependence(reader, a, b, day)
            rows += flows
            notes += scopes
        rows += _disputed(reader, rows)
        answer = Answer(list(_COLUMNS), rows, {"states": [a, b]}, day, held.newest_source, sources_of(reader, rows))
        count = {n: sum(r["in_force"] is (n == "in force") for r in rows if r["kind"] != "claim") for n in ("in force", "not")}
        answer.notes = [f"{a} and {b}: {count['in force']} lines are in force at the date, {count['not']} are not.", *notes,
                        *doubts(reader, day, domains if narrowed else ())]  # fmt: skip
    answer.hidden = ("sources", "fact", "end_kind")
    emit(answer, form, cite)


def _row(relation: str, kind: str, in_force: bool | None, detail: str, found: dict[str, Any]) -> dict[str, Any]:
    return {"relation": relation, "kind": kind, "in_force": in_force, "detail": detail} | {name: found[name] for name in _DATED}


def _owed(row: dict[str, Any]) -> str:
    owed = ", ".join(row["obligations"])
    if not owed:
        return ""
    return f"{owed} (both)" if row["mutual"] else f"{owed} ({row['start']} to {row['end']})"


def _ties(reader: Any, a: str, b: str, day: str, domains: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for domain in domains:
        text = (
            f"MATCH (x:State)-[t:{domain}]-(y:State) WHERE x.id = $a AND y.id = $b AND t.fingerprint IS NOT NULL"
            " OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument"
            " RETURN t.kind AS kind, t.label AS label, t.obligations AS obligations, t.mutual AS mutual, startNode(t).id AS start,"
            f" endNode(t).id AS end, i.title AS title, i.binding AS binding, {_COMMON} ORDER BY since, fact"
        )
        for row in reader.run(text, {"a": a, "b": b}).dicts():
            bound = "" if row["binding"] is None else "binding" if row["binding"] else "not binding"
            detail = "; ".join(part for part in (row["title"] or row["label"] or "no instrument known", bound, _owed(row)) if part)
            found = _row(domain.lower(), row["kind"], row["since"] <= day < row["until"], detail, row)
            rows.append(found | {"owed": _owed(row)})
    return rows


def _obligations(rows: list[dict[str, Any]], a: str, b: str, day: str) -> str:
    """Who owes whom what at the date; an empty answer says that the data hold none, not that there is none."""
    owed = sorted({str(row["owed"]) for row in rows if row["in_force"]} - {""})
    for row in rows:
        del row["owed"]
    if not owed:
        return f"No obligation between {a} and {b} is recorded as in force at {day}."
    return f"Obligations in force: {'; '.join(owed)}."


def _through_blocs(reader: Any, state: str, member: str, day: str, domains: tuple[str, ...]) -> list[dict[str, Any]]:
    """Ties in force of one state to a bloc in which the other, and not it itself, is a full member."""
    rows = []
    for domain in domains:
        text = (
            f"MATCH (x:State)-[t:{domain}]-(g:Bloc) WHERE x.id = $a AND t.fingerprint IS NOT NULL AND t.since <= $day AND t.until > $day"
            " MATCH (y:State)-[m:MEMBER_OF]->(g) WHERE y.id = $b AND m.role = 'full' AND m.since <= $day AND m.until > $day"
            " AND NOT EXISTS { MATCH (z:State)-[n:MEMBER_OF]->(g) WHERE z.id = $a AND n.since <= $day AND n.until > $day }"
            " OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument"
            f" RETURN g.id AS bloc, t.kind AS kind, i.title AS title, {_COMMON} ORDER BY since, fact"
        )
        for row in reader.run(text, {"a": state, "b": member, "day": day}).dicts():
            detail = f"{state} with {row['bloc']}, of which {member} is a member: {row['title'] or 'no instrument known'}"
            rows.append(_row(f"{domain.lower()} through {row['bloc']}", row["kind"], True, detail, row))
    return rows


def _blocs(reader: Any, a: str, b: str, day: str) -> list[dict[str, Any]]:
    """Blocs of which both were members at one time; the interval is the time in which both were."""
    text = (
        "MATCH (x:State)-[t:MEMBER_OF]->(g:Bloc) WHERE (x.id = $a OR x.id = $b) AND t.fingerprint IS NOT NULL"
        f" RETURN x.id AS state, g.id AS bloc, g.name AS name, g.kind AS kind, t.role AS role, t.suspended AS suspended, {_COMMON}"
        " ORDER BY bloc, since, fact"
    )
    spells = reader.run(text, {"a": a, "b": b}).dicts()
    rows = []
    for one in (s for s in spells if s["state"] == a):
        for two in (s for s in spells if s["state"] == b and s["bloc"] == one["bloc"]):
            later, earlier = max(one, two, key=lambda s: str(s["since"])), min(one, two, key=lambda s: str(s["until"]))
            if later["since"] >= earlier["until"]:
                continue
            roles = [s["role"] + (", suspended" if s["suspended"] else "") for s in (one, two)]
            said = f"both {roles[0]}" if roles[0] == roles[1] else f"{a} {roles[0]}, {b} {roles[1]}"
            shared = {
                "since": later["since"], "since_edtf": later["since_edtf"], "until": earlier["until"], "until_edtf": earlier["until_edtf"],
                "end_kind": earlier["end_kind"], "disputed": one["disputed"] or two["disputed"], "fact": f"{one['fact']} {two['fact']}",
                "sources": sorted({*one["sources"], *two["sources"]}),
            }  # fmt: skip
            name = one["bloc"] if one["name"] == one["bloc"] else f"{one['bloc']} ({one['name']})"
            rows.append(_row("both in", one["kind"], shared["since"] <= day < shared["until"], f"{name}; {said}", shared))
    return sorted(rows, key=lambda r: (not r["in_force"], r["since"], r["detail"]))


def _dependence(reader: Any, a: str, b: str, day: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Shares of each in the other's supply, newest period at the date; a supplier that is not named has no known share."""
    from graph_loader import snapshot
    from graph_loader.analysis.concentration import select_period

    chosen = select_period(snapshot.flows(reader), day)
    rows = []
    unnamed = []
    for importer, supplier in ((a, b), (b, a)):
        goods: dict[str, bool] = {}
        for flow in chosen.sort(["share", "good", "stage", "basis"], descending=[True, False, False, False]).to_dicts():
            if flow["importer"] != importer:
                continue
            goods[flow["good_name"]] = goods.get(flow["good_name"], False) or flow["supplier"] == supplier
            if flow["supplier"] != supplier:
                continue
            period = str(flow["from_year"]) if flow["from_year"] == flow["to_year"] else f"{flow['from_year']}-{flow['to_year']}"
            of = f" of {flow['scope']}" if flow["scope"] else ""
            detail = f"{flow['good_name']}: {supplier} supplies {flow['share']:.1%} by {flow['basis']}, {period}{of}"
            found = {
                "since": f"{flow['from_year']:04}-01-01", "until": f"{flow['to_year'] + 1:04}-01-01", "since_edtf": str(flow["from_year"]),
                "until_edtf": str(flow["to_year"]), "end_kind": "dated",
            } | flow  # fmt: skip
            rows.append(_row(f"{importer} depends on {supplier}", flow["stage"], True, detail, found))
        missing = [name for name, named in goods.items() if not named]
        if missing:
            unnamed.append(f"{supplier} is not among the named suppliers of {importer} for {len(missing)} goods with figures"
                           f" ({', '.join(missing[:4])}{', …' if len(missing) > 4 else ''}): its share is not known.")  # fmt: skip
        elif not goods:
            unnamed.append(f"No figures of {importer}'s supply are loaded for that date.")
    return rows, unnamed


def _disputed(reader: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each source says of the disputed facts above; of a derived tie, of those of its premises that are disputed."""
    from graph_loader.analysis.explain import said
    from graph_loader.claims import claim_from_props
    from graph_loader.schema import properties_of

    ids = sorted({fact for row in rows if row["disputed"] for fact in row["fact"].split()})
    if not ids:
        return []
    text = "MATCH ()-[t]->() WHERE t.id IN $ids AND size(t.premises) > 0 RETURN t.premises AS premises"
    facts = {*ids, *(p for row in reader.run(text, {"ids": ids}).rows for p in row[0])}
    columns = ", ".join(f"c.{p.name} AS {p.name}" for p in properties_of("Claim"))
    found = reader.run(f"MATCH (c:Claim) WHERE c.fact IN $facts RETURN {columns} ORDER BY c.fact, c.source, c.id", {"facts": sorted(facts)})
    by_fact: dict[str, list[dict[str, Any]]] = {}
    for props in found.dicts():
        by_fact.setdefault(props["fact"], []).append(props)
    told = []
    for fact, props_of in by_fact.items():
        if not _differ(props_of):
            continue
        for props in props_of:
            claim = claim_from_props(props)
            where = "; ".join(part for part in (claim.locator, f"'{claim.matched}'" if claim.matched else "") if part)
            detail = f"{fact}: {claim.source} says {said(claim)}" + (f" [{where}]" if where else "")
            told.append(dict.fromkeys(_COLUMNS) | {
                "relation": "disputed", "kind": "claim", "detail": detail,
                "disputed": True, "fact": fact, "sources": [claim.source],
            })  # fmt: skip
    return told


def _differ(claims: list[dict[str, Any]]) -> bool:
    """Whether two claims say different things of one property."""
    from graph_loader.schema import claimable

    for name, prop in claimable(str(claims[0]["fact_type"])).items():
        values = {str(c[name]) for c in claims if c[name] is not None}
        if len(values) > 1 and prop.disputable:
            return True
    return False
