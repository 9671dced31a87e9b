"""Whole messages: golden texts, escaping, and what every message must tell."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.messages.render import Renderer
from alertd.messages.view import AdminView, NoticeKind
from alertd.messages.wrap import columns
from tests.unit.messages.views import (
    GOLDEN,
    HOURS,
    LANGUAGES,
    REPORT,
    ROLL,
    TRAINING,
    as_text,
    at,
    cases,
    message,
)

RENDERER = Renderer()
DECEMBER = at(2026, 12, 25, 8, 30)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", cases("en"))
def test_a_message_reads_as_agreed(name, language):
    expected = (GOLDEN / f"{name}.{language}.txt").read_text("utf-8")
    assert as_text(RENDERER.render(cases(language)[name])) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", cases("en"))
def test_no_line_is_wider_than_78_columns(name, language):
    assert max(map(columns, RENDERER.render(cases(language)[name]).text.split("\n"))) <= 78


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_can_be_told_in_every_language(kind, language):
    view = replace(REPORT, kind=kind, by_name="王芳", reason="理由", happened_at=DECEMBER)
    rendered = RENDERER.render(message(view, now=DECEMBER, language=language))
    assert "31" in rendered.text
    assert "§31" in rendered.text


@pytest.mark.parametrize(
    ("language", "mark"), [("zh-Hant", "【待核實】"), ("zh-Hans", "【待核实】"), ("en", "[UNCONFIRMED]")]
)
def test_of_an_unconfirmed_event_subject_text_and_page_say_so(language, mark):
    open_yet = replace(HOURS, unconfirmed=True)
    for views in ((open_yet,), (REPORT, open_yet)):
        rendered = RENDERER.render(replace(message(HOURS, now=DECEMBER, language=language), notices=views))
        for words in (rendered.subject, rendered.text, rendered.html):
            assert mark in words
    assert mark not in RENDERER.render(message(HOURS, now=DECEMBER, language=language)).text


def test_a_mail_says_what_by_when_why_what_next_whom_to_call_and_the_number():
    text = RENDERER.render(message(HOURS, now=at(2026, 10, 1, 5, 40))).text
    for part in (
        "請立即辦理",
        "10月1日(星期四)07:10",
        "您因擔任東河鎮值班員",
        "將於10月1日(星期四)06:10提級催辦，通知分管領導、主要負責人",
        "督查室 李強 021-0000-0001",
        "編號：12（incident-information@fire-1001/town-donghe）",
        "依據：§24",
        "【暫定】尚缺事件發佈時間",
    ):
        assert part in text


def test_an_item_carried_over_says_which_plan_it_comes_from():
    carried = replace(REPORT, carried_from="2026 §31")
    told = [RENDERER.render(message(view, now=DECEMBER)).text for view in (carried, REPORT)]
    assert [text.count("結轉自") for text in told] == [1, 0]
    assert re.search(r"結轉自[\s:：]*2026 §31", told[0])


@pytest.mark.parametrize(
    ("standing", "colour"),
    [("no-figures", "#616161"), ("not-applicable", "#616161"), ("behind", "#b26a00"), ("early", "#2e7d32")],
)
def test_a_message_has_the_colour_of_the_board(standing, colour):
    page = RENDERER.render(message(replace(REPORT, standing=standing), now=DECEMBER)).html
    assert {"#616161", "#b26a00", "#2e7d32", "#c62828"} & set(re.findall(r"#\w{6}", page)) == {colour}


def test_a_deputy_is_told_whom_they_stand_in_for():
    text = RENDERER.render(message(REPORT, now=DECEMBER, deputy_for="張偉")).text
    assert "張偉不在崗，由您代行衞生健康委聯絡員職責" in text


def test_a_section_chief_of_a_town_has_the_title_towns_use():
    chief = replace(REPORT, position="section-chief", station=True)
    assert "站所負責人" in RENDERER.render(message(chief, now=DECEMBER)).text


def test_a_next_step_already_past_is_not_announced():
    text = RENDERER.render(message(HOURS, now=at(2026, 10, 1, 6, 30))).text
    assert "如屆時仍未辦結" not in text


def test_those_informed_are_not_asked_to_acknowledge():
    text = RENDERER.render(message(replace(REPORT, ask=False), now=DECEMBER)).text
    assert "簽收" not in text
    assert "有疑問請聯繫" in text


def test_a_leader_is_informed_of_a_change_and_not_asked_to_work():
    moved = replace(REPORT, kind=NoticeKind.MOVED, ask=False)
    leader = replace(moved, position="leader-in-charge")
    assert "請按新時限辦理" in RENDERER.render(message(moved, now=DECEMBER)).text
    assert "辦理時限已調整，供知悉。" in RENDERER.render(message(leader, now=DECEMBER)).text


def test_no_figures_is_never_told_as_nought():
    text = RENDERER.render(message(TRAINING, now=at(2026, 11, 2, 8, 30))).text
    assert "錢進 jd-0002：未報數，按進度應達33.3學時" in text


def test_a_roll_names_who_is_missing_and_who_was_returned():
    text = RENDERER.render(message(ROLL, now=DECEMBER)).text
    assert "應報47家，已報送43家，退回補正2家，未報送2家" in text
    assert "未報送：東河鎮、衞生健康委" in text
    assert "退回補正：財政局、水利局" in text


def test_what_people_typed_is_read_in_the_readers_script():
    view = message(replace(HOURS, reason="情況説明"), now=at(2026, 10, 1, 5, 40), language="zh-Hans")
    text = RENDERER.render(view).text
    assert "城东化工厂火灾" in text
    assert "情况说明" in text


class Page(HTMLParser):
    """What a mail program makes of the HTML: its text, its tags, and what it would fetch."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "background")]

    def handle_data(self, data):
        self.text += data


