"""people.csv and roster.csv as Excel writes them, and what goes wrong with them."""

from datetime import date
from typing import Annotated

import pytest
from pydantic import Field

from alertd.config import load_register
from alertd.config.shapes import ROWS, PersonShape
from alertd.config.values import Digits
from alertd.core.abilities import Abilities
from tests.unit.config.samples import (
    DIRECTORY,
    PEOPLE,
    ROSTER,
    TEXTS,
    changed,
    faults_of,
    only_fault,
    pointed_at,
)

HEADER = "id,name,unit,positions,email,telegram,phone,channels,deputy,away_from,away_until,language"
ROW = "li.office,李明,office,contact;duty,li@example.org,12345,021-0000-0001,telegram;email,"
WU = "wu.office,吳芳,政府辦,principal,wu@example.org,,,,,,,"


def people(text):
    register = load_register({**TEXTS, PEOPLE: text}).register
    assert register is not None
    return register.people


# what stands there, what is written instead, code, what is pointed at, what was probably meant
CASES = [
    ("contact;duty", "contakt;duty", "unknown-position", "contakt", "contact"),
    ("contact;duty", "contact;receiver", "unknown-position", "contact", None),
    ("contact;duty", "聯絡員;值班", "unknown-position", "聯絡員", "值班員"),
    ("contact;duty", "联络员、值班员、值班員", None, "", None),
    ("contact;duty", "", "missing-key", ",", None),
    ("李明", "", "missing-key", ",", None),
    ("li@example.org", "li@example", "bad-email", "li@", None),
    ("12345", "12345x", "csv-number", "12345x", None),
    ("12345", "1234567890123456789", "csv-number", "1234567890123456789", None),
    ("12345", "123456789012345678", None, "", None),
    ("12345", "1.2E+11", "csv-shortened-number", "1.2E+11", None),
    ("021-0000-0001", "1.38E+10", "csv-shortened-number", "1.38E+10", None),
    ("2026/12/1,", "2026/13/1,", "csv-date", "2026/13/1", None),
    ("2026/12/1,", "46357,", "csv-date", "46357", None),
    ("2026/12/1,", ",", "half-absence", "2026-12-15", None),
    ("2026-12-15", "", "half-absence", "2026/12/1", None),
    ("2026-12-15", "2026-11-15", "dates-reversed", "2026-11-15", None),
    (",office,contact", ",ofice,contact", "unknown-unit", "ofice", "office"),
    ("wu.office,2026", "wu.ofice,2026", "unknown-person", "wu.ofice", "wu.office"),
    ("wu.office,2026", "li.office,2026", "refers-to-itself", "li.office", None),
    ("2026-12-15,en", "2026-12-15,eng", "not-one-of", "eng", "en"),
    ("2026-12-15,en", "2026-12-15,en,more", "csv-extra-cell", "more", None),
    ("li.office,李明", "Li.Office,李明", "bad-id", "Li.Office", "li.office"),
    ("email,telegram,", "email,telegramm,", "csv-unknown-column", "telegramm", "telegram"),
    ("language", "email", "csv-column-twice", "email", None),
    ("id,name", '"id",name', None, "", None),
    ("李明", '"李明', "csv-quote", '"李明', None),
]


@pytest.mark.parametrize(("old", "new", "code", "pointed", "near"), CASES)
def test_a_wrong_cell_is_named_at_its_place(old, new, code, pointed, near):
    texts = changed(PEOPLE, old, new)
    if code is None:
        assert faults_of(texts) == []
        return
    fault = only_fault(texts)
    assert (fault.file, fault.code) == (PEOPLE, code)
    assert pointed_at(fault, texts[PEOPLE], len(pointed)) == pointed
    assert fault.args.get("near") == near


@pytest.mark.parametrize("separator", [";", "\t", "\uff0c"])
def test_another_separator_is_named_with_what_to_do_in_excel(separator):
    text = TEXTS[PEOPLE].replace(";", "|").replace(",", separator)
    fault = only_fault({**TEXTS, PEOPLE: text})
    assert (fault.code, fault.line, fault.column) == ("csv-separator", 1, 3)
    assert "Excel" in fault.text()


def test_a_missing_column_is_named():
    fault = only_fault({**TEXTS, ROSTER: "number,name,since\njd-1,尹,2018-03-01\n"})
    assert (fault.code, fault.args["key"], fault.line) == ("csv-missing-column", "unit", 1)


def test_an_empty_file_says_which_header_is_expected():
    fault = only_fault({**TEXTS, ROSTER: "\r\n,,,\r\n"})
    assert (fault.code, fault.line) == ("csv-empty", 1)
    assert "number, name, unit" in fault.text()


def test_a_csv_nobody_reads_is_named():
    fault = only_fault({**TEXTS, "schedules/poeple.csv": "id\n"})
    assert (fault.code, fault.args["near"]) == ("csv-unknown-file", "people")


