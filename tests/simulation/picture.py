"""What the store holds at one look: read once, and asked by every invariant."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from alertd.core.model import RUNNING
from alertd.engine.ruling.scope import Scope
from alertd.store import tables
from tests.simulation.witness import GONE

if TYPE_CHECKING:
    from tests.simulation.run import Run


class Picture:
    """One look at a run: its scope, and whole tables by their keys."""

    def __init__(self, run: Run, scope: Scope, final: bool) -> None:
        self.run, self.scope, self.final = run, scope, final
        self.witness, self.world, self.now = run.witness, scope.world, scope.now
        #: what may explain that an old file rules
        self.reload = ", after a reload that failed" if run.ran.counted["log reload-failed"] else ""
        self.deadlines = {row.number: row for row in self._all(tables.deadlines)}
        self.alerts = {row.id: row for row in self._all(tables.alerts)}
        self.notices = {row.id: row for row in self._all(tables.notices)}
        self.deliveries = {row.id: row for row in self._all(tables.deliveries)}
        self.blocked = {(row.channel, row.address) for row in self._all(tables.blocked)}
        self.failures = {row.delivery for row in self._all(tables.failures)}
        self.accepted = {
            (row.delivery, row.attempt) for row in self._all(tables.receipts) if row.result in GONE
        }
        self.carried: dict[int, list[Any]] = defaultdict(list)
        self.carriers: dict[int, list[Any]] = defaultdict(list)
        for link in self._all(tables.delivery_notices):
            self.carried[link.delivery].append(self.notices[link.notice])
            self.carriers[link.notice].append(self.deliveries[link.delivery])
        self.of_alert: dict[int, list[Any]] = defaultdict(list)
        for notice in self.notices.values():
            self.of_alert[notice.alert].append(notice)
        #: who was told instead of whom, of which deadline; and what the admin was told, by topic
        self.instead: dict[tuple[int, str], list[Any]] = defaultdict(list)
        for alert in self.alerts.values():
            if isinstance(alert.detail, dict) and "instead_of" in alert.detail:
                self.instead[alert.deadline, alert.detail["instead_of"]].append(alert)
        self.to_admin: dict[str, list[Any]] = defaultdict(list)
        for row in self.deliveries.values():
            if row.template == "admin":
                self.to_admin[(row.payload or {}).get("topic", "")].append(row)

    def _all(self, table: Any) -> Any:
        return self.scope.tx.execute(select(table)).fetchall()

    @cached_property
    def channels(self) -> set[str]:
        """The channels on which a daemon that runs sends."""
        found: set[str] = {"inbox"}
        for machine in self.run.machines:
            if machine.runs and machine.service is not None and machine.service.dispatcher is not None:
                found.update(machine.service.dispatcher.transports)
        return found

    def way(self, delivery: Any) -> str:
        """The channel of a delivery, and whether it is gone."""
        return str(delivery.channel) if delivery.channel in self.channels else f"{delivery.channel} (gone)"

    def runs(self, notice: Any) -> bool:
        """Whether a notice's deadline runs now, and has always done so as far as anybody committed."""
        number = notice.deadline
        return self.deadlines[number].state in RUNNING and number not in self.witness.ever_closed

    def reached(self, notice: Any) -> bool:
        """Whether a server took a message with this notice; the inbox reaches nobody."""
        return any(self.witness.arrived(delivery.id) for delivery in self.carriers[notice.id])

    def handed_on(self, notice: Any) -> bool:
        """Whether a message that failed went to somebody else, or the admin was told that it could not."""
        alerts = self.instead.get((notice.deadline, notice.person), ())
        first = self.alerts[notice.alert].decided_at
        if any(alert.decided_at >= first and self.of_alert[alert.id] for alert in alerts):
            return True
        numbers = {f"{delivery.id:x}" for delivery in self.carriers[notice.id]}
        told = [*self.told_admin("undelivered"), *self.told_admin("delivery-abandoned")]
        return any(each["number"] in numbers for each in told)

    def told_admin(self, topic: str) -> list[dict[str, Any]]:
        """What the admin was told of a topic: the entries of all its lists."""
        return [entry for row in self.to_admin[topic] for entry in row.payload.get("entries", ())]
