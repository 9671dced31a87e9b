"""What `alertd init` asks on a terminal: one thing at a time, again where it was not understood.

Nothing is written meanwhile, so leaving in the middle leaves nothing behind. A password is never asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from alertd.cli.exits import Said
from alertd.cli.language import LANGUAGES
from alertd.messages.catalogue import Catalogue, to_simplified

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.config.faults import Fault
    from alertd.config.unit_list import ListedUnit

T = TypeVar("T")


class Asking:
    """Puts questions in the session's language, which the first answer may change."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.words = session.words

    def language(self) -> str:
        """The language of the city, in which everything else is asked."""
        known = {str(number): language for number, language in enumerate(LANGUAGES, 1)}
        known |= {language.casefold(): language for language in LANGUAGES} | {"": self.words.language}
        while (answer := self._ask("language", default=self.words.language)).casefold() not in known:
            self._say("language-bad", found=answer)
        found = known[answer.casefold()]
        self.words = Catalogue(found)
        return found

    def name(self) -> str:
        return self._ask("name")

    def what(self, key: str, read: Callable[[str], T | None]) -> T | None:
        """Something that `read` understands; None where it is left for later."""
        while answer := self._ask(key):
            found = read(answer)
            if found is not None:
                return found
            self._say(f"{key}-bad", found=answer)
        return None

    def units(
        self,
        read_file: Callable[[Path], Sequence[ListedUnit]],
        read_list: Callable[[str], tuple[Sequence[ListedUnit], Sequence[Fault]]],
    ) -> Sequence[ListedUnit]:
        """A pasted list that ends with an empty line, or the name of one file on its first line."""
        while True:
            self._say("units")
            lines: list[str] = []
            while line := self._line():
                lines.append(line)
                if self._is_file(lines[0]):
                    break
            if not lines:
                return ()
            try:
                file = Path(lines[0]) if self._is_file(lines[0]) else None
                units, faults = (read_file(file), ()) if file else read_list("\n".join(lines))
            except Said as wrong:
                print(self.words.say(f"cli.{wrong.key}", **wrong.values), file=sys.stderr)
                continue
            if not faults:
                self._say("units-read", count=len(units))
                return units
            for fault in faults:
                print(fault.text(self.words.language, to_simplified), file=sys.stderr)

    def _is_file(self, line: str) -> bool:
        try:
            return Path(self.session.cwd / line).is_file()
        except OSError:  # longer than a name may be
            return False

    def _ask(self, key: str, **values: object) -> str:
        print(self.words.say(f"cli.init.ask.{key}", **values), end=" ", file=sys.stderr, flush=True)
        return self._line()

    def _say(self, key: str, **values: object) -> None:
        print(self.words.say(f"cli.init.ask.{key}", **values), file=sys.stderr, flush=True)

    def _line(self) -> str:
        """One line of the answer; the end of the input is no answer, and ends it all."""
        line = sys.stdin.readline()
        if not line:
            raise click.Abort
        return line.strip()
