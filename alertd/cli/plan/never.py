"""Duties that open nothing, said where files are looked at before they rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session

if TYPE_CHECKING:
    from alertd.core.model import Obligation
    from alertd.core.never import Never
    from alertd.engine.ruling.world import World
    from alertd.installation import Store


def never_lines(session: Session, world: World, store: Store | None, now: datetime) -> list[str]:
    """One line each: which duty, at which place, why, and what to do."""
    return [_line(session, duty, why) for duty, why in _found(world, store, now)]


def never_json(world: World, store: Store | None, now: datetime) -> list[dict[str, Any]]:
    found = _found(world, store, now)
    return [{"obligation": duty.id, "why": why.why, "day": why.day and str(why.day)} for duty, why in found]


def _found(world: World, store: Store | None, now: datetime) -> Sequence[tuple[Obligation, Never]]:
    from alertd.engine.reporting.never import never_opened

    return never_opened(store, world, now)


def _line(session: Session, duty: Obligation, why: Never) -> str:
    from alertd.config.floors import rule_place
    from alertd.messages.dates import day_text

    text = session.installation.files().texts.get(duty.file, "")
    line, column = rule_place(duty, text) if text else (duty.line, 1)
    day = day_text(why.day, session.language) if why.day else ""
    words = {
        "title": session.words.text(duty.title),
        "id": duty.id,
        "rule": duty.rule.text,
        "plan": duty.plan,
    }
    said = session.say(f"check.never.{why.why}", day=day, **words)
    return session.say("check.doubt", file=duty.file, line=line, column=column, said=said)
