"""An event in words: what it would do, read back before it counts; what a correction of it would move."""

from __future__ import annotations

from collections.abc import Sequence

from alertd.core.gates import Missing
from alertd.core.history import AcceptedAct
from alertd.engine.operations.reading_back import (
    Correction,
    CorrectionReadBack,
    Doubt,
    ReadBack,
    StartingClock,
)
from alertd.engine.reporting.passing import Verdict
from alertd.messages.dates import counted_text, duration_text, instant_text
from alertd.messages.told import severity_text
from alertd.saying.rows import limit_rows, row_limit
from alertd.saying.voice import Voice

#: more clocks than this are counted, not listed
_LISTED = 20


def type_title(kind: str, voice: Voice) -> str:
    """What an event type is called; its id where the register knows it no longer."""
    known = voice.world.register.event_types.get(kind)
    return voice.words.text(known.title) if known else kind


def level_text(kind: str, severity: str, voice: Voice) -> str:
    """A severity of an event type in words."""
    known = voice.world.register.event_types.get(kind)
    return severity_text(severity, voice.words, known.severity_titles if known else {})


def heading(back: ReadBack, voice: Voice) -> str:
    """What kind of event it is, of which case, concerning whom."""
    words, event = voice.words, back.event
    names = words.say("text.list").join(words.text(voice.world.party_name(each)) for each in event.parties)
    return words.say("cli.event.heading", title=type_title(event.type, voice), case=event.case, parties=names)


def stated(back: ReadBack, voice: Voice) -> list[str]:
    """What the event states: its instants, its severity, its urgency."""
    words, event, today = voice.words, back.event, voice.today()
    lines = [
        words.say(
            "cli.event.instant",
            name=words.word("instant", name),
            at=instant_text(at, voice.zone, voice.language, today),
        )
        for name, at in event.instants.items()
    ]
    if event.severity:
        lines.append(words.say("cli.event.severity", title=level_text(event.type, event.severity, voice)))
    if event.urgent:
        lines.append(words.say("cli.event.urgent", reason=words.script(event.urgent)))
    return lines


def starting(clocks: Sequence[StartingClock], voice: Voice) -> list[str]:
    """The clocks that would start, the lines below the first indented; nothing where none would."""
    if not clocks:
        return []
    lines = [f"  {line}" for clock in clocks[:_LISTED] for line in clock_lines(clock, voice)]
    more = ["  …"] * (len(clocks) > _LISTED)
    return [voice.words.say("cli.event.starts", count=len(clocks)), *lines, *more]


def read_back(back: ReadBack, voice: Voice) -> list[str]:
    """The event, the clocks it would start, those it would close, and the gates it would go past."""
    lines = [heading(back, voice), *(f"  {line}" for line in stated(back, voice))]
    lines += starting(back.clocks, voice)
    if back.closing:
        lines.append(voice.words.say("cli.event.closes", count=len(back.closing)))
        lines += [f"  #{row.number} {row.id}" for row in back.closing]
    if idle(back):
        lines.append(voice.words.say("cli.event.nothing"))
    return lines + warning(back.shut, voice)


def idle(back: ReadBack) -> bool:
    """Whether an event would do nothing at all, as a slip in its case or its units does."""
    return not back.clocks and not back.closing and not back.more


def doubt_line(doubt: Doubt, voice: Voice) -> str:
    """What a slip of the hand would look like: a year mistyped, times in the wrong order."""
    name, year = voice.words.word("instant", doubt.name), doubt.at.astimezone(voice.zone).year
    return voice.words.say(f"cli.event.{doubt.kind}", name=name, year=year)


def clock_lines(clock: StartingClock, voice: Voice) -> list[str]:
    """What one clock would do: when it starts, how long it runs, when it ends."""
    words = voice.words
    title = words.text(clock.obligation.title)
    party = words.text(voice.world.party_name(clock.party))
    lines = [words.say("cli.event.clock", title=title, party=party, counted=_counted(clock, voice))]
    if clock.limits.provisional:
        lines.append("  " + words.say("cli.when.provisional"))
    if clock.missing:
        lines.append("  " + words.say("note.start-missing", instant=words.word("instant", clock.missing)))
    return lines


