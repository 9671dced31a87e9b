"""A deadline on record whose rule this version refuses: nothing else is hurt, and it is put off and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from alertd.core.rules import kind_on_record, rule_on_record
from alertd.core.timing import OfficeHours
from alertd.engine.operations import acts
from alertd.store import tables
from tests.support.play import Play
from tests.support.spoiling import FIRE, FLOOD, put, told, two_incidents

REFUSED = "每日兩次，直至結案"
REVIEW = "draft-review@rules/town-a"


@pytest.fixture
def play(begin: Callable[..., Play]) -> Play:
    """Two incidents and a draft; the rules of the first and of the draft are no rules any more."""
    play = two_incidents(begin)
    play.report("draft", "rules", received="2026-12-05T02:00")
    play.report("draft", "others", received="2026-12-05T02:00")
    for name in (FIRE, REVIEW):
        put(play, "deadlines", "rule", name, REFUSED)
    return play


def test_such_a_text_has_no_rule_and_no_kind() -> None:
    assert (rule_on_record(REFUSED), kind_on_record(REFUSED)) == (None, None)


def test_it_speaks_by_the_limits_it_has(play: Play) -> None:
    play.fire()
    assert play.row(FIRE).number in {row.deadline for row in play.all(tables.alerts)}
    assert told(play) == []


def test_it_is_handed_in_and_so_are_others_of_its_case(play: Play) -> None:
    play.fire()
    for name in (FIRE, FLOOD, REVIEW, "incident-review@fire/town-a"):
        play.do(acts.hand_in, play.row(name).number, acts.HandIn(reason="urgent"))
        assert play.row(name).state == "done"


def test_other_office_hours_move_the_others_and_it_is_told(play: Play) -> None:
    play.fire()
    other = REVIEW.replace("rules", "others")
    before = play.row(other).office_due
    play.world = replace(play.world, office=OfficeHours(closes=time(17, 0)))
    play.plan()
    assert play.row(other).office_due == before - timedelta(minutes=30)
    assert [(what, name) for what, name, _ in told(play)] == [("plan", FIRE), ("plan", REVIEW)]
