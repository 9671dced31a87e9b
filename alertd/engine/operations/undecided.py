"""Requests that nobody decides: the next one up is asked too, and when the limit passes both sides hear it.

More time that was asked for before the limit may be granted after it, so the question stays open. Each
function works in its caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from alertd.core import asking
from alertd.core.escalation import AlertPlan
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Recipient
from alertd.engine.notify.drafts import Drafts
from alertd.engine.operations.requesting import ask_in_order, tell
from alertd.engine.ruling.scope import Scope, name_in
from alertd.store import requests
from alertd.store.rows import DeadlineRow, joined_deadline


def climb(scope: Scope, limit: int) -> int:
    """Look at up to `limit` undecided requests whose time has come; returns how many."""
    rows = requests.due(scope.tx, scope.now, limit)
    guard.each(scope, "decide", rows, partial(_look, scope), partial(_put_off, scope), _name)
    return len(rows)


def _name(row: Any) -> tuple[str, int | None]:
    return row.d_id, row.deadline


def _put_off(scope: Scope, row: Any) -> None:
    again = guard.put_off(scope.now, bool(row.d_by_the_hour))
    requests.look_again(scope.tx, row.id, again, row.asked or ())


def _look(scope: Scope, rows: Sequence[Any]) -> None:
    for row in rows:
        deadline = joined_deadline(row)
        asked, following = row.asked, deadline.due
        if deadline.due is not None and scope.now >= deadline.due:
            _tell_both(scope, deadline, row)
            following = None
        elif len(asked) < 2:
            asked = _ask_next(scope, deadline, row)
        requests.look_again(scope.tx, row.id, following, asked)


def _detail(row: Any) -> dict[str, Any]:
    return {"reason": row.reason, "request": row.kind, "wanted": row.wanted, "by": name_in(row.asked_by)}


def _ask_next(scope: Scope, deadline: DeadlineRow, row: Any) -> tuple[str, ...]:
    """Ask the position above those that were asked; returns all of them."""
    order = ask_in_order(scope.world, scope.now, deadline, row.kind, name_in(row.asked_by))
    asked = tuple(row.asked) or tuple(order[:1])
    above = [position for position in order if position not in asked]
    if not above:
        return asked
    detail = {**_detail(row), "climbed": True}
    tell(scope, deadline, asking.STEP, ((above[0], True),), detail, asking.chase(deadline.by_the_hour))
    return (*asked, above[0])


def _tell_both(scope: Scope, deadline: DeadlineRow, row: Any) -> None:
    """The limit passes: those who decide are asked once more, and who asked knows that the limit holds."""
    world, drafts = scope.world, Drafts(scope)
    duty = world.register.obligations.get(deadline.obligation)
    order = ask_in_order(world, scope.now, deadline, row.kind, name_in(row.asked_by))
    to = tuple((position, True) for position in (tuple(row.asked) or tuple(order[:1])))
    receiver = duty.receiver if duty else None
    found, gaps = drafts.addressing.recipients(deadline.unit, receiver, (*to, ("contact", False)))
    drafts.note_gaps(gaps)
    people = {each.person: each for each in found}
    person = world.register.people.get(name_in(row.asked_by))
    routes = drafts.addressing.routes_to(person) if person is not None else ()
    if person is not None and routes and person.positions:
        people[person.id] = Recipient(person.id, person.positions[0], False, "", routes)
    plan = AlertPlan(asking.UNDECIDED, 1, scope.now, (), (), None, "each")
    drafts.alert_people(deadline, plan, tuple(people.values()), asking.UNDECIDED, _detail(row))
    drafts.write()
