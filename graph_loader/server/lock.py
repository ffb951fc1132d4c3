"""The locked lists of jars, one for each Neo4j that runs here: Maven coordinates and the SHA-256 of each file.

``python -m graph_loader.server.relock`` writes the lists; nothing else does.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Maven brings no Browser of its own for the calendar versions; this one serves both.
_BROWSER: Final = "org.neo4j.client:neo4j-browser:5.24.0"


@dataclass(frozen=True, slots=True)
class Release:
    """A Neo4j that can be run here.

    Attributes
    ----------
    name : str
        The series, as a user asks for it: ``5.26``.
    version : str
        The exact version: ``5.26.30``.
    lock_file : Path
        Its list of jars.
    server_class : str
        Main class of the server.
    """

    name: str
    version: str
    lock_file: Path
    server_class: str

    @property
    def roots(self) -> tuple[str, ...]:
        """What is asked of Maven; all other jars in the list follow from these."""
        return (f"org.neo4j:neo4j:{self.version}", f"org.neo4j.app:neo4j-server:{self.version}", _BROWSER)


RELEASES: Final = (
    Release("5.26", "5.26.30", Path(__file__).with_name("jars.lock"), "org.neo4j.server.CommunityEntryPoint"),
    Release("2026.05", "2026.05.0", Path(__file__).with_name("jars-2026.lock"), "org.neo4j.server.Neo4jCommunity"),
)
NEO4J_VERSION: Final = RELEASES[0].version


def release_of(version: str) -> Release:
    """Find a release by its series or its exact version.

    Parameters
    ----------
    version : str
        ``5.26`` or ``5.26.30``, ``2026.05`` or ``2026.05.0``.

    Returns
    -------
    Release
        The release.

    Raises
    ------
    ValueError
        If this version of pactgraph has no list of jars for it.
    """
    for release in RELEASES:
        if version in (release.name, release.version):
            return release
    known = ", ".join(release.name for release in RELEASES)
    raise ValueError(f"there is no Neo4j {version} here; there are {known}")


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


def read_lock(version: str = NEO4J_VERSION) -> list[Jar]:
    """Read the list of jars of a Neo4j that this release of pactgraph runs.

    Parameters
    ----------
    version : str
        As :func:`release_of` takes it.

    Returns
    -------
    list of Jar
        In the order of the class path.
    """
    return parse_lock(release_of(version).lock_file.read_text(encoding="ascii"))


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
