"""World production and United States import dependence of minerals, from the Mineral Commodity Summaries of the U.S. Geological Survey.

Two layouts: the world data of the 2025 edition (a column for each of two years) and the commodities file from 2026 on (a row for each
figure). Which good and stage a printed series belongs to stands in usgs_series.csv; the goods are in usgs_goods.csv.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import Identity, UnknownStateError
from graph_loader.resources import data_folder
from graph_loader.schema import Value
from graph_loader.sources.base import Reading
from graph_loader.sources.files import FileSource, Reader, Table, renewed
from graph_loader.sources.package import PackageSource

ZERO = ("—", "–", "--")
CODES = {"W": "figure withheld (W)", "NA": "figure not available (NA)", "XX": "no figure applies (XX)", "s": "no figure (s)"}
BY_VALUE = ("gem-diamond", "gemstones", "dimension-stone", "granite-dimension-stone")  # import sources printed by value, not by quantity
MISPRINTED_UNITS = ("ilmenite", "rutile", "titanium-mineral-concentrates", "industrial-sand-and-gravel")
_MISPRINTS = {
    "poduction": "production", "grosss": "gross", "ilmentite": "ilmenite", "Ferosilicon": "ferrosilicon",
    "Sponge Metal Production": "titanium sponge metal production",
}  # fmt: skip
_RESIDUAL = re.compile(r"(?i)other countries|world total")
_WORLD = re.compile(r"(?i)world total")
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?")
_PERIOD = re.compile(r"(\d{4})\s*[–—-]\s*(\d{2}|\d{4})")


@dataclass(frozen=True)
class _Rule:
    section: str
    commodity: frozenset[str]
    detail: str
    good: str
    stage: str

    def fits(self, section: str, commodity: str, detail: str) -> bool:
        if self.section not in ("*", section) or commodity not in self.commodity:
            return False
        if self.detail.startswith("="):
            return detail == self.detail[1:]
        return not self.detail or re.search(rf"\b{re.escape(self.detail)}", detail) is not None


def _table(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _goods() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in _table("usgs_goods.csv")}


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(r["section"], frozenset(r["commodity"].split("|")), r["detail"], r["good"], r["stage"]) for r in _table("usgs_series.csv")
    )


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())  # no-break spaces too


@cache
def _series(section: str, commodity: str, detail: str) -> tuple[str, str]:
    """Good and stage of a printed series; empty when none is meant for it."""
    plain = re.sub(r" \((natural|columbium|manufactured)\)$", "", _tidy(commodity).casefold())
    for rule in _rules():
        if rule.fits(section, plain, _tidy(detail).casefold()):
            return rule.good, rule.stage
    return "", ""


@dataclass(frozen=True)
class _Figure:
    """A printed figure with the bounds of its rounding: to its last digit other than zero, but not coarser than two digits."""

    value: float
    low: float
    high: float


def figure(text: str) -> _Figure | None:
    """The figure, or None where none is printed.

    >>> figure("376,000")
    _Figure(value=376000.0, low=375500.0, high=376500.0)
    >>> figure("—"), figure("W")
    (_Figure(value=0.0, low=0.0, high=0.0), None)
    """
    if text in ZERO:
        return _Figure(0.0, 0.0, 0.0)
    if not _NUMBER.fullmatch(text):
        return None
    plain = text.replace(",", "")
    value = float(plain)
    if "." in plain:
        half = 0.5 * 10.0 ** -len(plain.split(".")[1])
    else:
        digits = max(len(plain.strip("0")), min(2, len(plain)))
        half = 0.5 * 10.0 ** (len(plain) - digits)
    return _Figure(value, value - half if value else 0.0, value + half if value else 0.0)


def _sum(figures: Sequence[_Figure]) -> _Figure:
    return _Figure(sum(f.value for f in figures), sum(f.low for f in figures), sum(f.high for f in figures))


@dataclass
class _Cell:
    """What one row prints of one year's production: of a state, of other countries, or of the world."""

    table: Table
    row: int
    country: str
    text: str
    unit: str
    scope: str
    estimated: bool
    note: str = ""


@dataclass(frozen=True)
class _Named:
    """A state's production, with the qualification of its name."""

    state: str
    qualified: str
    cell: _Cell
    figure: _Figure


