"""Calendars that are subscribed to: what stands in them, and that a real program takes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import text

from alertd.core.model import Register
from alertd.engine.operations import events, more_time
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode
from alertd.store import tables
from alertd.store.errors import StoreError
from tests.support.calendars import address_of, calendar, entries, own, the
from tests.support.khal import subscribed
from tests.support.pages import Pages, pages_of
from tests.support.play import Play
from tests.support.register import at
from tests.support.spoiling import put, spoil, told

REPORT = "yearly-report@2026/town-a"
INFORMATION = "incident-information@fire/town-a"


# ---------------------------------------------------------------- what stands in it


def test_a_limit_of_days_is_the_whole_last_day_and_alarms_when_the_office_opens(pages: Pages) -> None:
    event = the(calendar(pages, own(pages)), "Yearly report (2026)")
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 12, 30), date(2026, 12, 31))
    assert event["status"] == "CONFIRMED"
    midnight = at("2026-12-30")
    alarms = [midnight + alarm["trigger"].dt for alarm in event.walk("VALARM")]
    assert alarms == [at("2026-12-29T08:30"), at("2026-12-30T08:30")]


def test_a_limit_of_hours_is_its_instant_wherever_one_is(pages: Pages) -> None:
    event = the(calendar(pages, own(pages)), "Incident information")
    due = pages.play.row(INFORMATION).due
    assert event["dtstart"].dt == due.astimezone(UTC)
    assert "dtend" not in event
    alarms = [due + alarm["trigger"].dt for alarm in event.walk("VALARM")]
    assert alarms == [at("2026-12-17T12:00"), at("2026-12-17T14:00")]  # half of five hours; half an hour


def test_an_entry_opens_its_deadline_and_says_what_the_page_says(pages: Pages) -> None:
    play = pages.play
    event = the(calendar(pages, own(pages)), "Yearly report (2026)")
    number = play.row(REPORT).number
    assert str(event["url"]).endswith(f"/deadlines/{number}")
    assert f"Number: {number} ({REPORT})" in event["description"]
    assert "17:30" in event["description"]


def test_what_moves_keeps_its_id_and_counts_each_time(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    before = the(calendar(pages, path), "Yearly report (2026)")
    play.do(more_time.ask_extension, play.row(REPORT).number, date(2027, 1, 8), "flood", actor=Actor("ann"))
    play.do(more_time.grant_extension, play.row(REPORT).number, actor=Actor("gao"))
    play.go("2026-12-18T10:00")
    after = the(calendar(pages, path), "Yearly report (2026)")
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt > before["last-modified"].dt
    assert after["dtstart"].dt == date(2027, 1, 8)
    play.done(REPORT, by="ann")
    closed = the(calendar(pages, path), "Yearly report (2026)")
    assert closed["sequence"] > after["sequence"]
    assert closed["uid"] == before["uid"]
    assert "anded in" in closed["summary"]
    assert closed.walk("VALARM") == []


def test_messages_and_acknowledgements_count_nothing(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    before = pages.get(path)
    play.acknowledge(REPORT, "ann")
    play.go("2026-12-17T11:00")
    after = pages.get(path)
    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]


def test_a_false_alarm_stays_as_cancelled(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    before = the(calendar(pages, path), "Incident information")
    event = next(row.id for row in play.all(tables.events) if row.case_id == "fire")
    play.do(events.cancel, events.Cancel(event, "false alarm"), actor=Actor("gao"))
    after = the(calendar(pages, path), "Incident information")
    assert after["status"] == "CANCELLED"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.walk("VALARM") == []


def test_what_is_provisional_or_paused_says_so_and_is_tentative(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    play.do(more_time.suspend, play.row(INFORMATION).number, None, "audit", actor=Actor("gao"))
    event = the(calendar(pages, path), "Incident information")
    assert event["status"] == "TENTATIVE"
    assert "aused" in event["summary"]
    assert event.walk("VALARM") == []
    years = {2026: play.world.calendar.years[2026]}
    play.world = replace(play.world, calendar=type(play.world.calendar)(play.world.zone, years, "one year"))
    play.report("draft", "rules", received="2026-12-17T09:00")
    play.go("2026-12-17T12:00")
    drafts = the(calendar(pages, path), "Draft review")
    assert play.row("draft-review@rules/town-a").provisional
    assert drafts["status"] == "TENTATIVE"
    assert "provisional" in drafts["summary"]


def test_many_officers_of_a_unit_are_one_entry(pages: Pages) -> None:
    pages.sign_in("ann")
    path = address_of(pages, "unit", "town-a")
    event = the(calendar(pages, path), "Training (2026)")
    assert "2 officers" in event["summary"]
    assert event["dtstart"].dt == date(2026, 12, 31)


def test_a_drill_says_so(play: Play) -> None:
    play.world = replace(play.world, mode=Mode.REHEARSAL)
    pages = pages_of(play)
    answered = pages.get(own(pages))
    found = icalendar.Calendar.from_ical(answered.content)
    assert str(found["x-wr-calname"]).startswith("[DRILL] ")
    assert all(str(event["summary"]).startswith("[DRILL] ") for event in found.walk("VEVENT"))
    pages.client.close()


def test_a_calendar_is_about_one_unit_or_one_case(pages: Pages) -> None:
    pages.sign_in("gao")
    of_b = calendar(pages, address_of(pages, "unit", "town-b", "/calendar?unit=town-b"))
    assert all("town-b" in summary for summary in of_b)
    pages.sign_in("ann")
    of_case = calendar(pages, address_of(pages, "case", "fire", "/calendar?case=fire"))
    assert {"fire" in summary for summary in of_case} == {True}


def test_what_is_closed_leaves_after_a_quarter(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    play.done(REPORT, by="ann")
    play.go("2027-02-01T10:00")
    assert any("2026" in summary for summary in calendar(pages, path) if "Yearly report" in summary)
    play.go("2027-06-01T10:00")
    assert not any("2026" in summary for summary in calendar(pages, path) if "Yearly report" in summary)


# ---------------------------------------------------------------- a real client


def test_khal_reads_a_calendar_without_complaint_and_follows_what_moves(pages: Pages, tmp_path: Path) -> None:
    play = pages.play
    play.report("proposal", "p-1", due=date(2027, 1, 15), received="2026-12-17T09:00")
    play.go("2026-12-17T10:05")
    path = own(pages)
    content = pages.get(path).content
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "RFC 5545 section 3.1"
    lines = subscribed(tmp_path, content)
    assert len(lines) == len(entries(content))
    assert any(line.startswith("2026-12-17 14:30|") and "fire" in line for line in lines), lines
    assert any(line.startswith("2026-12-30|") and "Yearly report" in line for line in lines), lines
    play.do(more_time.ask_extension, play.row(REPORT).number, date(2027, 1, 8), "flood", actor=Actor("ann"))
    play.do(more_time.grant_extension, play.row(REPORT).number, actor=Actor("gao"))
    event = next(row.id for row in play.all(tables.events) if row.case_id == "fire")
    play.do(events.cancel, events.Cancel(event, "false alarm"), actor=Actor("gao"))
    again = subscribed(tmp_path, pages.get(path).content)
    assert any(line.startswith("2027-01-08|") and "Yearly report" in line for line in again), again
    assert not any(line.startswith("2026-12-30|") and "Yearly report" in line for line in again)
    assert any("fire" in line and "CANCELLED" in line for line in again), again
    assert len(again) == len(lines)


def test_what_stands_in_a_title_is_never_a_line_of_its_own(play: Play, tmp_path: Path) -> None:
    evil = 'Fire; at, Mill\\ "x" END:VEVENT ' + "長" * 90
    register = play.world.register
    duty = replace(register.obligations["yearly-report"], title={"en": evil, "zh-Hant": evil})
    changed: Register = replace(register, obligations={**register.obligations, duty.id: duty})
    play.world = replace(play.world, register=changed)
    pages = pages_of(play)
    content = pages.get(own(pages)).content
    event = the(entries(content), "(2026) (town-a)")
    assert evil in str(event["summary"])
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert any("END:VEVENT" in line for line in subscribed(tmp_path, content))
    pages.client.close()


# ---------------------------------------------------------------- what cannot be read


def test_what_cannot_be_read_is_an_entry_of_today_and_the_admin_hears_of_it_once(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    whole = calendar(pages, path)
    before = spoil(play, "deadlines", "last_day", REPORT)
    first = pages.get(path)
    found = entries(first.content)
    missing = the(found, "1 limit is missing in this calendar")
    assert missing["dtstart"].dt == play.now.astimezone(play.world.zone).date()
    assert REPORT in missing["description"]
    assert missing["status"] == "CONFIRMED"
    assert len(found) == len(whole), "the others are there"
    assert pages.get(path).content == first.content
    assert [(what, name) for what, name, _ in told(play)] == [("calendar", REPORT)]
    play.now += timedelta(days=1)
    later = the(calendar(pages, path), "1 limit is missing")
    assert (later["uid"], later["sequence"]) == (missing["uid"], missing["sequence"] + 1)
    put(play, "deadlines", "last_day", REPORT, before)
    assert set(calendar(pages, path)) == set(whole)


def test_a_history_that_cannot_be_read_takes_its_entry_only(pages: Pages) -> None:
    play = pages.play
    path = own(pages)
    play.done(REPORT, by="ann")
    whole = calendar(pages, path)
    number = play.row(REPORT).number
    with play.store.write() as tx:
        tx.execute(text("update audit set detail = '{' where deadline = :d"), {"d": number})
    found = calendar(pages, path)
    assert REPORT in the(found, "1 limit is missing")["description"]
    assert len(found) == len(whole)
    assert {what for what, _, _ in told(play)} == {"calendar"}


def test_a_calendar_of_which_nothing_can_be_read_says_so_and_is_not_gone(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("gao")
    path = address_of(pages, "case", "fire", "/calendar?case=fire")
    names = [row.id for row in play.all(tables.deadlines) if row.case_id == "fire"]
    for name in names:
        spoil(play, "deadlines", "due", name, "soon")
    found = calendar(pages, path)
    assert len(found) == 1
    description = str(next(iter(found.values()))["description"])
    assert all(name in description for name in names)


def test_a_store_that_takes_no_word_of_it_gives_the_calendar_all_the_same(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own(pages)
    spoil(pages.play, "deadlines", "last_day", REPORT)

    def away(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("alertd.engine.operations.calendars.guard.tell", away)
    assert "1 limit is missing" in str(sorted(calendar(pages, path)))


# ---------------------------------------------------------------- asking again


def test_whoever_asks_again_is_told_that_nothing_changed(pages: Pages) -> None:
    path = own(pages)
    first = pages.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    pages.play.now += timedelta(minutes=5)
    again = pages.get(path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    weak = pages.get(path, **{"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert weak.status_code == 304
    pages.play.done(REPORT, by="ann")
    assert pages.get(path, **{"If-None-Match": first.headers["etag"]}).status_code == 200
