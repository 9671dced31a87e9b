"""Clocks that stand still and run on, or run anew.

`suspend`, `resume` and `restart` are for people and ask alertd.core.rights; `stop`, `go_on` and `run_anew`
are for what the rules do themselves, such as a draft that is sent back. Each is one transaction of its
caller.
"""

from __future__ import annotations

from datetime import datetime

from alertd.core.rights import Act
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.deadlines.retiming import go_on, run_anew, stop
from alertd.engine.ruling.scope import Scope


def suspend(scope: Scope, number: int, at: datetime, reason: str) -> None:
    """Stop a clock at `at`, which lies within it and not ahead. Refused once the limit has passed."""
    _, right = permitted(scope, number, Act.SUSPEND)
    stop(scope, number, at, need_reason(reason), right)


def resume(scope: Scope, number: int, at: datetime, reason: str) -> datetime | None:
    """Let a clock go on at `at`, not before it stopped and not ahead; returns the new due."""
    _, right = permitted(scope, number, Act.RESUME)
    return go_on(scope, number, at, reason.strip(), right)


# ---------------------------------------------------------------- anew


def restart(scope: Scope, number: int, at: datetime, reason: str, approver: str = "") -> datetime | None:
    """Let a clock run anew from `at`, not ahead, by the rule it started with; returns the new due."""
    _, right = permitted(scope, number, Act.RESTART, approver)
    return run_anew(scope, number, at, need_reason(reason), right)
