"""Who may do what to one deadline: one table, read by everything that changes a deadline at somebody's word.

Whoever uses the program as a user of the operating system, or names nobody of the directory, is the `admin`:
a clerk who enters what others decided. Acts that move a limit later or end a duty then name who approved
them (`NEEDS_APPROVER`). Nobody grants what they asked for themselves. What an event does to clocks is no act
of a person: it follows from the rules of a duty (`BY_EVENT`), and whoever reports the event brings it about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from alertd.core.model import State


class Role(StrEnum):
    """What somebody is to one deadline; one person may be several. Who is none of these may do nothing."""

    OWNER = "owner"  # belongs to the unit that owes it
    ASKED = "asked"  # was asked about it in a message, such as the city's duty desk
    SUPERIOR = "superior"  # leader in charge or principal of that unit, or who stands in for them
    RECEIVER = "receiver"  # belongs to the unit it is handed in to
    SUPERVISOR = "supervisor"  # belongs to the unit that supervises
    ADMIN = "admin"  # nobody of the directory: the office at its keyboard


class Act(StrEnum):
    """What can be done to one deadline."""

    ACKNOWLEDGE = "acknowledge"
    TAKE_BACK = "take-back"  # the acknowledgement
    HAND_OVER = "hand-over"  # to a colleague of the unit
    PAGE = "page"  # ask one person to look now
    HAND_IN = "hand-in"
    ATTACH = "attach"  # files that prove it
    RETURN = "return"
    VERIFY = "verify"
    EXTEND = "extend"  # ask for it
    DECIDE_EXTEND = "decide-extend"
    SILENCE = "silence"  # hold its reminders until a day
    END_SILENCE = "end-silence"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESTART = "restart"
    WAIVE = "waive"
    REASSIGN = "reassign"
    DECLINE = "decline"  # say that it is another unit's
    DECIDE_DECLINE = "decide-decline"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Right:
    """The states an act is possible in, and the roles that may do it."""

    states: frozenset[State]
    roles: frozenset[Role]


_OWED = frozenset({State.SCHEDULED, State.OPEN, State.RETURNED})
_BEGUN = frozenset({State.OPEN, State.RETURNED})
_UNFINISHED = _OWED | {State.SUSPENDED}
_CLOSED = frozenset({State.DONE, State.VERIFIED, State.WAIVED, State.CANCELLED, State.WITHDRAWN})
_HANDED_IN = frozenset({State.DONE})

_OWNERS = frozenset({Role.OWNER, Role.SUPERIOR, Role.ADMIN})
_JUDGES = frozenset({Role.RECEIVER, Role.SUPERVISOR, Role.ADMIN})
_ALL = frozenset(Role)

RIGHTS: Mapping[Act, Right] = {
    Act.ACKNOWLEDGE: Right(_OWED, _OWNERS | {Role.ASKED}),
    Act.TAKE_BACK: Right(_OWED, _OWNERS | {Role.ASKED}),
    Act.PAGE: Right(_OWED, _JUDGES | {Role.SUPERIOR}),
    Act.HAND_OVER: Right(_OWED, _OWNERS | {Role.ASKED}),
    Act.HAND_IN: Right(_OWED, _ALL),
    Act.ATTACH: Right(_UNFINISHED | _HANDED_IN, _ALL),
    Act.RETURN: Right(_HANDED_IN, _JUDGES),
    Act.VERIFY: Right(_HANDED_IN, _JUDGES),
    Act.EXTEND: Right(_OWED, _OWNERS),
    # What was handed in late while nobody decided may be in time after all.
    Act.DECIDE_EXTEND: Right(_OWED | _HANDED_IN, frozenset({Role.SUPERIOR, Role.SUPERVISOR, Role.ADMIN})),
    Act.SILENCE: Right(_OWED, _JUDGES),
    Act.END_SILENCE: Right(_UNFINISHED, _JUDGES),
    Act.SUSPEND: Right(_BEGUN, _JUDGES),
    Act.RESUME: Right(frozenset({State.SUSPENDED}), _OWNERS | _JUDGES),
    Act.RESTART: Right(_BEGUN | {State.SUSPENDED}, _JUDGES),
    Act.WAIVE: Right(_UNFINISHED, _JUDGES),
    Act.REASSIGN: Right(_UNFINISHED, _JUDGES),
    Act.DECLINE: Right(_OWED, _OWNERS),
    Act.DECIDE_DECLINE: Right(_OWED, _JUDGES),
    Act.REOPEN: Right(_CLOSED, _OWNERS | _JUDGES),
}

#: what an event does by the rules of a duty, in these states; a fact does it whoever reports it
BY_EVENT: Mapping[Act, frozenset[State]] = {
    Act.HAND_IN: _OWED,
    Act.SUSPEND: _OWED,
    Act.RESUME: frozenset({State.SUSPENDED}),
    Act.RESTART: _UNFINISHED,
}

#: acts that name who approved them when only the admin enters them, and whoever enters them
NEEDS_APPROVER = frozenset({Act.DECIDE_EXTEND, Act.RESTART, Act.WAIVE})
ALWAYS_NEEDS_APPROVER = frozenset({Act.WAIVE})
#: acts for which somebody who is named must be in the directory: a misspelt name would pass for the office,
#: and silence everybody
NEEDS_KNOWN = frozenset({Act.ACKNOWLEDGE, Act.TAKE_BACK, Act.HAND_OVER})


def possible(act: Act, state: State) -> bool:
    """Whether an act makes sense in a state, whoever does it."""
    return state in RIGHTS[act].states


def by_event(act: Act, state: State) -> bool:
    """Whether an event may do this in a state; nobody's role is asked for."""
    return state in BY_EVENT.get(act, ())


def needs_approver(act: Act, roles: Collection[Role]) -> bool:
    """Whether somebody who acts in these roles must name who approved it."""
    return act in ALWAYS_NEEDS_APPROVER or (act in NEEDS_APPROVER and set(roles) == {Role.ADMIN})


def allowed(act: Act, roles: Collection[Role]) -> frozenset[Role]:
    """The roles among `roles` that may do it; empty when none may."""
    return RIGHTS[act].roles.intersection(roles)
