"""How often somebody tried to get in: counted here, so that several nodes and restarts count together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from alertd.store.ids import new_id
from alertd.store.tables import sign_in_tries

#: what is tried: a code was asked for, a wrong one was typed, a PIN was given that was not right,
#: a browser was sent to a provider of accounts
ASKED, GUESSED, PIN, ACCOUNT = "asked", "guessed", "pin", "account"
#: what happened before that is of no more use
KEPT = timedelta(days=2)


def note(tx: Connection, what: str, person: str, caller: str, now: datetime) -> int:
    """Count one try, and return what `take_back` wants."""
    number = new_id()
    row = {"id": number, "what": what, "person": person, "caller": caller, "at": now}
    tx.execute(insert(sign_in_tries).values(row))
    return number


def take_back(tx: Connection, number: int) -> None:
    """It was right, and counts no more."""
    tx.execute(delete(sign_in_tries).where(sign_in_tries.c.id == number))


def count(tx: Connection, what: str, since: datetime, person: str = "", caller: str = "") -> int:
    """How many tries there were after `since`: of a person, from a caller, or without either of all."""
    wanted = [sign_in_tries.c.what == what, sign_in_tries.c.at > since]
    wanted += [sign_in_tries.c.person == person] if person else []
    wanted += [sign_in_tries.c.caller == caller] if caller else []
    return tx.execute(select(func.count()).select_from(sign_in_tries).where(*wanted)).scalar_one()


def forget(tx: Connection, now: datetime) -> int:
    """Take away what is of no more use; how many that is."""
    return tx.execute(delete(sign_in_tries).where(sign_in_tries.c.at < now - KEPT)).rowcount
