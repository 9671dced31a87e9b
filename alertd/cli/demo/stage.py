"""How the demonstration looks: virtual time at its pace, and what is shown, on a screen or as JSON."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from alertd.cli.context import Session

if TYPE_CHECKING:
    from alertd.clock import SettableClock

#: virtual seconds in a real one: five hours in half a minute, later a day in a little over half a second
_HOURS, _DAYS = 600, 144_000
#: real seconds for reading between two things, where days fly
_READING = 2.5
_TICK, _UNNOTICED = 0.1, 0.001
_WIDTH = 100
_INDENT = 7
#: lines of a command's answer that are shown
_ANSWER = 16


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it went out. `lines` are the first of its text; `why` is a position's code."""

    at: datetime
    person: str
    name: str
    unit: str
    why: str
    ask: bool
    channel: str
    subject: str
    lines: tuple[str, ...]
    deadlines: tuple[str, ...]
    steps: tuple[str, ...]


class Show(Protocol):
    """What somebody sees of it."""

    def tick(self, at: datetime) -> None: ...

    def say(self, at: datetime, text: str) -> None: ...

    def ran(self, at: datetime, typed: str, code: int, lines: Sequence[str]) -> None: ...

    def sent(self, messages: Sequence[Sent]) -> None: ...

    def end(self) -> None: ...


class Tempo:
    """Moves the virtual clock, as slowly as somebody can follow, or at once."""

    def __init__(
        self, clock: SettableClock, tick: Callable[[datetime], None], speed: float, fast: bool
    ) -> None:
        """`tick` hears the virtual time on the way."""
        self._clock = clock
        self._tick = tick
        self._speed = speed
        self._fast = fast
        self._hurried = False

    def hasten(self) -> None:
        self._hurried = True

    def until(self, at: datetime) -> None:
        """Let time pass until `at`; at once where it is there already."""
        begins = self._clock.now()
        gap = (at - begins).total_seconds()
        if gap > 0 and not self._fast:
            real = max(gap / _DAYS, _READING) if self._hurried else gap / _HOURS
            self._wait(begins, at, real / self._speed)
        self._clock.set(max(at, begins))

    def _wait(self, begins: datetime, ends: datetime, real: float) -> None:
        started = time.monotonic()
        while (passed := time.monotonic() - started) < real - _UNNOTICED:
            self._tick(begins + (ends - begins) * (passed / real))
            time.sleep(min(_TICK, real - passed))


class Lines:
    """One JSON object a line: `kind` is say, command or message."""

    def __init__(self, session: Session) -> None:
        self._zone = session.zone

    def tick(self, at: datetime) -> None:
        pass

    def end(self) -> None:
        pass

    def say(self, at: datetime, text: str) -> None:
        self._print("say", at, text=text)

    def ran(self, at: datetime, typed: str, code: int, lines: Sequence[str]) -> None:
        self._print("command", at, command=typed, code=code, output=list(lines))

    def sent(self, messages: Sequence[Sent]) -> None:
        for each in messages:
            self._print(
                "message",
                each.at,
                person=each.person,
                unit=each.unit,
                position=each.why,
                ask=each.ask,
                channel=each.channel,
                subject=each.subject,
                lines=list(each.lines),
                deadlines=list(each.deadlines),
                steps=list(each.steps),
            )

    def _print(self, kind: str, at: datetime, **more: Any) -> None:
        from alertd.cli.output import rfc3339

        line = {"kind": kind, "at": rfc3339(at, self._zone), **more}
        print(json.dumps(line, ensure_ascii=False), flush=True)


class Screen:
    """For people. On a terminal the virtual clock runs in the last line, and what is typed stands out."""

    def __init__(self, session: Session) -> None:
        from alertd.cli.output import console

        self._session = session
        self._out = console()
        self._clock = sys.stdout.isatty() and sys.stderr.isatty()
        self._width = min(shutil.get_terminal_size().columns, _WIDTH) if sys.stdout.isatty() else _WIDTH
        self._day: date | None = None
        self._seen: set[tuple[str, ...]] = set()

    def tick(self, at: datetime) -> None:
        if self._clock:
            from alertd.messages.dates import instant_text

            now = instant_text(at, self._session.zone, self._session.language, self._session.today())
            print(f"\r\x1b[2K{now}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave no clock behind."""
        if self._clock:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)

    def say(self, at: datetime, text: str) -> None:
        self._print(at, ["", text], "bold")

    def ran(self, at: datetime, typed: str, code: int, lines: Sequence[str]) -> None:
        self._print(at, ["", f"$ {typed}"], "cyan", wrap=False)
        shown = [f"  {line}" for line in lines[:_ANSWER]] + ["  …"] * (len(lines) > _ANSWER)
        self._print(at, shown, wrap=False)

    def sent(self, messages: Sequence[Sent]) -> None:
        groups: dict[tuple[str, str], list[Sent]] = {}
        for each in messages:
            groups.setdefault((each.subject, each.channel), []).append(each)
        for group in groups.values():
            self._print(group[0].at, ["", *self._message(group)])

    def _message(self, group: Sequence[Sent]) -> Iterable[str]:
        """One text that several people got at one instant: who is asked, who is informed."""
        from alertd.messages.wrap import wrap_text

        first, session = group[0], self._session
        clock = first.at.astimezone(session.zone).strftime("%H:%M")
        yield f"{clock}  " + session.say("demo.message", subject=first.subject, channel=first.channel)
        between = session.words.say("text.list")
        for key, asked in (("demo.asked", True), ("demo.informed", False)):
            places: dict[tuple[str, str], list[str]] = {}
            for each in group:
                if each.ask is asked:
                    places.setdefault((each.unit, each.why), []).append(each.name)
            who = [
                session.say("demo.who", people=between.join(names), unit=unit, position=self._position(why))
                for (unit, why), names in places.items()
            ]
            if who:
                yield " " * _INDENT + session.say(key, who=between.join(who))
        if (about := (*first.deadlines, *first.steps)) not in self._seen:
            self._seen.add(about)
            room = self._width - _INDENT - 2
            wrapped = (part for line in first.lines for part in wrap_text(line, room).splitlines())
            yield from (f"{' ' * _INDENT}│ {part}" for part in wrapped)

    def _position(self, code: str) -> str:
        return self._session.words.word("position", code)

    def _print(self, at: datetime, lines: Iterable[str], style: str = "", wrap: bool = True) -> None:
        from rich.text import Text

        from alertd.messages.dates import day_text
        from alertd.messages.wrap import wrap_text

        self.end()
        day = at.astimezone(self._session.zone).date()
        if day != self._day:
            self._day = day
            heading = f"—— {day_text(day, self._session.language)} ——"
            self._out.print(Text(f"\n{heading}", style="dim"))
        for line in lines:
            text = wrap_text(line, self._width) if wrap else line
            self._out.print(Text(text, style=style), soft_wrap=True)
        sys.stdout.flush()
