"""The facts of one deadline, labelled, and the table of people behind pace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import day_text, occurrence_text
from alertd.messages.reader import Reader
from alertd.messages.view import MemberView, NoticeKind, NoticeView

_NEW_LIMIT = frozenset(
    {NoticeKind.MOVED, NoticeKind.EXTENDED, NoticeKind.RESUMED, NoticeKind.RESTARTED, NoticeKind.RETURNED}
)


#: a label, and what it says
Fact = tuple[str, str]
#: facts by when it is owed, and of how it is called: they stand before and after all others
BY_WHEN, REFERENCE = frozenset({"due", "new-due", "period"}), "number"


def notice_facts(view: NoticeView, reader: Reader, resting: bool) -> dict[str, Fact]:
    """The facts of one deadline by their key, in their order."""
    words = reader.words
    facts: dict[str, Fact] = {}

    def fact(label: str, value: str) -> None:
        if value:
            facts[label] = words.say(f"label.{label}"), value

    fact("case", words.script(view.case_title))
    fact("turn", words.say("fact.turn", number=view.turn) if view.turn else "")
    fact("period-about", occurrence_text(_occurrence(view.deadline_id), reader.language))
    if view.kind in _NEW_LIMIT and view.old_due is not None:
        fact(
            "old-due",
            reader.due_of(view.old_due, view.old_last_day, view.old_office_due, view.by_the_hour),
        )
    if not resting:
        moved = view.kind in _NEW_LIMIT and (view.kind is not NoticeKind.RETURNED or view.old_due is not None)
        fact("new-due" if moved else "due", reader.due_left(view))
        fact("period", _period(view, reader))
    fact("urgent", words.script(view.urgent))
    fact("measure", _measure(view, words))
    fact("state", _state(view, words))
    fact("by", _by(view, reader))
    fact("result", words.word("result", view.result) if view.result else "")
    fact(f"wanted-{view.request}", _wanted(view, reader))
    fact("reason", _reason(view.reason, words))
    fact("carried", view.carried_from)
    fact("clause", clause_text(view.clause, view.choice, words))
    fact("number", words.say("fact.number", number=view.number, id=view.deadline_id))
    return facts


def clause_text(clause: str, choice: bool, words: Catalogue) -> str:
    """Where it is written, and plainly that the time limit is not, where the admin chose it."""
    return words.say("fact.choice", clause=clause) if choice else clause


def _occurrence(deadline_id: str) -> str:
    return deadline_id.partition("@")[2].rpartition("/")[0]


def _period(view: NoticeView, reader: Reader) -> str:
    if view.earliest is None:
        return ""
    end = reader.limit(view.earliest)
    if reader.now >= view.earliest:
        return reader.words.say("fact.period-over", end=end)
    return reader.words.say("fact.period-soft" if view.earliest_soft else "fact.period-hard", end=end)


def _state(view: NoticeView, words: Catalogue) -> str:
    state = words.word("state", view.state)
    if view.state != "open" or view.standing in ("", "on-track"):
        return state
    standing = "overdue-hours" if view.standing == "overdue" and view.by_the_hour else view.standing
    return words.say("fact.state", state=state, standing=words.word("standing", standing))


def _reason(reason: str, words: Catalogue) -> str:
    """What somebody wrote, or why the program did something, in the reader's words."""
    own = f"reason.{reason.replace(' ', '-')}"
    return words.say(own) if own in words else words.script(reason)


def _wanted(view: NoticeView, reader: Reader) -> str:
    if view.wanted_end is None:
        return reader.words.text(view.wanted_unit) if view.wanted_unit else ""
    if isinstance(view.wanted_end, datetime):
        return reader.instant(view.wanted_end)
    return day_text(view.wanted_end, reader.language, reader.today)


def _by(view: NoticeView, reader: Reader) -> str:
    name = reader.words.script(view.by_name)
    if not name or view.happened_at is None:
        return name
    return reader.words.say("fact.by-at", name=name, at=reader.instant(view.happened_at))


def _measure(view: NoticeView, words: Catalogue) -> str:
    measure = view.measure
    if measure is None:
        return ""
    unit = words.text(measure.unit)
    bound = bound_text(measure.bound, _number(measure.minimum), unit, words)
    if measure.amount is not None:
        return words.say("fact.measure-amount", bound=bound, unit=unit, amount=_number(measure.amount))
    if measure.expected is not None:
        return words.say("fact.measure-pace", bound=bound, unit=unit, expected=_number(measure.expected))
    return words.say("fact.measure", bound=bound)


def bound_text(kind: str, number: str, unit: str, words: Catalogue) -> str:
    """What is owed, as "at least 40 hours"; `kind` is that of core.measures.Bound."""
    return words.say(f"fact.bound.{kind}", number=number, unit=unit)


def _number(amount: float) -> str:
    """At most one decimal, none where it is nought."""
    return f"{amount:.1f}".removesuffix(".0")


def members_table(view: NoticeView, words: Catalogue) -> Mapping[str, Any] | None:
    if not view.members:
        return None
    unit = words.text(view.measure.unit) if view.measure else ""
    heads = [words.say("label.person"), words.say("label.amount")]
    paced = any(member.expected is not None for member in view.members)
    if paced:
        heads.append(words.say("label.expected"))
    caption = ""
    if view.members_total:
        caption = words.say("fact.members-count", count=len(view.members), total=view.members_total)
    rows = [_row(member, unit, paced, words) for member in view.members]
    lines = [words.say("fact.member-pace" if paced else "fact.member", cells=row) for row in rows]
    return {"caption": caption, "heads": heads, "rows": rows, "lines": lines}


def _row(member: MemberView, unit: str, paced: bool, words: Catalogue) -> list[str]:
    def figure(amount: float | None, absent: str) -> str:
        if amount is None:
            return words.say(absent)
        return words.say("fact.figure", amount=_number(amount), unit=unit)

    name = f"{words.script(member.name)} {member.number}".rstrip()
    cells = [name, figure(member.amount, "fact.no-figures")]
    return [*cells, figure(member.expected, "fact.none")] if paced else cells
