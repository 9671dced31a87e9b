"""The catalogue of acts against the program: it has every act, and each does what it says."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from alertd.core.model import Measure
from alertd.core.rights import Act
from alertd.engine.operations import (
    pins,
    proposals,
    turning,
)
from alertd.engine.operations.catalogue import ACTS, ON_A_DEADLINE, Hears, Listed
from alertd.engine.operations.releasing import Release, release_files
from alertd.engine.ruling.refusal import Refused
from alertd.store import audit, tables
from alertd.store.rows import DeadlineRow
from tests.support.acts_page import PAGE, page
from tests.support.installed import NOW, lay_down, started
from tests.support.operations import HELPERS, MODULES
from tests.support.play import CLERK, Play
from tests.support.register import live_channels, only, tiny_register, with_obligation
from tests.unit.engine.acts_done import BESIDES, DONE, INCIDENT, MONTH, REPORT

#: kept of no PIN that anybody has
PIN = pins.Kept("scrypt$14$8$5$AAAA$AAAA")
EVERY: dict[str, Listed] = {act.name: act for each in ACTS.values() for act in each}


def test_the_page_for_people_says_the_same() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tests.support.acts_page"


def _functions(module: ModuleType) -> Iterator[str]:
    for name, each in inspect.getmembers(module, inspect.isfunction):
        if each.__module__ == module.__name__ and not name.startswith("_"):
            yield f"{module.__name__.rpartition('.')[2]}.{name}"


def test_every_function_of_the_operations_is_an_act_or_known_to_be_none() -> None:
    public = {name for module in MODULES for name in _functions(module)}
    assert public == {act.place for act in EVERY.values()} | HELPERS


def test_every_right_has_its_act() -> None:
    assert {act.right for act in ON_A_DEADLINE} == set(Act)
    assert {act.right for act in EVERY.values() if act not in ON_A_DEADLINE} == {None}


#: nothing of these is changed by whoever is handed one
FIXED = (str, int, float, bool, date, datetime, Enum, NoneType)


def _changeable(kind: Any) -> list[Any]:
    """What of a type may be changed by whoever holds a value of it."""
    if get_origin(kind) in (tuple, frozenset, Union, UnionType, Mapping):
        return [each for part in get_args(kind) if part is not Ellipsis for each in _changeable(part)]
    if not isinstance(kind, type):
        return [kind]
    if is_dataclass(kind):
        if not vars(kind)["__dataclass_params__"].frozen:
            return [kind]
        ours = kind.__module__.startswith("alertd.engine.operations")
        hints = get_type_hints(kind, include_extras=True).values() if ours else ()
        return [each for hint in hints for each in _changeable(hint)]
    return [] if issubclass(kind, FIXED) or kind in (DeadlineRow, NoneType) else [kind]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_what_an_act_answers_is_a_value_that_nobody_changes(name: str) -> None:
    answered = get_type_hints(EVERY[name].function)["return"]
    assert _changeable(answered) == []


def test_what_is_changeable_is_seen() -> None:
    @dataclass
    class Loose:
        names: list[str]

    assert _changeable(list[str]) == [list[str]]
    assert _changeable(tuple[Loose, ...]) == [Loose]
    assert _changeable(Mapping[str, Loose] | None) == [Loose]


@pytest.fixture
def play(begin: Any) -> Play:
    """Two towns that owe a report that is reviewed; incidents, proposals, hours and a rate. All were told."""
    register = only(tiny_register(), "yearly-report", "incident-information", "training", "proposal-reply")
    register = with_obligation(register, "yearly-report", closes="verify", decline_within=MONTH)
    register = with_obligation(register, "proposal-reply", starts_on=("proposal-assigned.assigned",))
    rate = replace(
        register.obligations["yearly-report"],
        id="rate",
        measure=Measure("given", {"en": "done"}, percent=90),
        closes="hand-in",
    )
    kinds = register.event_types
    incident = replace(kinds["incident"], severities=("minor", "major"))
    proposal = replace(kinds["hearing"], id=proposals.LEAD)
    people = {
        name: replace(person, email=f"{name}@city.gov.test") for name, person in register.people.items()
    }
    register = replace(
        register,
        event_types={**kinds, "incident": incident, proposals.LEAD: proposal},
        obligations={**register.obligations, "rate": rate},
        people=people,
    )
    begun: Play = begin("2026-12-01T10:00", register, **live_channels(), admin_to=("a@city.gov.test",))
    begun.plan()
    begun.go("2026-12-17T10:00")
    return begun


def _records(play: Play) -> dict[tuple[int, int], str]:
    return {(row.deadline, row.seq): row.action for row in play.all(tables.audit)}


def _told(play: Play) -> int:
    return len(play.all(tables.deliveries)) + len(play.all(tables.notices))


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"release-files", "turn-year"}))
def test_an_act_leaves_on_record_what_the_catalogue_says(play: Play, name: str) -> None:
    act, (before, doing) = EVERY[name], DONE[name]
    if before:
        before(play)
    about = INCIDENT if name in ("restart", "cancel-event") else REPORT
    known, told, state = _records(play), _told(play), play.row(about).state
    doing(play)
    new = {action for key, action in _records(play).items() if key not in known}
    # The clocks that an act starts have chains of their own, which begin with their making.
    assert new - BESIDES.get(name, set()) - {"created"} == set(act.records)
    assert play.row(about).state == (act.becomes or state)
    # Whom the steps of new clocks name hears when these are reached.
    assert (_told(play) > told) == bool(set(act.hears) - {Hears.STARTED, Hears.GATE})


def test_releasing_files_leaves_on_record_what_the_catalogue_says(tmp_path: Path) -> None:
    found, store = started(lay_down(tmp_path))
    with store.read() as tx:
        known = len(audit.of_deadline(tx, audit.REGISTER))
    asked = Release(found.files(), frozenset(found.node.channels), "as agreed")
    released = release_files(store, found.make_world, NOW, CLERK, asked)
    with store.read() as tx:
        new = audit.of_deadline(tx, audit.REGISTER)[known:]
    store.close()
    assert {row.action for row in new} == set(EVERY["release-files"].records)
    assert (released.opened, released.moved, released.withdrawn) == ((), (), ())
    assert (released.changed, released.gone) == ((), ())
    assert [(row.actor, row.detail["reason"]) for row in new] == [("clerk", "as agreed")]


def test_turning_the_year_leaves_on_record_what_the_catalogue_says(tmp_path: Path) -> None:
    found, store = started(lay_down(tmp_path))
    with store.read() as tx:
        known = len(audit.of_deadline(tx, audit.REGISTER))
    channels = frozenset(found.node.channels)
    asked = turning.Turn(found.files(), channels, "schedules", 2026, 2027, reason="the new plan")
    written: list[Any] = []
    turning.turn_year(store, found.make_world, NOW, CLERK, asked, written.append)
    with store.read() as tx:
        new = audit.of_deadline(tx, audit.REGISTER)[known:]
    store.close()
    assert {row.action for row in new} == set(EVERY["turn-year"].records)
    assert {(row.actor, row.detail["reason"]) for row in new} == {("clerk", "the new plan")}
    assert "schedules/2027/chapter-4.toml" in written[0]


def test_files_are_not_released_without_a_reason(tmp_path: Path) -> None:
    found, store = started(lay_down(tmp_path))
    asked = Release(found.files(), frozenset(found.node.channels), " ")
    with pytest.raises(Refused, match="reason-missing"):
        release_files(store, found.make_world, NOW, CLERK, asked)
    store.close()
