"""From when until when a duty is owed (`valid_from`, `valid_to` in the files)."""

from __future__ import annotations

from datetime import date

from alertd.core.model import Obligation


def in_force(obligation: Obligation, day: date) -> bool:
    """Whether what begins on this local day is owed; both days of the validity are included."""
    early = obligation.valid_from is not None and day < obligation.valid_from
    return not early and not ended(obligation, day)


def ended(obligation: Obligation, day: date) -> bool:
    """Whether the duty's last day is over."""
    return obligation.valid_to is not None and day > obligation.valid_to


def overlaps(obligation: Obligation, first: date, last: date) -> bool:
    """Whether a period of these days, both included, lies in the validity of the duty or touches it."""
    starts_late = obligation.valid_from is not None and last < obligation.valid_from
    return not starts_late and not ended(obligation, first)
