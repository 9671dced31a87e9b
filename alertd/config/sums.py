"""Quotas that are the sum of others: what can be added up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alertd.config.checking import Table
from alertd.config.faults import Fault, shown
from alertd.core.model import Obligation


def sum_faults(duties: Mapping[str, Obligation], tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Parts that cannot be added up: other figures than entries, another unit, owner or period, or one twice.

    What is not among the `duties` has been objected to.
    """
    for name, duty in duties.items():
        parts = duty.measure.sum_of if duty.measure is not None else ()
        for number, part in enumerate(parts):
            path = ("measure", "sum_of", number)
            if part in duties and (part in parts[:number] or not _adds_up(duty, duties[part])):
                args = {"found": shown(part), "owed_by": shown(duty.owed_by)}
                yield tables[name].fault(path, "sum-of-unfit", args)


def _adds_up(whole: Obligation, part: Obligation) -> bool:
    one, other = whole.measure, part.measure
    if one is None or other is None or other.source != "entries" or other.per != "period":
        return False
    same_unit = dict(one.unit) == dict(other.unit)
    return same_unit and whole.owed_by == part.owed_by and whole.rule.period is part.rule.period
