"""Any table (CSV, workbook, parquet) or network (GraphML, GEXF, edge list) by a mapping that the user writes.

``--from`` names a folder that holds ``mapping.yml`` beside the data, or the mapping itself. The mapping describes the dataset and says, for
each of pactgraph's own tables that it fills, which column of the data goes into which column of the table:

.. code-block:: yaml

    id: my-trade
    title: My trade data
    covers_until: "2020"
    missing: ["-9"]
    tables:
      - table: goods
        rows: [{id: wheat, name: Wheat, stage: product}]
      - table: flows
        file: trade.csv
        states: iso3
        where: {flow: import}
        columns: {importer: reporter, supplier: partner, from_year: year, to_year: year, share: share}
        constants: {good: wheat, stage: product, basis: value}

A network has the columns ``source`` and ``target``, those of its edges' attributes, and those of its nodes with ``source_`` and ``target_``
before them. With ``year: COLUMN`` the rows of a panel become spells of consecutive years.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from graph_loader import dates
from graph_loader.checks import Problems, check_order_in_time
from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import Identity, UnknownStateError
from graph_loader.schema import Property, Value, valid_id
from graph_loader.sources.base import Reading, digest_of
from graph_loader.sources.files import FileSource, Layout, Reader, Table, read_tables
from graph_loader.sources.package import TABLES, ReadTables, RowReader
from graph_loader.sources.package import Table as OwnTable

MAPPING = "mapping.yml"
SCHEMES = ("name", "cow", "cowc", "gw", "iso2", "iso3", "iso3n")
NETWORKS = (".graphml", ".gexf", ".edgelist", ".edges")
NOTHING = ("", "NA", "N/A", "n.a.", "..", "NaN", "nan", "null", "None")
_OWN = {table.name: table for table in TABLES}
_INFO = tuple(f for f in SourceInfo.__dataclass_fields__ if f != "dataset")
_ENTRY = ("table", "file", "rows", "columns", "constants", "where", "states", "year", "missing")
_STATES = ("state", "participant")


@dataclass(frozen=True)
class _Entry:
    """One table of pactgraph that the mapping fills."""

    table: OwnTable
    file: str
    rows: tuple[Mapping[str, str], ...]
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    where: Mapping[str, frozenset[str]]
    states: str
    year: str
    missing: frozenset[str]

    def needed(self) -> list[str]:
        return list(dict.fromkeys([*self.columns.values(), *self.where, *([self.year] if self.year else [])]))


class _Table(FileSource):
    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        raise NotImplementedError  # the layout is not known before the mapping is read

    def digest(self, path: Path | None) -> str:
        if path is None or not path.exists():
            return ""
        file = _mapping_file(path)
        return digest_of([file, *(p for p in file.parent.rglob("*") if p.is_file() and p != file)])

    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        """Read the data by their mapping.

        Raises
        ------
        UsageError
            Without a path.
        DataError
            With one message that names the mapping and what to correct, or the data file.
        """
        if path is None:
            raise UsageError(f"table reads your own data: pactgraph load table --from FOLDER, with a {MAPPING} in the folder; see the docs")
        file = _mapping_file(path)
        info, entries = read_mapping(file)
        work = _Work(info, identity, known, file)
        work.listed(entries)
        notes = work.files(entries)
        problems = Problems()
        check_order_in_time(work.claims, info.covers_until, problems)
        problems.raise_if_any()
        account = work.reader.account
        return Reading(info, work.claims, [], account.read, account.rejected, account.merged, notes)


def _mapping_file(path: Path) -> Path:
    file = path / MAPPING if path.is_dir() else path
    if not file.is_file() or file.suffix not in (".yml", ".yaml"):
        raise DataError(f"{path}: give a folder that holds {MAPPING} beside the data, or the mapping itself; the docs show one")
    return file


# -- the mapping ------------------------------------------------------------------------------------------------------


def read_mapping(file: Path) -> tuple[SourceInfo, list[_Entry]]:
    """The dataset and the tables that the mapping fills."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: not readable as YAML ({str(error).splitlines()[0]}); correct it") from error
    if not isinstance(content, dict) or not isinstance(content.get("tables"), list) or not content["tables"]:
        raise DataError(f"{file}: needs id, title and tables, a list of what to make; the docs show one")
    fields = {str(k): v for k, v in content.items() if k not in ("tables", "missing")}
    unknown = sorted(set(fields) - set(_INFO))
    if unknown or not isinstance(fields.get("title"), str) or not valid_id(str(fields.get("id", ""))):
        wrong = f"unknown {', '.join(unknown)}" if unknown else "id and title are needed; an id has letters, digits, '.', '_' and '-'"
        raise DataError(f"{file}: {wrong}; it knows {', '.join(_INFO)}, missing, tables")
    if not isinstance(fields.get("precedence", 100), int):
        raise DataError(f"{file}, precedence: '{fields['precedence']}' is not a whole number")
    said = {k: v if k == "precedence" else _word(v) for k, v in fields.items()}
    try:
        dates.until(str(said.get("covers_until", "..")))
        dates.since(str(said.get("covers_from", "")))
        dates.since(str(said.get("released", "")))
    except dates.DateError as error:
        raise DataError(f"{file}: {error}") from error
    info = SourceInfo(**(said | {"dataset": str(said["id"])}))  # type: ignore[arg-type]
    missing = content.get("missing") or []
    return info, [_entry(item, missing, f"{file}, table {n}") for n, item in enumerate(content["tables"], start=1)]


