"""All that is known of one deadline, in words: facts, messages, history, how its limit was counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alertd.core.escalation import Reach
from alertd.core.evidence import megabytes
from alertd.core.measures import exceeded
from alertd.engine.reporting.whole import Explained, Whole
from alertd.messages.dates import instant_text
from alertd.messages.facts import bound_text, clause_text
from alertd.messages.rules import rule_text
from alertd.messages.trace import TraceText, trace_text
from alertd.saying.overriding import silence_text
from alertd.saying.people import who
from alertd.saying.rows import row_limit, row_party, row_state
from alertd.saying.voice import Voice
from alertd.saying.ways import profile, ways_said
from alertd.store.rows import DeadlineRow, EvidenceRow


def facts(found: Whole, voice: Voice) -> list[tuple[str, str]]:
    row, words, today = found.stood.row, voice.words, voice.today()

    def instant(at: datetime | None) -> str:
        return instant_text(at, voice.zone, voice.language, today) if at else ""

    facts = [
        (words.say("label.number"), words.say("fact.number", number=row.number, id=row.id)),
        (words.say("label.party"), row_party(row, voice)),
        (words.say("label.state"), row_state(row, found.stood.standing, voice)),
        (words.say("label.due"), row_limit(row, voice)),
        *_source(row, voice),
        (words.say("label.measure"), _measure(found, voice)),
        (words.say("label.carried"), row.carried_from),
        (voice.words.say("show.event"), row.event_id or ""),
        (voice.words.say("show.done"), instant(row.done_at)),
        (voice.words.say("show.review"), instant(row.review_due)),
        (words.say("label.result"), words.word("result", row.result) if row.result else ""),
        (words.say("show.proof"), proof(found)),
        (voice.words.say("show.next"), instant(row.next_action_at) or words.word("waits", row.waits)),
        (voice.words.say("show.acknowledged"), instant(row.acknowledged_until)),
        (voice.words.say("show.silence"), silence_text(found.silence, voice) if found.silence else ""),
    ]
    return [(name, text) for name, text in facts if text]


def _source(row: Any, voice: Voice) -> list[tuple[str, str]]:
    obligation = voice.world.register.obligations.get(row.obligation)
    if obligation is None:
        return []
    clause = voice.words.say(
        "show.clause", clause=obligation.source.clause, rule=rule_text(row.rule, voice.language)
    )
    clause = clause_text(clause, obligation.choice, voice.words)
    note = voice.words.script(obligation.source.note)
    return [(voice.words.say("label.clause"), clause), (voice.words.say("show.note"), note)]


def _measure(found: Whole, voice: Voice) -> str:
    measure, total, owed = found.stood.measure, found.stood.total, found.stood.owed
    if measure is None:
        return ""
    unit = "%" if measure.percent is not None else voice.words.text(measure.unit)
    bound = bound_text(owed.kind, f"{owed.value:g}", unit, voice.words)
    if total is None:
        figures = voice.words.say("fact.measure", bound=bound)
        empty = "not-applicable" if found.stood.standing == "not-applicable" else "no-figures"
        return voice.words.say("fact.state", state=figures, standing=voice.words.word("standing", empty))
    said = voice.words.say("fact.measure-amount", bound=bound, unit=unit, amount=f"{total:.4g}")
    if exceeded(total, measure.maximum):
        return voice.words.say("show.exceeded", measure=said, maximum=measure.maximum, unit=unit)
    return said


def messages(found: Whole, voice: Voice) -> list[tuple[str, str, str, str]]:
    register, words = voice.world.register, voice.words
    rows = []
    for message in found.messages:
        at = message.sent_at or message.not_before
        person = register.people.get(message.person)
        state = words.word("delivery", message.state)
        if message.acknowledged_at:
            state = words.say("fact.state", state=state, standing=words.say("button.received"))
        rows.append(
            (
                instant_text(at, voice.zone, voice.language, voice.today()) if at else "",
                f"{person.name if person else message.person} {words.word('position', message.position)}",
                message.channel,
                state,
            )
        )
    return rows


def history(found: Whole, voice: Voice) -> list[tuple[str, str, str]]:
    rows = []
    for each in found.history:
        action = f"action.{each.action}"
        said = voice.words.say(action) if action in voice.words else each.action
        said = voice.words.say("show.late-entry", what=said) if each.detail.get("entered_late") else said
        reason = str(each.detail.get("reason") or "")
        at = instant_text(each.at, voice.zone, voice.language, voice.today())
        rows.append(
            (
                at,
                each.by,
                voice.words.say("show.because", what=said, why=reason) if reason else said,
            )
        )
    return rows


def proof(found: Whole) -> str:
    """What was said to prove the last hand-in, as it was typed; "" for nothing."""
    done = [each for each in found.history if each.action == "done"]
    return str(done[-1].detail.get("evidence") or "") if done else ""


def files(found: Whole, voice: Voice) -> list[tuple[str, str]]:
    """The files that prove it: the name of each, and how large it is, by whom and when it was added."""
    return [file_text(row, voice) for row in found.files]


def file_text(row: EvidenceRow, voice: Voice) -> tuple[str, str]:
    at = instant_text(row.kept_at, voice.zone, voice.language, voice.today())
    return row.name, voice.words.say("show.file", size=megabytes(row.size), by=row.by, at=at)


def counting(found: Explained, voice: Voice) -> list[TraceText]:
    """How the limit was counted: when, what that settles, and why."""
    return [trace_text(line, voice.zone, voice.language, voice.today()) for line in found.trace]


def steps(found: Explained, voice: Voice) -> list[tuple[str, str, str]]:
    """The steps under the policy: when, whether it was reached, who hears."""
    words = voice.words
    return [
        (
            instant_text(reach.at, voice.zone, voice.language, voice.today()),
            words.say(f"explain.{_reached(reach, found.row)}"),
            words.say("text.list").join(words.word("position", position) for position in reach.step.to),
        )
        for reach in found.steps
    ]


def reached(found: Explained, voice: Voice) -> list[tuple[str, str, str]]:
    """How whoever hears of the steps to come is reached: who, by which of their orders, over which ways."""
    words = voice.words
    return [
        (who(each.person, voice), words.say(f"way.{profile(each.urgent)}"), ways_said(each.ways, voice))
        for each in found.reached
    ]


def _reached(reach: Reach, row: DeadlineRow) -> str:
    """A check of a time before the deadline was stored never comes, and is not ahead either."""
    if reach.id in row.fired:
        return "fired"
    return "before" if reach.came_before(row.since) else "ahead"
