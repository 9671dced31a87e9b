"""Forty hours for every officer and year: pace, names, and no figures that are not nought."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from alertd.core.roster import stint_on
from alertd.engine.ruling.refusal import Refused
from tests.story.city import City, shipped

YEAR = "officer-training@2026"


def officers(unit: str) -> list[str]:
    roster = shipped()[0].register.roster.values()
    return [member.number for member in roster if member.unit == unit]


def agencies() -> list[str]:
    return sorted({member.unit for member in shipped()[0].register.roster.values()})


def test_every_officer_owes_forty_hours_by_the_end_of_the_year() -> None:
    city = City("2026-08-01 09:00")
    day = date(2026, 8, 1)
    serving = [m for m in shipped()[0].register.roster.values() if stint_on(m, day)]
    assert len(serving) == 296  # one has left, three come later
    for member in serving:
        row = city.row(f"{YEAR}/{member.number}")
        assert row.last_day.isoformat() == "2026-12-31"


def test_one_message_a_month_and_unit_names_everybody_behind() -> None:
    city = City("2026-08-01 09:00")
    unit = agencies()[0]
    sent = city.until("2026-10-31 00:00")
    about = [m for m in sent if any(name.endswith(f"/{officers(unit)[0]}") for name in m.deadlines)]
    assert [m.at[:7] for m in about] == ["2026-08", "2026-09", "2026-10"]
    assert {name.rpartition("/")[2] for name in about[0].deadlines} >= set(officers(unit))


def test_who_keeps_pace_is_not_mentioned() -> None:
    city = City("2026-08-01 09:00")
    unit = agencies()[0]
    first, *others = officers(unit)
    city.train(30, [first], "2026-07-30")
    sent = city.until("2026-09-15 00:00")
    named = {name.rpartition("/")[2] for m in sent for name in m.deadlines}
    assert first not in named
    assert set(others) <= named


def test_forty_hours_close_the_duty_and_a_correction_opens_it_again() -> None:
    city = City("2026-08-01 09:00")
    officer = officers(agencies()[0])[0]
    assert city.train(40, [officer], "2026-07-30").met == (f"{YEAR}/{officer}",)
    assert city.row(f"{YEAR}/{officer}").state == "done"
    assert city.train(-8, [officer], "2026-07-30").reopened == (f"{YEAR}/{officer}",)
    assert city.row(f"{YEAR}/{officer}").state == "open"


def test_hours_of_last_year_do_not_count() -> None:
    city = City("2026-08-01 09:00")
    officer = officers(agencies()[0])[0]
    with pytest.raises(Refused, match=r"figure\.outside"):
        city.train(40, [officer], "2025-12-30")


def test_a_unit_gets_one_message_a_month_however_many_officers_are_behind() -> None:
    city = City("2026-08-01 09:00")
    sent = [m for m in city.until("2026-12-01 00:00") if any(d.startswith(YEAR) for d in m.deadlines)]
    per_month = Counter((m.person, m.at[:7]) for m in sent)
    assert set(per_month.values()) == {1}
