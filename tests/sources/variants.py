"""A table in a publisher's layout, written by a test, and the ways in which such files reach a user."""

from __future__ import annotations

import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support import everything, opened

from graph_loader import pipeline
from graph_loader.claims import Claim
from graph_loader.errors import DataError
from graph_loader.identity import default_identity
from graph_loader.sources import files
from graph_loader.sources.base import Reading, Source


@dataclass(frozen=True)
class Sheet:
    """A table as text: cells are quoted where they hold the delimiter or a quote."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    preamble: str = ""
    line_end: str = ""
    delimiter: str = ","
    newline: str = "\n"

    def text(self) -> str:
        lines = [self.delimiter.join(self._cell(c) for c in row) + self.line_end for row in (self.header, *self.rows)]
        return (self.preamble + "\n".join(lines) + "\n").replace("\n", self.newline)

    def _cell(self, cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in (self.delimiter, '"', "\n")) else cell

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / self.name
        file.write_bytes(self.text().encode())
        return file


def sheet(name: str, header: str, rows: Sequence[str | Sequence[Any]], **more: Any) -> Sheet:
    """A sheet from comma-separated text; rows with commas in their cells are given as sequences."""
    cells = [tuple(row.split(",")) if isinstance(row, str) else tuple("" if c is None else str(c) for c in row) for row in rows]
    return Sheet(name, tuple(header.split(",")), tuple(cells), **more)


def read(source: Source, path: Path, *, hold_to_promises: bool = True) -> Reading:
    """Read and check that every row is accounted for and that no claim is made twice.

    Without ``hold_to_promises`` a file of a few rows may hold more odd ones than the source promises of whole files.
    """
    if not hold_to_promises:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "_keep", lambda *_: None)
            return read(source, path)
    reading = source.read(path, default_identity(), frozenset())
    assert reading.loaded >= 0
    assert reading.read == reading.loaded + reading.merged + len(reading.rejected)
    ids = [c.id for c in reading.claims]
    assert len(ids) == len(set(ids))
    return reading


def said(claims: Sequence[Claim]) -> set[tuple[Any, ...]]:
    """What claims say, without where they were read."""
    return {(c.type, c.key, c.spell, tuple(sorted((k, str(v)) for k, v in c.values.items()))) for c in claims}


def _zip(content: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"folder/{name}", content)
    return packed.getvalue()


REWRITES: dict[str, Callable[[Sheet], tuple[str, bytes]]] = {
    "crlf": lambda s: (s.name, replace(s, newline="\r\n").text().encode()),
    "cr": lambda s: (s.name, replace(s, newline="\r").text().encode()),
    "byte order mark": lambda s: (s.name, s.text().encode("utf-8-sig")),
    "utf-16": lambda s: (s.name, s.text().encode("utf-16")),
    "cp1252": lambda s: (s.name, s.text().encode("cp1252")),
    "no last line break": lambda s: (s.name, s.text().removesuffix("\n").encode()),
    "gz": lambda s: (s.name + ".gz", gzip.compress(s.text().encode())),
    "xz": lambda s: (s.name + ".xz", lzma.compress(s.text().encode())),
    "zip": lambda s: (s.name.replace(".csv", ".zip"), _zip(s.text().encode(), s.name)),
    "extra column": lambda s: (s.name, _wider(s).text().encode()),
    "shuffled columns": lambda s: (s.name, _columns(s).text().encode()),
    "shuffled rows": lambda s: (s.name, _rows(s).text().encode()),
}
"""Ways in which a file changes without saying anything else."""


def _wider(s: Sheet) -> Sheet:
    return replace(s, header=("my note", *s.header), rows=tuple(("é", *row) for row in s.rows))


def _columns(s: Sheet) -> Sheet:
    order = list(range(len(s.header)))
    random.Random(7).shuffle(order)
    return replace(s, header=tuple(s.header[i] for i in order), rows=tuple(tuple(row[i] for i in order) for row in s.rows))


def _rows(s: Sheet) -> Sheet:
    rows = list(s.rows)
    random.Random(7).shuffle(rows)
    return replace(s, rows=tuple(rows))


def rewritten(s: Sheet, way: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    name, content = REWRITES[way](s)
    (folder / name).write_bytes(content)
    return folder / name


def cuts(s: Sheet, folder: Path, source: Source, step: int = 7) -> Iterator[Reading]:
    """The file cut short at many places: one clear message, or a reading in which every row is accounted for."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = s.text().encode()
    for end in range(0, len(whole), step):
        file = folder / s.name
        file.write_bytes(whole[:end])
        try:
            yield read(source, file)
        except DataError as error:
            assert str(error).startswith(str(file)) or str(error).startswith(s.name), error
            assert "\n" not in str(error)


def loaded_twice(name_or_source: Source, path: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """What a store holds after a load, which a second load of the same file does not change."""
    store = opened(folder / "store")
    pipeline.load(store, [(name_or_source, path)])
    first = everything(store)
    for prefer in (None, []):  # with a precedence the file is read again even if it is the same
        report = pipeline.load(store, [(name_or_source, path)], prefer=prefer)
        assert everything(store) == first
        for count in report.counts:
            assert (count.added, count.changed, count.removed) == (0, 0, 0)
    return first
