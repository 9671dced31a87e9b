"""Sixty annual reports, as a supervisor sees them: handed in, two returned, one late, then published.

The roll is looked at whenever somebody would telephone, the board before and after the limit; the bulletin is
taken in January and again in February.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.model import Group, OrgUnit, Person, State
from alertd.engine.reporting.board import Mark
from alertd.engine.reporting.bulletin import Bulletin
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from tests.story.city import City, shipped

REPORT, PUBLISHED = "rule-of-law-report", "rule-of-law-report-published"
RECEIVER = "cui-muyang.leading-group"
OFFICES = tuple(f"office-{number}" for number in range(1, 29))
RETURNED, LATE = ("finance-bureau", "office-7"), "office-28"


def world() -> World:
    """The 32 units that owe the report and 28 more; the leading group reviews each one it gets."""
    city = shipped()[0]
    register = city.register
    units = {name: OrgUnit(name, {"zh-Hant": f"第{name[7:]}辦事處", "en": name}) for name in OFFICES}
    people = {
        f"li.{name}": Person(
            f"li.{name}", f"李{name[7:]}", name, ("contact",), f"li@{name}.example.org", phone="021-1"
        )
        for name in OFFICES
    }
    group = register.groups["towns-and-departments"]
    sixty = Group(group.id, group.title, (*group.members, *OFFICES))
    report = replace(register.obligations[REPORT], closes="verify")
    register = replace(
        register,
        units={**register.units, **units},
        people={**register.people, **people},
        groups={**register.groups, sixty.id: sixty},
        obligations={REPORT: report, PUBLISHED: register.obligations[PUBLISHED]},
    )
    return replace(city, register=register)


def of(unit: str) -> str:
    return f"{REPORT}@2026/{unit}"


def publication(unit: str) -> str:
    return f"{PUBLISHED}@{REPORT}.2026/{unit}"


def marks(city: City) -> dict[str, int]:
    """How many units stand where in the roll, those that nobody stands at left out."""
    roll = city.roll(REPORT, "2026")
    return {str(mark): roll.count(mark) for mark in Mark if roll.count(mark)}


def colours(city: City) -> tuple[int, int, int]:
    light = city.board("item")[REPORT]
    return light.green, light.yellow, light.red


def december(city: City) -> Bulletin:
    """The issue of December, as it was known on the first working day of January."""
    return city.bulletin("2026-12-01", "2026-12-31", "2027-01-04 09:00")


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    """What the supervisor saw, by the day it was looked at."""
    city = City("2026-11-23 09:00", world())
    units = city.world.register.groups["towns-and-departments"].members
    seen: dict[str, object] = {"city": city, "owed": len(city.roll(REPORT).calls)}

    city.until("2026-12-21 10:00")
    for unit in units:
        if unit != LATE:
            city.hand_in(of(unit))
    seen["handed in"] = marks(city)

    city.until("2026-12-23 10:00")
    for unit in RETURNED:
        city.send_back(of(unit), "缺考核數據", RECEIVER, date(2027, 1, 8))
    seen["returned"] = marks(city)
    seen["returned calls"] = [call for call in city.roll(REPORT).calls if call.mark is Mark.RETURNED]

    city.until("2026-12-24 10:00")
    accepted = [of(unit) for unit in units if unit not in (*RETURNED, LATE)]
    city.verify(accepted[:1], RECEIVER)
    seen["one accepted"] = marks(city)
    city.verify(accepted[1:], RECEIVER)
    seen["the list accepted"] = marks(city)

    city.until("2026-12-29 10:00")
    seen["board before"] = colours(city)
    city.until("2026-12-31 09:00")
    seen["board after"] = colours(city)
    seen["late"] = marks(city)
    seen["late calls"] = [call for call in city.roll(REPORT).calls if call.mark is Mark.OVERDUE]

    city.until("2027-01-04 09:00")
    seen["december"] = december(city)
    city.until("2027-01-05 10:00")
    for unit in (*RETURNED, LATE):
        city.hand_in(of(unit), reason="")
    city.verify([of(unit) for unit in (*RETURNED, LATE)], RECEIVER)
    seen["all accepted"] = marks(city)
    seen["board of publications"] = city.board("item")

    city.until("2027-01-18 10:00")
    for unit in units:
        city.hand_in(publication(unit))
    city.until("2027-02-01 09:00")
    return seen


def test_the_roll_says_at_each_turn_how_many_stand_where(told) -> None:
    assert told["owed"] == 60
    assert told["handed in"] == {"under-review": 59, "missing": 1}
    assert told["returned"] == {"under-review": 57, "returned": 2, "missing": 1}
    assert told["one accepted"] == {"handed-in": 1, "under-review": 56, "returned": 2, "missing": 1}
    assert told["the list accepted"] == {"handed-in": 57, "returned": 2, "missing": 1}
    assert told["late"] == {"handed-in": 57, "returned": 2, "overdue": 1}
    assert told["all accepted"] == {"handed-in": 60}


def test_who_has_to_be_called_is_named_with_the_reason_and_the_new_date(told) -> None:
    assert [(call.row.unit, call.reason, call.row.last_day) for call in told["returned calls"]] == [
        (unit, "缺考核數據", date(2027, 1, 8)) for unit in RETURNED
    ]
    (call,) = told["late calls"]
    assert (call.row.unit, call.contact, call.phone) == (LATE, "李28", "021-1")


def test_the_board_shows_the_missing_one_yellow_and_then_red_and_the_returned_ones_green(told) -> None:
    assert told["board before"] == (2, 1, 0)
    assert told["board after"] == (2, 0, 1)


def test_the_december_bulletin_counts_fifty_eight_and_the_two_returned_with_their_new_month(told) -> None:
    total = told["december"].total
    assert (total.owed, total.on_time, total.open_late, total.returned) == (58, 57, 1, 2)
    assert total.rate == 57 / 58
    assert [known.unit for known in told["december"].late] == [LATE]


def test_nothing_that_came_in_january_changes_the_december_bulletin(told) -> None:
    again = december(told["city"])
    assert again.units == told["december"].units
    assert [known.outcome for known in again.late] == [known.outcome for known in told["december"].late]


def test_the_january_bulletin_has_the_returned_ones_on_time_and_the_late_one_as_closed(told) -> None:
    january = told["city"].bulletin("2027-01-01", "2027-01-31", "2027-02-01 09:00", "2027-01-04 09:00")
    assert [january.units[unit].on_time for unit in RETURNED] == [1, 1]
    assert (january.total.owed, january.total.on_time) == (2 + 57, 2 + 57)  # and 57 publications
    assert [(known.unit, str(known.outcome)) for known in january.earlier] == [(LATE, "closed-late")]
    assert january.corrections == []
    assert january.total.rate == 1.0


def test_each_accepted_report_is_published_and_none_before(told) -> None:
    city = City("2026-12-21 10:00", world())
    with pytest.raises(AssertionError):
        city.row(publication(LATE))
    units = told["city"].world.register.groups["towns-and-departments"].members
    rows = [told["city"].row(publication(unit)) for unit in units]
    assert {row.state for row in rows} == {State.DONE}
    assert told["board of publications"][PUBLISHED].total == 60
    # 20 working days after 24 December, 1 to 3 January off; and after 5 January
    assert {row.last_day for row in rows} == {date(2027, 1, 22), date(2027, 2, 2)}


def test_a_report_is_accepted_once(told) -> None:
    with pytest.raises(Refused):
        told["city"].verify([of(LATE)], RECEIVER)
