"""National Day, 02:10: the text message is accepted and stays silent; the next channel, then the deputy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.core.model import Way
from alertd.core.text_messages import Texting
from alertd.core.timing import Duration, TimeUnit
from alertd.core.ways import DEPUTY
from alertd.store import tables
from tests.story.city import City, at, shipped

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
FIVE = Duration(5, TimeUnit.MINUTE)


@pytest.fixture
def city() -> City:
    world = shipped()[0]
    people = {
        name: replace(person, mobile=f"+861380013{number:04}", channels=())
        for number, (name, person) in enumerate(sorted(world.register.people.items()))
    }
    ways: dict[str, Any] = {
        "register": replace(world.register, people=people),
        "channels": ("sms", "email"),
        "transports": {"sms": "sms", "email": "email", "inbox": "inbox"},
        "texting": {"sms": Texting("珠海市政府", heard=True)},
        "urgent_order": (Way("sms"), Way("email", FIVE), Way(DEPUTY, FIVE)),
    }
    return City("2026-10-01 02:05", replace(world, **ways))


def reached(city: City, person: str) -> list[tuple[str, str]]:
    """When and over which channel somebody was written to about the information, in the order of time."""
    with city.store.read() as tx:
        rows = tx.execute(tables.deliveries.select().order_by(tables.deliveries.c.id)).fetchall()
    return [
        (f"{row.sent_at.astimezone(city.world.zone):%H:%M}", row.channel)
        for row in rows
        if row.person == person and row.sent_at
    ]


def test_sms_is_accepted_but_silent_after_five_minutes_the_next_channel_then_the_deputy(city: City) -> None:
    people = city.world.register.people
    contact = next(
        person for person in people.values() if person.unit == TOWN and "contact" in person.positions
    )
    deputy = contact.deputy
    assert deputy is not None
    city.now = at("2026-10-01 02:10")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10", received="2026-10-01 02:10")

    city.until("2026-10-01 02:14")
    assert reached(city, contact.id) == [("02:10", "sms")]

    city.until("2026-10-01 02:16")
    assert reached(city, contact.id)[:2] == [("02:10", "sms"), ("02:15", "email")]

    asked = {message.person: message for message in city.until("2026-10-01 02:21")}
    assert INFORMATION in asked[deputy].deadlines
    assert asked[deputy].at.endswith("02:20")

    # the deputy answers: one answer is enough, and nobody is asked about it over a further way
    city.acknowledge(INFORMATION, deputy)
    later = city.until("2026-10-01 02:55")
    assert [message.person for message in later if INFORMATION in message.deadlines] == []
