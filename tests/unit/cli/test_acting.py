"""`alertd ack`, `done`, `reopen`."""

INFORMATION = "incident-information@fire-1/justice-bureau"
REVIEW = "legality-review@draft-1/justice-bureau"


def with_review(alertd):
    argv = ("event", "report", "review-requested", "--subject", "draft-1", "--party", "財政局", "--yes")
    assert alertd(*argv, "--at", "2026-11-20").code == 0


def test_an_acknowledgement_moves_no_deadline(incident):
    before = incident.row(INFORMATION)
    ran = incident("ack", INFORMATION, "--json")
    assert ran.json == {"id": INFORMATION, "quiet_until": "2026-11-23T10:00:00+08:00"}
    assert incident.row(INFORMATION) == before


def test_nobody_acknowledges_what_was_sent_to_another_unit(incident):
    ran = incident("ack", INFORMATION, "--by", "唐明軒")
    assert ran.code == 1
    assert "唐明軒" in ran.err


def test_a_misspelt_name_does_not_acknowledge_for_everybody(incident):
    ran = incident("ack", INFORMATION, "--by", "tang-mingxuan.goverment-office")
    assert ran.code == 1
    assert "Did you mean 唐明軒 (tang-mingxuan.government-office)?" in ran.err
    history = incident("show", INFORMATION, "--json").json["history"]
    assert [each["action"] for each in history] == ["created"]


def test_done_closes_with_result_and_evidence(incident):
    ran = incident("done", INFORMATION, "--result", "passed", "--evidence", "no. 12", "--json")
    assert ran.code == 0
    assert ran.json["state"] == "done"
    assert (ran.json["result"], ran.json["breach"]) == ("passed", None)
    assert ran.json["done_at"] == "2026-11-23T09:00:00+08:00"


def test_on_time_is_judged_by_when_it_happened(incident):
    incident.at("2026-11-24T09:00:00+08:00")
    assert incident("done", INFORMATION, "--at", "2026-11-23T12:00", "--json").json["breach"] is None
    late = incident("done", "press-conference@fire-1/justice-bureau")
    assert "handed in late" in late.out


def test_done_in_the_future_is_refused(incident):
    ran = incident("done", INFORMATION, "--at", "2026-11-23T12:00")
    assert ran.code == 1
    assert "lies in the future" in ran.err
    assert "--planned" not in ran.err


def test_a_bare_date_is_refused_on_an_hour_clock(incident):
    assert incident("done", INFORMATION, "--at", "2026-11-23").code == 1
    assert incident.row(INFORMATION)["state"] == "open"


def test_a_soft_minimum_asks_for_a_reason(alertd):
    with_review(alertd)
    ran = alertd("done", REVIEW)
    assert ran.code == 1
    assert "--reason" in ran.err
    assert alertd("done", REVIEW, "--reason", "urgent", "--json").json["breach"] == "early-soft"


def test_what_is_closed_cannot_be_closed_again(incident):
    incident("done", INFORMATION)
    ran = incident("done", INFORMATION)
    assert ran.code == 1
    assert "alertd reopen" in ran.err


def test_reopening_needs_a_reason_and_keeps_the_limit(incident):
    due = incident.row(INFORMATION)["due"]
    incident("done", INFORMATION)
    assert incident("reopen", INFORMATION).code == 1
    assert incident("reopen", INFORMATION, "--reason", "incomplete", "--json").json["state"] == "open"
    assert (incident.row(INFORMATION)["state"], incident.row(INFORMATION)["due"]) == ("open", due)


def test_what_is_open_cannot_be_reopened(incident):
    assert incident("reopen", INFORMATION, "--reason", "x").code == 1


def test_several_people_of_one_name_must_be_told_apart(incident):
    people = incident.folder / "schedules" / "people.csv"
    rows = people.read_text("utf-8-sig").rstrip("\n")
    for name in ("a", "b"):
        rows += f"\n{name}.justice-bureau,張三,justice-bureau,assignee,{name}@example.org,,,,,,,"
    people.write_text(rows, "utf-8")
    assert incident("plan", "--apply", "--reason", "new people").code == 0
    ran = incident("ack", INFORMATION, "--by", "张三")
    assert ran.code == 1
    assert "a.justice-bureau, b.justice-bureau" in ran.err
    assert incident("ack", INFORMATION, "--by", "a.justice-bureau").code == 0


def test_a_stranger_hands_nothing_in_and_reopens_nothing(incident):
    ran = incident("done", INFORMATION, "--by", "薛文博")
    assert ran.code == 1
    assert "handing in is for the unit that owes it, whoever was asked" in ran.err
    incident("done", INFORMATION)
    assert "reopening is for" in incident("reopen", INFORMATION, "--reason", "x", "--by", "薛文博").err
    assert incident("show", INFORMATION, "--json").json["state"] == "done"


def test_done_before_the_clock_began_says_when_it_began(incident):
    ran = incident("done", INFORMATION, "--at", "2026-11-23T07:59")
    assert ran.code == 1
    assert "08:00" in ran.err
    assert "--at" in ran.err


def test_a_slip_in_an_id_does_not_act_as_the_office(incident):
    ran = incident("done", INFORMATION, "--by", "xue-wenbo.finance-bureua")
    assert ran.code == 1
    assert "Did you mean 薛文博 (xue-wenbo.finance-bureau)?" in ran.err
    assert incident("show", INFORMATION, "--json").json["state"] == "open"
    assert incident("done", INFORMATION, "--by", "a clerk at the desk").code == 0


CONFERENCE = "press-conference@fire-1/justice-bureau"


