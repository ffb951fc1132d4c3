"""Resolve the jars of Neo4j anew and write the locked list (a maintainer's tool).

Run ``python -m graph_loader.server.relock [SERIES]`` (5.26, the default, or 2026.05) after a change of ``RELEASES``
in lock.py. It takes about two minutes and needs the extra ``neo4j-local`` and a connection. Read the difference before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from graph_loader.server.lock import NEO4J_VERSION, Jar, file_sha256, release_of

_HEADER = """\
# The jars of a local Neo4j Community server, in the order of the class path: SHA-256, then the Maven
# coordinate group:artifact:version[:classifier]. Written by `python -m graph_loader.server.relock` from
{roots}
"""


def resolve(repository: Path, roots: tuple[str, ...]) -> list[Jar]:
    """Resolve the roots with all they need at run time, download the jars and hash them.

    Parameters
    ----------
    repository : Path
        Folder that receives the POMs and jars, laid out as a Maven repository.
    roots : tuple of str
        Coordinates ``group:artifact:version``.

    Returns
    -------
    list of Jar
        The roots first, then the rest in Maven's order.
    """
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=repository, timeout=60)
    wanted = [context.create_dependency(root) for root in roots]
    inputs, transitive = context.resolver.resolve(wanted)
    artifacts: list[Any] = [d.artifact for d in inputs]
    artifacts += [d.artifact for d in transitive if d.scope in ("compile", "runtime")]

    def jar(artifact: Any) -> Jar:
        digest = file_sha256(artifact.resolve())
        return Jar(artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier, digest)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(jar, artifacts))


def lock_text(jars: list[Jar], roots: tuple[str, ...]) -> str:
    """Text of the lock for a list of jars.

    Parameters
    ----------
    jars : list of Jar
        In the order of the class path.
    roots : tuple of str
        Named in the header.

    Returns
    -------
    str
        As :func:`graph_loader.server.lock.parse_lock` reads it.
    """
    lines = [f"{jar.sha256}  {jar.coordinate}" for jar in jars]
    return _HEADER.format(roots="# " + ", ".join(roots)) + "\n".join(lines) + "\n"


def main(version: str = NEO4J_VERSION) -> None:
    """Write the lock of a release beside this module."""
    release = release_of(version)
    with tempfile.TemporaryDirectory() as folder:
        jars = resolve(Path(folder), release.roots)
    release.lock_file.write_text(lock_text(jars, release.roots), encoding="ascii")
    print(f"{len(jars)} jars written to {release.lock_file.name}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
