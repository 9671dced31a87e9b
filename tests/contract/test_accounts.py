"""Browsers that are sent to a provider of accounts: known on every node, once; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertd.engine.operations import accounts
from alertd.engine.operations.accounts import Account, Begun, NotKnown
from alertd.engine.operations.signing_in import Entered
from alertd.engine.ruling.refusal import Refused
from alertd.store import awaited, page_tables, tables, tries
from alertd.store.database import Store
from alertd.store.sign_ins import digest
from tests.support.play import Play
from tests.support.register import tiny_register, world

PROVIDER, CALLER = "https://id.test alertd", "10.0.0.1"


@pytest.fixture
def play(store: Store) -> Play:
    return Play(store, world(tiny_register()), "2026-12-01T10:00")


def begin(play: Play, caller: str = CALLER) -> Begun:
    begun: Begun = play.do(accounts.begin, PROVIDER, caller, "/cases")
    return begun


def back(play: Play, begun: Begun, provider: str = PROVIDER, state: str = "") -> Any:
    state = state or accounts.taken_along(begun.secret).state
    return play.do(accounts.come_back, begun.secret, provider, state)


def test_whoever_began_comes_back_once(play: Play) -> None:
    begun = begin(play)
    assert back(play, begun) == "/cases"
    with pytest.raises(Refused, match="account-over"):
        back(play, begun)


@pytest.mark.parametrize("state", ["guessed", "x" * 5000, "\ud800", "é"])
def test_another_state_ends_nothing(play: Play, state: str) -> None:
    begun = begin(play)
    with pytest.raises(Refused, match="account-over"):
        back(play, begun, state=state)
    assert back(play, begun) == "/cases"


def test_what_was_begun_is_over_in_time_and_elsewhere(play: Play) -> None:
    begun, other = begin(play), begin(play)
    with pytest.raises(Refused, match="account-over"):
        back(play, begun, provider="https://other.test alertd")
    with pytest.raises(Refused, match="account-over"):
        back(play, begun, state=accounts.taken_along(other.secret).state)
    play.now += accounts.LASTS
    with pytest.raises(Refused, match="account-over"):
        back(play, begun)


def test_two_that_come_back_at_once_are_one(play: Play) -> None:
    """Both have read the row before either ends it."""
    asked = digest(begin(play).secret)
    assert [play.do(lambda scope: awaited.end(scope.tx, asked, scope.now)) for _ in range(2)] == [True, False]


def test_beginnings_are_counted_by_caller_apart_from_codes(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_BEGUN", 2)
    monkeypatch.setattr(accounts, "MOST_BEGUN_BY_ALL", 3)
    begin(play)
    begin(play)
    with pytest.raises(Refused, match="too-often"):
        begin(play)
    begin(play, "10.0.0.2")
    with pytest.raises(Refused, match="too-often"):
        begin(play, "10.0.0.3")
    counted = play.do(lambda scope: tries.count(scope.tx, tries.ASKED, scope.now - timedelta(hours=1)))
    assert counted == 0


def test_what_was_over_long_ago_is_forgotten(play: Play) -> None:
    begin(play)
    play.now += timedelta(days=29)
    assert play.do(lambda scope: awaited.forget(scope.tx, scope.now)) == 0
    play.now += timedelta(days=2)
    assert play.do(lambda scope: awaited.forget(scope.tx, scope.now)) == 1
    assert play.all(page_tables.accounts_awaited) == []


def test_an_account_of_somebody_begins_a_session_and_one_of_nobody_does_not(play: Play) -> None:
    stranger = play.do(accounts.enter_by_account, Account("stranger", by_mail=False))
    assert stranger == NotKnown("account-unknown", "stranger")
    assert play.all(tables.sessions) == []
    entered = play.do(accounts.enter_by_account, Account("ann", by_mail=False), "Firefox")
    assert isinstance(entered, Entered)
    assert [(each.person, each.about) for each in play.all(tables.sessions)] == [("ann", "Firefox")]


@pytest.mark.parametrize(
    ("claims", "claim", "unverified", "found"),
    [
        ({"email": "a@b.test", "email_verified": True}, "", False, Account("a@b.test", True, True)),
        ({"email": "a@b.test", "email_verified": "true"}, "", False, Account("a@b.test", True, True)),
        ({"email": "a@b.test", "email_verified": "True"}, "", False, Account("a@b.test", True, False)),
        ({"email": "a@b.test"}, "", True, Account("a@b.test", True, True)),
        ({"sub": " ann "}, "sub", False, Account("ann", False, True)),
        ({"number": 4711}, "number", False, Account("4711", False, True)),
        ({"number": True}, "number", False, None),
        ({"email": 4711}, "", True, None),
        ({"email": "a@b.test"}, "sub", False, None),
        ({}, "", False, None),
    ],
)
def test_an_account_is_what_the_claim_says(
    claims: Any, claim: str, unverified: bool, found: Account | None
) -> None:
    assert accounts.account_of(claims, claim, unverified) == found
