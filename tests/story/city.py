"""The city the stories play in: the shipped register, an empty store, and a clock that jumps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from alertd.core.measures import Fraction
from alertd.engine.cases import gates
from alertd.engine.deadlines import closing
from alertd.engine.deadlines.closing import Completion
from alertd.engine.deadlines.figures import Figures
from alertd.engine.operations import acts, events, progress
from alertd.engine.planning.plan import Plan, apply_plan, make_plan
from alertd.engine.preview.virtual import Assume, Line, VirtualRun
from alertd.engine.reporting import board, issuing
from alertd.engine.reporting.bulletin import Bulletin, BulletinPeriod
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.composing import Parcel
from alertd.installation import Installation
from alertd.messages.render import Renderer
from alertd.store import deadlines, tables
from alertd.store.database import Store, memory_store

TOP = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")


@lru_cache(maxsize=1)
def shipped() -> tuple[World, Renderer]:
    installation = Installation.find(str(TOP), {}, TOP)
    return replace(installation.written(), mode=Mode.LIVE), installation.renderer()


def at(text: str) -> datetime:
    """A moment of the city's time: "2026-10-01 02:10"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(frozen=True)
class Message:
    """What one person received: when, about which deadlines, at which steps."""

    at: str
    person: str
    subject: str
    deadlines: tuple[str, ...]
    steps: tuple[str, ...]
    positions: tuple[str, ...]
    text: str = ""


