"""Who is signed in where: one's own sessions, for the office all of them, and their end."""

from __future__ import annotations

from datetime import datetime

from alertd.engine.operations import signing_in
from alertd.engine.operations.signing_in import Who
from alertd.engine.ruling.refusal import Refused
from alertd.web.page import Call, Fields, Gone, Shown


class Ending(Fields):
    """A session by its number, or with `every` all of whoever it is of."""

    session: str
    every: str = ""


class Session(Shown):
    """One session: of a person, of a desk or of the office, and in which browser; `here` is this one."""

    number: str
    person: str
    desk: str
    browser: str
    begun: datetime
    seen: datetime
    ends: datetime
    here: bool


class Sessions(Shown):
    """Those that run, the newest first; `own` says that they are all of whoever looks."""

    lines: tuple[Session, ...]
    own: bool


def mine(call: Call) -> Sessions:
    """Where one is signed in oneself."""
    return _found(call, Who(call.visitor.person), own=True)


def every(call: Call) -> Sessions:
    """Where anybody is signed in."""
    return _found(call, None, own=False)


def end_mine(call: Call) -> Gone:
    """End one of one's own sessions, or all but this one. Raises Refused for somebody else's."""
    who = Who(call.visitor.person)
    if call.asked.every:
        signing_in.leave_all(call.scope, who, but=call.visitor.session)
        return Gone("/me/sessions")
    number = _number(call)
    if number not in {row.id for row in signing_in.sessions_of(call.scope.tx, call.scope.now, who)}:
        raise Refused("no-session")
    signing_in.leave(call.scope, number)
    return Gone("/me/sessions")


def end_any(call: Call) -> Gone:
    """End a session, or all of whoever it is of but this one."""
    number = _number(call)
    if call.asked.every:
        rows = signing_in.sessions_of(call.scope.tx, call.scope.now)
        for who in {Who(row.person, row.desk) for row in rows if row.id == number}:
            signing_in.leave_all(call.scope, who, but=call.visitor.session)
    else:
        signing_in.leave(call.scope, number)
    return Gone("/sessions")


def _number(call: Call) -> int:
    try:
        return int(call.asked.session, 16)
    except ValueError:
        raise Refused("no-session") from None


def _found(call: Call, who: Who | None, own: bool) -> Sessions:
    rows = signing_in.sessions_of(call.scope.tx, call.scope.now, who)
    return Sessions(
        lines=tuple(
            Session(
                number=f"{row.id:x}",
                person=row.person,
                desk=row.desk,
                browser=row.about,
                begun=row.made_at,
                seen=row.seen_at,
                ends=row.ends_at,
                here=row.id == call.visitor.session,
            )
            for row in rows
        ),
        own=own,
    )
