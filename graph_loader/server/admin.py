"""Neo4j's admin tool, without a Neo4j installation: for a home whose server is not running."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from graph_loader.server.config import ADMIN_CLASS, argument_file_text, java_environment, java_options
from graph_loader.server.errors import ServerError
from graph_loader.server.local import _java, _refuse_if_running, _set_initial_password, _umask


def run_admin(home: Path, jars: Sequence[Path], arguments: Sequence[str], *, heap: str = "1g", timeout: float = 3600) -> str:
    """Run ``neo4j-admin`` on a home and return what it prints.

    Parameters
    ----------
    home : Path
        Made when missing; :meth:`LocalNeo4j.start` uses it afterwards.
    jars : sequence of Path
        What :func:`graph_loader.server.fetch` returned.
    arguments : sequence of str
        Such as ``["database", "import", "full", …]``. No secret: they are seen in the list of processes.

    Raises
    ------
    ServerError
        When the server of that home runs, or the tool fails; the message holds the end of what it said.
    """
    home = home.resolve()
    _refuse_if_running(home)
    for folder in (home, *(home / name for name in ("conf", "data", "import", "logs"))):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = os.fsencode(argument_file_text(java_options(jars, heap)))
    for name in ("admin.args", "java.args"):
        (home / "conf" / name).write_bytes(options)
    if not (home / "data" / "databases").exists() and not (home / "password").exists():
        _set_initial_password(home)  # it also writes neo4j.conf
    done = subprocess.run(
        [_java(), f"@{home / 'conf' / 'admin.args'}", ADMIN_CLASS, *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, env=java_environment(home, os.environ), cwd=home, timeout=timeout, check=False,
        umask=_umask(),
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    if done.returncode != 0:
        raise ServerError(f"neo4j-admin {' '.join(arguments[:3])} failed in {home}: {said.splitlines()[0] if said else 'no word'}")
    return said
