"""What a change of the files moves and whom it tells, by duty: one changed day moves many limits alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from alertd.engine.reporting.differences import DutyTold, Move, Told
from alertd.messages.dates import limit_text
from alertd.messages.rules import rule_text
from alertd.saying.rows import row_limit
from alertd.saying.voice import Voice

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


def change_lines(moves: Sequence[Move], voice: Voice) -> list[str]:
    """For each duty what moves, old and new: deadlines of one occurrence that move alike are one line."""
    duties: dict[str, dict[tuple[str, str], list[Move]]] = {}
    for move in moves:
        alike = (move.row.occurrence, _change(move, voice))
        duties.setdefault(move.row.obligation, {}).setdefault(alike, []).append(move)
    lines = []
    for name, found in duties.items():
        for (occurrence, change), some in list(found.items())[:_OF_A_DUTY]:
            what = some[0].row.id
            if len(some) > 1:
                what = voice.words.say("cli.plan.alike", of=f"{name}@{occurrence}", count=len(some))
            lines.append(f"~ {what}  {change}".rstrip())
        if len(found) > _OF_A_DUTY:
            rest = [move for some in list(found.values())[_OF_A_DUTY:] for move in some]
            lines.append(f"~ {voice.words.say('cli.plan.others', of=name, count=len(rest))}")
    return lines


def _change(move: Move, voice: Voice) -> str:
    """The old and new value of what people read of a deadline."""
    parts = [
        voice.words.say("cli.plan.change", name=voice.words.say(f"cli.plan.column.{name}"), old=old, new=new)
        for name in _READ
        if name in move.values
        for old, new in [(_said(name, getattr(move.row, name), voice), _said(name, move.values[name], voice))]
    ]
    return voice.words.say("cli.word.semicolon").join(parts)


def _said(name: str, value: Any, voice: Voice) -> str:
    if isinstance(value, datetime):
        return limit_text(value, voice.zone, voice.language)
    if isinstance(value, bool) or value is None:
        return voice.words.say(f"cli.word.{'none' if value is None else 'yes' if value else 'no'}")
    return rule_text(value, voice.language) if name == "rule" else str(value)


def told_lines(told: Told, voice: Voice) -> list[str]:
    """How many hear at once and who, and of which duties; because a step is reached where that is why."""
    if not told.people:
        return [voice.words.say("cli.plan.tells-nobody")]
    known = voice.world.register.people
    names = [known[person].name if person in known else person for person in sorted(told.people)]
    listed = voice.words.say("text.list").join(names[:_NAMED])
    if len(names) > _NAMED:
        listed = voice.words.say("cli.plan.and-others", names=listed, count=len(names) - _NAMED)
    head = voice.words.say(
        "cli.plan.tells", count=len(names), messages=told.messages, names=voice.words.script(listed)
    )
    lines = [head, *(f"  {_of_duty(duty, voice)}" for duty in told.duties[:_DUTIES])]
    if len(told.duties) > _DUTIES:
        lines.append("  " + voice.words.say("cli.plan.other-duties", count=len(told.duties) - _DUTIES))
    return lines


def _of_duty(duty: DutyTold, voice: Voice) -> str:
    known = voice.world.register.obligations.get(duty.obligation)
    title = voice.words.text(known.title) if known else duty.obligation
    key = "cli.plan.of-duty" if not duty.reached else "cli.plan.of-duty-reached"
    counts = {"count": len(duty.people), "reached": len(duty.reached), "deadlines": duty.deadlines}
    return voice.words.say(key, title=title, **counts)


def opened_line(row: Mapping[str, Any], voice: Voice) -> str:
    """A deadline that would be opened."""
    return f"+ {row['id']}  {row_limit(SimpleNamespace(**row), voice)}"


def gone_line(row: Any, voice: Voice) -> str:
    """A deadline that would be withdrawn."""
    return f"- {row.id}  {row_limit(row, voice)}"
