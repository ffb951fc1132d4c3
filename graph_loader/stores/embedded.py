"""The embedded store: ArcadeDB's native wheel, in a folder. All that knows ArcadeDB is here.

The folder holds generations, each a whole database, and the file CURRENT that names the one in use. A load copies the current
generation, writes to the copy, closes it and switches CURRENT with one os.replace: all or nothing. A reader holds a shared lock
on its generation for as long as it reads, so it sees one state even when a load ends meanwhile, and a load that dies leaves only a
folder that the next one clears away. (A reader of a database that is being written would see a mixture, without an error.)
Beside each generation lies a list of its files with their sizes and SHA-256: damage is told, not answered from.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import portalocker

from graph_loader import cyphertext
from graph_loader.errors import StoreError, UsageError
from graph_loader.stores import manifest, statements
from graph_loader.stores.base import Diff, Params, Rows, with_columns

# The engine logs to stderr by default, in the middle of a user's output.
os.environ.setdefault("ARCADEDB_LOG_CONSOLE", "0")

_CURRENT = "CURRENT"
_SHARED = portalocker.LockFlags.SHARED | portalocker.LockFlags.NON_BLOCKING
_EXCLUSIVE = portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING
# Readers write these when they close, so that the list of a generation's files cannot hold them. The statistics answer counts of a whole
# type, unchecked: they go before each opening, and the engine counts anew where it is asked (no slower for the bundled data).
_STATISTICS = "statistics.json"
_UNSTABLE = frozenset(("last-tx-id.bin", _STATISTICS))
_ENGINE_KEYS = frozenset(("@rid", "@type", "@cat", "@in", "@out"))


def _arcadedb() -> Any:
    try:
        import arcadedb
    except ImportError as error:
        raise StoreError(
            "the embedded store has no build for this platform (it needs Linux with glibc, macOS on arm64 or Windows x64);"
            " use a Neo4j instead: --db bolt://HOST:7687"
        ) from error
    return arcadedb


class EmbeddedReader:
    """Queries on one open generation."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def run(self, text: str, params: Params) -> Rows:
        arcadedb = _arcadedb()
        try:
            found = [_plain(row) for row in self._database.query("opencypher", text, dict(params)).to_list()]
            if _names_path(text):
                found = self._with_paths(found)
        except arcadedb.ArcadeDBError as error:
            raise UsageError(f"the query failed: {_message(error)}{_remedy(error)}") from error
        return with_columns(text, _renamed(text, found))

    def plan(self, text: str, params: Params) -> str:
        arcadedb = _arcadedb()
        try:
            found = self._database.query("opencypher", f"EXPLAIN {text}", dict(params)).to_list()
        except arcadedb.ArcadeDBError as error:
            raise UsageError(f"the query failed: {_message(error)}{_remedy(error)}") from error
        said = str(found[0].get("executionPlanAsString", "")) if found else ""
        return said.strip() or "the embedded engine tells no plan of this query"

    def _with_paths(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Whole paths as lists of nodes and relationships: the engine hands them over as text of record numbers."""
        numbers = {number for row in rows for text in _texts(row) if _PATH.fullmatch(text) for number in _RECORD.findall(text)}
        if not numbers:
            return rows
        records = self._database.query("sql", f"SELECT @rid AS rid, @this AS record FROM [{', '.join(sorted(numbers))}]").to_list()
        known = {str(found["rid"]): _plain(found["record"]) for found in records}
        return [{key: _resolved(value, known) for key, value in row.items()} for row in rows]


class EmbeddedWriter(EmbeddedReader):
    """One load's writes to a generation that nobody else sees before CURRENT names it: that switch is what makes the load one
    transaction. Each statement is committed by itself, so that memory does not grow with the load."""

    def apply(self, diff: Diff) -> None:
        for statement in statements.writes(diff):
            with self._database.transaction():
                if statement.deletes and not statement.text.startswith("MATCH (f:"):
                    # Cypher finds relationships by id in .27 s for 2,000 here, SQL through the index in .1 s.
                    self._database.command("sql", f"DELETE FROM `{statement.type}` WHERE id IN :ids", statement.params)
                else:
                    self._database.command("opencypher", statement.text, statement.params)


class EmbeddedStore:
    """A store in a folder.

    Parameters
    ----------
    folder : Path
        Made at the first load.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder)

    def misread(self, text: str) -> str | None:
        return cyphertext.misread_form(text)

    # -- reading --

    def exists(self) -> bool:
        return self._current() is not None

    @contextmanager
    def reading(self) -> Iterator[EmbeddedReader]:
        arcadedb = _arcadedb()
        with self._locked_generation() as generation:
            wrong = manifest.damage(generation, self._manifest(generation.name))
            if wrong:
                raise StoreError(f"{self.url}: the store cannot be read ({wrong}); load again into a new --db")
            try:
                database = _open_shared(generation)
            except arcadedb.ArcadeDBError as error:
                raise StoreError(f"{self.url}: the store cannot be read ({_message(error)}); load again into a new --db") from error
            try:
                yield EmbeddedReader(database)
            finally:
                _close_shared(generation)

    @contextmanager
    def _locked_generation(self) -> Iterator[Path]:
        for _ in range(100):
            current = self._current()
            if current is None:
                raise StoreError(f"{self.url}: nothing is loaded there; run 'pactgraph load' first, or name another --db")
            try:
                lock = portalocker.Lock(self._lock_file(current), mode="a", flags=_SHARED, timeout=0)
                lock.acquire()
            except (portalocker.LockException, OSError) as error:
                if self._current() == current:
                    raise StoreError(f"{self.url}: the store is locked ({error}); close the program that holds it") from error
                continue
            try:
                # A load may have switched, and cleared this generation away, before the lock was held.
                if self._current() == current:
                    yield self._generations / current
                    return
            finally:
                lock.release()
        raise StoreError(f"{self.url}: loads follow each other too quickly to read; try again")

    @property
    def _generations(self) -> Path:
        return self.folder / "generations"

    def _lock_file(self, generation: str) -> Path:
        return self._generations / f"{generation}.lock"

    def _manifest(self, generation: str) -> Path:
        return self._generations / f"{generation}.json"

    def damage(self) -> str | None:
        """Compare every byte that can change an answer with what the last load wrote.

        Returns
        -------
        str or None
            What is damaged; None when nothing is, or nothing is loaded.

        Raises
        ------
        StoreError
            When the current generation cannot be found.
        """
        if not self.exists():
            return None
        with self._locked_generation() as generation:
            return manifest.damage(generation, self._manifest(generation.name), thorough=True)

    def _current(self) -> str | None:
        try:
            name = (self.folder / _CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{self.url}: {_CURRENT} cannot be read ({error}); load again into a new --db") from error
        if not name.isdigit() or not (self._generations / name).is_dir():
            raise StoreError(f"{self.url}: {_CURRENT} names no generation; the store is damaged, load again into a new --db")
        return name

    # -- writing --

    @contextmanager
    def writing(self) -> Iterator[EmbeddedWriter]:
        arcadedb = _arcadedb()
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            lock = portalocker.Lock(self.folder / "writer.lock", mode="a", flags=_EXCLUSIVE, timeout=0)
            lock.acquire()
        except portalocker.LockException as error:
            raise StoreError(f"{self.url}: another load is writing to this store; wait until it ends") from error
        except OSError as error:
            raise StoreError(f"{self.url}: cannot be written ({error.strerror}); choose another --db") from error
        try:
            current = self._current()
            self._clear(current)
            name = f"{1 + max((int(p.name) for p in self._generations.iterdir() if p.name.isdigit()), default=0):06}"
            target = self._generations / name
            try:
                if current is None:
                    database = arcadedb.create_database(str(target))
                    for text in statements.embedded_schema():
                        database.command("sql", text)
                else:
                    shutil.copytree(self._generations / current, target, ignore=shutil.ignore_patterns(_STATISTICS))
                    wrong = manifest.damage(target, self._manifest(current), thorough=True)
                    if wrong:
                        raise StoreError(f"{self.url}: the store is damaged ({wrong}); nothing was changed: load again into a new --db")
                    database = arcadedb.open_database(str(target))
                try:
                    yield EmbeddedWriter(database)
                finally:
                    database.close()
                _sync(target)
                manifest.write(target, self._manifest(name), _UNSTABLE)
                _sync_folder(self._generations)
                self._switch(name)
            except BaseException as error:
                if not self._names(name):  # an interrupt can come just after the switch
                    self._manifest(name).unlink(missing_ok=True)
                    shutil.rmtree(target, ignore_errors=True)
                if isinstance(error, OSError):
                    raise StoreError(f"{self.url}: cannot be written ({_reason(error)}); nothing was changed") from error
                if isinstance(error, arcadedb.ArcadeDBError):
                    raise StoreError(f"{self.url}: the load failed ({_message(error)}); nothing was changed") from error
                raise
            # The load is done: whatever stops the clearing must not make it look undone.
            with contextlib.suppress(KeyboardInterrupt, OSError):
                _sync_folder(self.folder)
                self._clear(name)
        finally:
            lock.release()

    def _names(self, generation: str) -> bool:
        """Whether CURRENT names the generation."""
        try:
            return (self.folder / _CURRENT).read_bytes().strip() == generation.encode()
        except OSError:
            return False

    def _switch(self, name: str) -> None:
        fresh = self.folder / f"{_CURRENT}.new"
        with fresh.open("w", encoding="ascii") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / _CURRENT)

    def _clear(self, keep: str | None) -> None:
        """Remove the generations that nobody reads any more."""
        for generation in sorted(p for p in self._generations.iterdir() if p.name.isdigit() and p.name != keep):
            with contextlib.suppress(portalocker.LockException, OSError):
                with portalocker.Lock(self._lock_file(generation.name), mode="a", flags=_EXCLUSIVE, timeout=0):
                    self._manifest(generation.name).unlink(missing_ok=True)  # first: while the folder is there it is found again
                    shutil.rmtree(generation)
                self._lock_file(generation.name).unlink(missing_ok=True)


