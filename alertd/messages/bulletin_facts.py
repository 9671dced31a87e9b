"""What a bulletin says, as plain facts: the engine fills these, `bulletin` makes tables of words of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alertd.core.model import Text


@dataclass(frozen=True, slots=True)
class IssueBefore:
    """The period and the instant of the issue that trends compare with; both days included."""

    first: date
    last: date
    as_of: datetime


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One unit in this issue and in the one before: its rate, None for not applicable, and what is late and
    open, of this period and of earlier ones.
    """

    id: str  # "" for the sum of all
    name: Text
    rate: float | None
    rate_before: float | None
    late: int
    late_before: int


@dataclass(frozen=True, slots=True)
class RankLine:
    """One unit by its rate, the best first; who is equal shares a rank, and the next ones are left out."""

    rank: int
    id: str
    name: Text
    rate: float
    on_time: int
    judged: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit's figures; `counts` are in the order of `FIGURES`, `rate` is None for not applicable."""

    id: str  # "" for the sum of all
    name: Text
    counts: tuple[int, ...]
    rate: float | None


#: the figures of a unit, in the order they are read
FIGURES = (
    "owed", "on_time", "closed_late", "open_late", "pending", "extended", "returned", "no_figures", "earlier",
)  # fmt: skip


@dataclass(
    slots=True
)  # not frozen, like the line it is on: an annex has thousands, and freezing costs most of it
class ItemView:
    """What names a deadline: whose, what, by which clause, until when."""

    id: str
    number: int
    obligation: str
    unit_id: str
    party_id: str
    unit: Text
    party: Text | None  # the officer, where it is not the unit itself
    title: Text
    occurrence: str
    case: str
    clause: str
    due: datetime
    last_day: date | None
    by_the_hour: bool
    soft: bool
    carried: str = ""  # the plan it was carried over from


@dataclass(slots=True)
class LateLine:
    """One late deadline; `closed` is None while it is open, and the days then run to `as_of`."""

    item: ItemView
    closed: datetime | None
    days: int
    working_days: int
    span: timedelta
    reason: str
    contact: str = ""  # whom to call, "" where nobody answers for the unit
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """`before` and `after` are codes below `bulletin.outcome`, with the instant that belongs to them."""

    item: ItemView
    before: str
    before_at: datetime | None
    after: str
    after_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class BreachLine:
    """`about` is the case or the period, `version` that of the draft, 0 where there is none."""

    kind: str
    units: tuple[Text, ...]
    title: Text
    about: str
    clause: str
    at: datetime
    version: int = 0
    late_entry: bool = False  # of an earlier period, entered after its issue


@dataclass(frozen=True, slots=True)
class BulletinView:
    """All facts of one bulletin. `first` and `last` are days, both included; instants are aware."""

    first: date
    last: date
    as_of: datetime
    previous: datetime
    zone: ZoneInfo
    units: tuple[UnitLine, ...]
    total: UnitLine
    late: tuple[LateLine, ...]
    earlier: tuple[LateLine, ...]
    corrections: tuple[CorrectionLine, ...]
    breaches: tuple[BreachLine, ...]
    before: IssueBefore | None = None
    trends: tuple[TrendLine, ...] = ()
    ranking: tuple[RankLine, ...] = ()
