"""The change of shift at 08:00, in the middle of what happened on the night of National Day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from alertd.core.shifts import DutyPlan, Hours, Rotation, Written
from alertd.engine.firing.relief import relieve
from alertd.store import tables
from tests.story.city import City, Message, at, shipped

TOWN = "town-donghe"
CONFERENCE = f"press-conference@fire/{TOWN}"
FANG, HUANG, GU = (f"{name}.government-office" for name in ("fang-yunzhou", "huang-qiushi", "gu-xiaofeng"))
OFFICERS = {FANG, HUANG, GU}
#: from 30 September, 08:00: fang has the eve and its night, huang the first day of October, gu the second
TURNS = Rotation(
    "desk",
    "government-office",
    "duty",
    ((FANG,), (HUANG,), (GU,)),
    (Hours(time(8), time(8)),),
    date(2026, 9, 30),
)


def city(*written: Written, turns: Rotation = TURNS) -> City:
    world, _ = shipped()
    plan = DutyPlan((turns,), written)
    return City("2026-10-01 02:10", replace(world, register=replace(world.register, duty=plan)))


@pytest.fixture
def night() -> City:
    """02:10: a fire at a town, reported at once; who is on duty hears of it."""
    found = city()
    found.report("major-incident", "fire", TOWN, occurred="2026-10-01 02:10", published="2026-10-01 02:10")
    return found


def officers(sent: list[Message]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.at[-5:], each.person, each.steps) for each in sent if each.person in OFFICERS]


def test_at_night_the_officer_on_duty_alone_is_asked(night: City) -> None:
    sent = night.until("2026-10-01 02:30")
    assert {each.person for each in sent} & OFFICERS == {FANG}


def test_at_eight_the_next_officer_gets_what_is_open_as_one_message(night: City) -> None:
    night.report("major-incident", "flood", "town-liuan", occurred="2026-10-01 02:10")
    night.until("2026-10-01 07:59")
    night.hand_in(f"incident-information@fire/{TOWN}")
    sent = night.until("2026-10-01 08:01")
    (handed,) = [each for each in sent if each.person == HUANG]
    assert handed.at.endswith("08:00")
    assert set(handed.steps) == {"shift-change"}
    assert CONFERENCE in handed.deadlines
    assert {each.partition("@")[2].partition("/")[0] for each in handed.deadlines} == {"fire", "flood"}
    assert "交接班" in handed.subject
    assert "值班已交接，此事上一班尚未了結，現由您接班辦理，請簽收。" in "".join(handed.text.split())
    assert f"incident-information@fire/{TOWN}" not in handed.deadlines, "it is handed in"


def test_the_next_officer_is_asked_again_until_they_acknowledge_and_the_one_before_no_more(
    night: City,
) -> None:
    night.until("2026-10-01 08:01")
    again = night.until("2026-10-01 08:15")
    assert {each.person for each in again} & OFFICERS == {HUANG}
    for deadline in {name for each in again if each.person == HUANG for name in each.deadlines}:
        night.acknowledge(deadline, HUANG)
    assert officers(night.until("2026-10-01 08:45")) == []


def test_what_the_policy_says_later_reaches_whoever_is_on_duty_then(night: City) -> None:
    night.until("2026-10-01 08:01")
    later = night.until("2026-10-01 14:00")
    assert {each.person for each in later} & OFFICERS <= {HUANG}


def test_who_was_on_duty_the_day_before_yesterday_is_handed_it_anew(night: City) -> None:
    night.world = replace(
        night.world,
        register=replace(night.world.register, duty=DutyPlan((replace(TURNS, crews=((FANG,), (HUANG,))),))),
    )
    night.now_ruled_by(night.world)
    night.until("2026-10-01 08:01")
    night.until("2026-10-02 02:00")
    sent = night.until("2026-10-02 08:01")
    open_still = [each for each in night.deadlines() if each.state in ("open", "scheduled")]
    if open_still:
        assert (FANG, ("shift-change",)) in {(each.person, each.steps[:1]) for each in sent}


def test_two_nodes_and_two_looks_hand_over_once(night: City) -> None:
    night.until("2026-10-01 08:01")
    before = len(night.rows(tables.notices))
    assert night.do(relieve) == 0
    assert len(night.rows(tables.notices)) == before


def test_a_change_that_was_missed_while_nothing_ran_is_made_up_for(night: City) -> None:
    night.until("2026-10-01 07:50")
    night.sleep("2026-10-01 09:30")
    sent = night.until("2026-10-01 09:31")
    assert (HUANG, "shift-change") in {(each.person, step) for each in sent for step in each.steps}


def test_a_swap_in_the_midst_of_a_shift_hands_over_too() -> None:
    ends = (date(2026, 10, 1), time(5)), (date(2026, 10, 1), time(8))
    found = city(Written("government-office", "duty", (GU,), *ends, override=True))
    found.report("major-incident", "fire", TOWN, occurred="2026-10-01 02:10")
    found.until("2026-10-01 04:59")
    sent = found.until("2026-10-01 05:01")
    assert (GU, "shift-change") in {(each.person, step) for each in sent for step in each.steps}


def test_who_stays_over_a_change_is_told_nothing() -> None:
    found = city(turns=replace(TURNS, crews=((FANG,), (FANG, GU))))
    found.report("major-incident", "fire", TOWN, occurred="2026-10-01 02:10")
    found.until("2026-10-01 07:59")
    sent = found.until("2026-10-01 08:01")
    assert {each.person for each in sent if "shift-change" in each.steps} == {GU}


def test_the_officers_of_another_unit_take_over_nothing_of_this_one() -> None:
    """Liuan has officers of its own; Donghe has none, and the office's desk answers for it."""
    liuan = replace(TURNS, id="liuan", unit="town-liuan", crews=((GU,), (HUANG,)))
    world, _ = shipped()
    plan = DutyPlan((replace(TURNS, crews=((FANG,),)), liuan))
    found = City("2026-10-01 02:10", replace(world, register=replace(world.register, duty=plan)))
    found.report("major-incident", "fire", TOWN, occurred="2026-10-01 02:10")
    found.report("major-incident", "flood", "town-liuan", occurred="2026-10-01 02:10")
    found.until("2026-10-01 07:59")
    sent = found.until("2026-10-01 08:01")
    (handed,) = [each for each in sent if "shift-change" in each.steps]
    assert handed.person == HUANG
    assert {each.rpartition("/")[2] for each in handed.deadlines} == {"town-liuan"}


def test_the_history_of_a_deadline_says_who_took_over(night: City) -> None:
    night.until("2026-10-01 08:01")
    number = night.row(CONFERENCE).number
    (entry,) = [
        each
        for each in night.rows(tables.audit)
        if each.action == "shift-changed" and each.deadline == number
    ]
    assert entry.detail["people"] == [HUANG]
    assert entry.detail["from"] == FANG
    assert entry.detail["since"] == at("2026-10-01 08:00").isoformat()
