"""What changed between two dates: ties, memberships, states, camps, dependence.

Two states of affairs are compared, each as it is on its day; what began and ended between the days is in neither and is counted
apart. A source that stops speaking ends nothing: what it last saw in force is "last seen", not "ended".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import networkx as nx
import polars as pl

from graph_loader.analysis.clusters import CampResult, existing_states
from graph_loader.analysis.concentration import select_period

__all__ = ["SHIFT", "camps_changed", "dependence_changed", "memberships_changed", "states_changed", "ties_changed"]

SHIFT = 0.05
"""Least change of a share that is listed: five points of the importer's total, above the rounding of whole per cents on both days."""

_Row = dict[str, Any]


def _in_force(item: Mapping[str, Any], day: str) -> bool:
    return bool(item["since"] <= day < item["until"])


def _row(part: str, change: str, who: str, what: str, detail: str, date: str | None, said: str | None, sources: Iterable[str]) -> _Row:
    return {"part": part, "change": change, "who": who, "what": what, "detail": detail, "date": date, "date_edtf": said,
            "sources": sorted(set(sources))}  # fmt: skip


def _end(item: Mapping[str, Any]) -> str:
    return "last seen" if item["end_kind"] == "censored" else "ended"


def ties_changed(
    graph: nx.MultiGraph[str], first: str, second: str, *, states: Collection[str] = ()
) -> tuple[list[_Row], int]:
    """Ties begun, ended or last seen between two days, a line an instrument (or, without one, pair), domain and day.

    A pair that the same instrument ties on both days, through different spells, has not changed.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties of all dates (`snapshot.ties` with date None).
    first, second : str
        ISO days, the earlier one first.
    states : collection of str
        Only ties of these; all, when none is given.

    Returns
    -------
    rows, passing
        ``passing`` counts the ties that began and ended between the days.
    """
    units: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one, two, tie in graph.edges(data=True):
        if not states or {one, two} & set(states):
            pair = (tie["start"], tie["end"], tie["domain"], tie["kind"], tie["instrument"])
            units[pair].append(tie)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    passing = 0
    for (start, end, domain, kind, instrument), spells in units.items():
        before, after = [t for t in spells if _in_force(t, first)], [t for t in spells if _in_force(t, second)]
        passing += sum(first < t["since"] and t["until"] <= second for t in spells)
        if bool(before) == bool(after):
            continue
        tie = (before or after)[0]
        change, date = (_end(tie), tie["until"]) if before else ("begun", tie["since"])
        unit = instrument or f"{start} {end}"
        groups[change, domain, unit, kind, date].append(tie)
    rows = []
    for (change, domain, unit, kind, date), found in groups.items():
        members = sorted({t[side] for t in found for side in ("start", "end")})
        said = {t["since_edtf" if change == "begun" else "until_edtf"] for t in found}
        owed = sorted({o for t in found for o in t["obligations"]})
        detail = "; ".join(part for part in (kind, ", ".join(owed), f"{len(found)} tie{'s' * (len(found) != 1)}") if part)
        sources = (s for t in found for s in t["sources"])
        what = found[0]["instrument_title"] or (unit if found[0]["instrument"] else "no instrument known")
        row = _row(domain.lower(), change, " ".join(members), what, detail, date, said.pop() if len(said) == 1 else None, sources)
        rows.append(row | {"ties": len(found)})
    rows.sort(key=lambda r: (r["part"], r["change"], r["date"], r["what"], r["who"]))
    return rows, passing


def memberships_changed(members: Sequence[Mapping[str, Any]], first: str, second: str) -> list[_Row]:
    """Blocs joined and left, roles changed, suspensions and their ends.

    Parameters
    ----------
    members : sequence of mapping
        All spells of all memberships: state, bloc, bloc_name, role, suspended, since, until, since_edtf, until_edtf, end_kind, sources.
    """
    spells: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for member in members:
        spells[member["state"], member["bloc"]].append(member)
    rows = []
    for (state, bloc), found in sorted(spells.items()):
        before = next((m for m in found if _in_force(m, first)), None)
        after = next((m for m in found if _in_force(m, second)), None)
        sources = {s for m in (before, after) if m for s in m["sources"]}
        name = (before or after or found[0])["bloc_name"]
        what = bloc if name == bloc else f"{bloc} ({name})"
        if before and not after:
            last = _last(before, found, second)
            change = "left" if last["end_kind"] != "censored" else "last seen"
            rows.append(_row("membership", change, state, what, before["role"], last["until"], last["until_edtf"], sources))
        elif after and not before:
            rows.append(_row("membership", "joined", state, what, after["role"], after["since"], after["since_edtf"], sources))
        elif before and after and before["suspended"] != after["suspended"]:
            change = "suspended" if after["suspended"] else "resumed"
            rows.append(_row("membership", change, state, what, after["role"], after["since"], after["since_edtf"], sources))
        elif before and after and before["role"] != after["role"]:
            detail = f"{before['role']} to {after['role']}"
            rows.append(_row("membership", "new role", state, what, detail, after["since"], after["since_edtf"], sources))
    return rows


def _last(before: Mapping[str, Any], spells: Sequence[Mapping[str, Any]], second: str) -> Mapping[str, Any]:
    """The spell after which there was none: a change of role is followed by the next spell on the same day."""
    return max((m for m in spells if before["since"] <= m["since"] < second), key=lambda m: str(m["until"]))


