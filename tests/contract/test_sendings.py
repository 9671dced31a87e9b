"""What left over channels that have limits, on both databases."""

from __future__ import annotations

from datetime import timedelta

from alertd.store import leasing, outbox, receipts, sendings
from alertd.store.database import Store
from alertd.store.sendings import DELIVERED, KEPT, READ, Open, Sent
from alertd.store.tables import deliveries
from tests.support.rows import NOON


def add(store: Store, person: str, channel: str = "sms"):
    made = outbox.new_delivery(NOON, "x", person, (channel, "+8613800138000"), f"b-{person}")
    with store.write() as tx:
        outbox.add_deliveries(tx, [made])
        row = outbox.find(tx, made["id"])
    assert row is not None
    return row


def test_a_message_is_counted_once_by_channel_and_person(store: Store) -> None:
    first, second, other = add(store, "ann"), add(store, "ann"), add(store, "han")
    with store.write() as tx:
        sendings.count(tx, [first, other], NOON - timedelta(days=1))
        sendings.count(tx, [second], NOON)
    with store.read() as tx:
        assert sendings.known(tx, [first.id, second.id, 5]) == {first.id, second.id}
        assert sendings.counts(tx, "sms", NOON) == {"ann": 1}
        assert sendings.counts(tx, "sms", NOON - timedelta(days=1)) == {"ann": 2, "han": 1}
        assert sendings.counts(tx, "voice", NOON - timedelta(days=1)) == {}


def test_what_was_said_and_what_the_provider_calls_it_are_kept(store: Store) -> None:
    first, second = add(store, "ann"), add(store, "ann")
    with store.write() as tx:
        sendings.count(tx, [first, second], NOON)
        sendings.record(tx, [Sent(first.id, "m1", "p1"), Sent(second.id, "m2", "")])
        sendings.record(tx, [Sent(second.id, "m3", "p2")])
    with store.read() as tx:
        assert sendings.marks(tx, "sms", "ann", NOON) == {first.id: "m1", second.id: "m3"}
        assert sendings.marks(tx, "sms", "han", NOON) == {}
        assert sendings.called(tx, "sms", "p2") == second.id
        assert sendings.called(tx, "other", "p2") is None


def test_it_is_forgotten_when_no_report_can_come_any_more(store: Store) -> None:
    row = add(store, "ann")
    with store.write() as tx:
        sendings.count(tx, [row], NOON)
        assert sendings.forget(tx, NOON + KEPT) == 0
        assert sendings.forget(tx, NOON + KEPT + timedelta(seconds=1)) == 1


def test_what_was_taken_and_not_read_is_to_be_asked_about_the_newest_and_not_arrived_first(
    store: Store,
) -> None:
    old, arrived, fresh, read, waiting, nameless, other = [
        add(store, f"p{number}", "voice" if number == 6 else "sms") for number in range(7)
    ]
    every = [old, arrived, fresh, read, waiting, nameless, other]
    with store.write() as tx:
        sendings.count(tx, [old], NOON - timedelta(days=2))
        sendings.count(tx, every[1:], NOON)
        sendings.record(tx, [Sent(row.id, "", f"p{row.id}") for row in every if row is not nameless])
        taken = [row.id for row in every if row is not waiting]
        tx.execute(deliveries.update().where(deliveries.c.id.in_(taken)).values(state="accepted", attempts=2))
        for row, result in ((arrived, DELIVERED), (read, DELIVERED), (read, READ)):
            receipts.add(tx, [receipts.receipt(NOON, "n", row.id, row.address, 1, result)])
    with store.read() as tx:
        found = sendings.unsettled(tx, "sms", NOON - timedelta(days=1), 10)
        assert found == [
            Open(fresh.id, f"p{fresh.id}", 2, False),
            Open(arrived.id, f"p{arrived.id}", 2, True),
        ]
        assert sendings.unsettled(tx, "sms", NOON - timedelta(days=1), 1) == found[:1]
    with store.write() as tx:
        leasing.give_up(tx, [fresh], NOON, "n", "lost")
    with store.read() as tx:
        assert [each.delivery for each in sendings.unsettled(tx, "sms", NOON, 10)] == [arrived.id]
