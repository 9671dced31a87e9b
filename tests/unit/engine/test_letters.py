"""A mail that is written back does what it says, for whoever the message was for and for nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.model import State
from alertd.engine.ruling.signing_keys import change_keys, signing_key
from alertd.engine.sending.letters import Taken, take_in
from alertd.mailin.reading import read
from alertd.messages.catalogue import Catalogue
from alertd.store import evidence, tables
from tests.support.play import Play
from tests.support.register import at, obligation, tiny_register, with_person
from tests.support.replies import BOUNCES, MAIL_IN, reply

INCIDENT = "incident-information@fire/town-a"
MAIL = {"channels": ("email",), "transports": {"email": "email", "inbox": "inbox"}, **MAIL_IN}
ANN = "ann@example.org"


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-05T02:00", **MAIL)
    begun.store.transact(signing_key)
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.go("2026-12-05T02:00")
    return begun


def message_to(play: Play, person: str):
    return next(p.message for p in reversed(play.sent) if p.row.person == person)


def answered(play: Play, text: str, by: str = ANN, person: str = "ann", **more) -> Taken:
    raw = reply(message_to(play, person).reply_to, text, by, **more)
    return play.do(take_in, read(raw))


def told(play: Play, person: str = "ann") -> list[str]:
    return [r.payload["topic"] for r in play.deliveries_to(person) if r.template == "told"]


def audited(play: Play, action: str):
    return [row for row in play.all(tables.audit) if row.action == action]


def test_every_mail_has_an_address_of_its_own_for_answers_and_one_to_come_back_to(play: Play) -> None:
    mails = [parcel.message for parcel in play.sent if parcel.message is not None]
    assert all(mail.reply_to.startswith("alertd+") and mail.sender.startswith("bounce+") for mail in mails)
    addresses = [address for mail in mails for address in (mail.reply_to, mail.sender)]
    assert len(set(addresses)) == len(addresses)
    assert all(len(address.rpartition("@")[0]) <= 64 for address in addresses)


def test_the_mail_says_how_to_answer(play: Play) -> None:
    words = Catalogue("en")
    text = " ".join(message_to(play, "ann").text.split())
    assert words.say("reply.mail").strip() in text
    assert words.say("text.footer-no-reply") not in text


def test_without_the_table_a_mail_has_neither(begin) -> None:
    play = begin("2026-12-05T02:00", channels=("email",), transports={"email": "email", "inbox": "inbox"})
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    mail = message_to(play, "ann")
    assert (mail.reply_to, mail.sender) == ("", "")


def test_received_acknowledges_for_the_person(play: Play) -> None:
    assert answered(play, "收到") is Taken.DONE
    row = audited(play, "acknowledged")[-1]
    assert (row.actor, row.account) == ("ann", f"email:{ANN}")
    assert play.row(INCIDENT).acknowledged_until is not None
    assert told(play) == []


def test_done_hands_in_with_what_is_written_behind_it_and_its_files(play: Play) -> None:
    files = {"report.pdf": b"%PDF-1.7", "../../photo.jpg": b"jpg"}
    assert answered(play, "已报，死亡0人\n道路恢复", files=files) is Taken.DONE
    row = play.row(INCIDENT)
    assert row.state == State.DONE
    assert "死亡0人 道路恢复" in str(audited(play, "done")[-1].detail)
    with play.store.read() as tx:
        assert {kept.name for kept in evidence.of_deadline(tx, row.number)} == {"report.pdf", "photo.jpg"}


def test_a_long_text_is_kept_whole_as_a_file(play: Play) -> None:
    assert answered(play, "done\n" + "what happened " * 200) is Taken.DONE
    number = play.row(INCIDENT).number
    with play.store.read() as tx:
        (kept,) = evidence.of_deadline(tx, number)
    assert kept.name == "mail.txt"
    assert kept.size > 1000


def test_it_was_handed_in_when_the_mail_arrived(play: Play) -> None:
    play.now += timedelta(hours=7)  # the limit is over by now; the mailbox was away
    assert answered(play, "done", arrived=at("2026-12-05T04:30")) is Taken.DONE
    row = play.row(INCIDENT)
    assert (row.done_at, row.breach) == (at("2026-12-05T04:30"), "")


@pytest.mark.parametrize("arrived", ["2026-12-05T01:00", "2027-01-01T00:00"])
def test_a_time_that_cannot_be_does_not_count(play: Play, arrived: str) -> None:
    assert answered(play, "done", arrived=at(arrived)) is Taken.DONE
    assert play.row(INCIDENT).done_at == play.now


def test_anything_else_is_kept_and_its_writer_told_what_to_write_once(play: Play) -> None:
    assert answered(play, "这不归我们管") is Taken.KEPT
    assert answered(play, "真的不归我们管") is Taken.KEPT
    assert play.row(INCIDENT).state == State.OPEN
    assert [row.detail["reason"] for row in audited(play, "wrote")] == ["这不归我们管", "真的不归我们管"]
    assert told(play) == ["answer-unclear"]


def test_the_answer_to_what_was_not_understood_counts_for_the_first_message(play: Play) -> None:
    answered(play, "what?")
    first = message_to(play, "ann")
    play.go("2026-12-05T02:02")
    second = message_to(play, "ann")
    assert second.delivery != first.delivery
    assert second.reply_to == first.reply_to
    assert answered(play, "done") is Taken.DONE
    assert play.row(INCIDENT).state == State.DONE


@pytest.mark.parametrize("how", [{"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_what_no_person_wrote_never_counts_and_is_never_answered(play: Play, how: dict[str, str]) -> None:
    before = len(play.all(tables.deliveries))
    assert answered(play, "收到", headers=how) is Taken.PASSED_OVER
    assert play.row(INCIDENT).acknowledged_until is None
    assert len(play.all(tables.deliveries)) == before


@pytest.mark.parametrize("sender", ["mallory@example.org", "bob@example.org", "nobody"])
def test_from_another_address_it_is_kept_and_the_office_hears(play: Play, sender: str) -> None:
    assert answered(play, "done", by=sender) is Taken.KEPT
    assert play.row(INCIDENT).state == State.OPEN
    assert audited(play, "wrote-elsewhere")
    assert "written-elsewhere" in play.admin_topics()
    assert told(play) == []


def test_an_address_that_has_passed_on_acts_for_nobody(play: Play) -> None:
    raw = reply(message_to(play, "ann").reply_to, "done", ANN)
    moved = with_person(tiny_register(), "ann", email="ann.new@example.org")
    play.world = replace(play.world, register=moved)
    assert play.do(take_in, read(raw)) is Taken.KEPT
    assert play.row(INCIDENT).state == State.OPEN


def test_capitals_that_a_server_or_a_person_writes_do_no_harm(play: Play) -> None:
    raw = reply(message_to(play, "ann").reply_to.upper(), "done", "Ann@Example.ORG")
    assert play.do(take_in, read(raw)) is Taken.DONE


def test_the_same_mail_twice_does_nothing_twice(play: Play) -> None:
    raw = read(reply(message_to(play, "ann").reply_to, "done", ANN))
    assert [play.do(take_in, raw) for _ in range(2)] == [Taken.DONE, Taken.DONE]
    assert len(audited(play, "done")) == 1


def test_done_after_somebody_else_handed_it_in_is_kept_and_said(play: Play) -> None:
    play.done(INCIDENT)
    assert answered(play, "done") is Taken.KEPT
    assert told(play) == ["answer-refused"]


@pytest.mark.parametrize("change", ["one-letter", "other-delivery", "other-purpose", "no-token", "old-keys"])
def test_an_address_that_is_none_of_ours_does_nothing(play: Play, change: str) -> None:
    to = message_to(play, "ann").reply_to
    token = to.partition("+")[2].partition("@")[0]
    other = message_to(play, "bea" if any(p.row.person == "bea" for p in play.sent) else "ann")
    if change == "old-keys":
        play.store.transact(change_keys)
        play.store.transact(change_keys)
    forged = {
        "one-letter": to.replace(token, token[:-1] + ("a" if token[-1] != "a" else "b")),
        "other-delivery": to.replace(token.partition("-")[0], "aaaaaaaaaaaaa"),
        "other-purpose": other.sender.replace("bounce+", "alertd+"),
        "no-token": "alertd@gov.example",
        "old-keys": to,
    }[change]
    assert play.do(take_in, read(reply(forged, "done", ANN))) is Taken.UNKNOWN
    assert play.row(INCIDENT).state == State.OPEN


def test_an_address_signed_before_the_last_change_of_keys_still_serves(play: Play) -> None:
    play.store.transact(change_keys)
    assert answered(play, "done") is Taken.DONE


def test_a_mail_to_the_address_for_what_came_back_is_no_answer(play: Play) -> None:
    raw = reply(message_to(play, "ann").sender, "done", ANN)
    assert play.do(take_in, read(raw)) is Taken.UNKNOWN
    assert BOUNCES.partition("+")[0] in message_to(play, "ann").sender


def test_mails_to_the_admin_have_no_such_address(play: Play) -> None:
    answered(play, "done", by="mallory@example.org")
    play.go("2026-12-05T03:00")
    mail = message_to(play, "admin")
    assert (mail.reply_to, mail.sender) == ("", "")


@pytest.fixture
def several(begin) -> Play:
    """One mail about two deadlines of Ann's unit: two duties of the same kind that fall on one day."""
    both = {
        name: obligation(name, "yearly by 12-30", "yearly", "unit:town-a") for name in ("first", "second")
    }
    play: Play = begin("2026-12-01T10:00", replace(tiny_register(), obligations=both), **MAIL)
    play.store.transact(signing_key)
    play.plan()
    play.go("2026-12-23T12:00")
    return play


def test_of_several_deadlines_the_ones_that_are_named_are_handed_in(several: Play) -> None:
    first, second = (several.row(f"{name}@2026/town-a") for name in ("first", "second"))
    assert {notice.deadline for notice in _parcel(several).notices} == {first.number, second.number}
    assert answered(several, "已报") is Taken.KEPT
    assert told(several) == ["answer-which"]
    assert answered(several, "已报 #999999") is Taken.KEPT
    assert answered(several, f"已报 #{second.number}") is Taken.DONE
    states = [several.row(row.id).state for row in (first, second)]
    assert states == [State.OPEN, State.DONE]


def test_all_of_several_deadlines_are_handed_in_at_one_word(several: Play) -> None:
    assert answered(several, "已报 全部") is Taken.DONE
    assert {several.row(f"{name}@2026/town-a").state for name in ("first", "second")} == {State.DONE}


def test_received_is_said_of_all_deadlines_of_a_mail(several: Play) -> None:
    assert answered(several, "收到") is Taken.DONE
    assert all(several.row(f"{name}@2026/town-a").acknowledged_until for name in ("first", "second"))


def _parcel(play: Play):
    return next(p for p in reversed(play.sent) if p.row.person == "ann" and len(p.notices) > 1)
