"""export: the graph as files for other tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph_loader.cli.options import db_option, format_option, quiet_option, reading
from graph_loader.cli.output import Answer, emit

if TYPE_CHECKING:
    from graph_loader.stores.base import Reader


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

    _write(csvfiles.export_csv, output, db, form)


@export.command("neo4j-admin", epilog="\b\nExample:\n  pactgraph export neo4j-admin -o for-neo4j && sh for-neo4j/import.sh")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@db_option
@format_option
@quiet_option
def export_neo4j_admin(output: Path, db: str | None, form: str, quiet: bool) -> None:
    """The graph for 'neo4j-admin database import', with the script that runs it: for what is too big for one transaction."""
    from graph_loader.exports import neo4jadmin

    _write(neo4jadmin.export_neo4j_admin, output, db, form)


def _write(export_to: Callable[[Reader, Path], dict[str, int]], output: Path, db: str | None, form: str) -> None:
    with reading(db, None) as (_, reader, _, _):
        written = export_to(reader, output)
    answer = Answer(["file", "rows"], [{"file": name, "rows": count} for name, count in written.items()])
    answer.notes = [f"Written to {output}."]
    emit(answer, form)
