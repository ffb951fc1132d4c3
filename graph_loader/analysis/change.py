"""What moved: camps at two dates side by side, and which of a state's ties hold it in its camp."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from graph_loader.analysis.clusters import SAME_CAMP, CampResult, camps
from graph_loader.analysis.clusters import change as difference
from graph_loader.analysis.partitions import match_labels

__all__ = ["compare", "why"]


def compare(before: CampResult, after: CampResult) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Each state's camp in two results.

    Camps of `after` take the number of the camp of `before` that they share most members with, each number once; a camp without one gets a
    new number. So a state *moved* when its camp now continues another camp than the one that it was in.

    Returns
    -------
    rows : list of dict
        `state`, `name`, `camp_before`, `camp_after` (None outside all camps), `certainty_before`, `certainty_after`, `moved`: 'stayed',
        'moved', 'joined' (outside before), 'left' (outside after). States outside in both have no row. By change, then camp and state.
    summary : dict
        As `clusters.change`: nmi, ari (states outside in one of the two are groups of their own there), n_states, joined, left.
    """
    labels, _ = match_labels(
        {number: frozenset(members) for number, members in before.members.items()},
        [frozenset(members) for members in after.members.values()],
        max(before.members, default=0) + 1,
    )
    number = dict(zip(after.members, labels, strict=True))
    old, new = ({row["state"]: row for row in result.rows} for result in (before, after))
    rows: list[dict[str, Any]] = []
    for state in sorted(old.keys() | new.keys()):
        was, now = old.get(state), new.get(state)
        a = was["camp"] if was else None
        b = number[now["camp"]] if now and now["camp"] is not None else None
        if a is None and b is None:
            continue
        moved = "joined" if a is None else "left" if b is None else "stayed" if a == b else "moved"
        rows.append(
            {
                "state": state,
                "name": (now or was or {"name": state})["name"],
                "camp_before": a,
                "camp_after": b,
                "certainty_before": was["certainty"] if was and a is not None else None,
                "certainty_after": now["certainty"] if now and b is not None else None,
                "moved": moved,
            }
        )
    order = ("moved", "left", "joined", "stayed")
    rows.sort(key=lambda r: (order.index(r["moved"]), r["camp_before"] or 0, r["camp_after"] or 0, r["state"]))
    return rows, difference(before, after)


def why(
    graph: nx.MultiGraph[str],
    state: str,
    base: CampResult,
    *,
    obligations: Iterable[str] | None,
    domains: Iterable[str] | None = None,
    runs: int = 50,
    bootstrap: int = 100,
) -> list[dict[str, Any]]:
    """Which instruments hold a state in its camp: for each, the camp that it would be in without it.

    One instrument at a time, the state's own ties under it are removed (as if it were no party; its other parties keep theirs), a tie
    without instrument by itself; then camps are sought anew at the gamma of `base` with the same seed.

    Parameters
    ----------
    graph : networkx.MultiGraph
        The graph that `base` was found in: a snapshot.
    base : CampResult
        Camps with all ties, with a bootstrap; its settings (weights, seed, gamma, unit) are used.
    obligations, domains
        As given to `camps` for `base`.

    Returns
    -------
    list of dict
        Per instrument or tie: `removed` (its id), `title`, `n_ties`, `n_partners` that lose all chosen ties with the state (`partners`),
        `camp` (numbered as in `base`, None outside), `certainty`, `kept` share of the former fellows in its new camp (None where it
        stood outside before), `moved`: 'stays' (same camp, half of the fellows at least), 'alone' (outside all camps), 'moves'; `sure`:
        whether it is placed with certainty of .8 or more; ids of `sources` of the ties. What moves it first, then by certainty ascending.

    Raises
    ------
    ValueError
        For a state that `base` does not know, or a base without a bootstrap.
    """
    rows = {row["state"]: row for row in base.rows}
    if state not in rows:
        raise ValueError(f"{state} is not among the states of this answer")
    settings = base.settings
    if not settings["bootstrap"]:
        raise ValueError("without a bootstrap there is no certainty to compare")
    owed = None if obligations is None else set(obligations)
    kept = None if domains is None else set(domains)
    fellows = {m for m in base.members.get(rows[state]["camp"] or 0, ()) if m != state}
    units: dict[str, list[tuple[str, str, str]]] = {}
    about: dict[str, dict[str, Any]] = {}
    partners_of: dict[str, set[str]] = {}
    for _, other, key, tie in graph.edges(state, keys=True, data=True):
        if tie["sign"] <= 0 or other == state or graph.nodes[other].get("label") != "State":
            continue
        if (kept is not None and tie["domain"] not in kept) or (owed is not None and not owed & set(tie["obligations"])):
            continue
        unit = tie.get("instrument") or str(key)
        units.setdefault(unit, []).append((state, other, key))
        held = about.setdefault(unit, {"title": tie.get("instrument_title") or "no instrument known", "sources": set()})
        held["sources"].update(tie.get("sources") or ())
        partners_of.setdefault(other, set()).add(unit)
    found: list[dict[str, Any]] = []
    for unit, ties in sorted(units.items()):
        without = graph.copy()
        for a, b, key in ties:
            without.remove_edge(a, b, key)
        now = camps(
            without, seed=settings["seed"], runs=runs, bootstrap=bootstrap, bootstrap_unit=settings["bootstrap_unit"],
            leave_out=settings["leave_out"], resolution=settings["resolution"], null_runs=0, obligations=obligations, domains=domains,
            weight=settings["weight"], domain_weights=settings["domain_weights"], as_of=base.as_of,
        )  # fmt: skip
        placed, _ = compare(base, now)
        row = next((r for r in placed if r["state"] == state), None)
        camp = row["camp_after"] if row else None
        raw = now.camp_of(state)
        with_it = set(now.members.get(raw or 0, ()))
        share = len(fellows & with_it) / len(fellows) if fellows else None
        certainty = row["certainty_after"] if row else None
        stays = camp is not None and camp == rows[state]["camp"] and (share or 0.0) >= 0.5
        lost = sorted(other for other, names in partners_of.items() if names == {unit})
        found.append(
            {
                "removed": unit,
                "title": about[unit]["title"],
                "n_ties": len(ties),
                "n_partners": len(lost),
                "partners": lost,
                "camp": camp,
                "certainty": certainty,
                "kept": share,
                "moved": "stays" if stays else "alone" if camp is None else "moves",
                "sure": certainty is not None and certainty >= SAME_CAMP,
                "sources": sorted(about[unit]["sources"]),
            }
        )
    return sorted(found, key=lambda r: (r["moved"] == "stays", r["certainty"] if r["certainty"] is not None else -1.0, r["removed"]))
