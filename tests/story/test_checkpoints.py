"""Checkpoints in mid-year: who is behind one is chased, nobody before it; parties, cases, sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.model import Checkpoint, Measure, Obligation, Source, Standing
from alertd.core.rules import parse_rule
from alertd.engine.deadlines.figures import Figures
from alertd.engine.operations import progress
from alertd.engine.ruling.world import World
from tests.story.city import City, shipped

UNIT = "finance-bureau"
AGENCIES = "group:every-enforcement-agency"
JUNE = Checkpoint(6, 30, 50.0)


def duty(name: str, rule: str, owed_by: str, measure: Measure | None = None) -> Obligation:
    return Obligation(
        id=name,
        title={"zh-Hant": name, "en": name},
        source=Source("§11"),
        owed_by=owed_by,
        rule=parse_rule(rule),
        policy="yearly-quota",  # looks at the pace on the first working day of each quarter
        measure=measure,
    )


def world(*duties: Obligation) -> World:
    known = shipped()[0]
    return replace(known, register=replace(known.register, obligations={each.id: each for each in duties}))


def share(source: str, of: str, least: Checkpoint) -> Measure:
    return Measure(source, of=of, percent=100, pace="checkpoints", checkpoints=(least,))


def standing(city: City, name: str) -> Standing | None:
    row = city.row(name)
    with city._run.store.read() as tx:
        return Figures(city.scope(tx)).standing(row, city.now)


def chased(city: City, when: str, name: str) -> set[str]:
    """On which days the pace of a deadline was spoken of."""
    return {
        message.at[:10]
        for message in city.until(when)
        for found, step in zip(message.deadlines, message.steps, strict=True)
        if found == name and step.startswith("pace")
    }


@pytest.mark.parametrize(("handed_in", "behind"), [(6, False), (5, True)])
def test_half_of_the_parties_are_owed_at_the_end_of_june(handed_in: int, behind: bool) -> None:
    """Twelve agencies owe a plan by the end of the year, half of them by 30 June."""
    city = City(
        "2026-01-05 09:00",
        world(
            duty("agency-plan", "yearly by 12-31", AGENCIES),
            duty("plans", "yearly by 12-31", f"unit:{UNIT}", share("parties", "agency-plan", JUNE)),
        ),
    )
    name = f"plans@2026/{UNIT}"
    agencies = city.world.register.groups["every-enforcement-agency"].members
    assert chased(city, "2026-06-15 09:00", name) == set()
    for agency in agencies[:handed_in]:
        city.hand_in(f"agency-plan@2026/{agency}")
    assert chased(city, "2026-06-30 23:59", name) == set()
    assert standing(city, name) is Standing.ON_TRACK  # the day of the checkpoint is not over
    assert chased(city, "2026-07-02 09:00", name) == ({"2026-07-01"} if behind else set())
    assert standing(city, name) is (Standing.BEHIND if behind else Standing.ON_TRACK)
    if behind:
        city.hand_in(f"agency-plan@2026/{agencies[handed_in]}")
        assert standing(city, name) is Standing.ON_TRACK
    assert chased(city, "2026-10-09 09:00", name) == set()


@pytest.mark.parametrize(("late", "behind"), [(7, False), (8, True)])
def test_nine_tenths_of_the_cases_are_owed_in_time_at_the_end_of_june(late: int, behind: bool) -> None:
    """Twelve agencies hand in each month; by 30 June at least 90 % of what was due must have been in time."""
    city = City(
        "2026-01-05 09:00",
        world(
            duty("month", "monthly by day 20", AGENCIES),
            duty(
                "months", "yearly by 12-31", f"unit:{UNIT}", share("cases", "month", Checkpoint(6, 30, 90.0))
            ),
        ),
    )
    name = f"months@2026/{UNIT}"
    agencies = city.world.register.groups["every-enforcement-agency"].members
    spoken = set()
    for month in range(1, 7):
        spoken |= chased(city, f"2026-{month:02}-15 09:00", name)
        skipped = late if month == 3 else 0
        for agency in agencies[skipped:]:
            city.hand_in(f"month@2026-{month:02}/{agency}")
    assert spoken | chased(city, "2026-06-30 23:59", name) == set()
    assert chased(city, "2026-07-02 09:00", name) == ({"2026-07-01"} if behind else set())
    assert standing(city, name) is (Standing.BEHIND if behind else Standing.ON_TRACK)


def test_one_of_the_two_studies_of_the_year_is_owed_by_the_end_of_june() -> None:
    """The shipped register: leaders study law twice a year, once by 30 June."""
    city = City("2026-01-05 09:00")
    name, other = f"collective-study@2026/{UNIT}", "collective-study@2026/water-bureau"
    entry = [progress.Entry(UNIT, 1, date(2026, 5, 20))]
    city.until("2026-05-21 09:00")
    city._do(lambda tx: progress.add(city.scope(tx, "clerk"), "collective-study", entry))
    sent = city.until("2026-07-02 09:00")
    spoken = {
        found
        for message in sent
        if message.at >= "2026-07-01"
        for found, step in zip(message.deadlines, message.steps, strict=True)
        if step.startswith("pace")
    }
    assert other in spoken
    assert name not in spoken
    assert (standing(city, name), standing(city, other)) == (Standing.ON_TRACK, Standing.NO_FIGURES)
