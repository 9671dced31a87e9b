"""A message that waited goes where its person is reached when it leaves, and nobody is asked in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.core.abilities import INBOX
from alertd.core.model import Register
from alertd.engine.notify.addressing import known_addresses
from alertd.engine.notify.admin import ADMIN, tell_admin
from alertd.engine.notify.topics import ClockJumped
from alertd.engine.operations import trial
from alertd.engine.operations.unblocking import unblock
from alertd.engine.sending.delivering import Attempt, follow_failures, record
from alertd.engine.sending.presses import press
from alertd.engine.sending.readdressing import leave_channels
from alertd.store import addresses, seals, tables
from alertd.transports.base import Outcome, Press, Result
from tests.support.play import ACCEPTED, RENDERER, Play
from tests.support.register import at, away, live_channels, tiny_register, with_person

REFUSED = Outcome(Result.REFUSED, "550", "no")


def saved(play: Play, register: Register) -> None:
    """The directory was corrected and applied."""
    play.world = replace(play.world, register=register)


def routes(play: Play, person: str) -> list[tuple[str, str, str]]:
    return [(row.channel, row.address, row.state) for row in play.deliveries_to(person)]


def without(name: str) -> Register:
    register = tiny_register()
    people = {each: person for each, person in register.people.items() if each != name}
    return replace(register, people=people)


def test_a_message_leaves_to_the_address_its_person_has_then(play: Play) -> None:
    saved(play, with_person(tiny_register(), "ann", telegram=77))
    play.deliver()
    assert routes(play, "ann") == [("telegram", "77", "accepted")]


def test_who_has_no_address_on_the_channel_any_more_is_told_over_the_next(play: Play) -> None:
    saved(play, with_person(tiny_register(), "ann", telegram=None))
    play.deliver()
    play.fire()
    play.deliver()
    assert routes(play, "ann") == [
        ("telegram", "1", "refused"),
        ("email", "ann@example.org", "accepted"),
    ]
    assert play.admin_topics() == ["delivery-abandoned"]


def test_what_waits_for_somebody_who_was_removed_goes_to_who_holds_the_position_now(play: Play) -> None:
    register = with_person(without("ann"), "dan", positions=("contact",))
    saved(play, register)
    play.deliver()
    play.fire()
    play.deliver()
    assert routes(play, "ann") == [("telegram", "1", "refused")]
    assert ("telegram", "4", "accepted") in routes(play, "dan")


def test_what_waits_for_somebody_who_was_removed_goes_one_position_up_where_nobody_follows(
    play: Play,
) -> None:
    saved(play, without("ann"))
    play.deliver()
    play.fire()
    play.deliver()
    assert routes(play, "ben") == [("telegram", "2", "accepted")]


def test_a_drill_leaves_as_it_was_addressed(begin: Any) -> None:
    play = begin("2026-12-05T02:00", live=False, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    saved(play, without("ann"))
    play.deliver()
    assert routes(play, "ann") == [(INBOX, "ann", "accepted")]


# ---------------------------------------------------------------- channels


@pytest.mark.parametrize(
    ("minute", "alone", "left"),
    [
        ("2026-12-05T02:01:59", False, 0),
        ("2026-12-05T02:02", False, 2),
        ("2026-12-05T02:00", True, 2),
    ],
)
def test_what_waits_for_a_channel_that_no_node_has_takes_another_way(
    play: Play, minute: str, alone: bool, left: int
) -> None:
    """For two minutes another node may have it, where there is one."""
    play.world = replace(play.world, channels=("email",), transports={"email": "email", "inbox": "inbox"})
    play.now = at(minute)
    assert play.do(leave_channels, ("email", "inbox"), alone) == left
    play.do(follow_failures, 10)
    play.deliver()
    assert [channel for channel, _, state in routes(play, "ann") if state == "accepted"] == (
        ["email"] if left else []
    )


def test_what_was_tried_stays_on_record_where_it_was_tried(begin: Any) -> None:
    """A message to the admin that takes another channel is another one: receipts are sealed with theirs."""
    play = begin("2026-12-07T10:00", **live_channels(), admin_to=("admin@city.test",))
    play.do(tell_admin, ClockJumped(at="02:00", seconds=60))
    later = Outcome(Result.RETRY, "451", "later")
    play.now = at("2026-12-07T10:05")
    (parcel,) = play.lease("email")
    play.do(record, [Attempt(parcel, later, 0.1)])
    play.do(lambda scope: seals.seal(scope.tx, scope.now))
    play.world = replace(play.world, channels=(), transports={INBOX: INBOX})
    play.now = at("2026-12-07T10:10")
    assert play.do(leave_channels, (INBOX,), True) == 1
    play.deliver()
    assert [(channel, state) for channel, _, state in routes(play, ADMIN)] == [
        ("email", "dropped"),
        (INBOX, "accepted"),
    ]
    with play.store.read() as tx:
        assert list(seals.broken(tx)) == []


def test_what_has_left_already_waits_for_no_channel(play: Play) -> None:
    play.deliver()
    play.world = replace(play.world, channels=("email",), transports={"email": "email"})
    play.now = at("2026-12-05T03:00")
    assert play.do(leave_channels, ("email",), True) == 0


# ---------------------------------------------------------------- presses


def pressed(play: Play, chat: int, person: str) -> str:
    (row,) = [row for row in play.deliveries_to(person) if row.channel == "telegram"]
    asked = Press("telegram", str(chat), f"r:{row.id:x}", f"q{chat}")
    said: str = play.do(press, asked)
    return said


def test_a_press_from_a_chat_that_is_the_persons_no_more_counts_for_nobody(play: Play) -> None:
    play.deliver()
    saved(play, with_person(with_person(tiny_register(), "ann", telegram=77), "eve", telegram=1))
    pressed(play, 1, "ann")
    assert all(row.acknowledged_at is None for row in play.all(tables.notices))


def test_a_press_from_the_persons_own_chat_counts(play: Play) -> None:
    play.deliver()
    pressed(play, 1, "ann")
    assert any(row.acknowledged_at is not None for row in play.all(tables.notices))


# ---------------------------------------------------------------- repeats


def test_a_repeat_goes_to_the_deputy_of_somebody_whose_leave_has_begun(play: Play) -> None:
    play.deliver()
    saved(play, away("ann", "2026-12-05", "2026-12-12")(tiny_register()))
    play.go("2026-12-05T02:10")
    assert routes(play, "ann") == [("telegram", "1", "accepted")]
    assert routes(play, "ben") == [("telegram", "2", "accepted")]
    (notice,) = [row for row in play.all(tables.notices) if row.person == "ben"]
    assert (notice.deputy_for, notice.repeat_no) == ("Ann", 1)


def test_a_repeat_for_somebody_who_was_removed_goes_one_position_up(play: Play) -> None:
    play.deliver()
    saved(play, without("ann"))
    play.go("2026-12-05T02:10")
    assert routes(play, "ben") == [("telegram", "2", "accepted")]


def test_a_repeat_that_nobody_can_be_given_is_told_and_looked_at_again(play: Play) -> None:
    play.deliver()
    saved(play, replace(tiny_register(), people={}))
    play.go("2026-12-05T02:10")
    assert "vacant" in play.admin_topics()
    saved(play, tiny_register())
    play.go("2026-12-05T03:10")
    assert routes(play, "ann").count(("telegram", "1", "accepted")) >= 2


# ---------------------------------------------------------------- the inbox


def test_the_inbox_is_no_way_where_somebody_can_be_reached(begin: Any) -> None:
    order = {"channels": ("telegram", "email", INBOX)}
    play = begin("2026-12-05T02:00", **{**live_channels(), **order})
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    for _ in range(4):
        play.deliver(
            lambda parcel: (
                Outcome(Result.REFUSED, "550") if parcel.row.person == "ann" else Outcome(Result.ACCEPTED)
            )
        )
        play.fire()
    assert {channel for channel, _, _ in routes(play, "ann")} == {"telegram", "email"}
    assert routes(play, "ben") == [("telegram", "2", "accepted")]


def test_who_has_nothing_but_the_inbox_is_unreachable(begin: Any) -> None:
    register = with_person(tiny_register(), "ann", email="", telegram=None)
    play = begin(
        "2026-12-05T02:00", register, **{**live_channels(), "channels": ("telegram", "email", INBOX)}
    )
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    play.deliver()
    assert routes(play, "ann") == []
    assert "unreachable" in play.admin_topics()


# ---------------------------------------------------------------- blocked addresses

DEAD = Outcome(Result.REFUSED, "403", "blocked by the user", address_dead=True)


def blocked(play: Play) -> bool:
    with play.store.read() as tx:
        return ("telegram", "1") in addresses.unusable(tx, play.now)


@pytest.fixture
def dead(play: Play) -> Play:
    """The bot says that Ann's chat is dead."""
    play.deliver(lambda parcel: DEAD if parcel.row.address == "1" else ACCEPTED)
    assert blocked(play)
    return play


