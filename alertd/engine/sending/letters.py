"""Mails that people write back: what they do, and for whom.

As with a button, the right to answer comes from the address: the mail is to the address that only its
delivery has, from the address it went to, and that is still the person's. What comes otherwise is kept, and
does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from alertd.core.text import LONGEST_REMARK, one_line
from alertd.engine.operations.acts import HandIn, acknowledge, hand_in
from alertd.engine.operations.evidence import File, keep
from alertd.engine.operations.writing import (
    NOT_ASKED,
    REFUSED,
    UNCLEAR,
    WHICH,
    Writing,
    keep_elsewhere,
    keep_writing,
)
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.signing_keys import keys_of
from alertd.engine.sending.bounces import came_back
from alertd.engine.sending.return_addresses import Purpose, delivery_at
from alertd.mailin.letter import Kind, Letter
from alertd.messages.refusals import refused_text
from alertd.store import outbox
from alertd.store.rows import DeliveryRow

#: what is kept of a text that is longer than what stands in the history
_WHOLE_TEXT = "mail.txt"


class Taken(StrEnum):
    """What became of a mail."""

    DONE = "done"  # it did what it says
    KEPT = "kept"  # it was kept, and its writer or the office told
    BOUNCED = "bounced"  # the message it is about goes another way
    PASSED_OVER = "passed-over"  # written by a program, or about what is settled
    UNKNOWN = "unknown"  # it answers no message of this installation


@dataclass(frozen=True, slots=True)
class _Answered:
    """A letter, the delivery it answers, the deadlines that delivery asks about, and those it tells of."""

    letter: Letter
    row: DeliveryRow
    numbers: tuple[int, ...]
    others: tuple[int, ...]
    language: str

    def writing(self, about: str, why: str = "") -> Writing:
        """What is kept of it where it does nothing."""
        text = one_line(self.letter.text or self.letter.subject, LONGEST_REMARK)
        person, address = self.row.person, one_line(self.letter.sender, LONGEST_REMARK // 4)
        return Writing(self.row.id, person, self.numbers + self.others, text, address, about, why)


def take_in(scope: Scope, letter: Letter) -> Taken:
    """Do what a mail says, once: the same mail again is answered as it was."""
    purpose = Purpose.BOUNCE if letter.kind is Kind.BOUNCE else Purpose.REPLY
    row = delivery_at(scope.tx, scope.world, keys_of(scope.tx), purpose, letter.recipients)
    if letter.kind is Kind.AUTOMATIC:
        return Taken.PASSED_OVER
    if row is None:
        return Taken.UNKNOWN
    if letter.bounce is not None:
        return Taken.BOUNCED if came_back(scope, row, letter.bounce) else Taken.PASSED_OVER
    key = f"mail:{row.id:x}:{letter.name}"
    return Taken(replace(scope, idempotency_key=key).once(lambda scope: str(_answered(scope, letter, row))))


def _answered(scope: Scope, letter: Letter, row: DeliveryRow) -> Taken:
    person = scope.world.register.people.get(row.person)
    language = (person.language if person else "") or scope.world.language
    answered = _Answered(letter, row, *_about(scope, row), language)
    where = scope.world.abilities(row.channel).address(person) if person is not None else ""
    if not where or not where.casefold() == row.address.casefold() == letter.sender.casefold():
        keep_elsewhere(
            scope.by(Actor(row.person, f"{row.channel}:{letter.sender}")), answered.writing(UNCLEAR)
        )
        return Taken.KEPT  # who is not in the directory would pass for the office
    scope = scope.by(Actor(row.person, f"{row.channel}:{row.address}"))
    if letter.kind is Kind.UNCLEAR or not answered.numbers:
        return _kept(scope, answered, UNCLEAR if answered.numbers else NOT_ASKED)
    if letter.kind is Kind.RECEIVED:
        return _received(scope, answered)
    named = _named(answered)
    if not named:
        return _kept(scope, answered, WHICH)
    return _handed_in(scope, answered, named)


def _about(scope: Scope, row: DeliveryRow) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The deadlines that a message asks its reader about, and the others it tells of."""
    notices = outbox.contents(scope.tx, [row.id])[row.id]
    asked = dict.fromkeys(notice.deadline for notice in notices if notice.ask)
    return tuple(asked), tuple(dict.fromkeys(n.deadline for n in notices if n.deadline not in asked))


def _named(answered: _Answered) -> tuple[int, ...]:
    """Which of them are handed in: the only one, all, or those with the numbers that were written."""
    letter, numbers = answered.letter, answered.numbers
    if letter.all or (len(numbers) == 1 and not letter.numbers):
        return numbers
    return tuple(number for number in numbers if number in letter.numbers)


def _received(scope: Scope, answered: _Answered) -> Taken:
    text, refused = one_line(answered.letter.text, LONGEST_REMARK), []
    for number in answered.numbers:
        try:
            acknowledge(scope, number, text)
        except Refused as refusal:
            refused.append(refusal)
    if len(refused) == len(answered.numbers):
        return _refused(scope, answered, refused)
    refused = _attach(scope, answered.numbers[:1], answered.letter)
    return _refused(scope, answered, refused) if refused else Taken.DONE


def _handed_in(scope: Scope, answered: _Answered, numbers: Sequence[int]) -> Taken:
    letter, refused = answered.letter, []
    happened = _when(answered.row, letter, scope.now)
    done = []
    for number in numbers:
        try:
            hand_in(scope, number, HandIn(happened, evidence=one_line(letter.text, LONGEST_REMARK)))
            done.append(number)
        except Refused as refusal:
            refused.append(refusal)
    refused += _attach(scope, done[:1], letter)
    return _refused(scope, answered, refused) if refused else Taken.DONE


def _when(row: DeliveryRow, letter: Letter, now: datetime) -> datetime | None:
    """When an answer arrived, where that can be so: a mailbox that was away does not make it late."""
    return letter.arrived if letter.arrived and row.created_at <= letter.arrived <= now else None


def _attach(scope: Scope, numbers: Sequence[int], letter: Letter) -> list[Refused]:
    """Keep its files, and a text that is too long for the history; returns what could not be kept."""
    files = [File(attached.name, attached.content) for attached in letter.attached]
    if len(letter.text) > LONGEST_REMARK:
        files.append(File(_WHOLE_TEXT, letter.text.encode("utf-8", "replace")))
    refused = []
    for number in numbers:
        for file in files:
            try:
                keep(scope, number, (file,))
            except Refused as refusal:
                refused.append(refusal)
        if letter.left_out:
            refused.append(Refused("files-left-out", count=letter.left_out))
    return refused


def _refused(scope: Scope, answered: _Answered, refused: Sequence[Refused]) -> Taken:
    """Keep it, and tell its writer what could not be done, by the first reason."""
    first = refused[0]
    zone = scope.world.zone
    why = refused_text(first.code, first.values, zone, answered.language, scope.today)
    keep_writing(scope, answered.writing(REFUSED, why))
    return Taken.KEPT


def _kept(scope: Scope, answered: _Answered, about: str) -> Taken:
    keep_writing(scope, answered.writing(about))
    _attach(scope, answered.numbers[:1], answered.letter)
    return Taken.KEPT
