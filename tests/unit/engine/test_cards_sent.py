"""What a messenger that shows cards is given: a button to the reader's own page, where there are pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core import abilities
from alertd.core.cards import Card
from alertd.engine.operations.linking import linked
from alertd.engine.ruling.signing_keys import signing_key
from tests.support.play import Play
from tests.support.register import at
from tests.unit.engine.conftest import Begin

PAGES = "https://duty.example.org"


def by_wecom(begin: Begin, pages: str) -> Play:
    play = begin(
        "2026-12-05T02:00", channels=("wecom",), transports={"wecom": "wecom", "inbox": "inbox"}, pages=pages
    )
    register = play.world.register
    people = {each: replace(person, wecom=f"w.{each}") for each, person in register.people.items()}
    play.world = replace(play.world, register=replace(register, people=people))
    play.store.transact(signing_key)
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    play.deliver()
    return play


def cards(play: Play) -> list[tuple[str, Card]]:
    sent = [each.message for each in play.sent if each.message is not None]
    return [(each.address, each.card) for each in sent if each.card is not None]


def test_the_button_opens_the_page_of_who_reads_it(begin: Begin) -> None:
    play = by_wecom(begin, PAGES)
    (address, card), *_ = cards(play)
    person = play.do(linked, card.link.removeprefix(f"{PAGES}/m/")).person
    assert address == f"w.{person}"
    assert (card.button, card.link in card.plain) == ("Open", False)
    assert card.lines


@pytest.mark.parametrize("pages", [""])
def test_without_pages_it_is_a_text_that_says_whom_to_call(begin: Begin, pages: str) -> None:
    (_, card), *_ = cards(by_wecom(begin, pages))
    assert (card.link, card.button) == ("", "")
    assert "http" not in card.plain


def test_what_would_come_too_fast_and_be_dropped_waits_for_a_minute(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = replace(abilities.TRANSPORTS["wecom"], paces=((60, 1), (3600, 3)))
    monkeypatch.setattr(abilities, "TRANSPORTS", {**abilities.TRANSPORTS, "wecom": slow})
    play = by_wecom(begin, PAGES)
    who = cards(play)[0][0]
    for second, case in ((10, "flood"), (20, "storm")):
        play.now = at(f"2026-12-05T02:00:{second}")
        play.report("incident", case, published="2026-12-05T02:00")
        play.fire()
    play.deliver()
    assert [address for address, _ in cards(play)].count(who) == 1
    play.go("2026-12-05T02:05")
    assert [address for address, _ in cards(play)].count(who) == 3


def test_no_other_channel_is_given_cards(play: Play) -> None:
    play.deliver()
    assert cards(play) == []
