"""The words of the domain as plain values (docs/design.md, "Words"). Everything else speaks in these.

All instants are timezone-aware. All values are immutable: changing one means building another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from alertd.core.shifts import DutyPlan
from alertd.core.timing import Duration, Extension, Period, Rule, TimeUnit

#: language tag ("zh-Hant", "en") -> text
Text = Mapping[str, str]


# ---------------------------------------------------------------- policies


class Anchor(StrEnum):
    OPENS = "opens"
    START = "start"
    EARLIEST = "earliest"
    DUE = "due"
    OFFICE_DUE = "office-due"
    LAST_WORKDAY = "last-workday"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class StepTime:
    """When a step is reached, e.g. "due - 3 working days", "start + 2 hours", "50%"."""

    text: str
    anchor: Anchor
    offset: Duration | None = None
    before: bool = False  # the offset counts backwards
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    every: Duration
    at_most: int


@dataclass(frozen=True, slots=True)
class Step:
    """Who is asked or informed when. `id` is stable: fired steps are remembered by it."""

    id: str
    at: StepTime
    to: tuple[str, ...]  # positions, in reading order
    ask: frozenset[str]  # the positions among `to` that are asked to act; the others are informed
    level: int
    repeat: Repeat | None = None
    ack: str = (
        "each"  # "each": one's own repeats stop; "any": one acknowledgement stops them for all of the step
    )
    unless: frozenset[str] = frozenset()  # "acknowledged", "on-track"
    each: Period | None = None  # fires on the first working day of each such period while the deadline runs
    urgent: bool = False  # people are reached in the order they have for what is urgent


@dataclass(frozen=True, slots=True)
class Overdue:
    """After due: each working day `daily` times, then weekly `weekly` times, then only the bulletin."""

    to: tuple[str, ...]
    ask: frozenset[str]
    daily: int = 5
    weekly: int = 4
    level: int = 9


#: the lease an acknowledgement takes unless the policy says otherwise
ACKNOWLEDGED_FOR = Duration(2, TimeUnit.WORKING_DAY)


@dataclass(frozen=True, slots=True)
class Policy:
    id: str
    title: Text
    steps: tuple[Step, ...]
    overdue: Overdue | None = None
    acknowledged_for: Duration = ACKNOWLEDGED_FOR  # the lease an acknowledgement takes
    hours: bool = False  # speaks at night and on holidays


# ---------------------------------------------------------------- obligations and events


@dataclass(frozen=True, slots=True)
class Source:
    clause: str
    checked: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How much there must be at the end of that day of the period: an amount, or per cent of a ratio."""

    month: int
    day: int
    at_least: float


@dataclass(frozen=True, slots=True)
class Supply:
    """A duty to supply figures: after each such period, `within` so long, asked of these positions."""

    every: Period
    within: Duration
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted. `entries` is a quota: a minimum of `unit`, and a maximum that is only noted.

    A quota may also be the `sum` of those named in `sum_of`, which have the entries: in each its own minimum,
    and here one for all of them.

    The other sources are ratios of which `percent` is owed: `cases` (of the deadlines of the obligation `of`
    due in the period, those closed in time, with `result` where one is named), `parties` (of those who owe
    `of` in that period, who has done it), `stock` (the last figure holds) and `given` (figures by hand add
    up). `per` is "period", or "case" for entries counted for one case and judged when it closes.
    """

    source: str
    unit: Text = field(default_factory=dict)
    minimum: int = 0
    maximum: int | None = None
    pace: str = "linear"  # "linear", "checkpoints", "none"
    of: str = ""
    percent: float | None = None
    result: str = ""
    checkpoints: tuple[Checkpoint, ...] = ()
    per: str = "period"
    figures: Supply | None = None
    sum_of: tuple[str, ...] = ()  # obligations, with `entries` of the same party and period
    ceiling: bool = False  # `percent` is the most there may be, and no longer the least
    strict: bool = False  # the number itself does not count: 超過, 不滿 (Civil Code art. 1259)
    most_per_day: float | None = None  # of entries: more cannot be done, so a target may be out of reach


#: how long a receiver has to review a hand-in, and a unit to say that a duty is not its own, unless said
REVIEW_WITHIN = Duration(5, TimeUnit.WORKING_DAY)
DECLINE_WITHIN = Duration(3, TimeUnit.WORKING_DAY)


@dataclass(frozen=True, slots=True)
class Obligation:
    """A standing duty, written in a schedule file."""

    id: str
    title: Text
    source: Source
    owed_by: str  # "event.party", "unit:ID", "group:ID" or "roster:GROUP"
    rule: Rule
    policy: str
    starts_on: tuple[str, ...] = ()  # "event-type.instant" in order of preference, or "obligation.done"
    soft: frozenset[str] = frozenset()  # the bounds that ask for a reason instead of breaching: earliest, due
    closed_by: tuple[str, ...] = ()  # event types; handing in always closes too
    receiver: str | None = None  # the unit it is handed in to
    measure: Measure | None = None
    closes: str = "hand-in"  # or "verify": then the receiver has `review` to strike it off or send it back
    review: Duration = REVIEW_WITHIN
    decline_within: Duration = DECLINE_WITHIN  # to say that it is another unit's
    extension: Extension = field(default_factory=Extension)
    joiners: str = "full"  # what those owe who join a roster in mid-period: "full", "prorata", "exempt"
    plan: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    was: tuple[str, ...] = ()
    choice: bool = False  # the time limit is the admin's choice: the plan names none
    inform: tuple[str, ...] = ()  # the item's other lead units, who are told and asked for nothing
    severity: frozenset[str] = frozenset()  # only for events of these severities; empty: for all
    severity_rules: Mapping[str, Rule] = field(
        default_factory=dict, hash=False
    )  # instead of `rule`, from it up
    on_return: str = "continue"  # while what is judged is sent back: "restart", "suspend", "continue"
    returned_by: tuple[str, ...] = ()  # event types that send it back
    resumed_by: tuple[str, ...] = ()  # "event-type.instant" of what comes in again
    ends_on: tuple[
        str, ...
    ] = ()  # of a recurring rule: event types, or "obligation.done", after the last turn
    file: str = ""  # where it is written, for messages to the admin
    line: int = 0

    @property
    def started_by_events(self) -> bool:
        return bool(self.starts_on)


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of fact. The first instant is the one `--at` gives."""

    id: str
    title: Text
    instants: tuple[str, ...]
    new_version: bool = False  # makes another version of the draft, unless it is the first of its case
    confirm_within: Duration | None = None  # how long one may stay unconfirmed before leaders hear of it
    severities: tuple[str, ...] = ()  # ids, lowest first; empty where the type knows none
    severity_titles: Mapping[str, Text] = field(default_factory=dict, hash=False)  # of those that have one


