"""Collects what one firing transaction decides and writes it together: alerts, notices, deliveries, audit.

Messages are bundled: what one person is told of day clocks on one day is one message, and what they are told
of one case at one instant on hour clocks is one message.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from alertd.core.escalation import AlertPlan
from alertd.core.pacing import later
from alertd.engine.notify.addressing import Addressing, Gap, Recipient
from alertd.engine.notify.admin import report_gaps
from alertd.engine.notify.holds import Holds, is_reminder
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, drills, outbox, settings
from alertd.store.ids import new_id
from alertd.store.rows import DeadlineRow

#: what is real never joins a drill that still waits, or it would be read as one
_DRILL = "drill|"


def bundle_of_day(person: str, channel: str, day: date, drill: bool) -> str:
    """The name of what somebody is told of day clocks on one day over one channel."""
    return outbox.bundle_name(f"{_DRILL if drill else ''}d|{person}|{channel}|{day.isoformat()}")


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
        recipients, gaps = self.addressing.recipients(row.unit, receiver, plan.addressed, leads, handed)
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
        leave = self.leaves_at(row, is_reminder(kind, plan.step_id))
        for recipient in recipients:
            notice = self._notice(row, alert_id, plan, recipient, leave)
            self.deliver(notice, row, recipient, leave)

    def _notice(
        self, row: DeadlineRow, alert_id: int, plan: AlertPlan, recipient: Recipient, leave: datetime
    ) -> int:
        notice = new_id()
        repeat = plan.repeat if recipient.ask else None
        next_at = later(leave, repeat.every, self.world.calendar) if repeat else None
        self.intent.notices.append(
            {
                "id": notice,
                "alert": alert_id,
                "deadline": row.number,
                "person": recipient.person,
                "position": recipient.position,
                "deputy_for": recipient.deputy_for,
                "ask": recipient.ask,
                "repeats_left": repeat.at_most if repeat else 0,
                "repeat_every": int((next_at - leave).total_seconds()) if next_at else 0,
                "repeat_no": 0,
                "next_at": next_at,
                "acknowledged_at": None,
                "acknowledged_until": None,
                "ack": plan.ack,
            }
        )
        return notice

    def deliver(
        self,
        notice: int,
        row: DeadlineRow,
        recipient: Recipient,
        leave: datetime,
    ) -> None:
        """One message for a notice over the person's first route, bundled with what else they get."""
        channel, address = recipient.routes[0]
        if row.by_the_hour:
            about = self._about or row.case_id or row.number
            kind = _DRILL if self._drill else ""
            bundle = outbox.bundle_name(f"{kind}h|{recipient.person}|{channel}|{about}|{self._instant}")
            if self._news:
                self._joinable.add(bundle)
        else:
            day = leave.astimezone(self.world.zone).date()
            bundle = bundle_of_day(recipient.person, channel, day, self._drill)
            self._joinable.add(bundle)
        draft = self._bundles.get(bundle)
        if draft is None:
            draft = self._bundles[bundle] = self.delivery(recipient.person, channel, address, bundle, leave)
            draft["by_the_hour"] = row.by_the_hour
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

    def leaves_at(self, row: DeadlineRow, reminder: bool) -> datetime:
        """When a message about a deadline may leave; `reminder` as alertd.engine.notify.holds has it."""
        found = self._holds.leave(row, reminder)
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
