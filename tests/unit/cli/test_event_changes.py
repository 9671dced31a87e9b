"""`alertd event correct` and `event cancel`."""

import pytest

INFORMATION = "incident-information@fire-1/justice-bureau"


def test_a_correction_moves_the_clocks(incident):
    ran = incident(
        "event", "correct", "e1", "--at", "2026-11-23T07:30", "--reason", "clock was wrong", "--yes", "--json"
    )
    assert ran.code == 0
    assert sorted(ran.json["moved"]) == [INFORMATION, "press-conference@fire-1/justice-bureau"]
    assert incident.row(INFORMATION)["due"] == "2026-11-23T12:30:00+08:00"


def test_what_would_move_is_shown_before_it_does(incident):
    incident.answer = "n\n"
    ran = incident("event", "correct", "e1", "--at", "2026-11-23T07:30", "--reason", "x")
    assert ran.code == 1
    assert "from Mon 23 Nov 13:00 to Mon 23 Nov 12:30" in ran.err.replace("\n", " ")
    assert incident.row(INFORMATION)["due"] == "2026-11-23T13:00:00+08:00"


def test_a_correction_that_moves_nothing_shows_no_limit(incident):
    incident.answer = "n\n"
    ran = incident("event", "correct", "e1", "--occurred", "2026-11-23T07:30", "--reason", "x")
    assert ran.code == 1
    assert "~" not in ran.err
    assert "This moves no running deadline." in ran.err


def test_a_later_due_date_needs_an_approver(incident):
    later = ("event", "correct", "e1", "--at", "2026-11-23T08:30", "--reason", "x", "--yes")
    ran = incident(*later)
    assert ran.code == 1
    assert "--approver" in ran.err
    assert incident.row(INFORMATION)["due"] == "2026-11-23T13:00:00+08:00"
    assert incident(*later, "--approver", "秦文博").code == 0
    assert incident.row(INFORMATION)["due"] == "2026-11-23T13:30:00+08:00"


def test_cancelling_ends_what_still_runs(incident):
    incident("done", "press-conference@fire-1/justice-bureau")
    ran = incident("event", "cancel", "e1", "--reason", "false alarm", "--yes", "--json")
    assert ran.json == {"id": "e1", "cancelled": [INFORMATION]}
    assert incident.row(INFORMATION)["state"] == "cancelled"
    assert incident.row("press-conference@fire-1/justice-bureau")["state"] == "done"


def test_what_would_end_is_shown_before_it_does(incident):
    incident.answer = "\n"
    ran = incident("event", "cancel", "e1", "--reason", "false alarm")
    assert ran.code == 1
    assert INFORMATION in ran.err
    assert incident.row(INFORMATION)["state"] == "open"


def test_a_cancelled_event_cannot_be_corrected(incident):
    incident("event", "cancel", "e1", "--reason", "false alarm", "--yes")
    assert incident("event", "correct", "e1", "--at", "2026-11-23T07:30", "--reason", "x", "--yes").code == 1


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("correct", "e1", "--at", "2026-11-23T07:30"), 1, "--reason"),
        (("correct", "e1", "--reason", "x"), 64, "Give the instant to correct"),
        (("correct", "e9", "--at", "2026-11-23T07:30", "--reason", "x"), 1, "e9"),
        (("correct", "e1", "--at", "2026-11-23", "--reason", "x"), 1, "counts hours"),
        (("correct", "e1", "--at", "2026-12-23T08:00", "--reason", "x"), 1, "lies in the future"),
        (("cancel", "e1"), 1, "--reason"),
        (("cancel", "e9", "--reason", "x"), 1, "e9"),
    ],
)
def test_what_cannot_be_changed_is_refused(incident, argv, code, words):
    ran = incident("event", *argv, "--yes")
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert incident.row(INFORMATION)["due"] == "2026-11-23T13:00:00+08:00"


def test_an_urgency_that_no_duty_asks_about_is_refused(incident):
    ran = incident("event", "correct", "e1", "--urgent", "the wind turns", "--reason", "x", "--yes")
    assert (ran.code, "--urgent would change nothing" in ran.err) == (64, True)
    both = ("--urgent", "the wind turns", "--not-urgent")
    assert incident("event", "correct", "e1", *both, "--reason", "x", "--yes").code == 64


def test_an_urgent_event_takes_the_shorter_limit_and_explain_says_why(incident):
    (file,) = [
        path
        for path in incident.folder.rglob("chapter-*.toml")
        if "incident-information" in path.read_text("utf-8")
    ]
    text = file.read_text("utf-8")
    start = text.index('id = "incident-information"')
    file.write_text(
        text[:start] + text[start:].replace('"5 hours"', '"5 hours, urgent: 2 hours"', 1), "utf-8"
    )
    assert incident("plan", "--apply", "--reason", "shorter").code == 0
    ran = incident(
        "event", "report", "major-incident", "--subject", "fire-2", "--party", "justice-bureau",
        "--severity", "major", "--published", "2026-11-23T08:00", "--urgent", "the wind turns", "--id", "e2",
        "--yes",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    name = INFORMATION.replace("fire-1", "fire-2")
    assert incident.row(name)["due"] == "2026-11-23T10:00:00+08:00"
    assert "the wind turns" in incident("explain", name).out
