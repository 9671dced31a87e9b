"""The bulletin as CSV that Excel opens, as a workbook, and as a page."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.messages.bulletin import BulletinDocument, document_of
from alertd.messages.bulletin_facts import (
    FIGURES,
    BreachLine,
    BulletinView,
    CorrectionLine,
    IssueBefore,
    ItemView,
    LateLine,
    RankLine,
    TrendLine,
    UnitLine,
)
from alertd.messages.bulletin_files import FORMATS, percent, write
from alertd.messages.wrap import columns
from tests.unit.messages.test_catalogue import avoided_in
from tests.unit.messages.views import ZONE, at

AGENCY = {"zh-Hant": "農業農村局", "en": "Agriculture Bureau"}
NINTH = at(2026, 12, 9, 10)
REPORT = ItemView(
    id="report@2026/health",
    number=7,
    obligation="report",
    unit_id="health",
    party_id="health",
    unit={"zh-Hant": "衞生健康委", "en": "Health Commission"},
    party=None,
    title={"zh-Hant": "年度報告", "en": "Annual report"},
    occurrence="2026",
    case="",
    clause="§31",
    due=at(2026, 12, 31),
    last_day=date(2026, 12, 30),
    by_the_hour=False,
    soft=False,
)
FIRE = replace(
    REPORT, case="fire-1", clause="§24", due=at(2026, 12, 5, 7, 10), last_day=None, by_the_hour=True
)
LATE = LateLine(
    REPORT, at(2027, 1, 4, 10), 5, 2, timedelta(days=4, hours=10), "=HYPERLINK(1)", "朱雁南", "0571-88000001"
)
VIEW = BulletinView(
    first=date(2026, 12, 1),
    last=date(2026, 12, 31),
    as_of=at(2027, 1, 5, 9),
    previous=at(2026, 12, 1),
    zone=ZONE,
    units=(
        UnitLine(
            "health", {"zh-Hant": "衞生健康委", "en": "Health Commission"}, (3, 1, 1, 1, 0, 0, 2, 0, 0), 1 / 3
        ),
        UnitLine("justice", {"zh-Hant": "司法局", "en": "Justice Bureau"}, (0, 0, 0, 0, 0, 1, 0, 4, 1), None),
    ),
    total=UnitLine("", {"zh-Hant": "合計", "en": "Total"}, (3, 1, 1, 1, 0, 1, 2, 4, 1), 1 / 3),
    late=(LATE, LateLine(FIRE, None, 31, 21, timedelta(hours=3, minutes=5), "")),
    earlier=(),
    corrections=(CorrectionLine(REPORT, "open-late", None, "on-time", at(2026, 12, 30, 16), "漏登記"),),
    breaches=(
        BreachLine(
            "gate", (AGENCY,), {"zh-Hant": "提交審議", "en": "Deliberation"}, "draft-1", "§13", NINTH, 2
        ),
        BreachLine(
            "early", (AGENCY,), {"zh-Hant": "公開徵求意見", "en": "Consultation"}, "draft-1", "§14", NINTH
        ),
        BreachLine(
            "shortfall",
            (AGENCY,),
            {"zh-Hant": "執法人數", "en": "Headcount"},
            "case-9",
            "§26",
            NINTH,
            late_entry=True,
        ),
    ),
)


def document(language: str = "zh-Hant") -> BulletinDocument:
    return document_of(VIEW, language)


def written(shape: str, language: str = "zh-Hant") -> bytes:
    return write(VIEW, language, shape)


def sheet_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_what_is_late_within_a_day_says_by_how_many_hours_and_counts_no_days():
    at_noon = replace(REPORT, due=at(2026, 12, 30, 12))
    late = (
        LateLine(replace(FIRE, due=at(2026, 12, 5, 7)), at(2026, 12, 5, 10), 0, 0, timedelta(hours=3), ""),
        LateLine(at_noon, at(2026, 12, 30, 16, 20), 0, 0, timedelta(hours=4, minutes=20), ""),
        LATE,
    )
    view = replace(VIEW, late=late)
    rows = [row[5:8] for row in document_of(view, "en").tables[1].rows]
    assert rows == [("", "", "3 h 00 min"), ("", "", "4 h 20 min"), (5, 2, "")]
    page = write(view, "en", "html").decode()
    assert page.count('<th class="number">days late') == 1  # and the nought in front makes it no text
    assert [each["days"] for each in json.loads(write(view, "en", "json"))["late"]] == [0, 0, 5]


def test_excel_knows_the_csv_for_utf_8_and_takes_its_lines():
    content = written("csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    rows = sheet_of(content)
    assert ["衞生健康委", "3", "1", "1", "1", "0", "0", "2", "0", "0", "33.3%"] in rows
    assert ["司法局", *"000001041", "不適用"] in rows


def test_dates_are_written_so_that_they_sort():
    rows = sheet_of(written("csv"))
    (late,) = [
        row for row in rows if row[:3] == ["衞生健康委", "年度報告（2026年度）", "§31"] and len(row) == 10
    ]
    assert late[3:8] == ["2026-12-30", "2027-01-04", "5", "2", ""]
    (fire,) = [row for row in rows if "§24" in row]
    assert fire[3:8] == ["2026-12-05 07:10", "未辦結", "31", "21", "3小時05分"]


def test_a_text_that_would_be_a_formula_stays_a_text():
    (late,) = [row for row in sheet_of(written("csv")) if "2027-01-04" in row]
    assert late[8:] == ["'=HYPERLINK(1)", "朱雁南 0571-88000001"]
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    cells = [cell for row in book.worksheets[1].iter_rows() for cell in row if "=HYP" in str(cell.value)]
    assert [cell.data_type for cell in cells] == ["s"]


def test_a_workbook_has_a_sheet_for_each_section_with_numbers_and_dates():
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    assert book.sheetnames == ["各單位情況", "逾期事項", "更正", "其他不合規定的情形"]
    units = {row[0].value: row for row in book["各單位情況"].iter_rows()}
    assert [cell.value for cell in units["衞生健康委"][1:10]] == [3, 1, 1, 1, 0, 0, 2, 0, 0]
    share = units["衞生健康委"][10]
    assert (share.value, share.number_format) == (0.333, "0.0%")
    dates = [value for row in book["逾期事項"].values for value in row if isinstance(value, datetime)]
    assert datetime(2026, 12, 30) in dates  # noqa: DTZ001


def test_a_page_says_everything_escapes_what_was_typed_and_fetches_nothing():
    view = replace(VIEW, late=(replace(LATE, reason="<b>flood</b>"),))
    page = write(view, "en", "html").decode()
    assert "size: A4" in page
    assert "&lt;b&gt;flood&lt;/b&gt;" in page
    assert re.findall(r"(?:src|href)=|url\(|@import", page) == []
    for words in ("Health Commission", "33.3%", "30 Dec", "open late", "not applicable"):
        assert words in page


@pytest.mark.parametrize("shape", FORMATS)
def test_equal_figures_are_an_equal_file(shape, monkeypatch):
    first = written(shape)
    later = time.gmtime(2_000_000_000)  # what packs an archive asks for the time
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    assert written(shape) == first
    if shape == "xlsx":
        properties = openpyxl.load_workbook(io.BytesIO(first)).properties
        assert {properties.created, properties.modified} == {VIEW.as_of.astimezone(UTC).replace(tzinfo=None)}


@pytest.mark.parametrize("shape", ["csv", "html"])
def test_sections_without_rows_say_so(shape):
    empty = replace(VIEW, units=(), late=(), corrections=(), breaches=())
    assert write(empty, "zh-Hant", shape).decode().count("無。") == 3


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_no_word_that_practice_avoids(language):
    assert avoided_in(written("csv", language).decode("utf-8-sig").replace("'=HYPERLINK(1)", "")) == []


def test_simplified_chinese_is_simplified_throughout():
    page = written("html", "zh-Hans").decode()
    assert "卫生健康委" in page
    assert "各单位情况" in page
    assert "漏登记" in page


@pytest.mark.parametrize(
    ("share", "said"),
    [(3 / 11, "27.3%"), (1 / 3, "33.3%"), (1 / 16, "6.3%"), (3 / 2000, "0.2%"), (0, "0.0%"), (1.0, "100.0%")],
)
def test_a_rate_is_rounded_half_up(share, said):
    assert percent(share) == said


def test_what_falls_short_of_the_whole_never_reads_as_the_whole():
    assert percent(2499 / 2500) == "99.9%"


@given(st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_rate_lies_within_half_a_tenth_unless_it_would_read_as_the_whole(counted):
    part, whole = counted
    told = Fraction(percent(part / whole).rstrip("%"))
    exact = Fraction(100 * part, whole)
    if told == Fraction("99.9"):
        assert Fraction("99.85") <= exact < 100
    else:
        assert -Fraction("0.05") < told - exact <= Fraction("0.05")


def test_a_cell_of_the_workbook_holds_the_rate_that_is_read():
    view = replace(VIEW, units=(replace(VIEW.units[0], rate=3 / 11),))
    book = openpyxl.load_workbook(io.BytesIO(write(view, "zh-Hant", "xlsx")))
    (rate,) = (row[10] for row in book.worksheets[0].values if row[0] == "衞生健康委")
    assert rate == 0.273


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_every_column_of_the_workbook_is_as_wide_as_its_text_or_lets_it_wrap(language):
    sheets: list[Any] = openpyxl.load_workbook(io.BytesIO(written("xlsx", language))).worksheets
    for sheet in sheets:
        head = int(re.findall(r"\d+", sheet.auto_filter.ref)[0])
        for row in sheet.iter_rows(min_row=head):
            for cell in row:
                width = sheet.column_dimensions[cell.column_letter].width
                shown = {"yyyy-mm-dd hh:mm": "x" * 16, "yyyy-mm-dd": "x" * 10, "0.0%": "100.0%"}.get(
                    cell.number_format, str(cell.value or "")
                )
                assert columns(shown) < width or cell.alignment.wrap_text, (sheet.title, cell.coordinate)


def test_the_rows_of_each_sheet_can_be_filtered_without_the_total():
    total = replace(VIEW.total, name={"zh-Hant": "合計"})
    book = openpyxl.load_workbook(io.BytesIO(write(replace(VIEW, total=total), "zh-Hant", "xlsx")))
    sheets: list[Any] = book.worksheets
    for sheet in sheets:
        first, last = sheet[sheet.auto_filter.ref][0], sheet[sheet.auto_filter.ref][-1]
        assert first[0].value in ("單位", "責任單位")
        assert all(cell.font.bold for cell in first)
        assert last[0].value != "合計"
        rows = sheet.max_row - last[0].row
        assert rows == (1 if sheet.title == "各單位情況" else 0)


COMPARED = replace(
    VIEW,
    before=IssueBefore(date(2026, 11, 1), date(2026, 11, 30), at(2026, 12, 7, 9)),
    trends=(
        TrendLine("health", {"zh-Hant": "衞生健康委"}, 1 / 3, 1 / 2, 1, 0),
        TrendLine("justice", {"zh-Hant": "司法局"}, None, 1.0, 1, 2),
        TrendLine("", {"zh-Hant": "合計"}, 3 / 11, 1 / 11, 2, 2),
    ),
    ranking=(
        RankLine(1, "justice", {"zh-Hant": "司法局"}, 1.0, 4, 4),
        RankLine(1, "water", {"zh-Hant": "水利局"}, 1.0, 2, 2),
        RankLine(3, "health", {"zh-Hant": "衞生健康委"}, 1 / 3, 1, 3),
    ),
)


def test_what_changed_since_the_issue_before_is_said_in_points_as_both_rates_are_read():
    table = next(t for t in document_of(COMPARED, "zh-Hant").tables if t.caption == "與上期比較")
    assert table.intro.startswith("上期：2026年11月1日")
    assert [row[3:] for row in table.rows] == [(-16.7, 0, 1), ("", 2, 1), (18.2, 2, 2)]
    rows = sheet_of(write(COMPARED, "zh-Hant", "csv"))
    assert ["衞生健康委", "50.0%", "33.3%", "-16.7", "0", "1"] in rows
    assert ["司法局", "100.0%", "不適用", "", "2", "1"] in rows
    page = write(COMPARED, "zh-Hant", "html").decode()
    assert '<td class="number">+18.2</td>' in page
    book = openpyxl.load_workbook(io.BytesIO(write(COMPARED, "zh-Hant", "xlsx")))
    cells = [cell for row in book["與上期比較"].iter_rows() for cell in row if cell.value == -16.7]
    assert [cell.number_format for cell in cells] == ["+0.0;-0.0;0.0"]
    before = json.loads(write(COMPARED, "en", "json"))["before"]
    assert (before["from"], before["as_of"]) == ("2026-11-01", "2026-12-07T09:00:00+08:00")
    assert before["units"][1]["on_time_rate_before"] == 1.0
    assert before["units"][-1]["unit"] is None


def test_without_an_issue_before_nothing_is_compared_and_nothing_is_ranked_unasked():
    captions = {table.caption for table in document("zh-Hant").tables}
    assert captions.isdisjoint({"與上期比較", "按期率排名"})
    plain_json = json.loads(written("json"))
    assert (plain_json["before"], plain_json["ranking"]) == (None, [])


def test_the_ranking_names_what_each_rate_is_made_of():
    rows = sheet_of(write(COMPARED, "zh-Hant", "csv"))
    place = rows.index(["名次", "單位", "按期率", "按期辦結", "考核件數"])
    assert rows[place + 1 : place + 4] == [
        ["1", "司法局", "100.0%", "4", "4"],
        ["1", "水利局", "100.0%", "2", "2"],
        ["3", "衞生健康委", "33.3%", "1", "3"],
    ]


def test_a_breach_says_who_what_and_by_which_clause():
    rows = sheet_of(written("csv"))
    when = "2026-12-09 10:00"
    assert [
        "農業農村局",
        "提交審議（draft-1第2版）",
        "§13",
        "未經審查（或審查不合法）即提交審議",
        when,
    ] in rows
    assert ["農業農村局", "公開徵求意見（draft-1）", "§14", "最短期間未滿即已結束", when] in rows
    assert ["農業農村局", "執法人數（case-9）", "§26", "結案時未達規定數量（補錄）", when] in rows


def test_on_paper_the_people_of_a_unit_who_are_late_alike_share_a_line():
    people = [{"zh-Hant": name, "en": name} for name in ("尹慧敏", "夏秋實", "羅文博")]
    hours = [replace(REPORT, id=f"hours@2026/jd-{n}", party=each) for n, each in enumerate(people)]
    late = tuple(replace(LATE, item=item, closed=None) for item in hours[:2])
    view = replace(VIEW, late=(*late, replace(LATE, item=hours[2])), corrections=(), breaches=())
    page = write(view, "zh-Hant", "html").decode()
    assert "年度報告（2026年度），2人：尹慧敏、夏秋實</td>" in page
    assert "衞生健康委（羅文博）" in page  # closed, and so not alike
    assert [row[0] for row in sheet_of(write(view, "zh-Hant", "csv")) if len(row) == 10][1:] == [
        "衞生健康委（尹慧敏）", "衞生健康委（夏秋實）", "衞生健康委（羅文博）"
    ]  # fmt: skip


def test_what_was_carried_over_says_from_which_plan():
    late = replace(LATE, item=replace(REPORT, carried="2026 §31"))
    page = write(replace(VIEW, late=(late,)), "zh-Hant", "csv").decode("utf-8-sig")
    assert "年度報告（2026年度）（結轉自2026 §31）" in page


def test_json_has_ids_and_numbers_for_programs():
    found = json.loads(written("json", "en"))
    assert found["units"][0] == {
        "unit": "health", "name": "Health Commission", "owed": 3, "on_time": 1, "closed_late": 1,
        "open_late": 1,
        "pending": 0, "extended": 0, "returned": 2, "no_figures": 0, "earlier": 0, "on_time_rate": 0.333333,
    }  # fmt: skip
    assert found["units"][1]["on_time_rate"] is None
    assert found["total"]["unit"] is None
    late, fire = found["late"]
    assert (late["id"], late["due"], late["last_day"]) == (
        "report@2026/health", "2026-12-31T00:00:00+08:00", "2026-12-30"
    )  # fmt: skip
    assert (late["closed"], late["days"]) == ("2027-01-04T10:00:00+08:00", 5)
    assert (fire["closed"], fire["seconds"]) == (None, 11100)
    (corrected,) = found["corrections"]
    assert (corrected["before"]["outcome"], corrected["after"]["outcome"]) == ("open-late", "on-time")
    assert [each["kind"] for each in found["breaches"]] == ["gate", "early", "shortfall"]


def test_every_figure_of_a_unit_has_a_heading():
    assert len(document().tables[0].heads) == len(FIGURES) + 2
