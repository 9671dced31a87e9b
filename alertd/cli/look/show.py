"""`alertd show` and `alertd explain`: one deadline, all that is known of it, and why it is due then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
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
    from alertd.cli.evidence import evidence_json
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
        "silent_until": rfc3339(found.silence.ends_at, zone) if found.silence else None,
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
        "evidence": [evidence_json(row, session) for row in found.files],
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
    from alertd.cli.output import aligned
    from alertd.saying.requests import request_rows
    from alertd.saying.rows import row_title
    from alertd.saying.whole import facts, files, history, messages

    row = found.stood.row
    lines = [row_title(row, session, carried=False), *aligned(facts(found, session), indent=2)]
    if found.requests:
        rows = request_rows(found.requests, found.unfinished, session)
        lines += ["", session.words.say("show.requests"), *aligned(rows, indent=2)]
    if found.files:
        lines += ["", session.words.say("show.files"), *aligned(files(found, session), indent=2)]
    if found.messages:
        lines += ["", session.words.say("show.messages"), *aligned(messages(found, session), indent=2)]
    if found.history:
        lines += ["", session.words.say("show.history"), *aligned(history(found, session), indent=2)]
    return lines


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
    from alertd.saying.ways import profile, way_text

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
        "reached": [
            {
                "person": each.person,
                "ask": each.ask,
                "profile": profile(each.urgent),
                "ways": [way_text(way) for way in each.ways],
            }
            for each in found.reached
        ],
        "next_action_at": rfc3339(row.next_action_at, zone),
        "waits": row.waits or None,
    }


def _explained(found: Explained, session: Session) -> list[str]:
    from alertd.cli.output import aligned
    from alertd.messages.rules import rule_text
    from alertd.saying.rows import row_limit, row_party, row_title
    from alertd.saying.whole import counting, reached, steps

    words, row = session.words, found.row
    heading = f"#{row.number} {row_title(row, session)}"
    rule_said = rule_text(row.rule, session.language)
    rule = words.say("explain.rule", party=row_party(row, session), rule=rule_said)
    counted = aligned(counting(found, session), indent=2)
    result = [heading, rule, row_limit(row, session), "", session.say("when.trace"), *counted]
    if row.start_provisional:
        missing = words.word("instant", row.start_provisional)
        result.append("  " + words.say("note.start-missing", instant=missing))
    if found.steps:
        result += ["", words.say("explain.steps"), *aligned(steps(found, session), indent=2)]
    if found.reached:
        result += ["", words.say("explain.reached"), *aligned(reached(found, session), indent=2)]
    return [*result, *([words.word("waits", row.waits)] if row.waits else [])]
