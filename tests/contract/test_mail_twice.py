"""Two nodes that read one mail at the same moment do once what it says, on both databases."""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import Any

import pytest

from alertd.core.model import State
from alertd.engine.ruling.signing_keys import signing_key
from alertd.engine.sending import letters
from alertd.engine.sending.letters import Taken, take_in
from alertd.mailin.reading import read
from alertd.store import tables
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import world
from tests.support.replies import MAIL_IN, bounce, reply
from tests.support.side_by_side import at_once

INCIDENT = "incident-information@fire/town-a"
MAIL: dict[str, Any] = {"channels": ("email",), "transports": {"email": "email", "inbox": "inbox"}, **MAIL_IN}


@pytest.fixture
def play(store: Store) -> Play:
    begun = Play(store, world(**MAIL), "2026-12-05T02:00")
    store.transact(signing_key)
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.go("2026-12-05T02:00")
    return begun


def to_ann(play: Play) -> Any:
    return next(p.message for p in play.sent if p.row.person == "ann")


@pytest.fixture(autouse=True)
def both_have_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither goes on before the other has come as far, unless something holds that one back."""
    gate = threading.Barrier(2)

    def waits(name: str) -> None:
        goes_on = getattr(letters, name)

        def waited(*args: Any) -> Any:
            with contextlib.suppress(threading.BrokenBarrierError):
                gate.wait(0.5)
            return goes_on(*args)

        monkeypatch.setattr(letters, name, waited)

    for name in ("_answered", "came_back"):
        waits(name)


def at_both(play: Play, raw: bytes) -> list[object]:
    """What each of the nodes says became of the mail."""
    letter = read(raw)
    return at_once(*[partial(play.do, take_in, letter)] * 2)


def audited(play: Play, action: str) -> int:
    return len([row for row in play.all(tables.audit) if row.action == action])


@pytest.mark.parametrize(
    ("text", "action"), [("done, 3 pages", "done"), ("收到", "acknowledged"), ("what?", "wrote")]
)
def test_an_answer_counts_once(play: Play, text: str, action: str) -> None:
    first, second = at_both(play, reply(to_ann(play).reply_to, text, "ann@example.org"))
    assert first == second
    assert first in (Taken.DONE, Taken.KEPT)
    assert audited(play, action) == 1


def test_a_file_that_came_with_it_is_kept_once(play: Play) -> None:
    raw = reply(to_ann(play).reply_to, "done", "ann@example.org", files={"report.pdf": b"%PDF-1.4 x"})
    assert at_both(play, raw) == [Taken.DONE, Taken.DONE]
    assert play.row(INCIDENT).state == State.DONE
    assert len(play.all(tables.evidence)) == 1


def test_a_bounce_goes_another_way_once(play: Play) -> None:
    found = at_both(play, bounce(to_ann(play).sender))
    assert sorted(map(str, found)) == sorted([Taken.BOUNCED, Taken.PASSED_OVER])
    refused = [row for row in play.all(tables.receipts) if row.result == "refused"]
    assert len(refused) == 1
    assert len(play.all(tables.failures)) == 1
