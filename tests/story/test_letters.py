"""A mail says what, by when and what to do; it answers what was really sent, and says how to answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from alertd.engine.operations.more_time import ask_extension
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode
from alertd.engine.sending.composing import Parcel
from alertd.store.database import memory_store
from alertd.transports.base import Outcome, Result
from alertd.transports.email.addresses import Mailbox
from alertd.transports.email.mime import MailWriter
from tests.support.play import ACCEPTED, Play
from tests.support.register import at, live_channels, only, tiny_register, with_person, world

INCIDENT = "incident-information@fire/town-a"
MAIL: dict[str, Any] = {
    "channels": ("email", "telegram"),
    "transports": {"email": "email", "telegram": "telegram", "inbox": "inbox"},
}
WRITER = MailWriter(Mailbox("", "alertd@example.org"))
Begin = Callable[..., Play]


@pytest.fixture
def city() -> Iterator[Begin]:
    stores = []

    def begin(now: str = "2026-12-05T02:00", register: Any = None, **changes: Any) -> Play:
        stores.append(memory_store())
        return Play(stores[-1], world(register, **(MAIL | changes)), now)

    yield begin
    for store in stores:
        store.close()


def fire(city: Begin, **changes: Any) -> Play:
    play = city(**changes)
    play.report("incident", "fire", published="2026-12-05T02:00")
    return play


def mail(parcel: Parcel) -> EmailMessage:
    """What the mail server gets, read back."""
    assert parcel.message is not None
    raw = WRITER.compose(parcel.message, ["to@example.org"], at("2026-12-05T02:00"))
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def to(play: Play, person: str, channel: str = "email") -> list[Parcel]:
    return [each for each in play.sent if each.row.person == person and each.row.channel == channel]


def text(parcel: Parcel) -> str:
    assert parcel.message is not None
    return parcel.message.text


# ---------------------------------------------------------------- the layout


def test_it_begins_with_what_by_when_and_what_to_do_and_ends_with_the_number(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T02:01")
    lines = [line for line in text(to(play, "ann")[0]).splitlines() if line]
    assert lines[1:4] == [
        "[Reminder] Incident information (town-a)",
        "Due: Sat 5 Dec 07:00. 5 h left",
        "Please act now and hand in within the time limit.",
    ]
    assert lines[-1] == "Number: 1 (incident-information@fire/town-a)"
    assert INCIDENT not in "\n".join(lines[:-1])


def test_a_telephone_number_can_be_pressed_on_a_page(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T02:01")
    (first,) = to(play, "ann")
    assert first.message is not None
    assert '<a href="tel:0210007"' in first.message.html
    assert "021-0007" in first.message.text


# ---------------------------------------------------------------- what it answers


def test_a_later_mail_answers_the_last_one_that_this_person_was_sent(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T02:25")
    first, second, third = to(play, "ann")
    assert mail(first)["In-Reply-To"] is None
    assert mail(second)["In-Reply-To"] == mail(second)["References"] == f"<{first.row.message_id}>"
    assert mail(third)["In-Reply-To"] == f"<{second.row.message_id}>"
    assert mail(third)["References"].split() == [f"<{first.row.message_id}>", f"<{second.row.message_id}>"]


def test_it_never_answers_what_was_sent_to_somebody_else(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T04:35")
    (leader,) = to(play, "cai")  # told for the first time, half way
    assert mail(leader)["In-Reply-To"] is None


def test_it_never_answers_what_went_another_way_or_was_dropped(city: Begin) -> None:
    play = fire(city)

    def ill_mail(parcel: Parcel) -> Outcome:
        return ACCEPTED if parcel.row.channel == "telegram" else Outcome(Result.REFUSED, "550", "no")

    play.go("2026-12-05T02:05", ill_mail)
    assert to(play, "ann", "telegram")
    refused = {parcel.row.message_id for parcel in to(play, "ann")}
    play.sent.clear()
    play.go("2026-12-05T02:15")
    (second,) = to(play, "ann")
    assert mail(second)["In-Reply-To"] is None
    assert not any(name in str(mail(second)) for name in refused)


def test_a_mail_to_a_corrected_address_answers_nothing(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T02:05")
    play.world = replace(
        play.world, register=with_person(play.world.register, "ann", email="new@example.org")
    )
    play.sent.clear()
    play.go("2026-12-05T02:15")
    (second,) = to(play, "ann")
    assert second.message is not None
    assert second.message.address == "new@example.org"
    assert mail(second)["In-Reply-To"] is None


# ---------------------------------------------------------------- how it is answered


def test_where_nobody_reads_answers_the_mail_says_so(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T02:01")
    assert "Please do not reply to this mail." in " ".join(text(to(play, "ann")[0]).split())
    play.world = replace(play.world, language="zh-Hant")
    play.go("2026-12-05T02:15")
    assert "請勿回覆" in "".join(text(to(play, "ann")[-1]).split())


def test_where_somebody_reads_answers_it_does_not(city: Begin) -> None:
    play = fire(city, answered=frozenset({"email"}))
    play.go("2026-12-05T02:01")
    assert "not reply" not in text(to(play, "ann")[0])


def test_what_comes_by_telegram_says_nothing_of_mail(city: Begin) -> None:
    play = fire(city, **live_channels())
    play.go("2026-12-05T02:01")
    assert "not reply" not in text(to(play, "ann", "telegram")[0])


def test_who_must_act_and_is_the_contact_to_call_is_told_how(city: Begin) -> None:
    """Gao takes the answers of everybody else."""
    register = tiny_register()
    duty = replace(register.obligations["yearly-report"], owed_by="unit:office")
    register = replace(only(register, "yearly-report"), obligations={"yearly-report": duty})
    play = city("2026-12-01T10:00", register)
    play.plan()
    play.go("2026-12-16T09:00")
    assert "call Han 021-0008" in " ".join(text(to(play, "gao")[0]).split())  # the duty desk

    register = replace(register, duty_unit=None)
    alone = city("2026-12-01T10:00", register, admin_name="Ms Wei")
    alone.plan()
    alone.go("2026-12-16T09:00")
    said = " ".join(text(to(alone, "gao")[0]).split())
    assert "tell Ms Wei, who enters it" in said
    assert "alertd done 1" in said
    assert "call Gao" not in said


def test_who_decides_is_told_how_to_have_it_entered(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T02:01")
    play.do(ask_extension, play.row(INCIDENT).number, at("2026-12-05T09:00"), "fog", Actor("ann"))
    play.go("2026-12-05T02:05")
    said = " ".join(text(to(play, "cai")[-1]).split())
    assert "To have your decision entered, or with questions: call Gao" in said


def test_nobody_is_told_to_press_a_button_that_is_not_there(city: Begin) -> None:
    play = fire(city, **live_channels())
    play.go("2026-12-05T02:01")
    play.do(ask_extension, play.row(INCIDENT).number, at("2026-12-05T09:00"), "fog", Actor("ann"))
    play.go("2026-12-05T02:05")
    asked = to(play, "cai", "telegram")[-1]
    assert asked.message is not None
    assert asked.message.buttons == ()
    assert "Press" not in asked.message.text


# ---------------------------------------------------------------- how it presses


def test_the_last_steps_are_marked_as_important_for_who_must_act(city: Begin) -> None:
    play = fire(city)
    play.go("2026-12-05T08:00")
    marked = {
        parcel.notices[-1].step: mail(parcel)["Importance"] for parcel in to(play, "ann") if parcel.notices
    }
    assert marked == {"started": None, "half": None, "most": "high", "reached": "high"}
    assert mail(to(play, "ann")[-1])["X-Priority"] == "1"
    informed = [parcel for parcel in to(play, "dan") if parcel.notices[-1].step == "reached"]
    assert [mail(parcel)["Importance"] for parcel in informed] == [None]


def test_a_drill_is_never_marked_as_important(city: Begin) -> None:
    play = fire(city, mode=Mode.REDIRECT, redirect_to="drill@example.org")
    play.go("2026-12-05T08:00")
    assert play.sent
    assert {mail(parcel)["Importance"] for parcel in play.sent} == {None}
