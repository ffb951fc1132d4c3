"""Names and codes of states, with a date, to one id.

The tables are data/reference/states.csv, state_names.csv and state_codes.csv. A name is compared without case, accents and
punctuation. What is unknown or ambiguous is an error that lists the nearest candidates, never a guess.
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph_loader import dates
from graph_loader.errors import DataError
from graph_loader.resources import data_folder


class UnknownStateError(DataError):
    """No state, or more than one, goes by that name or code at that date."""


@dataclass(frozen=True)
class _Entry:
    state: str
    since: str
    until: str

    def holds(self, on: str | None) -> bool:
        return on is None or self.since <= on < self.until


def fold(text: str) -> str:
    """The text as names are compared: no case, no accents, no punctuation, single spaces.

    >>> fold("Côte d'Ivoire"), fold("TÜRKIYE ")
    ('cote d ivoire', 'turkiye')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


class Identity:
    """Finds the id of a state from its id, a name, or a code of a named scheme.

    Parameters
    ----------
    folder : Path
        Holds states.csv, state_names.csv and state_codes.csv.
    """

    def __init__(self, folder: Path) -> None:
        self.states: dict[str, str] = {}
        self.spells: dict[str, list[str]] = {}
        self._names: dict[str, list[_Entry]] = defaultdict(list)
        self._shown: dict[str, str] = {}
        self._codes: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
        always = (dates.BEGINNING, dates.FOREVER)
        for row in _rows(folder / "state_names.csv"):
            self._add_name(row["name"], _dated(row))
        # Where a name meant different states at different times its dated rows say so, and the ordinary name adds nothing.
        dated = set(self._names)
        for row in _rows(folder / "states.csv"):
            self.states[row["id"]] = row["name"]
            self.spells[row["id"]] = [spell.strip() for spell in (row.get("spells") or "").split(";") if spell.strip()]
            if fold(row["name"]) not in dated:
                self._add_name(row["name"], _Entry(row["id"], *always))
        for row in _rows(folder / "state_codes.csv"):
            self._codes[row["scheme"], row["code"].casefold()].append(_dated(row))

    def _add_name(self, name: str, entry: _Entry) -> None:
        folded = fold(name)
        if entry not in self._names[folded]:
            self._names[folded].append(entry)
        self._shown.setdefault(folded, name)

    def knows(self, text: str) -> bool:
        """Whether the text is the id or a name of a state at any time: cheap, for parts of lists that may be names."""
        return text.upper() in self.states or fold(text) in self._names

    def resolve(self, text: str, on: str | None = None) -> str:
        """Id of the state that ``text`` (an id or a name) means on the ISO day ``on`` (None: at any time).

        Raises
        ------
        UnknownStateError
            With the nearest candidates, when nothing or more than one state fits.
        """
        if text.upper() in self.states:
            return text.upper()
        entries = self._names.get(fold(text), [])
        found = sorted({e.state for e in entries if e.holds(on)})
        if len(found) == 1:
            return found[0]
        when = f" on {on}" if on else ""
        if len(found) > 1:
            choices = ", ".join(f"{s} ({self.states.get(s, s)})" for s in found)
            raise UnknownStateError(f"'{text}' is ambiguous{when}: it can mean {choices}; give the id")
        if entries:
            spans = ", ".join(f"{e.state} {dates.spell_text(e.since, e.until)}" for e in entries)
            raise UnknownStateError(f"'{text}' names no state{when} ({spans}); give the id")
        nearest = self.nearest(text)
        hint = f"nearest: {', '.join(nearest)}" if nearest else "use an ISO 3166 alpha-3 id such as FRA"
        raise UnknownStateError(f"unknown state '{text}'; {hint}")

    def resolve_code(self, scheme: str, code: str, on: str | None = None) -> str:
        """Id of the state that bears ``code`` of ``scheme`` (cow, cowc, gw, iso2, iso3, iso3n) on the ISO day ``on``."""
        found = sorted({e.state for e in self._codes.get((scheme, code.strip().casefold()), []) if e.holds(on)})
        if len(found) == 1:
            return found[0]
        when = f" on {on}" if on else ""
        if found:
            raise UnknownStateError(f"{scheme} code '{code}' is ambiguous{when}: {', '.join(found)}; give a date")
        raise UnknownStateError(f"unknown {scheme} code '{code}'{when}; see data/reference/state_codes.csv")

    def nearest(self, text: str, others: Iterable[str] = (), n: int = 3) -> list[str]:
        """The ids and names nearest to the text, as 'DEU (Germany)'."""
        candidates: dict[str, str] = {}
        for folded, entries in self._names.items():
            state = entries[0].state
            candidates[folded] = f"{state} ({self._shown[folded]})"
        candidates |= {fold(state): f"{state} ({name})" for state, name in self.states.items()}
        candidates |= {fold(other): other for other in others}
        close = difflib.get_close_matches(fold(text), candidates, n=3 * n, cutoff=0.6)
        shown: dict[str, str] = {}
        for match in close:
            shown.setdefault(candidates[match].split(" ")[0], candidates[match])
        return list(shown.values())[:n]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _dated(row: dict[str, str]) -> _Entry:
    return _Entry(row["state"], dates.since(row["since"]).stored, dates.until(row["until"]).stored)


@cache
def default_identity() -> Identity:
    """The identity tables that travel with the package."""
    return Identity(data_folder() / "reference")
