"""More on dependence than one index: by relation of the supplier, published criteria, asymmetry, and through re-exporters."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graph_loader.analysis.concentration import MAX_AGE_YEARS, concentration, hhi_bounds, select_period
from graph_loader.analysis.relations import RELATIONS, Members, relation
from graph_loader.analysis.trade import UNION, Key, Trade

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

    from graph_loader.analysis.clusters import CampResult

__all__ = ["EC_THRESHOLD", "asymmetry", "by_relation", "criteria", "look_through", "ultimate_shares"]

EC_THRESHOLD = 0.4
"""HHI (0..1) above which SWD(2021)352 of the European Commission, and CEPII's GeoDep after it, call imports concentrated."""
UNNAMED = "unnamed"
_WORLD = "WORLD"
_FLOAT = 1e-9
_GROUP = ("importer", "good", "stage", "basis", "from_year", "to_year")


def _groups(flows: pl.DataFrame) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for flow in flows.iter_rows(named=True):
        if flow["importer"] != _WORLD and flow["share"]:
            found[tuple(flow[c] for c in _GROUP)].append(flow)
    return dict(sorted(found.items()))


def by_relation(flows: pl.DataFrame, graph: nx.MultiGraph[str], members: Members, camps: CampResult | None = None) -> list[dict[str, Any]]:
    """Shares of an importer's total by the relation of the supplier (`relations.RELATIONS`) at the graph's date.

    Parameters
    ----------
    flows : polars.DataFrame
        The periods to answer for; world output (importer WORLD) is left out, for nobody imports there.
    graph : networkx.MultiGraph
        Ties in force, domains DEFENCE, SANCTIONS and DISPUTE.
    members : mapping
        Bloc -> full members.
    camps : CampResult, optional

    Returns
    -------
    list of dict
        One row a group and relation that occurs, and a last one 'unnamed' for the residual: importer, good, good_name, stage, basis,
        from_year, to_year, relation, share (0..1, of the total), hhi_part (sum of s^2 of these suppliers: their part of the lower
        bound of HHI), n_suppliers, suppliers (largest first), because (supplier: reasons), scope, disputed, ties_disputed, facts,
        sources. The shares of a group sum to 1 but for the rounding of the source.
        Blocs come after the states.

    Raises
    ------
    ValueError
        As `concentration.concentration`, naming the group.
    """
    concentration(flows)  # refuses shares that cannot be put together
    rows = []
    for key, group in _groups(flows).items():
        kinds: dict[str, list[tuple[dict[str, Any], Any]]] = defaultdict(list)
        for flow in sorted(group, key=lambda f: (-f["share"], f["supplier"])):
            found = relation(graph, flow["importer"], flow["supplier"], members, camps)
            kinds[found.kind].append((flow, found))
        common = dict(zip(_GROUP, key, strict=True)) | {"good_name": group[0]["good_name"], "scope": group[0]["scope"]}
        for kind in RELATIONS:
            if pairs := kinds.get(kind):
                rows.append(common | {
                    "relation": kind, "share": min(1.0, math.fsum(f["share"] for f, _ in pairs)),
                    "hhi_part": math.fsum(f["share"] ** 2 for f, _ in pairs), "n_suppliers": len(pairs),
                    "suppliers": [f["supplier"] for f, _ in pairs],
                    "because": [f"{f['supplier']}: {r.because}" for f, r in pairs if r.because],
                    "disputed": any(f["disputed"] for f, _ in pairs), "ties_disputed": any(r.disputed for _, r in pairs),
                    "facts": sorted({x for f, r in pairs for x in (f["fact"], *r.obligation_facts, *r.hostile_facts)}),
                    "sources": sorted({x for f, r in pairs for x in (*(f["sources"] or ()), *r.obligation_sources,
                                                                     *r.hostile_sources)}),
                })  # fmt: skip
        residual = 1 - math.fsum(f["share"] for f in group)
        if residual > _FLOAT:
            rows.append(common | {
                "relation": UNNAMED, "share": residual, "hhi_part": None, "n_suppliers": None, "suppliers": [], "because": [],
                "disputed": False, "ties_disputed": False, "facts": [],
                "sources": sorted({s for f in group for s in f["sources"] or ()}),
            })  # fmt: skip
    return sorted(rows, key=lambda row: row["importer"] in members)


