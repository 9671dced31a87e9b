"""The duty to supply figures: asked for shortly, once before and once after its day, and then left alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from alertd.core.measures import Fraction
from alertd.engine.operations import rating
from tests.story.city import City, Message, shipped

ARCHIVING = "decision-archiving@2026/government-office"


def asking(sent: list[Message]) -> list[Message]:
    return [m for m in sent if any(step.startswith("figures") for step in m.steps)]


def give(city: City, duty: str, party: str, numerator: float, denominator: float, on: str) -> None:
    day, fraction = date.fromisoformat(on), Fraction(numerator, denominator)
    city._do(lambda tx: rating.set_rate(city.scope(tx, "clerk"), duty, party, fraction, day))


def autumn(language: str = "zh-Hant") -> list[Message]:
    """Two months after the third quarter, in which nobody supplies anything."""
    world, _ = shipped()
    people = {name: replace(one, language=language) for name, one in world.register.people.items()}
    city = City("2026-10-01 09:00", replace(world, register=replace(world.register, people=people)))
    return asking(city.until("2026-12-01 09:00"))


def test_each_unit_is_asked_once_before_the_day_and_once_after_it_for_each_duty() -> None:
    sent = autumn()
    about = Counter((d, s) for m in sent for d, s in zip(m.deadlines, m.steps, strict=True) if "figures" in s)
    assert set(about.values()) == {1}
    assert {step for _, step in about} == {"figures.2026-q3", "figures-late.2026-q3"}
    late = {deadline for deadline, step in about if step.startswith("figures-late")}
    assert late == {deadline for deadline, _ in about}
    assert {m.at for m in sent} == {"2026-10-15 08:30", "2026-10-21 08:30"}  # due on the 20th


def test_what_one_person_owes_of_several_duties_is_one_message_and_no_superior_hears() -> None:
    sent = autumn()
    assert max(Counter((m.at, m.person) for m in sent).values()) == 1
    assert {position for m in sent for position in m.positions} == {"contact"}


@pytest.mark.parametrize(
    ("language", "subject", "before", "after"),
    [
        (
            "zh-Hant",
            "請報送2026年第3季度數據",
            "請於10月20日(星期二)前（含當日）報送2026年第3季度數據。",
            "2026年第3季度數據應於10月20日(星期二)前（含當日）報送，至今尚未報送，請儘快報送。",
        ),
        (
            "en",
            "figures for 2026, quarter 3",
            "Please supply the figures for 2026, quarter 3 by Tue 20 Oct.",
            "The figures for 2026, quarter 3 were due by Tue 20 Oct and have not been supplied.",
        ),
    ],
)
def test_subject_and_text_say_which_figures_and_by_when(
    language: str, subject: str, before: str, after: str
) -> None:
    mine = [m for m in autumn(language) if ARCHIVING in m.deadlines]
    assert [subject in m.subject for m in mine] == [True, True]
    first, second = ("".join(m.text.split()) for m in mine)
    assert "".join(before.split()) in first
    assert "".join(after.split()) in second
    assert "".join(after.split()) not in first


def test_supplied_they_are_not_asked_for_again() -> None:
    city = City("2026-10-01 09:00")
    give(city, "decision-archiving", "government-office", 9, 10, "2026-09-30")
    sent = asking(city.until("2026-12-01 09:00"))
    assert sent
    assert not any(ARCHIVING in m.deadlines for m in sent)
