"""The same instant gives the same bulletin, byte for byte, whatever is done to the city afterwards."""

from __future__ import annotations

import json

import pytest

from alertd.engine.deadlines import closing as ending
from alertd.messages.catalogue import Catalogue
from tests.support.program import Program

REPORT = "rule-of-law-report"
DECEMBER = ("bulletin", "--from", "2026-12-01", "--to", "2026-12-31")
AS_OF = "2027-01-05T09:00"
SHAPES = ("csv", "html", "json", "xlsx")
FIRE = (
    "event", "report", "major-incident", "--severity=major", "--subject", "fire-1",
    "--party", "justice-bureau", "--id", "e1",
)  # fmt: skip
AHEAD = ("event", "report", "submitted-for-deliberation", "--subject")
REVIEW = ("event", "report", "review-requested", "--subject", "draft-1", "--party", "finance-bureau")


def of(unit: str) -> str:
    return f"{REPORT}@2026/{unit}"


def do(alertd: Program, *argv: object) -> str:
    ran = alertd(*argv)
    assert ran.code == 0, (argv, ran.err)
    return ran.out


def bulletins(alertd: Program) -> dict[str, bytes]:
    """The December issue in every shape."""
    found = {}
    for shape in SHAPES:
        name = f"issue.{shape}"
        do(alertd, *DECEMBER, "--as-of", AS_OF, "--format", shape, "--out", name)
        found[shape] = (alertd.folder / name).read_bytes()
    return found


@pytest.fixture
def issued(alertd: Program) -> Program:
    """5 January 2027: reports handed in, late, returned, extended; hours, rates, a case, a shut gate."""
    do(alertd, "extend", "ask", of("town-liuan"), "--due", "2027-01-15", "--reason", "水災")
    do(alertd, "extend", "grant", of("town-liuan"), "--approver", "石若蘭")
    do(alertd, "rate", "set", "enforcement-recording", "water-bureau", "0", "0", "--on", "2026-11-20")
    do(alertd, *REVIEW, "--at", "2026-11-20", "--yes")
    alertd.at("2026-12-01T09:00:00+08:00")
    do(alertd, *AHEAD, "draft-1", "--party", "finance-bureau", "--yes")
    alertd.at("2026-12-20T10:00:00+08:00")
    do(alertd, *FIRE, "--published", "2026-12-20T08:00", "--yes")
    for unit in ("finance-bureau", "audit-bureau", "justice-bureau"):
        do(alertd, "done", of(unit))
    do(alertd, "return", of("audit-bureau"), "--reason", "佐證材料不全")
    alertd.at("2027-01-04T10:00:00+08:00")
    do(alertd, "done", of("approval-bureau"), "--reason", "漏辦")
    do(alertd, "progress", "add", "officer-training", "jd-0001", "8", "--on", "2026-12-28")
    alertd.at("2027-01-05T09:00:00+08:00")
    return alertd


def do_everything(alertd: Program) -> None:
    """Each act that could change a figure, a name or a word of the December issue."""
    alertd.at("2027-01-06T09:00:00+08:00")
    do(alertd, "done", of("town-donghe"), "--at", "2026-12-29T09:00", "--reason", "漏登記")
    do(alertd, "reopen", of("justice-bureau"), "--reason", "slip")
    do(alertd, "verify", of("finance-bureau"))
    do(alertd, "return", of("approval-bureau"), "--reason", "again", "--due", "2027-01-20")
    do(alertd, "done", of("audit-bureau"), "--at", "2026-12-30T09:00")
    do(alertd, "waive", of("town-qinghe"), "--reason", "merged", "--approver", "石若蘭")
    do(alertd, "reassign", of("transport-bureau"), "--to", "water-bureau", "--reason", "not theirs")
    do(alertd, "suspend", of("town-liuan"), "--reason", "hearing")
    alertd.at("2027-01-08T09:00:00+08:00")
    do(alertd, "resume", of("town-liuan"))
    do(alertd, "event", "correct", "e1", "--published", "2026-12-20T06:00", "--reason", "slip", "--yes")
    do(alertd, "event", "cancel", "e1", "--reason", "false alarm", "--yes")
    do(alertd, *REVIEW[:4], "draft-2", *REVIEW[5:], "--at", "2026-12-02", "--yes")  # a late entry
    do(alertd, *AHEAD, "draft-2", "--party", "finance-bureau", "--at", "2026-12-10T10:00", "--yes")
    do(alertd, "progress", "add", "officer-training", "jd-0003", "8", "--on", "2026-12-01")
    do(alertd, "progress", "add", "officer-training", "jd-0001", "-8", "--on", "2026-12-28")
    do(alertd, "rate", "set", "legal-reviewers-share", "water-bureau", "9", "100", "--on", "2026-12-20")
    change_files(alertd)


