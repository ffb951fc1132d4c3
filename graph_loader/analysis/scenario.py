"""What would change without one state, one bloc or one instrument: supply that is not met, states left without a defender, camps.

A scenario is arithmetic on what is recorded, not a forecast: nobody reacts, but for a stated slack of the other suppliers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph_loader.analysis.concentration import concentration, hhi_bounds

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

    from graph_loader.analysis.clusters import CampResult

__all__ = [
    "COLUMNS", "COMPARED", "Loss", "camps_moved", "defenders", "lost_defence", "lost_supply", "scenario", "side_by_side", "unmet",
    "without",
]  # fmt: skip

_FLOAT = 1e-9
COLUMNS = (
    "effect", "subject", "subject_kind", "name", "item", "stage", "basis", "from_year", "to_year", "share_lost", "unmet", "hhi_lo",
    "hhi_hi", "hhi_lo_after", "hhi_hi_after", "defenders_before", "defenders_after", "lost", "orphaned", "camp_before", "camp_after",
    "certainty_before", "certainty_after", "n_named", "named_share", "scope", "disputed", "facts", "sources",
)  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """What is taken away.

    Attributes
    ----------
    kind : str
        'state': its supply and all its ties. 'bloc': the ties that the instruments founding it make. 'instrument': the ties that it
        makes. Supply goes on without a bloc or an instrument.
    id : str
    name : str
    instruments : tuple of str
        Ids of the instruments that go; empty for a state.
    """

    kind: str
    id: str
    name: str = ""
    instruments: tuple[str, ...] = ()


def unmet(share: float, slack: float = 0.0) -> float:
    """Share of the importer's total that stays unmet: max(0, s_k - e * (1 - s_k)), 0..1.

    Others can deliver a share e (slack) more than they do. All that is not the lost supplier's is theirs, the unnamed included.

    Parameters
    ----------
    share : float
        s_k, the lost supplier's share, 0..1.
    slack : float
        e >= 0; .1 means a tenth more.

    Raises
    ------
    ValueError
        For a share outside 0..1 or a slack that is negative or no number.

    Examples
    --------
    >>> round(unmet(0.45, 0.1), 3)
    0.395
    """
    if not (math.isfinite(share) and 0 <= share <= 1 + _FLOAT):
        raise ValueError(f"a share is {share}: give 0..1")
    if not (math.isfinite(slack) and slack >= 0):
        raise ValueError(f"slack is {slack}: give 0 or more (.1: others can deliver a tenth more)")
    return max(0.0, share - slack * max(0.0, 1 - share))


def without(graph: nx.MultiGraph[str], loss: Loss) -> nx.MultiGraph[str]:
    """The graph without the ties that go; every node stays, so that who is left alone is still seen."""
    left = graph.copy()
    left.remove_edges_from([(a, b, key) for a, b, key, tie in graph.edges(keys=True, data=True) if _goes(a, b, tie, loss)])
    return left


def _goes(a: str, b: str, tie: Mapping[str, Any], loss: Loss) -> bool:
    return loss.id in (a, b) if loss.kind == "state" else tie["instrument"] in loss.instruments


def lost_supply(flows: pl.DataFrame, supplier: str, *, slack: float = 0.0) -> list[dict[str, Any]]:
    """For each importer that names the supplier: its share, what stays unmet, and the concentration before and after.

    After the loss the others keep their proportions: s_j / (1 - s_k), the unnamed residual r / (1 - s_k). HHI as bounds
    (`concentration.hhi_bounds`), scale 0..1; None when nobody else delivers. The HHI after says nothing without the unmet share
    beside it: it may fall while much of the supply is gone.

    Parameters
    ----------
    flows : polars.DataFrame
        The periods to answer for, columns of `snapshot.FLOW_SCHEMA`.
    supplier : str
    slack : float
        As in `unmet`.

    Returns
    -------
    list of dict
        Keys COLUMNS with `effect` 'supply', largest unmet share first. An importer that does not name the supplier has no row: its
        share of the unnamed rest is not known.

    Raises
    ------
    ValueError
        As `unmet`, and as `concentration.concentration`, naming the group.
    """
    concentration(flows)  # refuses shares that cannot be put together
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for flow in flows.filter(flows["importer"] != "WORLD").iter_rows(named=True):
        groups[tuple(flow[c] for c in ("importer", "good", "stage", "basis", "from_year", "to_year"))].append(flow)
    rows = []
    for (importer, good, stage, basis, from_year, to_year), group in sorted(groups.items()):
        shares = {flow["supplier"]: flow["share"] for flow in group if flow["share"]}
        if supplier not in shares:
            continue
        lost, largest = min(1.0, shares[supplier]), all(flow["named_largest"] is True for flow in group)
        before = hhi_bounds(shares.values(), named_largest=largest)
        after = _after([share for name, share in shares.items() if name != supplier], lost, largest)
        rows.append(_row(
            effect="supply", subject=importer, item=good, stage=stage, basis=basis, from_year=from_year, to_year=to_year,
            share_lost=lost, unmet=unmet(lost, slack), hhi_lo=before[0], hhi_hi=before[1], hhi_lo_after=after and after[0],
            hhi_hi_after=after and after[1], n_named=len(shares), named_share=min(1.0, math.fsum(shares.values())),
            scope=group[0]["scope"], disputed=any(flow["disputed"] for flow in group),
            facts=sorted(flow["fact"] for flow in group), sources=sorted({s for flow in group for s in flow["sources"] or ()}),
        ))  # fmt: skip
    return sorted(rows, key=lambda row: (-row["unmet"], row["subject"], row["item"], row["stage"], row["basis"]))


def _after(others: list[float], lost: float, largest: bool) -> tuple[float, float] | None:
    left = 1 - lost
    if left <= _FLOAT:
        return None
    # Shares are rounded as printed; what rounding carries above the whole is no supplier.
    total = max(left, math.fsum(others))
    return hhi_bounds([share / total for share in others], named_largest=largest, rounding=0.0)


def defenders(graph: nx.MultiGraph[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """State -> states that must defend it -> the ties that say so (domain DEFENCE, obligation defence, state to state).

    A mutual tie obliges both ends, a one-sided one its start.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for a, b, tie in graph.edges(data=True):
        if tie["domain"] != "DEFENCE" or "defence" not in tie["obligations"]:
            continue
        if graph.nodes[a].get("label", "State") != "State" or graph.nodes[b].get("label", "State") != "State":
            continue
        for obliged, protected in ((a, b), (b, a)):
            if tie["mutual"] or tie["start"] == obliged:
                found[protected][obliged].append(tie)
    return {state: dict(by) for state, by in found.items()}


