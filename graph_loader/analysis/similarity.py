"""How alike two states' foreign policies look: obligations, votes, shared blocs and suppliers as portfolios over the same states.

A portfolio is one state's row over the n states of the system. Everything works on a whole table of portfolios, of which a pair is two
rows. A number that cannot be had is NaN, never 0; `reason` says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph_loader.analysis.clusters import existing_states
from graph_loader.dates import BEGINNING, FOREVER

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "MEASURES",
    "SCALES",
    "SYSTEMS",
    "Portfolios",
    "Scale",
    "comembership",
    "continuing",
    "kappa",
    "measured",
    "obligation_portfolios",
    "pi",
    "reason",
    "s_score",
    "supplier_distance",
    "tau_b",
]

Floats = npt.NDArray[np.float64]

MEASURES = ("kappa", "pi", "s", "tau", "distance")
"""Measures of portfolios that stand on a scale of levels."""
SYSTEMS = ("existing", "recorded", "tied")
"""Which states make up the system: that exist at the date (states without a recorded date included), only those whose existence is
recorded, or only those with an obligation."""


@dataclass(frozen=True)
class Scale:
    """Order of obligations; the level of a pair is the highest that holds between them, 0 for none. `top` is also the self entry."""

    id: str
    levels: Mapping[str, int]
    text: str

    @property
    def top(self) -> int:
        return max(self.levels.values())


SCALES: dict[str, Scale] = {
    scale.id: scale
    for scale in (
        Scale(
            "atop",
            {"defence": 3, "offence": 3, "neutrality": 2, "consultation": 2, "nonaggression": 1},
            "3 defence or offence, 2 neutrality or consultation, 1 non-aggression only, 0 none",
        ),
        Scale(
            "cow",
            {"defence": 3, "offence": 3, "neutrality": 2, "nonaggression": 2, "consultation": 1},
            "3 defence (type I; offence is counted with it), 2 neutrality or non-aggression (type II), 1 entente (type III), 0 none",
        ),
    )
}


# --- measures over a table of portfolios ---------------------------------------------------------------


def _table(portfolios: npt.ArrayLike) -> Floats:
    table = np.asarray(portfolios, dtype=float)
    if table.ndim != 2 or table.shape[1] == 0:
        raise ValueError("portfolios are a table: one row a state, one column a state of the system")
    return table


def _gap(a: npt.ArrayLike, b: npt.ArrayLike, power: int) -> Any:
    """|a - b|^power; with power 0 whether they differ."""
    if power not in (0, 1, 2):
        raise ValueError(f"power is {power}: give 0 (nominal), 1 (linear) or 2 (quadratic)")
    gap = np.abs(np.subtract(a, b))
    return (gap > 0).astype(float) if power == 0 else gap**power


def _observed(table: Floats, power: int, weights: Floats) -> Floats:
    """Weighted mean disagreement of each pair of rows, k x k."""
    found: Floats = np.array([_gap(table, row, power) @ weights for row in table]) / weights.sum()
    return found


def _marginals(table: Floats) -> tuple[Floats, Floats]:
    """The values that occur, and per row the share of each."""
    levels = np.unique(table)
    return levels, np.stack([(table == level).mean(axis=1) for level in levels], axis=1)


def _corrected(observed: Floats, expected: Floats) -> Floats:
    out = np.full_like(observed, np.nan)
    np.divide(observed, expected, out=out, where=expected > 1e-12)
    return 1.0 - out


def kappa(portfolios: npt.ArrayLike, power: int = 2) -> Floats:
    """Cohen's weighted kappa of each pair of portfolios, corrected for the agreement that two states' own habits lead one to expect.

    1 - sum(W*O)/sum(W*E) with W = |i-j|^power, E from row x column marginals (Cohen 1968, Psychological Bulletin 70:213; for foreign
    policy Häge 2011, Political Analysis 19:287).

    Parameters
    ----------
    portfolios : array, k x n
        Levels; only their differences count, so the width of the scale does not matter.
    power : {0, 1, 2}
        0 nominal, 1 linear, 2 quadratic.

    Returns
    -------
    array, k x k
        At most 1; 0 as expected by chance. NaN where the expected disagreement is 0.
    """
    table = _table(portfolios)
    levels, shares = _marginals(table)
    expected = shares @ _gap(levels[:, None], levels[None, :], power) @ shares.T
    return _corrected(_observed(table, power, np.ones(table.shape[1])), expected)


def pi(portfolios: npt.ArrayLike, power: int = 2) -> Floats:
    """Scott's weighted pi: as `kappa`, with the marginals of both states pooled (Scott 1955; Häge 2011).

    Returns
    -------
    array, k x k
        At most 1. NaN where the expected disagreement is 0.
    """
    table = _table(portfolios)
    levels, shares = _marginals(table)
    crossed = shares @ _gap(levels[:, None], levels[None, :], power) @ shares.T
    own = np.diag(crossed)
    expected = (own[:, None] + 2 * crossed + own[None, :]) / 4
    return _corrected(_observed(table, power, np.ones(table.shape[1])), expected)


def s_score(portfolios: npt.ArrayLike, width: float, *, weights: npt.ArrayLike | None = None, squared: bool = False) -> Floats:
    """S of each pair: 1 - 2 d / (largest possible d) (Signorino & Ritter 1999, International Studies Quarterly 43:115).

    1 - 2*sum(w|x-y|)/(D*sum(w)), squared 1 - 2*sum(w(x-y)^2)/(D^2*sum(w)). Not corrected for chance: every uninvolved state adds
    agreement, so S never stands alone.

    Parameters
    ----------
    width : float > 0
        D, highest less lowest level of the *scale* (not of the portfolios).
    weights : array of n, optional
        Such as capabilities; they need not sum to 1.

    Returns
    -------
    array, k x k
        -1..1.
    """
    table = _table(portfolios)
    w = np.ones(table.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (table.shape[1],) or not np.all(w >= 0) or not w.sum() > 0:
        raise ValueError("weights: one a state of the system, none negative, not all 0")
    if not width > 0:
        raise ValueError(f"width of the scale is {width}: it must be positive")
    power = 2 if squared else 1
    found: Floats = 1.0 - 2.0 * _observed(table, power, w) / width**power
    return found


def tau_b(portfolios: npt.ArrayLike) -> Floats:
    """Kendall's tau-b of each pair (Kendall 1938, Biometrika 30:81; as similarity Bueno de Mesquita 1975, JCR 19:187).

    Concordant less discordant pairs of columns over the geometric mean of the pairs that each portfolio does not tie.

    Returns
    -------
    array, k x k
        -1..1. NaN where a portfolio is constant. On the diagonal 1.
    """
    table = _table(portfolios)
    upper = np.triu_indices(table.shape[1], 1)
    signs = np.stack([np.sign(row[upper[0]] - row[upper[1]]) for row in table])
    both = signs @ signs.T
    untied = np.diag(both)
    scale = np.sqrt(np.outer(untied, untied))
    out: Floats = np.full_like(both, np.nan)
    np.divide(both, scale, out=out, where=scale > 0)
    return out


def measured(portfolios: npt.ArrayLike, measure: str, width: float, power: int = 2) -> Floats:
    """One of MEASURES over a table of portfolios on a scale of the given width, k x k.

    'distance' is the mean |x - y| over the width: 0..1, (1 - S)/2.
    """
    if measure == "kappa":
        return kappa(portfolios, power)
    if measure == "pi":
        return pi(portfolios, power)
    if measure == "tau":
        return tau_b(portfolios)
    if measure == "s":
        return s_score(portfolios, width)
    if measure == "distance":
        found: Floats = (1.0 - s_score(portfolios, width)) / 2.0
        return found
    raise ValueError(f"measure is '{measure}'; known: {', '.join(MEASURES)}")


def reason(x: npt.ArrayLike, y: npt.ArrayLike, measure: str) -> str:
    """Why a measure of two portfolios is NaN; '' when it is not."""
    a, b = np.asarray(x), np.asarray(y)
    constant = np.ptp(a) == 0, np.ptp(b) == 0
    if measure == "tau" and any(constant):
        return "tau-b needs two levels at least in each portfolio"
    if measure in ("kappa", "pi") and all(constant) and a[0] == b[0]:
        return "both portfolios have one and the same level throughout: no disagreement is expected by chance"
    return ""


# --- obligations ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Portfolios:
    """Obligations of all states of a system at a date.

    Attributes
    ----------
    as_of : str
        ISO day.
    states : list of str
        Rows and columns of `levels`, sorted.
    levels : array of int, n x n
        Symmetric (a one-sided guarantee ties the pair as a mutual one does); the diagonal is the scale's top.
    unrecorded : int
        States of the system of which no date of existence is recorded.
    outside : list of str
        States with an obligation that are not of the system.
    sources : dict
        State -> ids of the sources of its obligations.
    doubtful : dict
        State -> number of its obligations of which it is not known whether they were in force: the start is unknown (they count), or a
        source that stops before the date last saw them (they do not count).
    """

    as_of: str
    scale: Scale
    states: list[str]
    levels: npt.NDArray[np.int64]
    unrecorded: int
    outside: list[str]
    sources: dict[str, set[str]] = field(repr=False)
    doubtful: dict[str, int] = field(repr=False)

    def __contains__(self, state: str) -> bool:
        return state in self._index

    @property
    def _index(self) -> dict[str, int]:
        return {state: i for i, state in enumerate(self.states)}

    @property
    def partners(self) -> dict[str, int]:
        """State -> number of other states of the system that it has an obligation with."""
        counts = (self.levels > 0).sum(axis=1) - 1
        return dict(zip(self.states, (int(c) for c in counts), strict=True))

    def rows(self, states: Sequence[str]) -> npt.NDArray[np.int64]:
        """Portfolios of some of the states, len(states) x n. KeyError for one that is not of the system."""
        index = self._index
        found: npt.NDArray[np.int64] = self.levels[[index[s] for s in states]]
        return found

    def level(self, a: str, b: str) -> int:
        """Level of the pair itself."""
        index = self._index
        return int(self.levels[index[a], index[b]])


def obligation_portfolios(graph: nx.MultiGraph[str], as_of: str, scale: str = "atop", system: str = "existing") -> Portfolios:
    """The highest obligation between each two states at a date.

    Parameters
    ----------
    graph : networkx.MultiGraph
        Ties of all dates, for what is doubtful at this one to be counted; of the date, when that does not matter.
    as_of : str
        ISO day.
    scale : {'atop', 'cow'}
    system : {'existing', 'recorded', 'tied'}
        See SYSTEMS. It matters: S rises with every uninvolved state, kappa hardly.

    Raises
    ------
    ValueError
        For an unknown scale or system.
    """
    if scale not in SCALES:
        raise ValueError(f"scale is '{scale}'; known: {', '.join(SCALES)}")
    if system not in SYSTEMS:
        raise ValueError(f"system is '{system}'; known: {', '.join(SYSTEMS)}")
    order = SCALES[scale]
    found: dict[tuple[str, str], int] = {}
    sources: dict[str, set[str]] = {}
    doubtful: Counter[str] = Counter()
    for u, v, tie in graph.edges(data=True):
        if u == v or tie["sign"] <= 0 or not tie["obligations"]:
            continue
        if any(graph.nodes[node].get("label") != "State" for node in (u, v)):
            continue
        since, until = tie.get("since", BEGINNING), tie.get("until", FOREVER)
        now = since <= as_of < until
        if (now and tie.get("start_kind") == "unknown") or (until <= as_of and tie.get("end_kind") == "censored"):
            doubtful.update((u, v))
        if not now:
            continue
        pair = (min(u, v), max(u, v))
        found[pair] = max(found.get(pair, 0), max(order.levels[o] for o in tie["obligations"]))
        for state in pair:
            sources.setdefault(state, set()).update(tie.get("sources") or ())
    states, _ = existing_states(graph, as_of)
    bare = {s for s in states if not graph.nodes[s].get("spells")}
    tied = {s for pair in found for s in pair}
    if system == "recorded":
        states = [s for s in states if s not in bare]
    elif system == "tied":
        states = [s for s in states if s in tied]
    index = {state: i for i, state in enumerate(states)}
    levels = np.zeros((len(states), len(states)), dtype=np.int64)
    np.fill_diagonal(levels, order.top)
    for (a, b), level in found.items():
        if a in index and b in index:
            levels[index[a], index[b]] = levels[index[b], index[a]] = level
    return Portfolios(as_of, order, states, levels, len(bare & set(states)), sorted(tied - set(states)), sources,
                      dict(doubtful))  # fmt: skip


# --- shared blocs, suppliers ---------------------------------------------------------------------------


def comembership(members: Mapping[str, Collection[str]], a: str, b: str) -> dict[str, Any]:
    """Blocs that two states share, bare and with large blocs weighing less.

    Parameters
    ----------
    members : mapping of bloc to its member states

    Returns
    -------
    dict
        `shared` (ids, sorted), `n_a`, `n_b` (blocs of each), `jaccard` shared/either, 0..1, `newman` sum of 1/(m - 1) over the shared
        blocs with m members (Newman 2001, Phys. Rev. E 64:016132): a bloc of two counts 1, the UN next to nothing. jaccard is NaN when
        neither is in any bloc.
    """
    of_a = {bloc for bloc, states in members.items() if a in states}
    of_b = {bloc for bloc, states in members.items() if b in states}
    shared, either = sorted(of_a & of_b), of_a | of_b
    return {
        "shared": shared,
        "n_a": len(of_a),
        "n_b": len(of_b),
        "jaccard": len(shared) / len(either) if either else float("nan"),
        "newman": float(sum(1 / (len(set(members[bloc])) - 1) for bloc in shared)) if a != b else float("nan"),
    }


def supplier_distance(
    x: Mapping[str, float], y: Mapping[str, float], *, most_x: float = 1.0, most_y: float = 1.0
) -> tuple[float, float]:
    """Distance of two importers by the shares of their suppliers: 1 - sum of min(x_s, y_s), as bounds.

    One less the overlap of Finger & Kreinin 1979, Economic Journal 89:905; half the sum of |x_s - y_s|. What the named suppliers leave of
    a total belongs to suppliers that nobody named: it can overlap with everything or with nothing, hence two bounds.

    Parameters
    ----------
    x, y : mapping of supplier to share, 0..1
        Named suppliers only, never a residual.
    most_x, most_y : float, optional
        Largest share that a supplier who is not named can have: the smallest named share, where the named are known to be the largest.

    Returns
    -------
    lo, hi : float
        0..1; equal when both lists are complete.
    """
    for shares in (x, y):
        if any(value < 0 for value in shares.values()) or sum(shares.values()) > 1 + 1e-6:
            raise ValueError("shares of suppliers are not negative and add up to 1 at most")
    named = sum(min(x[s], y[s]) for s in x.keys() & y.keys())
    rest_x, rest_y = (max(0.0, 1.0 - sum(shares.values())) for shares in (x, y))
    only_x, only_y = (sum(min(one[s], cap) for s in one.keys() - other.keys()) for one, other, cap in ((x, y, most_y), (y, x, most_x)))
    # An unnamed supplier of x can be one that y names, and so takes at most what y's own suppliers have; the rest can meet the rest.
    into_y, into_x = min(rest_x, only_y), min(rest_y, only_x)
    most = named + into_y + into_x + min(rest_x - into_y, rest_y - into_x)
    return max(0.0, 1.0 - most), min(1.0, max(0.0, 1.0 - named))


# --- states through time -------------------------------------------------------------------------------


def continuing(state: str, existing: Collection[str], continuators: Iterable[tuple[str, str]]) -> str:
    """The state that stood for a state at another date: for Russia before 1991-12-26 the Soviet Union, whose seat it continues.

    Parameters
    ----------
    existing : collection of str
        States of the date.
    continuators : iterable of (predecessor, continuator)
        Successions of the kind 'continuator' only: other successors inherit nothing.

    Returns
    -------
    str
        The state itself where it exists or where nothing that it continues or is continued by does.
    """
    if state in existing:
        return state
    steps = list(continuators)
    for forward in (False, True):
        seen = state
        for _ in steps:
            seen = next((a if forward else b for b, a in steps if (b if forward else a) == seen), seen)
            if seen in existing:
                return seen
    return state