def change_files(alertd: Program) -> None:
    """Rename units, a duty and its title; let an officer move; soften a limit; let a duty end."""
    alertd.replace("schedules/directory.toml", "Finance Bureau", "Bureau of Finance")
    alertd.replace("schedules/chapter-7.toml", "Yearly report on law-based government", "Law report")
    alertd.replace("schedules/chapter-7.toml", '[[obligation]]\nid = "reports-heard"',
                   '[[obligation]]\nid = "hearings"\nwas = ["reports-heard"]\nsoft = ["due"]')  # fmt: skip
    alertd.replace("schedules/chapter-7.toml", 'clause = "§31"', 'clause = "§31b"')
    alertd.replace("schedules/gates.toml", 'title = { zh-Hant = "', 'title = { zh-Hant = "新')
    alertd.replace(
        "schedules/roster.csv", "尹慧敏,public-security-bureau,2018-03-01,", "尹慧敏,water-bureau,2018-03-01,"
    )
    alertd.replace("schedules/chapter-4.toml", 'plan = "2020"', 'plan = "2020"\nvalid_to = 2026-12-31')
    do(alertd, "plan", "--apply", "--reason", "new files")
    alertd.at("2027-01-12T09:00:00+08:00")
    do(alertd, "plan", "--apply", "--reason", "daily")


def test_the_issue_before_is_compared_as_it_was_and_units_are_ranked_where_asked_for(issued):
    then = json.loads(bulletins(issued)["json"])
    do_everything(issued)
    asked = ("bulletin", "--from", "2027-01-01", "--to", "2027-01-31", "--previous", AS_OF, "--json")
    made = issued(*asked).json
    before = made["before"]
    assert (before["from"], before["to"], before["as_of"][:16]) == ("2026-12-01", "2026-12-31", AS_OF)
    rates = {each["unit"]: each["on_time_rate"] for each in then["units"]}
    late = {each["unit"]: each["open_late"] + each["earlier"] for each in then["units"]}
    compared = {each["unit"]: each for each in before["units"] if each["unit"]}
    assert {unit: each["on_time_rate_before"] for unit, each in compared.items() if unit in rates} == rates
    assert {unit: each["late_before"] for unit, each in compared.items() if unit in late} == late
    assert made["ranking"] == []
    ranking = issued(*DECEMBER, "--as-of", AS_OF, "--ranking", "--json").json["ranking"]
    assert {each["unit"]: each["on_time_rate"] for each in ranking} == {
        unit: rate for unit, rate in rates.items() if unit and rate is not None
    }


def test_the_same_instant_gives_the_same_bytes_whatever_is_done_afterwards(issued):
    then = bulletins(issued)
    do_everything(issued)
    now = bulletins(issued)
    assert [shape for shape in SHAPES if now[shape] != then[shape]] == []
    assert issued(*DECEMBER, "--json").out != then["json"].decode()


