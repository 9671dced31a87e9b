"""Figures given by hand: so many of so many on a day. A correction is another row; the newest rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from alertd.core.measures import Fraction
from alertd.core.model import Obligation, State
from alertd.core.periods import occurrence_at
from alertd.core.text import Line, Remark
from alertd.engine.cases.settling import open_again
from alertd.engine.deadlines.figures import Figures
from alertd.engine.deadlines.judging import judge
from alertd.engine.operations.counting_for import CountingFor
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.wanting import parties_of
from alertd.engine.ruling.world import World
from alertd.store import audit, figures
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines


@dataclass(frozen=True, slots=True)
class Given:
    """`old` is what the day had before, None for nothing. `percent` is where the deadline stands now."""

    old: Fraction | None
    percent: float | None
    closed: tuple[str, ...]
    reopened: tuple[str, ...]


def rated(world: World, name: str) -> Obligation:
    """The obligation that takes figures by hand. Raises Refused for any other."""
    obligation = world.register.obligations.get(name)
    if obligation is None:
        raise Refused("no-obligation", found=name)
    if obligation.measure is None or obligation.measure.source not in ("given", "stock"):
        raise Refused("not-rated", obligation=name)
    return obligation


@taking_texts
def set_rate(scope: Scope, name: Line, party: Line, fraction: Fraction, on: date, note: Remark = "") -> Given:
    """Record `fraction` for the period up to the day `on` and judge anew. Raises Refused."""
    obligation = rated(scope.world, name)
    _check(scope.world, scope.now, obligation, party, fraction, on)
    lost = CountingFor(scope).fault(name, party, on)
    if lost is not None:
        raise lost
    span = occurrence_at(obligation.rule.period, on) if obligation.rule.period else None
    first, last = (span.first_day, span.last_day) if span else (on, on)
    old = figures.fractions_of(scope.tx, name, first, last).get(party, {}).get(on)
    figures.add_fraction(
        scope.tx,
        {
            "obligation": name,
            "party": party,
            "on_day": on,
            "numerator": fraction.numerator,
            "denominator": fraction.denominator,
            "entered_at": scope.now,
            "actor": scope.actor.text,
            "note": note,
        },
    )
    detail: dict[str, Any] = {"obligation": name, "party": party, "on": on.isoformat()}
    detail |= {"old": list(old) if old else None}
    detail |= {"numerator": fraction.numerator, "denominator": fraction.denominator}
    scope.record(audit.REGISTER, "rate-set", detail)
    closed = judge(scope, name)
    rows = scope.tx.execute(
        select(deadlines).where(deadlines.c.obligation == name, deadlines.c.party == party)
    ).fetchall()
    about = [row for row in rows if _about(row, on, scope.world, scope.now, scope.tx)]
    return _outcome(scope, about, old, closed)


def _about(row: DeadlineRow, on: date, world: World, now: datetime, tx: Connection) -> bool:
    span = Figures(Scope(tx, world, now)).period(row)
    return span is not None and span[0] <= on <= span[1]


def _outcome(
    scope: Scope, rows: Sequence[DeadlineRow], old: tuple[float, float] | None, closed: tuple[str, ...]
) -> Given:
    sums, percent, reopened = Figures(scope), None, []
    for row in rows:
        count = sums.count(row, scope.now)
        percent = count.value if count else None
        if row.state == State.DONE and row.result == "" and count is not None and not count.met:
            open_again(scope, row.number, "figures")
            reopened.append(row.id)
    return Given(Fraction(*old) if old else None, percent, closed, tuple(reopened))


def _check(
    world: World, now: datetime, obligation: Obligation, party: str, fraction: Fraction, on: date
) -> None:
    numbers = (fraction.numerator, fraction.denominator)
    if not all(map(math.isfinite, numbers)) or not 0 <= fraction.numerator <= fraction.denominator:
        raise Refused("rate.numbers", numerator=f"{numbers[0]:g}", denominator=f"{numbers[1]:g}")
    if on > world.today(now):
        raise Refused("rate.future", on=on.isoformat())
    if party not in parties_of(world, obligation, now):
        raise Refused("rate.not-owed", party=party, obligation=obligation.id)
