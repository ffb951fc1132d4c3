"""Positions: camps are apart and enclose nobody else; equal input gives equal places."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from viz import layout


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, layout.Ints, layout.Floats, list[int | None], list[bool]]:
    n = draw(st.integers(1, 40))
    ends = st.integers(0, n - 1)
    found = draw(st.sets(st.tuples(ends, ends).filter(lambda p: p[0] < p[1]), max_size=120))
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    weights = np.array(draw(st.lists(st.floats(0.1, 5), min_size=len(pairs), max_size=len(pairs))), dtype=np.float64)
    camp = draw(st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=n, max_size=n))
    present = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return n, pairs, weights, camp, present


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 5))
def test_camps_are_apart(network: tuple[int, layout.Ints, layout.Floats, list[int | None], list[bool]], seed: int) -> None:
    n, pairs, weights, camp, present = network
    memory = layout.Memory()
    for _ in range(2):  # the second layout starts from the first, as for a neighbouring date
        where = layout.positions(n, pairs, weights, camp, seed=seed, memory=memory, present=present)
        assert where.shape == (n, 2) and np.isfinite(where).all()
        here = [i for i in range(n) if present[i]]
        groups = {c: [i for i in here if camp[i] == c] for c in {camp[i] for i in here} if c is not None}
        discs = {}
        for c, members in groups.items():
            # The camp's outline lies in the smallest disc around its bounding box's centre.
            points = where[members]
            centre = layout_centre(points)
            discs[c] = (centre, float(np.sqrt(((points - centre) ** 2).sum(axis=1)).max()))
        for c, (centre, radius) in discs.items():
            for i in here:
                if camp[i] != c:
                    assert np.hypot(*(where[i] - centre)) > radius + layout.CAMP_PAD / 2
            for other, (there, reach) in discs.items():
                if other != c:
                    assert np.hypot(*(there - centre)) > radius + reach + layout.CAMP_PAD


def layout_centre(points: layout.Floats) -> layout.Floats:
    """Return the centre of the smallest enclosing disc, by the iteration of Bădoiu and Clarkson (2003)."""
    centre = points.mean(axis=0)
    for k in range(1, 2000):
        far = points[np.argmax(((points - centre) ** 2).sum(axis=1))]
        centre = centre + (far - centre) / (k + 1)
    return np.asarray(centre)


def test_equal_input_gives_equal_places_and_ties_within_a_camp_are_short() -> None:
    # Two cliques of six, joined by one tie.
    pairs = [(a, b) for base in (0, 6) for a in range(base, base + 6) for b in range(a + 1, base + 6)] + [(0, 6)]
    args = (12, np.array(pairs), np.ones(len(pairs)), [1] * 6 + [2] * 6)
    first = layout.positions(*args, seed=4)
    assert np.array_equal(first, layout.positions(*args, seed=4))
    length = np.sqrt(((first[[p[0] for p in pairs]] - first[[p[1] for p in pairs]]) ** 2).sum(axis=1))
    assert length[:-1].max() < np.sqrt(((first[:6].mean(axis=0) - first[6:].mean(axis=0)) ** 2).sum())


def test_no_node_hides_another() -> None:
    rng = np.random.default_rng(0)
    pairs = np.unique(np.sort(rng.integers(0, 60, (150, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    where = layout.positions(60, pairs, np.ones(len(pairs)), [1 if i < 25 else None for i in range(60)])
    apart = np.sqrt(((where[:, None] - where[None]) ** 2).sum(axis=2)) + np.eye(60) * 1e9
    assert apart.min() >= 2 * layout.NODE_RADIUS - 2
