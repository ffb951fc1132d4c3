"""Best modularity partition of a weighted graph by the Leiden algorithm.

The only module that knows graspologic-native. Everything here is a function of sorted edges and a seed: the
library numbers nodes by first appearance, so the order of the input would otherwise change the answer.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise

from graspologic_native import leiden as _native_leiden

__all__ = ["Edge", "Partition", "Runs", "best_of", "best_of_runs", "leiden_once", "library", "modularity", "seeds"]

Edge = tuple[str, str, float]
"""(smaller id, larger id, weight > 0)."""

Partition = tuple[tuple[str, ...], ...]
"""Groups of node ids in canonical order: larger first, then by smallest member; members sorted."""

_CYCLES = 3  # full Leiden cycles per run; one cycle misses the optimum of the karate club in some runs
_SAME_Q = 1e-10  # two Q closer than this differ by rounding only


def library() -> str:
    """Name and version of the Leiden implementation, for the settings printed with an answer."""
    return f"graspologic-native {version('graspologic-native')}"


def seeds(seed: int, purpose: str, count: int) -> list[int]:
    """Independent 32-bit seeds; only `random()` is used, whose sequence Python promises to keep."""
    rng = random.Random(f"{purpose}|{seed}")
    return [int(rng.random() * 2**32) for _ in range(count)]


def checked_edges(edges: Iterable[Edge]) -> list[Edge]:
    """Edges with ends in order, sorted.

    Raises
    ------
    ValueError
        For a weight that is not positive and finite (graspologic-native 1.3 returns a meaningless Q or
        panics on some of these), a loop, or a pair given twice.
    """
    rows = sorted((min(a, b), max(a, b), float(w)) for a, b, w in edges)
    for a, b, w in rows:
        if not (math.isfinite(w) and w > 0):
            raise ValueError(f"weight of {a}-{b} is {w}: Leiden needs positive, finite weights")
        if a == b:
            raise ValueError(f"{a} is tied to itself")
    for first, second in pairwise(rows):
        if first[:2] == second[:2]:
            raise ValueError(f"pair {first[0]}-{first[1]} is given twice")
    return rows


def canonical(groups: Iterable[Iterable[str]]) -> Partition:
    """Order groups by size descending, then smallest member."""
    return tuple(sorted((tuple(sorted(g)) for g in groups), key=lambda g: (-len(g), g)))


def modularity(edges: Sequence[Edge], groups: Iterable[Iterable[str]], resolution: float = 1.0) -> float:
    """Newman's modularity Q of a partition, with resolution gamma.

    Q = sum over groups of (w_in / W - gamma * (strength / 2W)^2), W the total weight (Newman & Girvan 2004;
    gamma: Reichardt & Bornholdt 2006). Range -1/2..1 at gamma = 1. Nodes outside all groups are singletons.
    """
    member = {node: i for i, group in enumerate(groups) for node in group}
    for a, b, _ in edges:
        for node in (a, b):
            member.setdefault(node, len(member) + len(edges))
    inside: defaultdict[int, list[float]] = defaultdict(list)
    strength: defaultdict[int, list[float]] = defaultdict(list)
    for a, b, w in edges:
        if member[a] == member[b]:
            inside[member[a]].append(w)
        strength[member[a]].append(w)
        strength[member[b]].append(w)
    total = math.fsum(w for _, _, w in edges)
    return math.fsum(
        math.fsum(inside[g]) / total - resolution * (math.fsum(s) / (2 * total)) ** 2
        for g, s in strength.items()
    )


def leiden_once(edges: Sequence[Edge], *, seed: int, resolution: float = 1.0) -> dict[str, int]:
    """One run over edges in the order of `checked_edges`: node -> group number (without meaning).

    Raises
    ------
    ValueError
        For a weight that is not positive and finite: graspologic-native takes a weight of -1 and answers Q = 0, without a word.
    """
    for a, b, w in edges:
        if not 0 < w < math.inf:
            raise ValueError(f"weight of {a}-{b} is {w}: Leiden needs positive, finite weights")
    groups: dict[str, int] = _native_leiden(
        edges=list(edges), resolution=resolution, iterations=_CYCLES, use_modularity=True, seed=seed
    )[1]
    return groups


@dataclass(frozen=True)
class Runs:
    """What several Leiden runs found."""

    partition: Partition
    """The partition of highest Q; among equal ones, the first in canonical order."""
    q: float
    q_min: float
    q_max: float
    n_partitions: int
    """Distinct partitions over all runs."""
    n_best: int
    """Distinct partitions that reach the highest Q."""


def best_of(partitions: Iterable[Partition], quality: Callable[[Partition], float]) -> Runs:
    """The best of the partitions that runs found; each distinct one is measured once."""
    found: dict[Partition, float] = {}
    for partition in partitions:
        if partition not in found:
            found[partition] = quality(partition)
    q_max = max(found.values())
    best = sorted(p for p, q in found.items() if q_max - q < _SAME_Q)
    return Runs(best[0], found[best[0]], min(found.values()), q_max, len(found), len(best))


def best_of_runs(edges: Sequence[Edge], *, seed: int, runs: int, resolution: float = 1.0) -> Runs:
    """Best partition of seeded Leiden runs (Traag, Waltman & van Eck 2019, Scientific Reports 9:5233)."""

    def partition(run_seed: int) -> Partition:
        groups: defaultdict[int, list[str]] = defaultdict(list)
        for node, group in leiden_once(edges, seed=run_seed, resolution=resolution).items():
            groups[group].append(node)
        return canonical(groups.values())

    return best_of(map(partition, seeds(seed, "runs", runs)), lambda found: modularity(edges, found, resolution))
