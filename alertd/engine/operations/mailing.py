"""Mailing a bulletin: each period once, to everybody its schedule names, through the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertd.core.bulletins import (
    BulletinSchedule,
    Issue,
    kind_of,
    position_of_readers,
    reader_named,
    unknown_readers,
)
from alertd.core.pacing import leave_at
from alertd.core.text import OwnText
from alertd.engine.notify.addressing import Post, Recipient
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.telling import BULLETIN, Word, tell_people
from alertd.engine.notify.topics import ReaderUnknown
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import PROGRAM, Scope
from alertd.store import audit, bulletins

#: one that is made later than this after its time leaves in office hours: nobody waits for it at night
_LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Made:
    """An issue and what it says: by language its `subject`, `text` and `html`.

    `previous` is the `as_of` of the issue before. All instants are aware.
    """

    issue: Issue
    as_of: datetime
    previous: datetime
    words: Mapping[OwnText, Mapping[OwnText, OwnText]]


@taking_texts
def mail_bulletin(scope: Scope, made: Made) -> tuple[str, ...]:
    """Draft one message to each reader of the schedule; returns their ids. Whoever keeps the program may.

    Who has no address, and a name that nobody has, is told to the admin. Raises Refused: "no-bulletin" where
    none is mailed here, "bulletin-mailed" for a period that was.
    """
    schedule, issue = scope.world.bulletin, made.issue
    if schedule is None:
        raise Refused("no-bulletin")
    bulletins.lock(scope.tx)
    known = bulletins.find(scope.tx, issue.period, scope.world.drilling)
    if known is not None:
        at, count = known.drafted_at.isoformat(), str(len(known.people))
        raise Refused("bulletin-mailed", period=issue.period, at=at, count=count)
    drafts = Drafts(scope)
    people = _readers(scope, schedule, drafts)
    args = {"period": issue.period, "drill": scope.world.drilling}
    kind = "drill" if scope.world.drilling else "real"
    tell_people(drafts, Word(BULLETIN, f"{issue.period}|{kind}", args), people)
    for row in drafts.intent.deliveries:
        row["not_before"] = _leaves(scope, issue.at)
    drafts.write()
    named = tuple(recipient.person for recipient in people)
    bulletins.add(
        scope.tx,
        {
            "period": issue.period,
            "drill": scope.world.drilling,
            "kind": kind_of(issue),
            "first": issue.first,
            "last": issue.last,
            "as_of": made.as_of,
            "previous": made.previous,
            "drafted_at": scope.now,
            "by": scope.actor.text,
            "people": named,
            "words": {language: dict(said) for language, said in made.words.items()},
        },
    )
    detail = {"period": issue.period, "as_of": made.as_of.isoformat(), "people": list(named)}
    scope.record(audit.REGISTER, "bulletin-mailed", detail)
    return named


def _leaves(scope: Scope, at: datetime) -> datetime:
    if scope.actor != PROGRAM or scope.now - at <= _LATE:
        return scope.now
    return leave_at(scope.now, False, None, scope.world.calendar, scope.world.office)


def _readers(scope: Scope, schedule: BulletinSchedule, drafts: Drafts) -> list[Recipient]:
    """Everybody once; empty positions pass to the next one up, as everywhere."""
    register, found = scope.world.register, dict[str, Recipient]()
    for name in schedule.to:
        position = position_of_readers(name)
        people = _holding(scope, drafts, position) if position else _named(scope, drafts, name)
        for recipient in people:
            found.setdefault(recipient.person, recipient)
    unknown = unknown_readers(register, schedule.to)
    tell_admin(scope, *(ReaderUnknown(reader=each) for each in unknown))
    return list(found.values())


def _holding(scope: Scope, drafts: Drafts, position: str) -> list[Recipient]:
    """Whoever holds a position, in any unit that there is today."""
    found: list[Recipient] = []
    for unit in scope.world.register.units.values():
        if (unit.since and unit.since > scope.today) or (unit.until and unit.until < scope.today):
            continue
        people, gaps = drafts.addressing.recipients(unit.id, unit.id, ((position, False),))
        drafts.note_gaps(gaps)
        found += people
        if position == "supervisor":
            break  # the same for all
    return found


def _named(scope: Scope, drafts: Drafts, name: str) -> list[Recipient]:
    """A person, whoever stands in today, or who holds the position or the next one up and can be reached."""
    person = reader_named(scope.world.register, name)
    if person is None:
        return []
    post = Post(person.unit, person.unit, person.positions[0] if person.positions else "contact")
    recipient, gaps = drafts.addressing.still(person.id, post)
    drafts.note_gaps(gaps)
    return [recipient] if recipient is not None else []
