"""A silence that ends over a weekend: nothing is said, nothing forgotten, and on Monday it is one message."""

from __future__ import annotations

from datetime import date

import pytest

from alertd.engine.operations.silencing import silence, tell_ends
from alertd.engine.ruling.scope import Actor
from alertd.store import tables
from tests.support.play import Play, plays
from tests.support.register import at, live_channels, only, tiny_register

REPORT = "yearly-report@2026/town-a"
SUPERVISOR = Actor("gao")


@pytest.fixture
def town():
    with plays() as begin:
        begun = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"), **live_channels())
        begun.plan()
        yield begun


def _told(play: Play, person: str) -> list[str]:
    return [
        f"{row.sent_at.astimezone(play.world.zone):%a %d %H:%M}"
        for row in play.deliveries_to(person)
        if row.sent_at is not None
    ]


def test_a_silence_that_ends_over_a_weekend(town):
    # On Tuesday, the 15th, the town and the supervisors agree: no reminders until Sunday, the 27th.
    town.go("2026-12-15T15:00")
    town.do(
        silence, town.row(REPORT).number, date(2026, 12, 27), "the figures come on Monday", actor=SUPERVISOR
    )

    # The first reminder is due on Wednesday, the second a week later. Both are decided, and neither is said.
    town.go("2026-12-24T18:00")
    assert set(town.row(REPORT).fired) == {"near", "nearer"}
    assert _told(town, "ann") == _told(town, "ben") == []
    assert _told(town, "eve") == ["Wed 16 08:30", "Wed 23 08:30"]  # the other town hears as ever

    # On Friday, as the office opens, the supervisor hears that the silence ends on Sunday.
    town.go("2026-12-25T08:30")
    town.do(tell_ends)
    town.go("2026-12-25T08:31")
    assert "Fri 25 08:30" in _told(town, "gao")

    # Over the weekend nobody is told anything.
    town.go("2026-12-27T23:59")
    town.do(tell_ends)
    assert _told(town, "ann") == []

    # On Monday morning the contact gets one message, with the newest of what was held.
    town.go("2026-12-28T09:00")
    town.do(tell_ends)
    assert _told(town, "ann") == ["Mon 28 08:30"]
    (last,) = [each for each in town.sent if each.row.person == "ann"]
    assert {notice.step for notice in last.notices} == {"near", "nearer"}
    assert last.message is not None
    assert last.message.text.count("Yearly report") == 1

    # ... and what the register says of it is what happened.
    actions = [row.action for row in town.all(tables.audit) if row.deadline == town.row(REPORT).number]
    assert actions.index("silenced") < actions.index("silence-over")


def test_what_was_handed_in_over_the_weekend_is_not_asked_for_on_monday(town):
    town.go("2026-12-15T15:00")
    town.do(silence, town.row(REPORT).number, date(2026, 12, 20), "agreed", actor=SUPERVISOR)
    town.now = at("2026-12-19T10:00")  # a Saturday
    town.fire()
    town.done(REPORT, by="ann")
    town.go("2026-12-21T12:00")
    assert _told(town, "ann") == []
