"""Delivering: lease, one attempt, receipt; and what follows from the receipt.

A retry keeps the Message-ID. A channel that keeps failing gives way to the person's next one, then to the
next position up, and the admin hears of it; the message itself is retried slowly until its deadline closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.abilities import INBOX
from alertd.core.escalation import AlertPlan
from alertd.core.pacing import LAST_RESORT_EVERY, backoff
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Post
from alertd.engine.notify.admin import ADMIN, KEPT, tell_admin
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.journeys import going_on, journey_of
from alertd.engine.notify.telling import SIGN_IN, TOLD, tell_another_way
from alertd.engine.notify.topics import (
    PRESSES,
    AddressDead,
    ChangeUntold,
    ChatBlocked,
    DeliveryAbandoned,
    Undelivered,
)
from alertd.engine.operations.codes import send_another_way
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.ailing import ILL
from alertd.engine.sending.caps import keep_to_limits
from alertd.engine.sending.composing import Composer, Parcel, still_true
from alertd.engine.sending.holding import hold_back
from alertd.engine.sending.parts import payload_with
from alertd.engine.sending.readdressing import readable, readdress
from alertd.engine.sending.silence import SILENT, after_silence, awaits, tried_until
from alertd.messages.render import Renderer
from alertd.messages.short import mark_of
from alertd.store import addresses, failures, leasing, outbox, receipts, sendings
from alertd.store.database import Store
from alertd.store.rows import DeliveryRow, NoticeRow, joined, joined_deadline
from alertd.transports.base import Outcome, Result

_DEAD = {topic.name: topic for topic in (AddressDead, ChatBlocked)}
#: messages to officials; others are the admin's, and trials
_OFFICIAL = ("message", TOLD, SIGN_IN)
_GONE = {Result.ACCEPTED: "accepted", Result.HANDED_OVER: "handed-over"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A parcel with what came of trying to send it."""

    parcel: Parcel
    outcome: Outcome
    seconds: float


def lease(
    store: Store,
    world: World,
    renderer: Renderer,
    channel: str,
    now: datetime,
    limit: int,
    lease_for: timedelta,
) -> list[Parcel]:
    """Lease up to `limit` due deliveries of a channel and put them into words. Nothing while on hold."""
    with store.write(durable=False) as tx:
        rows = claim(tx, world, channel, now, limit, lease_for)
    return put_into_words(store, world, renderer, now, rows)


def claim(
    tx: Connection,
    world: World,
    channel: str,
    now: datetime,
    limit: int,
    lease_for: timedelta,
    retries: int | None = None,
    again: bool = False,
) -> list[DeliveryRow]:
    """Lease up to `limit` due deliveries of a channel; nothing while on hold.

    `lease_for` must be longer than the transport's time-out for the whole batch. At most so many `retries`
    are among them, where a number is given; with `again` they go first.
    """
    if world.mode is Mode.HOLD:
        return []
    scope, until = Scope(tx, world, now), now + lease_for
    found = leasing.claim(tx, channel, now, until, world.node, limit, world.drilling, retries, again)
    rows = readdress(scope, readable(scope, "lease", found))
    return keep_to_limits(scope, hold_back(scope, rows))


def put_into_words(
    store: Store, world: World, renderer: Renderer, now: datetime, rows: Sequence[DeliveryRow]
) -> list[Parcel]:
    """Leased deliveries with their words, once the lease is committed."""
    if not rows:
        return []
    with store.read() as tx:
        return Composer(tx, world, renderer, now).parcels(rows)


def record(scope: Scope, attempts: Sequence[Attempt]) -> int:
    """Write receipts and what became of the deliveries, in a transaction that does nothing else.

    Returns from how many failed attempts something follows: `follow_failures` decides it afterwards.
    """
    receipts.add(scope.tx, [_receipt(scope, attempt) for attempt in attempts])
    failed = [each for each in attempts if not each.parcel.dropped and _falls_short(each)]
    ours = leasing.leased_by(scope.tx, scope.world.node, [attempt.parcel.row.id for attempt in failed])
    leasing.keep(scope.tx, [_kept(attempt) for attempt in failed if attempt.outcome.parts], ours)
    leasing.record(scope.tx, [_recorded(scope.world, scope.now, attempt) for attempt in attempts])
    # Of the others another node has the lease by now, and may have sent them.
    found = [_failure(scope, attempt) for attempt in failed if attempt.parcel.row.id in ours]
    found = [each for each in found if each["address_dead"] or each["another_way"]]
    failures.add(scope.tx, [*found, *_awaited(scope, attempts)])
    sendings.record(scope.tx, [_sent(attempt) for attempt in attempts if attempt.parcel.said])
    return len(found)


