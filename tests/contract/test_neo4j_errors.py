"""Reaching a Neo4j: TLS, users and databases; each thing that can be wrong is named with its remedy."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from neo4j_server import empty_database
from support import Cli
from tls import self_signed

from graph_loader.server import LocalNeo4j, fetch
from graph_loader.stores.neo4j import OLDEST, version_of

pytestmark = pytest.mark.neo4j

ASK = ("query", "-")
ONE = "RETURN 1 AS x"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a self-signed certificate of 127.0.0.1 and localhost."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def with_tls(neo4j_server: LocalNeo4j, certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalNeo4j]:
    """A server whose Bolt takes TLS only, with HTTP on another port."""
    with LocalNeo4j.start(tmp_path_factory.mktemp("tls"), fetch(), tls=certificate, http_port=0) as server:
        yield server


def at(server: LocalNeo4j, scheme: str) -> str:
    return f"{scheme}://{server.uri.partition('://')[2]}"


def credentials(server: LocalNeo4j, **more: str) -> dict[str, str]:
    return {"NEO4J_USERNAME": server.user, "NEO4J_PASSWORD": server.password} | more


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


# -- TLS ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["bolt+ssc", "neo4j+ssc"])
def test_a_self_signed_certificate_is_taken_where_the_url_says_so(with_tls: LocalNeo4j, cli: Cli, tmp_path: Path, scheme: str) -> None:
    url, env = at(with_tls, scheme), credentials(with_tls)
    cli("load", "reference", "--quiet", "--db", url, env=env).ok()
    text = "MATCH (s:State {id: 'FRA'}) RETURN s.name AS name"
    assert cli(*ASK, "--db", url, "--format", "json", stdin=text, env=env).ok().rows == [{"name": "France"}]


@pytest.mark.parametrize("scheme", ["bolt+s", "neo4j+s"])
def test_a_certificate_must_be_trusted_otherwise(with_tls: LocalNeo4j, certificate: Path, cli: Cli, scheme: str) -> None:
    url, env = at(with_tls, scheme), credentials(with_tls)
    ssc = at(with_tls, f"{scheme}sc")
    cli(*ASK, "--db", url, stdin=ONE, env=env).fails(1, url, "certificate is not trusted (self-signed certificate)", "SSL_CERT_FILE", ssc)
    cli("load", "reference", "--quiet", "--db", url, env=env | {"SSL_CERT_FILE": str(certificate / "public.crt")}).ok()


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_plain_url_at_a_port_with_tls(with_tls: LocalNeo4j, cli: Cli, scheme: str) -> None:
    url = at(with_tls, scheme)
    remedy = f"write --db {at(with_tls, scheme + '+s')}, or {at(with_tls, scheme + '+ssc')} where the certificate is self-signed"
    cli(*ASK, "--db", url, stdin=ONE, env=credentials(with_tls)).fails(1, f"port {port_of(url)} takes TLS only", remedy)


@pytest.mark.parametrize("scheme", ["bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc"])
def test_a_url_with_tls_at_a_plain_port(neo4j_server: LocalNeo4j, cli: Cli, scheme: str) -> None:
    url = at(neo4j_server, scheme)
    plain = at(neo4j_server, scheme.partition("+")[0])
    said = cli(*ASK, "--db", url, stdin=ONE, env=credentials(neo4j_server))
    said.fails(1, f"port {port_of(url)} speaks Bolt without TLS: write --db {plain},")


# -- host and port ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s", "neo4j+ssc"])
def test_an_unknown_host(cli: Cli, scheme: str) -> None:
    said = cli(*ASK, "--db", f"{scheme}://no-such-host.invalid", stdin=ONE, env={"NEO4J_PASSWORD": "secret-of-mine"})
    said.fails(1, "the host 'no-such-host.invalid' is not known", "correct the host in --db")
    assert "secret-of-mine" not in said.stdout + said.stderr
    assert len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s"])
def test_a_port_where_nothing_listens(cli: Cli, scheme: str) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: refused, and taken by nobody else
        port = held.getsockname()[1]
        said = cli(*ASK, "--db", f"{scheme}://127.0.0.1:{port}", stdin=ONE, env={"NEO4J_PASSWORD": "x"})
    said.fails(1, f"nothing listens at port {port} of '127.0.0.1'", "correct the port in --db")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j+s"])
def test_the_port_of_http(with_tls: LocalNeo4j, cli: Cli, scheme: str) -> None:
    assert with_tls.http_url is not None
    url = f"{scheme}://{with_tls.http_url.partition('://')[2]}"
    cli(*ASK, "--db", url, stdin=ONE, env=credentials(with_tls)).fails(1, f"port {port_of(url)} speaks HTTP, not Bolt", "7687")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s"])
def test_a_port_of_something_else(cli: Cli, scheme: str) -> None:
    with answering(lambda connection: connection.sendall(b"220 mail.example.org ESMTP\r\n")) as port:
        said = cli(*ASK, "--db", f"{scheme}://127.0.0.1:{port}", stdin=ONE, env={"NEO4J_PASSWORD": "x"})
    said.fails(1, "speaks neither Bolt nor TLS")


@pytest.mark.parametrize("url", ["bolt://", "bolt://127.0.0.1:99999", "bolt://127.0.0.1:seven", "neo4j+tls://127.0.0.1", "http://127.0.0.1:7474"])
def test_a_malformed_url(cli: Cli, url: str) -> None:
    cli(*ASK, "--db", url, stdin=ONE, env={"NEO4J_PASSWORD": "x"}).fails(2, url, "bolt://HOST:7687")


def test_a_password_in_the_url_is_refused_and_not_repeated(cli: Cli) -> None:
    said = cli(*ASK, "--db", "bolt://neo4j:secret-of-mine@127.0.0.1", stdin=ONE)
    said.fails(2, "must not hold a user or password", "NEO4J_PASSWORD")
    assert "secret-of-mine" not in said.stdout + said.stderr


# -- user, password, database -------------------------------------------------------------------------------------------------


def test_without_a_password(neo4j_server: LocalNeo4j, cli: Cli) -> None:
    cli(*ASK, "--db", neo4j_server.uri, stdin=ONE).fails(2, "set NEO4J_PASSWORD", "profile")


def test_a_wrong_password_then_the_rate_limit(with_tls: LocalNeo4j, cli: Cli) -> None:
    """Neo4j shuts a user out for 5 s after 3 wrong passwords (dbms.security.auth_max_failed_attempts)."""
    url, env = at(with_tls, "bolt+ssc"), {"NEO4J_USERNAME": "ghost", "NEO4J_PASSWORD": "not the password"}
    for _ in range(3):
        said = cli(*ASK, "--db", url, stdin=ONE, env=env).fails(1, "refuses the user 'ghost' or the password", "NEO4J_USERNAME")
        assert "not the password" not in said.stdout + said.stderr
    env["NEO4J_USERNAME"] = "neo4j"
    said = [cli(*ASK, "--db", url, stdin=ONE, env=env) for _ in range(4)]
    said[0].fails(1, "refuses the user 'neo4j'")
    said[3].fails(1, "for some seconds after several wrong passwords: wait")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_an_unknown_database(neo4j_server: LocalNeo4j, cli: Cli, scheme: str) -> None:
    env = credentials(neo4j_server, NEO4J_DATABASE="treaties")
    cli(*ASK, "--db", at(neo4j_server, scheme), stdin=ONE, env=env).fails(1, "the server has no database 'treaties'", "NEO4J_DATABASE")


def test_the_named_database_is_the_one_used(neo4j_server: LocalNeo4j, cli: Cli) -> None:
    with empty_database(neo4j_server) as server:
        cli("load", "reference", "--quiet", "--db", server.uri, env=credentials(server, NEO4J_DATABASE="neo4j")).ok()
        said = cli(*ASK, "--db", server.uri, stdin=ONE, env=credentials(server, NEO4J_DATABASE="system"))
        assert said.code != 0 and "Traceback" not in said.stderr


# -- version ------------------------------------------------------------------------------------------------------------------


@contextmanager
def answering(answer: object, times: int = 20) -> Iterator[int]:
    """A server on loopback that gives each connection to a function, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(times):
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        answer(connection)  # type: ignore[operator]
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR) if os.name == "posix" else None


