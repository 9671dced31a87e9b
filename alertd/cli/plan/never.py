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
    from alertd.engine.preview.checking import place_of
    from alertd.saying.checked import never_lines as lines

    found = _found(world, store, now)
    if not found:
        return []
    texts = session.installation.files().texts
    return lines([(duty, why, place_of(duty, texts)) for duty, why in found], session)


def never_json(world: World, store: Store | None, now: datetime) -> list[dict[str, Any]]:
    found = _found(world, store, now)
    return [{"obligation": duty.id, "why": why.why, "day": why.day and str(why.day)} for duty, why in found]


def _found(world: World, store: Store | None, now: datetime) -> Sequence[tuple[Obligation, Never]]:
    from alertd.engine.reporting.never import never_opened

    return never_opened(store, world, now)