def _awaited(scope: Scope, attempts: Sequence[Attempt]) -> list[dict[str, Any]]:
    """By what of these was taken an answer is awaited, and when it is looked whether it came."""
    taken = [
        each.parcel.row
        for each in attempts
        if not each.parcel.dropped and each.outcome.result in _GONE and not _falls_short(each)
    ]
    found = (awaits(scope.world, row, scope.now) for row in taken if not row.drill)
    return [each for each in found if each is not None]


def follow_failures(scope: Scope, limit: int) -> int:
    """Decide what follows from failed attempts whose receipts are safe; returns how many were looked at."""
    rows = failures.due(scope.tx, scope.now, limit)

    def follow(some: Sequence[Any]) -> None:
        for row in some:
            message: DeliveryRow = joined(row, "m_")
            official = message.template in _OFFICIAL
            if official and not message.drill and scope.world.drilling:
                put_off(row)  # what is real goes no other way as a drill
                continue
            if row.code == SILENT:
                after_silence(scope, message)
            elif not official or message.drill == scope.world.drilling:
                _after_failure(scope, row, message)
            failures.decided(scope.tx, row.delivery)

    def put_off(row: Any) -> None:
        failures.put_off(scope.tx, row.delivery, guard.put_off(scope.now, by_the_hour=True))

    guard.each(scope, "follow", rows, follow, put_off, lambda row: (f"{row.delivery:x}", None))
    return len(rows)


def _falls_short(attempt: Attempt) -> bool:
    """Whether the message is not told by this: where an hour counts, handing it over is not enough."""
    row, result = attempt.parcel.row, attempt.outcome.result
    unconfirmed = result is Result.HANDED_OVER and row.by_the_hour and row.template == "message"
    return unconfirmed or result not in _GONE


def _receipt(scope: Scope, attempt: Attempt) -> dict[str, Any]:
    row, outcome, now, node = attempt.parcel.row, attempt.outcome, scope.now, scope.node
    if attempt.parcel.dropped:
        return receipts.receipt(now, node, row.id, row.address, row.attempts, outbox.DROPPED)
    said = {"code": outcome.code, "detail": outcome.detail, "seconds": round(attempt.seconds, 4)}
    return receipts.receipt(now, node, row.id, row.address, row.attempts + 1, outcome.result, **said)


def _sent(attempt: Attempt) -> sendings.Sent:
    parcel = attempt.parcel
    return sendings.Sent(parcel.row.id, mark_of(parcel.said), attempt.outcome.provider_id)


def _kept(attempt: Attempt) -> tuple[int, dict[str, Any]]:
    row = attempt.parcel.row
    return row.id, payload_with(row, attempt.outcome.parts)


def _recorded(world: World, now: datetime, attempt: Attempt) -> dict[str, Any]:
    row, outcome, rendered = attempt.parcel.row, attempt.outcome, attempt.parcel.rendered
    first = row.first_attempt_at or now
    recorded = {
        "k": row.id,
        "owner": world.node,
        "attempts": row.attempts + 1,
        "first_attempt_at": first,
        "last_resort": row.last_resort,
        "subject": rendered.subject if rendered else row.subject,
        "body": rendered.text if rendered and world.abilities(row.channel).kept else "",
        "sent_at": None,
        "not_before": None,
    }
    if attempt.parcel.dropped:
        return {**recorded, "state": outbox.DROPPED, "attempts": row.attempts}
    if outcome.result in _GONE:
        return {**recorded, "state": _GONE[outcome.result], "sent_at": now}
    if outcome.result is Result.REFUSED:
        return {**recorded, "state": "refused"}
    return {**recorded, **_again(world, row, outcome, first, now)}


def _again(
    world: World, row: DeliveryRow, outcome: Outcome, first: datetime, now: datetime
) -> dict[str, Any]:
    """When to try once more; past the channel's share of time it becomes a slow last resort."""
    pause = backoff(row.attempts + 1, outcome.retry_after, row.id)
    if row.last_resort or now + pause > tried_until(world, row, first):
        slow = max(LAST_RESORT_EVERY, pause)
        return {"state": outbox.WAITING, "not_before": now + slow, "last_resort": True}
    return {"state": outbox.WAITING, "not_before": now + pause}


def _failure(scope: Scope, attempt: Attempt) -> dict[str, Any]:
    """A failed attempt for `failures.add`, with whether another way is needed from now on."""
    row, outcome, now = attempt.parcel.row, attempt.outcome, scope.now
    pause = backoff(row.attempts + 1, outcome.retry_after, row.id)
    first = row.first_attempt_at or now
    spent = not row.last_resort and now + pause > tried_until(scope.world, row, first)
    another_way = outcome.result in (Result.REFUSED, Result.HANDED_OVER) or spent
    return failures.failed(
        row.id, now, outcome.result, outcome.detail, outcome.code, outcome.address_dead, another_way
    )


