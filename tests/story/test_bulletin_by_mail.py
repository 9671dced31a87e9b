"""The bulletin that mails itself: each month, on the fifth working day of the next, at nine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.core.bulletins import BulletinSchedule, Issue
from alertd.core.rules import parse_rule
from alertd.engine.operations.mailing import mail_bulletin
from alertd.engine.reporting.mailed import made, next_mail
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import Mode, World
from tests.story.city import City, Message, at, shipped

MONTHLY = "monthly by working day 5 of the next month at 09:00"
SUPERVISOR = "bai-siyuan.supervision-office"
REPORT = "rule-of-law-report"


def mails(rule: str = MONTHLY, to: tuple[str, ...] = ("supervisor",), **more: Any) -> World:
    """The shipped city with a schedule for its bulletin."""
    world = replace(shipped()[0], **more)
    return replace(world, bulletin=BulletinSchedule(parse_rule(rule), to))


def issues(messages: list[Message]) -> list[Message]:
    return [message for message in messages if "bulletin" in message.steps]


def said(messages: list[Message]) -> list[tuple[str, str]]:
    """When, and what the subject says."""
    return [(message.at, message.subject) for message in issues(messages)]


def test_the_bulletin_of_a_month_is_mailed_once_on_its_day() -> None:
    city = City("2026-12-01 09:00", mails())
    sent = issues(city.until("2027-02-01 00:00"))
    assert [message.at for message in sent] == ["2026-12-07 09:00", "2027-01-08 09:00"]
    november, december = sent
    assert november.subject.startswith("[通報] 2026年11月：")
    assert "【各單位情況】" in november.text
    assert "統計期間：2026年12月1日(星期二)至2026年12月31日(星期四)" in december.text


def test_each_issue_is_compared_with_the_one_before_it() -> None:
    city = City("2026-12-01 09:00", mails())
    first, second = issues(city.until("2027-02-01 00:00"))
    assert "【與上期比較】" not in first.text
    assert "【與上期比較】" in second.text
    # as it was known when it was mailed
    assert "數據截至2026年12月7日(星期一)09:00" in second.text.replace("\n", "")


def test_the_mail_says_what_the_command_says_for_the_same_instant() -> None:
    city = City("2026-12-20 09:00", mails())
    city.until("2026-12-31 09:00")
    city.hand_in(f"{REPORT}@2026/town-donghe", happened="2026-12-31 08:00", reason="水災")
    (sent,) = issues(city.until("2027-01-20 09:00"))
    counted = city.bulletin("2026-12-01", "2026-12-31", "2027-01-08 09:00")
    late = counted.total.open_late + counted.total.earlier
    assert f"應辦{counted.total.owed}件" in sent.subject
    assert f"逾期未辦結{late}件" in sent.subject
    assert "水災" in sent.text


def test_a_period_without_anything_due_is_mailed_and_says_so() -> None:
    world = mails("weekly by monday of the next week at 09:00")
    city = City("2026-12-01 09:00", replace(world, register=replace(world.register, obligations={})))
    sent = issues(city.until("2026-12-15 00:00"))
    assert [message.subject for message in sent] == [
        "[通報] 2026年第49周：本期沒有到期事項，逾期未辦結0件",
        "[通報] 2026年第50周：本期沒有到期事項，逾期未辦結0件",
    ]


def test_a_position_means_whoever_holds_it_in_any_unit_and_a_person_is_named_by_id_or_name() -> None:
    city = City("2026-12-01 09:00", mails(to=("主要負責人", "石若蘭")))
    sent = issues(city.until("2026-12-08 00:00"))
    principals = {p.id for p in city.world.register.people.values() if "principal" in p.positions}
    named = next(p.id for p in city.world.register.people.values() if p.name == "石若蘭")
    assert {message.person for message in sent} == principals | {named}
    assert len(sent) == len(principals | {named})  # each of them once


def test_who_cannot_be_reached_is_told_to_the_admin_and_somebody_above_gets_it() -> None:
    world = mails(to=("supervisor", "石若蘭", "nobody-knows"), **live())
    people = {
        name: replace(person, email="", telegram=None) if person.name == "石若蘭" else person
        for name, person in world.register.people.items()
    }
    city = City("2026-12-01 09:00", replace(world, register=replace(world.register, people=people)))
    sent = issues(city.until("2026-12-08 00:00"))
    assert [entry["reader"] for entry in city.told_admin("reader-unknown")] == ["nobody-knows"]
    assert [entry["person"] for entry in city.told_admin("unreachable")] == ["石若蘭"]
    above = {p.id for p in people.values() if p.unit == "government-office" and "principal" in p.positions}
    assert {message.person for message in sent} == {SUPERVISOR} | above


def live() -> dict[str, Any]:
    return {
        "mode": Mode.LIVE,
        "live": True,
        "channels": ("email",),
        "transports": {"inbox": "inbox", "email": "email"},
        "admin_to": ("admin@example.org",),
    }


def test_a_rehearsal_keeps_its_issues_in_the_inbox_and_going_live_mails_none_of_them_again() -> None:
    city = City("2026-12-01 09:00", mails(mode=Mode.REHEARSAL, live=False))
    (drill,) = issues(city.until("2026-12-20 09:00"))
    assert drill.subject.startswith("【演練】[通報]")
    assert "演練" in drill.text
    city.now_ruled_by(mails(**live()))
    sent = issues(city.until("2027-01-20 09:00"))
    assert [message.at for message in sent] == ["2027-01-08 09:00"]
    assert not sent[0].subject.startswith("【演練】")


def test_what_was_due_before_the_schedule_was_written_is_not_made_up_for() -> None:
    city = City("2026-11-01 09:00", replace(mails(), bulletin=None))
    assert issues(city.until("2026-12-10 09:00")) == []
    city.now_ruled_by(mails())
    assert issues(city.until("2027-01-08 08:59")) == []
    city.now_ruled_by(replace(mails(), bulletin=None))
    assert issues(city.until("2027-02-20 09:00")) == []
    city.now_ruled_by(mails())  # once more: January's was due while there was no schedule
    assert [m.at for m in issues(city.until("2027-03-15 00:00"))] == ["2027-03-05 09:00"]


def test_another_day_of_the_same_period_mails_no_issue_twice_and_another_period_begins_anew() -> None:
    city = City("2026-12-01 09:00", mails())
    assert len(issues(city.until("2026-12-08 00:00"))) == 1
    city.now_ruled_by(mails("monthly by working day 8 of the next month at 09:00"))
    assert issues(city.until("2026-12-20 00:00")) == []
    city.now_ruled_by(mails("weekly by friday at 16:00"))
    assert [m.at for m in issues(city.until("2027-01-01 00:00"))] == ["2026-12-25 16:00"]


def test_without_a_time_of_day_it_leaves_when_the_office_opens() -> None:
    city = City("2026-12-01 08:00", mails("monthly by working day 5 of the next month"))
    assert [message.at for message in issues(city.until("2026-12-08 00:00"))] == ["2026-12-07 08:30"]


def test_who_sends_it_by_hand_keeps_the_schedule_from_sending_it_again() -> None:
    city = City("2026-12-02 20:00", mails())
    november = Issue("2026-11", at("2026-11-01 00:00").date(), at("2026-11-30 00:00").date(), city.now)
    found = city.do(lambda scope: made(scope.tx, scope.world, november))
    assert city.do(mail_bulletin, found) == (SUPERVISOR,)
    with pytest.raises(Refused, match="bulletin-mailed"):
        city.do(mail_bulletin, found)
    assert said(city.until("2026-12-30 00:00"))[0][0] == "2026-12-02 20:00"  # somebody waits for it: at once
    coming = city.do(next_mail)
    assert (coming.period, coming.at) == ("2026-12", at("2027-01-08 09:00"))
