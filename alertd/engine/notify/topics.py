"""What the admin is told of: one small type for each topic, with the values its sentences name.

The sentences stand in the catalogue under `admin.TOPIC` (subject, what, do); a test holds the two together. A
topic of the same `key` is not told again within `once_in`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, ClassVar


def digest(lines: tuple[str, ...] | list[str]) -> str:
    """What tells one list of lines from another."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One occasion to write to the admin. `items` are the lines of its list."""

    name: ClassVar[str]
    #: what tells one occasion from another of the same topic; its items where it names nothing
    keyed_by: ClassVar[tuple[str, ...]] = ()
    once_in: ClassVar[timedelta] = timedelta(hours=20)

    items: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What `keyed_by` names, as the store keeps it."""
        if not self.keyed_by:
            return digest(self.items)
        return "|".join(str(getattr(self, each)) for each in self.keyed_by)

    @property
    def values(self) -> dict[str, Any]:
        """The values of the sentences."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "items"}


# ---------------------------------------------------------------- files


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesFaulty(Topic):
    """Files have faults, a line each; what ruled before goes on ruling."""

    name = "files-faulty"

    @property
    def values(self) -> dict[str, Any]:
        return {"count": len(self.items)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRestored(Topic):
    """The faults are gone; `state` names the faults there were."""

    name = "files-restored"
    state: str

    @property
    def key(self) -> str:
        return self.state[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionHeld(Topic):
    """A saved change is too large to apply by itself; `state` names it, `items` is what it would do."""

    name = "revision-held"
    state: str
    file: str
    deadlines: int
    people: int

    @property
    def key(self) -> str:
        return self.state[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossHeld(Topic):
    """Files say no more what something depends on, `items`; it rules on until somebody releases that."""

    name = "loss-held"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMissing(Topic):
    """A deadline follows a policy that is not in the files any more."""

    name = "policy-missing"
    keyed_by = ("policy",)
    deadline: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionBeyond(Topic):
    """A correction left an extension longer than the rule allows; who approved it, `by`, cannot be told."""

    name = "extension-beyond"
    keyed_by = ("deadline",)
    deadline: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLeft(Topic):
    """A unit has left without a successor; `items` are its open deadlines, at most twenty of `count`."""

    name = "party-left"
    keyed_by = ("unit_id",)
    once_in = timedelta(days=6)
    unit_id: str
    unit: str
    count: int


# ---------------------------------------------------------------- people and their addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacant(Topic):
    """A position is empty, and the next one up hears instead."""

    name = "vacant"
    keyed_by = ("unit_id", "position", "person_id")
    unit: str
    unit_id: str
    position: str
    person: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable(Vacant):
    """No channel reaches somebody who holds a position."""

    name = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody(Topic):
    """A step speaks to nobody at all."""

    name = "nobody"
    keyed_by = ("deadline",)
    deadline: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDead(Topic):
    """The provider says that an address is unusable. `detail` is what it said."""

    name = "address-dead"
    keyed_by = ("channel", "address")
    person: str
    channel: str
    address: str
    detail: str

    @property
    def values(self) -> dict[str, Any]:
        return {"person": self.person, "channel": self.channel, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatBlocked(AddressDead):
    """Somebody has blocked the bot."""

    name = "chat-blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered(Topic):
    """A message reached nobody on this way, and nobody else was left. `number` is the delivery's."""

    name = "undelivered"
    keyed_by = ("number",)
    person: str
    channel: str
    detail: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAbandoned(Undelivered):
    """A message failed and went to `instead`."""

    name = "delivery-abandoned"
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelIll(Topic):
    """A channel serves nobody since `since` (RFC 3339). `detail` is what its provider said."""

    name = "channel-ill"
    keyed_by = ("channel",)
    once_in = timedelta(hours=4)
    channel: str
    detail: str
    since: str

    @property
    def values(self) -> dict[str, Any]:
        return {"channel": self.channel, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWell(Topic):
    """A channel serves again; `again` refused messages leave once more."""

    name = "channel-well"
    keyed_by = ("channel",)
    once_in = timedelta(hours=4)
    channel: str
    since: str
    again: int

    @property
    def values(self) -> dict[str, Any]:
        return {"channel": self.channel, "count": self.again}


# ---------------------------------------------------------------- the program itself


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped(Topic):
    """The wall clock moved by so many seconds at once."""

    name = "clock-jumped"
    keyed_by = ("seconds",)
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockApart(Topic):
    """The wall clock of a node's machine is so many seconds ahead of the database's, or behind it."""

    name = "clock-apart"
    keyed_by = ("machine",)
    node: str
    seconds: int

    @property
    def machine(self) -> str:
        """A node without its process: one that is started again is the same machine."""
        return self.node.rsplit(".", 2)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFound(Topic):
    """Open deadlines had neither a next action nor a reason why not; `items` are the first of them."""

    name = "audit-found"
    count: int

    @property
    def key(self) -> str:
        return self.items[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsDiffer(Topic):
    """Stored limits are not what their history gives; `items` are the first of `count`."""

    name = "limits-differ"
    count: int

    @property
    def key(self) -> str:
        return self.items[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsStated(Topic):
    """Limits of an older store that no record explains: they stand as they are. `items` name them."""

    name = "limits-stated"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WentLive(Topic):
    """From `at`, in words, messages go out for real to so many people."""

    name = "went-live"
    keyed_by = ("at",)
    at: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPutOff(Topic):
    """The program slipped on one row. `what` is the work, a key below `work.` in the catalogue."""

    name = "row-put-off"
    keyed_by = ("what", "id")
    what: str
    id: str
    number: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPutOff(Topic):
    """The program slipped on many rows at once; `items` name them, `detail` is about the first."""

    name = "rows-put-off"
    what: str
    count: int
    detail: str

    @property
    def key(self) -> str:
        return digest([self.what, *sorted(self.items)])


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed(Topic):
    """A part of the daemon stopped and was started again."""

    name = "task-failed"
    keyed_by = ("task",)
    task: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFailing(Topic):
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
