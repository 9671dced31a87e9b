"""What a message is about, as plain facts. The engine fills these, the renderer turns them into words.

Every instant is timezone-aware; the zone people read is the one of the message. `due` and `earliest` follow
`alertd.core.timing.Limits`: exclusive midnight on day clocks, the exact instant on hour clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from alertd.core.model import Text


class NoticeKind(StrEnum):
    """Why a person hears of a deadline now."""

    STEP = "step"  # a step of the policy was reached
    DONE = "done"  # handed in: told to those who were asked before
    VERIFIED = "verified"  # struck off by the receiver
    RETURNED = "returned"  # sent back for correction, with a reason
    REOPENED = "reopened"  # was closed, is to be done again
    MOVED = "moved"  # the time limit is another one now
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WAIVED = "waived"
    CANCELLED = "cancelled"  # false alarm
    WITHDRAWN = "withdrawn"  # no longer in the register
    REASSIGNED = "reassigned"
    RESTARTED = "restarted"  # the clock runs anew
    REQUESTED = "requested"  # an extension, or another unit, is asked for: to be decided
    SHIFT = "shift"  # this reader has come on duty, and it is open
    PAGED = "paged"  # somebody wants this reader to look now
    UNDECIDED = "undecided"  # and nobody has decided it when the limit passed
    REFUSED = "refused"  # what was asked for is not granted
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"  # the event it runs from was unconfirmed until now
    UNREACHABLE = "unreachable"  # a target can no longer be met, whatever is done now
    ENDED = "ended"  # no longer owed: its case, or what it followed from, is over
    MISSED = "missed"  # a turn that never came, closed with the last one
    SHORTFALL = "shortfall"  # the case closed with less than is owed
    EXCEEDED = "exceeded"  # more than the plan asks for: a note, nobody's fault
    BREACH = "breach"  # something was done that the rule does not allow


@dataclass(frozen=True, slots=True)
class MemberView:
    """One person counted by a quota. `amount` is `None` where no figure was given, which is not nought."""

    name: str
    amount: float | None
    number: str = ""
    expected: float | None = None  # what linear pace asks for by now


@dataclass(frozen=True, slots=True)
class MeasureView:
    """What is counted and how much of it is owed by the end of the period.

    `bound` says how `minimum` is meant (core.measures.Bound.kind): "at-least", "above", "at-most", "below".
    """

    unit: Text
    minimum: float
    amount: float | None = None  # of the party itself; `None`: no figures
    expected: float | None = None
    bound: str = "at-least"


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One deadline as one person is told of it."""

    deadline_id: str
    number: int
    obligation_title: Text
    clause: str
    party_name: Text
    unit_name: Text
    position: str  # of the person told: contact, section-chief, duty ...
    ask: bool  # asked to act, or informed
    by_the_hour: bool
    last_day: date | None
    office_due: datetime | None
    due: datetime | None
    state: str
    standing: str
    kind: NoticeKind = NoticeKind.STEP
    level: int = 1
    step_id: str = ""
    case_title: str = ""
    station: bool = False  # towns call a section chief 站所負責人
    earliest: datetime | None = None
    earliest_soft: bool = False
    provisional: bool = False  # the calendar of that year is not official yet
    unconfirmed: bool = False  # nobody has confirmed the event it runs from
    urgent: str = ""  # why a shorter limit holds
    start_provisional_missing: str | None = None  # the instant still to be supplied: published, occurred ...
    merged: tuple[str, ...] = ()  # ids of earlier steps it speaks for, to who was told before
    escalated: bool = False  # somebody was asked before, and has neither acknowledged nor handed in
    repeat_no: int = 0  # 0 the first time
    measure: MeasureView | None = None
    members: tuple[MemberView, ...] = ()  # officers behind pace or without figures
    members_total: int = 0  # of how many
    next_at: datetime | None = None  # when somebody else is told, if nothing happens
    next_to: tuple[str, ...] = ()  # positions told then
    next_unless_acknowledged: bool = False  # and only if nobody has acknowledged
    doers_told: bool = True  # somebody who must act was told, now or before
    asked_later: bool = True  # a later step asks the reader
    by_name: str = ""  # who did what `kind` says
    happened_at: datetime | None = None  # when that was
    reason: str = ""
    request: str = ""  # REQUESTED, UNDECIDED and REFUSED: "extend" or "decline"
    climbed: bool = False  # who was asked first has not decided it
    wanted_over: bool = False  # the limit asked for has passed as well
    wanted_end: date | datetime | None = None  # the limit asked for
    wanted_unit: Text = field(default_factory=dict)  # whose it is said to be
    answer_in_time: bool = True  # whether a decision can still come before the limit
    late_entry: bool = False  # what `kind` says happened before it was entered
    result: str = ""  # passed, passed-after-changes, failed
    old_last_day: date | None = None  # MOVED and EXTENDED: the limit people were told before
    old_office_due: datetime | None = None
    old_due: datetime | None = None
    choice: bool = False  # the time limit is the admin's choice: the plan names none
    figures_by: date | None = None  # the last day for figures that are asked for
    turn: int = 0  # which one of a duty that recurs while its case is open; nought for all others
    carried_from: str = ""  # the plan and clause of a duty that has ended and left this open: "2026 §24"


