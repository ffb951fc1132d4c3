"""The configuration of the local server: text of neo4j.conf and the arguments of its Java process."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
ADMIN_CLASS: Final = "org.neo4j.cli.AdminTool"

_SIZE = re.compile(r"[1-9]\d{0,5}[kmg]", re.IGNORECASE)
_OPENED_PACKAGES: Final = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
# Options meant for another Java or Neo4j must not reach this one, nor a password stand in its environment.
_NOT_INHERITED = re.compile(r"CLASSPATH|JDK_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|NEO4J_.*")


def checked_size(value: str, what: str) -> str:
    """Check an amount of memory.

    Parameters
    ----------
    value : str
        A whole number with the unit k, m or g, such as ``512m``.
    what : str
        Name of the value, for the message.

    Returns
    -------
    str
        The value.

    Raises
    ------
    ValueError
        If it is of another form.
    """
    if not _SIZE.fullmatch(value):
        raise ValueError(f"{what} must be a whole number with the unit k, m or g (512m), not {value!r}")
    return value


def conf_text(bolt_port: int, http_port: int | None, page_cache: str, tls: Path | None = None) -> str:
    """Text of neo4j.conf.

    Parameters
    ----------
    bolt_port : int
        Port of Bolt.
    http_port : int or None
        Port of HTTP with Browser; None: no HTTP.
    page_cache : str
        Size of the page cache, such as ``64m``.
    tls : Path, optional
        Folder that holds ``private.key`` and ``public.crt``: Bolt then takes TLS only.

    Returns
    -------
    str
        One setting a line.
    """
    settings = {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{bolt_port}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{bolt_port}",
        "server.http.enabled": "false" if http_port is None else "true",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "true",
        # The server sends nothing and fetches nothing: no usage report, no LOAD CSV from any address or file. Browser is
        # asked for no analytics, yet its page still loads scripts and fonts from outside; no setting stops that.
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "server.directories.import": "import",
        "db.tx_log.preallocate": "false",
        # Neo4j waits this long (5 s by default) for late clients when it stops.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        "server.memory.pagecache.size": page_cache,
        "dbms.memory.transaction.total.max": "0",
    }
    if http_port is not None:
        settings["server.http.listen_address"] = f"{LOOPBACK}:{http_port}"
        settings["server.http.advertised_address"] = f"{LOOPBACK}:{http_port}"
    if tls is not None:
        policy = "dbms.ssl.policy.bolt"
        settings |= {
            "server.bolt.tls_level": "REQUIRED",
            f"{policy}.enabled": "true",
            f"{policy}.base_directory": tls.as_posix(),
            f"{policy}.private_key": "private.key",
            f"{policy}.public_certificate": "public.crt",
            f"{policy}.client_auth": "NONE",
        }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def java_options(jars: Sequence[Path], heap: str) -> list[str]:
    """Options of the Java process, class path included.

    Parameters
    ----------
    jars : sequence of Path
        The class path.
    heap : str
        Largest heap, such as ``512m``.

    Returns
    -------
    list of str
        Options in front of the main class.
    """
    return [
        f"-Xmx{heap}",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djdk.nio.maxCachedBufferSize=1024",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j2.disable.jmx=true",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED_PACKAGES),
        "-cp",
        os.pathsep.join(str(jar) for jar in jars),
    ]


def argument_file_text(options: Sequence[str]) -> str:
    """Text of a Java argument file (``java @file``): the class path is too long for some command lines.

    Parameters
    ----------
    options : sequence of str
        The arguments.

    Returns
    -------
    str
        One quoted argument a line, as the launcher of Java 9 and later reads it.
    """
    return "".join('"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"\n' for option in options)


def java_environment(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Environment of the Java processes.

    Parameters
    ----------
    home : Path
        Home of the server.
    environ : mapping
        Environment of this process.

    Returns
    -------
    dict
        Without what would change another Java or Neo4j, and with NEO4J_HOME and NEO4J_CONF.
    """
    kept = {name: value for name, value in environ.items() if not _NOT_INHERITED.fullmatch(name)}
    return kept | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
