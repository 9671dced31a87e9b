"""Entries towards a quota: they finish it, and take it back."""

from dataclasses import replace
from datetime import date

import pytest

from alertd.engine.operations import progress
from alertd.engine.operations.progress import Added, Entry, Sheet
from alertd.engine.ruling.refusal import Refused
from alertd.store import tables
from tests.support.play import CLERK, Play
from tests.support.register import PACE, at, only, tiny_register

ONE = "training@2026/jd-1"


@pytest.fixture
def training(begin) -> Play:
    play: Play = begin("2026-06-15T10:00", only(tiny_register(), "training"))
    play.plan()
    return play


def add(play: Play, *entries: tuple[str, float, str], batch: str = "") -> Added:
    rows = [Entry(party, amount, date.fromisoformat(day)) for party, amount, day in entries]
    return play.do(progress.add, "training", rows, batch, actor=CLERK)


def test_meeting_a_quota_closes_it_on_the_day_of_the_last_entry(training: Play) -> None:
    added = add(training, ("jd-1", 39.5, "2026-03-01"), ("jd-2", 1, "2026-03-01"))
    assert (added.totals, added.met) == ({"jd-1": 39.5, "jd-2": 1}, ())
    assert add(training, ("jd-1", 0.5, "2026-06-10")).met == (ONE,)
    row = training.row(ONE)
    assert (row.state, row.done_at, row.breach) == ("done", at("2026-06-10T17:30"), "")


def test_a_correction_below_the_quota_opens_it_again(training: Play) -> None:
    add(training, ("jd-1", 40, "2026-03-01"))
    added = add(training, ("jd-1", -1, "2026-03-01"))
    assert (added.reopened, added.totals) == ((ONE,), {"jd-1": 39})
    assert (training.row(ONE).state, training.row(ONE).next_action_at) == ("open", at("2026-07-01T08:30"))


def test_what_was_closed_by_hand_with_a_result_is_not_opened_by_entries(training: Play) -> None:
    training.done(ONE, result="passed")
    assert add(training, ("jd-1", 1, "2026-03-01")).reopened == ()
    assert training.row(ONE).state == "done"


def test_entries_count_in_the_period_of_their_day(training: Play) -> None:
    training.go("2027-02-01T10:00")
    training.plan()
    add(training, ("jd-1", 30, "2027-01-01"), ("jd-1", 30, "2026-12-31"))
    assert training.row(ONE).state == "open"


def test_an_entry_outside_every_period_is_refused_with_the_periods_there_are(training: Play) -> None:
    with pytest.raises(Refused) as refused:
        add(training, ("jd-1", 30, "2026-01-01"), ("jd-1", 30, "2025-12-31"))
    assert refused.value.code == "figure.outside"
    assert refused.value.values["periods"] == "2026, 2027"
    assert training.all(tables.progress) == []


def test_an_entry_of_somebody_who_owes_nothing_is_refused(training: Play) -> None:
    with pytest.raises(Refused) as refused:
        add(training, ("town-a", 3, "2026-01-01"))
    assert refused.value.code == "figure.owes-nothing"


def test_who_keeps_pace_is_left_in_peace_and_who_has_no_figures_is_not(training: Play) -> None:
    add(training, ("jd-1", 30, "2026-06-01"))
    assert training.go("2026-07-01T12:00") == [("07-01T08:30", "ann", ("behind.2026-07",))]
    (message,) = training.all(tables.deliveries)
    assert "Officer Two" in message.body
    assert "Officer One" not in message.body
    assert training.row(ONE).fired == ("behind.2026-07",)


