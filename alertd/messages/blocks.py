"""One notice or roll as a block of ready words: what templates put in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import (
    catalogue,
    day_text,
    due_short_text,
    due_text,
    ending_day,
    instant_text,
    limit_text,
    occurrence_text,
    remaining_text,
)
from alertd.messages.view import MemberView, MessageView, NoticeKind, NoticeView, RollView

#: what templates see of one notice; documented in channels/templates/message.txt.j2
Block = Mapping[str, Any]

DOERS = frozenset({"contact", "assignee", "duty"})
LEADERS = frozenset({"section-chief", "leader-in-charge", "principal", "duty-leader"})

#: the colours of supervision practice: green in time, yellow near the limit, red behind it, grey at rest
_COLOURS = {"overdue": "red", "near": "yellow", "behind": "yellow", "no-figures": "yellow"}
_KIND_COLOURS = {
    NoticeKind.BREACH: "red",
    NoticeKind.RETURNED: "yellow",
    NoticeKind.REOPENED: "yellow",
    NoticeKind.DONE: "green",
    NoticeKind.VERIFIED: "green",
}
_NEW_LIMIT = frozenset({NoticeKind.MOVED, NoticeKind.EXTENDED, NoticeKind.RESUMED})
#: after these nothing is left to do, so neither a limit nor a next step is shown
AT_REST = frozenset(
    {
        NoticeKind.DONE,
        NoticeKind.VERIFIED,
        NoticeKind.WAIVED,
        NoticeKind.CANCELLED,
        NoticeKind.WITHDRAWN,
        NoticeKind.REASSIGNED,
        NoticeKind.SUSPENDED,
    }
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: language, zone and the moment."""

    words: Catalogue
    zone: ZoneInfo
    now: datetime
    today: date

    @classmethod
    def of(cls, message: MessageView) -> Reader:
        today = message.now.astimezone(message.zone).date()
        return cls(catalogue(message.language), message.zone, message.now, today)

    @property
    def language(self) -> str:
        return self.words.language

    def instant(self, at: datetime) -> str:
        return instant_text(at, self.zone, self.language, self.today)

    def limit(self, at: datetime) -> str:
        return limit_text(at, self.zone, self.language, self.today)

    def due(self, view: NoticeView | RollView) -> str:
        if view.due is None:
            return ""
        due = self.due_of(view.due, view.last_day, view.office_due, view.by_the_hour)
        start_missing = isinstance(view, NoticeView) and view.start_provisional_missing
        return self.words.say("fact.provisional", due=due) if view.provisional or start_missing else due

    def due_left(self, view: NoticeView | RollView) -> str:
        """The limit and how far away it is."""
        if view.due is None:
            return ""
        return self.words.say("fact.due-left", due=self.due(view), left=self.left(view))

    def due_of(self, due: datetime, last_day: date | None, office: datetime | None, by_the_hour: bool) -> str:
        return due_text(
            due=due,
            last_day=last_day,
            office_due=office,
            by_the_hour=by_the_hour,
            zone=self.zone,
            language=self.language,
            reference=self.today,
        )

    def due_short(self, view: NoticeView | RollView) -> str:
        """The limit in a few words; of a duty with only a minimum, the end of that."""
        if view.due is not None:
            return due_short_text(
                due=view.due,
                last_day=view.last_day,
                office_due=view.office_due,
                by_the_hour=view.by_the_hour,
                zone=self.zone,
                language=self.language,
                now=self.now,
            )
        earliest = view.earliest if isinstance(view, NoticeView) else None
        if earliest is None:
            return ""
        ends = ending_day(earliest, self.zone)
        if ends is None:
            return self.limit(earliest)
        day = day_text(ends, self.language, self.today, short=True)
        return self.words.say("subject.period-over", day=day)

    def left(self, view: NoticeView | RollView) -> str:
        if view.due is None:
            return ""
        last_day = None if view.by_the_hour else view.last_day
        return remaining_text(self.now, view.due, zone=self.zone, language=self.language, last_day=last_day)


def block_of(view: NoticeView | RollView, message: MessageView, reader: Reader) -> Block:
    """The words of one notice or roll for one reader."""
    if isinstance(view, RollView):
        return _roll_block(view, message, reader)
    return _notice_block(view, message, reader)


