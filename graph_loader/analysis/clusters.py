"""Alignment camps: communities of states by modularity, with the doubt that belongs to them.

A camp is a group of states that hold more of the chosen ties among themselves than their numbers of partners
would lead one to expect (modularity; Newman & Girvan 2004), found by Leiden (Traag, Waltman & van Eck 2019).
It is a summary of the loaded ties, not a fact of its own: every answer carries the spread of Q over runs, the
stability of each pair under resampling, and a comparison with graphs that have no camps by construction.
"""

from __future__ import annotations

import math
import os
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal, TypedDict

import networkx as nx
import numpy as np

from graph_loader.analysis.leiden import (
    Edge,
    Runs,
    best_of_runs,
    checked_edges,
    leiden_once,
    library,
    modularity,
    seeds,
)
from graph_loader.analysis.partitions import adjusted_rand_index, match_labels, normalised_mutual_information
from graph_loader.dates import BEGINNING, FOREVER

__all__ = [
    "DEFENCE_OBLIGATIONS",
    "NO_TIE",
    "SAME_CAMP",
    "CampResult",
    "CampRow",
    "breakpoints",
    "camps",
    "camps_over_time",
    "certainty_of",
    "change",
    "existing_states",
    "gamma_profile",
    "gammas_of",
    "pair_weights",
    "surest",
]

Weight = Literal["binary", "instruments"]
BootstrapUnit = Literal["tie", "instrument"]

DEFENCE_OBLIGATIONS = ("defence", "offence")
SAME_CAMP = 0.8
"""Least co-assignment probability at which two states are said to be in the same camp."""
NO_TIE = "no chosen obligation in the loaded data"
RESOLUTIONS = (1.0, 0.75, 0.5, 0.25)
"""Values of gamma that 'auto' tries, from Newman's 1 down."""
_AS_SURE = 0.05
ALONE = "tied, but in no camp with another state at this resolution"

_OBLIGATIONS = frozenset({"defence", "offence", "neutrality", "nonaggression", "consultation"})
_NULL_TRIALS = 10  # Leiden runs per null graph, of which the best counts
_SWAPS_PER_PAIR = 10  # attempted swaps per pair; the usual length (Milo et al. 2003)
_MIN_NULL_RUNS = 10
_MIN_NULL_STATES = 4


class CampRow(TypedDict):
    """One state in a result. `camp` is None for a state outside all camps; `note` then says why."""

    state: str
    name: str
    camp: int | None
    certainty: float | None
    n_ties: int
    n_partners: int
    note: str


@dataclass(frozen=True)
class _Tie:
    id: str
    a: str
    b: str
    domain: str
    instrument: str
    since: str
    until: str

    @property
    def unit(self) -> tuple[str, str]:
        """The instrument; a tie without one is an instrument of its own."""
        return ("instrument", self.instrument) if self.instrument else ("tie", self.id)


@dataclass(frozen=True)
class _Choice:
    """Which ties count, and how much."""

    obligations: tuple[str, ...] | None
    domains: tuple[str, ...] | None
    weight: Weight
    domain_weights: Mapping[str, float]

    @classmethod
    def of(
        cls,
        obligations: Iterable[str] | None,
        domains: Iterable[str] | None,
        weight: str,
        domain_weights: Mapping[str, float] | None,
    ) -> _Choice:
        for name, value in (("obligations", obligations), ("domains", domains)):
            if isinstance(value, str):
                raise ValueError(f"{name} takes a list, not the text '{value}'")
        chosen = None if obligations is None else tuple(sorted(set(obligations)))
        kept = None if domains is None else tuple(sorted(set(domains)))
        if chosen == () or kept == ():
            raise ValueError("choose at least one obligation and one domain, or None for all")
        if unknown := set(chosen or ()) - _OBLIGATIONS:
            raise ValueError(f"unknown obligation {sorted(unknown)}; known: {sorted(_OBLIGATIONS)}")
        if weight not in ("binary", "instruments"):
            raise ValueError(f"weight is 'binary' or 'instruments', not '{weight}'")
        factors = dict(sorted((domain_weights or {}).items()))
        for domain, factor in factors.items():
            if kept is not None and domain not in kept:
                raise ValueError(f"a weight is given for {domain}, which is not among the chosen domains")
            if not (math.isfinite(factor) and factor > 0):
                raise ValueError(f"weight of {domain} is {factor}: give a positive one, or do not choose it")
        return cls(chosen, kept, "binary" if weight == "binary" else "instruments", factors)

    def settings(self) -> dict[str, Any]:
        return {
            "obligations": None if self.obligations is None else list(self.obligations),
            "domains": None if self.domains is None else list(self.domains),
            "weight": self.weight,
            "domain_weights": dict(self.domain_weights),
        }


