"""What a source is: one dataset's layout, read into claims. Found by entry point (group ``pactgraph.sources``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from graph_loader.claims import Claim, SourceInfo
from graph_loader.errors import UsageError
from graph_loader.identity import Identity


@dataclass
class Reading:
    """What was read of a dataset.

    ``read`` counts data rows, ``rejected`` lists those that could not be used, each with its reason; ``sha256`` is over the
    files read, in the order of their names.
    """

    info: SourceInfo
    claims: list[Claim]
    documents: list[SourceInfo] = field(default_factory=list)
    read: int = 0
    rejected: list[str] = field(default_factory=list)
    sha256: str = ""


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
