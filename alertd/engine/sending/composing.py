"""From a delivery and its notices to what one person reads: read anew at the moment of sending."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertd.core import asking
from alertd.core.model import RUNNING, Person, State
from alertd.core.reviews import PREFIX
from alertd.engine.deadlines.change import limit_of
from alertd.engine.notify import guard
from alertd.engine.notify.admin import ADMIN
from alertd.engine.notify.telling import BULLETIN, MOVED, SIGN_IN, TOLD
from alertd.engine.operations.codes import words_of
from alertd.engine.operations.linking import link_token
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import keys_of
from alertd.engine.ruling.world import World
from alertd.engine.sending.fitting import Fitting
from alertd.engine.sending.parts import parts_at
from alertd.engine.sending.payloads import entries_of, said_to
from alertd.engine.sending.presses import asks_for_work, buttons_for
from alertd.engine.sending.return_addresses import Purpose, return_address
from alertd.engine.sending.views import Views
from alertd.messages.catalogue import Catalogue
from alertd.messages.listing import listed
from alertd.messages.render import Renderer
from alertd.messages.told import severity_text, upgrade_lines
from alertd.messages.view import (
    AdminView,
    MessageView,
    NoticeView,
    Rendered,
    RollView,
)
from alertd.messages.wrap import wrap_text
from alertd.store import bulletins, outbox, relief, requests, settings
from alertd.store.rows import DeliveryRow, NoticeRow, joined_deadline
from alertd.transports.base import Button, Outgoing

#: a roll that somebody was sent within this is not sent again for other units of the same duty
JUST_NOW = timedelta(minutes=10)
_WATCHERS = frozenset({"receiver", "co-lead", "supervisor"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased delivery with its words.

    `message` is None when nothing in it needs saying any more, or when `fault` says why it has no words.
    """

    row: DeliveryRow
    message: Outgoing | None
    rendered: Rendered | None
    notices: tuple[NoticeRow, ...] = ()
    fault: str = ""

    @property
    def said(self) -> str:
        """All that it says, where it is a single text or a card."""
        if self.message is None:
            return ""
        if self.message.short is not None:
            return self.message.short.text
        return self.message.card.plain if self.message.card is not None else ""

    @property
    def dropped(self) -> bool:
        """Whether nothing in it needs saying any more."""
        return self.message is None and not self.fault


