"""The deadlines of officers who move, and those that somebody gave to another unit by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alertd.core.model import RosterMember, Stint
from alertd.engine.operations import moving
from alertd.engine.ruling.scope import Actor
from tests.support.play import Play
from tests.support.register import at, only, tiny_register

DUTY = "training@2026/jd-1"
GAO = Actor("gao")


def member(*stints: Stint) -> RosterMember:
    last = stints[-1]
    return RosterMember("jd-1", "Officer One", last.unit, last.since, last.until, stints)


@pytest.fixture
def training(begin: Any) -> Play:
    play: Play = begin("2026-12-01T10:00", only(tiny_register(), "training"))
    play.plan()
    return play


def roster(play: Play, *stints: Stint) -> None:
    """Let the files say where the officer is counted; the daily check follows."""
    known = {**play.world.register.roster, "jd-1": member(*stints)}
    play.world = replace(play.world, register=replace(play.world.register, roster=known))
    play.plan()


def give(play: Play, unit: str) -> None:
    play.do(moving.reassign, play.row(DUTY).number, unit, "seconded", actor=GAO)


def test_a_deadline_follows_the_officer(training: Play) -> None:
    roster(training, Stint("town-b"))
    assert training.row(DUTY).unit == "town-b"


def test_what_was_given_by_hand_stays_there(training: Play) -> None:
    give(training, "office")
    training.plan()
    assert training.row(DUTY).unit == "office"
    roster(training, Stint("town-a", None, date(2026, 11, 30)), Stint("town-b", date(2026, 12, 1)))
    assert training.row(DUTY).unit == "office"


def test_given_back_it_follows_the_officer_again(training: Play) -> None:
    give(training, "office")
    give(training, "town-a")
    training.now = at("2026-12-02T10:00")
    roster(training, Stint("town-a", None, date(2026, 12, 1)), Stint("town-b", date(2026, 12, 2)))
    assert training.row(DUTY).unit == "town-b"


def test_it_ends_when_the_officer_leaves(training: Play) -> None:
    give(training, "office")
    roster(training, Stint("town-a", None, date(2026, 11, 30)))
    assert training.row(DUTY).unit == "town-a"
