"""What people do to deadlines and to events, by name; each act is drawn with all it says.

Which deadline or event it is about stands in the plan as a number that picks one of those it may be done to
when its time comes: what there will be then nobody knows when a plan is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from alertd.core.model import State
from alertd.engine.operations import acts, events, more_time, moving
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import tables

About = dict[str, Any]
_RUNNING = (State.SCHEDULED, State.OPEN, State.RETURNED)
_CLOSED = (State.DONE, State.VERIFIED, State.WAIVED, State.CANCELLED, State.WITHDRAWN)
_WHY, _BOSS = "as was said on the telephone", "the leader in charge"


@dataclass(frozen=True, slots=True)
class DeadlineAct:
    """Done by `work` to one deadline that is in one of the `states`."""

    states: tuple[State, ...]
    work: Callable[[Scope, Any, About], Any]

    def do(self, scope: Scope, about: About) -> Any:
        """Raises Refused: there is no such deadline now, or the rules say no."""
        rows = tables.deadlines
        wanted = select(rows).where(rows.c.state.in_(self.states)).order_by(rows.c.number)
        found = scope.tx.execute(wanted).fetchall()
        if not found:
            raise Refused("no-deadline", deadline="?")
        return self.work(scope, found[about["pick"] % len(found)], about)


def _later(scope: Scope, row: Any, about: About) -> date | datetime:
    """A later end of a limit: an instant where hours are counted."""
    end = (row.due or scope.now) + timedelta(hours=about["hours"])
    return end if row.by_the_hour else scope.world.today(end) + timedelta(days=1)


def _hand_in(scope: Scope, row: Any, about: About) -> Any:
    return acts.hand_in(scope, row.number, acts.HandIn(reason=_WHY))


def _unit(scope: Scope, row: Any, about: About) -> str:
    others = sorted(set(scope.world.register.units) - {row.unit})
    return str(others[about["pick"] % len(others)])


DEADLINE_ACTS: Mapping[str, DeadlineAct] = {
    "acknowledge": DeadlineAct(_RUNNING, lambda scope, row, _: acts.acknowledge(scope, row.number)),
    "hand-in": DeadlineAct(_RUNNING, _hand_in),
    "return": DeadlineAct((State.DONE,), lambda scope, row, _: acts.send_back(scope, row.number, _WHY)),
    "verify": DeadlineAct((State.DONE,), lambda scope, row, _: acts.verify(scope, row.number)),
    "waive": DeadlineAct(_RUNNING, lambda scope, row, _: acts.waive(scope, row.number, _WHY, _BOSS)),
    "reopen": DeadlineAct(_CLOSED, lambda scope, row, _: acts.reopen(scope, row.number, _WHY)),
    "suspend": DeadlineAct(
        (State.OPEN, State.RETURNED),
        lambda scope, row, _: more_time.suspend(scope, row.number, None, _WHY),
    ),
    "resume": DeadlineAct(
        (State.SUSPENDED,), lambda scope, row, _: more_time.resume(scope, row.number, None, _WHY)
    ),
    "restart": DeadlineAct(
        (State.OPEN, State.SUSPENDED, State.RETURNED),
        lambda scope, row, _: more_time.restart(scope, row.number, None, _WHY, _BOSS),
    ),
    "ask-extension": DeadlineAct(
        _RUNNING,
        lambda scope, row, about: more_time.ask_extension(scope, row.number, _later(scope, row, about), _WHY),
    ),
    "grant-extension": DeadlineAct(
        _RUNNING, lambda scope, row, _: more_time.grant_extension(scope, row.number, _BOSS)
    ),
    "refuse-extension": DeadlineAct(
        _RUNNING, lambda scope, row, _: more_time.refuse_extension(scope, row.number, _WHY, _BOSS)
    ),
    "reassign": DeadlineAct(
        (*_RUNNING, State.SUSPENDED),
        lambda scope, row, about: moving.reassign(scope, row.number, _unit(scope, row, about), _WHY),
    ),
    "decline": DeadlineAct(
        _RUNNING, lambda scope, row, about: moving.decline(scope, row.number, _WHY, _unit(scope, row, about))
    ),
    "accept-decline": DeadlineAct(_RUNNING, lambda scope, row, _: moving.accept_decline(scope, row.number)),
    "refuse-decline": DeadlineAct(
        _RUNNING, lambda scope, row, _: moving.refuse_decline(scope, row.number, _WHY)
    ),
}
#: a request is decided by what follows it
_FOLLOWS = {
    "hand-in": ("return", "verify", "reopen"),
    "suspend": ("resume", "restart"),
    "ask-extension": ("grant-extension", "refuse-extension"),
    "decline": ("accept-decline", "refuse-decline"),
    "waive": ("reopen",),
}


def _correct(scope: Scope, row: Any, about: About) -> Any:
    at = scope.now - timedelta(minutes=about["minutes"])
    instant = next(iter(scope.world.register.event_types[row.type].instants))
    asked = events.Correct(row.id, {instant: at}, reason=_WHY, approver=_BOSS)
    return events.correct(scope, asked)


EVENT_ACTS: Mapping[str, Callable[[Scope, Any, About], Any]] = {
    "correct-event": _correct,
    "cancel-event": lambda scope, row, _: events.cancel(scope, events.Cancel(row.id, "a false alarm")),
    "confirm-event": lambda scope, row, _: events.confirm(scope, events.Confirm(row.id)),
    "upgrade-event": lambda scope, row, _: events.upgrade(scope, events.Upgrade(row.id, "critical")),
}


def do_to_event(scope: Scope, about: About) -> Any:
    """An act upon one of the events. Raises Refused."""
    found = scope.tx.execute(select(tables.events).order_by(tables.events.c.id)).fetchall()
    if not found:
        raise Refused("no-event", event="?")
    return EVENT_ACTS[about["act"]](scope, found[about["pick"] % len(found)], about)


def draw(chance: random.Random, at: float, span: float) -> list[tuple[float, str, About]]:
    """An act by chance at about this time, and now and then what follows it."""
    if chance.random() < 0.3:
        about = {"act": chance.choice(sorted(EVENT_ACTS)), "pick": chance.randrange(100)}
        return [(at, "event-act", {**about, "minutes": chance.choice((1, 20, 90))})]
    act, pick = chance.choice(sorted(DEADLINE_ACTS)), chance.randrange(100)
    found = [(at, "act", {"act": act, "pick": pick, "hours": chance.choice((1, 24, 96))})]
    if act in _FOLLOWS and chance.random() < 0.7:
        following = {"act": chance.choice(_FOLLOWS[act]), "pick": pick, "hours": 1}
        found.append((at + chance.uniform(0.001, 0.1) * span, "act", following))
    return found
