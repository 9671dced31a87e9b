"""The annual reports of all units, as the supervision office sees them: the roll, the board, the bulletin."""

from __future__ import annotations

import pytest

from alertd.engine.reporting import issuing
from alertd.engine.reporting.board import Mark
from alertd.engine.reporting.bulletin import Bulletin
from tests.story.city import City, shipped

REPORT = "rule-of-law-report"
LATE, FORGOTTEN, RETURNED = "town-donghe", "town-liuan", ("finance-bureau", "audit-bureau")

RECEIVER = "cui-muyang.leading-group"


def units() -> tuple[str, ...]:
    groups = shipped()[0].register.groups
    return groups["every-department"].members + groups["every-town"].members


def of(unit: str) -> str:
    return f"{REPORT}@2026/{unit}"


@pytest.fixture(scope="module")
def city() -> City:
    """12 January 2027: all have reported; two had it returned, one was late, one was entered late."""
    city = City("2026-11-23 09:00")
    city.until("2026-12-21 10:00")
    for unit in units():
        if unit not in (LATE, FORGOTTEN):
            city.hand_in(of(unit))
    city.until("2026-12-25 10:00")
    for unit in RETURNED:
        city.send_back(of(unit), "佐證材料不全", RECEIVER)
    city.until("2026-12-29 10:00")
    for unit in RETURNED:
        city.hand_in(of(unit))
    city.until("2027-01-04 15:00")
    city.hand_in(of(LATE), reason="水災")
    city.until("2027-01-11 10:00")
    city.hand_in(of(FORGOTTEN), happened="2026-12-30 16:00", reason="漏登記")
    city.until("2027-01-12 09:00")
    return city


def december(city: City, as_of: str) -> Bulletin:
    return city.bulletin("2026-12-01", "2026-12-31", as_of)


def test_the_roll_names_who_is_missing_and_whom_to_call() -> None:
    city = City("2026-12-28 09:00")
    for unit in units()[:30]:
        city.hand_in(of(unit))
    roll = city.roll(REPORT)
    assert (roll.occurrence, roll.count(Mark.UNDER_REVIEW), roll.count(Mark.MISSING)) == ("2026", 30, 2)
    missing = [call for call in roll.calls if call.mark is Mark.MISSING]
    assert {call.row.party for call in missing} == set(units()[30:])
    assert all(call.contact and call.phone for call in missing)
    city.until("2027-01-01 09:00")
    assert city.roll(REPORT).count(Mark.OVERDUE) == 2


def test_the_roll_stays_with_the_year_somebody_still_owes() -> None:
    city = City("2026-12-28 09:00")
    for unit in units()[:31]:
        city.hand_in(of(unit))
    city.until("2027-02-01 09:00")
    roll = city.roll(REPORT)
    assert (roll.occurrence, roll.others) == ("2026", ("2027",))
    city.hand_in(of(units()[31]))
    assert city.roll(REPORT).occurrence == "2027"
    assert city.roll(REPORT, "2026").count(Mark.UNDER_REVIEW) == 32


def test_the_board_turns_yellow_three_working_days_before_and_red_after() -> None:
    city = City("2026-12-18 09:00")
    colours = []
    for moment in ("2026-12-18 09:00", "2026-12-28 09:00", "2026-12-31 09:00"):
        city.until(moment)
        light = city.board("item")[REPORT]
        colours.append((light.green, light.yellow, light.red))
    assert colours == [(32, 0, 0), (0, 32, 0), (0, 0, 32)]
    assert city.board("unit")[LATE].red == 1


def test_the_bulletin_counts_each_report_once(city: City) -> None:
    made = december(city, "2027-01-05 09:00")
    reports = [u for u in made.units if u in units() and "enforcement" not in u]
    assert len(reports) == 32
    assert made.units[LATE].closed_late == 1
    assert made.units[FORGOTTEN].open_late == 2  # its own report, and the half-year's report not heard
    assert all(made.units[unit].on_time >= 1 for unit in units() if unit not in (LATE, FORGOTTEN))
    assert {unit for unit in made.units if made.units[unit].returned} == set(RETURNED)
    late = {known.unit: known for known in made.late if known.row.obligation == REPORT}
    assert set(late) == {LATE, FORGOTTEN}
    assert late[LATE].reason == "水災"


def test_what_was_entered_afterwards_changes_no_figure_of_an_issue(city: City) -> None:
    earlier = City("2026-11-23 09:00")  # the same city, seen on the day of the issue
    earlier.until("2026-12-21 10:00")
    for unit in units():
        if unit not in (LATE, FORGOTTEN):
            earlier.hand_in(of(unit))
    earlier.until("2026-12-25 10:00")
    for unit in RETURNED:
        earlier.send_back(of(unit), "佐證材料不全", RECEIVER)
    then, now = (december(each, "2026-12-28 09:00") for each in (earlier, city))
    assert now.units == then.units
    assert [known.row.id for known in now.late] == [known.row.id for known in then.late]
    assert now.units[RETURNED[0]].pending >= 1


def test_units_are_ranked_by_their_rate_equal_ones_alike_and_whom_to_call_stands_beside_what_is_late(
    city: City,
) -> None:
    period = city.period("2026-12-01", "2026-12-31", "2027-01-05 09:00")
    issued = city.do(lambda scope: issuing.issue(scope.tx, scope.world, period, ranking=True))
    ranks = {line.id: line.rank for line in issued.ranking}
    first = [line for line in issued.ranking if line.rank == 1]
    assert len({line.rate for line in first}) == 1
    assert issued.ranking[len(first)].rank == len(first) + 1
    assert ranks[LATE] > 1
    assert ranks[FORGOTTEN] == max(ranks.values())
    assert all(line.contact and line.phone for line in issued.late)


def test_a_hand_in_entered_late_stands_as_a_correction_in_the_next_issue(city: City) -> None:
    january = city.bulletin("2027-01-01", "2027-01-31", "2027-01-12 09:00", "2027-01-05 09:00")
    (correction,) = january.corrections
    assert correction.before is not None
    assert correction.after is not None
    assert correction.either.row.id == of(FORGOTTEN)
    assert (correction.before.outcome, correction.after.outcome) == ("open-late", "on-time")


def test_whoever_was_late_and_closed_is_no_correction(city: City) -> None:
    made = city.bulletin("2027-01-01", "2027-01-31", "2027-01-05 09:00", "2027-01-02 09:00")
    assert made.corrections == []
    assert of(LATE) in {known.row.id for known in made.earlier}


def test_the_roll_by_mail_says_whom_to_call() -> None:
    city = City("2026-12-21 09:00")
    for unit in units()[:30]:
        city.hand_in(of(unit))
    sent = city.until("2026-12-31 12:00")
    rolls = [message for message in sent if {"receiver", "supervisor"} & set(message.positions)]
    about = [message for message in rolls if of(units()[31]) in message.deadlines]
    (missing,) = [call for call in city.roll(REPORT).calls if call.row.party == units()[31]]
    assert missing.phone
    assert f"{missing.contact} {missing.phone}" in " ".join(about[-1].text.split())
