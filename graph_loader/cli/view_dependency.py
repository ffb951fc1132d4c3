"""view dependency: the page of who gets what from whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import as_of_option, db_option, doubts, progress, quiet_option, reading
from graph_loader.cli.view import check_writable, open_option, opened, view, write

if TYPE_CHECKING:
    from graph_loader.reliance import Reliance
    from graph_loader.snapshot import Release
    from graph_loader.stores.base import Reader


@view.command(
    "dependency",
    epilog="\b\nExamples:\n  pactgraph view dependency -o dependency.html\n"
    "  pactgraph view dependency --good gas --compare 2021 -o gas.html",
)
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.option(
    "--good",
    "goods",
    metavar="GOOD",
    multiple=True,
    help="Only this good: its id, or a word of it or of its name, such as gas (repeat for several).",
)
@click.option(
    "--compare",
    type=click.IntRange(1800, 2200),
    metavar="YEAR",
    help="Compare with the newest period that was complete at the end of this year.  [default: the earliest recorded]",
)
@open_option
@db_option
@as_of_option
@quiet_option
def view_dependency(
    output: Path, goods: tuple[str, ...], compare: int | None, open_: bool, db: str | None, as_of: str | None, quiet: bool
) -> None:
    """Who gets how much of a good from whom: heat maps, flows, HHI, ally and rival suppliers, change between periods, world output."""
    check_writable(output)
    words = [
        "pactgraph view dependency",
        *(f"--good {g}" for g in goods),
        *([f"--compare {compare}"] if compare else []),
        *([f"--as-of {as_of}"] if as_of else []),
    ]
    with progress(quiet) as say:
        text, summary = dependency_html(db, as_of, goods, compare, " ".join(words), say)
    write(output, text)
    click.echo(f"{output}: {summary}")
    opened(output, open_)


def dependency_html(
    db: str | None, as_of: str | None, goods: tuple[str, ...], compare: int | None, command: str, say: Any
) -> tuple[str, str]:
    """The page as text, and a line that says what is in it."""
    with reading(db, as_of) as (_, reader, held, day):
        say("reading shares and ties")
        return dependency_of(reader, held, day, goods, compare, command)


def dependency_of(
    reader: Reader, held: Release, day: str, goods: tuple[str, ...], compare: int | None, command: str, found: Reliance | None = None
) -> tuple[str, str]:
    """The page of a store that is open; ``found`` is what `reliance_of` gives for the same request, where it is known already."""
    from graph_loader import __version__, reliance, snapshot
    from viz.dependency import DependencyInput, dependency_page

    found = found or reliance.reliance_of(reader, day, goods, compare)
    cited = {s for rows in (found.flows, found.world, found.changes) for r in rows for s in r["sources"]}
    cited |= {s for r in found.flows for x in r["suppliers"] for s in x["sources"]}
    described = {row["id"]: row for row in snapshot.sources(reader, cited)} if cited else {}
    notes = [*found.notes, *doubts(reader, day, ("DEPENDS_ON", "PRODUCES", "SANCTIONS", "DEFENCE"))]
    what = found.names[0].lower() if len(found.names) == 1 else " and ".join(goods) if goods else "what"
    page = dependency_page(
        DependencyInput(
            flows=found.flows,
            world=found.world,
            changes=found.changes,
            sources=described,
            queries=reliance.queries(found.goods, day),
            as_of=day,
            newest_source=held.newest_source,
            version=f"pactgraph {__version__}",
            command=command,
            notes=notes,
            title=f"Who depends on whom for {what}",
            filters=[f"goods: {', '.join(found.names)}"] * bool(goods) + [f"compared with {compare}"] * bool(compare),
        )
    )
    importers = len({row["importer"] for row in found.flows})
    counts = f"{len(found.flows)} supplies of {importers} importers, world output of {len(found.world)} goods"
    return page, f"{counts}, as of {day}, {len(described)} sources"
