"""National Day by text messages alone: who answers with a digit, and who is asked when nobody does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.core.text_messages import Texting
from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.letters import Taken
from alertd.engine.sending.texted import take_told
from alertd.store import tables
from alertd.transports.base import Reported, Texted
from tests.story.city import City, Message, at, shipped

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"


@pytest.fixture
def city() -> City:
    world = shipped()[0]
    people = {
        name: replace(person, mobile=f"+861380013{number:04}", channels=())
        for number, (name, person) in enumerate(sorted(world.register.people.items()))
    }
    by_text: dict[str, Any] = {
        "register": replace(world.register, people=people),
        "channels": ("sms",),
        "transports": {"sms": "sms", "inbox": "inbox"},
        "texting": {"sms": Texting("珠海市政府", heard=True)},
    }
    return City("2026-10-01 02:30", replace(world, **by_text))


def told(city: City, what: Texted | Reported) -> Taken:
    return city.store.transact(lambda tx: take_told(Scope(tx, city.world, city.now), what))


def text(city: City, message: Message, words: str, name: str) -> Taken:
    return told(city, Texted("sms", city.world.register.people[message.person].mobile, words, name))


def begun(city: City) -> dict[str, Message]:
    city.now = at("2026-10-01 02:40")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10", received="2026-10-01 02:40")
    return {message.person: message for message in city.until("2026-10-01 02:41")}


def test_an_official_answers_by_one_and_two(city: City) -> None:
    contact = begun(city)["guo-huimin.town-donghe"]
    # two clocks wait: a digit alone does not say which, and the person is told so
    assert text(city, contact, "回1", "a") is Taken.KEPT
    assert city.row(INFORMATION).acknowledged_until is None
    assert text(city, contact, "1 全部", "b") is Taken.DONE
    assert city.row(INFORMATION).acknowledged_until is not None
    city.until("2026-10-01 04:50")
    number = city.row(INFORMATION).number
    assert text(city, contact, f"２ {number}，死亡0人", "c") is Taken.DONE
    assert (city.row(INFORMATION).state, city.row(INFORMATION).breach) == ("done", "")


def test_a_text_that_was_delivered_and_not_answered_does_not_keep_its_superior_from_being_asked(
    city: City,
) -> None:
    first = begun(city)
    with city.store.read() as tx:
        rows = tx.execute(tables.deliveries.select()).fetchall()
    for row in rows:
        assert told(city, Reported("sms", row.address, True, delivery=row.id)) is Taken.DONE
    assert city.row(INFORMATION).acknowledged_until is None
    later = {message.person for message in city.until("2026-10-01 07:00")}
    assert later - first.keys(), "delivered is no acknowledgement: whoever is next is asked"
