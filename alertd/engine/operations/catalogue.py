"""The acts: all that can be asked for, who may, in which states, what stays on record, who hears of it.

Who may do what to one deadline stands in `alertd.core.rights`; what else is listed is done by whoever may use
the program. docs/acts.md is made of this list, and a test does every act and holds the list to what it did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from alertd.core.model import State
from alertd.core.rights import NEEDS_APPROVER, RIGHTS, Act, Role
from alertd.engine.operations import (
    accounts,
    acts,
    calendars,
    codes,
    events,
    evidence,
    going_live,
    handing_over,
    linking,
    mailing,
    more_time,
    moving,
    paging,
    pins,
    progress,
    proposals,
    rating,
    releasing,
    resending,
    signing_in,
    silencing,
    taking_back,
    tokens,
    trial,
    turning,
    unblocking,
    writing,
)


class Hears(StrEnum):
    """Who is told of an act."""

    TOLD = "told"  # everybody who was told of the deadline, but not who did it
    DECIDER = "decider"  # who decides what is asked for, with repeats
    OWNER = "owner"  # the contact of the unit that owes it
    NEW_OWNER = "new-owner"  # the contact of the unit that owes it from now on, who is asked
    PAGED = "paged"  # the one person it is for, at once
    COLLEAGUE = "colleague"  # to whom it is handed, who is asked
    STARTED = "started"  # whom the steps of the clocks it starts name, when they are reached
    GATE = "gate"  # whom a gate names that was passed shut
    ADMIN = "admin"  # who keeps the program
    READERS = "readers"  # whom the schedule of the bulletin names
    ADDRESSEE = "addressee"  # the one address it goes to


@dataclass(frozen=True, slots=True)
class Listed:
    """One act. `right` is its row of the table of rights, None where it is about no deadline that stands.

    `becomes` is the state of the deadline afterwards, None where it stays as it was. `records` are the
    actions it leaves in the audit; what it closes or moves besides is on record there as what it is.
    """

    name: str
    function: Callable[..., Any]
    right: Act | None
    becomes: State | None
    records: tuple[str, ...]
    hears: tuple[Hears, ...]

    @property
    def place(self) -> str:
        """Where the function is, within the operations."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    @property
    def roles(self) -> frozenset[Role]:
        """Who may; empty where whoever may use the program may."""
        return RIGHTS[self.right].roles if self.right else frozenset()

    @property
    def states(self) -> frozenset[State]:
        """The states it is possible in; empty where it is about no deadline that stands."""
        return RIGHTS[self.right].states if self.right else frozenset()

    @property
    def approved(self) -> bool:
        """Whether the office at its keyboard names who approved it."""
        return self.right in NEEDS_APPROVER


_TOLD, _STARTED = (Hears.TOLD,), (Hears.STARTED,)

ON_A_DEADLINE = (
    Listed("acknowledge", acts.acknowledge, Act.ACKNOWLEDGE, None, ("acknowledged",), ()),
    Listed("take-back", taking_back.take_back_received, Act.TAKE_BACK, None, ("received-taken-back",), ()),
    Listed("page", paging.page, Act.PAGE, None, ("paged",), (Hears.PAGED,)),
    Listed("hand-over", handing_over.hand_over, Act.HAND_OVER, None, ("handed-over",), (Hears.COLLEAGUE,)),
    Listed("silence", silencing.silence, Act.SILENCE, None, ("silenced",), ()),
    Listed("end-silence", silencing.end_silence, Act.END_SILENCE, None, ("silence-ended",), ()),
    Listed("hand-in", acts.hand_in, Act.HAND_IN, State.DONE, ("done",), (*_TOLD, *_STARTED)),
    Listed("attach", evidence.keep, Act.ATTACH, None, ("evidence-kept",), ()),
    Listed("return", acts.send_back, Act.RETURN, State.RETURNED, ("returned",), _TOLD),
    Listed("verify", acts.verify, Act.VERIFY, State.VERIFIED, ("verified",), _TOLD),
    Listed("verify-several", acts.verify_all, Act.VERIFY, State.VERIFIED, ("verified",), _TOLD),
    Listed("verify-occurrence", acts.verify_occurrence, Act.VERIFY, State.VERIFIED, ("verified",), _TOLD),
    Listed("waive", acts.waive, Act.WAIVE, State.WAIVED, ("waived",), _TOLD),
    Listed("reopen", acts.reopen, Act.REOPEN, State.OPEN, ("reopened",), _TOLD),
    Listed("suspend", more_time.suspend, Act.SUSPEND, State.SUSPENDED, ("suspended",), _TOLD),
    Listed("resume", more_time.resume, Act.RESUME, State.OPEN, ("resumed",), _TOLD),
    Listed("restart", more_time.restart, Act.RESTART, State.OPEN, ("restarted",), _TOLD),
    Listed(
        "ask-extension", more_time.ask_extension, Act.EXTEND, None, ("extension-asked",), (Hears.DECIDER,)
    ),
    Listed(
        "grant-extension",
        more_time.grant_extension,
        Act.DECIDE_EXTEND,
        None,
        ("extended",),
        (*_TOLD, Hears.OWNER),
    ),
    Listed(
        "refuse-extension",
        more_time.refuse_extension,
        Act.DECIDE_EXTEND,
        None,
        ("extension-refused",),
        (Hears.OWNER,),
    ),
    Listed("reassign", moving.reassign, Act.REASSIGN, None, ("reassigned",), (*_TOLD, Hears.NEW_OWNER)),
    Listed("decline", moving.decline, Act.DECLINE, None, ("declined",), (Hears.DECIDER,)),
    Listed(
        "accept-decline",
        moving.accept_decline,
        Act.DECIDE_DECLINE,
        None,
        ("reassigned",),
        (*_TOLD, Hears.NEW_OWNER),
    ),
    Listed(
        "refuse-decline",
        moving.refuse_decline,
        Act.DECIDE_DECLINE,
        None,
        ("decline-refused",),
        (Hears.OWNER,),
    ),
)

