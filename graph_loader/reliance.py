"""Who gets what from whom at a date, how concentrated that is, how the supplier stands to the importer, and what changed: plain tables."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from graph_loader.dossier import measured, not_measured, party_names
from graph_loader.errors import UsageError
from graph_loader.stores.base import Reader

MEMBERS = """MATCH (s:State)-[t:MEMBER_OF]->(b:Bloc)
WHERE t.fingerprint IS NOT NULL AND t.role = 'full' AND t.since <= $as_of AND t.until > $as_of
RETURN b.id AS bloc, s.id AS state
ORDER BY bloc, state"""
_STANDING = {"ally": "ally", "ally of some members": "some", "ally and rival": "both", "rival": "rival"}
"""Word of a page for a kind of `relation`."""
_UNIT = ("importer", "good", "stage", "basis")
_GROUP = (*_UNIT, "from_year", "to_year")
Groups = dict[tuple[Any, ...], list[dict[str, Any]]]


@dataclass(frozen=True)
class Reliance:
    """Tables of a dependency page; see `viz.dependency.DependencyInput` for the columns."""

    flows: list[dict[str, Any]]
    world: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    notes: list[str]
    goods: list[str]
    names: list[str]


def reliance_of(reader: Reader, day: str, wanted: tuple[str, ...] = (), compare: int | None = None) -> Reliance:
    """Shares of the newest period complete at the day, and against an earlier one.

    Parameters
    ----------
    wanted
        Ids of goods, or words of their ids or names; none for all.
    compare
        The earlier period is the newest one complete at the end of this year; None: the earliest recorded. It must end before the newest
        one begins.

    Raises
    ------
    UsageError
        When no good with flows is called so.
    """
    import polars as pl

    from graph_loader import snapshot
    from graph_loader.analysis.concentration import select_period
    from graph_loader.analysis.relations import relation

    flows = snapshot.flows(reader)
    known = dict(sorted(zip(flows["good"], flows["good_name"], strict=True)))
    chosen = {id_ for word in wanted for id_ in _called(word, known)} or set(known)
    flows = flows.filter(pl.col("good").is_in(sorted(chosen)), pl.col("to_year") < int(day[:4]))
    names = party_names(reader) | {snapshot.WORLD: "World output"}
    blocs = {row[0] for row in reader.run("MATCH (b:Bloc) WHERE b.fingerprint IS NOT NULL RETURN b.id AS id", {}).rows}
    newest = _groups(select_period(flows, day).to_dicts())
    members: dict[str, list[str]] = defaultdict(list)
    for bloc, state in reader.run(MEMBERS, {"as_of": day}).rows:
        members[bloc].append(state)
    pairs = sorted({(key[0], row["supplier"]) for key, rows in newest.items() if key[0] != snapshot.WORLD for row in rows})
    graph = snapshot.ties(reader, day, ("DEFENCE", "SANCTIONS", "DISPUTE"))
    stands = {pair: relation(graph, *pair, members) for pair in pairs}
    inward: list[dict[str, Any]] = []
    world: list[dict[str, Any]] = []
    unmeasured: list[str] = []
    figures = measured(newest)
    for key, rows in newest.items():
        row, problem = figures[key]
        if problem:
            unmeasured.append(f"{rows[0]['good_name']} ({names.get(key[0], key[0])})")
        suppliers = []
        for flow in sorted(rows, key=lambda r: (-(r["share"] or 0.0), r["supplier"])):
            if flow["share"] is None:
                continue
            stand = stands.get((key[0], flow["supplier"]))
            suppliers.append(
                {
                    "id": flow["supplier"],
                    "name": names.get(flow["supplier"], flow["supplier"]),
                    "share": flow["share"],
                    "standing": _STANDING.get(stand.kind, "neither") if stand else "neither",
                    "reasons": [text for text in (stand.obligation, stand.hostile) if text] if stand else [],
                    "sources": sorted({*stand.obligation_sources, *stand.hostile_sources}) if stand else [],
                }
            )
        shown = row | {
            "good_name": rows[0]["good_name"],
            "importer_name": names.get(key[0], key[0]),
            "suppliers": suppliers,
            "is_bloc": key[0] in blocs,
            "sources": sorted({s for r in rows for s in r["sources"]}),
            "disputed": any(r["disputed"] for r in rows),
        }
        (world if key[0] == snapshot.WORLD else inward).append(shown)
    notes = not_measured(unmeasured)
    changes = _changes(newest, _groups(flows.to_dicts()), compare, names, snapshot.WORLD)
    return Reliance(inward, world, changes, notes, sorted(chosen) if wanted else [], [known[g] for g in sorted(chosen)])


def _called(word: str, known: dict[str, str]) -> list[str]:
    """Ids of the goods that a user means: the id itself, or every good with the word in its id or name."""
    if word in known:
        return [word]
    plain = word.strip().lower()
    found = [id_ for id_, name in known.items() if plain in re.split(r"[^a-z0-9]+", f"{id_} {name}".lower())]
    if not found:
        raise UsageError(f"--good: no flows of '{word}' are loaded; there are {', '.join(known)}")
    return found


def _groups(rows: list[dict[str, Any]]) -> Groups:
    groups: Groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[c] for c in _GROUP)].append(row)
    return dict(sorted(groups.items(), key=lambda item: tuple(map(str, item[0]))))


def _changes(newest: Groups, every: Groups, compare: int | None, names: dict[str, str], world: str) -> list[dict[str, Any]]:
    periods: dict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
    for key in every:
        periods[key[:4]].append((key[5], key[4]))
    of_every = measured(every)
    found = []
    for key, rows in newest.items():
        # Periods that overlap share their years: a five-year window against the next one is no change.
        earlier = [p for p in sorted(periods[key[:4]]) if p[0] < key[4] and (compare is None or p[0] <= compare)]
        if key[0] == world or not earlier:
            continue
        to_year, from_year = earlier[-1] if compare is not None else earlier[0]
        old = every[(*key[:4], from_year, to_year)]
        if len({r["scope"] for r in rows} | {r["scope"] for r in old}) > 1 and {r["unit"] for r in rows} != {r["unit"] for r in old}:
            continue
        before, after = ({r["supplier"]: r["share"] for r in group} for group in (old, rows))
        order = sorted({*before, *after}, key=lambda s: (-max(before.get(s) or 0.0, after.get(s) or 0.0), s))
        figures = [of_every[k][0] for k in ((*key[:4], from_year, to_year), key)]
        bounds = [(f["hhi_lo"], f["hhi_hi"]) if f["hhi_lo"] is not None else None for f in figures]
        found.append(
            {
                "importer": key[0],
                "importer_name": names.get(key[0], key[0]),
                "good": key[1],
                "good_name": rows[0]["good_name"],
                "stage": key[2],
                "basis": key[3],
                "before": _period(from_year, to_year),
                "after": _period(key[4], key[5]),
                "hhi_before": bounds[0],
                "hhi_after": bounds[1],
                "sources": sorted({s for r in [*old, *rows] for s in r["sources"]}),
                "suppliers": [{"name": names.get(s, s), "before": before.get(s), "after": after.get(s)} for s in order],
            }
        )
    return sorted(found, key=lambda r: (r["good_name"], r["importer_name"], r["basis"]))


def _period(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}–{last}"


def queries(goods: list[str], day: str) -> list[dict[str, str]]:
    """Queries of the library that give these figures, with their parameters."""
    from graph_loader.catalogue import catalogue

    good = goods[0] if len(goods) == 1 else ""
    wanted = {
        "dependency/top-supplier": f"as_of = '{day}', good = '{good}'",
        "dependency/suppliers": f"importer = 'DEU' (for one), good = '{good}', as_of = '{day}'",
        "dependency/world-output": f"good = '{good}', as_of = '{day}'",
        "obligations/defenders": f"state = 'DEU' (for one), as_of = '{day}'",
        "sanctions/in-force": f"as_of = '{day}'",
    }
    return [
        {"title": f"{id_}: {catalogue()[id_].title}", "text": catalogue()[id_].text, "params": text}
        for id_, text in wanted.items()
        if id_ in catalogue()
    ]
