"""What one person is told, as facts: one deadline, the officers of a unit, or the roll of a duty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from alertd.core.asking import answer_in_time
from alertd.core.escalation import Reach
from alertd.core.model import State
from alertd.core.periods import occurrence_labelled
from alertd.core.reviews import PREFIX
from alertd.core.roster import stint_on
from alertd.core.rules import rule_on_record
from alertd.core.supply import supply_limit
from alertd.engine.cases.confirming import ON_DUTY, unconfirmed, urgencies
from alertd.engine.deadlines.figures import Figures
from alertd.engine.operations.requesting import read_end
from alertd.engine.ruling.scope import Scope
from alertd.messages.catalogue import text_in
from alertd.messages.standing import LEADERS
from alertd.messages.view import MeasureView, MemberView, NoticeKind, NoticeView, RollView
from alertd.store import deadlines as deadline_store
from alertd.store import outbox, requests
from alertd.store.requests import DECLINE, EXTEND
from alertd.store.rows import DeadlineRow, NoticeRow, joined_deadline

_PERCENT = {"zh-Hant": "%", "en": "%"}
#: what a step may be excused by and still be foretold: an answer that the reader can give
_ANSWERED = frozenset({"acknowledged"})
_HANDED_IN = frozenset({State.DONE, State.VERIFIED})


class Views:
    """Facts for one batch at one instant; remembers the rolls, since many people read the same one.

    Notices are the joined rows of store.outbox.contents; a group is of one duty and occurrence.
    """

    def __init__(self, scope: Scope) -> None:
        self._tx = scope.tx
        self._world = scope.world
        self._now = scope.now
        self._figures = Figures(scope)
        self._calls: dict[str, str] = {}
        self._rolls: dict[tuple[str, str], Sequence[DeadlineRow]] = {}
        self._unconfirmed: frozenset[str] = frozenset()
        self._urgent: Mapping[str, str] = {}
        self._deadlines: dict[int, DeadlineRow] = {}
        self._told: Mapping[int, Sequence[outbox.StepTold]] = {}

    def look_at(self, notices: Sequence[NoticeRow]) -> None:
        """Read what many of these share: which events nobody has confirmed, and who was told before."""
        rows = [self.deadline_of(notice) for notice in notices if notice.d_event_id]
        self._unconfirmed, self._urgent = unconfirmed(self._tx, rows), urgencies(self._tx, rows)
        asking = {n.deadline for n in notices if n.merged or not n.ask or n.position in LEADERS}
        self._told = outbox.steps_told(self._tx, sorted(asking))

    def _before(self, notice: NoticeRow) -> list[outbox.StepTold]:
        """Whom earlier steps of the deadline were told."""
        told = self._told.get(notice.deadline, ())
        return [each for each in told if each.notice < notice.id and each.alert != notice.alert]

    def _escalated(self, notice: NoticeRow, row: DeadlineRow) -> bool:
        """Whether somebody else was asked before and has not answered: no acknowledgement holds."""
        if row.acknowledged_until is not None and row.acknowledged_until > self._now:
            return False
        return any(each.ask and each.person != notice.person for each in self._before(notice))

    def deadline_of(self, notice: NoticeRow) -> DeadlineRow:
        """The deadline of a notice, put together once for all that look at it."""
        found = self._deadlines.get(notice.deadline)
        if found is None:
            found = self._deadlines[notice.deadline] = joined_deadline(notice)
        return found

    def _urgency(self, row: DeadlineRow) -> str:
        """Why its event is urgent, where the rule has another limit then."""
        reason = self._urgent.get(row.event_id or "", "")
        rule = rule_on_record(row.rule) if reason else None
        return reason if rule is not None and rule.urgent else ""

    def notice(self, notice: NoticeRow, before: NoticeRow | None = None) -> NoticeView:
        """`before` is the first of several notices of one limit that moved: it has what the reader knows."""
        row = self.deadline_of(notice)
        obligation = self._world.register.obligations.get(row.obligation)
        following = next(self._coming(row), None)
        detail = notice.alert_detail or {}
        old = ((before or notice).alert_detail or {}).get("old", {})
        unit = self._world.register.units.get(self._unit_answering(row.unit, notice.position))
        return NoticeView(
            deadline_id=row.id,
            number=row.number,
            obligation_title=obligation.title if obligation else {"en": row.obligation},
            clause=obligation.source.clause if obligation else "",
            party_name=self._world.party_name(row.party),
            unit_name=unit.name if unit else {"en": row.unit},
            position=notice.position,
            ask=notice.ask,
            by_the_hour=row.by_the_hour,
            last_day=row.last_day,
            office_due=row.office_due,
            due=row.due,
            state=row.state,
            standing=str(self._figures.standing(row, self._now) or ""),
            kind=NoticeKind.STEP if notice.alert_kind == "step" else NoticeKind(notice.alert_kind),
            level=notice.level,
            step_id=notice.step,
            case_title=notice.case_title or row.case_id or "",
            station=self._is_town(row.unit),
            earliest=row.earliest,
            earliest_soft=row.earliest_soft,
            provisional=row.provisional,
            unconfirmed=row.event_id in self._unconfirmed,
            urgent=self._urgency(row),
            start_provisional_missing=row.start_provisional or None,
            merged=notice.merged if any(e.person == notice.person for e in self._before(notice)) else (),
            escalated=self._escalated(notice, row),
            repeat_no=notice.repeat_no,
            measure=self._measure(row),
            next_at=following.at if following else None,
            next_to=self._told_by(following, row) if following else (),
            next_unless_acknowledged=following is not None and "acknowledged" in following.step.unless,
            doers_told=notice.ask or self._doers_told(notice),
            asked_later=notice.ask or self._asked_later(notice, row),
            by_name=self._name(detail.get("by", "")),
            happened_at=_instant(detail.get("happened")),
            reason=detail.get("reason", ""),
            **self._request(row, detail),
            late_entry=bool(detail.get("late_entry")),
            result=detail.get("result", ""),
            old_last_day=_day(old.get("last_day")),
            old_office_due=_instant(old.get("office_due")),
            old_due=_instant(old.get("due")),
            choice=obligation.choice if obligation else False,
            figures_by=self._figures_by(row, notice.step),
            turn=row.turn,
            carried_from=row.carried_from,
        )

    def _coming(self, row: DeadlineRow) -> Iterator[Reach]:
        """The steps that will speak if the deadline stays open; not those that look at its figures first.

        What waits for a review is followed by the receiver's own steps, and those are not foretold.
        """
        if row.state == State.DONE:
            return iter(())
        return (
            reach
            for reach in self._world.steps_of(row)
            if reach.at > self._now and reach.step.unless <= _ANSWERED and reach.id not in row.fired
        )

    def _told_by(self, reach: Reach, row: DeadlineRow) -> tuple[str, ...]:
        """The positions a step tells; only those on duty while nobody has confirmed the event."""
        if row.event_id not in self._unconfirmed:
            return reach.step.to
        return tuple(position for position in reach.step.to if position in ON_DUTY)

    def _doers_told(self, notice: NoticeRow) -> bool:
        """Whether somebody else was asked to act on this deadline, now or before."""
        told = self._told.get(notice.deadline, ())
        return any(each.ask and each.person != notice.person for each in told)

    def _asked_later(self, notice: NoticeRow, row: DeadlineRow) -> bool:
        """Whether a step that is still to come asks the reader, whatever happens meanwhile but a hand-in."""
        return any(
            notice.position in reach.step.ask and not reach.step.unless
            for reach in self._coming(row)
            if notice.position in self._told_by(reach, row)
        )

    def _request(self, row: DeadlineRow, detail: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked for, where the notice is about a request."""
        kind, wanted = detail.get("request", ""), detail.get("wanted", "")
        if not kind:
            return {}
        world = self._world
        end = read_end(wanted) if kind == EXTEND and wanted else None
        until = world.calendar.midnight_after(end) if end and not isinstance(end, datetime) else end
        return {
            "request": kind,
            "climbed": bool(detail.get("climbed")),
            "wanted_end": end,
            "wanted_over": until is not None and until <= self._now,
            "wanted_unit": world.party_name(wanted) if kind == DECLINE and wanted else {},
            "answer_in_time": answer_in_time(
                self._now, row.by_the_hour, row.due, world.calendar, world.office
            ),
        }

    def _figures_by(self, row: DeadlineRow, step: str) -> date | None:
        """The last day for the figures a reminder asks for."""
        measure = self._figures.measure(row.obligation)
        label = step.partition(".")[2] if step.startswith("figures") else ""
        if not label or measure is None or measure.figures is None:
            return None
        ended = occurrence_labelled(label).last_day
        return supply_limit(measure.figures, ended, self._world.calendar, self._world.office)

    def _unit_answering(self, unit: str, position: str) -> str:
        """The unit whose position it is: the duty desk of the city stands in for units without their own."""
        if position not in ("duty", "duty-leader"):
            return unit
        holders = self._world.directory.resolve(position, unit, None, self._now).holders
        return holders[0].person.unit if holders else unit

    def members(self, group: Sequence[NoticeRow]) -> NoticeView:
        """Several officers of one unit as one notice with the names behind."""
        first = self.deadline_of(group[0])
        members = []
        for notice in {n.deadline: n for n in group}.values():
            row = self.deadline_of(notice)
            known = self._world.register.roster.get(row.party)
            members.append(
                MemberView(
                    name=known.name if known else row.party,
                    amount=self._figures.total(row),
                    number=row.party,
                    expected=self._figures.expected(row, self._now),
                )
            )
        day = self._world.today(self._now)
        total = sum(
            1
            for member in self._world.register.roster.values()
            if (stint := stint_on(member, day)) is not None and stint.unit == first.unit
        )
        view = self.notice(group[0])
        changes: dict[str, Any] = {
            "party_name": self._world.party_name(first.unit),
            "members": tuple(sorted(members, key=lambda member: member.number)),
            "members_total": max(total, len(members)),
        }
        return replace(view, **changes)

    def _measure(self, row: DeadlineRow) -> MeasureView | None:
        measure = self._figures.measure(row.obligation)
        if measure is None:
            return None
        unit = measure.unit if measure.percent is None else _PERCENT
        total, pace = self._figures.total(row), self._figures.expected(row, self._now)
        bound = self._figures.bound(row)
        return MeasureView(unit, bound.value, total, pace or None, bound.kind)  # nought asks for nothing

    def roll(self, group: Sequence[NoticeRow]) -> RollView:
        first = self.deadline_of(group[0])
        key = (first.obligation, first.occurrence)
        if key not in self._rolls:
            # What cannot be read whole counts by what can be: one unit must not keep back the roll of all.
            self._rolls[key] = deadline_store.of_occurrences(self._tx, [key]).all
        obligation = self._world.register.obligations.get(first.obligation)
        owed = [
            r for r in self._rolls[key] if r.state not in (State.WITHDRAWN, State.CANCELLED, State.WAIVED)
        ]
        returned = [r for r in owed if r.state == State.RETURNED]
        handed_in = [r for r in owed if r.state in _HANDED_IN]
        missing = [r for r in owed if r.state not in _HANDED_IN and r.state != State.RETURNED]
        waiting = [r for r in owed if r.state == State.DONE and r.review_due is not None]
        names = {r.number: self._world.party_name(r.party) for r in missing + returned + waiting}
        asking = requests.asking(self._tx, first.obligation)
        unit = self._world.register.units.get((obligation.receiver or "") if obligation else "")
        return RollView(
            obligation_title=obligation.title if obligation else {"en": first.obligation},
            occurrence=first.occurrence,
            clause=obligation.source.clause if obligation else "",
            by_the_hour=first.by_the_hour,
            last_day=first.last_day,
            office_due=first.office_due,
            due=first.due,
            handed_in=len(handed_in),
            total=len(owed),
            returned=len(returned),
            returned_names=tuple(names[r.number] for r in returned),
            missing_names=tuple(names[r.number] for r in missing),
            returned_calls=tuple(self._call(r.unit) for r in returned),
            missing_calls=tuple(self._call(r.unit) for r in missing),
            waiting_names=tuple(names[r.number] for r in waiting),
            asking_names=tuple(names[r.number] for r in missing + returned if r.number in asking),
            review=all(notice.step.startswith(PREFIX) for notice in group),
            position=group[0].position,
            unit_name=unit.name if unit else {},
            choice=obligation.choice if obligation else False,
            standing=str(self._figures.standing(first, self._now) or "on-track"),
            provisional=first.provisional,
        )

    def _call(self, unit: str) -> str:
        """Whom to call at a unit, name and number; "" where nobody answers for it."""
        if unit not in self._calls:
            holders = self._world.directory.resolve("contact", unit, None, self._now).holders
            self._calls[unit] = f"{holders[0].person.name} {holders[0].person.phone}" if holders else ""
        return self._calls[unit].strip()

    def _is_town(self, unit: str) -> bool:
        towns = self._world.register.groups.get("every-town")
        return towns is not None and unit in towns.members

    def _name(self, who: str) -> str:
        person = self._world.register.people.get(who)
        if person is not None:
            return person.name
        unit = self._world.register.units.get(who)
        return text_in(unit.name, self._world.language) if unit else who


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
