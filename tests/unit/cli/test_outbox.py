"""`alertd outbox`: what was sent, what waits, and what one message said."""

import re

import pytest

from alertd.messages.wrap import columns
from alertd.transports.base import Outcome, Result
from tests.support.installed import installation
from tests.support.play import ACCEPTED, Play

KEYS = {
    "id", "deadlines", "person", "channel", "state", "subject", "not_before", "attempts", "message_id",
    "last_receipt",
}  # fmt: skip
NOW = "2026-11-23T09:00:00+08:00"


def play(program):
    """The daemon's work on the store of `program`, now."""
    found = installation(program.folder)
    store = found.open_store(upgrade=False)
    return Play(store, found.ruling(store, program.clock.now()), NOW)


@pytest.fixture
def fired(incident):
    """The incident's first reminders wait in the outbox."""
    daemon = play(incident)
    daemon.fire()
    yield incident
    daemon.store.close()


@pytest.fixture
def sent(fired):
    """... and were delivered to the inbox."""
    daemon = play(fired)
    daemon.deliver()
    daemon.store.close()
    return fired


def test_json_lists_deliveries_with_their_deadlines_and_last_receipt(sent):
    rows = sent("outbox", "--json").json
    assert rows
    assert all(set(row) == KEYS for row in rows)
    told = next(row for row in rows if row["deadlines"])
    assert set(told["deadlines"]) == {
        "incident-information@fire-1/justice-bureau",
        "press-conference@fire-1/justice-bureau",
    }
    assert (told["state"], told["attempts"], told["not_before"]) == ("accepted", 1, None)
    assert told["last_receipt"]["result"] == "accepted"
    assert told["last_receipt"]["at"] == NOW
    assert int(told["id"], 16)
    assert told["message_id"].startswith(told["id"] + "@")


def test_on_a_terminal_the_list_says_how_to_read_one_message_and_what_it_left_out(sent):
    sent.answer = ""
    assert "To read one: alertd outbox ID" in sent("outbox").out
    assert "older" not in sent("outbox").out
    assert "Older messages: alertd outbox --limit 2" in sent("outbox", "--limit", "1").out


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_at_eighty_columns_no_id_and_no_date_of_the_list_is_broken(fired, monkeypatch, language):
    monkeypatch.setenv("COLUMNS", "80")
    fired.replace("config.toml", 'language = "en"', f'language = "{language}"')
    fired.environ["ALERTD_LANGUAGE"] = language
    ids = [row["id"] for row in fired("outbox", "--json").json]
    fired.answer = ""
    lines = re.sub(r"\x1b\[[\d;]*m", "", fired("outbox").out).splitlines()
    assert max(map(columns, lines)) <= 80
    for identity in ids:
        (line,) = [line for line in lines if identity in line]
        assert ("11月23日(星期一)" if language == "zh-Hant" else "Mon 23 Nov") in line


def test_what_waits_has_the_subject_that_it_would_leave_with(fired):
    rows = fired("outbox", "--json").json
    assert {row["state"] for row in rows} == {"waiting"}
    subjects = {row["subject"] for row in rows}
    assert all(subject.startswith("[DRILL]") and "fire-1" in subject for subject in subjects)
    said = "".join(fired("outbox").out.split())
    assert all("".join(subject.split()) in said for subject in subjects)
    daemon = play(fired)
    daemon.deliver()
    daemon.store.close()
    assert {row["subject"] for row in fired("outbox", "--json").json} == subjects


def test_the_state_of_a_message_that_no_receipt_explains_is_said_in_words(fired):
    fired.replace("config.toml", 'language = "en"', 'language = "zh-Hant"')
    fired.environ["ALERTD_LANGUAGE"] = "zh-Hant"
    fired.spoil("deliveries", "state", None, "refused")
    said = fired("doctor").out
    assert "標為「對方拒收」，但沒有相應回執" in said
    assert "refused" not in said


def test_what_waits_says_until_when(fired):
    rows = fired("outbox", "--state", "waiting", "--json").json
    assert rows
    assert {row["not_before"] for row in rows} == {NOW}
    assert {row["last_receipt"] for row in rows} == {None}
    assert fired("outbox", "--state", "accepted", "--json").json == []


