"""For whom something is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from alertd.engine.ruling.world import World
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue


class Voice(Protocol):
    """The reader's language, the zone and the day they read on, and what rules."""

    @property
    def words(self) -> Catalogue: ...
    @property
    def language(self) -> str: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def world(self) -> World: ...
    def today(self) -> date:
        """The local day, which is what dates are written in relation to."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads at one instant."""

    world: World
    language: str
    now: datetime

    @property
    def words(self) -> Catalogue:
        return catalogue(self.language)

    @property
    def zone(self) -> ZoneInfo:
        return self.world.zone

    def today(self) -> date:
        return self.world.today(self.now)