def _entry(item: Any, missing: Any, where: str) -> _Entry:
    if not isinstance(item, dict) or item.get("table") not in _OWN:
        raise DataError(f"{where}: 'table' must be one of {', '.join(_OWN)}")
    own = _OWN[item["table"]]
    where = f"{where} ({own.name})"
    unknown = sorted(str(k) for k in set(item) - set(_ENTRY))
    if unknown:
        raise DataError(f"{where}: unknown {', '.join(unknown)}; it knows {', '.join(_ENTRY)}")
    columns, constants, conditions = (_words(item.get(name), f"{where}, {name}") for name in ("columns", "constants", "where"))
    rows = item.get("rows") or []
    if not isinstance(rows, list) or bool(rows) == bool(columns):
        raise DataError(f"{where}: needs either columns (own column: column of the data) or rows, a list of them")
    filled = [set(columns) | set(constants)] if columns else [set(_words(row, where)) | set(constants) for row in rows]
    for names in filled:
        strange = sorted(names - set(own.columns))
        lacking = [c for c in own.key if c not in names]
        if strange or lacking:
            wrong = f"no column {', '.join(strange)}" if strange else f"{', '.join(lacking)} lacking"
            raise DataError(f"{where}: {wrong}; the table has {', '.join(own.columns)}")
    scheme = str(item.get("states", "name"))
    if scheme not in SCHEMES:
        raise DataError(f"{where}, states: '{scheme}' is not one of {', '.join(SCHEMES)}")
    year = _word(item.get("year"))
    if year and ("since" not in own.columns or "since" in columns or "until" in columns):
        raise DataError(f"{where}, year: is for tables with since and until, in place of these two")
    skipped = item.get("missing", missing)
    if not isinstance(skipped, list):
        raise DataError(f"{where}, missing: must be a list of cells that mean 'not known'")
    return _Entry(
        own, _word(item.get("file")), tuple({k: str(v) for k, v in _words(row, where).items()} for row in rows), columns, constants,
        {k: frozenset(v.split("|")) for k, v in conditions.items()}, scheme, year, frozenset({*NOTHING, *map(_word, skipped)}),
    )  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _words(value: Any, where: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or any(isinstance(v, (dict, set)) for v in value.values()):
        raise DataError(f"{where}: must be a mapping of names to names or values")
    between = "|" if where.endswith("where") else ";"
    return {str(k): between.join(map(_word, v)) if isinstance(v, list) else _word(v) for k, v in value.items()}


# -- the data ---------------------------------------------------------------------------------------------------------


class _Cells(RowReader):
    """A row as pactgraph's own layout reads it; what is wrong is kept instead of being fatal."""

    def __init__(self, file: str, number: int, row: dict[str, str], state: ReadTables) -> None:
        super().__init__(file, number, row, state)
        self.wrong: tuple[str, str] | None = None

    def fail(self, column: str, text: str) -> None:
        self.failed = True
        self.wrong = self.wrong or (column, text)

    def number(self, prop: Property, text: str) -> float | None:
        """Measured values can be negative, which the amounts of flows cannot."""
        if prop.name == "value" and "indicator" in self.row:
            try:
                value = float(text)
            except ValueError:
                value = math.nan
            if math.isfinite(value):
                return value
        return super().number(prop, text)


@dataclass
class _Panel:
    """The years of one key with the same values, by the entry that reads them."""

    table: OwnTable
    claim: Claim
    years: dict[int, tuple[Table, int]] = field(default_factory=dict)


class _Work:
    def __init__(self, info: SourceInfo, identity: Identity, known: frozenset[str], file: Path) -> None:
        self.reader, self.file = Reader(info, identity, known), file
        self.own = ReadTables(info.id, identity, known, Problems())
        self.claims: list[Claim] = []
        self.seen: dict[tuple[str, tuple[str, ...]], list[dict[str, Value]]] = defaultdict(list)

    def listed(self, entries: Sequence[_Entry]) -> None:
        """The rows that the mapping itself holds; a mistake in them is one in the mapping."""
        for entry in entries:
            for number, row in enumerate(entry.rows, start=1):
                cells = _Cells(self.file.name, number, self.complete(entry, {**entry.constants, **row}), self.own)
                claim = cells.claim(entry.table, defaultdict(int))
                if claim is None or cells.wrong:
                    column, text = cells.wrong or ("", "not understood")
                    raise DataError(f"{self.file}, table {entry.table.name}, row {number}, column {column}: {text}")
                self.add(entry.table, claim, cells.structural(entry.table, claim))
                self.describe(claim)

    def describe(self, claim: Claim) -> None:
        if claim.type in ("State", "Bloc", "Actor"):
            self.own.known |= {claim.key[0]}

    def files(self, entries: Sequence[_Entry]) -> list[str]:
        """The data files, each read once by all entries that name it."""
        by_file: dict[str, list[_Entry]] = defaultdict(list)
        for entry in entries:
            if entry.columns:
                by_file[entry.file or self.only_file()].append(entry)
        notes: list[str] = []
        for name, own in by_file.items():
            tables, said = self.tables(name, own)
            notes += said
            order = sorted(own, key=lambda e: list(_OWN).index(e.table.name))
            for table in tables:
                self.reader.account.read += table.frame.height
                self.table(table, order)
        return notes

    def only_file(self) -> str:
        found = [p.name for p in sorted(self.file.parent.iterdir()) if p.is_file() and p != self.file and not p.name.startswith(".")]
        if len(found) != 1:
            beside = ", ".join(found[:5]) or "none"
            raise DataError(f"{self.file}: names no file, and beside it are {beside}; add 'file: NAME' to its tables")
        return found[0]

    def tables(self, name: str, entries: Sequence[_Entry]) -> tuple[list[Table], list[str]]:
        layout = Layout("mapping", tuple(dict.fromkeys(c for e in entries for c in e.needed())))
        path = self.file.parent / name
        if path.suffix.lower() in NETWORKS and path.is_file():
            return _network(path, layout)
        return read_tables(path, [layout])

    def table(self, table: Table, entries: Sequence[_Entry]) -> None:
        columns = list(dict.fromkeys(c for e in entries for c in e.needed()))
        panels: dict[tuple[Any, ...], _Panel] = {}
        last = 0
        for row, *cells in table.rows(*columns):
            data = {c: _word(cell).strip() for c, cell in zip(columns, cells, strict=True)}
            outcome, wrong = "", ("no table of the mapping takes the row", "")
            for entry in entries:
                if any(data[c] not in allowed for c, allowed in entry.where.items()):
                    continue
                done, problem = self.row(table, row, entry, data, panels)
                outcome = "loaded" if "loaded" in (outcome, done) else outcome or done
                wrong = problem or wrong
                last = max(last, int(data[entry.year])) if done and entry.year else last
            if not outcome:
                self.reader.account.reject(table, row, *wrong)
            self.reader.account.merged += outcome == "merged"
        self.panels(panels, last)

    def row(
        self, table: Table, row: int, entry: _Entry, data: Mapping[str, str], panels: dict[tuple[Any, ...], _Panel]
    ) -> tuple[str, tuple[str, str] | None]:
        """Whether the row is loaded or merged by one entry of the mapping, or what is wrong with it."""
        said = {own: "" if data[column] in entry.missing else data[column] for own, column in entry.columns.items()}
        year = data[entry.year] if entry.year else ""
        if entry.year and not (year.isascii() and year.isdigit() and 0 < int(year) < 9999):
            return "", ("no year", year)
        own = self.complete(entry, {**entry.constants, **said})
        cells = _Cells(table.file, row, own, self.own)
        on = f"{int(year):04}-12-31" if year else cells.day()
        for column, kind in entry.table.key.items():
            if kind in _STATES and entry.states != "name" and own[column] and own[column] not in self.own.known:
                try:
                    own[column] = self.reader.state(entry.states, own[column], on)
                except UnknownStateError as error:
                    return "", ("unknown state", str(error))
        if year:
            own["since"], own["until"] = f"{int(year):04}", ""
        claim = cells.claim(entry.table, defaultdict(int))
        if claim is None or cells.wrong:
            column, text = cells.wrong or ("", "not understood")
            return "", (f"column {column} not understood", text)
        self.describe(claim)
        if not year:
            outcome = self.add(entry.table, claim, cells.structural(entry.table, claim))
            return outcome, None if outcome else ("stated twice with different values", ", ".join(claim.key))
        values = {k: v for k, v in claim.values.items() if not k.endswith("_edtf")}
        same = (claim.type, claim.key, tuple(sorted((k, str(v)) for k, v in values.items())))
        panel = panels.setdefault(same, _Panel(entry.table, claim))
        begun = bool(panel.years)
        panel.years.setdefault(int(year), (table, row))
        return "merged" if begun else "loaded", None

    @staticmethod
    def complete(entry: _Entry, said: Mapping[str, str]) -> dict[str, str]:
        """The row with every column that the own layout expects, and the optional ones that were given."""
        own = {c: said.get(c, "") for c in entry.table.columns if c in said or c not in entry.table.optional}
        if "until" in own and "until" not in said:
            own["until"] = ".."
        return own

    def add(self, own: OwnTable, claim: Claim, structural: Sequence[Claim]) -> str:
        """Loaded; merged when it says nothing new; '' when it contradicts what was said of a fact that has no spells."""
        earlier = self.seen[claim.type, claim.key]
        values = dict(claim.values)
        if values in earlier:
            return "merged"
        if earlier and not own.spell:
            return ""
        earlier.append(values)
        self.claims.append(replace(claim, spell=max(claim.spell, len(earlier))))
        for other in structural:
            if {} not in self.seen[other.type, other.key]:
                self.seen[other.type, other.key].append({})
                self.claims.append(other)
        return "loaded"

    def panels(self, panels: Mapping[tuple[Any, ...], _Panel], last: int) -> None:
        """Spells of consecutive years; one that reaches the last year of the data goes on."""
        for panel in panels.values():
            for first, final in _runs(sorted(panel.years)):
                ends: dict[str, Value] = {"since_edtf": f"{first:04}", "until_edtf": ".." if final == last else f"{final:04}"}
                table, row = panel.years[first]
                spell = self.reader.claim(panel.claim.type, panel.claim.key, {**panel.claim.values, **ends}, table=table, row=row)
                self.add(panel.table, spell, [])


def _runs(years: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = previous = years[0]
    for year in years[1:]:
        if year != previous + 1:
            yield first, previous
            first = year
        previous = year
    yield first, previous


def _network(path: Path, layout: Layout) -> tuple[list[Table], list[str]]:
    """The edges of a network as a table."""
    import networkx as nx

    readers: dict[str, Any] = {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}
    try:
        graph = readers.get(path.suffix.lower(), nx.read_edgelist)(path)
    except Exception as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise DataError(f"{path}: cannot be read as a network ({lines[0][:160]}); is the file whole?") from error
    rows = []
    for source, target, data in graph.edges(data=True):
        ends = {f"{side}_{k}": _word(v) for side, node in (("source", source), ("target", target)) for k, v in graph.nodes[node].items()}
        rows.append({"source": str(source), "target": str(target), "directed": _word(graph.is_directed())} | ends
                    | {str(k): _word(v) for k, v in data.items()})  # fmt: skip
    names = list(dict.fromkeys(["source", "target", "directed", *(k for row in rows for k in row)]))
    lacking = [c for c in layout.columns if c not in names]
    if lacking:
        raise DataError(f"{path}: the network has no {', '.join(lacking)}; it has {', '.join(names[:20])}")
    frame = pl.DataFrame([[row.get(n) for n in names] for row in rows], schema=dict.fromkeys(names, pl.String), orient="row")
    frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"))
    return [Table(path.name, layout, frame, tuple(names))], [f"{path.name}: network of {len(rows)} edges; rows are counted by edge"]


SOURCE = _Table(__file__)