def test_the_newest_comes_first_and_there_are_no_more_than_asked_for(sent):
    rows = sent("outbox", "--json").json
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert sent("outbox", "--limit", "2", "--json").json == rows[:2]


def test_a_person_and_a_channel_narrow_it(sent):
    rows = sent("outbox", "--json").json
    person = rows[0]["person"]
    assert {row["person"] for row in sent("outbox", "--person", person, "--json").json} == {person}
    assert sent("outbox", "--channel", "inbox", "--json").json == rows
    assert sent("outbox", "--channel", "email", "--json").json == []


def test_the_table_says_who_what_and_that_it_is_a_drill(sent):
    out = sent("outbox").out
    assert "(Justice Bureau)" in out
    assert "sent, drill" in out
    assert "[DRILL]" in out


def test_one_message_is_shown_with_its_text_and_receipts(sent):
    row = next(row for row in sent("outbox", "--json").json if row["deadlines"])
    ran = sent("outbox", row["id"])
    assert ran.code == 0
    assert "This is a drill." in ran.out
    assert "Attempt 1, Mon 23 Nov 2026 09:00: sent" in ran.out
    shown = sent("outbox", row["id"], "--json").json
    assert shown.items() >= row.items()
    assert "This is a drill." in shown["text"]
    assert [receipt["result"] for receipt in shown["receipts"]] == ["accepted"]


def test_a_message_that_waits_is_shown_as_it_would_leave_now(fired):
    row = fired("outbox", "--json").json[0]
    assert "This is a drill." in fired("outbox", row["id"], "--json").json["text"]


def test_the_answer_of_a_server_that_refused_is_shown(fired):
    daemon = play(fired)
    refused = Outcome(Result.REFUSED, "550", "no such user")
    daemon.deliver(lambda parcel: refused if parcel.row.template == "message" else ACCEPTED)
    daemon.store.close()
    row = fired("outbox", "--state", "refused", "--json").json[0]
    assert (
        row["last_receipt"].items() >= {"result": "refused", "code": "550", "detail": "no such user"}.items()
    )
    assert "refused by the other side (550 no such user)" in fired("outbox", row["id"]).out


@pytest.mark.parametrize("name", ["ca95dc9c5cc155d", "not-hex", "99999999999999999999999"])
def test_a_message_that_is_not_there_is_said(sent, name):
    ran = sent("outbox", name)
    assert (ran.code, ran.out) == (1, "")
    assert f"There is no message {name}." in ran.err


def test_looking_makes_no_store(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    assert alertd("outbox", "--json").json == []
    assert "Nothing was stored yet" in alertd("outbox").out
    assert not list((alertd.folder / "var").iterdir())


# ---------------------------------------------------------------- alertd resend


@pytest.fixture
def refused(fired):
    """Every message to an official was refused."""
    daemon = play(fired)
    limited = Outcome(Result.REFUSED, "550", "connection frequency limited")
    daemon.deliver(lambda parcel: limited if parcel.row.template == "message" else ACCEPTED)
    daemon.store.close()
    return fired


def ids(program, state):
    return [row["id"] for row in program("outbox", "--state", state, "--json").json]


def test_a_message_that_was_refused_leaves_again(refused):
    first, *others = ids(refused, "refused")
    ran = refused("resend", first)
    assert (ran.code, ran.err) == (0, "")
    assert "1 message leaves again" in ran.out
    assert ids(refused, "refused") == others
    daemon = play(refused)
    sent = [f"{parcel.row.id:x}" for parcel in daemon.deliver()]
    daemon.store.close()
    assert first in sent


@pytest.mark.parametrize("name", ["ca95dc9c5cc155d", "not-hex"])
def test_a_number_that_no_message_has_is_said(refused, name):
    before = ids(refused, "refused")
    ran = refused("resend", before[0], name)
    assert ran.code == 1
    assert name in ran.err
    assert ids(refused, "refused") == before


def test_a_channel_that_is_not_there_is_said_with_those_that_are(refused):
    ran = refused("resend", "--channel", "emial")
    assert ran.code == 1
    assert "emial" in ran.err
    assert "email" in ran.err


def test_without_numbers_and_with_nothing_refused_for_real_it_says_so(refused):
    """Drills are owed to nobody."""
    ran = refused("resend", "--since", "2026-11-01")
    assert ran.code == 1
    assert "No message was refused" in ran.err