def _counted(clock: StartingClock, voice: Voice) -> str:
    rule, limits, zone, language = clock.obligation.rule, clock.limits, voice.zone, voice.language
    today, words = voice.today(), voice.words
    plain = rule.other is None and not rule.immediate
    if plain and rule.by_the_hour and rule.maximum is not None and limits.due is not None:
        length = duration_text(rule.maximum, language)
        return counted_text(limits.start, length, limits.due, zone=zone, language=language, reference=today)
    rows = limit_rows(limits, rule.by_the_hour, voice, today)
    ends = words.say("cli.word.semicolon").join(
        words.say("cli.event.limit", name=name, at=at) for name, at in rows
    )
    start = instant_text(limits.start, zone, language, today)
    return words.say("cli.event.counted", start=start, limits=ends)


# ---------------------------------------------------------------- gates


def warning(shut: Sequence[Verdict], voice: Voice) -> list[str]:
    """What going ahead all the same would go past; nothing where every gate is open."""
    if not shut:
        return []
    lines = [f"  {line}" for verdict in shut for line in verdict_lines(verdict, voice)]
    return [voice.words.say("cli.gate.warning"), *lines]


def verdict_lines(verdict: Verdict, voice: Voice) -> list[str]:
    """One gate and, line by line, what it lacks."""
    title = voice.words.text(verdict.gate.title)
    key = "cli.gate.open" if verdict.open else "cli.gate.shut"
    lines = [voice.words.say(key, title=title, case=verdict.case, version=verdict.version)]
    return lines + [f"  {_why(each, voice)}" for each in verdict.missing]


def _why(each: Missing, voice: Voice) -> str:
    known = voice.world.register.obligations.get(each.obligation)
    return voice.words.say(
        f"cli.gate.{each.why}",
        obligation=voice.words.text(known.title) if known else each.obligation,
        result=voice.words.word("result", each.result),
        number=each.number or "",
        earlier=each.version or "",
    )


# ---------------------------------------------------------------- corrections


def corrected(back: CorrectionReadBack, voice: Voice) -> list[str]:
    """Each deadline with its limit before and after; those that fall away, and those that come besides."""
    lines = _moves(back.moves, voice)
    for row in back.dropped:
        lines.append(voice.words.say("cli.event.drops", number=row.number, id=row.id))
    lines += starting(back.starting, voice)
    return (lines or [voice.words.say("cli.event.moves-nothing")]) + warning(back.shut, voice)


def _moves(moves: Sequence[Correction], voice: Voice) -> list[str]:
    words, lines = voice.words, []
    for move in moves:
        rows = limit_rows(move.limits, move.row.by_the_hour, voice, voice.today())
        new = words.say("cli.word.semicolon").join(text for _, text in rows)
        old = row_limit(move.row, voice)
        if old != new:
            about = {"number": move.row.number, "id": move.row.id}
            lines.append(words.say("cli.event.move", **about, old=old, new=new))
        lines += _undone(move, voice)
    return lines


def _undone(move: Correction, voice: Voice) -> list[str]:
    """What of a deadline's history a correction undoes, and what it makes of one that is closed."""
    words = voice.words

    def about(act: AcceptedAct) -> dict[str, str]:
        at = instant_text(act.at, voice.zone, voice.language, voice.today())
        return {"act": words.say(f"cli.event.act.{act.kind}"), "at": at, "by": act.by}

    lines = ["    " + words.say(f"cli.event.undone.{why}", **about(act)) for act, why in move.undone]
    lines += ["    " + words.say("cli.event.beyond", **about(act)) for act, *_ in move.beyond]
    if move.breach is not None:
        after_all = "late-after-all" if move.breach else "kept-after-all"
        lines.append("    " + words.say(f"cli.event.{after_all}"))
    return lines
