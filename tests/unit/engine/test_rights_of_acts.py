"""Every act refuses whom, and when, the table of rights refuses, and changes nothing then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import update

from alertd.core.model import State
from alertd.core.rights import NEEDS_APPROVER, RIGHTS, Role
from alertd.core.timing import Duration, TimeUnit
from alertd.engine.deadlines import permission
from alertd.engine.operations import (
    acts,
    evidence,
    handing_over,
    more_time,
    moving,
    paging,
    silencing,
    taking_back,
)
from alertd.engine.operations.catalogue import ON_A_DEADLINE, Listed
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import tables
from tests.support.play import Play
from tests.support.register import at, only, tiny_register, with_obligation

NAME = "draft-review@rules/town-a"
CAI, EVE, GAO, HAN = Actor("cai"), Actor("eve"), Actor("gao"), Actor("han")
OFFICE = Actor("a clerk at the desk")
Asking = Callable[[Play, Actor, str], Any]  # the play, who asks, who approved it


def _on(work: Callable[..., Any], *values: Any, approved: bool = False) -> Asking:
    """An act on the deadline; `approved` where it takes who approved it, after the values."""

    def ask(play: Play, actor: Actor, approver: str) -> Any:
        return play.do(work, play.row(NAME).number, *values, *([approver] if approved else []), actor=actor)

    return ask


def _with(work: Callable[..., Any], *values: Any) -> Asking:
    """An act that names its deadlines itself."""
    return lambda play, actor, approver: play.do(work, *values, actor=actor)


MONTH, LATER = Duration(30, TimeUnit.DAY), date(2026, 12, 24)
#: how each is asked for
ASKED: dict[str, Asking] = {
    "acknowledge": _on(acts.acknowledge),
    "hand-in": _on(acts.hand_in, acts.HandIn()),
    "return": _on(acts.send_back, "wrong"),
    "verify": _on(acts.verify),
    "verify-several": _with(acts.verify_all, [NAME]),
    "verify-occurrence": _with(acts.verify_occurrence, "draft-review", "rules"),
    "waive": _on(acts.waive, "merged", approved=True),
    "reopen": _on(acts.reopen, "not it"),
    "suspend": _on(more_time.suspend, None, "wait"),
    "resume": _on(more_time.resume, None, ""),
    "restart": _on(more_time.restart, None, "wrong", approved=True),
    "ask-extension": _on(more_time.ask_extension, LATER, "slow"),
    "grant-extension": _on(more_time.grant_extension, approved=True),
    "refuse-extension": _on(more_time.refuse_extension, "no", approved=True),
    "reassign": _on(moving.reassign, "town-b", "theirs"),
    "decline": _on(moving.decline, "theirs", "town-b"),
    "accept-decline": _on(moving.accept_decline),
    "refuse-decline": _on(moving.refuse_decline, "yours"),
    "take-back": _on(taking_back.take_back_received),
    "page": _on(paging.page, "ann", "now"),
    "hand-over": _on(handing_over.hand_over, "ben"),
    "silence": _on(silencing.silence, date(2026, 12, 11), "agreed"),
    "end-silence": _on(silencing.end_silence),
    "attach": _on(evidence.keep, (evidence.File("a.pdf", b"%PDF"),)),
}


def _extension(play: Play) -> None:
    ASKED["ask-extension"](play, CAI, "")


def _declined(play: Play) -> None:
    ASKED["decline"](play, CAI, "")


def _received(play: Play) -> None:
    """By everybody who takes it back below, whatever they may otherwise."""
    with mock.patch.object(permission, "roles_of", return_value=frozenset({Role.OWNER})):
        for actor in (CAI, EVE, GAO, HAN, OFFICE):
            ASKED["acknowledge"](play, actor, "")


def _handed_in(play: Play) -> None:
    ASKED["hand-in"](play, CAI, "")


#: what comes before it
BEFORE: dict[str, Callable[[Play], None]] = {
    **dict.fromkeys(("return", "verify", "verify-several", "verify-occurrence", "reopen"), _handed_in),
    **dict.fromkeys(("grant-extension", "refuse-extension"), _extension),
    **dict.fromkeys(("accept-decline", "refuse-decline"), _declined),
    "take-back": lambda play: _received(play),
    "end-silence": lambda play: ASKED["silence"](play, GAO, ""),
    "resume": lambda play: ASKED["suspend"](play, GAO, ""),
}
BY_NAME = {act.name: act for act in ON_A_DEADLINE}


@pytest.fixture
def play(begin: Any) -> Play:
    """A draft whose review has begun, and everybody was told."""
    register = only(tiny_register(), "draft-review")
    register = with_obligation(
        register, "draft-review", closes="verify", receiver="office", decline_within=MONTH
    )
    begun: Play = begin("2026-12-01T10:00", register)
    begun.report("draft", "rules", received="2026-12-01T10:00")
    begun.go("2026-12-10T10:00")
    return begun


def _stored(play: Play) -> list[Any]:
    kept = (
        tables.overrides,
        tables.deadlines,
        tables.audit,
        tables.requests,
        tables.acts,
        tables.notices,
        tables.deliveries,
    )
    return [play.all(table) for table in kept]


def _refusal(play: Play, act: Listed, actor: Actor, approver: str = "Li") -> str:
    """Why it is refused, with nothing changed; "" where it is done."""
    before = _stored(play)
    try:
        ASKED[act.name](play, actor, approver)
    except Refused as refused:
        assert _stored(play) == before
        return refused.code
    assert _stored(play) != before
    return ""


def _playing(monkeypatch: pytest.MonkeyPatch, roles: Iterable[Role]) -> None:
    monkeypatch.setattr(permission, "roles_of", lambda scope, row: frozenset(roles))


def test_every_act_on_a_deadline_is_asked_for_here() -> None:
    assert set(ASKED) == set(BY_NAME)


@pytest.mark.parametrize("role", [*Role, None], ids=str)
@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_act_refuses_whom_the_table_refuses(
    play: Play, monkeypatch: pytest.MonkeyPatch, name: str, role: Role | None
) -> None:
    act = BY_NAME[name]
    assert act.right is not None
    BEFORE.get(name, lambda play: None)(play)
    _playing(monkeypatch, [role] if role else [])
    may = role in RIGHTS[act.right].roles
    assert _refusal(play, act, HAN) == ("" if may else "not-allowed")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_act_refuses_in_the_states_the_table_refuses(play: Play, name: str, state: State) -> None:
    act = BY_NAME[name]
    assert act.right is not None
    BEFORE.get(name, lambda play: None)(play)
    row = play.row(NAME)
    stored = {"state": state, "suspended_at": row.suspended_at or row.start + timedelta(days=1)}
    # Late, for what was handed in in time needs no more time.
    stored |= {"done_at": row.done_at or row.due + timedelta(hours=1)}
    play.store.transact(lambda tx: tx.execute(update(tables.deadlines).values(**stored)))
    code = _refusal(play, act, OFFICE)
    refused = {"wrong-state", "closed", "paused", "not-closed", "none-handed-in"}
    assert (code in refused) == (state not in RIGHTS[act.right].states)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_the_office_names_who_approved_what_the_table_says(play: Play, name: str) -> None:
    act = BY_NAME[name]
    BEFORE.get(name, lambda play: None)(play)
    code = _refusal(play, act, OFFICE, approver=" ")
    assert (code == "approver-needed-for") == (act.right in NEEDS_APPROVER)


def test_people_are_what_the_directory_says(play: Play) -> None:
    """Without anything put in place of the roles: a stranger is refused, and a receiver is not."""
    assert _refusal(play, BY_NAME["suspend"], EVE) == "not-allowed"
    assert _refusal(play, BY_NAME["suspend"], GAO) == ""
    assert play.row(NAME).suspended_at == at("2026-12-10T10:00")