def criteria(flows: pl.DataFrame, as_of: str, *, trade: Mapping[Key, Trade] | None = None) -> list[dict[str, Any]]:
    """Published criteria of strategic dependence, each true, false, or null with the reason.

    CDI1, CDI2, CDI3: European Commission, SWD(2021)352: HHI of extra-EU imports > .4; extra-EU imports / all imports > .5; extra-EU
    imports / EU exports > 1. They are defined for the EU and for trade values. GeoDep (CEPII): HHI of imports > .4; HHI of world exports
    > .4; imports / exports > 1 (GeoDep has 9999 where exports are 0: met); and persistence, 2 of 3 years, here of the first alone.
    Values are intervals where suppliers are unnamed: a criterion holds when all of it is above the threshold, fails when none of it is,
    and is null between.

    Parameters
    ----------
    flows : polars.DataFrame
        All periods; per importer, good, stage and basis the newest complete at `as_of` is judged (`concentration.select_period`).
        Persistence looks at it and the two years before and needs periods of one year.
    as_of : str
        ISO day.
    trade : mapping, optional
        What `trade.trade_of` knows of imports and exports. Where it has the EU by its members and the flows have no EU, the EU is judged
        by them.

    Returns
    -------
    list of dict
        importer, good, stage, basis, from_year, to_year, criterion, threshold, value_lo, value_hi, met (bool or None), reason, n_years
        (of three, with a value: persistence only), scope, disputed, sources. value_hi is null where it has no limit.
    """
    concentration(flows)
    known = dict(trade or {})
    history: dict[tuple[Any, ...], tuple[float, float]] = {
        (importer, good, stage, basis, year, year): found.hhi for (importer, good, stage, basis, year), found in known.items() if found.hhi
    }
    for key, group in _groups(flows).items():
        history[key] = hhi_bounds([f["share"] for f in group], named_largest=all(f["named_largest"] is True for f in group))
    chosen = _groups(select_period(flows, as_of))
    rows: list[dict[str, Any]] = []
    for key in sorted({*chosen, *_of_members(known, chosen, as_of)}):
        importer, good, stage, basis, first, last = key
        group = chosen.get(key, [])
        found = known.get((importer, good, stage, basis, last), Trade()) if first == last else Trade()
        basis_note = "" if basis == "value" else f"by {basis}; the criterion is defined on values"
        own = {s for f in group for s in f["sources"] or ()}
        common = dict(zip(_GROUP, key, strict=True)) | {
            "scope": group[0]["scope"] if group else found.remarks["imports"], "disputed": any(f["disputed"] for f in group),
            "n_years": None,
        }  # fmt: skip

        def add(
            name: str, threshold: float, value: tuple[float, float] | None, reason: str, *, traded: bool = False,
            common: dict[str, Any] = common, found: Trade = found, own: set[str] = own, **more: Any,
        ) -> None:  # fmt: skip
            met = None if value is None else True if value[0] > threshold else False if value[1] <= threshold else None
            if value is not None and met is None:
                reason = "; ".join(part for part in (reason, "the interval holds the threshold") if part)
            low, high = (None if x == math.inf else x for x in value or (math.inf, math.inf))
            sources = sorted({*own, *(found.sources if traded or not own else ())})
            rows.append(common | {"criterion": name, "threshold": threshold, "value_lo": low, "value_hi": high, "met": met,
                                  "reason": reason, "sources": sources} | more)  # fmt: skip

        if importer == UNION:
            add("CDI1", EC_THRESHOLD, history[key], basis_note)
            add("CDI2", 0.5, *_ratio(found, "imports", "all_imports", "imports from inside the EU are not loaded"), traded=True)
            add("CDI3", 1.0, *_ratio(found, "imports", "exports", "exports of the EU are not loaded"), traded=True)
        add("GeoDep 1: import HHI", EC_THRESHOLD, history[key], basis_note)
        add("GeoDep 2: world-export HHI", EC_THRESHOLD, None,
            "world exports by exporter are not loaded (flows name the larger suppliers of an importer; world output is another measure)")
        add("GeoDep 3: imports / exports", 1.0, *_ratio(found, "imports", "exports", "exports of the importer are not loaded"), traded=True)
        met, n, reason = _persistent(history, key)
        add("GeoDep 4: import HHI in 2 of 3 years", EC_THRESHOLD, None, reason, met=met, n_years=n)
    return rows


