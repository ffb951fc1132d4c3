"""The command's entry point, run in this process: many cases without the start of an interpreter for each.

What only a process shows (pipes, terminals, the environment) is tested with the fixture ``cli``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Result

from graph_loader.cli.main import main
from graph_loader.stores.base import Store

Run = Callable[..., Result]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("show", "DEU", db=store)``: exit code, stdout and stderr of ``pactgraph show DEU``."""

    def run(*args: str | Path, db: Store | Path | str | None = None) -> Result:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["pactgraph", *map(str, args)])
            if db is not None:
                patch.setenv("PACTGRAPH_DB", str(db if isinstance(db, (str, Path)) else db.url))
            capsys.readouterr()
            try:
                main()
                code = 0
            except SystemExit as exit_:
                code = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
            out, err = capsys.readouterr()
        return Result(code, out, err)

    return run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.setattr("os.fsync", lambda _: None)  # these stores need not outlive a power cut
    yield runner(monkeypatch, capsys)
