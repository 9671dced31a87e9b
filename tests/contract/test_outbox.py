"""What is to be sent is leased, tried and settled so that nothing is lost, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from alertd.store import addresses, failures, leasing, outbox, repeats
from alertd.store import receipts as store_receipts
from alertd.store.database import Store
from alertd.store.ids import new_id
from alertd.store.tables import alerts, deliveries, notices, receipts
from tests.support.rows import NOON, add_deadlines, add_delivery, add_notice, deadline_row, link

MINUTE = timedelta(minutes=1)
#: SQLite has one writer at a time, who holds the whole file; only PostgreSQL lets two hold rows of their own
row_by_row = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


def _claim(store: Store, now: datetime = NOON, owner: str = "one", limit: int = 10) -> list[int]:
    with store.write() as tx:
        return [row.id for row in leasing.claim(tx, "inbox", now, now + MINUTE, owner, limit).rows]


def _recorded(identity: int, owner: str, state: str = "accepted", **more: Any) -> dict[str, Any]:
    return {
        "k": identity,
        "owner": owner,
        "state": state,
        "not_before": None,
        "attempts": 1,
        "first_attempt_at": NOON,
        "last_resort": False,
        "subject": "Subject",
        "body": "",
        "sent_at": NOON,
        **more,
    }


def _row(store: Store, identity: int) -> Any:
    with store.read() as tx:
        return tx.execute(select(deliveries).where(deliveries.c.id == identity)).one()


def test_the_oldest_of_a_channel_are_leased_first(store: Store) -> None:
    with store.write() as tx:
        late, early, future = (add_delivery(tx, not_before=NOON + n * MINUTE) for n in (-1, -2, 1))
        other = add_delivery(tx, channel="email", not_before=NOON - 9 * MINUTE)
    assert _claim(store, limit=1) == [early]
    assert _claim(store) == [late]
    assert _claim(store) == []
    assert _row(store, early).not_before == NOON + MINUTE
    assert (_row(store, future).state, _row(store, other).state) == ("waiting", "waiting")


def test_a_lease_that_ran_out_is_leased_again_by_who_had_it(store: Store) -> None:
    with store.write() as tx:
        identity = add_delivery(tx)
    assert _claim(store, owner="slipped") == [identity]
    assert _claim(store, NOON + MINUTE / 2, "slipped") == []
    assert _claim(store, NOON + MINUTE, "slipped") == [identity]
    row = _row(store, identity)
    assert (row.lease_owner, row.attempts, row.first_attempt_at) == ("slipped", 2, NOON)


@pytest.mark.parametrize("ahead", [MINUTE, 3 * MINUTE, 60 * MINUTE, 60 * 24 * 365 * MINUTE])
def test_a_lease_is_left_to_its_owner_whatever_the_time_of_others(store: Store, ahead: timedelta) -> None:
    with store.write() as tx:
        identity = add_delivery(tx)
    assert _claim(store, owner="lives") == [identity]
    assert _claim(store, NOON + ahead, "other") == []
    with store.read() as tx:
        assert leasing.next_on(tx, "inbox", "other") is None
        assert leasing.next_on(tx, "inbox", "lives") == NOON + MINUTE


def test_what_whoever_leased_it_has_forgotten_is_due_for_everybody(store: Store) -> None:
    with store.write() as tx:
        identity, elsewhere = add_delivery(tx), add_delivery(tx, channel="email")
    assert _claim(store, owner="hangs") == [identity]
    with store.write() as tx:
        assert leasing.release_forgotten(tx, ["inbox", "email"], NOON + MINUTE) == 0
        assert leasing.release_forgotten(tx, ["email"], NOON + 2 * MINUTE) == 0
        assert leasing.release_forgotten(tx, ["inbox", "email"], NOON + 2 * MINUTE) == 1
    assert (_row(store, identity).state, _row(store, identity).not_before) == ("waiting", NOON)
    assert _row(store, elsewhere).state == "waiting"
    assert _claim(store, NOON + 2 * MINUTE, "other") == [identity]


def test_a_lease_lost_to_another_is_left_to_the_other(store: Store) -> None:
    with store.write() as tx:
        identity = add_delivery(tx)
    _claim(store, owner="slow")
    with store.write() as tx:
        leasing.release(tx, ["slow"])
    _claim(store, NOON + MINUTE, "other")
    with store.write() as tx:
        leasing.record(tx, [_recorded(identity, "slow", "refused")])
    assert (_row(store, identity).state, _row(store, identity).lease_owner) == ("leased", "other")
    with store.write() as tx:
        leasing.record(tx, [_recorded(identity, "other")])
        leasing.record(tx, [_recorded(identity, "slow", "refused")])
    row = _row(store, identity)
    assert (row.state, row.not_before, row.lease_owner, row.sent_at) == ("accepted", None, "", NOON)


def test_two_nodes_never_lease_the_same_message(store: Store) -> None:
    with store.write() as tx:
        wanted = [add_delivery(tx) for _ in range(6)]
    if store.embedded:
        first, second = _claim(store, limit=4), _claim(store, owner="two")
    else:
        with store.write() as one, store.write() as two:  # both hold their rows at the same time
            first = [row.id for row in leasing.claim(one, "inbox", NOON, NOON + MINUTE, "one", 4).rows]
            second = [row.id for row in leasing.claim(two, "inbox", NOON, NOON + MINUTE, "two", 10).rows]
    assert (len(first), len(second)) == (4, 2)
    assert sorted(first + second) == sorted(wanted)


@pytest.mark.parametrize("template", ["message", "told"])
def test_while_nothing_is_real_a_message_to_an_official_leaves_only_as_a_drill(
    store: Store, template: str
) -> None:
    with store.write() as tx:
        real = add_delivery(tx, template=template, not_before=NOON - 2 * MINUTE)
        drill = add_delivery(tx, template=template, drill=True, not_before=NOON - MINUTE)
        admin = add_delivery(tx, "admin", template="admin")
        assert leasing.next_on(tx, "inbox", "one", drills_only=True) == NOON - MINUTE
        rows = leasing.claim(tx, "inbox", NOON, NOON + MINUTE, "one", 10, drills_only=True).rows
    assert [row.id for row in rows] == [drill, admin]
    assert _claim(store) == [real]


def test_at_its_start_the_only_daemon_takes_back_every_lease(store: Store) -> None:
    with store.write() as tx:
        leased, waiting = add_delivery(tx), add_delivery(tx, not_before=NOON + 9 * MINUTE)
    _claim(store)
    with store.write() as tx:
        assert leasing.release_all(tx) == 1
    assert _row(store, leased).not_before == NOON
    assert _row(store, waiting).not_before == NOON + 9 * MINUTE
    assert _claim(store, owner="new") == [leased]


@pytest.mark.parametrize(("untried", "attempts"), [(True, 0), (False, 1)])
def test_what_one_node_leased_is_due_for_the_others_and_counts_if_it_may_have_been_tried(
    store: Store, untried: bool, attempts: int
) -> None:
    with store.write() as tx:
        mine = add_delivery(tx, not_before=NOON - MINUTE)
    assert _claim(store, owner="ends") == [mine]
    with store.write() as tx:
        theirs = add_delivery(tx)
    assert _claim(store, owner="runs") == [theirs]
    with store.write() as tx:
        assert leasing.release(tx, ["ends"], untried) == 1
    row, other = _row(store, mine), _row(store, theirs)
    assert (row.state, row.lease_owner, row.not_before, row.attempts) == ("waiting", "", NOON, attempts)
    assert (other.state, other.lease_owner, other.attempts) == ("leased", "runs", 1)


def _joinable(tx: Connection, bundles: list[str]) -> dict[str, int]:
    return {bundle: row.id for bundle, row in outbox.waiting_bundles(tx, bundles).items()}


def test_only_a_message_nobody_has_tried_may_be_joined(store: Store) -> None:
    with store.write() as tx:
        fresh = add_delivery(tx, bundle="fresh")
        add_delivery(tx, bundle="tried", attempts=1)
        add_delivery(tx, bundle="leased", state="leased")
        add_delivery(tx, bundle="sent", state="accepted", not_before=None)
        wanted = ["fresh", "tried", "leased", "sent", "unknown", *(f"x{n}" for n in range(600))]
        assert _joinable(tx, wanted) == {"fresh": fresh}


@pytest.mark.needs("postgres")
@row_by_row
def test_a_message_about_to_be_joined_does_not_leave_meanwhile(store: Store) -> None:
    with store.write() as tx:
        identity = add_delivery(tx, bundle="day")
        number = add_deadlines(tx, deadline_row("a"))[0].number
    with store.write() as joining:
        assert _joinable(joining, ["day"]) == {"day": identity}
        assert _claim(store, owner="sender") == []
        link(joining, identity, add_notice(joining, number))
    assert _claim(store, owner="sender") == [identity]
    with store.read() as tx:
        assert len(outbox.contents(tx, [identity])[identity]) == 1


@pytest.mark.needs("postgres")
@row_by_row
def test_a_message_that_is_leaving_is_not_joined(store: Store) -> None:
    with store.write() as tx:
        add_delivery(tx, bundle="day")
    with store.write() as sending:
        leasing.claim(sending, "inbox", NOON, NOON + MINUTE, "sender", 10)
        with store.write() as joining:
            assert _joinable(joining, ["day"]) == {}


def test_a_message_is_read_with_its_notices_in_the_order_they_were_decided(store: Store) -> None:
    with store.write() as tx:
        one, two = add_deadlines(tx, deadline_row("a"), deadline_row("b"))
        message, empty = add_delivery(tx), add_delivery(tx)
        decided = [add_notice(tx, one.number), add_notice(tx, two.number)]
        for notice in reversed(decided):
            link(tx, message, notice)
        contents = outbox.contents(tx, [message, empty])
    assert [notice.id for notice in contents[message]] == decided
    assert [notice.d_occurrence for notice in contents[message]] == ["a", "b"]
    assert contents[empty] == []


def test_an_address_is_blocked_once_and_can_be_used_again_later(store: Store) -> None:
    with store.write() as tx:
        assert addresses.block(tx, "telegram", "1", "blocked by the user", NOON)
        assert not addresses.block(tx, "telegram", "1", "blocked by the user", NOON)
        assert addresses.block(tx, "email", "1", "no such mailbox", NOON)
        assert addresses.unusable(tx, NOON) == {("telegram", "1"), ("email", "1")}
        addresses.unblock(tx, "telegram", "1")
        assert addresses.unusable(tx, NOON) == {("email", "1")}


def test_due_notices_come_with_their_deadline_and_can_be_silenced(store: Store) -> None:
    with store.write() as tx:
        row = add_deadlines(tx, deadline_row("a"))[0]
        second = add_notice(tx, row.number, next_at=NOON, repeats_left=1)
        first = add_notice(tx, row.number, next_at=NOON - MINUTE, repeats_left=2)
        add_notice(tx, row.number, next_at=NOON + MINUTE, repeats_left=3)
        due = repeats.due(tx, NOON, 10).rows
        assert [(notice.id, notice.d_id, notice.step) for notice in due] == [
            (first, row.id, "near"),
            (second, row.id, "near"),
        ]
        repeats.save(tx, [{"k": first, "next_at": None, "repeats_left": 0, "repeat_no": 2}])
        assert [notice.id for notice in repeats.due(tx, NOON, 10).rows] == [second]
        repeats.silence(tx, row.number)
        assert repeats.due(tx, NOON + 9 * MINUTE, 10).rows == []


def test_everybody_told_of_a_deadline_is_known_in_order(store: Store) -> None:
    with store.write() as tx:
        one, two = add_deadlines(tx, deadline_row("a"), deadline_row("b"))
        for deadline, person in ((one, "ann"), (two, "eve"), (one, "ben")):
            add_notice(tx, deadline.number, person)
        assert [(told.person, told.alert_kind) for told in outbox.told(tx, one.number)] == [
            ("ann", "step"),
            ("ben", "step"),
        ]


def test_every_attempt_leaves_its_receipt(store: Store) -> None:
    with store.write() as tx:
        identity = add_delivery(tx)
        receipt = {
            "id": new_id(),
            "delivery": identity,
            "attempt": 1,
            "at": NOON,
            "result": "retry",
            "code": "451",
            "detail": "稍後再試",
            "node": "one",
            "seconds": 0.25,
        }
        second = {**receipt, "id": new_id(), "attempt": 2, "seconds": None}
        store_receipts.add(tx, [receipt, second])
        store_receipts.add(tx, [])
    with store.read() as tx:
        kept = tx.execute(select(receipts).order_by(receipts.c.attempt)).mappings().fetchall()
    unsealed = {"address": "", "sealed": 0}
    assert [dict(row) for row in kept] == [{**receipt, **unsealed}, {**second, **unsealed}]


def test_ids_made_in_one_burst_are_different_and_ascending(store: Store) -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(set(made))
    assert made[-1] < 2**63


def _left(tx: Connection, identity: int) -> int:
    return int(tx.execute(select(notices.c.repeats_left).where(notices.c.id == identity)).scalar_one())


def test_silencing_one_deadline_leaves_the_others_alone(store: Store) -> None:
    with store.write() as tx:
        one, two = add_deadlines(tx, deadline_row("a"), deadline_row("b"))
        mine, other = (add_notice(tx, d.number, next_at=NOON, repeats_left=2) for d in (one, two))
        repeats.silence(tx, one.number)
        assert (_left(tx, mine), _left(tx, other)) == (0, 2)
        tx.execute(update(notices).values(next_at=None))


def test_silencing_one_step_leaves_the_other_steps_alone(store: Store) -> None:
    with store.write() as tx:
        (row,) = add_deadlines(tx, deadline_row("a"))
        near = add_notice(tx, row.number, next_at=NOON, repeats_left=2)
        repeats.silence(tx, row.number, "requested")
        assert _left(tx, near) == 2
        repeats.silence(tx, row.number, "near")
        assert _left(tx, near) == 0


def test_asked_since_an_instant_is_who_a_step_asked_after_it(store: Store) -> None:
    with store.write() as tx:
        (row,) = add_deadlines(tx, deadline_row("a"))
        add_notice(tx, row.number, "cai")
        tx.execute(update(alerts).values(kind="moved"))
        add_notice(tx, row.number, "ann")
        add_notice(tx, row.number, "dan", ask=False)
        for notice in tx.execute(select(notices.c.id)).scalars().all():
            link(tx, add_delivery(tx), notice)
        assert repeats.asked_since(tx, NOON - MINUTE, [row.number]) == {(row.number, "ann", "step"): NOON}
        assert repeats.asked_since(tx, NOON, [row.number]) == {}


def test_a_delivery_that_fails_again_before_that_is_decided_is_decided_by_its_last_attempt(
    store: Store,
) -> None:
    with store.write() as tx:
        one, other = add_delivery(tx), add_delivery(tx)
        failed = {"result": "retry", "detail": "", "address_dead": False, "another_way": True}
        for delivery, code in ((one, "451"), (other, "452"), (one, "550")):
            failures.add(tx, [{**failed, "delivery": delivery, "code": code, "next_at": NOON}])
        found = failures.due(tx, NOON, 10).rows
        assert {row.delivery: row.code for row in found} == {one: "550", other: "452"}
        failures.put_off(tx, other, NOON + MINUTE)
        assert [row.delivery for row in failures.due(tx, NOON, 10).rows] == [one]