def _of_members(known: Mapping[Key, Trade], chosen: Collection[tuple[Any, ...]], as_of: str) -> Iterator[tuple[Any, ...]]:
    """The EU's newest year of a good that is complete at the date, where its members' flows make it and no flow of its own does."""
    own = {key[:4] for key in chosen}
    newest: dict[tuple[Any, ...], int] = {}
    for (importer, good, stage, basis, year), found in known.items():
        fresh = f"{year + 1:04}-01-01" <= as_of <= f"{year + 1 + MAX_AGE_YEARS:04}-01-01"
        which = (importer, good, stage, basis)
        if found.hhi and fresh and which not in own:
            newest[which] = max(year, newest.get(which, year))
    yield from ((*which, year, year) for which, year in newest.items())


def _ratio(found: Trade, above: str, below: str, missing: str) -> tuple[tuple[float, float] | None, str]:
    """The interval of one amount over another, and what is to be said of it."""
    over: tuple[float, float] | None = getattr(found, above)
    under: tuple[float, float] | None = getattr(found, below)
    said = dict.fromkeys(text for text in (found.remarks.get(above, ""), found.remarks.get(below, "")) if text)
    if over is None or under is None:
        return None, "; ".join(said) or missing
    if under[1] <= 0:
        nothing = f"{below.replace('_', ' ')} are 0"
        return ((math.inf, math.inf) if over[0] > 0 else None), "; ".join([*said, nothing])
    low = over[0] / under[1]  # 0 where the amount below has no limit
    return (low, over[1] / under[0] if under[0] > 0 else math.inf), "; ".join(said)


def _persistent(history: Mapping[tuple[Any, ...], tuple[float, float]], key: tuple[Any, ...]) -> tuple[bool | None, int, str]:
    """Whether the HHI exceeds the threshold in two of the three years that end with the period; None when that is not known."""
    *which, first, last = key
    if first != last:
        return None, 0, "the period is longer than a year"
    values = [history.get((*which, year, year)) for year in (last - 2, last - 1, last)]
    sure = sum(v is not None and v[0] > EC_THRESHOLD for v in values)
    possible = sum(v is None or v[1] > EC_THRESHOLD for v in values)
    n = sum(v is not None for v in values)
    said = f"{n} of the years {last - 2} to {last} are loaded"
    return (True if sure >= 2 else False if possible < 2 else None), n, said


def asymmetry(flows: pl.DataFrame) -> list[dict[str, Any]]:
    """s_ij - s_ji per pair and good: i's dependence on j less j's on i (Hirschman 1945), -1..1; above 0: i depends more.

    s_ij is j's share of i's imports of the good, the same for s_ji, in the same period, stage and basis. Where j's suppliers are
    recorded without i, s_ji lies between 0 and what i can be of the unnamed rest: at most the smallest named share where the largest
    are named. Where nothing of j's imports is recorded the difference is null with the reason, not s_ij.

    Returns
    -------
    list of dict
        i, j, good, stage, basis, from_year, to_year, s_ij, s_ji_lo, s_ji_hi, asymmetry_lo, asymmetry_hi, reason, scope, disputed,
        facts, sources; each pair once, seen from the side whose share is named (from the smaller id where both are).
    """
    concentration(flows)
    groups = _groups(flows)
    shares = {key: {f["supplier"]: f for f in group} for key, group in groups.items()}
    rows = []
    for key, named in shares.items():
        i, *rest = key
        for j, flow in sorted(named.items()):
            back = shares.get((j, *rest))
            if back is not None and i in back and j < i:
                continue
            low, high, reason = _back_share(back, i)
            others = list((back or {}).values())
            rows.append(dict(zip(("i", *_GROUP[1:]), key, strict=True)) | {
                "j": j, "s_ij": flow["share"], "s_ji_lo": low, "s_ji_hi": high,
                "asymmetry_lo": None if high is None else flow["share"] - high,
                "asymmetry_hi": None if low is None else flow["share"] - low,
                "reason": reason, "scope": flow["scope"],
                "disputed": bool(flow["disputed"]) or any(f["disputed"] for f in others),
                "facts": sorted({flow["fact"], *(f["fact"] for f in others)}),
                "sources": sorted({*(flow["sources"] or ()), *(s for f in others for s in f["sources"] or ())}),
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["asymmetry_lo"] is None, -(row["asymmetry_lo"] or 0.0), row["i"], row["j"], row["good"]))


