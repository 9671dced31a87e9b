"""The personal link of a message: whoever has it may do what its reader may, about what it tells, no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.rules import parse_rule
from alertd.engine.operations import linking
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.signing_keys import signing_key
from alertd.store import tables
from alertd.store.database import memory_store
from tests.support.pages import HERE, Pages, pages_of, text_of
from tests.support.play import Play
from tests.support.register import live_channels, tiny_register, with_obligation, with_person, world

REPORT, OTHER = "yearly-report@2026/town-a", "yearly-report@2026/town-b"
MAIL = {**live_channels(), "channels": ("email",), "pages": HERE}


@pytest.fixture
def play() -> Iterator[Play]:
    """Two towns were reminded of a report, by mail."""
    store = memory_store()
    store.transact(signing_key)
    begun = Play(store, world(tiny_register(), **MAIL), "2026-12-01T10:00")
    begun.plan()
    begun.go("2026-12-17T10:00")
    yield begun
    store.close()


@pytest.fixture
def pages(play: Play) -> Iterator[Pages]:
    found = pages_of(play)
    yield found
    found.client.close()


def links_of(play: Play, person: str) -> list[str]:
    """The addresses in the newest message to a person, as the browser asks for them."""
    sent = [parcel for parcel in play.sent if parcel.row.person == person]
    message = sent[-1].message
    assert message is not None
    found = re.findall(rf"{HERE}(/m/\S+)", message.text)
    assert found == re.findall(rf'href="{HERE}(/m/[^"]+)"', message.html)
    return found


def numbers(play: Play) -> str:
    return f"/deadlines/{play.row(REPORT).number}"


def follow(pages: Pages, link: str) -> tuple[str, str]:
    """Where a link leads, and what stands there."""
    answered = pages.get(link)
    while answered.status_code == 303:
        link = answered.headers["location"]
        answered = pages.get(link)
    assert answered.status_code == 200, answered.text
    return link, text_of(answered.text)


def test_a_mail_that_asks_carries_two_plain_links_and_one_to_everything_else(play: Play) -> None:
    received, handed_in, whole = links_of(play, "ann")
    assert (received, handed_in) == (f"{whole}/received", f"{whole}/handed-in")


def test_a_link_stands_on_one_line_of_the_mail(play: Play) -> None:
    message = play.sent[-1].message
    assert message is not None
    lines = [line for line in message.text.splitlines() if "/m/" in line]
    assert lines
    assert all(re.search(r"/m/[a-z0-9-]+(/received|/handed-in)?$", line) for line in lines)


def test_where_no_page_could_be_opened_a_mail_has_no_link(play: Play) -> None:
    play.world = replace(play.world, pages="")
    play.go("2026-12-24T10:00")
    message = play.sent[-1].message
    assert message is not None
    assert "/m/" not in message.text + message.html


def test_opening_a_link_changes_nothing_however_often_mail_scanners_do_it(pages: Pages) -> None:
    before = pages.play.all(tables.audit)
    for link in links_of(pages.play, "ann") * 3:
        follow(pages, link)
    assert pages.play.all(tables.audit) == before
    assert pages.client.cookies == {}


def test_received_is_one_button_and_rests_the_reminders_of_its_reader(pages: Pages) -> None:
    received = links_of(pages.play, "ann")[0]
    where, _ = follow(pages, received)
    assert "Opened from a message to Ann" in pages.get(where).text
    answered = pages.press(where, f"{where}/received")
    assert answered.status_code == 303
    _, said = follow(pages, answered.headers["location"])
    assert said.startswith("Received. Reminders to you rest")
    row = pages.play.row(REPORT)
    assert row.acknowledged_until is not None
    assert pages.play.row(OTHER).acknowledged_until is None
    (entry,) = [each for each in pages.play.all(tables.audit) if each.action == "acknowledged"]
    assert (entry.actor, entry.account) == ("ann", "link:email:ann@example.org")


def test_handed_in_is_one_button_and_pressed_twice_it_is_one_hand_in(pages: Pages) -> None:
    where, _ = follow(pages, links_of(pages.play, "ann")[1])
    page = pages.get(where).text
    for _ in range(2):
        assert pages.press_on(page, f"{where}/handed-in", evidence="No. 12").status_code == 303
    assert pages.play.row(REPORT).state == "done"
    assert [each.action for each in pages.play.all(tables.audit)].count("done") == 1


def test_a_link_shows_what_its_message_is_about_and_nothing_else(pages: Pages) -> None:
    whole = links_of(pages.play, "ann")[2]
    other = pages.play.row(OTHER).number
    assert pages.get(f"{whole}/deadlines/{other}").status_code == 409
    for path in ("/mine", "/board", f"/deadlines/{other}", numbers(pages.play)):
        assert pages.get(path).headers["location"] == "/login"


def test_a_form_from_elsewhere_presses_nothing(pages: Pages) -> None:
    where, _ = follow(pages, links_of(pages.play, "ann")[2])
    assert pages.client.post(f"{where}/handed-in", data={"token": "x"}).status_code == 403
    given = {"sec-fetch-site": "cross-site"}
    assert pages.client.post(f"{where}/handed-in", data={}, headers=given).status_code == 403
    assert pages.play.row(REPORT).state == "open"


def test_somebody_elses_link_cannot_be_made_of_ones_own(pages: Pages) -> None:
    mine, theirs = links_of(pages.play, "ann")[2], links_of(pages.play, "eve")[2]
    for made in (
        "-".join([theirs.split("-")[0], *mine.split("-")[1:]]),
        "-".join([mine.split("-")[0], theirs.split("-")[1], theirs.split("-")[2]]),
        mine[:-1],
        mine + "a",
        mine.replace("-", "", 1),
        "/m/x",
        "/m/-",
        "/m/--",
        f"/m/{'a' * 13}-aa-{'a' * 26}",
        f"/m/{'7' * 13}-{'7' * 13}-{'7' * 26}",
    ):
        assert pages.get(made).status_code in (404, 409), made
    assert pages.get("/m/x").status_code == 404
    assert pages.get(mine).status_code == 303


def test_a_link_survives_capitals(pages: Pages) -> None:
    mine = links_of(pages.play, "ann")[2]
    assert pages.get("/m/" + mine[3:].upper()).status_code == 303


@pytest.mark.parametrize(
    "change", [{"email": "ann@elsewhere.example"}, {"unit": "town-b"}, {"positions": ("leader-in-charge",)}]
)
def test_a_link_is_void_when_the_address_or_the_position_changes(
    pages: Pages, change: dict[str, str]
) -> None:
    mine = links_of(pages.play, "ann")[2]
    before = pages.play.world
    pages.play.world = replace(before, register=with_person(before.register, "ann", **change))
    answered = pages.get(mine, **{"Accept-Language": "en"})
    assert answered.status_code == 404
    assert "no longer yours" in text_of(answered.text)
    pages.play.world = before
    assert pages.get(mine).status_code == 303


def test_a_link_is_void_when_its_reader_has_left(pages: Pages) -> None:
    mine = links_of(pages.play, "ann")[2]
    people = {name: who for name, who in pages.play.world.register.people.items() if name != "ann"}
    pages.play.world = replace(pages.play.world, register=replace(pages.play.world.register, people=people))
    assert pages.get(mine).status_code == 404


def test_a_link_lives_until_some_days_after_its_deadline_is_closed(pages: Pages) -> None:
    mine = links_of(pages.play, "ann")[2]
    pages.play.now += timedelta(days=200)
    assert pages.get(mine).status_code == 303
    pages.play.done(REPORT)
    pages.play.now += linking.LASTS
    assert pages.get(mine).status_code == 303
    pages.play.now += timedelta(seconds=1)
    assert pages.get(mine).status_code == 410


def test_a_link_lives_no_longer_than_it_says_whatever_is_open(pages: Pages) -> None:
    mine = links_of(pages.play, "ann")[2]
    sent = next(parcel.row for parcel in pages.play.sent if parcel.row.person == "ann").created_at
    pages.play.now = sent + linking.LONGEST
    assert pages.get(mine).status_code == 303
    pages.play.now += timedelta(days=1)
    assert pages.get(mine).status_code == 410


def test_a_link_outlives_one_change_of_keys_and_not_two(pages: Pages) -> None:
    mine = links_of(pages.play, "ann")[2]
    for status in (303, 404):
        pages.play.do(linking.change_signing_keys, actor=Actor("clerk"))
        assert pages.get(mine).status_code == status


def test_a_link_of_a_deadline_that_was_closed_meanwhile_says_how_it_stands(pages: Pages) -> None:
    where, _ = follow(pages, links_of(pages.play, "ann")[1])
    page = pages.get(where).text
    pages.play.done(REPORT)
    answered = pages.press_on(page, f"{where}/handed-in")
    assert answered.status_code == 409
    assert "Meanwhile somebody else acted" in text_of(answered.text)
    _, said = follow(pages, where)
    assert "Handed in" in said


@pytest.fixture
def both() -> Iterator[Pages]:
    """A town was reminded of two reports in one mail."""
    store = memory_store()
    store.transact(signing_key)
    register = with_obligation(
        tiny_register(),
        "training",
        measure=None,
        rule=parse_rule("yearly by 12-30"),
        policy="yearly",
        owed_by="group:every-town",
    )
    play = Play(store, world(register, **MAIL), "2026-12-01T10:00")
    play.plan()
    play.go("2026-12-17T10:00")
    found = pages_of(play)
    yield found
    found.client.close()
    store.close()


def test_a_message_about_several_deadlines_is_received_at_once_and_handed_in_one_by_one(both: Pages) -> None:
    play = both.play
    received = links_of(play, "ann")[0]
    where, said = follow(both, received)
    assert where == received
    assert "This message is about 2 deadlines." in said
    whole = received.removesuffix("/received")
    answered = both.press(where, f"{whole}/received")
    assert answered.headers["location"] == f"{whole}?done=received"
    follow(both, answered.headers["location"])
    rows = [play.row(name) for name in (REPORT, "training@2026/town-a")]
    assert all(row.acknowledged_until for row in rows)
    for row in rows:
        both.press(f"{whole}/deadlines/{row.number}", f"{whole}/deadlines/{row.number}/handed-in")
    assert "Received, all of them" not in follow(both, whole)[1]


def test_what_was_closed_while_its_message_lay_open_is_received_no_more(both: Pages) -> None:
    whole = links_of(both.play, "ann")[2]
    page = both.get(whole).text
    both.play.done(REPORT)
    assert both.press_on(page, f"{whole}/received").status_code == 303  # the other one still is
    page = both.get(whole).text
    both.play.done("training@2026/town-a")
    answered = both.press_on(page, f"{whole}/received")
    assert answered.status_code == 409
    assert "Nothing of this is open" in text_of(answered.text)


def test_whoever_may_page_somebody_does_so_from_a_mail_without_signing_in(play: Play, pages: Pages) -> None:
    """The leader in charge of the town is reminded on its last days."""
    play.go("2026-12-30T10:00")
    link = next(each for each in links_of(play, "cai") if each.count("/") == 2)
    where = follow(pages, link)[0]
    answered = pages.press(where, f"{link}{numbers(play)}/paged", person="dan", reason="nobody answers")
    assert answered.status_code == 303, text_of(answered.text)
    (row,) = (row for row in play.all(tables.audit) if row.action == "paged")
    assert row.actor.startswith("cai")
    contact = next(each for each in links_of(play, "ann") if each.count("/") == 2)
    assert "/paged" not in pages.get(follow(pages, contact)[0]).text
