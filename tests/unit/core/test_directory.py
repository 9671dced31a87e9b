"""Who answers for a position today."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alertd.core.directory import NEXT_UP, Directory, members_of
from alertd.core.model import Group, OrgUnit, Person, Register

DAY = date(2026, 12, 1)
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
    return Directory(Register(**values))


def asked(found: Directory, position: str, home: str = "town", receiver: str | None = "office") -> list[str]:
    return [holder.person.id for holder in found.resolve(position, home, receiver, DAY).holders]


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
    resolved = directory().resolve(position, "town", "office", DAY)
    assert [(h.person.id, h.position, h.deputy_for) for h in resolved.holders] == [(expected, position, None)]
    assert resolved.vacant == ()


def test_everybody_who_holds_a_position_is_told() -> None:
    assert asked(directory(person("amy", "town", "contact")), "contact") == ["ann", "amy"]


def test_a_deputy_stands_in_for_whoever_is_away() -> None:
    found = directory(replace(PEOPLE[0], away=ALWAYS)).resolve("contact", "town", None, DAY)
    assert [(h.person.id, h.deputy_for) for h in found.holders] == [("ben", "Ann")]
    assert found.vacant == ()


@pytest.mark.parametrize(("day", "expected"), [(1, "ann"), (2, "ben"), (4, "ben"), (5, "ann")])
def test_the_first_and_the_last_day_of_leave_are_leave(day: int, expected: str) -> None:
    away = ((date(2026, 12, 2), date(2026, 12, 4)),)
    found = directory(replace(PEOPLE[0], away=away))
    resolved = found.resolve("contact", "town", None, date(2026, 12, day))
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
    resolved = found.resolve("contact", "town", None, DAY)
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
    resolved = directory(without="ann ben").resolve("contact", "town", None, DAY)
    assert [(h.person.id, h.position) for h in resolved.holders] == [("cai", "contact")]
    assert resolved.vacant == (("town", "contact"), ("town", "section-chief"))


def test_when_nobody_is_left_above_nobody_answers() -> None:
    resolved = directory(without="ann ben cai dan").resolve("section-chief", "town", None, DAY)
    assert resolved.holders == ()
    assert resolved.vacant == tuple(
        ("town", role) for role in ("section-chief", "leader-in-charge", "principal")
    )


def test_a_duty_without_a_receiver_misses_nobody() -> None:
    resolved = directory().resolve("receiver", "town", None, DAY)
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
