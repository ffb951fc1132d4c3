"""The built wheel does the main job from an empty virtual environment, outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(w) for w in words], cwd=cwd, env=os.environ | env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT, cwd=out)
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_queries_data_and_the_page(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    queries = {f"graph_loader/cypher/{p.relative_to(ROOT / 'cypher').as_posix()}" for p in (ROOT / "cypher").rglob("*.cypher")}
    tables = {f"graph_loader/data/{p.relative_to(ROOT / 'data').as_posix()}" for p in (ROOT / "data").rglob("*.csv")}
    assert queries
    assert tables
    assert names >= queries | tables | {"viz/assets/network.js", "graph_loader/data/curated/source.yml", "graph_loader/server/jars.lock"}
    assert not [name for name in names if name.startswith("tests/")]


def test_the_main_job_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    home = tmp_path / "home"
    home.mkdir()
    _run(binaries / "python", "-m", "pip", "install", "-q", wheel, cwd=home)
    env = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "PYTHONPATH": ""}
    done = _run(binaries / "pactgraph", "demo", "--out", "demo", cwd=home, **env)
    assert "USA    United States" in done.stdout
    page = (home / "demo" / "network.html").read_text(encoding="utf-8")
    assert "North Atlantic Treaty" in page
    # From the user's own store, as README's tour goes on.
    _run(binaries / "pactgraph", "load", cwd=home, **env)
    members = _run(binaries / "pactgraph", "query", "membership/members", "-p", "bloc=NATO", "--as-of", "1985-06-01", "--format", "csv",
                   cwd=home, **env)  # fmt: skip
    assert len(members.stdout.splitlines()) == 1 + 16  # nato.int: Spain, the 16th member, joined on 30 May 1982
