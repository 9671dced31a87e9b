"""Clients that say nothing, or say it slowly: they lose their connection, and others are served."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from alertd.config.web_shapes import Address, WebSettings
from alertd.web import patience
from alertd.web.backing import Backing
from tests.support.pages import free_port
from tests.support.play import Play
from tests.support.serving import serving

HEAD = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"


@pytest.fixture
def port(play: Play, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(patience, "SLOWEST_HEAD", 0.5)
    found = free_port()
    settings = WebSettings(Address("127.0.0.1", found))
    with serving(Backing(play.store, lambda: play.world, lambda: play.now, settings)):
        yield found


def connected(port: int) -> socket.socket:
    until = time.monotonic() + 30
    while True:
        try:
            made = socket.create_connection(("127.0.0.1", port), 30)
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            made.settimeout(30)
            return made


def is_ended(client: socket.socket) -> bool:
    """Whether the server has ended a connection without an answer."""
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def test_a_connection_that_says_nothing_is_ended(port: int) -> None:
    with connected(port) as client:
        assert is_ended(client)


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(port: int) -> None:
    with connected(port) as client:
        try:
            for at in range(len(HEAD) * 50):
                client.sendall(HEAD[at % 14 : at % 14 + 1])
                time.sleep(0.05)
        except OSError:
            return
    raise AssertionError("it was waited for to the end")


def test_a_second_request_that_is_never_ended_is_not_waited_for_either(port: int) -> None:
    with connected(port) as client:
        client.sendall(HEAD % port + b"\r\n")
        answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200")
        client.sendall(HEAD % port)
        rest = b""
        while piece := _read(client):
            rest += piece
        assert b"HTTP/1.1" not in rest


def _read(client: socket.socket) -> bytes:
    try:
        return client.recv(4096)
    except ConnectionError:
        return b""


def test_many_connections_that_say_nothing_keep_nobody_out(port: int) -> None:
    silent = [connected(port) for _ in range(150)]
    try:
        assert httpx.get(f"http://127.0.0.1:{port}/login", timeout=30).status_code == 200
    finally:
        for each in silent:
            each.close()


def test_a_head_that_never_ends_is_refused(port: int) -> None:
    with connected(port) as client:
        answer = b""
        try:
            for at in range(200):
                client.sendall((HEAD % port if at == 0 else b"") + b"X%d: " % at + b"x" * 1000 + b"\r\n")
                time.sleep(0.001)
            answer = _read(client)
        except OSError:
            pass
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /language HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx",
        b"GET /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil.test\r\n\r\n",
        b"POST /language HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"GET /login HTTP/1.1\r\nHost : 127.0.0.1:%d\r\n\r\n",
        b"GET /login\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
    ids=[
        "two lengths",
        "two content lengths",
        "two hosts",
        "endless",
        "blank before colon",
        "no version",
        "TLS",
    ],
)
def test_a_request_that_two_servers_could_read_differently_is_refused(port: int, sent: bytes) -> None:
    """Request smuggling: RFC 9112 sections 3.2, 5.1 and 6.3."""
    with connected(port) as client:
        client.sendall(sent % port if b"%d" in sent else sent)
        answer = _read(client)
        assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 421"))
