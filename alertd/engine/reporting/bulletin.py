"""The bulletin's figures: counted from deadlines and their audit, as they were known at an instant.

Pure. What is entered after `as_of` changes nothing: a state is what the audit says up to then, and a limit
that moved later is taken back through the later rows. So the same question has the same answer for ever, and
what a later entry changes in an earlier period stands as a correction in the next issue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alertd.core.model import State
from alertd.engine.deadlines.replay import CANCELLED, BulletinResult, Known, known_at, moves
from alertd.store.rows import ReportRow

_ACTS = ("extended", "returned")
_LATE = (BulletinResult.CLOSED_LATE, BulletinResult.OPEN_LATE)


@dataclass(frozen=True, slots=True)
class BulletinPeriod:
    """What the bulletin is about, all aware instants.

    A limit belongs to it when it lies after `begins` and not after `ends`: 24:00 of the last day is the next
    day's 00:00. `as_of` is what was known when; `previous` is the `as_of` of the issue before.
    """

    begins: datetime
    ends: datetime
    as_of: datetime
    previous: datetime

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.begins < at <= self.ends


@dataclass(slots=True)
class Counts:
    """One unit's figures. What was due in the period is on time, closed late, open late or pending."""

    owed: int = 0
    on_time: int = 0
    closed_late: int = 0
    open_late: int = 0
    pending: int = 0  # not due yet at `as_of`, or paused
    extended: int = 0  # deadlines extended during the period, whenever they are due
    returned: int = 0  # deadlines returned during the period
    no_figures: int = 0  # running during the period, and nothing was ever reported
    earlier: int = 0  # due before the period and still open

    @property
    def judged(self) -> int:
        """Those that are closed or late."""
        return self.on_time + self.closed_late + self.open_late

    @property
    def rate(self) -> float | None:
        """On time among those that are closed or late; None where there is nothing to judge."""
        return self.on_time / self.judged if self.judged else None

    @property
    def late(self) -> int:
        """Late and open at `as_of`, whenever they were due."""
        return self.open_late + self.earlier

    def enter(self, outcome: BulletinResult) -> None:
        """Count one that was due in the period."""
        self.owed += 1
        if outcome is BulletinResult.ON_TIME:
            self.on_time += 1
        elif outcome is BulletinResult.CLOSED_LATE:
            self.closed_late += 1
        elif outcome is BulletinResult.OPEN_LATE:
            self.open_late += 1
        else:
            self.pending += 1

    def add(self, other: Counts) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


