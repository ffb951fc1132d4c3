"""What an answer rests on, and what it becomes when a source is left out, preferred or added.

An answer is a table with a key: two versions of it are compared row by row. Nothing is estimated here: the answer is computed
again, from the claims that are left, by the same rules. What is ours is the question: a source matters to an answer when the
answer without it is another one (leave-one-out, as Quenouille 1949 and Tukey 1958 asked it of single observations).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx
import polars as pl

from graph_loader.claims import Claim, SourceInfo
from graph_loader.dates import BEGINNING, FOREVER
from graph_loader.schema import DOMAINS, NEGATIVE_DOMAINS, NODE, RELATIONSHIP, Fact, claimable

__all__ = [
    "CERTAINTY_MOVES",
    "Change",
    "Table",
    "answer_key",
    "bearing_on_obligations",
    "camp_table",
    "changed_facts",
    "claims_behind",
    "compare",
    "concentration_table",
    "defenders_table",
    "fact_table",
    "in_words",
    "query_table",
    "said",
    "with_premises",
    "without",
]

CERTAINTY_MOVES = 0.1
"""A certainty that moves less is not called changed: two standard errors of a share of .5 among 100 resamples, 2 sqrt(.25/100)."""
SAME_CAMP = 0.8
_SUPPORT = frozenset(("sources", "premises", "fingerprint"))  # who says so, not what is said


@dataclass
class Table:
    """An answer: rows that ``key`` tells apart, the facts they rest on, and what must be known besides."""

    key: tuple[str, ...]
    rows: list[dict[str, Any]]
    facts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    whole: bool = False  # few rows that are read together: show those that stay too
    settings: dict[str, Any] = field(default_factory=dict)  # what the method chose by itself, to be held where answers are compared

    def by_key(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {tuple(_hashable(row.get(name)) for name in self.key): row for row in self.rows}


@dataclass(frozen=True)
class Change:
    """One line of a comparison. ``kind``: same, gone, new or changed; ``property`` is empty for whole rows."""

    kind: str
    what: str
    property: str
    before: Any
    after: Any


def _hashable(value: Any) -> Any:
    return tuple(_hashable(item) for item in value) if isinstance(value, list) else value


def in_words(value: Any) -> str:
    """A value as a reader says it."""
    if isinstance(value, list):
        return ", ".join(in_words(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return {FOREVER: "open", BEGINNING: "unknown", "..": "open"}.get(str(value), str(value))


def compare(before: Table, after: Table) -> list[Change]:
    """Rows that are gone, new, changed (a line a property) or the same, in that order.

    Whose word it is (a column ``sources``) is no part of an answer's content. A ``certainty`` is changed when it moves by
    `CERTAINTY_MOVES` or crosses .8.
    """
    old, new = before.by_key(), after.by_key()
    found: dict[str, list[Change]] = {"gone": [], "new": [], "changed": [], "same": []}
    for key in [*old, *(k for k in new if k not in old)]:
        what = " ".join(in_words(list(part) if isinstance(part, tuple) else part) for part in key if part not in (None, ""))
        one, two = old.get(key), new.get(key)
        if two is None and one is not None:
            found["gone"].append(Change("gone", what, "", _summary(one, before.key), None))
        elif one is None and two is not None:
            found["new"].append(Change("new", what, "", None, _summary(two, after.key)))
        elif one is not None and two is not None:
            names = [n for n in dict.fromkeys((*one, *two)) if n not in before.key and n not in _SUPPORT]
            moved = [n for n in names if not _same(n, one.get(n), two.get(n))]
            found["changed"] += [Change("changed", what, n, one.get(n), two.get(n)) for n in moved]
            if not moved:
                found["same"].append(Change("same", what, "", _summary(one, before.key), _summary(two, after.key)))
    return [change for kind in ("gone", "new", "changed", "same") for change in found[kind]]


def _same(name: str, one: Any, two: Any) -> bool:
    if name == "certainty" and isinstance(one, float) and isinstance(two, float):
        return abs(one - two) < CERTAINTY_MOVES and (one >= SAME_CAMP) == (two >= SAME_CAMP)
    if isinstance(one, float) and isinstance(two, float):
        return abs(one - two) < 1e-9
    return bool(one == two)


def _summary(row: Mapping[str, Any], key: Sequence[str]) -> Any:
    """What a row says besides its key: the value itself where it has one."""
    hidden = {*key, *_SUPPORT, "fact", "start_kind", "end_kind"}
    values = {n: v for n, v in row.items() if n not in hidden and not n.endswith("_edtf") and v is not None and v not in ("", [])}
    if len(values) == 1:
        return next(iter(values.values()))
    return "; ".join(f"{name} {in_words(value)}" for name, value in values.items())


# -- claims left out ---------------------------------------------------------------------------------------------------


def without(
    claims: Iterable[Claim], sources: Mapping[str, SourceInfo], names: Collection[str]
) -> tuple[list[Claim], dict[str, SourceInfo], list[Claim]]:
    """The claims and sources that are left without datasets or documents, and the claims of others that fall with them.

    A dataset takes with it the documents that came in it. Without a document, what it alone says is not known: a date, an obligation, a
    share. Two kinds of statement cannot be unknown. How a dataset codes something (names, kinds, forms: required properties that are
    not figures) stays as the dataset's own word, confirmed by nobody. A figure or an event's date that nobody states takes its fact
    with it, and a claim falls when what it speaks of is described by nobody any more.

    Returns
    -------
    claims, sources, fallen
    """
    gone = {id_ for id_, info in sources.items() if id_ in names or info.dataset in names}
    left = _with_coding([c for c in claims if c.source not in gone], [c for c in claims if c.source in gone and c.dataset not in gone])
    fallen: list[Claim] = []
    while True:
        left, dropped = _described(left)
        fallen += dropped
        if not dropped:
            return left, {id_: info for id_, info in sources.items() if id_ not in gone}, fallen


def _with_coding(left: Sequence[Claim], gone: Iterable[Claim]) -> list[Claim]:
    """The claims that are left, with codes that only a document left out confirmed as the word of the dataset it came in."""
    spoken: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for claim in left:
        spoken[_statement(claim)].update(claim.values)
    by_id = {claim.id: claim for claim in left}
    for claim in sorted(gone, key=lambda c: (c.order, c.id)):
        columns = claimable(claim.type)
        codes = {n: v for n, v in claim.values.items() if n in _required(claim) and columns[n].type not in ("float", "int")}
        codes = {n: v for n, v in codes.items() if n not in spoken[_statement(claim)] and n != "date_edtf"}
        if codes:
            own = replace(claim, source=claim.dataset, values=codes, locator="", matched="", seen="")
            own = by_id.get(own.id, own)
            by_id[own.id] = replace(own, values={**codes, **own.values})
            spoken[_statement(claim)].update(codes)
    return list(by_id.values())


def _described(claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Claims on what is fully described, and the others: one step, for what falls can take more with it."""
    spoken: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for claim in claims:
        spoken[_statement(claim)].update(claim.values)
    nodes = {c.key[0] for c in claims if c.type in NODE and c.type != "Event" and _complete(c, spoken)}
    founders = {c.key[0] for c in claims if c.type == "FOUNDS"}
    hubs = {c.key[0] for c in claims if c.type == "Instrument" and c.values.get("derives") == "hub"} - founders
    kept: list[Claim] = []
    dropped: list[Claim] = []
    for claim in claims:
        stands = _complete(claim, spoken) and nodes.issuperset(_named(claim)) and not (claim.type == "Instrument" and claim.key[0] in hubs)
        (kept if stands else dropped).append(claim)
    return kept, dropped


