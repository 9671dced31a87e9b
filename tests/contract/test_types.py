"""What is stored comes back as it went in, on both databases."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import StatementError

from alertd.store.database import Store
from alertd.store.tables import cases, events, progress
from alertd.store.tables import settings as settings_table
from tests.support.register import at
from tests.support.rows import NOON

# One database for all examples: each example begins by emptying the table it uses.
shared = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

ZONES = st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), timezone(timedelta(hours=-9, minutes=-30))])
INSTANTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2600, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
    allow_imaginary=False,
)
WORDS = st.lists(st.text("abcz019.-", min_size=1, max_size=12), max_size=8).map(tuple)
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def _case(at: datetime, parties: tuple[str, ...] = (), title: str = "") -> dict[str, object]:
    return {"id": "fire", "title": title, "parties": parties, "opened_at": at}


@shared
@given(at=INSTANTS, parties=WORDS, title=TEXT)
def test_instants_words_and_texts_come_back_as_they_went_in(
    store: Store, at: datetime, parties: tuple[str, ...], title: str
) -> None:
    with store.write() as tx:
        tx.execute(delete(cases))
        tx.execute(insert(cases).values(**_case(at, parties, title)))
    with store.read() as tx:
        row = tx.execute(select(cases)).one()
    assert row.opened_at == at.astimezone(UTC)  # == of two zones is never true in a repeated hour
    assert row.opened_at.tzinfo is UTC
    assert (row.parties, row.title) == (parties, title)


@shared
@given(first=INSTANTS, second=INSTANTS)
def test_the_database_compares_instants_as_time_does(store: Store, first: datetime, second: datetime) -> None:
    with store.write() as tx:
        tx.execute(delete(cases))
        tx.execute(insert(cases).values(**_case(first)))
        found = tx.execute(select(cases.c.id).where(cases.c.opened_at <= second)).first()
    assert (found is not None) == (first.astimezone(UTC) <= second.astimezone(UTC))


@shared
@given(day=st.dates(date(1, 1, 1), date(9999, 12, 31)), amount=st.floats(-1e6, 1e6, allow_subnormal=False))
def test_days_and_amounts_come_back_as_they_went_in(store: Store, day: date, amount: float) -> None:
    row = {"id": 1, "obligation": "training", "party": "jd-1", "entered_at": NOON, "actor": "clerk"}
    with store.write() as tx:
        tx.execute(delete(progress))
        tx.execute(insert(progress).values(**row, on_day=day, amount=amount))
    with store.read() as tx:
        found = tx.execute(select(progress).where(progress.c.on_day <= day)).one()
    assert (found.on_day, found.amount) == (day, amount)


@shared
@given(value=JSON.filter(lambda value: value is not None))
def test_json_comes_back_as_it_went_in(store: Store, value: object) -> None:
    with store.write() as tx:
        tx.execute(delete(settings_table))
        tx.execute(insert(settings_table).values(name="x", value=value))
    with store.read() as tx:
        assert tx.execute(select(settings_table.c.value)).scalar_one() == value


def test_an_instant_without_a_zone_is_refused_before_it_is_stored(store: Store) -> None:
    with store.write() as tx, pytest.raises(StatementError, match="offset-naive"):
        tx.execute(insert(cases).values(**_case(datetime(2026, 1, 1))))  # noqa: DTZ001


def test_absent_instants_and_days_stay_absent(store: Store) -> None:
    row = {
        "id": "e",
        "version": 1,
        "type": "draft",
        "case_id": "fire",
        "parties": (),
        "instants": {},
        "title": "",
        "state": "recorded",
        "happened_at": NOON,
        "entered_at": NOON,
        "entered_by": "clerk",
        "digest": "",
        "history": [],
    }
    with store.write() as tx:
        tx.execute(insert(cases).values(**_case(at("2026-12-01"))))
        tx.execute(insert(events).values(**row))
    with store.read() as tx:
        found = tx.execute(select(events)).one()
    assert (found.stated_due, found.parties, found.history) == (None, (), [])
