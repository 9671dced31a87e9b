"""The admin is a person: one message per topic with its list, then silence; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from alertd.core.abilities import INBOX
from alertd.core.model import OrgUnit, Person
from alertd.engine.notify import admin
from alertd.engine.notify.admin import GATHERING, MOST_LISTED, forget_filled, mended, tell_admin
from alertd.engine.notify.topics import AddressDead, FilesFaulty, Nobody, RevisionHeld, TaskFailed, Vacant
from alertd.engine.operations.unblocking import unblock
from alertd.engine.preview import comparing
from alertd.engine.ruling.world import Mode
from alertd.store import settings, tables
from alertd.store.database import Store
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, Play
from tests.support.register import live_channels, tiny_register, with_person, world

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DEAD = Outcome(Result.REFUSED, "550", "no such user", address_dead=True)
ADMINS = ("admin@example.org",)


@pytest.fixture
def play(store: Store) -> Play:
    return Play(store, world(**live_channels(), admin_to=ADMINS), "2026-12-01T10:00")


def vacant(unit: str, position: str = "contact") -> Vacant:
    return Vacant(unit=unit, unit_id=unit, position=position)


def mails(play: Play) -> list[Any]:
    return [row for row in play.deliveries_to("admin") if row.state != "dropped"]


def texts(play: Play) -> list[str]:
    return [each.message.text for each in play.sent if each.message and each.row.person == "admin"]


def later(play: Play, pause: timedelta) -> None:
    """Let time pass and what is due leave."""
    play.now += pause
    play.deliver()


def test_thirty_units_whose_mail_is_refused_are_one_message_each_topic(store: Store) -> None:
    towns = [f"town-{number:02}" for number in range(30)]
    register = tiny_register()
    people = {
        f"p-{town}": Person(f"p-{town}", town, town, ("contact", "duty"), f"{town}@example.org")
        for town in towns
    }
    units = {town: OrgUnit(town, {"en": town, "zh-Hant": town}) for town in towns}
    register = replace(register, units={**register.units, **units}, people={**register.people, **people})
    play = Play(store, world(register, **live_channels()), "2026-12-05T02:00")
    play.report("incident", "storm", " ".join(towns), published="2026-12-05T02:00")
    play.go(
        "2026-12-05T02:05",
        lambda parcel: DEAD if parcel.row.person.startswith("p-") else ACCEPTED,
    )
    topics = [row.payload["topic"] for row in mails(play)]
    assert sorted(topics) == sorted(set(topics))
    assert (
        {"address-dead"}
        <= set(topics)
        <= {"address-dead", "undelivered", "delivery-abandoned", "unreachable", "vacant", "nobody"}
    )
    dead = next(row for row in mails(play) if row.payload["topic"] == "address-dead")
    assert len(dead.payload["entries"]) == 30
    assert any("30 addresses are unusable" in each.message.subject for each in play.sent if each.message)


def test_a_burst_is_one_message_a_minute_later(play: Play) -> None:
    for unit in ("a", "b", "c"):
        play.do(tell_admin, vacant(unit))
        later(play, timedelta(seconds=10))
    assert texts(play) == []
    later(play, GATHERING)
    (text,) = texts(play)
    assert [f"  {unit}: contact person" in text for unit in "abc"] == [True] * 3


def test_one_alone_is_said_without_a_list(play: Play) -> None:
    play.do(tell_admin, vacant("water"))
    later(play, GATHERING)
    assert "Nobody at water serves as contact person." in texts(play)[0]
    assert "Details" not in texts(play)[0]


def test_the_same_again_is_silent_and_what_is_new_comes_once_a_day(play: Play) -> None:
    play.do(tell_admin, vacant("a"))
    later(play, GATHERING)
    for hour in range(1, 24 * 3):
        play.do(tell_admin, vacant("a"))
        if hour in (2, 5):
            assert play.do(tell_admin, vacant(f"new-{hour}"))
        later(play, HOUR)
    assert len(texts(play)) == 2
    assert ["new-2" in texts(play)[1], "new-5" in texts(play)[1], "  a:" in texts(play)[1]] == [
        True,
        True,
        False,
    ]


def test_another_topic_is_not_silenced(play: Play) -> None:
    play.do(tell_admin, vacant("a"))
    later(play, GATHERING)
    play.do(tell_admin, TaskFailed(task="beat", detail="KeyError"))
    later(play, GATHERING)
    assert len(texts(play)) == 2


def test_what_people_on_an_hour_clock_depend_on_waits_an_hour_at_the_most(play: Play) -> None:
    left = []
    for minute in range(600):
        play.do(tell_admin, Nobody(deadline=f"d-{minute}", step="half", pressing=True))
        before = len(texts(play))
        later(play, MINUTE)
        if len(texts(play)) > before:
            left.append(minute + 1)
    assert left[:3] == [1, 16, 76]
    assert {after - ahead for ahead, after in pairwise(left[1:])} == {60}
    assert len(left) <= 26


def test_what_presses_brings_a_message_of_tomorrow_forward(play: Play) -> None:
    play.do(tell_admin, Nobody(deadline="a", step="near"))
    later(play, GATHERING)
    play.do(tell_admin, Nobody(deadline="b", step="near"))
    later(play, HOUR)
    assert len(texts(play)) == 1
    play.do(tell_admin, Nobody(deadline="c", step="half", pressing=True))
    later(play, GATHERING)
    assert ["b, step near" in texts(play)[1], "c, step half" in texts(play)[1]] == [True, True]


def test_a_long_list_is_cut_and_says_what_shows_all(play: Play) -> None:
    play.do(tell_admin, *(vacant(f"u-{number:03}") for number in range(300)))
    later(play, GATHERING)
    (text,) = texts(play)
    assert text.count(": contact person") == MOST_LISTED
    assert "and 250 more: alertd doctor shows all" in text
    assert "300 positions are empty" in text or any(
        "300" in each.message.subject for each in play.sent if each.message
    )


def test_a_position_filled_and_empty_again_is_told_again(play: Play) -> None:
    play.world = replace(play.world, register=with_person(tiny_register(), "eve", positions=("principal",)))
    play.do(tell_admin, vacant("town-b"))
    later(play, GATHERING)
    play.do(forget_filled)
    assert not play.do(tell_admin, vacant("town-b"))
    play.world = replace(play.world, register=tiny_register())
    play.do(forget_filled)
    assert play.do(tell_admin, vacant("town-b"))


def test_what_is_filled_before_the_message_left_is_taken_out(play: Play) -> None:
    play.do(tell_admin, vacant("town-b"), vacant("nowhere"))
    play.do(forget_filled)
    later(play, GATHERING)
    assert "nowhere" in texts(play)[0]
    assert "town-b" not in texts(play)[0]


def test_an_address_unblocked_and_dead_again_is_told_again(play: Play) -> None:
    dead = AddressDead(person="Ann", channel="email", address="a@b.c", detail="550")
    play.do(tell_admin, dead)
    later(play, GATHERING)
    with play.store.write() as tx:
        tx.execute(tables.blocked.insert().values(channel="email", address="a@b.c", reason="", at=play.now))
    assert play.do(unblock, "email", "a@b.c")
    assert play.do(tell_admin, dead)


def test_a_newer_held_change_takes_the_place_of_one_not_told_yet(play: Play) -> None:
    for state in ("one", "two"):
        play.do(tell_admin, RevisionHeld(state=state, file=f"{state}.toml", deadlines=30, people=2))
    later(play, GATHERING)
    assert ["one.toml" in each for each in texts(play)] == [False]


def test_faults_of_one_look_are_told_together_whichever_is_new(play: Play) -> None:
    one, two = (FilesFaulty(where="schedules", fault=f"a.toml:{line}: wrong") for line in (1, 2))
    play.do(tell_admin, one)
    later(play, GATHERING)
    play.do(tell_admin, one, two)
    later(play, 15 * MINUTE)
    assert ["a.toml:1" in texts(play)[1], "a.toml:2" in texts(play)[1]] == [True, True]


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.LIVE])
def test_before_going_live_nothing_leaves_the_machine(play: Play, mode: Mode) -> None:
    play.world = replace(play.world, live=False, mode=mode)
    play.do(tell_admin, vacant("a"))
    later(play, GATHERING)
    assert [(row.channel, row.state) for row in mails(play)] == [(INBOX, "accepted")]


def test_while_redirecting_it_goes_to_the_one_address(play: Play) -> None:
    play.world = replace(play.world, mode=Mode.REDIRECT, redirect_to="trial@example.org")
    play.do(tell_admin, vacant("a"))
    assert [(row.channel, row.address) for row in mails(play)] == [("email", "trial@example.org")]


def test_what_waits_leaves_where_the_mode_and_the_file_of_now_say(play: Play) -> None:
    play.do(tell_admin, vacant("a"))
    play.world = replace(play.world, mode=Mode.REHEARSAL)
    later(play, GATHERING)
    play.deliver()
    assert [(row.channel, row.state) for row in mails(play)] == [(INBOX, "accepted")]
    play.world = replace(play.world, mode=Mode.LIVE)
    play.do(tell_admin, TaskFailed(task="beat", detail="KeyError"))
    play.world = replace(play.world, admin_to=("new@example.org",))
    later(play, GATHERING)
    assert mails(play)[-1].address == "new@example.org"


def test_each_address_gets_its_own_and_the_refused_one_is_kept_without_a_message_about_it(play: Play) -> None:
    play.world = replace(play.world, admin_to=("one@example.org", "two@example.org"))
    play.do(tell_admin, vacant("a"))
    play.now += GATHERING
    play.deliver(lambda parcel: DEAD if parcel.row.address == "one@example.org" else ACCEPTED)
    play.deliver()
    assert sorted((row.channel, row.address, row.state) for row in mails(play)) == [
        ("email", "one@example.org", "refused"),
        ("email", "two@example.org", "accepted"),
        (INBOX, "admin", "accepted"),
    ]
    assert set(play.admin_topics()) == {"vacant"}
    assert play.all(tables.blocked) == []


def test_a_mail_server_that_hangs_makes_no_message_about_the_messages(play: Play) -> None:
    play.do(tell_admin, vacant("a"))
    play.go("2026-12-01T14:00", lambda parcel: Outcome(Result.RETRY, "timeout", ""))
    assert [row.payload["topic"] for row in mails(play)] == ["vacant"]


def test_what_was_told_before_cannot_be_read_and_is_told_once_more(play: Play) -> None:
    play.do(tell_admin, vacant("a"))
    later(play, GATHERING)
    with play.store.write() as tx:
        settings.put(tx, f"{settings.TOLD_ADMIN}.vacant", "nonsense")
    assert play.do(tell_admin, vacant("a"))
    assert not play.do(tell_admin, vacant("a"))


def test_a_clock_that_was_a_year_ahead_silences_nothing(play: Play) -> None:
    now = play.now
    play.now += timedelta(days=365)
    play.do(tell_admin, vacant("a"))
    later(play, GATHERING)
    play.now = now
    assert play.do(tell_admin, vacant("a"))
    later(play, GATHERING)
    assert len(texts(play)) == 2


def test_a_message_that_an_older_program_left_waiting_is_read(play: Play) -> None:
    play.do(tell_admin, vacant("a"))
    old = {"topic": "vacant", "args": {"unit": "water", "position": "contact"}, "items": []}
    with play.store.write() as tx:
        tx.execute(tables.deliveries.update().values(payload=old))
    later(play, GATHERING)
    assert "Nobody at water serves as contact person." in texts(play)[0]
    assert admin.TEMPLATE == "admin"


def test_a_fault_that_was_mended_and_comes_again_is_told_again(play: Play) -> None:
    fault = FilesFaulty(where="settings.one", fault="a.toml:1: wrong")
    play.do(tell_admin, fault)
    later(play, MINUTE)
    assert play.do(mended, FilesFaulty, "settings.two")  # another folder's
    assert not play.do(tell_admin, fault)
    assert play.do(mended, FilesFaulty, "settings.one", ["a.toml:1: wrong"])  # still so
    assert not play.do(tell_admin, fault)
    assert not play.do(mended, FilesFaulty, "settings.one")
    assert play.do(tell_admin, fault)


def test_what_waits_for_its_day_is_not_called_held_back(play: Play) -> None:
    play.do(tell_admin, vacant("town-a"))
    later(play, MINUTE)
    play.do(tell_admin, vacant("town-b"))
    assert [row.state for row in mails(play)] == ["accepted", "waiting"]
    assert play.do(lambda scope: list(comparing._held_back(scope))) == []
    with play.store.write() as tx:
        tx.execute(tables.deliveries.update().values(not_before=play.now + 2 * DAY))
    assert len(play.do(lambda scope: list(comparing._held_back(scope)))) == 1