def _back_share(back: Mapping[str, Mapping[str, Any]] | None, i: str) -> tuple[float | None, float | None, str]:
    if back is None:
        return None, None, "imports of j in that period are not loaded"
    if i in back:
        return back[i]["share"], back[i]["share"], ""
    residual = max(0.0, 1 - math.fsum(f["share"] for f in back.values()))
    if all(f["named_largest"] is True for f in back.values()):
        residual = min(residual, min(f["share"] for f in back.values()))
    return 0.0, residual, "i is not named among j's suppliers"


def ultimate_shares(q: NDArray[np.float64], r: NDArray[np.float64]) -> NDArray[np.float64]:
    """U = (I - Q)^-1 R: what each of n states takes in the end from each of m origins.

    The sum I + Q + Q^2 + ... of Leontief's inverse (Leontief 1936; Miller & Blair 2009, ch. 2) over re-exports.

    Parameters
    ----------
    q : array, n x n
        q[i, j]: share (0..1) of what i takes that j hands on.
    r : array, n x m
        r[i, k]: share of what i hands on that originates in k itself.

    Raises
    ------
    ValueError
        For shares that are negative or no numbers, and when the spectral radius of Q is 1 or more: goods would circle for ever.
    """
    if not (np.isfinite(q).all() and np.isfinite(r).all() and (q >= 0).all() and (r >= 0).all()):
        raise ValueError("shares must be numbers of at least 0")
    radius = float(np.abs(np.linalg.eigvals(q)).max()) if q.size else 0.0
    if radius >= 1 - _FLOAT:
        raise ValueError(f"the spectral radius of the re-exports is {radius:.6g}: below 1 is needed, else goods circle without origin")
    return np.linalg.solve(np.eye(len(q)) - q, r).astype(np.float64)


def look_through(direct: Mapping[str, float], reexports: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """An importer's shares by ultimate origin, where suppliers pass on what they bought themselves.

    Parameters
    ----------
    direct : mapping
        Supplier -> share (0..1) of the importer's total; what is unnamed stays unnamed.
    reexports : mapping
        State -> source -> share (0..1) of what the state delivers that it bought from the source; the rest of what it delivers is its
        own. A state that is not there delivers its own.

    Returns
    -------
    dict
        Origin -> share, zeros left out; the sum is that of `direct`.

    Raises
    ------
    ValueError
        For shares outside 0..1, sums above 1, a state that is its own source, and as `ultimate_shares`.

    Examples
    --------
    >>> found = look_through({"B": .6, "C": .4}, {"B": {"D": .8}, "C": {"D": .5}})
    >>> {k: round(v, 2) for k, v in found.items()}
    {'B': 0.12, 'C': 0.2, 'D': 0.68}
    """
    for who, given in (("the importer", direct), *reexports.items()):
        for other, share in given.items():
            if not (math.isfinite(share) and 0 <= share <= 1 + _FLOAT):
                raise ValueError(f"{who}: the share of {other} is {share}; give 0..1")
        # As printed, shares may sum to a little more than the whole.
        if (total := math.fsum(given.values())) > 1 + (0.005 * len(given) if who == "the importer" else _FLOAT):
            raise ValueError(f"{who}: shares sum to {total:.6g}, more than 1")
        if who in given:
            raise ValueError(f"{who} is given as its own source")
    names = sorted({*direct, *reexports, *(s for given in reexports.values() for s in given)})
    at = {name: i for i, name in enumerate(names)}
    q = np.zeros((len(names), len(names)))
    for state, given in reexports.items():
        for source, share in given.items():
            q[at[state], at[source]] = share
    own = np.diag(np.clip(1 - q.sum(axis=1), 0.0, 1.0))
    taken = np.array([direct.get(name, 0.0) for name in names])
    result = taken @ ultimate_shares(q, own)
    return {name: float(share) for name, share in zip(names, result, strict=True) if share > _FLOAT}
