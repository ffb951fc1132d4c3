"""Who must defend whom, how far that reaches, where obligations conflict, on whom protection rests, and the burden borne.

An edge i -> j says "i must defend j": a tie of DEFENCE in force that holds the obligation defence. So the states along out-edges of i
can call i in; those along in-edges must come to its help. A path of several edges is a chain of obligations, each to the next state,
not an obligation of the first to the last.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import networkx as nx

from graph_loader.analysis.concentration import cr, hhi
from graph_loader.analysis.relations import HOSTILE, Members
from graph_loader.analysis.scenario import Loss, defenders, lost_defence

__all__ = ["NATO_TARGET", "burden", "conflicts", "direct", "duties", "guarantors", "overview", "reach"]

NATO_TARGET = 2.0
"""Per cent of GDP for defence that the allies set in Wales in 2014, paragraph 14 of the summit's declaration."""
_MAX_AGE_YEARS = 5


def duties(graph: nx.MultiGraph[str]) -> nx.DiGraph[str]:
    """Edge i -> j where i must defend j; edge attribute `ties` lists the ties that say so. States without an obligation are nodes too.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties in force at the date, as `snapshot.ties` gives them, with the domain DEFENCE.
    """
    found: nx.DiGraph[str] = nx.DiGraph()
    found.add_nodes_from((n, {"name": d.get("name", n)}) for n, d in graph.nodes(data=True) if d.get("label", "State") == "State")
    for protected, by in defenders(graph).items():
        for obliged, ties in by.items():
            found.add_edge(obliged, protected, ties=ties)
    return found


def direct(duty: nx.DiGraph[str], state: str) -> list[dict[str, Any]]:
    """The state's own obligations, one row a direction and partner.

    `direction` is 'must defend' (the state owes it to `other`, who can call it in) or 'defended by' (`other` owes it).
    """
    rows = []
    for direction, others in (("must defend", duty.successors(state)), ("defended by", duty.predecessors(state))):
        for other in sorted(others):
            ties = duty.edges[(state, other) if direction == "must defend" else (other, state)]["ties"]
            rows.append(_row(direction, state, other, duty, 1, [], ties))
    return rows


def reach(duty: nx.DiGraph[str], state: str, hops: int = 3) -> list[dict[str, Any]]:
    """States at the end of the shortest chains of obligations of at most so many edges, both directions, the direct ones included.

    Breadth-first search on directed edges. `hops` is the length of the shortest chain, `via` the states between on one such chain (of
    several the first by id), `facts` the ties along it.

    Raises
    ------
    ValueError
        If hops < 1.
    """
    if hops < 1:
        raise ValueError(f"hops is {hops}: at least 1")
    ordered: nx.DiGraph[str] = nx.DiGraph()
    ordered.add_nodes_from(sorted(duty))
    ordered.add_edges_from(sorted(duty.edges))
    rows = []
    for direction, way in (("must defend", ordered), ("defended by", ordered.reverse())):
        paths = nx.single_source_shortest_path(way, state, cutoff=hops)
        for other, path in sorted(paths.items(), key=lambda item: (len(item[1]), item[0])):
            if other == state:
                continue
            steps = list(pairwise(path))
            ties = [tie for a, b in steps for tie in duty.edges[(a, b) if direction == "must defend" else (b, a)]["ties"]]
            rows.append(_row(direction, state, other, duty, len(steps), path[1:-1], ties))
    return rows


def _row(
    direction: str, state: str, other: str, duty: nx.DiGraph[str], hops: int, via: Sequence[str], ties: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "direction": direction, "state": state, "hops": hops, "other": other, "name": duty.nodes[other]["name"], "via": list(via),
        "mutual": any(tie["mutual"] for tie in ties) if hops == 1 else None, "instruments": _titles(ties),
        "since": min((tie["since"] for tie in ties), default=None) if hops == 1 else None,
        "disputed": any(tie["disputed"] for tie in ties), "facts": sorted({tie["id"] for tie in ties}),
        "sources": sorted({s for tie in ties for s in tie["sources"]}),
    }  # fmt: skip


