"""The sole finder of the files that travel with the package: cypher/ and data/."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _find(name: str) -> Path:
    # In the wheel the folders sit inside the package, in a checkout beside it.
    for place in (_PACKAGE / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the folder {name}/ is missing from this installation; reinstall pactgraph")


def cypher_folder() -> Path:
    """Folder of the query library, one ``<theme>/<query>.cypher`` file a query."""
    return _find("cypher")


def data_folder() -> Path:
    """Folder of the bundled data package (``curated/`` and ``reference/``)."""
    return _find("data")


@cache
def code_digest() -> str:
    """SHA-256 over all that decides what a load makes of its files: the program's modules and the tables of states."""
    digest = hashlib.sha256()
    files = [p for p in _PACKAGE.rglob("*") if p.suffix in (".py", ".yml")]
    for path in [*sorted(files), *sorted((data_folder() / "reference").glob("*.csv"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
