"""A folder for a dataset of one's own: a commented source.yml and CSV files with their headers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph_loader.errors import DataError, UsageError
from graph_loader.schema import valid_id
from graph_loader.sources.package import DOCUMENT_COLUMNS, EVIDENCE_COLUMNS, TABLES

_YAML = """\
# What this dataset is. Only id and title are needed; each further line makes it easier to cite and to judge.
id: {name}
title: {name}
publisher: ""
version: ""
released: ""            # the day of the release, such as 2026-11-22; it can become the default of --as-of
url: ""
licence: ""
citation: ""
covers_from: ""         # first date it speaks about; empty: not stated
covers_until: ".."      # last date it speaks about, such as 2020; open ends then mean "still so when it stopped". '..': maintained
precedence: 50          # lower is preferred where sources disagree; the bundled data have 10
# Rows that must at least be there, so that a file cut short is noticed:
# promises:
#   memberships: {{min: 10}}
"""


def write(name: str, out: Path, tables: Sequence[str] = ()) -> list[Path]:
    """Write the folder ``out/name`` and return its files.

    Raises
    ------
    UsageError
        For a name that is no id, an unknown table, or a folder that is there already.
    """
    headers = {t.name: t.columns for t in TABLES} | {"documents": DOCUMENT_COLUMNS, "evidence": EVIDENCE_COLUMNS}
    if not valid_id(name):
        raise UsageError(f"'{name}' is no id; use letters, digits, '.', '_' and '-'")
    for table in tables:
        if table not in headers:
            raise UsageError(f"--table {table}: there is no such table; there are {', '.join(headers)}")
    folder = out / name
    if folder.exists():
        raise UsageError(f"{folder}: is there already; choose another name or -o")
    written = [folder / "source.yml", *(folder / f"{table}.csv" for table in tables or headers)]
    try:
        folder.mkdir(parents=True)
        written[0].write_text(_YAML.format(name=name), encoding="utf-8")
        for path in written[1:]:
            path.write_text(",".join(headers[path.stem]) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from error
    return written
