"""Settings, revisions and figures, on both databases."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from alertd.store import acts, figures, idempotency, ids, revisions, settings
from alertd.store.database import Store, savepoint
from alertd.store.ids import new_id
from tests.support.rows import NOON, add_deadlines, deadline_row


def test_a_setting_is_absent_until_it_is_put_and_can_be_changed(store: Store) -> None:
    with store.write() as tx:
        assert settings.get(tx, settings.HELD) is None
        for value in ("first", {"second": [2]}, None, "third", ""):
            settings.put(tx, settings.HELD, value)
            assert settings.get(tx, settings.HELD) == value


def test_a_setting_can_be_put_as_nothing_before_it_was_ever_something(store: Store) -> None:
    with store.write() as tx:
        settings.put(tx, settings.HELD, None)
        assert settings.get(tx, settings.HELD) is None


def _slip(tx: Connection, fault: str) -> None:
    with savepoint(tx):
        settings.put(tx, "within", 1)
        if fault == "a slip":
            raise KeyError
        for _ in range(2):
            idempotency.keep(tx, "twice", "", NOON)


@pytest.mark.parametrize("fault", ["a slip", "the database"])
def test_what_is_written_within_a_savepoint_is_undone_alone(store: Store, fault: str) -> None:
    with store.write() as tx:
        settings.put(tx, "before", 1)
        with savepoint(tx):
            settings.put(tx, "whole", 1)
            with pytest.raises((KeyError, IntegrityError)):
                _slip(tx, fault)
        settings.put(tx, "after", 1)
    with store.read() as tx:
        assert [settings.get(tx, name) for name in ("before", "whole", "within", "after")] == [1, 1, None, 1]
        assert idempotency.answered(tx, "twice") is None


def test_an_answer_is_kept_for_its_key_until_nobody_asks_again(store: Store) -> None:
    with store.write() as tx:
        idempotency.keep(tx, "telegram:1:q", "收到", NOON)
    with store.write() as tx:
        assert idempotency.answered(tx, "telegram:1:other") is None
        assert idempotency.answered(tx, "telegram:1:q") == "收到"
        assert idempotency.forget(tx, NOON + idempotency.KEPT) == 0
        assert idempotency.forget(tx, NOON + idempotency.KEPT + timedelta(microseconds=1)) == 1
        assert idempotency.answered(tx, "telegram:1:q") is None


def test_the_last_applied_text_of_each_file_rules(store: Store) -> None:
    with store.write() as tx:
        revisions.apply(tx, {"a.toml": "a1", "b.toml": "b1"}, (), NOON, "clerk", "first")
        revisions.apply(tx, {"a.toml": "a2 乙"}, (), NOON, "clerk", "second")
        assert revisions.applied(tx) == {"a.toml": "a2 乙", "b.toml": "b1"}


def test_a_file_that_is_gone_rules_no_more_but_is_remembered(store: Store) -> None:
    with store.write() as tx:
        revisions.apply(tx, {"a.toml": "a1"}, (), NOON, "clerk", "first")
        revisions.apply(tx, {}, ("a.toml",), NOON, "clerk", "no longer needed")
        assert revisions.applied(tx) == {}
        assert [(row.state, row.text) for row in revisions.history(tx, "a.toml")] == [("superseded", "a1")]


def test_the_history_of_a_file_is_newest_first(store: Store) -> None:
    with store.write() as tx:
        for reason in ("first", "second", "third"):
            revisions.apply(tx, {"a.toml": reason}, (), NOON, "clerk", reason)
        rows = revisions.history(tx, "a.toml")
    assert [(row.reason, row.state) for row in rows] == [
        ("third", "applied"),
        ("second", "superseded"),
        ("first", "superseded"),
    ]
    assert rows[0].digest == revisions.digest_of("third")


def test_one_digest_names_all_files_whatever_their_order() -> None:
    one = revisions.digest_of_all({"a": "1", "b": "2"})
    assert one == revisions.digest_of_all({"b": "2", "a": "1"})
    assert one != revisions.digest_of_all({"a": "2", "b": "1"})


def _entry(party: str, amount: float, day: str, batch: str = "", name: str = "training") -> dict[str, object]:
    return {
        "id": new_id(),
        "obligation": name,
        "party": party,
        "amount": amount,
        "on_day": date.fromisoformat(day),
        "batch": batch,
        "note": "",
        "entered_at": NOON,
        "actor": "clerk",
    }


def test_totals_count_both_ends_of_the_period_and_nothing_else(store: Store) -> None:
    with store.write() as tx:
        figures.add(
            tx,
            [
                _entry("jd-1", 1, "2025-12-31"),
                _entry("jd-1", 2, "2026-01-01"),
                _entry("jd-1", 4.5, "2026-12-31"),
                _entry("jd-1", -0.5, "2026-12-31"),
                _entry("jd-1", 8, "2027-01-01"),
                _entry("jd-2", 16, "2026-06-01", name="other"),
                _entry("jd-3", 32, "2026-06-01"),
                _entry("jd-3", -32, "2026-06-02"),
            ],
        )
        totals = figures.totals(tx, "training", date(2026, 1, 1), date(2026, 12, 31))
    assert totals == {"jd-1": 6.0, "jd-3": 0.0}  # nobody's nought is jd-3's: it was entered, jd-2's was not


def test_a_file_of_entries_is_known_by_its_content(store: Store) -> None:
    with store.write() as tx:
        assert not figures.batch_known(tx, "abc")
        figures.add(tx, [_entry("jd-1", 1, "2026-01-01", "abc"), _entry("jd-1", 2, "2026-01-01", "abc")])
        figures.add(tx, [])
        assert figures.batch_known(tx, "abc")
        assert [row.amount for row in figures.entries_of(tx, "training", "jd-1")] == [1, 2]


@pytest.fixture
def set_back_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets another machine make the next ids, whose clock is three minutes behind."""

    def elsewhere() -> None:
        now = time.time()
        monkeypatch.setattr(ids, "time", SimpleNamespace(time=lambda: now - 180))
        monkeypatch.setattr(ids, "_last", 0)

    return elsewhere


def test_acts_keep_the_order_of_their_entry_whatever_the_clock_of_who_enters(
    store: Store, set_back_clock: Callable[[], None]
) -> None:
    with store.write() as tx:
        number = add_deadlines(tx, deadline_row("a"))[0].number
        first = acts.add(tx, number, "grant", NOON, NOON, end=date(2026, 12, 24))
        set_back_clock()
        second = acts.add(tx, number, "grant", NOON, NOON, end=date(2026, 12, 31))
        assert first < second
        assert [row.id for row in acts.of(tx, number)] == [first, second]


def test_of_figures_for_one_day_those_entered_last_rule_whatever_the_clock_of_who_enters(
    store: Store, set_back_clock: Callable[[], None]
) -> None:
    day = date(2026, 6, 30)
    row = {"obligation": "rate", "party": "town-a", "on_day": day, "numerator": 1.0, "denominator": 2.0}
    row |= {"entered_at": NOON, "actor": "clerk", "note": ""}
    with store.write() as tx:
        figures.add_fraction(tx, row)
        set_back_clock()
        figures.add_fraction(tx, {**row, "numerator": 2.0, "entered_at": NOON - timedelta(minutes=3)})
        assert figures.fractions_of(tx, "rate", day, day) == {"town-a": {day: (2.0, 2.0)}}
