"""How many texts may leave in a day, to one person and over one channel: looked at before the call.

Over the limit a message of a day clock goes over the person's next channel, or waits for the next day where
there is none; one that cannot wait, of an hour clock or due before then, leaves all the same
(docs/decisions/0056-texts-have-a-daily-limit.md). The admin hears of either. A provider that drops what comes
too fast is given no more than it takes: what is beyond waits for a minute, or goes another way where it takes
no more today; what nobody else can carry is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alertd.core.abilities import DAY
from alertd.core.pacing import leave_at
from alertd.core.text_messages import Texting
from alertd.engine.notify.addressing import routes_of
from alertd.engine.notify.admin import ADMIN, tell_admin
from alertd.engine.notify.telling import SIGN_IN
from alertd.engine.notify.text_topics import PersonOverLimit, TextsOverLimit
from alertd.engine.ruling.scope import Scope
from alertd.messages.catalogue import Catalogue
from alertd.store import addresses, failures, leasing, sendings
from alertd.store.rows import DeliveryRow
from alertd.transports.base import Result

#: why a message takes another way: a key of the catalogue
OVER_LIMIT = "unsent.over-limit"


def keep_to_limits(scope: Scope, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Of leased rows of one channel those that leave, counted; the others wait or go another way."""
    texting = scope.world.texting.get(rows[0].channel) if rows else None
    if texting is None:
        return _paced(scope, rows)
    channel, day = rows[0].channel, _day(scope)
    before = sendings.known(scope.tx, [row.id for row in rows])
    counted = sendings.counts(scope.tx, channel, day)
    going, fresh = [], []
    for row in rows:
        if row.id in before:
            going.append(row)
            continue
        over = _over(scope, texting, row, counted[row.person], counted.total())
        if over is not None:
            tell_admin(scope, over)
            if not _presses(scope, row):
                if not _elsewhere(scope, row):
                    _tomorrow_again(scope, row)
                continue
        counted[row.person] += 1
        going.append(row)
        fresh.append(row)
    sendings.count(scope.tx, fresh, scope.now)
    return going


def _paced(scope: Scope, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Those that may leave now where a provider drops what comes too fast; the others wait until they may."""
    paces = scope.world.abilities(rows[0].channel).paces if rows else ()
    if not paces:
        return list(rows)
    channel, now = rows[0].channel, scope.now
    before = sendings.known(scope.tx, [row.id for row in rows])
    lately = [(sendings.counts(scope.tx, channel, now - timedelta(seconds=s)), s, most) for s, most in paces]
    going, fresh = [], []
    for row in rows:
        full = [(s, most) for counted, s, most in lately if counted[row.person] >= most]
        if row.id not in before and full:
            longest, most = max(full)
            if longest < DAY:
                leasing.hand_back(scope.tx, scope.node, [row.id])
                leasing.put_off(scope.tx, row.id, now + timedelta(seconds=min(s for s, _ in paces)))
                continue
            who, day = _who(scope, row), scope.today.isoformat()
            tell_admin(scope, PersonOverLimit(channel=channel, who=who, most=most, day=day))
            if _elsewhere(scope, row):
                continue
            if not _presses(scope, row):
                _tomorrow_again(scope, row)
                continue
        going.append(row)
        if row.id not in before:
            fresh.append(row)
            for counted, _, _ in lately:
                counted[row.person] += 1
    sendings.count(scope.tx, fresh, now)
    return going


def _day(scope: Scope) -> datetime:
    """When the day began, where people are."""
    return scope.world.calendar.instant(scope.today, datetime.min.time())


def _over(scope: Scope, texting: Texting, row: DeliveryRow, own: int, whole: int) -> TextsOverLimit | None:
    day = scope.today.isoformat()
    if texting.per_person and own >= texting.per_person:
        return TextsOverLimit(channel=row.channel, who=_who(scope, row), most=texting.per_person, day=day)
    if texting.per_day and whole >= texting.per_day:
        return TextsOverLimit(channel=row.channel, who=row.channel, most=texting.per_day, day=day)
    return None


def _who(scope: Scope, row: DeliveryRow) -> str:
    person = scope.world.register.people.get(row.person)
    return person.name if person else row.person


def _presses(scope: Scope, row: DeliveryRow) -> bool:
    """Whether it is of no use tomorrow."""
    if row.by_the_hour or row.template == SIGN_IN:
        return True
    return row.due is not None and row.due <= _tomorrow(scope, row.person)


def _tomorrow(scope: Scope, person: str = "") -> datetime:
    """When it may leave once today is over."""
    world, midnight = scope.world, _day(scope) + timedelta(days=1)
    return leave_at(midnight, False, None, world.calendar, world.office, world.rest_of(person))


def _elsewhere(scope: Scope, row: DeliveryRow) -> bool:
    """Let it go over another channel of its person; False where there is none."""
    person = scope.world.register.people.get(row.person)
    blocked = addresses.unusable(scope.tx, scope.now)
    routes = routes_of(scope.world, person, blocked) if person is not None and row.person != ADMIN else ()
    if not any(channel != row.channel for channel, _ in routes):
        return False
    said = Catalogue(scope.world.language).say(OVER_LIMIT)
    leasing.give_up(scope.tx, [row], scope.now, scope.node, said)
    failures.add(scope.tx, [failures.failed(row.id, scope.now, Result.REFUSED, said)])
    return True


def _tomorrow_again(scope: Scope, row: DeliveryRow) -> None:
    leasing.hand_back(scope.tx, scope.world.node, [row.id])
    leasing.put_off(scope.tx, row.id, _tomorrow(scope, row.person))
