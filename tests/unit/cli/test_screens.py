"""What commands look like on a terminal, compared as text; whoever changes it looks at the difference."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from alertd.messages.wrap import columns
from tests.support.screens import COMMANDS, SCREENS, taken

#: what nobody wants to see broken in the middle: ids, telephones, days and times
KEPT = re.compile(
    r"[a-z0-9.-]+@[a-z0-9.-]+/[a-z0-9-]+|\b[0-9a-f]{15}\b|0\d{2,3}-\d{4}-\d{4}|dong-he-chemical-fire"
    r"|\d{4}年\d+月\d+日\([^)]+\)|\d+月\d+日\([^)]+\)"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2}(?: \d{4})?"
)
#: how states are called in English
STATES = re.compile(
    r"\b(?:open|done|waiting|accepted|scheduled|suspended|returned|verified|waived|handed|drill|near|overdue|"
    r"on track|sent|due|to open)\b"
)


@pytest.fixture(scope="module")
def screens() -> Mapping[str, str]:
    return taken()


def parts(text: str) -> list[tuple[str, int, list[str]]]:
    """Each screen of a file: its language, its width and its lines."""
    found = []
    for part in text.split("---- ")[1:]:
        head, *lines = part.rstrip("\n").split("\n")
        language, width, *_ = re.split(r", | columns", head)
        found.append((language, int(width), lines))
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_screen_is_as_it_was(screens: Mapping[str, str], name: str) -> None:
    kept = (SCREENS / f"{name}.txt").read_text("utf-8")
    assert screens[name] == kept, "look at it, then run python -m tests.support.screens"


def test_there_is_no_picture_of_what_is_not_taken() -> None:
    assert {path.stem for path in SCREENS.glob("*.txt")} == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"check"}))  # whose lines other programs read
def test_no_line_is_wider_than_the_terminal(screens: Mapping[str, str], name: str) -> None:
    for language, width, lines in parts(screens[name]):
        assert [line for line in lines if columns(line) > width] == [], (language, width)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_id_no_telephone_and_no_day_is_broken(screens: Mapping[str, str], name: str) -> None:
    narrow = {(language, width): lines for language, width, lines in parts(screens[name])}
    for language in ("zh-Hant", "en"):
        wide = [found for line in narrow[language, 120] for found in KEPT.findall(line)]
        here = [found for line in narrow[language, 80] for found in KEPT.findall(line)]
        assert sorted(here) == sorted(wide), language


@pytest.mark.parametrize("name", COMMANDS)
def test_no_state_is_english_in_chinese_output(screens: Mapping[str, str], name: str) -> None:
    for language, _, lines in parts(screens[name]):
        if language == "zh-Hant":
            said = [re.sub(r"[a-z0-9.@/_#:-]*[-@/._][a-z0-9.@/_#:-]*", "", line) for line in lines]
            assert [line for line in said if STATES.search(line)] == []
