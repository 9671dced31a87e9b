"""What the register wants against what the store holds: joiners, leavers, renamed duties, validity."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from alertd.core.model import Group, OrgUnit, Register, RosterMember
from alertd.engine.planning.foretelling import DutyTold, Told
from alertd.engine.planning.plan import make_plan
from alertd.store import audit, tables
from tests.support.play import Play
from tests.support.register import at, obligation, only, tiny_register, with_obligation, world

REPORTS = only(tiny_register(), "yearly-report")


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-01T10:00", REPORTS)
    begun.plan()
    return begun


def _names(play: Play) -> set[str]:
    return {row.id for row in play.all(tables.deadlines)}


def _with_unit(register: Register, unit: OrgUnit, *members: str) -> Register:
    groups = {"every-town": Group("every-town", {}, members)}
    return replace(register, units={**register.units, unit.id: unit}, groups=groups)


def test_a_joiner_owes_from_its_day(play: Play) -> None:
    joiner = OrgUnit("town-c", {"en": "town-c"}, since=date(2026, 12, 10))
    play.world = world(_with_unit(REPORTS, joiner, "town-a", "town-b", "town-c"))
    assert play.plan().empty
    play.now = at("2026-12-10T00:05")
    assert {row["id"] for row in play.plan().opened} == {f"yearly-report@{y}/town-c" for y in (2026, 2027)}


def test_a_leavers_deadlines_stay_until_somebody_withdraws_them(play: Play) -> None:
    leaver = OrgUnit("town-b", {"en": "town-b"}, until=date(2026, 12, 10))
    play.world = world(_with_unit(REPORTS, leaver, "town-a", "town-b"))
    play.now = at("2026-12-11T09:00")
    plan = play.plan()
    assert {row.id for row in plan.vanished} == {f"yearly-report@{y}/town-b" for y in (2026, 2027)}
    assert play.row("yearly-report@2026/town-b").state == "open"


def test_a_leavers_open_deadlines_go_to_the_people_of_its_successor(play: Play) -> None:
    leaver = OrgUnit("town-b", {"en": "town-b"}, until=date(2026, 12, 10), successor="town-a")
    play.world = world(_with_unit(REPORTS, leaver, "town-a", "town-b"))
    assert play.go("2026-12-16T09:00") == [("12-16T08:30", "ann", ("near",))]
    assert {n.deadline for n in play.all(tables.notices)} == {1, 2}


def test_a_renamed_duty_keeps_its_deadlines(play: Play) -> None:
    renamed = replace(REPORTS.obligations["yearly-report"], id="annual-report", was=("yearly-report",))
    play.world = world(replace(REPORTS, obligations={"annual-report": renamed}))
    plan = play.plan()
    assert (plan.opened, plan.vanished, len(plan.moved)) == ([], [], 4)
    assert {row.obligation for row in play.all(tables.deadlines)} == {"annual-report"}
    assert play.plan().empty


def test_a_duty_is_owed_only_for_periods_in_which_it_is_valid(begin) -> None:
    register = with_obligation(
        REPORTS, "yearly-report", valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31)
    )
    play = begin("2026-12-01T10:00", register)
    play.plan()
    assert _names(play) == {"yearly-report@2027/town-a", "yearly-report@2027/town-b"}


@pytest.mark.parametrize(
    ("valid", "years"),
    [
        ({"valid_from": date(2026, 12, 31)}, {2026, 2027}),
        ({"valid_from": date(2027, 1, 1)}, {2027}),
        ({"valid_to": date(2026, 12, 31)}, {2026}),
        ({"valid_to": date(2027, 1, 1)}, {2026, 2027}),
    ],
)
def test_a_period_is_owed_when_one_day_of_it_is_valid(begin, valid: dict[str, date], years: set[int]) -> None:
    play = begin("2026-12-01T10:00", with_obligation(REPORTS, "yearly-report", **valid))
    play.plan()
    assert _names(play) == {f"yearly-report@{year}/{town}" for year in years for town in ("town-a", "town-b")}


def test_a_duty_that_is_no_longer_valid_is_offered_for_withdrawal(play: Play) -> None:
    play.world = world(with_obligation(REPORTS, "yearly-report", valid_to=date(2026, 12, 31)))
    assert {row.id for row in play.plan().vanished} == {
        f"yearly-report@2027/{t}" for t in ("town-a", "town-b")
    }


def test_what_a_rule_names_no_more_is_offered_for_withdrawal_where_it_is_not_due_yet(play: Play) -> None:
    twice = with_obligation(REPORTS, "yearly-report", rule="yearly by 06-25 and 12-25")
    play.world = world(twice)
    plan = play.plan()
    assert {row.id for row in plan.vanished} == {
        f"yearly-report@{year}/{town}" for year in (2026, 2027) for town in ("town-a", "town-b")
    }
    assert {row["id"] for row in plan.opened if row["id"].endswith("a")} == {
        "yearly-report@2026.12-25/town-a",
        "yearly-report@2027.06-25/town-a",
    }
    assert {row.id for row in play.plan().vanished} == {row.id for row in plan.vanished}
    play.now = at("2027-01-04T09:00")  # what fell due under the former rule is still owed
    assert {row.occurrence for row in play.plan().vanished} == {"2027"}


@pytest.mark.parametrize(
    ("most_deadlines", "most_people", "too_much"), [(4, 2, False), (3, 2, True), (4, 1, True)]
)
def test_a_change_is_large_by_its_deadlines_or_by_the_people_told(
    play: Play, most_deadlines: int, most_people: int, too_much: bool
) -> None:
    play.go("2026-12-16T09:00")  # both contacts are told
    sooner = with_obligation(REPORTS, "yearly-report", rule="yearly by 12-28")
    play.world = world(sooner, deadline_threshold=most_deadlines, people_threshold=most_people)
    plan = play.do(make_plan)
    contacts = frozenset({"li-a", "wang-b"})
    plan.told = Told((DutyTold("yearly-report", 2, contacts, frozenset()),), 2)
    assert plan.exceeds(play.world) is too_much


@pytest.mark.parametrize(("most", "too_much"), [(4, False), (3, True)])
def test_a_change_is_large_by_what_it_opens_too(play: Play, most: int, too_much: bool) -> None:
    again = replace(REPORTS.obligations["yearly-report"], id="second-report")
    more = replace(REPORTS, obligations={**REPORTS.obligations, again.id: again})
    play.world = world(more, deadline_threshold=most)
    plan = play.do(make_plan)
    assert (len(plan.opened), len(plan.moved), plan.exceeds(play.world)) == (4, 0, too_much)


def test_the_opening_of_a_deadline_is_on_record_though_nobody_is_told(play: Play) -> None:
    row = play.row("yearly-report@2027/town-a")
    assert row.state == "scheduled"
    assert play.go("2026-12-01T10:00") == []
    play.now = row.opens_at
    play.fire()
    with play.store.read() as tx:
        created, opened = audit.of_deadline(tx, row.number)
    assert (created.action, created.at) == ("created", row.since)
    assert created.detail["now"]["due"] == row.due.isoformat()
    assert (opened.action, opened.at, opened.detail) == ("opened", row.opens_at, {"now": {"state": "open"}})


def test_what_is_closed_never_moves(play: Play) -> None:
    play.done("yearly-report@2026/town-a")
    play.world = world(with_obligation(REPORTS, "yearly-report", rule="yearly by 12-20"))
    assert "yearly-report@2026/town-a" not in {move.row.id for move in play.plan().moved}
    assert play.row("yearly-report@2026/town-a").last_day == date(2026, 12, 30)
    assert play.row("yearly-report@2026/town-b").last_day == date(2026, 12, 20)


def test_a_new_day_leaves_what_runs_as_it_is(play: Play) -> None:
    play.world = world(with_obligation(REPORTS, "yearly-report", rule="yearly by 12-20"))
    play.now = at("2026-12-31T00:05")
    found = play.do(make_plan, moving=False)
    assert found.moved == []
    assert {row["id"] for row in found.opened} == {f"yearly-report@2028/{t}" for t in ("town-a", "town-b")}
    assert len(play.do(make_plan).moved) == 2


def test_a_started_clock_keeps_the_rule_it_started_with(begin) -> None:
    play = begin("2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T09:00")
    play.world = world(with_obligation(tiny_register(), "draft-review", rule="5 to 10 working days"))
    play.plan()
    assert play.row("draft-review@rules/town-a").rule == "5 to 15 working days"


def test_officers_who_have_not_joined_or_have_left_owe_nothing(begin) -> None:
    register = only(tiny_register(), "training")
    roster = {
        "jd-1": RosterMember("jd-1", "One", "town-a", until=date(2026, 5, 31)),
        "jd-2": RosterMember("jd-2", "Two", "town-a", since=date(2026, 7, 1)),
        "jd-3": RosterMember("jd-3", "Three", "office"),
        "jd-4": RosterMember("jd-4", "Four", "town-b", date(2026, 6, 15), date(2026, 6, 15)),
    }
    play = begin("2026-06-15T10:00", replace(register, roster=roster))
    play.plan()
    assert _names(play) == {"training@2026/jd-4", "training@2027/jd-4"}
    assert play.row("training@2026/jd-4").unit == "town-b"


@pytest.mark.parametrize(
    ("since", "owes"),
    [("2026-01-01", True), ("2026-01-02", False), ("2026-12-31", False)],
)
def test_who_joins_after_the_first_day_of_a_period_is_exempt_to_its_last(
    begin, since: str, owes: bool
) -> None:
    register = with_obligation(only(tiny_register(), "training"), "training", joiners="exempt")
    joiner = RosterMember("jd-1", "One", "town-a", since=date.fromisoformat(since))
    play = begin("2026-12-31T10:00", replace(register, roster={"jd-1": joiner}))
    play.plan()
    assert ("training@2026/jd-1" in _names(play)) is owes
    assert "training@2027/jd-1" in _names(play)


def test_one_explanation_serves_all_the_units(play: Play) -> None:
    assert len(play.all(tables.deadlines)) == 4
    assert len(play.all(tables.traces)) == 2


def test_an_explanation_is_stored_as_it_was_hashed(play: Play) -> None:
    with play.store.read() as tx:
        stored = tx.exec_driver_sql("SELECT digest, lines FROM traces").fetchall()
    assert all(hashlib.sha256(text.encode()).hexdigest() == digest for digest, text in stored)
    assert {row.trace for row in play.all(tables.deadlines)} == {digest for digest, _ in stored}
    assert play.all(tables.traces)[0].lines[0]["why"] == "period"


def test_every_open_deadline_has_a_next_action_or_a_reason_why_not(begin) -> None:
    from alertd.engine.reporting.queries import unexplained

    play = begin("2026-12-01T10:00")
    play.plan()
    play.report("draft", "rules", received="2026-12-01T09:00")
    play.report("incident", "fire", published="2026-12-01T09:00")
    for day in ("2026-12-20T10:00", "2027-02-01T10:00", "2027-12-31T10:00", "2028-06-01T10:00"):
        play.go(day)
        with play.store.read() as tx:
            assert len(unexplained(tx)) == 0


def test_what_has_nothing_more_to_say_waits_for_the_bulletin_or_to_be_handed_in(begin) -> None:
    play = begin("2026-12-01T10:00")
    play.plan()
    play.report("draft", "rules", received="2026-12-01T09:00")
    play.go("2027-03-01T10:00")
    ladder, no_ladder = play.row("yearly-report@2026/town-a"), play.row("draft-review@rules/town-a")
    assert (ladder.state, ladder.next_action_at, ladder.waits) == ("open", None, "bulletin")
    assert (no_ladder.state, no_ladder.next_action_at, no_ladder.waits) == ("open", None, "completion")


def test_a_deadline_whose_policy_is_gone_is_told_and_explained(play: Play) -> None:
    play.world = world(replace(REPORTS, policies={}))
    play.go("2026-12-20T10:00")
    assert play.admin_topics() == ["policy-missing"]
    assert play.row("yearly-report@2026/town-a").waits == "policy-missing"


def test_who_owes_alone_is_named_alone(begin) -> None:
    single = obligation("summary", "quarterly by last day", "yearly", "unit:office")
    play = begin("2026-12-01T10:00", replace(REPORTS, obligations={"summary": single}))
    play.plan()
    assert _names(play) == {"summary@2026-q4/office", "summary@2027-q1/office"}
