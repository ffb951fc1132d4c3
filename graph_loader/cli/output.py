"""Answers as tables, CSV, JSON or Markdown: data to stdout, remarks where they do not disturb it."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import click

from graph_loader.cells import flat
from graph_loader.dates import BEGINNING, FOREVER

FORMATS = ("table", "csv", "json", "md")
_WIDEST = 60


@dataclass
class Answer:
    """A result table with all that a reader must know to quote it.

    ``hidden`` columns appear in CSV and JSON but not in tables made for the eye.
    """

    columns: list[str]
    rows: list[dict[str, Any]]
    params: Mapping[str, Any] = field(default_factory=dict)
    as_of: str | None = None
    newest_source: str = ""
    sources: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hidden: tuple[str, ...] = ()
    compact: list[dict[str, Any]] | None = None


_TAKER: ContextVar[list[Answer] | None] = ContextVar("taker", default=None)


@contextmanager
def taking(answers: list[Answer]) -> Iterator[None]:
    """Within, answers go to the list and are not printed."""
    token = _TAKER.set(answers)
    try:
        yield
    finally:
        _TAKER.reset(token)


def emit(answer: Answer, form: str, cite: bool = False) -> None:
    """Print an answer in one of FORMATS."""
    if (taker := _TAKER.get()) is not None:
        taker.append(answer)
        return
    if form == "json":
        click.echo(json.dumps(_json(answer), ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(_csv(answer), nl=False)
        for line in _remarks(answer, cite):
            click.echo(line, err=True)
    else:
        columns = [c for c in answer.columns if c not in answer.hidden and not c.endswith("_edtf")]
        rows = [[shown(row, c) for c in columns] for row in (answer.compact if answer.compact is not None else answer.rows)]
        click.echo(_markdown(columns, rows) if form == "md" else _table(columns, rows, _numeric(answer, columns)), nl=False)
        for line in _remarks(answer, cite):
            click.echo(line)


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "columns": answer.columns, "rows": answer.rows, "params": dict(answer.params), "as_of": answer.as_of,
        "newest_source": answer.newest_source, "sources": answer.sources, "notes": answer.notes,
    }  # fmt: skip


def _csv(answer: Answer) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow([flat(row.get(c)) for c in answer.columns])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == FOREVER:
        return "open"
    if value == BEGINNING:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.4g}" if value and abs(value) < 1e-3 else f"{value:,.4f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    # Control characters of data must not steer the terminal.
    return "".join(c if c.isprintable() else " " for c in str(flat(value)))


def shown(row: Mapping[str, Any], column: str) -> str:
    """The cell; a date as its source said it where the row holds that, for 1999 is not 1999-01-01."""
    said = row.get(f"{column}_edtf")
    if said is None or row.get(column) is None:
        return _cell(row.get(column))
    if column == "until" and row.get("end_kind") == "censored":
        return f"not before {row[column]}"
    if str(said).startswith("../"):
        return f"{str(said)[3:]} or before"
    return {"": "unknown", "..": "open"}.get(str(said), str(said))


def _numeric(answer: Answer, columns: Sequence[str]) -> list[bool]:
    rows = answer.compact if answer.compact is not None else answer.rows
    kinds = {c: {type(row.get(c)) for row in rows} - {type(None)} for c in columns}
    return [bool(kinds[c]) and kinds[c] <= {int, float} for c in columns]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    # Cells are cut only for a reader at a terminal; what is piped stays whole.
    widest = _WIDEST if sys.stdout.isatty() else 10_000
    shown = [[cell if len(cell) <= widest else cell[: widest - 1] + "…" for cell in row] for row in rows]
    widths = [max([len(name), *(len(row[i]) for row in shown)]) for i, name in enumerate(columns)]
    lines = [_line(columns, widths, right), "  ".join("-" * width for width in widths)]
    lines += [_line(row, widths, right) for row in shown]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True)).rstrip()


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"

    return "\n".join([line(columns), "|" + " --- |" * len(columns), *(line(row) for row in rows)]) + "\n\n"


def _remarks(answer: Answer, cite: bool) -> list[str]:
    lines = []
    if answer.as_of:
        newest = f"; newest source: {answer.newest_source}" if answer.newest_source else ""
        lines.append(f"As of {answer.as_of}{newest}.")
    lines += answer.notes
    if cite:
        lines += [citation(source) for source in answer.sources]
    elif answer.sources:
        lines.append(f"{len(answer.sources)} source{'s' * (len(answer.sources) != 1)}; --cite lists them.")
    return lines


def citation(source: Mapping[str, str]) -> str:
    """A source as one line: what it asks to be cited as, else publisher, title, version; its address and licence."""
    text = (
        source["citation"]
        or ". ".join(part.rstrip(".") for part in (source["publisher"], source["title"], source["version"]) if part) + "."
    )
    address = f" {source['url']}" if source["url"] and source["url"] not in text else ""
    licence = f" [{source['licence']}]" if source["licence"] and source["licence"] != "not stated" else ""
    return f"[{source['id']}] {text}{address}{licence}"
