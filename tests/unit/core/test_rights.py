"""The table of rights, written down once more from the side of the people: who may do what, and when."""

from __future__ import annotations

import pytest

from alertd.core.model import State
from alertd.core.rights import (
    NEEDS_APPROVER,
    RIGHTS,
    Act,
    Role,
    allowed,
    by_event,
    needs_approver,
    possible,
)

#: one line an act; o owner, k asked, s superior, r receiver, v supervisor, a admin (in the order of `Role`)
WHO = {
    "acknowledge": "oksa",
    "take-back": "oksa",
    "hand-over": "oksa",
    "page": "srva",
    "hand-in": "oksrva",
    "attach": "oksrva",
    "return": "rva",
    "verify": "rva",
    "extend": "osa",
    "decide-extend": "sva",
    "silence": "rva",
    "end-silence": "rva",
    "suspend": "rva",
    "resume": "osrva",
    "restart": "rva",
    "waive": "rva",
    "reassign": "rva",
    "decline": "osa",
    "decide-decline": "rva",
    "reopen": "osrva",
}
WHEN = {
    "acknowledge": "scheduled open returned",
    "take-back": "scheduled open returned",
    "hand-over": "scheduled open returned",
    "page": "scheduled open returned",
    "hand-in": "scheduled open returned",
    "attach": "scheduled open suspended done returned",
    "return": "done",
    "verify": "done",
    "extend": "scheduled open returned",
    "decide-extend": "scheduled open done returned",
    "silence": "scheduled open returned",
    "end-silence": "scheduled open suspended returned",
    "suspend": "open returned",
    "resume": "suspended",
    "restart": "open suspended returned",
    "waive": "scheduled open suspended returned",
    "reassign": "scheduled open suspended returned",
    "decline": "scheduled open returned",
    "decide-decline": "scheduled open returned",
    "reopen": "done verified waived cancelled withdrawn",
}
#: what an event does by the rules of a duty
BY_EVENT = {
    "hand-in": "scheduled open returned",
    "suspend": "scheduled open returned",
    "resume": "suspended",
    "restart": "scheduled open suspended returned",
}
LETTERS = dict(zip("oksrva", Role, strict=True))


def test_the_table_has_a_line_for_every_act() -> None:
    assert set(RIGHTS) == set(Act) == set(WHO) == set(WHEN)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", Act)
def test_who_may_do_it(act: Act, role: Role) -> None:
    assert bool(allowed(act, {role})) == (role in {LETTERS[letter] for letter in WHO[act]})


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_when_it_is_possible(act: Act, state: State) -> None:
    assert possible(act, state) == (state in WHEN[act].split())


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_what_an_event_does_to_a_clock(act: Act, state: State) -> None:
    assert by_event(act, state) == (state in BY_EVENT.get(act, "").split())


def test_whoever_owes_it_judges_nothing_of_it() -> None:
    judged = {Act.RETURN, Act.VERIFY, Act.SUSPEND, Act.RESTART, Act.WAIVE, Act.REASSIGN, Act.DECIDE_DECLINE}
    assert not any(allowed(act, {Role.OWNER, Role.ASKED, Role.SUPERIOR}) for act in judged)


@pytest.mark.parametrize("act", Act)
def test_a_stranger_may_do_nothing(act: Act) -> None:
    assert not allowed(act, set())


def test_what_moves_a_limit_or_ends_a_duty_names_who_approved_it() -> None:
    assert {Act.DECIDE_EXTEND, Act.RESTART, Act.WAIVE} == NEEDS_APPROVER


def test_who_approved_a_waiver_is_named_by_everybody_and_of_other_acts_by_the_admin_alone() -> None:
    for act in Act:
        for role in Role:
            named = act is Act.WAIVE or (act in NEEDS_APPROVER and role is Role.ADMIN)
            assert needs_approver(act, {role}) == named, (act, role)
    assert not needs_approver(Act.RESTART, {Role.ADMIN, Role.SUPERVISOR})
