"""Collects what one firing transaction decides and writes it together: alerts, notices, deliveries, audit.

Messages are bundled: what one person is told of day clocks on one day is one message, and what they are told
of one case at one instant on hour clocks is one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from alertd.core.escalation import AlertPlan
from alertd.core.pacing import later, off_the_rush
from alertd.engine.notify.addressing import Addressing, Gap, Recipient
from alertd.engine.notify.admin import report_gaps
from alertd.engine.notify.holds import Holds, is_reminder
from alertd.engine.notify.journeys import Journey, Route, begun
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, drills, outbox, settings
from alertd.store.ids import new_id
from alertd.store.rows import DeadlineRow, DeliveryRow, NoticeRow, joined_deadline

#: what is real never joins a drill that still waits, or it would be read as one; what is urgent joins nothing
#: that is not
_DRILL, _URGENT = "drill|", "urgent|"


def bundle_of_day(person: str, channel: str, day: date, drill: bool, urgent: bool = False) -> str:
    """The name of what somebody is told of day clocks on one day over one channel."""
    return outbox.bundle_name(f"{_kind(drill, urgent)}d|{person}|{channel}|{day.isoformat()}")


def _kind(drill: bool, urgent: bool) -> str:
    return (_DRILL if drill else "") + (_URGENT if urgent else "")


class Drafts:
    """Made at the start of a transaction, filled, and written once before it commits."""

    def __init__(
        self, scope: Scope, news: bool = False, gathers: timedelta = timedelta(0), about: str = ""
    ) -> None:
        """`news` of several deadlines of one case, drafted apart in one transaction, is one message too.

        For so long as it `gathers`, a message of day clocks waits for what is decided with it. What is said
        `about` one thing is one message, of however many cases.
        """
        self.scope = scope
        self.tx = scope.tx
        self.world = scope.world
        self.now = scope.now
        self._instant = scope.now.isoformat()
        self.addressing = Addressing.now(scope)
        self.intent = outbox.Intent()
        self.audit: list[dict[str, Any]] = []
        self._gaps: dict[Gap, None] = {}
        self._bundles: dict[str, dict[str, Any]] = {}
        self._news = news
        self._gathers = gathers
        self._about = about
        self._joinable: set[str] = set()  # bundles that may join a delivery still waiting
        self._holds = Holds(scope)

    @property
    def _drill(self) -> bool:
        return self.world.drilling

    def alert(
        self, row: DeadlineRow, receiver: str | None, plan: AlertPlan, kind: str = "step", detail: Any = None
    ) -> tuple[Recipient, ...]:
        """Tell everybody `plan` names about the deadline in `row`; returns who that is."""
        obligation = self.world.register.obligations.get(row.obligation)
        leads = obligation.inform if obligation else ()
        handed = row.handed if kind == "step" else ()  # what is to be decided is for who may decide
        recipients, gaps = self.addressing.recipients(
            row.unit, receiver, plan.addressed, leads, handed, plan.urgent
        )
        self.note_gaps(gaps)
        self.alert_people(row, plan, recipients, kind, detail)
        return recipients

    def note_gaps(self, gaps: tuple[Gap, ...]) -> None:
        for gap in gaps:
            self._gaps[gap] = None

    def alert_people(
        self, row: DeadlineRow, plan: AlertPlan, recipients: tuple[Recipient, ...], kind: str, detail: Any
    ) -> None:
        alert_id = new_id()
        self.intent.alerts.append(
            {
                "id": alert_id,
                "deadline": row.number,
                "kind": kind,
                "step": plan.step_id,
                "level": plan.level,
                "reached_at": plan.reached_at,
                "decided_at": self.now,
                "merged": plan.merged,
                "detail": detail,
            }
        )
        reminder = is_reminder(kind, plan.step_id)
        for recipient in recipients:
            leave = self.leaves_at(row, recipient.person, reminder)
            notice = self._notice(row, alert_id, plan, recipient, leave)
            self.deliver(notice, row, recipient, leave, plan.urgent)

    def goes_on(self, row: DeliveryRow, route: Route, notices: Sequence[NoticeRow], journey: Journey) -> None:
        """The same for the same person over another route, after what the message in `row` came to."""
        leave = min(
            self.leaves_at(joined_deadline(each), row.person, is_reminder(each.alert_kind, each.step))
            for each in notices
        )
        if row.by_the_hour:  # paged, it waits for no office
            leave = self.now
        new = self.delivery(row.person, *route, f"{row.bundle}|{route[0]}", leave)
        new |= {"due": row.due, "by_the_hour": row.by_the_hour, "payload": journey.payload()}
        self.intent.deliveries.append(new)
        self.intent.links += [{"delivery": new["id"], "notice": notice.id} for notice in notices]

    def ask_also(self, row: DeadlineRow, asked: NoticeRow, recipient: Recipient, urgent: bool) -> None:
        """Ask somebody else, too, what somebody was `asked` by the same alert, as often as is left."""
        repeat = asked.repeats_left > 0 and asked.repeat_every > 0
        leave = self.leaves_at(row, recipient.person, is_reminder(asked.alert_kind, asked.step))
        next_at = leave + timedelta(seconds=asked.repeat_every) if repeat else None
        notice = self._new_notice(row, asked.alert, recipient, asked.ack)
        notice |= {"repeats_left": asked.repeats_left if repeat else 0, "next_at": next_at}
        notice["repeat_every"] = asked.repeat_every if repeat else 0
        self.intent.notices.append(notice)
        self.deliver(notice["id"], row, recipient, leave, urgent)

    def _notice(
        self, row: DeadlineRow, alert_id: int, plan: AlertPlan, recipient: Recipient, leave: datetime
    ) -> int:
        repeat = plan.repeat if recipient.ask else None
        next_at = later(leave, repeat.every, self.world.calendar) if repeat else None
        notice = self._new_notice(row, alert_id, recipient, plan.ack)
        if repeat is not None and next_at is not None:
            every = int((next_at - leave).total_seconds())
            notice |= {"repeats_left": repeat.at_most, "repeat_every": every, "next_at": next_at}
        self.intent.notices.append(notice)
        return int(notice["id"])

    def _new_notice(self, row: DeadlineRow, alert_id: int, recipient: Recipient, ack: str) -> dict[str, Any]:
        """A row for one person, who is not asked again."""
        return {
            "id": new_id(),
            "alert": alert_id,
            "deadline": row.number,
            "person": recipient.person,
            "position": recipient.position,
            "deputy_for": recipient.deputy_for,
            "ask": recipient.ask,
            "repeats_left": 0,
            "repeat_every": 0,
            "repeat_no": 0,
            "next_at": None,
            "acknowledged_at": None,
            "acknowledged_until": None,
            "ack": ack,
        }

    def deliver(
        self,
        notice: int,
        row: DeadlineRow,
        recipient: Recipient,
        leave: datetime,
        urgent: bool = False,
    ) -> None:
        """One message for a notice over the person's first route, bundled with what else they get."""
        channel, address = recipient.routes[0]
        if row.by_the_hour:
            about = self._about or row.case_id or row.number
            kind = _kind(self._drill, urgent)
            bundle = outbox.bundle_name(f"{kind}h|{recipient.person}|{channel}|{about}|{self._instant}")
            if self._news:
                self._joinable.add(bundle)
        else:
            day = leave.astimezone(self.world.zone).date()
            bundle = bundle_of_day(recipient.person, channel, day, self._drill, urgent)
            self._joinable.add(bundle)
        if not row.by_the_hour and self.world.abilities(channel).rush:
            leave = off_the_rush(leave, recipient.person, self.world.zone)
        draft = self._bundles.get(bundle)
        if draft is None:
            draft = self._bundles[bundle] = self.delivery(recipient.person, channel, address, bundle, leave)
            draft["by_the_hour"] = row.by_the_hour
            draft["payload"] = begun(urgent, recipient.routes).payload()
        if row.due is not None and (draft["due"] is None or row.due < draft["due"]):
            draft["due"] = row.due
        draft["not_before"] = min(draft["not_before"], leave)
        self.intent.links.append({"delivery": draft["id"], "notice": notice})

    def delivery(
        self, person: str, channel: str, address: str, bundle: str, leave: datetime, template: str = "message"
    ) -> dict[str, Any]:
        """A delivery row, not yet written."""
        return outbox.new_delivery(
            self.now,
            self.world.mail_domain,
            person,
            (channel, address),
            bundle,
            template,
            drill=self._drill,
            not_before=leave,
        )

    def leaves_at(self, row: DeadlineRow, person: str, reminder: bool) -> datetime:
        """When a message to somebody about a deadline may leave; `reminder` as in `holds`."""
        found = self._holds.leave(row, person, reminder)
        return found if row.by_the_hour else max(found, self.now + self._gathers)

    def write(self) -> None:
        """Write everything collected. Day clocks and news join a message that has not left yet."""
        if self._joinable:
            settings.lock(self.tx, settings.TELLING)  # two nodes would begin one person's day twice
            waiting = outbox.waiting_bundles(self.tx, self._joinable)
            joined = {}
            for bundle, found in waiting.items():
                draft = self._bundles.pop(bundle)
                joined[draft["id"]] = found.id
                outbox.bring_forward(self.tx, found, draft["due"], draft["not_before"])
            for link in self.intent.links:
                link["delivery"] = joined.get(link["delivery"], link["delivery"])
            # A repeat may meet its own first message, still held: once in it is enough.
            known = outbox.links_of(self.tx, joined.values())
            self.intent.links = [
                link for link in self.intent.links if (link["delivery"], link["notice"]) not in known
            ]
        self.intent.deliveries += self._bundles.values()
        if self._drill and self.intent.deliveries:
            drills.remember(self.tx, self.now)
        self.intent.write(self.tx)
        audit.insert_rows(self.tx, self.audit)
        report_gaps(self.scope, self._gaps)