def test_two_people_of_one_id_name_both_rows():
    fault = only_fault({**TEXTS, PEOPLE: TEXTS[PEOPLE] + "li.office,李二,office,contact\n"})
    assert (fault.code, fault.line, fault.column) == ("id-twice", 4, 1)
    assert f"{PEOPLE}:2" in fault.text()


def test_people_may_share_a_mail_address():
    assert faults_of(changed(PEOPLE, "wu@example.org", "li@example.org")) == []


def test_rows_and_columns_excel_leaves_empty_are_no_people():
    text = f"{HEADER},,\n{ROW}wu.office,,,,,\n,,,,,,,,,,,,,\n{WU},,\n\n"
    assert list(people(text)) == ["li.office", "wu.office"]


def test_columns_may_stand_in_any_order_and_case_and_be_left_out():
    text = "Unit,ID,Name,Positions\noffice,li.office,李明,contact\n"
    assert people(text)["li.office"].positions == ("contact",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end):
    text = TEXTS[PEOPLE].replace("\n", end)
    assert list(people(text)) == ["li.office", "wu.office"]
    fault = only_fault({**TEXTS, PEOPLE: text.replace("principal", "principle")})
    assert (fault.line, fault.column) == (3, 18)


def test_cells_in_quotes_hold_commas_quotes_and_line_ends():
    text = f'{HEADER}\n"li.office","李 ""明"", 甲\n乙",office,"contact;duty"\n{WU}\n'
    assert people(text)["li.office"].name == '李 "明", 甲 乙'
    fault = only_fault({**TEXTS, PEOPLE: text.replace("principal", "principle")})
    assert fault.line == 4


@pytest.mark.parametrize("written", ["2026-12-01", "2026/12/1", "2026.12.1", "2026年12月1日"])
def test_dates_are_read_as_excel_shows_them(written):
    texts = changed(PEOPLE, "2026/12/1,", f"{written},")
    register = load_register(texts).register
    assert register is not None
    assert str(register.people["li.office"].away[0][0]) == "2026-12-01"


def test_lists_are_separated_by_either_semicolon():
    texts = changed(PEOPLE, "contact;duty", "contact\uff1b duty;")
    register = load_register(texts).register
    assert register is not None
    assert register.people["li.office"].positions == ("contact", "duty")


def test_blanks_around_cells_do_not_count():
    text = "id, name ,unit,positions\n li.office ,李明,\u3000office, contact ; duty \n"
    person = people(text)["li.office"]
    assert (person.unit, person.positions) == ("office", ("contact", "duty"))


def test_people_of_a_broken_csv_are_not_called_unknown_elsewhere():
    more = (
        '[[person]]\nid = "a"\nname = "甲"\nunit = "office"\npositions = ["contact"]\ndeputy = "li.office"\n'
    )
    texts = {**TEXTS, DIRECTORY: TEXTS[DIRECTORY] + more}
    assert faults_of(texts) == []
    assert only_fault({**texts, PEOPLE: TEXTS[PEOPLE].replace("李明", '"李明')}).code == "csv-quote"
    assert {
        fault.file for fault in faults_of({**texts, PEOPLE: TEXTS[PEOPLE].replace("id,", "idd,", 1)})
    } == {PEOPLE}


def test_a_row_typed_with_full_width_commas_is_one_fault():
    wide = WU.replace(",", "\uff0c")
    fault = only_fault({**TEXTS, PEOPLE: f"{HEADER}\n{ROW},,,\n{wide}\n"})
    assert (fault.code, fault.line, fault.column) == ("wrong-sign", 3, len("wu.office") + 1)


class WithFax(PersonShape):
    fax: Annotated[str, Digits(), Field(description="the number of the fax machine")] = ""
    joined: Annotated[date | None, Field(description="the first day in office")] = None


def test_another_column_is_one_line_more(monkeypatch):
    monkeypatch.setitem(ROWS, "person", WithFax)
    person = people(f"{HEADER},joined,fax\n{ROW},,,,2026/12/1,0513-5555\n")["li.office"]
    assert (person.more["fax"], person.more["joined"]) == ("0513-5555", date(2026, 12, 1))
    assert Abilities("fax").address(person) == "0513-5555"


def test_a_cell_of_another_column_is_checked_and_its_header_suggested(monkeypatch):
    monkeypatch.setitem(ROWS, "person", WithFax)
    for header, cell, code in [
        ("fax", "8.6E+12", "csv-shortened-number"),
        ("faxx", "1", "csv-unknown-column"),
    ]:
        fault = only_fault({**TEXTS, PEOPLE: f"{HEADER},{header}\n{ROW},,,,{cell}\n"})
        assert fault.code == code
        assert fault.args.get("near", "fax") == "fax"
