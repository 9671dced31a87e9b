"""What waits for another moment than it did leaves with the newest about the same: one message a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alertd.engine.notify.drafts import bundle_of_day
from alertd.engine.notify.journeys import journey_of
from alertd.engine.ruling.scope import Scope
from alertd.store import leasing, outbox, settings
from alertd.store.rows import DeliveryRow, NoticeRow, joined_deadline


def leave_then(
    scope: Scope, row: DeliveryRow, notices: Sequence[NoticeRow], leave: datetime, whole: bool
) -> None:
    """Let some notices of a message of day clocks that nobody has begun to send leave then.

    They join what leaves to the same person on that day over the same channel. `whole` says that they are all
    there is in it: it waits itself then, unless there is one to join.
    """
    settings.lock(scope.tx, settings.TELLING)  # two nodes would begin one person's day twice
    bundle = bundle_of_day(
        row.person, row.channel, scope.world.today(leave), row.drill, journey_of(row).urgent
    )
    waiting = outbox.waiting_bundles(scope.tx, [bundle]).get(bundle)
    if whole and (waiting is None or waiting.id == row.id):
        outbox.reseat(scope.tx, row.id, bundle, leave)
        return
    if waiting is not None and waiting.id == row.id:
        outbox.bring_forward(scope.tx, waiting, None, leave)
        return
    due = min((at for each in notices if (at := joined_deadline(each).due) is not None), default=None)
    if waiting is not None:
        outbox.bring_forward(scope.tx, waiting, due, leave)
        to = waiting.id
    else:
        to = _begin(scope, row, bundle, leave, due)
    outbox.move_links(scope.tx, row.id, to, [notice.id for notice in notices])
    if not outbox.links_of(scope.tx, [row.id]):
        leasing.drop(scope.tx, row, scope.now, scope.node)


def _begin(scope: Scope, row: DeliveryRow, bundle: str, leave: datetime, due: datetime | None) -> int:
    route, domain = (row.channel, row.address), scope.world.mail_domain
    about = {"drill": row.drill, "not_before": leave, "due": due, "payload": row.payload}
    made = outbox.new_delivery(scope.now, domain, row.person, route, bundle, row.template, **about)
    outbox.add_deliveries(scope.tx, [made])
    return int(made["id"])
