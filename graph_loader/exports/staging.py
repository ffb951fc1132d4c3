"""A folder of exported files that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path

from graph_loader.errors import StoreError, UsageError

TABLES = ("nodes_*.csv", "rels_*.csv")
"""What the exports of tables write."""


@contextmanager
def replaced_folder(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """A new folder beside the target; when the block ends without an error its files take the place of an earlier export.

    Parameters
    ----------
    names : sequence of str
        Names that this export makes, as patterns of a shell: ``nodes_*.csv``.

    Raises
    ------
    UsageError
        When the target holds files that no export made.
    StoreError
        When it cannot be written.
    """

    def ours(path: Path) -> bool:
        return any(fnmatchcase(path.name, name) for name in names)

    try:
        if folder.exists() and (not folder.is_dir() or not all(ours(path) for path in folder.iterdir())):
            raise UsageError(f"{folder}: holds files that are not an earlier export; choose an empty or new folder for -o")
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); choose another -o") from error
    try:
        yield staging
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for file in sorted(staging.iterdir()):
            file.replace(folder / file.name)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); choose another -o") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_file(file: Path, parts: Iterable[bytes]) -> None:
    """Write a file that appears whole or not at all; an earlier one is replaced.

    Raises
    ------
    StoreError
        When it cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as opened:
            opened.writelines(parts)
        part.replace(file)
    except OSError as error:
        raise StoreError(f"{file}: cannot be written ({error.strerror}); choose another -o") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
