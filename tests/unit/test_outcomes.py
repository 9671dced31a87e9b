"""What a provider answers is bounded where it comes in, so that it spoils nothing behind the door."""

from __future__ import annotations

import math

import pytest

from alertd.transports.base import LONGEST_WAIT, Outcome, Result


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (None, None),
        (3.0, 3.0),
        (-5.0, 0.0),
        (LONGEST_WAIT, LONGEST_WAIT),
        (1e12, LONGEST_WAIT),
        (math.inf, LONGEST_WAIT),
        (math.nan, 0.0),
    ],
)
def test_a_wait_is_at_most_an_hour(asked: float | None, kept: float | None) -> None:
    assert Outcome(Result.RETRY, "429", retry_after=asked).retry_after == kept


def test_an_answer_is_one_bounded_line_that_a_database_takes() -> None:
    outcome = Outcome(Result.RETRY, "4\r\n29" * 100, "half \ud83d\r\nof it\0" + "x" * 100_000)
    assert len(outcome.code) <= 60
    assert outcome.detail.startswith("half of it x")
    assert len(outcome.detail) == 300
    outcome.detail.encode("utf-8")
