"""A bulletin from the store: reads what `bulletin` counts, and names it for `messages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from alertd.core.lateness import Lateness, lateness
from alertd.core.measures import within
from alertd.core.model import Text
from alertd.core.periods import span_before
from alertd.engine.deadlines.figures import Figures
from alertd.engine.deadlines.replay import CANCELLED, BulletinResult, Known, Missed, known_at
from alertd.engine.operations.moments import instant_of
from alertd.engine.planning.reconciler import NoRegister
from alertd.engine.reporting.bulletin import (
    Bulletin,
    BulletinCorrection,
    BulletinPeriod,
    Counts,
    make_bulletin,
)
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.messages.bulletin_facts import (
    FIGURES,
    BreachLine,
    BulletinView,
    CorrectionLine,
    IssueBefore,
    ItemView,
    LateLine,
    RankLine,
    TrendLine,
    UnitLine,
)
from alertd.store import reports
from alertd.store.database import Store

#: where figures are somebody's to report; what is counted from events is never missing
_REPORTED = ("entries", "stock", "given")


def asked_period(
    world: World, now: datetime, first: date, last: date, as_of: datetime, previous: datetime | None
) -> BulletinPeriod:
    """The period of a bulletin as somebody asks for it.

    Raises Refused: "period-reversed"; "figures-ahead" for an instant that has not come, since its figures
    would still change; "previous-after" for an issue before that was later; "far-year".
    """
    if last < first:
        raise Refused("period-reversed", first=first, last=last)
    for at in filter(None, (as_of, previous)):
        if instant_of(world, at) > now:
            raise Refused("figures-ahead", found=at.isoformat(timespec="minutes"))
    if previous is not None and previous > as_of:
        raise Refused("previous-after", found=previous.isoformat(timespec="minutes"))
    return period_of(world, first, last, as_of, previous)


def period_of(
    world: World, first: date, last: date, as_of: datetime, previous: datetime | None
) -> BulletinPeriod:
    """From the first to the last day, both included.

    Without `previous`, corrections are to what was known when the period began, or at `as_of` if that is
    sooner.
    """
    begins = world.calendar.midnight_after(first - timedelta(days=1))
    return BulletinPeriod(begins, world.calendar.midnight_after(last), as_of, previous or min(begins, as_of))


def period_before(world: World, period: BulletinPeriod) -> BulletinPeriod:
    """That of the issue before: the month before a month, and so on, as known at `period.previous`."""
    first, last = _days(world, period)
    return period_of(world, *span_before(first, last), period.previous, None)


def _days(world: World, period: BulletinPeriod) -> tuple[date, date]:
    """Its first and its last day."""
    local = world.calendar.local_date
    return local(period.begins), local(period.ends - timedelta(seconds=1))


def read_bulletin(tx: Connection, world: World, period: BulletinPeriod) -> Bulletin:
    """Count the store. `world` is what ruled at `period.as_of`."""
    return _counted(tx, world, period, reports.false_alarms(tx, period.as_of).deadlines)


def _counted(tx: Connection, world: World, period: BulletinPeriod, off: Mapping[int, datetime]) -> Bulletin:
    """The same; `off` says since when deadlines are called off."""
    settled = min(period.begins, period.previous, period.as_of)
    later = [number for number, at in off.items() if at > settled]
    rows = reports.countable(tx, period.as_of, period.begins, settled, later)
    histories = reports.histories(tx, period.as_of, period.begins, settled, later)
    for number, at in off.items():
        histories[number] = _called_off(histories.get(number, []), at)
    return make_bulletin(rows, histories, period, _Silence(tx, world, period.as_of))


def _called_off(acts: list[reports.Audited], at: datetime) -> list[reports.Audited]:
    """The acts on a deadline whose event was called off, which closes also what was handed in by then."""
    if any(act.action == CANCELLED for act in acts):
        return acts
    place = sum(act.at <= at for act in acts)
    return [*acts[:place], reports.Audited(at, CANCELLED, {}), *acts[place:]]


class _Silence:
    """Whether a deadline wants figures and has none. 0 of 0 is a figure: it says "not applicable"."""

    def __init__(self, tx: Connection, world: World, as_of: datetime) -> None:
        self._tx = tx
        self._as_of = as_of
        self._figures = Figures(Scope(tx, world, as_of))
        self._names = {
            name: (each.id, *each.was)
            for each in world.register.obligations.values()
            if each.measure is not None and each.measure.source in _REPORTED
            for name in (each.id, *each.was)
        }
        self._known: dict[tuple[str, ...], dict[tuple[str, str | None], list[date]]] = {}

    def __call__(self, known: Known) -> bool:
        row = known.row
        names = self._names.get(row.obligation)
        if names is None:
            return False
        if names not in self._known:
            self._known[names] = reports.reported(self._tx, names, self._as_of)
        days = self._known[names].get((row.party, row.case_id), ())
        span = self._figures.period(row)
        return not (any(within(day, *span) for day in days) if span else days)


def ruled_at(store: Store, at: datetime, now: World, ruled_by: Callable[[Mapping[str, str]], World]) -> World:
    """What ruled at an instant: its calendar, titles and names; `now` where that cannot be read.

    A later change of the files must not change an old bulletin. `ruled_by` makes the picture of some texts.
    Raises Refused: "far-year".
    """
    with store.read() as tx:
        texts = reports.texts_at(tx, instant_of(now, at))
    return _picture(texts, now, ruled_by)


def ruled_then(scope: Scope, at: datetime, ruled_by: Callable[[Mapping[str, str]], World]) -> World:
    """The same, within a transaction that reads already. Raises Refused: "far-year"."""
    return _picture(reports.texts_at(scope.tx, instant_of(scope.world, at)), scope.world, ruled_by)


def _picture(texts: Mapping[str, str], now: World, ruled_by: Callable[[Mapping[str, str]], World]) -> World:
    try:
        return ruled_by(texts) if texts else now
    except NoRegister:  # written for an older version, which read its files otherwise
        return now


def issue(
    tx: Connection,
    world: World,
    period: BulletinPeriod,
    before: BulletinPeriod | None = None,
    ranking: bool = False,
) -> BulletinView:
    """The bulletin with everything named, units in the order of the directory.

    With what the issue `before` said of each unit, where one is given; with a `ranking` if asked for.
    """
    with reports.uncollected():
        return _issue(tx, world, period, before, ranking)


def _issue(
    tx: Connection, world: World, period: BulletinPeriod, before: BulletinPeriod | None, ranking: bool
) -> BulletinView:
    off = reports.false_alarms(tx, period.as_of)
    made = _counted(tx, world, period, off.deadlines)
    namer = _Namer(world, period)
    places = {unit: place for place, unit in enumerate(world.register.units)}

    def place(unit: str) -> tuple[int, str]:
        return places.get(unit, len(places)), unit

    def reading(known: Known) -> tuple[Any, ...]:
        return known.due, known.row.obligation, place(known.unit), known.row.id

    units = sorted(made.units, key=place)
    then = read_bulletin(tx, world, before) if before else None
    first, last = _days(world, period)
    return BulletinView(
        first=first,
        last=last,
        as_of=period.as_of,
        previous=period.previous,
        zone=world.zone,
        units=tuple(namer.unit(unit, made.units[unit]) for unit in units),
        total=namer.unit("", made.total),
        late=tuple(namer.late(known) for known in sorted(made.late, key=reading)),
        earlier=tuple(namer.late(known) for known in sorted(made.earlier, key=reading)),
        corrections=tuple(namer.correction(correction) for correction in made.corrections),
        breaches=tuple(_breaches(tx, namer, period, off)),
        before=IssueBefore(*_days(world, before), before.as_of) if before else None,
        trends=namer.trends(made, then, sorted({*made.units, *then.units}, key=place)) if then else (),
        ranking=namer.ranking(made, units) if ranking else (),
    )


def _breaches(
    tx: Connection, namer: _Namer, period: BulletinPeriod, off: reports.FalseAlarms
) -> Iterator[BreachLine]:
    """What was done against a rule, without what is in the annex because it was late."""
    found = reports.breaches_between(tx, period.begins, period.ends, period.as_of, period.previous)
    found = [
        row
        for row in found
        if row.kind not in ("late", "missed")
        and row.event_id not in off.events
        and row.deadline not in off.deadlines
    ]
    rows, histories = reports.numbered(tx, {row.deadline for row in found if row.deadline})
    known = {row.number: known_at(row, histories.get(row.number, ()), period.as_of) for row in rows}
    for row in found:
        yield namer.breach(row, known.get(row.deadline))


class _Namer:
    def __init__(self, world: World, period: BulletinPeriod) -> None:
        self._world = world
        self._period = period
        self._lateness: dict[Missed, Lateness] = {}
        self._contacts: dict[str, tuple[str, str]] = {}
        obligations = world.register.obligations
        # An obligation that was renamed is known by its earlier ids too.
        self._obligations = {name: each for each in obligations.values() for name in each.was} | dict(
            obligations
        )

    def unit(self, unit: str, counts: Counts) -> UnitLine:
        figures = tuple(getattr(counts, figure) for figure in FIGURES)
        return UnitLine(unit, self._name(unit), figures, counts.rate)

    def _name(self, unit: str) -> Text:
        return self._world.party_name(unit) if unit else {"zh-Hant": "合計", "en": "Total"}

    def trends(self, made: Bulletin, then: Bulletin, units: Sequence[str]) -> tuple[TrendLine, ...]:
        """Each unit in both issues, and all of them together."""
        none = Counts()
        pairs = [(unit, made.units.get(unit, none), then.units.get(unit, none)) for unit in units]
        pairs += [("", made.total, then.total)] if pairs else []
        return tuple(
            TrendLine(unit, self._name(unit), now.rate, before.rate, now.late, before.late)
            for unit, now, before in pairs
        )

    def ranking(self, made: Bulletin, units: Sequence[str]) -> tuple[RankLine, ...]:
        """The units of which anything can be judged, equal ones in the order they come."""
        judged = [(unit, made.units[unit]) for unit in units if made.units[unit].judged]
        shares = {unit: Fraction(counts.on_time, counts.judged) for unit, counts in judged}
        lines = []
        for unit, counts in sorted(judged, key=lambda each: -shares[each[0]]):
            rank = 1 + sum(share > shares[unit] for share in shares.values())
            rate = counts.on_time / counts.judged
            lines.append(RankLine(rank, unit, self._name(unit), rate, counts.on_time, counts.judged))
        return tuple(lines)

    def _contact(self, unit: str) -> tuple[str, str]:
        """The name and the telephone of whom to call, as it was known at `as_of`."""
        found = self._contacts.get(unit)
        if found is None:
            as_of = self._period.as_of
            holders = self._world.directory.resolve("contact", unit, None, as_of).holders
            person = holders[0].person if holders else None
            found = self._contacts[unit] = (person.name, person.phone) if person else ("", "")
        return found

    def late(self, known: Known) -> LateLine:
        found = self._late(known)
        item = self._item(known)
        closed = known.closed and (known.missed.closed if known.missed else known.closed)
        whom = self._contact(known.unit)
        return LateLine(item, closed, found.days, found.working_days, found.span, known.reason, *whom)

    def _late(self, known: Known) -> Lateness:
        missed = known.missed
        if missed is None or known.outcome is BulletinResult.OPEN_LATE:
            assert known.due is not None
            missed = Missed(known.due, known.last_day, self._period.as_of)
        found = self._lateness.get(missed)
        if found is None:
            found = lateness(missed.due, missed.last_day, missed.closed, self._world.calendar)
            self._lateness[missed] = found
        return found

    def correction(self, correction: BulletinCorrection) -> CorrectionLine:
        before, after = correction.before, correction.after
        return CorrectionLine(
            self._item(correction.either),
            *_outcome(before),
            *_outcome(after),
            after.reason if after else "",
        )

    def breach(self, row: Any, known: Known | None) -> BreachLine:
        """A breach of a deadline, or of a gate, which is no deadline's."""
        late_entry = row.at <= self._period.begins
        if known is None:
            return self._gone_ahead(row, late_entry)
        then, unit = known.row, self._world.party_name(known.unit)
        duty = self._obligations.get(then.obligation)
        title, clause = (duty.title, duty.source.clause) if duty else ({"en": then.obligation}, "")
        about = then.case_id or then.occurrence
        return BreachLine(row.kind, (unit,), title, about, clause, row.at, late_entry=late_entry)

    def _gone_ahead(self, row: Any, late_entry: bool) -> BreachLine:
        name, version = row.detail.get("gate", ""), row.detail.get("version", 0)
        gate = self._world.register.gates.get(name)
        title, clause = (gate.title, gate.source.clause) if gate else ({"en": name}, "")
        units = tuple(self._world.party_name(party) for party in row.detail.get("parties", ()))
        return BreachLine(row.kind, units, title, row.case_id or "", clause, row.at, version, late_entry)

    def _item(self, known: Known) -> ItemView:
        world, row = self._world, known.row
        obligation = self._obligations.get(row.obligation)
        assert known.due is not None
        return ItemView(
            id=row.id,
            number=row.number,
            obligation=row.obligation,
            unit_id=known.unit,
            party_id=row.party,
            unit=world.party_name(known.unit),
            party=world.party_name(row.party) if row.party != known.unit else None,
            title=obligation.title if obligation else {"en": row.obligation},
            occurrence=row.occurrence,
            case=row.case_id or "",
            clause=obligation.source.clause if obligation else "",
            due=known.due,
            last_day=known.last_day,
            by_the_hour=row.by_the_hour,
            soft=row.due_soft,
            carried=known.carried,
        )


def _outcome(known: Known | None) -> tuple[str, datetime | None]:
    """A code below `bulletin.outcome`, and when it was handed in."""
    if known is None:
        return "unknown", None
    if known.outcome is BulletinResult.NOT_OWED:
        return str(known.state), None
    return str(known.outcome), known.closed