@given(st.text(alphabet="<>&\"'{}% =a/法"))
@settings(max_examples=50)
def test_no_text_becomes_markup(text):
    plain = Page(RENDERER.render(message(REPORT, now=DECEMBER)).html)
    view = replace(
        REPORT,
        obligation_title={"zh-Hant": text},
        party_name={"zh-Hant": text},
        case_title=f"x{text}",
        reason=text and f"x{text}",
    )
    page = Page(RENDERER.render(replace(message(view, now=DECEMBER), call_whom=text or "x")).html)
    assert set(page.tags) <= set(plain.tags)
    assert f"x{text}" in page.text


@pytest.mark.parametrize("name", cases("en"))
def test_the_page_fetches_nothing_and_fits_a_phone(name):
    html = RENDERER.render(cases("zh-Hant")[name]).html
    assert Page(html).fetched == []
    assert not re.search(r"url\(|@import|<script|<style", html)
    assert 'name="viewport"' in html
    assert "max-width:600px" in html


def test_a_topic_without_sentences_is_told_all_the_same():
    rendered = RENDERER.render(AdminView("new-thing", {"file": "a.toml"}, ("one", "two"), "en"))
    assert rendered.subject == "[alertd] Something needs attention: new-thing"
    for part in ("file: a.toml", "one", "two"):
        assert part in rendered.text


def test_a_missing_value_leaves_a_gap_and_not_a_lost_message():
    rendered = RENDERER.render(AdminView("vacant", {"unit": "東河鎮"}))
    assert rendered.subject == "[alertd] 東河鎮缺?position?"


def test_the_admin_reads_titles_of_positions_and_not_codes():
    rendered = RENDERER.render(AdminView("vacant", {"unit": "東河鎮", "position": "duty"}))
    assert rendered.subject == "[alertd] 東河鎮缺值班員"


def test_who_does_the_work_is_not_told_that_those_who_do_it_have_been_told():
    noted = replace(REPORT, ask=False)
    assert "屆時另行提醒" in RENDERER.render(message(noted, now=DECEMBER)).text
    window = replace(noted, earliest=DECEMBER)
    assert "最短期間已滿，現在起可以辦結" in RENDERER.render(message(window, now=DECEMBER)).text
    before = replace(noted, earliest=DECEMBER + timedelta(hours=1))
    assert "期間未滿，請勿提前結束" in RENDERER.render(message(before, now=DECEMBER)).text
    leader = replace(noted, position="leader-in-charge")
    assert "承辦人已另行通知" in RENDERER.render(message(leader, now=DECEMBER)).text


def test_a_roll_says_whom_to_call_where_somebody_answers():
    view = replace(ROLL, missing_calls=("郭慧敏 0571-88000129", ""), returned_calls=("陳景明 0571-88000031",))
    text = RENDERER.render(message(view, now=DECEMBER)).flowing
    assert "東河鎮（郭慧敏 0571-88000129）、衞生健康委" in text
    assert "財政局（陳景明 0571-88000031）、水利局" in text
