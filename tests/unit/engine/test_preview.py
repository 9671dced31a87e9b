"""The engine on virtual time: what it takes for granted that people do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from alertd.engine.operations.events import Report
from alertd.engine.preview.virtual import Assume, VirtualRun
from alertd.store import tables
from alertd.store.database import Store, memory_store
from tests.support.play import RENDERER
from tests.support.register import at, world

NIGHT = at("2026-12-05T02:00")


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store()
    yield made
    made.close()


def test_only_who_is_asked_is_taken_to_acknowledge(store: Store) -> None:
    run = VirtualRun(world(), RENDERER, store, Assume.ACKED)
    incident = Report("incident", "fire", ("town-a",), {"published": NIGHT})
    list(run.lines(NIGHT, at("2026-12-05T06:59"), [(NIGHT, incident)]))
    with store.read() as tx:
        told = tx.execute(select(tables.notices)).fetchall()
    assert {notice.person for notice in told if notice.acknowledged_at} == {"ann", "han"}
    assert {notice.person for notice in told if not notice.acknowledged_at} == {"cai", "dan"}