def is_late(view: NoticeView | RollView) -> bool:
    return view.standing == "overdue"


def tag_of(view: NoticeView | RollView, words: Catalogue) -> str:
    """The one word a message is sorted by: 催辦, 臨期, 逾期, 退回補正 ..."""
    if isinstance(view, NoticeView) and view.kind is not NoticeKind.STEP:
        return words.say(f"tag.{view.kind}")
    if is_late(view):
        return words.say("tag.overdue-hours" if view.by_the_hour else "tag.overdue")
    if isinstance(view, RollView):
        return words.say("tag.near" if view.standing == "near" else "tag.roll")
    if view.state == "done":
        return words.say("tag.done")
    if view.standing in ("behind", "no-figures"):
        return words.say(f"tag.{view.standing}")
    if view.ask and view.position in LEADERS and view.standing == "near":
        return words.say("tag.escalate")
    if view.repeat_no:
        return words.say("tag.chase")
    return words.say("tag.near" if view.standing == "near" else "tag.reminder")


def lead_of(view: NoticeView, reader: Reader) -> str:
    """What is asked of the reader, in one sentence."""
    if view.kind is NoticeKind.BREACH and not view.ask:
        return reader.words.say("lead.breach-informed")
    if view.kind is not NoticeKind.STEP:
        return reader.words.say(f"lead.{view.kind}")
    if view.members:
        return reader.words.say("lead.members" if view.ask else "lead.members-informed")
    if view.state == "done" and view.ask:
        return reader.words.say("lead.review")
    if view.due is None and view.earliest is not None and view.ask:
        return reader.words.say("lead.period-over" if reader.now >= view.earliest else "lead.period-running")
    role = "informed" if not view.ask else "overseer" if view.position not in DOERS else "doer"
    late = "-late" if is_late(view) else ""
    hours = "-hours" if view.by_the_hour and (late or role == "doer") else ""
    return reader.words.say(f"lead.{role}{late}{hours}")


def position_title(position: str, station: bool, words: Catalogue) -> str:
    return words.word("position", "station-chief" if station and position == "section-chief" else position)


def _notice_block(view: NoticeView, message: MessageView, reader: Reader) -> Block:
    words = reader.words
    title, party = words.text(view.obligation_title), words.text(view.party_name)
    resting = view.kind in AT_REST
    return {
        "tag": tag_of(view, words),
        "colour": _KIND_COLOURS.get(view.kind)
        or ("grey" if resting else _COLOURS.get(view.standing, "green")),
        "heading": words.say("text.heading", title=title, party=party),
        "title": title,
        "party": party,
        "lead": lead_of(view, reader),
        "left": "" if resting else reader.left(view),
        "facts": _facts(view, reader, resting),
        "table": _table(view, words),
        "notes": _notes(view, reader, resting),
        "why": _why(view, message, words),
        "number": view.number,
    }


def _facts(view: NoticeView, reader: Reader, resting: bool) -> list[tuple[str, str]]:
    words = reader.words
    facts: list[tuple[str, str]] = []

    def fact(label: str, value: str) -> None:
        if value:
            facts.append((words.say(f"label.{label}"), value))

    fact("case", words.script(view.case_title))
    fact("period-about", occurrence_text(_occurrence(view.deadline_id), reader.language))
    if view.kind in (NoticeKind.MOVED, NoticeKind.EXTENDED) and view.old_due is not None:
        fact(
            "old-due",
            reader.due_of(view.old_due, view.old_last_day, view.old_office_due, view.by_the_hour),
        )
    if not resting:
        fact("new-due" if view.kind in _NEW_LIMIT else "due", reader.due_left(view))
        fact("period", _period(view, reader))
    fact("measure", _measure(view, words))
    fact("state", _state(view, words))
    fact("by", _by(view, reader))
    fact("result", words.word("result", view.result) if view.result else "")
    fact("reason", words.script(view.reason))
    fact("clause", view.clause)
    fact("number", words.say("fact.number", number=view.number, id=view.deadline_id))
    return facts


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


def _by(view: NoticeView, reader: Reader) -> str:
    name = reader.words.script(view.by_name)
    if not name or view.happened_at is None:
        return name
    return reader.words.say("fact.by-at", name=name, at=reader.instant(view.happened_at))


