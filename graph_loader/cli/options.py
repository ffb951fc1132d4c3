"""Options that commands share, and what they share in using them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

import click

from graph_loader import dates
from graph_loader.cli.output import FORMATS
from graph_loader.errors import UsageError
from graph_loader.schema import DOMAINS
from graph_loader.wording import in_doubt
from graph_loader.wording import offered as offered

if TYPE_CHECKING:
    from graph_loader.snapshot import Release
    from graph_loader.stores.base import Reader, Store

RUNS, RESAMPLES = 50, 100
"""Leiden runs and resamples behind every camp that is shown, so that a table and a page give the same numbers."""

F = TypeVar("F", bound=Callable[..., Any])

db_option = click.option(
    "--db", metavar="FOLDER|URL", envvar="PACTGRAPH_DB",
    help="Folder of an embedded store, or bolt://… / neo4j://… of a Neo4j (user and password from NEO4J_USERNAME, NEO4J_PASSWORD)."
    " Default: a folder among your user data.",
)  # fmt: skip
as_of_option = click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    help="State of affairs at this date: 1985-06-01, 1985-06 or 1985 (its last day). Default: release of the data.",
)
domain_option = click.option(
    "--domain", "domains", multiple=True, metavar="DOMAIN",
    help=f"Only ties of this domain (repeat for several): {', '.join(d.lower() for d in DOMAINS)}.",
)  # fmt: skip
format_option = click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of the output.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
cite_option = click.option("--cite", is_flag=True, help="List the sources of the answer with their citations and licences.")


def read_options(function: F) -> F:
    """--db, --as-of, --format, --cite and --quiet: what every command that answers takes."""
    for option in reversed((db_option, as_of_option, format_option, cite_option, quiet_option)):
        function = option(function)
    return function


def date_of(text: str | None, option: str = "--as-of") -> str | None:
    """The ISO day of ``--as-of``, or of another option."""
    if text is None:
        return None
    try:
        return dates.as_of(text)
    except dates.DateError as error:
        raise UsageError(f"{option}: {str(error).split(';')[0]}; write 1985, 1985-06 or 1985-06-01") from error


def state_of(text: str, day: str) -> str:
    """The id of the state that a user names; an unknown or ambiguous name is a wrong request, not wrong data."""
    from graph_loader.identity import UnknownStateError, default_identity

    try:
        return default_identity().resolve(text, day)
    except UnknownStateError as error:
        raise UsageError(str(error)) from error


def domains_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Domains as relationship types; all when none is given."""
    for text in texts:
        if text.upper() not in DOMAINS:
            raise UsageError(f"--domain: there is no domain '{text}'; there are {', '.join(d.lower() for d in DOMAINS)}")
    return tuple(d for d in DOMAINS if d in {t.upper() for t in texts}) or DOMAINS


_STORE: ContextVar[Store | None] = ContextVar("store", default=None)


@contextmanager
def using(store: Store) -> Iterator[None]:
    """Within, commands read this store, which is open already."""
    token = _STORE.set(store)
    try:
        yield
    finally:
        _STORE.reset(token)


@contextmanager
def reading(db: str | None, as_of: str | None) -> Iterator[tuple[Store, Reader, Release, str]]:
    """An open view of the store, what it holds, and the date of the answer."""
    from graph_loader.snapshot import release
    from graph_loader.stores import open_store

    day = date_of(as_of)
    store = _STORE.get() or open_store(db)
    with store.reading() as reader:
        held = release(reader)
        yield store, reader, held, day or held.as_of


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being done; silent with --quiet or without a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update


def sources_of(reader: Reader, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The sources that the rows name in their column ``sources``."""
    from graph_loader import snapshot

    named = {s for row in rows for s in row.get("sources") or [] if isinstance(s, str)}
    return snapshot.sources(reader, named) if named else []


def doubts(reader: Reader, day: str, types: Collection[str] = ()) -> list[str]:
    """Notes on what is not known at the date, of relationships of these types (of all, when none is given)."""
    from graph_loader.snapshot import censored_by

    return in_doubt(censored_by(reader, day, types), day)
