"""Signing in by an account of the office: a browser is sent to its provider, and comes back as somebody.

What the browser takes along and must come back with is made of the random text that it alone holds, so that
the store, which has its hash, is of no use to whoever reads it, and any node knows who comes back. A sign-in
that was begun serves ten minutes, once, and with the provider that it was begun with.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import Person, Register
from alertd.core.signing import sign, signed
from alertd.core.text import Line, OwnText
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.sign_in_topics import AccountOfSeveral, AccountsFaulty
from alertd.engine.operations.signing_in import Entered, let_in
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.messages.catalogue import Catalogue
from alertd.store import awaited, settings, tries
from alertd.store.sign_ins import Who, digest

LASTS = timedelta(minutes=10)
#: sign-ins that are begun within an hour: from one address, and altogether. An office is often one address.
MOST_BEGUN, MOST_BEGUN_BY_ALL = 300, 3000
_HOUR = timedelta(hours=1)
_BYTES = 32
_STATE, _NONCE, _VERIFIER = "account-state", "account-nonce", "account-verifier"
#: the claim that holds a mail address, and the one that says whether it was looked at who it belongs to
MAIL, VERIFIED = "email", "email_verified"
#: characters of an account that are said to whoever holds it
_LONGEST_SAID = 120


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser holds that is sent away, and until when it may come back."""

    secret: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes along with a browser (`state`, `nonce`), and what proves later that it was this one."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """What may be known of the verifier before it is shown (RFC 7636, S256)."""
        found = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(found).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Account:
    """Who came back, as the provider says: the value of the claim that is looked at.

    `by_mail` says that it is a mail address, which is `verified` or not. `issuer` is who says so.
    """

    value: OwnText
    by_mail: bool
    verified: bool = True
    issuer: OwnText = ""


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The account is nobody's here, or that of several: a code below `refused.`, and what the account is."""

    code: str
    said: str


@taking_texts
def begin(scope: Scope, provider: OwnText, caller: OwnText, back: OwnText) -> Begun:
    """Await a browser that is sent to a provider; `back` is the page of ours that it goes to afterwards.

    Raises Refused: "too-often".
    """
    since = scope.now - _HOUR
    settings.lock(scope.tx, settings.SIGNING_IN)  # two nodes would count one try each
    if (
        tries.count(scope.tx, tries.ACCOUNT, since, caller=caller) >= MOST_BEGUN
        or tries.count(scope.tx, tries.ACCOUNT, since) >= MOST_BEGUN_BY_ALL
    ):
        raise Refused("too-often")
    tries.note(scope.tx, tries.ACCOUNT, "", caller, scope.now)
    secret, ends_at = secrets.token_urlsafe(_BYTES), scope.now + LASTS
    awaited.add(scope.tx, secret, digest(provider), back, scope.now, ends_at)
    return Begun(secret, ends_at)


def taken_along(secret: str) -> Taken:
    """What belongs to the sign-in of whoever holds this."""
    key = secret.encode("utf-8", "surrogatepass")
    verifier = "".join(sign(key, _VERIFIER, (half,)) for half in ("first", "second"))
    return Taken(sign(key, _STATE, ()), sign(key, _NONCE, ()), verifier)


def is_awaited(tx: Connection, secret: str, provider: str, now: datetime) -> bool:
    """Whether a browser has begun to sign in with this provider, and may go there."""
    return bool(secret) and awaited.running(tx, secret, digest(provider), now) is not None


def come_back(scope: Scope, secret: OwnText, provider: OwnText, state: OwnText) -> str:
    """The page that a browser goes to afterwards, which has come back: it is awaited no more.

    Whoever does not hold what was sent along ends nobody else's sign-in. Raises Refused: "account-over".
    """
    row = awaited.running(scope.tx, secret, digest(provider), scope.now) if secret else None
    known = signed((secret.encode("utf-8", "surrogatepass"),), _STATE, (), state)
    if row is None or not known or not awaited.end(scope.tx, row.asked, scope.now):
        raise Refused("account-over")
    return row.back


@taking_texts
def enter_by_account(scope: Scope, account: Account, about: Line = "") -> Entered | NotKnown:
    """Sign in whoever an account belongs to. That it is nobody's is no refusal: the admin may hear of it."""
    said = account.value[:_LONGEST_SAID]
    if not account.verified:  # whoever made it up does not even learn whether it is somebody's
        return NotKnown("account-unverified", said)
    found = holders(scope.world.register, account)
    if len(found) > 1:
        names = ", ".join(f"{person.name} ({person.id})" for person in found)
        tell_admin(scope, AccountOfSeveral(people=names))
        return NotKnown("account-of-several", said)
    if not found:
        return NotKnown("account-unknown", said)
    return let_in(scope, Who(found[0].id), about, account.issuer)


def holders(register: Register, account: Account) -> list[Person]:
    """The people that an account belongs to: one, where the directory says who."""
    wanted = _same(account.value)
    if not wanted:
        return []
    people = register.people.values()
    return [each for each in people if _same(each.email if account.by_mail else each.id) == wanted]


def account_of(claims: Mapping[str, Any], claim: str, unverified: bool) -> Account | None:
    """The account by what a provider says; None where it does not say who came.

    With `claim` "" by the mail address. That it is `verified` is the provider's word, unless nobody asks.
    """
    value = claims.get(claim or MAIL)
    if isinstance(value, int) and not isinstance(value, bool) and claim:
        value = str(value)  # numbers of employees are numbers to some
    if not isinstance(value, str) or not value.strip():
        return None
    said = claims.get(VERIFIED)
    verified = bool(claim) or unverified or said is True or said == "true"  # some write it as a text
    return Account(value.strip(), not claim, verified, str(claims.get("iss", "")))


def was_faulty(scope: Scope, issuer: str, wrong: str) -> None:
    """Tell the admin what is wrong with a provider, or with how it is set up."""
    said = Catalogue(scope.world.language).say(f"account-wrong.{wrong}")
    tell_admin(scope, AccountsFaulty(issuer=issuer, wrong=wrong, said=said))


def _same(text: str) -> str:
    """One spelling for one account: capitals are no difference, and nothing else is taken for alike."""
    return text.lower() if text.isascii() else text
