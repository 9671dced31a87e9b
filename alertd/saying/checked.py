"""What is no fault of the files and yet worth knowing, in words: one line each, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from alertd.core.model import Obligation
from alertd.core.never import Never
from alertd.engine.preview.checking import Checked, Place
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import day_text
from alertd.messages.rules import rule_text


class Tongue(Protocol):
    """The reader's language; nothing may rule yet."""

    @property
    def words(self) -> Catalogue: ...
    @property
    def language(self) -> str: ...


def worth_knowing(found: Checked, tongue: Tongue) -> list[str]:
    """What is missing, what may be meant otherwise, what stays silent, what is below a national minimum.

    But for what never opens: that needs the store too (`never_text`).
    """
    say = tongue.words.say
    lines = [say("cli.check.missing-file", file=name) for name in found.missing]
    lines += [say(f"cli.check.none-yet.{kind}") for kind in found.none_yet]
    for duty, doubt in found.doubts():
        said = say("cli.when.doubt", rule=duty.rule.text, read=doubt.read, other=doubt.other)
        lines.append(_at(found.place(duty), said, tongue))
    for duty in found.silent():
        said = say("cli.check.silent-at-once", rule=duty.rule.text, policy=duty.policy)
        lines.append(_at(found.place(duty), said, tongue))
    return lines


def below_lines(found: Checked, tongue: Tongue) -> list[str]:
    """Duties that ask for less than a national minimum, each with its source."""
    lines = []
    for duty, floor in found.below():
        place = found.place(duty)
        lines.append(
            tongue.words.say(
                "cli.check.below-floor",
                file=place.file,
                line=place.line,
                column=place.column,
                title=tongue.words.text(duty.title),
                clause=duty.source.clause,
                rule=rule_text(duty.rule.text, tongue.language),
                floor=rule_text(floor.rule.text, tongue.language),
                source=tongue.words.script(floor.source),
            )
        )
    return lines


def never_lines(places: Sequence[tuple[Obligation, Never, Place]], tongue: Tongue) -> list[str]:
    """Duties that open nothing: which, at which place, why, and what to do."""
    return [_never(duty, why, place, tongue) for duty, why, place in places]


def _never(duty: Obligation, why: Never, place: Place, tongue: Tongue) -> str:
    said = tongue.words.say(
        f"cli.check.never.{why.why}",
        day=day_text(why.day, tongue.language) if why.day else "",
        title=tongue.words.text(duty.title),
        id=duty.id,
        rule=duty.rule.text,
        plan=duty.plan,
    )
    return _at(place, said, tongue)


def _at(place: Place, said: str, tongue: Tongue) -> str:
    return tongue.words.say(
        "cli.check.doubt", file=place.file, line=place.line, column=place.column, said=said
    )
