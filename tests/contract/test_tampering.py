"""Whoever writes into the store past the program is found out, with the place and what it should be."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update

from alertd.engine.preview import comparing
from alertd.engine.preview.checkup import Finding, Line
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, seals, settings
from alertd.store.database import Store
from alertd.store.seals import BrokenSeal, Seal
from alertd.store.tables import alerts, deadlines, deliveries, delivery_notices, notices, receipts
from alertd.store.tables import audit as chain
from alertd.store.tables import seals as sealed
from tests.support.play import CLERK, Play
from tests.support.postgres import PostgresServer
from tests.support.register import at, world

NAME = "incident-information@fire/town-a"
DONE = "incident-information@flood/town-a"
NIGHT = at("2026-12-05T02:30")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Three incidents at night: one is handed in, one has spoken twice, the messages of the last one wait.

    Made once for each database: whoever tampers is undone (`_found`).
    """
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("store") / "alertd.db"
        path.write_bytes(request.getfixturevalue("sqlite_template"))
        store = Store(f"sqlite:///{path}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        store = Store(server.url(server.create_database(request.getfixturevalue("postgres_template"))))
    play = Play(store, world(), "2026-12-05T02:00")
    play.report("incident", "flood", published="2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    store.transact(lambda tx: seals.seal(tx, play.now))
    play.go("2026-12-05T02:05")
    play.done(DONE, "2026-12-05T02:04")
    store.transact(lambda tx: seals.seal(tx, play.now))
    play.acknowledge(NAME, "ann")
    play.go("2026-12-05T05:00")
    store.transact(lambda tx: seals.seal(tx, play.now))
    play.report("incident", "quake", published="2026-12-05T05:00")
    play.fire()
    yield play
    store.close()


class _Undo(Exception):
    pass


def _found(play: Play, *tampers: Callable[[Connection], object]) -> dict[tuple[str, str], Line]:
    """What the doctor finds once somebody did that, by check and words; the store is as it was afterwards."""
    found: list[Finding] = []
    with contextlib.suppress(_Undo), play.store.write(wake=False) as tx:
        for tamper in tampers:
            tamper(tx)
        scope = Scope(tx, play.world, play.now, CLERK)
        found += [*comparing.audit_findings(tx), comparing.sent_finding(tx), comparing.next_finding(scope)]
        raise _Undo
    assert len(found) == 5
    lines = [(finding.check, line) for finding in found for line in finding.items]
    assert {finding.level for finding in found} <= ({"ok"} if not lines else {"ok", "bad"})
    return {(check, line.say): line for check, line in lines if isinstance(line, Line)}


def test_an_honest_store_differs_in_nothing(played: Play) -> None:
    assert _found(played) == {}


def _number(tx: Connection, name: str = NAME) -> int:
    return int(tx.execute(select(deadlines.c.number).where(deadlines.c.id == name)).scalar_one())


def _first(tx: Connection, column: Any, *where: Any) -> Any:
    found = tx.execute(select(column).where(*where).order_by(column).limit(1)).scalar_one()
    return found


def _deadline(**values: Any) -> Callable[[Connection], None]:
    """Columns of one running deadline, changed past the program."""

    def work(tx: Connection) -> None:
        tx.execute(update(deadlines).where(deadlines.c.id == NAME).values(**values))

    return work


def _waiting(**values: Any) -> Callable[[Connection], None]:
    """A message that waits, changed past the program."""

    def work(tx: Connection) -> None:
        one = _first(tx, deliveries.c.id, deliveries.c.state == "waiting", deliveries.c.template == "message")
        tx.execute(update(deliveries).where(deliveries.c.id == one).values(**values))

    return work


def _gone(**values: Any) -> Callable[[Connection], None]:
    """A message that left, changed past the program."""

    def work(tx: Connection) -> None:
        one = _first(tx, deliveries.c.id, deliveries.c.state == "accepted")
        tx.execute(update(deliveries).where(deliveries.c.id == one).values(**values))

    return work


def _receipt(**values: Any) -> Callable[[Connection], None]:
    def work(tx: Connection) -> None:
        one = _first(tx, receipts.c.id)
        tx.execute(update(receipts).where(receipts.c.id == one).values(**values))

    return work


def _without(table: Any, *where: Any) -> Callable[[Connection], None]:
    def work(tx: Connection) -> None:
        if tx.dialect.name != "sqlite":  # who has the database has its constraints too
            tx.execute(text("SET LOCAL session_replication_role = replica"))
        tx.execute(delete(table).where(*where))

    return work


def _seals(*which: Any) -> Callable[[Connection], object]:
    return lambda tx: tx.execute(delete(sealed).where(*which))


def _all_seals_forgotten(tx: Connection) -> None:
    tx.execute(delete(sealed))
    settings.put(tx, settings.SEALED, None)


def _cut_short(tx: Connection) -> None:
    """The last row of a chain, and the head that its deadline remembers."""
    number = _number(tx)
    *_, kept, last = audit.of_deadline(tx, number)
    tx.execute(delete(chain).where(chain.c.deadline == number, chain.c.seq == last.seq))
    tx.execute(
        update(deadlines).where(deadlines.c.number == number).values(audit_seq=kept.seq, audit_head=kept.hash)
    )


def _unsealed_again(tx: Connection) -> None:
    """The last seal with its marks, so that the sealer would make another."""
    tx.execute(delete(sealed).where(sealed.c.seq == 3))
    tx.execute(update(chain).where(chain.c.sealed == 3).values(sealed=0))
    tx.execute(update(receipts).where(receipts.c.sealed == 3).values(sealed=0))


def _deadline_with_its_chain(tx: Connection) -> None:
    number = _number(tx)
    _without(chain, chain.c.deadline == number)(tx)
    _without(deadlines, deadlines.c.number == number)(tx)


def _end_of_the_register(tx: Connection) -> None:
    last = select(chain.c.seq).where(chain.c.deadline == 0).order_by(chain.c.seq.desc()).limit(1)
    seq = tx.execute(last).scalar_one()
    tx.execute(delete(chain).where(chain.c.deadline == 0, chain.c.seq == seq))


def _message_with_everything_of_it(tx: Connection) -> None:
    one = _first(tx, deliveries.c.id, deliveries.c.state == "accepted", deliveries.c.template == "message")
    _without(receipts, receipts.c.delivery == one)(tx)
    _without(delivery_notices, delivery_notices.c.delivery == one)(tx)
    _without(deliveries, deliveries.c.id == one)(tx)


def _waiting_message(tx: Connection) -> None:
    one = _first(tx, deliveries.c.id, deliveries.c.state == "waiting", deliveries.c.template == "message")
    _without(delivery_notices, delivery_notices.c.delivery == one)(tx)
    _without(deliveries, deliveries.c.id == one)(tx)


def _alert(tx: Connection) -> None:
    """An alert with its notices, its message, everything."""
    one = _first(tx, alerts.c.id, alerts.c.step == "half")
    told = select(notices.c.id).where(notices.c.alert == one)
    _without(delivery_notices, delivery_notices.c.notice.in_(told))(tx)
    _without(notices, notices.c.alert == one)(tx)
    _without(alerts, alerts.c.id == one)(tx)


def _one_person(tx: Connection) -> None:
    one = _first(tx, notices.c.id)
    _without(delivery_notices, delivery_notices.c.notice == one)(tx)
    _without(notices, notices.c.id == one)(tx)


def _made_up_deadline(tx: Connection) -> None:
    row = dict(tx.execute(select(deadlines).where(deadlines.c.id == NAME)).mappings().one())
    made_up = {**row, "id": f"{NAME}x", "number": row["number"] + 100, "audit_seq": 0, "audit_head": ""}
    tx.execute(insert(deadlines).values(**made_up))


FAR = at("2028-01-03T08:30")
DIFFERS = ("recorded", "differs")
#: what somebody does, and what the doctor says of it
TAMPERS: dict[str, tuple[Callable[[Connection], object], tuple[tuple[str, str], ...]]] = {
    "due moved": (_deadline(due=FAR, next_action_at=FAR), (DIFFERS, ("next", "late"))),
    "due gone": (_deadline(due=None), (DIFFERS,)),
    "the earliest moved": (_deadline(earliest=FAR), (DIFFERS,)),
    "a last day made up": (_deadline(last_day=FAR.date()), (DIFFERS,)),
    "the start moved": (_deadline(start=at("2026-12-05T01:00")), (DIFFERS,)),
    "cancelled": (_deadline(state="cancelled", next_action_at=None, waits="closed"), (DIFFERS,)),
    "said to be done": (_deadline(state="done", done_at=NIGHT, closed_at=NIGHT), (DIFFERS,)),
    "paused": (_deadline(state="suspended", suspended_at=NIGHT, next_action_at=None), (DIFFERS,)),
    "said to be breached": (_deadline(breach="late"), (DIFFERS,)),
    "another unit's": (_deadline(unit="town-b"), (DIFFERS,)),
    "another policy": (_deadline(policy="silence"), (DIFFERS,)),
    "a rule of more time": (_deadline(rule="500 hours"), (DIFFERS,)),
    "a step said to be over": (_deadline(fired=("started", "half", "most", "reached")), (DIFFERS,)),
    "acknowledged for long": (_deadline(acknowledged_until=FAR), (DIFFERS,)),
    "another version": (_deadline(case_version=7), (DIFFERS,)),
    "looked at too late": (_deadline(next_action_at=FAR), (("next", "late"),)),
    "never looked at": (_deadline(next_action_at=None, waits="completion"), (("next", "late"),)),
    "a deadline taken out": (
        lambda tx: _without(deadlines, deadlines.c.id == NAME)(tx), (("audit", "gone"),),
    ),
    "a deadline with its chain": (_deadline_with_its_chain, (("audit", "seal-other-rows"),)),
    "a deadline made up": (_made_up_deadline, (("recorded", "unsaid"),)),
    "its chain cut short with its head": (_cut_short, (DIFFERS,)),
    "the end of the register": (_end_of_the_register, (("audit", "cut-short"),)),
    "the register's head forgotten": (
        lambda tx: settings.put(tx, settings.REGISTER_HEAD, None), (("audit", "cut-short"),),
    ),
    "the last seal": (_seals(sealed.c.seq == 3), (("audit", "seal-missing"),)),
    "the first seal": (_seals(sealed.c.seq == 1), (("audit", "seal-missing"),)),
    "a seal in the middle": (_seals(sealed.c.seq == 2), (("audit", "seal-missing"),)),
    "all seals": (_seals(), (("audit", "seal-missing"),)),
    "all seals, and what is remembered": (_all_seals_forgotten, (("audit", "seal-missing"),)),
    "the last seal with its marks": (_unsealed_again, (("audit", "seal-missing"),)),
    "what is remembered of the seals": (
        lambda tx: settings.put(tx, settings.SEALED, None), (("audit", "seal-not-last"),),
    ),
    "a receipt changed": (_receipt(detail="550 no such user"), (("audit", "seal-other-receipts"),)),
    "a receipt of another time": (
        _receipt(at=FAR), (("audit", "seal-other-receipts"), ("sent", "otherwise")),
    ),
    "a receipt that failed": (
        _receipt(result="refused"), (("audit", "seal-other-receipts"), ("sent", "no-receipt")),
    ),
    "a receipt taken out": (
        lambda tx: _without(receipts, receipts.c.id == _first(tx, receipts.c.id))(tx),
        (("audit", "seal-other-receipts"), ("sent", "no-receipt")),
    ),
    "a message to somebody else": (_gone(person="eve"), (("audit", "seal-other-receipts"),)),
    "a message to another address": (_gone(address="eve@city.test"), (("sent", "otherwise"),)),
    "a message that left at another time": (_gone(sent_at=FAR), (("sent", "otherwise"),)),
    "a message said to have left": (
        _waiting(state="accepted", not_before=None, sent_at=NIGHT), (("sent", "no-receipt"),),
    ),
    "a message said to be needless": (
        _waiting(state="dropped", not_before=None), (("sent", "no-receipt"),),
    ),
    "a message said to be refused": (_waiting(state="refused", not_before=None), (("sent", "no-receipt"),)),
    "a message held back": (_waiting(not_before=FAR), (("next", "held"),)),
    "a message nobody looks at": (_waiting(not_before=None), (("sent", "never"),)),
    "a message that ended, and waits": (_gone(not_before=NIGHT), (("sent", "again"),)),
    "a message with all that is of it": (
        _message_with_everything_of_it, (("audit", "seal-other-receipts"), ("sent", "unsent")),
    ),
    "a message that waits, gone": (_waiting_message, (("sent", "unsent"),)),
    "a message gone, its receipt there": (
        lambda tx: _without(deliveries, deliveries.c.id == _first(tx, receipts.c.delivery))(tx),
        (("audit", "seal-other-receipts"), ("sent", "orphaned"), ("sent", "lost")),
    ),
    "a reminder with all that is of it": (_alert, (("spoken", "alert"),)),
    "one person of a reminder": (_one_person, (("spoken", "notices"),)),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERS)
def test_whoever_writes_past_the_program_is_found_out(played: Play, how: str) -> None:
    do, expected = TAMPERS[how]
    assert set(expected) <= _found(played, do).keys()


def test_a_finding_names_the_deadline_its_column_what_is_there_and_what_should_be(played: Play) -> None:
    line = _found(played, _deadline(due=FAR))[DIFFERS]
    due = played.row(NAME).due
    assert line.values == {"deadline": NAME, "column": "due", "found": FAR, "expected": due}


def test_a_deadline_that_is_gone_is_called_by_its_name(played: Play) -> None:
    line = _found(played, _without(deadlines, deadlines.c.id == NAME))["audit", "gone"]
    assert line.values["deadline"] == NAME


def test_many_findings_are_counted_and_the_first_are_named(played: Play) -> None:
    def all_seals_broken(tx: Connection) -> None:
        tx.execute(update(receipts).values(detail="x"))
        tx.execute(update(deliveries).values(sent_at=FAR))

    with contextlib.suppress(_Undo), played.store.write(wake=False) as tx:
        all_seals_broken(tx)
        finding = comparing.sent_finding(tx)
        left = tx.execute(select(func.count()).where(deliveries.c.state == "accepted")).scalar_one()
        raise _Undo
    assert finding.values["count"] == left
    assert len(finding.items) == min(left, comparing.NAMED)


# ---------------------------------------------------------------- a seal that somebody noted elsewhere


def test_everything_written_anew_is_found_by_a_seal_noted_elsewhere(played: Play) -> None:
    """Who has the whole database can make all of it fit; what was noted outside it does not."""

    def written_anew(tx: Connection) -> None:
        tx.execute(delete(sealed))
        tx.execute(update(chain).values(sealed=0))
        tx.execute(update(receipts).values(sealed=0))
        tx.execute(update(receipts).values(code="550"))
        settings.put(tx, settings.SEALED, None)
        for _ in range(3):
            seals.seal(tx, played.now, most=12)

    with played.store.read() as tx:
        noted = seals.numbered(tx, 2)
        newest = seals.newest(tx)
    assert noted is not None
    assert newest is not None
    assert newest.number == 3
    text_of = f"{noted.number}:{noted.hash}"
    assert _found(played, written_anew) == {}
    with contextlib.suppress(_Undo), played.store.write(wake=False) as tx:
        assert comparing.seal_finding(tx, text_of).say == "same"
        assert comparing.seal_finding(tx, text_of[:12].upper()).say == "same"
        written_anew(tx)
        finding = comparing.seal_finding(tx, text_of)
        raise _Undo
    assert (finding.level, finding.say, finding.values) == ("bad", "differs", {"seal": 2})


@pytest.mark.parametrize("noted", ["", "2", "2:abc", "two:0123456789", "99:0123456789abcdef"])
def test_what_is_no_seal_is_not_taken_for_a_good_one(played: Play, noted: str) -> None:
    with played.store.read() as tx:
        assert comparing.seal_finding(tx, noted).level == "bad"


# ---------------------------------------------------------------- what goes on though somebody tampered


def test_the_sealer_leaves_the_gap_where_somebody_took_seals_out(played: Play) -> None:
    found: list[BrokenSeal] = []
    with contextlib.suppress(_Undo), played.store.write(wake=False) as tx:
        _seals(sealed.c.seq > 1)(tx)
        assert seals.seal(tx, played.now) > 0
        assert seals.newest(tx) != Seal(2, "")
        found += seals.broken(tx)
        raise _Undo
    assert [(each.number, each.why) for each in found] == [(2, "missing"), (3, "missing")]


def test_the_register_goes_on_where_its_end_was_forgotten_or_cannot_be_read(played: Play) -> None:
    author = audit.Author("clerk")
    for value in (None, 7, {"seq": "x"}):
        with contextlib.suppress(_Undo), played.store.write(wake=False) as tx:
            before = audit.register_head(tx)
            settings.put(tx, settings.REGISTER_HEAD, value)
            audit.append(tx, audit.REGISTER, played.now, author, "test-sent", {})
            assert audit.remembered_head(tx) == (before[0] + 1, audit.of_deadline(tx, 0)[-1].hash)
            raise _Undo


def test_the_newest_seal_is_noted_once_a_day(played: Play) -> None:
    author, day = audit.Author("alertd", node="one"), played.now.date()
    with contextlib.suppress(_Undo), played.store.write(wake=False) as tx:
        newest = seals.newest(tx)
        assert seals.anchor(tx, day, played.now, author) == newest
        assert seals.anchor(tx, day, played.now, author) is None
        row = audit.of_deadline(tx, audit.REGISTER)[-1]
        assert newest is not None
        assert (row.action, row.detail) == ("sealed", {"seal": newest.number, "hash": newest.hash})
        assert seals.anchor(tx, day + timedelta(days=1), played.now, author) == newest
        raise _Undo
