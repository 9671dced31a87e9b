"""Everything that is done to one deadline on its page, each a form: what is asked, and what act it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from alertd.core.rights import Act
from alertd.engine.operations import (
    acts,
    evidence,
    handing_over,
    more_time,
    moving,
    paging,
    silencing,
    taking_back,
)
from alertd.engine.operations.evidence import File
from alertd.engine.ruling.naming import unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.web.page import Call, Gone
from alertd.web.pages.moments import moment_of
from alertd.web.pages.pressing import Pressed, Reasoned, end_given, pressed


class HandedIn(Reasoned):
    """A hand-in: when in local time as a browser writes it, "" for now; a day without a `time` is a day."""

    at: str = ""
    time: str = ""
    result: str = ""
    evidence: str = ""


class At(Reasoned):
    """A moment, "" for now, a day without a `time` a day; a reason; who approved it."""

    at: str = ""
    time: str = ""
    approver: str = ""


class End(Reasoned):
    """A new limit, a day or an instant; who approved it."""

    end: str = ""
    approver: str = ""


class Unit(Reasoned):
    """Another unit, by whatever people call it; "" where it is not known."""

    unit: str = ""


class Paged(Reasoned):
    """Who is to look now, and why."""

    person: str = ""


class Until(Reasoned):
    """The last day that something lasts."""

    until: str = ""


class Colleague(Reasoned):
    """A person of the unit, by id or name."""

    colleague: str = ""


def receive(call: Call) -> Gone:
    """Received: rests the reminders of whoever presses."""
    return pressed(call, "received", lambda scope, row: acts.acknowledge(scope, row.number))


def take_back(call: Call) -> Gone:
    """A received that was pressed by mistake."""
    return pressed(
        call,
        "taken-back",
        lambda scope, row: taking_back.take_back_received(scope, row.number, call.asked.reason),
    )


def hand_in(call: Call) -> Gone:
    """Handed in, with what was typed and the files that prove it."""
    asked = call.asked
    happened, files = moment_of(call.scope, asked.at, asked.time), files_of(call)
    what = acts.HandIn(happened, asked.result, asked.evidence, asked.reason, files)
    return pressed(call, "handed-in", lambda scope, row: acts.hand_in(scope, row.number, what))


def attach(call: Call) -> Gone:
    """Further files."""
    files = files_of(call)
    if not files:
        raise Refused("no-file-chosen")
    return pressed(call, "attached", lambda scope, row: evidence.keep(scope, row.number, files))


def files_of(call: Call) -> tuple[File, ...]:
    """What came with a form."""
    return tuple(File(sent.name, sent.content) for sent in call.files)


def hand_over(call: Call) -> Gone:
    """To a colleague of the unit."""
    asked = call.asked
    return pressed(
        call,
        "handed-over",
        lambda scope, row: handing_over.hand_over(scope, row.number, asked.colleague, asked.reason),
    )


def ask_more_time(call: Call) -> Gone:
    end, reason = end_given(call.scope, call.asked.end), call.asked.reason
    return pressed(
        call, "more-time", lambda scope, row: more_time.ask_extension(scope, row.number, end, reason)
    )


def decline(call: Call) -> Gone:
    """Not ours."""
    unit, reason = _unit(call), call.asked.reason
    return pressed(call, "not-ours", lambda scope, row: moving.decline(scope, row.number, reason, unit))


def verify(call: Call) -> Gone:
    return pressed(call, "verified", lambda scope, row: acts.verify(scope, row.number, call.asked.reason))


def send_back(call: Call) -> Gone:
    """Returned, with a reason and perhaps a new limit."""
    end, reason = moment_of(call.scope, call.asked.end), call.asked.reason
    return pressed(call, "returned", lambda scope, row: acts.send_back(scope, row.number, reason, end))


def grant(call: Call) -> Gone:
    """More time, as asked or until another day."""
    asked, end = call.asked, moment_of(call.scope, call.asked.end)
    return pressed(
        call, "granted", lambda scope, row: more_time.grant_extension(scope, row.number, asked.approver, end)
    )


def refuse(call: Call) -> Gone:
    """No more time."""
    asked = call.asked
    return pressed(
        call,
        "not-granted",
        lambda scope, row: more_time.refuse_extension(scope, row.number, asked.reason, asked.approver),
    )


def give_away(call: Call) -> Gone:
    """It is another unit's indeed."""
    unit, reason = _unit(call), call.asked.reason
    return pressed(
        call, "reassigned", lambda scope, row: moving.accept_decline(scope, row.number, unit, reason)
    )


def keep_it(call: Call) -> Gone:
    """It stays with the unit that declined it."""
    return pressed(
        call, "kept", lambda scope, row: moving.refuse_decline(scope, row.number, call.asked.reason)
    )


