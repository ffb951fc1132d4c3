"""Seeded positions in which camps keep apart.

The picture is laid out on two levels. Inside a camp its members are placed by a force layout; the camp is then one
disc, every other node a small disc, and the discs are placed by the same force layout with overlaps removed. So no
outline of a camp can enclose a state that is not in it, which a plain force layout does not promise.

Forces are those of Fruchterman and Reingold (1991) with the attraction towards the weighted mean of the neighbours;
overlaps are removed by projection as in position-based dynamics (Müller et al. 2007). Above ``DENSE`` bodies the
repulsion is estimated from a random sample of bodies (Gove 2019, doi:10.1111/cgf.13724), which is linear in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DENSE = 160  # most bodies whose repulsion is summed over all pairs
PARTED = 700  # most bodies whose overlaps are removed pair by pair
SAMPLE = 48
NODE_RADIUS = 31.0  # half the least distance of two nodes, in layout units
CAMP_PAD = 40.0  # from a member to its camp's outline
GAP = 16.0  # between two discs
INSIDE_WEIGHT = 6.0
OUTSIDE_WEIGHT = 0.35


@dataclass
class Memory:
    """What one epoch's layout leaves to the next, so that little moves: positions and the camps' inner layouts."""

    positions: Floats | None = None
    inner: dict[tuple[int, ...], Floats] = field(default_factory=dict)


def _distances(points: Floats) -> Floats:
    """Return the (n, n) distances between points."""
    x, y = points[:, 0], points[:, 1]
    return np.asarray(np.sqrt((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2))


def _separate(points: Floats, radii: Floats, gap: float, rounds: int, tolerance: float = 0.5) -> Floats:
    """Move discs apart until none overlaps by more than ``tolerance``; big discs move less than small ones."""
    n = len(points)
    if n < 2:
        return points
    points = points.copy()
    reach = radii[:, None] + radii + gap
    np.fill_diagonal(reach, -np.inf)
    margin = float(radii.min())
    for done in range(rounds):
        if done % 5 == 0:  # only pairs that are near can meet in the next rounds
            overlap = reach - _distances(points)
            if overlap.max() <= tolerance:
                break
            first, second = np.nonzero(np.triu(overlap > -margin, 1))
            near = reach[first, second]
            share = radii[second] ** 2 / (radii[first] ** 2 + radii[second] ** 2)
        delta = points[first] - points[second]
        distance = np.sqrt(delta[:, 0] ** 2 + delta[:, 1] ** 2) + 1e-9
        push = 0.8 * np.maximum(near - distance, 0.0) / distance
        for k in (0, 1):
            step = push * delta[:, k]
            points[:, k] += np.bincount(first, step * share, n) - np.bincount(second, step * (1.0 - share), n)
    return points


def _compact(points: Floats, radii: Floats, gap: float, rounds: int) -> Floats:
    """Draw discs together and apart again until they lie close, keeping who is beside whom; then part them fully."""
    points = _separate(points, radii, gap, 30)
    for k in range(rounds):
        points = _separate(points * (1.0 - 0.08 * (1.0 - k / rounds)), radii, gap, 6)
    return _separate(points, radii, gap, 400)


def _separate_from_camps(points: Floats, radii: Floats, camps: Ints, gap: float, rounds: int) -> Floats:
    """Linear-time variant for many bodies: camps keep apart, and single nodes leave the camps' discs."""
    points = points.copy()
    single = np.setdiff1d(np.arange(len(points)), camps)
    points[camps] = _separate(points[camps], radii[camps], gap, rounds)
    for _ in range(rounds):
        moved = False
        for c in camps:
            delta = points[single] - points[c]
            distance = np.sqrt((delta**2).sum(axis=1)) + 1e-9
            overlap = radii[single] + radii[c] + gap - distance
            inside = overlap > 0.5
            if inside.any():
                moved = True
                points[single[inside]] += delta[inside] * ((overlap[inside] + 1.0) / distance[inside])[:, None]
        if not moved:
            break
    return points


