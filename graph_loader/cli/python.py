"""What a command answers, taken by Python instead of printed: the same code, so the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from graph_loader.cli import options, output
from graph_loader.cli.output import Answer
from graph_loader.errors import UsageError
from graph_loader.stores.base import Store
from graph_loader.wording import offered

ANSWERING = ("clusters", "concentration", "diff", "explain", "exposure", "hedging", "obligations", "scenario", "show", "similarity")


def answer(store: Store, command: str, args: Sequence[object], given: Mapping[str, Any]) -> Answer:
    """Run a command of ANSWERING on a store.

    Parameters
    ----------
    args : sequence
        Its arguments.
    given : mapping
        Its options: ``by_relation=True`` is --by-relation, a list repeats an option, None leaves it out; an underscore at the end
        parts a name from Python's own (``from_``). ``query`` parameters of explain are ``param=["bloc=NATO"]``.

    Raises
    ------
    UsageError
        For another command, and what the command itself refuses.
    """
    from graph_loader.cli.main import cli

    if command not in ANSWERING:
        raise UsageError(f"'{command}' is no command that answers; {offered(command, ANSWERING)}")
    words = [command, "--quiet"] if any("--quiet" in p.opts for p in cli.commands[command].params) else [command]
    for name, value in given.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if option in ("--db", "--format", "--cite", "--help", "--quiet"):
            raise UsageError(f"{name}: Python opens the store and takes the answer as it is; leave it out")
        for one in value if isinstance(value, (list, tuple)) else [value]:
            words += [] if one is None or one is False else [option] if one is True else [f"{option}={one}"]
    taken: list[Answer] = []
    with options.using(store), output.taking(taken):
        try:
            cli.main([*words, "--", *map(str, args)], prog_name="pactgraph", standalone_mode=False)
        except click.ClickException as error:
            raise UsageError(f"{command}: {error.format_message()}") from error
    (found,) = taken
    return found