def states_changed(
    graph: nx.MultiGraph[str], succession: Sequence[Mapping[str, Any]], first: str, second: str
) -> list[_Row]:
    """States that exist on one of the days only, by their recorded spells, with their successors or predecessors.

    Parameters
    ----------
    succession : sequence of mapping
        predecessor, successor, kind, since, since_edtf, sources.
    """
    before, after = (set(existing_states(graph, day)[0]) for day in (first, second))
    rows = []
    for state in sorted(before ^ after):
        ended = state in before
        near = [s for s in succession if s["predecessor" if ended else "successor"] == state and first < s["since"] <= second]
        others = [f"{s['kind']} {s['successor' if ended else 'predecessor']}" for s in near]
        detail = f"{'succeeded by' if ended else 'after'} {', '.join(others)}" if others else ""
        index = 1 if ended else 0
        ends = sorted(s.split("/")[index] for s in graph.nodes[state].get("spells") or [])
        day = next((e for e in ends if e and first < e <= second), None)
        sources = {s for row in near for s in row["sources"]} | set(graph.nodes[state].get("sources") or [])
        name = str(graph.nodes[state]["name"])
        rows.append(_row("state", "ended" if ended else "begun", state, name, detail, day, day, sources))
    return rows


def camps_changed(before: CampResult, after: CampResult) -> list[_Row]:
    """States whose company changed: camps are matched by the states that they share, the most first.

    A state that has a camp on one day only "entered" or "left" camps; one whose camp on the second day is not the one that its first
    camp became "moved". Certainty stands beside both: below .8 a place in a camp should not be quoted.
    """
    old, new = before.members, after.members
    shared = sorted(((len(set(a) & set(b)), i, j) for i, a in old.items() for j, b in new.items()), key=lambda t: (-t[0], t[1], t[2]))
    became: dict[int, int] = {}
    for common, i, j in shared:
        if common and i not in became and j not in became.values():
            became[i] = j
    rows_a, rows_b = ({r["state"]: r for r in result.rows if r["camp"] is not None} for result in (before, after))
    names = {r["state"]: r["name"] for result in (before, after) for r in result.rows}
    rows = []
    for state in sorted(rows_a.keys() | rows_b.keys()):
        one, two = rows_a.get(state), rows_b.get(state)
        detail = "; ".join(f"{when}: {_camp(side, members)}" for when, side, members in (("before", one, old), ("after", two, new)))
        if one is None or two is None:
            change = "entered" if one is None else "left"
        elif one["camp"] is not None and became.get(one["camp"]) != two["camp"]:
            change = "moved"
        else:
            continue
        rows.append(_row("camp", change, state, names[state], detail, None, None, ()))
    return rows


def _camp(row: Any, members: Mapping[int, Sequence[str]]) -> str:
    if row is None:
        return "none"
    others = [s for s in members[row["camp"]] if s != row["state"]]
    sure = "" if row["certainty"] is None else f", certainty {row['certainty']:.2f}"
    return f"with {' '.join(others[:4])}{' …' if len(others) > 4 else ''} ({len(others) + 1}){sure}"


def dependence_changed(
    flows: pl.DataFrame, first: str, second: str, *, states: Collection[str] = (), least: float = SHIFT
) -> tuple[list[_Row], int]:
    """Shares that moved by ``least`` or more between the newest periods complete on each day (`concentration.select_period`).

    Compared are importer, good, stage and basis with a period on both days, where the periods differ; a supplier that is named in one
    period only has no known share in the other: it is listed as newly named or no longer named, never as 0.

    Returns
    -------
    rows, compared
        ``compared``: importers and goods with two different periods.
    """
    unit = ["importer", "good", "stage", "basis"]
    periods = [select_period(flows, day) for day in (first, second)]
    tables: list[dict[tuple[Any, ...], dict[str, _Row]]] = []
    for frame in periods:
        table: dict[tuple[Any, ...], dict[str, _Row]] = defaultdict(dict)
        for row in frame.to_dicts():
            table[tuple(row[c] for c in unit)][row["supplier"]] = row
        tables.append(table)
    rows, compared = [], 0
    for key in sorted(tables[0].keys() & tables[1].keys()):
        one, two = tables[0][key], tables[1][key]
        said = [next(iter(side.values())) for side in (one, two)]
        when = [str(r["to_year"]) if r["from_year"] == r["to_year"] else f"{r['from_year']}-{r['to_year']}" for r in said]
        if when[0] == when[1] or (states and not set(states) & {key[0], *one, *two}):
            continue
        compared += 1
        for supplier in sorted(one.keys() | two.keys()):
            if states and not set(states) & {key[0], supplier}:
                continue
            old, new = one.get(supplier), two.get(supplier)
            shares = [side["share"] if side else None for side in (old, new)]
            known = [s for s in shares if s is not None]
            moved = known[1] - known[0] if len(known) == 2 else None
            if (max(known, default=0.0) if moved is None else abs(moved)) < least - 1e-9:
                continue
            change = "newly named" if old is None else "no longer named" if new is None else "up" if moved and moved > 0 else "down"
            figures = " to ".join("not named" if s is None else f"{s:.1%}" for s in shares)
            detail = f"{figures} ({when[0]} to {when[1]}, {key[2]} by {key[3]})"
            names = {s for side in (old, new) if side for s in side["sources"]}
            row = _row("dependence", change, f"{key[0]} on {supplier}", said[0]["good_name"], detail, None, None, names)
            rows.append(row | {"share_before": shares[0], "share_after": shares[1]})
    rows.sort(key=lambda r: (-abs((r["share_after"] or 0) - (r["share_before"] or 0)), r["who"], r["what"]))
    return rows, compared
