"""Quiet hours and days of rest, as config.toml and people.csv write them."""

from __future__ import annotations

import dataclasses
from datetime import time

import pytest

from alertd.config.node import load_node
from alertd.config.register import load_register
from alertd.core.resting import NO_REST, Rest
from alertd.engine.ruling.world import World
from tests.support.register import world
from tests.unit.config.samples import TEXTS

PEOPLE = "schedules/people.csv"


def people(quiet: str = "", days: str = "") -> str:
    return f"id,name,unit,positions,quiet,rest_days\nli.office,李明,office,contact,{quiet},{days}\n"


def world_of(table: str, rest: Rest = NO_REST) -> World:
    found = load_register({**TEXTS, PEOPLE: table})
    assert found.register is not None, found.faults
    return dataclasses.replace(world(found.register), rest=rest)


@pytest.mark.parametrize(
    ("quiet", "days", "rest"),
    [
        ("", "", NO_REST),
        ("20:00-07:00", "", Rest((time(20), time(7)))),
        ("", "星期六;sunday", Rest(None, frozenset({5, 6}))),
        ("none", "none", NO_REST),
    ],
)
def test_a_row_of_people_says_when_somebody_is_left_in_peace(quiet: str, days: str, rest: Rest) -> None:
    assert world_of(people(quiet, days)).rest_of("li.office") == rest


def test_an_empty_cell_is_as_for_everybody() -> None:
    usual = Rest((time(20), time(7)), frozenset({5}))
    assert world_of(people(), usual).rest_of("li.office") == usual
    assert world_of(people("none"), usual).rest_of("li.office") == Rest(None, frozenset({5}))


@pytest.mark.parametrize(
    ("quiet", "days", "code", "column"),
    [
        ("at night", "", "bad-quiet", 29),
        ("20:00-20:00", "", "bad-quiet", 29),
        ("", "weekend", "bad-rest-day", 30),
        ("", "monday;tuesday;wednesday;thursday;friday", "rest-always", 30),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_cell(quiet: str, days: str, code: str, column: int) -> None:
    (fault,) = load_register({**TEXTS, PEOPLE: people(quiet, days)}).faults
    assert (fault.code, fault.line, fault.column) == (code, 2, column)


def test_the_node_says_it_for_everybody(tmp_path) -> None:
    (tmp_path / "schedules").mkdir()
    (tmp_path / "channels").mkdir()
    config = tmp_path / "config.toml"
    text = '[admin]\nto = ["a@b.test"]\n[rest]\nquiet = "20:00-07:00"\ndays = ["周六"]\n'
    config.write_text(text, "utf-8")
    found = load_node(config, {})
    assert found.node is not None, found.faults
    assert found.node.rest == Rest((time(20), time(7)), frozenset({5}))
    config.write_text(text.replace("20:00-07:00", "8 pm"), "utf-8")
    (fault,) = load_node(config, {}).faults
    assert (fault.code, fault.line, fault.column) == ("bad-quiet", 4, 9)