def _statement(claim: Claim) -> tuple[Any, ...]:
    # An event is dated by the dataset that counts it; all else is one fact for everybody.
    return (claim.type, claim.key, claim.dataset, claim.spell) if claim.type == "Event" else (claim.type, claim.key)


def _complete(claim: Claim, spoken: Mapping[tuple[Any, ...], set[str]]) -> bool:
    return _required(claim) <= spoken[_statement(claim)]


def _required(claim: Claim) -> set[str]:
    """What must be said of a fact; the good of a flow is part of its key."""
    return {"date_edtf"} if claim.type == "Event" else {n for n, p in claimable(claim.type).items() if p.required and n != "good"}


def _named(claim: Claim) -> tuple[str, ...]:
    """Ids of the nodes that a claim speaks of."""
    if claim.type in NODE:
        return claim.key[:1]
    return claim.key[:3] if "good" in RELATIONSHIP[claim.type].key else claim.key[:2]


def bearing_on_obligations(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that can bear on obligations to assist: far fewer than all, with the same ties.

    An instrument bears on them when a source says that it obliges, or when its kind is one in which ties are stated without an
    instrument, for those may be matched to its ties.
    """
    positive = set(DOMAINS) - set(NEGATIVE_DOMAINS)
    kinds = {c.key[2] for c in claims if c.type in positive}
    treaties = {c.key[0] for c in claims if c.type == "Instrument" and (c.values.get("obligations") or c.values.get("type") in kinds)}
    blocs = {c.key[1] for c in claims if c.type == "FOUNDS" and c.key[0] in treaties}
    place = {"Instrument": 0, "Event": 0, "FOUNDS": 0, "PARTY_TO": 1}

    def bears(claim: Claim) -> bool:
        if claim.type in place:
            return claim.key[place[claim.type]] in treaties
        if claim.type == "MEMBER_OF":
            return claim.key[1] in blocs
        return claim.type in positive or claim.type in ("State", "Bloc", "Actor")

    return [claim for claim in claims if bears(claim)]


# -- facts and claims --------------------------------------------------------------------------------------------------


def with_premises(facts: Mapping[str, Fact], ids: Iterable[str]) -> list[str]:
    """The facts given and those that they follow from, each once, in that order."""
    found: dict[str, None] = {}
    for id_ in ids:
        if id_ in facts:
            found[id_] = None
            premises = facts[id_].props.get("premises")
            found.update(dict.fromkeys(premises if isinstance(premises, list) else []))
    return list(found)


def changed_facts(before: Mapping[str, Fact], after: Mapping[str, Fact], ids: Iterable[str]) -> tuple[list[Change], list[str]]:
    """How the facts differ, and those that say the same on fewer or other sources."""
    changes: list[Change] = []
    support: list[str] = []
    for id_ in dict.fromkeys(ids):
        one, two = before.get(id_), after.get(id_)
        if one is None and two is None:
            continue
        if one is None or two is None:
            fact = one or two
            assert fact is not None
            text = f"{fact.type}: {_summary(_brief(fact), ())}"
            changes.append(Change("gone" if one else "new", id_, "", text if one else None, None if one else text))
            continue
        names = sorted({*one.props, *two.props} - _SUPPORT)
        moved = [n for n in names if one.props.get(n) != two.props.get(n)]
        # The day says what its form as said and its kind say again.
        again = {"since": ("since_edtf", "start_kind"), "until": ("until_edtf", "end_kind"), "date": ("date_edtf",)}
        twice = {name for day, names_ in again.items() if day in moved for name in names_}
        moved = [n for n in moved if n not in twice]
        changes += [Change("changed", id_, n, one.props.get(n), two.props.get(n)) for n in moved]
        if not moved and one.props.get("sources") != two.props.get("sources"):
            support.append(id_)
    return changes, support


def _brief(fact: Fact) -> dict[str, Any]:
    names = ("name", "title", "date", "role", "kind", "share", "value", "obligations", "since", "until")
    return {n: fact.props[n] for n in names if n in fact.props}


def said(claim: Claim) -> str:
    """What a claim says, in words: 'until 1966-07-01, role full'."""
    text = ", ".join(f"{name.removesuffix('_edtf')} {in_words(value)}" for name, value in claim.values.items() if value != [])
    return text or "names it"


def claims_behind(claims: Iterable[Claim], fact_of_claim: Mapping[str, str], ids: Collection[str]) -> list[tuple[str, Claim]]:
    """(fact, claim) of all claims on the facts, by fact in the order given, then source."""
    place = {id_: number for number, id_ in enumerate(ids)}
    found = [(fact_of_claim[c.id], c) for c in claims if fact_of_claim.get(c.id) in place]
    return sorted(found, key=lambda item: (place[item[0]], item[1].source, item[1].id))


# -- answers -----------------------------------------------------------------------------------------------------------


def fact_table(facts: Mapping[str, Fact], id_: str) -> Table:
    """A fact as a table of its properties; no rows when it is not stated."""
    fact = facts.get(id_)
    if fact is None:
        return Table(("property",), [], [], [], True)
    names = [n for n in fact.props if n not in _SUPPORT and not (n.endswith("_kind") and n != "kind")]
    names = [n for n in names if not n.endswith("_edtf") or fact.props[n] not in ("..", fact.props.get(n.removesuffix("_edtf")))]
    return Table(("property",), [{"property": n, "value": fact.props[n]} for n in names], [id_], [], True)


def defenders_table(graph: nx.MultiGraph[str], state: str) -> Table:
    """States that must defend a state, and by which instrument: a one-sided tie runs obliged -> protected."""
    rows = []
    for one, two, id_, tie in graph.edges(state, keys=True, data=True):
        if tie["domain"] != "DEFENCE" or "defence" not in tie["obligations"] or not (tie["mutual"] or tie["end"] == state):
            continue
        other = two if one == state else one
        if graph.nodes[other]["label"] == "State":
            shown = {"since": tie["since"], "until": tie["until"], "disputed": tie["disputed"]}
            rows.append({"defender": other, "instrument": tie["instrument"] or tie["kind"]} | shown | {"fact": id_})
    rows.sort(key=lambda r: (r["defender"], r["fact"]))
    return Table(("defender", "instrument"), rows, [r["fact"] for r in rows], [] if rows else [f"Nobody is bound to defend {state}."])


def camp_table(graph: nx.MultiGraph[str], state: str, **settings: Any) -> Table:
    """Members of a state's camp with their certainty (`clusters.camps`; ``settings`` go there), resting on every obligation of a member.

    No rows when the state stands alone: the loaded data hold no obligation of it, which is not a fact of neutrality.
    """
    from graph_loader.analysis.clusters import DEFENCE_OBLIGATIONS, camps

    result = camps(graph, null_runs=0, **settings)
    mine = next((row["camp"] for row in result.rows if row["state"] == state), None)
    if mine is None:
        return Table(("state",), [], [], [f"{state} is in no camp: the loaded data hold no obligation of it that makes one."])
    members = set(result.members[mine])
    rows: list[dict[str, Any]] = [{"state": r["state"], "certainty": r["certainty"]} for r in result.rows if r["camp"] == mine]
    facts = sorted({key for a, b, key, tie in graph.edges(keys=True, data=True)
                    if {a, b} & members and set(tie["obligations"]) & set(DEFENCE_OBLIGATIONS)})  # fmt: skip
    sure = sum((row["certainty"] or 0) >= SAME_CAMP for row in rows)
    gamma = float(result.settings["resolution"])
    note = f"gamma {gamma:g}, {len(rows)} members, {sure} with certainty .8 or more"
    return Table(("state",), rows, facts, [note], settings={"resolution": gamma})


def concentration_table(flows: pl.DataFrame, importer: str, good: str, as_of: str) -> Table:
    """Concentration of an importer's supply of a good (`concentration.concentration`, newest period by `select_period`).

    One row a measure and supplier, headed by stage, basis and period; no rows when nothing is known, which is not "no dependence".
    """
    from graph_loader.analysis.concentration import concentration, select_period

    wanted = select_period(flows.filter((pl.col("importer") == importer) & (pl.col("good") == good)), as_of)
    rows: list[dict[str, Any]] = []
    for row in concentration(wanted).to_dicts():
        head = f"{row['stage']} by {row['basis']}"
        period = str(row["from_year"]) if row["from_year"] == row["to_year"] else f"{row['from_year']}-{row['to_year']}"
        measures = {"period": period, "HHI (0..1), least": row["hhi_lo"], "HHI (0..1), greatest": row["hhi_hi"],
                    "largest supplier": row["top_supplier"] or row["top_note"], "its share": row["top_share"],
                    "named share": row["named_share"], "suppliers named": row["n_named"]}  # fmt: skip
        unit = pl.col("stage") == row["stage"], pl.col("basis") == row["basis"]
        measures |= {f"share of {r['supplier']}": r["share"] for r in wanted.filter(*unit).sort("supplier").to_dicts()}
        rows += [{"of": head, "measure": n, "value": round(v, 6) if isinstance(v, float) else v} for n, v in measures.items()]
    return Table(("of", "measure"), rows, sorted(wanted["fact"]), [], True)


def query_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], key: Sequence[str] = ()) -> Table:
    """A query's answer. Its key is the column ``fact``, or the first columns that tell its rows apart; then it rests on its facts."""
    key = tuple(key) or answer_key(columns, rows)
    facts = [str(row["fact"]) for row in rows if row.get("fact")]
    return Table(key, [dict(row) for row in rows], list(dict.fromkeys(facts)))


def answer_key(columns: Sequence[str], *answers: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The fewest leading columns (``fact`` alone, where it does) that tell the rows of each answer apart."""
    tried: list[tuple[str, ...]] = [("fact",)] if "fact" in columns else []
    named = [c for c in columns if c not in _SUPPORT]
    tried += [tuple(named[: n + 1]) for n in range(len(named))]
    for key in tried:
        if all(len({tuple(_hashable(r.get(c)) for c in key) for r in rows}) == len(rows) for rows in answers):
            return key
    return tuple(named)