@dataclass(frozen=True)
class _Method:
    """How camps are sought."""

    seed: int
    runs: int
    bootstrap: int
    bootstrap_unit: BootstrapUnit
    leave_out: float | None
    resolution: float
    null_runs: int
    auto: bool = False

    @classmethod
    def of(
        cls,
        seed: int,
        runs: int,
        resolution: float | str,
        *,
        bootstrap: int = 0,
        bootstrap_unit: str = "tie",
        leave_out: float | None = None,
        null_runs: int = 0,
    ) -> _Method:
        if runs < 1:
            raise ValueError(f"runs is {runs}: at least one run is needed")
        if bootstrap < 0:
            raise ValueError(f"bootstrap is {bootstrap}: give 0 for none")
        if null_runs != 0 and null_runs < _MIN_NULL_RUNS:
            raise ValueError(f"null_runs is {null_runs}: give 0 for none, or at least {_MIN_NULL_RUNS}")
        gammas, auto = gammas_of(resolution, 0)
        if bootstrap_unit not in ("tie", "instrument"):
            raise ValueError(f"bootstrap_unit is 'tie' or 'instrument', not '{bootstrap_unit}'")
        if leave_out is not None and not 0 < leave_out <= 0.5:
            raise ValueError(f"leave_out is {leave_out}: give a probability above 0, at most .5, or None")
        unit: BootstrapUnit = "tie" if bootstrap_unit == "tie" else "instrument"
        return cls(seed, runs, bootstrap, unit, leave_out, gammas[0], null_runs, auto)


@dataclass(frozen=True)
class _Null:
    z: float | None
    reason: str
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True)
class _Solution:
    """What depends on the chosen ties only, not on the date or the population."""

    n_ties: Counter[str]
    n_partners: Counter[str]
    found: Runs | None
    pairs: dict[tuple[str, str], float]
    null: _Null
    n_units: int
    dominant: tuple[str, ...] = ()
    """Members of a nearly complete camp that holds most of the weight, if there is one."""
    dominant_share: float = 0.0
    resolution: float | None = None
    profile: tuple[dict[str, Any], ...] = ()
    """Per resolution tried: number of camps and mean certainty."""


@dataclass(frozen=True)
class CampResult:
    """Camps at one date, with their doubt.

    Attributes
    ----------
    as_of : str or None
        ISO day; None when the graph did not say.
    rows : list of CampRow
        One row per state, by camp, then state. `certainty` is the mean co-assignment probability (0..1) with
        the other members of its camp (in a camp of two: with the other one), None without bootstrap. `n_ties`
        counts chosen ties, `n_partners` states. States outside all camps come last with camp None and a
        `note`.
    q, q_min, q_max : float or None
        Modularity of the partition shown, and the lowest and highest over the runs; None without ties.
    z : float or None
        (q - mean Q of the null graphs) / their standard deviation; None with `z_reason`. One multilateral
        treaty makes a clique of its parties, which no rewired graph has: where ties are derived from such
        treaties a large z says that treaties make groups, not that the camps are sharp.
    z_reason : str
    null_mean, null_sd : float or None
    pairs : dict
        (a, b) with a < b -> probability 0..1 that both are in one community, for every pair of tied states.
        Empty without bootstrap.
    n_partitions, n_best : int
        Distinct partitions over the runs, and how many of them share the highest Q.
    settings : dict
        All that is needed to repeat the answer, the version of the Leiden library included.
    notes : list of str
        What a reader must know besides.
    profile : list of dict
        Per resolution tried: `resolution`, `camps` (number), `mean_certainty`, `sure_share`. More than one with resolution 'auto'.
    """

    as_of: str | None
    rows: list[CampRow]
    q: float | None
    q_min: float | None
    q_max: float | None
    z: float | None
    z_reason: str
    null_mean: float | None
    null_sd: float | None
    pairs: dict[tuple[str, str], float] = field(repr=False)
    n_partitions: int
    n_best: int
    settings: dict[str, Any]
    notes: list[str]
    profile: list[dict[str, Any]] = field(default_factory=list)

    @property
    def members(self) -> dict[int, tuple[str, ...]]:
        """Camp number -> member ids, both sorted."""
        groups: defaultdict[int, list[str]] = defaultdict(list)
        for row in self.rows:
            if row["camp"] is not None:
                groups[row["camp"]].append(row["state"])
        return {camp: tuple(sorted(groups[camp])) for camp in sorted(groups)}

    def camp_of(self, state: str) -> int | None:
        """Camp number, None outside all camps. KeyError for a state that the result does not know."""
        for row in self.rows:
            if row["state"] == state:
                return row["camp"]
        raise KeyError(state)

    def co_assignment(self, a: str, b: str) -> float | None:
        """Share of replicates with both states in one community; None if either has no chosen tie."""
        return self.pairs.get((min(a, b), max(a, b)))

    def same_camp(self, a: str, b: str) -> bool:
        """Whether both are in one camp of the partition shown and are co-assigned with probability >= .8.

        Raises
        ------
        KeyError
            For a state that the result does not know.
        ValueError
            Without bootstrap, and for a state compared with itself.
        """
        if a == b:
            raise ValueError(f"{a} is compared with itself")
        camp_a, camp_b = self.camp_of(a), self.camp_of(b)
        if self.settings["bootstrap"] == 0:
            raise ValueError("without a bootstrap nothing can be said about the same camp")
        probability = self.co_assignment(a, b)
        return camp_a is not None and camp_a == camp_b and (probability or 0.0) >= SAME_CAMP

    def pair_rows(self) -> list[dict[str, Any]]:
        """`pairs` as a table: a, b, probability, same_camp."""
        camp = {row["state"]: row["camp"] for row in self.rows}
        return [
            {
                "a": a,
                "b": b,
                "probability": p,
                "same_camp": p >= SAME_CAMP and camp[a] is not None and camp[a] == camp[b],
            }
            for (a, b), p in sorted(self.pairs.items())
        ]


