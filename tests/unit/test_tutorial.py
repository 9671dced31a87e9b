"""The tutorial of the Chinese manual, in both scripts: a clerk who copies it gets what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.documents import TOP, blocks
from tests.support.lessons import add_files, commands, laid_down, told

PAGES = [("docs/use.zh.md", "zh-Hant"), ("docs/use.zh-Hans.md", "zh-Hans")]


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_what_the_tutorial_writes_is_without_a_fault_and_counts_what_it_shows(
    name: str, language: str, tmp_path: Path
) -> None:
    page, city = TOP / name, tmp_path / "city"
    laid_down(city, language)
    add_files(page, city)
    shown = list(commands(page))
    assert [told(city, line) for line, _, _ in shown] == [(code, answer) for _, code, answer in shown], (
        "python -m tests.support.lessons"
    )
    assert "alertd check" in [line for line, _, _ in shown]


def test_the_tutorial_makes_ten_duties_each_counted_and_each_with_a_mistake() -> None:
    text = (TOP / "docs/use.zh.md").read_text("utf-8")
    lessons = text.partition("\n## 十句話變成十項\n")[2].partition("\n## ")[0].split("\n### ")[1:]
    assert len(lessons) == 10
    for lesson in lessons:
        assert lesson.count("[[obligation]]") == 1, lesson[:20]
        assert "\n> " in lesson, lesson[:20]
        assert "容易錯的：" in lesson, lesson[:20]
        assert lesson.count("alertd when") >= 2, lesson[:20]


def test_every_answer_of_the_tutorial_follows_its_command() -> None:
    page = blocks(TOP / "docs/use.zh.md")
    before = [page[number - 1].mark for number, block in enumerate(page) if block.mark == "printed"]
    assert before
    assert all(mark.startswith("lesson") for mark in before)
    assert len(before) == len(list(commands(TOP / "docs/use.zh.md")))
