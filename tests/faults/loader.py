"""Runs ``pactgraph`` and kills its own process, as ``kill -9`` does, at a chosen moment of its work.

    python loader.py LOG LABEL NTH load --db FOLDER …

A moment is a file operation inside the store's folder, of which Python's audit events tell, or a call into the engine or the
driver: so the product needs no hook of its own. Every moment is written to LOG, one label a line; before the NTH moment with that
LABEL the process dies. NTH 0 lets it live.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import arcadedb
import neo4j

from graph_loader.cli.main import main

LOG, LABEL, NTH = sys.argv[1], sys.argv[2], int(sys.argv[3])
STORE = sys.argv[sys.argv.index("--db") + 1]
FILES = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.copytree", "shutil.rmtree")

_log = Path(LOG).open("w", encoding="utf-8", buffering=1)  # noqa: SIM115
_seen: dict[str, int] = {}


def moment(label: str) -> None:
    _seen[label] = _seen.get(label, 0) + 1
    _log.write(label + "\n")
    if label == LABEL and _seen[label] == NTH:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def on_audit(event: str, args: tuple[Any, ...]) -> None:
    if event in FILES and args and isinstance(args[0], (str, bytes, os.PathLike)):
        path = os.fsdecode(args[0])
        if path.startswith(STORE):
            name = Path(path).name
            moment(f"{event} {name if name.startswith(('CURRENT', 'writer')) else 'file'}")


def watch(owner: type, *names: str) -> None:
    """Make every call of these methods a moment."""
    for name in names:
        method: Callable[..., Any] = getattr(owner, name)

        def watched(*args: Any, _method: Callable[..., Any] = method, _name: str = name, **more: Any) -> Any:
            moment(_name)
            return _method(*args, **more)

        setattr(owner, name, watched)


def watch_engine() -> None:
    """Watch the class of database that the engine gives, whatever its name."""
    for name in ("create_database", "open_database"):
        method: Callable[..., Any] = getattr(arcadedb, name)

        def opened(*args: Any, _method: Callable[..., Any] = method, _name: str = name, **more: Any) -> Any:
            moment(_name)
            database = _method(*args, **more)
            if not hasattr(type(database), "watched"):
                type(database).watched = True
                watch(type(database), "command", "commit", "close")
            return database

        setattr(arcadedb, name, opened)


if __name__ == "__main__":
    sys.argv = ["pactgraph", *sys.argv[4:]]
    if "://" in STORE:
        watch(neo4j.Transaction, "run", "commit")
    else:
        watch_engine()
        sys.addaudithook(on_audit)
    main()
