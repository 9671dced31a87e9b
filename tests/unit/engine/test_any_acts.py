"""Whatever people do in whatever order: nothing open is forgotten, and every act stays on record."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from alertd.core.model import Group, State
from alertd.core.rights import RIGHTS, Act
from alertd.engine.operations import acts, more_time, moving
from alertd.engine.planning.plan import apply_plan, make_plan
from alertd.engine.preview import comparing
from alertd.engine.reporting.queries import unexplained
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, chains
from alertd.store.database import memory_store
from tests.support.play import Play
from tests.support.register import only, tiny_register, with_obligation, world

NAMES = ("yearly-report@2026/town-a", "yearly-report@2026/town-b")
WHO = st.sampled_from(["ann", "cai", "dan", "eve", "gao", "clerk"]).map(Actor)
DAYS = st.dates(date(2026, 12, 1), date(2027, 2, 1))
NAME = st.sampled_from(NAMES)
#: the act behind each action of the audit
ACTS = {
    "acknowledged": Act.ACKNOWLEDGE,
    "done": Act.HAND_IN,
    "reopened": Act.REOPEN,
    "returned": Act.RETURN,
    "verified": Act.VERIFY,
    "waived": Act.WAIVE,
    "suspended": Act.SUSPEND,
    "resumed": Act.RESUME,
    "extension-asked": Act.EXTEND,
    "extended": Act.DECIDE_EXTEND,
    "reassigned": Act.REASSIGN,
}


class AnyActs(RuleBasedStateMachine):
    """Two reports that a receiver verifies, and people who do what they like."""

    def __init__(self) -> None:
        super().__init__()
        register = with_obligation(only(tiny_register(), "yearly-report"), "yearly-report", closes="verify")
        self.store = memory_store()
        self.play = Play(self.store, world(register), "2026-12-01T10:00")
        self.play.plan()

    def teardown(self) -> None:
        """Nothing that was done looks as if it had been done past the program."""
        with self.store.read() as tx:
            found = [*comparing.audit_findings(tx), comparing.sent_finding(tx)]
            found.append(comparing.next_finding(self.play.scope(tx)))
        self.store.close()
        assert [line for finding in found for line in finding.items] == []

    def try_(self, work: Any, name: str, *args: Any) -> None:
        with contextlib.suppress(Refused):
            self.play.do(work, self.play.row(name).number, *args)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.play.now += timedelta(hours=hours)
        self.play.fire()

    @rule(name=NAME, who=WHO)
    def hand_in(self, name: str, who: Actor) -> None:
        self.try_(acts.hand_in, name, acts.HandIn(self.play.now), who)

    @rule(name=NAME, who=WHO)
    def acknowledge(self, name: str, who: Actor) -> None:
        self.try_(acts.acknowledge, name, who)

    @rule(name=NAME, who=WHO, day=st.none() | DAYS)
    def send_back(self, name: str, who: Actor, day: date | None) -> None:
        self.try_(acts.send_back, name, "wrong", who, day)

    @rule(name=NAME, who=WHO)
    def verify(self, name: str, who: Actor) -> None:
        self.try_(acts.verify, name, who)

    @rule(name=NAME, who=WHO, day=DAYS, by=WHO)
    def extend(self, name: str, who: Actor, day: date, by: Actor) -> None:
        self.try_(more_time.ask_extension, name, day, "slow", who)
        self.try_(more_time.grant_extension, name, by, "Li")

    @rule(name=NAME, who=WHO, hours=st.integers(-48, 1))
    def pause(self, name: str, who: Actor, hours: int) -> None:
        self.try_(more_time.suspend, name, self.play.now + timedelta(hours=hours), "wait", who)

    @rule(name=NAME, who=WHO)
    def go_on(self, name: str, who: Actor) -> None:
        self.try_(more_time.resume, name, self.play.now, "", who)

    @rule(name=NAME, who=WHO, unit=st.sampled_from(["town-a", "town-b", "office"]))
    def give(self, name: str, who: Actor, unit: str) -> None:
        self.try_(moving.reassign, name, unit, "theirs", who)

    @rule(town=st.sampled_from(["town-a", "town-b"]))
    def withdraw(self, town: str) -> None:
        """The files ask nothing more of a town, and the office lets its deadlines go."""
        asked = self.play.world
        others = tuple(unit for unit in asked.register.groups["every-town"].members if unit != town)
        groups = {"every-town": Group("every-town", {}, others)}
        self.play.world = replace(asked, register=replace(asked.register, groups=groups))
        plan = self.play.do(make_plan, moving=False)
        self.play.do(apply_plan, plan, "merged", withdraw=True)
        self.play.world = asked
        for row in plan.vanished:
            assert self.play.row(row.id).state == State.WITHDRAWN
            with self.store.read() as tx:
                assert audit.of_deadline(tx, row.number)[-1].action == "withdrawn"

    @rule(name=NAME, who=WHO)
    def waive_or_reopen(self, name: str, who: Actor) -> None:
        self.try_(acts.waive, name, "merged", who, "Li")
        self.try_(acts.reopen, name, "not merged", who)

    @invariant()
    def nothing_open_is_forgotten(self) -> None:
        with self.store.read() as tx:
            assert len(unexplained(tx)) == 0

    @invariant()
    def every_act_is_on_record(self) -> None:
        with self.store.read() as tx:
            assert chains.verify(tx) == []

    @invariant()
    def nobody_did_what_is_not_for_them(self) -> None:
        for name in NAMES:
            number = self.play.row(name).number
            with self.store.read() as tx:
                done = [row for row in audit.of_deadline(tx, number) if row.action in ACTS]
            for row in done:
                assert row.detail["as"]
                assert RIGHTS[ACTS[row.action]].roles.issuperset(row.detail["as"])

    @invariant()
    def the_columns_of_a_state_belong_to_it(self) -> None:
        for name in NAMES:
            row = self.play.row(name)
            assert (row.suspended_at is not None) == (row.state == State.SUSPENDED)
            assert row.review_due is None or row.state == State.DONE
            assert (row.done_at is not None) == (row.state in (State.DONE, State.VERIFIED))


TestAnyActs = AnyActs.TestCase
TestAnyActs.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