# --- choosing ties -------------------------------------------------------------------------------------


def _iso_day(text: str) -> str:
    if len(text) != 10:
        raise ValueError(f"'{text}' is not a day; write it as 1975-01-31")
    return date.fromisoformat(text).isoformat()


def _date_of(graph: nx.MultiGraph[str], as_of: str | None) -> str | None:
    """The date of an answer; refuses the silent union of all dates."""
    said = graph.graph.get("as_of", "")
    if as_of is None:
        if said is None:
            raise ValueError("the graph holds ties of all dates: give as_of")
        return said or None
    as_of = _iso_day(as_of)
    if said and said != as_of:
        raise ValueError(f"the graph is a snapshot of {said} and cannot answer for {as_of}")
    return as_of


def _is_state(graph: nx.MultiGraph[str], node: str) -> bool:
    return bool(graph.nodes[node].get("label") == "State")


def _chosen(graph: nx.MultiGraph[str], choice: _Choice) -> list[_Tie]:
    """The chosen ties of all dates in the graph, in an order that does not depend on the graph's."""
    if not graph.is_multigraph():
        raise ValueError("a MultiGraph is needed: parallel ties must survive")
    ties = []
    for u, v, key, data in graph.edges(keys=True, data=True):
        if u == v or data["sign"] <= 0 or not (_is_state(graph, u) and _is_state(graph, v)):
            continue
        if choice.domains is not None and data["domain"] not in choice.domains:
            continue
        if choice.obligations is not None and not set(choice.obligations) & set(data["obligations"]):
            continue
        ties.append(
            _Tie(
                id=str(key),
                a=min(u, v),
                b=max(u, v),
                domain=data["domain"],
                instrument=data.get("instrument") or "",
                since=data.get("since", BEGINNING),
                until=data.get("until", FOREVER),
            )
        )
    return sorted(ties, key=lambda t: (t.a, t.b, t.domain, t.instrument, t.id))


def _in_force(ties: Sequence[_Tie], day: str) -> list[_Tie]:
    return [t for t in ties if t.since <= day < t.until]


def _chosen_at(
    graph: nx.MultiGraph[str], choice: _Choice, as_of: str | None
) -> tuple[str | None, list[_Tie]]:
    """The date of an answer and its ties; a snapshot holds no others."""
    day, ties = _date_of(graph, as_of), _chosen(graph, choice)
    return day, ties if graph.graph.get("as_of") or day is None else _in_force(ties, day)


def _contributions(ties: Sequence[_Tie], choice: _Choice) -> list[Fraction]:
    """What each tie adds to its pair's weight; the sum over a pair is the pair's weight, exactly."""
    if choice.weight == "binary":
        parallel = Counter((t.a, t.b, t.domain) for t in ties)
        raw = [Fraction(1, parallel[t.a, t.b, t.domain]) for t in ties]
    else:
        parallel_of_unit = Counter((t.a, t.b, t.unit, t.domain) for t in ties)
        domains_of_unit: defaultdict[tuple[str, str, tuple[str, str]], set[str]] = defaultdict(set)
        for t in ties:
            domains_of_unit[t.a, t.b, t.unit].add(t.domain)
        raw = [
            Fraction(1, len(domains_of_unit[t.a, t.b, t.unit]) * parallel_of_unit[t.a, t.b, t.unit, t.domain])
            for t in ties
        ]
    layer: defaultdict[str, Fraction] = defaultdict(Fraction)
    for t, value in zip(ties, raw, strict=True):
        layer[t.domain] += value
    if len(layer) < 2:
        return raw
    scale = {d: Fraction(choice.domain_weights.get(d, 1.0)) / total for d, total in layer.items()}
    return [value * scale[t.domain] for t, value in zip(ties, raw, strict=True)]


def _pair_sums(ties: Sequence[_Tie], contributions: Sequence[Fraction]) -> dict[tuple[str, str], Fraction]:
    sums: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for t, value in zip(ties, contributions, strict=True):
        sums[t.a, t.b] += value
    return dict(sorted(sums.items()))


