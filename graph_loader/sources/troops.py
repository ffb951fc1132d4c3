"""United States troops abroad by country and year, as an indicator, and United States bases, as ties of kind ``basing``.

The list of bases has no dates: it was updated through 2018 and shows what was there then, or before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import Identity, UnknownStateError
from graph_loader.sources.base import Reading
from graph_loader.sources.files import FileSource, Reader, Table, renewed

INDICATOR, UNIT = "us-troops", "persons"
BASES_UNTIL = "2018"
BASES = SourceInfo(
    id="us-bases", title="United States bases abroad (basedata of troopdata)", publisher="David Vine; Michael E. Flynn and others",
    version=f"updated through {BASES_UNTIL}", url="https://github.com/meflynn/troopdata", licence="GPL-3.0-or-later (the package)",
    citation="Vine (2015). Base Nation. Metropolitan Books, New York; updated by Allen, Flynn and Martinez Machain.",
    covers_until=BASES_UNTIL, dataset="troops",
)  # fmt: skip
NAMES = {"Congo, Democratic Republic": "COD", "Georigia": "GEO"}


class _Troops(FileSource):
    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        reading = super().read(path, identity, known)
        reading.documents += [BASES] * any(c.source == BASES.id for c in reading.claims)
        return reading

    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        dated = [t for t in tables if t.layout.name != "bases"]
        years = {y for t in dated for y in t.frame["year"].drop_nulls().unique() if y.isdigit() and len(y) == 4}
        return renewed(info, covers_from=min(years), covers_until=max(years)) if years else info

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        claims: list[Claim] = []
        if any(t.layout.name != "bases" for t in tables):
            name = "United States active-duty troops in the state"
            claims.append(reader.claim("Indicator", [INDICATOR], {"name": name, "unit": UNIT}))
        counted: dict[tuple[str, str], dict[str, tuple[Table, int]]] = defaultdict(dict)
        hosted: dict[str, dict[str, tuple[Table, int]]] = defaultdict(dict)
        for table in tables:
            if table.layout.name == "bases":
                _bases(table, reader, hosted)
            else:
                _troops(table, reader, counted)
        for (state, year), figures in sorted(counted.items()):
            claims += _observed(reader, state, year, figures)
        for state, names in sorted(hosted.items()):
            (table, row), *others = names.values()
            reader.account.merged += len(others)
            made = reader.claim("DEFENCE", ["USA", state, "basing"], {
                "mutual": False, "label": "; ".join(names), "since_edtf": f"../{BASES_UNTIL}", "until_edtf": "..",
            }, table=table, row=row)  # fmt: skip
            claims.append(Claim(made.type, made.key, 1, BASES.id, made.dataset, made.values, origin=made.origin))
        return claims


def _state(reader: Reader, code: str | None, year: str) -> str:
    """The state with a code of the Correlates of War at the end of the year, or at its beginning when it ended within it."""
    try:
        return reader.state("cow", code or "", f"{year}-12-31")
    except UnknownStateError:
        return reader.state("cow", code or "", f"{year}-01-01")


def _troops(table: Table, reader: Reader, counted: dict[tuple[str, str], dict[str, tuple[Table, int]]]) -> None:
    column = "troops_ad" if table.layout.name == "troops by country and year" else "troops"
    for row, name, year, code, troops in table.rows("countryname", "year", "ccode", column):
        if not (year or "").isdigit() or len(year) != 4:
            reader.account.reject(table, row, "no year", f"{name} {year}")
            continue
        if code == "2":
            reader.account.reject(table, row, "the host is the United States", f"{name} {year}")
            continue
        text = (troops or "").removesuffix(".0")
        if text in ("", "NA"):
            reader.account.reject(table, row, "no figure", f"{name} {year}")
            continue
        if not text.isdigit():
            reader.account.reject(table, row, "figure not understood", f"{name} {year}: {troops}")
            continue
        try:
            state = _state(reader, code, year)
        except UnknownStateError:
            reader.account.reject(table, row, "no code of the Correlates of War", f"{name} ({code}) {year}")
            continue
        figures = counted[state, year]
        if text in figures:
            reader.account.merged += 1
        else:
            figures[text] = (table, row)


def _observed(reader: Reader, state: str, year: str, figures: dict[str, tuple[Table, int]]) -> list[Claim]:
    """One figure a state and year. Some years have a state under two spellings, one of them with nothing counted: that row is merged."""
    if len(figures) == 2 and "0" in figures:
        del figures["0"]
        reader.account.merged += 1
    if len(figures) > 1:
        for text, (table, row) in figures.items():
            reader.account.reject(table, row, "state and year stated twice with different figures", f"{state} {year}: {text}")
        return []
    ((text, (table, row)),) = figures.items()
    return [reader.claim("OBSERVED", [state, INDICATOR, year], {"value": float(text), "unit": UNIT}, table=table, row=row)]


def _bases(table: Table, reader: Reader, hosted: dict[str, dict[str, tuple[Table, int]]]) -> None:
    for row, country, code, name, base, lilypad, funded in table.rows(
        "countryname", "ccode", "basename", "base", "lilypad", "fundedsite"
    ):
        if code == "2":
            reader.account.reject(table, row, "the host is the United States", f"{country}: {name}")
            continue
        if base != "1" and lilypad != "1":
            reason = "site of the host that the United States fund, no base" if funded == "1" else "no kind of base"
            reader.account.reject(table, row, reason, f"{country}: {name}")
            continue
        try:
            state = _state(reader, code, BASES_UNTIL)
        except UnknownStateError:
            reader.account.reject(table, row, "no code of the Correlates of War", f"{country} ({code}): {name}")
            continue
        named = _named(reader, country)
        if named != state and reader.identity.spells.get(named):  # of territories none are recorded
            reader.account.reject(table, row, "name and code are of different states", f"{country} ({code}): {name}")
            continue
        place = " ".join((name or "").split()) or "unnamed"
        if named != state:  # a territory: the base stands there, the state is its host
            place = place if place == country else f"{place} ({country})"
        if place in hosted[state]:
            reader.account.merged += 1
        else:
            hosted[state][place] = (table, row)


def _named(reader: Reader, country: str | None) -> str:
    try:
        return NAMES.get(country or "") or reader.state("name", country or "", f"{BASES_UNTIL}-12-31")
    except UnknownStateError:
        return ""


SOURCE = _Troops(__file__)