COUNTED = tuple(Counts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class BulletinCorrection:
    """What is known of an earlier period now, and was known otherwise. None: there was no such deadline."""

    before: Known | None
    after: Known | None

    @property
    def either(self) -> Known:
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(slots=True)
class Bulletin:
    """`units` by unit id. `late` was due in the period, `earlier` before it; both ordered by their limit."""

    period: BulletinPeriod
    units: dict[str, Counts] = field(default_factory=dict)
    late: list[Known] = field(default_factory=list)
    earlier: list[Known] = field(default_factory=list)
    corrections: list[BulletinCorrection] = field(default_factory=list)

    @property
    def total(self) -> Counts:
        total = Counts()
        for counts in self.units.values():
            total.add(counts)
        return total


def make_bulletin(
    rows: Iterable[ReportRow],
    histories: Mapping[int, Sequence[Any]],
    period: BulletinPeriod,
    silent: Callable[[Known], bool] = lambda known: False,
) -> Bulletin:
    """Count `rows`, deadlines with the columns `Known` names; `histories` has each one's audit in order.

    `silent` says whether figures are asked for and none was given for a deadline up to `as_of`.
    """
    made = Bulletin(period)
    for row in rows:
        history = histories.get(row.number, ())
        known = known_at(row, history, period.as_of)
        if known is not None:
            _count(made, known, silent)
            _count_acts(made, known, history)
        correction = _corrected(row, history, known, period)
        if correction is not None:
            made.corrections.append(correction)
    made.late.sort(key=_by_limit)
    made.earlier.sort(key=_by_limit)
    made.corrections.sort(key=lambda correction: _by_limit(correction.either))
    return made


def _by_limit(known: Known) -> tuple[datetime, str]:
    assert known.due is not None
    return known.due, known.row.id


def _of(made: Bulletin, unit: str) -> Counts:
    counts = made.units.get(unit)
    if counts is None:
        counts = made.units[unit] = Counts()
    return counts


def _count(made: Bulletin, known: Known, silent: Callable[[Known], bool]) -> None:
    period, outcome = made.period, known.outcome
    if outcome is BulletinResult.NOT_OWED:
        return
    if known.closed is None and _runs_in(known, period) and silent(known):
        _of(made, known.unit).no_figures += 1
    if known.due is None:
        return
    if period.holds(known.due):
        _of(made, known.unit).enter(outcome)
        if outcome in _LATE:
            made.late.append(known)
    elif known.due <= period.begins and outcome in _LATE:
        if outcome is BulletinResult.OPEN_LATE:
            _of(made, known.unit).earlier += 1
            made.earlier.append(known)
        elif known.entered is not None and known.entered > period.previous:
            made.earlier.append(known)


def _runs_in(known: Known, period: BulletinPeriod) -> bool:
    return known.row.opens_at < min(period.ends, period.as_of) and (
        known.due is None or known.due > period.begins
    )


def _count_acts(made: Bulletin, known: Known, history: Sequence[Any]) -> None:
    """Acts count in the period they were done in, once for each deadline; none of what was called off."""
    acts = [act for act in history if act.action in _ACTS]
    if not acts or _is_called_off(known, history, made.period):
        return
    last = min(made.period.ends, made.period.as_of)
    for action in {act.action for act in acts if made.period.begins < act.at <= last}:
        counts = _of(made, known.unit)
        setattr(counts, action, getattr(counts, action) + 1)


def _is_called_off(known: Known, history: Sequence[Any], period: BulletinPeriod) -> bool:
    said = any(act.action == CANCELLED and act.at <= period.as_of for act in history)
    return said and known.state is State.CANCELLED


def _corrected(
    row: ReportRow, history: Sequence[Any], after: Known | None, period: BulletinPeriod
) -> BulletinCorrection | None:
    """The correction a deadline of an earlier period asks for, None where nothing was known otherwise."""
    if _never_earlier(after, history, period) or not _touched(row, history, period):
        return None
    before = known_at(row, history, period.previous)
    if not any(_is_earlier(known, period) for known in (before, after)):
        return None
    if _told(before) == _told(after) or _went_on(before, after, period):
        return None
    return BulletinCorrection(before, after)


def _touched(row: ReportRow, history: Sequence[Any], period: BulletinPeriod) -> bool:
    """Whether anything was entered between the issue before and this one."""
    since = period.previous < row.since <= period.as_of
    return since or any(period.previous < act.at <= period.as_of for act in history)


def _never_earlier(after: Known | None, history: Sequence[Any], period: BulletinPeriod) -> bool:
    """Whether it cannot have been of an earlier period: it is not now, and its limit never moved."""
    if after is None or _is_earlier(after, period):
        return False
    return not moves(history)


def _is_earlier(known: Known | None, period: BulletinPeriod) -> bool:
    return known is not None and known.due is not None and known.due <= period.begins


def _told(known: Known | None) -> tuple[object, ...] | None:
    """What an issue says of a deadline; one that is not owed is not in it."""
    if known is None or known.outcome is BulletinResult.NOT_OWED:
        return None
    late = known.closed if known.outcome is BulletinResult.CLOSED_LATE else None
    return known.outcome, known.due, known.unit, late


def _went_on(before: Known | None, after: Known | None, period: BulletinPeriod) -> bool:
    """Whether time passed and work was done, which is news and no correction."""
    if before is None or after is None or (before.due, before.unit) != (after.due, after.unit):
        return False
    if before.outcome not in (BulletinResult.PENDING, BulletinResult.OPEN_LATE):
        return False
    if after.closed is not None:
        return after.closed > period.previous
    return before.outcome is BulletinResult.PENDING and after.outcome is BulletinResult.OPEN_LATE
