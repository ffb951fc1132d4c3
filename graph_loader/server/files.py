"""A few files over HTTP on loopback, for a Neo4j Browser that comes from elsewhere: it takes style and guide from addresses only."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from graph_loader.server.config import LOOPBACK
from graph_loader.server.errors import ServerError


@contextmanager
def serving(files: Mapping[str, bytes], port: int = 0) -> Iterator[ThreadingHTTPServer]:
    """A server of these files and no others; whoever holds it lets it ``serve_forever``.

    Parameters
    ----------
    files : mapping
        Name -> content.
    port : int
        0 for a free one.

    Raises
    ------
    ServerError
        When the port cannot be had.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path.partition("?")[0].lstrip("/"))
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", mimetypes.guess_type(self.path)[0] or "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_OPTIONS(self) -> None:
            self.send_response(204)
            self.send_header("Access-Control-Allow-Methods", "GET, OPTIONS")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.end_headers()

        def end_headers(self) -> None:
            self.send_header("Access-Control-Allow-Origin", "*")  # nothing here is secret: the library and how it looks
            self.send_header("X-Content-Type-Options", "nosniff")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    try:
        server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    except OSError as error:
        raise ServerError(f"port {port} cannot be had ({error.strerror}): choose another --port") from error
    with server:
        yield server
