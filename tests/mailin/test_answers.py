"""The first words of an answer decide, in every script and width; everything else is kept as it is."""

from __future__ import annotations

import pytest

from alertd.mailin.answers import answer_of
from alertd.mailin.letter import Kind


@pytest.mark.parametrize(
    "text",
    [
        "收到",
        "收到。",
        "已收到，谢谢",
        "签收",
        "簽收",
        "已签收",
        "已簽收！",
        "已经收到",
        "received",
        "Received, thanks",
        "RECEIVED!",
        "ＲＥＣＥＩＶＥＤ",
        "【收到】",
        "“收到”",
        "  \n\n　收到\n",
        "您好：\n收到",
        "您好，收到。",
        "Hello,\nreceived",
        "\u200b收到",
        "acknowledged",
    ],
)
def test_it_is_received(text: str) -> None:
    assert answer_of(text).kind is Kind.RECEIVED


@pytest.mark.parametrize(
    "text",
    [
        "已报",
        "已報",
        "已报送。",
        "已報送",
        "已上报",
        "报送",
        "報送完畢",
        "报送：见附件",
        "已办结",
        "已辦結，材料見附件",
        "办结",
        "done",
        "Done.",
        "DONE - see file",
        "ｄｏｎｅ",
        "handed in",
        "尊敬的领导：\n已报送",
    ],
)
def test_it_is_handed_in(text: str) -> None:
    assert answer_of(text).kind is Kind.HANDED_IN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "？",
        "未收到",
        "没有收到材料",
        "收到了吗",
        "收到吗？",
        "已报了吗？",
        "报送时间能否延后",
        "报送材料清单请再发一次",
        "办结不了",
        "donex",
        "receivedly",
        "not done",
        "请问收到没有？",
        "这不是我们的事",
        "明天报送",
        "您好",
    ],
)
def test_it_is_neither(text: str) -> None:
    found = answer_of(text)
    assert found.kind is Kind.UNCLEAR
    assert found.rest == text.strip()


@pytest.mark.parametrize(
    ("text", "numbers", "every", "rest"),
    [
        ("已报 #12", (12,), False, ""),
        ("已报＃12、＃15，死亡0人", (12, 15), False, "死亡0人"),
        ("已报 12、15", (12, 15), False, ""),
        ("done #7 and #9", (7, 9), False, ""),
        ("已报 3份材料", (), False, "3份材料"),
        ("已报送全部", (), True, ""),
        ("已報 都，材料另送", (), True, "材料另送"),
        ("done all", (), True, ""),
        ("done allergic", (), False, "allergic"),
        ("已报，死亡０人，受伤２人。\n道路恢复", (), False, "死亡０人，受伤２人。\n道路恢复"),
        ("收到，马上办", (), False, "马上办"),
    ],
)
def test_what_stands_behind_the_word(text: str, numbers: tuple[int, ...], every: bool, rest: str) -> None:
    found = answer_of(text)
    assert (found.numbers, found.all, found.rest) == (numbers, every, rest)
