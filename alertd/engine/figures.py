"""The figures behind measured deadlines, read once per transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.measures import expected, met, on_pace
from alertd.core.model import Measure, Standing
from alertd.core.standing import standing_of
from alertd.engine.world import World
from alertd.store import figures


class Figures:
    """Totals by obligation and period; remembers them, so make a new one after entries change."""

    def __init__(self, tx: Connection, world: World) -> None:
        self._tx = tx
        self._world = world
        self._totals: dict[tuple[str, date, date], dict[str, float]] = {}

    def measure(self, obligation: str) -> Measure | None:
        known = self._world.register.obligations.get(obligation)
        return known.measure if known else None

    def total(self, row: Any) -> float | None:
        """What was entered for a deadline's party in its period; None for no figures."""
        if row.last_day is None:
            return None
        first = self._world.calendar.local_date(row.opens_at)
        key = (row.obligation, first, row.last_day)
        if key not in self._totals:
            self._totals[key] = figures.totals(self._tx, *key)
        return self._totals[key].get(row.party)

    def on_track(self, row: Any, now: datetime) -> bool:
        """Whether a measured deadline keeps pace; False where nothing is measured."""
        measure = self.measure(row.obligation)
        if measure is None or row.due is None:
            return False
        total = self.total(row)
        return met(total, measure.minimum) or on_pace(total, measure.minimum, row.opens_at, row.due, now)

    def expected(self, row: Any, now: datetime) -> float | None:
        measure = self.measure(row.obligation)
        if measure is None or row.due is None:
            return None
        return expected(measure.minimum, row.opens_at, row.due, now)

    def standing(self, row: Any, now: datetime) -> Standing | None:
        measure = self.measure(row.obligation)
        minimum = measure.minimum if measure else None
        total = self.total(row) if measure else None
        return standing_of(row, now, self._world.calendar, minimum, total)
