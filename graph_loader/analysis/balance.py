"""Structural balance: how far rivalries run between camps, not through them.

Camps come from positive ties alone; the negative ties (sanctions, disputes) are then held against them. Nothing here optimises over signs:
modularity with negative weights needs a method of its own (Gómez, Jensen & Arenas 2009; Traag & Bruggeman 2009).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np

from graph_loader.dates import BEGINNING, FOREVER
from graph_loader.schema import NEGATIVE_DOMAINS

__all__ = ["EXACT", "Balance", "balance", "frustration", "signed_pairs"]

EXACT = 20
"""Largest two-connected part, in states, for which the frustration index is exact."""
_CHUNK = 1 << 16
_STARTS = 200


@dataclass(frozen=True)
class Balance:
    """Balance of a signed graph, and of camps in it.

    Attributes
    ----------
    positive, negative : int
        Pairs with ties of one sign.
    ambivalent : list of (str, str)
        Pairs with ties of both signs (allies that sanction one another): in neither count, for their sign is not known.
    triangles : dict
        '+++', '++-', '+--', '---' -> number of triangles.
    share : float or None
        Balanced triangles ('+++' and '+--') of all (Cartwright & Harary 1956, Psychological Review 63:277); None without triangles.
    index : int
        Frustration index: fewest pairs whose removal leaves two factions, friendly inside and hostile across (Harary 1959; Aref & Wilson
        2018, J. Complex Networks 6:163). 0 is balanced. An upper bound when not `exact`.
    exact : bool
    within, across, outside : int
        Negative pairs inside a camp, between camps, and with a state that is in no camp.
    between : int
        Positive pairs between camps.
    frustrated : int
        `within` + `between`: pairs that the camps do not explain.
    pairs : list of dict
        Per negative or ambivalent pair: `a`, `b`, `ties` (sorted domains and kinds), `camp_a`, `camp_b`, `place` ('within', 'across',
        'outside'), `sign` ('-' or '+-'), `sources`.
    """

    positive: int
    negative: int
    ambivalent: list[tuple[str, str]]
    triangles: dict[str, int]
    share: float | None
    index: int
    exact: bool
    within: int
    across: int
    outside: int
    between: int
    frustrated: int
    pairs: list[dict[str, Any]] = field(repr=False)


def signed_pairs(
    graph: nx.MultiGraph[str],
    as_of: str | None = None,
    *,
    obligations: Iterable[str] | None = ("defence", "offence"),
    negative: Iterable[str] = NEGATIVE_DOMAINS,
) -> tuple[set[tuple[str, str]], dict[tuple[str, str], dict[str, set[str]]], int]:
    """Pairs of states by sign: allies by any of the obligations, rivals by any negative tie of the domains.

    Returns
    -------
    positive : set of (a, b), a < b
    negative : dict of (a, b) to {'ties', 'sources'}
        Direction is dropped: one who sanctions is a rival of the one sanctioned.
    left_out : int
        Negative ties with a bloc or an actor at one end: whether its members all take part in them is not said.
    """
    owed = None if obligations is None else set(obligations)
    against = set(negative)
    plus: set[tuple[str, str]] = set()
    minus: dict[tuple[str, str], dict[str, set[str]]] = {}
    left_out = 0
    for u, v, tie in graph.edges(data=True):
        if as_of is not None and not tie.get("since", BEGINNING) <= as_of < tie.get("until", FOREVER):
            continue
        states = u != v and all(graph.nodes[node].get("label") == "State" for node in (u, v))
        pair = (min(u, v), max(u, v))
        if tie["sign"] < 0 and tie["domain"] in against:
            left_out += not states
            if states:
                held = minus.setdefault(pair, {"ties": set(), "sources": set()})
                held["ties"].add(f"{tie['domain'].lower()}: {tie.get('kind', '')}")
                held["sources"].update(tie.get("sources") or ())
        elif states and tie["sign"] > 0 and tie["domain"] not in NEGATIVE_DOMAINS and (owed is None or owed & set(tie["obligations"])):
            plus.add(pair)
    return plus, minus, left_out


def frustration(signed: nx.Graph[str], *, seed: int = 0) -> tuple[int, bool]:
    """Frustration index of a graph whose edges carry `sign` 1 or -1, and whether it is exact.

    Two-connected parts add up, for a faction can be swapped across a cut vertex at no cost. A part of up to EXACT states is tried in all
    its 2^(n-1) divisions; a larger one by local search from many starts, which gives an upper bound.
    """
    total, exact = 0, True
    for part in nx.biconnected_components(signed):
        nodes: list[Any] = sorted(part)
        place = {node: i for i, node in enumerate(nodes)}
        edges = [(place[a], place[b], d["sign"]) for a, b, d in signed.subgraph(nodes).edges(data=True)]
        if all(sign > 0 for *_, sign in edges):
            continue
        ends = np.array([(a, b) for a, b, _ in edges])
        negative = np.array([sign < 0 for *_, sign in edges])
        if len(nodes) <= EXACT:
            total += _all_divisions(len(nodes), ends, negative)
        else:
            found = _local_search(len(nodes), ends, negative, seed)
            exact = exact and found == 0  # nothing is below 0
            total += found
    return total, exact


def _all_divisions(n: int, ends: Any, negative: Any) -> int:
    best = len(negative)
    for start in range(0, 1 << (n - 1), _CHUNK):
        codes = np.arange(start, min(start + _CHUNK, 1 << (n - 1)), dtype=np.int64)
        count = np.zeros(len(codes), dtype=np.int64)
        for (a, b), minus in zip(ends.tolist(), negative.tolist(), strict=True):
            apart = ((codes >> a) ^ (codes >> b)) & 1  # the last state stays on one side
            count += apart if not minus else 1 - apart
        best = min(best, int(count.min()))
    return best


def _local_search(n: int, ends: Any, negative: Any, seed: int) -> int:
    sign = np.where(negative, -1.0, 1.0)
    matrix = np.zeros((n, n))
    matrix[ends[:, 0], ends[:, 1]] = matrix[ends[:, 1], ends[:, 0]] = sign
    rng = np.random.default_rng(seed)
    best = len(sign)
    for _ in range(_STARTS):
        side = rng.choice([-1.0, 1.0], n)
        gain = side * (matrix @ side)  # negative: the state has more frustrated pairs than others
        while (worst := int(gain.argmin())) is not None and gain[worst] < 0:
            side[worst] *= -1
            gain = side * (matrix @ side)
        best = min(best, int(((side[ends[:, 0]] * side[ends[:, 1]] * sign) < 0).sum()))
    return best


def balance(
    positive: Iterable[tuple[str, str]],
    negative: Mapping[tuple[str, str], Mapping[str, Iterable[str]]],
    camp_of: Mapping[str, int | None],
    *,
    seed: int = 0,
) -> Balance:
    """Structural balance of the signed pairs, and how well the camps explain them.

    Parameters
    ----------
    positive, negative
        As `signed_pairs` gives them; pairs with a < b.
    camp_of : mapping of state to camp, None outside all camps
    """
    plus, minus = set(positive), dict(negative)
    both = sorted(plus & minus.keys())
    signed: nx.Graph[str] = nx.Graph()
    signed.add_edges_from((a, b, {"sign": 1}) for a, b in sorted(plus - minus.keys()))
    signed.add_edges_from((a, b, {"sign": -1}) for a, b in sorted(minus.keys() - plus))
    counts: Counter[int] = Counter()
    for a, b in signed.edges:
        for c in set(signed[a]) & set(signed[b]):
            if c > max(a, b):
                counts[sum(signed.edges[pair]["sign"] < 0 for pair in combinations((a, b, c), 2))] += 1
    triangles = dict(zip(("+++", "++-", "+--", "---"), (counts[i] for i in range(4)), strict=True))
    n = sum(triangles.values())
    index, exact = frustration(signed, seed=seed)

    def place(a: str, b: str) -> str:
        camps = camp_of.get(a), camp_of.get(b)
        return "outside" if None in camps else "within" if camps[0] == camps[1] else "across"

    where = Counter(place(a, b) for a, b in minus if (a, b) not in plus)
    between = sum(place(a, b) == "across" for a, b in plus - minus.keys())
    pairs = [
        {
            "a": a, "b": b, "ties": sorted(minus[a, b].get("ties", ())), "camp_a": camp_of.get(a), "camp_b": camp_of.get(b),
            "place": place(a, b), "sign": "+-" if (a, b) in plus else "-", "sources": sorted(minus[a, b].get("sources", ())),
        }
        for a, b in sorted(minus)
    ]  # fmt: skip
    return Balance(
        positive=len(plus - minus.keys()), negative=len(minus.keys() - plus), ambivalent=both, triangles=triangles,
        share=(triangles["+++"] + triangles["+--"]) / n if n else None, index=index, exact=exact, within=where["within"],
        across=where["across"], outside=where["outside"], between=between, frustrated=where["within"] + between, pairs=pairs,
    )  # fmt: skip
