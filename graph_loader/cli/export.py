"""export: the graph as files for other tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import as_of_option, date_of, db_option, domain_option, domains_of, format_option, quiet_option, reading
from graph_loader.cli.output import Answer, emit

if TYPE_CHECKING:
    from graph_loader.stores.base import Reader


@click.group()
def export() -> None:
    """The graph as files for other tools."""


def _options(what: str, *more: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """-o, --db, --format and --quiet, and what else the command takes."""
    output = click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help=f"{what} to write.")

    def decorated(function: Any) -> Any:
        for option in reversed((output, *more, db_option, format_option, quiet_option)):
            function = option(function)
        return function

    return decorated


_folder_options = _options("Folder")
_file_options = _options("File", as_of_option, domain_option)


@export.command("csv", epilog="\b\nExample:\n  pactgraph export csv -o exported")
@_folder_options
def export_csv(output: Path, db: str | None, form: str, quiet: bool) -> None:
    """All facts of all dates: nodes_<Label>.csv (id first) and rels_<TYPE>.csv (start, end first)."""
    from graph_loader.exports import csvfiles

    _write(csvfiles.export_csv, output, db, form, "file")


@export.command("neo4j-admin", epilog="\b\nExample:\n  pactgraph export neo4j-admin -o for-neo4j && sh for-neo4j/import.sh")
@_folder_options
def export_neo4j_admin(output: Path, db: str | None, form: str, quiet: bool) -> None:
    """The graph for 'neo4j-admin database import', with the script that runs it: for what is too big for one transaction."""
    from graph_loader.exports import neo4jadmin

    _write(neo4jadmin.export_neo4j_admin, output, db, form, "file")


@export.command("cypher", epilog="\b\nExample:\n  pactgraph export cypher -o pactgraph.cypher && cypher-shell -f pactgraph.cypher")
@_file_options
def export_cypher(output: Path, as_of: str | None, domains: tuple[str, ...], db: str | None, form: str, quiet: bool) -> None:
    """A Cypher script for Neo4j Browser and cypher-shell: constraints, then everything by MERGE; run again it changes nothing.

    With --as-of or --domain: only what holds then, and ties of those domains with what they rest on.
    """
    from graph_loader.exports import cypherscript

    _write_part(cypherscript.export_cypher, output, as_of, domains, db, form)


@export.command("graphml", epilog="\b\nExample:\n  pactgraph export graphml -o ties.graphml --as-of 1985 --domain defence")
@_file_options
def export_graphml(output: Path, as_of: str | None, domains: tuple[str, ...], db: str | None, form: str, quiet: bool) -> None:
    """States, blocs and actors with their ties, memberships and flows as GraphML, parallel ties apart.

    With --as-of only what is in force then (of flows the newest complete period); with --domain only ties of those domains.
    """
    from graph_loader.exports import networks

    _write_part(networks.export_graphml, output, as_of, domains, db, form)


@export.command("gexf", epilog="\b\nExample:\n  pactgraph export gexf -o ties.gexf --domain defence")
@_file_options
def export_gexf(output: Path, as_of: str | None, domains: tuple[str, ...], db: str | None, form: str, quiet: bool) -> None:
    """The same as GEXF, with the first and last day of each tie for Gephi's timeline."""
    from graph_loader.exports import networks

    _write_part(networks.export_gexf, output, as_of, domains, db, form)


@export.command("json", epilog="\b\nExample:\n  pactgraph export json -o ties.json --as-of 2020")
@_file_options
def export_json(output: Path, as_of: str | None, domains: tuple[str, ...], db: str | None, form: str, quiet: bool) -> None:
    """The same as node-link JSON, for networkx and D3; lists stay lists, and the sources are described."""
    from graph_loader.exports import networks

    _write_part(networks.export_json, output, as_of, domains, db, form)


def _write_part(export_to: Any, output: Path, as_of: str | None, domains: tuple[str, ...], db: str | None, form: str) -> None:
    day, wanted = date_of(as_of), domains_of(domains) if domains else ()
    _write(lambda reader, file: export_to(reader, file, day, wanted), output, db, form, "what", day)


def _write(
    export_to: Callable[[Reader, Path], dict[str, int]], output: Path, db: str | None, form: str, what: str, day: str | None = None
) -> None:
    with reading(db, None) as (_, reader, held, _):
        written = export_to(reader, output)
    answer = Answer([what, "rows"], [{what: name, "rows": count} for name, count in written.items()])
    answer.notes = [f"Written to {output}."]
    if day:
        answer.as_of, answer.newest_source = day, held.newest_source
    emit(answer, form)
