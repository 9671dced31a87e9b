"""When a deadline changes, those who were told of it hear it: done by whom, moved, cancelled, returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alertd.core.escalation import AlertPlan
from alertd.engine.notify.addressing import Gap, Recipient, routes_of
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, deadlines, outbox

#: people who see a whole roll are told by the next roll, not by sixty single messages
_BY_ROLL = frozenset({"receiver", "co-lead", "supervisor"})


def tell_those_told(scope: Scope, number: int, kind: str, detail: Mapping[str, Any]) -> tuple[str, ...]:
    """Inform everybody who was told of a deadline, except who did it; returns their ids.

    `kind` is one of alertd.messages.view.NoticeKind. Call it after the change is written.
    """
    row = deadlines.hold(scope.tx, number)
    drafts = Drafts(scope, news=True)
    blocked = addresses.unusable(scope.tx)
    people: dict[str, Recipient] = {}
    told = outbox.told(scope.tx, number, drills=scope.world.drilling)
    last = {notice.person: notice.alert_kind for notice in told}
    for notice in told:
        if last[notice.person] == "reassigned" and kind != "reassigned":
            continue  # it is another unit's now, and they have heard so
        if notice.person == scope.actor.name or (notice.position in _BY_ROLL and not row.by_the_hour):
            continue
        person = scope.world.register.people.get(notice.person)
        routes = routes_of(scope.world, person, blocked) if person else ()
        if person is None:
            continue
        if not routes:
            drafts.note_gaps((Gap("unreachable", person.unit, notice.position, person.id),))
            continue
        people[person.id] = Recipient(person.id, notice.position, False, notice.deputy_for, routes)
    if people:
        plan = AlertPlan(kind, 0, scope.now, (), (), None, "each")
        drafts.alert_people(row, plan, tuple(people.values()), kind, {**detail, "by": scope.actor.name})
    drafts.write()
    return tuple(people)
