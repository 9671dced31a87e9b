"""The board's colours and the roll's marks, on rows made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from alertd.core.model import Standing
from alertd.core.standing import Colour
from alertd.engine.reporting.board import Light, Mark, Tally, colour_of, mark_of, total_of
from tests.support.register import at

NOW = at("2026-12-28T09:00")


def row(state: str = "open", **more: Any) -> Any:
    values = {"state": state, "due": at("2026-12-31T00:00"), "review_due": None, "by_the_hour": False}
    values |= {"carried_from": "", "result": ""}
    return SimpleNamespace(**values | more)


@pytest.mark.parametrize(
    ("standing", "colour"),
    [
        (Standing.EARLY, Colour.GREEN),
        (Standing.ON_TRACK, Colour.GREEN),
        (Standing.NEAR, Colour.YELLOW),
        (Standing.BEHIND, Colour.YELLOW),
        (Standing.OVERDUE, Colour.RED),
        (Standing.NO_FIGURES, Colour.GREY),
        (Standing.NOT_APPLICABLE, Colour.GREY),
    ],
)
def test_each_standing_has_its_colour(standing, colour):
    assert colour_of(row(), standing) is colour


def test_a_paused_deadline_is_grey_however_it_stands():
    assert colour_of(row("suspended"), Standing.OVERDUE) is Colour.GREY


@pytest.mark.parametrize(
    ("given", "mark"),
    [
        (row("done"), Mark.HANDED_IN),
        (row("done", review_due=NOW), Mark.UNDER_REVIEW),
        (row("verified"), Mark.HANDED_IN),
        (row("returned"), Mark.RETURNED),
        (row("returned", due=at("2026-12-01T00:00")), Mark.RETURNED),
        (row("suspended"), Mark.SUSPENDED),
        (row("waived"), Mark.WAIVED),
        (row("open"), Mark.MISSING),
        (row("open", due=NOW), Mark.MISSING),
        (row("open", due=at("2026-12-28T08:59")), Mark.OVERDUE),
        (row("scheduled", due=None), Mark.MISSING),
    ],
)
def test_each_state_has_its_mark(given, mark):
    assert mark_of(given, NOW) is mark


def test_a_light_shows_the_next_limit_that_has_not_passed():
    tally = Tally()
    for due in ("2026-12-27T00:00", "2027-01-31T00:00", "2026-12-31T00:00"):
        tally.add(row(due=at(due)), Colour.GREEN, NOW)
    tally.add(row(due=None), Colour.RED, NOW)
    light = tally.light("town-a")
    assert (light.green, light.red, light.total) == (3, 1, 4)
    assert light.next_due == at("2026-12-31T00:00")


def test_all_lines_as_one():
    lines = (Light("a", green=1, red=2, carried=1), Light("b", red=3, grey=1, next_due=NOW))
    assert total_of(lines) == Light("", green=1, red=5, grey=1, carried=1)
