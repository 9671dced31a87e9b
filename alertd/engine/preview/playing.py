"""The engine on virtual time for somebody who watches: a store in memory, and each message as it goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from alertd.engine.preview.virtual import Assume, VirtualRun
from alertd.engine.ruling.world import World
from alertd.engine.sending.composing import Parcel
from alertd.messages.render import Renderer
from alertd.store.database import memory_store


@dataclass(frozen=True, slots=True)
class About:
    """One deadline in a message: its step, or the kind of another alert; why the person is told."""

    deadline: str
    case: str | None
    step: str
    position: str
    asked: bool


@dataclass(frozen=True, slots=True)
class WentOut:
    """A message with its whole text. What is about no single deadline has a topic, and may have a case."""

    at: datetime
    person: str
    channel: str
    subject: str
    text: str
    about: tuple[About, ...]
    topic: str
    case: str | None


class Performance:
    """One node in memory whose clock jumps; nobody acts but who watches, on `store`."""

    def __init__(self, world: World, renderer: Renderer, went_out: Callable[[WentOut], None]) -> None:
        self.store = memory_store()
        self._went_out = went_out
        world = replace(world, subscriptions={})
        self._run = VirtualRun(world, renderer, self.store, Assume.NEVER, self._heard)

    def play(self, first: datetime, until: datetime) -> None:
        """Let time pass; each message is handed out at its instant."""
        for _ in self._run.lines(first, until, []):
            pass

    def close(self) -> None:
        self.store.close()

    def _heard(self, parcel: Parcel, at: datetime) -> None:
        if parcel.message is None:
            return
        payload = parcel.row.payload or {}
        about = tuple(
            About(
                notice.d_id,
                notice.d_case_id,
                notice.step if notice.alert_kind == "step" else notice.alert_kind,
                notice.position,
                notice.ask and notice.alert_kind == "step",
            )
            for notice in parcel.notices
        )
        self._went_out(
            WentOut(
                at,
                parcel.row.person,
                parcel.row.channel,
                parcel.message.subject,
                parcel.message.text,
                about,
                payload.get("topic", ""),
                payload.get("args", {}).get("case_id"),
            )
        )
