"""What a change of the files moves and whom it tells, by duty: one changed day moves many limits alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.engine.reporting.differences import DutyTold, Move, Told
    from alertd.engine.ruling.world import World

#: columns of a moved deadline that people read; the others follow from these
_READ = (
    "due",
    "earliest",
    "office_due",
    "obligation",
    "rule",
    "policy",
    "provisional",
    "due_soft",
    "earliest_soft",
)
#: of one duty so many different changes are shown, the others counted
_OF_A_DUTY = 2
#: so many people are named, and so many duties they hear of; the others are counted
_NAMED, _DUTIES = 20, 15


def change_lines(moves: Sequence[Move], world: World, session: Session) -> list[str]:
    """For each duty what moves, old and new: deadlines of one occurrence that move alike are one line."""
    duties: dict[str, dict[tuple[str, str], list[Move]]] = {}
    for move in moves:
        alike = (move.row.occurrence, _change(move, session))
        duties.setdefault(move.row.obligation, {}).setdefault(alike, []).append(move)
    lines = []
    for name, found in duties.items():
        for (occurrence, change), some in list(found.items())[:_OF_A_DUTY]:
            what = some[0].row.id
            if len(some) > 1:
                what = session.say("plan.alike", of=f"{name}@{occurrence}", count=len(some))
            lines.append(f"~ {what}  {change}".rstrip())
        if len(found) > _OF_A_DUTY:
            rest = [move for some in list(found.values())[_OF_A_DUTY:] for move in some]
            lines.append(f"~ {session.say('plan.others', of=name, count=len(rest))}")
    return lines


def _change(move: Move, session: Session) -> str:
    """The old and new value of what people read of a deadline."""
    parts = [
        session.say("plan.change", name=session.say(f"plan.column.{name}"), old=old, new=new)
        for name in _READ
        if name in move.values
        for old, new in [
            (_said(name, getattr(move.row, name), session), _said(name, move.values[name], session))
        ]
    ]
    return session.say("word.semicolon").join(parts)


def _said(name: str, value: Any, session: Session) -> str:
    from alertd.messages.dates import limit_text
    from alertd.messages.rules import rule_text

    if isinstance(value, datetime):
        return limit_text(value, session.zone, session.language)
    if isinstance(value, bool) or value is None:
        return session.say(f"word.{'none' if value is None else 'yes' if value else 'no'}")
    return rule_text(value, session.language) if name == "rule" else str(value)


def told_lines(told: Told, world: World, session: Session) -> list[str]:
    """How many hear at once and who, and of which duties; because a step is reached where that is why."""
    if not told.people:
        return [session.say("plan.tells-nobody")]
    known = world.register.people
    names = [known[person].name if person in known else person for person in sorted(told.people)]
    listed = session.words.say("text.list").join(names[:_NAMED])
    if len(names) > _NAMED:
        listed = session.say("plan.and-others", names=listed, count=len(names) - _NAMED)
    head = session.say(
        "plan.tells", count=len(names), messages=told.messages, names=session.words.script(listed)
    )
    lines = [head, *(f"  {_of_duty(duty, world, session)}" for duty in told.duties[:_DUTIES])]
    if len(told.duties) > _DUTIES:
        lines.append("  " + session.say("plan.other-duties", count=len(told.duties) - _DUTIES))
    return lines


def _of_duty(duty: DutyTold, world: World, session: Session) -> str:
    known = world.register.obligations.get(duty.obligation)
    title = session.words.text(known.title) if known else duty.obligation
    key = "plan.of-duty" if not duty.reached else "plan.of-duty-reached"
    counts = {"count": len(duty.people), "reached": len(duty.reached), "deadlines": duty.deadlines}
    return session.say(key, title=title, **counts)