def lost_defence(graph: nx.MultiGraph[str], loss: Loss) -> list[dict[str, Any]]:
    """States that lose a defender: who, and whether anybody is left.

    A defender is lost when no tie that obliges it to defend the state remains; a second treaty keeps it. `orphaned` marks states that
    had a defender and have none left. Rows (keys COLUMNS, `effect` 'defence') list orphaned states first.
    """
    before, after = defenders(graph), defenders(without(graph, loss))
    rows = []
    for state in sorted(before):
        if loss.kind == "state" and state == loss.id:
            continue
        left = after.get(state, {})
        gone = sorted(before[state].keys() - left.keys())
        if not gone:
            continue
        ties = [tie for other in gone for tie in before[state][other]]
        rows.append(_row(
            effect="defence", subject=state, subject_kind="state", name=graph.nodes[state].get("name", state), lost=gone, orphaned=not left,
            item="; ".join(sorted({tie["instrument_title"] or tie.get("label") or "no instrument known" for tie in ties})),
            defenders_before=len(before[state]), defenders_after=len(left), disputed=any(tie["disputed"] for tie in ties),
            facts=sorted({tie["id"] for tie in ties}), sources=sorted({s for tie in ties for s in tie["sources"]}),
        ))  # fmt: skip
    return sorted(rows, key=lambda row: (not row["orphaned"], row["subject"]))


