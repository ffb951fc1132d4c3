"""All that the store knows of one state, or of a pair, up to a date: plain rows with their sources.

Unlike a snapshot, which holds what is in force on one day, a dossier holds what ended before as well, for a page that shows ties over time.
Each row carries ``in_force`` and its dates as the source said them; nothing that began after the date is in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graph_loader.dates import BEGINNING, FOREVER
from graph_loader.schema import claimable
from graph_loader.stores.base import Reader

if TYPE_CHECKING:
    import polars as pl

_DATES = (
    "t.since AS since, t.until AS until, t.since_edtf AS since_edtf, t.until_edtf AS until_edtf, t.start_kind AS start_kind,"
    " t.end_kind AS end_kind, t.disputed AS disputed, t.id AS fact, t.sources AS sources"
)
TIES = f"""MATCH (x)-[t]-(o)
WHERE x.id = $id AND t.mutual IS NOT NULL AND t.fingerprint IS NOT NULL AND t.since <= $as_of
OPTIONAL MATCH (i:Instrument) WHERE i.id = t.instrument
WITH t, i, o, startNode(t) AS first
RETURN type(t) AS domain, o.id AS other, o.name AS name, t.kind AS kind, t.obligations AS obligations, t.mutual AS mutual,
       first.id AS start, t.instrument AS instrument, i.title AS title, t.label AS label, i.binding AS binding,
       t.premises AS premises, {_DATES}
ORDER BY domain, since, fact"""
MEMBERSHIPS = f"""MATCH (x)-[t:MEMBER_OF]->(b:Bloc)
WHERE x.id = $id AND t.fingerprint IS NOT NULL AND t.since <= $as_of
RETURN b.id AS bloc, b.name AS name, b.kind AS kind, t.role AS role, t.suspended AS suspended, {_DATES}
ORDER BY bloc, since, fact"""
FLOWS = """MATCH (i)-[d:DEPENDS_ON]->(s) MATCH (g:Good)
WHERE g.id = d.good AND (i.id = $id OR s.id = $id) AND d.until <= $as_of
RETURN i.id AS importer, s.id AS supplier, g.name AS good, d.stage AS stage, d.basis AS basis, d.from_year AS from_year,
       d.to_year AS to_year, d.share AS share, d.scope AS scope, d.id AS fact, d.sources AS sources
ORDER BY importer, good, to_year DESC, share DESC, fact"""
OUTPUT = """MATCH (s:State)-[d:PRODUCES]->(g:Good)
WHERE s.id = $id AND d.until <= $as_of
RETURN g.name AS good, d.stage AS stage, d.basis AS basis, d.from_year AS from_year, d.to_year AS to_year, d.share AS share,
       d.scope AS scope, d.id AS fact, d.sources AS sources
ORDER BY good, stage, to_year DESC, fact"""
CLAIMS = """MATCH (c:Claim)-[:FROM]->(s:Source)
WHERE c.fact IN $facts
RETURN {columns}, c.fact AS fact, c.fact_type AS fact_type, c.id AS claim, c.locator AS locator, c.matched AS matched,
       s.id AS source
ORDER BY fact, source, claim"""


def ties_of(reader: Reader, id_: str, day: str, domains: Collection[str]) -> list[dict[str, Any]]:
    """Ties of a state or bloc that began by the day, in these domains, whether in force or ended.

    Returns
    -------
    list of dict
        Columns of ``TIES`` with ``obliged`` (both, it, other, or "" where nothing is owed), ``in_force``, ``since_text``, ``until_text``.
    """
    found = []
    for row in reader.run(TIES, {"id": id_, "as_of": day}).dicts():
        if row["domain"] not in domains:
            continue
        owed = "" if not row["obligations"] else "both" if row["mutual"] else "it" if row["start"] == id_ else "other"
        found.append(dated(row, day) | {"obliged": owed, "premises": row["premises"] or []})
    return found


def memberships_of(reader: Reader, id_: str, day: str) -> list[dict[str, Any]]:
    """Memberships that began by the day, ended ones too."""
    return [dated(row, day) for row in reader.run(MEMBERSHIPS, {"id": id_, "as_of": day}).dicts()]


def dated(row: dict[str, Any], day: str) -> dict[str, Any]:
    """A row with whether it is ``in_force`` on the day, and its dates as the source said them: ``since_text``, ``until_text``."""
    return row | {
        "in_force": row["since"] <= day < row["until"],
        "since_text": _said(row["since"], row["since_edtf"]),
        "until_text": f"not before {row['until']}" if row["end_kind"] == "censored" else _said(row["until"], row["until_edtf"]),
    }


def _said(day: str, said: str | None) -> str:
    """A date as its source said it, for 1999 is not 1999-01-01; where the source is silent, the stored day."""
    if said:
        return f"{said[3:]} or before" if said.startswith("../") else "open" if said == ".." else said
    return {FOREVER: "unknown" if said == "" else "open", BEGINNING: "unknown"}.get(day, day)


def through_blocs(
    reader: Reader, a: str, b: str, day: str, domains: Collection[str], memberships: Mapping[str, Iterable[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Ties that tie one state of a pair to a bloc of which the other is a full member and the first is not, at the same time.

    A measure "by the EU" is stored once, with the Union as its sender, so a look at two states alone would miss it. The row's ``via`` is
    the bloc, ``member`` the state that belongs to it. The period is the time during which both the tie and the membership last.
    """
    rows = []
    for member, other in ((a, b), (b, a)):
        blocs, together = (_full(memberships[state]) for state in (member, other))
        for tie in ties_of(reader, other, day, domains):
            for spell in blocs.get(tie["other"], []):
                since, until = max(tie["since"], spell["since"]), min(tie["until"], spell["until"])
                both = any(row["since"] < until and row["until"] > since for row in together.get(tie["other"], ()))
                if not both and since < until and since <= day:
                    limits = {"since": since, "until": until, "in_force": since <= day < until}
                    rows.append(tie | limits | {"via": tie["other"], "via_name": tie["name"], "member": member, "outside": other})
    return sorted(rows, key=lambda row: (row["domain"], row["since"], row["fact"], row["member"]))


