"""The whole graph as CSV: a file per label and per relationship type, all facts, all dates."""

from __future__ import annotations

import csv
from pathlib import Path

from graph_loader.cells import flat
from graph_loader.exports.staging import TABLES, replaced_folder
from graph_loader.schema import NODES, RELATIONSHIPS, properties_of
from graph_loader.stores.base import Reader


def export_csv(reader: Reader, folder: Path) -> dict[str, int]:
    """Write ``nodes_<Label>.csv`` (id first) and ``rels_<TYPE>.csv`` (start, end first); types without rows get no file.

    Lists are joined with ``;``. The files are made in a folder beside the target and moved when all are complete.

    Returns
    -------
    dict
        File name -> number of rows.

    Raises
    ------
    UsageError
        When the folder exists and holds anything but an earlier export.
    StoreError
        When it cannot be written.
    """
    written: dict[str, int] = {}
    with replaced_folder(folder, TABLES) as staging:
        for node in NODES:
            names = [p.name for p in properties_of(node.label)]
            columns = ", ".join(f"n.{name} AS {name}" for name in names)
            rows = reader.run(f"MATCH (n:{node.label}) WHERE n.fingerprint IS NOT NULL RETURN {columns} ORDER BY n.id", {}).rows
            _write(staging / f"nodes_{node.label}.csv", names, rows, written)
        for rel in RELATIONSHIPS:
            names = [p.name for p in properties_of(rel.type)]
            columns = ", ".join(f"t.{name} AS {name}" for name in names)
            text = (
                f"MATCH (a)-[t:{rel.type}]->(b) WHERE t.fingerprint IS NOT NULL RETURN a.id AS start, b.id AS end, {columns} ORDER BY t.id"
            )
            _write(staging / f"rels_{rel.type}.csv", ["start", "end", *names], reader.run(text, {}).rows, written)
    return written


def _write(path: Path, names: list[str], rows: list[list[object]], written: dict[str, int]) -> None:
    if not rows:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([flat(value) for value in row] for row in rows)
    written[path.name] = len(rows)
