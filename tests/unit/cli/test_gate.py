"""`alertd gate`: 0 open, 1 shut, and never either when it could not look."""

from datetime import datetime, timedelta

import pytest

STAGE = "submitted-for-deliberation"
REVIEW = "legality-review@draft-7/justice-bureau"


@pytest.fixture
def draft(alertd):
    """A draft whose review was asked for this morning."""
    argv = ("event", "report", "review-requested", "finance-bureau", "--subject", "draft-7", "--yes")
    assert alertd(*argv, "--received", "2026-11-23T08:00").code == 0
    return alertd


def test_shut_is_one_and_says_what_is_missing(draft):
    ran = draft("gate", "draft-7", STAGE)
    assert ran.code == 1
    assert "not finished (#" in ran.out
    ran = draft("gate", "draft-7", STAGE, "--json")
    assert ran.code == 1
    assert ran.json["open"] is False
    assert ran.json["gates"][0]["missing"][0]["why"] == "running"


def test_open_is_nought_once_this_version_passed(draft):
    assert draft("done", REVIEW, "--result", "passed", "--reason", "urgent").code == 0
    assert draft("gate", "draft-7", STAGE).code == 0
    again = ("event", "report", "draft-resubmitted", "finance-bureau", "--subject", "draft-7", "--yes")
    assert draft(*again, "--received", "2026-11-23T08:30").code == 0
    assert draft("gate", "draft-7", STAGE).code == 1
    assert draft("gate", "draft-7", STAGE, "--version", "1").code == 0


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("draft-9", STAGE), "no case draft-9"),
        (("draft-7", "nowhere"), "No gate stands before nowhere"),
        (("draft-7", STAGE, "--version", "4"), "no version 4"),
        (("draft-7",), "gate CASE STAGE"),
        (("--list",), "gate CASE STAGE"),
        (("--list", "--before", "soon"), "soon"),
        (("--list", "--before", "2026-12-31", "--planned", "draft-7"), "CASE:STAGE:DATE"),
    ],
)
def test_a_question_that_makes_no_sense_is_neither_open_nor_shut(draft, argv, said):
    ran = draft("gate", *argv)
    assert ran.code == 64
    assert said in ran.err


def test_a_store_that_cannot_be_read_is_neither_open_nor_shut(draft):
    for path in draft.folder.rglob("*.db*"):
        path.write_bytes(b"no database")
    ran = draft("gate", "draft-7", STAGE)
    assert ran.code in (70, 75, 78)


def test_files_that_cannot_be_used_are_neither_open_nor_shut(draft):
    (draft.folder / "config.toml").write_text("language = ", encoding="utf-8")
    assert draft("gate", "draft-7", STAGE).code == 78


def draft_limit(draft):
    """The limit of the review as people are told it: the last day ends at 24:00."""
    ends = datetime.fromisoformat(draft.row(REVIEW)["due"]) - timedelta(days=1)
    return f"{ends:%a} {ends.day} {ends:%b} 24:00"


def test_the_list_names_what_needs_a_gate_before_a_date(draft):
    assert "Nothing needs a gate" in draft("gate", "--list", "--before", "2026-12-01").out
    ran = draft("gate", "--list", "--before", "2026-12-31", "--json")
    assert ran.code == 0
    assert [(row["case"], row["open"]) for row in ran.json] == [("draft-7", False)]
    row = draft("gate", "--list", "--before", "2026-12-31").out.splitlines()[1]
    assert row.startswith(f"{draft_limit(draft)}  draft-7")
    planned = f"draft-7:{STAGE}:2026-11-25T09:00"
    ran = draft("gate", "--list", "--before", "2026-12-01", "--planned", planned)
    assert "Wed 25 Nov 09:00" in ran.out
    assert "draft-7" in ran.out
    assert "shut" in ran.out


def test_going_past_a_shut_gate_is_said_at_once(draft):
    ran = draft("event", "report", STAGE, "finance-bureau", "--subject", "draft-7", "--yes")
    assert ran.code == 0
    assert "A gate was shut" in ran.out


def test_a_draft_sent_back_pauses_its_review_and_says_so(draft):
    argv = ("event", "report", "draft-returned", "--subject", "draft-7", "--party", "財政局", "--yes")
    said = draft(*argv).out
    assert "stands still legality-review@draft-7/justice-bureau" in said
    assert "starts and closes nothing" not in said


def test_a_review_counted_anew_is_said_with_its_new_limit(draft):
    draft("event", "report", "draft-returned", "finance-bureau", "--subject", "draft-7", "--yes")
    draft.at("2026-11-24T09:00:00+08:00")
    said = draft(
        "event", "report", "draft-resubmitted", "finance-bureau", "--subject", "draft-7", "--yes"
    ).out
    assert f"already running {REVIEW} #" in said
    assert "15 Dec" in said  # 15 working days after 24 November


def test_going_through_an_open_gate_is_said(draft):
    passed = ("event", "report", "review-opinion-issued", "--subject", "draft-7", "--party", "財政局")
    draft.at("2026-12-07T10:00:00+08:00")
    assert draft(*passed, "--result", "passed", "--yes").code == 0
    argv = ("event", "report", "submitted-for-deliberation", "--subject", "draft-7", "--party", "財政局")
    said = draft(*argv, "--yes").out
    assert "The gate is open: A normative document goes to deliberation" in said
    assert "starts and closes nothing" not in said


