"""Where a state stands between poles: lean, spread over domains, and what decides it.

The plane of lean and spread is ours; it is meant to keep apart what "hedging" is often said of at once (Kuik 2008; Lim & Cooper 2015):
standing at equal distance everywhere, siding with one pole here and with the other there, siding with one, and having nothing with
either. Counts of instruments weigh a treaty like a declaration: the binding ones are therefore counted apart.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import polars as pl

__all__ = ["Position", "Thresholds", "evenness", "hedging", "instruments", "lean", "place", "supply"]

SUPPLY = "SUPPLY"
"""The name under which shares of supply stand beside the domains of ties."""

Found = Mapping[str, Mapping[str, Collection[str]]]
"""Domain -> pole -> ids of the instruments in force with it."""


@dataclass(frozen=True)
class Thresholds:
    """Where the classes part; ours, and stated with every answer.

    lean : |L| above it is aligned. 1/3: one pole has more than twice what the other has, (2 - 1) / (2 + 1).
    spread : V from it on is a cross-domain hedge. 1/9: leans that differ from their mean by a third, as the root of the mean square.
    least : fewer instruments than this with all poles together are no commitment. 2: with one, no hedge is possible.
    """

    lean: float = 1 / 3
    spread: float = 1 / 9
    least: int = 2

    def __post_init__(self) -> None:
        if not (0 <= self.lean <= 1 and 0 <= self.spread <= 1 and self.least >= 1):
            raise ValueError("lean and spread lie in 0..1, least is 1 or more")


@dataclass
class Position:
    """A state between poles. ``lean`` -1..1 and only for two poles (1: all with the first); ``spread`` 0..1; ``evenness`` 0..1."""

    kind: str
    lead: str | None
    lead_share: float | None
    lean: float | None
    spread: float | None
    volume: int
    evenness: float | None
    domains: dict[str, dict[str, float]] = field(default_factory=dict)  # domain -> pole -> share of what the poles have, sum 1
    decided_by: list[str] = field(default_factory=list)


def lean(a: float, b: float) -> float | None:
    """(a - b) / (a + b), -1..1; None when both are 0, for who has nothing with either leans nowhere.

    >>> lean(3, 1)
    0.5
    """
    if a < 0 or b < 0 or not math.isfinite(a + b):
        raise ValueError(f"volumes are {a} and {b}: finite and not below 0")
    return (a - b) / (a + b) if a + b else None


def evenness(volumes: Iterable[float]) -> float | None:
    """Shannon entropy of the poles' shares over ln k, 0..1 (Pielou 1966): 1 when all k are equal, 0 when one has all; None without any.

    >>> evenness([2, 2, 2, 2])
    1.0
    """
    found = list(volumes)
    if len(found) < 2:
        raise ValueError("two poles or more are needed")
    if any(v < 0 or not math.isfinite(v) for v in found):
        raise ValueError("volumes are finite and not below 0")
    total = math.fsum(found)
    if not total:
        return None
    shares = [v / total for v in found if v]
    return max(0.0, min(1.0, -math.fsum(s * math.log(s) for s in shares) / math.log(len(found))))


def place(
    volumes: Mapping[str, Mapping[str, float]], poles: Sequence[str], *, weights: Mapping[str, float] | None = None,
    limits: Thresholds | None = None, total: int | None = None,
) -> Position:  # fmt: skip
    """Place a state in the plane.

    In domain d pole p has the share s_pd of what all poles have there; domains in which they have nothing say nothing. With weights w
    (equal, unless given; they are scaled to sum 1) over the domains that are left:

    - m_p = sum_d w_d s_pd, the poles' mean shares. The lead is the largest. For two poles L = m_1 - m_2, which is the weighted mean of
      the domains' leans (a - b) / (a + b).
    - V = 2 sum_p sum_d w_d (s_pd - m_p)^2. For two poles that is the weighted variance of the leans; 0..1 there.
    - class: *uncommitted* below ``least`` instruments; *aligned* where m_lead > (1 + lean) / 2 (two poles: |L| > lean); else
      *cross-domain hedge* where V >= spread; else *equidistant*.

    ``decided_by`` are the domains without any one of which the class would be another.

    Parameters
    ----------
    volumes : mapping
        Domain -> pole -> volume, not below 0.
    poles : sequence of str
        Two or more, all different; L is positive towards the first.
    total : int, optional
        Distinct instruments over all domains (one that stands in two domains counts once); by default the sum of volumes.
    """
    if len(poles) < 2 or len(set(poles)) != len(poles):
        raise ValueError("give two poles or more, each once")
    found = _place(volumes, poles, weights, limits or Thresholds(), total)
    if len(found.domains) > 1:
        for domain in found.domains:
            rest = {d: v for d, v in volumes.items() if d != domain}
            # The number of instruments stays: asked is what the domain does to the balance, not whether there is enough to weigh.
            if _place(rest, poles, weights, limits or Thresholds(), found.volume).kind != found.kind:
                found.decided_by.append(domain)
    return found


def _place(
    volumes: Mapping[str, Mapping[str, float]], poles: Sequence[str], weights: Mapping[str, float] | None, limits: Thresholds,
    total: int | None,
) -> Position:  # fmt: skip
    shares: dict[str, dict[str, float]] = {}
    sums = dict.fromkeys(poles, 0.0)
    for domain, by_pole in volumes.items():
        values = {p: float(by_pole.get(p, 0)) for p in poles}
        if any(v < 0 or not math.isfinite(v) for v in values.values()):
            raise ValueError(f"{domain}: volumes are finite and not below 0")
        whole = math.fsum(values.values())
        weight = 1.0 if weights is None else weights.get(domain, 0.0)
        if whole and weight > 0:
            shares[domain] = {p: v / whole for p, v in values.items()}
            for pole, value in values.items():
                sums[pole] += value
    volume = round(math.fsum(sums.values())) if total is None else total
    if not shares:
        return Position("uncommitted", None, None, None, None, volume, None)
    scale = math.fsum(1.0 if weights is None else weights[d] for d in shares)
    w = {d: (1.0 if weights is None else weights[d]) / scale for d in shares}
    mean = {p: math.fsum(w[d] * shares[d][p] for d in shares) for p in poles}
    spread = 2 * math.fsum(w[d] * (shares[d][p] - mean[p]) ** 2 for d in shares for p in poles)
    top = max(mean.values())
    leaders = [p for p in poles if top - mean[p] < 1e-9]
    lead = leaders[0] if len(leaders) == 1 else None
    if volume < limits.least:
        kind = "uncommitted"
    elif top > (1 + limits.lean) / 2 + 1e-9:
        kind = "aligned"
    elif spread >= limits.spread - 1e-9:
        kind = "cross-domain hedge"
    else:
        kind = "equidistant"
    difference = mean[poles[0]] - mean[poles[1]] if len(poles) == 2 else None
    return Position(kind, lead, top, difference, spread, volume, evenness(mean.values()), shares)


def instruments(
    graph: nx.MultiGraph[str], state: str, poles: Collection[str], domains: Collection[str], *, alliances_first: bool = True
) -> tuple[dict[str, dict[str, set[str]]], set[str]]:
    """Instruments that tie a state to each pole, by domain, and the sources of those ties.

    Distinct instruments in force with positive sign; ties that are stated without an instrument are not counted, for they would count
    by how a source slices time. A pole that is a bloc counts ties to the bloc itself.

    Parameters
    ----------
    alliances_first : bool
        Where a state and a pole are bound to assist (defence or offence), only such instruments count in DEFENCE: a partnership or an
        agreement on information with one pole is no counterweight to an alliance with the other.
    """
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    ties = []
    for one, two, tie in graph.edges(state, data=True):
        other = two if one == state else one
        if other in poles and tie["domain"] in domains and tie["instrument"] and tie["sign"] == 1:
            ties.append((other, tie, bool({"defence", "offence"} & set(tie["obligations"]))))
    allied = alliances_first and any(bound for _, tie, bound in ties if tie["domain"] == "DEFENCE")
    sources: set[str] = set()
    for other, tie, bound in ties:
        if bound or tie["domain"] != "DEFENCE" or not allied:
            found[tie["domain"]][other].add(tie["instrument"])
            sources.update(tie["sources"])
    return {d: dict(by_pole) for d, by_pole in found.items()}, sources


def supply(chosen: pl.DataFrame, state: str, poles: Sequence[str]) -> tuple[dict[str, float] | None, dict[str, int], set[str]]:
    """Mean shares of two or more poles in a state's supply, over the goods in which every pole is named.

    Parameters
    ----------
    chosen : polars.DataFrame
        Flows of one period a good (`concentration.select_period`).

    Returns
    -------
    shares, counts, sources
        Mean share by pole over the goods that name all poles (None without one); ``goods`` with figures, ``named`` all poles,
        ``some`` only some of them: there the others' shares are not known, which is not 0.
    """
    by_good: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    rows = chosen.filter(pl.col("importer") == state).to_dicts()
    for row in rows:
        by_good[row["good"], row["stage"], row["basis"]][row["supplier"]] = row["share"]
    full = {unit for unit, shares in by_good.items() if set(poles) <= shares.keys()}
    named = [by_good[unit] for unit in sorted(full)]
    some = sum(bool(set(poles) & s.keys()) and not set(poles) <= s.keys() for s in by_good.values())
    counts = {"goods": len(by_good), "named": len(named), "some": some}
    if not named:
        return None, counts, set()
    counted = [row for row in rows if row["supplier"] in poles and (row["good"], row["stage"], row["basis"]) in full]
    used = {s for row in counted for s in row["sources"]}
    return {p: math.fsum(s[p] for s in named) / len(named) for p in poles}, counts, used


def _volumes(found: Found, without: str = "") -> dict[str, dict[str, float]]:
    return {d: {p: float(len(set(ids) - {without})) for p, ids in by_pole.items()} for d, by_pole in found.items()}


def hedging(
    found: Found, poles: Sequence[str], *, binding: Collection[str] = (), shares: Mapping[str, float] | None = None,
    weight: str = "equal", limits: Thresholds | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A state's position by all instruments and by the binding ones, and the instruments that alone would change its class.

    Parameters
    ----------
    found : mapping
        As `instruments` gives it.
    binding : collection of str
        Ids of the instruments that bind in law.
    shares : mapping, optional
        Mean shares of supply by pole (`supply`), as one more domain.
    weight : {'equal', 'volume'}
        Domains count alike, or by their number of instruments; shares of supply have no such number.

    Returns
    -------
    dict
        ``all`` and ``binding`` (Position), ``turned_by`` (ids, sorted): an instrument that turns the class is one whose coding or date
        should be checked before the class is quoted.
    """
    if weight not in ("equal", "volume"):
        raise ValueError(f"weight is '{weight}': equal or volume")
    if weight == "volume" and shares is not None:
        raise ValueError("shares of supply have no number of instruments: weigh domains equally")

    def position(part: Found, without: str = "") -> Position:
        volumes = _volumes(part, without)
        ids = {i for by_pole in part.values() for listed in by_pole.values() for i in listed} - {without}
        weights = {d: math.fsum(v.values()) for d, v in volumes.items()} if weight == "volume" else None
        if shares is not None:
            volumes[SUPPLY] = dict(shares)
        return place(volumes, poles, weights=weights, limits=limits, total=len(ids))

    whole = position(found)
    bound = {d: {p: set(ids) & set(binding) for p, ids in by_pole.items()} for d, by_pole in found.items()}
    every = sorted({i for by_pole in found.values() for ids in by_pole.values() for i in ids})
    return {"all": whole, "binding": position(bound), "turned_by": [i for i in every if position(found, i).kind != whole.kind]}
