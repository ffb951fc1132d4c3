"""Writes data/usgs/ from the files of the U.S. Geological Survey: python docs/generate_usgs.py FOLDER

The figures are in the public domain. The folder holds MCS2025_World_Data.csv and MCS2026_Commodities_Data.csv.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from graph_loader.cells import flat
from graph_loader.claims import Claim
from graph_loader.identity import default_identity
from graph_loader.sources.package import TABLES, Table
from graph_loader.sources.usgs import SOURCE

TARGET = Path(__file__).resolve().parents[1] / "data" / "usgs"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(flat(value))


def _row(table: Table, claim: Claim, part_of: dict[str, str]) -> list[str]:
    keys = dict(zip(table.key, claim.key, strict=True))
    if table.name == "goods":
        keys["part_of"] = part_of.get(claim.key[0], "")
    if table.name == "production":
        keys = dict(zip(("state", "good", "stage", "basis", "from_year", "to_year"), claim.key, strict=True))
    return [_cell(keys.get(column, claim.values.get(column))) for column in table.columns]


def write(source: Path, target: Path = TARGET) -> None:
    """Write a CSV file for each type of fact that the files state, and source.yml."""
    reading = SOURCE.read(source, default_identity(), frozenset())
    part_of = {c.key[0]: c.key[1] for c in reading.claims if c.type == "PART_OF"}
    target.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        claims = sorted((c for c in reading.claims if c.type == table.type), key=lambda c: c.key)
        if not claims:
            continue
        with (target / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.columns)
            writer.writerows(_row(table, claim, part_of) for claim in claims)
    info = reading.info
    lines = [f'{name}: "{getattr(info, name)}"' for name in
             ("id", "title", "publisher", "version", "released", "url", "licence", "citation", "covers_from", "covers_until")]  # fmt: skip
    (target / "source.yml").write_text("\n".join([*lines, f"precedence: {info.precedence}"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