def pair_weights(
    graph: nx.MultiGraph[str],
    *,
    obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS,
    domains: Iterable[str] | None = None,
    weight: str = "binary",
    domain_weights: Mapping[str, float] | None = None,
    as_of: str | None = None,
) -> nx.Graph[str]:
    """One weighted, undirected edge per pair of states that share a chosen tie.

    Chosen are ties between two States with sign > 0 that carry any of `obligations`, in any of `domains`
    (None: all obligations, ties without any included; all domains). Direction is dropped: a one-sided
    guarantee ties the pair as a mutual one does.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Snapshot, or a graph of all dates together with `as_of`.
    obligations : iterable of {'defence', 'offence', 'neutrality', 'nonaggression', 'consultation'} or None
        Applies to every domain: ties of a domain that carries no obligations need None.
    weight : {'binary', 'instruments'}
        'binary': per domain 1 if any chosen tie is in force. 'instruments': the number of distinct
        instruments, each counted 1/k in each of its k domains, where k is the number of distinct domains in
        which this instrument has *chosen* ties between this pair, so that over the chosen domains an
        instrument adds up to one. A tie without instrument is an instrument of its own. Parallel ties of one
        instrument in one domain count once. Claims and sources never count.
    domain_weights : mapping of domain to float > 0, optional
        Default 1 each. Where chosen ties lie in two or more domains, each domain's weights are first scaled
        to a total of 1 over all pairs and then multiplied by the domain's weight; otherwise the domain with
        the most ties would drown the others. With ties in one domain nothing is scaled.
    as_of : str, optional
        ISO day; needed for a graph of all dates.

    Returns
    -------
    networkx.Graph
        Tied states only, with `name`. Edges carry `weight` (> 0), `n_ties` and `instruments` (sorted ids).
        Nodes and edges are in sorted order.

    Raises
    ------
    ValueError
        For an unknown obligation or weight, for a graph of all dates without `as_of`, or a snapshot of
        another date.
    """
    choice = _Choice.of(obligations, domains, weight, domain_weights)
    day, ties = _chosen_at(graph, choice, as_of)
    sums = _pair_sums(ties, _contributions(ties, choice))
    n_ties = Counter((t.a, t.b) for t in ties)
    instruments: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for t in ties:
        if t.instrument:
            instruments[t.a, t.b].add(t.instrument)
    result: nx.Graph[str] = nx.Graph(as_of=day, **choice.settings())
    for state in sorted({s for pair in sums for s in pair}):
        result.add_node(state, name=graph.nodes[state].get("name") or state)
    for (a, b), value in sums.items():
        result.add_edge(a, b, weight=float(value), n_ties=n_ties[a, b], instruments=sorted(instruments[a, b]))
    return result


def existing_states(graph: nx.MultiGraph[str], as_of: str | None) -> tuple[list[str], int]:
    """States of the graph that exist on a day, by their recorded spells, without territories.

    A state without recorded spells is included, for silence is no end.

    Returns
    -------
    states : list of str
        Sorted ids.
    unrecorded : int
        How many of them have no recorded spell.
    """
    states, unrecorded = [], 0
    for node, data in graph.nodes(data=True):
        if data.get("label") != "State" or data.get("kind", "state") != "state":
            continue
        spells = data.get("spells") or []
        if spells and as_of is not None and not any(_covers(spell, as_of) for spell in spells):
            continue
        states.append(node)
        unrecorded += not spells
    return sorted(states), unrecorded


def _covers(spell: str, day: str) -> bool:
    since, _, until = spell.partition("/")
    return (since in ("", "..") or since <= day) and (until in ("", "..") or day < until)


# --- finding camps -------------------------------------------------------------------------------------


def _co_assignment(
    ties: Sequence[_Tie], contributions: Sequence[Fraction], method: _Method
) -> dict[tuple[str, str], float]:
    """Probability per pair that both are in one community, over bootstrap replicates."""
    if method.bootstrap == 0:
        return {}
    pair_list = sorted({(t.a, t.b) for t in ties})
    pair_index = {pair: i for i, pair in enumerate(pair_list)}
    states = sorted({s for pair in pair_list for s in pair})
    state_index = {state: i for i, state in enumerate(states)}
    units = sorted({t.unit if method.bootstrap_unit == "instrument" else ("tie", t.id) for t in ties})
    unit_index = {unit: i for i, unit in enumerate(units)}
    pair_of_tie = np.array([pair_index[t.a, t.b] for t in ties])
    unit_of_tie = np.array(
        [unit_index[t.unit if method.bootstrap_unit == "instrument" else ("tie", t.id)] for t in ties]
    )
    value_of_tie = np.array([float(c) for c in contributions])
    together = np.zeros((len(states), len(states)), dtype=np.int64)
    draw = random.Random(f"draw|{method.seed}").random
    n = len(units)
    for run_seed in seeds(method.seed, "bootstrap", method.bootstrap):
        if method.leave_out is None:
            drawn = np.bincount([int(draw() * n) for _ in range(n)], minlength=n)
        else:
            drawn = np.array([draw() >= method.leave_out for _ in range(n)], dtype=np.int64)
        weights = np.bincount(pair_of_tie, value_of_tie * drawn[unit_of_tie]).tolist()
        edges = [(a, b, w) for (a, b), w in zip(pair_list, weights, strict=True) if w > 0]
        # A state that lost all its ties is alone in this replicate: each gets a number of its own.
        group = np.arange(-1, -len(states) - 1, -1)
        if edges:
            for state, number in leiden_once(edges, seed=run_seed, resolution=method.resolution).items():
                group[state_index[state]] = number
        together += group[:, None] == group[None, :]
    share = (together / method.bootstrap).tolist()
    return {(a, b): share[i][j] for (i, a), (j, b) in combinations(enumerate(states), 2)}


def _rewired(edges: Sequence[Edge], rng: random.Random) -> tuple[list[Edge], int]:
    """A degree-preserving random graph by double edge swaps, and the number of swaps made."""
    ends = [[a, b] for a, b, _ in edges]
    present = {(a, b) for a, b, _ in edges}
    m, swaps = len(ends), 0
    for _ in range(_SWAPS_PER_PAIR * m):
        i, j = int(rng.random() * m), int(rng.random() * m)
        a, b = ends[i]
        c, d = ends[j] if rng.random() < 0.5 else ends[j][::-1]
        new_i, new_j = (min(a, d), max(a, d)), (min(c, b), max(c, b))
        if len({a, b, c, d}) < 4 or new_i in present or new_j in present:
            continue
        present -= {(min(a, b), max(a, b)), (min(c, d), max(c, d))}
        present |= {new_i, new_j}
        ends[i], ends[j] = [a, d], [c, b]
        swaps += 1
    return checked_edges((a, b, w) for (a, b), (_, _, w) in zip(ends, edges, strict=True)), swaps