def camps_moved(graph: nx.MultiGraph[str], before: CampResult, after: CampResult, loss: Loss) -> list[dict[str, Any]]:
    """States whose camp changes, camps of the two results being matched by the members they share.

    Camp numbers mean nothing across results, so each camp after is given the number of the camp before with which it shares most
    members (one to one, the sum of overlaps as large as can be); a camp without counterpart is 'new'. None: in no camp.
    `facts` are the ties of the state in `graph`, before the loss.
    Both results should have one resolution: another gamma moves states by itself. A move with a certainty below .8 on either side is
    not to be said.
    """
    import networkx as nx

    old, new = before.members, after.members
    name: dict[int, str] = {camp: f"new {camp}" for camp in new}
    shared: nx.Graph[tuple[str, int]] = nx.Graph()
    for i, o in old.items():
        for j, n in new.items():
            if both := len(set(o) & set(n)):
                shared.add_edge(("old", i), ("new", j), weight=both)
    for pair in nx.max_weight_matching(shared):
        ends = dict(pair)
        name[ends["new"]] = str(ends["old"])
    was = {row["state"]: row for row in before.rows}
    now = {row["state"]: row for row in after.rows}
    rows = []
    for state in sorted(was):
        if loss.kind == "state" and state == loss.id:
            continue
        camp = was[state]["camp"]
        old_name = None if camp is None else str(camp)
        later = now[state]["camp"] if state in now else None
        new_name = None if later is None else name[later]
        if old_name != new_name:
            ties = [t for t in (d for _, _, d in graph.edges(state, data=True)) if {"defence", "offence"} & set(t["obligations"])]
            rows.append(_row(
                effect="camp", subject=state, subject_kind="state", name=was[state]["name"], camp_before=old_name, camp_after=new_name,
                certainty_before=was[state]["certainty"], certainty_after=now[state]["certainty"] if state in now else None,
                disputed=any(tie["disputed"] for tie in ties), facts=sorted(tie["id"] for tie in ties),
                sources=sorted({s for tie in ties for s in tie["sources"]}),
            ))  # fmt: skip
    return rows


def scenario(
    flows: pl.DataFrame, graph: nx.MultiGraph[str], loss: Loss, *, slack: float = 0.0, goods: Collection[str] = ()
) -> list[dict[str, Any]]:
    """All effects but camps: supply (of a lost state), states before blocs, then defence.

    `goods` limits supply to these goods, none for all.
    """
    import polars as pl

    if loss.kind != "state":
        supply: list[dict[str, Any]] = []
    else:
        supply = lost_supply(flows.filter(pl.col("good").is_in(list(goods))) if goods else flows, loss.id, slack=slack)
    for row in supply:
        node = graph.nodes[row["subject"]] if row["subject"] in graph else {}
        row["name"], row["subject_kind"] = node.get("name", row["subject"]), node.get("label", "State").lower()
    supply.sort(key=lambda row: row["subject_kind"] == "bloc")  # a bloc never stands in one ranking with its members
    return supply + lost_defence(graph, loss)


_KEY = ("effect", "subject", "item", "stage", "basis", "from_year", "to_year")
COMPARED = ("share_lost", "unmet", "hhi_lo_after", "hhi_hi_after", "defenders_after", "lost", "orphaned", "camp_after", "certainty_after")


def side_by_side(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two scenarios in one table: each compared column again as `other_...`.

    Supply is matched by importer, good, stage, basis and period, defence and camps by state. Null on one side: that scenario does not
    touch the row (of supply: its supplier is not named there, so its share is not known).
    """

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[c] for c in (_KEY if row["effect"] == "supply" else _KEY[:2]))

    right = {key(row): row for row in other}
    rows = []
    for row in one:
        match = right.pop(key(row), None)
        joined = dict(row) | {f"other_{c}": match[c] if match else None for c in COMPARED}
        if match:
            joined["facts"] = sorted({*row["facts"], *match["facts"]})
            joined["sources"] = sorted({*row["sources"], *match["sources"]})
        rows.append(joined)
    for row in right.values():
        rows.append(row | dict.fromkeys(COMPARED) | {f"other_{c}": row[c] for c in COMPARED})
    order = {"supply": 0, "defence": 1, "camp": 2}

    def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return order[row["effect"]], row["subject_kind"] == "bloc", *(row[c] or "" for c in ("subject", "item", "stage", "basis"))

    return sorted(rows, key=place)


def _row(**given: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS) | {"facts": [], "sources": []} | given
