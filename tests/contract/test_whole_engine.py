"""From a plan or an event to a receipt, on both databases: the engine's own functions over a real store."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import delete, text

from alertd.core.shifts import DutyPlan, Hours, Rotation
from alertd.engine.firing.relief import relieve
from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.delivering import Attempt, follow_failures, record
from alertd.store import audit, chains, leasing, lost, outbox, seals, tables
from alertd.store.audit import Broken
from alertd.store.database import Store
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import at, only, tiny_register, world

REPORTS = only(tiny_register(), "yearly-report")


@pytest.fixture
def yearly(store: Store) -> Play:
    play = Play(store, world(REPORTS), "2026-12-01T10:00")
    play.plan()
    return play


@pytest.fixture
def incident(store: Store) -> Play:
    play = Play(store, world(), "2026-12-05T02:00")  # a Saturday night
    play.report("incident", "fire", published="2026-12-05T02:00")
    return play


def test_a_yearly_duty_is_planned_for_each_unit_and_speaks_on_its_days(yearly: Play) -> None:
    names = [row.id for row in yearly.all(tables.deadlines)]
    assert names == [f"yearly-report@{year}/{town}" for year in (2026, 2027) for town in ("town-a", "town-b")]
    heard = yearly.go("2026-12-31T09:00")
    assert heard == [
        ("12-16T08:30", "ann", ("near",)),
        ("12-16T08:30", "eve", ("near",)),
        ("12-23T08:30", "ann", ("nearer",)),
        ("12-23T08:30", "ben", ("nearer",)),
        ("12-23T08:30", "gao", ("nearer",)),
        ("12-23T08:30", "eve", ("nearer",)),
        ("12-23T08:30", "fay", ("nearer",)),
        ("12-30T08:30", "ann", ("last",)),
        ("12-30T08:30", "cai", ("last",)),
        ("12-30T08:30", "eve", ("last",)),
        ("12-30T08:30", "fay", ("last",)),
        ("12-31T08:30", "ann", ("overdue-1",)),
        ("12-31T08:30", "gao", ("overdue-1",)),
        ("12-31T08:30", "eve", ("overdue-1",)),
    ]


def test_planning_again_changes_nothing(yearly: Play) -> None:
    before = yearly.all(tables.deadlines)
    assert yearly.plan().empty
    assert yearly.all(tables.deadlines) == before


def test_an_incident_at_night_rings_at_once_and_goes_up(incident: Play) -> None:
    heard = incident.go("2026-12-05T07:30")
    assert heard == [
        ("12-05T02:00", "han", ("started",)),
        ("12-05T02:00", "ann", ("started",)),
        *((f"12-05T02:{m}", who, ("started",)) for m in (10, 20, 30) for who in ("han", "ann")),
        ("12-05T04:30", "ann", ("half",)),
        ("12-05T04:30", "cai", ("half",)),
        ("12-05T06:00", "ann", ("most",)),
        ("12-05T06:00", "dan", ("most",)),
        ("12-05T07:00", "ann", ("reached",)),
        ("12-05T07:00", "dan", ("reached",)),
        ("12-05T07:00", "gao", ("reached",)),
    ]


def test_every_message_has_its_receipt_and_its_place_in_the_audit(incident: Play) -> None:
    incident.go("2026-12-05T05:00")
    receipts, deliveries = incident.all(tables.receipts), incident.all(tables.deliveries)
    assert sorted(row.delivery for row in receipts) == [row.id for row in deliveries]
    assert {row.result for row in receipts} == {"accepted"}
    assert {(row.state, row.not_before) for row in deliveries} == {("accepted", None)}
    row = incident.row("incident-information@fire/town-a")
    with incident.store.write() as tx:
        chain = audit.of_deadline(tx, row.number)
        assert [entry.action for entry in chain] == ["created", "alert", "alert"]
        assert (chain[-1].seq, chain[-1].hash) == (row.audit_seq, row.audit_head)
        assert seals.seal(tx, incident.now) == 4 + len(receipts)
        assert chains.verify(tx) == []


def test_a_crash_after_leasing_sends_again_with_the_same_message_id(incident: Play) -> None:
    incident.fire()
    lost = incident.lease("inbox")
    assert incident.deliver() == []
    incident.now += timedelta(minutes=1)
    again = incident.deliver()
    assert [p.row.message_id for p in again] == [p.row.message_id for p in lost]
    assert incident.deliver() == []


def test_a_late_receipt_of_a_lost_lease_does_not_undo_the_other_nodes_work(incident: Play) -> None:
    incident.fire()
    slow = incident.lease("inbox")
    incident.store.transact(lambda tx: leasing.release(tx, [incident.world.node]))  # it counts as dead
    other = Play(incident.store, world(node="other"), "2026-12-05T02:01")
    assert len(other.deliver()) == len(slow)
    refused = Outcome(Result.REFUSED, "550", "no such mailbox", address_dead=True)
    incident.do(record, [Attempt(parcel, refused, 0.1) for parcel in slow])
    assert {row.state for row in incident.all(tables.deliveries)} == {"accepted"}
    with incident.store.read() as tx:
        assert len(outbox.contents(tx, [p.row.id for p in slow])) == 2


def test_a_crash_while_firing_leaves_everything_as_it_was(incident: Play) -> None:
    from alertd.engine.firing.fire import fire

    def cut_short(scope: Scope) -> None:
        assert fire(scope, 10) == 1
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        incident.do(cut_short)
    assert incident.all(tables.deliveries) == []
    assert len(incident.go("2026-12-05T02:00")) == 2


def test_handing_in_ends_the_messages_and_tells_those_told(incident: Play) -> None:
    incident.go("2026-12-05T04:40")
    assert incident.done("incident-information@fire/town-a", "2026-12-05T04:35", by="ann") == ""
    heard = incident.go("2026-12-07T12:00")
    assert heard == [
        ("12-05T04:40", "han", ("done",)),
        ("12-05T04:40", "cai", ("done",)),
        ("12-07T08:30", "ann", ("open",)),  # of the review, which the hand-in started
    ]
    row = incident.row("incident-information@fire/town-a")
    assert (row.state, row.next_action_at, row.waits) == ("done", None, "closed")


def test_an_unsent_message_of_something_done_is_dropped(incident: Play) -> None:
    incident.fire()
    incident.now = at("2026-12-05T02:01")  # at one instant the news would join the message that waits
    incident.done("incident-information@fire/town-a", by="ann")
    heard = incident.go("2026-12-05T03:00")
    assert heard == [("12-05T02:01", "han", ("done",))]
    states = [row.state for row in incident.all(tables.deliveries)]
    assert states == ["dropped", "dropped", "accepted", "waiting"]  # the last is of the review it started


def test_two_nodes_fire_each_deadline_once(store: Store) -> None:
    one = Play(store, world(REPORTS), "2026-12-01T10:00")
    one.plan()
    one.now = two_now = one.now + timedelta(days=20)
    two = Play(store, world(REPORTS, node="two"), "2026-12-01T10:00")
    two.now = two_now
    one.fire()
    two.fire()
    assert len(one.deliver() + two.deliver()) == 2
    assert [row.step for row in one.all(tables.alerts)] == ["near", "near"]


def test_what_is_left_of_a_broken_audit_is_named(incident: Play) -> None:
    incident.go("2026-12-05T05:00")
    number = incident.row("incident-information@fire/town-a").number
    with incident.store.write() as tx:
        tx.execute(delete(tables.audit).where(tables.audit.c.deadline == number, tables.audit.c.seq == 2))
        assert chains.verify(tx) == [Broken(number, 3, "unlinked")]


# ---------------------------------------------------------------- entries that cannot be read


def spoil(play: Play, table: str, column: str, key: object, value: object) -> None:
    name = "number" if table == "deadlines" else "id"
    with play.store.write() as tx:
        tx.execute(text(f"update {table} set {column} = :v where {name} = :k"), {"v": value, "k": key})


def put_off(play: Play) -> list[tuple[str, str]]:
    return [(args["what"], args["id"]) for topic, args in play.admin_told() if topic == "row-put-off"]


def test_two_incidents_of_which_one_cannot_be_read(incident: Play) -> None:
    incident.report("incident", "flood", "town-b", published="2026-12-05T02:00")
    first = incident.row("incident-information@fire/town-a")
    spoil(incident, "deadlines", "last_day", first.number, "2026-13-99")
    incident.go("2026-12-05T02:04")
    assert put_off(incident) == [("fire", first.id)]
    people = {parcel.row.person for parcel in incident.sent}
    spoil(incident, "deadlines", "last_day", first.number, None)
    incident.go("2026-12-05T02:06")
    assert put_off(incident) == [("fire", first.id)]
    assert "ann" not in people  # of town-a
    assert "ann" in {parcel.row.person for parcel in incident.sent}


@pytest.mark.parametrize("at_", [10**18, -(10**18)])
def test_a_message_whose_time_can_be_none_keeps_no_other(incident: Play, at_: int) -> None:
    incident.fire()
    waiting = [row for row in incident.all(tables.deliveries) if row.template == "message"]
    spoil(incident, "deliveries", "not_before", waiting[0].id, at_)
    assert {parcel.row.id for parcel in incident.deliver()} >= {row.id for row in waiting[1:]}
    with incident.store.write() as tx:
        found = lost.due_again(tx, incident.now)
    assert [name for name, _ in found] == ([f"{waiting[0].id:x}"] if at_ > 0 else [])
    incident.now += timedelta(minutes=5)
    assert waiting[0].id in {parcel.row.id for parcel in incident.deliver()}


def test_a_receipt_of_a_message_that_cannot_be_read_any_more_is_kept(incident: Play) -> None:
    incident.fire()
    parcels = incident.lease("inbox")
    spoil(incident, "deliveries", "payload", parcels[0].row.id, "{broken")
    refused = Outcome(Result.REFUSED, "550", "no such mailbox")
    incident.do(record, [Attempt(parcel, refused, 0.1) for parcel in parcels])
    assert len(incident.all(tables.receipts)) == len(parcels)
    assert incident.do(follow_failures, 100) == len(parcels)
    assert [row.delivery for row in incident.all(tables.failures)] == [parcels[0].row.id]
    spoil(incident, "deliveries", "payload", parcels[0].row.id, None)
    incident.now += timedelta(minutes=5)
    assert ("follow", f"{parcels[0].row.id:x}") in put_off(incident)
    assert incident.do(follow_failures, 100) == 1
    assert incident.all(tables.failures) == []


def test_at_a_change_of_shift_who_comes_is_asked_once_and_who_goes_no_more(incident: Play) -> None:
    turns = Rotation(
        "desk", "office", "duty", (("han",), ("ian",)), (Hours(time(8), time(8)),), date(2026, 12, 4)
    )
    incident.world = world(tiny_register(duty=DutyPlan((turns,))))
    incident.fire()
    assert incident.do(relieve) == 0
    incident.now = at("2026-12-05T08:00")
    assert incident.do(relieve) > 0
    assert incident.do(relieve) == 0
    shifts = {row.id for row in incident.all(tables.alerts) if row.kind == "shift"}
    asked = [row for row in incident.all(tables.notices) if row.alert in shifts]
    assert {(row.person, row.position, row.ask, row.ack) for row in asked} == {("ian", "duty", True, "each")}
    assert all(row.next_at == at("2026-12-05T08:10") for row in asked)
    assert not [row for row in incident.all(tables.notices) if row.person == "han" and row.next_at]
