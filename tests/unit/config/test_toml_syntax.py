"""Files that are no TOML: every fault at its place, named with its fix, and the rest checked too."""

import pytest

from alertd.config.toml_syntax import read_document
from tests.unit.config.samples import CHAPTER, DIRECTORY, TEXTS, changed, faults_of, only_fault, pointed_at

UNIT = 'id = "town-b"\nname = "西山鎮"\n'

# what is written for the last unit, code, what is pointed at, what the English and Chinese sentences name
TRAPS = [
    ('id = "town-b"\nname = \u201c西山鎮\u201d\n', "wrong-quote", "\u201c", '"'),
    ('id = "town-b"\nname = \u2018西山鎮\u2019\n', "wrong-quote", "\u2018", '"'),
    ('id = "town-b"\nname = \u300c西山鎮\u300d\n', "wrong-quote", "\u300c", '"'),
    ('id = "town-b"\nname = \u300e西山,鎮\u300f\n', "wrong-quote", "\u300e", '"'),
    ('id = "town-b"\nname = \uff02西山鎮\uff02\n', "wrong-quote", "\uff02", '"'),
    ('id = "town-b"\nname = "西山鎮\u201d\n', "wrong-quote", "\u201d", '"'),
    ('id = "town-b"\nname = \u201c西山鎮"\n', "wrong-quote", "\u201c", '"'),
    ('id = "town-b"\nname = "西山鎮\n', "missing-quote", '"', '"'),
    ('id = "town-b\nname = "西山鎮"\n', "missing-quote", '"', '"'),
    ('id \uff1d "town-b"\nname = "西山鎮"\n', "wrong-sign", "\uff1d", "="),
    ('id\uff1a"town-b"\nname = "西山鎮"\n', "wrong-sign", "\uff1a", "="),
    ('id = "town-b"\nname = "西山鎮"\naliases = ["甲"\uff0c "乙"]\n', "wrong-sign", "\uff0c", ","),
    ('id = "town-b"\nname = "西山鎮"\naliases = ["甲"\u3001"乙"]\n', "wrong-sign", "\u3001", ","),
    ('id = "town-b"\nname = "西山鎮"\naliases = \uff3b"甲"]\n', "wrong-sign", "\uff3b", "["),
    ('id = "town-b"\nname = "西山鎮"\naliases = ["甲"\u3011\n', "wrong-sign", "\u3011", "]"),
    ('id = "town-b"\nname = \uff5ben = "West"}\n', "wrong-sign", "\uff5b", "{"),
    ('id = "town-b"\nname = "西山鎮"\n\uff03 註\n', "wrong-sign", "\uff03", "#"),
    ('id =\u3000"town-b"\nname = "西山鎮"\n', "wrong-blank", "\u3000", "U+3000"),
    ('id = "town-b"\u00a0\nname = "西山鎮"\n', "wrong-blank", "\u00a0", "U+00A0"),
    ('id = "town-b"\nname\u200b = "西山鎮"\n', "wrong-blank", "\u200b", "U+200B"),
    (
        'id = "town-b"\nname = "西山鎮"\nsince = \uff12\uff10\uff12\uff10-01-01\n',
        "full-width",
        "\uff12",
        "2020",
    ),
    ('id = "town-b"\nname = "西山鎮"\nsince = 2020\uff0d01-01\n', "wrong-sign", "\uff0d", "-"),
    ('\uff49\uff44 = "town-b"\nname = "西山鎮"\n', "full-width", "\uff49", "id"),
    ('id = "town-b"\n名稱 = "西山鎮"\n', "chinese-key", "名稱", "name"),
    ('id = "town-b"\n名称 = "西山鎮"\n', "chinese-key", "名称", "name"),
    ('id = "town-b"\n隨便 = "西山鎮"\n', "chinese-key", "隨便", "英文"),
    ('id = "town-b"\nname = 西山鎮\n', "unquoted-text", "西", '"'),
    ('id = town-b\nname = "西山鎮"\n', "unquoted-text", "town", '"'),
    ('id = "town-b"\nname = "西山鎮"\naliases = ["甲", b]\n', "unquoted-text", "b]", '"'),
    ('id = "town-b"\nname = "西山鎮"\nsince = 2026-02-30\n', "bad-date", "2026-02-30", "2026-01-05"),
    ('id = "town-b"\nname = "西山鎮"\nsince = 2026/1/5\n', "bad-date", "2026/1/5", "2026-01-05"),
    ('id = "town-b"\nname = "西山鎮"\nsince = 2026-1-5\n', "bad-date", "2026-1-5", "2026-01-05"),
    ('id = "town-b"\nname = "西山鎮"\nsince = 8:30\n', "bad-time", "8:30", "08:30:00"),
    ('id = "town-b"\nname = "C:\\Users"\n', "backslash", "\\", "\\\\"),
    ('id = "town-b"\nname = "西\x02山"\n', "control-character", "\x02", "U+0002"),
    ('id = "town-b"\nname = True\n', "bare-word", "True", "true"),
    ('id = "town-b"\nname =\n', "missing-value", "", "#"),
    ('id: "town-b"\nname = "西山鎮"\n', "colon-for-equals", ":", "="),
    ('id = "town-b"\nname "西山鎮"\n', "missing-equals", "name", "="),
    ('id = "town-b"\nname = "西山鎮"\naliases = ["甲" "乙"]\n', "missing-comma", '"乙"', "]"),
    ('id = "town-b"\nname = "西山鎮"\naliases = [\n "甲"\n "乙",\n]\n', "missing-comma", '"乙"', "]"),
    ('id = "town-b"\nname = "西山鎮"\naliases = ["甲", "乙"\n', "unclosed", "[", "]"),
    ('id = "town-b"\nname = { en = "West"\n', "unclosed", "{", "}"),
    ('id = "town-b"\nname = """西山鎮\n', "unterminated-long-string", '"""', ""),
    ('id = "town-b"\nname = "西山鎮"\nid = "town-c"\n', "key-twice", "id", "17"),
    ('id = "town-b"\nname = "西山鎮"\n[[group\n', "bad-header", "[[", "[["),
]


