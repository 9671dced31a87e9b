"""Nobody is told the same twice within seconds, on both databases: after a downtime, and where steps meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from alertd.core.model import Register, Step
from alertd.engine.firing.fire import GATHERED, fire, repeat
from alertd.engine.ruling.scope import Scope
from alertd.store import tables
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import HOUR_CLOCK, at, obligation, only, step, tiny_register, world

SECOND = timedelta(seconds=1)
INCIDENT = "incident-information@fire/town-a"


def two_reports() -> Register:
    """Each town owes two reports, both handed in to the office."""
    other = obligation("second-report", "yearly by 12-30", "yearly", "group:every-town", receiver="office")
    register = only(tiny_register(), "yearly-report")
    return replace(register, obligations={**register.obligations, other.id: other})


def batch(play: Play, size: int) -> int:
    """One firing transaction of a daemon that takes `size` at a time, and what may leave then is sent."""

    def work(tx: Connection) -> int:
        scope = Scope(tx, play.world, play.now)
        return fire(scope, size) + repeat(scope, size)

    found = play.store.transact(work)
    play.deliver()
    play.now += SECOND
    return found


def catch_up(play: Play, size: int = 1) -> None:
    while batch(play, size):
        continue
    play.now += GATHERED
    play.deliver()


def sent_to(play: Play, person: str) -> list[str]:
    return [parcel.rendered.text for parcel in play.sent if parcel.row.person == person and parcel.rendered]


def test_steps_missed_in_a_downtime_are_one_message_to_each_person(store: Store) -> None:
    play = Play(store, world(two_reports()), "2026-12-01T10:00")
    play.plan()
    play.go("2026-12-15T17:00")
    play.now = at("2026-12-23T10:00")  # down since the 15th: two steps of each of four deadlines were missed
    play.sent.clear()
    catch_up(play)
    for person in ("ann", "ben", "eve", "fay", "gao"):
        (message,) = sent_to(play, person)
        assert message.count("Yearly report") == message.count("Second report") == 1
    assert play.go("2026-12-23T17:00") == []


def test_a_repeat_and_a_step_missed_in_a_downtime_are_one_message(store: Store) -> None:
    steps = (
        step(
            "near",
            "due - 10 working days",
            "contact",
            "contact",
            1,
            repeat="every 1 working day until acknowledged, at most 3",
        ),
        step("nearer", "due - 8 working days", "contact", "contact", 2),
    )
    register = only(tiny_register(), "yearly-report")
    policy = replace(register.policies["yearly"], steps=steps)
    play = Play(store, world(replace(register, policies={"yearly": policy})), "2026-12-01T10:00")
    play.plan()
    play.go("2026-12-16T17:00")
    play.sent.clear()
    play.now = at("2026-12-18T10:00")  # a repeat was missed on the 17th, a step on the 18th
    catch_up(play)
    assert len(sent_to(play, "ann")) == len(sent_to(play, "eve")) == 1


def quick(*steps: Step) -> Register:
    register = only(tiny_register(), "incident-information")
    policy = replace(HOUR_CLOCK, steps=steps, overdue=None)
    return replace(register, policies={"hour-clock": policy})


TEN_MINUTES = "every 10 minutes until acknowledged, at most 6"


def test_a_repeat_a_moment_after_the_next_step_is_not_said(store: Store) -> None:
    steps = (
        step("started", "start", "contact", "contact", 1, repeat=TEN_MINUTES),
        step("next", "start + 10 minutes", "contact", "contact", 2),
    )
    play = Play(store, world(quick(*steps)), "2026-12-05T02:00:00.400000")
    play.report("incident", "fire", published="2026-12-05T02:00:00")
    play.go("2026-12-05T02:19:59")
    assert [parcel.notices[-1].step for parcel in play.sent] == ["started", "next"]
    play.go("2026-12-05T02:20:30")
    assert len(play.sent) == 3  # and the one after that is said


def test_a_repeat_a_moment_before_the_next_step_waits_for_it(store: Store) -> None:
    steps = (
        step("started", "start", "contact", "contact", 1, repeat=TEN_MINUTES),
        step("next", "start + 13 minutes", "contact", "contact", 2),
    )
    play = Play(store, world(quick(*steps)), "2026-12-05T02:02:58")
    play.report("incident", "fire", published="2026-12-05T02:00:00")
    play.go("2026-12-05T02:14:00")  # the repeat was due two seconds before the step
    assert [parcel.notices[-1].step for parcel in play.sent] == ["started", "next"]


def test_two_steps_that_repeat_are_repeated_as_one(store: Store) -> None:
    steps = (
        step("started", "start", "contact", "contact", 1, repeat=TEN_MINUTES),
        step("next", "start + 1 minute", "contact", "contact", 2, repeat=TEN_MINUTES),
    )
    play = Play(store, world(quick(*steps)), "2026-12-05T02:00:00")
    play.report("incident", "fire", published="2026-12-05T02:00:00")
    heard = [when[-5:] for when, _, _ in play.go("2026-12-05T02:35:00")]
    assert heard == ["02:00", "02:01", "02:10", "02:20", "02:30"]


def test_a_roll_and_what_follows_it_seconds_later_are_one_message(store: Store) -> None:
    play = Play(store, world(only(tiny_register(), "yearly-report")), "2026-12-01T10:00")
    play.plan()
    play.go("2026-12-22T17:00")
    play.sent.clear()
    play.now = at("2026-12-23T08:30")
    while batch(play, 1):  # one unit after the other, as two nodes or a long queue would
        continue
    (roll,) = sent_to(play, "gao")
    assert "town-a" in roll
    assert "town-b" in roll  # it was read when it left, so both are in it
    graver = [row.state for row in play.all(tables.deliveries) if row.person == "gao"]
    assert graver == ["accepted", "dropped"]
    heard = play.go("2026-12-31T09:00")
    assert [when for when, who, _ in heard if who == "gao"] == ["12-31T08:30"]  # the next one is said
