"""A message as a card with a button, or as a text where the reader has no page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.cards import CardSize, length, size_of
from alertd.messages.catalogue import LANGUAGES
from alertd.messages.render import Renderer
from alertd.messages.view import AdminView, NoticeKind
from tests.unit.messages.views import DONE, HOURS, REPORT, ROLL, TRAINING, at, message

SIZE = CardSize(title=128, text=512, plain=2048, gap=4)
DAY = at(2026, 12, 29, 9, 0)
LINK = "https://duty.example.org/m/abc-def-ghi"
ASKED = replace(REPORT, ask=True)


def card(*notices, link="", now=DAY, **more):
    view = replace(message(*notices, now=now, **more), link=link, reply_hint="links" if link else "call")
    renderer = Renderer()
    return renderer.card(view, renderer.render(view), SIZE)


def word(topic, args, items=(), **more):
    view, renderer = AdminView(topic, args, items=tuple(items), **more), Renderer()
    return renderer.card(view, renderer.render(view), SIZE)


def test_one_notice_says_by_when_what_is_asked_and_its_number_and_has_a_button():
    found = card(ASKED, link=LINK)
    assert (found.link, found.button) == (LINK, "查看辦理")
    assert found.title.startswith("[臨期] 年度法治政府建設情況報告")
    assert "12月30日" in found.lines[0]
    assert any("31" in line for line in found.lines)
    assert LINK not in found.plain


def test_several_notices_are_a_line_each_the_most_pressing_first():
    found = card(replace(TRAINING, ask=True), ASKED, link=LINK)
    assert len(found.lines) == 2
    assert found.lines[0].startswith("[臨期] 年度法治政府建設情況報告")
    assert found.lines[0].endswith("（編號31）")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_does_not_fit_is_left_out_by_whole_notices_and_counted(language):
    many = [replace(ASKED, number=number, case_title="城東化工廠火災") for number in range(100, 130)]
    found = card(*many, link=LINK, language=language)
    assert length(found.lines, SIZE.gap) <= SIZE.text
    assert size_of(found.title) <= SIZE.title
    shown = len(found.lines) - 1
    assert shown > 0
    assert str(30 - shown) in found.lines[-1]


def test_without_a_page_all_of_the_message_is_said_where_it_fits():
    found = card(ASKED)
    assert found.link == found.button == ""
    assert found.plain.startswith(found.title + "\n\n王芳同志")


def test_without_a_page_too_many_notices_are_lines_and_say_whom_to_call():
    many = [replace(ASKED, number=number) for number in range(100, 160)]
    found = card(*many, call_whom="李娜 0756-1234567")
    assert size_of(found.plain) <= SIZE.plain
    assert "0756-1234567" in found.lines[-1]
    assert found.lines[-2].startswith("…另有")


def test_news_and_rolls_have_lines_of_their_own():
    found = card(DONE, ROLL, replace(ASKED, kind=NoticeKind.RETURNED), link=LINK)
    assert len(found.lines) == 3
    assert sum("編號" in line for line in found.lines) == 2


def test_a_list_to_the_admin_is_shortened_by_whole_items_after_what_is_to_be_done():
    found = word("other", {}, [f"第{number}項：" + "某" * 30 for number in range(40)])
    assert size_of(found.plain) <= SIZE.plain
    assert found.lines[-1].startswith("…另有")
    assert found.lines[-2].endswith("某" * 30)


def test_a_code_to_sign_in_is_a_text_with_the_code_in_it():
    args = {"code": "123456", "minutes": 10, "link": "https://x", "place": "https://x"}
    assert "123456" in word("sign-in", args).plain


def test_a_repeat_says_which_one_it_is_and_how_long_is_left():
    found = card(replace(HOURS, repeat_no=1), link=LINK, now=at(2026, 10, 1, 3, 0))
    assert "還有4小時10分" in found.plain
    assert "2" in "".join(line for line in found.lines if "次" in line)
