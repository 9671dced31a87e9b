"""Other systems hear what becomes of deadlines: one message for each change and each who subscribes to it.

It is written in the transaction of the change, so that neither is without the other, and says how the
deadline is then, whenever it leaves. Nobody of the directory is reached by it. Drills are not told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alertd.core.subscriptions import KINDS
from alertd.engine.ruling.scope import Scope
from alertd.store import outbox
from alertd.store.rows import DeadlineRow

#: what CloudEvents of ours are called; the kind of change follows
TYPE = "alertd.deadline."
#: digits of a number that is compared as text (CloudEvents, extension "sequence")
_DIGITS = 10
_INSTANTS = ("start", "opens_at", "earliest", "due", "office_due", "done_at")
_PLAIN = (
    "id", "number", "obligation", "occurrence", "party", "unit", "state", "result", "breach", "provisional",
    "rule",
)  # fmt: skip


def announce(scope: Scope, row: DeadlineRow, action: str, seq: int) -> None:
    """Tell whoever subscribes what was done to a deadline, which is now as in `row`.

    `action` and `seq` are what it is called, and its number, in the deadline's chain of the audit.
    """
    outbox.add_deliveries(scope.tx, announcements(scope, row, action, seq))


def announcements(scope: Scope, row: DeadlineRow, action: str, seq: int) -> list[dict[str, Any]]:
    """The deliveries of that, not yet written."""
    world, kind = scope.world, KINDS.get(action)
    if kind is None or not world.subscriptions or world.drilling:
        return []
    heard = [name for name, wanted in world.subscriptions.items() if wanted.takes(kind, row.unit)]
    return [_delivery(scope, name, row, kind, seq) for name in heard]


def _delivery(scope: Scope, channel: str, row: DeadlineRow, kind: str, seq: int) -> dict[str, Any]:
    event = {
        "type": TYPE + kind,
        "subject": row.id,
        "time": _instant(scope.now),
        "sequence": f"{seq:0{_DIGITS}}",
        "data": _data(scope, row),
    }
    return outbox.new_delivery(
        scope.now,
        scope.world.mail_domain,
        channel,
        (channel, channel),
        f"change|{channel}|{row.number}|{seq}",
        outbox.CHANGE,
        payload={"event": event},
        subject=f"{event['type']} {row.id}",
        by_the_hour=row.by_the_hour,
    )


def _data(scope: Scope, row: DeadlineRow) -> dict[str, Any]:
    """A deadline for programs: no text that somebody wrote, and nobody's name."""
    known = scope.world.register.obligations.get(row.obligation)
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        **{name: _instant(getattr(row, name)) for name in _INSTANTS},
        "last_day": row.last_day.isoformat() if row.last_day else None,
        "case": row.case_id,
        "event": row.event_id,
        "title": dict(known.title) if known else {},
    }


def _instant(at: datetime | None) -> str | None:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at is not None else None
