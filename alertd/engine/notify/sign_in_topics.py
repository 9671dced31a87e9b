"""What the admin is told of who tries to sign in to pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from alertd.engine.notify.topics import DAILY, SELDOM, Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInGuessed(Listed):
    """All guesses at a code were wrong. `person` is in words where nobody is called so."""

    name = "sign-in-guessed"
    keyed_by = ("person", "caller")
    lasts = timedelta(hours=1)  # what goes on after an hour is another burst
    see = "alertd web sessions"
    person: str
    caller: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinGuessed(Listed):
    """The PIN of an officer was given wrongly so often, in the duty room of a unit, that it must wait."""

    name = "pin-guessed"
    keyed_by = ("person_id", "unit")
    lasts = timedelta(hours=1)
    see = "alertd web sessions"
    person: str
    person_id: str
    unit: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUnsent(Listed):
    """Somebody asked for a code to sign in, and no channel reaches them."""

    name = "code-unsent"
    keyed_by = ("person_id",)
    pauses = DAILY
    lasts = SELDOM
    person: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsFaulty(Listed):
    """Nobody can sign in by an account of this provider, or one cannot: `said` is why, in words."""

    name = "accounts-faulty"
    keyed_by = ("issuer", "wrong")
    pauses = DAILY
    see = "alertd doctor --online"
    issuer: str
    wrong: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOfSeveral(Listed):
    """Several people of the directory are the same account to the provider: who, in words."""

    name = "account-of-several"
    keyed_by = ("people",)
    pauses = DAILY
    lasts = SELDOM
    see = "alertd check"
    people: str