def _after_failure(scope: Scope, failure: Any, row: DeliveryRow) -> None:
    """What follows from one failed attempt at the delivery in `row`.

    A message to the admin that fails is kept here, and no message is made about it: it would fail likewise.
    """
    if row.person == ADMIN:
        if failure.result == Result.REFUSED and row.channel != INBOX:
            _to_inbox(scope, row)
        return
    if failure.address_dead and addresses.block(
        scope.tx, row.channel, row.address, failure.detail[:300], scope.now
    ):
        dead = _DEAD[scope.world.abilities(row.channel).dead_topic]
        who, detail = _name(scope.world, row), _detail(failure)
        tell_admin(scope, dead(person=who, channel=row.channel, address=row.address, detail=detail))
    if not failure.another_way:
        return
    if row.template == outbox.CHANGE and failure.result == Result.REFUSED:
        what, number = row.subject, f"{row.id:x}"
        untold = ChangeUntold(channel=row.channel, about=what, detail=_detail(failure), number=number)
        tell_admin(scope, untold)
    if row.template not in _OFFICIAL:
        return
    pressing = row.template in (TOLD, SIGN_IN) or (row.due is not None and row.due - scope.now < PRESSES)
    if row.template == TOLD:
        instead = tell_another_way(scope, row)
    elif row.template == SIGN_IN:
        again = send_another_way(scope, row)
        if again is None:
            return  # nobody waits for it any more
        instead = again
    else:
        notices = [
            n
            for n in outbox.contents(scope.tx, [row.id])[row.id]
            if still_true(scope.tx, scope.world, scope.now, n)
        ]
        if not notices:
            return  # answered or over meanwhile: nobody is to be told any more
        instead = _notify_another_way(scope, row, notices)
    if instead and (failure.code == ILL or failure.result == Result.HANDED_OVER):
        return  # of a channel that is ill the admin hears once; of one that confirms nothing that is known
    who, number, detail = _name(scope.world, row), f"{row.id:x}", _detail(failure)
    tell_admin(
        scope,
        DeliveryAbandoned(
            person=who,
            channel=row.channel,
            detail=detail,
            number=number,
            instead=", ".join(instead),
            pressing=pressing,
        )
        if instead
        else Undelivered(person=who, channel=row.channel, detail=detail, number=number, pressing=pressing),
    )


def _name(world: World, row: DeliveryRow) -> str:
    person = world.register.people.get(row.person)
    return person.name if person else row.person


def _detail(failure: Any) -> str:
    return f"{failure.code} {failure.detail}".strip()


def _to_inbox(scope: Scope, row: DeliveryRow) -> None:
    """An admin's mail that was refused is kept where `alertd outbox` shows it."""
    kept = outbox.new_delivery(
        scope.now,
        scope.world.mail_domain,
        row.person,
        (INBOX, ADMIN),
        row.bundle + KEPT,
        row.template,
        payload=row.payload,
        drill=row.drill,
    )
    outbox.add_deliveries(scope.tx, [kept])


def _notify_another_way(scope: Scope, row: DeliveryRow, notices: Sequence[NoticeRow]) -> list[str]:
    """Send the notices of a failed message where they go next; returns to whom."""
    drafts = Drafts(scope)
    people = scope.world.register.people
    person = people.get(row.person)
    last = list({notice.deadline: notice for notice in notices}.values())
    posts = [_post(scope.world, notice) for notice in last]
    journey, here = journey_of(row), (row.channel, row.address)
    tried, urgent = (*journey.tried, here), journey.urgent
    way = drafts.addressing.another_way(row.person, tried, posts, person is None, urgent)
    if person is not None and way.again is not None:
        routes = drafts.addressing.routes_to(person, urgent)
        drafts.goes_on(row, way.again, notices, going_on(journey, routes, way.again, here))
        drafts.write()
        return [f"{person.name} ({way.again[0]})"]
    drafts.note_gaps(way.gaps)
    reached: list[str] = []
    for notice, instead in zip(last, way.instead, strict=True):
        detail = {**(notice.alert_detail or {}), "instead_of": notice.person}
        plan = AlertPlan(notice.step, notice.level, scope.now, notice.merged, (), None, notice.ack, urgent)
        if instead:
            deadline = joined_deadline(notice)
            drafts.alert_people(deadline, plan, instead, notice.alert_kind, detail)
            reached += [people[each.person].name for each in instead]
    drafts.write()
    return reached


def _post(world: World, notice: NoticeRow) -> Post:
    row = joined_deadline(notice)
    obligation = world.register.obligations.get(row.obligation)
    return Post(row.unit, obligation.receiver if obligation else None, notice.position, notice.ask)