def _titles(ties: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({tie["instrument_title"] or tie.get("label") or "no instrument known" for tie in ties})


def conflicts(
    graph: nx.MultiGraph[str], duty: nx.DiGraph[str], members: Members, states: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """States whose obligations conflict with a tie of SANCTIONS or DISPUTE in force.

    `kind` is 'both sides' when the state must defend both, and 'own side' when it is itself on one side and must defend the other. A
    union (the EU) is a side through its full members: `bound_a` and `bound_b` list those that the state must defend. Other
    organisations and actors are no side, nor a pair where one belongs to the other.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties in force with the domains SANCTIONS and DISPUTE.
    duty : networkx.DiGraph
        `duties` of the same date.
    members : mapping
        Bloc -> full members.
    states : collection of str, optional
        Only the conflicts of these.

    Returns
    -------
    list of dict
        state, name, kind, side_a, side_b, about, bound_a, bound_b, disputed, facts, sources; by kind, sides, state.
    """
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for a, b, tie in graph.edges(data=True):
        if tie["domain"] in HOSTILE:
            pairs[min(a, b), max(a, b)].append(tie)

    def side(node: str) -> set[str]:
        kind = graph.nodes[node]
        if kind.get("label", "State") == "State":
            return {node}
        return set(members.get(node, ())) if kind.get("kind") == "union" else set()

    rows = []
    for (a, b), hostile in sorted(pairs.items()):
        left, right = side(a), side(b)
        if not left or not right or left & right:
            continue
        for state in sorted(duty if states is None else set(states) & set(duty)):
            owed = set(duty.successors(state))
            bound_a, bound_b = sorted(owed & left), sorted(owed & right)
            if state in left and bound_b:
                kind, bound_a = "own side", []
            elif state in right and bound_a:
                kind, bound_b = "own side", []
            elif state not in left | right and bound_a and bound_b:
                kind = "both sides"
            else:
                continue
            ties = [t for other in (*bound_a, *bound_b) for t in duty.edges[state, other]["ties"]] + hostile
            rows.append({
                "state": state, "name": duty.nodes[state]["name"], "kind": kind, "side_a": a, "side_b": b,
                "about": sorted({f"{t['domain'].lower()} ({t['kind'].replace('_', ' ')}) since {t['since_edtf'] or 'unknown'}"
                                 for t in hostile}),
                "bound_a": bound_a, "bound_b": bound_b, "disputed": any(t["disputed"] for t in ties),
                "facts": sorted({t["id"] for t in ties}), "sources": sorted({s for t in ties for s in t["sources"]}),
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["kind"], row["side_a"], row["side_b"], row["state"]))


def guarantors(duty: nx.DiGraph[str], state: str, spending: Iterable[Mapping[str, Any]], day: str) -> dict[str, Any]:
    """How narrowly a state's protection rests on few defenders: shares of their military expenditure, HHI (0..1) and CR1.

    Shares are of the sum over the defenders that have a value, in the year, complete at the date and at most five years old, in which
    most have one (of several the newest), all in one unit. They need a value for more than half of the defenders; `n_valued` counts
    them and `note` names those without, which are unknown, not 0. Otherwise every defender counts the same: `basis` 'count', HHI = 1/n.

    Parameters
    ----------
    duty : networkx.DiGraph
    state : str
    spending : iterable of mapping
        `snapshot.observations` of military expenditure: state, year, value, unit, fact, sources.
    day : str
        ISO day.

    Returns
    -------
    dict
        n_defenders, n_valued, basis ('military expenditure' | 'count' | None without a defender), year, unit, top_guarantor,
        cr1, hhi, shares (state -> 0..1), note, facts, sources.
    """
    by = sorted(duty.predecessors(state))
    ties = [tie for other in by for tie in duty.edges[other, state]["ties"]]
    found: dict[str, Any] = {
        "n_defenders": len(by), "n_valued": None, "basis": None, "year": None, "unit": None, "top_guarantor": None, "cr1": None,
        "hhi": None, "shares": {}, "note": "", "facts": sorted({t["id"] for t in ties}),
        "sources": sorted({s for t in ties for s in t["sources"]}),
    }  # fmt: skip
    if not by:
        return found | {"note": "no state is obliged to defend it in the loaded data"}
    at, since = date.fromisoformat(day), date.fromisoformat(day).year - _MAX_AGE_YEARS - 1
    years: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in spending:
        if row["state"] in by and since <= row["year"] < at.year:
            years[row["year"]][row["state"]] = row
    usable = [
        (len(rows), year)
        for year, rows in years.items()
        if 2 * len(rows) > len(by) and len({r["unit"] for r in rows.values()}) == 1 and math.fsum(r["value"] for r in rows.values()) > 0
    ]
    if not usable:
        note = "no military expenditure of most of them in one year is loaded" if years else "no military expenditure is loaded"
        return found | {"basis": "count", "cr1": 1 / len(by), "hhi": 1 / len(by), "shares": {s: 1 / len(by) for s in by}, "note": note}
    year = max(usable)[1]
    rows = years[year]
    lacking = [s for s in by if s not in rows]
    total = math.fsum(row["value"] for row in rows.values())
    shares = {s: row["value"] / total for s, row in rows.items()}
    top = max(shares.values())
    leaders = sorted(s for s, share in shares.items() if share == top)
    return found | {
        "basis": "military expenditure", "n_valued": len(rows), "year": year, "unit": next(iter(rows.values()))["unit"],
        "top_guarantor": leaders[0] if len(leaders) == 1 else None, "cr1": cr(shares.values(), 1), "hhi": float(hhi(shares.values())),
        "note": f"not known: {' '.join(lacking)}" if lacking else "",
        "shares": dict(sorted(shares.items(), key=lambda item: (-item[1], item[0]))),
        "facts": sorted({*found["facts"], *(row["fact"] for row in rows.values())}),
        "sources": sorted({*found["sources"], *(s for row in rows.values() for s in row["sources"] or ())}),
    }  # fmt: skip


def overview(
    graph: nx.MultiGraph[str], duty: nx.DiGraph[str], members: Members, spending: Sequence[Mapping[str, Any]], day: str
) -> list[dict[str, Any]]:
    """One row a state with an obligation in either direction, those that must defend most first.

    `must_defend` and `defended_by` count states at one hop; `reach_2` and `reach_3` those that chains of at most two and three
    obligations lead to, the direct ones included; `conflicts` the rows of `conflicts`; `orphans` the states that have no other defender.
    """
    disputes: dict[str, int] = defaultdict(int)
    for row in conflicts(graph, duty, members):
        disputes[row["state"]] += 1
    rows = []
    for state in sorted(duty):
        if not duty.degree(state):
            continue
        far = nx.single_source_shortest_path_length(duty, state, cutoff=3)
        rests = guarantors(duty, state, spending, day)
        rows.append({
            "state": state, "name": duty.nodes[state]["name"], "must_defend": duty.out_degree(state),
            "reach_2": sum(0 < hops <= 2 for hops in far.values()), "reach_3": len(far) - 1, "defended_by": duty.in_degree(state),
            "conflicts": disputes[state], "orphans": sorted(s for s in duty.successors(state) if duty.in_degree(s) == 1),
            **{k: rests[k] for k in ("basis", "n_valued", "year", "top_guarantor", "cr1", "hhi", "note")},
            "sources": sorted({*rests["sources"], *(s for o in duty.successors(state) for t in duty.edges[state, o]["ties"]
                                                    for s in t["sources"])}),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["must_defend"], -row["reach_3"], row["state"]))


def orphans_without(graph: nx.MultiGraph[str], state: str) -> list[dict[str, Any]]:
    """States left without any defender when the state goes; rows of `scenario.lost_defence`."""
    return [row for row in lost_defence(graph, Loss("state", state)) if row["orphaned"]]


def burden(observations: Iterable[Mapping[str, Any]], day: str, *, target: float = NATO_TARGET) -> list[dict[str, Any]]:
    """Each state's newest share of GDP for defence against a target, in per cent of GDP.

    The newest year complete at the date and at most five years old. `gap` = value - target; `meets` compares the value rounded to two
    decimals, as the publisher prints it: 2.00 meets 2.

    Parameters
    ----------
    observations : iterable of mapping
        `snapshot.observations`: state, name, year, value (per cent of GDP), unit, disputed, fact, sources.
    day : str
        ISO day.
    target : float
        Per cent of GDP, above 0.

    Returns
    -------
    list of dict
        state, name, year, value, unit, target, gap, meets, disputed, facts, sources; the highest value first. A state without a value
        has no row: unknown.

    Raises
    ------
    ValueError
        For a target that is not above 0.
    """
    if not (math.isfinite(target) and target > 0):
        raise ValueError(f"target is {target}: give per cent of GDP above 0")
    at = date.fromisoformat(day).year
    newest: dict[str, Mapping[str, Any]] = {}
    for row in observations:
        if at - _MAX_AGE_YEARS - 1 <= row["year"] < at and row["year"] > newest.get(row["state"], {"year": -1})["year"]:
            newest[row["state"]] = row
    rows = [
        {
            "state": row["state"], "name": row["name"], "year": row["year"], "value": row["value"], "unit": row["unit"], "target": target,
            "gap": row["value"] - target, "meets": round(row["value"], 2) >= target, "disputed": bool(row["disputed"]),
            "facts": [row["fact"]], "sources": sorted(row["sources"] or ()),
        }
        for row in newest.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["value"], row["state"]))
