"""An event as somebody reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: an event whose state is this is not confirmed yet; `confirm_by` says when leaders hear of that
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as somebody reports it. `instants` are by name (occurred, received …), all aware.

    `result` is what a judgement came to, for events that close one (core.gates.RESULTS).
    """

    type: str
    case: str
    parties: tuple[str, ...]
    instants: Mapping[str, datetime]
    stated_due: date | None = None
    title: str = ""
    id: str = ""
    severity: str = ""
    result: str = ""
    unconfirmed: bool = False