@dataclass(frozen=True, slots=True)
class Gate:
    """A question to one version of a case before it goes ahead: no deadline, nobody is reminded of it.

    Each of `requires` is "obligation:result", or "obligation" for any result. Those of one obligation are
    alternatives; every obligation named must have one of its own.
    """

    id: str
    title: Text
    source: Source
    stage: str  # the event type that goes ahead
    requires: tuple[str, ...]
    told: tuple[str, ...]  # positions that hear at once of going ahead while it is shut
    file: str = ""
    line: int = 0


# ---------------------------------------------------------------- directory


@dataclass(frozen=True, slots=True)
class OrgUnit:
    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: Text
    members: tuple[str, ...]  # unit ids


@dataclass(frozen=True, slots=True)
class Way:
    """A place in the order in which somebody is reached: a channel, or the person's deputy (core.ways)."""

    channel: str
    after: Duration | None = None  # so long after the way before it was taken and nobody answered


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    unit: str
    positions: tuple[str, ...]
    email: str = ""
    telegram: int | None = None  # chat id
    phone: str = ""
    channels: tuple[Way, ...] = ()  # own order; empty means the configured order
    urgent_channels: tuple[Way, ...] = ()  # likewise, for what is urgent
    deputy: str | None = None
    away: tuple[tuple[date, date], ...] = ()  # first and last day, both away
    language: str = ""
    mobile: str = ""
    wecom: str = ""
    accounts: tuple[str, ...] = ()  # CHANNEL=ADDRESS, of channels that have no column of their own
    quiet: str = ""  # hours and days without day clocks, as people.csv has them (core.resting)
    rest_days: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)  # further columns of people.csv

    def column(self, name: str) -> Any:
        """What stands in a column of people.csv that is a value by itself; None where nothing does."""
        return getattr(self, name) if name in self.__slots__ else self.more.get(name)


@dataclass(frozen=True, slots=True)
class Stint:
    """The time somebody is counted in one unit; both days included."""

    unit: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RosterMember:
    """Somebody counted but not contacted: an officer with hours to train.

    `unit`, `since` and `until` are of the last row of the roster with this number; `stints` are all rows in
    order of time where there are several. Ask alertd.core.roster where somebody is on a day.
    """

    number: str
    name: str
    unit: str
    since: date | None = None
    until: date | None = None
    stints: tuple[Stint, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the applied files say. Built by config/, read by everybody, changed by nobody."""

    obligations: Mapping[str, Obligation]
    policies: Mapping[str, Policy]
    event_types: Mapping[str, EventType]
    units: Mapping[str, OrgUnit]
    groups: Mapping[str, Group]
    people: Mapping[str, Person]
    roster: Mapping[str, RosterMember]
    supervisor: str | None  # the unit that supervises (督查室)
    duty_unit: str | None  # the unit whose duty desk serves units without one of their own
    gates: Mapping[str, Gate] = field(default_factory=dict)
    duty: DutyPlan = field(default_factory=DutyPlan)  # who is on duty when, where files say it


# ---------------------------------------------------------------- deadlines


class State(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    SUSPENDED = "suspended"
    DONE = "done"
    RETURNED = "returned"
    VERIFIED = "verified"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


#: states in which steps still fire
RUNNING = frozenset({State.SCHEDULED, State.OPEN, State.RETURNED})


class Standing(StrEnum):
    """Derived, never stored."""

    EARLY = "early"
    ON_TRACK = "on-track"
    NEAR = "near"
    BEHIND = "behind"
    OVERDUE = "overdue"
    NO_FIGURES = "no-figures"
    NOT_APPLICABLE = "not-applicable"  # a ratio of nothing: 0 of 0


def deadline_id(obligation: str, occurrence: str, party: str) -> str:
    """The readable, stable id: `OBLIGATION@OCCURRENCE/PARTY`, ASCII `[a-z0-9.-]`."""
    return f"{obligation}@{occurrence}/{party}"
