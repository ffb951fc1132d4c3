"""Comparing the rows of two engines."""

from __future__ import annotations

import math
from typing import Any

from graph_loader.stores.base import Rows, Store


def answer(store: Store, text: str, **params: Any) -> Rows:
    """What the store's engine answers, without the refusals of the command."""
    with store.reading() as reader:
        return reader.run(text, params)


def same(one: Any, other: Any) -> bool:
    """Equal in value and type; floats to one part in 10^9."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return bool(one == other)


def assert_same(one: Rows, other: Rows) -> None:
    assert one.columns == other.columns
    assert len(one.rows) == len(other.rows), (len(one.rows), len(other.rows))
    for number, (row, wanted) in enumerate(zip(one.rows, other.rows, strict=True)):
        assert same(row, wanted), f"row {number}: {row} is not {wanted}"
