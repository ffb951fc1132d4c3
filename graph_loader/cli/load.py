"""load and sources: what is read into a store."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph_loader.cli.options import db_option, format_option, progress, quiet_option
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import UsageError

if TYPE_CHECKING:
    from graph_loader.stores.base import Store

BUNDLED = ("reference", "curated")


@click.command(
    epilog="\b\nExamples:\n  pactgraph load\n  pactgraph load --from ./mydata --dry-run\n  pactgraph load --prefer mydata,curated"
)
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--from", "path", type=click.Path(path_type=Path), help="Read the source from this folder instead of the bundled copy.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--prefer",
    metavar="SOURCE[,SOURCE]...",
    help="Whose word is taken where sources disagree, most preferred first; '' for the default order.",
)
@db_option
@format_option
@quiet_option
def load(names: tuple[str, ...], path: Path | None, dry_run: bool, prefer: str | None, db: str | None, form: str, quiet: bool) -> None:
    """Load sources into the store, in one transaction: all of it, or nothing.

    Without SOURCE the bundled data are loaded. With --from and no SOURCE the folder is one in pactgraph's own layout: source.yml and
    CSV files. Loading a source again replaces what it said before. With --prefer alone nothing is read: what is loaded is resolved anew.
    """
    from graph_loader import pipeline
    from graph_loader.sources import base
    from graph_loader.sources.package import PackageSource
    from graph_loader.stores import open_store

    wanted: list[tuple[base.Source, Path | None]] = []
    if path is not None and len(names) > 1:
        raise UsageError("--from takes one SOURCE at a time")
    if path is not None and names:
        wanted = [(base.get(names[0]), path)]
    elif path is not None:
        wanted = [(PackageSource(path), path)]
    else:
        wanted = [(base.get(name), None) for name in names or BUNDLED]
    store = open_store(db)
    only_prefer = prefer is not None and not names and path is None and _is_loaded(store)
    if only_prefer:
        wanted = []
    order = None if prefer is None else [name.strip() for name in prefer.split(",") if name.strip()]
    with progress(quiet) as say:
        report = pipeline.load(store, wanted, prefer=order, dry_run=dry_run, progress=say)
    columns = ["source", "read", "loaded", "merged", "rejected", "added", "changed", "unchanged", "removed"]
    answer = Answer(columns, [asdict(count) for count in report.counts], {"dry_run": dry_run, "db": store.url})
    answer.notes = [f"{name}: {line}" for name, lines in report.rejected.items() for line in lines]
    if only_prefer:
        shown = ", ".join(report.moved[:10]) + (", …" if len(report.moved) > 10 else "")
        answer.notes.append(f"Facts changed: {len(report.moved)}{f' ({shown})' if shown else ''}.")
    answer.notes.append(f"Precedence: {', '.join(report.precedence)}.")
    answer.notes.append("Nothing was written (--dry-run)." if dry_run else f"Stored in {store.url}.")
    emit(answer, form)


def _is_loaded(store: Store) -> bool:
    from graph_loader.stores.base import meta

    if not store.exists():
        return False
    with store.reading() as reader:
        return meta(reader) is not None


@click.group()
def sources() -> None:
    """The datasets that can be loaded."""


def _described() -> list[dict[str, object]]:
    from graph_loader.sources import base

    return [
        {
            "source": name, "title": info.title, "publisher": info.publisher, "version": info.version, "released": info.released,
            "covers_from": info.covers_from, "covers_until": info.covers_until, "licence": info.licence, "url": info.url,
            "citation": info.citation, "precedence": info.precedence,
        }
        for name, info in ((name, source.info()) for name, source in base.available().items())
    ]  # fmt: skip


@sources.command("list", epilog="\b\nExample:\n  pactgraph sources list --format md")
@format_option
def sources_list(form: str) -> None:
    """List the sources that can be loaded."""
    columns = ["source", "title", "version", "covers_until", "licence"]
    rows = [{c: row[c] for c in columns} for row in _described()]
    emit(Answer(columns, rows), form)


@sources.command("show", epilog="\b\nExample:\n  pactgraph sources show curated")
@click.argument("name")
@format_option
def sources_show(name: str, form: str) -> None:
    """Publisher, coverage, licence and citation of one source."""
    from graph_loader.sources import base

    base.get(name)
    row = next(row for row in _described() if row["source"] == name)
    answer = Answer(["property", "value"], [{"property": key, "value": value} for key, value in row.items()])
    emit(answer, form)
