"""What somebody writes back and no other act follows from: kept with its deadlines, and nothing done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alertd.core.text import Line, OwnText, Remark
from alertd.engine.notify.addressing import Recipient, routes_of
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.mail_topics import MailPutAside, WrittenElsewhere
from alertd.engine.notify.telling import Word, tell_people, told_before
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, audit, deadlines, outbox

#: what the writer is told: the sentences under `admin.TOPIC`
UNCLEAR, WHICH, REFUSED, NOT_ASKED = "answer-unclear", "answer-which", "answer-refused", "answer-not-asked"


@dataclass(frozen=True, slots=True)
class Writing:
    """What came back to a delivery from an address. `numbers` are the deadlines it is about.

    `about` is what its writer is told: UNCLEAR, WHICH (which of several deadlines is meant), NOT_ASKED, or
    REFUSED, and then `why` says why in the writer's language.
    """

    delivery: int
    person: OwnText
    numbers: tuple[int, ...]
    text: Remark
    address: Line
    about: OwnText = UNCLEAR
    why: OwnText = ""
    channel: OwnText = ""  # over which the writer is told rather, where that is a way to them
    once: OwnText = ""  # the writer is told once for the delivery, or once for this


@taking_texts
def keep_writing(scope: Scope, writing: Writing) -> bool:
    """Keep what the person a message was for wrote back, and tell them what to write instead.

    False where they were told so for this message before: two programs that answer each other end here.
    """
    _record(scope, writing, "wrote")
    person = scope.world.register.people.get(writing.person)
    routes = routes_of(scope.world, person, addresses.unusable(scope.tx, scope.now)) if person else ()
    if person is None or not routes:
        return False
    first = deadlines.hold(scope.tx, writing.numbers[0]) if writing.numbers else None
    obligation = scope.world.register.obligations.get(first.obligation) if first else None
    args = {
        "title": obligation.title if obligation else first.id if first else "",
        "number": first.number if first else "",
        "why": writing.why,
    }
    parties = (first.party,) if first else ()
    args["numbers"] = ", ".join(map(str, writing.numbers))
    once = writing.once or f"{writing.delivery:x}"
    word = Word(writing.about, once, args, parties, answers=writing.delivery)
    if told_before(scope, word, person.id):
        return False
    routes = tuple(sorted(routes, key=lambda route: route[0] != writing.channel))
    notices = outbox.contents(scope.tx, [writing.delivery])[writing.delivery]
    position = next((notice.position for notice in notices), "")
    drafts = Drafts(scope)
    tell_people(drafts, word, (Recipient(person.id, position, False, "", routes),))
    drafts.write()
    return True


@taking_texts
def keep_elsewhere(scope: Scope, writing: Writing) -> None:
    """Keep what came back from another address than that of the person a message was for; the admin hears."""
    _record(scope, writing, "wrote-elsewhere")
    person = scope.world.register.people.get(writing.person)
    tell_admin(
        scope,
        WrittenElsewhere(
            number=f"{writing.delivery:x}",
            person=person.name if person else writing.person,
            address=writing.address,
            deadlines=", ".join(_ids(scope, writing.numbers)),
        ),
    )


@taking_texts
def put_aside(scope: Scope, mail: Line, detail: Line) -> None:
    """The program slipped on a mail that came in, and it was left where it lies: the admin hears of it."""
    scope.record(audit.REGISTER, "mail-put-aside", {"mail": mail, "reason": detail})
    tell_admin(scope, MailPutAside(mail=mail, detail=detail))


def _record(scope: Scope, writing: Writing, action: str) -> None:
    detail = {"reason": writing.text, "address": writing.address, "delivery": f"{writing.delivery:x}"}
    detail |= {"why": writing.why} if writing.why else {}
    for number in writing.numbers:
        deadlines.hold(scope.tx, number)
        scope.record(number, action, detail)
    if not writing.numbers:
        scope.record(audit.REGISTER, action, detail)


def _ids(scope: Scope, numbers: Sequence[int]) -> list[str]:
    return [deadlines.hold(scope.tx, number).id for number in numbers]
