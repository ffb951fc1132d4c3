"""Completion in the shell: ids of queries, names of parameters and their values, from the files that travel with pactgraph.

No store is opened: what a user's own data add is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from graph_loader.errors import PactgraphError

if TYPE_CHECKING:
    from graph_loader.catalogue import Param, Query

Item = tuple[str, str]
"""What is offered, and what it means."""


def query_ids(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of queries that begin so, or whose name within their theme does; then files."""
    found = _queries(ctx)
    items = [CompletionItem(id_, help=q.title) for id_, q in found.items() if id_.startswith(incomplete)]
    if items:
        return items
    named = {id_: q for id_, q in found.items() if incomplete and id_.rpartition("/")[2].startswith(incomplete)}
    return [CompletionItem(id_, help=q.title) for id_, q in named.items()] or [CompletionItem(incomplete, type="file")]


def parameters(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``NAME=`` of the query's parameters, and ``NAME=VALUE`` once the name is settled."""
    query = _asked(ctx)
    if query is None:
        return []
    name, equals, begun = incomplete.partition("=")
    if equals:
        return [_item(f"{name}={value}", help_) for value, help_ in _offered(query, name, begun)]
    given = {text.partition("=")[0] for text in ctx.params.get("params") or ()}
    fitting = [p for p in query.params if p.name.startswith(name) and p.name not in given]
    if len(fitting) == 1:  # with the values at hand no shell puts a blank behind the '='
        values = [_item(f"{fitting[0].name}={value}", help_) for value, help_ in _offered(query, fitting[0].name, "")]
        if len(values) > 1:
            return values
    return [_item(f"{p.name}=", p.doc or p.type) for p in fitting]


class QueryCommand(click.Command):
    """A command whose ``-p NAME=VALUE`` completes in bash too, which takes ``=`` for the end of a word."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        last = (ctx.params.get("params") or ("",))[-1]
        query = _asked(ctx)
        # bash hands over '-p', 'bloc', '=', 'NA': click takes 'bloc' for the value of -p and '=' for an argument too many.
        if query and last and "=" not in last and ctx.args in ([], ["="]):
            return [_item(value, help_) for value, help_ in _offered(query, last, incomplete)]
        return super().shell_complete(ctx, incomplete)


def _item(value: str, help_: str) -> CompletionItem:
    return CompletionItem(value, help=help_ or None)


def _asked(ctx: click.Context) -> Query | None:
    """The query that the line names; while -p still lacks its value click leaves it among the rest."""
    which = ctx.params.get("which") or (ctx.args[0] if ctx.args else "")
    return _queries(ctx).get(which)


def _queries(ctx: click.Context) -> dict[str, Query]:
    from graph_loader import profiles
    from graph_loader.catalogue import catalogue

    given: Any = ctx.params.get("library") or ()
    try:
        return catalogue(tuple(given) or profiles.query_folders())
    except PactgraphError:  # a faulty file of the user's own is told when a query runs
        return catalogue()


def _offered(query: Query, name: str, begun: str) -> Iterator[Item]:
    found = next((p for p in query.params if p.name == name), None)
    # Ids are in capitals for states and blocs: 'nat' completes to NATO.
    offered = _values(found) if found else []
    exact = [item for item in offered if item[0].startswith(begun)]
    yield from exact or [item for item in offered if item[0].lower().startswith(begun.lower())]


def _values(param: Param) -> list[Item]:
    """Values that the parameter can have, as far as the bundled tables know them."""
    from graph_loader.schema import DOMAINS, INSTRUMENT_TYPES, SCOPES, THICKNESS

    fixed = {"domain": DOMAINS, "type": INSTRUMENT_TYPES, "scope": SCOPES, "thickness": THICKNESS}
    tables = {"good": ("goods",), "indicator": ("indicators",), "bloc": ("blocs",), "instrument": ("instruments",)}
    if param.type == "bool":
        return [("true", ""), ("false", "")]
    if param.name in fixed and param.type == "text":
        return [(value, "") for value in fixed[param.name]]
    if param.type == "state":
        wanted: tuple[str, ...] = ("states",)
    elif param.name in tables:
        wanted = tables[param.name]
    elif param.type in ("text", "id"):
        # Parameters say in their header what they are the id of.
        said = param.doc.partition("id of ")[2]
        words = (("state", "states"), ("bloc", "blocs"), ("actor", "actors"), ("importer", "states"), ("host", "states"))
        wanted = tuple(dict.fromkeys(table for word, table in words if word in said))
    else:
        wanted = ()
    found = [item for table in wanted for item in _ids(table)]
    return found or ([(param.default, "default")] if param.default else [])


def _ids(table: str) -> list[Item]:
    """Ids and names of a bundled table."""
    import csv

    from graph_loader.resources import data_folder

    found: dict[str, str] = {}
    for file in sorted(Path(data_folder()).glob(f"*/{table}.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                found.setdefault(row["id"], row.get("name") or row.get("title") or "")
    return sorted(found.items())
