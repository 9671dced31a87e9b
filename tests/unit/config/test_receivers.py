"""Who closes a duty: the unit by handing in, or the receiver by verifying, within its own short time."""

from alertd.config import load_register
from alertd.core.timing import Duration, Extension, TimeUnit
from tests.unit.config.samples import CHAPTER, POLICIES, TEXTS, changed, only_fault, pointed_at

RECEIVER = 'receiver = "政府辦"'
RULE = 'rule = "yearly by 12-31"'


def test_unless_said_the_hand_in_closes_it():
    register = load_register(TEXTS).register
    assert register is not None
    duty = register.obligations["incident-information"]
    assert (duty.closes, duty.review) == ("hand-in", Duration(5, TimeUnit.WORKING_DAY))
    assert duty.decline_within == Duration(3, TimeUnit.WORKING_DAY)


def test_a_receiver_may_close_it_within_the_time_the_file_says():
    keys = f'{RECEIVER}\ncloses = "verify"\nreview = "2 working days"\ndecline_within = "1 day"'
    register = load_register(changed(CHAPTER, RECEIVER, keys)).register
    assert register is not None
    duty = register.obligations["incident-information"]
    assert (duty.closes, duty.review) == ("verify", Duration(2, TimeUnit.WORKING_DAY))
    assert duty.decline_within == Duration(1, TimeUnit.DAY)


def test_a_review_without_a_receiver_is_a_fault():
    text = changed(CHAPTER, RECEIVER, 'closes = "verify"')
    fault = only_fault(text)
    assert fault.code == "verify-without-receiver"
    assert pointed_at(fault, text[CHAPTER], 8) == '"verify"'


def test_a_time_to_review_what_nobody_verifies_is_a_fault():
    text = changed(CHAPTER, RECEIVER, f'{RECEIVER}\nreview = "2 working days"')
    assert only_fault(text).code == "review-without-verify"


def test_a_default_holds_for_every_duty_that_does_not_say_it_itself():
    above = 'review = "7 days"\ndecline_within = "1 day"\n'
    keys = f'{RECEIVER}\ncloses = "verify"\nreview = "2 working days"'
    texts = {**TEXTS, POLICIES: above + TEXTS[POLICIES]}
    register = load_register(texts).register
    assert register is not None
    duty = register.obligations["incident-information"]
    assert (duty.review, duty.decline_within) == (Duration(7, TimeUnit.DAY), Duration(1, TimeUnit.DAY))
    register = load_register(changed(CHAPTER, RECEIVER, keys) | {POLICIES: texts[POLICIES]}).register
    assert register is not None
    duty = register.obligations["incident-information"]
    assert (duty.review, duty.decline_within) == (
        Duration(2, TimeUnit.WORKING_DAY),
        Duration(1, TimeUnit.DAY),
    )


def test_a_default_is_checked_where_it_stands_and_given_once():
    fault = only_fault({**TEXTS, POLICIES: 'review = "soon"\n' + TEXTS[POLICIES]})
    assert (fault.file, fault.line, fault.column) == (POLICIES, 1, 11)
    more = {"schedules/2027/policies.toml": 'review = "7 days"\n'}
    fault = only_fault({**TEXTS, POLICIES: 'review = "6 days"\n' + TEXTS[POLICIES], **more})
    assert fault.code == "id-twice"


def test_how_far_a_limit_may_be_extended_stands_with_the_duty():
    key = 'extension = { most = "15 working days", times = 1, limit = "6 months" }'
    register = load_register(changed(CHAPTER, RECEIVER, f"{RECEIVER}\n{key}")).register
    assert register is not None
    assert register.obligations["incident-information"].extension == Extension(
        Duration(15, TimeUnit.WORKING_DAY), 1, Duration(6, TimeUnit.MONTH)
    )


def test_a_duty_of_the_calendar_has_no_start_to_count_a_legal_limit_from():
    text = changed(CHAPTER, RULE, f'{RULE}\nextension = {{ limit = "1 month" }}')
    fault = only_fault(text)
    assert fault.code == "extension-limit-without-start"
    assert pointed_at(fault, text[CHAPTER], 9) == '"1 month"'
