"""`alertd silence`, `end-silence` and `overrides`."""

from __future__ import annotations

REPORT = "rule-of-law-report@2026/town-donghe"
INFORMATION = "incident-information@fire-1/justice-bureau"


def test_reminders_are_held_until_a_day_and_go_on_at_somebodys_word(alertd):
    assert alertd("overrides").out.strip() == "Nothing rules over the files: no silence."
    ran = alertd("silence", REPORT, "--until", "2026-12-04", "--reason", "agreed")
    assert ran.code == 0, ran.err
    assert "until Fri 4 Dec" in ran.out
    out = alertd("overrides").out
    assert "silence" in out
    assert "agreed" in out
    (one,) = alertd("overrides", "--json").json
    assert (one["kind"], one["about"], one["name"], one["held"]) == ("silence", "deadline", REPORT, 0)
    assert one["ends_at"] == "2026-12-05T00:00:00+08:00"
    assert "agreed" in alertd("show", REPORT).out
    assert alertd("show", REPORT, "--json").json["silent_until"] == "2026-12-05T00:00:00+08:00"
    assert "1 entry rules over the files" in alertd("doctor").out
    assert alertd("end-silence", REPORT).code == 0
    assert alertd("overrides", "--json").json == []
    assert alertd("show", REPORT, "--json").json["silent_until"] is None
    again = alertd("end-silence", REPORT)
    assert (again.code, "nothing to end" in again.err) == (1, True)


def test_without_a_reason_or_beyond_thirty_days_nothing_is_silent(alertd):
    assert alertd("silence", REPORT, "--until", "2026-12-04").code == 1
    ran = alertd("silence", REPORT, "--until", "2027-12-04", "--reason", "agreed")
    assert (ran.code, "30 days" in ran.err) == (1, True)
    assert alertd("overrides", "--json").json == []


def test_hours_are_never_silent(incident):
    ran = incident("silence", INFORMATION, "--until", "2026-12-04", "--reason", "agreed")
    assert (ran.code, "counts hours" in ran.err) == (1, True)
