"""Signing in without the office: six digits, and a link that does the same, over a channel of one's own.

Whoever asks is told the same whether there is such a person or not, and the same is done: for nobody a
message is written and taken back. A code serves ten minutes, once, for five guesses, and a new one ends the
one before (NIST SP 800-63B sections 5.1.3.2 and 5.2.2). It is made of the keys that this installation signs
with, so that a message which waits does not hold it, and the store has its hash alone.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import Person, Register
from alertd.core.signing import sign
from alertd.core.text import Line, OwnText
from alertd.engine.notify.addressing import routes_of
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.journeys import Route
from alertd.engine.notify.sign_in_topics import CodeUnsent, SignInGuessed
from alertd.engine.notify.telling import SIGN_IN
from alertd.engine.operations.signing_in import Entered, let_in
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_named, plain
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.signing_keys import keys_of, signing_key
from alertd.messages.catalogue import Catalogue
from alertd.store import addresses, audit, codes, drills, illness, outbox, settings, tries
from alertd.store.rows import DeliveryRow
from alertd.store.sign_ins import Who, digest

LASTS = timedelta(minutes=10)
#: wrong guesses at one code; after the last it is over
MOST_GUESSES = 5
#: codes that one person is sent within an hour, and within a day: with five guesses each, whoever guesses at
#: all hours for a year finds one of a million codes with a chance of 3 in 100
MOST_SENT, MOST_SENT_A_DAY = 5, 15
#: within an hour: codes asked for from one address, and altogether. An office is often one address outside.
MOST_ASKED, MOST_ASKED_BY_ALL = 30, 300
#: within an hour: wrong codes from one address, and altogether
MOST_WRONG, MOST_WRONG_BY_ALL = 30, 300
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_BYTES = 32
_DIGITS = 6
_CODE, _LINK = "sign-in-code", "sign-in-link"


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the browser holds that asked for a code, and until when a code serves there."""

    secret: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Wrong:
    """No such code. `left` are the guesses that are left, none where it is over."""

    left: int


@taking_texts
def ask_code(scope: Scope, who: Line, caller: OwnText, place: OwnText) -> Awaited:
    """Send a code to somebody by whatever they are called: name, number, mail address or telephone.

    `caller` is the address it was asked from, `place` what the addresses of pages begin with. The answer is
    the same for nobody, and for somebody who was sent enough. Raises Refused: "too-often".
    """
    since = scope.now - _HOUR
    settings.lock(scope.tx, settings.SIGNING_IN)  # two nodes would count one try each
    if (
        tries.count(scope.tx, tries.ASKED, since, caller=caller) >= MOST_ASKED
        or tries.count(scope.tx, tries.ASKED, since) >= MOST_ASKED_BY_ALL
    ):
        raise Refused("too-often")
    person = meant(scope.world.register, who)
    name = person.id if person else ""
    enough = _was_sent_enough(scope, name or _nobody(who))
    tries.note(scope.tx, tries.ASKED, name or _nobody(who), caller, scope.now)
    scope.by(Actor("nobody", caller)).record(audit.REGISTER, "code-asked", {"person": name})
    secret, ends_at = secrets.token_urlsafe(_BYTES), scope.now + LASTS
    asked, key = digest(secret), signing_key(scope.tx)
    addressee = "" if enough else name
    codes.void(scope.tx, addressee or _nobody(who), scope.now)
    codes.add(scope.tx, secret, addressee, code_of(key, asked), link_of(key, asked), scope.now, ends_at)
    row = _message(scope, person, asked, place, ends_at)
    with scope.tx.begin_nested() as written:
        outbox.add_deliveries(scope.tx, [row])
        if not addressee or not row["channel"]:
            written.rollback()
    if addressee and not row["channel"]:
        tell_admin(scope, CodeUnsent(person=person.name if person else name, person_id=name))
    elif addressee and scope.world.drilling:
        drills.remember(scope.tx, scope.now)
    return Awaited(secret, ends_at)


@taking_texts
def enter_by_code(
    scope: Scope, secret: OwnText, code: Line, caller: OwnText, about: Line = ""
) -> Entered | Wrong:
    """Sign in by the code that was sent for the browser that holds `secret`.

    A wrong one is counted, and no refusal, which would take the count back. Raises Refused: "too-often".
    """
    since = scope.now - _HOUR
    settings.lock(scope.tx, settings.SIGNING_IN)
    wrong_here = tries.count(scope.tx, tries.GUESSED, since, caller=caller)
    if wrong_here >= MOST_WRONG or tries.count(scope.tx, tries.GUESSED, since) >= MOST_WRONG_BY_ALL:
        raise Refused("too-often")
    row = codes.running(scope.tx, digest(secret), scope.now)
    if row is None:
        return Wrong(0)
    typed = "".join(sign for sign in code if sign.isdigit())
    right = secrets.compare_digest(row.code, codes.code_digest(secret, typed))
    person = scope.world.register.people.get(row.person)
    if right and person is not None:
        codes.end(scope.tx, row.asked, scope.now)
        return let_in(scope, Who(person.id), about)
    tries.note(scope.tx, tries.GUESSED, row.person, caller, scope.now)
    codes.guessed(scope.tx, row.asked)
    left = MOST_GUESSES - row.guesses - 1
    if left <= 0:
        codes.end(scope.tx, row.asked, scope.now)
        name = person.name if person else Catalogue(scope.world.language).say("web.nobody")
        tell_admin(scope, SignInGuessed(person=name, caller=caller, count=wrong_here + 1))
    return Wrong(max(left, 0))