class City:
    """Time stands still until `until` lets it run; messages collect meanwhile."""

    def __init__(self, now: str, world: World | None = None) -> None:
        shipped_world, renderer = shipped()
        self.world = world or shipped_world
        self.now = at(now)
        self._texts: dict[str, str] = {}
        self._run = VirtualRun(self.world, renderer, memory_store(), Assume.NEVER, self._went_out)
        self.until(now, including=True)

    @property
    def store(self) -> Store:
        """For what happens to it past the program."""
        return self._run.store

    @property
    def texts(self) -> list[str]:
        """The words of every message that went out, the newest last."""
        return list(self._texts.values())

    def until(self, when: str, including: bool = False) -> list[Message]:
        """Let time run; every message on the way, `when` itself excluded unless `including`."""
        goal = at(when)
        end = goal.replace(microsecond=1) if including else goal
        lines = list(self._run.lines(self.now, end, []))
        self.now = goal
        return _messages(lines, self._texts)

    def _went_out(self, parcel: Parcel, when: datetime) -> None:
        if parcel.message is not None:
            self._texts[f"{parcel.row.id:x}"] = parcel.message.text

    def report(
        self,
        kind: str,
        case: str,
        party: str,
        due: date | None = None,
        result: str = "",
        severity: str | None = None,
        unconfirmed: bool = False,
        **instants: str,
    ) -> list[str]:
        """Report an event now, of the lowest severity unless said; the ids of the deadlines it started."""
        levels = self.world.register.event_types[kind].severities
        given = {name: at(text) for name, text in instants.items()}
        event = events.Report(
            kind,
            case,
            (party,),
            given,
            due,
            title=case,
            result=result,
            severity=severity if severity is not None else next(iter(levels), ""),
            unconfirmed=unconfirmed,
            planned=any(instant > self.now for instant in given.values()),
        )
        happened = self._do(lambda tx: events.report(self.scope(tx, "duty-desk"), event))
        assert isinstance(happened, events.Happened)
        return list(happened.started)

    def correct(self, event: str, approver: str = "", severity: str = "", **instants: str) -> list[str]:
        given = {name: at(text) for name, text in instants.items()}
        asked = events.Correct(event, given, reason="slip", approver=approver, severity=severity)
        return list(self._do(lambda tx: events.correct(self.scope(tx, "duty-desk"), asked)).moved)

    def cancel(self, event: str) -> list[str]:
        asked = events.Cancel(event, "false")
        return list(self._do(lambda tx: events.cancel(self.scope(tx, "duty-desk"), asked)).cancelled)

    def acknowledge(self, deadline: str, person: str) -> datetime:
        number = self.row(deadline).number
        until = self._do(lambda tx: acts.acknowledge(self.scope(tx, person), number))
        assert isinstance(until, datetime)
        return until

    def hand_in(self, deadline: str, by: str = "clerk", happened: str = "", reason: str = "") -> str:
        what = Completion(at(happened) if happened else self.now, reason=reason)
        number = self.row(deadline).number
        return str(self._do(lambda tx: closing.finish(self.scope(tx, by), number, what)))

    def close(self, deadline: str, result: str = "") -> acts.HandedIn:
        """Hand in as a person does: what follows from it starts, and its case may close."""
        number = self.row(deadline).number
        done = acts.HandIn(result=result)
        found = self._do(lambda tx: acts.hand_in(self.scope(tx, "clerk"), number, done))
        assert isinstance(found, acts.HandedIn)
        return found

    def reopen(self, deadline: str) -> None:
        number = self.row(deadline).number
        self._do(lambda tx: acts.reopen(self.scope(tx, "clerk"), number, "slip"))

    def sleep(self, when: str) -> None:
        """Time passes while no daemon runs."""
        self.now = at(when)

    def train(self, hours: float, officers: Iterable[str], on: str) -> progress.Added:
        entries = [progress.Entry(officer, hours, date.fromisoformat(on)) for officer in officers]
        added = self._do(lambda tx: progress.add(self.scope(tx, "clerk"), "officer-training", entries))
        assert isinstance(added, progress.Added)
        return added

    def send_back(self, deadline: str, reason: str, by: str, end: date | None = None) -> None:
        number = self.row(deadline).number
        self._do(lambda tx: acts.send_back(self.scope(tx, by), number, reason, end))

    def verify(self, deadlines: Iterable[str], by: str) -> None:
        """Strike hand-ins off, all of them or none."""
        numbers = [self.row(deadline).number for deadline in deadlines]

        def strike_off(tx: Any) -> None:
            for number in numbers:
                acts.verify(self.scope(tx, by), number)

        self._do(strike_off)

    def roll(self, obligation: str, occurrence: str = "") -> board.DutyRoll:
        with self._run.store.read() as tx:
            found = board.roll(self.scope(tx), obligation, occurrence)
        assert found is not None
        return found

    def board(self, by: str) -> dict[str, board.Light]:
        with self._run.store.read() as tx:
            return {light.name: light for light in board.board(self.scope(tx), by)}

    def bulletin(self, first: str, last: str, as_of: str, previous: str = "") -> Bulletin:
        """The figures of a period as they were known at `as_of`; `previous` is that of the issue before."""
        period = self.period(first, last, as_of, previous)
        with self._run.store.read() as tx:
            return issuing.read_bulletin(tx, self.world, period)

    def period(self, first: str, last: str, as_of: str, previous: str = "") -> BulletinPeriod:
        """The period of a bulletin."""
        days = date.fromisoformat(first), date.fromisoformat(last)
        before = at(previous) if previous else None
        return issuing.period_of(self.world, *days, at(as_of), before)

    def stands_at(self, deadline: str) -> Fraction | None:
        """What a ratio stands at now."""
        row = self.row(deadline)
        found = self._do(lambda tx: Figures(self.scope(tx)).fraction(row))
        assert found is None or isinstance(found, Fraction)
        return found

    def adopt(self, world: World) -> Plan:
        """Let other files rule, as `plan --apply` does; what vanished from them is withdrawn."""
        plan = self._do(lambda tx: make_plan(Scope(tx, world, self.now)))
        assert isinstance(plan, Plan)
        self._do(
            lambda tx: apply_plan(
                Scope(tx, world, self.now, Actor("clerk")), plan, "new files", withdraw=True
            )
        )
        self.world = self._run.world = world
        return plan

    def now_ruled_by(self, world: World) -> None:
        """Another picture of the same register rules, as after a change of config.toml."""
        self.world = self._run.world = world

    def confirm(self, event: str) -> tuple[str, ...]:
        confirmed = self._do(lambda tx: events.confirm(self.scope(tx, "leader"), events.Confirm(event)))
        assert isinstance(confirmed, events.Confirmed)
        return confirmed.told

    def upgrade(self, event: str, severity: str) -> list[str]:
        asked = events.Upgrade(event, severity)
        upgraded = self._do(lambda tx: events.upgrade(self.scope(tx, "duty-desk"), asked))
        assert isinstance(upgraded, events.Upgraded)
        return list(upgraded.started)

    def gate(self, case: str, stage: str, version: int | None = None) -> list[str]:
        """Why the gate is shut; nothing when it is open."""
        with self._run.store.read() as tx:
            verdicts = gates.look(tx, self.world, case, stage, version)
        return [each.why for verdict in verdicts for each in verdict.missing]

    def coming(self, before: str, planned: Sequence[tuple[str, str, datetime]] = ()) -> list[Any]:
        """The cases that need a gate before then: case, gate, whether it is open."""
        with self._run.store.read() as tx:
            found = gates.coming(tx, self.world, at(before), planned)
        return [(each.verdict.case, each.verdict.gate.id, each.verdict.open) for each in found]

    def bodies(self) -> list[str]:
        """What every message said so far."""
        return [row.body for row in self._all(tables.deliveries)]

    def rows(self, table: Any) -> list[Any]:
        return self._all(table)

    def deadlines(self) -> list[Any]:
        return self._all(tables.deadlines)

    def breaches(self) -> list[Any]:
        return self._all(tables.breaches)

    def case(self, name: str) -> Any:
        return next(row for row in self._all(tables.cases) if row.id == name)

    def trace(self, deadline: str) -> Any:
        row = self.row(deadline)
        with self._run.store.read() as tx:
            return deadlines.trace_of(tx, row.trace)

    def told(self, topic: str, waiting: bool = False) -> list[str]:
        """Who was sent a message about `topic` that is about no single deadline."""
        rows = [row for row in self._all(tables.deliveries) if row.template == "told"]
        rows = [row for row in rows if row.payload["topic"] == topic]
        return [row.person for row in rows if not waiting or row.not_before is not None]

    def told_admin(self, topic: str) -> list[Any]:
        """The entries of every message to the admin about `topic`."""
        rows = [row for row in self._all(tables.deliveries) if row.template == "admin"]
        found = [row.payload.get("entries", []) for row in rows if row.payload["topic"] == topic]
        return [entry for entries in found for entry in entries]

    def facts(self, topic: str) -> Any:
        """What the lines of the last message about `topic` are made of."""
        rows = [row for row in self._all(tables.deliveries) if row.template == "told"]
        return [row.payload["facts"] for row in rows if row.payload["topic"] == topic][-1]

    def asked(self, case: str) -> set[str]:
        """Everybody who was asked for something about a case."""
        numbers = {row.number for row in self._all(tables.deadlines) if row.case_id == case}
        return {row.person for row in self._all(tables.notices) if row.ask and row.deadline in numbers}

    def positions_of(self, person: str) -> tuple[str, ...]:
        return self.world.register.people[person].positions

    def _all(self, table: Any) -> list[Any]:
        with self._run.store.read() as tx:
            return list(tx.execute(select(table).order_by(*table.primary_key.columns)).fetchall())

    def row(self, deadline: str) -> Any:
        with self._run.store.read() as tx:
            found = deadlines.find(tx, deadline)
        assert found is not None, deadline
        return found

    def event_of(self, deadline: str) -> str:
        return str(self.row(deadline).event_id)

    def event(self, kind: str) -> str:
        """The last event of this type."""
        return str([row.id for row in self._all(tables.events) if row.type == kind][-1])

    def scope(self, tx: Any, by: str = "clerk") -> Scope:
        """What a transaction works within now."""
        return Scope(tx, self.world, self.now, Actor(by))

    def do(self, work: Any, *args: Any) -> Any:
        """`work(scope, …)` in a transaction of its own. An Actor among the arguments is who acts."""
        who = next((each.name for each in args if isinstance(each, Actor)), "clerk")
        rest = [each for each in args if not isinstance(each, Actor)]
        return self._do(lambda tx: work(self.scope(tx, who), *rest))

    def _do(self, work: Any) -> Any:
        return self._run.store.transact(work)


def _messages(lines: list[Line], texts: Mapping[str, str]) -> list[Message]:
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.message, []).append(line)
    return [
        Message(
            at=group[0].at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"),
            person=group[0].person,
            subject=group[0].subject,
            deadlines=tuple(line.deadline for line in group),
            steps=tuple(line.step for line in group),
            positions=tuple(line.why for line in group),
            text=texts[name],
        )
        for name, group in grouped.items()
    ]
