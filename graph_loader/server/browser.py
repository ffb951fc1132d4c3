"""Files of ours that Neo4j itself serves beside Neo4j Browser, under ``/browser/kit/``.

Neo4j serves what the first ``browser/`` on its class path holds. So a folder with a copy of Browser and our files goes before the jars:
no second server, no port of its own, nothing that could outlive or miss Neo4j; and pages from the same origin may write Browser's storage.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from graph_loader.server.errors import ServerError
from graph_loader.server.local import LocalNeo4j, http_answers

WEB: Final = "with-browser"
"""Folder in the home of a server that goes before the jars."""
_KIT: Final = "kit"
_JAR: Final = "neo4j-browser-"


def kit_folder(home: Path) -> Path:
    """Folder of the files that are served under ``/browser/kit/``."""
    return home / WEB / "browser" / _KIT


def put_kit(home: Path, jars: Sequence[Path], files: Mapping[str, bytes]) -> Path:
    """Write the files, with a copy of Browser (46 MB) beside them when there is none of this version yet.

    Parameters
    ----------
    home : Path
        Home of the server.
    jars : sequence of Path
        What :func:`graph_loader.server.fetch` returned.
    files : mapping
        Name -> content, in one folder.

    Returns
    -------
    Path
        What must stand before the jars on the class path.

    Raises
    ------
    ServerError
        When it cannot be written, or no jar holds Browser. Neo4j runs as well without.
    """
    web = home / WEB
    try:
        jar = next((jar for jar in jars if jar.name.startswith(_JAR)), None)
        if jar is None:
            raise ServerError("no jar of Neo4j Browser is there")
        note = web / "version"
        if not note.is_file() or note.read_text(encoding="utf-8") != jar.name:
            shutil.rmtree(web, ignore_errors=True)
            web.mkdir(mode=0o700, parents=True)
            with zipfile.ZipFile(jar) as packed:
                packed.extractall(web, [name for name in packed.namelist() if name.startswith("browser/")])
            note.write_text(jar.name, encoding="utf-8")  # last: without it the copy is made again
        refresh_kit(home, files)
    except (OSError, zipfile.BadZipFile) as error:
        raise ServerError(f"{web} cannot be written ({getattr(error, 'strerror', None) or error})") from error
    return web


def refresh_kit(home: Path, files: Mapping[str, bytes]) -> None:
    """Write the files anew where a running server serves them; files of an earlier kit go.

    Raises
    ------
    OSError
        When they cannot be written.
    """
    folder = kit_folder(home)
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        new = folder / f".{name}.new"
        new.write_bytes(content)
        new.replace(folder / name)


def serves_kit(server: LocalNeo4j) -> bool:
    """Whether the running server serves a kit: one that was started without, or by an older pactgraph, does not."""
    return server.http_url is not None and http_answers(f"{server.http_url}/browser/{_KIT}/kit.json")


def browser_url(server: LocalNeo4j) -> str | None:
    """Address that opens Neo4j Browser with the server and the user filled in, never the password.

    Parameters
    ----------
    server : LocalNeo4j
        A running server.

    Returns
    -------
    str or None
        By way of the kit where the server serves one. None when the server has no HTTP.
    """
    if server.http_url is None:
        return None
    scheme, _, address = server.uri.partition("://")
    dbms = quote(f"{scheme}://{server.user}@{address}", safe=":/@")
    # localhost, not 127.0.0.1: what Browser keeps, it keeps by host, and the guide is at the one host that it trusts.
    port = server.http_url.rpartition(":")[2]
    path = f"browser/{_KIT}/" if serves_kit(server) else "browser/"
    return f"http://localhost:{port}/{path}?dbms={dbms}&db=neo4j&preselectAuthMethod=NATIVE"