def _null_model(edges: Sequence[Edge], q: float, method: _Method) -> _Null:
    """z of Q against double-edge-swap graphs."""
    if method.null_runs == 0:
        return _Null(None, "not asked for (null_runs is 0)")
    states = {s for a, b, _ in edges for s in (a, b)}
    if len(states) < _MIN_NULL_STATES or len(edges) < 2:
        return _Null(
            None, f"too small for a null model: {len(states)} states, {len(edges)} pairs (at least 4 and 2)"
        )
    rng = random.Random(f"null|{method.seed}")
    values, swaps = [], 0
    for run_seed in seeds(method.seed, "null-leiden", method.null_runs):
        graph, made = _rewired(edges, rng)
        swaps += made
        if made == 0:
            break
        values.append(
            best_of_runs(graph, seed=run_seed, runs=_NULL_TRIALS, resolution=method.resolution).q_max
        )
    if swaps == 0 or len(values) < method.null_runs:
        return _Null(None, "the null cannot vary: no two ties can be swapped with every degree kept")
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    if sd < 1e-9:
        return _Null(None, f"the null cannot vary: all {len(values)} graphs have Q = {mean:.4f}", mean, sd)
    return _Null((q - mean) / sd, "", mean, sd)


def _solve(ties: Sequence[_Tie], choice: _Choice, method: _Method) -> _Solution:
    n_ties = Counter(s for t in ties for s in (t.a, t.b))
    contributions = _contributions(ties, choice)
    sums = _pair_sums(ties, contributions)
    n_partners = Counter(s for pair in sums for s in pair)
    n_units = len({t.unit for t in ties})
    if not ties:
        return _Solution(n_ties, n_partners, None, {}, _Null(None, "no chosen tie"), n_units)
    edges = checked_edges((a, b, float(w)) for (a, b), w in sums.items())
    tried: list[tuple[float, Runs, dict[tuple[str, str], float]]] = []
    for gamma in gammas_of("auto" if method.auto else method.resolution, method.bootstrap)[0]:
        at = replace(method, resolution=gamma)
        tried.append((gamma, best_of_runs(edges, seed=at.seed, runs=at.runs, resolution=gamma), _co_assignment(ties, contributions, at)))
    gamma, found, pairs, profile = surest(tried, len(n_ties))
    dominant, share = _dominant(edges, found)
    null = _null_model(edges, found.q, replace(method, resolution=gamma))
    return _Solution(n_ties, n_partners, found, pairs, null, n_units, dominant, share, gamma, tuple(profile))


def gammas_of(resolution: float | str, bootstrap: int) -> tuple[tuple[float, ...], bool]:
    """The values of gamma to try, and whether the surest of them is to be chosen: 'auto' needs a bootstrap, without one it is 1.

    Raises
    ------
    ValueError
        For a value that is not positive and finite.
    """
    if resolution == "auto":
        return (RESOLUTIONS, True) if bootstrap else (RESOLUTIONS[:1], True)
    gamma = float(resolution)
    if not (math.isfinite(gamma) and gamma > 0):
        raise ValueError(f"resolution is {resolution}: it must be positive, or 'auto'")
    return (gamma,), False


def surest(
    tried: Sequence[tuple[float, Runs, dict[tuple[str, str], float]]], n_tied: int
) -> tuple[float, Runs, dict[tuple[str, str], float], list[dict[str, Any]]]:
    """Of what several gamma gave, in descending order, the first about as certain as the best; and the profile of all."""
    profile: list[dict[str, Any]] = []
    for gamma, found, pairs in tried:
        certain = [certainty_of(s, group, pairs) or 0.0 for group in found.partition if len(group) > 1 for s in group]
        profile.append({
            "resolution": gamma, "camps": sum(len(g) > 1 for g in found.partition),
            "mean_certainty": statistics.fmean(certain) if certain else 0.0,
            "sure_share": sum(c >= SAME_CAMP for c in certain) / n_tied,
        })  # fmt: skip
    best = max(row["sure_share"] for row in profile)
    chosen = next(i for i, row in enumerate(profile) if row["sure_share"] >= best - _AS_SURE)
    return (*tried[chosen], profile)


def _dominant(edges: Sequence[Edge], found: Runs) -> tuple[tuple[str, ...], float]:
    """A camp with over half of the weight and 4/5 of its pairs tied, if any; its part of the weight."""
    total = math.fsum(w for _, _, w in edges)
    for group in found.partition:
        members = set(group)
        inside = [w for a, b, w in edges if a in members and b in members]
        share = math.fsum(inside) / total
        if share > 0.5 and len(inside) > 0.8 * math.comb(len(group), 2):
            return group, share
    return (), 0.0


