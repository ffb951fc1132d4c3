"""Sentences that the command and the Python interface share."""

from __future__ import annotations

from collections.abc import Collection

_LISTED = 12
"""Names that an error lists in full."""


def offered(word: str, known: Collection[str]) -> str:
    """What to write instead of an unknown word: all that is known, or the nearest where that is much."""
    import difflib

    if len(known) <= _LISTED:
        return f"there are {', '.join(sorted(known))}"
    near = [name for name in sorted(known) if word.casefold() in name.casefold()][:5] or difflib.get_close_matches(word, known, 5, 0.5)
    return f"nearest: {', '.join(near)}; {len(known)} are loaded" if near else f"{len(known)} others are loaded"


def in_doubt(count: int, day: str) -> list[str]:
    """A note on so many facts of which it is not known whether they hold at the date; none for none."""
    what = "1 fact was" if count == 1 else f"{count} facts were"
    return [f"{what} last seen in force before {day} by a source that stops there; whether still in force is not known."] * bool(count)
