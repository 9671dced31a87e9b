"""An incident platform reports by CloudEvent, and hears of the hand-in by webhook while its server is away.

Reported over the API, written to the outbox, leased, posted to a server on loopback and signed; what it
answers is recorded, as the daemon records it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from alertd.core.subscriptions import Wanted
from alertd.engine.sending.composing import Parcel
from alertd.store import tables
from alertd.store.database import memory_store
from alertd.transports.base import Outcome, Result
from alertd.transports.webhook import WebhookOptions, WebhookTransport
from tests.support.api import Client, client_of, refused
from tests.support.hook import KEY, SECRET, Hook, hook
from tests.support.pages import pages_of
from tests.support.play import ACCEPTED, Play
from tests.support.register import at, tiny_register, world

KIND = "application/cloudevents+json"
INFORMATION, REVIEW = "incident-information@mill/town-a", "incident-review@mill/town-a"
FIRE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "2026-12-17/1",
    "source": "https://incidents.example/",
    "type": "incident",
    "time": "2026-12-17T01:40:00Z",
    "data": {"case": "mill", "parties": ["town-a"], "title": "Fire at the mill"},
}


class Daemon:
    """Sends over the platform's channel what its transport sends, and everything else at once."""

    def __init__(self, play: Play, receiver: Hook) -> None:
        self.play = play
        self.away_until = play.now
        self._receiver = receiver
        self._loop = asyncio.Runner()
        self._over = WebhookTransport(WebhookOptions(receiver.url, SECRET))
        self.outcomes: list[Outcome] = []

    def go(self, until: str) -> None:
        """Let time run, and with it the outbox."""
        self.play.go(until, self._post)

    def _post(self, parcel: Parcel) -> Outcome:
        if parcel.row.channel != "platform":
            return ACCEPTED
        assert parcel.message is not None
        if self.play.now < self.away_until:
            self._receiver.answers.append(503)
        self.outcomes.append(self._loop.run(self._over.send(parcel.message)))
        return self.outcomes[-1]

    def stop(self) -> None:
        self._loop.run(self._over.stop())
        self._loop.close()


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with hook() as found:
        yield found


@pytest.fixture
def daemon(receiver: Hook) -> Iterator[Daemon]:
    """A Thursday at 10:00. The platform hears of incidents only, and what was open before is behind it."""
    store = memory_store()
    play = Play(
        store,
        world(
            tiny_register(),
            channels=("inbox", "platform"),
            transports={"inbox": "inbox", "platform": "webhook"},
            subscriptions={"platform": Wanted(frozenset({"opened", "handed-in"}))},
        ),
        "2026-12-17T10:00",
    )
    play.plan()
    play.go("2026-12-17T10:00")
    found = Daemon(play, receiver)
    yield found
    found.stop()
    store.close()


@pytest.fixture
def platform(daemon: Daemon) -> Iterator[Client]:
    pages = pages_of(daemon.play)
    yield client_of(pages, "incident-platform", ("report", "read"), parties=("town-a",))
    pages.client.close()


def send(platform: Client, **changes: Any) -> Any:
    return platform.post("/cloudevents", FIRE | changes, content_type=KIND)


def outbox(play: Play) -> list[tuple[str, str]]:
    """Each change that was written down for the platform of this case, and how it stands."""
    rows = [row for row in play.all(tables.deliveries) if row.template == "change"]
    rows = [row for row in rows if row.payload["event"]["subject"] == INFORMATION]
    return [(row.payload["event"]["type"].rpartition(".")[2], row.state) for row in rows]


def test_it_reports_once_however_often_it_sends_and_hears_what_became_of_it(
    daemon: Daemon, platform: Client, receiver: Hook
) -> None:
    first = send(platform)
    assert (first.status_code, first.json()["started"]) == (201, [INFORMATION])
    again = send(platform)  # the answer was lost on its way
    assert (again.status_code, again.json()) == (200, first.json() | {"known": True})
    other = {**FIRE["data"], "title": "A fire in the mill"}
    refused(send(platform, data=other), 409, "event-differs")
    assert [row.title for row in daemon.play.all(tables.events)] == ["Fire at the mill"]

    daemon.go("2026-12-17T11:00")
    assert receiver.types == [("opened", INFORMATION)]
    daemon.play.done(INFORMATION, by="ann", evidence="No. 12")
    daemon.go("2026-12-17T11:01")
    # What was handed in is heard, and that its review runs from now on.
    assert receiver.types == [("opened", INFORMATION), ("handed-in", INFORMATION), ("opened", REVIEW)]

    opened, handed_in, _ = receiver.heard
    assert opened.is_signed_by(KEY)
    assert handed_in.is_signed_by(KEY)
    assert not handed_in.is_signed_by(b"another key of 24 bytes or so")
    assert handed_in.event["data"]["done_at"] == "2026-12-17T03:00:00Z"
    assert "No. 12" not in handed_in.body.decode()  # what people write is not the platform's business
    clocks = platform.read("/cases/mill")["deadlines"]
    states = {each["id"]: each["state"] for each in clocks}
    assert states[INFORMATION] == "done"


def test_while_its_server_is_away_for_minutes_nothing_is_lost_and_nothing_comes_twice(
    daemon: Daemon, platform: Client, receiver: Hook
) -> None:
    send(platform)
    daemon.go("2026-12-17T10:05")
    receiver.heard.clear()
    daemon.outcomes.clear()
    daemon.away_until = at("2026-12-17T10:17")
    daemon.play.done(INFORMATION, by="ann")
    daemon.go("2026-12-17T10:06")
    assert outbox(daemon.play)[-1] == ("handed-in", "waiting")
    assert Result.ACCEPTED not in {outcome.result for outcome in daemon.outcomes}

    daemon.go("2026-12-17T12:00")  # it is back by itself, and nobody did anything
    assert outbox(daemon.play) == [("opened", "accepted"), ("handed-in", "accepted")]
    tried: dict[str, list[tuple[bytes, Result]]] = {}
    for each, outcome in zip(receiver.heard, daemon.outcomes, strict=True):
        assert each.is_signed_by(KEY)
        tried.setdefault(each.headers["webhook-id"], []).append((each.body, outcome.result))
    assert sum(len(attempts) for attempts in tried.values()) > len(tried) == 2  # and the review
    for attempts in tried.values():
        # The same bytes under the same name each time: who has it knows it. Once taken, no more.
        assert len({body for body, _ in attempts}) == 1
        assert [result for _, result in attempts].index(Result.ACCEPTED) == len(attempts) - 1
    assert ("handed-in", INFORMATION) in receiver.types

    count = len(receiver.heard)
    daemon.go("2026-12-18T12:00")
    assert len(receiver.heard) == count