def _forces(
    points: Floats,
    radii: Floats,
    pairs: Ints,
    weights: Floats,
    iterations: int,
    gap: float,
    gravity: float,
    rng: np.random.Generator,
) -> Floats:
    """Run the force layout on discs; ``pairs`` (m, 2) and ``weights`` (m,) are the attractions."""
    n = len(points)
    if n < 2:
        return points
    first, second = pairs[:, 0], pairs[:, 1]
    total = np.bincount(first, weights, n) + np.bincount(second, weights, n)
    pull_scale = np.where(total > 0, 1.0 / np.maximum(total, 1e-9), 0.0)
    # The stronger a node is tied, the firmer it sits beside its neighbours.
    firmness = 0.5 * total / (total + np.median(total[total > 0])) if (total > 0).any() else total
    spread = float(np.sqrt((radii**2).sum()))
    dense = n <= DENSE
    if dense:
        matrix = np.zeros((n, n))
        np.add.at(matrix, (first, second), weights)
        matrix = matrix + matrix.T
        reach = radii[:, None] + radii + gap
        np.fill_diagonal(reach, 0.0)
        product = 0.25 * radii[:, None] * radii
        np.fill_diagonal(product, 0.0)
    for step in range(iterations):
        cool = 1.0 - step / iterations
        if dense:
            mean = (matrix @ points) * pull_scale[:, None]
            sample = np.arange(n)
        else:
            mean = np.column_stack(
                [np.bincount(first, weights * points[second, k], n) + np.bincount(second, weights * points[first, k], n) for k in (0, 1)]
            )
            mean = mean * pull_scale[:, None]
            sample = rng.choice(n, size=SAMPLE, replace=False)
            product = 0.25 * radii[:, None] * radii[sample] * (n / SAMPLE)
        dx = points[:, 0, None] - points[sample, 0]
        dy = points[:, 1, None] - points[sample, 1]
        squared = dx * dx + dy * dy + 1.0
        push = product / squared
        if dense and step >= iterations // 3:
            push += 0.1 * np.maximum(reach / np.sqrt(squared) - 1.0, 0.0)
        repel = np.column_stack([(dx * push).sum(axis=1), (dy * push).sum(axis=1)])
        move = firmness[:, None] * (mean - points) * (total > 0)[:, None] + repel - gravity * points
        length = np.sqrt((move**2).sum(axis=1)) + 1e-9
        limit = spread * 0.25 * cool + 1.0
        points = points + move * np.minimum(1.0, limit / length)[:, None] * (0.3 + 0.5 * cool)
    return points


def _sunflower(n: int, radius: float) -> Floats:
    """Return ``n`` points spread evenly over a disc (Vogel 1979), a start without coincident points."""
    k = np.arange(n) + 0.5
    angle = k * np.pi * (3.0 - np.sqrt(5.0))
    r = radius * np.sqrt(k / max(n, 1))
    return np.column_stack([r * np.cos(angle), r * np.sin(angle)])


def _inner(n: int, pairs: Ints, weights: Floats, rng: np.random.Generator) -> Floats:
    """Lay out one camp around the origin: the best tied in the middle."""
    degree = np.bincount(pairs[:, 0], weights, n) + np.bincount(pairs[:, 1], weights, n)
    order = np.argsort(-degree, kind="stable")
    points = np.empty((n, 2))
    points[order] = _sunflower(n, NODE_RADIUS * 1.25 * np.sqrt(n))
    radii = np.full(n, NODE_RADIUS)
    points = _forces(points, radii, pairs, weights, 60 if n <= DENSE else 30, 2.0, 0.2, rng)
    if n <= PARTED:
        points = _compact(points, radii, 4.0, 20 if n <= DENSE else 6)
    return np.asarray(points - (points.max(axis=0) + points.min(axis=0)) / 2)


