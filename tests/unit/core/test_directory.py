"""Who answers for a position today."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from alertd.core.calendar import WorkCalendar
from alertd.core.directory import NEXT_UP, Directory, members_of
from alertd.core.model import Group, OrgUnit, Person, Register
from alertd.core.shifts import DutyPlan, Hours, Rotation, Written
from tests.unit.core.shipped_calendar import ZONE

DAY = date(2026, 12, 1)
CALENDAR = WorkCalendar(ZONE, {}, "none")
NOON = CALENDAR.instant(DAY, time(12))
ALWAYS = ((date(2026, 1, 1), date(2026, 12, 31)),)


def person(name: str, unit: str, *positions: str, **more: Any) -> Person:
    return Person(name, name.title(), unit, positions, **more)


def unit(name: str, **more: Any) -> OrgUnit:
    return OrgUnit(name, {"en": name}, **more)


PEOPLE = (
    person("ann", "town", "contact", deputy="ben"),
    person("ben", "town", "section-chief"),
    person("cai", "town", "leader-in-charge"),
    person("dan", "town", "principal"),
    person("gao", "office", "contact"),
    person("han", "office", "duty"),
    person("ian", "office", "duty-leader"),
)


def directory(*changed: Person, without: str = "", **more: Any) -> Directory:
    people = {p.id: p for p in (*PEOPLE, *changed) if p.id not in without.split()}
    units = {name: unit(name) for name in ("town", "office", "heir")}
    empty: dict[str, Any] = {"obligations": {}, "policies": {}, "event_types": {}, "groups": {}, "roster": {}}
    values = {
        **empty,
        "units": units,
        "people": people,
        "supervisor": "office",
        "duty_unit": "office",
        **more,
    }
    return Directory(Register(**values), CALENDAR)


def asked(found: Directory, position: str, home: str = "town", receiver: str | None = "office") -> list[str]:
    return [holder.person.id for holder in found.resolve(position, home, receiver, NOON).holders]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("contact", "ann"),
        ("section-chief", "ben"),
        ("leader-in-charge", "cai"),
        ("principal", "dan"),
        ("receiver", "gao"),
        ("supervisor", "gao"),
        ("duty", "han"),  # the town has no duty desk: the duty unit's answers
        ("duty-leader", "ian"),
    ],
)
def test_each_position_is_answered_for(position: str, expected: str) -> None:
    resolved = directory().resolve(position, "town", "office", NOON)
    assert [(h.person.id, h.position, h.deputy_for) for h in resolved.holders] == [(expected, position, None)]
    assert resolved.vacant == ()


def test_everybody_who_holds_a_position_is_told() -> None:
    assert asked(directory(person("amy", "town", "contact")), "contact") == ["ann", "amy"]


def test_a_deputy_stands_in_for_whoever_is_away() -> None:
    found = directory(replace(PEOPLE[0], away=ALWAYS)).resolve("contact", "town", None, NOON)
    assert [(h.person.id, h.deputy_for) for h in found.holders] == [("ben", "Ann")]
    assert found.vacant == ()


@pytest.mark.parametrize(("day", "expected"), [(1, "ann"), (2, "ben"), (4, "ben"), (5, "ann")])
def test_the_first_and_the_last_day_of_leave_are_leave(day: int, expected: str) -> None:
    away = ((date(2026, 12, 2), date(2026, 12, 4)),)
    found = directory(replace(PEOPLE[0], away=away))
    resolved = found.resolve("contact", "town", None, datetime(2026, 12, day, 23, 59, tzinfo=ZONE))
    assert [h.person.id for h in resolved.holders] == [expected]


def test_a_deputy_who_is_away_too_has_a_deputy() -> None:
    found = directory(
        replace(PEOPLE[0], away=ALWAYS), replace(PEOPLE[1], away=ALWAYS, deputy="dan", positions=())
    )
    assert asked(found, "contact") == ["dan"]


def test_deputies_in_a_circle_who_are_all_away_pass_up() -> None:
    found = directory(
        replace(PEOPLE[0], away=ALWAYS, deputy="amy"),
        person("amy", "town", away=ALWAYS, deputy="ann"),
    )
    resolved = found.resolve("contact", "town", None, NOON)
    assert [h.person.id for h in resolved.holders] == ["ben"]
    assert resolved.vacant == (("town", "contact"),)


def test_a_deputy_nobody_knows_is_nobody() -> None:
    assert asked(directory(replace(PEOPLE[0], away=ALWAYS, deputy="zoe")), "contact") == ["ben"]


def test_one_deputy_of_two_is_told_once() -> None:
    found = directory(
        replace(PEOPLE[0], away=ALWAYS), person("amy", "town", "contact", away=ALWAYS, deputy="ben")
    )
    assert asked(found, "contact") == ["ben"]


def test_an_empty_position_passes_up_and_names_what_was_empty() -> None:
    resolved = directory(without="ann ben").resolve("contact", "town", None, NOON)
    assert [(h.person.id, h.position) for h in resolved.holders] == [("cai", "contact")]
    assert resolved.vacant == (("town", "contact"), ("town", "section-chief"))


def test_when_nobody_is_left_above_nobody_answers() -> None:
    resolved = directory(without="ann ben cai dan").resolve("section-chief", "town", None, NOON)
    assert resolved.holders == ()
    assert resolved.vacant == tuple(
        ("town", role) for role in ("section-chief", "leader-in-charge", "principal")
    )


def test_a_duty_without_a_receiver_misses_nobody() -> None:
    resolved = directory().resolve("receiver", "town", None, NOON)
    assert (resolved.holders, resolved.vacant) == ((), ())


def test_a_unit_with_a_duty_desk_of_its_own_uses_it() -> None:
    found = directory(person("eve", "town", "duty-leader"))
    assert asked(found, "duty-leader") == ["eve"]
    assert asked(found, "duty") == ["eve"]  # its desk is empty today: up within the unit


ENDED = {
    "town": unit("town"),
    "office": unit("office"),
    "old": unit("old", until=date(2026, 11, 30), successor="older"),
    "older": unit("older", until=date(2026, 6, 30), successor="town"),
}


def test_a_unit_that_ended_is_answered_for_by_its_successors_successor() -> None:
    assert asked(directory(units=ENDED), "contact", "old") == ["ann"]


def test_a_receiver_and_a_supervisor_that_ended_have_successors_too() -> None:
    units = {
        **ENDED,
        "office": unit("office", until=date(2026, 11, 30), successor="heir"),
        "heir": unit("heir"),
    }
    found = directory(person("kim", "heir", "contact"), person("lea", "heir", "duty"), units=units)
    assert [asked(found, position) for position in ("receiver", "supervisor", "duty")] == [
        ["kim"],
        ["kim"],
        ["lea"],
    ]


def test_the_last_day_of_a_unit_is_still_its_own() -> None:
    units = {**ENDED, "old": unit("old", until=DAY, successor="town")}
    assert directory(units=units).current_unit("old", DAY) == "old"
    assert directory(units=units).current_unit("old", date(2026, 12, 2)) == "town"


def test_successors_in_a_circle_end_somewhere() -> None:
    units = {
        "a": unit("a", until=date(2026, 1, 1), successor="b"),
        "b": unit("b", until=date(2026, 1, 1), successor="a"),
    }
    assert directory(units=units).current_unit("a", DAY) in ("a", "b")


def test_a_unit_nobody_knows_is_itself() -> None:
    assert directory().current_unit("unheard", DAY) == "unheard"
    assert asked(directory(), "contact", "unheard") == []


def test_a_message_passes_from_the_receivers_contact_to_those_above() -> None:
    found = directory()
    assert found.above("receiver") == found.above("supervisor") == found.above("contact") == "section-chief"
    assert found.above("principal") is None


def test_every_way_up_ends_at_the_principal() -> None:
    for position in NEXT_UP:
        passed = [position]
        while passed[-1] in NEXT_UP:
            passed.append(NEXT_UP[passed[-1]])
            assert len(passed) < 10
        assert passed[-1] == "principal"


def test_a_group_has_the_members_that_exist_on_the_day() -> None:
    register = Register(
        obligations={},
        policies={},
        event_types={},
        units={
            "old": unit("old", until=date(2026, 11, 30)),
            "new": unit("new", since=DAY),
            "later": unit("later", since=date(2026, 12, 2)),
            "town": unit("town"),
        },
        groups={"towns": Group("towns", {}, ("old", "new", "later", "town", "unheard"))},
        people={},
        roster={},
        supervisor=None,
        duty_unit=None,
    )
    assert members_of(register, "towns", DAY) == ("new", "town")
    assert members_of(register, "towns", date(2026, 11, 30)) == ("old", "town")
    assert members_of(register, "unheard", DAY) == ()


# ---------------------------------------------------------------- a roster


ROTA = Rotation(
    "desk",
    "office",
    "duty",
    (("han",), ("ann",)),
    (Hours(time(8), time(20)), Hours(time(20), time(8))),
    date(2026, 12, 1),
    date(2026, 12, 5),
    "shift",
)
GAO = person("gao", "office", "contact", "duty")


def on_duty(found: Directory, at: str, position: str = "duty", home: str = "town") -> list[str]:
    instant = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    return [holder.person.id for holder in found.resolve(position, home, None, instant).holders]


def test_who_is_on_duty_answers_at_the_instant_and_nobody_else() -> None:
    found = directory(GAO, duty=DutyPlan((ROTA,)))
    assert on_duty(found, "2026-12-01T19:59") == ["han"]
    assert on_duty(found, "2026-12-01T20:00") == ["ann"]
    assert on_duty(found, "2026-12-02T07:59") == ["ann"]


def test_who_is_on_duty_need_not_hold_the_position() -> None:
    resolved = directory(duty=DutyPlan((ROTA,))).resolve(
        "duty", "town", None, datetime(2026, 12, 1, 22, tzinfo=ZONE)
    )
    assert [(each.person.id, each.position) for each in resolved.holders] == [("ann", "duty")]
    assert resolved.vacant == ()


def test_whoever_is_away_on_duty_is_replaced_by_their_deputy() -> None:
    found = directory(replace(PEOPLE[0], away=ALWAYS), duty=DutyPlan((ROTA,)))
    assert on_duty(found, "2026-12-01T20:00") == ["ben"]


def test_in_a_gap_of_the_roster_all_who_hold_the_position_answer_and_it_is_empty() -> None:
    found = directory(GAO, duty=DutyPlan((ROTA,)))
    gap = datetime(2026, 12, 6, 9, tzinfo=ZONE)
    resolved = found.resolve("duty", "town", None, gap)
    assert [holder.person.id for holder in resolved.holders] == ["gao", "han"]
    assert resolved.vacant == (("office", "duty"),)
    assert not found.held("duty", "office", gap)
    assert found.held("duty", "office", NOON)


def test_in_a_gap_that_nobody_fills_the_next_one_up_answers() -> None:
    found = directory(without="han", duty=DutyPlan((replace(ROTA, crews=(("ann",),)),)))
    assert on_duty(found, "2026-12-06T09:00") == ["ian"]


def test_a_unit_that_only_the_roster_gives_officers_has_a_desk_of_its_own() -> None:
    own = replace(ROTA, unit="town", crews=(("ben",),))
    found = directory(duty=DutyPlan((own,)))
    assert on_duty(found, "2026-12-01T09:00") == ["ben"]
    assert on_duty(found, "2026-12-01T09:00", "duty-leader") == ["cai"], "up within the unit"
    assert on_duty(found, "2026-12-01T09:00", home="office") == ["han"]


def test_a_swap_on_one_day_is_an_override() -> None:
    over = Written("office", "duty", ("ben",), (DAY, time(8)), (DAY, time(20)), override=True)
    assert on_duty(directory(duty=DutyPlan((ROTA,), (over,))), "2026-12-01T12:00") == ["ben"]
