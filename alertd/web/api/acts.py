"""What people do to one deadline, at the word of another system: one function of the operations for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alertd.engine.operations import (
    acts,
    handing_over,
    more_time,
    moving,
    paging,
    silencing,
    taking_back,
    tokens,
)
from alertd.engine.operations.acts import HandedIn as HandInDone
from alertd.engine.operations.acts import HandIn as HandInAsked
from alertd.engine.reporting.whole import whole
from alertd.engine.ruling.naming import unit_named
from alertd.engine.ruling.scope import Scope
from alertd.web.api.deadlines import Deadline, deadline_of
from alertd.web.api.endpoint import Ask, Reply
from alertd.web.api.given import Given, Moment, Name, Remark
from alertd.web.api.seen import visible


class Reason(Given):
    """Why; some acts ask for it."""

    reason: Remark = ""


class HandIn(Reason):
    """A hand-in: when it happened, now without that; its result, and what proves it."""

    happened: Moment | None = None
    result: Remark = ""
    evidence: Remark = ""


class Return(Reason):
    """`end` is a new last day, or an instant where hours count."""

    end: Moment | None = None


class Since(Reason):
    """Since when; now without that."""

    at: Moment | None = None


class Approved(Reason):
    """`approver` is who approved it."""

    approver: Remark = ""


class Restart(Since):
    """`approver` is who approved it."""

    approver: Remark = ""


class Extension(Reason):
    """The last day that is asked for, or the instant."""

    end: Moment


class Until(Reason):
    """The last day that the reminders are held, or the instant."""

    end: Moment


class Granted(Given):
    """Another day than was asked for, where one is given."""

    approver: Remark = ""
    end: Moment | None = None


class Colleague(Reason):
    """Who is asked instead, by name or id; of the same unit."""

    to: Name


class Whom(Reason):
    """Who is to look at it now, by name or id."""

    who: Name


class Unit(Reason):
    """Whose it is; where a decline named one, that without it."""

    unit: Remark = ""


class Done(Reply):
    """The deadline as it is now. `quiet_until` rests an acknowledgement; `breach` is what a hand-in leaves.

    `started` and `running` are clocks (ids) that waited for a hand-in, new or there already.
    """

    deadline: Deadline
    quiet_until: datetime | None = None
    breach: str = ""
    started: tuple[str, ...] = ()
    running: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """One act: as it stands in an address, what it does in a sentence, its function, what it takes."""

    name: str
    says: str
    function: Callable[..., Any]
    takes: type[Given] = Reason

    def __call__(self, ask: Ask) -> Done:
        """Do it. The fields of the body are called as the parameters of the function are."""
        row, scope = visible(ask, ask.number), ask.scope
        given = {name: getattr(ask.asked, name) for name in type(ask.asked).model_fields}
        if given.get("unit"):
            given["unit"] = unit_named(scope.world.register, given["unit"])
            tokens.need_parties(scope.world, ask.bearer, [given["unit"]], scope.now)
        found = self.function(scope, row.number, **given)
        deadline = deadline_of(whole(scope, row.id).stood, ask)
        if isinstance(found, HandInDone):
            return Done(deadline=deadline, breach=found.breach, started=found.started, running=found.running)
        quiet = found if self.function is acts.acknowledge else None
        return Done(deadline=deadline, quiet_until=quiet)


def _hand_in(
    scope: Scope,
    number: int,
    happened: date | datetime | None,
    result: str,
    evidence: str,
    reason: str,
) -> HandInDone:
    return acts.hand_in(scope, number, HandInAsked(happened, result, evidence, reason))


#: every act on one deadline (docs/acts.md)
DOINGS = (
    Doing("acknowledge", "Received: rests the reminders; the limit stays.", acts.acknowledge),
    Doing("take-back", "Take back one’s last *received*.", taking_back.take_back_received),
    Doing("hand-over", "Let a colleague be asked instead.", handing_over.hand_over, Colleague),
    Doing("page", "Ask one person to look at it now.", paging.page, Whom),
    Doing("hand-in", "Handed in, which starts what waits for it.", _hand_in, HandIn),
    Doing("return", "Return a hand-in for correction.", acts.send_back, Return),
    Doing("verify", "Strike a hand-in off: reviewed and closed.", acts.verify),
    Doing("waive", "Close a duty that need not be done.", acts.waive, Approved),
    Doing("reopen", "Open it again with the limit it had.", acts.reopen),
    Doing("silence", "Hold its reminders until a day.", silencing.silence, Until),
    Doing("end-silence", "Let its reminders go on.", silencing.end_silence),
    Doing("suspend", "Stop the clock.", more_time.suspend, Since),
    Doing("resume", "Let the clock go on.", more_time.resume, Since),
    Doing("restart", "Count anew.", more_time.restart, Restart),
    Doing("ask-extension", "Ask for more time.", more_time.ask_extension, Extension),
    Doing("grant-extension", "Grant the time that was asked for.", more_time.grant_extension, Granted),
    Doing("refuse-extension", "Refuse more time.", more_time.refuse_extension, Approved),
    Doing("reassign", "Give it to another unit.", moving.reassign, Unit),
    Doing("decline", "Say that it is another unit’s.", moving.decline, Unit),
    Doing("accept-decline", "Let the unit it is said to be take it.", moving.accept_decline, Unit),
    Doing("refuse-decline", "Let it stay where it is.", moving.refuse_decline),
)
