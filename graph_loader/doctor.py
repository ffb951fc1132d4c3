"""What can keep pactgraph from working, looked at one by one; nothing is changed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

import portalocker

from graph_loader import __version__, profiles
from graph_loader.errors import PactgraphError
from graph_loader.schema import FORMAT
from graph_loader.server import RELEASES, default_cache_dir, read_lock, service, why_unavailable
from graph_loader.server.lock import Release, file_sha256
from graph_loader.stores import default_folder, open_store
from graph_loader.stores.base import meta
from graph_loader.stores.embedded import EmbeddedStore

Level = Literal["ok", "warning", "problem"]
_SPARE: Final = 200 * 2**20  # bytes that a first load with the bundled data needs, with room to spare

_VARIABLES: Final = ("PACTGRAPH_DB", "PACTGRAPH_CACHE", "PACTGRAPH_MAVEN", "PACTGRAPH_NEO4J_HOME", "NEO4J_USERNAME", "NEO4J_PASSWORD",
                     "NEO4J_DATABASE")  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    check : str
        What was looked at.
    level : str
        ``ok``, ``warning`` (works, but look at it) or ``problem``.
    found : str
        What was found.
    remedy : str
        What to do; empty when all is well.
    """

    check: str
    level: Level
    found: str
    remedy: str = ""


def examine(db: str | None) -> list[Check]:
    """Look at the installation, the configuration, the store of ``--db``, the local Neo4j and the jars.

    Parameters
    ----------
    db : str or None
        As ``--db`` takes it; None is the user's own folder.

    Returns
    -------
    list of Check
        In a fixed order. Errors become checks of the level ``problem``; none is raised.
    """
    groups: tuple[tuple[str, Callable[[], Iterator[Check]]], ...] = (
        ("installation", _installation),
        ("configuration", _configuration),
        ("store", lambda: _store(db)),
        ("local neo4j", _local),
        *((f"jars of {release.name}", _jars_of(release)) for release in RELEASES),
    )
    return [check for name, look in groups for check in _caught(name, look)]


def _caught(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except PactgraphError as error:
        yield _problem(name, error)
    except OSError as error:
        yield Check(name, "problem", f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), "check its permissions")


def _problem(name: str, error: PactgraphError) -> Check:
    """An error as a check: messages are 'what; remedy' or 'what: remedy'."""
    text = str(error)
    for mark in ("; ", ": "):
        what, _, remedy = text.rpartition(mark)
        if what and remedy:
            return Check(name, "problem", what, remedy)
    return Check(name, "problem", text)


# -- installation and configuration -------------------------------------------------------------------------------------------


def _installation() -> Iterator[Check]:
    yield Check("python", "ok", f"{sys.version.split()[0]} on {sys.platform}")
    yield Check("pactgraph", "ok", f"{__version__}, store format {FORMAT}")
    embedded = _version("arcadedb")
    if embedded:
        yield Check("arcadedb (embedded store)", "ok", embedded)
    else:
        yield Check("arcadedb (embedded store)", "warning", "not installed; there may be no build for this platform",
                    "use a Neo4j: --db bolt://HOST:7687, or 'pactgraph neo4j start'")  # fmt: skip
    yield Check("neo4j driver", "ok", _version("neo4j") or "not installed")
    missing = why_unavailable()
    yield Check("extra neo4j-local", "ok", "not installed; only 'pactgraph neo4j start' needs it" if missing else "installed")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _configuration() -> Iterator[Check]:
    file = profiles.config_file()
    found = profiles.read_profiles(file)
    shown = f"{file}: profiles {', '.join(sorted(found))}" if found else f"{file}: {'no profiles' if file.exists() else 'there is none'}"
    yield Check("configuration", "ok", shown)
    named = [name for name in _VARIABLES if name in os.environ]
    yield Check("environment", "ok", f"set: {', '.join(named)}" if named else "none of its variables is set")


# -- the store ------------------------------------------------------------------------------------------------------------------


def _store(db: str | None) -> Iterator[Check]:
    store = open_store(db)
    if isinstance(store, EmbeddedStore):
        yield from _embedded(store)
        return
    from graph_loader.stores.neo4j import Neo4jStore

    if isinstance(store, Neo4jStore):
        yield from _neo4j(store)


def _embedded(store: EmbeddedStore) -> Iterator[Check]:
    folder = store.folder
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0
    yield from _caught("store", lambda: _content(store, size))
    yield _writer_lock(folder)
    yield _room(folder, size)


def _content(store: EmbeddedStore, size: int) -> Iterator[Check]:
    folder = store.folder
    if not store.exists():
        where = "" if folder == default_folder() else " with this --db"
        yield Check("store", "warning", f"{folder}: nothing is loaded there", f"run 'pactgraph load'{where}")
        return
    with store.reading() as reader:
        held = meta(reader)
    if held is None:
        yield Check("store", "problem", f"{folder}: it holds no data of a load", "run 'pactgraph load' into it")
        return
    generation = (folder / "CURRENT").read_text(encoding="ascii").strip()
    newest = f"release {held['release_date']}, newest source {held['newest_source']}"
    yield Check("store", "ok", f"{folder}: format {held['format']}, generation {generation}, {_size(size)}; {newest}")
    damage = store.damage()  # all of it, also of stores too large to be hashed each time they are opened
    if damage:
        yield Check("files", "problem", f"{folder}: damaged ({damage})", "load again into a new --db")
    else:
        yield Check("files", "ok", "every file is as the last load wrote it")
    others = sum(path.name.isdigit() for path in folder.glob("generations/*")) - 1
    if others > 0:
        yield Check("generations", "ok", f"{others} besides the current one; the next load clears what nobody reads")


