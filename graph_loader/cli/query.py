"""query and queries: the Cypher library, and a user's own read-only Cypher."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.completion import QueryCommand, parameters, query_ids
from graph_loader.cli.options import db_option, doubts, format_option, read_options, reading, sources_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, StoreError, UsageError

if TYPE_CHECKING:
    from graph_loader.catalogue import Query

library_option = click.option(
    "--library", "library", metavar="FOLDER", envvar="PACTGRAPH_LIBRARY", multiple=True, type=click.Path(path_type=Path),
    help="A folder of your own .cypher files (repeat for several): their queries stand beside the library's, with the same checks."
    " Default: what [queries] library in the configuration file says.",
)  # fmt: skip


@click.command(
    cls=QueryCommand,
    epilog="\b\nExamples:\n  pactgraph query membership/members -p bloc=NATO --as-of 1985-06-01\n"
    "  pactgraph query evidence/claims -p 'fact=member|FRA|NATO-IMS|1' --format json\n"
    "  echo 'MATCH (b:Bloc) RETURN b.id AS bloc, b.name AS name ORDER BY bloc' | pactgraph query -\n"
    "  pactgraph query obligations/defenders -p state=JPN --explain",
)
@click.argument("which", metavar="ID|FILE|-", shell_complete=query_ids)
@click.option(
    "-p", "--param", "params", metavar="NAME=VALUE", multiple=True, help="A parameter of the query (repeat for several).",
    shell_complete=parameters,
)  # fmt: skip
@library_option
@click.option("--explain", is_flag=True, help="Print the query's text, its parameters and the engine's plan, and run nothing.")
@read_options
@click.option("--columns", metavar="NAME[,NAME]...", help="Only these columns, in this order; hidden ones can be named too.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Only the first N rows; how many there are is said.")
@click.option(
    "--verify", is_flag=True,
    help="Run it on a Neo4j with the same facts as well and compare the rows: the local one of 'pactgraph neo4j start', or the one that"
    " PACTGRAPH_VERIFY_DB names.",
)  # fmt: skip
def query(
    which: str, params: tuple[str, ...], library: tuple[Path, ...], explain: bool, columns: str | None, limit: int | None,
    db: str | None, as_of: str | None, form: str, cite: bool, quiet: bool, verify: bool,
) -> None:  # fmt: skip
    """Run a query of the library, a Cypher file, or Cypher from standard input (-).

    Queries only read: a write, LOAD CSV or CALL of a foreign procedure is refused. Your own Cypher can use $as_of.
    """
    from graph_loader.identity import default_identity
    from graph_loader.session import require_known, types_in
    from graph_loader.stores.base import query as run

    given = _given(params)
    found: Query | None = None
    text = ""
    if which == "-":
        text = sys.stdin.read()
    else:
        known = _everything(library)
        if which in known:
            found = known[which]
        elif which.endswith(".cypher") or Path(which).is_file():
            text = _own(Path(which))
        else:
            near = _nearest(which, known)
            raise UsageError(f"there is no query '{which}'{near}; 'pactgraph queries list' shows all, or give a .cypher file or -")
    with reading(db, as_of) as (store, reader, held, day):
        values: dict[str, Any]
        if found:
            values = found.bind(given, day, default_identity())
            day = str(values.get("as_of", day))
            if "fact" not in values:
                require_known(reader, found, values)
        else:
            values = {"as_of": day} | {name: _typed(value) for name, value in given.items()}
        if explain:
            _explain(reader, store, found.text if found else text, values, form)
            return
        rows = run(reader, store, found.text if found else text, values)
        checked = [_verified(rows, reader, store, found.text if found else text, values)] if verify else []
        listed = rows.dicts()
        open_to_doubt = doubts(reader, day, types_in(found.text if found else text))
        answer = Answer(rows.columns, listed, values, day, held.newest_source, sources_of(reader, listed), open_to_doubt)
        answer.notes = [*answer.notes, *checked]
        if found:
            answer.hidden = found.hidden
    _narrow(answer, columns, limit)
    emit(answer, form, cite)


def _everything(library: tuple[Path, ...]) -> dict[str, Query]:
    """The queries of the library and of the user's folders by id, pictures included."""
    from graph_loader.catalogue import catalogue, pictures

    folders = query_folders(library)
    return catalogue(folders) | {query.id: query for query in pictures(folders).values()}