@pytest.mark.parametrize(
    ("party", "amount", "day", "code"),
    [
        ("jd-9", 1, "2026-03-01", "entry.unknown-party"),
        ("jd-1", 0, "2026-03-01", "entry.amount"),
        ("jd-1", 1001, "2026-03-01", "entry.amount"),
        ("jd-1", float("nan"), "2026-03-01", "entry.amount"),
        ("jd-1", 1, "2026-06-16", "entry.future"),
    ],
)
def test_one_bad_entry_refuses_all_of_them(
    training: Play, party: str, amount: float, day: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        add(training, ("jd-1", 40, "2026-03-01"), (party, amount, day))
    assert refused.value.code == code
    assert training.all(tables.progress) == []
    assert training.row(ONE).state == "open"


def test_the_same_file_twice_changes_nothing(training: Play) -> None:
    assert not add(training, ("jd-1", 4, "2026-03-01"), batch="abc").known
    assert add(training, ("jd-1", 4, "2026-03-01"), batch="abc").known
    assert len(training.all(tables.progress)) == 1


@pytest.mark.parametrize(("name", "code"), [("unheard", "no-obligation"), ("yearly-report", "not-measured")])
def test_only_measured_duties_take_entries(begin, name: str, code: str) -> None:
    play = begin("2026-06-15T10:00")
    with pytest.raises(Refused) as refused:
        play.do(progress.add, name, [Entry("jd-1", 1, date(2026, 3, 1))], actor=CLERK)
    assert refused.value.code == code


def _sheet(*amounts: tuple[str, float], as_total: bool = False) -> Sheet:
    rows = [Entry(party, amount, date(2026, 6, 1)) for party, amount in amounts]
    return Sheet({"training": rows}, f"{amounts} {as_total}", as_total)


def test_a_sheet_counts_once_and_is_taken_back_by_its_name(training: Play) -> None:
    done = training.do(progress.import_sheet, _sheet(("jd-1", 40), ("jd-2", 1)))
    assert (done.known, done.added["training"].met) == (False, (ONE,))
    assert training.do(progress.import_sheet, _sheet(("jd-1", 40), ("jd-2", 1))).known
    assert training.do(progress.undo, done.batch[:12]).added["training"].reopened == (ONE,)


def test_of_a_sheet_of_totals_only_the_difference_is_recorded(training: Play) -> None:
    add(training, ("jd-1", 3, "2026-03-01"))
    done = training.do(progress.import_sheet, _sheet(("jd-1", 5), as_total=True))
    assert done.added["training"].totals == {"jd-1": 5}


def test_what_a_sheet_would_do_is_answered_and_nothing_is_changed(training: Play) -> None:
    before = training.all(tables.audit)
    would = training.do(progress.rehearse_sheet, _sheet(("jd-1", 40)))
    assert would.added["training"].met == (ONE,)
    assert (training.row(ONE).state, training.all(tables.progress)) == ("open", [])
    assert training.all(tables.audit) == before
    with pytest.raises(Refused, match=r"entry\.unknown-party"):
        training.do(progress.rehearse_sheet, _sheet(("jd-9", 40)))


def test_a_sheet_of_what_counts_nothing_is_refused(training: Play) -> None:
    rows = {"nothing": [Entry("jd-1", 1, date(2026, 6, 1))]}
    with pytest.raises(Refused, match="no-obligation"):
        training.do(progress.import_sheet, Sheet(rows, "x"))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((("jd-1", 1, "2026-06-01"), ("jd-1", 2, "2026-06-01")), "twice"),
        ((("jd-1", 1, "2025-12-31"),), "not-there"),
        ((("jd-1", 1, "2026-06-16"),), "future"),
        ((("jd-9", 1, "2026-06-01"),), "unknown-party"),
    ],
)
def test_a_row_that_cannot_stand_in_a_sheet_of_one_month_is_refused(begin, rows, code) -> None:
    register = only(tiny_register(), "training")
    roster = {**register.roster, "jd-1": replace(register.roster["jd-1"], since=date(2026, 1, 1))}
    play = begin("2026-06-15T10:00", replace(register, roster=roster))
    play.plan()
    entries = [Entry(party, amount, date.fromisoformat(day)) for party, amount, day in rows]
    with pytest.raises(Refused, match=f"entry.{code}"):
        play.do(progress.import_sheet, Sheet({"training": entries}, "x", month=True))
    assert play.all(tables.progress) == []


def test_a_row_that_names_another_unit_than_the_officers_is_wrong(training: Play) -> None:
    entry = Entry("jd-1", 1, date(2026, 6, 1))
    assert progress.check_in_sheet(training.world, entry, date(2026, 6, 15), False, "town-b") == "elsewhere"
    assert progress.check_in_sheet(training.world, entry, date(2026, 6, 15), False, "town-a") == ""
    nought = Entry("jd-1", 0, date(2026, 6, 1))
    assert progress.check_in_sheet(training.world, nought, date(2026, 6, 15), True) == ""


def test_who_is_counted_from_later_on_is_asked_only_for_what_came_after_though_all_are_asked_together(
    begin,
) -> None:
    """Two officers on one clock with nothing said so far, who differ only in since when they count."""
    said_to_all = replace(PACE, steps=(replace(PACE.steps[0], unless=frozenset()),))
    everybody = only(tiny_register(policies={"pace": said_to_all}), "training")
    first = replace(everybody, roster={"jd-1": everybody.roster["jd-1"]})
    play = begin("2026-06-15T10:00", first)
    play.plan()
    play.now = at("2026-08-15T10:00")
    play.world = replace(play.world, register=everybody)
    play.plan()
    play.now = at("2026-09-05T10:00")
    play.fire()
    alerts = {alert.deadline: (alert.step, alert.merged) for alert in play.all(tables.alerts)}
    assert alerts == {
        play.row(ONE).number: ("behind.2026-09", ("behind.2026-07", "behind.2026-08")),
        play.row("training@2026/jd-2").number: ("behind.2026-09", ()),
    }
