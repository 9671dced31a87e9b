"""A messenger that drops what says the same as something of today: no two cards of one person are alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core import abilities
from alertd.core.abilities import DAY, TRANSPORTS
from alertd.core.cards import Card, CardSize, size_of, stamped
from alertd.engine.ruling.signing_keys import signing_key
from alertd.store import tables
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import at
from tests.unit.engine.conftest import Begin

PICKY = sorted(name for name, can in TRANSPORTS.items() if can.distinct)
PAGES = "https://duty.example.org"


def over(begin: Begin, name: str, *more: str, pages: str = PAGES) -> Play:
    """Everybody is reached over this messenger, and over `more` after it."""
    names = (name, *more)
    play = begin(
        "2026-12-05T02:00", channels=names, transports={n: n for n in (*names, "inbox")}, pages=pages
    )
    register = play.world.register
    column = TRANSPORTS[name].column
    people = {
        each: replace(
            person, channels=(), more={**person.more, column: f"w.{each}"}, email=f"{each}@example.org"
        )
        for each, person in register.people.items()
    }
    play.world = replace(play.world, register=replace(register, people=people))
    play.store.transact(signing_key)
    return play


def report(play: Play, case: str) -> None:
    play.report("incident", case, published="2026-12-05T02:00")
    play.fire()


def cards(play: Play, person: str) -> list[Card]:
    sent = [p.message for p in play.sent if p.row.person == person and p.message is not None]
    return [each.card for each in sent if each.card is not None]


def asked(play: Play) -> str:
    """Who was asked first."""
    return next(p.row.person for p in play.sent if p.message is not None and p.message.card is not None)


@pytest.mark.parametrize("name", PICKY)
@pytest.mark.parametrize("pages", [PAGES, ""])
def test_what_says_the_same_again_says_when(begin: Begin, name: str, pages: str) -> None:
    play = over(begin, name, pages=pages)
    report(play, "fire")
    play.deliver()
    who = asked(play)
    for _ in range(3):
        once_more(play, who)
    play.deliver()
    said = [card.plain for card in cards(play, who)]
    assert len(said) == 4
    assert len(set(said)) == 4
    assert "02:00" in said[1]


@pytest.mark.parametrize("name", PICKY)
def test_a_retry_says_what_the_attempt_before_it_said_and_that_it_is_one(begin: Begin, name: str) -> None:
    play = over(begin, name)
    report(play, "fire")
    play.now += timedelta(seconds=5)
    play.deliver(lambda parcel: Outcome(Result.UNKNOWN, "cut", server=True))
    play.now += timedelta(seconds=10)
    play.deliver()
    who = asked(play)
    first, second = cards(play, who)[:2]
    assert first.plain == second.plain
    sent = [p.message for p in play.sent if p.row.person == who and p.message is not None]
    assert [message.again for message in sent[:2]] == [False, True]
    assert len({message.message_id for message in sent[:2]}) == 1


@pytest.mark.parametrize("name", PICKY)
def test_a_repeat_says_which_one_it_is_and_how_long_is_left(begin: Begin, name: str) -> None:
    play = over(begin, name)
    report(play, "fire")
    play.go("2026-12-05T03:30")
    who = asked(play)
    of_one = cards(play, who)
    assert len(of_one) > 1
    assert len({card.plain for card in of_one}) == len(of_one)
    assert all("left" in card.plain for card in of_one)
    for number, card in enumerate(of_one[1:], 2):
        assert f"Reminder no. {number}." in card.lines


@pytest.mark.parametrize("name", PICKY)
def test_who_got_as_many_as_the_vendor_takes_in_a_day_is_reached_another_way_and_the_admin_hears(
    begin: Begin, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(TRANSPORTS[name], paces=((DAY, 1),))
    monkeypatch.setattr(abilities, "TRANSPORTS", {**TRANSPORTS, name: few})
    play = over(begin, name, "email")
    flood(play)
    who = asked(play)
    ways = [p.row.channel for p in play.sent if p.row.person == who and p.message is not None]
    assert ways[:2] == [name, "email"]
    people = {p.row.person for p in play.sent if p.row.template == "message"}
    assert play.admin_topics().count("person-over-limit") == len(people)


@pytest.mark.parametrize("name", PICKY)
def test_where_there_is_no_other_way_what_presses_is_tried_all_the_same(
    begin: Begin, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(TRANSPORTS[name], paces=((DAY, 1),))
    monkeypatch.setattr(abilities, "TRANSPORTS", {**TRANSPORTS, name: few})
    play = over(begin, name)
    flood(play)
    assert len(cards(play, asked(play))) >= 2
    people = {p.row.person for p in play.sent if p.row.template == "message"}
    assert play.admin_topics().count("person-over-limit") == len(people)


def flood(play: Play) -> None:
    report(play, "fire")
    play.deliver()
    play.now = at("2026-12-05T02:01")
    report(play, "storm")
    play.deliver()
    play.fire()
    play.deliver()


def once_more(play: Play, who: str) -> None:
    """One more message that says what the first one says."""
    rows = play.deliveries_to(who)
    first, last = rows[0], max(row.id for row in play.all(tables.deliveries))
    links = [link for link in play.all(tables.delivery_notices) if link.delivery == first.id]
    values = dict(first._mapping) | {
        "id": last + 1,
        "state": "waiting",
        "attempts": 0,
        "sent_at": None,
        "first_attempt_at": None,
        "message_id": f"{last + 1:x}@y",
        "bundle": f"again {last}",
    }

    with play.store.write() as tx:
        tx.execute(tables.deliveries.insert().values(values | {"not_before": play.now}))
        for link in links:
            tx.execute(tables.delivery_notices.insert().values(delivery=last + 1, notice=link.notice))


@pytest.mark.parametrize("link", ["", PAGES])
def test_a_stamp_makes_a_card_no_longer_than_it_may_be(link: str) -> None:
    size = CardSize(title=60, text=300, plain=400)
    card = Card("題" * 19, ("行" * 30, "行" * 30), link)
    found = stamped(card, "02:00", size)
    assert found.title.startswith("02:00 題")
    assert size_of(found.title) <= size.title or not link
    assert size_of(found.plain) <= size.plain
