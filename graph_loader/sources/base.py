"""What a source is: one dataset's layout, read into claims. Found by entry point (group ``pactgraph.sources``)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import UsageError
from graph_loader.identity import Identity


@dataclass(frozen=True)
class Rejection:
    """A row that could not be used: where it stands and why. ``detail`` is what stood there."""

    file: str
    row: int
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


@dataclass
class Reading:
    """What was read of a dataset.

    ``read`` counts data rows. Each of them is loaded (it states something of its own), ``merged`` into what another row states, or
    ``rejected`` with its reason. ``notes`` say how the files were understood (layout, encoding, delimiter).
    """

    info: SourceInfo
    claims: list[Claim]
    documents: list[SourceInfo] = field(default_factory=list)
    read: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    merged: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def loaded(self) -> int:
        return self.read - self.merged - len(self.rejected)


class Source(Protocol):
    """A loader of one dataset."""

    def info(self) -> SourceInfo:
        """Publisher, licence, citation, coverage."""
        ...

    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        """Read the dataset from ``path`` (None: the bundled copy, where there is one).

        ``known`` holds the ids that the store already describes, so that a dataset may name blocs of another one.
        """
        ...

    def digest(self, path: Path | None) -> str:
        """SHA-256 over everything that ``read`` would read; equal digests mean equal readings."""
        ...


def digest_of(files: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of files."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def available() -> dict[str, Source]:
    """Installed sources by id, sorted."""
    found: dict[str, Source] = {}
    for point in sorted(entry_points(group="pactgraph.sources"), key=lambda p: p.name):
        found[point.name] = point.load()
    return found


def get(name: str) -> Source:
    """The source of that id; a UsageError names those that exist."""
    sources = available()
    if name not in sources:
        raise UsageError(f"unknown source '{name}'; there are: {', '.join(sources)}")
    return sources[name]