# A process can open a database only once: its readers of one generation share it, and the last one closes it.
_open: dict[Path, tuple[Any, int]] = {}
_open_lock = threading.Lock()


def _open_shared(generation: Path) -> Any:
    with _open_lock:
        place = generation.resolve()
        if place in _open:
            database, readers = _open[place]
        else:
            with contextlib.suppress(OSError):  # a store that may only be read has none but its writer's
                (generation / _STATISTICS).unlink(missing_ok=True)
            database, readers = _arcadedb().open_database(str(generation), read_only=True), 0
        _open[place] = database, readers + 1
        return database


def _close_shared(generation: Path) -> None:
    with _open_lock:
        place = generation.resolve()
        database, readers = _open.pop(place)
        if readers > 1:
            _open[place] = database, readers - 1
        else:
            database.close()


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("r+b") as opened:  # Windows syncs only what may be written
                os.fsync(opened.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Names reach the disk in this order: the generation, CURRENT, and only then the end of the old generation."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        except OSError as error:
            if error.errno != errno.EINVAL:  # some network file systems do not sync folders
                raise
        finally:
            os.close(number)


def _reason(error: OSError) -> str:
    # copytree collects the failures of all files: (source, target, reason).
    failures = error.args[0] if isinstance(error, shutil.Error) else None
    if isinstance(failures, list) and failures:
        return f"{len(failures)} files could not be copied; first: {failures[0][2]}"
    return error.strerror or str(error)


def _message(error: Exception) -> str:
    text = str(error)
    for prefix in ("Query failed: ", "Failed to commit transaction: "):
        text = text.removeprefix(prefix)
    # 'com.arcadedb.exception.CommandParsingException: Syntax error ...' -> 'Syntax error ...'
    head, _, tail = text.partition(": ")
    text = tail if tail and "." in head and " " not in head else text
    return text.split(" (caused by")[0].strip()


_RECORD = re.compile(r"#\d+:\d+")
_PATH = re.compile(r"\(#\d+:\d+\)(?:<?-\[#\d+:\d+\]->?\(#\d+:\d+\))*")


def _renamed(text: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows under the names that Neo4j gives columns without AS, where the engine shortens them."""
    wanted = cyphertext.returned_columns(text)
    if not rows or len(wanted) != len(rows[0]) or wanted == list(rows[0]):
        return rows
    if any(name != given and (name in rows[0] or given in wanted) for name, given in zip(wanted, rows[0], strict=True)):
        return rows
    return [dict(zip(wanted, row.values(), strict=True)) for row in rows]


def _names_path(text: str) -> bool:
    found = cyphertext.tokens(text)
    return any(t.text == "=" and found[i + 1].text.lower() in ("(", "shortestpath", "allshortestpaths") for i, t in enumerate(found[:-1]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _resolved(value: Any, records: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(item, records) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, records) for item in value]
    if isinstance(value, str) and _PATH.fullmatch(value):
        return [records[number] for number in _RECORD.findall(value)]
    return value


def _remedy(error: Exception) -> str:
    if "Pattern expressions are not allowed" in str(error):
        return "; write EXISTS { … } around the pattern"
    return ""


def _plain(value: Any) -> Any:
    """Nodes and relationships as maps of their properties, sets as sorted lists."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key not in _ENGINE_KEYS}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    return value
