"""One lineage builds the tables on both databases, and refuses what it does not know."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from alertd.engine.deadlines.recount import accepted
from alertd.engine.preview import comparing
from alertd.store import audit, migrating, seals, settings
from alertd.store.database import Store
from alertd.store.errors import StoreNewer, StoreOlder
from alertd.store.tables import (
    acts,
    deadlines,
    delivery_notices,
    events,
    metadata,
    notices,
    receipts,
    requests,
)
from alertd.store.tables import audit as audit_table
from alertd.store.types import from_micros, to_micros


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    store = Store(empty_url)
    yield store
    store.close()


def test_migrations_build_exactly_the_tables_the_program_speaks_of(empty: Store) -> None:
    assert migrating.upgrade(empty) == ""
    with empty.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_the_comparison_sees_a_column_that_is_missing(store: Store) -> None:
    with store.write() as tx:
        tx.execute(text("ALTER TABLE receipts DROP COLUMN node"))
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata)


def test_upgrading_twice_is_upgrading_once(empty: Store) -> None:
    migrating.upgrade(empty)
    assert migrating.upgrade(empty) == migrating.NEWEST
    assert migrating.check(empty)


def test_an_empty_database_is_refused_until_it_is_upgraded(empty: Store) -> None:
    with pytest.raises(StoreOlder, match="alertd db upgrade"):
        migrating.require_current(empty)
    migrating.upgrade(empty)
    migrating.require_current(empty)


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store: Store) -> None:
    with store.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for work in (migrating.upgrade, migrating.require_current, migrating.check):
        with pytest.raises(StoreNewer, match=r"9999.*install that version") as refused:
            work(store)
        assert refused.value.values == {"found": "9999", "known": migrating.NEWEST}
    assert migrating.version_of(store) == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    whole = command.upgrade

    def broken(*args: object) -> None:
        whole(*args)  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    monkeypatch.setattr(command, "upgrade", broken)
    with pytest.raises(RuntimeError):
        migrating.upgrade(empty)
    monkeypatch.undo()
    assert migrating.version_of(empty) == ""
    migrating.upgrade(empty)


#: what a program of the first version wrote: a deadline somebody was asked for, and the message about it
OLD_ROWS = """
INSERT INTO deadlines (number, id, obligation, occurrence, party, unit, state, start, opens_at,
    earliest_soft, due, due_soft, provisional, start_provisional, rule, policy, by_the_hour, trace, since,
    fired, waits, result, breach, audit_seq, audit_head)
  VALUES (7, 'report@2026/town-a', 'report', '2026', 'town-a', 'town-a', 'open', 1, 2,
    false, 3, false, false, '', 'yearly by 12-30', 'plan', false, '', 4, '', '', '', '', 0, '');
INSERT INTO alerts (id, deadline, kind, step, level, reached_at, decided_at, merged)
  VALUES (70, 7, 'step', 'first', 1, 5, 6, '');
INSERT INTO notices (id, alert, deadline, person, position, deputy_for, ask, channel_place, repeats_left,
    repeat_every, repeat_no, next_at, ack)
  VALUES (71, 70, 7, '張三', 'contact', '', true, 0, 2, 60, 1, 8, 'each');
INSERT INTO deliveries (id, person, channel, address, template, bundle, state, drill, created_at, lease_owner,
    attempts, last_resort, message_id, subject, body)
  VALUES (72, '張三', 'email', 'a@b.example', 'message', 'd', 'waiting', false, 6, '', 0, false, 'm', '', '');
INSERT INTO delivery_notices (delivery, notice) VALUES (72, 71)
"""


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_what_an_earlier_program_wrote_is_kept(empty: Store, version: str) -> None:
    from alembic import command

    settings = migrating.config()
    if empty.path is not None:
        empty.make_file()
    with empty.write() as tx:
        settings.attributes["connection"] = tx
        command.upgrade(settings, version)
        for statement in OLD_ROWS.split(";"):
            tx.execute(text(statement))
    assert migrating.upgrade(empty) == version
    with empty.read() as tx:
        notice = tx.execute(notices.select()).one()
        assert (notice.person, notice.ask, notice.repeats_left, notice.alert) == ("張三", True, 2, 70)
        assert tx.execute(deadlines.select()).one().id == "report@2026/town-a"
        assert tx.execute(delivery_notices.select()).one() == (72, 71)
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


#: what a program wrote while two columns were kept that nobody read
UNREAD_ROWS = """
INSERT INTO cases (id, title, parties, opened_at, version) VALUES ('fire', 'a fire', '', 1, 1);
INSERT INTO events (id, version, type, case_id, parties, instants, title, state, happened_at, entered_at,
    told_at, entered_by, digest, history, case_version, severity)
  VALUES ('fire-report', 1, 'incident', 'fire', '', '{}', 'a fire', 'recorded', 1, 2,
    3, 'clerk', '', '[]', 1, '');
