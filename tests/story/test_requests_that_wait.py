"""A request asked in time can be decided after the limit; until then it climbs, and nobody is in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from alertd.engine.operations import more_time, moving
from alertd.engine.reporting import deciding
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import chains, tables
from alertd.store.database import memory_store
from tests.support.play import Play
from tests.support.register import at, world

REVIEW = "draft-review@rules/town-a"  # 5 to 15 working days from Tuesday 2026-12-01: last day Tuesday 12-22
CLERK, LEADER, PRINCIPAL, OFFICE = Actor("ann"), Actor("cai"), Actor("dan"), Actor("gao")
LATER = date(2026, 12, 31)


@pytest.fixture
def town() -> Iterator[Play]:
    store = memory_store()
    play = Play(store, world(), "2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.go("2026-12-14T10:00")
    yield play
    with store.read() as tx:
        assert chains.verify(tx) == []
    store.close()


def do(play: Play, work: Any, *args: Any) -> Any:
    return play.do(work, play.row(REVIEW).number, *args)


def asks(play: Play) -> None:
    do(play, more_time.ask_extension, LATER, "the experts are ill", CLERK)


def told(heard: list[tuple[str, str, tuple[str, ...]]], kind: str) -> list[tuple[str, str]]:
    return [(when, who) for when, who, steps in heard if kind in steps]


def last_to(play: Play, person: str) -> str:
    return " ".join(play.deliveries_to(person)[-1].body.split())


def test_what_nobody_decides_climbs_to_the_principal_once_the_leader_was_asked_four_times(town: Play) -> None:
    asks(town)
    heard = told(town.go("2026-12-18T17:00"), "requested")
    days = ("14", "15", "16", "17")
    assert heard == [*((f"12-{day}T10:00", "cai") for day in days), ("12-18T10:00", "dan")]
    assert "Who was asked first has not decided" in last_to(town, "dan")


def test_close_to_the_limit_it_climbs_when_half_of_the_time_left_is_over(town: Play) -> None:
    town.go("2026-12-21T12:00")  # a day and a half before the limit
    asks(town)
    assert told(town.go("2026-12-22T08:30"), "requested") == [
        ("12-21T12:00", "cai"),
        ("12-22T08:30", "dan"),  # decided at six, held until the office opens
    ]


def test_a_leader_who_decides_in_time_keeps_it_from_climbing(town: Play) -> None:
    asks(town)
    town.go("2026-12-15T10:00")
    do(town, more_time.refuse_extension, "no", LEADER)
    assert not [who for _, who in told(town.go("2026-12-31T10:00"), "requested") if who == "dan"]


def test_an_undecided_request_is_told_to_both_sides_when_its_limit_passes(town: Play) -> None:
    asks(town)
    heard = told(town.go("2026-12-23T12:00"), "undecided")
    assert {who for _, who in heard} == {"ann", "cai", "dan"}
    assert {when for when, _ in heard} == {"12-23T08:30"}  # when the office opens
    assert "nobody has decided what you asked for" in last_to(town, "ann")
    assert "until then the limit holds" in last_to(town, "ann")
    assert "Please decide now" in last_to(town, "cai")
    assert told(town.go("2026-12-30T12:00"), "undecided") == []  # once


def test_what_was_asked_in_time_is_granted_after_the_limit(town: Play) -> None:
    asks(town)
    town.go("2026-12-24T10:00")
    assert town.row(REVIEW).due < town.now
    do(town, more_time.grant_extension, "", LEADER)
    assert town.row(REVIEW).last_day == LATER
    assert town.do(deciding.waiting) == []
    town.done(REVIEW, reason="early")
    assert town.row(REVIEW).breach == ""


def test_nothing_is_asked_for_once_the_limit_has_passed(town: Play) -> None:
    town.go("2026-12-24T10:00")
    with pytest.raises(Refused) as refused:
        asks(town)
    assert refused.value.code == "extension-too-late"


def test_a_declined_duty_is_decided_after_the_limit_too(town: Play) -> None:
    town.report("draft", "late", received="2026-12-14T10:00")
    number = town.row("draft-review@late/town-a").number
    town.do(moving.decline, number, "not ours", CLERK, "town-b")
    heard = told(town.go("2027-01-08T12:00"), "undecided")
    assert {"ann", "gao"} <= {who for _, who in heard}
    town.do(moving.accept_decline, number, OFFICE)
    assert town.row("draft-review@late/town-a").unit == "town-b"


def test_the_approvers_mail_asks_for_what_is_still_possible(town: Play) -> None:
    asks(town)
    town.go("2026-12-14T12:00")
    assert "so more time may be granted after it too" in last_to(town, "cai")
    town.go("2026-12-23T12:00")
    assert "so more time may still be granted" in last_to(town, "cai")
    assert "can no longer be granted" not in last_to(town, "cai")
    town.now = at("2027-01-04T10:00")
    with pytest.raises(Refused) as refused:
        do(town, more_time.grant_extension, "", LEADER)  # what was asked for has passed as well
    assert refused.value.code == "end-over"
    do(town, more_time.grant_extension, "", LEADER, date(2027, 1, 8))
    assert town.row(REVIEW).last_day == date(2027, 1, 8)


def test_what_was_handed_in_late_meanwhile_is_in_time_once_more_time_is_granted(
    town: Play,
) -> None:
    asks(town)
    town.go("2026-12-28T10:00")
    town.done(REVIEW, reason="early")
    assert town.row(REVIEW).breach == "late"
    assert [each.row.id for each in town.do(deciding.waiting)] == [REVIEW]
    do(town, more_time.grant_extension, "", LEADER)
    assert town.row(REVIEW).breach == ""
    with town.store.read() as tx:
        kinds = [row.kind for row in tx.execute(select(tables.breaches).order_by(tables.breaches.c.id))]
    assert kinds == ["late", "rejudged-in-time"]  # what was recorded stays, the second fact beside it
    assert town.do(deciding.waiting) == []


def test_an_overdue_message_that_waits_is_dropped_when_more_time_is_granted_after_the_limit() -> None:
    store = memory_store()
    play = Play(store, world(), "2026-12-01T10:00")
    play.plan()
    play.go("2026-12-29T10:00")
    number = play.row("yearly-report@2026/town-a").number
    play.do(more_time.ask_extension, number, date(2027, 1, 8), "flood", CLERK)
    play.go("2026-12-31T08:29")
    play.now = at("2026-12-31T08:30")
    play.fire()  # overdue, drafted and not yet sent
    play.do(more_time.grant_extension, number, LEADER)
    assert {who for _, who, steps in play.go("2026-12-31T08:30") if "overdue-1" in steps} == {"eve", "gao"}
    store.close()


def test_what_was_handed_in_in_time_needs_no_more_time(town: Play) -> None:
    asks(town)
    town.go("2026-12-16T10:00")
    town.done(REVIEW, reason="early")
    assert town.do(deciding.waiting) == []
    with pytest.raises(Refused) as refused:
        do(town, more_time.grant_extension, "", LEADER)
    assert refused.value.code == "closed"


def test_on_an_hour_clock_it_climbs_within_the_clock() -> None:
    store = memory_store()
    play = Play(store, world(), "2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    number = play.row("incident-information@fire/town-a").number
    play.do(more_time.ask_extension, number, at("2026-12-05T09:00"), "fog", CLERK)
    heard = play.go("2026-12-05T07:00")
    assert ("12-05T04:00", "dan") in told(heard, "requested")  # four asked in vain, half an hour each
    assert {who for when, who in told(heard, "undecided") if when == "12-05T07:00"} == {"ann", "cai", "dan"}
    store.close()