def test_what_was_done_afterwards_stands_in_the_next_issue_as_corrections(issued):
    do_everything(issued)
    january = issued(
        "bulletin", "--from", "2027-01-01", "--to", "2027-01-31", "--previous", AS_OF, "--json"
    ).json
    found = {
        each["id"]: (each["before"]["outcome"], each["after"]["outcome"]) for each in january["corrections"]
    }
    assert found[of("town-donghe")] == ("open-late", "on-time")
    assert found[of("justice-bureau")] == ("on-time", "open-late")
    assert found[of("audit-bureau")] == ("open-late", "on-time")
    assert found[of("town-qinghe")] == ("open-late", "waived")
    assert found[of("transport-bureau")][1] == "open-late"
    assert of("finance-bureau") not in found
    breaches = {(each["about"], each["version"], each["late_entry"]) for each in january["breaches"]}
    assert ("draft-2", 1, True) in breaches
    assert ("draft-1", 1, True) not in breaches  # it stood in the issue of December


def test_a_duty_renamed_in_mid_period_wants_no_figures_it_did_not_want_before(alertd):
    alertd.at("2026-12-21T09:00:00+08:00")
    as_of = ("--as-of", "2026-12-20T12:00", "--json")
    before = alertd(*DECEMBER, *as_of)
    water = next(unit for unit in before.json["units"] if unit["unit"] == "water-bureau")
    recording = 'id = "enforcement-recording"'
    alertd.replace("schedules/chapter-4.toml", recording, 'id = "recording"\nwas = ["enforcement-recording"]')
    do(alertd, "plan", "--apply", "--reason", "renamed")
    assert alertd.row("enforcement-recording@2026/water-bureau")["obligation"] == "recording"
    assert alertd(*DECEMBER, *as_of).out == before.out
    now = next(unit for unit in alertd(*DECEMBER, "--json").json["units"] if unit["unit"] == "water-bureau")
    assert now["no_figures"] == water["no_figures"] > 0


def test_nought_of_nought_is_a_figure_and_so_is_any_fraction(alertd):
    def silent() -> int:
        units = alertd(*DECEMBER, "--json").json["units"]
        return int(next(unit["no_figures"] for unit in units if unit["unit"] == "water-bureau"))

    alertd.at("2026-12-21T09:00:00+08:00")
    found = [silent()]
    for duty in ("enforcement-recording", "legal-reviewers-share"):
        alertd.at("2026-12-22T09:00:00+08:00")
        do(alertd, "rate", "set", duty, "water-bureau", "0", "0", "--on", "2026-12-21")
        found.append(silent())
    assert found == [found[0], found[0] - 1, found[0] - 2]
    assert alertd.row("enforcement-recording@2026/water-bureau")["standing"] == "not-applicable"


def test_what_was_done_against_a_rule_is_listed_with_who_and_by_which_clause(alertd):
    def report(kind: str, case: str, *more: str) -> None:
        do(alertd, "event", "report", kind, "--subject", case, "--party", "justice-bureau", *more, "--yes")

    report("review-requested", "draft-1")
    report("decision-review-requested", "decision-1")
    report("reconsideration-accepted", "appeal-1", "--due", "2027-01-20")
    alertd.at("2026-11-24T09:00:00+08:00")
    report("submitted-for-deliberation", "draft-1")
    report("decision-review-opinion-issued", "decision-1", "--result", "passed")
    report("reconsideration-decided", "appeal-1")
    found = alertd("bulletin", "--from", "2026-11-01", "--to", "2026-11-30", "--json").json["breaches"]
    assert [(each["kind"], each["about"], each["clause"]) for each in found] == [
        ("gate", "draft-1", "§9"),
        ("early", "decision-1", "§13"),
        ("shortfall", "appeal-1", "§26"),
    ]
    assert {name for each in found for name in each["units"]} == {"Justice Bureau"}
    said = alertd("bulletin", "--from", "2026-11-01", "--to", "2026-11-30").out
    assert "fewer than the minimum when the case closed" in said


def test_every_kind_of_breach_has_words_in_the_bulletin():
    kinds = {"gate", "early", *(getattr(ending, name) for name in ("MISSED", "SHORTFALL"))}
    for language in ("en", "zh-Hant"):
        assert [kind for kind in kinds if f"bulletin.breach.{kind}" not in Catalogue(language)] == []
