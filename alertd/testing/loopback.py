"""A server of HTTP on a port of loopback, and the ways in which one misbehaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


class Answering(BaseHTTPRequestHandler):
    """One request. `ends` is set when the server goes away, so that nobody hangs longer than it."""

    ends: ClassVar[threading.Event]

    def misbehave(self, how: object) -> bool:
        """Hang, drip, cut or talk garbage, where that is wanted; whether it was."""
        if how == "hang":
            self.ends.wait(60)
        elif how == "garbage":
            self.wfile.write(b"\x00\xff not HTTP\r\n\r\n")
        elif how == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n")
            while not self.ends.wait(0.05):
                self.wfile.write(b" ")
        return how in ("hang", "drip", "cut", "garbage")

    def say(self, status: int, more: Mapping[str, str], said: bytes) -> None:
        """Answer as HTTP wants it."""
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # who asked has left
            self.close_connection = True

    def log_message(self, *about: Any) -> None:
        return


@contextmanager
def listening(handler: type[Answering], ends: threading.Event | None = None) -> Iterator[str]:
    """The address of a server that answers so, until the end; `ends` lets go earlier what hangs."""
    handler.ends = ends or threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    running = threading.Thread(target=server.serve_forever, args=(0.05,))
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        handler.ends.set()
        server.shutdown()
        running.join()
        server.server_close()
