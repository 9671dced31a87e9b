"""What a gate asks of one version of a case: the results of judgements. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alertd.core.model import State

#: what a hand-in may come to where it is a judgement (審查結果)
RESULTS = ("passed", "passed-after-changes", "failed")

_HANDED_IN = frozenset({State.DONE, State.VERIFIED})
#: states that leave nothing to judge by
_VOID = frozenset({State.CANCELLED, State.WITHDRAWN})


class Judged(Protocol):
    """A deadline of the case, as it is stored."""

    @property
    def number(self) -> int: ...
    @property
    def obligation(self) -> str: ...
    @property
    def party(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def case_version(self) -> int: ...
    @property
    def done_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a gate shut.

    `why` is "never-started", "earlier-version" (passed, but for a version before this one), "running",
    "too-late" (given only after it went ahead), "waived", "no-result" or "other-result".
    """

    obligation: str
    why: str
    wanted: tuple[str, ...]
    number: int | None = None
    result: str = ""
    version: int | None = None  # for which it passed


def missing(
    requires: Iterable[str], rows: Sequence[Judged], version: int, before: datetime | None = None
) -> tuple[Missing, ...]:
    """What `version` still lacks of `requires` (core.model.Gate); nothing means the gate is open.

    Of one obligation owed by several parties each must have such a result; of one party the last one counts.
    With `before` only what was given before that instant does, whenever it was entered.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    for requirement in requires:
        obligation, _, result = requirement.partition(":")
        wanted[obligation] = (*wanted.get(obligation, ()), *((result,) if result else ()))
    found = (_lacking(name, results, rows, version, before) for name, results in wanted.items())
    return tuple(each for each in found if each is not None)


def _lacking(
    obligation: str, results: tuple[str, ...], rows: Sequence[Judged], version: int, before: datetime | None
) -> Missing | None:
    mine = [row for row in rows if row.obligation == obligation and row.state not in _VOID]
    now = {row.party: row for row in sorted(mine, key=lambda row: row.number) if row.case_version == version}
    if not now:
        earlier = [row for row in mine if row.case_version < version and not _why(row, results)]
        if earlier:
            last = max(earlier, key=lambda row: row.number)
            return Missing(
                obligation, "earlier-version", results, last.number, last.result, last.case_version
            )
        return Missing(obligation, "never-started", results)
    for row in now.values():
        why = _why(row, results) or _too_late(row, before)
        if why:
            return Missing(obligation, why, results, row.number, row.result)
    return None


def _why(row: Judged, results: tuple[str, ...]) -> str:
    if row.state == State.WAIVED:
        return "waived"
    if row.state not in _HANDED_IN:
        return "running"
    if not results or row.result in results:
        return ""
    return "other-result" if row.result else "no-result"


def _too_late(row: Judged, before: datetime | None) -> str:
    return "too-late" if before is not None and row.done_at is not None and row.done_at >= before else ""