ON_EVENTS = (
    Listed("report-event", events.report, None, None, ("event-reported",), (*_STARTED, *_TOLD, Hears.GATE)),
    Listed("import-proposals", proposals.import_proposals, None, None, ("event-reported",), _STARTED),
    Listed("correct-event", events.correct, None, None, ("event-corrected", "moved"), (*_TOLD, Hears.GATE)),
    Listed("cancel-event", events.cancel, None, State.CANCELLED, ("event-cancelled", "cancelled"), _TOLD),
    Listed(
        "confirm-event", events.confirm, None, None, ("event-confirmed",), (*_TOLD, *_STARTED, Hears.GATE)
    ),
    Listed("upgrade-event", events.upgrade, None, None, ("event-upgraded",), (*_TOLD, *_STARTED)),
)

ON_FIGURES = (
    Listed("add-progress", progress.add, None, None, ("progress-added",), ()),
    Listed("import-sheet", progress.import_sheet, None, None, ("progress-added",), ()),
    Listed("undo-sheet", progress.undo, None, None, ("progress-added",), ()),
    Listed("set-rate", rating.set_rate, None, None, ("rate-set",), ()),
)

ON_WHAT_RULES = (
    Listed("release-files", releasing.release_files, None, None, ("revision-applied",), _TOLD),
    Listed("turn-year", turning.turn_year, None, None, ("revision-applied",), _TOLD),
    Listed("go-live", going_live.go_live, None, None, ("went-live",), (Hears.ADMIN,)),
    Listed("unblock-address", unblocking.unblock, None, None, ("address-unblocked",), ()),
    Listed("mail-bulletin", mailing.mail_bulletin, None, None, ("bulletin-mailed",), (Hears.READERS,)),
    Listed("resend", resending.resend, None, None, ("resent",), (Hears.ADDRESSEE,)),
    Listed("unblock-person", unblocking.unblock_named, None, None, ("address-unblocked",), ()),
    Listed("invite", signing_in.invite, None, None, ("invited",), ()),
    Listed("change-keys", linking.change_signing_keys, None, None, ("keys-changed",), ()),
    Listed("sign-in", signing_in.enter, None, None, ("signed-in",), ()),
    Listed("ask-code", codes.ask_code, None, None, ("code-asked",), (Hears.ADDRESSEE,)),
    Listed("sign-in-by-code", codes.enter_by_code, None, None, ("signed-in",), ()),
    Listed("ask-account", accounts.begin, None, None, (), ()),
    Listed("sign-in-by-account", accounts.enter_by_account, None, None, ("signed-in",), ()),
    Listed("sign-out-all", signing_in.leave_all, None, None, ("signed-out",), ()),
    Listed("set-pin", pins.set_pin, None, None, ("pin-set",), ()),
    Listed("remove-pin", pins.remove_pin, None, None, ("pin-removed",), ()),
    Listed("sign-out", signing_in.leave, None, None, ("signed-out",), ()),
    Listed("give-calendar", calendars.give_address, None, None, ("calendar-address-given",), ()),
    Listed("end-calendar", calendars.end_address, None, None, ("calendar-address-ended",), ()),
    Listed("new-token", tokens.new_token, None, None, ("token-made",), ()),
    Listed("end-token", tokens.end_token, None, None, ("token-ended",), ()),
    Listed("keep-writing", writing.keep_writing, None, None, ("wrote",), (Hears.ADDRESSEE,)),
    Listed("keep-elsewhere", writing.keep_elsewhere, None, None, ("wrote-elsewhere",), (Hears.ADMIN,)),
    Listed("put-mail-aside", writing.put_aside, None, None, ("mail-put-aside",), (Hears.ADMIN,)),
    Listed("test-send", trial.record_trial, None, None, ("test-sent",), (Hears.ADDRESSEE,)),
)

#: every act there is, by what it is about
ACTS = {
    "deadline": ON_A_DEADLINE,
    "event": ON_EVENTS,
    "figures": ON_FIGURES,
    "rules": ON_WHAT_RULES,
}
