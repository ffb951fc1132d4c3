"""A real local Neo4j Community server without Docker and without a Java installation.

The jars come from Maven Central and the Java runtime from a wheel (extra ``neo4j-local``); nothing of Neo4j is
shipped with pactgraph. Neo4j Community is licensed under the GPLv3 and runs here as a process of its own.

>>> from pathlib import Path
>>> from graph_loader.server import LocalNeo4j, fetch
>>> with LocalNeo4j.start(Path("my-neo4j"), fetch()) as server:  # doctest: +SKIP
...     print(server.uri, server.user)
"""

from graph_loader.server.errors import ServerError
from graph_loader.server.jars import default_cache_dir, fetch
from graph_loader.server.local import LocalNeo4j, why_unavailable
from graph_loader.server.lock import NEO4J_VERSION, RELEASES, Jar, Release, read_lock, release_of

__all__ = [
    "NEO4J_VERSION",
    "RELEASES",
    "Jar",
    "LocalNeo4j",
    "Release",
    "ServerError",
    "default_cache_dir",
    "fetch",
    "read_lock",
    "release_of",
    "why_unavailable",
]