def certainty_of(state: str, camp: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> float | None:
    """Mean probability (0..1) that a state is in one community with the other members of its camp; None without a bootstrap."""
    if not pairs:
        return None
    return statistics.fmean(pairs[min(state, other), max(state, other)] for other in camp if other != state)


def _result(
    graph: nx.MultiGraph[str],
    day: str | None,
    ties: Sequence[_Tie],
    solution: _Solution,
    population: Iterable[str] | None,
    choice: _Choice,
    method: _Method,
) -> CampResult:
    """Rows, settings and notes for one date."""
    notes: list[str] = []
    tied = set(solution.n_ties)
    if population is None:
        states, unrecorded = existing_states(graph, day)
        if unrecorded:
            notes.append(f"{unrecorded} states are listed without a recorded date of existence")
    else:
        states = sorted(set(population))
    if outside := sorted(tied - set(states)):
        notes.append(f"tied, though not among the states of this date: {', '.join(outside)}")
    for domain in choice.domains or ():
        if all(t.domain != domain for t in ties):
            which = f" with obligation {' or '.join(choice.obligations)}" if choice.obligations else ""
            notes.append(f"{domain} has no tie{which} and adds nothing")

    groups = solution.found.partition if solution.found else ()
    camp_of: dict[str, tuple[int, tuple[str, ...]]] = {}
    for number, group in enumerate((g for g in groups if len(g) > 1), start=1):
        camp_of.update((state, (number, group)) for state in group)
    rows: list[CampRow] = []
    for state in sorted(tied | set(states)):
        place = camp_of.get(state)
        camp = place[0] if place else None
        rows.append(
            {
                "state": state,
                "name": str(graph.nodes[state].get("name") or state) if state in graph else state,
                "camp": camp,
                "certainty": certainty_of(state, place[1], solution.pairs) if place else None,
                "n_ties": solution.n_ties[state],
                "n_partners": solution.n_partners[state],
                "note": "" if camp is not None else ALONE if state in tied else NO_TIE,
            }
        )
    found = solution.found
    if found and found.n_best > 1:
        notes.append(f"{found.n_best} partitions share the highest Q; the first in order of ids is shown")
    if found and method.bootstrap and method.bootstrap_unit == "instrument" and solution.n_units == 1:
        notes.append("all ties come from one instrument: resampling instruments cannot vary")
    if found and solution.pairs and method.bootstrap_unit == "tie" and len(solution.dominant) > 2:
        certain = [certainty_of(s, solution.dominant, solution.pairs) or 0.0 for s in solution.dominant]
        if statistics.fmean(certain) < SAME_CAMP:
            notes.append(
                f"{len(solution.dominant)} states ({', '.join(solution.dominant[:3])} ...) hold"
                f" {solution.dominant_share:.0%} of the weight of all chosen ties among themselves: resampled"
                " ties split so dominant a camp at random, so its certainty is understated; see leave_out"
            )
    return CampResult(
        as_of=day,
        rows=_sorted(rows),
        q=found.q if found else None,
        q_min=found.q_min if found else None,
        q_max=found.q_max if found else None,
        z=solution.null.z,
        z_reason=solution.null.reason,
        null_mean=solution.null.mean,
        null_sd=solution.null.sd,
        pairs=solution.pairs,
        n_partitions=found.n_partitions if found else 0,
        n_best=found.n_best if found else 0,
        settings={
            **choice.settings(),
            "seed": method.seed,
            "runs": method.runs,
            "bootstrap": method.bootstrap,
            "bootstrap_unit": method.bootstrap_unit,
            "leave_out": method.leave_out,
            "resolution": solution.resolution or method.resolution,
            "null_runs": method.null_runs,
            "null_trials": _NULL_TRIALS,
            "same_camp": SAME_CAMP,
            "library": library(),
        },
        notes=notes,
        profile=list(solution.profile),
    )


def _sorted(rows: list[CampRow]) -> list[CampRow]:
    return sorted(rows, key=lambda r: (r["camp"] is None, r["camp"] or 0, r["state"]))


def camps(
    graph: nx.MultiGraph[str],
    *,
    seed: int = 0,
    runs: int = 50,
    bootstrap: int = 200,
    bootstrap_unit: str = "tie",
    leave_out: float | None = None,
    resolution: float | str = 1.0,
    null_runs: int = 100,
    population: Iterable[str] | None = None,
    obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS,
    domains: Iterable[str] | None = None,
    weight: str = "binary",
    domain_weights: Mapping[str, float] | None = None,
    as_of: str | None = None,
) -> CampResult:
    """Camps of states by modularity, the best of several Leiden runs, with their doubt.

    The same data and seed give the same answer, whatever the order of nodes and ties in `graph`.

    Parameters
    ----------
    graph, obligations, domains, weight, domain_weights, as_of
        As in `pair_weights`.
    seed : int
        Fixes every random choice.
    runs : int
        Leiden runs; the partition of highest Q is shown. Camps are numbered from 1 by size descending, then
        smallest member id.
    bootstrap : int
        Replicates; 0 for none. Each replicate draws as many units as there are, with replacement. A tie
        whose unit was drawn c times adds c times its part of the pair's weight (the parts of the ties of a
        pair sum to the pair's weight, so a replicate's weights have the observed ones as expectation; the
        scale between domains stays the observed one). Then one Leiden run from scratch. A state that lost
        all its ties is alone in that replicate and co-assigned with nobody: one held by a single tie misses
        it in about .37 of the replicates, so its certainty is about .63 at most.
    bootstrap_unit : {'tie', 'instrument'}
        What is doubted. 'tie': each dyadic tie, as if every one had been observed by itself: "would the
        camps survive if single dyads were miscoded or missing?" Ties derived from one multilateral treaty
        are not independent (all NATO dyads stand or fall together), which errs in both directions: that the
        treaty as a whole could be wrong is not doubted; and a treaty's complete clique gets gaps that it
        cannot have, so that a camp with most of the chosen weight splits at random (a note says where that
        happened). 'instrument': whole instruments with all their ties, a tie without instrument by itself:
        "how far does a camp rest on single treaties?" With replacement, a camp made by one treaty of n is
        missing in (1 - 1/n)^n of the replicates, about .37, by construction.
    leave_out : float in (0, .5], optional
        Instead of drawing with replacement, leave each unit out of a replicate with this probability and keep
        the others as they are: a milder doubt, as large as one believes the share of wrong ties to be (the
        robustness of Karrer, Levina & Newman 2008, Phys. Rev. E 77:046119, who rewire a share of ties).
    resolution : float or 'auto'
        gamma > 0; more camps for larger values. Newman's modularity has gamma 1. Where one multilateral treaty holds most of
        the ties, gamma 1 expects about as many ties among its parties as they have, and cuts through the treaty. 'auto' takes
        the largest of RESOLUTIONS at which the share of tied states placed with certainty of SAME_CAMP or more is within .05 of
        the best (our rule; it needs a bootstrap, without one it is 1); `profile` shows them all.
    null_runs : int
        Null graphs for z, 0 or at least 10. Each is the observed graph after double edge swaps (Maslov &
        Sneppen 2002; ten attempts per pair): every state keeps its number of partners; weights travel with
        one end of their pair, so strengths are kept on average only. Its Q is the best of ten Leiden runs.
    population : iterable of str, optional
        States that exist at the date; by default those of the graph by their recorded spells. Those without a
        chosen tie are listed apart, camp None: the loaded data hold no tie, which is not a fact of
        neutrality.

    Returns
    -------
    CampResult

    Raises
    ------
    ValueError
        For settings outside their range, and as `pair_weights`.
    """
    choice = _Choice.of(obligations, domains, weight, domain_weights)
    method = _Method.of(
        seed,
        runs,
        resolution,
        bootstrap=bootstrap,
        bootstrap_unit=bootstrap_unit,
        leave_out=leave_out,
        null_runs=null_runs,
    )
    day, ties = _chosen_at(graph, choice, as_of)
    return _result(graph, day, ties, _solve(ties, choice, method), population, choice, method)


def gamma_profile(
    graph: nx.MultiGraph[str],
    *,
    resolutions: Sequence[float] = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0),
    seed: int = 0,
    runs: int = 50,
    obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS,
    domains: Iterable[str] | None = None,
    weight: str = "binary",
    domain_weights: Mapping[str, float] | None = None,
    as_of: str | None = None,
) -> list[dict[str, Any]]:
    """How the camps depend on gamma: camps that hold over a range of it are not made by the choice of 1.

    Returns
    -------
    list of dict
        Per resolution, ascending: `resolution`, `n_camps` (two states or more), `sizes` (descending),
        `n_alone` (tied states in no camp), `q` (with that gamma; not comparable between rows), `q_newman`
        (the same partition at gamma 1; comparable), `ari_to_1` (adjusted Rand index to the camps at gamma 1).
        The numbers are None without ties.
    """
    choice = _Choice.of(obligations, domains, weight, domain_weights)
    _, ties = _chosen_at(graph, choice, as_of)
    for resolution in resolutions:
        _Method.of(seed, runs, resolution)
    edges = checked_edges(
        (a, b, float(w)) for (a, b), w in _pair_sums(ties, _contributions(ties, choice)).items()
    )
    states = sorted({s for a, b, _ in edges for s in (a, b)})

    def labels(found: Runs) -> list[int]:
        number = {state: i for i, group in enumerate(found.partition) for state in group}
        return [number[state] for state in states]

    rows: list[dict[str, Any]] = []
    reference = labels(best_of_runs(edges, seed=seed, runs=runs)) if edges else []
    for resolution in sorted(set(resolutions)):
        row: dict[str, Any] = {"resolution": float(resolution), "n_camps": 0, "sizes": [], "n_alone": 0}
        row |= {"q": None, "q_newman": None, "ari_to_1": None}
        if edges:
            found = best_of_runs(edges, seed=seed, runs=runs, resolution=resolution)
            row["sizes"] = [len(g) for g in found.partition if len(g) > 1]
            row["n_camps"] = len(row["sizes"])
            row["n_alone"] = len(states) - sum(row["sizes"])
            row["q"] = found.q
            row["q_newman"] = modularity(edges, found.partition)
            row["ari_to_1"] = adjusted_rand_index(reference, labels(found))
        rows.append(row)
    return rows


