"""What was refused leaves once more, at somebody's word: a provider's fault is over, or nobody is sure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alertd.core.text import Line
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, leasing
from alertd.store.outbox import LEASED

#: at most so many leave at one word
MOST = 2000


@dataclass(frozen=True, slots=True)
class Resend:
    """Which messages: those with these numbers, whatever became of them.

    Without numbers all that were refused, of those made `since` then, on one channel if it is named.
    """

    numbers: tuple[int, ...] = ()
    channel: Line = ""
    since: datetime | None = None


@taking_texts
def resend(scope: Scope, asked: Resend) -> tuple[int, ...]:
    """Let messages leave again, each to the address its person has then; returns their numbers.

    What nobody needs any more is dropped when it would leave. Whoever keeps the program may. Raises Refused:
    "no-such-message" and "message-leaving" for a number, "nothing-refused" without one.
    """
    if asked.numbers:
        states = leasing.states(scope.tx, asked.numbers)
        for number in asked.numbers:
            if number not in states:
                raise Refused("no-such-message", found=f"{number:x}")
            if states[number] == LEASED:
                raise Refused("message-leaving", found=f"{number:x}")
        chosen = tuple(dict.fromkeys(asked.numbers))
    else:
        chosen = leasing.refused(scope.tx, asked.channel, asked.since, MOST)
        if not chosen:
            raise Refused("nothing-refused")
    leasing.anew(scope.tx, chosen, scope.now)
    scope.record(audit.REGISTER, "resent", {"messages": [f"{each:x}" for each in chosen]})
    return chosen
