"""What people do in a run: they report, hand in, take leave and edit files. A new deed is one entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from alertd.engine.operations import acts, events
from alertd.engine.ruling.scope import Scope
from alertd.store.tables import events as event_table
from tests.simulation import city as cities
from tests.simulation.troubles import save_people

if TYPE_CHECKING:
    from tests.simulation.run import Run


def _incident(run: Run, case: str, unit: str) -> None:
    run.command(
        lambda scope: events.report(scope, events.Report("major-incident", case, (unit,), severity="major"))
    )


def _published(run: Run, case: str, unit: str) -> None:
    run.command(lambda scope: events.report(scope, events.Report("information-published", case, (unit,))))


def _draft(run: Run, case: str, unit: str) -> None:
    run.command(lambda scope: events.report(scope, events.Report("consultation-opened", case, (unit,))))


def _done(run: Run, case: str, unit: str) -> None:
    def work(scope: Scope) -> Any:
        row = acts.find(scope.tx, f"information@{case}/{unit}")
        return acts.hand_in(scope, row.number, acts.HandIn())

    run.command(work)


def _cancelled(run: Run, case: str, unit: str) -> None:
    def work(scope: Scope) -> Any:
        of_case = select(event_table.c.id).where(event_table.c.case_id == case).order_by(event_table.c.id)
        found = scope.tx.execute(of_case).scalars().first()
        return events.cancel(scope, events.Cancel(found or "none", "a false alarm"))

    run.command(work)


def _leave(run: Run, person: str, days: int) -> None:
    today = run.now.date()
    run.changes(f"leave {person}")
    _edit_people(run, replace(run.people[person], away=(today, today + timedelta(days=days))))


def _address(run: Run, person: str) -> None:
    known = run.people[person]
    chat = known.chat + 5000 if known.chat else 0
    run.changes(f"address {person}")
    _edit_people(run, replace(known, email=f"{person}.new@city.test", chat=chat))


def _edit_people(run: Run, changed: cities.Somebody) -> None:
    run.people[changed.id] = changed
    save_people(run, cities.people_csv(list(run.people.values())))


DEEDS: Mapping[str, Callable[..., None]] = {
    "incident": _incident,
    "published": _published,
    "draft": _draft,
    "done": _done,
    "cancelled": _cancelled,
    "leave": _leave,
    "address": _address,
}