@dataclass
class _Group:
    """All that a release prints of the production of one good at one stage in one year."""

    states: list[_Cell] = field(default_factory=list)
    others: list[_Cell] = field(default_factory=list)
    world: list[_Cell] = field(default_factory=list)


_Groups = dict[tuple[str, str, str], _Group]  # good, stage, year


class _Usgs(FileSource):
    """The publisher's files where a path is given; else the copy that travels with pactgraph, in its own layout."""

    def _bundled(self) -> PackageSource:
        return PackageSource(data_folder() / "usgs")

    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        return super().read(path, identity, known) if path else self._bundled().read(None, identity, known)

    def digest(self, path: Path | None) -> str:
        return super().digest(path) if path else self._bundled().digest(None)

    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        years = {year for table in tables for year in _years(table)}
        if not years:
            return info
        return renewed(info, version=str(int(max(years)) + 1), covers_until=max(years), covers_from=min(years))

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        return _one_scope(_Reading(reader).claims(sorted(tables, key=lambda t: max(_years(t), default=""), reverse=True)))


def _one_scope(claims: Sequence[Claim]) -> list[Claim]:
    """Give the rows of one total one scope: what all say first, then what was remarked on single states, with their names."""
    groups: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.type == "DEPENDS_ON":
            groups[claim.type, claim.key[0], *claim.key[2:]].append(claim)
        elif claim.type == "PRODUCES":
            groups[claim.type, *claim.key[1:]].append(claim)
    scopes: dict[tuple[str, ...], str] = {}
    for key, rows in groups.items():
        said = {row.key[1 if row.type == "DEPENDS_ON" else 0]: str(row.values["scope"]).split("; ") for row in rows}
        words = dict.fromkeys(word for parts in said.values() for word in parts)
        about = {word: sorted(state for state, parts in said.items() if word in parts) for word in words}
        common = [word for word in words if len(about[word]) == len(said)]
        scopes[key] = "; ".join(common + [f"{', '.join(about[word])}: {word}" for word in words if word not in common])

    def scope(claim: Claim) -> str | None:
        return scopes.get((claim.type, claim.key[0], *claim.key[2:]) if claim.type == "DEPENDS_ON" else (claim.type, *claim.key[1:]))

    return [replace(c, values={**c.values, "scope": text}) if (text := scope(c)) else c for c in claims]


def _years(table: Table) -> set[str]:
    if table.layout.name == "world data":
        return {m.group() for c in table.header if c.startswith("PROD_") and (m := re.search(r"\d{4}$", c))}
    return {y for y in table.frame["Year"].drop_nulls().unique() if re.fullmatch(r"\d{4}", y)}


