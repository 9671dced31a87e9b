"""Texts that people write back, and what a provider reports of those that left.

As with a button, the right to answer comes from the address: the number that is a person's now, and that was
asked. What is not understood is kept, and its writer is told once a day what to write. That a text was
delivered, or read, is a fact of its own, never an acknowledgement; that it was not delivered is as if it had
been refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from alertd.core.model import RUNNING, Person
from alertd.core.phones import e164
from alertd.core.text import LONGEST_REMARK, one_line
from alertd.engine.operations.acts import HandIn, acknowledge, hand_in
from alertd.engine.operations.writing import Writing, keep_elsewhere, keep_writing
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.sending.bounces import came_back
from alertd.engine.sending.letters import Taken
from alertd.engine.sending.silence import awaits
from alertd.mailin.answers import Answer
from alertd.mailin.letter import Bounce, Kind
from alertd.mailin.texts import text_answer
from alertd.messages.refusals import refused_text
from alertd.store import failures, idempotency, leasing, outbox, receipts, sendings
from alertd.store.rows import DeliveryRow
from alertd.store.tables import deliveries
from alertd.transports.base import Reported, Texted, Told

#: what its writer is told: the sentences under `admin.TOPIC`
UNCLEAR, WHICH, REFUSED, NOT_ASKED = "text-unclear", "text-which", "text-refused", "text-not-asked"
#: texts to one person that are looked through for what is asked
_LOOKED_THROUGH = 50


def take_told(scope: Scope, told: Told) -> Taken:
    """Take in what a provider tells: a text that came back, or what became of one that left."""
    return take_text(scope, told) if isinstance(told, Texted) else take_report(scope, told)


def take_text(scope: Scope, texted: Texted) -> Taken:
    """Do what a text says, once: the same text again is answered as it was."""
    key = f"text:{texted.channel}:{texted.id}"
    return Taken(replace(scope, idempotency_key=key).once(lambda scope: str(_taken(scope, texted))))


def _taken(scope: Scope, texted: Texted) -> Taken:
    address = e164(texted.address) or texted.address
    sent = _sent_to(scope, texted.channel, address)
    person = _holder(scope, texted.channel, address, sent)
    said = one_line(texted.text, LONGEST_REMARK)
    if person is None:
        if not sent:
            return Taken.UNKNOWN
        scope = scope.by(Actor(sent[0].person, f"{texted.channel}:{address}"))
        keep_elsewhere(scope, Writing(sent[0].id, sent[0].person, (), said, address))
        return Taken.KEPT  # who is not in the directory would pass for the office
    scope = scope.by(Actor(person.id, f"{texted.channel}:{address}"))
    asked = _asked(scope, [row for row in sent if row.person == person.id])
    answer = text_answer(texted.text)
    numbers = _meant(answer, asked)
    about = _about(answer, asked, numbers)
    if about:
        return _kept(scope, texted, person, sent, asked, said, about)
    refused = _act(scope, answer, numbers)
    if len(refused) < len(numbers):
        return Taken.DONE
    language = person.language or scope.world.language
    why = refused_text(refused[0].code, refused[0].values, scope.world.zone, language, scope.today)
    return _kept(scope, texted, person, sent, numbers, said, REFUSED, why)


def _sent_to(scope: Scope, channel: str, address: str) -> Sequence[DeliveryRow]:
    """What was sent to a number over a channel lately, the newest first."""
    query = select(deliveries).where(
        deliveries.c.channel == channel,
        deliveries.c.address == address,
        deliveries.c.template == "message",
        deliveries.c.drill.is_(False),
        deliveries.c.sent_at.is_not(None),
    )
    return scope.tx.execute(query.order_by(deliveries.c.id.desc()).limit(_LOOKED_THROUGH)).fetchall()


def _holder(scope: Scope, channel: str, address: str, sent: Sequence[DeliveryRow]) -> Person | None:
    """Whose the number is now; of several, who was written to last."""
    can = scope.world.abilities(channel)
    held = {p.id: p for p in scope.world.register.people.values() if can.address(p) == address}
    written = next((held[row.person] for row in sent if row.person in held), None)
    return written or (next(iter(held.values())) if len(held) == 1 else None)


def _asked(scope: Scope, sent: Sequence[DeliveryRow]) -> tuple[int, ...]:
    """The deadlines that these texts ask about, and that run still."""
    contents = outbox.contents(scope.tx, [row.id for row in sent])
    notices = [notice for found in contents.values() for notice in found]
    return tuple(dict.fromkeys(n.deadline for n in notices if n.ask and n.d_state in RUNNING))


def _meant(answer: Answer, asked: Sequence[int]) -> tuple[int, ...]:
    """Which of them are meant: the only one, all, or those that are named."""
    if answer.all or (len(asked) == 1 and not answer.numbers):
        return tuple(asked)
    return tuple(number for number in asked if number in answer.numbers)


def _about(answer: Answer, asked: Sequence[int], numbers: Sequence[int]) -> str:
    """What the writer is told where nothing is done; "" where something is."""
    if not asked:
        return NOT_ASKED
    if answer.kind not in (Kind.RECEIVED, Kind.HANDED_IN):
        return UNCLEAR
    return "" if numbers and set(answer.numbers) <= set(asked) else WHICH


def _act(scope: Scope, answer: Answer, numbers: Sequence[int]) -> list[Refused]:
    refused = []
    remark = one_line(answer.rest, LONGEST_REMARK)
    for number in numbers:
        try:
            if answer.kind is Kind.RECEIVED:
                acknowledge(scope, number, remark)
            else:
                hand_in(scope, number, HandIn(evidence=remark))
        except Refused as refusal:
            refused.append(refusal)
    return refused


def _kept(
    scope: Scope,
    texted: Texted,
    person: Person,
    sent: Sequence[DeliveryRow],
    asked: Sequence[int],
    said: str,
    about: str,
    why: str = "",
) -> Taken:
    mine = next((row.id for row in sent if row.person == person.id), 0)
    once = f"{texted.channel}|{scope.today.isoformat()}"
    address = one_line(texted.address, LONGEST_REMARK // 4)
    keep_writing(
        scope, Writing(mine, person.id, tuple(asked), said, address, about, why, texted.channel, once)
    )
    return Taken.KEPT


# ---------------------------------------------------------------- reports


def take_report(scope: Scope, reported: Reported) -> Taken:
    """Note what became of a text that a provider took, or may have taken, once."""
    row = _reported(scope, reported)
    if row is None:
        return Taken.UNKNOWN
    result = sendings.READ if reported.read else sendings.DELIVERED
    key = f"report:{reported.channel}:{row.id:x}:{'read' if reported.read else reported.delivered}"
    if idempotency.answered(scope.tx, key) is not None:
        return Taken.PASSED_OVER
    idempotency.keep(scope.tx, key, "", scope.now)
    said = f"{reported.code} {reported.detail}".strip()
    if not reported.delivered:
        bounce = Bounce(lasting=True, dead=reported.dead, status=reported.code, detail=said)
        return Taken.BOUNCED if came_back(scope, row, bounce) else Taken.PASSED_OVER
    if row.state == outbox.WAITING and row.attempts:
        _arrived(scope, row)
    about = {"code": reported.code, "detail": reported.detail}
    receipt = receipts.receipt(scope.now, scope.node, row.id, row.address, row.attempts, result, **about)
    receipts.add(scope.tx, [receipt])
    return Taken.DONE


def _arrived(scope: Scope, row: DeliveryRow) -> None:
    """It was in doubt whether an attempt arrived: it did, so none follows, and no other way is taken."""
    leasing.arrived(scope.tx, row, scope.now, scope.node, sendings.DELIVERED)
    failures.decided(scope.tx, row.id)
    waits = awaits(scope.world, row, scope.now)
    failures.add(scope.tx, [waits] if waits is not None else [])


def _reported(scope: Scope, reported: Reported) -> DeliveryRow | None:
    """The text that a report is about, held; by our number or by what the provider calls it."""
    number = reported.delivery
    if number is None and reported.provider_id:
        number = sendings.called(scope.tx, reported.channel, reported.provider_id)
    row = outbox.hold(scope.tx, number) if number is not None else None
    if row is None or row.channel != reported.channel:
        return None
    return row if (e164(reported.address) or row.address) == row.address else None
