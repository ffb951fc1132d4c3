"""Reading publishers' files as they ship them: layouts recognised by their header, encoding and delimiter detected, rows accounted for.

A source is a module with a subclass of :class:`FileSource` and a YAML file of the same name beside it, which says who publishes the
data, under what licence, what they cover, which layouts there are, and what they promise.
"""

from __future__ import annotations

import csv
import fnmatch
import gzip
import io
import lzma
import re
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from graph_loader import dates
from graph_loader.claims import Claim, Provenance, SourceInfo
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import Identity, UnknownStateError
from graph_loader.schema import Value
from graph_loader.sources.base import Reading, Rejection, digest_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_HEADER_WITHIN = 60  # lines; publishers put citations and conventions above the header
_PACKED = (".gz", ".xz", ".zip")
_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Layout:
    """One layout that a publisher has shipped.

    Attributes
    ----------
    columns : tuple of str
        The columns that must be there; more may be, in any order. ``*`` matches as in file names.
    encoding : str
        What is meant when the file is not UTF-8.
    line_end : str
        Text that every line of the file ends with besides the line break.
    verified : bool
        Whether the layout was seen in a file of the publisher's.
    """

    name: str
    columns: tuple[str, ...]
    encoding: str = "cp1252"
    line_end: str = ""
    verified: bool = True


