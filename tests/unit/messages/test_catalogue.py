"""The catalogues: complete in each language, and in the words practice uses."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from alertd.messages.catalogue import LANGUAGES, Catalogue, text_in, to_simplified
from tests.unit.messages.views import GOLDEN

FILES = Path(__file__).parents[3] / "alertd" / "messages" / "catalogue"
CHINESE, ENGLISH = Catalogue("zh-Hant"), Catalogue("en")

#: the marks of an unnatural text; each stands for a word that practice does not use for the thing
AVOID = re.findall(
    r"\w+",
    """
    確認 應答 認領 完成 驗證 關閉 駁回 重新打開 拒絕 委派 告警 報警
    警報 升級 上升 死線 到期日 快到期 過期 失敗 違約 落後節奏 展期 掛起
    重啟 豁免 放棄 閘門 門禁 開始時間 跟進報告 假警報 受派人 主管 老闆 擁有者
    義務 案例 證據 成功 摘要 靜默 測試 臨時
    """,
)


def tables_by_file(language: str) -> dict[str, list[str]]:
    """The tables each subject's file holds; below `cli` those of the second level."""
    found: dict[str, list[str]] = {}
    for path in sorted(FILES.glob(f"*.{language}.toml")):
        tables = tomllib.loads(path.read_text("utf-8"))
        commands = [f"cli.{name}" for name in tables.pop("cli", {})]
        found[path.name.removesuffix(f".{language}.toml")] = sorted([*tables, *commands])
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def avoided_in(text: str) -> list[str]:
    # Of a relay: handed over, delivery not confirmed. Here 確認 is not an acknowledgement.
    text = text.replace("送達未確認", "").replace("送达未确认", "")
    found = [word for word in AVOID if word in text or to_simplified(word) in text]
    return found + re.findall(r"(?<!\d)0%", text)


def test_every_sentence_exists_in_both_written_languages():
    def singular(key: str) -> bool:
        return key.endswith(".one")

    assert {key for key in ENGLISH.keys() if not singular(key)} == CHINESE.keys()  # noqa: SIM118
    assert {key.removesuffix(".one") for key in ENGLISH.keys() if singular(key)} <= CHINESE.keys()  # noqa: SIM118


def test_a_table_stands_whole_in_one_file_the_same_in_each_language():
    tables = tables_by_file("en")
    named = [name for names in tables.values() for name in names]
    assert len(named) > 50
    assert [name for name in named if named.count(name) > 1] == []
    assert tables_by_file("zh-Hant") == tables


@pytest.mark.parametrize("key", sorted(CHINESE.keys()))
def test_a_sentence_takes_the_same_values_in_every_language(key):
    expected = placeholders(CHINESE.template(key))
    assert placeholders(ENGLISH.template(key)) == expected
    assert placeholders(Catalogue("zh-Hans").template(key)) == expected
    if f"{key}.one" in ENGLISH:
        assert placeholders(ENGLISH.template(f"{key}.one")) <= expected


def test_no_sentence_uses_a_word_practice_avoids():
    faults = {key: avoided_in(CHINESE.template(key)) for key in CHINESE.keys()}  # noqa: SIM118
    assert {key: words for key, words in faults.items() if words} == {}


def test_no_golden_message_uses_a_word_practice_avoids():
    faults = {path.name: avoided_in(path.read_text("utf-8")) for path in GOLDEN.glob("*.zh-*.txt")}
    assert faults
    assert {name: words for name, words in faults.items() if words} == {}


def test_the_program_signs_no_supervision():
    assert [key for key in CHINESE.keys() if "督辦" in CHINESE.template(key)] == []  # noqa: SIM118


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("button.received", "簽收"),
        ("button.handed-in", "已報送"),
        ("state.verified", "審核通過，銷號"),
        ("tag.escalate", "提級催辦"),
        ("tag.chase", "催辦"),
        ("standing.near", "臨期"),
        ("standing.overdue", "逾期"),
        ("standing.overdue-hours", "超時限"),
        ("standing.behind", "進度滯後"),
        ("standing.no-figures", "未報數"),
        ("state.waived", "免予辦理"),
        ("state.suspended", "暫停計時"),
        ("delivery.handed-over", "已交渠道，送達未確認"),
        ("instant.published", "事件發佈時間"),
    ],
)
def test_things_have_the_names_practice_gives_them(key, words):
    assert CHINESE.say(key) == words


def test_one_thing_is_singular_in_english():
    assert ENGLISH.say("date.left-days", count=1) == "1 day left"
    assert ENGLISH.say("date.left-days", count=2) == "2 days left"


def test_a_missing_sentence_is_named():
    with pytest.raises(KeyError, match=r"no sentence 'no\.such' in the catalogue en"):
        ENGLISH.say("no.such")


def test_a_missing_value_is_named():
    with pytest.raises(KeyError, match="count"):
        ENGLISH.say("date.left-days", number=3)


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"unknown language 'fr': expected one of zh-Hant, zh-Hans, en"):
        Catalogue("fr")


def test_a_code_the_admin_made_up_stands_for_itself():
    assert CHINESE.word("position", "archivist") == "archivist"


def test_a_title_is_given_in_the_readers_language_or_else_in_another():
    title = {"zh-Hant": "衞生健康委", "en": "Health Commission"}
    assert [text_in(title, language) for language in LANGUAGES] == [
        "衞生健康委",
        "卫生健康委",
        "Health Commission",
    ]
    assert text_in({"zh-Hant": "司法局"}, "en") == "司法局"
    assert text_in({"en": "Justice Bureau"}, "zh-Hans") == "Justice Bureau"
    assert text_in({"zh-Hant": "甲", "zh-Hans": "乙"}, "zh-Hans") == "乙"
    assert text_in({}, "en") == ""
