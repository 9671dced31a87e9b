"""Addresses of calendars: who is given one, who reads at it, and what ends it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations.calendars import give_address, read_by
from alertd.engine.ruling.signing_keys import change_keys
from alertd.store import tables
from tests.support.calendars import ENGLISH, address_of, own
from tests.support.pages import Pages, pages_of, text_of
from tests.support.play import Play


@pytest.mark.parametrize("secret", ["x", "0" * 32, "a" * 26, "%01", "\u00e9", "a" * 3000, "../board"])
def test_there_is_nothing_at_an_address_that_nobody_was_given(pages: Pages, secret: str) -> None:
    own(pages)
    assert pages.get(f"/calendar/{secret}.ics").status_code in (400, 404)


def test_a_new_address_ends_the_one_before(pages: Pages) -> None:
    first = own(pages)
    second = own(pages)
    assert pages.get(first).status_code == 404
    assert pages.get(second).status_code == 200


def test_pressing_twice_gives_the_same_address(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get("/calendar").text
    form = re.findall(r'<form method="post" action="/calendar">.*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answers = [pages.client.post("/calendar", data=fields).text for _ in range(2)]
    given = [re.findall(r"/calendar/(\w+)\.ics", answer)[0] for answer in answers]
    assert given[0] == given[1]
    assert len(pages.play.all(tables.calendar_addresses)) == 1


def test_an_address_that_was_ended_is_not_given_again(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get("/calendar").text
    form = re.findall(r'<form method="post" action="/calendar">.*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    first = re.findall(r"/calendar/(\w+)\.ics", pages.client.post("/calendar", data=fields).text)[0]
    assert pages.press("/calendar", "/calendar/end").status_code == 303
    assert pages.get(f"/calendar/{first}.ics").status_code == 404
    again = re.findall(r"/calendar/(\w+)\.ics", pages.client.post("/calendar", data=fields).text)[0]
    assert again != first
    assert pages.get(f"/calendar/{first}.ics").status_code == 404
    assert pages.get(f"/calendar/{again}.ics").status_code == 200


def test_an_address_is_void_when_its_holder_leaves(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    paths = [
        address_of(pages, "person", "ann"),
        address_of(pages, "unit", "town-a"),
        address_of(pages, "case", "fire", "/calendar?case=fire"),
    ]
    assert [pages.get(path).status_code for path in paths] == [200, 200, 200]
    register = play.world.register
    left = {name: person for name, person in register.people.items() if name != "ann"}
    play.world = replace(play.world, register=replace(register, people=left))
    assert [pages.get(path).status_code for path in paths] == [404, 404, 404]


def test_an_address_of_a_unit_is_void_when_its_holder_moves_to_another(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("eve")
    path = address_of(pages, "unit", "town-b")
    assert pages.get(path).status_code == 200
    register = play.world.register
    moved = {**register.people, "eve": replace(register.people["eve"], unit="town-a")}
    play.world = replace(play.world, register=replace(register, people=moved))
    assert pages.get(path).status_code == 404


@pytest.mark.parametrize(("about", "name"), [("person", "ann"), ("unit", "town-a"), ("case", "fire")])
def test_nobody_is_given_the_calendar_of_what_they_do_not_see(pages: Pages, about: str, name: str) -> None:
    pages.sign_in("eve")
    page = pages.get("/calendar?unit=town-a&case=fire", **ENGLISH).text
    token = re.findall(r'name="token" value="(\w+)"', page)[0]
    offered = re.findall(
        r'name="about" value="(\w+)">\s*<input type="hidden" name="name" value="([^"]*)"', page
    )
    assert (about, name) not in offered
    given = {"token": token, "about": about, "name": name}
    assert pages.client.post("/calendar", data=given, headers=ENGLISH).status_code == 409
    assert pages.play.all(tables.calendar_addresses) == []


def test_changing_the_keys_of_links_voids_no_calendar(pages: Pages) -> None:
    path = own(pages)
    for _ in range(2):
        pages.play.store.transact(change_keys)
    assert pages.get(path).status_code == 200


def test_the_store_does_not_hold_what_opens_a_calendar(pages: Pages) -> None:
    secret = own(pages).removeprefix("/calendar/").removesuffix(".ics")
    play = pages.play
    held = [str(row) for table in tables.metadata.sorted_tables for row in play.all(table)]
    assert not any(secret in row for row in held)
    with play.store.read() as tx:
        assert read_by(play.scope(tx), secret) is not None


def test_the_address_is_one_that_telephones_subscribe_to(play: Play) -> None:
    settings = WebSettings(Address("127.0.0.1", 8470), public_url="https://alertd.example.org")
    pages = pages_of(play, settings, "https://alertd.example.org")
    pages.sign_in("ann")
    page = pages.get("/calendar").text
    form = re.findall(r'<form method="post" action="/calendar">.*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answered = html.unescape(pages.client.post("/calendar", data=fields).text)
    assert re.search(r'href="webcal://alertd\.example\.org/calendar/\w+\.ics"', answered)
    assert re.search(r"<code>https://alertd\.example\.org/calendar/\w+\.ics</code>", answered)
    pages.client.close()


def test_the_office_gives_an_address_that_belongs_to_nobody(play: Play) -> None:
    secret = play.do(give_address, "unit", "town-b")
    with play.store.read() as tx:
        found = read_by(play.scope(tx), secret)
    assert found is not None
    assert (found.holder, found.about, found.name) == ("", "unit", "town-b")


def test_the_page_says_when_an_address_was_given(pages: Pages) -> None:
    own(pages)
    pages.sign_in("ann")
    assert "Address given Thu 17 Dec 10:00" in text_of(pages.get("/calendar", **ENGLISH).text)
