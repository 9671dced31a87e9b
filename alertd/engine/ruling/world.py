"""Everything a decision needs besides the stored rows: one immutable picture, replaced whole on reload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from alertd.core.abilities import INBOX, Abilities, abilities_of
from alertd.core.bulletins import BulletinSchedule
from alertd.core.calendar import WorkCalendar
from alertd.core.directory import Directory
from alertd.core.escalation import Reach, timetable
from alertd.core.model import Person, Policy, Register, Supply, Text, Way
from alertd.core.periods import occurrence_labelled
from alertd.core.resting import NO_REST, Rest, rest_of
from alertd.core.subscriptions import Wanted
from alertd.core.supply import supply_reaches
from alertd.core.text_messages import Texting
from alertd.core.timing import OfficeHours
from alertd.core.ways import DEPUTY, plain, with_the_rest
from alertd.store.rows import DeadlineRow

_TIMETABLES_KEPT = 4096


class Mode(StrEnum):
    """Where messages go (docs/operation.md, "Sending modes")."""

    REHEARSAL = "rehearsal"  # kept in the inbox, marked as a drill
    REDIRECT = "redirect"  # all to one address, marked as a drill
    LIVE = "live"
    HOLD = "hold"  # decided and kept, nothing leaves


@dataclass(frozen=True)
class World:
    """The applied register with this node's settings. Shared between threads, never changed."""

    register: Register
    calendar: WorkCalendar
    office: OfficeHours
    language: str
    mode: Mode
    redirect_to: str = ""
    channels: tuple[str, ...] = (INBOX,)  # enabled ones, in the default order
    order: tuple[Way, ...] = ()  # of ways with their waits, for everybody; empty: as `channels` are
    urgent_order: tuple[Way, ...] = ()  # likewise for what is urgent; empty: as for everything
    transports: dict[str, str] = field(default_factory=lambda: {INBOX: INBOX})  # channel -> transport
    subscriptions: Mapping[str, Wanted] = field(default_factory=dict)  # channel -> which changes it hears of
    feeds: Mapping[str, timedelta] = field(default_factory=dict)  # system -> how long it may be silent
    answered: frozenset[str] = frozenset()  # channels on which somebody reads what people write back
    texting: Mapping[str, Texting] = field(default_factory=dict)  # channel -> how its texts are written
    admin_to: tuple[str, ...] = ()
    admin_name: str = ""
    mail_domain: str = "alertd.invalid"
    replies: str = ""  # where people answer mails: an address with {token} in it, "" where nowhere
    bounces: str = ""  # where mails come back to that could not be delivered, likewise
    node: str = "node"
    machine: str = "node"  # the same however often it is started
    live: bool = True  # going live is on record
    deadline_threshold: int = 20
    people_threshold: int = 20
    rest: Rest = NO_REST  # of whom people.csv says nothing else
    pages: str = ""  # what addresses of pages in messages begin with; "" where their readers have none
    version: str = ""
    bulletin: BulletinSchedule | None = None
    directory: Directory = field(init=False)
    _timetables: dict[Any, tuple[Reach, ...]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "directory", Directory(self.register, self.calendar))

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone

    @property
    def drilling(self) -> bool:
        """Whether what is decided now is a drill: always before going live, and while rehearsing again."""
        return not self.live or self.mode in (Mode.REHEARSAL, Mode.REDIRECT)

    def sending(self) -> World:
        """The same picture as after going live: to see what would then be."""
        return replace(self, mode=Mode.LIVE, live=True)

    def abilities(self, channel: str) -> Abilities:
        """What the transport of a channel can; only the plainest for a channel that is no longer enabled."""
        return abilities_of(self.transports.get(channel, ""), channel)

    @property
    def reaching(self) -> tuple[str, ...]:
        """The enabled channels over which somebody is reached, in the default order."""
        return tuple(name for name in self.channels if self.abilities(name).reaches_people)

    @property
    def mail_channel(self) -> str | None:
        """The first enabled channel that carries to the mail addresses of config.toml, None without one."""
        return next((name for name in self.channels if self.abilities(name).mail), None)

    def today(self, now: datetime) -> date:
        """The local day of an instant."""
        return now.astimezone(self.zone).date()

    def rest_of(self, person: str) -> Rest:
        """When somebody of the directory is left in peace by day clocks; nobody else ever is."""
        found = self.register.people.get(person)
        if found is None:
            return NO_REST
        quiet, days = found.quiet, found.rest_days
        return rest_of(quiet, days, self.rest) if quiet or days else self.rest

    def policy(self, name: str) -> Policy | None:
        return self.register.policies.get(name)

    def ways_of(self, person: Person, urgent: bool = False) -> tuple[Way, ...]:
        """In which order somebody is reached, by channels that reach anybody: the person's own order, else
        that of config.toml, which those that it does not name follow.
        """
        channels = self.reaching or self.channels
        orders = [(person.channels, False), (self.order, True)]
        if urgent:
            orders = [(person.urgent_channels, False), (self.urgent_order, True), *orders]
        for order, everybodys in orders:
            known = tuple(way for way in order if way.channel in channels or way.channel == DEPUTY)
            if any(way.channel != DEPUTY for way in known):
                return with_the_rest(known, channels) if everybodys else known
        return plain(*channels)

    def is_urgent(self, policy: str, *steps: str) -> bool:
        """Whether any of these steps of a policy is urgent, as it stands now."""
        found = self.policy(policy)
        names = {name.partition(".")[0] for name in steps} | set(
            steps
        )  # a repeated step has its period behind
        return any(step.urgent and step.id in names for step in found.steps) if found else False

    def steps_of(self, row: DeadlineRow) -> tuple[Reach, ...]:
        """The timetable of a stored deadline under the current policy; empty when the policy is gone."""
        clock = (row.policy, row.by_the_hour, row.start, row.opens_at, row.earliest, row.due, row.last_day)
        asked = self._asked(row)
        key = (*clock, *asked[:1], row.occurrence) if asked else clock
        found = self._timetables.get(key)
        if found is None:
            policy = self.policy(row.policy)
            if policy is None:
                return ()
            found = timetable(policy, row, row.by_the_hour, self.calendar, self.office)
            if asked:
                more = supply_reaches(*asked, self.calendar, self.office)
                found = tuple(sorted((*found, *more), key=lambda reach: (reach.at, reach.step.level)))
            if len(self._timetables) >= _TIMETABLES_KEPT:
                self._timetables.clear()
            self._timetables[key] = found
        return found

    def lies_ahead(self, row: DeadlineRow, step: str, now: datetime) -> bool:
        """Whether a step that was reached lies ahead again, since the limit moved: it is said then."""
        return step not in row.fired and any(r.id == step and r.at > now for r in self.steps_of(row))

    def _asked(self, row: DeadlineRow) -> tuple[Supply, date, date] | None:
        """The duty to supply figures for a deadline's period, where it has one."""
        obligation = self.register.obligations.get(row.obligation)
        if obligation is None or obligation.measure is None or obligation.measure.figures is None:
            return None
        about = occurrence_labelled(row.occurrence)
        return obligation.measure.figures, about.first_day, about.last_day

    def party_name(self, party: str) -> Text:
        """A unit's name, or an officer's; the id itself when the directory no longer knows it."""
        unit = self.register.units.get(party)
        if unit is not None:
            return unit.name
        member = self.register.roster.get(party)
        return {"zh-Hant": member.name if member else party, "en": member.name if member else party}
