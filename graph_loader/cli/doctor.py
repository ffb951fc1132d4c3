"""doctor: what can keep pactgraph from working."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from graph_loader.cli.options import db_option, format_option
from graph_loader.cli.output import Answer, emit


@click.command(epilog="\b\nExamples:\n  pactgraph doctor\n  pactgraph doctor --db neo4j --format json")
@db_option
@format_option
def doctor(db: str | None, form: str) -> None:
    """Check versions, store, locks, disk, Neo4j and configuration, each with a remedy; nothing is changed.

    The exit code is 1 when there is a problem. Warnings alone give 0.
    """
    from graph_loader.doctor import examine

    found = examine(db)
    count = {level: sum(check.level == level for check in found) for level in ("ok", "warning", "problem")}
    note = f"{count['ok']} ok, {count['warning']} warnings, {count['problem']} problems."
    if form == "table":
        # As lines, for a table at a terminal cuts what is long, and a remedy must stay whole.
        width = max(len(check.check) for check in found)
        for check in found:
            click.echo(f"{check.level:<8}{check.check:<{width}}  {check.found}")
            if check.remedy:
                click.echo(f"{'':<{width + 8}}  -> {check.remedy}")
        click.echo(note)
    else:
        emit(Answer(["check", "level", "found", "remedy"], [asdict(check) for check in found], notes=[note]), form)
    if count["problem"]:
        sys.exit(1)