def test_an_unconfirmed_event_is_confirmed_once(alertd):
    argv = (
        "event", "report", "major-incident", "--severity=major", "justice-bureau",
        "--subject", "f", "--id", "e1", "--yes",
    )  # fmt: skip
    assert alertd(*argv, "--published", "2026-11-23T08:00", "--unconfirmed").code == 0
    assert alertd("event", "confirm", "e1", "--json").json["id"] == "e1"
    ran = alertd("event", "confirm", "e1")
    assert ran.code == 1
    assert "confirmed already" in ran.err


def test_an_event_is_upgraded_and_not_downgraded(incident):
    ran = incident("event", "upgrade", "e1", "--severity", "especially-major")
    assert (ran.code, ran.out) == (0, "e1 is now especially major.\n")
    ran = incident("event", "upgrade", "e1", "--severity", "major")
    assert ran.code == 1
    assert "not higher" in ran.err


def test_a_result_or_a_severity_nobody_knows_is_refused_before_anything_is_asked(alertd):
    argv = (
        "event", "report", "major-incident", "--severity=major", "justice-bureau", "--subject", "f", "--yes",
    )  # fmt: skip
    ran = alertd(*argv, "--published", "2026-11-23T08:00", "--severity", "huge")
    assert ran.code == 1
    assert "huge" in ran.err
    assert alertd(*argv, "--result", "splendid").code == 64


def test_a_breach_stays_on_record_and_is_shown_with_the_deadlines_of_its_case(draft):
    draft("event", "report", STAGE, "finance-bureau", "--subject", "draft-7", "--yes")
    draft("done", REVIEW, "--result", "passed", "--reason", "urgent")
    ran = draft("show", REVIEW)
    assert "Breaches on record" in ran.out
    assert "went ahead in version 1" in ran.out
    kinds = [(breach["kind"], breach["gate"]) for breach in draft("show", REVIEW, "--json").json["breaches"]]
    assert kinds == [("gate", "normative-deliberation")]


def test_what_was_late_is_a_breach_of_its_own(incident):
    incident.at("2026-11-23T15:00")
    incident("done", "incident-information@fire-1/justice-bureau")
    ran = incident("show", "incident-information@fire-1/justice-bureau", "--json")
    assert [breach["kind"] for breach in ran.json["breaches"]] == ["late"]


FORWARD = ("event", "report", STAGE, "finance-bureau", "--subject", "draft-7")


def test_going_ahead_against_a_shut_gate_is_warned_of_before_it_counts(draft):
    draft.answer = "n\n"
    ran = draft(*FORWARD)
    assert ran.code == 1
    assert "goes ahead against a shut gate" in ran.err
    assert "draft-7, version 1" in ran.err
    assert "not finished (#" in ran.err
    assert draft("show", REVIEW, "--json").json["breaches"] == []
    draft.answer = "y\n"
    assert draft(*FORWARD).code == 0
    assert [b["kind"] for b in draft("show", REVIEW, "--json").json["breaches"]] == ["gate"]


def test_in_json_it_names_what_is_missing_and_for_which_version(draft):
    ran = draft(*FORWARD, "--yes", "--json")
    assert ran.json["shut"] == ["normative-deliberation"]
    (gate,) = ran.json["gates"]
    assert (gate["gate"], gate["version"]) == ("normative-deliberation", 1)
    assert [(each["obligation"], each["why"]) for each in gate["missing"]] == [("legality-review", "running")]


def test_through_an_open_gate_nothing_is_warned_of(draft):
    draft("done", REVIEW, "--result", "passed", "--reason", "urgent")
    draft.answer = "y\n"
    ran = draft(*FORWARD)
    assert "shut gate" not in ran.err
    assert draft("show", REVIEW, "--json").json["breaches"] == []


def test_unconfirmed_it_is_no_breach_until_it_is_confirmed_and_that_is_asked_first(draft):
    assert "gate is open" not in draft(*FORWARD, "--id", "e1", "--unconfirmed", "--yes").out
    assert draft("show", REVIEW, "--json").json["breaches"] == []
    ran = draft("event", "confirm", "e1")  # nobody could answer
    assert (ran.code, "--yes" in ran.err) == (64, True)
    draft.answer = "n\n"
    ran = draft("event", "confirm", "e1")
    assert (ran.code, "goes ahead against a shut gate" in ran.err) == (1, True)
    assert draft("show", REVIEW, "--json").json["breaches"] == []
    ran = draft("event", "confirm", "e1", "--yes", "--json")
    assert [gate["gate"] for gate in ran.json["gates"]] == ["normative-deliberation"]
    assert [b["kind"] for b in draft("show", REVIEW, "--json").json["breaches"]] == ["gate"]


def test_a_correction_to_a_day_before_the_result_is_warned_of_and_recorded_once(draft):
    draft.at("2026-12-07T10:00:00+08:00")
    assert draft("done", REVIEW, "--result", "passed", "--at", "2026-12-04T09:00").code == 0
    assert draft(*FORWARD, "--id", "e1", "--at", "2026-12-04T08:00", "--yes").code == 0
    assert draft("show", REVIEW, "--json").json["breaches"] == []  # the same day is in time
    draft.answer = "y\n"
    correct = ("event", "correct", "e1", "--at", "2026-12-03T16:00", "--reason", "slip")
    ran = draft(*correct)
    assert (ran.code, "but only after it went ahead" in ran.err) == (0, True)
    assert [b["kind"] for b in draft("show", REVIEW, "--json").json["breaches"]] == ["gate"]
    again = draft("event", "correct", "e1", "--at", "2026-12-02T16:00", "--reason", "slip", "--yes", "--json")
    assert again.json["gates"] == []
    assert len(draft("show", REVIEW, "--json").json["breaches"]) == 1