# --- camps over time -----------------------------------------------------------------------------------


def _breakpoints(ties: Sequence[_Tie]) -> list[str]:
    days = sorted({d for t in ties for d in (t.since, t.until)} - {BEGINNING, FOREVER})
    if not days and ties:
        days = [BEGINNING]  # every tie is in force on every day
    kept: list[str] = []
    previous: frozenset[str] | None = None
    for day in days:
        now = frozenset(t.id for t in _in_force(ties, day))
        if now != previous:
            kept.append(day)
        previous = now
    return kept


def breakpoints(
    graph: nx.MultiGraph[str],
    *,
    obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS,
    domains: Iterable[str] | None = None,
) -> list[str]:
    """ISO days on which the set of chosen ties in force changes, ascending.

    The marks for an unknown start and an open end are no days. A graph whose ties have nothing else gives the
    one day '0001-01-01'; one without chosen ties gives none.
    """
    return _breakpoints(_chosen(graph, _Choice.of(obligations, domains, "binary", None)))


def camps_over_time(
    graph: nx.MultiGraph[str],
    dates: Iterable[str] | None = None,
    *,
    seed: int = 0,
    runs: int = 20,
    bootstrap: int = 50,
    bootstrap_unit: str = "tie",
    leave_out: float | None = None,
    resolution: float | str = 1.0,
    null_runs: int = 0,
    population: Callable[[str], Iterable[str]] | None = None,
    obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS,
    domains: Iterable[str] | None = None,
    weight: str = "binary",
    domain_weights: Mapping[str, float] | None = None,
) -> dict[str, CampResult]:
    """Camps at several dates, numbered so that a camp keeps its number while it lasts.

    Each date is solved by itself, with the same seed, as `camps` would; dates with the same set of chosen
    ties are solved once. Then numbers are carried over: a camp takes the number of the camp of the previous
    date with which it shares most members, each number at most once; a camp without one gets a number not
    used before. Numbers of the first date are those of `camps`.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties of all dates (`graph.graph["as_of"]` None or absent), each with `since` and `until`.
    dates : iterable of str, optional
        ISO days, by default `breakpoints`.
    population : function of an ISO day to state ids, optional
        By default the states of the graph by their recorded spells.
    seed, runs, bootstrap, bootstrap_unit, leave_out, resolution, null_runs
        As in `camps`; fewer runs and replicates by default, and no null model.

    Returns
    -------
    dict of str to CampResult
        Ascending by date.

    Raises
    ------
    ValueError
        For a snapshot of one date, a date that is not an ISO day, and as `camps`.
    """
    if graph.graph.get("as_of"):
        raise ValueError(f"the graph is a snapshot of {graph.graph['as_of']}: a graph of all dates is needed")
    choice = _Choice.of(obligations, domains, weight, domain_weights)
    method = _Method.of(
        seed,
        runs,
        resolution,
        bootstrap=bootstrap,
        bootstrap_unit=bootstrap_unit,
        leave_out=leave_out,
        null_runs=null_runs,
    )
    ties = _chosen(graph, choice)
    days = _breakpoints(ties) if dates is None else sorted({_iso_day(d) for d in dates})
    in_force = {day: _in_force(ties, day) for day in days}
    keys = {day: frozenset(t.id for t in now) for day, now in in_force.items()}
    distinct = {key: in_force[day] for day, key in keys.items()}
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Leiden runs without Python's lock
        solved = dict(zip(distinct, pool.map(lambda now: _solve(now, choice, method), distinct.values()), strict=True))
    results: dict[str, CampResult] = {}
    previous: dict[int, frozenset[str]] = {}
    next_label = 1
    for day, now in in_force.items():
        key = keys[day]
        states = None if population is None else population(day)
        result = _result(graph, day, now, solved[key], states, choice, method)
        members = result.members
        labels, next_label = match_labels(previous, [frozenset(m) for m in members.values()], next_label)
        number = dict(zip(members, labels, strict=True))
        rows: list[CampRow] = [
            {**row, "camp": None if row["camp"] is None else number[row["camp"]]} for row in result.rows
        ]
        results[day] = replace(result, rows=_sorted(rows))
        previous = {label: frozenset(m) for label, m in zip(labels, members.values(), strict=True)}
    return results


