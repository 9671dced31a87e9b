"""Duties that are due at once, and whose policy says nothing then: worth a warning, never a fault."""

from __future__ import annotations

from collections.abc import Iterator

from alertd.core.model import Anchor, Obligation, Policy, Register, Step

#: what a clock of no length lacks
_LACKING = (Anchor.EARLIEST, Anchor.LAST_WORKDAY)


def silent_at_once(register: Register) -> Iterator[Obligation]:
    """The obligations due at once whose policy has no step when they start, or after.

    A step from before the limit would speak at the start, too, but was not meant for it; the reminders of
    what is overdue wait for a working day.
    """
    for duty in register.obligations.values():
        rules = (duty.rule, *duty.severity_rules.values())
        limits = [each for rule in rules for each in (rule, rule.other) if each is not None]
        policy = register.policies.get(duty.policy)
        if policy and any(each.immediate for each in limits) and not _speaks(policy):
            yield duty


def _speaks(policy: Policy) -> bool:
    return any(_is_then(step) for step in policy.steps)


def _is_then(step: Step) -> bool:
    ahead = step.at.offset is not None and step.at.before
    return step.each is None and step.at.anchor not in _LACKING and not ahead
