"""export: the graph as files for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from graph_loader.cli.options import db_option, format_option, quiet_option, reading
from graph_loader.cli.output import Answer, emit


@click.group()
def export() -> None:
    """The graph as files for other tools."""


@export.command("csv", epilog="\b\nExample:\n  pactgraph export csv -o exported")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@db_option
@format_option
@quiet_option
def export_csv(output: Path, db: str | None, form: str, quiet: bool) -> None:
    """All facts of all dates: nodes_<Label>.csv (id first) and rels_<TYPE>.csv (start, end first)."""
    from graph_loader.exports import csvfiles

    with reading(db, None) as (_, reader, _, _):
        written = csvfiles.export_csv(reader, output)
    answer = Answer(["file", "rows"], [{"file": name, "rows": count} for name, count in written.items()])
    answer.notes = [f"Written to {output}."]
    emit(answer, form)
