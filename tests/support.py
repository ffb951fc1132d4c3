"""Helpers that all tests may import: datasets in pactgraph's own layout, and the command in a process of its own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import portalocker
import yaml
from neo4j import GraphDatabase

from graph_loader.schema import Fact
from graph_loader.server import LocalNeo4j
from graph_loader.sources.package import TABLES
from graph_loader.stores import open_store
from graph_loader.stores.base import Store
from graph_loader.stores.base import query as run_query
from graph_loader.stores.neo4j import Neo4jStore

LAYOUT: dict[str, tuple[str, ...]] = {t.name: t.columns for t in TABLES} | {
    "documents": ("id", "title", "publisher", "version", "url", "licence", "citation"),
    "evidence": ("fact", "property", "source", "locator", "seen", "matched", "value"),
}
_OPTIONAL = {t.name: frozenset(t.optional) for t in TABLES}

Rows = Sequence[Mapping[str, object]]


def small_package(folder: Path, tables: Mapping[str, Rows | str | bytes], **source_yml: Any) -> Path:
    """Write a dataset in pactgraph's own layout and return its folder, for ``pactgraph load --from``.

    Parameters
    ----------
    folder : Path
        Made when missing. Files of an earlier call in the same folder are removed first.
    tables : mapping
        Name of a table (``memberships``, ``evidence`` …) -> rows. A row needs only the cells that matter: the layout's required
        columns are always written, empty where not given; its optional columns only when some row has them. Cells: text, numbers,
        ``True`` (``true``), ``None`` (empty), lists (joined with ``;``). A column that the layout does not know is written as given.
        Text or bytes instead of rows become the file as they are.
    **source_yml
        Entries of source.yml over the defaults: id ``mine``, title, covers_until ``..``, released 2026-01-01. None leaves one out.

    Examples
    --------
    >>> small_package(tmp_path / "mine", {  # doctest: +SKIP
    ...     "blocs": [{"id": "NATO", "name": "NATO", "kind": "alliance", "since": "1949-08-24", "until": ".."}],
    ...     "memberships": [{"state": "FRA", "bloc": "NATO", "since": "1949-08-24", "until": ".."}],
    ... }, id="mine", precedence=50)
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.csv"), *folder.glob("source.yml")]:
        old.unlink()
    content = {"id": "mine", "title": "A dataset of the tests", "covers_until": "..", "released": "2026-01-01"} | source_yml
    text = yaml.safe_dump({k: v for k, v in content.items() if v is not None}, allow_unicode=True)
    (folder / "source.yml").write_text(text, encoding="utf-8")
    for name, rows in tables.items():
        file = folder / f"{name}.csv"
        if isinstance(rows, bytes):
            file.write_bytes(rows)
        elif isinstance(rows, str):
            file.write_bytes(rows.encode())
        else:
            _write_table(file, name, rows)
    return folder


def _write_table(file: Path, name: str, rows: Rows) -> None:
    given = dict.fromkeys(column for row in rows for column in row)
    known = LAYOUT.get(name, ())
    columns = [c for c in known if c in given or c not in _OPTIONAL.get(name, ())]
    columns += [c for c in given if c not in known]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(c)) for c in columns] for row in rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ";".join(str(item) for item in value)
    return str(value)


# -- the command ----------------------------------------------------------------------------------------------------------------

NEO4J_AUTH: dict[str, tuple[str, str]] = {}
"""User and password of each test server by its URL; the fixtures fill it."""


@dataclass(frozen=True)
class Result:
    """What a run of the command left: exit code, stdout, stderr."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """stdout as JSON (``--format json``)."""
        return json.loads(self.stdout)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a ``--format json`` answer."""
        found: list[dict[str, Any]] = self.json["rows"]
        return found

    def ok(self) -> Result:
        """Itself, after a check that the command succeeded and that no traceback was printed."""
        assert self.code == 0, f"exit code {self.code}\n{self.stdout}\n{self.stderr}"
        assert "Traceback" not in self.stderr, self.stderr
        return self

    def fails(self, code: int, *words: str) -> Result:
        """Itself, after a check that it failed with that code and one clear message holding all the words."""
        assert self.code == code, f"exit code {self.code}, not {code}\n{self.stdout}\n{self.stderr}"
        assert "Traceback" not in self.stderr, self.stderr
        for word in words:
            assert word in self.stderr, f"{word!r} is not in: {self.stderr}"
        return self


