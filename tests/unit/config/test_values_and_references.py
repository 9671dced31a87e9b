"""One thing wrong at a time: what is said, where, and what was probably meant."""

import pytest

from alertd.config import load_register
from tests.unit.config.samples import (
    CALENDAR,
    CHAPTER,
    DIRECTORY,
    EVENT_TYPES,
    PEOPLE,
    POLICIES,
    ROSTER,
    TEXTS,
    changed,
    faults_of,
    only_fault,
    pointed_at,
)

# file, what stands there, what is written instead, code, what is pointed at, what was probably meant
CASES = [
    # keys
    (CHAPTER, 'policy = "hour', 'polcy = "hour', "missing-key+unknown-key", "", "policy"),
    (DIRECTORY, "duty_desk", "duty-desk", "unknown-key", "duty-desk", "duty_desk"),
    (DIRECTORY, "successor", "sucessor", "unknown-key", "sucessor", "successor"),
    (CHAPTER, "checked = 2026", "chekced = 2026", "unknown-key", "chekced", "checked"),
    (DIRECTORY, 'en = "Office"', 'eng = "Office"', "unknown-key", "eng", "en"),
    (POLICIES, "daily = 3", "dialy = 3", "unknown-key", "dialy", "daily"),
    (DIRECTORY, 'id = "town-b"\n', "", "missing-key+unknown-unit+unknown-unit", "", None),
    (CHAPTER, '[[obligation]]\nid = "incident', '[[unit]]\nid = "incident', "misplaced-table", "unit", None),
    # types
    (CHAPTER, "minimum = 40", 'minimum = "40"', "expected-number", '"40"', None),
    (CHAPTER, "minimum = 40", "minimum = true", "expected-number", "true", None),
    (CHAPTER, "minimum = 40", "minimum = 0", "out-of-range-ge", "0", None),
    (POLICIES, "hours = true", 'hours = "yes"', "expected-boolean", '"yes"', None),
    (DIRECTORY, "2019-01-01", '"2019-01-01"', "expected-date", '"2019', None),
    (DIRECTORY, "2019-01-01", "2019-01-01T00:00:00", "expected-date", "2019", None),
    (DIRECTORY, 'aliases = ["政府辦"]', 'aliases = "政府辦"', "expected-list", '"', None),
    (CHAPTER, 'source = { clause = "§19" }', 'source = "§19"', "expected-table", '"§19"', None),
    (CHAPTER, 'source = { clause = "§19" }', "source = { clause = 19 }", "expected-text", "19", None),
    (DIRECTORY, 'name = "西山鎮"', 'name = ""', "empty-text", '""', None),
    (DIRECTORY, 'name = "西山鎮"', 'name = "西山\u202e鎮"', "unfit-text", "\u202e", None),
    (DIRECTORY, 'name = "西山鎮"', f'name = "{"鎮" * 301}"', "long-text", '"', None),
    (DIRECTORY, 'name = "西山鎮"', "name = {}", "expected-title", "{}", None),
    (DIRECTORY, 'en = "Office"', "en = 5", "expected-title", "5", None),
    (POLICIES, 'to = ["contact", "supervisor"]', "to = []", "empty-list", "[]", None),
    (DIRECTORY, 'id = "everybody"', 'id = "Every Body"', "bad-id", "Every", "every-body"),
    (DIRECTORY, 'id = "everybody"', f'id = "{"e" * 81}"', "long-id", "e" * 20, None),
    # words
    (
        POLICIES,
        '["contact", "principal"]\ninform = ["principal"]',
        '["contact", "principle"]',
        "unknown-position",
        "princ",
        "principal",
    ),
    (POLICIES, '"on-track"', '"on_track"', "not-one-of", "on_", "on-track"),
    (EVENT_TYPES, '"occurred"', '"occured"', "not-one-of+unknown-instant", "", "occurred"),
    (CHAPTER, 'source = "entries"', 'source = "entrys"', "not-one-of", "entrys", "entries"),
    # short texts, to the character
    (CHAPTER, '"5 hours"', '"5 huors"', "text-unexpected", "huors", "5 hours"),
    (CHAPTER, '"yearly by 12-31"', '"yearly by 13-31"', "text-no-such-date", "13-31", None),
    (CHAPTER, '"5 hours"', '"15①日"', "text-footnote-mark", "①", "15日"),
    (CHAPTER, '"yearly by 12-31"', '"今年5月13日前"', "text-year-of-plan", "今年", None),
    (CHAPTER, '"yearly by 12-31"', '"yearly by 06-25 and 12-25"', "measure-needs-one-day", "", None),
    (POLICIES, '"due - 10 working days"', '"deu - 10 working days"', "text-unexpected", "deu", None),
    (POLICIES, ", at most 6", "", "text-cap-missing", '"', "every 10 minutes until acknowledged, at most 6"),
    (POLICIES, '"1 hour"', '"0 hours"', "text-zero", "0", None),
    # names of other things
    (DIRECTORY, 'supervisor = "office"', 'supervisor = "ofice"', "unknown-unit", "ofice", "office"),
    (DIRECTORY, 'successor = "town-b"', 'successor = "town-c"', "unknown-unit", "town-c", "town-b"),
    (DIRECTORY, 'successor = "town-b"', 'successor = "town-a"', "refers-to-itself", "town-a", None),
    (DIRECTORY, '["town-a", "town-b"]', '["town-a", "西山"]', "unknown-unit", "西山", "西山鎮"),
    (DIRECTORY, '["every-town"]', '["every-twon"]', "unknown-group", "every-twon", "every-town"),
    (DIRECTORY, '["every-town"]', '["everybody"]', "refers-to-itself", "everybody", None),
    (DIRECTORY, 'aliases = ["政府辦"]', 'aliases = ["政府辦", "西山鎮"]', "name-twice", "", None),
    (DIRECTORY, 'id = "everybody"', 'id = "every-town"', "id-twice+refers", "", None),
    (CHAPTER, 'policy = "yearly"', 'policy = "yaerly"', "unknown-policy", "yaerly", "yearly"),
    (CHAPTER, '"政府辦"', '"政府弁"', "unknown-unit", "政府弁", "政府辦"),
    (CHAPTER, '"event.party"', '"unit:town-c"', "unknown-unit", "town-c", "town-b"),
    (CHAPTER, '"event.party"', '"town-a"', "bad-owner", "town-a", "unit:town-a"),
    (CHAPTER, '"event.party"', '"everybody"', "bad-owner", "everybody", "group:everybody"),
    (CHAPTER, '"event.party"', '"event.partei"', "bad-owner", "event.partei", "event.party"),
    (CHAPTER, '"roster:every-town"', '"roster:every-twon"', "unknown-group", "every-twon", "every-town"),
    (
        CHAPTER,
        '"major-incident.occurred"',
        '"major-incident.ocurred"',
        "unknown-instant",
        "ocurred",
        "occurred",
    ),
    (
        CHAPTER,
        '"major-incident.occurred"',
        '"mayor-incident.occurred"',
        "unknown-event-type",
        "mayor",
        "major-incident",
    ),
    (
        CHAPTER,
        '"major-incident.occurred"',
        '"major-incident"',
        "bad-start",
        "major",
        "major-incident.published",
    ),
    (CHAPTER, '"major-incident.occurred"', '"trainin.done"', "unknown-obligation", "trainin", "training"),
    (
        CHAPTER,
        '"information-published"',
        '"information-publish"',
        "unknown-event-type",
        "information",
        "information-published",
    ),
    (CHAPTER, '"old-training"', '"incident-information"', "former-id-taken", "incident", None),
    (
        CHAPTER,
        'source = "entries"\nunit = "學時"\nminimum = 40',
        'source = "cases"\nof = "trainin"\npercent = 100',
        "unknown-obligation",
        "trainin",
        "training",
    ),
    # sense
    (CHAPTER, 'rule = "5 hours"', 'rule = "yearly by 12-30"', "start-on-calendar-rule", "[", None),
    (CHAPTER, 'soft = ["due"]', 'soft = ["earliest"]', "no-such-bound", "earliest", None),
    (CHAPTER, "minimum = 40", "minimum = 40\nmaximum = 30", "maximum-below-minimum", "30", None),
    (
        CHAPTER,
        "valid_from = 2026-01-01",
        "valid_from = 2026-01-01\nvalid_to = 2025-01-01",
        "dates-reversed",
        "2025",
        None,
    ),
    (CHAPTER, '"roster:every-town"', '"event.party"', "party-on-calendar-rule", "event", None),
    (CHAPTER, '"yearly by 12-31"', '"5 days"', "start-missing", "5 days", None),
    (DIRECTORY, 'members = ["office"]\nincludes = ["every-town"]\n', "", "empty-group", "[[group", None),
    (POLICIES, 'ask = ["contact"]', 'ask = ["principal"]', "position-not-in-to", "principal", None),
    (
        POLICIES,
        'ask = ["contact"]',
        'ask = ["contact"]\ninform = ["contact"]',
        "asked-and-informed",
        "contact",
        None,
    ),
    (POLICIES, 'id = "monthly"', 'id = "near"', "step-twice", "near", None),
    (POLICIES, 'at = "opens"', 'at = "start"', "each-without-opens", "month", None),
    (
        POLICIES,
        'at = "opens"',
        'at = "opens"\nrepeat = "every 1 day until acknowledged, at most 4"',
        "too-many-repeats",
        "every",
        None,
    ),
    # calendar
    (CALENDAR, 'source = "notice"', 'source = ""', "official-without-source", "official", None),
    (CALENDAR, "2026-10-07", "2027-10-07", "day-outside-year", "2027", None),
    (CALENDAR, "2026-10-07", "2026-09-07", "dates-reversed", "2026-09", None),
    (CALENDAR, "[2026-10-10]", "[2026-10-12]", "work-on-weekday", "2026-10-12", None),
    (CALENDAR, "[2026-10-10]", "[2026-10-04]", "off-and-work", "2026-10-04", None),
    (CALENDAR, "from = 2026-01-01,", "from = 2026-10-02,", "day-off-twice", "{ from = 2026-10-01", None),
    (CALENDAR, "year = 2026", "year = 26", "out-of-range-ge", "26", None),
    (CALENDAR, '"official"', '"offical"', "not-one-of", "offical", "official"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "pointed", "near"),
    CASES,
    ids=[f"{case[3]}: {case[2][:20]}" for case in CASES],
)
def test_a_wrong_value_is_named_at_its_place(file, old, new, code, pointed, near):
    texts = changed(file, old, new)
    if "+" in code:
        faults = faults_of(texts)
        assert len(faults) == code.count("+") + 1 or "refers" in code
        assert any(fault.args.get("near") == near for fault in faults)
        return
    fault = only_fault(texts)
    assert (fault.code, fault.file) == (code, file)
    found = pointed_at(fault, texts[file], len(pointed) + 1)
    assert found.startswith(pointed) or found[1:] == pointed
    assert fault.args.get("near") == near