def test_several_deadlines_are_acknowledged_at_once(incident):
    ran = incident("ack", INFORMATION, CONFERENCE, INFORMATION, "--json")
    assert [each["id"] for each in ran.json] == [INFORMATION, CONFERENCE]
    assert incident("ack", INFORMATION, CONFERENCE).out.count("Acknowledged") == 2


def test_all_of_a_case_that_are_open_are_handed_in(incident):
    incident("done", INFORMATION)
    ran = incident("done", "--case", "fire-1", "--json")
    assert [each["id"] for each in ran.json] == [CONFERENCE]
    assert incident.row(CONFERENCE)["state"] == "done"


FOLLOW_UPS = """
[[obligation]]
id = "situation-report"
title = { zh-Hant = "續報", en = "Follow-up report" }
source = { clause = "emergency plan 4.3", checked = 2026-11-22 }
owed_by = "event.party"
starts_on = ["major-incident.published"]
rule = "every 12 hours while open"
policy = "hour-clock"
"""


def test_what_a_hand_in_of_the_same_case_has_ended_is_left_alone(alertd):
    text = (alertd.folder / "schedules" / "chapter-4.toml").read_text("utf-8")
    alertd.write("schedules/chapter-4.toml", text + FOLLOW_UPS)
    assert alertd("plan", "--apply", "--reason", "x").code == 0
    argv = (
        "event", "report", "major-incident", "--severity=major", "--subject", "fire-1",
        "--party", "justice-bureau", "--yes",
    )  # fmt: skip
    assert alertd(*argv, "--published", "2026-11-23T08:00").code == 0
    ran = alertd("done", INFORMATION, CONFERENCE, "situation-report@fire-1/justice-bureau")
    assert ran.code == 0, ran.err
    states = {row["id"]: row["state"] for row in alertd("list", "--case", "fire-1", "--json").json}
    assert "cancelled" in states.values()
    assert states[INFORMATION] == states[CONFERENCE] == "done"


def test_of_several_all_are_done_or_none(incident):
    ran = incident("done", INFORMATION, "press-conference@fire-1/no-such-unit")
    assert ran.code == 1
    assert incident.row(INFORMATION)["state"] == "open"


def states(alertd):
    return {row["id"]: row["state"] for row in alertd("list", "--case", "fire-1", "--json").json}


def test_every_act_on_a_case_is_done_to_all_of_its_deadlines_that_allow_it(incident):
    case, why = ("--case", "fire-1"), ("--reason", "x")
    for argv, state in (
        (("suspend", *case, *why), "suspended"),
        (("resume", *case, *why), "open"),
        (("restart", *case, *why, "--approver", "石若蘭"), "open"),
        (("done", *case), "done"),
        (("return", *case, *why), "returned"),
        (("done", *case), "done"),
        (("verify", *case), "verified"),
        (("reopen", *case, *why), "open"),
        (("waive", *case, *why, "--approver", "石若蘭"), "waived"),
    ):
        ran = incident(*argv)
        assert ran.code == 0, (argv, ran.err)
        assert states(incident) == {INFORMATION: state, CONFERENCE: state}, argv


def test_what_was_waived_or_called_off_is_not_opened_again_with_its_case(incident):
    assert incident("waive", INFORMATION, "--reason", "x", "--approver", "石若蘭").code == 0
    assert incident("done", CONFERENCE).code == 0
    assert incident("reopen", "--case", "fire-1", "--reason", "slip").code == 0
    assert states(incident) == {INFORMATION: "waived", CONFERENCE: "open"}


def test_a_case_goes_to_another_unit_whole_and_is_declined_whole(incident):
    asked = incident("decline", "ask", "--case", "fire-1", "--to", "water-bureau", "--reason", "theirs")
    assert asked.code == 0, asked.err
    assert incident("decline", "grant", INFORMATION, "--reason", "x").code == 0
    granted = incident("decline", "grant", "--case", "fire-1", "--reason", "so it is", "--json")
    assert [each["id"] for each in granted.json] == [CONFERENCE]  # of the other nobody asks any more
    assert [each["unit"] for each in granted.json] == ["water-bureau"]
    moved = incident("reassign", INFORMATION, CONFERENCE, "--to", "finance-bureau", "--reason", "after all")
    assert (moved.code, moved.out.count("Finance Bureau")) == (0, 2)


def test_more_time_for_a_case_is_asked_for_and_decided_at_once(incident):
    asked = ("extend", "ask", "--case", "fire-1", "--due", "2026-11-24T20:00", "--reason", "flood")
    assert incident(*asked).code == 0
    refused = incident("extend", "refuse", INFORMATION, "--reason", "no", "--approver", "石若蘭")
    assert refused.code == 0, refused.err
    granted = incident("extend", "grant", "--case", "fire-1", "--approver", "石若蘭", "--json")
    assert [each["id"] for each in granted.json] == [CONFERENCE]
    again = incident("extend", "grant", "--case", "fire-1", "--approver", "石若蘭")
    assert (again.code, "fire-1" in again.err) == (1, True)


def test_of_a_case_all_are_paused_or_none(incident):
    early = incident("suspend", "--case", "fire-1", "--at", "2026-11-23T07:00", "--reason", "x")
    assert early.code == 1
    ran = incident("suspend", INFORMATION, "press-conference@fire-1/no-such-unit", "--reason", "x")
    assert ran.code == 1
    assert set(states(incident).values()) == {"open"}


def test_without_a_deadline_and_without_a_case_one_is_asked_for(incident):
    assert "--case" in incident("ack").err
    assert incident("ack").code == 64
    ran = incident("ack", "--case", "fire-9")
    assert (ran.code, "fire-9" in ran.err) == (1, True)