def meant(register: Register, who: str) -> Person | None:
    """The one person meant by a name, a number, a mail address or a telephone; None for nobody."""
    try:
        found = person_named(register, who)
    except Refused:  # several have this name
        return None
    if found is not None or not who:
        return found
    wanted, dialled = plain(who), _digits(who)
    several = [
        person
        for person in register.people.values()
        if (person.email and plain(person.email) == wanted)
        or (len(dialled) >= _DIGITS and _digits(person.phone) == dialled)
    ]
    return several[0] if len(several) == 1 else None


def code_of(key: bytes, asked: str) -> str:
    """The code for whoever asked, by the digest of what they hold."""
    whole = base64.b32decode(sign(key, _CODE, (asked,)).upper() + "======")
    return f"{int.from_bytes(whole) % 10**_DIGITS:0{_DIGITS}}"


def link_of(key: bytes, asked: str) -> str:
    """What the link for whoever asked ends with."""
    return sign(key, _LINK, (asked,))


# ---------------------------------------------------------------- its message


def _message(
    scope: Scope, person: Person | None, asked: str, place: str, ends_at: datetime
) -> dict[str, Any]:
    """A message with a code, over the first way to somebody; without a channel where there is none."""
    routes = _routes(scope, person) if person else ()
    payload = {"topic": SIGN_IN, "asked": asked, "place": place, "tried": []}
    return _drafted(scope, person.id if person else "", routes[0] if routes else ("", ""), payload, ends_at)


def _drafted(
    scope: Scope, person: str, route: Route, payload: Mapping[str, Any], ends_at: datetime
) -> dict[str, Any]:
    tried = [*payload["tried"], list(route)]
    return outbox.new_delivery(
        scope.now,
        scope.world.mail_domain,
        person,
        route,
        f"sign-in|{payload['asked']}|{route[0]}",
        SIGN_IN,
        payload={**payload, "tried": tried},
        drill=scope.world.drilling,
        by_the_hour=True,
        due=ends_at,
    )


def _routes(scope: Scope, person: Person) -> tuple[Route, ...]:
    blocked, ill = addresses.unusable(scope.tx, scope.now), illness.ill(scope.tx)
    return routes_of(scope.world, person, blocked, ill)


def words_of(tx: Connection, payload: Mapping[str, Any], now: datetime) -> Mapping[str, str | int] | None:
    """What a message with a code says, read when it leaves; None where the code is over."""
    asked = payload["asked"]
    row = codes.running(tx, asked, now)
    if row is None:
        return None
    for key in keys_of(tx):
        if digest(link_of(key, asked)) == row.key:
            link = f"{payload['place']}/enter?key={link_of(key, asked)}"
            minutes = int(LASTS.total_seconds() // 60)
            return {"code": code_of(key, asked), "link": link, "place": payload["place"], "minutes": minutes}
    return None


def send_another_way(scope: Scope, row: DeliveryRow) -> list[str] | None:
    """Send a code that failed over the next channel of the same person, and of nobody else.

    Returns to whom, nobody where no way is left, None where nobody waits for it any more.
    """
    if codes.running(scope.tx, row.payload["asked"], scope.now) is None:
        return None
    person = scope.world.register.people.get(row.person)
    tried = {(channel, address) for channel, address in row.payload["tried"]}
    left = [route for route in _routes(scope, person) if route not in tried] if person else []
    if person is None or not left:
        return []
    ends_at = row.due or scope.now + LASTS
    outbox.add_deliveries(scope.tx, [_drafted(scope, person.id, left[0], row.payload, ends_at)])
    return [f"{person.name} ({left[0][0]})"]


def _was_sent_enough(scope: Scope, name: str) -> bool:
    for span, most in ((_HOUR, MOST_SENT), (_DAY, MOST_SENT_A_DAY)):
        if tries.count(scope.tx, tries.ASKED, scope.now - span, person=name) >= most:
            return True
    return False


def _nobody(who: str) -> str:
    """What a name that is nobody's is counted under; no id of a person looks so."""
    return f"?{digest(plain(who))[:32]}"


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
