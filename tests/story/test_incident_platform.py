"""An incident platform reports a fire by CloudEvent in the night of National Day, and corrects what it said.

It has a token that is good for reporting and reading, and nobody types anything at the office.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations.tokens import NewToken, end_token, new_token
from alertd.engine.ruling.scope import Actor, Scope
from alertd.web.application import application
from alertd.web.backing import Backing
from tests.story.city import City, at
from tests.support.api import Client, refused
from tests.support.pages import HERE, Browser, Pages

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
KIND = "application/cloudevents+json"
FIRE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "2026-10-01/1",
    "source": "https://incidents.example/",
    "type": "major-incident",
    "time": "2026-09-30T18:10:00Z",
    "data": {"case": "fire", "parties": [TOWN], "severity": "major"},
}


@pytest.fixture
def city() -> City:
    return City("2026-10-01 02:20")


@pytest.fixture
def platform(city: City) -> Iterator[Client]:
    """What the platform holds."""
    settings = WebSettings(Address("127.0.0.1", 8470))
    backing = Backing(city.store, lambda: city.world, lambda: city.now, settings)
    browser = Browser(application(backing), HERE)
    asked = NewToken("incident-platform", ("report", "read"), (TOWN,))
    secret = city.store.transact(lambda tx: new_token(_scope(city, tx), asked)).secret
    yield Client(Pages(city, browser, backing), secret)  # type: ignore[arg-type]
    browser.close()


def _scope(city: City, tx: Any) -> Scope:
    return Scope(tx, city.world, city.now, Actor("admin"))


def send(platform: Client, **changes: Any) -> Any:
    return platform.post("/cloudevents", FIRE | changes, content_type=KIND)


def test_the_duty_desk_hears_within_minutes_of_what_the_platform_reported(
    city: City, platform: Client
) -> None:
    answered = send(platform)
    assert answered.status_code == 201
    assert INFORMATION in answered.json()["started"]
    assert city.row(INFORMATION).due == at("2026-10-01 07:10")
    told = city.until("2026-10-01 02:25")
    assert any(INFORMATION in message.deadlines for message in told)


def test_a_platform_that_is_not_sure_sends_again_and_nobody_is_told_twice(
    city: City, platform: Client
) -> None:
    first = send(platform).json()
    city.until("2026-10-01 02:21")
    again = send(platform)
    assert (again.status_code, again.json()["started"]) == (200, first["started"])
    assert city.until("2026-10-01 02:22") == []
    refused(send(platform, time="2026-09-30T17:40:00Z"), 409, "event-differs")


def test_it_corrects_the_time_it_gave_and_reads_what_came_of_it(city: City, platform: Client) -> None:
    event = send(platform).json()["id"]
    body = {"instants": {"published": "2026-10-01T02:00:00+08:00"}, "reason": "the camera says so"}
    assert INFORMATION in platform.post(f"/events/{event}/correct", body).json()["moved"]
    clocks = platform.read("/cases/fire")["deadlines"]
    due = {each["id"]: each["due"] for each in clocks}
    assert due[INFORMATION] == "2026-10-01T07:00:00+08:00"


def test_it_may_not_hand_in_and_is_shut_out_at_once_when_its_token_is_ended(
    city: City, platform: Client
) -> None:
    send(platform)
    number = city.row(INFORMATION).number
    refused(platform.post(f"/deadlines/{number}/hand-in"), 403, "token-may-not")
    city.store.transact(lambda tx: end_token(_scope(city, tx), "incident-platform"))
    refused(platform.get("/cases"), 401, "bad-token")