def _full(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["role"] == "full":
            found[row["bloc"]].append(row)
    return found


def disagreements(reader: Reader, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the sources say of the disputed facts among the rows, where they differ.

    A derived tie rests on its premises, so their claims count too; one that many ties rest on is listed once, with ``affects``.

    Returns
    -------
    list of dict
        ``fact``, ``what`` (the fact in words), ``property``, ``affects`` (number of the given facts), ``said``: a list of
        {value, sources, locator}, one per distinct value. Values of different precision (1949 and 1949-04-04) both stand, as printed.
    """
    rests: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, str] = {}
    for row in rows:
        titles |= {row["instrument"]: row["title"]} if row.get("instrument") and row.get("title") else {}
        if row["disputed"]:
            for fact in (row["fact"], *row.get("premises", ())):
                rests[fact].add(row["fact"])
    found: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for claim in _claims(reader, sorted(rests)):
        for name in claimable(claim["fact_type"]):
            if claim[name] not in (None, "", []):
                found[claim["fact"], name][_text(claim[name])].append(claim)
    return [
        {
            "fact": fact,
            "what": _called(fact, titles),
            "property": name.removesuffix("_edtf"),
            "affects": len(rests[fact]),
            "said": [
                {
                    "value": value,
                    "sources": sorted({c["source"] for c in claims}),
                    "locator": "; ".join(sorted({c["locator"] or "" for c in claims} - {""})),
                }
                for value, claims in sorted(values.items())
            ],
        }
        for (fact, name), values in sorted(found.items())
        if len(values) > 1
    ]


def _called(fact: str, titles: Mapping[str, str]) -> str:
    """A fact in words, from its natural key and the titles of instruments."""
    kind, *parts = fact.split("|")
    if kind == "event":
        return f"{titles.get(parts[0], parts[0])}: {parts[1].replace('_', ' ')}"
    if kind == "member":
        return f"{parts[0]} in {parts[1]}"
    if kind == "flow":
        return f"{parts[0]} from {parts[1]}: {parts[2].replace('-', ' ')}, {parts[-1]}"
    if kind == "prod":
        return f"{parts[0]}, share of world output: {parts[1].replace('-', ' ')}, {parts[-1]}"
    if kind == "party":
        return f"{parts[0]} as a party to {titles.get(parts[1], parts[1])}"
    return titles.get(fact) or ", ".join(parts[:-1]) or fact


def claims_text() -> str:
    """The query behind `disagreements`."""
    names = sorted(
        {n for type_ in ("MEMBER_OF", "PARTY_TO", "DEFENCE", "DEPENDS_ON", "Event", "Instrument", "State") for n in claimable(type_)}
    )
    return CLAIMS.replace("{columns}", ", ".join(f"c.{name} AS {name}" for name in names))


def _claims(reader: Reader, facts: list[str]) -> Iterable[dict[str, Any]]:
    text = claims_text()
    for begin in range(0, len(facts), 500):
        for row in reader.run(text, {"facts": facts[begin : begin + 500]}).dicts():
            yield defaultdict(lambda: None, row)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def dependence_of(
    reader: Reader, ids: list[str], day: str, flows: pl.DataFrame | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Shares of one state (newest period of each good), or of a pair (each on the other, every period complete at the day).

    Parameters
    ----------
    flows
        `snapshot.flows`, where it is read already.

    Returns
    -------
    imports, exports : list of dict
        What the first gets, and what others get from it; of a pair all rows are in ``imports``. Columns of `concentration` and
        ``importer_name``, ``suppliers`` ({id, name, share}), ``facts`` (the flows). In ``exports`` suppliers is the state alone.
    notes : list of str
        Groups whose figures cannot be computed, and why.
    """
    from graph_loader import snapshot
    from graph_loader.analysis.concentration import select_period

    flows = snapshot.flows(reader) if flows is None else flows
    complete = flows.filter(flows["to_year"] < int(day[:4]))
    chosen = complete if len(ids) == 2 else select_period(flows, day)
    names = party_names(reader) | {snapshot.WORLD: "World output"}
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for flow in chosen.to_dicts():
        groups[tuple(flow[c] for c in ("importer", "good", "stage", "basis", "from_year", "to_year"))].append(flow)
    imports: list[dict[str, Any]] = []
    exports: list[dict[str, Any]] = []
    unmeasured: list[str] = []
    asked: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for key, rows in groups.items():
        suppliers = {row["supplier"] for row in rows}
        of_pair = len(ids) == 2 and key[0] in ids and suppliers & set(ids)
        if of_pair or (len(ids) == 1 and (key[0] == ids[0] or ids[0] in suppliers)):
            asked[key] = rows
    for key, (row, problem) in measured(asked).items():
        importer, rows = key[0], asked[key]
        inward = len(ids) == 1 and importer == ids[0]
        unmeasured += [f"{rows[0]['good_name']} ({names.get(importer, importer)})"] if problem else []
        wanted = rows if inward else [r for r in rows if r["supplier"] in ids]
        shown = row | {
            "good": rows[0]["good_name"],
            "answer": wanted[0]["fact"] if problem or len(ids) == 2 else f"hhi:{importer}:{rows[0]['good']}",
            "importer_name": names.get(importer, importer),
            "facts": wanted,
            "suppliers": [
                {"id": r["supplier"], "name": names.get(r["supplier"], r["supplier"]), "share": r["share"]}
                for r in sorted(wanted, key=lambda r: (-(r["share"] or 0.0), r["supplier"]))
                if r["share"] is not None
            ],
            "sources": sorted({s for r in wanted for s in r["sources"]}),
            "disputed": any(r["disputed"] for r in wanted),
        }
        if shown["suppliers"]:
            (exports if len(ids) == 1 and not inward else imports).append(shown)
    newest = lambda r: (r["importer"] if len(ids) == 2 else "", r["good"], r["stage"], r["basis"], -r["to_year"], -r["from_year"])  # noqa: E731
    order = newest if len(ids) == 2 else lambda r: (-r["suppliers"][0]["share"], r["good"], r["stage"])
    return (
        sorted(imports, key=order),
        sorted(exports, key=lambda r: (r["importer"] == snapshot.WORLD, -r["suppliers"][0]["share"], r["good"])),
        not_measured(unmeasured),
    )


def not_measured(names: list[str]) -> list[str]:
    """The note on shares that the source states of different totals, for which no HHI is said."""
    if not names:
        return []
    shown = "; ".join(sorted(set(names)))
    return [f"No HHI is given where the source states the shares of one table of different totals or with different footnotes: {shown}."]


def measured(groups: Mapping[tuple[Any, ...], list[dict[str, Any]]]) -> dict[tuple[Any, ...], tuple[dict[str, Any], str]]:
    """Concentration of each importer, good, stage, basis and period; without figures, and with the reason, where it cannot be computed."""
    import polars as pl

    from graph_loader.analysis.concentration import GROUP, concentration_or_reason
    from graph_loader.snapshot import FLOW_SCHEMA

    rows = [row for group in groups.values() for row in group]
    frame, reasons = concentration_or_reason(pl.DataFrame(rows, schema=FLOW_SCHEMA, strict=False))
    found = {tuple(row[c] for c in GROUP): (row, "") for row in frame.to_dicts()}
    blank = dict.fromkeys(("hhi_lo", "hhi_hi", "named_share", "top_supplier", "top_share")) | {"scope": "", "top_note": ""}
    for key in reasons:
        found[key] = dict(zip(GROUP, key, strict=True)) | blank | {"n_named": len(groups[key])}, reasons[key]
    return {key: found[key] for key in groups}


def party_names(reader: Reader) -> dict[str, str]:
    """Names of all states, blocs and actors, by id."""
    text = "MATCH (n:{label}) WHERE n.fingerprint IS NOT NULL RETURN n.id AS id, n.name AS name"
    return {row[0]: row[1] or row[0] for label in ("State", "Bloc", "Actor") for row in reader.run(text.replace("{label}", label), {}).rows}


def spell_text(text: str) -> str:
    """A state's spell in words: '1918-02-24/1940-06-17' is 'from 1918-02-24 until 1940-06-17'."""
    since, _, until = text.partition("/")
    said = [("from", since), ("until", until)]
    return " ".join(f"{word} {day}" for word, day in said if day not in ("", "..", BEGINNING, FOREVER))


def queries(ids: list[str], day: str) -> list[dict[str, str]]:
    """The Cypher that gives the rows of a dossier, with its parameters, for a reader to run."""
    shown = [
        ("Ties, by domain", TIES),
        ("Memberships", MEMBERSHIPS),
        ("Shares of imports", FLOWS),
        *([("Shares of world output", OUTPUT)] if len(ids) == 1 else []),
    ]
    said = " and ".join(f"id = '{i}'" for i in ids)
    found = [{"title": title, "text": text, "params": f"{said}, as_of = '{day}'"} for title, text in shown]
    return [*found, {"title": "What each source says", "text": claims_text(), "params": "facts = the ids of the disputed facts above"}]
