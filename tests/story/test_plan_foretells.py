"""`plan` says who would hear of a change of the files; just they hear of it when the files are applied."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from alertd.config.register import CalendarInput
from alertd.core.model import Register
from alertd.engine.firing.fire import fire, repeat
from alertd.engine.planning.foretelling import Told
from alertd.engine.planning.reconciler import Files, foretell, release
from alertd.engine.preview.virtual import Assume, VirtualRun
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import Mode, World
from alertd.installation import Installation
from alertd.store import tables
from alertd.store.database import memory_store
from tests.story.city import TOP, at

CLERK = Actor("clerk")
CALENDAR = "schedules/calendar.toml"


class Office:
    """The shipped files in a store that is live: saved, looked at with `plan`, and applied."""

    def __init__(self, now: str) -> None:
        self.here = Installation.find(str(TOP), {}, TOP)
        self.now = at(now)
        self.texts = dict(self.here.files().texts)
        world = replace(self.here.written(), mode=Mode.LIVE)
        self.run = VirtualRun(world, self.here.renderer(), memory_store(), Assume.NEVER)
        self.apply()

    def world(self, register: Register, calendar: CalendarInput, live: bool) -> World:
        return replace(self.here.make_world(register, calendar, True), mode=Mode.LIVE)

    def until(self, when: datetime) -> None:
        """Let time run to the end of what is due at `when`; everything is sent."""
        list(self.run.lines(self.now, when + timedelta(microseconds=1), []))
        self.now = when

    def plan(self) -> Told:
        channels = self.here.node.channels
        return foretell(self.run.store, Files(self.texts), self.world, channels, self.now).told

    def apply(self) -> None:
        found = release(
            self.run.store, Files(self.texts), self.world, self.here.node.channels, self.now, CLERK, "new"
        )
        assert found.world is not None
        self.run.world = found.world

    def fire(self) -> None:
        def work(tx: Connection) -> int:
            scope = Scope(tx, self.run.world, self.now)
            return fire(scope, 500) + repeat(scope, 500)

        while self.run.store.transact(work):
            continue

    def drafted(self) -> set[tuple[int, str, str, int]]:
        """Of every message: to whom, about which duty, and what tells two things in one message apart."""
        query = (
            select(tables.delivery_notices.c.delivery, tables.notices.c.person, tables.deadlines.c.obligation)
            .join(tables.notices, tables.notices.c.id == tables.delivery_notices.c.notice)
            .join(tables.deadlines, tables.deadlines.c.number == tables.notices.c.deadline)
            .add_columns(tables.notices.c.id)
        )
        with self.run.store.read() as tx:
            return {(row[0], row[1], row[2], row[3]) for row in tx.execute(query)}


def by_duty(drafted: set[tuple[int, str, str, int]]) -> dict[str, frozenset[str]]:
    people: dict[str, set[str]] = {}
    for _, person, duty, _ in drafted:
        people.setdefault(duty, set()).add(person)
    return {duty: frozenset(names) for duty, names in people.items()}


def changes(pick: random.Random, texts: Mapping[str, str], today: datetime) -> dict[str, str]:
    """Files that a clerk has changed: a day of the calendar, a date of a duty, or a policy."""
    kind = pick.choice(["calendar", "date", "steps"])
    if kind == "calendar":
        day = today.date() + timedelta(days=pick.randint(1, 12))
        text = texts[CALENDAR]
        year = text.index(f"year = {day.year}\n")
        off = text.index("off = [\n", year) + len("off = [\n")
        if day.isoformat() in text:
            return {}
        return {CALENDAR: f'{text[:off]}  {{ from = {day}, name = "special" }},\n{text[off:]}'}
    file = pick.choice([name for name in texts if "chapter-" in name])
    dates = list(re.finditer(r'"yearly by (\d\d)-(\d\d)"|"monthly by day (\d+)"', texts[file]))
    if kind == "date" and dates:
        found = pick.choice(dates)
        near = today.date() + timedelta(days=pick.randint(-8, 8))
        new = f'"monthly by day {max(1, min(28, near.day))}"' if found[3] else f'"yearly by {near:%m-%d}"'
        return {file: texts[file][: found.start()] + new + texts[file][found.end() :]}
    if kind == "steps":
        file = "schedules/policies.toml"
        steps = list(re.finditer(r"due - (\d+) working days", texts[file]))
        found = pick.choice(steps)
        new = f"due - {pick.randint(2, 20)} working days"
        return {file: texts[file][: found.start()] + new + texts[file][found.end() :]}
    return {}


@pytest.mark.parametrize("seed", range(3))
def test_what_plan_says_is_what_happens_when_the_files_are_applied(seed: int) -> None:
    pick = random.Random(seed)
    office = Office("2026-09-01 09:00")
    office.until(at("2026-12-14 10:00"))
    told = 0
    for _ in range(5):
        office.texts |= changes(pick, office.texts, office.now)
        said = office.plan()
        before = office.drafted()
        assert office.plan() == said  # looking changes nothing
        office.apply()
        office.fire()
        drafted = office.drafted() - before
        assert {duty.obligation: duty.people for duty in said.duties} == by_duty(drafted)
        assert said.messages == len({each[0] for each in drafted})
        told += len(said.people)
        office.until(office.now + timedelta(hours=pick.choice([1, 6, 14, 24])))
    assert told