def _measure(view: NoticeView, words: Catalogue) -> str:
    measure = view.measure
    if measure is None:
        return ""
    unit, minimum = words.text(measure.unit), _number(measure.minimum)
    if measure.amount is not None:
        return words.say("fact.measure-amount", minimum=minimum, unit=unit, amount=_number(measure.amount))
    if measure.expected is not None:
        return words.say("fact.measure-pace", minimum=minimum, unit=unit, expected=_number(measure.expected))
    return words.say("fact.measure", minimum=minimum, unit=unit)


def _number(amount: float) -> str:
    """At most one decimal, none where it is nought."""
    return f"{amount:.1f}".removesuffix(".0")


def _table(view: NoticeView, words: Catalogue) -> Mapping[str, Any] | None:
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
    return {"caption": caption, "heads": heads, "rows": rows}


def _row(member: MemberView, unit: str, paced: bool, words: Catalogue) -> list[str]:
    def figure(amount: float | None, absent: str) -> str:
        if amount is None:
            return words.say(absent)
        return words.say("fact.figure", amount=_number(amount), unit=unit)

    name = f"{words.script(member.name)} {member.number}".rstrip()
    cells = [name, figure(member.amount, "fact.no-figures")]
    return [*cells, figure(member.expected, "fact.none")] if paced else cells


def _notes(view: NoticeView, reader: Reader, resting: bool) -> list[str]:
    words = reader.words
    notes: list[str] = []
    if view.start_provisional_missing:
        missing = words.word("instant", view.start_provisional_missing)
        notes.append(words.say("note.start-missing", instant=missing))
    if view.provisional and not resting:
        notes.append(words.say("note.provisional"))
    if view.repeat_no:
        notes.append(words.say("note.repeat", count=view.repeat_no + 1))
    if view.merged:
        notes.append(words.say("note.merged", count=len(view.merged)))
    if view.next_at is not None and view.next_at > reader.now and view.next_to and not resting:
        names = [position_title(position, view.station, words) for position in view.next_to]
        up = not LEADERS.isdisjoint(view.next_to)
        notes.append(
            words.say(
                "note.next-up" if up else "note.next",
                at=reader.instant(view.next_at),
                positions=words.say("text.list").join(names),
            )
        )
    return notes


def _why(view: NoticeView | RollView, message: MessageView, words: Catalogue) -> str:
    unit = words.text(view.unit_name)
    station = isinstance(view, NoticeView) and view.station
    position = position_title(view.position, station, words)
    if message.deputy_for and unit:
        return words.say(
            "note.why-deputy", name=words.script(message.deputy_for), unit=unit, position=position
        )
    if view.position in ("receiver", "supervisor"):
        return words.say(f"note.why-{view.position}")
    return words.say("note.why", unit=unit, position=position)


def _roll_block(view: RollView, message: MessageView, reader: Reader) -> Block:
    words = reader.words
    missing = view.total - view.handed_in - view.returned
    late = is_late(view)
    facts = [
        (
            words.say("label.counts"),
            words.say(
                "fact.counts",
                total=view.total,
                handed_in=view.handed_in,
                returned=view.returned,
                missing=missing,
            ),
        )
    ]
    if view.returned_names:
        facts.append((words.say("label.returned-names"), _names(view.returned_names, words)))
    if view.missing_names:
        label = words.say("label.late-names" if late else "label.missing-names")
        facts.append((label, _names(view.missing_names, words)))
    due = reader.due_left(view)
    if due:
        facts.append((words.say("label.due"), due))
    facts.append((words.say("label.clause"), view.clause))
    lead = "roll-complete" if view.handed_in == view.total else "roll-late" if late else "roll-open"
    title = words.text(view.obligation_title)
    period = occurrence_text(view.occurrence, reader.language)
    return {
        "tag": tag_of(view, words),
        "colour": _COLOURS.get(view.standing, "green"),
        "heading": words.say("text.heading", title=title, party=period) if period else title,
        "title": title,
        "party": "",
        "lead": words.say(f"lead.{lead}"),
        "left": reader.left(view),
        "facts": facts,
        "table": None,
        "notes": [words.say("note.provisional")] if view.provisional else [],
        "why": _why(view, message, words),
        "number": None,
    }


def _names(names: tuple[Any, ...], words: Catalogue) -> str:
    return words.say("text.list").join(words.text(name) for name in names)
