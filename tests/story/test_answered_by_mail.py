"""National Day, by replies to mails alone: from telephones and webmail, with what comes back in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.engine.sending.letters import Taken, take_in
from alertd.engine.sending.return_addresses import Purpose, address_for
from alertd.mailin.reading import read
from alertd.store import tables
from tests.story.city import City, Message, at, shipped
from tests.support.replies import MAIL_IN, bounce, reply

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"
PHONE = "\n\n发自我的iPhone\n\n> 在 2026年10月1日，02:40，alertd <a@b.example> 写道：\n> 已報\n"


@pytest.fixture
def city() -> City:
    by_mail: dict[str, Any] = {
        "channels": ("email",), "transports": {"email": "email", "inbox": "inbox"}, **MAIL_IN,
    }  # fmt: skip
    found = City("2026-10-01 02:30", replace(shipped()[0], **by_mail))
    found.store.transact(signing_key)
    return found


def mail_to(city: City, message: Message, purpose: Purpose) -> str:
    """The address that a mail is answered at, or comes back to."""
    with city.store.read() as tx:
        key = signing_key(tx)
        rows = tx.execute(tables.deliveries.select().order_by(tables.deliveries.c.id)).fetchall()
    mine = [row for row in rows if row.person == message.person and row.sent_at is not None]
    return address_for(city.world, key, purpose, mine[0].id)


def write(city: City, message: Message, text: str, **more) -> Taken:
    """Reply to the first mail of the night to somebody, as their telephone does."""
    person = city.world.register.people[message.person]
    raw = reply(mail_to(city, message, Purpose.REPLY), text + PHONE, person.email, arrived=city.now, **more)
    return city.store.transact(lambda tx: take_in(Scope(tx, city.world, city.now), read(raw)))


def test_a_night_answered_by_mail_alone(city: City) -> None:
    # 02:40: a fire that was published at 02:10; the town and the duty desk are asked about both clocks
    city.now = at("2026-10-01 02:40")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10", received="2026-10-01 02:40")
    sent = {message.person: message for message in city.until("2026-10-01 02:41")}
    contact, desk = sent["guo-huimin.town-donghe"], sent["fang-yunzhou.government-office"]
    assert set(contact.deadlines) == {INFORMATION, CONFERENCE}

    # a holiday reply of the desk's account counts for nothing; then both reply 收到
    away = {"Auto-Submitted": "auto-replied"}
    assert write(city, desk, "收到，我在休假", headers=away) is Taken.PASSED_OVER
    assert city.row(INFORMATION).acknowledged_until is None
    assert [write(city, message, "收到") for message in (contact, desk)] == [Taken.DONE, Taken.DONE]
    again = [m for m in city.until("2026-10-01 03:40") if m.person in (contact.person, desk.person)]
    assert again == []

    # 04:50: "已报" alone does not say which of the two; with its number it is handed in, evidence and all
    city.until("2026-10-01 04:50")
    assert write(city, contact, "已报") is Taken.KEPT
    assert city.row(INFORMATION).state == "open"
    files = {"通報.pdf": b"%PDF-1.7"}
    number = city.row(INFORMATION).number
    assert write(city, contact, f"已报 #{number}，死亡0人，受伤2人", files=files) is Taken.DONE
    assert (city.row(INFORMATION).state, city.row(INFORMATION).breach) == ("done", "")
    assert city.row(INFORMATION).done_at == at("2026-10-01 04:50")

    # the press conference follows by the desk's own mail, and a bounce that comes after it disturbs nobody
    city.until("2026-10-01 09:00")
    assert write(city, desk, f"已辦結 #{city.row(CONFERENCE).number}") is Taken.DONE
    raw = read(bounce(mail_to(city, contact, Purpose.BOUNCE)))
    city.store.transact(lambda tx: take_in(Scope(tx, city.world, city.now), raw))
    later = city.until("2026-10-01 12:00")
    assert not [m for m in later if {"near", "overdue"} & set(m.steps)]