def query_folders(library: tuple[Path, ...]) -> tuple[Path, ...]:
    """The user's own folders of queries: those that --library names, else those of the configuration file."""
    from graph_loader import profiles

    return library or profiles.query_folders()


def _explain(reader: Any, store: Any, text: str, values: dict[str, Any], form: str) -> None:
    """Print a query's text, its parameters and the plan of the store's engine."""
    from graph_loader.stores.base import explained

    plan = explained(reader, store, text, values)
    engine = "Neo4j" if "://" in store.url else "the embedded engine"
    if form == "json":
        import json

        click.echo(json.dumps({"text": text, "params": values, "engine": engine, "plan": plan}, ensure_ascii=False, indent=2))
        return
    click.echo(text.rstrip())
    click.echo("\nParameters:")
    for name, value in values.items():
        click.echo(f"  ${name} = {value!r}")
    click.echo(f"\nPlan of {engine} (not run):\n{plan}")


def _narrow(answer: Answer, columns: str | None, limit: int | None) -> None:
    """Show fewer columns or rows; the sources stay those of the whole answer."""
    if columns is not None:
        wanted = [name.strip() for name in columns.split(",") if name.strip()]
        unknown = [name for name in wanted if name not in answer.columns]
        if unknown or not wanted:
            raise UsageError(f"--columns {columns}: this answer has the columns {', '.join(answer.columns)}")
        answer.columns, answer.hidden = wanted, ()
    if limit is not None and limit < len(answer.rows):
        answer.notes.insert(0, f"{limit} of {len(answer.rows)} rows are shown (--limit).")
        answer.rows = answer.rows[:limit]


def _verified(rows: Any, reader: Any, store: Any, text: str, values: dict[str, Any]) -> str:
    """The remark that the rows are equal on Neo4j."""
    import os

    from graph_loader import profiles
    from graph_loader.stores import open_store
    from graph_loader.verify import verified

    name = os.environ.get("PACTGRAPH_VERIFY_DB") or profiles.LOCAL
    other = open_store(name)
    if "://" in store.url:
        raise UsageError("--verify compares the embedded store with a Neo4j, and --db is a Neo4j already; leave out --verify or --db")
    if "://" not in other.url:
        raise UsageError(f"PACTGRAPH_VERIFY_DB={name} is not a Neo4j; write bolt://HOST:7687, or leave it out for the local one")
    return verified(rows, reader, text, values, other)


def _given(params: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for text in params:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"-p {text}: write -p NAME=VALUE")
        given[name] = value
    return given


