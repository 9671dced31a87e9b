"""The registration of transports: what each can, so that nothing else compares names.

A transport is registered by one row in each of three tables, joined by its name, which is what
`transport = "…"` says in a file of channels/. They are three because they stand in parts that may not import
each other:

1. `TRANSPORTS` here: its abilities, and the column of people.csv that holds a person's address on it (another
   column is one field of `config.shapes.PersonShape`);
2. `config.channel_settings.SHAPES`: the keys of its file, in a module of its own there;
3. `transports.registered.FACTORIES`: how it is made, its code imported only when a channel uses it.

With a file in channels/ to start from, and sentences where `dead_topic` names a new topic, that is all:
fallback, test-send, go-live, doctor, preview and the schema follow from the rows.
tests/unit/test_transports.py holds that each transport has all its parts, and that nothing else names one.
A transport of another package brings the three as one Adapter (alertd/adapters.py, docs/transports.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from alertd.core.cards import CardSize
from alertd.core.model import Person

#: the seconds of a day
DAY = 24 * 3600
#: the transport that keeps messages in the store; also the name of the channel that is always there
INBOX = "inbox"


#: through whose hands what is sent over a channel goes: the office's own, those of companies of the country,
#: or such as have their servers outside of it
ZONES = ("intranet", "internet", "abroad")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one transport can. The defaults are those of a channel that has no file any more."""

    #: the column of people.csv with the address; "" where there is none
    column: str = ""
    #: whose entries of the column are meant, where it holds CHANNEL=ADDRESS for several: that channel's
    channel: str = ""
    #: its column holds entries of several channels
    shared_column: bool = False
    #: a regular expression for an address typed in place of a person (`alertd test-send`); "" for none
    typed: str = ""
    #: where its channels come while config.toml orders none: lower ones first
    rank: int = 1
    #: where its channels are, as long as their files say nothing else: one of ZONES
    zone: str = "internet"
    #: people read what is sent over it; what is sent over another one reaches nobody
    reaches_people: bool = True
    #: what is sent stays in the store, where `alertd outbox` shows it
    kept: bool = False
    #: carries to mail addresses, those of config.toml among them: `[admin] to` and `redirect_to`
    mail: bool = False
    #: people answer by pressing a button of the message, instead of by telephone
    buttons: bool = False
    #: its messages carry an address of a page, where they have no buttons
    links: bool = False
    #: breaks lines itself, so that paragraphs come to it unbroken
    flowing: bool = False
    #: its messages are single texts of seventy characters (messages.short)
    short: bool = False
    #: how much a card of it takes, where it shows messages as cards
    card: CardSize | None = None
    #: (seconds, messages): more than so many to one person in so long the provider does not take; what is
    #: beyond waits, or goes another way where that would be for a day
    paces: tuple[tuple[int, int], ...] = ()
    #: its provider drops what says the same as something else that the person got within a day
    distinct: bool = False
    #: its provider asks that not everything come at a full or a half hour (core.pacing.off_the_rush)
    rush: bool = False
    #: another system hears over it what becomes of deadlines (core.subscriptions)
    changes: bool = False
    #: what the admin hears of an address the provider calls dead: a topic of the catalogue
    dead_topic: str = "address-dead"

    def address(self, person: Person) -> str:
        """Where it reaches a person, "" where it cannot."""
        found = person.column(self.column)
        if self.shared_column:
            named = (entry.partition("=") for entry in found or ())
            return next((address for channel, _, address in named if channel == self.channel), "")
        return "" if found is None else str(found)

    def is_address(self, text: str) -> bool:
        """Whether a text somebody typed is an address itself."""
        return bool(self.typed) and re.fullmatch(self.typed, text) is not None


_KNOWN: dict[str, Abilities] = {
    "email": Abilities("email", typed=r".*@.*", rank=0, mail=True, links=True),
    INBOX: Abilities("id", rank=2, zone="intranet", reaches_people=False, kept=True, links=True),
    "telegram": Abilities(
        "telegram", zone="abroad", typed=r"-?\d+", buttons=True, flowing=True, dead_topic="chat-blocked"
    ),
    "sms": Abilities("mobile", typed=r"\+?\d[\d -]{5,}", short=True),
    "wecom": Abilities(
        "wecom",
        links=True,
        flowing=True,
        card=CardSize(128, 512, 2048, gap=4),
        paces=((60, 25), (3600, 900)),  # of 30 and 1000: a retry counts there too
        rush=True,
    ),
    # What the smallest of them takes with a Chinese text: ntfy and Bark, 4096 bytes with all around it.
    "messenger": Abilities(
        "accounts", shared_column=True, links=True, flowing=True, card=CardSize(250, 3000, 3000)
    ),
    "zhezhengding": Abilities(
        "zhezhengding",
        links=True,
        flowing=True,
        card=CardSize(128, 900, 1800, gap=2),  # of 2048 with its own marks and two addresses
        paces=((DAY, 90),),  # of 100
        distinct=True,
    ),
    "dingtalk": Abilities(
        "dingtalk",
        links=True,
        flowing=True,
        card=CardSize(128, 900, 1800, gap=3),  # of 2048 with its own marks and an address
        paces=((DAY, 450),),  # of 500
        distinct=True,
    ),
    "webhook": Abilities(rank=3, reaches_people=False, changes=True),
}
#: those of alertd itself; of other packages those that a file named (alertd/adapters.py) are known besides
OWN = frozenset(_KNOWN)
TRANSPORTS: Mapping[str, Abilities] = MappingProxyType(_KNOWN)
_GONE = Abilities()


def abilities_of(transport: str, channel: str = "") -> Abilities:
    """The abilities of a channel over a transport; the plainest ones where that is registered no more."""
    found = TRANSPORTS.get(transport, _GONE)
    return replace(found, channel=channel) if found.shared_column else found


def add(name: str, can: Abilities) -> None:
    """Let a transport of another package be known. Called by alertd.adapters."""
    if name not in OWN:
        _KNOWN[name] = can
