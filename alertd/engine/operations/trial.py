"""One message sent on purpose, to see whether a channel works: marked as a drill, kept with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alertd.core.abilities import abilities_of
from alertd.core.text import Line, one_line
from alertd.core.text_messages import Texting
from alertd.engine.operations.texts import taking_texts
from alertd.engine.operations.unblocking import unblock
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.messages.render import Renderer
from alertd.messages.view import AdminView
from alertd.store import audit, outbox, receipts
from alertd.store.ids import new_id
from alertd.transports.base import Outcome, Outgoing, Result

#: characters of the column: an address may be longer than any id
_LONGEST_PERSON = 80
#: what a finished attempt leaves in the outbox; nothing is tried again
_STATES = {Result.ACCEPTED: "accepted", Result.HANDED_OVER: "handed-over"}


@dataclass(frozen=True, slots=True)
class Trial:
    """Whom to send to over which channel; `person` is an id, or the address itself."""

    channel: Line
    person: Line
    name: Line
    address: Line


@taking_texts
def trial_to(world: World, channel: Line, transport: Line, to: Line) -> Trial:
    """A trial to a person's address on this channel, to the address itself, or to the system that listens.

    Raises Refused: "no-address" for a person who has none there, "no-addressee" for neither.
    """
    can = abilities_of(transport, channel)
    if can.changes and to == channel:
        return Trial(channel, channel, channel, channel)
    known = world.register.people.get(to)
    if known is not None:
        address = can.address(known)
        if not address:
            raise Refused("no-address", person=known.name, channel=channel)
        return Trial(channel, known.id, known.name, address)
    if not can.is_address(to):
        raise Refused("no-addressee", found=to)
    return Trial(channel, to, "", to)


def trial_message(
    trial: Trial,
    renderer: Renderer,
    language: str,
    mail_domain: str,
    sender: str,
    texting: Texting | None = None,
) -> Outgoing:
    """The message; `sender` is who tries, named in it so that nobody wonders.

    `texting` says how it is written for a channel of text messages.
    """
    args = {"channel": trial.channel, "by": sender}
    view = AdminView("test-send", args, language=language, drill=True)
    rendered = renderer.render(view)
    short = renderer.short(view, texting) if texting is not None else None
    identity = new_id()
    return Outgoing(
        delivery=identity,
        address=trial.address,
        name=trial.name,
        message_id=f"{identity:x}@{mail_domain}",
        thread=(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        drill=True,
        short=short,
    )


@taking_texts
def record_trial(scope: Scope, trial: Trial, message: Outgoing, outcome: Outcome, seconds: float) -> None:
    """Keep the message and its receipt, and who sent it, in the caller's transaction.

    An address that takes it is written to again, whatever its provider said of it before.
    """
    sent = outcome.result in _STATES
    if sent:
        unblock(scope, trial.channel, trial.address)
    row = outbox.new_delivery(
        scope.now,
        scope.world.mail_domain,
        one_line(trial.person, _LONGEST_PERSON),
        (trial.channel, trial.address),
        f"test|{message.delivery:x}",
        "test",
        id=message.delivery,
        payload={
            "topic": "test-send",
            "args": {"channel": trial.channel, "by": scope.actor.text},
            "items": [],
        },
        state=_STATES.get(outcome.result, "refused"),
        drill=True,
        not_before=None,
        attempts=1,
        first_attempt_at=scope.now,
        message_id=message.message_id,
        subject=message.subject,
        body=message.text,
        sent_at=scope.now if sent else None,
    )
    outbox.add_deliveries(scope.tx, [row])
    said: dict[str, Any] = {
        "code": outcome.code[:60],
        "detail": outcome.detail[:500],
        "seconds": round(seconds, 4),
    }
    to = message.delivery, trial.address
    receipts.add(scope.tx, [receipts.receipt(scope.now, scope.node, *to, 1, outcome.result, **said)])
    detail = {"channel": trial.channel, "person": trial.person, "result": str(outcome.result)}
    scope.record(audit.REGISTER, "test-sent", detail)