def positions(
    n: int,
    pairs: Ints,
    weights: Floats,
    camp: Sequence[int | None],
    *,
    seed: int = 0,
    memory: Memory | None = None,
    present: Sequence[bool] | None = None,
    radii: Floats | None = None,
) -> Floats:
    """Place nodes so that camps are compact and apart.

    Parameters
    ----------
    n
        Number of nodes.
    pairs
        (m, 2) node indices, one row a tied pair.
    weights
        (m,) weight of each pair, > 0. Ties inside a camp are weighed up by 6, others by .35.
    camp
        Camp of each node, or None for a node outside all camps.
    seed
        Seed of the random sampling; equal input and seed give equal positions.
    memory
        Filled for, and used by, the layout of a neighbouring date, so that only what changed moves.
    present
        Nodes that exist in this epoch; the others keep their old place and take no room.
    radii
        (n,) radius of each node's free space; ``NODE_RADIUS`` by default.

    Returns
    -------
    numpy.ndarray
        (n, 2) coordinates around the origin, in layout units.
    """
    rng = np.random.default_rng(seed)
    memory = Memory() if memory is None else memory
    old = memory.positions
    here = np.ones(n, dtype=bool) if present is None else np.asarray(present, dtype=bool)
    size = np.full(n, NODE_RADIUS) if radii is None else radii
    result = np.zeros((n, 2)) if old is None else old.copy()
    if not here.any():
        return result

    members: dict[int, list[int]] = {}
    for i, c in enumerate(camp):
        if c is not None and here[i]:
            members.setdefault(c, []).append(i)
    body = np.full(n, -1, dtype=np.int64)  # disc of each node
    offset = np.zeros((n, 2))
    disc_radius: list[float] = []
    disc_nodes: list[list[int]] = []
    for _, nodes in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        key = tuple(nodes)
        local = np.full(n, -1, dtype=np.int64)
        local[nodes] = np.arange(len(nodes))
        if key not in memory.inner:
            inside = (local[pairs[:, 0]] >= 0) & (local[pairs[:, 1]] >= 0) if len(pairs) else np.zeros(0, bool)
            memory.inner[key] = _inner(len(nodes), local[pairs[inside]].reshape(-1, 2), weights[inside] * INSIDE_WEIGHT, rng)
        points = memory.inner[key]
        offset[nodes] = points
        body[nodes] = len(disc_radius)
        disc_radius.append(float(np.sqrt((points**2).sum(axis=1)).max()) + CAMP_PAD)
        disc_nodes.append(nodes)
    camps_end = len(disc_radius)
    for node in np.flatnonzero(here & (body < 0)).tolist():
        body[node] = len(disc_radius)
        disc_radius.append(float(size[node]))
        disc_nodes.append([node])

    radius = np.array(disc_radius)
    count = len(radius)
    if len(pairs):
        a, b = body[pairs[:, 0]], body[pairs[:, 1]]
        across = (a >= 0) & (b >= 0) & (a != b)
        disc_pairs = np.column_stack([a[across], b[across]])
        disc_weights = weights[across] * OUTSIDE_WEIGHT
    else:
        disc_pairs, disc_weights = np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    if old is None:
        centre = _sunflower(count, float(np.sqrt((radius**2).sum())) * 1.2)
        iterations = 120 if count <= 120 else (60 if count <= DENSE else 40)
    else:
        centre = np.array([old[nodes].mean(axis=0) for nodes in disc_nodes])
        centre = centre + rng.normal(scale=1.0, size=centre.shape)  # nodes never placed before coincide
        iterations = 25
    centre = _forces(centre, radius, disc_pairs, disc_weights, iterations, GAP, 0.06, rng)
    if count <= PARTED:
        centre = _compact(centre, radius, GAP, 24 if count <= DENSE else 6)
    elif camps_end:
        centre = _separate_from_camps(centre, radius, np.arange(camps_end), GAP, 60)

    if len(pairs):
        offset = _turn(offset, body, centre, pairs, weights, camps_end)
    placed = np.flatnonzero(body >= 0)
    result[placed] = centre[body[placed]] + offset[placed]
    middle = (result[placed].max(axis=0) + result[placed].min(axis=0)) / 2
    result[placed] -= middle
    memory.positions = result
    return result


def _turn(offset: Floats, body: Ints, centre: Floats, pairs: Ints, weights: Floats, camps_end: int) -> Floats:
    """Turn each camp as a whole so that members face their partners outside (the rotation of least squares)."""
    flat = offset[:, 0] + 1j * offset[:, 1]
    middle = centre[:, 0] + 1j * centre[:, 1]
    turn = np.zeros(len(centre), dtype=np.complex128)
    for own, other in ((0, 1), (1, 0)):
        i, j = pairs[:, own], pairs[:, other]
        use = (body[i] >= 0) & (body[j] >= 0) & (body[i] != body[j]) & (body[i] < camps_end)
        i, j = i[use], j[use]
        away = middle[body[j]] - middle[body[i]]
        np.add.at(turn, body[i], weights[use] * np.conj(flat[i]) * away / np.maximum(np.abs(away), 1e-9))
    angle = np.where(np.abs(turn) > 1e-6, turn / np.maximum(np.abs(turn), 1e-9), 1.0)
    turned = np.where(body >= 0, flat * angle[np.maximum(body, 0)], flat)
    return np.column_stack([turned.real, turned.imag])
