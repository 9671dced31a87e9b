"""Texts that people write back, and what a provider reports of those that left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertd.core.text_messages import Texting
from alertd.engine.preview import comparing
from alertd.engine.ruling.refusal import Refused
from alertd.engine.sending import texted
from alertd.engine.sending.letters import Taken
from alertd.engine.sending.texted import NOT_ASKED, REFUSED, UNCLEAR, WHICH, take_told
from alertd.store import tables
from alertd.transports.base import Outcome, Reported, Result, Texted
from tests.support.play import Play
from tests.support.register import tiny_register, with_person

ANN = "+8613800138000"
INCIDENT = "report-incident@fire/town-a"
WAYS: dict[str, Any] = {
    "channels": ("sms", "email"),
    "transports": {"sms": "sms", "email": "email", "inbox": "inbox"},
    "texting": {"sms": Texting("珠海市政府", heard=True)},
    "answered": frozenset({"sms"}),
}


@pytest.fixture
def play(begin: Any) -> Play:
    register = with_person(tiny_register(), "ann", mobile=ANN, channels=())
    begun: Play = begin("2026-12-05T02:00", register, **WAYS)
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.fire()
    begun.deliver(lambda parcel: Outcome(Result.ACCEPTED, "ok", provider_id=f"p-{parcel.row.person}"))
    return begun


def asked(play: Play) -> list[Any]:
    numbers = {n.deadline for n in play.all(tables.notices) if n.person == "ann" and n.ask}
    return [row for row in play.all(tables.deadlines) if row.number in numbers]


def text(play: Play, words: str, number: str = "13800138000", name: str = "") -> Taken:
    return play.do(take_told, Texted("sms", number, words, name or words))


def told(play: Play, person: str = "ann") -> list[str]:
    return [r.payload["topic"] for r in play.deliveries_to(person) if r.template == "told"]


def audited(play: Play, action: str) -> list[Any]:
    return [row for row in play.all(tables.audit) if row.action == action]


def only(play: Play) -> Any:
    """The one deadline that is asked about; others are struck off first."""
    first, *others = asked(play)
    for row in others:
        play.done(row.id)
    return first


def test_one_acknowledges_and_says_from_which_number(play: Play) -> None:
    row = only(play)
    assert text(play, "１") is Taken.DONE
    found = audited(play, "acknowledged")[-1]
    assert (found.deadline, found.actor, found.account) == (row.number, "ann", f"sms:{ANN}")


def test_two_hands_in_with_what_is_written_behind_the_number(play: Play) -> None:
    row = only(play)
    assert text(play, f"2 {row.number} 死亡0人") is Taken.DONE
    assert play.row(row.id).state == "done"
    assert "死亡0人" in str(audited(play, "done")[-1].detail)


def test_a_text_that_comes_again_is_done_once(play: Play) -> None:
    only(play)
    assert [text(play, "1", name="m1"), text(play, "1", name="m1")] == [Taken.DONE, Taken.DONE]
    assert len(audited(play, "acknowledged")) == 1


def test_of_several_the_number_is_wanted_and_told_once_a_day(play: Play) -> None:
    play.report("incident", "flood", published="2026-12-05T02:00")
    play.fire()
    play.deliver()
    rows = asked(play)
    assert len(rows) > 1
    assert text(play, "2", name="a") is Taken.KEPT
    assert text(play, "2", name="b") is Taken.KEPT
    assert told(play) == [WHICH]
    assert len(audited(play, "wrote")) == 2 * len(rows)
    (said,) = [p.said for p in play.deliver() if p.row.person == "ann" and p.said]
    assert str(rows[0].number) in said
    play.now += timedelta(days=1)
    assert text(play, "2", name="c") is Taken.KEPT
    assert told(play) == [WHICH, WHICH]
    assert text(play, f"1 {rows[0].number}") is Taken.DONE
    assert text(play, "1 全部") is Taken.DONE


def test_what_is_not_understood_is_kept_and_its_writer_told_over_the_same_channel(play: Play) -> None:
    only(play)
    assert text(play, "2點再報") is Taken.KEPT
    assert told(play) == [UNCLEAR]
    assert [r.channel for r in play.deliveries_to("ann") if r.template == "told"] == ["sms"]
    assert audited(play, "wrote")[-1].detail["reason"] == "2點再報"


def test_a_number_that_is_not_asked_about_is_no_answer(play: Play) -> None:
    only(play)
    assert text(play, "2 99999") is Taken.KEPT
    assert told(play) == [WHICH]


def test_who_is_asked_nothing_is_told_so(play: Play) -> None:
    play.done(only(play).id)
    assert text(play, "2") is Taken.KEPT
    assert told(play)[-1] == NOT_ASKED


def test_a_number_that_passed_to_somebody_else_answers_for_nobody(play: Play, begin: Any) -> None:
    row = only(play)
    play.world = begin("2026-12-05T02:00", tiny_register(), **WAYS).world
    assert text(play, "2") is Taken.KEPT
    assert play.row(row.id).state == "open"
    assert len(audited(play, "wrote-elsewhere")) == 1


def test_a_stranger_changes_nothing(play: Play) -> None:
    before = len(play.all(tables.audit))
    assert text(play, "2", "13900139000") is Taken.UNKNOWN
    assert len(play.all(tables.audit)) == before


# ---------------------------------------------------------------- reports


def report(play: Play, delivered: bool, **more: Any) -> Taken:
    fields = {"channel": "sms", "address": "13800138000", "provider_id": "p-ann", "code": "X"}
    return play.do(take_told, Reported(**(fields | more), delivered=delivered))


def test_delivered_is_a_fact_of_its_own_and_no_acknowledgement(play: Play) -> None:
    assert report(play, True, code="DELIVERED") is Taken.DONE
    assert report(play, True, code="DELIVERED") is Taken.PASSED_OVER
    (row,) = [r for r in play.deliveries_to("ann") if r.template == "message"]
    results = [r.result for r in play.all(tables.receipts) if r.delivery == row.id]
    assert results == ["accepted", "delivered"]
    assert (row.state, audited(play, "acknowledged")) == ("accepted", [])


def test_what_arrived_though_nobody_answered_is_not_tried_again(begin: Any) -> None:
    register = with_person(tiny_register(), "ann", mobile=ANN, channels=())
    play = begin("2026-12-05T02:00", register, **WAYS)
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    play.deliver(lambda parcel: Outcome(Result.UNKNOWN, "timeout", "no answer"))
    row = next(row for row in play.deliveries_to("ann"))
    assert row.state == "waiting"
    assert play.do(take_told, Reported("sms", ANN, True, delivery=row.id, code="DELIVERED")) is Taken.DONE
    play.go("2026-12-05T02:09", lambda parcel: Outcome(Result.UNKNOWN, "timeout", "no answer"))
    first = play.deliveries_to("ann")[0]
    assert (first.id, first.state, first.attempts, first.not_before) == (row.id, "accepted", 1, None)
    said = [r.result for r in play.all(tables.receipts) if r.delivery == row.id]
    assert said == ["unknown", "accepted", "delivered"]
    with play.store.read() as tx:
        assert comparing.sent_finding(tx).level == "ok"


def test_what_was_only_put_off_and_never_tried_is_sent_whatever_is_reported(begin: Any) -> None:
    register = with_person(tiny_register(), "ann", mobile=ANN, channels=())
    play = begin("2026-12-05T02:00", register, **WAYS)
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    row = next(row for row in play.deliveries_to("ann"))
    play.do(take_told, Reported("sms", ANN, True, delivery=row.id))
    assert play.deliveries_to("ann")[0].state == "waiting"


def test_that_it_was_read_is_one_more_fact_and_no_acknowledgement(play: Play) -> None:
    for read in (False, True, True):
        report(play, True, read=read)
    (row,) = [r for r in play.deliveries_to("ann") if r.template == "message"]
    results = [r.result for r in play.all(tables.receipts) if r.delivery == row.id]
    assert results == ["accepted", "delivered", "read"]
    assert audited(play, "acknowledged") == []


def test_who_has_left_is_not_written_to_any_more_and_the_admin_hears(play: Play) -> None:
    assert report(play, False, code="invalid", dead=True) is Taken.BOUNCED
    play.go("2026-12-05T02:01")
    assert "address-dead" in play.admin_topics()
    assert "email" in [r.channel for r in play.deliveries_to("ann")]


def test_a_report_may_name_our_number(play: Play) -> None:
    (row,) = [r for r in play.deliveries_to("ann") if r.template == "message"]
    assert report(play, True, provider_id="", delivery=row.id) is Taken.DONE


def test_what_did_not_arrive_is_as_if_it_had_been_refused(play: Play) -> None:
    assert report(play, False, code="UNDELIV") is Taken.BOUNCED
    play.go("2026-12-05T02:01")
    assert "email" in [r.channel for r in play.deliveries_to("ann")]


@pytest.mark.parametrize(
    "more", [{"provider_id": "p-nobody"}, {"address": "13900139000"}, {"channel": "other"}]
)
def test_a_report_of_something_else_changes_nothing(play: Play, more: dict[str, Any]) -> None:
    assert report(play, True, **more) is Taken.UNKNOWN
    assert "delivered" not in {r.result for r in play.all(tables.receipts)}


def test_what_may_not_be_done_is_told_with_its_reason(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise Refused("files-left-out", count=1)

    row = only(play)
    monkeypatch.setattr(texted, "acknowledge", refuse)
    assert text(play, f"1 {row.number}") is Taken.KEPT
    assert told(play) == [REFUSED]
