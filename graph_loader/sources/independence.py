"""Since when a state has been there: publishers name the parties of old treaties by the states of today."""

from __future__ import annotations

from graph_loader import dates
from graph_loader.identity import Identity


def beginning(identity: Identity, state: str, on: str) -> str:
    """The first day of the state's next spell of independence, when it had none on the ISO day; '' when it had, or none is recorded.

    >>> from graph_loader.identity import default_identity as tables
    >>> beginning(tables(), "CZE", "1990-06-01"), beginning(tables(), "CZE", "1995-06-01"), beginning(tables(), "FRA", "1995-06-01")
    ('1993-01-01', '', '')
    """
    said = [spell.partition("/") for spell in identity.spells.get(state, [])]
    spells = [(dates.since(first).stored, dates.until(last).stored) for first, _, last in said]
    if not spells or any(first <= on < last for first, last in spells):
        return ""
    return min((first for first, _ in spells if first > on), default="")

