"""The sole finder of the files that travel with the package: cypher/ and data/."""

from __future__ import annotations

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