def _writer_lock(folder: Path) -> Check:
    lock = folder / "writer.lock"
    if lock.exists():
        try:
            # Shared: it is refused only while a load holds the lock.
            with portalocker.Lock(lock, "a", timeout=0, flags=portalocker.LockFlags.SHARED | portalocker.LockFlags.NON_BLOCKING):
                pass
        except portalocker.LockException:
            return Check("locks", "warning", f"{lock}: a load is writing now", "wait until it ends; readers are not disturbed")
    return Check("locks", "ok", "no load is writing")


def _room(folder: Path, size: int) -> Check:
    place = folder
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        return Check("folder", "problem", f"{place} cannot be written by you", "choose another --db, or change its permissions")
    free = shutil.disk_usage(place).free
    needed = 2 * size + _SPARE
    if free < needed:
        level: Level = "problem" if free < size + _SPARE / 4 else "warning"
        return Check("disk", level, f"{_size(free)} free at {place}; a load copies the store", f"free space: {_size(needed)} are enough")
    return Check("disk", "ok", f"{_size(free)} free at {place}")


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit in ("bytes", "kB") or count >= 100 else f"{count:.1f} {unit}"


def _neo4j(store: object) -> Iterator[Check]:
    from graph_loader.stores.neo4j import Neo4jStore

    assert isinstance(store, Neo4jStore)
    server = store.server()
    yield Check("neo4j", "ok", f"{store.url}: Neo4j {server.version} {server.edition}")
    with store.reading() as reader:
        held = meta(reader)
    if held is None:
        yield Check("data", "warning", f"{store.url}: nothing is loaded there", "run 'pactgraph load' with this --db")
    else:
        yield Check("data", "ok", f"format {held['format']}, release {held['release_date']}, newest source {held['newest_source']}")
    if server.constraints < server.constraints_wanted and held is not None:
        yield Check("constraints", "warning", f"{server.constraints} of {server.constraints_wanted}: loads are slow, ids not protected",
                    "run 'pactgraph load' with this --db: it makes them")  # fmt: skip
    else:
        later = "; the first load makes them" if held is None else ""
        yield Check("constraints", "ok", f"{server.constraints} of {server.constraints_wanted}{later}")
    foreign = store.foreign()
    if foreign:
        counts = ", ".join(f"{name}: {count}" for name, count in foreign.items())
        yield Check("other data", "warning", f"under pactgraph's labels and types stand data that it did not write ({counts}): queries that"
                    " would mix both are refused", "give pactgraph a database of its own")  # fmt: skip


# -- the local server and its jars ----------------------------------------------------------------------------------------------


def _local() -> Iterator[Check]:
    found = service.status()
    said: dict[str, tuple[Level, str, str]] = {
        "running": ("ok", f"runs: {found.server.uri if found.server else ''}, Neo4j {found.version}, logs in {found.logs}", ""),
        "absent": ("ok", "not used", ""),
        "stopped": ("ok", f"stopped; its data are in {found.home}", ""),
        "lost": ("warning", f"it ended without a stop (process {found.noted_pid} is gone); logs in {found.logs}",
                 "'pactgraph neo4j start' starts it again; what was committed is kept"),
        "silent": ("problem", f"its process {found.noted_pid} runs but does not answer; logs in {found.logs}",
                   "wait if it is just starting, else 'pactgraph neo4j stop'"),
    }  # fmt: skip
    yield Check("local neo4j", *said[found.state])
    password = found.home / "password"
    if os.name == "posix":
        with suppress(FileNotFoundError):
            if password.stat().st_mode & 0o077:
                yield Check("password file", "problem", f"others can open {password}", f"run 'chmod 600 {password}'")


def _jars_of(release: Release) -> Callable[[], Iterator[Check]]:
    def look() -> Iterator[Check]:
        name, folder, jars = f"jars of {release.name}", default_cache_dir(release.version), read_lock(release.version)
        there = [jar for jar in jars if (folder / jar.filename).exists()]
        damaged = [jar.filename for jar in there if file_sha256(folder / jar.filename) != jar.sha256]
        if damaged:
            yield Check(name, "problem", f"{folder}: {', '.join(damaged)} {'is' if len(damaged) == 1 else 'are'} not what was fetched",
                        "delete that file: the next start fetches it anew")  # fmt: skip
        elif not there:
            yield Check(name, "ok", "not fetched")
        elif len(there) < len(jars):
            yield Check(name, "warning", f"{folder}: {len(there)} of {len(jars)} there: a download was broken off",
                        "the next 'pactgraph neo4j start' fetches the rest")  # fmt: skip
        else:
            yield Check(name, "ok", f"{folder}: {len(jars)}, each verified")

    return look
