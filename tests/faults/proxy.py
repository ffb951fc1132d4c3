"""A TCP proxy on loopback that does something at one exact moment of a conversation with Neo4j.

A moment is a number of bytes that have passed (both directions together), or a place around the COMMIT message of Bolt. Nothing that
comes after the moment is forwarded: what the client wrote but the proxy did not pass on, the server never sees.
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

# One message without fields in one chunk: length 2, structure of 0 fields with the signature 0x12, end of message (Bolt
# documentation, "Message exchange" and "COMMIT").
COMMIT = bytes.fromhex("0002 b012 0000".replace(" ", ""))
PLACES = ("commit withheld", "answer withheld", "commit passed on", "answer passed on")


@dataclass(frozen=True)
class Moment:
    """After ``passed`` bytes, or at one of PLACES around the commit."""

    passed: int = -1
    place: str = ""

    def __str__(self) -> str:
        return self.place or f"{self.passed} bytes"


class Proxy:
    """Forwards connections to a port of loopback; one thread, blocking writes (Bolt's two sides take turns).

    Attributes
    ----------
    port : int
        Where it listens.
    passed : int
        Bytes forwarded since the last :meth:`arm`.
    exchanges : list of int
        ``passed`` after each piece forwarded: the turns of the conversation.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._selector = selectors.DefaultSelector()
        self._peer: dict[socket.socket, socket.socket] = {}
        self._clients: set[socket.socket] = set()
        self._moment, self._action = Moment(), lambda: None
        self._committing = self._answered = False
        self.passed, self.exchanges, self.fired = 0, list[int](), threading.Event()
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()
        self._wake, woken = socket.socketpair()
        self._selector.register(woken, selectors.EVENT_READ)
        self._woken, self._ended = woken, False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def arm(self, moment: Moment, action: Callable[[], None]) -> None:
        """Count anew, and at the moment call ``action`` (in the proxy's thread); a Moment() never comes."""
        with self._lock:
            self.passed, self.exchanges, self._committing, self._answered = 0, [], False, False
            self.fired.clear()
            self._moment, self._action = moment, action

    # -- what an action may do --

    def cut(self, reset: bool) -> None:
        """End every connection on both sides: with RST, as a router that lost them, or with FIN."""
        for side in list(self._peer):
            self._selector.unregister(side)
            if reset:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            side.close()
        self._peer.clear()
        self._clients.clear()

    def refuse(self) -> None:
        """Listen no more, as a host whose server has gone."""
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None

    # -- from the test's thread --

    def listen_again(self) -> None:
        """Undo :meth:`refuse`, on the same port."""
        with self._lock:
            if self._listener is None:
                self._listen()
        self._wake.send(b"x")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended = True
        self._wake.send(b"x")
        self._thread.join(10)
        with self._lock:
            self.refuse()
            self.cut(reset=True)
        self._selector.close()
        self._wake.close()
        self._woken.close()

    # -- the proxy's thread --

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._selector.register(self._listener, selectors.EVENT_READ)

    def _serve(self) -> None:
        while not self._ended:
            ready = [key.fileobj for key, _ in self._selector.select()]
            with self._lock:
                for side in ready:
                    if side is self._woken:
                        self._woken.recv(100)
                    elif side is self._listener:
                        self._accept()
                    elif side in self._peer:
                        self._forward(side)

    def _accept(self) -> None:
        assert self._listener is not None
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self._to), timeout=10)
        except OSError:
            client.close()
            return
        for side, other in ((client, server), (server, client)):
            side.settimeout(30)
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peer[side] = other
            self._selector.register(side, selectors.EVENT_READ)
        self._clients.add(client)

    def _forward(self, side: socket.socket) -> None:
        try:
            piece = side.recv(65_536)
        except OSError:
            piece = b""
        if not piece:
            self._end(side)
            return
        from_client = side in self._clients
        if self._is_now(piece, from_client):
            before = piece[: max(0, self._moment.passed - self.passed)] if not self._moment.place else b""
            if self._moment.place in ("commit passed on", "answer passed on"):
                before = piece
            self._send(side, before)
            action, self._action, self._moment = self._action, lambda: None, Moment()
            action()
            self.fired.set()
            return
        self._send(side, piece)

    def _is_now(self, piece: bytes, from_client: bool) -> bool:
        commits = from_client and piece.endswith(COMMIT)
        answers = not from_client and self._committing
        self._committing = self._committing or commits
        place = self._moment.place
        if not place:
            return 0 <= self._moment.passed < self.passed + len(piece)
        return commits if place.startswith("commit") else answers

    def _send(self, side: socket.socket, piece: bytes) -> None:
        self.passed += len(piece)
        self.exchanges.append(self.passed)
        try:
            self._peer[side].sendall(piece)
        except OSError:
            self._end(side)

    def _end(self, side: socket.socket) -> None:
        for each in (side, self._peer.pop(side, side)):
            self._peer.pop(each, None)
            self._clients.discard(each)
            with suppress(KeyError, ValueError):
                self._selector.unregister(each)
            each.close()