@pytest.mark.parametrize(("written", "code", "pointed", "named"), TRAPS)
def test_a_trap_is_named_with_its_fix_and_nothing_else_is_said(written, code, pointed, named):
    texts = changed(DIRECTORY, UNIT, written)
    fault = only_fault(texts)
    assert (fault.file, fault.code) == (DIRECTORY, code)
    assert pointed_at(fault, texts[DIRECTORY], len(pointed)) == pointed
    assert named in fault.text("zh-Hant")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("\u3010\u3010group\u3011\u3011", "wrong-sign"),
        ("\uff3b\uff3bgroup\uff3d\uff3d", "wrong-sign"),
        ("[[\uff47roup]]", "full-width"),
        ("[[分組]]", "chinese-key"),
        ("[[group]", "bad-header"),
        ("[group]]", "bad-header"),
    ],
)
def test_a_broken_header_is_named(header, code):
    texts = changed(DIRECTORY, '[[group]]\nid = "everybody"', f'{header}\nid = "everybody"')
    line = texts[DIRECTORY].split("\n").index(header) + 1
    assert {(fault.code, fault.line) for fault in faults_of(texts)} == {(code, line)}


def test_everything_wrong_in_one_file_is_said_at_once():
    text = "\n".join(
        [
            "supervisor = \u201coffice\u201d",
            "[[unit]]",
            'id = "office"',
            'name = "甲"\uff0c',
            "since = 2026-02-30",
            "until = 2026/1/1",
            "[[unit]]",
            "id = b",
            'name = "乙"',
            'alias = ["x"]',
            "[[group]]",
            'id = "g"',
            'title = "組',
            'members = ["office", "nobody"]',
        ]
    )
    found = [(fault.line, fault.code) for fault in faults_of({DIRECTORY: text})]
    assert found == [
        (1, "wrong-quote"),
        (4, "wrong-sign"),
        (5, "bad-date"),
        (6, "bad-date"),
        (8, "unquoted-text"),
        (10, "unknown-key"),
        (13, "missing-quote"),
    ]


def test_chinese_signs_inside_texts_and_comments_are_left_alone():
    name = "\u201c東\u201d\uff0c\u3010河\u3011\uff1d\u3000鎮"
    text = TEXTS[DIRECTORY].replace("西山鎮", name) + "# \uff1d\u201c\u3010 註\uff0c\n"
    assert faults_of({**TEXTS, DIRECTORY: text}) == []
    broken = text.replace('id = "town-b"', "id = town-b")
    assert only_fault({**TEXTS, DIRECTORY: broken}).code == "unquoted-text"


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(change):
    assert faults_of({name: change(text) for name, text in TEXTS.items()}) == []
    texts = changed(CHAPTER, "minimum = 40", "minimum = x")
    fault = only_fault({**texts, CHAPTER: change(texts[CHAPTER])})
    assert (fault.line, fault.column) == (25, 11)


def test_tabs_are_blanks_and_count_as_one_column():
    text = TEXTS[CHAPTER].replace("minimum = 40", "\tminimum\t=\tx")
    fault = only_fault({**TEXTS, CHAPTER: text})
    assert (fault.line, fault.column) == (25, 12)


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "{a=" * 20_000, "a = " + "9" * 5_000])
def test_what_python_itself_gives_up_on_is_a_fault(text):
    document, faults = read_document("x.toml", text)
    assert document is None or not document.whole
    assert len(faults) == 1


def test_a_password_is_never_repeated():
    for written in ("hunter2", "\u201chunter2\u201d", '"hunter2', "hunter2 \uff0c", "'hunter2\u2019"):
        _, faults = read_document("channels/email.toml", f"password = {written}\n")
        assert faults
        assert all(
            "hunter2" not in fault.text(language) for fault in faults for language in ("en", "zh-Hant")
        )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("\u201c甲 \uff0c乙\u201d", "甲 \uff0c乙"),
        ('\u201c甲"', "甲"),
        ('"甲\u201d', "甲"),
        ("\u300c甲\u300d \uff03 註", "甲"),
        ("[\u201c甲\u201d\uff0c\u3000'乙'\u3011", ["甲", "乙"]),
        ("\uff5ba\u3000\uff1d\u30001\uff5d", {"a": 1}),
        ("\uff11\uff12", 12),
    ],
)
def test_what_a_trap_obviously_means_is_read_so_that_the_rest_can_be_checked(written, meant):
    document, faults = read_document("x.toml", f"k = {written}\n")
    assert faults
    assert document is not None
    assert document.whole
    assert document.data == {"k": meant}
