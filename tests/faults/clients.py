"""The command in processes forked from one that has imported everything: hundreds of loads need not start Python anew.

Run as a script it is that process: it reads requests from stdin, one JSON a line, forks for each ``argv`` and answers with the process
id; ``wait`` answers with the exit code (negative for a signal).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LOADER = Path(__file__).with_name("loader.py")


@dataclass
class Client:
    """A running command."""

    pid: int
    out: Path
    _ask: Callable[[dict[str, Any]], int]

    def kill(self) -> None:
        """As ``kill -9``."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float = 120) -> Ended:
        """Wait for its end; it is killed after the timeout (seconds), and the exit code then is no expected one."""
        late = threading.Timer(timeout, self.kill)
        late.start()
        try:
            code = self._ask({"wait": self.pid})
        finally:
            late.cancel()
        return Ended(code, self.out.read_text(encoding="utf-8"), self.out.with_suffix(".err").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Ended:
    """Exit code, stdout and stderr."""

    code: int
    stdout: str
    stderr: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a ``--format json`` answer, once it succeeded."""
        assert self.code == 0, f"exit code {self.code}: {self.stderr}"
        found: list[dict[str, Any]] = json.loads(self.stdout)["rows"]
        return found

    def one_line(self) -> str:
        """The error: one line, no traceback, exit code 1."""
        assert self.code == 1, f"exit code {self.code}: {self.stderr}"
        lines = self.stderr.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("Error: "), self.stderr
        return lines[0]


class Clients:
    """Starts commands."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self._lock = threading.Lock()
        self._number = 0

    def start(self, *args: str | Path, env: Mapping[str, str], home: Path, loader: tuple[str | Path, ...] = ()) -> Client:
        """Start ``pactgraph ARGS``; with ``loader`` (LOG, LABEL, NTH) through loader.py."""
        self._number += 1
        out = home / f"client{self._number}.out"
        argv = [*map(str, loader), *map(str, args)]
        request = {"argv": argv, "loader": bool(loader), "env": dict(env), "out": str(out), "cwd": str(home)}
        return Client(self._ask(request), out, self._ask)

    def run(self, *args: str | Path, env: Mapping[str, str], home: Path, loader: tuple[str | Path, ...] = ()) -> Ended:
        """Start and wait."""
        return self.start(*args, env=env, home=home, loader=loader).wait()

    def _ask(self, request: dict[str, Any]) -> int:
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate(timeout=30)


def _become(request: dict[str, Any]) -> None:
    """In the forked process: be the command."""
    import runpy

    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    out = Path(request["out"])
    for number, path in ((1, out), (2, out.with_suffix(".err"))):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if request["loader"]:
        sys.argv = [str(LOADER), *request["argv"]]
        runpy.run_path(str(LOADER), run_name="__main__")
    else:
        from graph_loader.cli.main import main

        sys.argv = ["pactgraph", *request["argv"]]
        main()


def _serve() -> None:
    import arcadedb  # noqa: F401
    import neo4j  # noqa: F401

    import graph_loader.cli.main
    import graph_loader.pipeline
    import graph_loader.sources.package
    import graph_loader.stores.embedded
    import graph_loader.stores.neo4j  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        elif not (answer := os.fork()):
            _become(request)
            return
        print(answer, flush=True)


if __name__ == "__main__":
    _serve()
