"""One notice or roll as a block of ready words: what templates put in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alertd.core.model import Standing, Text
from alertd.core.standing import COLOURS, Colour
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import occurrence_text
from alertd.messages.facts import BY_WHEN, REFERENCE, clause_text, members_table, notice_facts
from alertd.messages.reader import Reader
from alertd.messages.standing import LEADERS, is_late, lead_of, tag_of
from alertd.messages.view import MessageView, NoticeKind, NoticeView, RollView

#: what templates see of one notice; documented in templates/message.txt.j2
Block = Mapping[str, Any]

#: what an act says is shown in its own colour
_KIND_COLOURS = {
    NoticeKind.BREACH: "red",
    NoticeKind.MISSED: "red",
    NoticeKind.SHORTFALL: "red",
    NoticeKind.EXCEEDED: "green",
    NoticeKind.RETURNED: "yellow",
    NoticeKind.REOPENED: "yellow",
    NoticeKind.UNDECIDED: "yellow",
    NoticeKind.DONE: "green",
    NoticeKind.VERIFIED: "green",
}
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
        NoticeKind.ENDED,
        NoticeKind.MISSED,
        NoticeKind.EXCEEDED,
    }
)


def _colour(standing: str) -> str:
    """What is closed has no standing, and is in time as far as anybody reads it here."""
    return str(COLOURS[Standing(standing)] if standing else Colour.GREEN)


def block_of(view: NoticeView | RollView, message: MessageView, reader: Reader) -> Block:
    """The words of one notice or roll for one reader."""
    if isinstance(view, RollView):
        return _roll_block(view, message, reader)
    return _notice_block(view, message, reader)


def _notice_block(view: NoticeView, message: MessageView, reader: Reader) -> Block:
    words = reader.words
    title, party = words.text(view.obligation_title), words.text(view.party_name)
    mark = words.say("subject.unconfirmed") if view.unconfirmed else ""
    resting = view.kind in AT_REST
    facts = notice_facts(view, reader, resting)
    return {
        "tag": tag_of(view, words),
        "colour": _KIND_COLOURS.get(view.kind) or ("grey" if resting else _colour(view.standing)),
        "heading": mark + words.say("text.heading", title=title, party=party),
        "title": title,
        "party": party,
        "lead": lead_of(view, reader),
        "left": "" if resting else reader.left(view),
        "facts": list(facts.values()),
        "by_when": [fact for key, fact in facts.items() if key in BY_WHEN],
        "details": [fact for key, fact in facts.items() if key not in BY_WHEN and key != REFERENCE],
        "reference": facts[REFERENCE],
        "table": members_table(view, words),
        "notes": _notes(view, reader, resting),
        "why": _why(view, message, words),
        "number": view.number,
    }


def position_title(position: str, station: bool, words: Catalogue) -> str:
    return words.word("position", "station-chief" if station and position == "section-chief" else position)


def _notes(view: NoticeView, reader: Reader, resting: bool) -> list[str]:
    words = reader.words
    notes: list[str] = []
    if view.unconfirmed:
        notes.append(words.say("note.unconfirmed"))
    if view.late_entry:
        notes.append(words.say("note.late-entry"))
    if view.climbed:
        notes.append(words.say("note.climbed"))
    if view.kind in (NoticeKind.REQUESTED, NoticeKind.UNDECIDED) and view.ask and view.due is not None:
        notes.append(words.say(f"note.decide-{_urgency(view, reader)}", due=reader.due(view)))
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
        unless = "-unless" if view.next_unless_acknowledged else ""
        notes.append(
            words.say(
                f"note.next-up{unless}" if up else f"note.next{unless}",
                at=reader.instant(view.next_at),
                positions=words.say("text.list").join(names),
            )
        )
    return notes


def _urgency(view: NoticeView, reader: Reader) -> str:
    """By when a request is to be decided: also after the limit, where it was asked in time."""
    if view.request == "decline":
        return "decline"
    if view.wanted_over:
        return "past"
    if view.due is not None and reader.now >= view.due:
        return "over"
    return "extend" if view.answer_in_time else "now"


def _why(view: NoticeView | RollView, message: MessageView, words: Catalogue) -> str:
    unit = words.text(view.unit_name)
    station = isinstance(view, NoticeView) and view.station
    position = position_title(view.position, station, words)
    if message.deputy_for and unit:
        return words.say(
            "note.why-deputy", name=words.script(message.deputy_for), unit=unit, position=position
        )
    if view.position in ("receiver", "co-lead", "supervisor"):
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
        facts.append(
            (words.say("label.returned-names"), _names(view.returned_names, words, view.returned_calls))
        )
    if view.waiting_names:
        facts.append((words.say("label.waiting-names"), _names(view.waiting_names, words)))
    if view.asking_names:
        facts.append((words.say("label.asking-names"), _names(view.asking_names, words)))
    if view.missing_names:
        label = words.say("label.late-names" if late else "label.missing-names")
        facts.append((label, _names(view.missing_names, words, view.missing_calls)))
    details, due = list(facts), reader.due_left(view)
    by_when = [(words.say("label.due"), due)] if due else []
    facts += by_when
    clause = (words.say("label.clause"), clause_text(view.clause, view.choice, words))
    facts.append(clause)
    lead = "roll-complete" if view.handed_in == view.total else "roll-late" if late else "roll-open"
    lead = "roll-review" if view.review else lead
    title = words.text(view.obligation_title)
    period = occurrence_text(view.occurrence, reader.language)
    return {
        "tag": tag_of(view, words),
        "colour": _colour(view.standing),
        "heading": words.say("text.heading", title=title, party=period) if period else title,
        "title": title,
        "party": "",
        "lead": words.say(f"lead.{lead}"),
        "left": reader.left(view),
        "facts": facts,
        "by_when": by_when,
        "details": [*details, clause],
        "reference": None,
        "table": None,
        "notes": [words.say("note.provisional-roll")] if view.provisional else [],
        "why": _why(view, message, words),
        "number": None,
    }


def _names(names: Sequence[Text], words: Catalogue, calls: Sequence[str] = ()) -> str:
    """Names one after the other, with whom to call where that is known."""
    said = [words.text(name) for name in names]
    for place, call in enumerate(calls):
        if call:
            said[place] = words.say("fact.with-call", name=said[place], call=words.script(call))
    return words.say("text.list").join(said)
