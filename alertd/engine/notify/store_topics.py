"""What the admin is told when the store itself fails: mailed without it (engine.running.distress)."""

from __future__ import annotations

from dataclasses import dataclass

from alertd.engine.notify.topics import Single


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFailing(Single):
    """Nothing can be stored; mailed without the store (engine.running.distress)."""

    name = "store-unusable"
    keyed_by = ("name",)
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDamaged(StoreFailing):
    """The database cannot be read."""

    name = "store-damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFull(StoreFailing):
    """The database cannot be written."""

    name = "disk-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreGone(StoreFailing):
    """The database that was opened, or that went live, is not at its place."""

    name = "store-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUnreachable(StoreFailing):
    """The database cannot be reached."""

    name = "store-unreachable"