def environment(home: Path, db: Store | Path | str | None = None) -> dict[str, str]:
    """Environment for the command: PACTGRAPH_DB as given, every folder of the user inside ``home``."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PACTGRAPH_", "NEO4J_"))}
    env |= {
        "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"), "PYTHONUTF8": "1", "COLUMNS": "120",
    }  # fmt: skip
    if db is not None:
        url = db if isinstance(db, (str, Path)) else db.url
        env["PACTGRAPH_DB"] = str(url)
        if str(url) in NEO4J_AUTH:
            env["NEO4J_USERNAME"], env["NEO4J_PASSWORD"] = NEO4J_AUTH[str(url)]
    return env


@dataclass(frozen=True)
class Cli:
    """Runs ``pactgraph`` in a process of its own, as a user would.

    ``cli("load", db=store).ok()``; ``cli("query", "-", db=store, stdin="MATCH …").fails(2, "read-only")``.
    """

    home: Path

    def __call__(
        self, *args: str | Path, db: Store | Path | str | None = None, stdin: str = "", cwd: Path | None = None,
        env: Mapping[str, str] | None = None, timeout: float = 120,
    ) -> Result:  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "graph_loader", *map(str, args)], input=stdin, capture_output=True, encoding="utf-8",
            cwd=cwd or self.home, env=environment(self.home, db) | dict(env or {}), timeout=timeout, check=False,
        )  # fmt: skip
        return Result(done.returncode, done.stdout, done.stderr)


def query(store: Store, text: str, **params: Any) -> list[dict[str, Any]]:
    """Rows of a user's query, by the path that the command takes (refusals included)."""
    with store.reading() as reader:
        return run_query(reader, store, text, params).dicts()


def opened(db: str | Path) -> Store:
    """The store of a folder, or of the URL of a test server."""
    if str(db) in NEO4J_AUTH:
        return Neo4jStore(str(db), NEO4J_AUTH[str(db)])
    return open_store(str(db))


def everything(store: Store, *, without: Sequence[str] = ("Run",)) -> dict[str, dict[str, Any]]:
    """All that a store holds, by id: the stored properties (declared or not) with ``:type`` and, of relationships, ``:start`` and ``:end``.

    Two stores hold the same when these are equal. Runs differ by their times and are left out by default.
    """
    found: dict[str, dict[str, Any]] = {}
    nodes = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS props"
    ties = "MATCH (a)-[t]->(b) RETURN type(t) AS type, a.id AS start, b.id AS end, properties(t) AS props"
    with store.reading() as reader:
        rows = [{":type": "/".join(labels), **props} for labels, props in reader.run(nodes, {}).rows]
        rows += [{":type": t, ":start": a, ":end": b, **props} for t, a, b, props in reader.run(ties, {}).rows]
    for row in rows:
        if row[":type"] not in without:
            assert row["id"] not in found, f"two things with the id {row['id']}"
            found[row["id"]] = row
    return found


def fact_row(fact: Fact) -> dict[str, Any]:
    """A fact as ``everything`` shows it once it is stored."""
    ends = {":start": fact.start[1], ":end": fact.end[1]} if fact.start and fact.end else {}
    return {":type": fact.type, "id": fact.id, **ends, **fact.props, "fingerprint": fact.fingerprint}


@dataclass(frozen=True)
class Both:
    """The same data in both kinds of store."""

    embedded: Store
    neo4j: Store


@contextmanager
def emptied(server: LocalNeo4j) -> Iterator[str]:
    """A database without nodes, kept from other workers meanwhile. Constraints stay: to make them anew costs seconds a test."""
    with portalocker.Lock(server.home / "tests.lock", "a", timeout=300):
        with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver, driver.session() as session:
            session.run("MATCH (n) DETACH DELETE n").consume()
        yield server.uri
