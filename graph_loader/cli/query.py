"""query and queries: the Cypher library, and a user's own read-only Cypher."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from graph_loader.cli.options import db_option, doubts, format_option, read_options, reading, sources_of
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, UsageError


@click.command(
    epilog="\b\nExamples:\n  pactgraph query membership/members -p bloc=NATO --as-of 1985-06-01\n"
    "  pactgraph query evidence/claims -p 'fact=member|FRA|NATO-IMS|1' --format json\n"
    "  echo 'MATCH (b:Bloc) RETURN b.id AS bloc, b.name AS name ORDER BY bloc' | pactgraph query -"
)
@click.argument("which", metavar="ID|FILE|-")
@click.option("-p", "--param", "params", metavar="NAME=VALUE", multiple=True, help="A parameter of the query (repeat for several).")
@read_options
@click.option("--columns", metavar="NAME[,NAME]...", help="Only these columns, in this order; hidden ones can be named too.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Only the first N rows; how many there are is said.")
@click.option(
    "--verify", is_flag=True,
    help="Run it on a Neo4j with the same facts as well and compare the rows: the local one of 'pactgraph neo4j start', or the one that"
    " PACTGRAPH_VERIFY_DB names.",
)  # fmt: skip
def query(
    which: str, params: tuple[str, ...], columns: str | None, limit: int | None, db: str | None, as_of: str | None, form: str,
    cite: bool, quiet: bool, verify: bool,
) -> None:  # fmt: skip
    """Run a query of the library, a Cypher file, or Cypher from standard input (-).

    Queries only read: a write, LOAD CSV or CALL of a foreign procedure is refused. Your own Cypher can use $as_of.
    """
    from graph_loader.catalogue import Query, catalogue
    from graph_loader.identity import default_identity
    from graph_loader.stores.base import query as run

    given = _given(params)
    found: Query | None = None
    text = ""
    if which == "-":
        text = sys.stdin.read()
    elif which in catalogue():
        found = catalogue()[which]
    elif which.endswith(".cypher") or Path(which).is_file():
        text = _own(Path(which))
    else:
        raise UsageError(f"there is no query '{which}'{_nearest(which)}; 'pactgraph queries list' shows all, or give a .cypher file or -")
    with reading(db, as_of) as (store, reader, held, day):
        values: dict[str, Any]
        if found:
            values = found.bind(given, day, default_identity())
            day = str(values.get("as_of", day))
            if "fact" not in values:
                _require_known(reader, found, values)
        else:
            values = {"as_of": day} | {name: _typed(value) for name, value in given.items()}
        rows = run(reader, store, found.text if found else text, values)
        checked = [_verified(rows, reader, store, found.text if found else text, values)] if verify else []
        listed = rows.dicts()
        open_to_doubt = doubts(reader, day, _types_in(found.text if found else text))
        answer = Answer(rows.columns, listed, values, day, held.newest_source, sources_of(reader, listed), open_to_doubt)
        answer.notes = [*answer.notes, *checked]
        if found:
            answer.hidden = found.hidden
    _narrow(answer, columns, limit)
    emit(answer, form, cite)


def _types_in(text: str) -> list[str]:
    """The dated relationship types that a query names; none stands for all."""
    from graph_loader.schema import RELATIONSHIP

    return sorted({word for word in re.findall(r"[A-Z_]+", text) if word in RELATIONSHIP and RELATIONSHIP[word].dated})


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


def _nearest(which: str) -> str:
    import difflib

    from graph_loader.catalogue import catalogue

    named = [id_ for id_ in catalogue() if id_.rpartition("/")[2] == which]
    close = named or difflib.get_close_matches(which, catalogue(), n=2, cutoff=0.4)
    return f" (nearest: {', '.join(close)})" if close else ""


def _require_known(reader: Any, found: Any, values: dict[str, Any]) -> None:
    """A bloc or good that the store does not know is a slip, not an empty answer."""
    for param in found.params:
        label = {"bloc": "Bloc", "good": "Good"}.get(param.name)
        if label and values[param.name]:
            text = f"MATCH (n:{label}) WHERE n.fingerprint IS NOT NULL RETURN n.id AS id ORDER BY id"
            known = [row[0] for row in reader.run(text, {}).rows]
            if values[param.name] not in known:
                raise UsageError(f"-p {param.name}: no {label.lower()} '{values[param.name]}' is loaded; there are {', '.join(known)}")


@click.group()
def queries() -> None:
    """The library of Cypher queries."""


@queries.command("list", epilog="\b\nExample:\n  pactgraph queries list")
@format_option
def queries_list(form: str) -> None:
    """List the queries of the library."""
    from graph_loader.catalogue import catalogue

    rows = [{"query": q.id, "asks": q.title, "example": q.example} for q in catalogue().values()]
    emit(Answer(["query", "asks", "example"], rows), form)


@queries.command("show", epilog="\b\nExample:\n  pactgraph queries show membership/members")
@click.argument("name")
def queries_show(name: str) -> None:
    """Print a query with its header."""
    from graph_loader.catalogue import catalogue

    if name not in catalogue():
        raise UsageError(f"there is no query '{name}'{_nearest(name)}; 'pactgraph queries list' shows all")
    click.echo(catalogue()[name].text, nl=False)


@queries.command("check", epilog="\b\nExamples:\n  pactgraph queries check\n  pactgraph queries check my.cypher --db bolt://localhost:7687")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@db_option
@format_option
def queries_check(files: tuple[Path, ...], db: str | None, form: str) -> None:
    """Check the library, or your own .cypher FILES: header, columns, read-only, forms that an engine answers wrongly; then run each.

    Each query runs once with the parameters of its example; nothing is changed.
    """
    import shlex

    from graph_loader.catalogue import catalogue, read_file
    from graph_loader.identity import default_identity
    from graph_loader.stores.base import query as run

    wanted = [read_file(path) for path in files] or list(catalogue().values())
    results = []
    with reading(db, None) as (store, reader, _, day):
        for checked in wanted:
            words = shlex.split(checked.example)
            given = _given(tuple(words[i + 1] for i, word in enumerate(words) if word == "-p"))
            values = checked.bind(given, day, default_identity())
            rows = run(reader, store, checked.text, values)
            results.append({"query": checked.id, "columns": len(rows.columns), "rows": len(rows.rows), "result": "ok"})
    emit(Answer(["query", "columns", "rows", "result"], results), form)