class Composer:
    """Composes one batch at one instant within one read; memory of the batch only."""

    def __init__(self, tx: Connection, world: World, renderer: Renderer, now: datetime) -> None:
        self._tx = tx
        self._world = world
        self._renderer = renderer
        self._now = now
        self._views = Views(Scope(tx, world, now))
        self._fitting = Fitting(tx, world, renderer, now)
        self._bulletins: dict[tuple[str, bool], Mapping[str, Mapping[str, str]]] = {}
        self._sent: Mapping[outbox.SentTo, tuple[str, ...]] = {}
        self._keys = keys_of(tx) if world.pages or world.replies or world.bounces else ()

    def parcels(self, rows: Sequence[DeliveryRow]) -> list[Parcel]:
        """One message that cannot be read or put into words does not keep the others: it has a `fault`."""
        try:
            return self._parcels(rows)
        except Exception as fault:
            if not guard.is_slip(self._tx, fault):
                raise
            if len(rows) == 1:
                slip = guard.slip("compose", f"{rows[0].id:x}", None, fault)
                return [Parcel(rows[0], None, None, (), slip.detail)]
        half = len(rows) // 2
        return self.parcels(rows[:half]) + self.parcels(rows[half:])

    def _parcels(self, rows: Sequence[DeliveryRow]) -> list[Parcel]:
        contents = outbox.contents(self._tx, [row.id for row in rows if row.template == "message"])
        self._views.look_at([notice for notices in contents.values() for notice in notices])
        self._sent = self._sent_before(rows, contents)
        return [self._parcel(row, contents.get(row.id, [])) for row in rows]

    def _sent_before(
        self, rows: Sequence[DeliveryRow], contents: Mapping[int, Sequence[NoticeRow]]
    ) -> Mapping[outbox.SentTo, tuple[str, ...]]:
        """The Message-IDs of mails that people were sent before, about the deadlines of these mails."""
        mails = [row for row in rows if self._world.abilities(row.channel).mail]
        numbers = {notice.deadline for row in mails for notice in contents.get(row.id, ())}
        return outbox.sent_about(self._tx, numbers, {row.person for row in mails}) if numbers else {}

    def _parcel(self, row: DeliveryRow, notices: Sequence[NoticeRow]) -> Parcel:
        if row.template == outbox.CHANGE:
            return Parcel(row, self._change(row), None)
        can = self._world.abilities(row.channel)
        buttons: tuple[Button, ...] = ()
        if row.template == "message":
            said = outbox.said_elsewhere(self._tx, row.id) if row.last_resort else ()
            alive = self._alive(row, (notice for notice in notices if notice.id not in said))
            if not alive:
                return Parcel(row, None, None, tuple(notices))
            person = self._world.register.people.get(row.person)
            if can.buttons:
                buttons = buttons_for(row, alive, self._language(person))
            view: MessageView | AdminView = self._message(row, person, alive, bool(buttons))
        else:
            alive, person = (), self._world.register.people.get(row.person)
            secret = words_of(self._tx, row.payload, self._now) if row.template == SIGN_IN else {}
            if secret is None:  # over meanwhile: a code that serves no more only misleads
                return Parcel(row, None, None)
            view = self._told(row, person, secret)
        bulletin = self._bulletin(row, person)
        rendered = bulletin or self._renderer.render(view)
        short = self._fitting.short(row, view) if can.short else None
        if short is not None:  # what the outbox shows is what the telephone shows
            rendered = replace(rendered, subject=short.text)
        message = Outgoing(
            delivery=row.id,
            address=row.address,
            name=person.name if person else "",
            message_id=row.message_id,
            thread=self._thread(row, alive) if can.mail else (),
            subject=rendered.subject,
            text=rendered.flowing if can.flowing else rendered.text,
            html=rendered.html,
            buttons=buttons,
            drill=row.drill,
            again=row.attempts > 0,
            urgent=not row.drill and any(self._last_call(notice) for notice in alive),
            parts=parts_at(row),
            reply_to=self._return_address(row, Purpose.REPLY),
            sender=self._return_address(row, Purpose.BOUNCE),
            short=short,
            card=self._fitting.card(row, view, rendered, bulletin is not None),
        )
        return Parcel(row, message, rendered, alive)

    def _alive(self, row: DeliveryRow, notices: Iterable[NoticeRow]) -> tuple[NoticeRow, ...]:
        """The notices that still need saying.

        A limit that moved and moved back meanwhile is no news, and nor is a roll that was read just now.
        """
        alive = [each for each in notices if still_true(self._tx, self._world, self._now, each)]
        kinds = {each.alert_kind for each in alive}
        if MOVED in kinds:
            first: dict[int, NoticeRow] = {}
            for notice in alive:
                if notice.alert_kind == MOVED:
                    first.setdefault(notice.deadline, notice)
            back = {number for number, notice in first.items() if _as_before(notice)}
            alive = [each for each in alive if each.alert_kind != MOVED or each.deadline not in back]
        watched = [each for each in alive if _watched(each)]
        if not watched:
            return tuple(alive)
        read = outbox.rolls_read(self._tx, row, self._now - JUST_NOW)
        over = {each.id for each in watched if read.get(_roll_of(each), -1) >= each.level}
        return tuple(each for each in alive if each.id not in over)

    def _change(self, row: DeliveryRow) -> Outgoing:
        """What became of a deadline, as it was written down then (CloudEvents 1.0.2)."""
        event = {
            "specversion": "1.0",
            "id": f"{row.id:x}",
            "source": f"urn:alertd:{settings.get(self._tx, settings.STORE_ID) or ''}",
            "datacontenttype": "application/json",
            **(row.payload or {})["event"],
        }
        return Outgoing(
            delivery=row.id,
            address=row.address,
            name="",
            message_id=row.message_id,
            thread=(),
            subject=row.subject,
            text="",
            html="",
            event=json.dumps(event, ensure_ascii=False),
        )

    def _told(self, row: DeliveryRow, person: Person | None, secret: Mapping[str, str | int]) -> AdminView:
        """What is about no single deadline: to the admin, or to an official in that person's language.

        What is `secret` stands in no row.
        """
        payload = row.payload or {}
        official = row.template in (TOLD, SIGN_IN)
        language = self._language(person) if official else self._world.language
        args = {name: said_to(value, language) for name, value in payload.get("args", {}).items()}
        topic, items = payload.get("topic", "other"), list(payload.get("items", ()))
        args |= secret
        count = 1
        if (entries := entries_of(payload)) is not None:
            more = payload.get("more", 0)
            count = len(entries) + more
            lines = listed(topic, entries, more, payload.get("see", ""), Catalogue(language))
            args, items = dict(lines.values), list(lines.items)
        if facts := payload.get("facts"):
            words = Catalogue(language)
            titles = facts.get("titles", {})
            args |= {name: severity_text(facts[name], words, titles) for name in ("from", "to")}
            items += upgrade_lines(facts, language, self._world.zone, self._now)
        return AdminView(
            topic=topic,
            args=args,
            many=count > 1,
            items=tuple(items),
            language=language,
            drill=row.template == "test" or (official and row.drill),
            person_name=person.name if person and official else "",
            admin_name=self._world.admin_name if row.person == ADMIN else "",
            unconfirmed=payload.get("unconfirmed", False),
            no_reply=self._unanswered(row),
        )

    def _bulletin(self, row: DeliveryRow, person: Person | None) -> Rendered | None:
        """The words that are kept with a bulletin; None for any other message."""
        if row.template != TOLD or (row.payload or {}).get("topic") != BULLETIN:
            return None
        args, language = row.payload["args"], self._language(person)
        key = args["period"], args["drill"]
        if key not in self._bulletins:
            found = bulletins.find(self._tx, *key)
            if found is None:
                raise LookupError(f"the bulletin {args['period']} is not kept")
            self._bulletins[key] = found.words
        words = self._bulletins[key][language]
        return Rendered(words["subject"], wrap_text(words["text"]) + "\n", words["text"], words["html"])

    def _unanswered(self, row: DeliveryRow) -> bool:
        """Whether nobody reads what is written back to a mail."""
        mail, answered = self._world.abilities(row.channel).mail, row.channel in self._world.answered
        return mail and not answered and not self._return_address(row, Purpose.REPLY)

    def _return_address(self, row: DeliveryRow, purpose: Purpose) -> str:
        return return_address(self._world, self._keys[0], purpose, row) if self._keys else ""

    def _thread(self, row: DeliveryRow, notices: Sequence[NoticeRow]) -> tuple[str, ...]:
        """What the address was sent about this deadline before; a message about several follows none."""
        numbers = {notice.deadline for notice in notices}
        if len(numbers) != 1:
            return ()
        return self._sent.get((numbers.pop(), row.person, row.channel, row.address, row.drill), ())

    def _last_call(self, notice: NoticeRow) -> bool:
        """Whether its reader is to look now, or must act and is not told once more before the limit."""
        if notice.alert_kind == asking.PAGED:
            return True
        if not notice.ask or notice.alert_kind not in ("step", MOVED) or notice.d_state not in RUNNING:
            return False
        deadline = self._views.deadline_of(notice)
        if deadline.due is None:
            return False
        steps = self._world.steps_of(deadline)
        return not any(self._now < reach.at < deadline.due for reach in steps)

    def _language(self, person: Person | None) -> str:
        return person.language if person and person.language else self._world.language

    def _message(
        self, row: DeliveryRow, person: Person | None, notices: Sequence[NoticeRow], buttons: bool
    ) -> MessageView:
        views: list[NoticeView | RollView] = []
        for group in _groups(self._world, notices):
            first = group[0]
            if _watched(first):
                views.append(self._views.roll(group))
            elif first.d_party in self._world.register.roster and first.alert_kind == "step":
                views.append(self._views.members(group))
            elif first.alert_kind == MOVED:
                views.append(self._views.notice(group[-1], before=group[0]))
            else:
                views += [self._views.notice(notice) for notice in group]
        deputy = next((notice.deputy_for for notice in notices if notice.deputy_for), None)
        whom = self._call_whom(notices[0], row.person)
        link = self._link(row, person)
        return MessageView(
            person_name=person.name if person else "",
            language=self._language(person),
            zone=self._world.zone,
            now=self._now,
            notices=tuple(views),
            drill=row.drill,
            call_whom=f"{whom.name} {whom.phone}" if whom else "",
            call_phone=whom.phone if whom else "",
            enter_by=self._world.admin_name,
            no_reply=self._unanswered(row),
            deputy_for=deputy,
            reply_hint="buttons" if buttons else "links" if link and asks_for_work(notices) else "call",
            link=link,
            by_mail=asks_for_work(notices) and bool(self._return_address(row, Purpose.REPLY)),
        )

    def _link(self, row: DeliveryRow, person: Person | None) -> str:
        """The address of the page of this message, for this person alone; "" where there are no pages."""
        if person is None or not self._keys or not self._world.abilities(row.channel).links:
            return ""
        key, world = self._keys[0], self._world
        return f"{world.pages}/m/{link_token(world, key, row.id, person, row.channel, self._now)}"

    def _call_whom(self, notice: NoticeRow, reader: str) -> Person | None:
        """Who takes answers by telephone: the receiving unit's contact, the supervision office's, the duty
        desk; never the reader.
        """
        obligation = self._world.register.obligations.get(notice.d_obligation)
        receiver = obligation.receiver if obligation else None
        desk = self._world.register.duty_unit
        places = [("receiver", notice.d_unit), ("supervisor", notice.d_unit)]
        for position, unit in [*places, *([("duty", desk)] if desk else [])]:
            resolved = self._world.directory.resolve(position, unit, receiver, self._now)
            for holder in resolved.holders:
                if holder.person.id != reader and holder.person.phone:
                    return holder.person
        return None


