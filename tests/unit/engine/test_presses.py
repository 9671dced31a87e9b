"""A button works after a restart, and for nobody but the person it was sent to."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.ways import plain
from alertd.engine.operations import moving
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.sending.presses import press
from alertd.messages.catalogue import Catalogue
from alertd.store import tables
from alertd.transports.base import Button, Press
from tests.support.play import Play
from tests.support.register import (
    YEARLY,
    at,
    live_channels,
    obligation,
    only,
    tiny_register,
    with_person,
)

INCIDENT = "incident-information@fire/town-a"
WORDS = Catalogue("en")


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-05T02:00", **live_channels())
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.go("2026-12-05T02:00")
    return begun


def buttons(play: Play, person: str) -> tuple[Button, ...]:
    message = next(p.message for p in play.sent if p.row.person == person)
    assert message is not None
    return message.buttons


_PRESSES = itertools.count()


def pressed(
    play: Play, button: Button | str, address: str, channel: str = "telegram", query: str | None = None
) -> str:
    data = button if isinstance(button, str) else button.data
    return play.do(press, Press(channel, address, data, query or f"q{next(_PRESSES)}"))


def test_who_is_asked_gets_both_buttons_short_enough_for_every_provider(play: Play) -> None:
    found = buttons(play, "ann")
    assert [button.text for button in found] == [WORDS.say("button.received"), WORDS.say("button.handed-in")]
    assert all(len(button.data.encode()) <= 64 for button in found)


def test_received_acknowledges_for_the_person_the_message_went_to(play: Play) -> None:
    answer = pressed(play, buttons(play, "ann")[0], "1")
    assert answer == "Acknowledged. No reminder before Sat 5 Dec 03:00; the due date stays."
    notice = next(n for n in play.all(tables.notices) if n.person == "ann")
    assert notice.acknowledged_until == at("2026-12-05T03:00")


def test_handed_in_closes_the_deadline_and_starts_what_follows(play: Play) -> None:
    assert pressed(play, buttons(play, "ann")[1], "1") == WORDS.say("press.handed-in")
    assert play.row(INCIDENT).state == "done"
    assert play.row("incident-review@fire/town-a").state == "open"


def test_pressing_twice_changes_nothing_more(play: Play) -> None:
    button = buttons(play, "ann")[1]
    pressed(play, button, "1")
    before = play.row(INCIDENT)
    assert pressed(play, button, "1") == WORDS.say("press.closed")
    assert play.row(INCIDENT) == before


@pytest.mark.parametrize(("address", "channel"), [("2", "telegram"), ("", "telegram"), ("1", "email")])
def test_a_button_does_nothing_from_another_chat_or_channel(play: Play, address: str, channel: str) -> None:
    for button in buttons(play, "ann"):
        assert pressed(play, button, address, channel) == WORDS.say("press.not-yours")
    assert play.row(INCIDENT).state == "open"
    assert play.row(INCIDENT).acknowledged_until is None


def test_a_button_cannot_be_turned_to_another_deadline(play: Play) -> None:
    play.report("incident", "flood", "town-b", published="2026-12-05T02:00")
    other = play.row("incident-information@flood/town-b")
    delivery = buttons(play, "ann")[1].data.split(":")[1]
    assert pressed(play, f"h:{delivery}:{other.number:x}", "1") == WORDS.say("press.not-yours")
    assert play.row(other.id).state == "open"


@pytest.mark.parametrize(
    "data", ["", "r", "h:1", "x:1", "r:zz", "r:-1", "h:1:2:3", "r:" + "f" * 60, "h:1:" + "f" * 58]
)
def test_nonsense_is_answered_and_changes_nothing(play: Play, data: str) -> None:
    assert pressed(play, data, "1") == WORDS.say("press.not-yours")


def test_a_leader_who_is_only_informed_gets_no_buttons(play: Play) -> None:
    play.go("2026-12-05T04:30")
    assert buttons(play, "cai") == ()


def test_one_button_receives_and_each_deadline_has_its_own_to_hand_in(begin) -> None:
    play: Play = begin("2026-12-05T02:00", **live_channels())
    play.report("incident", "fire", "town-a town-b", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    received, first, second = buttons(play, "han")
    assert pressed(play, first, "8") == WORDS.say("press.handed-in")
    assert [play.row(f"incident-information@fire/{town}").state for town in ("town-a", "town-b")] == [
        "done",
        "open",
    ]
    assert first.text != second.text
    assert "before Sat 5 Dec 03:00" in pressed(play, received, "8")


@pytest.fixture
def mixed(begin) -> Play:
    """In one message Fay of town-b is asked about its summary and only informed about its report."""
    register = only(tiny_register(), "yearly-report")
    summary = obligation("summary", "yearly by 12-30", "chiefs", "unit:town-b")
    chiefs = replace(YEARLY, id="chiefs", steps=(replace(YEARLY.steps[1], ask=frozenset({"section-chief"})),))
    register = replace(
        register,
        obligations={**register.obligations, "summary": summary},
        policies={**register.policies, "chiefs": chiefs},
    )
    begun: Play = begin("2026-12-22T10:00", register, **live_channels())
    begun.plan()
    begun.go("2026-12-23T08:30")
    assert {n.ask for n in begun.all(tables.notices) if n.person == "fay"} == {True, False}
    return begun


def test_a_press_counts_only_for_what_one_was_asked(mixed: Play) -> None:
    received, handed_in = buttons(mixed, "fay")
    assert "before Fri 25 Dec 08:30" in pressed(mixed, received, "6")
    assert mixed.row("summary@2026/town-b").acknowledged_until is not None
    assert mixed.row("yearly-report@2026/town-b").acknowledged_until is None
    assert pressed(mixed, handed_in, "6") == WORDS.say("press.handed-in")
    assert mixed.row("summary@2026/town-b").state == "done"


def test_a_button_cannot_be_turned_to_what_one_was_only_informed_of(mixed: Play) -> None:
    informed = mixed.row("yearly-report@2026/town-b")
    delivery = buttons(mixed, "fay")[0].data.split(":")[1]
    for kind in ("r", "h"):
        assert pressed(mixed, f"{kind}:{delivery}:{informed.number:x}", "6") == WORDS.say("press.not-yours")
    assert mixed.row(informed.id) == informed


def test_the_answer_is_in_the_persons_language(begin) -> None:
    register = with_person(tiny_register(), "ann", language="zh-Hant")
    play: Play = begin("2026-12-05T02:00", register, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    answer = pressed(play, buttons(play, "ann")[0], "1")
    assert answer == "已簽收，12月5日(星期六)03:00前不再催辦。辦理時限不變。"


def test_mail_has_no_buttons(begin) -> None:
    register = with_person(tiny_register(), "ann", channels=plain("email"))
    play: Play = begin("2026-12-05T02:00", register, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    assert buttons(play, "ann") == ()


def test_a_button_is_nobodys_once_its_person_has_left_the_directory(play: Play) -> None:
    people = {name: person for name, person in play.world.register.people.items() if name != "ann"}
    play.world = replace(play.world, register=replace(play.world.register, people=people))
    for button in buttons(play, "ann"):
        assert pressed(play, button, "1") == WORDS.say("press.not-yours")
    assert play.row(INCIDENT).state == "open"


def test_a_button_is_nobodys_once_another_unit_has_the_deadline(play: Play) -> None:
    play.do(moving.reassign, play.row(INCIDENT).number, "town-b", "theirs", actor=Actor("gao"))
    play.go("2026-12-05T02:00")
    for button in buttons(play, "ann"):
        assert pressed(play, button, "1") == WORDS.say("press.not-allowed")
    assert play.row(INCIDENT).state == "open"


@pytest.mark.parametrize(
    "code", ["before-start", "closed", "not-allowed", "paused", "reason-needed", "too-early"]
)
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_each_refusal_of_a_press_has_its_sentence(code: str, language: str) -> None:
    assert f"press.{code}" in Catalogue(language)


@pytest.mark.parametrize(
    ("place", "said"), [(0, "before Sat 5 Dec 03:00"), (1, WORDS.say("press.handed-in"))]
)
def test_a_press_that_is_given_again_is_recorded_once_and_answered_as_it_was(
    play: Play, place: int, said: str
) -> None:
    button = buttons(play, "ann")[place]
    assert pressed(play, button, "1", query="q").count(said) == 1
    before = play.all(tables.audit)
    play.now += timedelta(minutes=5)
    assert pressed(play, button, "1", query="q").count(said) == 1
    assert play.all(tables.audit) == before


def test_a_press_whose_transaction_is_lost_is_carried_out_when_it_comes_again(play: Play) -> None:
    class Lost(Exception):
        pass

    def lose(scope: Scope, sent: Press) -> None:
        press(scope, sent)
        raise Lost

    sent = Press("telegram", "1", buttons(play, "ann")[1].data, "q")
    with pytest.raises(Lost):
        play.do(lose, sent)
    assert play.row(INCIDENT).state == "open"
    assert play.do(press, sent) == WORDS.say("press.handed-in")


def test_the_same_number_from_another_address_is_another_press(play: Play) -> None:
    button = buttons(play, "ann")[1]
    assert pressed(play, button, "666", query="q") == WORDS.say("press.not-yours")
    assert pressed(play, button, "1", query="q") == WORDS.say("press.handed-in")
