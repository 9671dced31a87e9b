"""Calendars as somebody who subscribes to one gets them."""

from __future__ import annotations

import re
from typing import Any

import icalendar

from tests.support.pages import Pages

ENGLISH = {"Accept-Language": "en"}


def address_of(pages: Pages, about: str, name: str, asked: str = "/calendar") -> str:
    """Press the button of one calendar; what stands behind the host of its address."""
    page = pages.get(asked, **ENGLISH).text
    forms = re.findall(r'<form method="post" action="/calendar">.*?</form>', page, re.DOTALL)
    fields = [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in forms]
    wanted = [each for each in fields if (each["about"], each["name"]) == (about, name)]
    assert len(wanted) == 1, f"{about} {name} is not offered"
    answered = pages.client.post("/calendar", data=wanted[0], headers=ENGLISH)
    assert answered.status_code == 200, answered.text
    found = re.search(r"<code>http://[^/]+(/calendar/\w+\.ics)</code>", answered.text)
    assert found is not None
    return found[1]


def entries(content: bytes) -> dict[str, Any]:
    """The entries of a calendar by their summary."""
    found = icalendar.Calendar.from_ical(content)
    return {str(event["summary"]): event for event in found.walk("VEVENT")}


def own(pages: Pages, who: str = "ann") -> str:
    """The address of somebody's own calendar; nobody is signed in afterwards."""
    pages.sign_in(who)
    found = address_of(pages, "person", who)
    pages.client.cookies.clear()
    return found


def calendar(pages: Pages, path: str) -> dict[str, Any]:
    answered = pages.get(path)
    assert answered.status_code == 200, answered.text
    assert answered.headers["content-type"] == "text/calendar; charset=utf-8"
    return entries(answered.content)


def the(found: dict[str, Any], title: str) -> Any:
    """The one entry about something."""
    about = [event for summary, event in found.items() if title in summary]
    assert len(about) == 1, sorted(found)
    return about[0]
