"""Each thing the doctor looks at, well and unwell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from alertd.engine.notify.admin import GATHERING, tell_admin
from alertd.engine.notify.topics import FilesFaulty
from alertd.engine.operations.going_live import GoLive, go_live
from alertd.engine.preview import checkup, comparing
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import Mode, World
from alertd.store import addresses, chains, illness, revisions, settings
from alertd.store import nodes as node_store
from alertd.store.illness import Illness
from alertd.store.tables import audit, deadlines, nodes
from tests.support.installed import NOW, change, installation, lay_down, started, with_real_addresses


@pytest.fixture
def running(tmp_path):
    found, store = started(with_real_addresses(lay_down(tmp_path)))
    yield found.ruling(store, NOW), store
    store.close()


def _look(store, check, *args):
    with store.read() as tx:
        within = len(args) == 2 and isinstance(args[0], World)
        finding = check(Scope(tx, *args)) if within else check(tx, *args)
    return finding.level, finding.say


def test_faults_are_bad_and_all_of_them_are_named():
    assert checkup.files_finding([]).level == "ok"
    finding = checkup.files_finding(["config.toml:1:1: a", "config.toml:2:1: b"])
    assert (finding.level, finding.values["count"], len(finding.items)) == ("bad", 2, 2)


def test_files_that_rule_and_files_that_do_not_yet(tmp_path):
    found, store = started(lay_down(tmp_path))
    assert _look(store, checkup.revisions_finding, found.files().texts) == ("ok", "same")
    change(tmp_path / "schedules/policies.toml", "daily = 5", "daily = 4")
    (tmp_path / "schedules/chapter-7.toml").unlink()
    with store.read() as tx:
        finding = checkup.revisions_finding(tx, found.files().texts)
    assert (finding.level, finding.say) == ("warn", "differ")
    assert finding.items == ("- schedules/chapter-7.toml", "~ schedules/policies.toml")
    store.close()


def test_a_store_without_revisions_is_only_fresh(tmp_path):
    store = installation(lay_down(tmp_path)).open_store(upgrade=True)
    assert _look(store, checkup.revisions_finding, {}) == ("warn", "none")
    store.close()


def test_a_change_that_is_held_back_is_called_so(tmp_path):
    found, store = started(lay_down(tmp_path))
    change(tmp_path / "schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")
    assert found.reconcile(store, NOW).held is not None
    assert _look(store, checkup.revisions_finding, found.files().texts) == ("warn", "held")
    store.close()


def test_an_audit_row_somebody_rewrote_is_found(running):
    _, store = running
    assert {finding.level for finding in _compared(store)} == {"ok"}
    store.transact(lambda tx: tx.execute(update(audit).values(actor="nobody")))
    found = {finding.check: finding for finding in _compared(store)}
    assert (found["audit"].level, found["audit"].say) == ("bad", "broken")
    with store.read() as tx:
        assert found["audit"].values["count"] == len(chains.verify(tx))
    assert len(found["audit"].items) == comparing.NAMED


def _compared(store):
    with store.read() as tx:
        return comparing.audit_findings(tx)


def test_a_deadline_nobody_would_look_at_again_is_found(running):
    _, store = running
    assert _look(store, checkup.planned_finding) == ("ok", "all")
    store.transact(lambda tx: tx.execute(update(deadlines).values(next_action_at=None, waits="")))
    assert _look(store, checkup.planned_finding) == ("bad", "unexplained")


def test_a_daemon_that_never_ran_that_runs_and_that_is_gone(running):
    _, store = running
    assert _look(store, checkup.daemon_finding, NOW, False) == ("warn", "never")
    assert _look(store, checkup.daemon_finding, NOW, True) == ("ok", "running")
    beat = {"id": "n", "version": "1", "started_at": NOW, "seen_at": NOW}
    store.transact(lambda tx: tx.execute(insert(nodes).values(**beat)))
    assert _look(store, checkup.daemon_finding, NOW, None) == ("ok", "running")
    assert _look(store, checkup.daemon_finding, NOW, False) == ("bad", "gone")
    assert _look(store, checkup.daemon_finding, NOW + timedelta(hours=1), None) == ("bad", "gone")


def test_a_daemon_that_ended_in_order_does_not_run(running):
    _, store = running
    beat = {"version": "1", "started_at": NOW, "seen_at": NOW}
    store.transact(lambda tx: tx.execute(insert(nodes).values(id="old", **beat, stopped_at=NOW)))
    assert _look(store, checkup.daemon_finding, NOW, None) == ("bad", "gone")
    store.transact(lambda tx: tx.execute(insert(nodes).values(id="new", **beat)))
    with store.read() as tx:
        assert checkup.daemon_finding(tx, NOW, True).items == ("new 1",)


def test_daemons_that_share_a_store_in_different_modes_are_a_fault(running):
    _, store = running

    def beat(name, mode, **more):
        values = {
            "id": name,
            "version": "1",
            "started_at": NOW,
            "seen_at": NOW,
            "about": {"mode": mode},
            **more,
        }
        store.transact(lambda tx: tx.execute(insert(nodes).values(**values)))

    beat("one", "live")
    beat("stopped", "hold", stopped_at=NOW)
    beat("silent", "hold", seen_at=NOW - timedelta(hours=1))
    with store.read() as tx:
        assert checkup.modes_finding(tx, NOW) is None
    beat("two", "live")
    assert _look(store, checkup.modes_finding, NOW) == ("ok", "same")
    beat("three", "rehearsal")
    assert _look(store, checkup.modes_finding, NOW) == ("bad", "differ")
    with store.read() as tx:
        finding = checkup.modes_finding(tx, NOW)
    assert finding is not None
    assert finding.items == ("one: live", "three: rehearsal", "two: live")


def test_files_older_than_what_another_node_put_in_force_are_told_apart(running, tmp_path):
    _, store = running
    texts = dict(installation(tmp_path).files().texts)
    name = "schedules/policies.toml"

    def rule(tx):
        revisions.apply(tx, {name: texts[name] + "# said elsewhere\n"}, (), NOW, "alertd", "")
        for node in ("one", "two"):
            settings.put(tx, f"folder.{node}", {name: revisions.digest_of(texts[name])})

    store.transact(rule)
    assert _look(store, checkup.revisions_finding, texts) == ("warn", "behind")
    fresh = {**texts, name: texts[name] + "# an idea of this node\n"}
    assert _look(store, checkup.revisions_finding, fresh) == ("warn", "differ")


def test_a_message_that_should_have_left_is_found(running):
    world, store = running
    store.transact(lambda tx: tell_admin(Scope(tx, world, NOW), FilesFaulty(where="schedules", fault="x")))
    assert _look(store, checkup.outbox_finding, world, NOW) == ("ok", "moving")
    later = NOW + GATHERING + timedelta(minutes=11)
    assert _look(store, checkup.outbox_finding, world, later) == ("bad", "stuck")
    assert _look(store, checkup.outbox_finding, replace(world, mode=Mode.HOLD), later) == ("warn", "on-hold")


def test_where_messages_go_is_said_and_a_mode_that_is_not_meant_to_last_is_marked(running):
    world, store = running
    assert _look(store, checkup.sending_finding, "rehearsal") == ("ok", "rehearsal")
    assert _look(store, checkup.sending_finding, "live") == ("warn", "not-yet-live")
    store.transact(lambda tx: go_live(Scope(tx, world, NOW, Actor("clerk")), GoLive(1)))
    assert _look(store, checkup.sending_finding, "live") == ("ok", "live")
    assert _look(store, checkup.sending_finding, "hold") == ("warn", "hold")


def test_an_address_that_does_not_work_and_who_is_out_of_reach_for_it(running):
    world, store = running
    only_mail = replace(world, channels=("email",))
    assert _look(store, checkup.addresses_finding, world, NOW) == ("ok", "usable")
    assert _look(store, checkup.people_finding, only_mail, NOW) == ("ok", "reached")
    address = "qin-wenbo.government-office@city.gov.test"
    store.transact(lambda tx: addresses.block(tx, "email", address, "no such user", NOW))
    assert _look(store, checkup.addresses_finding, world, NOW) == ("warn", "blocked")
    with store.read() as tx:
        (item,) = checkup.addresses_finding(Scope(tx, world, NOW)).items
    days = f"{NOW:%Y-%m-%d} – {NOW + addresses.LASTS:%Y-%m-%d}"
    assert item == f"email {address} (qin-wenbo.government-office 秦文博), {days}: no such user"
    assert _look(store, checkup.addresses_finding, world, NOW + addresses.LASTS) == ("ok", "usable")
    assert _look(store, checkup.people_finding, only_mail, NOW) == ("warn", "unreached")
    assert _look(store, checkup.people_finding, only_mail.sending(), NOW) == ("bad", "unreached")


def test_a_channel_that_serves_nobody_is_named_with_what_its_provider_said(running):
    world, store = running
    assert _look(store, checkup.channels_finding, world, NOW) == ("ok", "serve")
    store.transact(lambda tx: illness.say(tx, "one", {"email": Illness(NOW, "421 too busy")}))
    assert _look(store, checkup.channels_finding, world, NOW) == ("bad", "ill")
    with store.read() as tx:
        (line,) = checkup.channels_finding(Scope(tx, world, NOW)).items
    assert str(line).startswith("email: 421 too busy (")
    for node in ("one", "two"):
        store.transact(lambda tx, node=node: node_store.beat(tx, node, "1", NOW, NOW, {}))
    assert _look(store, checkup.channels_finding, world, NOW) == ("warn", "ill-here")


def test_an_empty_position_is_named_with_its_unit(tmp_path):
    people = lay_down(tmp_path) / "schedules/people.csv"
    change(people, "government-office,principal,", "government-office,assignee,", "utf-8-sig")
    found, store = started(tmp_path)
    with store.read() as tx:
        finding = checkup.positions_finding(Scope(tx, found.ruling(store, NOW), NOW))
    store.close()
    assert finding.level == "warn"
    items = [str(item) for item in finding.items]
    assert any(item.startswith("government-office ") and item.endswith(" principal") for item in items)


def test_an_estimated_calendar_matters_when_its_year_comes_near(running):
    world, store = running
    assert _look(store, checkup.calendar_finding, world, NOW - timedelta(days=200)) == ("ok", "official")
    store.transact(lambda tx: tx.execute(update(deadlines).values(provisional=True)))
    assert _look(store, checkup.calendar_finding, world, NOW) == ("warn", "estimated")


def test_a_clock_that_was_set_back_is_noticed(running):
    _, store = running
    assert _look(store, checkup.clock_finding, NOW, 0.0) == ("ok", "forward")
    assert _look(store, checkup.clock_finding, NOW - timedelta(hours=1), 0.0) == ("bad", "behind")


@pytest.mark.parametrize(
    ("free", "level"), [(5_000_000_000, "ok"), (900_000_000, "warn"), (90_000_000, "bad")]
)
def test_room_on_the_disk(free, level):
    finding = checkup.disk_finding(free)
    assert finding is not None
    assert finding.level == level


def test_the_disk_of_another_machine_is_not_ours_to_judge():
    assert checkup.disk_finding(None) is None


def test_what_the_database_says_of_itself():
    assert checkup.integrity_finding("", "0001").level == "ok"
    assert checkup.integrity_finding("page 3 is never used", "0001").level == "bad"
