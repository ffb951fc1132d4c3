"""What the files of a generation were when its load ended: their sizes and SHA-256, so that a changed byte is not answered from.

The engine checks its files for little: of bytes changed at random in use, most give other answers without an error.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

HASHED_UP_TO: Final = 64 * 2**20
"""Bytes of a generation up to which every opening hashes it: 15 MB (the bundled data) take 11 ms, 64 MB about 50 ms."""

_Signature = tuple[tuple[str, int, int], ...]
_verified: dict[Path, _Signature] = {}  # a process that opens a generation again need not hash it again while no file was touched


def write(generation: Path, manifest: Path, leave_out: Collection[str] = ()) -> None:
    """Note the files of a generation.

    Parameters
    ----------
    generation : Path
        Folder whose files are noted; nobody writes to it meanwhile.
    manifest : Path
        File to write, synced to the disk.
    leave_out : collection of str
        Names of files that change without a load.
    """
    noted = {
        path.relative_to(generation).as_posix(): [path.stat().st_size, _sha256(path)]
        for path in sorted(generation.rglob("*"))
        if path.is_file() and path.name not in leave_out
    }
    with manifest.open("w", encoding="ascii") as file:
        json.dump(noted, file, indent=0)
        file.flush()
        os.fsync(file.fileno())


def damage(generation: Path, manifest: Path, *, thorough: bool = False) -> str | None:
    """What is wrong with the files of a generation.

    Parameters
    ----------
    generation, manifest : Path
        The folder, and what :func:`write` noted of it.
    thorough : bool
        Hash every file, however large the generation and though this process has done so before.

    Returns
    -------
    str or None
        The first file that differs, and how; None when all are as noted. Sizes are compared always, contents when the generation
        has at most :data:`HASHED_UP_TO` bytes or ``thorough`` is asked.
    """
    try:
        noted: dict[str, tuple[int, str]] = {
            name: (int(size), str(digest)) for name, (size, digest) in json.loads(manifest.read_text(encoding="ascii")).items()
        }
    except FileNotFoundError:
        return f"the list of its files, {manifest.name}, is missing"
    except (OSError, ValueError, TypeError, AttributeError):
        return f"the list of its files, {manifest.name}, is damaged"
    place, signature = generation.resolve(), tuple(_sizes(generation, [manifest, *(generation / name for name in noted)]))
    for (name, size, _), (wanted, _) in zip(signature[1:], noted.values(), strict=True):
        if size != wanted:
            return f"{name} is missing" if size < 0 else f"{name} has {size} bytes, not {wanted}"
    if thorough or (_verified.get(place) != signature and sum(size for size, _ in noted.values()) <= HASHED_UP_TO):
        for name, (_, digest) in noted.items():
            try:
                if _sha256(generation / name) != digest:
                    return f"{name} is not what the load wrote"
            except OSError as error:
                return f"{name} cannot be read: {error.strerror}"
        _verified[place] = signature
    return None


def _sizes(generation: Path, paths: list[Path]) -> Iterator[tuple[str, int, int]]:
    """Name, size (-1 when it is missing) and time of change of each file."""
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            yield path.name, -1, 0
        else:
            yield path.name, found.st_size, found.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
