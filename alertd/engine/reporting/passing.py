"""Whether versions of cases may go ahead: the gates before a stage, asked now, and those that are coming."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alertd.engine.cases import gates
from alertd.engine.cases.gates import Verdict as Verdict
from alertd.engine.cases.gates import WaitingVersion as WaitingVersion
from alertd.engine.ruling.scope import Scope


def verdicts(scope: Scope, case: str, stage: str, version: int | None = None) -> tuple[Verdict, ...]:
    """Every gate before `stage` about a version of a case, by default its last.

    Raises Refused for a stage without a gate, and for an unknown case or version.
    """
    return gates.look(scope.tx, scope.world, case.strip().lower(), stage, version)


def coming(
    scope: Scope, before: datetime, planned: Sequence[tuple[str, str, datetime]] = ()
) -> tuple[WaitingVersion, ...]:
    """The cases that need a gate before an instant, soonest first; `planned` are (case, stage, when)."""
    return tuple(gates.coming(scope.tx, scope.world, before, planned))
