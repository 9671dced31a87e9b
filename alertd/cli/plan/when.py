"""`alertd when`: the date calculator. Needs the configuration and the calendar, no store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import Faulty, Said

if TYPE_CHECKING:
    from alertd.cli.instants import TypedInstant
    from alertd.core.calendar import WorkCalendar
    from alertd.core.timing import Limits, Rule
    from alertd.engine.reporting.reckoning import Reckoned


@command("when")
@click.argument("rule", metavar="RULE")
@click.option("--after", metavar="INSTANT", default="")
@click.option("--due", metavar="DATE", default="")
@as_json
def when(session: Session, rule: str, after: str, due: str, as_json: bool) -> None:
    from alertd.cli.output import fitted, print_json

    parsed = _parsed(rule, session)
    given = _start(after, parsed, session)
    found = _reckoned(parsed, given.at, due, session)
    limits, turns, urgent = found.limits, found.turns, found.urgent
    if as_json:
        more: dict[str, Any] = {"turns": [limits_json(turn, session) for turn in turns]} if turns else {}
        more |= {"urgent": limits_json(urgent, session)} if urgent else {}
        print_json({**limits_json(limits, session), **more})
    else:
        print("\n".join(fitted(_note(parsed, limits, turns, urgent, session))))


def _parsed(text: str, session: Session) -> Rule:
    from alertd.cli.faults import text_line
    from alertd.core.text_error import TextError
    from alertd.engine.reporting.reckoning import rule_of

    try:
        return rule_of(text, session.today())
    except TextError as error:
        raise Said("said.text", said=text_line(error, text, session)) from None


def _start(after: str, rule: Rule, session: Session) -> TypedInstant:
    from alertd.cli.instants import TypedInstant, read_instant
    from alertd.engine.operations.moments import refuse_day

    if not after:
        now = session.now.astimezone(session.zone).replace(second=0, microsecond=0)
        return TypedInstant(now, False)
    given = read_instant(after, session.zone)
    refuse_day(given.fact, rule.text, rule.by_the_hour)
    return given


def _reckoned(rule: Rule, start: datetime, due: str, session: Session) -> Reckoned:
    from alertd.cli.faults import text_line
    from alertd.cli.instants import read_day
    from alertd.core.text_error import TextError
    from alertd.engine.reporting.reckoning import reckon

    stated = read_day(due) if due else None
    try:
        return reckon(rule, start, stated, calendar_of(session), session.node.office)
    except TextError as error:
        raise Said("said.text", said=text_line(error, rule.text, session)) from None


def calendar_of(session: Session) -> WorkCalendar:
    """The working days as they are written in schedules/. Raises Faulty for faults in that file alone."""
    from alertd.config.register import load_register
    from alertd.config.sources import read_source
    from alertd.core.calendar import WorkCalendar

    node = session.node
    path = node.schedules / "calendar.toml"
    file = f"{node.schedules.name}/calendar.toml"
    texts: dict[str, str] = {}
    if path.exists():
        text, unreadable = read_source(path, file)
        if unreadable:
            raise Faulty(unreadable)
        texts[file] = text
    loaded = load_register(texts)
    faults = [fault for fault in loaded.faults if fault.file == file]
    if faults:
        raise Faulty(faults)
    return WorkCalendar(node.zone, loaded.calendar.years, loaded.calendar.version)


def limits_json(limits: Limits, session: Session) -> dict[str, Any]:
    """Bounds that are absent are null; 24:00 of a day is the next day's midnight."""
    from alertd.cli.output import iso, rfc3339

    zone = session.zone
    return {
        "start": rfc3339(limits.start, zone),
        "earliest": rfc3339(limits.earliest, zone),
        "due": rfc3339(limits.due, zone),
        "last_day": iso(limits.last_day),
        "office_due": rfc3339(limits.office_due, zone),
        "provisional": limits.provisional,
        "trace": [
            {"at": _at(line.at, session), "what": line.what, "why": why}
            for line, (_, _, why) in zip(limits.trace, _trace(limits, session), strict=True)
        ],
    }


def _at(at: date | datetime, session: Session) -> str:
    return at.astimezone(session.zone).isoformat() if isinstance(at, datetime) else at.isoformat()


def _trace(limits: Limits, session: Session) -> list[tuple[str, str, str]]:
    from alertd.messages.trace import trace_text

    return [trace_text(line, session.zone, session.language) for line in limits.trace]


def _doubt(rule: Rule, session: Session) -> list[str]:
    """A question back, where the rule may be meant otherwise."""
    from alertd.core.doubts import doubt_of

    doubt = doubt_of(rule.text)
    if doubt is None:
        return []
    return [session.say("when.doubt", rule=rule.text, read=doubt.read, other=doubt.other)]


def _note(
    rule: Rule, limits: Limits, turns: Sequence[Limits], urgent: Limits | None, session: Session
) -> list[str]:
    """What a clerk would write down: the rule, the limits, and below them how they were counted."""
    from alertd.cli.output import aligned
    from alertd.core.timing import RuleKind
    from alertd.messages.dates import instant_text
    from alertd.saying.rows import limit_rows

    say = session.say
    start = instant_text(limits.start, session.zone, session.language)
    lines = [say("when.heading", rule=rule.text, start=start), *_doubt(rule, session), ""]
    lines += aligned(limit_rows(limits, rule.by_the_hour, session))
    if rule.kind is RuleKind.WHILE_OPEN:
        lines.append(say("when.while-open"))
    if turns:
        rows = [
            (say("when.turn", number=number), text)
            for number, turn in enumerate(turns, 1)
            for _, text in limit_rows(turn, rule.by_the_hour, session)
        ]
        lines += ["", say("when.turns"), *aligned(rows, indent=2)]
    if urgent is not None:
        rows = [(name, text) for name, text in limit_rows(urgent, rule.by_the_hour, session)]
        lines += ["", say("when.urgent"), *aligned(rows, indent=2)]
    if any(each.provisional for each in (limits, *turns, *([urgent] if urgent else []))):
        lines += ["", say("when.provisional")]
    lines += ["", say("when.trace"), *aligned(_trace(limits, session), indent=2)]
    if urgent is not None:
        lines += ["", say("when.urgent"), *aligned(_trace(urgent, session), indent=2)]
    return lines
