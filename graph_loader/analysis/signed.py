"""Camps of positive and negative ties at once: signed modularity, by leidenalg, which is an optional extra under the GPL.

The only module that knows leidenalg and igraph; nothing imports them before a signed answer is asked for.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from graph_loader.analysis.balance import signed_pairs
from graph_loader.analysis.clusters import (
    ALONE,
    DEFENCE_OBLIGATIONS,
    SAME_CAMP,
    CampResult,
    CampRow,
    certainty_of,
    existing_states,
    gammas_of,
    surest,
)
from graph_loader.analysis.leiden import Edge, Partition, best_of, canonical, modularity, seeds
from graph_loader.errors import UsageError

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["NO_SIGNED_TIE", "signed_camps", "signed_modularity"]

NO_SIGNED_TIE = "neither a chosen obligation nor a rivalry in the loaded data"
_CYCLES = 5  # iterations of Leiden in a run; each goes on from the last
_Pair = tuple[str, str]


def _libraries() -> tuple[Any, Any]:
    try:
        import igraph
        import leidenalg
    except ImportError as error:
        raise UsageError(
            "camps of signed ties need leidenalg and igraph, which pactgraph does not bring with it, for their licence is the GPL:"
            " pip install 'pactgraph[signed]'"
        ) from error
    return leidenalg, igraph


def signed_modularity(
    positive: Sequence[Edge], negative: Sequence[Edge], groups: Iterable[Iterable[str]], resolution: float = 1.0
) -> float:
    """Q = (W+ Q+ - W- Q-) / (W+ + W-): modularity of the positive ties less that of the negative ones, each by its total weight W.

    Gómez, Jensen & Arenas 2009, Phys. Rev. E 80:016114 (their eq. 14); gamma in both parts: Traag & Bruggeman 2009, Phys. Rev. E
    80:036115. Weights are magnitudes, above 0 in both lists. At most 1.
    """
    parts = list(map(list, groups))
    weight = [math.fsum(w for *_, w in edges) for edges in (positive, negative)]
    quality = [modularity(edges, parts, resolution) if edges else 0.0 for edges in (positive, negative)]
    return (weight[0] * quality[0] - weight[1] * quality[1]) / (weight[0] + weight[1])


class _Layers:
    """The two layers over the same states, for runs with any weights of the pairs."""

    def __init__(self, positive: Sequence[_Pair], negative: Sequence[_Pair]) -> None:
        self.leidenalg, self.igraph = _libraries()
        self.pairs = [list(positive), list(negative)]
        self.states = sorted({s for pairs in self.pairs for pair in pairs for s in pair})
        at = {state: i for i, state in enumerate(self.states)}
        self.ends = [np.array([(at[a], at[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2) for pairs in self.pairs]

    def run(self, weights: Sequence[Any], seed: int, resolution: float) -> list[int]:
        """Group number of each state."""
        layers, signs = [], []
        for ends, weight, sign in zip(self.ends, weights, (1, -1), strict=True):
            kept = weight > 0
            if kept.any():
                graph = self.igraph.Graph(n=len(self.states), edges=ends[kept].tolist())
                layers.append(self.leidenalg.RBConfigurationVertexPartition(
                    graph, weights=weight[kept].tolist(), resolution_parameter=resolution))  # fmt: skip
                signs.append(sign)
        if not layers:
            return list(range(len(self.states)))
        optimiser = self.leidenalg.Optimiser()
        # A state can do best with states to which it is not tied: those with the same rivals.
        optimiser.consider_comms = self.leidenalg.ALL_COMMS
        optimiser.set_rng_seed(seed % 2**31)
        optimiser.optimise_partition_multiplex(layers, layer_weights=signs, n_iterations=_CYCLES)
        found: list[int] = layers[0].membership
        return found

    def partition(self, weights: Sequence[Any], seed: int, resolution: float) -> Partition:
        groups: defaultdict[int, list[str]] = defaultdict(list)
        for state, number in zip(self.states, self.run(weights, seed, resolution), strict=True):
            groups[number].append(state)
        return canonical(groups.values())

    def together(self, seed: int, bootstrap: int, resolution: float) -> dict[_Pair, float]:
        """Probability per pair of states that both are in one group, over resamples of the pairs of both signs."""
        if not bootstrap:
            return {}
        n, first = sum(map(len, self.pairs)), len(self.pairs[0])
        draw = random.Random(f"signed draw|{seed}").random
        count = np.zeros((len(self.states), len(self.states)), dtype=np.int64)
        for run_seed in seeds(seed, "signed bootstrap", bootstrap):
            drawn = np.bincount([int(draw() * n) for _ in range(n)], minlength=n).astype(float)
            weights = [drawn[:first], drawn[first:]]
            group = np.array(self.run(weights, run_seed, resolution))
            held = {i for ends, weight in zip(self.ends, weights, strict=True) for i in ends[weight > 0].ravel().tolist()}
            # A state that lost all its ties is alone in this replicate: each gets a number of its own.
            lost = [i for i in range(len(self.states)) if i not in held]
            group[lost] = -1 - np.array(lost, dtype=np.int64)
            count += group[:, None] == group[None, :]
        share = (count / bootstrap).tolist()
        return {(a, b): share[i][j] for (i, a), (j, b) in combinations(enumerate(self.states), 2)}


def signed_camps(
    graph: nx.MultiGraph[str],
    *,
    seed: int = 0,
    runs: int = 50,
    bootstrap: int = 200,
    resolution: float | str = 1.0,
    obligations: Iterable[str] | None = DEFENCE_OBLIGATIONS,
    as_of: str | None = None,
) -> CampResult:
    """Camps that hold many obligations and few rivalries: signed modularity, the best of several Leiden runs, with its doubt.

    A pair of states counts once a sign, +1 for an obligation and -1 for a sanction or dispute in force (`balance.signed_pairs`); a pair
    with both counts in both. A state that is best grouped with others for having their rivals, and is tied to none of them, is in no
    camp; its `note` says with which camp it goes.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties of all domains, as `snapshot.ties` gives them.
    seed, runs, obligations, as_of
        As in `clusters.camps`.
    bootstrap : int
        Replicates; 0 for none. Each draws as many pairs as there are, of both signs together, with replacement.
    resolution : float or 'auto'
        gamma > 0, for both signs; 'auto' as in `clusters.camps`.

    Returns
    -------
    CampResult
        q is `signed_modularity`. `n_ties` and `n_partners` count allies and rivals of the state. There is no null model: z is None.

    Raises
    ------
    UsageError
        Without the optional extra.
    ValueError
        For settings outside their range.
    """
    gammas, auto = gammas_of(resolution, bootstrap)
    if runs < 1 or bootstrap < 0:
        raise ValueError("give at least one run, and 0 or more resamples")
    owed = None if obligations is None else sorted(set(obligations))
    day = as_of or graph.graph.get("as_of") or None
    plus, minus, left_out = signed_pairs(graph, day, obligations=owed)
    positive, negative = sorted(plus), sorted(minus)
    states, _ = existing_states(graph, day)
    settings: dict[str, Any] = {
        "method": "signed modularity", "obligations": owed, "seed": seed, "runs": runs, "bootstrap": bootstrap, "bootstrap_unit": "pair",
        "same_camp": SAME_CAMP, "positive": len(positive), "negative": len(negative),
    }  # fmt: skip
    both = len(plus & minus.keys())
    notes = [f"{len(positive)} pairs of allies (+1), {len(negative)} of rivals (-1: sanctions, disputes), {both} of them both."]
    if left_out:
        notes.append(f"{left_out} negative ties of blocs or actors are left out: which members take part is not said there.")
    if not negative:
        notes.append("No sanction or dispute between two states is in force in the loaded data: these are the camps of the positive ties.")
    layers = _Layers(positive, negative)
    settings["library"] = f"leidenalg {version('leidenalg')}"
    if not layers.states:
        return _result(graph, day, states, layers, (), {}, None, settings | {"resolution": gammas[0]}, notes, [])

    with_sign, against = ([(a, b, 1.0) for a, b in pairs] for pairs in layers.pairs)
    weights = [np.ones(len(pairs)) for pairs in layers.pairs]

    def solve(gamma: float) -> tuple[Any, dict[_Pair, float]]:
        found = best_of(
            (layers.partition(weights, run_seed, gamma) for run_seed in seeds(seed, "signed runs", runs)),
            lambda partition: signed_modularity(with_sign, against, partition, gamma),
        )
        return found, layers.together(seed, bootstrap, gamma)

    tried = [(gamma, *solve(gamma)) for gamma in gammas]
    gamma, found, together, profile = surest(tried, len(layers.states))
    settings["resolution"] = gamma
    if found.n_best > 1:
        notes.append(f"{found.n_best} partitions share the highest Q; the first in order of ids is shown")
    return _result(graph, day, states, layers, found.partition, together, found, settings, notes, profile if auto else [])


def _result(
    graph: nx.MultiGraph[str], day: str | None, states: Sequence[str], layers: _Layers, partition: Partition,
    together: Mapping[_Pair, float], found: Any, settings: dict[str, Any], notes: list[str], profile: list[dict[str, Any]],
) -> CampResult:  # fmt: skip
    # Who is grouped with others for having their rivals, and is tied to none of them, is in no camp: an enemy's enemy is no ally.
    friends = {pair for a, b in layers.pairs[0] for pair in ((a, b), (b, a))}
    parts = [(group, [s for s in group if any((s, other) in friends for other in group)]) for group in partition]
    numbered = [(n, group, bound) for n, (group, bound) in enumerate((p for p in parts if p[1]), start=1)]
    camp_of = {s: (n, bound) for n, _, bound in numbered for s in bound}
    rivals_of = {s: n for n, group, bound in numbered for s in group if s not in bound}
    n_pairs = Counter(s for pairs in layers.pairs for pair in pairs for s in pair)
    n_partners = Counter(s for pair in {*layers.pairs[0], *layers.pairs[1]} for s in pair)
    rows: list[CampRow] = []
    for state in {*states, *layers.states}:
        number, camp = camp_of.get(state, (None, ()))
        note = "" if camp else NO_SIGNED_TIE if state not in n_pairs else ALONE
        if state in rivals_of:
            note = f"in no camp: grouped with camp {rivals_of[state]} by common rivals alone"
        rows.append({
            "state": state, "name": str(graph.nodes[state].get("name") or state), "camp": number,
            "certainty": certainty_of(state, camp, together) if camp else None, "n_ties": n_pairs[state],
            "n_partners": n_partners[state], "note": note,
        })  # fmt: skip
    rows.sort(key=lambda r: (r["camp"] is None, r["camp"] or 0, r["state"]))
    return CampResult(
        as_of=day, rows=rows, q=found.q if found else None, q_min=found.q_min if found else None, q_max=found.q_max if found else None,
        z=None, z_reason="no null model of signed graphs is computed", null_mean=None, null_sd=None, pairs=dict(together),
        n_partitions=found.n_partitions if found else 0, n_best=found.n_best if found else 0, settings=settings, notes=notes,
        profile=profile,
    )  # fmt: skip