def change(a: CampResult, b: CampResult) -> dict[str, Any]:
    """How much the camps differ between two results.

    Compared are the states that have a camp in at least one of the two; a state without camp in the other (it
    left, stands alone, or does not exist there) is a group of its own there. Leaving such states out would
    hide that a camp dissolved. States without camp in both say nothing about change and are left out: counted
    as equal singletons they would raise NMI with every uninvolved state.

    Returns
    -------
    dict
        `nmi` (0..1, 1 = unchanged), `ari` (1 = unchanged, 0 = as by chance), `n_states`, `joined` and `left`
        (ids with a camp only in `b`, only in `a`). nmi and ari are None where neither has camps.
    """
    camp_a = {r["state"]: r["camp"] for r in a.rows if r["camp"] is not None}
    camp_b = {r["state"]: r["camp"] for r in b.rows if r["camp"] is not None}
    states = sorted(camp_a.keys() | camp_b.keys())
    labels_a = [camp_a.get(s, s) for s in states]
    labels_b = [camp_b.get(s, s) for s in states]
    return {
        "nmi": normalised_mutual_information(labels_a, labels_b) if states else None,
        "ari": adjusted_rand_index(labels_a, labels_b) if states else None,
        "n_states": len(states),
        "joined": sorted(camp_b.keys() - camp_a.keys()),
        "left": sorted(camp_a.keys() - camp_b.keys()),
    }
