import re
import string
from pathlib import Path

import pytest

from alertd.config import Fault
from alertd.config.core_texts import CHINESE, EXPECTED_ZH
from alertd.config.faults import fault_texts, nearest, shown
from alertd.core.text_error import ENGLISH, EXPECTED

SOURCES = Path(__file__).parents[3] / "alertd" / "config"


def names(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_a_fault_says_where_and_what_and_what_was_meant():
    fault = Fault("schedules/a.toml", 3, 7, "unknown-policy", {"found": "yaerly", "near": "yearly"})
    assert fault.text() == (
        "schedules/a.toml:3:7: there is no policy “yaerly”; an id from policies.toml is expected: "
        "correct it or add the policy; did you mean “yearly”?"
    )
    assert fault.text("zh-Hant").endswith("是否應為「yearly」？")


def test_simplified_chinese_converts_our_words_and_not_the_files():
    fault = Fault("a.toml", 1, 1, "unknown-unit", {"found": "應急"})
    said = fault.text("zh-Hans", lambda text: text.replace("沒", "没").replace("應", "应"))
    assert "没有單位「應急」" in said


def test_faults_sort_in_reading_order():
    faults = [
        Fault("b", 1, 1, "nul"),
        Fault("a", 10, 1, "nul"),
        Fault("a", 9, 2, "nul"),
        Fault("a", 9, 1, "nul"),
    ]
    assert [(fault.file, fault.line, fault.column) for fault in sorted(faults)] == [
        ("a", 9, 1),
        ("a", 9, 2),
        ("a", 10, 1),
        ("b", 1, 1),
    ]


@pytest.mark.parametrize("code", sorted(fault_texts()))
def test_both_languages_have_every_sentence(code):
    texts = fault_texts()[code]
    assert texts.keys() == {"en", "zh-Hant"}
    assert names(texts["zh-Hant"]) <= names(texts["en"])
    assert not re.search(r"[\u4e00-\u9fff]", texts["en"])


def test_core_texts_have_the_codes_of_core():
    assert CHINESE.keys() == ENGLISH.keys()
    assert EXPECTED_ZH.keys() == EXPECTED.keys()
    for code, english in ENGLISH.items():
        assert names(CHINESE[code]) <= names(english), code


def test_every_code_that_is_raised_has_a_sentence_and_every_sentence_is_used():
    paths = [*sorted(SOURCES.rglob("*.py")), SOURCES.parent / "core/text.py"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    quoted = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"', source))
    unused = {code for code in fault_texts() if code not in quoted}
    built = ("expected-", "out-of-range-", "unknown-", "secret-missing-")
    assert {code for code in unused if not code.startswith(built)} == set()
    raised = set(
        re.findall(r'(?:wrong|fault|fault_at|_trap|_Finding)\([^"()]*"([a-z]+(?:-[a-z0-9]+)+)"', source)
    )
    assert raised - fault_texts().keys() == set()


def test_what_stands_in_a_file_is_shown_on_one_safe_line():
    assert shown("a\nb\x1b[31m") == "a\ufffdb\ufffd[31m"
    assert len(shown("x" * 500)) == 60


def test_the_nearest_word_ignores_case_width_and_underscores():
    assert nearest("Starts-On", ["starts_on", "soft"]) == {"near": "starts_on"}
    assert nearest("ｐｏｌｉｃｙ", ["policy"]) == {"near": "policy"}
    assert nearest("quite different", ["policy"]) == {}
