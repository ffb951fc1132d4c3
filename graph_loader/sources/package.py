"""A folder of CSV files in pactgraph's own layout, with its source.yml: the bundled data are one, a user's own data another.

Each row states one fact. evidence.csv says which document (documents.csv) confirms which of its properties; those become claims of
the document. What no document confirms, such as our coding of a treaty's type, is a claim of the dataset itself.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from graph_loader import dates
from graph_loader.checks import Problems, check_order_in_time, check_promises
from graph_loader.claims import Claim, Provenance, SourceInfo
from graph_loader.errors import DataError
from graph_loader.identity import Identity, UnknownStateError
from graph_loader.schema import LINK_TYPES, NODE, RELATIONSHIP, Property, Value, claimable, fact_id, properties_of, valid_id
from graph_loader.sources.base import Reading, digest_of

_DATED = ("since", "until", "date")


@dataclass(frozen=True)
class Table:
    """One CSV file: the type of fact its rows state, the columns that are its key, and how key columns are read.

    ``key`` maps a column to ``state``, ``participant``, ``id`` or ``word``. ``optional`` columns may be left out of the file.
    """

    name: str
    type: str
    key: Mapping[str, str]
    values: tuple[str, ...] = ()
    spell: str = ""
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *((self.spell,) if self.spell else ()), *self.values)


_FLOW_VALUES = ("share", "share_lo", "share_hi", "value", "total", "unit", "scope", "named_largest")
_FLOW_OPTIONAL = ("share_lo", "share_hi", "value", "total", "unit", "scope", "named_largest")

TABLES: tuple[Table, ...] = (
    Table("states", "State", {"id": "id"}, ("name", "iso2", "iso3", "cow", "gw", "region", "kind", "spells")),
    Table("succession", "SUCCEEDED_BY", {"predecessor": "state", "successor": "state"}, ("date", "kind")),
    Table("blocs", "Bloc", {"id": "id"}, ("name", "kind", "since", "until", "part_of"), optional=("part_of",)),
    Table("actors", "Actor", {"id": "id"}, ("name", "kind")),
    Table("memberships", "MEMBER_OF", {"state": "participant", "bloc": "id"}, ("role", "suspended", "since", "until"), "spell",
          optional=("spell", "role", "suspended")),
    Table("instruments", "Instrument", {"id": "id"}, (
        "title", "official_label", "form", "type", "domains", "binding", "obligations", "scope", "thickness", "coding_reason", "derives",
        "founds"), optional=("official_label", "scope", "thickness", "coding_reason", "founds")),
    Table("events", "Event", {"instrument": "id", "kind": "word"}, ("date",), "n", optional=("n",)),
    Table("parties", "PARTY_TO", {"party": "participant", "instrument": "id"}, ("role", "side", "since", "until"), "spell",
          optional=("spell", "role", "side")),
    Table("links", "", {"from": "id", "type": "word", "to": "id"}),
    Table("goods", "Good", {"id": "id"}, ("name", "stage", "hs", "hs_revision", "part_of"), optional=("hs", "hs_revision", "part_of")),
    Table("flows", "DEPENDS_ON", {"importer": "participant", "supplier": "participant", "good": "id", "stage": "word", "basis": "word",
                                  "from_year": "year", "to_year": "year"}, _FLOW_VALUES, optional=_FLOW_OPTIONAL),
    Table("production", "PRODUCES", {"state": "state", "good": "id", "stage": "word", "basis": "word",
                                     "from_year": "year", "to_year": "year"}, _FLOW_VALUES, optional=_FLOW_OPTIONAL),
    Table("ties", "", {"start": "participant", "end": "participant", "domain": "word", "kind": "word"},
          ("label", "obligations", "mutual", "since", "until"), "spell", optional=("spell", "label", "obligations", "mutual")),
    Table("indicators", "Indicator", {"id": "id"}, ("name", "unit")),
    Table("observations", "OBSERVED", {"state": "state", "indicator": "id", "year": "year"}, ("value", "unit"), optional=("unit",)),
)  # fmt: skip
DOCUMENT_COLUMNS = ("id", "title", "publisher", "version", "url", "licence", "citation")
EVIDENCE_COLUMNS = ("fact", "property", "source", "locator", "seen", "matched", "value")
_META_COLUMNS = ("covers_from", "covers_until")
_IGNORED = ("state_names", "state_codes")  # read by identity


@dataclass
class ReadTables:
    """What the rows of one folder state: ``structural`` claims follow from columns such as part_of and founds."""

    dataset: str
    identity: Identity
    known: frozenset[str]
    problems: Problems
    claims: list[Claim] = field(default_factory=list)
    structural: list[Claim] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


class PackageSource:
    """A source in pactgraph's own layout.

    Parameters
    ----------
    folder : Path
        Where the bundled copy is; ``read`` can be given another one. It can also be one CSV file.
    described : Path, optional
        The YAML file that describes a single CSV file; a folder holds its source.yml itself.
    """

    def __init__(self, folder: Path, described: Path | None = None) -> None:
        self._folder, self._yaml = folder, described

    def info(self) -> SourceInfo:
        return _read_info(_place(self._folder, self._yaml).described)[0]

    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        """Read every table of the folder.

        Raises
        ------
        DataError
            One message with file, row, column and remedy; nothing is returned of a dataset with an error.
        """
        place = _place(path or self._folder, self._yaml)
        info, read, documents = stated(place, identity, known)
        problems = Problems()
        claims = _with_evidence(place.table("evidence"), read.claims + read.structural, documents, info, problems)
        problems.raise_if_any()
        return Reading(info, claims, list(documents.values()), sum(read.counts.values()))

    def digest(self, path: Path | None) -> str:
        place = _place(path or self._folder, self._yaml)
        return digest_of(p for p in (place.described, *place.files) if p.is_file())


@dataclass(frozen=True)
class Place:
    """Where a dataset lies: its description and its CSV files. ``named``: the table of a single file that bears another name."""

    root: Path
    described: Path
    files: tuple[Path, ...]
    named: str = ""

    def table(self, name: str) -> Path:
        """The file of that table; it need not be there."""
        if self.named:
            return self.root if name == self.named else self.root.parent / f"no {name}"
        return self.root / f"{name}.csv"


def place_of(path: Path, described: Path | None = None) -> Place:
    """The place of a dataset: a folder with source.yml, or a single CSV file with the YAML file that describes it.

    Raises
    ------
    DataError
        When the header of a single file is none of the tables', or its description is missing.
    """
    return _place(path, described)


def _place(path: Path, described: Path | None) -> Place:
    if path.is_dir() or not path.is_file():
        return Place(path, described or path / "source.yml", tuple(sorted(path.glob("*.csv"))))
    if described is None:
        remedy = "--source FILE.yml with id and title ('pactgraph sources new' writes one)"
        raise DataError(f"{path}: a single file needs its description: {remedy}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = set(next(csv.reader(file), []))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error})") from error
    for table in TABLES:
        if set(_required(table)) <= header <= set(table.columns):
            return Place(path, described, (path,), table.name)
    nearest = max(TABLES, key=lambda t: len(header & set(t.columns)) - len(header - set(t.columns)))
    raise DataError(f"{path}, row 1: its columns are those of no table; the nearest, {nearest.name}, has {','.join(nearest.columns)}")


def stated(place: Place, identity: Identity, known: frozenset[str]) -> tuple[SourceInfo, ReadTables, dict[str, SourceInfo]]:
    """What the rows of a dataset state, before its evidence is joined: the dataset, its claims, its documents."""
    info, promises = _read_info(place.described)
    files = place.files
    if not files:
        raise DataError(f"{place.root}: no CSV file in this folder; it takes {', '.join(t.name + '.csv' for t in TABLES)}")
    problems = Problems()
    names = {t.name for t in TABLES} | {"documents", "evidence"}
    for file in files:
        if file.stem not in names and file.stem not in _IGNORED and not place.named:
            problems.add(file.name, None, None, f"is no table of the layout; expected one of {', '.join(sorted(names))}")
    problems.raise_if_any()
    described = _described(place, problems)
    problems.raise_if_any()
    read = ReadTables(info.id, identity, known | described, problems)
    for table in TABLES:
        _read_table(place.table(table.name), table, read)
    problems.raise_if_any()
    check_promises(promises, read.counts, str(place.described), problems)
    check_order_in_time(read.claims, info.covers_until, problems)
    problems.raise_if_any()
    documents = _read_documents(place.table("documents"), info, problems)
    problems.raise_if_any()
    return info, read, documents


def _read_info(file: Path) -> tuple[SourceInfo, dict[str, dict[str, int]]]:
    if not file.parent.is_dir():
        raise DataError(f"{file.parent}: no such folder; give a folder that holds source.yml and CSV files")
    if not file.is_file():
        raise DataError(f"{file}: missing; it names the dataset: id, title, publisher, version, licence, citation, covers_until")
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: not readable as YAML ({str(error).splitlines()[0]}); correct it") from error
    if not isinstance(content, dict):
        raise DataError(f"{file}: must be a mapping with at least id and title")
    promises = _promises(content.pop("promises", None), file)
    allowed = set(SourceInfo.__dataclass_fields__) - {"dataset"}
    unknown = sorted(str(name) for name in set(content) - allowed)
    if unknown or "id" not in content or "title" not in content:
        raise DataError(f"{file}: needs id and title, and knows only {', '.join(sorted(allowed))}, promises" + (
            f"; unknown: {', '.join(unknown)}" if unknown else ""))  # fmt: skip
    if not valid_id(str(content["id"])):
        raise DataError(f"{file}, id: '{content['id']}' is no id; use letters, digits, '.', '_' and '-'")
    fields = {key: (value if key == "precedence" else str(value if value is not None else "")) for key, value in content.items()}
    if not isinstance(fields.get("precedence", 100), int):
        raise DataError(f"{file}, precedence: '{fields['precedence']}' is not a whole number")
    try:
        dates.until(str(fields.get("covers_until", "..")))
        dates.since(str(fields.get("covers_from", "")))
        released = str(fields.get("released", ""))
        if released and len(released) != 10:
            raise dates.DateError(f"'{released}' is not a day; write 2026-11-22")
        dates.since(released)
    except dates.DateError as error:
        raise DataError(f"{file}: {error}") from error
    return SourceInfo(**(fields | {"dataset": str(fields["id"])})), promises  # type: ignore[arg-type]


def _promises(content: Any, file: Path) -> dict[str, dict[str, int]]:
    """The promised numbers of rows, by table: ``memberships: {min: 120}``."""
    tables = {t.name for t in TABLES}
    promises = {} if content is None else content
    if not isinstance(promises, dict) or not all(
        name in tables and isinstance(bounds, dict) and all(k in ("min", "max") and type(v) is int for k, v in bounds.items())
        for name, bounds in promises.items()
    ):
        raise DataError(f"{file}, promises: must give min or max rows for tables, such as memberships: {{min: 120}}")
    return promises


def _rows(file: Path, required: tuple[str, ...], optional: tuple[str, ...], problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with their line numbers; a wrong header is one problem and no rows."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(file.name, text_line(file, error.start), None, "is not UTF-8; save the file as UTF-8")
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        missing = [c for c in required if c not in header]
        extra = [c for c in header if c not in (*required, *optional)]
        if missing or extra or len(set(header)) != len(header):
            wrong = [f"missing {', '.join(missing)}"] * bool(missing) + [f"unknown {', '.join(map(repr, extra))}"] * bool(extra)
            wrong += ["a column twice"] * (len(set(header)) != len(header))
            problems.add(file.name, 1, None, f"wrong header ({'; '.join(wrong)}); it must be {','.join((*required, *optional))}")
            return
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                problems.add(file.name, reader.line_num, None, f"{len(cells)} cells under {len(header)} columns; quote cells with commas")
                continue
            yield reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        problems.add(file.name, reader.line_num, None, f"not readable as CSV ({error}); quote cells that hold quotes or line breaks")


def text_line(file: Path, offset: int) -> int:
    """Line number of a byte offset."""
    return file.read_bytes()[:offset].count(b"\n") + 1


def _described(place: Place, problems: Problems) -> frozenset[str]:
    """Ids of the blocs and actors that this folder itself describes, so that a participant can be told from a misspelt state."""
    found: set[str] = set()
    for table in TABLES:
        file = place.table(table.name)
        if table.name in ("blocs", "actors") and file.is_file():
            found |= {row["id"] for _, row in _rows(file, _required(table), table.optional, problems)}
    return frozenset(found)


def _required(table: Table) -> tuple[str, ...]:
    return tuple(c for c in table.columns if c not in table.optional)


def _read_table(file: Path, table: Table, state: ReadTables) -> None:
    if not file.is_file():
        return
    seen: dict[tuple[str, tuple[str, ...], int], int] = {}
    ordinal: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
    state.counts[table.name] = 0
    for number, row in _rows(file, _required(table), table.optional, state.problems):
        state.counts[table.name] += 1
        reader = RowReader(file.name, number, row, state)
        claim = reader.claim(table, ordinal)
        if claim is None:
            continue
        identity = (claim.type, claim.key, claim.spell)
        if identity in seen:
            state.problems.add(file.name, number, None, f"states {', '.join(claim.key)} again, as row {seen[identity]} does; drop one")
        seen[identity] = number
        state.claims.append(claim)
        state.structural += reader.structural(table, claim)


class RowReader:
    def __init__(self, file: str, number: int, row: dict[str, str], state: ReadTables) -> None:
        self.file, self.line, self.row, self.state = file, number, row, state
        self.failed = False

    def fail(self, column: str, text: str) -> None:
        self.failed = True
        self.state.problems.add(self.file, self.line, column, text)

    def claim(self, table: Table, ordinal: dict[tuple[str, tuple[str, ...]], int]) -> Claim | None:
        key = [self.key_cell(column, kind) for column, kind in table.key.items()]
        type_ = table.type
        if table.name == "links":
            type_ = self.word("type", LINK_TYPES)
            key = [key[0], key[2]]
        elif table.name == "ties":
            type_ = self.word("domain", tuple(r for r in RELATIONSHIP if RELATIONSHIP[r].prefix == "tie"))
            key = [key[0], key[1], key[3]]
        if self.failed:
            return None
        mutual = self.row.get("mutual", "true") or "true"
        if table.name == "ties" and mutual == "true":
            key[:2] = sorted(key[:2])  # stored from the smaller to the larger id
        self.check_key_words(type_, table)
        values = self.values(type_, table)
        spell = 1
        if table.spell:
            ordinal[type_, tuple(key)] += 1
            spell = self.whole(table.spell, self.row.get(table.spell) or str(ordinal[type_, tuple(key)]), 1, 999)
        if self.failed:
            return None
        origin = Provenance(self.file, self.line)
        return Claim(type_, tuple(key), spell, self.state.dataset, self.state.dataset, values, origin=origin)

    def structural(self, table: Table, claim: Claim) -> list[Claim]:
        """Relationships that a row states besides its own fact: part_of of blocs and goods, founds of instruments."""
        found = []
        for column, type_ in (("part_of", "PART_OF"), ("founds", "FOUNDS")):
            target = self.row.get(column, "")
            if column in table.values and target:
                if not valid_id(target):
                    self.fail(column, f"'{target}' is no id; use letters, digits, '.', '_' and '-'")
                    continue
                values: dict[str, Value] = {}
                found.append(replace(claim, type=type_, key=(claim.key[0], target), values=values))
        return found

    # -- cells --

    def key_cell(self, column: str, kind: str) -> str:
        text = self.row[column]
        if not text:
            self.fail(column, "is empty; it is part of the key")
            return ""
        if kind in ("state", "participant"):
            if kind == "participant" and text in self.state.known:
                return text
            try:
                return self.state.identity.resolve(text, self.day())
            except UnknownStateError as error:
                message = str(error)
                blocs = [b for b in self.state.known if b not in self.state.identity.states]
                nearest = self.state.identity.nearest(text, blocs)
                if kind == "participant" and message.startswith("unknown"):
                    unseen = "add it to blocs.csv or actors.csv, or load the source that describes it first"
                    remedy = f"nearest: {', '.join(nearest)}" if nearest else unseen
                    message = f"unknown state, bloc or actor '{text}'; {remedy}"
                self.fail(column, message)
                return ""
        if kind == "year":
            year = self.whole(column, text, 1, 9998)
            if column == "to_year" and not self.failed and year < int(self.row["from_year"]):
                self.fail(column, f"{year} is before from_year {self.row['from_year']}")
            return str(year)
        if not valid_id(text):
            self.fail(column, f"'{text}' is no id; use letters, digits, '.', '_' and '-'")
        return text

    def day(self) -> str | None:
        """A day of the row, to resolve a name by: the first that is given."""
        for column in ("since", "date", "from_year", "year", "until"):
            text = self.row.get(column, "")
            if text and text != "..":
                try:
                    return dates.since(text.zfill(4) if column in ("from_year", "year") else text).stored
                except dates.DateError:
                    return None
        return None

    def word(self, column: str, allowed: tuple[str, ...]) -> str:
        text = self.row[column]
        if text not in allowed:
            self.fail(column, f"'{text}' is not one of {', '.join(allowed)}")
        return text

    def whole(self, column: str, text: str, low: int, high: int) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            self.fail(column, f"'{text}' is not a whole number from {low} to {high}")
            return low
        return int(text)

    def check_key_words(self, type_: str, table: Table) -> None:
        for prop in properties_of(type_):
            if prop.name in table.key and prop.values:
                self.word(prop.name, prop.values)

    def values(self, type_: str, table: Table) -> dict[str, Value]:
        found: dict[str, Value] = {}
        columns = claimable(type_)
        for column in table.values:
            text = self.row.get(column, "")
            if column in ("part_of", "founds"):
                continue
            if column in _DATED:
                self.date_cell(type_, column, text, found)
                continue
            prop = columns[column]
            if not text:
                if prop.required:
                    self.fail(column, "is empty; every row needs it")
                elif prop.type == "list" and prop.default is not None and column in self.row:
                    found[column] = prop.default  # an empty cell is how a file says "none"; of anything else it says nothing
                continue
            value = self.value(prop, text)
            if value is not None:
                found[column] = value
        self.check_shares(found)
        return found

    def date_cell(self, type_: str, column: str, text: str, found: dict[str, Value]) -> None:
        name = "date_edtf" if type_ == "Event" else "until_edtf" if column == "until" else "since_edtf"
        try:
            if column == "until":
                dates.until(text)
            elif text == "..":
                raise dates.DateError("'..' is no start; leave it empty for unknown")
            else:
                dates.since(text)
        except dates.DateError as error:
            self.fail(column, str(error))
            return
        if type_ == "Event" and not text:
            self.fail(column, f"is empty; {dates.REMEDY.split(',')[0]} or leave the event out")
        if text:
            found[name] = text
            if column == "date" and type_ != "Event":
                found["until_edtf"] = ".."

    def value(self, prop: Property, text: str) -> Value | None:
        if prop.type == "bool":
            return self.word(prop.name, ("true", "false")) == "true"
        if prop.type == "int":
            return self.whole(prop.name, text, 0, 10**9)
        if prop.type == "float":
            return self.number(prop, text)
        if prop.type == "list":
            items = [item.strip() for item in text.split(";") if item.strip()]
            for item in items:
                if prop.values and item not in prop.values:
                    self.fail(prop.name, f"'{item}' is not one of {', '.join(prop.values)}")
            return items
        if prop.values:
            return self.word(prop.name, prop.values)
        return text

    def number(self, prop: Property, text: str) -> float | None:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            self.fail(prop.name, f"'{text}' is not a number from 0 up; write it with a point and no thousands marks")
            return None
        if prop.share and value > 1:
            self.fail(prop.name, f"share {text} is above 1; a share is a fraction of its total (45 % is 0.45)")
            return None
        return value

    def check_shares(self, found: dict[str, Value]) -> None:
        share, low, high = (found.get(n) for n in ("share", "share_lo", "share_hi"))
        if isinstance(share, float):
            if isinstance(low, float) and low > share:
                self.fail("share_lo", f"{low} is above the share {share}")
            if isinstance(high, float) and high < share:
                self.fail("share_hi", f"{high} is below the share {share}")


# -- evidence ---------------------------------------------------------------------------------------------------------


def _read_documents(file: Path, info: SourceInfo, problems: Problems) -> dict[str, SourceInfo]:
    documents: dict[str, SourceInfo] = {}
    if not file.is_file():
        return documents
    for number, row in _rows(file, DOCUMENT_COLUMNS, _META_COLUMNS, problems):
        if not valid_id(row["id"]) or row["id"] == info.id or row["id"] in documents:
            problems.add(file.name, number, "id", f"'{row['id']}' is no id of its own; use letters, digits, '.', '_' and '-', each id once")
            continue
        if not row["title"]:
            problems.add(file.name, number, "title", "is empty; a document needs a title")
        documents[row["id"]] = SourceInfo(
            **{name: row[name] for name in DOCUMENT_COLUMNS}, covers_from=row.get("covers_from", ""),  # type: ignore[arg-type]
            covers_until=row.get("covers_until") or "..", dataset=info.id,
        )  # fmt: skip
    return documents


_EVIDENCED = {"since": "since_edtf", "until": "until_edtf", "date": "date_edtf"}


def _with_evidence(
    file: Path, stated: list[Claim], documents: Mapping[str, SourceInfo], info: SourceInfo, problems: Problems
) -> list[Claim]:
    """Turn each row's statement into claims of the documents that confirm it; the rest is the dataset's own word."""
    by_fact: dict[str, Claim] = {}
    for claim in stated:
        id_ = fact_id(claim.type, claim.key, claim.spell)
        known = by_fact.setdefault(id_, claim)
        if known.type != claim.type and claim.origin:
            text = f"'{id_}' names a {known.type} and a {claim.type}; ids are unique over the whole graph"
            problems.add(claim.origin.file, claim.origin.row, "id", text)
    evidence: dict[str, dict[str, list[tuple[int, dict[str, str]]]]] = defaultdict(lambda: defaultdict(list))
    if file.is_file():
        for number, row in _rows(file, EVIDENCE_COLUMNS[:-1], EVIDENCE_COLUMNS[-1:], problems):
            if row["fact"] not in by_fact:
                problems.add(file.name, number, "fact", f"'{row['fact']}' is no fact of this dataset; its ids follow its tables")
            elif row["source"] not in documents:
                problems.add(file.name, number, "source", f"'{row['source']}' is not in documents.csv; add the document there")
            else:
                evidence[row["fact"]][row["source"]].append((number, row))
    claims = []
    for id_, claim in by_fact.items():
        left = dict(claim.values)
        order = 0
        for source, rows in evidence[id_].items():
            values: dict[str, Value] = {}
            for number, row in rows:
                for name, value in _evidenced(claim, row, file.name, number, problems):
                    values[name] = value
                    if value == claim.values.get(name):
                        left.pop(name, None)
            claims.append(replace(
                claim, source=source, values=values, order=order, seen=rows[0][1]["seen"],
                locator="; ".join(dict.fromkeys(r["locator"] for _, r in rows if r["locator"])),
                matched="; ".join(dict.fromkeys(r["matched"] for _, r in rows if r["matched"])),
            ))  # fmt: skip
            order += 1
        # The curated row is the dataset's choice among its documents: it stands first where they disagree.
        chosen = {n: v for n, v in claim.values.items() if any(c.values.get(n, v) != v for c in claims[len(claims) - order :])}
        if left or chosen or not order:
            claims.append(replace(claim, values=chosen | left, order=-1 if chosen else order))
    return claims


def _evidenced(
    claim: Claim, row: Mapping[str, str], file: str, number: int, problems: Problems
) -> Iterator[tuple[str, Value]]:
    """Property and value that a document confirms. ``value`` tells what it says instead: of the first property named, or, separated
    by ';', of each; without it, and for the properties after the first, the document says what our row says."""
    names = [name.strip() for name in row["property"].split(";") if name.strip()]
    columns = claimable(claim.type)
    aliases = _EVIDENCED if claim.type != "SUCCEEDED_BY" else _EVIDENCED | {"date": "since_edtf"}
    stored = [aliases.get(name, name) for name in names]
    text = row.get("value", "")
    given = [text] if not stored or _is_list(columns.get(stored[0])) else [part.strip() for part in text.split(";")]
    if text and len(given) not in (1, len(names)):
        problems.add(file, number, "value", f"has {len(given)} values for {len(names)} properties; give one, or one for each")
        return
    for position, name in enumerate(stored):
        if name not in columns:
            continue  # evidence of the fact itself: its parties, its title, that it exists
        if not text or position >= len(given):
            if name in claim.values:
                yield name, claim.values[name]
            continue
        try:
            yield name, _said(columns[name], given[position])
        except ValueError as error:
            message = str(error) if isinstance(error, dates.DateError) else f"'{given[position]}' is no {name} ({columns[name].type})"
            problems.add(file, number, "value", message)


def _is_list(prop: Property | None) -> bool:
    return prop is not None and prop.type == "list"


def _said(prop: Property, text: str) -> Value:
    if prop.name.endswith("_edtf"):
        return (dates.until if prop.name == "until_edtf" else dates.since)(text).said
    if prop.type == "list":
        return [item.strip() for item in text.split(";") if item.strip()]
    if (prop.type == "bool" and text not in ("true", "false")) or (prop.values and text not in prop.values):
        raise ValueError(text)
    return {"float": float, "int": int, "bool": "true".__eq__}.get(prop.type, str)(text)  # type: ignore[operator, no-any-return]


assert all(t.type in NODE or t.type in RELATIONSHIP or not t.type for t in TABLES)
