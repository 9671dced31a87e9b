"""The bulletin that is mailed: by hand, foreseen, and refused a second time."""

from __future__ import annotations

import pytest

from tests.support.program import Program

SCHEDULE = """[bulletin]
rule = "monthly by working day 5 of the next month at 09:00"
to = ["supervisor"]

[thresholds]"""
WHOM = "bai-siyuan.supervision-office"


@pytest.fixture
def mailing(alertd: Program) -> Program:
    """The city with a bulletin that is mailed every month."""
    alertd.replace("config.toml", "[thresholds]", SCHEDULE)
    return alertd


def test_by_hand_the_newest_period_that_is_over_is_mailed_and_only_once(mailing: Program) -> None:
    sent = mailing("bulletin", "--send")
    assert (sent.code, sent.out) == (
        0,
        "The bulletin for 2026-10 goes to 白思遠 (Supervision Office).\n",
    )
    again = mailing("bulletin", "--send")
    assert again.code == 1
    assert "2026-10 was mailed" in again.err
    (message,) = mailing("outbox", "--json").json
    assert message["person"] == WHOM
    assert message["state"] == "waiting"
    assert message["subject"].startswith("[DRILL] [bulletin] Oct 2026: nothing was due")


def test_by_hand_any_days_are_mailed_as_they_were_known_then(mailing: Program) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-11-15")
    sent = mailing("bulletin", *days, "--as-of", "2026-11-23T08:00", "--send", "--json").json
    assert sent == {
        "period": "2026-11-h1", "as_of": "2026-11-23T08:00:00+08:00", "people": [WHOM],
    }  # fmt: skip


def test_without_days_and_without_sending_there_is_nothing_to_make(mailing: Program) -> None:
    for argv in ((), ("--from", "2026-11-01"), ("--to", "2026-11-01", "--send")):
        refused = mailing("bulletin", *argv)
        assert (refused.code, "--from and --to" in refused.err) == (64, True)


def test_without_readers_nothing_is_mailed(alertd: Program) -> None:
    refused = alertd("bulletin", "--send")
    assert (refused.code, "[bulletin]" in refused.err) == (1, True)


def test_the_preview_shows_it_coming(mailing: Program) -> None:
    lines = mailing("preview", "--from", "2026-12-01", "--to", "2026-12-12", "--json").json
    found = [line for line in lines if line["step"] == "bulletin"]
    assert [(line["at"], line["person"]) for line in found] == [("2026-12-07T09:00:00+08:00", WHOM)]
    assert "Nov 2026" in found[0]["subject"]


def test_check_points_at_a_reader_whom_nobody_knows(mailing: Program) -> None:
    assert mailing("check").code == 0
    mailing.replace("config.toml", '["supervisor"]', '["supervisor", "受理單位", "白思達", "白思遠"]')
    checked = mailing("check")
    assert checked.code == 1
    faults = [line for line in checked.out.splitlines() if "config.toml" in line]
    assert len(faults) == 2
    assert "受理單位" in faults[0]
    assert "白思遠" in faults[1]  # is meant, perhaps
