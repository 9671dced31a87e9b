"""Signing in by a code: the same answer for everybody, counted in the store; on both databases."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertd.engine.operations import codes, signing_in
from alertd.engine.operations.codes import Awaited, Wrong
from alertd.engine.operations.signing_in import Entered
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.signing_keys import change_keys
from alertd.engine.ruling.world import Mode
from alertd.store import audit, tables
from alertd.store import codes as code_store
from alertd.store import tries as try_store
from alertd.store.database import Store
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import live_channels, tiny_register, with_person, world

PLACE = "https://alertd.gov.test"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DEAD = Outcome(Result.REFUSED, "550", "no such user", address_dead=True)


@pytest.fixture
def play(store: Store) -> Play:
    return Play(store, world(**live_channels()), "2026-12-01T22:00")


def ask(play: Play, who: str = "ann", caller: str = "10.0.0.1") -> Awaited:
    awaited: Awaited = play.do(codes.ask_code, who, caller, PLACE)
    return awaited


def enter(play: Play, awaited: Awaited, code: str, caller: str = "10.0.0.1") -> Entered | Wrong:
    found: Entered | Wrong = play.do(codes.enter_by_code, awaited.secret, code, caller, "Firefox")
    return found


def text_to(play: Play, person: str) -> str:
    parcel = [each for each in play.sent if each.row.person == person][-1]
    assert parcel.message is not None
    return re.sub(r"\s+", " ", parcel.message.text)


def code_in(play: Play, person: str = "ann") -> str:
    found = re.search(r"\b\d{6}\b", text_to(play, person))
    assert found
    return found[0]


def key_in(play: Play, person: str = "ann") -> str:
    found = re.search(r"/enter\?key=([a-z2-7]+)", text_to(play, person))
    assert found
    return found[1]


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# ---------------------------------------------------------------- asking


@pytest.mark.parametrize("who", ["ann", "Ann", "ANN ", "ann@example.org", "021-0001", "0210001"])
def test_whoever_is_meant_is_sent_a_code_at_once_even_at_night(play: Play, who: str) -> None:
    awaited = ask(play, who)
    (parcel,) = play.deliver()
    assert (parcel.row.person, parcel.row.channel) == ("ann", "telegram")
    assert "alertd.gov.test" in text_to(play, "ann")
    assert "10 minutes" in text_to(play, "ann")
    entered = enter(play, awaited, code_in(play))
    assert isinstance(entered, Entered)
    assert entered.person == "ann"


@pytest.mark.parametrize("who", ["", "nobody", "an", "x" * 180, "0", "@"])
def test_for_nobody_the_same_is_answered_and_nothing_is_sent(play: Play, who: str) -> None:
    awaited = ask(play, who)
    assert len(awaited.secret) == len(ask(play, "ann", "10.0.0.9").secret)
    assert awaited.ends_at == play.now + codes.LASTS
    assert [parcel.row.person for parcel in play.deliver()] == ["ann"]
    assert enter(play, awaited, "000000") == Wrong(codes.MOST_GUESSES - 1)


def test_a_name_that_two_share_is_nobodys(play: Play) -> None:
    people = tiny_register().people
    both = {name: replace(people[name], name="Li Wei") for name in ("ann", "eve")}
    play.world = replace(play.world, register=tiny_register(people={**people, **both}))
    ask(play, "Li Wei")
    assert play.deliver() == []


def test_whoever_no_channel_reaches_is_answered_the_same_and_the_admin_hears(play: Play) -> None:
    play.world = replace(play.world, register=with_person(tiny_register(), "ann", email="", telegram=None))
    ask(play)
    assert play.deliveries_to("ann") == []
    assert play.admin_topics() == ["code-unsent"]


def test_neither_the_store_nor_the_audit_has_code_or_link_or_what_the_browser_holds(play: Play) -> None:
    awaited = ask(play)
    play.deliver()
    code, key = code_in(play), key_in(play)
    for table in tables.metadata.sorted_tables:
        stored = " ".join(str(row) for row in play.all(table))
        assert awaited.secret not in stored, table.name
        assert key not in stored, table.name
        assert not re.search(rf"\b{code}\b", stored), table.name


def test_it_is_on_record_that_a_code_was_asked_for_and_from_where(play: Play) -> None:
    ask(play)
    ask(play, "stranger", "10.0.0.7")
    with play.store.read() as tx:
        rows = [row for row in audit.of_deadline(tx, audit.REGISTER) if row.action == "code-asked"]
    assert [(row.account, row.detail["person"]) for row in rows] == [("10.0.0.1", "ann"), ("10.0.0.7", "")]


# ---------------------------------------------------------------- typing


def test_a_code_serves_once_and_so_does_its_link_and_each_ends_the_other(play: Play) -> None:
    first = ask(play)
    play.deliver()
    code, key = code_in(play), key_in(play)
    assert isinstance(enter(play, first, code), Entered)
    assert enter(play, first, code) == Wrong(0)
    with pytest.raises(Refused, match="key-over"):
        play.do(signing_in.enter, key)
    second = ask(play)
    play.deliver()
    assert play.do(signing_in.enter, key_in(play)).person == "ann"
    assert enter(play, second, code_in(play)) == Wrong(0)


def test_a_code_serves_only_the_browser_that_asked_for_it(play: Play) -> None:
    ask(play)
    play.deliver()
    other = ask(play, "eve")
    assert enter(play, other, code_in(play)) == Wrong(codes.MOST_GUESSES - 1)
    assert enter(play, Awaited("", play.now), code_in(play)) == Wrong(0)


def test_a_new_code_ends_the_one_before(play: Play) -> None:
    first, code, key = ask(play), "", ""
    play.deliver()
    code, key = code_in(play), key_in(play)
    second = ask(play)
    play.deliver()
    assert enter(play, first, code) == Wrong(0)
    with pytest.raises(Refused, match="key-over"):
        play.do(signing_in.enter, key)
    assert isinstance(enter(play, second, code_in(play)), Entered)


@pytest.mark.parametrize(("after", "serves"), [(codes.LASTS - MINUTE, True), (codes.LASTS, False)])
def test_a_code_is_over_after_ten_minutes(play: Play, after: timedelta, serves: bool) -> None:
    awaited = ask(play)
    play.deliver()
    play.now += after
    assert isinstance(enter(play, awaited, code_in(play)), Entered) == serves


def test_after_five_guesses_a_code_is_over_and_the_admin_hears_once(play: Play) -> None:
    for _ in range(2):
        awaited = ask(play)
        play.deliver()
        code = code_in(play)
        left = [enter(play, awaited, wrong_for(code)) for _ in range(codes.MOST_GUESSES)]
        assert left == [Wrong(4), Wrong(3), Wrong(2), Wrong(1), Wrong(0)]
        assert enter(play, awaited, code) == Wrong(0)
    assert play.admin_topics() == ["sign-in-guessed"]
    assert play.admin_told()[0][1]["person"] == "Ann"
    assert play.admin_told()[0][1]["caller"] == "10.0.0.1"


def test_guesses_for_nobody_are_counted_and_told_too(play: Play) -> None:
    awaited = ask(play, "stranger")
    left = [enter(play, awaited, f"{number:06}") for number in range(codes.MOST_GUESSES)]
    assert left[-1] == Wrong(0)
    assert play.admin_topics() == ["sign-in-guessed"]


def test_who_has_left_the_directory_meanwhile_is_not_let_in(play: Play) -> None:
    awaited = ask(play)
    play.deliver()
    code, key = code_in(play), key_in(play)
    people = {name: person for name, person in tiny_register().people.items() if name != "ann"}
    play.world = replace(play.world, register=tiny_register(people=people))
    assert isinstance(enter(play, awaited, code), Wrong)
    with pytest.raises(Refused, match="key-over"):
        play.do(signing_in.enter, key)


# ---------------------------------------------------------------- too often


def test_a_person_is_sent_five_an_hour_and_whoever_asks_on_is_told_the_same(play: Play) -> None:
    for number in range(codes.MOST_SENT + 2):
        last = ask(play, caller=f"10.0.0.{number}")
    play.deliver()
    assert len([each for each in play.sent if each.row.person == "ann"]) == 1  # the others were over
    assert len(play.deliveries_to("ann")) == codes.MOST_SENT
    assert isinstance(enter(play, last, "000000"), Wrong)
    play.now += HOUR + MINUTE
    ask(play)
    assert len(play.deliveries_to("ann")) == codes.MOST_SENT + 1


def test_asking_too_often_does_not_end_the_code_that_somebody_has(play: Play) -> None:
    for _ in range(codes.MOST_SENT - 1):
        ask(play, caller="10.6.6.6")
    mine = ask(play)
    play.deliver()
    ask(play, caller="10.6.6.6")
    assert isinstance(enter(play, mine, code_in(play)), Entered)


def test_a_person_is_sent_fifteen_a_day(play: Play) -> None:
    for _ in range(codes.MOST_SENT_A_DAY + 3):
        ask(play)
        play.now += timedelta(minutes=20)
    assert len(play.deliveries_to("ann")) == codes.MOST_SENT_A_DAY


def test_one_address_asks_so_often_and_others_still_may(play: Play) -> None:
    for number in range(codes.MOST_ASKED):
        ask(play, f"stranger-{number}")
    with pytest.raises(Refused, match="too-often"):
        ask(play)
    ask(play, caller="10.0.0.2")
    play.now += HOUR + MINUTE
    ask(play)


def test_what_is_counted_survives_a_restart_and_counts_for_all_nodes(play: Play, store_url: str) -> None:
    for number in range(codes.MOST_ASKED):
        ask(play, f"stranger-{number}")
    other = Store(store_url)
    try:
        again = Play(other, replace(play.world, node="other"), "2026-12-01T22:00")
        with pytest.raises(Refused, match="too-often"):
            ask(again)
    finally:
        other.close()


def test_all_together_ask_so_often(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MOST_ASKED_BY_ALL", 4)
    for number in range(4):
        ask(play, caller=f"10.0.0.{number}")
    with pytest.raises(Refused, match="too-often"):
        ask(play, caller="10.0.0.99")


def test_one_address_types_so_many_wrong_codes(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MOST_WRONG", 3)
    awaited = ask(play)
    play.deliver()
    for _ in range(3):
        enter(play, awaited, wrong_for(code_in(play)), caller="10.6.6.6")
    with pytest.raises(Refused, match="too-often"):
        enter(play, awaited, code_in(play), caller="10.6.6.6")
    assert isinstance(enter(play, awaited, code_in(play)), Entered)


# ---------------------------------------------------------------- the message


def test_a_code_that_one_channel_refuses_goes_over_the_next_to_the_same_person(play: Play) -> None:
    awaited = ask(play)
    play.deliver(lambda parcel: DEAD if parcel.row.channel == "telegram" else Outcome(Result.ACCEPTED))
    ways = [(row.person, row.channel, row.state) for row in play.deliveries_to("ann")]
    assert ways == [("ann", "telegram", "refused"), ("ann", "email", "accepted")]
    assert isinstance(enter(play, awaited, code_in(play)), Entered)


def test_a_code_that_all_channels_refuse_goes_to_nobody_else(play: Play) -> None:
    ask(play)
    play.deliver(lambda parcel: DEAD)
    told = {row.person for row in play.all(tables.deliveries)}
    assert told == {"ann", "admin"}
    assert "undelivered" in play.admin_topics()


def test_a_code_that_is_over_is_not_sent_any_more(play: Play) -> None:
    ask(play)
    play.now += codes.LASTS
    assert play.deliver() == []
    assert [row.state for row in play.deliveries_to("ann")] == ["dropped"]


@pytest.mark.parametrize("changes", [1, 2])
def test_a_code_asked_for_before_the_keys_were_changed(play: Play, changes: int) -> None:
    awaited = ask(play)
    for _ in range(changes):
        play.do(lambda scope: change_keys(scope.tx))
    sent = play.deliver()
    if changes == 1:
        assert isinstance(enter(play, awaited, code_in(play)), Entered)
    else:
        assert sent == []  # better none than one that does not serve


def test_in_a_rehearsal_the_code_is_in_the_inbox_and_nothing_leaves(play: Play) -> None:
    play.world = replace(play.world, mode=Mode.REHEARSAL)
    awaited = ask(play)
    play.deliver()
    (row,) = play.deliveries_to("ann")
    assert (row.channel, row.drill) == ("inbox", True)
    found = re.search(r"\b\d{6}\b", row.body)
    assert found
    assert isinstance(enter(play, awaited, found[0]), Entered)


def test_on_hold_a_code_does_not_leave(play: Play) -> None:
    play.world = replace(play.world, mode=Mode.HOLD)
    ask(play)
    assert play.deliver() == []


def test_what_is_long_over_is_taken_away(play: Play) -> None:
    ask(play)
    play.now += timedelta(days=40)
    forgotten: list[Any] = [
        play.do(lambda scope, kept=kept: kept.forget(scope.tx, scope.now)) for kept in (code_store, try_store)
    ]
    assert forgotten == [1, 1]
