"""`alertd demo`: a night and a draft on virtual time. The commands shown are run, over a copy in memory.

Nothing is sent and nothing is stored; no daemon, store or network is used. Decisions and words are those of
the daemon; only the clock is another.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.demo.stage import Lines, Screen, Sent, Show, Tempo

if TYPE_CHECKING:
    from alertd.cli.demo.place import Place
    from alertd.cli.demo.story import Beat
    from alertd.engine.preview.playing import WentOut

_BODY = 2


@command("demo")
@click.option("--speed", metavar="N", type=click.FloatRange(0.1, 100), default=1.0)
@click.option("--fast", is_flag=True)
@as_json
def demo(session: Session, speed: float, fast: bool, as_json: bool) -> None:
    from alertd.cli.demo.place import cast_for, place_for
    from alertd.cli.demo.story import story

    place = place_for(session)
    cast = cast_for(place, session)
    play = _Play(session, place, speed, fast, as_json)
    try:
        play.open()
        play.beats(story(cast, place.world.calendar, place.night))
        play.close()
    finally:
        play.leave()


class _Play:
    """One performance: the engine on virtual time, the commands beside it, and what is shown of both."""

    def __init__(self, session: Session, place: Place, speed: float, fast: bool, as_json: bool) -> None:
        from alertd.cli.demo.place import scratch
        from alertd.clock import SettableClock
        from alertd.engine.preview.playing import Performance

        self._place = place
        self._clock = SettableClock(place.begins)
        self._run = Performance(place.world, place.installation.renderer(), self._went_out)
        self._session = scratch(session, place, self._clock, self._run.store)
        self._show: Show = Lines(self._session) if as_json else Screen(self._session)
        self._tempo = Tempo(self._clock, self._show.tick, speed, fast)
        self._waiting: list[Sent] = []
        self._messages = self._commands = 0
        self._people: set[str] = set()

    def open(self) -> None:
        """Say where it plays, and take up the register."""
        say, place = self._session.say, self._place
        where = say(f"demo.register-{place.source}", folder=place.installation.node.schedules)
        self._said(f"{say('demo.opening')}\n{where}")
        self._pass_until(place.begins + timedelta(microseconds=1), show=False)

    def close(self) -> None:
        self._said(
            self._session.say(
                "demo.closing", messages=self._messages, people=len(self._people), commands=self._commands
            )
        )

    def leave(self) -> None:
        self._show.end()
        self._run.close()

    def beats(self, beats: Iterable[Beat]) -> None:
        from alertd.cli.demo.story import CommandStep, Hasten, Say, Until

        for beat in beats:
            match beat:
                case Say():
                    self._said(self._session.say(f"demo.{beat.key}", **beat.values))
                case CommandStep():
                    self._ran(beat.argv)
                case Until():
                    self._pass_until(beat.at)
                case Hasten():
                    self._tempo.hasten()

    def _said(self, text: str) -> None:
        self._show.say(self._clock.now(), text)

    def _ran(self, argv: Sequence[str]) -> None:
        """Run a command as `alertd` would, with the same answer and the same refusals."""
        from alertd.cli.app import alertd
        from alertd.cli.faults import explain
        from alertd.cli.output import shell_text

        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            try:
                code = alertd.main(list(argv), prog_name="alertd", standalone_mode=False, obj=self._session)
            except Exception as error:
                code, said = explain(error, self._session)
                print("\n".join(said))
        self._commands += 1
        lines = out.getvalue().splitlines()
        self._show.ran(self._clock.now(), shell_text(("alertd", *argv)), code or 0, lines)

    def _pass_until(self, at: datetime, show: bool = True) -> None:
        """Time passes; each message appears at its instant."""
        self._run.play(self._clock.now(), at)
        if not show:
            self._waiting.clear()
            return
        self._appear()
        self._tempo.until(at)

    def _went_out(self, out: WentOut) -> None:
        message = self._sent(out)
        if message is None:
            return
        if self._waiting and self._waiting[0].at != out.at:
            self._appear()
        self._waiting.append(message)

    def _appear(self) -> None:
        if self._waiting:
            self._tempo.until(self._waiting[0].at)
            self._show.sent(self._waiting)
            self._messages += len(self._waiting)
            self._people |= {each.person for each in self._waiting}
            self._waiting = []

    def _sent(self, out: WentOut) -> Sent | None:
        """A message about the cases that are played; the register has others, which go out as well."""
        from alertd.cli.demo.place import cases_played

        cases = cases_played()
        ours = [each for each in out.about if each.case in cases]
        if not ours and out.case not in cases:
            return None
        register, words = self._place.world.register, self._session.words
        person = register.people.get(out.person)
        unit = register.units.get(person.unit) if person else None
        why = ours[0].position if ours else next(iter(person.positions if person else ()), "")
        return Sent(
            at=out.at,
            person=out.person,
            name=words.script(person.name) if person else out.person,
            unit=words.text(unit.name) if unit else "",
            why=why,
            ask=any(each.asked for each in ours),
            channel=out.channel,
            subject=out.subject,
            lines=_body(out.text),
            deadlines=tuple(each.deadline for each in ours),
            steps=tuple(each.step for each in ours) or (out.topic,),
        )


def _body(text: str) -> tuple[str, ...]:
    """The first sentences and facts behind the greeting and the heading, each as one line."""
    found: list[str] = []
    goes_on = False
    for line in text.splitlines()[1:]:
        plain = line.strip()
        if goes_on and plain and line == plain:
            between = " " if found[-1].isascii() and plain.isascii() else ""
            found[-1] += between + plain
        elif plain and not plain.startswith("["):
            found.append(plain)
        goes_on = bool(found) and bool(plain) and line == plain and not plain.startswith("[")
    return tuple(found[:_BODY])
