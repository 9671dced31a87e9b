"""What people do in a run: they report, hand in, take leave and edit files. A new deed is one entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.engine.operations import acts, events
from alertd.engine.ruling.scope import Scope
from tests.simulation import city as cities
from tests.simulation import files
from tests.simulation.acts import DEADLINE_ACTS, do_to_event

if TYPE_CHECKING:
    from tests.simulation.run import Run


def _incident(run: Run, case: str, unit: str, unconfirmed: bool = False) -> None:
    asked = events.Report("major-incident", case, (unit,), severity="major", unconfirmed=unconfirmed)
    run.command(lambda scope: events.report(scope, asked))


def _published(run: Run, case: str, unit: str) -> None:
    run.command(lambda scope: events.report(scope, events.Report("information-published", case, (unit,))))


def _draft(run: Run, case: str, unit: str) -> None:
    run.command(lambda scope: events.report(scope, events.Report("consultation-opened", case, (unit,))))


def _done(run: Run, case: str, unit: str) -> None:
    def work(scope: Scope) -> Any:
        row = acts.find(scope.tx, f"information@{case}/{unit}")
        return acts.hand_in(scope, row.number, acts.HandIn())

    run.command(work)


def _act(run: Run, **about: Any) -> None:
    run.command(lambda scope: DEADLINE_ACTS[about["act"]].do(scope, about))


def _event_act(run: Run, **about: Any) -> None:
    run.command(lambda scope: do_to_event(scope, about))


def _leave(run: Run, person: str, days: int) -> None:
    today = run.now.date()
    run.changes(f"leave {person}")
    _edit_people(run, replace(run.people[person], away=(today, today + timedelta(days=days))))


def _address(run: Run, person: str) -> None:
    known = run.people[person]
    chat = known.chat + 5000 if known.chat else 0
    run.changes(f"address {person}")
    _edit_people(run, replace(known, email=f"{person}.new@city.test", chat=chat))


def _moves(run: Run, person: str, unit: str) -> None:
    _edit_people(run, replace(run.people[person], unit=unit, deputy=""))


def _joins(run: Run, person: str, unit: str, position: str) -> None:
    chat = 9000 + len(run.people)
    run.changes(f"address {person}")
    _edit_people(run, cities.Somebody(person, unit, (position,), f"{person}@city.test", chat))


def _rule(run: Run, was: str, becomes: str) -> None:
    """A duty has another limit from now on."""
    name = "schedules/chapter-1.toml"
    files.save(run, name, files.meant(run, name).replace(f'rule = "{was}"', f'rule = "{becomes}"'))


def _edit_people(run: Run, changed: cities.Somebody) -> None:
    run.people[changed.id] = changed
    files.save(run, files.PEOPLE)


#: limits by which a duty's own may be replaced
RULES = {"5 hours": "6 hours", "24 hours": "20 hours", "10 days": "12 days"}


def _go_live(run: Run) -> None:
    run.going_live = run.loop.create_task(run.go_live())


DEEDS: Mapping[str, Callable[..., None]] = {
    "go-live": _go_live,
    "incident": _incident,
    "published": _published,
    "draft": _draft,
    "done": _done,
    "act": _act,
    "event-act": _event_act,
    "leave": _leave,
    "address": _address,
    "moves": _moves,
    "joins": _joins,
    "rule": _rule,
}
