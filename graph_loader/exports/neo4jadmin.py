"""The whole graph as CSV for ``neo4j-admin database import``: the way into Neo4j for what is too big for one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from graph_loader.exports.staging import TABLES, replaced_folder
from graph_loader.schema import NODES, RELATIONSHIPS, Property, properties_of
from graph_loader.stores.base import Reader

_TYPES = {"str": "string", "date": "string", "int": "long", "float": "double", "bool": "boolean", "list": "string[]"}
_BETWEEN = "\x1f"
"""Between the items of a list: the ASCII unit separator, which no name or id holds."""
SCRIPT = "import.sh"


def export_neo4j_admin(reader: Reader, folder: Path) -> dict[str, int]:
    """Write ``nodes_<Label>.csv``, ``rels_<TYPE>.csv`` and ``import.sh`` in the layout of Neo4j 5 and later.

    Every string is quoted, so that an empty one stays apart from a missing one. Ids are unique over all labels: one id space.

    Returns
    -------
    dict
        File name -> number of rows.

    Raises
    ------
    UsageError
        When the folder holds anything but an earlier export.
    StoreError
        When it cannot be written.
    """
    written: dict[str, int] = {}
    with replaced_folder(folder, (*TABLES, SCRIPT)) as staging:
        for node in NODES:
            properties = properties_of(node.label)
            columns = ", ".join(f"n.{p.name} AS {p.name}" for p in properties)
            rows = reader.run(f"MATCH (n:{node.label}) WHERE n.fingerprint IS NOT NULL RETURN {columns} ORDER BY n.id", {}).rows
            header = ["id:ID", *(f"{p.name}:{_TYPES[p.type]}" for p in properties[1:]), ":LABEL"]
            _write(staging / f"nodes_{node.label}.csv", header, ((*row, node.label) for row in rows), properties, written)
        for rel in RELATIONSHIPS:
            properties = properties_of(rel.type)
            columns = ", ".join(f"t.{p.name} AS {p.name}" for p in properties)
            text = (
                f"MATCH (a)-[t:{rel.type}]->(b) WHERE t.fingerprint IS NOT NULL RETURN a.id AS start, b.id AS end, {columns} ORDER BY t.id"
            )
            header = [":START_ID", ":END_ID", *(f"{p.name}:{_TYPES[p.type]}" for p in properties), ":TYPE"]
            lines = ((*row, rel.type) for row in reader.run(text, {}).rows)
            _write(staging / f"rels_{rel.type}.csv", header, lines, properties, written)
        (staging / SCRIPT).write_text(_script(written), encoding="utf-8")
    return written


def import_arguments(folder: Path, database: str = "neo4j") -> list[str]:
    """Arguments of ``neo4j-admin`` that import an exported folder into a database that is not running."""
    nodes = sorted(p.name for p in folder.glob("nodes_*.csv"))
    ties = sorted(p.name for p in folder.glob("rels_*.csv"))
    return [
        # The database comes first: after --nodes the tool would take it for one more file.
        "database", "import", "full", database, "--overwrite-destination", "--multiline-fields=true", "--array-delimiter=U+001F",
        *(f"--nodes={folder / name}" for name in nodes), *(f"--relationships={folder / name}" for name in ties),
    ]  # fmt: skip


def _script(written: dict[str, int]) -> str:
    lines = [
        "#!/bin/sh",
        "# Stop Neo4j, run this beside the CSV files, start Neo4j again. It replaces the database named (default: neo4j).",
        'cd "$(dirname "$0")" && exec neo4j-admin database import full "${1:-neo4j}" --overwrite-destination \\',
        "  --multiline-fields=true --array-delimiter=U+001F \\",
        " \\\n".join(f"  --{'nodes' if name.startswith('nodes_') else 'relationships'}={name}" for name in written),
    ]
    return "\n".join(lines) + "\n"


def _write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], properties: Sequence[Property], written: dict[str, int]
) -> None:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(_cell(value) for value in row) + "\n")
            count += 1
    if count:
        written[path.name] = count
    else:
        path.unlink()
    assert len(header) >= len(properties)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = _BETWEEN.join(value)
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return repr(value)
