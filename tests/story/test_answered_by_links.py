"""National Day, by the links of mails alone: nobody signs in anywhere, and nobody uses the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from alertd.engine.ruling.signing_keys import signing_key
from alertd.store import tables
from alertd.web.application import application
from alertd.web.backing import Backing
from tests.story.city import City, Message, at, shipped
from tests.support.pages import HERE, SETTINGS, Browser, Pages, text_of

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"


@pytest.fixture
def city() -> City:
    found = City("2026-10-01 02:30", replace(shipped()[0], pages=HERE))
    found.store.transact(signing_key)
    return found


@pytest.fixture
def phone(city: City) -> Iterator[Pages]:
    """A browser that was never signed in."""
    backing = Backing(city.store, lambda: city.world, lambda: city.now, SETTINGS)
    browser = Browser(application(backing), HERE)
    yield Pages(cast(Any, city), browser, backing)  # its time and rows are the city's
    browser.close()


def link_in(message: Message, label: str) -> str:
    """The address that stands behind a label in the text of a mail."""
    found = re.search(rf"{label}：\s*{HERE}(/m/\S+)", message.text)
    assert found is not None, message.text
    return found[1]


def opened(phone: Pages, link: str) -> str:
    """Where a link leads."""
    answered = phone.get(link)
    while answered.status_code == 303:
        link = answered.headers["location"]
        answered = phone.get(link)
    assert answered.status_code == 200
    return link


def test_a_night_answered_from_the_mail_alone(city: City, phone: Pages) -> None:
    # 02:40: the duty desk heard of a fire that was published at 02:10; the town is asked about both clocks
    city.now = at("2026-10-01 02:40")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10", received="2026-10-01 02:40")
    sent = {message.person: message for message in city.until("2026-10-01 02:41")}
    contact, desk = sent["guo-huimin.town-donghe"], sent["fang-yunzhou.government-office"]
    assert set(contact.deadlines) == {INFORMATION, CONFERENCE}

    # both press *received* in the mail, for both clocks at once: nobody is asked again within the hour
    for message in (contact, desk):
        link = opened(phone, link_in(message, "簽收"))
        assert "該消息涉及 2 件事項。" in text_of(phone.get(link).text)
        assert phone.press(link, link).status_code == 303
    again = [m for m in city.until("2026-10-01 03:40") if m.person in (contact.person, desk.person)]
    assert again == []

    # 05:00: by the other link of the same mail, the information that was published at 04:50
    city.until("2026-10-01 05:00")
    listed = opened(phone, link_in(contact, "已報送"))
    whole = listed.removesuffix("/handed-in")
    page = f"{whole}/deadlines/{city.row(INFORMATION).number}"
    assert page in phone.get(listed).text
    given = {"at": "2026-10-01T04:50", "evidence": "https://example.org/1"}
    assert phone.press(page, f"{page}/handed-in", **given).status_code == 303
    assert (city.row(INFORMATION).state, city.row(INFORMATION).breach) == ("done", "")
    assert city.row(INFORMATION).done_at == at("2026-10-01 04:50")

    # the desk, from its own mail, reads that it is done; the reminders of it have ended
    theirs = opened(phone, link_in(desk, "已報送")).removesuffix("/handed-in")
    said = text_of(phone.get(f"{theirs}/deadlines/{city.row(INFORMATION).number}").text)
    assert "10月1日(星期四)04:50" in said
    later = city.until("2026-10-01 10:30")
    assert not [m for m in later if INFORMATION in m.deadlines and "done" not in m.steps]

    # the press conference was at 10:00; the desk hands it in for the town
    page = f"{theirs}/deadlines/{city.row(CONFERENCE).number}"
    assert phone.press(page, f"{page}/handed-in", at="2026-10-01T10:00").status_code == 303
    assert (city.row(CONFERENCE).state, city.row(CONFERENCE).breach) == ("done", "")
    done = [row for row in city.rows(tables.audit) if row.action == "done"]
    assert [row.actor for row in done] == [contact.person, desk.person]
    assert {row.account.split(":")[0] for row in done} == {"link"}