@dataclass(frozen=True)
class Table:
    """A file in a known layout. ``frame`` holds text only, empty cells as null, and ``row``, the line or sheet row of each record."""

    file: str
    layout: Layout
    frame: pl.DataFrame
    header: tuple[str, ...]
    preamble: str = ""

    def rows(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The row number and the named cells of each record."""
        return self.frame.select("row", *columns).iter_rows()


@dataclass
class Account:
    """Where each row of the files went."""

    read: int = 0
    merged: int = 0
    rejected: list[Rejection] = field(default_factory=list)

    def reject(self, table: Table, row: int, reason: str, detail: object = "") -> None:
        """Count a row as rejected. The reason is short and the same for like rows, for they are summed up by it."""
        self.rejected.append(Rejection(table.file, row, reason, str(detail)))


class Reader:
    """What a source's ``claims`` works with: the account of rows, states by date, and claims in the source's name."""

    def __init__(self, info: SourceInfo, identity: Identity, known: frozenset[str]) -> None:
        self.info, self.identity, self.known = info, identity, known
        self.account = Account()
        self._states: dict[tuple[str, str, str | None], str | UnknownStateError] = {}

    def state(self, scheme: str, text: str, on: str | None = None) -> str:
        """Id of the state that bears a code (of ``scheme``: cow, gw, iso3, iso3n ...) or a name (``scheme`` 'name') on an ISO day.

        Raises
        ------
        UnknownStateError
            When none or several do. Answers are remembered: dyad tables ask the same a hundred thousand times.
        """
        key = (scheme, text, on)
        found = self._states.get(key)
        if found is None:
            try:
                found = self.identity.resolve(text, on) if scheme == "name" else self.identity.resolve_code(scheme, text, on)
            except UnknownStateError as error:
                found = error
            self._states[key] = found
        if isinstance(found, UnknownStateError):
            raise found
        return found

    def claim(
        self, type_: str, key: Sequence[str], values: Mapping[str, Value], *, spell: int = 1, table: Table | None = None, row: int = 0,
        locator: str = "",
    ) -> Claim:  # fmt: skip
        """A claim in the source's name; ``key`` is the fact's natural key without its spell number."""
        origin = Provenance(table.file, row) if table else None
        return Claim(type_, tuple(key), spell, self.info.id, self.info.id, values, locator=locator, origin=origin)


class FileSource(ABC):
    """A source that is read from its publisher's files.

    Parameters
    ----------
    module : str
        ``__file__`` of the module; the YAML file stands beside it under the same name.
    """

    def __init__(self, module: str) -> None:
        self._described = Path(module).with_suffix(".yml")

    def info(self) -> SourceInfo:
        return _described(self._described)[0]

    def layouts(self) -> tuple[Layout, ...]:
        return _described(self._described)[1]

    def digest(self, path: Path | None) -> str:
        return digest_of(candidates(path)) if path is not None and path.exists() else ""

    @abstractmethod
    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        """The claims of the files; every row that gives none of its own is merged or rejected in ``reader.account``."""

    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        """What the files themselves say of their version and coverage; ``info`` is what the YAML file says."""
        return info

    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        """Read the files.

        Raises
        ------
        UsageError
            Without a path: these data do not travel with pactgraph.
        DataError
            When no file has a known layout, a file cannot be read, or a promise of the source is broken.
        """
        info, layouts, promises = _described(self._described)
        if path is None:
            where = f"; get it from {info.url}" if info.url else ""
            raise UsageError(f"{info.id} does not travel with pactgraph{where}, then: pactgraph load {info.id} --from FILE")
        tables, notes = read_tables(path, layouts)
        info = self.release(tables, info)
        reader = Reader(info, identity, known)
        reader.account.read = sum(t.frame.height for t in tables)
        claims = self.claims(tables, reader)
        account = reader.account
        _keep(promises, tables, account, path)
        notes += [f"{t.file}: layout '{t.layout.name}' was not yet verified on a real file" for t in tables if not t.layout.verified]
        return Reading(info, claims, [], account.read, account.rejected, account.merged, notes)


def _keep(promises: Mapping[str, Mapping[str, float]], tables: Sequence[Table], account: Account, path: Path) -> None:
    """Hold the source to what it promises of its files: rows of a layout, and the share of rows that can be read."""
    for name, bounds in promises.items():
        if name == "rejected":
            share = len(account.rejected) / account.read if account.read else 0.0
            if share > bounds.get("max_share", 1):
                first = f"; the first: {account.rejected[0]}" if account.rejected else ""
                most = bounds["max_share"]
                raise DataError(f"{path}: {share:.1%} of {account.read} rows cannot be read, at most {most:.1%} were promised{first}")
            continue
        for table in tables:
            if table.layout.name == name and not bounds.get("min", 0) <= table.frame.height <= bounds.get("max", table.frame.height):
                raise DataError(
                    f"{table.file}: {table.frame.height} rows of layout '{name}', but at least {bounds.get('min', 0):g} were promised; "
                    "is the file cut short?")  # fmt: skip


_INFO = tuple(f for f in SourceInfo.__dataclass_fields__ if f != "dataset")


def _described(file: Path) -> tuple[SourceInfo, tuple[Layout, ...], dict[str, dict[str, float]]]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        layouts = tuple(Layout(**(layout | {"columns": tuple(layout["columns"])})) for layout in content.pop("layouts"))
        promises = content.pop("promises", {})
        fields = {key: value if key == "precedence" else str(value) for key, value in content.items()}
        unknown = set(fields) - set(_INFO)
        if unknown:
            raise TypeError(f"unknown {', '.join(sorted(unknown))}")
        dates.until(str(fields.get("covers_until", "..")))
        return SourceInfo(**(fields | {"dataset": str(fields["id"])})), layouts, promises  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{file}: not a description of a source ({error}); compare it with the ones beside it") from error


# -- files ------------------------------------------------------------------------------------------------------------


def candidates(path: Path) -> list[Path]:
    """The file itself, or all files of a folder but hidden ones."""
    return sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")) if path.is_dir() else [path]


def read_tables(path: Path, layouts: Sequence[Layout]) -> tuple[list[Table], list[str]]:
    """The files under ``path`` that have one of the layouts, and notes on how each was understood.

    Of a folder the files in no known layout are passed over and named in a note; a single file must have one.
    """
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    folder = path.is_dir()
    tables, notes, passed = [], [], []
    for file in candidates(path):
        for name, content in _members(file):
            try:
                table, note = read_table(name, content, layouts)
            except _NoLayoutError as error:
                if not folder and "!" not in name:
                    raise DataError(f"{error}; expected columns {' or '.join(_shown(y) for y in layouts)}") from None
                passed.append(name)
                continue
            tables.append(table)
            notes.append(note)
    if not tables:
        found = f"{len(passed)} files, none in a known layout" if passed else "no file"
        raise DataError(f"{path}: {found}; expected columns {' or '.join(_shown(y) for y in layouts)}")
    if passed:
        shown = ", ".join(passed[:5]) + (", …" if len(passed) > 5 else "")
        notes.append(f"passed over, no known layout: {shown}")
    return tables, notes


def _shown(layout: Layout) -> str:
    names = layout.columns[:6]
    return f"{', '.join(names)}{', …' if len(layout.columns) > 6 else ''} ({layout.name})"


class _NoLayoutError(Exception):
    """The file is in none of the source's layouts."""


def _members(file: Path) -> Iterator[tuple[str, bytes]]:
    """The file's content, unpacked; of a zip archive each file in it."""
    try:
        content = file.read_bytes()
        if file.suffix == ".gz":
            yield file.name.removesuffix(".gz"), gzip.decompress(content)
        elif file.suffix == ".xz":
            yield file.name.removesuffix(".xz"), lzma.decompress(content)
        elif file.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in sorted(archive.namelist()):
                    base = Path(member).name
                    if base and not base.startswith(".") and not member.startswith("__MACOSX"):
                        yield f"{file.name}!{member}", archive.read(member)
        else:
            yield file.name, content
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(f"{file}: cannot be read or unpacked ({error}); is the download complete?") from error


def read_table(name: str, content: bytes, layouts: Sequence[Layout]) -> tuple[Table, str]:
    """Read one file by the first layout that fits it.

    Raises
    ------
    _NoLayoutError
        When its header is none of the known ones.
    DataError
        When the header is known and the rest cannot be read.
    """
    suffix = Path(name).suffix.lower()
    if suffix in (".parquet", ".pq"):
        return _from_frame(name, _parsed(name, lambda: pl.read_parquet(io.BytesIO(content))), layouts, "parquet")
    if suffix in _SHEETS:
        return _from_workbook(name, content, layouts)
    decoded: dict[str, tuple[str, str]] = {}
    for layout in layouts:
        if layout.encoding not in decoded:
            text, encoding = _decoded(content, layout.encoding)
            if "\r" in text and "\n" not in text:  # lines as the classic Mac OS ended them
                text = text.replace("\r", "\n")
            decoded[layout.encoding] = text, encoding
        text, encoding = decoded[layout.encoding]
        found = _header(text, layout)
        if found is not None:
            offset, line, delimiter, header = found
            return _from_text(name, text, offset, line, delimiter, header, layout, encoding)
    raise _NoLayoutError(f"{name}: its header is none that this source knows")


def _decoded(content: bytes, fallback: str) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding.upper().replace("-SIG", " with a byte order mark")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        try:
            return content.decode(fallback), fallback
        except UnicodeDecodeError:
            return content.decode("latin-1"), "latin-1"


def _fits(header: Sequence[str], layout: Layout) -> bool:
    return all(fnmatch.filter(header, column) if "*" in column else column in header for column in layout.columns)


def _header(text: str, layout: Layout) -> tuple[int, int, str, tuple[str, ...]] | None:
    """Offset and line of the header, the delimiter, and the column names."""
    offset = 0
    for number in range(1, _HEADER_WITHIN + 1):
        end = text.find("\n", offset)
        line = text[offset:] if end < 0 else text[offset:end]
        line = line.rstrip("\r")
        bare = line.removesuffix(layout.line_end) if layout.line_end else line
        for delimiter in DELIMITERS:
            names = _cells(bare, delimiter)
            if _fits(names, layout):
                return offset, number, delimiter, names
        if end < 0:
            return None
        offset = end + 1
    return None


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:  # no line of a table: a carriage return within it, or a cell beyond any bound
        return ()


def _from_text(
    name: str, text: str, offset: int, line: int, delimiter: str, header: tuple[str, ...], layout: Layout, encoding: str
) -> tuple[Table, str]:
    start = text.find("\n", offset) + 1
    body = text[start:] if start else ""
    if layout.line_end:
        end = layout.line_end
        body = body.replace(f"{end}\r\n", "\n").replace(f"{end}\n", "\n")
        body = body.removesuffix(end)
    body = body.rstrip("\x1a \r\n\t")  # a last line of blanks or a DOS end of file is no row
    if "\0" in body:
        raise DataError(f"{name}: holds NUL characters; is the file damaged?")
    columns = _unique(header)
    # An empty line of a spreadsheet may hold more delimiters than the header.
    if delimiter * len(columns) in body:
        body = re.sub(rf"(?m)^{re.escape(delimiter)}{{{len(columns)},}}(?=\r?$)", "", body)

    def parse() -> pl.DataFrame:
        if not body:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return pl.read_csv(
            body.encode(), separator=delimiter, has_header=False, schema=dict.fromkeys(columns, pl.String), quote_char='"',
        )  # fmt: skip

    frame = _parsed(name, parse)
    _whole(name, body, delimiter, len(columns))
    frame = _numbered(frame, line + 1, one_line=frame.height == body.count("\n") + 1, quoted='"' in body)
    note = f"{name}: layout '{layout.name}', {encoding}, {DELIMITERS[delimiter]}-separated, header in line {line}"
    return Table(name, layout, frame, header, text[:offset]), note


def _whole(name: str, body: str, delimiter: str, width: int) -> None:
    """Refuse a file whose last line has fewer cells than its header and the line before: it was cut short within that line."""
    *_, above, last = ["", "", *body[-200_000:].splitlines()[-2:]]
    if not last or delimiter == "\t":  # tabs at the end were stripped
        return
    if above.count('"') % 2 or last.count('"') % 2:  # a cell holds line breaks
        return
    before, cells = (len(next(csv.reader([line], delimiter=delimiter), [])) for line in (above, last))
    if cells < width and (not above or cells < before):
        raise DataError(f"{name}: the last line has {cells} cells, the header {width}; is the file cut short?")


def _numbered(frame: pl.DataFrame, first: int, one_line: bool = False, quoted: bool = True) -> pl.DataFrame:
    """Put the number of the line before each record; a cell with line breaks takes more than one line (``one_line``: none does).

    Empty cells become null; polars has done so where nothing is ``quoted``.
    """
    textual = [c for c, t in frame.schema.items() if t == pl.String]
    frame = frame.with_columns(pl.col(textual).replace("", None)) if textual and quoted else frame
    broken = [] if one_line else textual
    breaks = pl.sum_horizontal([pl.col(c).str.count_matches("\n").fill_null(0) for c in broken]) if broken else pl.lit(0)
    above = breaks.cum_sum().shift(1).fill_null(0).cast(pl.Int64)
    frame = frame.drop("row", strict=False).with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + first + above).alias("row"))
    return frame.filter(pl.any_horizontal(pl.exclude("row").is_not_null())) if frame.width > 1 else frame


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    """Column names, each once: publishers leave names empty and repeat them."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 and name not in ("", "row") else f"{name}#{seen[name]}")
    return tuple(names)


def _from_workbook(name: str, content: bytes, layouts: Sequence[Layout]) -> tuple[Table, str]:
    """The first sheet of a workbook that has a known header; a sheet of citations may stand before it."""
    try:
        import fastexcel
    except ImportError as error:
        remedy = "pip install 'pactgraph[excel]', or save the sheet as CSV"
        raise DataError(f"{name}: reading workbooks needs the package fastexcel; {remedy}") from error
    try:
        book = fastexcel.read_excel(content)
        sheets = [(sheet, book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()) for sheet in book.sheet_names]
    except Exception as error:
        raise DataError(f"{name}: not readable as a workbook ({str(error).splitlines()[0]}); is the download complete?") from error
    for sheet, frame in sheets:
        for number, cells in enumerate(frame.head(_HEADER_WITHIN).iter_rows(), start=1):
            header = tuple(str(cell).strip() if cell is not None else "" for cell in cells)
            for layout in layouts:
                if _fits(header, layout):
                    body = frame[number:]
                    body.columns = list(_unique(header))
                    note = f"{name}: layout '{layout.name}', sheet '{sheet}', header in row {number}"
                    above = "\n".join(" ".join(cell or "" for cell in line) for line in frame.head(number - 1).iter_rows())
                    return Table(name, layout, _numbered(body, number + 1), header, above), note
    raise _NoLayoutError(f"{name}: no sheet has a header that this source knows")


def _from_frame(name: str, frame: pl.DataFrame, layouts: Sequence[Layout], what: str) -> tuple[Table, str]:
    for layout in layouts:
        if _fits(frame.columns, layout):
            header = tuple(frame.columns)
            plain = frame.with_columns(pl.col(c).cast(pl.String) for c, t in frame.schema.items() if not t.is_nested())
            return Table(name, layout, _numbered(plain, 1), header), f"{name}: layout '{layout.name}', {what}"
    raise _NoLayoutError(f"{name}: its columns are none that this source knows")


def _parsed(name: str, parse: Any) -> pl.DataFrame:
    try:
        frame = parse()
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:160]
        raise DataError(f"{name}: cannot be read as a table ({reason}); is the file cut short or edited?") from error
    assert isinstance(frame, pl.DataFrame)
    return frame


def renewed(info: SourceInfo, **fields: str) -> SourceInfo:
    """The description with some fields as the file itself states them."""
    return replace(info, **fields)  # type: ignore[arg-type]