INSERT INTO requests (id, deadline, kind, asked_at, asked_by, reason, wanted, decide_by, decision, decided_by)
  VALUES (73, 7, 'extend', 5, '張三', 'rain', '"2027-01-30"', 6, '', '')
"""


def test_the_rest_of_a_row_stays_when_what_nobody_read_goes(empty: Store) -> None:
    from alembic import command

    settings = migrating.config()
    if empty.path is not None:
        empty.make_file()
    with empty.write() as tx:
        settings.attributes["connection"] = tx
        command.upgrade(settings, "0001")
        for statement in OLD_ROWS.split(";"):
            tx.execute(text(statement))
        command.upgrade(settings, "0005")
        for statement in UNREAD_ROWS.split(";"):
            tx.execute(text(statement))
    assert migrating.upgrade(empty) == "0005"
    with empty.read() as tx:
        event, request = tx.execute(events.select()).one(), tx.execute(requests.select()).one()
        assert (event.id, event.case_id, event.entered_by) == ("fire-report", "fire", "clerk")
        assert (request.id, request.asked_by, request.wanted) == (73, "張三", "2027-01-30")
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_the_version_the_program_names_is_the_newest_migration() -> None:
    scripts = ScriptDirectory.from_config(migrating.config())
    assert scripts.get_current_head() == migrating.NEWEST


#: what a program without rows for acts wrote of two limits: one that the audit explains, and one it does not
OLD_ACTS = """
INSERT INTO deadlines (number, id, obligation, occurrence, party, unit, state, start, opens_at,
    earliest_soft, due, due_soft, last_day, provisional, start_provisional, rule, policy, by_the_hour, trace,
    since, fired, waits, result, breach, audit_seq, audit_head, limit_by)
  VALUES (1, 'a', 'review', 'a', 'town-a', 'town-a', 'open', 9000000, 9000000,
    false, 70000000, false, '1970-01-02', false, '', '15 days',
    'p', false, '', 1, '', '', '', '', 5, '', 'extended');
INSERT INTO deadlines (number, id, obligation, occurrence, party, unit, state, start, opens_at,
    earliest_soft, due, due_soft, last_day, provisional, start_provisional, rule, policy, by_the_hour, trace,
    since, fired, waits, result, breach, audit_seq, audit_head, limit_by)
  VALUES (2, 'b', 'review', 'b', 'town-a', 'town-a', 'open', 9000000, 9000000,
    false, 80000000, false, '1970-01-03', false, '', '15 days',
    'p', false, '', 1, '', '', '', '', 0, '', 'returned')
