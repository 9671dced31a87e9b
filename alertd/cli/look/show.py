"""`alertd show` and `alertd explain`: one deadline, all that is known of it, and why it is due then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.core.measures import exceeded
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.whole import Explained, Whole


@command("show")
@click.argument("deadline", metavar="DEADLINE")
@as_json
def show(session: Session, deadline: str, as_json: bool) -> None:
    from alertd.cli.look.breaches import breach_json, breach_lines
    from alertd.cli.look.list import stood_json
    from alertd.cli.output import fitted, print_json
    from alertd.engine.reporting.whole import whole

    world = session.world
    with session.store.read() as tx:
        found = whole(Scope(tx, world, session.now), deadline)
    if as_json:
        recorded = [breach_json(breach, session.zone) for breach in found.breaches]
        stood = stood_json(found.stood, session)
        print_json({**stood, **_more_json(found, session), "breaches": recorded})
    else:
        print("\n".join(fitted([*_shown(found, session), *breach_lines(found.breaches, session)])))


def _more_json(found: Whole, session: Session) -> dict[str, Any]:
    from alertd.cli.look.requests import request_json
    from alertd.cli.output import iso, rfc3339

    row, zone = found.stood.row, session.zone
    return {
        "start": rfc3339(row.start, zone),
        "last_day": iso(row.last_day),
        "rule": row.rule,
        "policy": row.policy,
        "event": row.event_id,
        "waits": row.waits or None,
        "done_at": rfc3339(row.done_at, zone),
        "result": row.result or None,
        "breach": row.breach or None,
        "carried_from": row.carried_from or None,
        "acknowledged_until": rfc3339(row.acknowledged_until, zone),
        "messages": [
            {
                "person": message.person,
                "position": message.position,
                "ask": bool(message.ask),
                "channel": message.channel,
                "state": message.state,
                "sent_at": rfc3339(message.sent_at, zone),
                "acknowledged_at": rfc3339(message.acknowledged_at, zone),
                "subject": message.subject,
            }
            for message in found.messages
        ],
        "requests": [request_json(each, session) for each in found.requests],
        "history": [
            {
                "at": rfc3339(each.at, zone),
                "actor": each.by,
                "action": each.action,
                "detail": each.detail,
            }
            for each in found.history
        ],
    }


def _shown(found: Whole, session: Session) -> list[str]:
    from alertd.cli.look.requests import request_rows
    from alertd.cli.output import aligned
    from alertd.saying.rows import row_title

    row = found.stood.row
    lines = [row_title(row, session, carried=False), *aligned(_facts(found, session), indent=2)]
    if found.requests:
        rows = request_rows(found.requests, found.unfinished, session)
        lines += ["", session.say("show.requests"), *aligned(rows, indent=2)]
    if found.messages:
        lines += ["", session.say("show.messages"), *aligned(_messages(found, session), indent=2)]
    if found.history:
        lines += ["", session.say("show.history"), *aligned(_history(found, session), indent=2)]
    return lines


def _facts(found: Whole, session: Session) -> list[tuple[str, str]]:
    from alertd.messages.dates import instant_text
    from alertd.saying.rows import row_limit, row_party, row_state

    row, words, today = found.stood.row, session.words, session.today()

    def instant(at: datetime | None) -> str:
        return instant_text(at, session.zone, session.language, today) if at else ""

    facts = [
        (words.say("label.number"), words.say("fact.number", number=row.number, id=row.id)),
        (words.say("label.party"), row_party(row, session)),
        (words.say("label.state"), row_state(row, found.stood.standing, session)),
        (words.say("label.due"), row_limit(row, session)),
        *_source(row, session),
        (words.say("label.measure"), _measure(found, session)),
        (words.say("label.carried"), row.carried_from),
        (session.say("show.event"), row.event_id or ""),
        (session.say("show.done"), instant(row.done_at)),
        (session.say("show.review"), instant(row.review_due)),
        (words.say("label.result"), words.word("result", row.result) if row.result else ""),
        (session.say("list.next"), instant(row.next_action_at) or words.word("waits", row.waits)),
        (session.say("show.acknowledged"), instant(row.acknowledged_until)),
    ]
    return [(name, text) for name, text in facts if text]


def _source(row: Any, session: Session) -> list[tuple[str, str]]:
    from alertd.messages.facts import clause_text
    from alertd.messages.rules import rule_text

    obligation = session.world.register.obligations.get(row.obligation)
    if obligation is None:
        return []
    clause = session.say(
        "show.clause", clause=obligation.source.clause, rule=rule_text(row.rule, session.language)
    )
    clause = clause_text(clause, obligation.choice, session.words)
    note = session.words.script(obligation.source.note)
    return [(session.words.say("label.clause"), clause), (session.say("show.note"), note)]


def _measure(found: Whole, session: Session) -> str:
    from alertd.messages.facts import bound_text

    measure, total, owed = found.stood.measure, found.stood.total, found.stood.owed
    if measure is None:
        return ""
    unit = "%" if measure.percent is not None else session.words.text(measure.unit)
    bound = bound_text(owed.kind, f"{owed.value:g}", unit, session.words)
    if total is None:
        figures = session.words.say("fact.measure", bound=bound)
        empty = "not-applicable" if found.stood.standing == "not-applicable" else "no-figures"
        return session.words.say("fact.state", state=figures, standing=session.words.word("standing", empty))
    said = session.words.say("fact.measure-amount", bound=bound, unit=unit, amount=f"{total:.4g}")
    if exceeded(total, measure.maximum):
        return session.say("show.exceeded", measure=said, maximum=measure.maximum, unit=unit)
    return said


def _messages(found: Whole, session: Session) -> list[tuple[str, str, str, str]]:
    from alertd.messages.dates import instant_text

    register, words = session.world.register, session.words
    rows = []
    for message in found.messages:
        at = message.sent_at or message.not_before
        person = register.people.get(message.person)
        state = words.word("delivery", message.state)
        if message.acknowledged_at:
            state = words.say("fact.state", state=state, standing=words.say("button.received"))
        rows.append(
            (
                instant_text(at, session.zone, session.language, session.today()) if at else "",
                f"{person.name if person else message.person} {words.word('position', message.position)}",
                message.channel,
                state,
            )
        )
    return rows


def _history(found: Whole, session: Session) -> list[tuple[str, str, str]]:
    from alertd.messages.dates import instant_text

    rows = []
    for each in found.history:
        action = f"cli.action.{each.action}"
        said = session.words.say(action) if action in session.words else each.action
        said = session.say("show.late-entry", what=said) if each.detail.get("entered_late") else said
        reason = str(each.detail.get("reason") or "")
        at = instant_text(each.at, session.zone, session.language, session.today())
        rows.append(
            (
                at,
                each.by,
                session.say("show.because", what=said, why=reason) if reason else said,
            )
        )
    return rows


# ---------------------------------------------------------------- explain


@command("explain")
@click.argument("deadline", metavar="DEADLINE")
@as_json
def explain(session: Session, deadline: str, as_json: bool) -> None:
    from alertd.cli.output import fitted, print_json
    from alertd.engine.reporting.whole import explained

    world = session.world
    with session.store.read() as tx:
        found = explained(Scope(tx, world, session.now), deadline)
    if as_json:
        print_json(_explained_json(found, session))
    else:
        print("\n".join(fitted(_explained(found, session))))


def _explained_json(found: Explained, session: Session) -> dict[str, Any]:
    from alertd.cli.output import iso, rfc3339
    from alertd.messages.trace import trace_text

    zone, language, row = session.zone, session.language, found.row
    return {
        "id": row.id,
        "number": row.number,
        "rule": row.rule,
        "start": rfc3339(row.start, zone),
        "earliest": rfc3339(row.earliest, zone),
        "due": rfc3339(row.due, zone),
        "last_day": iso(row.last_day),
        "office_due": rfc3339(row.office_due, zone),
        "provisional": bool(row.provisional),
        "trace": [
            {
                "at": rfc3339(line.at, zone) if isinstance(line.at, datetime) else iso(line.at),
                "what": line.what,
                "why": trace_text(line, zone, language).why,
            }
            for line in found.trace
        ],
        "steps": [
            {
                "id": reach.id,
                "at": rfc3339(reach.at, zone),
                "level": reach.step.level,
                "to": list(reach.step.to),
                "fired": reach.id in row.fired,
            }
            for reach in found.steps
        ],
        "next_action_at": rfc3339(row.next_action_at, zone),
        "waits": row.waits or None,
    }


def _explained(found: Explained, session: Session) -> list[str]:
    from alertd.cli.output import aligned
    from alertd.messages.dates import instant_text
    from alertd.messages.rules import rule_text
    from alertd.messages.trace import trace_text
    from alertd.saying.rows import row_limit, row_party, row_title

    zone, language, words, today = session.zone, session.language, session.words, session.today()
    row = found.row
    said = [trace_text(line, zone, language, today) for line in found.trace]
    steps = [
        (
            instant_text(reach.at, zone, language, today),
            session.say("explain.fired" if reach.id in row.fired else "explain.ahead"),
            words.say("text.list").join(words.word("position", position) for position in reach.step.to),
        )
        for reach in found.steps
    ]
    heading = f"#{row.number} {row_title(row, session)}"
    rule = session.say("explain.rule", party=row_party(row, session), rule=rule_text(row.rule, language))
    result = [heading, rule, row_limit(row, session), "", session.say("when.trace"), *aligned(said, indent=2)]
    if row.start_provisional:
        missing = words.word("instant", row.start_provisional)
        result.append("  " + words.say("note.start-missing", instant=missing))
    if steps:
        result += ["", session.say("explain.steps"), *aligned(steps, indent=2)]
    return [*result, *([words.word("waits", row.waits)] if row.waits else [])]
