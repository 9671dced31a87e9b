"""Who closes a duty: the unit by handing in, or the receiver by verifying, within its own short time."""

from alertd.config import load_register
from alertd.core.timing import Duration, TimeUnit
from tests.unit.config.samples import CHAPTER, TEXTS, changed, only_fault, pointed_at

RECEIVER = 'receiver = "政府辦"'


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
