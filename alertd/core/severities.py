"""What the severity of an event makes of a duty: whether it is owed, and by which rule its clock runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alertd.core.model import Obligation, Register
from alertd.core.timing import Rule


def levels_of(register: Register, kind: str) -> tuple[str, ...]:
    """The severities of an event type, lowest first; none where it knows none, or is not in the files."""
    known = register.event_types.get(kind)
    return known.severities if known else ()


def owed_at(duty: Obligation, severity: str) -> bool:
    """Whether events of this severity start the duty at all."""
    return not duty.severity or severity in duty.severity


def rule_at(duty: Obligation, levels: Sequence[str], severity: str) -> Rule:
    """The rule at a severity; `levels` are those of the event type, lowest first.

    A rule written for a severity holds for graver ones too, unless one of these has its own: nobody has more
    time because an incident is graver than the list goes. An event without a severity has the duty's rule.
    """
    up_to = levels[: levels.index(severity) + 1] if severity in levels else ()
    return next(
        (duty.severity_rules[each] for each in reversed(up_to) if each in duty.severity_rules), duty.rule
    )


def ruled_at(duty: Obligation, levels: Sequence[str], severity: str) -> Obligation:
    """The duty with the rule it has at a severity."""
    return replace(duty, rule=rule_at(duty, levels, severity)) if duty.severity_rules else duty


def rule_between(duty: Obligation, levels: Sequence[str], before: str, after: str) -> Rule | None:
    """The rule a running clock takes when its event goes to another severity; None: it keeps its own.

    It keeps its own where both have the same, also one that the files no longer say.
    """
    then, now = rule_at(duty, levels, before), rule_at(duty, levels, after)
    return now if now.text != then.text else None
