"""What an event may state and no duty that it starts would read, so that it would be lost."""

from __future__ import annotations

from datetime import date

from alertd.core.model import EventType
from alertd.core.timing import RuleKind
from alertd.engine.cases.reported import STATED
from alertd.engine.operations.moments import instant_of
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World


def reads_due(world: World, kind: EventType) -> bool:
    """Whether some clock that an event of this type starts is due on the date it states, or runs from it."""
    for duty in world.register.obligations.values():
        stated = duty.rule.kind is RuleKind.STATED
        starts = (start.partition(".")[::2] for start in duty.starts_on)
        if any(type_ == kind.id and (stated or name == STATED) for type_, name in starts):
            return True
    return False


def refuse_unread_due(world: World, kind: EventType, due: date) -> None:
    """A date that no clock of this type would read is a slip. Raises Refused."""
    instant_of(world, due)
    if not reads_due(world, kind):
        raise Refused("due-unread", found=due.isoformat(), type=kind.id)


def reads_urgent(world: World, kind: EventType) -> bool:
    """Whether an urgency changes some limit of a case that an event of this type belongs to."""
    reached, duties = {kind.id}, [*world.register.obligations.values()]
    for _ in duties:  # what follows from a hand-in counts by it, too
        starts = [(duty.id, {start.partition(".")[0] for start in duty.starts_on}) for duty in duties]
        new = {name for name, grounds in starts if not grounds.isdisjoint(reached)} - reached
        if not new:
            break
        reached |= new
    rules = [[duty.rule, *duty.severity_rules.values()] for duty in duties if duty.id in reached]
    return any(rule.urgent for each in rules for rule in each)


def refuse_unread_urgent(world: World, kind: EventType) -> None:
    """An urgency that changes no limit of the case is a slip. Raises Refused."""
    if not reads_urgent(world, kind):
        raise Refused("urgent-unread", type=kind.id)
