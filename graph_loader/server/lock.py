"""The locked list of jars: Maven coordinates and the SHA-256 of each file.

``python -m graph_loader.server.relock`` writes the list; nothing else does.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCK_FILE: Final = Path(__file__).with_name("jars.lock")

# What is asked of Maven; all other jars in the list follow from these three.
ROOTS: Final = (
    "org.neo4j:neo4j:5.26.30",
    "org.neo4j.app:neo4j-server:5.26.30",
    "org.neo4j.client:neo4j-browser:5.24.0",
)
NEO4J_VERSION: Final = ROOTS[0].rpartition(":")[2]

_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<coordinate>[^\s:]+:[^\s:]+:[^\s:]+(:[^\s:]+)?)")


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar of the lock.

    Attributes
    ----------
    group, artifact, version, classifier : str
        Maven coordinate; the classifier is empty for most jars.
    sha256 : str
        SHA-256 of the file, 64 lower-case hexadecimal digits.
    """

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """``group:artifact:version[:classifier]``."""
        parts = (self.group, self.artifact, self.version, self.classifier)
        return ":".join(part for part in parts if part)

    @property
    def filename(self) -> str:
        """Name of the file, as Maven repositories lay it out."""
        parts = (self.artifact, self.version, self.classifier)
        return "-".join(part for part in parts if part) + ".jar"


def parse_lock(text: str) -> list[Jar]:
    """Parse the text of a lock.

    Parameters
    ----------
    text : str
        Lines ``<sha256>  <group>:<artifact>:<version>[:<classifier>]``; blank lines and lines that begin with
        ``#`` are comments.

    Returns
    -------
    list of Jar
        In the order of the file, which is the order of the class path.

    Raises
    ------
    ValueError
        If a line is of another form or two jars have the same file name.
    """
    jars: list[Jar] = []
    names: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            raise ValueError(f"list of jars, line {number}: not 'sha256  group:artifact:version': {line!r}")
        group, artifact, version, *rest = match["coordinate"].split(":")
        jar = Jar(group, artifact, version, rest[0] if rest else "", match["sha256"])
        if jar.filename in names:
            raise ValueError(f"list of jars, line {number}: {jar.filename} appears twice")
        names.add(jar.filename)
        jars.append(jar)
    return jars


def read_lock() -> list[Jar]:
    """Read the list of jars that this release of pactgraph runs.

    Returns
    -------
    list of Jar
        In the order of the class path.
    """
    return parse_lock(LOCK_FILE.read_text(encoding="ascii"))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 lower-case hexadecimal digits.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
