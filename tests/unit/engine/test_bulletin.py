"""The bulletin's figures on rows made by hand, and that they stay what they were."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.engine.deadlines.replay import BulletinResult, known_at
from alertd.engine.reporting.bulletin import Bulletin, BulletinPeriod, make_bulletin
from alertd.store.reports import Audited
from tests.support.register import at

DECEMBER = BulletinPeriod(
    at("2026-12-01T00:00"), at("2027-01-01T00:00"), at("2027-01-04T09:00"), at("2026-12-01T00:00")
)
JANUARY = BulletinPeriod(
    at("2027-01-01T00:00"), at("2027-02-01T00:00"), at("2027-02-02T09:00"), at("2027-01-04T09:00")
)


@dataclass
class Row:
    """A deadline as the store has it now."""

    number: int = 1
    id: str = "report@2026/town-a"
    obligation: str = "report"
    occurrence: str = "2026"
    party: str = "town-a"
    unit: str = "town-a"
    case_id: str | None = None
    opens_at: datetime = field(default_factory=lambda: at("2026-01-01T00:00"))
    since: datetime = field(default_factory=lambda: at("2026-01-05T09:00"))
    due: datetime | None = field(default_factory=lambda: at("2026-12-31T00:00"))
    last_day: date | None = date(2026, 12, 30)
    due_soft: bool = False
    by_the_hour: bool = False


def act(when: str, action: str, **detail: Any) -> Audited:
    return Audited(at(when), action, detail)


def done(entered: str, happened: str = "", **detail: Any) -> Audited:
    return act(entered, "done", happened=at(happened or entered).isoformat(), **detail)


def moved(when: str, old: str, new: str) -> Audited:
    """A move of the limit from the end of one day to the end of another."""
    days = {"old": old, "new": new}
    ends = {key: (at(f"{day}T00:00") + timedelta(days=1)).isoformat() for key, day in days.items()}
    return act(when, "moved", reason="x", changes={"due": ends, "last_day": days})


def issue(
    *acts: Audited, row: Row | None = None, period: BulletinPeriod = DECEMBER, silent: bool = False
) -> Bulletin:
    return make_bulletin([row or Row()], {1: list(acts)}, period, lambda known: silent)


def figures(made: Bulletin) -> dict[str, int]:
    return {name: count for name in made.total.__slots__ if (count := getattr(made.total, name))}


def test_a_hand_in_in_time_is_on_time_however_late_it_was_entered():
    assert figures(issue(done("2026-12-20T09:00"))) == {"owed": 1, "on_time": 1}
    assert figures(issue(done("2027-01-04T08:00", "2026-12-30T17:00"))) == {"owed": 1, "on_time": 1}


def test_at_the_limit_itself_is_on_time_and_a_minute_later_is_late():
    assert figures(issue(done("2026-12-31T00:00"))) == {"owed": 1, "on_time": 1}
    assert figures(issue(done("2026-12-31T00:01"))) == {"owed": 1, "closed_late": 1}


def test_open_after_the_limit_is_late_and_stands_in_the_annex():
    made = issue()
    assert figures(made) == {"owed": 1, "open_late": 1}
    assert [known.row.id for known in made.late] == ["report@2026/town-a"]
    assert made.total.rate == 0.0


def test_before_the_limit_nothing_is_judged():
    made = issue(period=replace(DECEMBER, as_of=at("2026-12-30T23:00")))
    assert figures(made) == {"owed": 1, "pending": 1}
    assert made.total.rate is None


def test_what_is_entered_after_the_instant_is_not_known():
    assert figures(issue(done("2027-01-04T09:01", "2026-12-30T17:00"))) == {"owed": 1, "open_late": 1}


def test_a_deadline_entered_after_the_instant_does_not_exist():
    assert issue(row=Row(since=at("2027-01-05T09:00"))).units == {}


def test_a_limit_belongs_to_the_period_its_last_day_lies_in():
    last = Row(due=at("2027-01-01T00:00"), last_day=date(2026, 12, 31))
    first = Row(due=at("2026-12-01T00:00"), last_day=date(2026, 11, 30))
    assert figures(issue(row=last)) == {"owed": 1, "open_late": 1}
    assert figures(issue(row=first)) == {"earlier": 1}


def test_what_is_waived_cancelled_or_withdrawn_is_not_owed():
    for action in ("waived", "cancelled", "withdrawn"):
        assert figures(issue(act("2026-12-20T09:00", action, reason="x"))) == {}


def test_what_was_done_about_a_false_alarm_counts_nowhere():
    returned = act("2026-12-10T09:00", "returned", reason="x")
    cancelled = act("2026-12-20T09:00", "cancelled", reason="x")
    assert figures(issue(returned, cancelled)) == {}
    assert figures(issue(returned, act("2026-12-20T09:00", "waived", reason="x"))) == {"returned": 1}


def test_a_paused_deadline_is_not_late():
    assert figures(issue(act("2026-12-20T09:00", "suspended", reason="x"))) == {"owed": 1, "pending": 1}


def test_returned_is_owed_again_and_counts_in_the_period_of_the_act():
    returned = act("2026-12-28T09:00", "returned", reason="incomplete")
    made = issue(done("2026-12-20T09:00"), returned)
    assert figures(made) == {"owed": 1, "open_late": 1, "returned": 1}
    assert made.late[0].reason == "incomplete"
    again = issue(done("2026-12-20T09:00"), returned, done("2026-12-29T09:00"))
    assert figures(again) == {"owed": 1, "on_time": 1, "returned": 1}
    verified = act("2027-01-02T09:00", "verified")
    assert figures(issue(done("2026-12-20T09:00"), verified)) == {"owed": 1, "on_time": 1}


def test_what_was_late_once_stays_late_though_it_came_back_with_a_new_date():
    late = done("2026-12-31T09:00")
    back = moved("2027-01-02T09:00", "2026-12-30", "2027-01-20")
    returned = back._replace(action="returned")
    row = Row(due=at("2027-01-21T00:00"), last_day=date(2027, 1, 20))
    made = issue(late, returned, done("2027-01-10T09:00"), row=row, period=JANUARY)
    assert figures(made) == {"owed": 1, "closed_late": 1, "returned": 1}
    missed = made.late[0].missed
    assert missed is not None
    assert (missed.last_day, missed.closed) == (date(2026, 12, 30), at("2026-12-31T09:00"))
    reopened = [late, act("2027-01-02T09:00", "reopened"), done("2027-01-03T09:00", "2026-12-30T09:00")]
    assert figures(issue(*reopened)) == {"owed": 1, "on_time": 1}


def test_an_extension_moves_the_limit_out_of_the_period_and_is_counted():
    later = moved("2026-12-20T09:00", "2026-12-30", "2027-01-20")
    row = Row(due=at("2027-01-21T00:00"), last_day=date(2027, 1, 20))
    made = issue(later, act("2026-12-20T09:00", "extended", reason="flood"), row=row)
    assert figures(made) == {"extended": 1}


def test_a_limit_that_moved_later_on_is_taken_back():
    later = moved("2027-01-10T09:00", "2026-12-30", "2027-01-20")
    row = Row(due=at("2027-01-21T00:00"), last_day=date(2027, 1, 20))
    made = issue(later, row=row)
    assert figures(made) == {"owed": 1, "open_late": 1}
    assert made.late[0].last_day == date(2026, 12, 30)


def test_a_reassigned_deadline_counts_for_who_had_it_then():
    gone = act("2027-01-10T09:00", "reassigned", changes={"unit": {"old": "town-a", "new": "town-b"}})
    assert list(issue(gone, row=Row(unit="town-b")).units) == ["town-a"]
    assert list(issue(gone, row=Row(unit="town-b"), period=JANUARY).units) == ["town-b"]


def test_an_officer_who_moved_counts_for_the_unit_of_then():
    gone = act("2027-01-10T09:00", "transferred", old="town-a", new="town-b")
    assert list(issue(gone, row=Row(unit="town-b")).units) == ["town-a"]
    assert list(issue(gone, row=Row(unit="town-b"), period=JANUARY).units) == ["town-b"]


def test_what_the_files_changed_later_is_taken_back():
    changes = {
        "obligation": {"old": "yearly-report", "new": "report"},
        "due_soft": {"old": True, "new": False},
        "by_the_hour": {"old": True, "new": False},
        "opens_at": {"old": "2026-06-01T00:00:00+08:00", "new": "2026-01-01T00:00:00+08:00"},
    }
    later = act("2027-01-10T09:00", "moved", reason="x", changes=changes)
    (known,) = issue(later).late
    then = known.row
    assert (then.obligation, then.due_soft, then.by_the_hour) == ("yearly-report", True, True)
    assert then.opens_at == at("2026-06-01T00:00")
    assert then.id == Row().id


def test_no_figures_counts_what_runs_in_the_period_whenever_it_is_due():
    row = Row(due=at("2027-07-01T00:00"), last_day=date(2027, 6, 30))
    assert figures(issue(row=row, silent=True)) == {"no_figures": 1}
    assert figures(issue(done("2026-12-02T09:00"), row=row, silent=True)) == {}
    ahead = replace(row, opens_at=at("2027-01-01T00:00"))  # the moment December is over
    assert figures(issue(row=ahead, silent=True)) == {}


def test_earlier_items_closed_since_the_issue_before_are_listed_and_not_counted():
    made = issue(done("2027-01-20T09:00"), period=JANUARY)
    assert figures(made) == {}
    assert [known.outcome for known in made.earlier] == [BulletinResult.CLOSED_LATE]
    assert made.corrections == []


# ---------------------------------------------------------------- corrections


def outcomes(made: Bulletin) -> list[tuple[str | None, str | None]]:
    return [(c.before and str(c.before.outcome), c.after and str(c.after.outcome)) for c in made.corrections]


def test_a_hand_in_entered_late_is_a_correction_in_the_next_issue():
    made = issue(done("2027-01-06T09:00", "2026-12-30T17:00"), period=JANUARY)
    assert outcomes(made) == [("open-late", "on-time")]


def test_a_late_hand_in_from_before_the_last_issue_is_a_correction_too():
    made = issue(done("2027-01-06T09:00", "2027-01-02T17:00"), period=JANUARY)
    assert outcomes(made) == [("open-late", "closed-late")]


def test_what_was_reopened_moved_cancelled_or_entered_late_is_a_correction():
    early = done("2026-12-20T09:00")
    assert outcomes(issue(early, act("2027-01-10T09:00", "reopened"), period=JANUARY)) == [
        ("on-time", "open-late")
    ]
    assert outcomes(issue(act("2027-01-10T09:00", "cancelled"), period=JANUARY)) == [
        ("open-late", "not-owed")
    ]
    later = moved("2027-01-10T09:00", "2026-12-30", "2027-02-20")
    row = Row(due=at("2027-02-21T00:00"), last_day=date(2027, 2, 20))
    assert outcomes(issue(later, row=row, period=JANUARY)) == [("open-late", "pending")]
    new = Row(since=at("2027-01-10T09:00"))
    assert outcomes(issue(row=new, period=JANUARY)) == [(None, "open-late")]


def test_a_correction_stands_in_one_issue_only():
    corrected = done("2027-01-06T09:00", "2026-12-30T17:00")
    february = BulletinPeriod(JANUARY.ends, at("2027-03-01T00:00"), at("2027-03-02T09:00"), JANUARY.as_of)
    assert outcomes(issue(corrected, period=february)) == []


def test_what_passed_its_limit_after_the_last_issue_is_no_correction():
    early_issue = replace(JANUARY, previous=at("2026-12-29T09:00"))
    assert outcomes(issue(act("2027-01-02T09:00", "acknowledged"), period=early_issue)) == []


# ---------------------------------------------------------------- the same for ever

ACTIONS = (
    "done", "returned", "reopened", "extended", "suspended", "resumed", "waived", "verified", "moved",
    "transferred", "reassigned", "carried-over",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5), st.integers(0, 60)), min_size=1, max_size=12
)


class Life:
    """A deadline as it is lived: each act changes the row and leaves an audit row, as the engine does."""

    def __init__(self) -> None:
        self.row = Row(since=at("2026-11-15T09:00"))
        self.now = self.row.since
        self.acts: list[Audited] = []

    def do(self, action: str, wait: int, days: int) -> None:
        self.now += timedelta(days=wait, hours=1)
        detail: dict[str, Any] = {"reason": f"r{len(self.acts)}"}
        if action == "done":
            detail["happened"] = (self.now - timedelta(days=days)).isoformat()
        if action in ("moved", "extended"):
            new = date(2026, 12, 1) + timedelta(days=days)
            due = at(f"{new.isoformat()}T00:00") + timedelta(days=1)
            assert self.row.due is not None
            assert self.row.last_day is not None
            detail["changes"] = {
                "due": {"old": self.row.due.astimezone(UTC).isoformat(), "new": due.isoformat()},
                "last_day": {"old": self.row.last_day.isoformat(), "new": new.isoformat()},
            }
            self.row = replace(self.row, due=due, last_day=new)
        if action in ("transferred", "reassigned"):
            change = {"old": self.row.unit, "new": f"town-{days}"}
            detail |= change if action == "transferred" else {"changes": {"unit": change}}
            self.row = replace(self.row, unit=change["new"])
        if action == "carried-over":
            detail["from"] = f"plan {days}"
        self.acts.append(Audited(self.now, action, detail))


@settings(max_examples=150, deadline=None)
@given(STEPS, STEPS, st.integers(0, 50))
def test_later_rows_of_the_audit_never_change_an_earlier_bulletin(before, after, wait):
    life = Life()
    for step in before:
        life.do(*step)
    as_of = life.now + timedelta(hours=wait)
    period = replace(DECEMBER, as_of=as_of, previous=min(DECEMBER.previous, as_of))
    then = _facts(make_bulletin([life.row], {1: list(life.acts)}, period))
    life.now = as_of
    for step in after:
        life.do(*step)
    assert _facts(make_bulletin([life.row], {1: life.acts}, period)) == then


@settings(max_examples=100, deadline=None)
@given(STEPS, st.integers(0, 90))
def test_what_was_owed_is_each_of_four_things_once(steps, day):
    life = Life()
    for step in steps:
        life.do(*step)
    as_of = at("2026-11-15T09:00") + timedelta(days=day)
    total = make_bulletin([life.row], {1: life.acts}, replace(DECEMBER, as_of=as_of)).total
    assert total.owed == total.on_time + total.closed_late + total.open_late + total.pending
    known = known_at(life.row, life.acts, as_of)
    assert known is not None
    assert (known.closed is None) == (
        known.outcome not in (BulletinResult.ON_TIME, BulletinResult.CLOSED_LATE)
    )


def _facts(made: Bulletin) -> tuple[Any, ...]:
    """Everything an issue says; `row` itself is the store's and moves on."""

    def said(known: Any) -> tuple[Any, ...] | None:
        words = known and (known.unit, known.outcome, known.reason, known.carried)
        return known and (*words, known.due, known.last_day, known.closed)

    return (
        {unit: [getattr(counts, name) for name in counts.__slots__] for unit, counts in made.units.items()},
        [said(known) for known in made.late],
        [said(known) for known in made.earlier],
        [(said(c.before), said(c.after)) for c in made.corrections],
    )