"""
OLD_AUDIT: list[tuple[str, dict[str, Any]]] = [
    ("suspended", {"at": "1970-01-01T00:00:10+00:00", "reason": "hearing"}),
    ("resumed", {"at": "1970-01-01T00:00:20+00:00"}),
    (
        "restarted",
        {
            "at": "1970-01-01T00:00:09+00:00",
            "reason": "new draft",
            "changes": {"start": {"old": "1970-01-01T00:00:01+00:00", "new": "1970-01-01T00:00:09+00:00"}},
        },
    ),
    ("sent-back", {"at": "1970-01-01T00:00:30+00:00"}),
    (
        "extended",
        {
            "reason": "experts",
            "changes": {
                "due": {"old": "1970-01-01T00:01:00+00:00", "new": "1970-01-01T00:01:10+00:00"},
                "last_day": {"old": "1970-01-01", "new": "1970-01-02"},
            },
        },
    ),
]


def test_acts_of_an_older_store_are_taken_from_its_audit(empty: Store) -> None:
    from alembic import command

    config = migrating.config()
    if empty.path is not None:
        empty.make_file()
    with empty.write() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "0005")
        for statement in OLD_ACTS.split(";"):
            tx.execute(text(statement))
        for seq, (action, detail) in enumerate(OLD_AUDIT, 1):
            row = audit.row(1, seq, "", from_micros(50_000_000 + seq), audit.Author("gao"), action, detail)
            tx.execute(audit_table.insert().values(**row))
    migrating.upgrade(empty)
    with empty.read() as tx:
        rows = tx.execute(acts.select().order_by(acts.c.deadline, acts.c.id)).fetchall()
        starts = {row.number: row.counted_from for row in tx.execute(select(deadlines))}
        named = settings.get(tx, settings.LIMITS_STATED)
    assert [(row.deadline, row.kind) for row in rows] == [
        (1, "pause"), (1, "restart"), (1, "note"), (1, "grant"), (2, "stated"),
    ]  # fmt: skip
    pause, restart, note, grant, stated = rows
    assert (to_micros(pause.at), to_micros(pause.until)) == (10_000_000, 20_000_000)
    assert (to_micros(restart.at), restart.reason, restart.by) == (9_000_000, "new draft", "gao")
    assert note.reason == "sent-back-runs-on"
    assert (grant.end_day, grant.end_at, to_micros(grant.at)) == (date(1970, 1, 2), None, 50_000_005)
    assert stated.limits["last_day"] == "1970-01-03"
    assert accepted(stated).limits is not None
    assert {number: to_micros(at) for number, at in starts.items() if at} == {1: 1_000_000, 2: 9_000_000}
    assert named == ["b"]


#: what a program wrote whose chains did not say what rows must be: one deadline that spoke, one that was
#: never touched; a message that left, one that was dropped without a receipt, and one given up
UNSAID_ROWS = """
INSERT INTO deadlines (number, id, obligation, occurrence, party, unit, state, start, opens_at,
    earliest_soft, due, due_soft, last_day, provisional, start_provisional, rule, policy, by_the_hour, trace,
    since, fired, next_action_at, waits, acknowledged_until, result, breach, audit_seq, audit_head,
    counted_from, carried_from, turn)
  VALUES (7, 'report@2026/town-a', 'report', '2026', 'town-a', 'town-a', 'open', 1000000, 2000000,
    false, 3000000, true, '1970-01-02', false, '', 'yearly by 12-30', 'plan', false, '',
    4000000, 'first second', 9000000, '', 8000000, '', '', :seq, :head, 1000000, '2025 7', 0);
INSERT INTO deadlines (number, id, obligation, occurrence, party, unit, state, start, opens_at,
    earliest_soft, due_soft, provisional, start_provisional, rule, policy, by_the_hour, trace,
    since, fired, waits, done_at, closed_at, result, breach, audit_seq, audit_head, carried_from, turn)
  VALUES (8, 'report@2026/town-b', 'report', '2026', 'town-b', 'town-b', 'done', 1000000, 2000000,
    false, false, false, '', 'yearly by 12-30', 'plan', true, '',
    4000000, '', 'closed', 5000000, 6000000, 'agree', 'late', 0, '', '', 0);
INSERT INTO alerts (id, deadline, kind, step, level, reached_at, decided_at, merged)
  VALUES (70, 7, 'step', 'first', 1, 5000000, 6000000, '');
INSERT INTO notices (id, alert, deadline, person, position, deputy_for, ask, repeats_left, repeat_every,
    repeat_no, ack)
  VALUES (71, 70, 7, '張三', 'contact', '', true, 0, 0, 0, 'each');
INSERT INTO deliveries (id, person, channel, address, template, bundle, state, drill, created_at, lease_owner,
    attempts, last_resort, message_id, subject, body, sent_at)
  VALUES (72, '張三', 'email', 'a@b.example', 'message', 'd', 'accepted', false, 6000000, '', 1, false, 'm',
    '', '', 6500000);
INSERT INTO deliveries (id, person, channel, address, template, bundle, state, drill, created_at, lease_owner,
    attempts, last_resort, message_id, subject, body)
  VALUES (73, '張三', 'email', 'a@b.example', 'message', 'e', 'dropped', false, 6000000, '', 0, false, 'n',
    '', '');
