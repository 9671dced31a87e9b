"""Calendars: the addresses somebody holds, and what is read at one of them."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial
from typing import Literal

from alertd.engine.operations import signing_in
from alertd.engine.operations.calendars import (
    BADGE,
    Subject,
    addresses_of,
    end_address,
    give_address,
    may_hold,
    read_by,
    tell_missing,
)
from alertd.engine.reporting.feeds import feed_of, lost_uid
from alertd.engine.ruling.refusal import Refused
from alertd.messages.ics import KIND, calendar_bytes
from alertd.saying.feeds import feed_entry, feed_name, feed_title, lost_entry
from alertd.saying.voice import Reader
from alertd.web.page import Call, Fields, File, Gone, Missing, Shown


class About(Fields):
    """A calendar: of a person, a unit or a case; or the badge of a unit."""

    about: Literal["person", "unit", "case", "badge"]
    name: str
    once: str = ""


class Which(Fields):
    """A case or a unit whose calendar somebody asks for besides."""

    case: str = ""
    unit: str = ""


class Secret(Fields):
    """What stands in an address."""

    secret: str


class Offer(Shown):
    """One calendar somebody may have; `made_at` is when they were given an address, None for never."""

    about: str
    name: str
    made_at: datetime | None


class Shelf(Shown):
    """`offers` are calendars and badges; `given` is the one whose new address is `address`, shown this once.

    `webcal` is the address as telephones know a calendar, "" for a badge.
    """

    offers: tuple[Offer, ...]
    once: str
    given: Offer | None
    address: str
    webcal: str


def show(call: Call) -> Shelf:
    """What somebody may subscribe to. Raises Refused: "calendar-of-desk"."""
    return _page(call, call.asked.unit, call.asked.case)


def give(call: Call) -> Shelf:
    """A new address, shown once; the one before ends. Raises Refused."""
    asked, holder = call.asked, _holder(call)
    secret = give_address(call.scope, asked.about, asked.name, holder, asked.once[:64])
    given = Offer(about=asked.about, name=asked.name, made_at=call.scope.now)
    unit = asked.name if asked.about in ("unit", BADGE) else ""
    page = _page(call, unit, asked.name if asked.about == "case" else "")
    if asked.about == BADGE:
        address, webcal = f"{call.place}/badge/{secret}.svg", ""
    else:
        address = f"{call.place}/calendar/{secret}.ics"
        webcal = f"webcal:{address.partition(':')[2]}"  # what telephones know as a calendar to subscribe to
    return page.model_copy(update={"given": given, "address": address, "webcal": webcal})


def end(call: Call) -> Gone:
    """The address is read no more."""
    end_address(call.scope, call.asked.about, call.asked.name, _holder(call, call.asked))
    return Gone("/calendar")


def read(call: Call) -> File:
    """A calendar, for whoever holds its address. Raises Missing for everybody else, whatever is wrong."""
    scope = call.scope
    subject = read_by(scope, call.asked.secret)
    if subject is None:
        raise Missing
    holder = scope.world.register.people.get(subject.holder)
    language = (holder.language if holder else "") or scope.world.language
    reader = Reader(scope.world, language, scope.now)
    feed = feed_of(scope, subject)
    entries = [feed_entry(entry, reader, call.place) for entry in feed.entries]
    noted = None
    if feed.lost:
        noted = partial(tell_missing, lost=feed.lost)
        names = [slip.name for slip in feed.lost]
        entries.insert(0, lost_entry(lost_uid(subject), names, reader))
    name = feed_name(feed_title(subject.about, subject.name, reader), reader)
    return File(calendar_bytes(name, entries), KIND, tagged=True, noted=noted)


def _holder(call: Call, asked: About | None = None) -> str:
    visitor = call.visitor
    if visitor.desk:
        raise Refused("calendar-of-desk")
    return visitor.person


def _page(call: Call, unit: str, case: str) -> Shelf:
    scope, holder = call.scope, _holder(call)
    made = {each.subject: each.made_at for each in addresses_of(scope, holder)}
    own = signing_in.unit_of(scope.world, call.visitor, scope.now)
    wanted = [Subject(holder, "person", holder)] if holder else []
    units = [each for each in dict.fromkeys((own, unit)) if each]
    wanted += [Subject(holder, "unit", each) for each in units]
    wanted += [Subject(holder, "case", case.strip().lower())] if case.strip() else []
    wanted += [Subject(holder, BADGE, each) for each in units]
    offered = dict.fromkeys([*wanted, *made])
    return Shelf(
        offers=tuple(
            Offer(about=each.about, name=each.name, made_at=made.get(each))
            for each in offered
            if may_hold(scope, each)
        ),
        once=secrets.token_urlsafe(12),
        given=None,
        address="",
        webcal="",
    )
