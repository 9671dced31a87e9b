"""Whether the mailbox that answers come to can be read: known to all nodes, told when it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.mail_topics import MailboxAway
from alertd.engine.ruling.scope import Scope
from alertd.messages.dates import instant_text
from alertd.store import settings

#: the admin hears of a mailbox that is away for so long: most are back by themselves
TOLD_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Away:
    """Since when it cannot be read, and what was said."""

    since: datetime
    said: str


def away(scope: Scope, since: datetime, why: str) -> None:
    """This node cannot read it; what is noted holds until some node can."""
    known = found(scope.tx)
    since = min(since, known.since) if known else since
    settings.put(scope.tx, settings.MAILBOX, {"since": since.isoformat(), "said": why})
    if scope.now - since >= TOLD_AFTER:
        at = instant_text(since, scope.world.zone, scope.world.language)
        tell_admin(scope, MailboxAway(since=at, detail=why))


def back(scope: Scope) -> None:
    """It can be read."""
    if found(scope.tx) is not None:
        settings.put(scope.tx, settings.MAILBOX, None)


def found(tx: Connection) -> Away | None:
    """Since when it cannot be read; None where it can, or nobody reads one."""
    kept = settings.get(tx, settings.MAILBOX)
    return Away(datetime.fromisoformat(kept["since"]), kept["said"]) if kept else None
