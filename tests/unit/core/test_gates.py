"""What a gate lacks, from the rows of a case alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.gates import missing

PASSED = ("review:passed", "review:passed-after-changes")


@dataclass(frozen=True)
class Row:
    number: int
    state: str = "done"
    result: str = "passed"
    case_version: int = 1
    obligation: str = "review"
    party: str = "bureau"
    done_at: datetime | None = None


@pytest.mark.parametrize(
    ("rows", "version", "why"),
    [
        ([], 1, "never-started"),
        ([Row(1)], 1, ""),
        ([Row(1, result="passed-after-changes")], 1, ""),
        ([Row(1, state="verified")], 1, ""),
        ([Row(1, state="open", result="")], 1, "running"),
        ([Row(1, state="returned", result="passed")], 1, "running"),
        ([Row(1, result="failed")], 1, "other-result"),
        ([Row(1, result="")], 1, "no-result"),
        ([Row(1, state="waived", result="")], 1, "waived"),
        ([Row(1, state="cancelled")], 1, "never-started"),
        ([Row(1)], 2, "earlier-version"),
        ([Row(1, result="failed")], 2, "never-started"),
        ([Row(1, result="failed"), Row(2)], 1, ""),  # of one party the last one counts
        ([Row(1), Row(2, result="failed")], 1, "other-result"),
        ([Row(1), Row(2, party="office", result="failed")], 1, "other-result"),  # each party must pass
    ],
)
def test_why_a_gate_is_shut(rows, version, why):
    found = missing(PASSED, rows, version)
    assert [each.why for each in found] == ([why] if why else [])


def test_every_obligation_must_have_one_of_its_own_and_a_bare_name_takes_any_result():
    rows = [Row(1), Row(2, obligation="hearing", result="")]
    assert missing((*PASSED, "hearing"), rows, 1) == ()
    assert [each.obligation for each in missing((*PASSED, "hearing"), rows[:1], 1)] == ["hearing"]


def test_a_result_given_only_after_it_went_ahead_comes_too_late():
    given = datetime(2026, 10, 12, 2, tzinfo=UTC)
    rows = [Row(1, done_at=given)]
    assert missing(PASSED, rows, 1) == ()
    assert missing(PASSED, rows, 1, given + timedelta(microseconds=1)) == ()
    assert [each.why for each in missing(PASSED, rows, 1, given)] == ["too-late"]
