"""Why a Neo4j cannot be reached: asked of the network itself, for the driver gives one error for many causes."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Final, NamedTuple
from urllib.parse import urlsplit

DEFAULT_PORT: Final = 7687
_TIMEOUT_S: Final = 10.0
# Bolt's magic word, then four offers: 5.8-5.0, 4.4-4.2, and none (Bolt Protocol documentation, "Handshake").
_HELLO: Final = bytes.fromhex("6060b017 00080805 00020404 00000000 00000000".replace(" ", ""))


class Address(NamedTuple):
    """Scheme without the part on TLS, host, port and the part on TLS (``s``, ``ssc`` or nothing) of a URL."""

    scheme: str
    host: str
    port: int
    tls: str

    def url(self, tls: str | None = None, scheme: str | None = None) -> str:
        """The URL again, with another TLS part or scheme."""
        tls = self.tls if tls is None else tls
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme or self.scheme}{'+' + tls if tls else ''}://{host}:{self.port}"


def address(url: str) -> Address:
    """Take a Bolt URL apart.

    Parameters
    ----------
    url : str
        ``bolt://``, ``neo4j://``, each also with ``+s`` or ``+ssc``.

    Returns
    -------
    Address
        Its parts; the port is 7687 when none is said.

    Raises
    ------
    ValueError
        If the host is missing or the port is no number up to 65535.
    """
    parts = urlsplit(url)
    scheme, _, tls = parts.scheme.partition("+")
    if not parts.hostname:
        raise ValueError("the host is missing")
    return Address(scheme, parts.hostname, parts.port or DEFAULT_PORT, tls)


def unreachable(url: str) -> str:
    """Find out why the driver could not connect.

    Name, port, TLS and protocol are tried in turn, each with a time limit of 10 seconds; no user or password is sent.

    Parameters
    ----------
    url : str
        A Bolt URL.

    Returns
    -------
    str
        What is wrong and the remedy.
    """
    to = address(url)
    try:
        socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    except OSError:
        return f"the host '{to.host}' is not known: correct the host in --db, or check the network (a VPN?)"
    try:
        plain = _plain_answer(to)
    except TimeoutError:
        return (
            f"the host '{to.host}' does not answer at port {to.port} within {_TIMEOUT_S:g} seconds: it is down, or a firewall lets"
            " nothing through; check host and port in --db"
        )
    except ConnectionRefusedError:
        return f"nothing listens at port {to.port} of '{to.host}': start Neo4j there, or correct the port in --db (mostly {DEFAULT_PORT})"
    except OSError as error:
        return f"port {to.port} of '{to.host}' cannot be reached ({error.strerror or error}); check host and port in --db"
    if plain.startswith(b"HTTP"):
        return f"port {to.port} speaks HTTP, not Bolt: write the Bolt port in --db (mostly {DEFAULT_PORT})"
    if len(plain) == 4 and plain[:2] == b"\x00\x00":  # 00 00 minor major
        return _bolt_without_tls(to, plain)
    return _tls(to)


def _bolt_without_tls(to: Address, answer: bytes) -> str:
    if answer == b"\x00\x00\x00\x00":
        return "the server speaks no version of Bolt in common with this driver: it is older than Neo4j 5, or not a Neo4j"
    if to.tls:
        return f"port {to.port} speaks Bolt without TLS: write --db {to.url('')}, or switch TLS on in the server"
    if to.scheme == "neo4j":
        return (
            f"the server answers, but the addresses in its routing table cannot be reached: write --db {to.url(scheme='bolt')}, or set"
            " server.bolt.advertised_address in its neo4j.conf"
        )
    return "the server answers now; it was starting or stopping, has too many connections, or the connection broke: try again"


def _tls(to: Address) -> str:
    believing = ssl.create_default_context()
    believing.check_hostname, believing.verify_mode = False, ssl.CERT_NONE
    try:
        with _tls_answers(to, believing):
            pass
    except OSError:
        return f"what listens at port {to.port} of '{to.host}' speaks neither Bolt nor TLS: correct the port in --db"
    if not to.tls:
        return f"port {to.port} takes TLS only: write --db {to.url('s')}, or {to.url('ssc')} where the certificate is self-signed"
    if to.tls == "s":
        try:
            with _tls_answers(to, ssl.create_default_context()):
                pass
        except ssl.SSLCertVerificationError as error:
            return (
                f"the server's certificate is not trusted ({error.verify_message}): set SSL_CERT_FILE to the file with the certificate"
                f" of its authority, or write --db {to.url('ssc')}, which encrypts but believes any certificate"
            )
        except OSError as error:
            return f"TLS fails ({error.strerror or error}): check the server's settings of dbms.ssl.policy.bolt"
    return "TLS is set up, but Bolt does not answer in it: is it the port of Bolt? Otherwise the server is starting or stopping; try again"


def _plain_answer(to: Address) -> bytes:
    """The first four bytes of the answer to a Bolt greeting; fewer when the connection is closed."""
    with socket.create_connection((to.host, to.port), timeout=_TIMEOUT_S) as connection:
        connection.sendall(_HELLO)
        answer = b""
        # A server that waits for TLS resets the connection, or says nothing: not a reason to stop asking.
        with contextlib.suppress(OSError):
            while len(answer) < 4 and (more := connection.recv(4 - len(answer))):
                answer += more
        return answer


def _tls_answers(to: Address, context: ssl.SSLContext) -> ssl.SSLSocket:
    connection = socket.create_connection((to.host, to.port), timeout=_TIMEOUT_S)
    try:
        return context.wrap_socket(connection, server_hostname=to.host)
    except BaseException:
        connection.close()
        raise