def old_server(agent: str) -> object:
    """Speaks Bolt 4.4 as far as a client must to learn whom it talks to (Bolt Protocol documentation: PackStream, HELLO, RESET)."""
    text = agent.encode()
    fields = b"\xa2\x86server" + bytes([0xD0, len(text)]) + text + b"\x8dconnection_id\x86bolt-1"
    success = b"\xb1\x70" + fields

    def answer(connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        assert stream.read(4) == b"\x60\x60\xb0\x17"
        stream.read(16)
        connection.sendall(b"\x00\x00\x04\x04")
        while head := stream.read(2):
            size = struct.unpack(">H", head)[0]
            if size:
                stream.read(size)
            else:
                connection.sendall(struct.pack(">H", len(success)) + success + b"\x00\x00")

    return answer


def test_a_server_that_is_too_old_is_named_with_its_version(cli: Cli) -> None:
    with answering(old_server("Neo4j/4.4.30")) as port:
        said = cli("load", "--quiet", "--db", f"bolt://127.0.0.1:{port}", env={"NEO4J_PASSWORD": "x"})
    said.fails(1, "the server is Neo4j 4.4, pactgraph needs 5.23 or later")


def test_a_server_without_a_version_of_bolt_in_common(cli: Cli) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(20)
        connection.sendall(b"\x00\x00\x00\x00")

    with answering(refuse) as port:
        said = cli(*ASK, "--db", f"bolt://127.0.0.1:{port}", stdin=ONE, env={"NEO4J_PASSWORD": "x"})
    said.fails(1, "no version of Bolt in common", "older than Neo4j 5")


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Neo4j/5.26.30", (5, 26)), ("Neo4j/2026.05.0", (2026, 5)), ("Neo4j/5.27-aura", (5, 27)), ("Neo4j/4.4.30", (4, 4)),
        ("Other/1.0", None),
    ],
)
def test_versions_are_read_from_the_name_of_the_server(agent: str, expected: tuple[int, int] | None) -> None:
    assert version_of(agent) == expected
    assert expected is None or (expected >= OLDEST) == (expected[0] != 4)