class _Reading:
    """One reading of the files, newest release first: what an older one says of the same fact gives way to it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.found: dict[tuple[str, ...], Claim] = {}
        self.goods: dict[str, None] = {}
        self.covered: dict[tuple[str, str, str], str] = {}  # groups of production, with the file that spoke of them first
        # What became of each row: several years of one row can end differently, and the best counts.
        self.loaded: set[tuple[str, int]] = set()
        self.merged: set[tuple[str, int]] = set()
        self.refused: dict[tuple[str, int], tuple[Table, str, str]] = {}

    def claims(self, tables: Sequence[Table]) -> list[Claim]:
        for table in tables:
            groups: _Groups = defaultdict(_Group)
            reliance: list[tuple[int, str, str, str, str]] = []
            if table.layout.name == "world data":
                self.world_data(table, groups)
            else:
                self.commodities(table, groups, reliance)
            for key, group in groups.items():
                self.production(key, group)
            self.reliance(table, reliance)
        account = self.reader.account
        account.merged += len(self.merged - self.loaded)
        for place, (table, reason, detail) in self.refused.items():
            if place not in self.loaded and place not in self.merged:
                account.reject(table, place[1], reason, detail)
        return [*self.described(), *self.found.values()]

    def described(self) -> Iterator[Claim]:
        """The goods that are spoken of, and the wider goods that they are part of."""
        pending, done = list(self.goods), set()
        while pending:
            good = pending.pop(0)
            if good in done:
                continue
            done.add(good)
            row = _goods()[good]
            stages = {rule.stage for rule in _rules() if rule.good == good}
            yield self.reader.claim("Good", [good], {"name": row["name"]} | ({"stage": stages.pop()} if len(stages) == 1 else {}))
            if row["part_of"]:
                pending.append(row["part_of"])
                yield self.reader.claim("PART_OF", [good, row["part_of"]], {})

    def refuse(self, table: Table, row: int, reason: str, detail: object = "") -> None:
        self.refused.setdefault((table.file, row), (table, reason, str(detail)))

    def state(self, cell: str, year: str) -> tuple[str, str]:
        """The state and the qualification that stands with its name in brackets."""
        try:
            return self.reader.state("name", cell, f"{year}-12-31"), ""
        except UnknownStateError:
            bare, _, qualified = cell.partition(" (")
            if not qualified:
                raise
            return self.reader.state("name", bare, f"{year}-12-31"), qualified.rstrip(")")

    def add(self, table: Table, row: int, type_: str, key: list[str], values: Mapping[str, Value]) -> None:
        place = (table.file, row)
        known = self.found.get((type_, *key))
        if known is None:
            self.found[type_, *key] = self.reader.claim(type_, key, values, table=table, row=row)
            self.loaded.add(place)
        elif (known.origin and known.origin.file != table.file) or known.values == values:
            self.merged.add(place)
        else:
            self.refuse(table, row, "stated twice with different figures", " ".join(key))

    # -- layouts --

    def world_data(self, table: Table, groups: _Groups) -> None:
        columns = [c for c in table.header if c.startswith("PROD_") and re.search(r"\d{4}$", c)]
        for row, commodity, country, type_, unit, note, *texts in table.rows(
            "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_NOTES", *columns
        ):
            country, what, note = _tidy(country), _tidy(type_), _tidy(note)
            for wrong, right in _MISPRINTS.items():
                what = what.replace(wrong, right)
            if "capacity" in what.casefold() or "reserves" in what.casefold():
                self.refuse(table, row, "statistic not read: Capacity, Reserves", what)
                continue
            bracket = country.partition("(")[2]
            good, stage = _series("production", _tidy(commodity), f"{what} {bracket}" if _WORLD.match(country) else what)
            if not good:
                self.refuse(table, row, "series not known", f"{_tidy(commodity)}: {what}")
                continue
            scope = re.sub(r",? estimated$", "", what).rstrip(".")
            scope = scope[:1].lower() + scope[1:]
            for column, text in zip(columns, texts, strict=True):
                if not _tidy(text):
                    self.refuse(table, row, "no figure of production", note)
                    continue
                reported = "report" in note.casefold() and "estimat" not in note.casefold()
                estimated = "EST" in column or (what.endswith("estimated") and not reported) or "estimat" in note.casefold()
                cell = _Cell(table, row, country, _tidy(text), _unit(good, unit), scope, estimated, note)
                self.sort(groups[good, stage, column[-4:]], cell)

    def commodities(self, table: Table, groups: _Groups, reliance: list[tuple[int, str, str, str, str]]) -> None:
        for row, commodity, section, country, statistic, detail, unit, year, value, note, other in table.rows(
            "Commodity", "Section", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value", "Notes",
            "Other notes",
        ):  # fmt: skip
            commodity, section, statistic, detail = _tidy(commodity), _tidy(section), _tidy(statistic), _tidy(detail)
            year, value = _tidy(year), _tidy(value)
            if section == "Import Sources":
                self.imports(table, row, commodity, _tidy(country), detail, year, value, _tidy(note), _tidy(other))
                continue
            if statistic == "Net import reliance":
                good, _ = _series("reliance", commodity, detail)
                if good:
                    reliance.append((row, good, detail, year, value))
                else:
                    self.refuse(table, row, "series not known", f"{commodity}: {detail}")
                continue
            if statistic != "Production" or not section.startswith("World"):
                where = "" if section.startswith("World") else " of the United States"
                self.refuse(table, row, f"statistic not read: {statistic}{where}", f"{commodity}: {detail}")
                continue
            good, stage = _series("production", commodity, detail)
            if not good:
                self.refuse(table, row, "series not known", f"{commodity}: {detail}")
                continue
            scope = _scope(detail, section, _tidy(note), _tidy(other))
            cell = _Cell(table, row, _tidy(country), value, _unit(good, unit), scope, "Estimated" in _tidy(note), _tidy(note))
            self.sort(groups[good, stage, year], cell)

    @staticmethod
    def sort(group: _Group, cell: _Cell) -> None:
        if not _RESIDUAL.match(cell.country):
            group.states.append(cell)
        else:
            (group.world if _WORLD.match(cell.country) else group.others).append(cell)

    # -- production --

    def production(self, key: tuple[str, str, str], group: _Group) -> None:
        good, stage, year = key
        file = (group.states or group.world or group.others)[0].table.file
        if self.covered.setdefault(key, file) != file:  # a newer release has the whole group anew
            self.merged.update((cell.table.file, cell.row) for cell in (*group.world, *group.others, *group.states))
            return
        total = None
        for cell in group.world:
            total = total or figure(cell.text)
        possible = total is not None and total.value > 0 and bool(group.states)
        for cell in (*group.world, *group.others):
            if figure(cell.text) is None:
                self.refuse(cell.table, cell.row, CODES.get(cell.text, "figure not understood"), cell.text)
            elif possible:
                self.merged.add((cell.table.file, cell.row))
            else:
                self.refuse(cell.table, cell.row, "total without states, or states without a world total", good)
        if total is None or not possible:
            for cell in group.states:
                self.refuse(cell.table, cell.row, "total without states, or states without a world total", f"{good}, {cell.country}")
            return
        named = self.named(group.states, year)
        how = "world total as printed (rounded)"
        if sum(p.figure.value for p in named) > total.value:
            total = _sum([*(p.figure for p in named), *(f for cell in group.others if (f := figure(cell.text)))])
            how = "total is the sum of the printed rows, as the printed world total is below the sum of the named states"
        if any("excludes u.s. production" in cell.note.casefold() for cell in group.world):
            how += ", production of the United States excluded"
        for part in named:
            words = [part.cell.scope + (f" ({part.qualified})" if part.qualified else "")]
            words += [*(["estimated"] if part.cell.estimated else []), how]
            self.goods.setdefault(good)
            self.add(part.cell.table, part.cell.row, "PRODUCES", [part.state, good, stage, _basis(part.cell.unit), year, year], {
                "share": round(part.figure.value / total.value, 6), "share_lo": round(part.figure.low / total.high, 6),
                "share_hi": round(min(1.0, part.figure.high / total.low), 6), "value": part.figure.value, "total": total.value,
                "unit": part.cell.unit, "scope": "; ".join(words), "named_largest": False,
            })  # fmt: skip

    def named(self, cells: Sequence[_Cell], year: str) -> list[_Named]:
        """The states with their figures. Of a state listed in several parts, such as two kinds of wells, the parts are added."""
        found: dict[str, _Named] = {}
        for cell in cells:
            printed = self.printed(cell)
            if printed is None:
                self.refuse(cell.table, cell.row, CODES.get(cell.text, "figure not understood"), f"{cell.text} {cell.note}".strip())
                continue
            try:
                state, qualified = self.state(cell.country, year)
            except UnknownStateError as error:
                several = " and " in cell.country
                self.refuse(cell.table, cell.row, "several states in one row" if several else "unknown state", error)
                continue
            known = found.get(state)
            if known is None:
                found[state] = _Named(state, qualified, cell, printed)
            elif qualified and known.qualified and qualified not in known.qualified:
                found[state] = _Named(state, f"{known.qualified}, {qualified}", known.cell, _sum([known.figure, printed]))
                self.merged.add((cell.table.file, cell.row))
            elif printed == known.figure:
                self.merged.add((cell.table.file, cell.row))
            else:
                self.refuse(cell.table, cell.row, "stated twice with different figures", f"{cell.country} {year}")
        return list(found.values())

    @staticmethod
    def printed(cell: _Cell) -> _Figure | None:
        if cell.text == "s" and "½ unit" in cell.note:
            return _Figure(0.0, 0.0, 0.5)
        return figure(cell.text)

    # -- the United States --

    def imports(
        self, table: Table, row: int, commodity: str, country: str, detail: str, period: str, value: str, note: str, other: str
    ) -> None:
        good, stage = _series("imports", commodity, detail)
        if not good:
            self.refuse(table, row, "series not known", f"{commodity}: {detail}")
            return
        years = _PERIOD.fullmatch(period)
        if years is None:
            self.refuse(table, row, "period not understood", period)
            return
        first, last = years.group(1), years.group(2)
        last = first[:2] + last if len(last) == 2 else last
        bound, number = (value[:1], value[1:]) if value[:1] in "<>" and value else ("", value)
        if not re.fullmatch(r"\d{1,3}(\.\d+)?", number) or float(number) > 100:
            self.refuse(table, row, CODES.get(value, "figure not understood"), value)
            return
        if _RESIDUAL.match(country):
            self.merged.add((table.file, row))
            return
        try:
            supplier, qualified = self.state(country, last)
        except UnknownStateError as error:
            self.refuse(table, row, "several states in one row" if " and " in country else "unknown state", error)
            return
        share = float(number) / 100
        half = 0.5 * 10.0 ** -(2 + len(number.partition(".")[2]))
        low, high = {"<": (0.0, share), ">": (share, 1.0)}.get(bound, (max(0.0, share - half), min(1.0, share + half)))
        about = "" if detail == "All" else f": {detail[:1].lower()}{detail[1:]}"
        words = [f"imports for consumption{about}", *([f"{qualified}"] if qualified else []), *([f"printed as {value}"] if bound else [])]
        words += [note[:200].rstrip()] if note else []
        basis = "value" if good in BY_VALUE else _basis(other)
        self.goods.setdefault(good)
        self.add(table, row, "DEPENDS_ON", ["USA", supplier, good, stage, basis, first, last], {
            "share": round(share, 6), "share_lo": round(low, 6), "share_hi": round(high, 6), "scope": "; ".join(words),
            "named_largest": True,
        })  # fmt: skip

    def reliance(self, table: Table, rows: Sequence[tuple[int, str, str, str, str]]) -> None:
        """Net import reliance as an indicator; a bound ('>95') or a net exporter ('E') is no number."""
        codes = CODES | {"E": "net exporter (E), no figure"}
        printed = Counter((good, year) for _, good, _, year, value in rows if _NUMBER.fullmatch(value))
        for row, good, detail, year, value in rows:
            if not _NUMBER.fullmatch(value):
                reason = "net import reliance printed as a bound" if value[:1] in ("<", ">") else codes.get(value, "figure not understood")
                self.refuse(table, row, reason, f"{good} {year}: {value}")
                continue
            if printed[good, year] > 1:
                self.refuse(table, row, "series not told apart in the file", f"{good} {year}: {value}")
                continue
            of = re.search(r"(apparent|reported|estimated) consumption", detail)
            unit = f"% of {of.group()}" if of else "%"
            id_ = f"usgs-net-import-reliance-{good}"
            name = f"Net import reliance of the United States: {_goods()[good]['name']}"
            self.found.setdefault(("Indicator", id_), self.reader.claim("Indicator", [id_], {"name": name, "unit": unit}))
            self.add(table, row, "OBSERVED", ["USA", id_, year], {"value": float(value.replace(",", "")), "unit": unit})


def _unit(good: str, unit: str | None) -> str:
    """The printed unit. The world data of the 2025 edition have some a thousand times too small, as its chapters and those of 2026 show."""
    text = _tidy(unit).replace("thousands of carats", "thousand carats")
    return "thousand metric tons" if good in MISPRINTED_UNITS and text in ("", "metric tons") else text


def _scope(detail: str, section: str, note: str, chapter: str) -> str:
    """The printed kind of production and what is weighed, as the row, its table or its chapter say it."""
    scope = re.sub(r"[:,] rounded$", "", detail).replace("—", ", ").replace("Production", "production")
    scope = re.sub(r",? ?\((?:million|thousand)[a-z ]*?(?:, ([^)]*))?\)", lambda m: f", {m.group(1)}" if m.group(1) else "", scope)
    scope = scope[:1].lower() + scope[1:]
    if re.search(r"content|gross weight|equivalent", scope, re.IGNORECASE):
        return scope
    table = re.search(r"\(([^)]*(?:content|gross weight))\)", section)
    weighed = re.search(r"[Gg]ross weight(?: of [a-z]+)?", note)
    if table:
        return f"{scope}, {table.group(1)}"
    if weighed:
        return f"{scope}, {weighed.group().lower()}"
    content = re.match(r"\(Data in [^,()]*, ([^;]*?),? unless otherwise", chapter)
    said = content.group(1) if content else ""
    return scope if said in ("", "metal", "usable ore") else f"{scope}, {said}"


def _basis(unit: str) -> str:
    text = unit.split(" unless ")[0].casefold()
    if "dollar" in text:
        return "value"
    return "volume" if "cubic" in text or "liter" in text else "mass"


SOURCE = _Usgs(__file__)
