"""A channel is ill when its provider serves nobody, and well again as soon as it serves one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.breaker import (
    FEWEST_RETRIES,
    FIRST_PROBE,
    LAST_PROBE,
    LOOKED_AT,
    REFUSING_PROBE,
    SILENT_AFTER,
    WINDOW,
    Breaker,
    Verdict,
    alike,
)

WELL, FAILED, REFUSED = Verdict.WELL, Verdict.FAILED, Verdict.REFUSED
DENIED = "550 5.7.1 relaying denied"


def breaker(*verdicts: Verdict, said: str = DENIED, every: float = 1.0) -> Breaker:
    """One that saw these answers, each for another person, a second apart."""
    made = Breaker(connections=4)
    for number, verdict in enumerate(verdicts):
        answer(made, number * every, number, verdict, said)
    return made


def answer(to: Breaker, at: float, number: int, verdict: Verdict, said: str = DENIED, **more: Any) -> None:
    to.began(at, number, False)
    to.ended(at, number, more.pop("person", f"p{number}"), verdict, said, **more)


@pytest.mark.parametrize(
    ("answers", "ill"),
    [
        ([FAILED] * 4, False),
        ([FAILED] * 5, True),
        ([WELL, FAILED, WELL, FAILED, WELL, FAILED, WELL, FAILED], False),
        ([WELL] * 50 + [FAILED] * 5, True),  # however much went well before
        ([FAILED, WELL] * 4 + [FAILED], True),  # weak: half of the last ten
        ([REFUSED] * 2, False),
        ([REFUSED] * 3, True),
        ([REFUSED, WELL, REFUSED, REFUSED], False),
        ([REFUSED, FAILED, REFUSED, REFUSED], True),
    ],
)
def test_what_makes_a_channel_ill(answers: list[Verdict], ill: bool) -> None:
    assert breaker(*answers).ill is ill


def test_what_is_long_ago_does_not_count() -> None:
    assert not breaker(*[FAILED] * 9, every=WINDOW + 0.001).ill
    assert not breaker(FAILED, FAILED, WELL, FAILED, FAILED, FAILED, FAILED, every=WINDOW / 4).ill


@pytest.mark.parametrize("every", [WINDOW / 4, WINDOW / 2, WINDOW])
def test_a_server_that_lets_a_few_messages_time_out_is_ill_by_the_fifth(every: float) -> None:
    assert not breaker(*[FAILED] * 4, every=every).ill
    assert breaker(*[FAILED] * 5, every=every).ill


def test_a_refusal_between_two_failures_is_no_sign_of_life() -> None:
    assert breaker(FAILED, FAILED, REFUSED, FAILED, FAILED, FAILED, every=WINDOW / 2).ill


def test_one_person_who_is_refused_again_and_again_is_not_everybody() -> None:
    made = Breaker(4)
    for number in range(6):
        answer(made, number, number, REFUSED, person="ann")
    assert not made.ill


def test_refusals_for_different_reasons_are_not_the_same_refusal() -> None:
    made = Breaker(4)
    for number, said in enumerate((DENIED, "550 5.1.1 no such user", "552 5.2.2 mailbox full")):
        answer(made, number, number, REFUSED, said)
    assert not made.ill


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("550 5.1.1 <ann@city.test>: no such user", "550 5.1.1 <ben@city.test>: No such user"),
        ("550 ann@city.test unknown", "550 ben@city.test unknown"),
        ("451 try later (4F0A99B21C)", "451 try later (9E77A0B3D1)"),
    ],
)
def test_words_are_alike_but_for_the_person_they_name(one: str, other: str) -> None:
    assert alike(one) == alike(other)
    assert alike("550 no") != alike("451 no")


def test_all_connections_that_stay_silent_make_it_ill_before_they_time_out() -> None:
    made = Breaker(connections=2)
    made.began(0, 1, False)
    made.look(SILENT_AFTER)
    assert not made.ill  # one message may have a trouble of its own
    made.began(1, 2, False)
    made.look(SILENT_AFTER + 0.9)
    assert not made.ill
    made.look(SILENT_AFTER + 1)
    assert made.ill


def test_an_ill_channel_is_probed_one_message_at_a_time_ever_more_rarely() -> None:
    made = breaker(*[FAILED] * 5)
    now, pauses = 4.0, []
    for number in range(8):
        pause = made.rests_for(now)
        assert pause is not None
        assert made.room(now) == 0
        assert made.room(now + pause - 0.001) == 0
        now += pause
        assert made.room(now) == 1
        made.began(now, 100 + number, True)
        assert made.room(now) == 0
        assert made.rests_for(now) is None
        made.ended(now, 100 + number, "p", FAILED, "no")
        pauses.append(pause)
    assert pauses[0] == FIRST_PROBE
    assert pauses[-1] == LAST_PROBE
    assert pauses == sorted(pauses)


def test_a_provider_that_answers_and_only_refuses_is_asked_more_often() -> None:
    ill, now = breaker(*[REFUSED] * 3), 3.0
    pauses = []
    for number in range(3, 10):
        pause = ill.rests_for(now)
        assert pause is not None
        pauses.append(pause)
        now += pause
        answer(ill, now, number, REFUSED)
    assert ill.ill
    assert max(pauses) == REFUSING_PROBE < LAST_PROBE


def test_probes_go_by_turns_to_who_was_tried_before_and_to_somebody_new() -> None:
    ill, now, turns = breaker(*[REFUSED] * 3), 3.0, []
    for number in range(3, 7):
        turns.append(ill.asks_again)
        now += ill.rests_for(now) or 0.0
        answer(ill, now, number, REFUSED)
    assert turns == [True, False, True, False]


def test_a_provider_that_asks_to_wait_is_probed_after_that() -> None:
    made = breaker(*[FAILED] * 4)
    answer(made, 4, 4, FAILED, "429", wait=45.0)
    assert made.rests_for(4) == 45.0


def test_one_message_taken_makes_it_well() -> None:
    made = breaker(*[FAILED] * 5)
    answer(made, 20, 100, WELL)
    assert (made.ill, made.room(20)) == (False, None)


def test_a_provider_that_refuses_one_address_for_its_own_reason_serves_again() -> None:
    made = breaker(*[REFUSED] * 3)
    answer(made, 20, 100, REFUSED)
    assert made.ill
    answer(made, 40, 101, REFUSED, "550 5.1.1 no such user")
    assert not made.ill


def test_what_was_refused_before_it_was_known_to_be_for_everybody_is_named() -> None:
    made = breaker(WELL, REFUSED, REFUSED, REFUSED)
    assert made.refused_alike(made.said) == (1, 2, 3)


def test_while_a_provider_is_weak_retries_are_few() -> None:
    made = breaker(WELL, WELL)
    assert made.retries_left(2) is None
    answer(made, 2, 2, FAILED)
    assert made.retries_left(2) == FEWEST_RETRIES
    for number in range(FEWEST_RETRIES):
        made.began(3, 10 + number, True)
        made.ended(3, 10 + number, "p", WELL, "250")
    assert made.retries_left(3) == 0
    assert made.retries_left(2 + WINDOW) is None


@given(st.lists(st.tuples(st.sampled_from(Verdict), st.floats(0, 30)), max_size=60), st.integers(1, 4))
def test_it_is_ill_only_after_failures_and_never_for_ever(
    answers: list[tuple[Verdict, float]], connections: int
) -> None:
    made, now = Breaker(connections), 0.0
    for number, (verdict, pause) in enumerate(answers):
        now += pause
        made.began(now, number, False)
        made.ended(now, number, f"p{number}", verdict, DENIED)
        bad = [each for each, _ in answers[max(0, number + 1 - LOOKED_AT) : number + 1] if each is not WELL]
        assert not made.ill or bad
        assert not (made.ill and verdict is WELL)
    rest = made.rests_for(now)
    assert rest is None or made.room(now + rest) == 1
