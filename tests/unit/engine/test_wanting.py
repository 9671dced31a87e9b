"""What the calendar-dated duties want from day to day: asked daily, they tell only what is new."""

from dataclasses import replace
from datetime import date, timedelta

from alertd.core.model import Group, OrgUnit, Register, RosterMember, Stint
from alertd.engine.planning.plan import apply_plan, make_plan
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.wanting import Wants
from alertd.store import tables
from tests.support.register import at, obligation, tiny_register, with_obligation, world

FIRST = at("2026-01-05T00:00")
LAST = date(2026, 2, 28)  # of two officers where they were before


def _moving() -> Register:
    """A town that comes, one that goes, officers who join, move and leave, and a duty of every month."""
    register = with_obligation(tiny_register(), "yearly-report", valid_from=date(2026, 12, 31))
    monthly = obligation("monthly-report", "monthly by day 5", "yearly", "group:every-town")
    towns = {
        "town-b": OrgUnit("town-b", {"en": "town-b"}, until=date(2026, 5, 9)),
        "town-c": OrgUnit("town-c", {"en": "town-c"}, since=date(2026, 6, 10)),
    }
    stints = (Stint("office", until=LAST), Stint("town-a", since=date(2026, 3, 1)))
    roster = {
        "jd-1": RosterMember("jd-1", "One", "town-a", until=date(2026, 5, 31)),
        "jd-2": RosterMember("jd-2", "Two", "town-a", stints=stints),
        "jd-3": RosterMember("jd-3", "Three", "town-c"),
        "jd-4": RosterMember("jd-4", "Four", "town-a", stints=(Stint("town-b", until=LAST), *stints[1:])),
    }
    return replace(
        register,
        units={**register.units, **towns},
        groups={"every-town": Group("every-town", {}, ("town-a", "town-b", "town-c"))},
        roster=roster,
        obligations={**register.obligations, monthly.id: monthly},
    )


def _planned(play, wants: Wants | None) -> list[tuple[object, ...]]:
    for day in range(200):
        now = FIRST + timedelta(days=day)

        def work(tx, now=now) -> None:
            apply_plan(
                Scope(tx, play.world, now, Actor("clerk")),
                make_plan(Scope(tx, play.world, now), wants),
                "test",
            )

        play.store.transact(work)
    moved: list[tuple[object, ...]] = [
        (row.at, row.deadline) for row in play.all(tables.audit) if row.action == "transferred"
    ]
    return [*((row.id, row.due, row.since, row.unit) for row in play.all(tables.deadlines)), *moved]


def test_a_memory_of_what_was_wanted_plans_the_same_as_looking_every_day(begin) -> None:
    register = _moving()
    anew, remembering = begin("2026-01-05T00:00", register), begin("2026-01-05T00:00", register)
    wanted = _planned(anew, None)
    assert wanted == _planned(remembering, Wants(remembering.world))
    assert {"monthly-report@2026-08/town-c", "training@2026/jd-2"} <= {row[0] for row in wanted}
    assert at("2026-03-01") in {row[0] for row in wanted}


def test_a_day_that_brings_nothing_new_wants_nothing() -> None:
    wants = Wants(world(_moving()))

    def asked(day: str) -> set[str]:
        return {want.obligation.id for want in wants.fresh(at(day))}

    everything = {"yearly-report", "monthly-report", "training"}
    assert asked("2026-02-10") == everything
    assert asked("2026-02-11") == set()
    assert asked("2026-03-01") == everything  # an officer moves into a town
    assert asked("2026-03-05") == set()
    assert asked("2026-03-06") == {"monthly-report"}  # 24:00 of 5 March is over
    assert asked("2026-05-10") == everything  # a town is gone since midnight
    assert asked("2026-06-09") == everything  # an officer left in May, and the months went on
    assert asked("2026-06-10") == everything  # a town comes


def test_a_date_named_once_is_planned_once_and_several_days_each_for_itself(begin) -> None:
    rules = {
        "once": "by 2026-03-10",
        "twice": "monthly by day 15 and last day",
        "weekly": "weekly by friday",
        "noon": "weekly by friday at 12:00",
        "biennial": "every 2 years from 2026 by 02-20",
    }
    duties = {name: obligation(name, rule, "yearly", "unit:town-a") for name, rule in rules.items()}
    play = begin("2026-01-05T00:00", replace(tiny_register(), obligations=duties))
    planned = [row[0] for row in _planned(play, Wants(play.world)) if "@" in str(row[0])]
    assert [name for name in planned if str(name).startswith("once")] == ["once@2026/town-a"]
    assert sum(str(name).startswith("weekly@2026-w") for name in planned) == 30
    assert {"twice@2026-01.15/town-a", "twice@2026-02.31/town-a", "twice@2026-07.31/town-a"} <= set(planned)
    assert {name for name in planned if str(name).startswith("biennial")} == {
        "biennial@2026/town-a",
        "biennial@2028/town-a",
        "biennial@2030/town-a",
    }
    dues = {row.id: row.due for row in play.all(tables.deadlines)}
    assert dues["twice@2026-02.31/town-a"] == at("2026-03-01")
    assert dues["weekly@2026-w02/town-a"] == at("2026-01-10")
    assert dues["noon@2026-w02/town-a"] == at("2026-01-09T12:00")
