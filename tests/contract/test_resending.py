"""Which messages leave again, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alertd.engine.operations.resending import Resend, resend
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.store.database import Store
from alertd.store.tables import audit, deliveries
from tests.support.register import world
from tests.support.rows import NOON, add_delivery

LATER = NOON + timedelta(hours=2)


def done(store: Store, asked: Resend) -> tuple[int, ...]:
    return store.transact(lambda tx: resend(Scope(tx, world(), LATER, Actor("clerk")), asked))


def row(store: Store, number: int) -> Any:
    with store.read() as tx:
        return tx.execute(select(deliveries).where(deliveries.c.id == number)).one()


def test_all_that_was_refused_on_a_channel_since_then(store: Store) -> None:
    over: dict[str, Any] = {"state": "refused", "not_before": None}
    with store.write() as tx:
        wanted = add_delivery(tx, channel="email", created_at=NOON, **over)
        add_delivery(tx, channel="email", created_at=NOON - timedelta(days=1), **over)
        add_delivery(tx, channel="telegram", **over)
        add_delivery(tx, channel="email", drill=True, **over)
        add_delivery(tx, channel="email", template="admin", **over)
        add_delivery(tx, channel="email", state="accepted", not_before=None)
    assert done(store, Resend((), "email", NOON)) == (wanted,)
    again = row(store, wanted)
    assert (again.state, again.not_before, again.first_attempt_at) == ("waiting", LATER, None)
    with store.read() as tx:
        (entry,) = tx.execute(select(audit).where(audit.c.action == "resent")).fetchall()
    assert entry.detail == {"messages": [f"{wanted:x}"]}


@pytest.mark.parametrize("state", ["refused", "accepted", "handed-over", "dropped", "waiting"])
def test_a_message_named_by_its_number_whatever_became_of_it(store: Store, state: str) -> None:
    with store.write() as tx:
        number = add_delivery(tx, state=state, last_resort=True, attempts=3)
    assert done(store, Resend((number, number))) == (number,)
    again = row(store, number)
    assert (again.state, again.not_before, again.last_resort, again.attempts) == ("waiting", LATER, False, 3)


def test_what_is_just_being_sent_is_left_alone(store: Store) -> None:
    with store.write() as tx:
        refused, leased = add_delivery(tx, state="refused"), add_delivery(tx, state="leased")
    with pytest.raises(Refused, match="message-leaving"):
        done(store, Resend((refused, leased)))
    assert row(store, refused).state == "refused"