def _typed(text: str) -> Any:
    """A value for a user's own Cypher: a number or true/false where it reads as one, else text."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text, text)


def _own(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8; save the file as UTF-8") from error


def _nearest(which: str, known: Iterable[str] | None = None) -> str:
    import difflib

    from graph_loader.catalogue import catalogue

    ids = list(catalogue() if known is None else known)
    named = [id_ for id_ in ids if id_.rpartition("/")[2] == which]
    close = named or difflib.get_close_matches(which, ids, n=2, cutoff=0.4)
    return f" (nearest: {', '.join(close)})" if close else ""


@click.group()
def queries() -> None:
    """The library of Cypher queries."""


@queries.command("list", epilog="\b\nExamples:\n  pactgraph queries list\n  pactgraph queries list --library my-queries")
@library_option
@format_option
def queries_list(library: tuple[Path, ...], form: str) -> None:
    """List the queries of the library, and of your own folders."""
    from graph_loader.catalogue import catalogue

    _list(catalogue(query_folders(library)).values(), form)


@queries.command("search", epilog="\b\nExample:\n  pactgraph queries search sanctions sender")
@click.argument("words", nargs=-1, required=True)
@library_option
@format_option
def queries_search(words: tuple[str, ...], library: tuple[Path, ...], form: str) -> None:
    """Find queries by WORDS in their question, header or text; all the words must be there."""
    from graph_loader.catalogue import catalogue, search

    known = catalogue(query_folders(library))
    wanted = [word for text in words for word in text.split()]
    _list(search(wanted, known), form, [f"{len(known)} queries were searched for: {', '.join(wanted)}."])


def _list(found: Iterable[Query], form: str, notes: list[str] | None = None) -> None:
    rows = [{"query": q.id, "asks": q.title, "example": q.example} for q in found]
    emit(Answer(["query", "asks", "example"], rows, notes=notes or []), form)


@queries.command(
    "show", epilog="\b\nExamples:\n  pactgraph queries show membership/members\n  pactgraph queries show membership/members --graph"
)
@click.argument("name", shell_complete=query_ids)
@click.option("--graph", is_flag=True, help="Its picture instead: the variant that Neo4j Browser draws.")
@library_option
def queries_show(name: str, graph: bool, library: tuple[Path, ...]) -> None:
    """Print a query with its header."""
    from graph_loader.catalogue import PICTURE

    known = _everything(library)
    if name not in known:
        raise UsageError(f"there is no query '{name}'{_nearest(name, known)}; 'pactgraph queries list' shows all")
    wanted = name.removesuffix(PICTURE) + PICTURE if graph else name
    if wanted not in known:
        drawn = ", ".join(id_.removesuffix(PICTURE) for id_ in known if id_.endswith(PICTURE))
        raise UsageError(f"{name} has no picture; these have one: {drawn}")
    click.echo(known[wanted].text, nl=False)


@queries.command("new", epilog="\b\nExample:\n  pactgraph queries new trade/my-question -o my-queries")
@click.argument("name", metavar="ID")
@click.option(
    "-o", "--output", "output", metavar="FOLDER", type=click.Path(path_type=Path),
    help="Folder of your own queries. Default: the first that --library or the configuration names, else the current one.",
)  # fmt: skip
@library_option
def queries_new(name: str, output: Path | None, library: tuple[Path, ...]) -> None:
    """Write a template of a query of your own: a header to fill in and a query that runs."""
    from graph_loader.catalogue import catalogue, template

    folders = query_folders(library)
    folder = output or (folders[0] if folders else Path())
    file = folder / f"{name}.cypher"
    text = template(name, catalogue(folders))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise UsageError(f"{file}: is there already and stays as it is; choose another id or -o") from error
    except OSError as error:
        raise StoreError(f"{file}: cannot be written ({error.strerror}); choose another -o") from error
    click.echo(f"{file}: written. Change it, then: pactgraph queries check {file}")


@queries.command("check", epilog="\b\nExamples:\n  pactgraph queries check\n  pactgraph queries check my.cypher --db bolt://localhost:7687")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@library_option
@db_option
@format_option
def queries_check(files: tuple[Path, ...], library: tuple[Path, ...], db: str | None, form: str) -> None:
    """Check the library and your folders, or your own .cypher FILES: header, columns, read-only, forms that an engine answers wrongly;
    then run each.

    Each query runs once with the parameters of its example; nothing is changed.
    """
    from graph_loader.catalogue import read_file
    from graph_loader.identity import default_identity
    from graph_loader.stores.base import query as run

    wanted = [read_file(path) for path in files] or list(_everything(library).values())
    results = []
    with reading(db, None) as (store, reader, _, day):
        for checked in wanted:
            values = checked.bind(checked.example_values()[0], day, default_identity())
            rows = run(reader, store, checked.text, values)
            results.append({"query": checked.id, "columns": len(rows.columns), "rows": len(rows.rows), "result": "ok"})
    emit(Answer(["query", "columns", "rows", "result"], results), form)
