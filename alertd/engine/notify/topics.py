"""What the admin is told of: one small type for each topic, with the values its sentences name.

The sentences stand in the catalogue under `admin.TOPIC`: subject, what, do; a test holds the two together. Of
most topics there may be many at once: an instance is one line of a list, told under `line`, and under
`subject.one` and `what.one` where it is the only one. When they leave is in alertd.engine.notify.admin.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, ClassVar

#: after one message about a topic the next one leaves no sooner than the first of these pauses, then the
#: second, and so on; the last one goes on. An hour is a fifth of the shortest limit of a plan, and what
#: concerns people on an hour clock waits no longer; what has days is read once a day.
Pauses = tuple[timedelta, ...]
SOON: Pauses = (timedelta(minutes=15), timedelta(hours=1))
DAILY: Pauses = (timedelta(days=1),)
#: what is due within so long cannot wait for the message of the next day
PRESSES = timedelta(days=2)
#: what is not seen for so long is over, and told anew when it comes again: looked at every hour, or seldom
HOURLY, SELDOM = timedelta(hours=26), timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One occasion to write to the admin."""

    name: ClassVar[str]
    #: what tells one occasion from another of the same topic
    keyed_by: ClassVar[tuple[str, ...]] = ()
    pauses: ClassVar[Pauses] = SOON
    lasts: ClassVar[timedelta] = HOURLY
    #: where one of those told together is new, all of them are listed
    whole: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """What `keyed_by` names, as the store keeps it."""
        return "|".join(str(getattr(self, each)) for each in self.keyed_by)

    @property
    def values(self) -> dict[str, Any]:
        """The values of the sentences."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _UNSAID}


#: fields that are no values of sentences
_UNSAID = frozenset({"items", "pressing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Single(Topic):
    """A topic told alone: what is newer takes the place of what has not left. `items` are its lines."""

    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Topic):
    """One line of a list. A `pressing` one leaves as soon as SOON lets it. The command `see` shows all."""

    see: ClassVar[str] = "alertd doctor"
    pressing: bool = False


# ---------------------------------------------------------------- files


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesFaulty(Listed):
    """A file has a fault. `where` tells folders of nodes apart, and schedules/ from what stands beside it."""

    name = "files-faulty"
    keyed_by = ("where", "fault")
    lasts = SELDOM
    whole = True
    see = "alertd check"
    where: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRestored(Single):
    """The faults are gone; `state` names the faults there were."""

    name = "files-restored"
    keyed_by = ("state",)
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionHeld(Single):
    """A saved change is too large to apply by itself; `state` names it, `items` is what it would do."""

    name = "revision-held"
    keyed_by = ("state",)
    state: str
    file: str
    deadlines: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LossHeld(Listed):
    """Files say no more what something depends on, `lost`; it rules on until that is released."""

    name = "loss-held"
    keyed_by = ("where", "lost")
    lasts = SELDOM
    whole = True
    see = "alertd plan"
    where: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMissing(Listed):
    """Deadlines follow a policy that is not in the files any more; `deadline` is one of them."""

    name = "policy-missing"
    keyed_by = ("policy",)
    lasts = SELDOM
    deadline: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionBeyond(Listed):
    """A correction left an extension longer than the rule allows; who approved it, `by`, cannot be told."""

    name = "extension-beyond"
    keyed_by = ("deadline",)
    pauses = DAILY
    see = "alertd list"
    deadline: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLeft(Listed):
    """A unit has left without a successor; `names` are the first of its `open` deadlines."""

    name = "party-left"
    keyed_by = ("unit_id",)
    pauses = DAILY
    lasts = SELDOM
    see = "alertd plan"
    unit_id: str
    unit: str
    open: int
    names: str


# ---------------------------------------------------------------- people and their addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacant(Listed):
    """A position is empty, and the next one up hears instead."""

    name = "vacant"
    keyed_by = ("unit_id", "position", "person_id")
    pauses = DAILY
    lasts = SELDOM
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
class ReaderUnknown(Listed):
    """The bulletin is to be mailed to somebody whom the directory does not know."""

    name = "reader-unknown"
    keyed_by = ("reader",)
    lasts = SELDOM
    see = "alertd check"
    reader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody(Listed):
    """A step speaks to nobody at all."""

    name = "nobody"
    keyed_by = ("deadline", "step")
    pauses = DAILY
    deadline: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDead(Listed):
    """The provider says that an address is unusable. `detail` is what it said."""

    name = "address-dead"
    keyed_by = ("channel", "address")
    pauses = DAILY
    lasts = timedelta(days=14)  # blocked for a week, and then seen again
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
class Undelivered(Listed):
    """A message reached nobody on this way, and nobody else was left. `number` is the delivery's."""

    name = "undelivered"
    keyed_by = ("number",)
    pauses = DAILY
    see = "alertd outbox --state refused"
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
class ChannelIll(Listed):
    """A channel serves nobody since `since` (RFC 3339). `detail` is what its provider said."""

    name = "channel-ill"
    keyed_by = ("channel", "since")
    channel: str
    detail: str
    since: str

    @property
    def values(self) -> dict[str, Any]:
        return {"channel": self.channel, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberAway(ChannelIll):
    """Another system takes nothing over its channel."""

    name = "subscriber-away"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUntold(Listed):
    """Another system will not hear of a change; `about` is what and of which deadline."""

    name = "change-untold"
    keyed_by = ("number",)
    see = "alertd outbox --state refused"
    channel: str
    about: str
    detail: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWell(Listed):
    """A channel serves again; `again` refused messages leave once more."""

    name = "channel-well"
    keyed_by = ("channel", "since")
    channel: str
    since: str
    again: int

    @property
    def values(self) -> dict[str, Any]:
        return {"channel": self.channel, "again": self.again}


# ---------------------------------------------------------------- the program itself


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped(Listed):
    """The wall clock moved by so many seconds at once; `at` is when, in words, by the new time."""

    name = "clock-jumped"
    keyed_by = ("at", "seconds")
    at: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockApart(Listed):
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
class AuditFound(Listed):
    """An open deadline had neither a next action nor a reason why not."""

    name = "audit-found"
    keyed_by = ("deadline",)
    pauses = DAILY
    deadline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsDiffer(Listed):
    """A stored limit is not what its history gives, in these `columns`."""

    name = "limits-differ"
    keyed_by = ("deadline",)
    pauses = DAILY
    lasts = SELDOM
    deadline: str
    columns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsStated(Listed):
    """A limit of an older store that no record explains: it stands as it is."""

    name = "limits-stated"
    keyed_by = ("deadline",)
    pauses = DAILY
    lasts = SELDOM
    see = "alertd list"
    deadline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WentLive(Single):
    """From `at`, in words, messages go out for real to so many people."""

    name = "went-live"
    keyed_by = ("at",)
    at: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPutOff(Listed):
    """The program slipped on one row. `what` is the work, a key below `work.` in the catalogue."""

    name = "row-put-off"
    keyed_by = ("what", "id")
    what: str
    id: str
    number: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed(Listed):
    """A part of the daemon stopped and was started again."""

    name = "task-failed"
    keyed_by = ("task",)
    task: str
    detail: str
