"""demo: the main job in one command."""

from __future__ import annotations

from pathlib import Path

import click

from graph_loader.cli.options import progress, quiet_option
from graph_loader.cli.output import Answer, emit
from graph_loader.cli.view import network_html, write
from graph_loader.errors import StoreError


@click.command(epilog="\b\nExample:\n  pactgraph demo --out demo")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("pactgraph-demo"), show_default=True, help="Folder for the store and the page."
)
@quiet_option
@click.pass_context
def demo(context: click.Context, out: Path, quiet: bool) -> None:
    """Load the bundled data into a store of its own, show camps and dependence, and write the network page."""
    from graph_loader import pipeline
    from graph_loader.cli.analyse import clusters, concentration
    from graph_loader.cli.load import BUNDLED
    from graph_loader.cli.query import query
    from graph_loader.schema import DOMAINS
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
    with progress(quiet) as say:
        page, summary = network_html(db, None, DOMAINS, 0, "Ties between states", "pactgraph demo", say)
    write(out / "network.html", page)
    click.echo(f"\nOpen {out / 'network.html'} in a browser: {summary}.")
    click.echo(f"Ask more of the same data: pactgraph show Germany --db {db}")


def _title(text: str) -> None:
    click.echo(f"\n{text}\n{'=' * len(text)}")
