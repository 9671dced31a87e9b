"""What `show`, `list` and `event report` say of turns, counts for a case, and more than the maximum."""

from __future__ import annotations

import pytest

from tests.support.program import Program

TURNS = """
[[obligation]]
id = "follow-up"
title = { zh-Hant = "續報", en = "Follow-up report" }
source = { clause = "emergency plan" }
owed_by = "event.party"
starts_on = "major-incident.published"
rule = "every 12 hours while open"
ends_on = "information-published"
policy = "hour-clock"
"""
CASE = ("--subject", "fire-1", "--party", "justice-bureau", "--yes")
REVIEWERS = "reconsideration-reviewers@case-9/justice-bureau"


@pytest.fixture
def burning(alertd: Program) -> Program:
    """A fire since 20:00 yesterday: the first follow-up report was due an hour ago."""
    file = alertd.folder / "schedules/chapter-5.toml"
    file.write_text(file.read_text("utf-8") + TURNS, "utf-8")
    alertd("plan", "--apply", "--reason", "follow-ups")
    ran = alertd(
        "event", "report", "major-incident", "--severity=major", *CASE, "--published", "2026-11-22T20:00"
    )
    assert ran.code == 0
    assert "follow-up@fire-1/justice-bureau" in ran.out
    return alertd


def test_a_missed_turn_says_that_it_never_came(burning: Program) -> None:
    read = burning("event", "report", "information-published", *CASE[:-1], "--published", "2026-11-23T08:30")
    assert "follow-up@fire-1/justice-bureau" in read.err
    assert (
        burning("event", "report", "information-published", *CASE, "--published", "2026-11-23T08:30").code
        == 0
    )
    shown = burning("show", "follow-up@fire-1/justice-bureau").out
    assert "never handed in" in shown
    assert "no longer owed" in burning("show", "follow-up@fire-1.2/justice-bureau").out
    row = burning("show", "follow-up@fire-1/justice-bureau", "--json").json
    assert (row["state"], row["result"], row["breach"]) == ("done", "missed", "missed")
    assert [breach["kind"] for breach in row["breaches"]] == ["missed"]


def test_a_turn_is_explained_from_the_first_start(burning: Program) -> None:
    out = burning("explain", "follow-up@fire-1.2/justice-bureau").out
    assert "turn 2 begins" in out
    assert "Follow-up report (fire-1, turn 2)" in out


def test_a_shortfall_is_on_the_board_in_the_list_and_shown(alertd: Program) -> None:
    case = ("--subject", "case-9", "--party", "justice-bureau", "--yes")
    taken = ("event", "report", "reconsideration-accepted", *case, "--received", "2026-11-02T09:00")
    assert alertd(*taken, "--due", "2026-12-31").code == 0
    before = alertd("list", "--standing", "overdue", "--json").json
    assert REVIEWERS not in {row["id"] for row in before}
    decided = ("event", "report", "reconsideration-decided", *case, "--issued", "2026-11-23T08:50")
    assert alertd(*decided).code == 0
    assert REVIEWERS in {row["id"] for row in alertd("list", "--standing", "overdue", "--json").json}
    shown = alertd("show", REVIEWERS).out
    assert "fewer than the minimum when the case closed" in shown
    assert "the case closed with too few" in shown


def test_more_than_the_maximum_is_noted_in_show(alertd: Program) -> None:
    add = ("progress", "add", "normative-evaluation", "justice-bureau", "3", "--on", "2026-11-20")
    assert "over the maximum" in alertd(*add).out
    shown = alertd("show", "normative-evaluation@2026/justice-bureau").out
    assert "more than the maximum of 2" in shown
    assert "over the maximum, noted" in shown
