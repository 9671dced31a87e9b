"""Who on duty was told of which open deadline of an hour clock, for the change of shift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from alertd.core.model import RUNNING
from alertd.store import reading
from alertd.store.bulk import in_parts
from alertd.store.reading import Found
from alertd.store.rows import DeadlineRow
from alertd.store.tables import alerts, deadlines, notices

#: the kind of alert by which whoever comes on duty hears of what is open
KIND = "shift"


class ToldOnDuty(NamedTuple):
    """Somebody who was asked about a deadline as one on duty."""

    notice: int
    deadline: int
    person: str
    position: str
    decided_at: datetime
    next_at: datetime | None


def running_by_the_hour(tx: Connection, held: bool = False) -> Found[DeadlineRow]:
    """The deadlines of hour clocks that run; `held` until the caller commits."""
    query = select(deadlines).where(deadlines.c.state.in_(RUNNING), deadlines.c.by_the_hour)
    query = query.order_by(deadlines.c.number)
    return reading.found(tx, query.with_for_update() if held else query)


def asked(
    tx: Connection, numbers: Iterable[int], positions: Sequence[str]
) -> Mapping[int, Sequence[ToldOnDuty]]:
    """Who was asked about these deadlines in these positions, by a step or at a change of shift, in order."""
    found: dict[int, list[ToldOnDuty]] = defaultdict(list)
    for some in in_parts(numbers):
        query = (
            select(
                notices.c.id,
                notices.c.deadline,
                notices.c.person,
                notices.c.position,
                alerts.c.decided_at,
                notices.c.next_at,
            )
            .join(alerts, alerts.c.id == notices.c.alert)
            .where(
                notices.c.deadline.in_(some),
                notices.c.position.in_(positions),
                notices.c.ask,
                alerts.c.kind.in_(("step", KIND)),
            )
            .order_by(notices.c.id)
        )
        for row in tx.execute(query):
            found[row.deadline].append(ToldOnDuty(*row))
    return found
