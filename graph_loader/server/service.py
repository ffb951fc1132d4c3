"""The user's own local server: one home in the user's data folder, started, found, stopped and wiped by name.

``pactgraph neo4j`` and ``--db neo4j`` stand on this; tests use :class:`graph_loader.server.LocalNeo4j` itself.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import portalocker
from platformdirs import user_data_path

from graph_loader.server.browser import WEB, put_kit, refresh_kit, serves_kit
from graph_loader.server.config import checked_size
from graph_loader.server.errors import ServerError
from graph_loader.server.jars import Progress, default_cache_dir, fetch
from graph_loader.server.local import LocalNeo4j, is_free, why_unavailable
from graph_loader.server.lock import NEO4J_VERSION, RELEASES, read_lock, release_of

BOLT_PORT: Final = 7687
HTTP_PORT: Final = 7474
_SILENT_S: Final = 60
_LOCK: Final = "start.lock"
_WAIT_S: Final = 600  # another start may be downloading the jars

# All that pactgraph and Neo4j write into a home: wipe removes these names and no other.
_WRITTEN: Final = (
    "certificates", "conf", "data", "import", "labs", "licenses", "logs", "password", "plugins", "products", "run", "server.json",
    "version", WEB,
)  # fmt: skip


@dataclass(frozen=True)
class Status:
    """What is known of the local server.

    Attributes
    ----------
    home : Path
        Its folder.
    state : str
        ``running``; ``silent``: its process runs and does not answer (yet); ``lost``: it ended without a stop; ``stopped``: there
        are data; ``absent``: it was never started.
    server : LocalNeo4j or None
        The running server.
    version : str
        Version of Neo4j that wrote the data; empty when there are none.
    noted_pid : int or None
        Process of the note, running or not.
    """

    home: Path
    state: str
    server: LocalNeo4j | None
    version: str
    noted_pid: int | None

    @property
    def logs(self) -> Path:
        """Folder of the logs: ``neo4j.log``, ``debug.log``, ``console.log``."""
        return self.home / "logs"


@dataclass(frozen=True)
class Started:
    """What a start did.

    Attributes
    ----------
    server : LocalNeo4j
        The running server.
    here : bool
        Whether it was started now.
    new_password : bool
        Whether its password was made now.
    kit_problem : str
        Why Browser's kit is not served; empty when it is, or none was asked for.
    """

    server: LocalNeo4j
    here: bool = False
    new_password: bool = False
    kit_problem: str = ""


def default_home() -> Path:
    """Folder of the user's local server.

    Returns
    -------
    Path
        ``neo4j`` in the user's data folder, or the folder that PACTGRAPH_NEO4J_HOME names.
    """
    named = os.environ.get("PACTGRAPH_NEO4J_HOME")
    return Path(named) if named else user_data_path("pactgraph", appauthor=False) / "neo4j"


def status(home: Path | None = None) -> Status:
    """Look whether the local server runs; nothing is changed.

    Parameters
    ----------
    home : Path, optional
        Its folder; :func:`default_home` when not given.

    Returns
    -------
    Status
        The server's state.

    Raises
    ------
    ServerError
        If the note of the last start is damaged.
    """
    home = (home or default_home()).resolve()
    version = ""
    with suppress(OSError):
        version = (home / "version").read_text(encoding="ascii").strip()
    noted = LocalNeo4j.noted(home)
    if noted is None:
        return Status(home, "stopped" if (home / "data").is_dir() else "absent", None, version, None)
    server = None
    with suppress(ServerError):  # something answers there, but not to the password
        server = LocalNeo4j.attach(home)
    if server is not None:
        return Status(home, "running", server, version, noted.pid)
    return Status(home, "silent" if noted.process_runs() else "lost", None, version, noted.pid)


def start(
    home: Path | None = None, *, version: str | None = None, heap: str = "2g", progress: Progress | None = None,
    kit: Mapping[str, bytes] | None = None,
) -> Started:  # fmt: skip
    """Start the local server, unless it runs; it goes on after this process has ended.

    The ports are 7687 and 7474 where they are free, else any free ones.

    Parameters
    ----------
    home : Path, optional
        Its folder; :func:`default_home` when not given.
    version : str, optional
        As :func:`graph_loader.server.fetch` takes it; the version that wrote the data, else 5.26, when not given.
    heap : str
        Largest heap of Java.
    progress : callable, optional
        As for :func:`graph_loader.server.fetch`.
    kit : mapping, optional
        Files that the server serves under ``/browser/kit/``: name -> content. Where they cannot be had it starts without.

    Returns
    -------
    Started
        The server, and what was done.

    Raises
    ------
    ServerError
        If it cannot be fetched or started.
    ValueError
        If there is no such version, or the heap is not of the said form.
    """
    home = (home or default_home()).resolve()
    checked_size(heap, "heap")
    if reason := why_unavailable():
        raise ServerError(f"a local Neo4j cannot run here: {reason}")
    with _alone(home):
        found = status(home)
        until = time.monotonic() + _SILENT_S
        while found.state == "silent" and time.monotonic() < until:  # its start was killed, or it is stopping
            time.sleep(0.5)
            found = status(home)
        if found.server is not None:
            return Started(found.server, kit_problem=_refreshed(found.server, kit))
        if found.state == "silent":
            raise ServerError(
                f"the local Neo4j (process {found.noted_pid}) runs but does not answer: see {found.logs}, and end it with "
                "'pactgraph neo4j stop'"
            )
        version = version or _known(found.version)
        jars = fetch(progress=progress, version=version)
        new = not (home / "password").exists()
        before, problem = _with_kit(home, jars, kit)
        server = LocalNeo4j.start(
            home, [*before, *jars], version=version, heap=heap, page_cache="128m", detach=True,
            bolt_port=BOLT_PORT if is_free(BOLT_PORT) else 0, http_port=HTTP_PORT if is_free(HTTP_PORT) else 0,
        )  # fmt: skip
        return Started(server, True, new, problem)


def _with_kit(home: Path, jars: list[Path], kit: Mapping[str, bytes] | None) -> tuple[list[Path], str]:
    """What goes before the jars, and why the kit cannot be served; empty when it can."""
    if kit is None:
        return [], ""
    try:
        return [put_kit(home, jars, kit)], ""
    except ServerError as error:
        return [], str(error)


def _refreshed(server: LocalNeo4j, kit: Mapping[str, bytes] | None) -> str:
    """Why a running server does not serve this kit; empty when it does."""
    if kit is None:
        return ""
    if not serves_kit(server):
        return "the server was started without it; 'pactgraph neo4j stop' and 'pactgraph neo4j start' bring it"
    try:
        refresh_kit(server.home, kit)
    except OSError as error:
        return f"{server.home} cannot be written ({error.strerror})"
    return ""


def stop(home: Path | None = None) -> Status:
    """Stop the local server and keep its data.

    Parameters
    ----------
    home : Path, optional
        Its folder; :func:`default_home` when not given.

    Returns
    -------
    Status
        What was there before; a note that a crash had left is removed.

    Raises
    ------
    ServerError
        If its process does not end.
    """
    home = (home or default_home()).resolve()
    if not home.is_dir():
        return status(home)
    with _alone(home):
        return _stop(home)


def _stop(home: Path) -> Status:
    found = status(home)
    if found.state in ("running", "silent"):
        noted = LocalNeo4j.noted(home)
        if noted is not None:
            noted.stop()
    (home / "server.json").unlink(missing_ok=True)
    return found


def wipe(home: Path | None = None) -> list[str]:
    """Stop the local server and remove its data, settings, logs and password. The jars stay.

    Parameters
    ----------
    home : Path, optional
        Its folder; :func:`default_home` when not given.

    Returns
    -------
    list of str
        Names in the folder that were left there, since neither pactgraph nor Neo4j wrote them.

    Raises
    ------
    ServerError
        If the folder is not the home of a server, or the server does not end.
    """
    home = (home or default_home()).resolve()
    if not home.is_dir():
        return []
    inside = {path.name for path in home.iterdir()}
    # Whoever names the wrong folder must not lose a folder 'data' of their own.
    if inside - {_LOCK} and not (home / "conf" / "java.args").is_file():
        raise ServerError(f"{home} is not the folder of a local Neo4j: nothing was removed; correct --home")
    with _alone(home):
        _stop(home)
        for name in _WRITTEN:
            path = home / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    (home / _LOCK).unlink(missing_ok=True)
    left = sorted(path.name for path in home.iterdir())
    if not left:
        home.rmdir()
    return left


def remove_jars() -> int:
    """Remove the jars of every Neo4j from the user's cache folder.

    Returns
    -------
    int
        How many were removed.
    """
    removed = 0
    for release in RELEASES:
        folder = default_cache_dir(release.version)
        for jar in read_lock(release.version):
            with suppress(FileNotFoundError):
                (folder / jar.filename).unlink()
                removed += 1
        with suppress(OSError):
            folder.rmdir()
    return removed


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One start, stop or wipe of a home at a time; the others wait."""
    lock = portalocker.Lock(home / _LOCK, "a", timeout=_WAIT_S)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except portalocker.LockException as error:
        raise ServerError(f"another start or stop of the local Neo4j in {home} does not end; end it first") from error
    except OSError as error:
        raise ServerError(f"{home} cannot be written ({error.strerror or error}): choose another --home") from error
    try:
        yield
    finally:
        lock.release()


def _known(written: str) -> str:
    """The version to start data with: that which wrote them, or the newest of its series that runs here."""
    if not written:
        return NEO4J_VERSION
    for name in (written, ".".join(written.split(".")[:2])):
        with suppress(ValueError):
            return release_of(name).version
    return NEO4J_VERSION
