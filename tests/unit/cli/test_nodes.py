"""`alertd nodes`: what each daemon's row says."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from alertd.cli.nodes import state_of
from tests.support.register import at

NOW = at("2026-12-01T10:00")


@pytest.mark.parametrize(
    ("seconds", "shared", "stopped", "about", "state"),
    [
        (10, True, False, None, "running"),
        (40, True, False, None, "silent"),
        (40, False, False, None, "running"),
        (200, False, False, None, "silent"),
        (40, True, True, {"taken_over_by": ""}, "stopped"),
        (40, True, True, {"taken_over_by": "two"}, "taken-over"),
    ],
)
def test_the_state_of_a_node(
    seconds: int, shared: bool, stopped: bool, about: dict[str, str] | None, state: str
) -> None:
    seen = NOW - timedelta(seconds=seconds)
    row = SimpleNamespace(seen_at=seen, stopped_at=seen if stopped else None, about=about)
    assert state_of(row, NOW, shared) == state
