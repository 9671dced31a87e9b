"""A silence holds the reminders of one deadline: what is decided is decided, and nothing held is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from alertd.engine.operations import acts
from alertd.engine.operations.silencing import LONGEST, Silenced, end_silence, silence, tell_ends
from alertd.engine.preview.comparing import next_finding
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, overrides, tables
from tests.support.play import Play
from tests.support.register import at, live_channels, only, tiny_register

REPORT = "yearly-report@2026/town-a"
OTHER = "yearly-report@2026/town-b"
ANN, GAO = Actor("ann"), Actor("gao")  # contact of town-a, supervisor
SUNDAY = date(2026, 12, 20)


@pytest.fixture
def play(begin: Any) -> Play:
    """Steps come on the 16th, the 23rd and the 30th of December, when it is due. It is Monday, the 14th."""
    register = only(tiny_register(), "yearly-report", "incident-information")
    begun: Play = begin("2026-12-01T10:00", register, **live_channels())
    begun.plan()
    begun.go("2026-12-14T10:00")
    return begun


def hold(
    play: Play, until: Any = SUNDAY, by: Actor = GAO, name: str = REPORT, reason: str = "agreed"
) -> Silenced:
    return play.do(silence, play.row(name).number, until, reason, actor=by)


def heard(play: Play, until: str, name: str = REPORT) -> list[str]:
    """Who was told something of a deadline until then, and when."""
    before, number = len(play.sent), play.row(name).number
    play.go(until)
    return [
        f"{each.row.person} {each.row.not_before.astimezone(play.world.zone):%m-%dT%H:%M}"
        for each in play.sent[before:]
        if each.row.not_before and any(notice.deadline == number for notice in each.notices)
    ]


def steps(play: Play, name: str = REPORT) -> set[str]:
    return set(play.row(name).fired)


def chain(play: Play) -> list[Any]:
    number = play.row(REPORT).number
    with play.store.read() as tx:
        return list(audit.of_deadline(tx, number))


def test_what_is_decided_meanwhile_leaves_when_it_is_over(play: Play) -> None:
    hold(play)
    assert heard(play, "2026-12-20T23:59") == []
    assert steps(play) == steps(play, OTHER) == {"near"}  # decided as if nothing held it
    assert heard(play, "2026-12-21T12:00") == ["ann 12-21T08:30"]  # a Monday


def test_others_are_told_as_ever(play: Play) -> None:
    hold(play)
    assert heard(play, "2026-12-20T23:59", OTHER) == ["eve 12-16T08:30"]


def test_several_steps_that_were_held_are_one_message_to_each(play: Play) -> None:
    hold(play, date(2026, 12, 26))
    assert heard(play, "2026-12-27T00:00") == []
    assert steps(play) == {"near", "nearer"}
    assert sorted(heard(play, "2026-12-28T12:00")) == [
        "ann 12-28T08:30",
        "ben 12-28T08:30",
        "gao 12-28T08:30",
    ]


def test_what_waits_already_when_it_begins_is_held_too(play: Play) -> None:
    play.go("2026-12-15T18:00")
    play.now = at("2026-12-16T08:30")
    play.fire()
    hold(play)
    assert heard(play, "2026-12-20T12:00") == []
    assert heard(play, "2026-12-21T12:00") == ["ann 12-21T08:30"]


def test_one_message_about_several_leaves_without_what_is_held(play: Play) -> None:
    """The supervisors' roll names both towns."""
    play.now = at("2026-12-23T08:30")
    play.fire()
    hold(play, date(2026, 12, 24))
    play.deliver()
    (roll,) = [each for each in play.sent if each.row.person == "gao"]
    assert {notice.d_party for notice in roll.notices} == {"town-b"}
    before = len(play.sent)
    play.go("2026-12-25T12:00")
    late = [each for each in play.sent[before:] if each.row.person == "gao"]
    assert [{notice.d_party for notice in each.notices} for each in late] == [{"town-a"}]


def test_what_was_handed_in_before_it_is_over_is_not_said(play: Play) -> None:
    hold(play)
    play.go("2026-12-17T10:00")
    play.done(REPORT, by="ann")
    assert heard(play, "2026-12-22T12:00") == []


def test_the_limit_is_told_though_it_lasts_longer(play: Play) -> None:
    hold(play, date(2027, 1, 10))
    told = heard(play, "2026-12-30T23:59")
    assert {when.split()[1] for when in told} == {"12-30T08:30"}  # the last opening before
    assert {when.split()[0] for when in told} >= {"ann", "cai"}
    assert heard(play, "2027-01-10T12:00") == []
    assert steps(play) > {"near", "nearer", "last"}  # those after the limit were reached too
    assert "ann 01-11T08:30" in heard(play, "2027-01-11T12:00")


def test_repeats_go_on_after_it(play: Play) -> None:
    """Repeats of the days after the limit: none is lost, and none is caught up with."""
    play.go("2026-12-31T12:00")
    hold(play, date(2027, 1, 3))
    assert heard(play, "2027-01-03T23:59") == []
    assert "ann 01-04T08:30" in heard(play, "2027-01-04T12:00")


def test_news_of_what_somebody_did_is_no_reminder(play: Play) -> None:
    play.go("2026-12-17T10:00")
    hold(play)
    play.do(acts.waive, play.row(REPORT).number, "merged", "Li", actor=GAO)
    assert heard(play, "2026-12-17T12:00") == ["ann 12-17T10:00"]


