"""Examples in README.md and docs/: a ``console`` block's commands and what they print. Run as a program it refreshes them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


class Example(NamedTuple):
    """One command with the output that the page shows."""

    page: str
    command: str
    output: str


def pages() -> list[Path]:
    """Every page that may hold examples."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(page: Path) -> list[Example]:
    """The page's examples in their order."""
    found = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command += "\n" + more
            found.append(Example(page.relative_to(ROOT).as_posix(), command, output))
    return found


def run(command: str, folder: Path) -> str:
    """What the command prints, in a folder and home of its own, with our command first on the path."""
    binaries = Path(sys.executable).parent
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PACTGRAPH", "NEO4J", "XDG"))},
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"), "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    return (done.stdout + done.stderr).replace(str(folder), "~")


def refresh() -> None:
    """Write what the commands print now into the pages."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            for example in examples(page):
                fresh = run(example.command, Path(folder))
                text = text.replace(f"$ {example.command}\n{example.output}", f"$ {example.command}\n{fresh}", 1)
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    refresh()
