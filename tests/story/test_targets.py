"""Targets: out of reach, exceeded, not applicable, without figures. One table for all five sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.measures import Fraction
from alertd.core.model import Measure, Obligation, Source, Standing
from alertd.core.rules import parse_rule
from alertd.engine.deadlines.figures import Figures
from alertd.engine.operations import progress, rating
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import audit
from tests.story.city import City, shipped

UNIT = "finance-bureau"
CLERK = Actor("clerk")
AFTER = "yearly by 01-31 of the next year"
MONTHLY = ("month", None, "monthly by 20", "group:every-enforcement-agency")


def world(*duties: tuple[str, Measure | None, str, str]) -> World:
    """Only these duties."""
    made = [
        Obligation(
            id=name,
            title={"zh-Hant": name, "en": name},
            source=Source("§10"),
            owed_by=owed_by,
            rule=parse_rule(rule),
            policy="yearly-rate",
            measure=measure,
            starts_on=("major-incident.published",) if owed_by == "event.party" else (),
        )
        for name, measure, rule, owed_by in duties
    ]
    shipped_world = shipped()[0]
    register = replace(shipped_world.register, obligations={each.id: each for each in made})
    return replace(shipped_world, register=register)


def with_measure(measure: Measure, *more: tuple[str, Measure | None, str, str]) -> World:
    return world(("target", measure, AFTER, f"unit:{UNIT}"), *more)


def entries(amount: float, on: str, city: City) -> progress.Added:
    entry = progress.Entry(UNIT, amount, date.fromisoformat(on))
    added = city._do(lambda tx: progress.add(Scope(tx, city.world, city.now, CLERK), "target", [entry]))
    assert isinstance(added, progress.Added)
    return added


def give(city: City, numerator: float, denominator: float, on: str) -> None:
    fraction, day = Fraction(numerator, denominator), date.fromisoformat(on)
    city._do(
        lambda tx: rating.set_rate(Scope(tx, city.world, city.now, CLERK), "target", UNIT, fraction, day)
    )


def target(city: City) -> str:
    return f"target@2026/{UNIT}"


def standing(city: City) -> Standing | None:
    row = city.row(target(city))
    with city._run.store.read() as tx:
        return Figures(city.scope(tx)).standing(row, city.now)


def told(city: City, when: str, step: str) -> list[str]:
    """On which days somebody heard of a step of the target, once for each message."""
    found = city.until(when)
    return [m.at[:10] for m in found for name, s in zip(m.deadlines, m.steps, strict=True) if s == step]


# ---------------------------------------------------------------- out of reach, once

TRAINING = Measure("entries", unit={"en": "hours"}, minimum=40, pace="none", most_per_day=8)


def test_a_quota_is_out_of_reach_when_the_days_left_cannot_hold_the_rest() -> None:
    city = City("2026-12-20 09:00", with_measure(TRAINING))
    entries(8, "2026-12-18", city)
    assert told(city, "2026-12-28 08:00", "unreachable") == []  # 32 hours in the four days from the 28th
    assert set(told(city, "2027-01-20 00:00", "unreachable")) == {"2026-12-29"}
    assert city.row(target(city)).fired.count("unreachable") == 1


def test_a_quota_that_says_nothing_of_a_day_is_never_out_of_reach() -> None:
    city = City("2026-12-20 09:00", with_measure(replace(TRAINING, most_per_day=None)))
    assert told(city, "2027-01-20 00:00", "unreachable") == []


def test_a_rate_of_all_is_out_of_reach_with_the_first_that_is_lost() -> None:
    city = City("2026-04-02 09:00", with_measure(Measure("given", percent=100, pace="none")))
    give(city, 9, 10, "2026-03-31")
    give(city, 8, 10, "2026-04-01")
    assert len(set(told(city, "2026-05-01 00:00", "unreachable"))) == 1
    assert city.row(target(city)).fired.count("unreachable") == 1


def test_a_rate_counted_from_cases_is_out_of_reach_with_the_first_that_is_late() -> None:
    city = City("2026-01-05 09:00", with_measure(Measure("cases", of="month", percent=100), MONTHLY))
    days = told(city, "2026-03-01 00:00", "unreachable")
    assert set(days) == {"2026-01-22"}  # the last day was the 20th, to its 24:00


def test_a_coverage_is_out_of_reach_when_too_many_came_to_another_result() -> None:
    measure = Measure("parties", of="audit", percent=90, result="passed")
    audits = ("audit", None, "yearly by 06-30", "group:every-enforcement-agency")
    city = City("2026-05-05 09:00", with_measure(measure, audits))
    parties = city.world.register.groups["every-enforcement-agency"].members
    assert len(parties) == 12
    city.close(f"audit@2026/{parties[0]}", result="failed")
    assert told(city, "2026-05-10 00:00", "unreachable") == []  # 11 of 12 are still more than 90 %
    city.close(f"audit@2026/{parties[1]}", result="failed")
    assert set(told(city, "2026-07-10 00:00", "unreachable")) == {"2026-05-11"}  # a Monday


# ---------------------------------------------------------------- more than the maximum

EVALUATIONS = Measure("entries", unit={"en": "documents"}, minimum=1, maximum=2, pace="none")


def test_a_third_evaluation_is_noted_once_and_never_red() -> None:
    city = City("2026-03-02 09:00", with_measure(EVALUATIONS))
    entries(2, "2026-02-27", city)
    assert told(city, "2026-03-03 09:00", "exceeded") == []
    assert entries(1, "2026-03-02", city).exceeded == (UNIT,)
    entries(1, "2026-03-03", city)
    assert set(told(city, "2026-03-10 00:00", "exceeded")) == {"2026-03-03"}
    row = city.row(target(city))
    assert (row.state, row.breach, row.fired.count("exceeded")) == ("done", "", 1)
    assert city.breaches() == []
    assert UNIT not in city.board("unit")
    with city._run.store.read() as tx:
        (noted,) = [act for act in audit.of_deadline(tx, row.number) if act.action == "exceeded"]
    assert noted.detail.items() >= {"total": 3, "maximum": 2}.items()


# ---------------------------------------------------------------- nothing to count, and nothing reported


@pytest.mark.parametrize(
    ("measure", "untouched", "nothing"),
    [
        (Measure("entries", unit={"en": "x"}, minimum=1, pace="none"), "no-figures", ""),
        (Measure("given", percent=95, pace="none"), "no-figures", "not-applicable"),
        (Measure("stock", percent=5, pace="none"), "no-figures", "not-applicable"),
        # what is counted from deadlines is never reported, so it never lacks figures
        (Measure("cases", of="none-of-it", percent=95, pace="none"), "not-applicable", "not-applicable"),
        (Measure("parties", of="none-of-it", percent=95, pace="none"), "not-applicable", "not-applicable"),
    ],
    ids=lambda value: value.source if isinstance(value, Measure) else "",
)
def test_no_figures_and_not_applicable_are_told_apart(measure: Measure, untouched: str, nothing: str) -> None:
    idle = ("none-of-it", None, "every 12 hours while open", "event.party")
    city = City("2026-04-02 09:00", with_measure(measure, idle))
    assert standing(city) == untouched
    if measure.source in ("given", "stock"):
        give(city, 0, 0, "2026-03-31")
    if nothing:
        assert standing(city) == nothing
        city.until("2027-02-03 09:00")
        row = city.row(target(city))
        assert (row.state, row.result, row.breach) == ("done", "not-applicable", "")
    else:
        city.until("2027-02-03 09:00")
        assert standing(city) == "overdue"


def test_who_owes_nothing_of_a_quota_is_not_applicable() -> None:
    """An officer whose share of the year rounds to nothing."""
    city = City(
        "2026-04-02 09:00", with_measure(Measure("entries", unit={"en": "x"}, minimum=0, pace="none"))
    )
    assert standing(city) == "not-applicable"


# ---------------------------------------------------------------- at most so many, and the number itself


def test_at_most_three_per_cent_holds_or_is_behind_and_is_judged_when_the_period_is_over() -> None:
    city = City("2026-03-02 09:00", with_measure(Measure("given", percent=3, ceiling=True, pace="none")))
    assert standing(city) is Standing.NO_FIGURES
    give(city, 3, 100, "2026-03-01")
    assert standing(city) is Standing.ON_TRACK
    give(city, 4, 100, "2026-03-02")
    assert standing(city) is Standing.BEHIND  # 7 of 200
    city.until("2026-06-01 09:00")
    give(city, 0, 100, "2026-06-01")
    assert standing(city) is Standing.ON_TRACK  # 7 of 300: later figures may bring it down
    assert told(city, "2026-12-31 09:00", "unreachable") == []
    assert city.row(target(city)).state == "open"
    city.until("2027-01-04 09:00")
    assert city.row(target(city)).state == "done"


def test_below_three_per_cent_is_not_three_per_cent() -> None:
    measure = Measure("given", percent=3, ceiling=True, strict=True, pace="none")
    city = City("2026-12-01 09:00", with_measure(measure))
    give(city, 3, 100, "2026-11-30")
    assert standing(city) is Standing.BEHIND
    city.until("2027-02-02 09:00")
    assert (city.row(target(city)).state, standing(city)) == ("open", Standing.OVERDUE)


def test_not_a_single_one_is_out_of_reach_with_the_first() -> None:
    city = City("2026-04-02 09:00", with_measure(Measure("given", percent=0, ceiling=True, pace="none")))
    give(city, 0, 10, "2026-03-31")
    assert told(city, "2026-04-03 09:00", "unreachable") == []
    give(city, 1, 10, "2026-04-02")
    assert len(set(told(city, "2026-05-01 00:00", "unreachable"))) == 1


def test_at_most_so_many_units_may_fail_and_the_next_one_puts_it_out_of_reach() -> None:
    measure = Measure("parties", of="audit", percent=10, ceiling=True, result="failed")
    audits = ("audit", None, "yearly by 06-30", "group:every-enforcement-agency")
    city = City("2026-05-05 09:00", with_measure(measure, audits))
    first, second, *_ = city.world.register.groups["every-enforcement-agency"].members
    city.close(f"audit@2026/{first}", result="failed")
    assert standing(city) is Standing.ON_TRACK  # 1 of 12
    assert told(city, "2026-05-10 00:00", "unreachable") == []
    city.close(f"audit@2026/{second}", result="failed")
    assert standing(city) is Standing.BEHIND
    assert set(told(city, "2026-07-10 00:00", "unreachable")) == {"2026-05-11"}


def test_more_than_forty_hours_are_not_forty() -> None:
    city = City("2026-12-20 09:00", with_measure(replace(TRAINING, strict=True, most_per_day=None)))
    assert entries(40, "2026-12-18", city).met == ()
    assert entries(0.5, "2026-12-19", city).met == (target(city),)


def test_what_is_asked_for_is_said_with_its_bound() -> None:
    world_ = with_measure(Measure("given", percent=3, ceiling=True, pace="none"))
    steps = {
        name: replace(policy, steps=tuple(replace(step, unless=frozenset()) for step in policy.steps))
        for name, policy in world_.register.policies.items()
    }
    register = replace(world_.register, policies=steps)
    city = City("2026-03-02 09:00", replace(world_, register=register))
    give(city, 9, 100, "2026-03-01")
    texts = [m.text for m in city.until("2027-02-20 09:00") if target(city) in m.deadlines]
    assert texts
    assert any("本期不超過3%，已計9%" in "".join(text.split()) for text in texts)


# ---------------------------------------------------------------- the sum of others


def summed(**measure: object) -> World:
    hours = {"unit": {"en": "hours"}, "pace": "none"}
    law = Measure("entries", minimum=10, **hours)  # type: ignore[arg-type]
    other = Measure("entries", minimum=1, **hours)  # type: ignore[arg-type]
    both = Measure("sum", minimum=40, sum_of=("law", "other"), **{**hours, **measure})  # type: ignore[arg-type]
    owner = f"unit:{UNIT}"
    return world(("target", both, AFTER, owner), ("law", law, AFTER, owner), ("other", other, AFTER, owner))


def hours(city: City, of: str, amount: float, on: str = "2026-03-01") -> progress.Added:
    entry = progress.Entry(UNIT, amount, date.fromisoformat(on))
    added = city.do(progress.add, of, [entry], CLERK)
    assert isinstance(added, progress.Added)
    return added


def test_forty_hours_of_which_ten_are_on_law_are_met_part_by_part_and_as_a_whole() -> None:
    city = City("2026-03-02 09:00", summed())
    assert standing(city) is Standing.NO_FIGURES
    assert hours(city, "other", 35).met == (f"other@2026/{UNIT}",)
    assert (city.row(target(city)).state, standing(city)) == ("open", Standing.ON_TRACK)
    added = hours(city, "law", 5)
    assert (added.met, added.totals) == ((target(city),), {UNIT: 5})  # forty in all, and law still lacks five
    assert city.row(f"law@2026/{UNIT}").state == "open"
    assert hours(city, "law", 5).met == (f"law@2026/{UNIT}",)


def test_what_is_taken_back_from_a_part_opens_the_sum_again() -> None:
    city = City("2026-03-02 09:00", summed())
    hours(city, "other", 40)
    assert city.row(target(city)).state == "done"
    assert hours(city, "other", -1).reopened == (target(city),)


def test_the_maximum_of_a_sum_is_noted() -> None:
    city = City("2026-03-02 09:00", summed(maximum=60))
    hours(city, "other", 61)
    assert city.row(target(city)).fired.count("exceeded") == 1


def test_nothing_is_entered_towards_the_sum_itself() -> None:
    city = City("2026-03-02 09:00", summed())
    with pytest.raises(Refused, match="law, other"):
        hours(city, "target", 3)