@pytest.mark.parametrize(("day", "still"), [("2026-12-12T01:59:59", True), ("2026-12-12T02:00", False)])
def test_an_address_is_tried_again_after_a_week(dead: Play, day: str, still: bool) -> None:
    dead.now = at(day)
    assert blocked(dead) is still


def test_one_that_is_dead_again_is_blocked_and_told_again(dead: Play) -> None:
    dead.now = at("2026-12-12T02:00")
    told = dead.do(lambda scope: addresses.block(scope.tx, "telegram", "1", "403", scope.now))
    assert (told, blocked(dead)) == (True, True)


def test_one_that_is_called_dead_twice_in_a_week_is_told_once(dead: Play) -> None:
    assert not dead.do(lambda scope: addresses.block(scope.tx, "telegram", "1", "403", scope.now))


def test_whoever_writes_to_the_bot_is_written_to_again(dead: Play) -> None:
    assert dead.do(unblock, "telegram", "1")
    assert not blocked(dead)
    assert not dead.do(unblock, "telegram", "1"), "and nothing is on record a second time"


def test_an_address_that_takes_a_trial_is_written_to_again(dead: Play) -> None:
    sent = trial.trial_to(dead.world, "telegram", "telegram", "1")
    message = trial.trial_message(sent, RENDERER, "en", "city.gov.test", "clerk")
    dead.do(trial.record_trial, sent, message, REFUSED, 0.1)
    assert blocked(dead)
    message = trial.trial_message(sent, RENDERER, "en", "city.gov.test", "clerk")
    dead.do(trial.record_trial, sent, message, ACCEPTED, 0.1)
    assert not blocked(dead)


def test_an_address_that_nobody_has_any_more_is_new_when_it_is_entered_again(dead: Play) -> None:
    known = known_addresses(dead.world)
    dead.do(lambda scope: addresses.keep(scope.tx, known))
    assert blocked(dead)
    dead.do(lambda scope: addresses.keep(scope.tx, known - {("telegram", "1")}))
    assert not blocked(dead)
