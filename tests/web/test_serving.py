"""The server in its thread: it begins, moves, and ends; a place that is not to be had stops nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from structlog.testing import capture_logs

from alertd.config.web_shapes import Address, WebSettings
from alertd.web.backing import Backing
from alertd.web.serving import Server
from tests.support.pages import free_port
from tests.support.play import Play

OFF = WebSettings()


def at(port: int) -> WebSettings:
    return WebSettings(Address("127.0.0.1", port))


@pytest.fixture
def server(play: Play) -> Iterator[Server]:
    made = Server(Backing(play.store, lambda: play.world, lambda: play.now, OFF))
    yield made
    made.stop()


def answers(settings: WebSettings) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return httpx.get(f"{settings.url}/livez").status_code == 200
        except httpx.ConnectError:
            return False
        except httpx.TransportError:
            time.sleep(0.05)
    return False


def test_nothing_is_served_unless_a_place_is_named(server: Server) -> None:
    server.follow(OFF)
    assert not server.serves


def test_pages_are_served_where_the_settings_say_and_move_with_them(server: Server) -> None:
    here, there = at(free_port()), at(free_port())
    server.follow(here)
    assert answers(here)
    server.follow(here)
    assert answers(here)
    server.follow(there)
    assert (answers(here), answers(there)) == (False, True)
    server.follow(OFF)
    assert (answers(there), server.serves) == (False, False)


def test_a_place_that_somebody_else_has_is_said_once_and_taken_when_it_is_free(server: Server) -> None:
    with socket.socket() as other, capture_logs() as logs:
        other.bind(("127.0.0.1", 0))
        other.listen()
        here = at(other.getsockname()[1])
        for _ in range(3):
            server.follow(here)
        assert not server.serves
    assert [entry["event"] for entry in logs] == ["pages-not-served"]
    server.follow(here)
    assert answers(here)


def test_a_server_that_was_stopped_gives_its_place_back_at_once(server: Server) -> None:
    here = at(free_port())
    for _ in range(2):
        server.follow(here)
        assert answers(here)
        server.stop()
        assert not answers(here)
