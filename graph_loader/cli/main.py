"""The command ``pactgraph``."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from graph_loader import __version__
from graph_loader.cli.analyse import clusters, concentration
from graph_loader.cli.demo import demo
from graph_loader.cli.diff import diff
from graph_loader.cli.doctor import doctor
from graph_loader.cli.explain import explain
from graph_loader.cli.export import export
from graph_loader.cli.exposure import exposure
from graph_loader.cli.hedging import hedging
from graph_loader.cli.load import load, sources
from graph_loader.cli.neo4j_server import neo4j
from graph_loader.cli.obligations import obligations
from graph_loader.cli.query import queries, query
from graph_loader.cli.report import report
from graph_loader.cli.scenario import scenario
from graph_loader.cli.show import info, show
from graph_loader.cli.similarity import similarity
from graph_loader.cli.validate import validate
from graph_loader.cli.view import view
from graph_loader.cli.view_dependency import view_dependency  # noqa: F401  (registers itself with view)
from graph_loader.cli.view_show import view_show  # noqa: F401  (registers itself with view)
from graph_loader.cli.view_site import site  # noqa: F401  (registers itself with view)
from graph_loader.errors import PactgraphError

_EPILOG = """\b
Begin with:
  pactgraph demo
  pactgraph query membership/members -p bloc=NATO --as-of 1985-06-01
  pactgraph show Germany
Exit codes: 0 done, 1 the data or the store, 2 the request."""


class _ReaderGoneError(Exception):
    """Whoever read our output closed the pipe."""


class _Group(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click itself would exit with 1, as if something had failed
            raise _ReaderGoneError from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}, epilog=_EPILOG)
@click.version_option(__version__, prog_name="pactgraph")
def cli() -> None:
    """Treaties, memberships and flows between states as a graph of dated, sourced ties.

    Shows which camps states form and how sure that is, who depends on whom and how narrowly, and which sources say so.
    """


for command in (
    demo, load, validate, sources, query, queries, show, info, clusters, concentration, similarity,
    explain, diff, hedging, exposure, scenario, obligations, view, report, export, neo4j, doctor,
):  # fmt: skip
    cli.add_command(command)


def _line(message: str) -> str:
    """The message on one line; control characters of data must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in message.strip())


def main() -> None:
    """Entry point: one line for every error that a user can cause, with its exit code."""
    try:
        code = cli.main(prog_name="pactgraph", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)  # click returns the code of ctx.exit
    except click.UsageError as error:
        if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # click before 8.2 has none
            error.show()
        else:
            help_ = f" (see '{error.ctx.command_path} --help')" if error.ctx else ""
            click.echo(f"Error: {_line(error.format_message())}{help_}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except PactgraphError as error:
        click.echo(f"Error: {_line(str(error))}", err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; nothing was changed.", err=True)
        sys.exit(130)
    except _ReaderGoneError:
        # The reader of a pipe has what it wanted; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