def silence(call: Call) -> Gone:
    """Its reminders are held until the end of a day."""
    until, reason = end_given(call.scope, call.asked.until), call.asked.reason
    return pressed(call, "silenced", lambda scope, row: silencing.silence(scope, row.number, until, reason))


def end_silence(call: Call) -> Gone:
    return pressed(
        call, "unsilenced", lambda scope, row: silencing.end_silence(scope, row.number, call.asked.reason)
    )


def suspend(call: Call) -> Gone:
    at, reason = _at(call), call.asked.reason
    return pressed(call, "suspended", lambda scope, row: more_time.suspend(scope, row.number, at, reason))


def resume(call: Call) -> Gone:
    at, reason = _at(call), call.asked.reason
    return pressed(call, "resumed", lambda scope, row: more_time.resume(scope, row.number, at, reason))


def restart(call: Call) -> Gone:
    asked, at = call.asked, _at(call)
    return pressed(
        call,
        "restarted",
        lambda scope, row: more_time.restart(scope, row.number, at, asked.reason, asked.approver),
    )


def waive(call: Call) -> Gone:
    asked = call.asked
    return pressed(
        call, "waived", lambda scope, row: acts.waive(scope, row.number, asked.reason, asked.approver)
    )


def reassign(call: Call) -> Gone:
    unit, reason = _unit(call), call.asked.reason
    if not unit:
        raise Refused("unit-missing")
    return pressed(call, "reassigned", lambda scope, row: moving.reassign(scope, row.number, unit, reason))


def reopen(call: Call) -> Gone:
    return pressed(call, "reopened", lambda scope, row: acts.reopen(scope, row.number, call.asked.reason))


def page(call: Call) -> Gone:
    """Somebody is asked to look now."""
    asked = call.asked
    return pressed(
        call, "paged", lambda scope, row: paging.page(scope, row.number, asked.person, asked.reason)
    )


def _at(call: Call) -> date | datetime | None:
    return moment_of(call.scope, call.asked.at, call.asked.time)


def _unit(call: Call) -> str:
    """The unit that was chosen, "" for none. Raises Refused."""
    text = call.asked.unit.strip()
    return unit_named(call.scope.world.register, text) if text else ""


@dataclass(frozen=True, slots=True)
class Form:
    """One form: `path` behind the deadline's address, the fields that may and those that must be filled.

    `request` is the kind of the request that it decides.
    """

    path: str
    act: Act
    work: Callable[[Call], Gone]
    takes: type[Pressed]
    may: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    request: str = ""

    @property
    def uploads(self) -> bool:
        return "files" in self.may + self.must


#: in the order they are drawn
FORMS: tuple[Form, ...] = (
    Form("received", Act.ACKNOWLEDGE, receive, Pressed),
    Form("taken-back", Act.TAKE_BACK, take_back, Reasoned),
    Form("handed-in", Act.HAND_IN, hand_in, HandedIn, ("at", "result", "evidence", "files", "reason")),
    Form("verified", Act.VERIFY, verify, Reasoned, ("reason",)),
    Form("returned", Act.RETURN, send_back, End, ("end",), ("reason",)),
    Form("granted", Act.DECIDE_EXTEND, grant, End, ("end",), request="extend"),
    Form("not-granted", Act.DECIDE_EXTEND, refuse, End, (), ("reason",), request="extend"),
    Form("given-away", Act.DECIDE_DECLINE, give_away, Unit, ("unit", "reason"), request="decline"),
    Form("kept", Act.DECIDE_DECLINE, keep_it, Reasoned, (), ("reason",), request="decline"),
    Form("attached", Act.ATTACH, attach, Pressed, (), ("files",)),
    Form("paged", Act.PAGE, page, Paged, (), ("person", "reason")),
    Form("handed-over", Act.HAND_OVER, hand_over, Colleague, ("reason",), ("colleague",)),
    Form("more-time", Act.EXTEND, ask_more_time, End, (), ("end", "reason")),
    Form("not-ours", Act.DECLINE, decline, Unit, ("unit",), ("reason",)),
    Form("silenced", Act.SILENCE, silence, Until, (), ("until", "reason")),
    Form("unsilenced", Act.END_SILENCE, end_silence, Reasoned, ("reason",)),
    Form("resumed", Act.RESUME, resume, At, ("at", "reason")),
    Form("suspended", Act.SUSPEND, suspend, At, ("at",), ("reason",)),
    Form("restarted", Act.RESTART, restart, At, ("at",), ("reason",)),
    Form("reassigned", Act.REASSIGN, reassign, Unit, (), ("unit", "reason")),
    Form("waived", Act.WAIVE, waive, At, (), ("reason",)),
    Form("reopened", Act.REOPEN, reopen, Reasoned, (), ("reason",)),
)
