"""A broken file takes no other down."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config import Fault, load_with_last_good
from tests.unit.config.samples import CHAPTER, DIRECTORY, PEOPLE, POLICIES, TEXTS, changed

NEW_CHAPTER = "schedules/chapter-9.toml"


def test_texts_without_faults_rule_as_they_are():
    settled = load_with_last_good(TEXTS, {})
    assert settled.loaded.register is not None
    assert (settled.faults, settled.kept, settled.left_out) == ((), frozenset(), frozenset())


def test_the_last_good_text_of_a_broken_file_rules_beside_the_new_ones():
    texts = changed(POLICIES, "hours = true", "hours = yes")
    texts[CHAPTER] = TEXTS[CHAPTER].replace("5 hours", "6 hours")
    settled = load_with_last_good(texts, TEXTS)
    assert settled.kept == {POLICIES}
    assert [fault.file for fault in settled.faults] == [POLICIES]
    assert settled.loaded.register is not None
    assert settled.loaded.register.obligations["incident-information"].rule.text == "6 hours"


def test_a_new_file_that_is_broken_is_left_out():
    settled = load_with_last_good({**TEXTS, NEW_CHAPTER: "[[obligation]]\n"}, TEXTS)
    assert not settled.kept
    assert settled.left_out == {NEW_CHAPTER}
    assert settled.texts == TEXTS


def test_a_unit_taken_away_while_others_need_it_lets_everything_stay_as_it_was():
    texts = changed(DIRECTORY, 'id = "town-b"', 'id = "town-c"')
    texts[DIRECTORY] = texts[DIRECTORY].replace('"town-b"', '"town-c"')
    texts[CHAPTER] = TEXTS[CHAPTER].replace('"event.party"', '"unit:town-b"')
    last_good = {**TEXTS, CHAPTER: texts[CHAPTER]}
    settled = load_with_last_good(texts, last_good)
    assert settled.texts == last_good
    assert settled.kept == {DIRECTORY}


def test_a_file_that_cannot_be_read_rules_with_its_last_good_text():
    texts = {file: text for file, text in TEXTS.items() if file != PEOPLE}
    settled = load_with_last_good(texts, TEXTS, unreadable=[Fault(PEOPLE, 1, 1, "encoding-utf16")])
    assert settled.kept == {PEOPLE}
    assert settled.loaded.register is not None
    assert settled.loaded.register.people


def test_a_file_taken_away_stays_away():
    texts = {file: text for file, text in TEXTS.items() if file != CHAPTER}
    settled = load_with_last_good(texts, TEXTS)
    assert settled.loaded.register is not None
    assert not settled.loaded.register.obligations


def test_on_the_first_start_only_the_broken_file_is_missing():
    settled = load_with_last_good(changed(CHAPTER, "minimum = 40", "minimum = 0"), {})
    assert settled.left_out == {CHAPTER}
    assert settled.loaded.register is not None
    assert settled.loaded.register.people


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(sorted(TEXTS)), st.sampled_from(["", "x", "[[unit]]\nid = 'a'\nname = 'b'"])
    ),
    st.sets(st.sampled_from(sorted(TEXTS))),
    st.sets(st.sampled_from(sorted(TEXTS))),
)
def test_whatever_breaks_something_consistent_rules(broken, gone, never_good):
    texts = {file: text for file, text in {**TEXTS, **broken}.items() if file not in gone}
    last_good = {file: text for file, text in TEXTS.items() if file not in never_good}
    settled = load_with_last_good(texts, last_good)
    assert settled.loaded.register is not None
    assert settled.kept <= settled.texts.keys()
    assert not settled.left_out & settled.texts.keys()
