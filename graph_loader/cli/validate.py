"""validate: findings on a dataset in pactgraph's own layout."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from graph_loader.cli.options import format_option
from graph_loader.cli.output import Answer, emit

_LEVELS = ("error", "warning", "note")


@click.command(
    epilog="\b\nExamples:\n  pactgraph validate\n  pactgraph validate ./mydata --level note --format csv\n"
    "  pactgraph validate my.csv --source my.yml"
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(dir_okay=False, path_type=Path), help="The YAML file that describes a single CSV file.")
@click.option("--level", type=click.Choice(_LEVELS), default="warning", show_default=True, help="The slightest finding that is listed.")
@format_option
def validate(folder: Path | None, source: Path | None, level: str, form: str) -> None:
    """Check a dataset in pactgraph's own layout: that it loads, that its evidence prints what its rows say, that nothing looks wrong.

    Without FOLDER the bundled data are checked. Exit code 1 when there is an error.
    """
    from graph_loader import validate as rules
    from graph_loader.identity import default_identity
    from graph_loader.resources import data_folder
    from graph_loader.sources.curated import SOURCE

    identity = default_identity()
    folders = [folder] if folder else [data_folder() / "reference", data_folder() / "curated"]
    known: frozenset[str] = frozenset()
    if folder:
        bundled = SOURCE.read(None, identity, known)
        known = frozenset(c.key[0] for c in bundled.claims if c.type in ("Bloc", "Actor"))
    found = [f for place in folders for f in rules.validate(place, identity, known, source)]
    shown = [f for f in found if _LEVELS.index(f.level) <= _LEVELS.index(level)]
    answer = Answer(["level", "rule", "file", "row", "fact", "text"], [asdict(f) for f in shown])
    answer.notes = [f"{', '.join(str(place) for place in folders) if folder else 'Bundled data'}: {rules.summary(found)}."]
    emit(answer, form)
    if rules.worst(found) == "error":
        raise click.exceptions.Exit(1)
