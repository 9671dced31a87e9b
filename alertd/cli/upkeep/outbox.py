"""`alertd outbox` and `alertd test-send`: what was sent, what waits, and whether a channel works."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import YES, Said

if TYPE_CHECKING:
    from alertd.engine.reporting.queries import Posted, Receipt
    from alertd.engine.ruling.world import World
    from alertd.installation import Store

STATES = ("waiting", "leased", "accepted", "handed-over", "refused", "dropped")


@command("outbox")
@click.argument("delivery", metavar="ID", default="")
@click.option("--state", "states", type=click.Choice(STATES), multiple=True)
@click.option("--person", metavar="NAME", default="")
@click.option("--channel", metavar="CHANNEL", default="")
@click.option("--limit", type=click.IntRange(min=1), default=200)
@as_json
def outbox(
    session: Session,
    delivery: str,
    states: Sequence[str],
    person: str,
    channel: str,
    limit: int,
    as_json: bool,
) -> int:
    from alertd.cli.existing import existing_store, ruling_or_written
    from alertd.cli.output import print_json
    from alertd.cli.rows import say_lost
    from alertd.engine.preview.wording import subjects
    from alertd.engine.reporting import queries
    from alertd.engine.ruling.scope import Scope

    store = existing_store(session)
    if store is None:
        if delivery:
            raise Said("outbox.none", found=delivery)
        print_json([]) if as_json else print(session.say("outbox.no-store"))
        return YES
    world = ruling_or_written(session, store)
    if delivery:
        _show(session, world, store, delivery, as_json)
        return YES
    who = _person_id(world, person)
    with store.read() as tx:
        found, lost = queries.outbox(tx, states, who, channel, limit)
        scope, renderer = Scope(tx, world, session.now), session.installation.renderer()
        about = subjects(scope, renderer, [each.row for each in found])
    if as_json:
        print_json([posted_json(session, each, about[each.row.id]) for each in found])
    else:
        _print_list(session, world, found, about)
        _say_more(session, len(found), limit)
    return say_lost(session, lost)


def _person_id(world: World, name: str) -> str:
    """A person's id; `admin` is who keeps the program, and an address a test went to stands for itself."""
    from alertd.engine.ruling.naming import person_named

    known = person_named(world.register, name) if name else None
    return known.id if known else name


def posted_json(session: Session, posted: Posted, subject: str) -> dict[str, Any]:
    """One delivery; the subject of one that waits is what it would be now."""
    from alertd.cli.output import rfc3339

    row = posted.row
    return {
        "id": f"{row.id:x}",
        "deadlines": list(posted.deadlines),
        "person": row.person,
        "channel": row.channel,
        "state": row.state,
        "subject": subject,
        "not_before": rfc3339(row.not_before, session.zone),
        "attempts": row.attempts,
        "message_id": row.message_id,
        "last_receipt": _receipt_json(session, posted.last) if posted.last else None,
    }


def _receipt_json(session: Session, row: Receipt) -> dict[str, Any]:
    from alertd.cli.output import rfc3339

    return {
        "attempt": row.attempt,
        "at": rfc3339(row.at, session.zone),
        "result": row.result,
        "code": row.code,
        "detail": row.detail,
        "node": row.node,
        "seconds": row.seconds,
    }


def _print_list(session: Session, world: World, found: Sequence[Posted], about: Mapping[int, str]) -> None:
    from alertd.cli.output import print_table

    if not found:
        print(session.say("outbox.empty"))
        return
    heads = [
        session.say(f"outbox.head-{name}") for name in ("id", "at", "person", "channel", "state", "about")
    ]
    print_table(heads, (_row(session, world, each, about[each.row.id]) for each in found))


def _say_more(session: Session, shown: int, limit: int) -> None:
    """How to see more: only people who read along want to know."""
    if not shown or not sys.stdout.isatty():
        return
    print("\n" + session.say("outbox.read-one"))
    if shown == limit:
        print(session.say("outbox.older", limit=2 * limit))


def _row(session: Session, world: World, posted: Posted, subject: str) -> list[str]:
    from alertd.saying.messages import message_at, message_state
    from alertd.saying.people import who
    from alertd.saying.voice import Reader

    row, voice = posted.row, Reader(world, session.language, session.now)
    about = subject or session.words.say("text.list").join(posted.deadlines[:3])
    at, state = message_at(row, voice), message_state(row, voice)
    return [f"{row.id:x}", at, who(row.person, voice), row.channel, state, about]


def _show(session: Session, world: World, store: Store, name: str, as_json: bool) -> None:
    """One message with its text and receipts."""
    from alertd.cli.output import aligned, print_json, rfc3339
    from alertd.engine.reporting.queries import posted_one, receipts_of
    from alertd.saying.messages import message_state, receipt_line
    from alertd.saying.people import addressed
    from alertd.saying.voice import Reader

    with store.read() as tx:
        posted = posted_one(tx, number_of(name))
        receipts = receipts_of(tx, posted.row.id) if posted else ()
    if posted is None:
        raise Said("outbox.none", found=name)
    row = posted.row
    subject, text = _text(session, world, store, row)
    if as_json:
        more = {
            "address": row.address,
            "drill": row.drill,
            "created_at": rfc3339(row.created_at, session.zone),
            "sent_at": rfc3339(row.sent_at, session.zone),
            "text": text,
            "receipts": [_receipt_json(session, receipt) for receipt in receipts],
        }
        print_json({**posted_json(session, posted, subject), **more})
        return
    voice = Reader(world, session.language, session.now)
    facts = [
        ("id", f"{row.id:x}"),
        ("person", addressed(row, voice)),
        ("channel", row.channel),
        ("state", message_state(row, voice)),
        ("about", subject),
        ("deadlines", session.words.say("text.list").join(posted.deadlines)),
    ]
    print("\n".join(aligned([(session.say(f"outbox.head-{key}"), value) for key, value in facts if value])))
    for receipt in receipts:
        print(receipt_line(receipt, voice))
    print("\n" + (text.rstrip("\n") if text else session.say("outbox.text-not-kept")))


def number_of(name: str) -> int:
    """A message's id from its number as it is shown. Raises Said."""
    try:
        number = int(name, 16)
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise Said("outbox.none", found=name)
    return number


def _text(session: Session, world: World, store: Store, row: Any) -> tuple[str, str]:
    """Subject and text: what was kept, or what would leave now."""
    from alertd.engine.preview.wording import worded
    from alertd.engine.ruling.scope import Scope

    with store.read() as tx:
        return worded(Scope(tx, world, session.now), session.installation.renderer(), row)
