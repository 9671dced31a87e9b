from datetime import date
from pathlib import Path

from alertd.config import load_register, read_texts
from alertd.core.model import Repeat
from alertd.core.timing import Duration, Period, RuleKind, TimeUnit
from alertd.core.ways import plain
from tests.unit.config.samples import CALENDAR, CHAPTER, DIRECTORY, ROSTER, TEXTS, changed

SHIPPED = Path(__file__).parents[3] / "schedules"


def loaded(texts=TEXTS):
    result = load_register(texts)
    assert result.register is not None, [fault.text() for fault in result.faults]
    return result


def test_units_answer_to_names_and_aliases_and_are_kept_by_id():
    register = loaded().register
    assert register.obligations["incident-information"].receiver == "office"
    assert register.people["wu.office"].unit == "office"
    assert register.supervisor == register.duty_unit == "office"
    town = register.units["town-a"]
    assert (town.since, town.until, town.successor) == (date(2019, 1, 1), date(2027, 12, 31), "town-b")


def test_a_single_text_is_traditional_chinese():
    assert loaded().register.units["town-b"].name == {"zh-Hant": "西山鎮"}


def test_a_group_unites_the_groups_it_includes():
    groups = loaded().register.groups
    assert groups["everybody"].members == ("office", "town-a", "town-b")
    twice = changed(DIRECTORY, 'members = ["office"]', 'members = ["town-a", "office"]')
    assert loaded(twice).register.groups["everybody"].members == ("town-a", "office", "town-b")


def test_a_row_of_people_becomes_a_person():
    person = loaded().register.people["li.office"]
    assert person.positions == ("contact", "duty")
    assert person.channels == plain("telegram", "email")
    assert person.telegram == 12345
    assert person.away == ((date(2026, 12, 1), date(2026, 12, 15)),)
    assert (person.deputy, person.language, person.phone) == ("wu.office", "en", "021-0000-0001")
    assert loaded().register.people["wu.office"].away == ()


def test_a_person_may_stand_in_the_directory_too():
    more = 'id = "a.b"\nname = "甲"\nunit = "town-b"\npositions = ["contact"]\naway_from = 2026-01-01\n'
    texts = {**TEXTS, DIRECTORY: TEXTS[DIRECTORY] + f"[[person]]\n{more}away_until = 2026-01-02\n"}
    assert loaded(texts).register.people["a.b"].away == ((date(2026, 1, 1), date(2026, 1, 2)),)


def test_an_officer_is_kept_by_number():
    officer = loaded().register.roster["jd-0001"]
    assert (officer.name, officer.unit, officer.since) == ("尹慧敏", "town-a", date(2018, 3, 1))


def test_an_obligation_knows_its_file_and_line():
    training = loaded().register.obligations["training"]
    assert (training.file, training.line) == (CHAPTER, 12)
    assert training.measure is not None
    assert (training.measure.minimum, training.measure.unit) == (40, {"zh-Hant": "學時"})
    assert (training.was, training.soft) == (("old-training",), frozenset({"due"}))


def test_an_obligation_holds_its_rule_and_the_order_of_its_starts():
    duty = loaded().register.obligations["incident-information"]
    assert duty.rule.kind is RuleKind.ELAPSED
    assert duty.rule.maximum == Duration(5, TimeUnit.HOUR)
    assert duty.starts_on == ("major-incident.published", "major-incident.occurred")
    assert duty.closed_by == ("information-published",)


def test_leaders_are_informed_and_duty_is_answered_for_all_unless_a_step_says_otherwise():
    started, half = loaded().register.policies["hour-clock"].steps
    assert started.ask == {"duty", "contact"}
    assert started.ack == "any"
    assert started.repeat == Repeat(Duration(10, TimeUnit.MINUTE), 6)
    assert half.ask == {"contact"}
    assert half.ack == "each"


def test_a_policy_holds_its_lease_and_what_follows_the_due_date():
    policies = loaded().register.policies
    assert policies["hour-clock"].acknowledged_for == Duration(1, TimeUnit.HOUR)
    assert policies["yearly"].acknowledged_for == Duration(2, TimeUnit.WORKING_DAY)
    overdue = policies["hour-clock"].overdue
    assert overdue is not None
    assert (overdue.daily, overdue.weekly, overdue.ask) == (3, 4, {"contact"})
    assert policies["yearly"].steps[1].each is Period.MONTH


def test_the_calendar_is_counted_out_and_named_by_its_content():
    calendar = loaded().calendar
    year = calendar.years[2026]
    assert len(year.off) == 8
    assert year.off[date(2026, 10, 7)] == "national-day"
    assert set(year.work) == {date(2026, 10, 10)}
    other = loaded(changed(CALENDAR, "checked = 2026-11-22", "checked = 2026-11-23")).calendar
    assert calendar.version != other.version
    assert calendar.version == loaded().calendar.version


def test_files_in_folders_below_are_read_as_what_their_name_says():
    texts = {name.replace("schedules/", "schedules/local/"): text for name, text in TEXTS.items()}
    assert loaded(texts).register.obligations.keys() == loaded().register.obligations.keys()


def test_no_files_are_an_empty_register():
    result = loaded({})
    assert not result.register.obligations
    assert not result.calendar.years


def test_the_shipped_files_have_no_fault():
    texts, unreadable = read_texts(SHIPPED)
    result = load_register(texts, channels=("email", "telegram", "inbox"), unreadable=unreadable)
    assert [fault.text() for fault in result.faults] == []
    assert result.register is not None
    assert result.register.obligations.keys() >= {"incident-information", "enforcement-statistics"}


def test_several_rows_of_one_number_are_the_units_somebody_moved_through():
    first = "jd-0001,尹慧敏,town-a,2018-03-01,"
    moved = changed(ROSTER, first, f"{first}2026-08-31\njd-0001,尹慧敏,town-b,2026-09-01,")
    member = loaded(moved).register.roster["jd-0001"]
    assert [(stint.unit, stint.until) for stint in member.stints] == [
        ("town-a", date(2026, 8, 31)),
        ("town-b", None),
    ]
    assert member.unit == "town-b"


def test_rows_of_one_number_that_overlap_are_a_fault():
    first = "jd-0001,尹慧敏,town-a,2018-03-01,"
    twice = changed(ROSTER, first, f"{first}2026-09-01\njd-0001,尹慧敏,town-b,2026-09-01,")
    assert [fault.code for fault in load_register(twice).faults] == ["id-twice"]
