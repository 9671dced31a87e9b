"""A preview in figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alertd.engine.preview.forecast import forecast
from alertd.engine.preview.virtual import Line
from alertd.engine.reporting.coming import coming
from alertd.engine.ruling.scope import Scope
from tests.support.installed import NOW, installation, lay_down, started

START = datetime(2026, 11, 30, tzinfo=UTC)  # a Monday
PRINCIPAL, CONTACT = "qin-wenbo.government-office", "tang-mingxuan.government-office"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return installation(lay_down(tmp_path_factory.mktemp("city"))).written()


def _line(message, person=CONTACT, obligation="enforcement-statistics", day=0, party="town-a"):
    at = START + timedelta(days=day)
    return Line(at, at, message, "d", obligation, party, "step", 1, person, "email", "subject", "contact")


def test_a_message_about_many_deadlines_is_one_message(world):
    lines = [_line("a", party="town-a"), _line("a", party="town-b"), _line("b")]
    found = forecast(world, lines, START, START + timedelta(weeks=2))
    assert found.messages == 2
    assert [(load.person, load.messages, load.per_week) for load in found.people] == [(CONTACT, 2, 1.0)]
    assert found.obligations == (("enforcement-statistics", 2),)


def test_the_budget_counts_no_hour_clocks(world):
    lines = [_line("a"), _line("b", obligation="incident-information")]
    (load,) = forecast(world, lines, START, START + timedelta(weeks=1)).people
    assert (load.messages, load.hours, load.per_week) == (2, 1, 1.0)


def test_principals_are_shown_apart(world):
    found = forecast(world, [_line("a"), _line("b", PRINCIPAL)], START, START + timedelta(weeks=1))
    assert [load.person for load in found.principals] == [PRINCIPAL]


def test_the_busiest_week_comes_first_and_begins_on_monday(world):
    lines = [_line("a"), _line("b", day=8), _line("c", day=9), _line("d", day=6)]
    found = forecast(world, lines, START, START + timedelta(weeks=2))
    # 6 December is a Sunday; in Shanghai the week turns eight hours before it does in UTC
    assert found.weeks == ((date(2026, 11, 30), 2), (date(2026, 12, 7), 2))


def test_a_week_turns_at_midnight_of_the_configured_zone(world):
    lines = [_line("a", day=6), _line("b", day=6.7)]
    found = forecast(world, lines, START, START + timedelta(weeks=2))
    assert dict(found.weeks) == {date(2026, 11, 30): 1, date(2026, 12, 7): 1}


def test_nothing_to_say_is_no_division_by_nought(world):
    found = forecast(world, [], START, START)
    assert (found.messages, found.people) == (0, ())


def test_what_comes_next_is_grouped_and_names_who_hears_it(tmp_path):
    found, store = started(lay_down(tmp_path))
    world = found.ruling(store, NOW)
    late = NOW + timedelta(days=30)
    with store.read() as tx:
        groups = coming(Scope(tx, world, NOW), limit=3)
        missed = coming(Scope(tx, world, late), limit=3)
    store.close()
    assert missed[0].at == late  # what was missed comes next, not in the past
    assert len(groups) == 3
    assert [each.at for each in groups] == sorted(each.at for each in groups)
    first = groups[0]
    assert first.at >= NOW
    assert len(first.parties) > 1
    assert first.people
    assert set(first.people) <= set(world.register.people)
