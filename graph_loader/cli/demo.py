"""demo: the main job in one command."""

from __future__ import annotations

from pathlib import Path

import click

from graph_loader.cli.options import progress, quiet_option, reading
from graph_loader.cli.output import Answer, emit
from graph_loader.cli.view import open_option, opened
from graph_loader.cli.view_site import make
from graph_loader.errors import StoreError

STATES, BLOCS, QUESTIONS = ("DEU", "IND", "USA"), ("EU",), (1, 5)


@click.command(epilog="\b\nExample:\n  pactgraph demo --out demo")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("pactgraph-demo"), show_default=True, help="Folder for the store and the pages."
)
@open_option
@quiet_option
@click.pass_context
def demo(context: click.Context, out: Path, open_: bool, quiet: bool) -> None:
    """Load the bundled data into a store of its own, show camps and dependence, and write a small site of pages.

    The site has the network, who depends on whom, some states and a bloc with their reports, and two of the forty questions;
    'pactgraph view site' writes all.
    """
    from graph_loader import pipeline
    from graph_loader.cli.analyse import clusters, concentration
    from graph_loader.cli.load import BUNDLED
    from graph_loader.cli.query import query
    from graph_loader.sources import base
    from graph_loader.stores import open_store

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror}); choose another --out") from error
    db = str(out / "store")
    with progress(quiet) as say:
        report = pipeline.load(open_store(db), [(base.get(name), None) for name in BUNDLED], progress=say)
    rows = [
        {"source": c.source, "rows read": c.read, "facts added": c.added, "changed": c.changed, "unchanged": c.unchanged}
        for c in report.counts
    ]
    emit(Answer(list(rows[0]), rows), "table")
    _title("NATO's members on 1 June 1985")
    context.invoke(
        query, which="membership/members", params=("bloc=NATO",), db=db, as_of="1985-06-01", form="table", cite=False, quiet=True
    )
    _title("Camps by defence obligations, 1975")
    context.invoke(clusters, db=db, as_of="1975", quiet=True)
    _title("Who depended on whom for gas in mid-2022")
    context.invoke(concentration, good="natural-gas", db=db, as_of="2022-06-30", quiet=True)
    _title("Who depends on whom now")
    context.invoke(concentration, db=db, quiet=True)
    with reading(db, None) as (store, reader, held, day), progress(quiet) as say:
        summary = make(out, store, reader, held, day, None, say, states=STATES, blocs=BLOCS, questions=QUESTIONS)
    click.echo(f"\nOpen {out / 'index.html'} in a browser: {summary}.")
    click.echo(f"Ask more of the same data: pactgraph show Germany --db {db}")
    opened(out / "index.html", open_)


def _title(text: str) -> None:
    click.echo(f"\n{text}\n{'=' * len(text)}")
