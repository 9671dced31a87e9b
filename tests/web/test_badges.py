"""The badge of a unit at an address of its own: another site shows it, and learns nothing else."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from alertd.engine.operations.calendars import badge_at, give_address, read_by
from alertd.store import tables
from tests.support.calendars import ENGLISH
from tests.support.pages import Pages
from tests.support.play import Play

REPORT = "yearly-report@2026/town-a"


def address_of(pages: Pages, unit: str, who: str) -> str:
    """Press the button of a badge; what stands behind the host in the <img> that is offered."""
    pages.client.cookies.clear()
    pages.sign_in(who)
    page = pages.get(f"/calendar?unit={unit}", **ENGLISH).text
    forms = re.findall(r'<form method="post" action="/calendar">.*?</form>', page, re.DOTALL)
    fields = [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in forms]
    (wanted,) = (each for each in fields if (each["about"], each["name"]) == ("badge", unit))
    answered = pages.client.post("/calendar", data=wanted, headers=ENGLISH)
    found = re.search(r'<img src="http://[^/]+(/badge/\w+\.svg)" alt="[^"]+">', html.unescape(answered.text))
    assert found is not None, answered.text
    pages.client.cookies.clear()
    return found[1]


def test_another_site_shows_how_a_unit_stands_and_nobody_signs_in(pages: Pages) -> None:
    path = address_of(pages, "town-a", "ann")
    drawn = pages.get(path)
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert "<title>town-a: " in drawn.text
    assert drawn.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "default-src 'none'" in drawn.headers["content-security-policy"]
    assert "access-control-allow-origin" not in drawn.headers  # shown, and not read by its scripts
    assert "set-cookie" not in drawn.headers


def test_it_follows_what_is_done_and_is_not_sent_again_while_it_is_the_same(pages: Pages) -> None:
    play = pages.play
    path = address_of(pages, "town-a", "ann")
    first = pages.get(path)
    again = pages.get(path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    assert again.headers["cross-origin-resource-policy"] == "cross-origin"
    play.go("2026-12-31T09:00")  # what was green is overdue
    assert pages.get(path, **{"If-None-Match": first.headers["etag"]}).text != first.text


def test_a_new_address_ends_the_one_before_and_ending_it_ends_it(pages: Pages) -> None:
    first, second = (address_of(pages, "town-a", "ann") for _ in range(2))
    assert (pages.get(first).status_code, pages.get(second).status_code) == (404, 200)
    pages.sign_in("ann")
    page = pages.get("/calendar", **ENGLISH).text
    ending = re.findall(r'<form method="post" action="/calendar/end">.*?</form>', page, re.DOTALL)
    (form,) = (each for each in ending if 'value="badge"' in each)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert pages.client.post("/calendar/end", data=fields).status_code == 303
    assert pages.get(second).status_code == 404


def test_it_is_void_when_its_holder_no_longer_sees_the_unit(pages: Pages) -> None:
    path = address_of(pages, "town-a", "ann")
    register = pages.play.world.register
    moved = {**register.people, "ann": replace(register.people["ann"], unit="town-b")}
    pages.play.world = replace(pages.play.world, register=replace(register, people=moved))
    assert pages.get(path).status_code == 404


@pytest.mark.parametrize("who", ["eve", "ann"])
def test_nobody_is_given_the_badge_of_a_unit_they_do_not_see(pages: Pages, who: str) -> None:
    other = "town-a" if who == "eve" else "town-b"
    pages.sign_in(who)
    page = pages.get(f"/calendar?unit={other}", **ENGLISH).text
    token = re.findall(r'name="token" value="(\w+)"', page)[0]
    given = {"token": token, "about": "badge", "name": other}
    assert pages.client.post("/calendar", data=given, headers=ENGLISH).status_code == 409
    assert pages.play.all(tables.calendar_addresses) == []


def test_a_supervisor_has_the_badge_of_any_unit(pages: Pages) -> None:
    assert pages.get(address_of(pages, "town-b", "gao")).status_code == 200


def test_the_address_of_a_badge_opens_no_calendar_and_the_other_way_round(pages: Pages, play: Play) -> None:
    badge, calendar = (play.do(give_address, about, "town-a") for about in ("badge", "unit"))
    with play.store.read() as tx:
        scope = play.scope(tx)
        assert read_by(scope, badge) is None
        assert badge_at(scope, calendar) is None
    assert pages.get(f"/calendar/{badge}.ics").status_code == 404
    assert pages.get(f"/badge/{calendar}.svg").status_code == 404
    assert pages.get(f"/badge/{badge}.svg").status_code == 200


@pytest.mark.parametrize("secret", ["x", "0" * 32, "%01", "é", "a" * 3000, "../board", "{secret}"])
def test_there_is_nothing_at_an_address_that_nobody_was_given(pages: Pages, secret: str) -> None:
    answered = pages.get(f"/badge/{secret}.svg")
    assert answered.status_code in (400, 404)
    assert answered.headers["cross-origin-resource-policy"] == "same-origin"