@dataclass(frozen=True, slots=True)
class RollView:
    """One obligation owed by many units, for those who watch over it.

    `total` is handed_in + returned + missing. `occurrence` labels the period: 2026, 2026-q4 or 2026-12.
    """

    obligation_title: Text
    occurrence: str
    clause: str
    by_the_hour: bool
    last_day: date | None
    office_due: datetime | None
    due: datetime | None
    handed_in: int
    total: int
    returned: int = 0
    returned_names: tuple[Text, ...] = ()
    missing_names: tuple[Text, ...] = ()
    returned_calls: tuple[str, ...] = ()  # whom to call about each of these, name and number; "" for nobody
    missing_calls: tuple[str, ...] = ()
    waiting_names: tuple[Text, ...] = ()  # handed in and not yet reviewed
    asking_names: tuple[Text, ...] = ()  # have asked for something nobody has decided
    review: bool = False  # the reader is reminded of the review, not of what is missing
    position: str = "receiver"
    unit_name: Text = field(default_factory=dict)
    standing: str = "on-track"
    provisional: bool = False
    choice: bool = False


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message to one person: one or more notices.

    `call_whom` is who takes answers by telephone, name and number, and `call_phone` the number; where nobody
    does, `enter_by` is who enters an answer. `reply_hint` is "call", "buttons" (the channel shows buttons),
    "links" (it is answered by the page at `link`) or "" (nothing is asked). `link` is the address of a page
    for the reader alone, "" where there is none. `deputy_for` is the name of the person stood in for.
    `no_reply`: nobody reads what is written back; `by_mail`: it does what its first words say.
    """

    person_name: str
    language: str
    zone: ZoneInfo
    now: datetime
    notices: tuple[NoticeView | RollView, ...]
    drill: bool = False
    call_whom: str = ""
    call_phone: str = ""
    enter_by: str = ""
    no_reply: bool = False
    deputy_for: str | None = None
    reply_hint: str = "call"
    link: str = ""
    by_mail: bool = False


@dataclass(frozen=True, slots=True)
class AdminView:
    """Something the person who keeps the program must know, or, with a `person_name`, an official.

    `topic` is the part after `admin.` of a group of sentences in the catalogue (subject, what, do); `args`
    are their values (a `position` as its code) and `items` the lines of a list (faults, differences, names).
    """

    topic: str
    args: Mapping[str, str | int] = field(default_factory=dict)
    items: tuple[str, ...] = ()
    language: str = "zh-Hant"
    drill: bool = False
    person_name: str = ""
    admin_name: str = ""  # as config.toml gives it
    unconfirmed: bool = False  # nobody has confirmed the event it is about
    many: bool = False  # of several things: in the sentences under `many`
    no_reply: bool = False  # nobody reads what is written back


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words. `subject` is one line; `text` has LF line ends and no line over 78 columns.

    `flowing` is the same text with one line a paragraph, for telephones, which break lines themselves.
    """

    subject: str
    text: str
    flowing: str
    html: str
