"""Small facts about this store that must survive: when it went live, what was planned, what is held back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from alertd.store import reading
from alertd.store.tables import settings

LIVE_SINCE = "live_since"
#: what tells this store from every other one; made once, and copied with everything else
STORE_ID = "store_id"
PLANNED_DAY = "planned_day"
#: counts how often what rules was changed; whoever changes it holds this row
APPLIED = "applied"
HELD = "held"
#: what the stored limits were last counted by: calendar, zone and office hours
COUNTED_BY = "counted_by"
#: where recounting many limits has come to: {"after": number, "by": actor, "reason": text}
RECOUNT = "recount"
#: deadlines of an older store whose limits no record explains, until the admin was told
LIMITS_STATED = "limits_stated"
#: what each node says of channels it cannot use (store.illness)
ILL = "channels_ill"
#: the channels the admin was told of as ill, and what was said then
ILL_TOLD = "channels_ill_told"
#: what the files of each node last said besides schedules/, where a secret lies but never the secret
SAID = "said"
TOLD_FAULTS = "told_faults"
#: what the admin was told of a topic, and when (engine.notify.admin)
TOLD_ADMIN = "told_admin"
#: since when drills were decided that nobody has made real since (store.drills)
DRILLED = "drilled"
#: since when the schedule of each machine's bulletin rules, behind a dot; held by whoever mails one
BULLETIN = "bulletin"
#: the keys that this installation signs with, the newest first, in hexadecimal (engine.ruling.signing_keys)
SIGNING_KEYS = "signing_keys"
#: held by whoever counts tries to sign in, or begins one
SIGNING_IN = "signing_in"
#: since when the mailbox for answers cannot be read, and why; nothing where it can
MAILBOX = "mailbox"
#: held by whoever adds to messages that others may add to at the same time
TELLING = "telling"
#: the end of the audit's chain of the register: {"seq": number, "hash": text}
REGISTER_HEAD = "register_head"
#: the newest seal and how much was sealed by all: {"seal": number, "hash": text, "rows", "receipts", "day"}
SEALED = "sealed"


_VALUE = select(settings.c.value).where(settings.c.name == bindparam("wanted"))


def get(tx: Connection, name: str) -> Any:
    """The stored value, None when there is none. Raises Unreadable."""
    rows = reading.whole(tx, _VALUE, {"wanted": name}, known_by=settings.c.name)
    return rows[0].value if rows else None


def count(tx: Connection, prefix: str) -> int:
    """How many names begin so."""
    names = settings.c.name.startswith(prefix, autoescape=True)
    return tx.execute(select(func.count()).where(names)).scalar_one()


def hold(tx: Connection, name: str, default: Any) -> Any:
    """The stored value, `default` stored where there is none. Other nodes wait for it until the commit."""
    held = select(settings.c.value).where(settings.c.name == name).with_for_update()
    found = tx.execute(held).first()
    if found is None:
        tx.execute(insert(settings).values(name=name, value=default))
        return default
    return found.value


def lock(tx: Connection, name: str) -> None:
    """Let other nodes that lock or hold this name wait until the commit, whatever its value."""
    held = select(settings.c.name).where(settings.c.name == name).with_for_update()
    if tx.execute(held).first() is None:
        tx.execute(insert(settings).values(name=name, value=0))


def put(tx: Connection, name: str, value: Any) -> None:
    """Store a value; None takes it away."""
    if value is None:
        tx.execute(delete(settings).where(settings.c.name == name))
    elif tx.execute(select(settings.c.name).where(settings.c.name == name)).first() is None:
        tx.execute(insert(settings).values(name=name, value=value))
    else:
        tx.execute(update(settings).where(settings.c.name == name).values(value=value))