def test_an_id_used_twice_names_both_places():
    texts = {**TEXTS, "schedules/chapter-6.toml": TEXTS[CHAPTER].split("\n\n")[0]}
    fault = only_fault(texts)
    assert (fault.file, fault.line, fault.code) == ("schedules/chapter-6.toml", 2, "id-twice")
    assert f"{CHAPTER}:2" in fault.text()


def test_an_officer_may_not_have_the_id_of_a_unit():
    fault = only_fault(changed(ROSTER, "jd-0001", "town-a"))
    assert (fault.code, fault.line) == ("id-twice", 2)
    assert DIRECTORY in fault.text()


def test_channels_of_people_are_checked_where_they_are_known():
    fault = only_fault(TEXTS, channels=["email", "inbox", "telegramm"])
    assert (fault.code, fault.file, fault.args["near"]) == ("unknown-channel", PEOPLE, "telegramm")


def test_all_faults_of_all_files_come_in_one_go_in_reading_order():
    texts = dict(TEXTS)
    texts[CHAPTER] = texts[CHAPTER].replace("5 hours", "5 huors").replace('"hour-clock"', '"no-clock"')
    texts[DIRECTORY] = texts[DIRECTORY].replace("until =", "untill =")
    texts[PEOPLE] = texts[PEOPLE].replace("contact;duty", "contakt;duty")
    texts[POLICIES] = texts[POLICIES].replace("title = ", "titel = ")
    faults = faults_of(texts)
    assert faults == sorted(faults)
    found = [(fault.file, fault.code) for fault in faults]
    assert found == [
        (CHAPTER, "text-unexpected"),
        (CHAPTER, "unknown-policy"),
        (DIRECTORY, "unknown-key"),
        (PEOPLE, "unknown-position"),
        (POLICIES, "missing-key"),
        (POLICIES, "unknown-key"),
        (POLICIES, "missing-key"),
        (POLICIES, "unknown-key"),
    ]
    assert load_register(texts).faulty_files == {CHAPTER, DIRECTORY, PEOPLE, POLICIES}


def test_a_file_that_cannot_be_read_causes_no_faults_elsewhere():
    for file in (DIRECTORY, POLICIES, EVENT_TYPES, PEOPLE):
        fault = only_fault({**TEXTS, file: "[[" + TEXTS[file] if file != PEOPLE else ""})
        assert fault.file == file


def test_a_faulty_table_can_still_be_referred_to():
    assert only_fault(changed(POLICIES, "hours = true", "hours = 1")).code == "expected-boolean"
