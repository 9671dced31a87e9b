"""Eighty proposals with their own reply dates; three units ask for more time, and one does not get it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from alertd.engine.operations import more_time
from alertd.engine.reporting import deciding
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from tests.story.city import City, Message, at

LEAD, CO = "finance-bureau", "transport-bureau"
ASKED = ("p-10", "p-20", "p-30")
LATER = date(2026, 9, 30)
REASON = "須與省財政廳協調"


def reply(case: str) -> str:
    return f"proposal-reply@{case}/{LEAD}"


def opinion(case: str) -> str:
    return f"proposal-opinion@{case}/{CO}"


def due_of(number: int) -> date:
    """Each has its own day, Monday to Friday, in the last weeks of August."""
    monday = date(2026, 8, 17) + timedelta(weeks=number % 2)
    return monday + timedelta(days=number % 5)


@pytest.fixture
def city() -> City:
    return assigned(range(1, 81))


@pytest.fixture
def few() -> City:
    """Only those that will ask for more time."""
    return assigned((10, 20, 30))


def assigned(numbers: Iterable[int]) -> City:
    """Assigned on 1 April; every second one is shared with a co-handling unit."""
    city = City("2026-04-01 09:00")
    for number in numbers:
        case, due = f"p-{number}", due_of(number)
        city.report("proposal-assigned", case, LEAD, due, assigned="2026-04-01 09:00")
        if number % 2 == 0:
            city.report("proposal-shared", case, CO, due, assigned="2026-04-01 09:00")
    return city


def act(city: City, work: Any, deadline: str, *args: Any) -> Any:
    number = city.row(deadline).number
    return city.do(work, number, *args)


def holder(city: City, unit: str, position: str) -> str:
    people = city.world.register.people.values()
    return next(person.id for person in people if person.unit == unit and position in person.positions)


def heard(messages: list[Message], deadline: str, step: str) -> set[str]:
    return {
        message.person
        for message in messages
        for name, said in zip(message.deadlines, message.steps, strict=True)
        if (name, said) == (deadline, step)
    }


def ask_all(city: City) -> None:
    asker = Actor(holder(city, LEAD, "contact"))
    for case in ASKED:
        act(city, more_time.ask_extension, reply(case), LATER, REASON, asker)


def test_every_proposal_has_its_own_reply_and_the_opinion_comes_before_it(city: City) -> None:
    for number in range(1, 81):
        row = city.row(reply(f"p-{number}"))
        assert row.last_day == due_of(number)
        if number % 2 == 0:
            before = city.row(opinion(f"p-{number}")).last_day
            assert before < row.last_day
            assert city.world.calendar.workdays_after(before, row.last_day) == 5


def test_two_get_more_time_and_the_opinions_move_with_the_replies(city: City) -> None:
    city.until("2026-08-10 10:00")
    ask_all(city)
    leader = holder(city, LEAD, "leader-in-charge")
    told = city.until("2026-08-10 18:00")
    assert all(heard(told, reply(case), "requested") == {leader} for case in ASKED)
    assert len([m for m in told if "requested" in m.steps]) == 1  # one message about all three
    waiting = city._do(lambda tx: deciding.waiting(city.scope(tx)))
    assert [each.row.id for each in waiting] == [reply(case) for case in ASKED]

    granted, refused = ASKED[:2], ASKED[2]
    for case in granted:
        assert act(city, more_time.grant_extension, reply(case), Actor(leader)) == (opinion(case),)
    act(city, more_time.refuse_extension, reply(refused), "省廳已有答覆", Actor(leader))

    for case in granted:
        assert city.row(reply(case)).last_day == LATER
        assert city.world.calendar.workdays_after(city.row(opinion(case)).last_day, LATER) == 5
    assert city.row(reply(refused)).last_day == due_of(30)
    assert city.row(opinion(refused)).last_day < due_of(30)
    assert city.row(opinion("p-40")).last_day < due_of(40)

    told = city.until("2026-08-11 18:00")
    contact, co = holder(city, LEAD, "contact"), holder(city, CO, "contact")
    for case in granted:
        assert contact in heard(told, reply(case), "extended")
        assert co in heard(told, opinion(case), "moved")
    assert contact in heard(told, reply(refused), "refused")
    assert not any("requested" in message.steps for message in city.until("2026-08-20 18:00"))


def test_what_was_extended_is_in_time_by_its_new_day_and_the_others_by_theirs(few: City) -> None:
    few.until("2026-08-10 10:00")
    ask_all(few)
    leader = Actor(holder(few, LEAD, "leader-in-charge"))
    for case in ASKED[:2]:
        act(few, more_time.grant_extension, reply(case), leader)
    few.until("2026-09-29 10:00")
    assert few.hand_in(opinion(ASKED[0])) == "late"  # it was due five working days before
    assert few.hand_in(reply(ASKED[0])) == ""
    assert few.hand_in(reply(ASKED[2])) == "late"


def test_an_opinion_that_is_given_stays_where_it_was(few: City) -> None:
    few.until("2026-08-10 10:00")
    few.hand_in(opinion("p-10"))
    before = few.row(opinion("p-10")).last_day
    ask_all(few)
    leader = Actor(holder(few, LEAD, "leader-in-charge"))
    assert act(few, more_time.grant_extension, reply("p-10"), leader) == ()
    assert (few.row(opinion("p-10")).state, few.row(opinion("p-10")).last_day) == ("done", before)


def test_an_opinion_with_a_day_of_its_own_keeps_it(few: City) -> None:
    few.until("2026-08-05 10:00")
    own = date(2026, 9, 29)
    act(few, more_time.ask_extension, opinion("p-20"), own, "更多時間", Actor("clerk"))
    act(few, more_time.grant_extension, opinion("p-20"), Actor("clerk"), "李局長")
    ask_all(few)
    act(few, more_time.grant_extension, reply("p-20"), Actor(holder(few, LEAD, "leader-in-charge")))
    assert few.row(opinion("p-20")).last_day == own


def test_nothing_is_asked_for_once_the_day_has_passed(few: City) -> None:
    few.until("2026-08-31 09:00")
    with pytest.raises(Refused, match="extension-too-late"):
        ask_all(few)
    assert few.now > at("2026-08-29 00:00")
