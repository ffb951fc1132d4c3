"""What Neo4j Browser gets from us: style, favourites and guide, made of the query library."""

from __future__ import annotations

import json
from pathlib import Path

NAMES = ("style.grass", "favourites.zip", "guide.html")
"""The files of a kit, for any Browser; the others open the one of the local server."""


def kit_files(library: tuple[Path, ...]) -> dict[str, bytes]:
    """The files of the kit, and those by which the local server opens Browser with it: name -> content.

    Parameters
    ----------
    library : tuple of Path
        The user's own folders of queries.

    Raises
    ------
    UsageError, DataError
        For a faulty query.
    """
    from graph_loader.catalogue import catalogue, pictures
    from graph_loader.exports import browserkit
    from graph_loader.identity import default_identity
    from viz import grass, guide

    queries, drawn, identity = catalogue(library), pictures(library), default_identity()
    favourites = browserkit.favourites(queries.values(), drawn, identity)
    style = grass.rules()
    folder = {"id": browserkit.FOLDER, "name": browserkit.FOLDER}
    stored = {
        "folder": folder, "style": style, "settings": browserkit.SETTINGS,
        "documents": [
            {"id": f"{browserkit.FOLDER}/{f.id}", "content": f.text, "folder": folder["id"], "isStatic": False} for f in favourites
        ],
    }  # fmt: skip
    return {
        "style.grass": grass.sheet(style).encode(),
        "favourites.zip": browserkit.archive(favourites),
        "guide.html": guide.guide_page(browserkit.slides(queries, drawn, identity), browserkit.DRAW_ONLY).encode(),
        "index.html": guide.opening_page().encode(),
        "browser.js": guide.opening_script().encode(),
        "kit.json": json.dumps(stored, ensure_ascii=False, indent=1).encode(),
    }
