"""Checks of a dataset before anything is resolved: schema, order in time, and the source's own promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from graph_loader import dates
from graph_loader.claims import Claim
from graph_loader.errors import DataError


@dataclass(frozen=True)
class Problem:
    """Something that keeps a dataset from being loaded."""

    file: str
    row: int | None
    column: str | None
    text: str

    def __str__(self) -> str:
        place = [self.file, *([f"row {self.row}"] if self.row else []), *([f"column {self.column}"] if self.column else [])]
        return f"{', '.join(place)}: {self.text}"


class DatasetError(DataError):
    """A dataset cannot be loaded; ``problems`` lists all reasons, the message shows the first and counts the rest."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        more = len(problems) - 1
        hint = f" ({more} more problem{'s' * (more > 1)} in this dataset; 'pactgraph validate' lists them)" if more else ""
        super().__init__(f"{problems[0]}{hint}")


class Problems:
    """Collects what is wrong with a dataset."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, file: str, row: int | None, column: str | None, text: str) -> None:
        self._found.append(Problem(file, row, column, text))

    def raise_if_any(self) -> None:
        if self._found:
            raise DatasetError(self._found)


def _place(claim: Claim) -> tuple[str, int | None]:
    return (claim.origin.file, claim.origin.row) if claim.origin else (claim.dataset, None)


def check_order_in_time(claims: Iterable[Claim], covers_until: str, problems: Problems) -> None:
    """No spell ends before it begins or begins after the source's coverage, no party before signature, no member before its bloc, no
    overlap of a source's own spells."""
    claims = list(claims)
    last = dates.as_of(covers_until) if covers_until not in ("", "..") else dates.FOREVER
    signed = _earliest(claims, lambda c: c.type == "Event" and c.key[1] == "signed", lambda c: c.key[0])
    founded = _earliest(claims, lambda c: c.type == "Bloc", lambda c: c.key[0])
    spells: dict[tuple[str, tuple[str, ...]], dict[int, tuple[dates.Boundary, dates.Boundary, Claim]]] = defaultdict(dict)
    for claim in claims:
        file, row = _place(claim)
        since, until = claim.since(), dates.until(str(claim.values.get("until_edtf", "")))
        if since.kind == "dated" and since.earliest > last:
            column = "date" if claim.type == "Event" else "since"
            text = f"'{since.said}' is after covers_until '{covers_until}', where this source stops; correct it, or source.yml"
            problems.add(file, row, column, text)
        if "since_edtf" in claim.values and "until_edtf" in claim.values:
            if since.kind == "dated" and until.latest <= since.earliest:
                problems.add(file, row, "until", f"'{until.said}' is not after since '{since.said}'; until is the first day not in force")
            spells[claim.type, claim.key].setdefault(claim.spell, (since, until, claim))
        reference = {"PARTY_TO": signed, "MEMBER_OF": founded}.get(claim.type, {}).get(claim.key[1] if len(claim.key) > 1 else "")
        if reference and since.kind == "dated" and since.latest < reference.earliest:
            what = "party before signature" if claim.type == "PARTY_TO" else "member before its bloc began"
            problems.add(file, row, "since", f"{what}: '{since.said}' is before {reference.said}; correct the earlier or the later date")
    for (_, key), own in spells.items():
        ordered = sorted(own.values(), key=lambda s: s[0].earliest)
        for (_, until, _), (since, _, claim) in pairwise(ordered):
            if since.latest < until.earliest:
                file, row = _place(claim)
                problems.add(file, row, "since", f"spells of {', '.join(key)} overlap ('{since.said}' is before '{until.said}')")


def _earliest(claims: Iterable[Claim], wanted: Callable[[Claim], bool], key: Callable[[Claim], str]) -> Mapping[str, dates.Boundary]:
    found: dict[str, dates.Boundary] = {}
    for claim in claims:
        since = claim.since()
        if wanted(claim) and since.kind == "dated" and (key(claim) not in found or since.earliest < found[key(claim)].earliest):
            found[key(claim)] = since
    return found


def check_promises(promises: Mapping[str, Mapping[str, int]], counts: Mapping[str, int], file: str, problems: Problems) -> None:
    """The counts that the dataset's source.yml promises (``min``, ``max`` rows per table)."""
    for table, bounds in promises.items():
        count = counts.get(table, 0)
        if count < bounds.get("min", 0) or count > bounds.get("max", count):
            wanted = " and ".join(f"at {'least' if k == 'min' else 'most'} {v}" for k, v in bounds.items())
            problems.add(file, None, None, f"table {table} has {count} rows, but {wanted} were promised; is a file cut short?")