INSERT INTO deliveries (id, person, channel, address, template, bundle, state, drill, created_at, lease_owner,
    attempts, last_resort, message_id, subject, body)
  VALUES (74, '張三', 'email', 'a@b.example', 'message', 'f', 'refused', false, 6000000, '', 2, false, 'o',
    '', '');
INSERT INTO delivery_notices (delivery, notice) VALUES (72, 71);
INSERT INTO receipts (id, delivery, attempt, at, result, code, detail, node, seconds)
  VALUES (75, 72, 1, 6500000, 'accepted', '250', 'ok', 'one', 0.5);
INSERT INTO receipts (id, delivery, attempt, at, result, code, detail, node, seconds)
  VALUES (76, 74, 1, 6500000, 'retry', '450', 'later', 'one', 0.25)
"""


def _older(store: Store) -> None:
    """A store of version 0008: two rows of a deadline's chain, one of the register's, and two seals."""
    from alembic import command

    config = migrating.config()
    if store.path is not None:
        store.make_file()
    spoke = {"step": "first", "merged": ["second"], "people": ["張三"]}
    opened = audit.row(7, 1, "", from_micros(2_000_000), audit.Author("alertd"), "opened", {})
    alert = audit.row(7, 2, opened["hash"], from_micros(6_000_000), audit.Author("alertd"), "alert", spoke)
    applied = audit.row(0, 1, "", from_micros(1_000_000), audit.Author("clerk"), "revision-applied", {})
    with store.write() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "0008")
        for statement in UNSAID_ROWS.split(";"):
            found = text(statement)
            tx.execute(found, {"seq": 2, "head": alert["hash"]} if ":head" in statement else {})
        head = ""
        for number, rows in ((1, [opened]), (2, [applied, alert])):
            for row in rows:
                tx.execute(audit_table.insert().values(**{**row, "sealed": number}))
            made = hashlib.sha256(head.encode())
            for row in rows:
                made.update(f"{row['deadline']}|{row['seq']}|{row['hash']}\n".encode())
            seal = {"seq": number, "heads": len(rows), "prev": head, "hash": made.hexdigest()}
            columns = "seq, at, heads, prev_hash, hash"
            tx.execute(text(f"INSERT INTO seals ({columns}) VALUES (:seq, 1, :heads, :prev, :hash)"), seal)
            head = made.hexdigest()


def _findings(store: Store) -> list[Any]:
    with store.read() as tx:
        found = [*comparing.audit_findings(tx), comparing.sent_finding(tx)]
    return [line for finding in found if finding.level != "ok" for line in finding.items]


def test_an_older_store_is_taken_over_as_it_stands_and_watched_from_then_on(empty: Store) -> None:
    _older(empty)
    assert migrating.upgrade(empty) == "0008"
    assert _findings(empty) == []
    with empty.write() as tx:
        assert seals.seal(tx, from_micros(7_000_000)) == 6  # both deadlines, taken over, and four receipts
        assert seals.newest(tx) == seals.numbered(tx, 3)
        chain = audit.of_deadline(tx, 7)
        assert [row.action for row in chain] == ["opened", "alert", "taken-over"]
        assert chain[-1].detail["now"]["due"] == "1970-01-01T00:00:03+00:00"
        assert chain[-1].detail["now"]["fired"] == ["first", "second"]
        ends = tx.execute(
            select(receipts.c.delivery, receipts.c.result).where(receipts.c.code == "taken-over")
        )
        assert sorted(ends.fetchall()) == [(73, "dropped"), (74, "refused")]
    assert _findings(empty) == []
    with empty.write() as tx:
        tx.execute(deadlines.update().where(deadlines.c.number == 8).values(state="open"))
    (line,) = _findings(empty)
    assert line.values == {
        "deadline": "report@2026/town-b", "column": "state", "found": "open", "expected": "done",
    }  # fmt: skip


def test_seals_that_an_older_program_made_are_missed_too(empty: Store) -> None:
    _older(empty)
    migrating.upgrade(empty)
    with empty.write() as tx:
        tx.execute(text("DELETE FROM seals WHERE seq = 2"))
    assert [(line.say, line.values) for line in _findings(empty)] == [("seal-missing", {"seal": 2})]
