"""The command ``pactgraph``."""

from __future__ import annotations

import os
import sys

import click

from graph_loader import __version__
from graph_loader.cli.analyse import clusters, concentration
from graph_loader.cli.demo import demo
from graph_loader.cli.export import export
from graph_loader.cli.load import load, sources
from graph_loader.cli.query import queries, query
from graph_loader.cli.show import info, show
from graph_loader.cli.view import view
from graph_loader.errors import PactgraphError

_EPILOG = """\b
Begin with:
  pactgraph demo
  pactgraph query membership/members -p bloc=NATO --as-of 1985-06-01
  pactgraph show Germany
Exit codes: 0 done, 1 the data or the store, 2 the request."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}, epilog=_EPILOG)
@click.version_option(__version__, prog_name="pactgraph")
def cli() -> None:
    """Treaties, memberships and flows between states as a graph of dated, sourced ties.

    Shows which camps states form and how sure that is, who depends on whom and how narrowly, and which sources say so.
    """


for command in (demo, load, sources, query, queries, show, info, clusters, concentration, view, export):
    cli.add_command(command)


def main() -> None:
    """Entry point: one line for every error that a user can cause, with its exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except PactgraphError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; nothing was changed.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe has what it wanted; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
