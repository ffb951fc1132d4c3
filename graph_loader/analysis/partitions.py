"""Comparing partitions: normalised mutual information, adjusted Rand index, labels that stay."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

__all__ = ["adjusted_rand_index", "match_labels", "normalised_mutual_information"]


def _cells(
    a: Sequence[Hashable], b: Sequence[Hashable]
) -> tuple[Counter[Hashable], Counter[Hashable], Counter[tuple[Hashable, Hashable]]]:
    if len(a) != len(b):
        raise ValueError(f"partitions of {len(a)} and {len(b)} elements cannot be compared")
    if not a:
        raise ValueError("partitions of no elements cannot be compared")
    return Counter(a), Counter(b), Counter(zip(a, b, strict=True))


def _entropy(sizes: Counter[Hashable], n: int) -> float:
    return -math.fsum(k / n * math.log(k / n) for k in sizes.values())


def normalised_mutual_information(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """NMI = 2 I(A;B) / (H(A) + H(B)) of two labelings of the same elements, 0..1.

    The arithmetic-mean normalisation of Danon et al. 2005, J. Stat. Mech. P09008. Two partitions of one group
    each are equal: 1.

    Raises
    ------
    ValueError
        If the labelings are empty or differ in length.
    """
    rows, columns, cells = _cells(a, b)
    n = len(a)
    h = _entropy(rows, n) + _entropy(columns, n)
    if len(rows) == len(columns) == 1:
        return 1.0
    mutual = math.fsum(k / n * math.log(k * n / (rows[i] * columns[j])) for (i, j), k in cells.items())
    return min(1.0, max(0.0, 2 * mutual / h))


def adjusted_rand_index(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Rand index corrected for chance (Hubert & Arabie 1985, J. of Classification 2:193), -1/2..1.

    1 for equal partitions, 0 expected by chance. Where the correction is 0/0 (both all-in-one or both all
    singletons) the partitions are equal: 1.

    Raises
    ------
    ValueError
        If the labelings are empty or differ in length.
    """
    rows, columns, cells = _cells(a, b)
    together = sum(math.comb(k, 2) for k in cells.values())
    in_rows = sum(math.comb(k, 2) for k in rows.values())
    in_columns = sum(math.comb(k, 2) for k in columns.values())
    pairs = math.comb(len(a), 2)
    if in_rows == in_columns and in_rows in (0, pairs):
        return 1.0
    expected = in_rows * in_columns / pairs
    return (together - expected) / ((in_rows + in_columns) / 2 - expected)


def match_labels(
    previous: Mapping[int, frozenset[str]], groups: Sequence[frozenset[str]], next_label: int
) -> tuple[list[int], int]:
    """Labels for `groups` so that a group keeps the label of the earlier group it overlaps most.

    Pairs are taken greedily, the largest overlap first; equal overlaps go to the higher Jaccard index, then
    the smaller label, then the earlier group. A group without a match gets `next_label`, which is never
    reused.

    Returns
    -------
    labels, next_label : list of int, int
    """
    candidates = sorted(
        (-len(old & new), -len(old & new) / len(old | new), label, i)
        for label, old in previous.items()
        for i, new in enumerate(groups)
        if old & new
    )
    taken: dict[int, int] = {}
    for _, _, label, i in candidates:
        if i not in taken and label not in taken.values():
            taken[i] = label
    labels: list[int] = []
    for i in range(len(groups)):
        if i in taken:
            labels.append(taken[i])
        else:
            labels.append(next_label)
            next_label += 1
    return labels, next_label
