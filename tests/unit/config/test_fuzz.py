from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config import load_register
from alertd.config.sources import decode
from tests.unit.config.samples import CALENDAR, PEOPLE, TEXTS

FILES = st.sampled_from(sorted(TEXTS))
FRAGMENTS = st.sampled_from(
    [
        "[[unit]]",
        "\n",
        "id",
        "=",
        '"',
        "'''",
        "{",
        "}",
        "[",
        "]",
        ",",
        "2026-02-30",
        "\u201c",
        "\uff0c",
        "單位",
    ]
)
NOISE = st.one_of(st.text(max_size=80), st.lists(FRAGMENTS, max_size=30).map("".join))


def check(texts):
    loaded = load_register(texts)
    assert (loaded.register is None) == bool(loaded.faults)
    for fault in loaded.faults:
        text = texts[fault.file].replace("\r\n", "\n").replace("\r", "\n")
        assert 1 <= fault.line <= text.count("\n") + 1
        assert "\n" not in fault.text() + fault.text("zh-Hant")


@settings(max_examples=100)
@given(FILES, NOISE)
def test_any_text_in_a_file_is_a_register_or_faults(file, noise):
    check({**TEXTS, file: noise})


@settings(max_examples=150)
@given(FILES, st.data(), NOISE)
def test_any_text_in_the_middle_of_a_file_is_a_register_or_faults(file, data, noise):
    text = TEXTS[file]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    check({**TEXTS, file: text[:start] + noise + text[end:]})


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_faults(data):
    for file in (CALENDAR, PEOPLE):
        text, faults = decode(data, file)
        assert not (text and faults)
        if not faults:
            check({file: text})
