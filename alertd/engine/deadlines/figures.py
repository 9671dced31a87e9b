"""The figures behind measured deadlines, read once per transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from alertd.core.measures import (
    RATIOS,
    Bound,
    Count,
    Fraction,
    added_up,
    expected,
    prorata,
    reached_checkpoint,
    within,
)
from alertd.core.model import Measure, Obligation, Standing, State
from alertd.core.periods import occurrence_labelled
from alertd.core.roster import joined
from alertd.core.standing import standing_of
from alertd.engine.ruling.scope import Scope
from alertd.store import figures, reports
from alertd.store.reading import Found
from alertd.store.rows import DeadlineRow, ReportRow

_HANDED_IN = frozenset({State.DONE, State.VERIFIED})
_LATE = frozenset({"late", "late-soft", "missed", "shortfall"})
Span = tuple[date, date]


class Figures:
    """Figures by obligation and period as of `now`; remembers them, so make a new one after they change."""

    def __init__(self, scope: Scope) -> None:
        self._tx = scope.tx
        self._world = scope.world
        self._now = scope.now
        self._totals: dict[tuple[str, ...], dict[str, float]] = {}
        self._fractions: dict[tuple[str, date, date], dict[str, dict[date, tuple[float, float]]]] = {}
        self._deadlines: dict[str, Found[Any]] = {}
        self._called_off: Collection[int] | None = None

    def measure(self, obligation: str) -> Measure | None:
        known = self._world.register.obligations.get(obligation)
        return known.measure if known else None

    def period(self, row: DeadlineRow | ReportRow) -> Span | None:
        """The first and the last day figures of this deadline may lie on; None where it is about a case."""
        if row.case_id is not None:
            return None
        try:
            occurrence = occurrence_labelled(row.occurrence)
        except ValueError:
            return None
        return occurrence.first_day, occurrence.last_day

    def total(self, row: DeadlineRow) -> float | None:
        """What was counted for a deadline's party: an amount, or per cent. None for no figures."""
        measure = self.measure(row.obligation)
        if measure is not None and measure.source in RATIOS:
            fraction = self.fraction(row)
            return fraction.percent if fraction else None
        span = self.period(row)
        if span is None:
            return self._sums(row.obligation, row.case_id).get(row.party) if row.case_id else None
        parts = measure.sum_of if measure is not None and measure.sum_of else (row.obligation,)
        given = [self._sums(part, *span).get(row.party) for part in parts]
        return added_up(given)

    def _sums(self, obligation: str, *about: Any) -> dict[str, float]:
        key = (obligation, *map(str, about))
        if key not in self._totals:
            read = figures.totals if len(about) == 2 else figures.totals_of_case
            self._totals[key] = read(self._tx, obligation, *about)
        return self._totals[key]

    def fraction(self, row: DeadlineRow) -> Fraction | None:
        """What a ratio stands at; None for no figures."""
        measure, span = self.measure(row.obligation), self.period(row)
        if measure is None or span is None:
            return None
        if measure.source in ("given", "stock"):
            given = self.given(row)
            if not given:
                return None
            days = [max(given)] if measure.source == "stock" else list(given)
            return Fraction(sum(given[day][0] for day in days), sum(given[day][1] for day in days))
        rows = self.counted(row)
        if measure.source == "parties":
            return Fraction(sum(_done(each, measure) for each in rows), len(rows))
        done = sum(_in_time(each, measure) for each in rows)
        return Fraction(done, done + self.lost(row))

    def lost(self, row: DeadlineRow) -> int:
        """How many of the deadlines a ratio counts can no longer be in time."""
        measure = self.measure(row.obligation)
        return sum(_lost(each, measure, self._now) for each in self.counted(row)) if measure else 0

    def given(self, row: DeadlineRow) -> dict[date, tuple[float, float]]:
        """The figures given for the days of a deadline's period, by day."""
        span = self.period(row)
        if span is None:
            return {}
        key = (row.obligation, *span)
        if key not in self._fractions:
            self._fractions[key] = figures.fractions_of(self._tx, *key)
        return self._fractions[key].get(row.party, {})

    def supplied(self, row: DeadlineRow, word: str) -> bool:
        """Whether there are figures for the period of a word such as "figures:2026-q1"."""
        kind, _, label = word.partition(":")
        if kind != "figures" or not label:
            return False
        about = occurrence_labelled(label)
        return any(within(day, about.first_day, about.last_day) for day in self.given(row))

    def counted(self, row: DeadlineRow) -> list[DeadlineRow]:
        """The deadlines a ratio is made of: due in the period (`cases`) or about it (`parties`).

        Of an obligation owed by one unit all are counted, of one owed by many each party's own. What an event
        started that was called off is not, though it was handed in before.
        """
        measure, span = self.measure(row.obligation), self.period(row)
        owner = self._world.register.obligations.get(row.obligation)
        if measure is None or span is None or owner is None:
            return []
        if measure.of not in self._deadlines:
            self._deadlines[measure.of] = figures.counted(self._tx, measure.of)
        everybody, found = owner.owed_by.startswith("unit:"), self._deadlines[measure.of]
        for lost in found.unread:  # a ratio without one of its cases would be a wrong one; the others stand
            if everybody or row.party in (lost.row.party, lost.row.unit):
                raise lost.fault
        return [
            each
            for each in found.rows
            if (everybody or row.party in (each.party, each.unit))
            and self._belongs(each, measure, span)
            and not (each.case_id and each.number in self._false_alarms())
        ]

    def _false_alarms(self) -> Collection[int]:
        """The numbers of deadlines whose event was called off; what was handed in stays done there."""
        if self._called_off is None:
            self._called_off = reports.false_alarms(self._tx, self._now).deadlines
        return self._called_off

    def _belongs(self, each: DeadlineRow, measure: Measure, span: Span) -> bool:
        about = self.period(each) if measure.source == "parties" else None
        if about is not None:
            return within(about[0], *span) and within(about[1], *span)
        if each.due is None:
            return False
        return within(each.last_day or self._world.today(each.due), *span)

    def minimum(self, row: DeadlineRow) -> float:
        """What this party owes of a quota: for those who joined in mid-period, what the files say."""
        obligation = self._world.register.obligations.get(row.obligation)
        if obligation is None or obligation.measure is None:
            return 0.0
        since, span = self._joined(obligation, row.party), self.period(row)
        if since is None or span is None:
            return obligation.measure.minimum
        return prorata(obligation.measure.minimum, *span, since)

    def bound(self, row: DeadlineRow) -> Bound:
        """What the measure asks for in the end: an amount, or per cent; nought where nothing is measured."""
        measure = self.measure(row.obligation)
        if measure is None:
            return Bound(0.0)
        value = measure.percent if measure.percent is not None else self.minimum(row)
        return Bound(value, measure.ceiling, measure.strict)

    def _joined(self, obligation: Obligation, party: str) -> date | None:
        member = self._world.register.roster.get(party)
        return joined(member) if member and obligation.joiners == "prorata" else None

    def count(self, row: DeadlineRow, now: datetime) -> Count | None:
        """How a measured deadline stands at `now`; None where nothing is measured."""
        measure = self.measure(row.obligation)
        if measure is None:
            return None
        if measure.source in RATIOS:
            fraction = self.fraction(row)
            applies = fraction is None or fraction.denominator > 0
            value = fraction.percent if fraction else None
        else:
            applies, value = self.minimum(row) > 0, self.total(row)
        bound = self.bound(row)
        asked = bound.value if bound.ceiling else self._asked(row, measure, bound.value, now)
        return Count(value, bound, asked, applies)

    def _asked(self, row: DeadlineRow, measure: Measure, target: float, now: datetime) -> float:
        span, today = self.period(row), self._world.today(now)
        if row.due is not None and now >= row.due:
            return target
        if measure.pace == "linear" and row.due is not None:
            first = row.opens_at
            member = self._world.register.roster.get(row.party)
            since = joined(member) if member else None
            if since is not None:
                first = max(first, self._world.calendar.instant(since, time(0)))
            return expected(target, first, row.due, now)
        if span is None or today <= span[0]:
            return 0.0
        if today > span[1]:
            return target
        return min(target, reached_checkpoint(measure.checkpoints, *span, today))

    def on_track(self, row: DeadlineRow, now: datetime) -> bool:
        """Whether a measured deadline keeps pace; False where nothing is measured."""
        count = self.count(row, now)
        return count is not None and row.due is not None and (count.met or count.on_pace)

    def expected(self, row: DeadlineRow, now: datetime) -> float | None:
        """What pace asks for at `now`; None where nothing is measured, and of a ceiling."""
        count = self.count(row, now)
        paced = count is not None and row.due is not None and not count.bound.ceiling
        return count.expected if count is not None and paced else None

    def standing(self, row: DeadlineRow, now: datetime) -> Standing | None:
        return standing_of(row, now, self._world.calendar, self.count(row, now))


def _done(row: DeadlineRow, measure: Measure) -> bool:
    return row.state in _HANDED_IN and (not measure.result or row.result == measure.result)


def _in_time(row: DeadlineRow, measure: Measure) -> bool:
    return _done(row, measure) and row.breach not in _LATE


def _lost(row: DeadlineRow, measure: Measure, now: datetime) -> bool:
    """Closed late or with another result, or still open after its limit; a paused clock has no limit yet.

    For a coverage what comes late still counts: only another result is lost.
    """
    if measure.source == "parties":
        return row.state in _HANDED_IN and not _done(row, measure)
    if row.state in _HANDED_IN:
        return not _in_time(row, measure)
    return bool(row.state != State.SUSPENDED and row.due is not None and now > row.due)