def still_true(tx: Connection, world: World, now: datetime, notice: NoticeRow) -> bool:
    """Whether a notice still needs saying; nobody is asked to decide what has been decided."""
    if notice.alert_kind in (asking.STEP, asking.UNDECIDED):
        kind = (notice.alert_detail or {}).get("request", "")
        return notice.d_state in RUNNING and requests.waits(tx, notice.deadline, kind)
    if notice.alert_kind in (asking.PAGED, relief.KIND):
        return notice.d_state in RUNNING
    return _still_owed(world, now, notice)


def _watched(notice: NoticeRow) -> bool:
    """Whether it is read as part of a roll: of a day clock, by who receives or supervises."""
    return notice.position in _WATCHERS and not notice.d_by_the_hour and notice.alert_kind == "step"


def _roll_of(notice: NoticeRow) -> outbox.Roll:
    """The roll a notice is part of; that of what waits for a review is another one."""
    return notice.d_obligation, notice.d_occurrence, notice.step.startswith(PREFIX)


def _as_before(notice: NoticeRow) -> bool:
    """Whether a limit is what it was when its move was to be told, and so as its reader knows it."""
    old = (notice.alert_detail or {}).get("old")
    return bool(old) and old == limit_of(joined_deadline(notice))


def _still_owed(world: World, now: datetime, notice: NoticeRow) -> bool:
    """A reminder of what is no longer owed, or not yet, is not sent; news of a change always is."""
    if notice.alert_kind != "step":
        return True
    if notice.step.startswith(PREFIX):
        return notice.d_state == State.DONE and notice.d_review_due is not None
    if notice.d_state not in RUNNING or notice.step in notice.d_fired:
        return notice.d_state in RUNNING
    return not world.lies_ahead(joined_deadline(notice), notice.step, now)


def _groups(world: World, notices: Iterable[NoticeRow]) -> list[list[NoticeRow]]:
    """Notices that read as one: a roll for who watches, an office's officers, else one deadline each."""
    groups: dict[tuple[object, ...], list[NoticeRow]] = {}
    for notice in notices:
        counted = notice.d_party in world.register.roster
        if _watched(notice):
            key: tuple[object, ...] = ("roll", notice.d_obligation, notice.d_occurrence)
        elif notice.alert_kind == "step" and counted:
            key = ("members", notice.d_obligation, notice.d_occurrence, notice.d_unit)
        else:
            key = ("one", notice.deadline, notice.alert_kind)
        groups.setdefault(key, []).append(notice)
    return [g[-1:] if k[0] == "one" and g[0].alert_kind == "step" else g for k, g in groups.items()]