def test_ended_before_its_end_what_was_held_leaves_when_the_office_is_open(play: Play) -> None:
    hold(play)
    play.go("2026-12-17T20:00")
    play.do(end_silence, play.row(REPORT).number, "over", actor=GAO)
    assert heard(play, "2026-12-18T12:00") == ["ann 12-18T08:30"]
    assert heard(play, "2026-12-22T12:00") == []


def test_a_repeat_comes_its_pause_after_what_left_sooner(play: Play) -> None:
    play.go("2026-12-30T20:00")
    hold(play, date(2027, 1, 8))
    play.go("2027-01-01T20:00")
    play.do(end_silence, play.row(REPORT).number, actor=GAO)
    assert "ann 01-04T08:30" in heard(play, "2027-01-04T12:00")
    waits = [row.next_at for row in play.all(tables.notices) if row.next_at is not None]
    assert all(each < at("2027-01-08T00:00") for each in waits)


def test_a_newer_one_takes_the_place_of_the_older(play: Play) -> None:
    hold(play, date(2026, 12, 24))
    play.go("2026-12-17T10:00")
    hold(play, date(2026, 12, 17))
    assert heard(play, "2026-12-18T12:00") == ["ann 12-18T08:30"]
    rows = play.all(tables.overrides)
    assert [(row.ended_by, row.ended_at is None) for row in rows] == [("gao", False), ("", True)]


def test_an_hour_clock_is_never_silent(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-14T10:00")
    with pytest.raises(Refused, match="silence-by-the-hour"):
        hold(play, name="incident-information@fire/town-a")


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 12, 13), "silence-over"),
        (at("2026-12-14T10:00"), "silence-over"),
        (date(2026, 12, 14) + LONGEST + timedelta(days=1), "silence-long"),
    ],
)
def test_it_lies_ahead_and_lasts_for_thirty_days_at_most(play: Play, until: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        hold(play, until)
    assert play.all(tables.overrides) == []
    hold(play, date(2026, 12, 14) + LONGEST)


def test_a_reason_is_asked_for_and_whoever_owes_it_silences_nothing(play: Play) -> None:
    with pytest.raises(Refused, match="reason-missing"):
        hold(play, reason=" ")
    with pytest.raises(Refused, match="not-allowed"):
        hold(play, by=ANN)
    with pytest.raises(Refused, match="not-silent"):
        play.do(end_silence, play.row(REPORT).number, actor=GAO)


def test_it_is_on_record_by_whom_why_and_until_when(play: Play) -> None:
    hold(play)
    play.do(end_silence, play.row(REPORT).number, "over", actor=GAO)
    begun, ended = chain(play)[-2:]
    assert (begun.action, begun.actor, begun.detail["reason"]) == ("silenced", "gao", "agreed")
    assert begun.detail["until"] == at("2026-12-21").isoformat()
    assert (ended.action, ended.detail["reason"]) == ("silence-ended", "over")


def test_whoever_entered_it_hears_before_it_ends_and_its_end_is_on_record(play: Play) -> None:
    assert hold(play).told_at == at("2026-12-18T08:30")  # the last opening before a weekend
    assert play.do(tell_ends) == 0
    play.go("2026-12-18T08:30")
    assert play.do(tell_ends) == 1
    (told,) = [each for each in play.deliver() if each.row.template == "told"]
    assert told.row.person == "gao"
    assert told.message is not None
    assert "agreed" in told.message.text
    assert "Yearly report" in told.message.subject
    assert play.do(tell_ends) == 0
    play.now = at("2026-12-21T00:00")
    assert play.do(tell_ends) == 1
    assert chain(play)[-1].action == "silence-over"
    assert play.do(tell_ends) == 0


def test_the_admin_hears_of_what_nobody_known_entered(play: Play) -> None:
    hold(play, by=Actor("a clerk"))
    play.now = at("2026-12-18T08:30")
    play.do(tell_ends)
    assert "silence-ends" in play.admin_topics()


def test_one_that_ends_today_is_told_halfway(play: Play) -> None:
    assert hold(play, at("2026-12-14T14:00")).told_at == at("2026-12-14T12:00")


def test_of_what_is_closed_meanwhile_nobody_hears(play: Play) -> None:
    hold(play)
    play.done(REPORT, by="ann")
    play.now = at("2026-12-18T08:30")
    assert play.do(tell_ends) == 1
    assert [row for row in play.all(tables.deliveries) if row.template == "told"] == []
    assert play.do(tell_ends) == 0


def test_a_row_that_slips_is_put_off_and_told_and_keeps_no_other(play: Play) -> None:
    hold(play)
    lost = overrides.DEADLINE, "no number"
    ahead = at("2026-12-20")
    play.do(lambda s: overrides.add(s.tx, "silence", lost, "x", "y", s.now, ahead, next_at=s.now))
    play.now = at("2026-12-18T08:30")
    assert play.do(tell_ends) == 2
    assert "row-put-off" in play.admin_topics()
    assert [each for each in play.deliver() if each.row.template == "told"]


def test_doctor_does_not_miss_what_a_silence_holds(play: Play) -> None:
    hold(play)
    play.go("2026-12-16T12:00")
    assert play.do(next_finding).level == "ok"
    row = play.deliveries_to("ann")[0]
    assert row.state == "waiting"
    (one,) = play.all(tables.overrides)
    play.do(lambda s: overrides.end(s.tx, one.id, s.now, "x"))
    assert play.do(next_finding).say == "late"  # nothing holds it any more
