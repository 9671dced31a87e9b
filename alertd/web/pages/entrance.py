"""Signing in and out, and the language: what everybody may open.

A GET signs nobody in, since scanners of mail open every link: it asks, and the button does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from alertd.core.sights import Sight, sees
from alertd.engine.operations import codes, signing_in
from alertd.engine.operations.codes import Wrong
from alertd.engine.operations.signing_in import Entered
from alertd.engine.ruling.world import Mode, World
from alertd.web.page import Call, Fields, Gone, Shown


class Key(Fields):
    """A key that signs in once."""

    key: str = ""


class Choice(Fields):
    """A language, and the page somebody was on."""

    language: Literal["zh-Hant", "zh-Hans", "en"]
    back: str = "/"


class Named(Fields):
    """Whatever somebody is called: name, number, mail address or telephone."""

    who: str = ""


class Typed(Fields):
    """The code of a message."""

    code: str = ""


class Tried(Fields):
    """How many guesses are left after a wrong one; "" before any."""

    left: Literal["", "0", "1", "2", "3", "4"] = ""


class Onward(Fields):
    """The page that somebody wanted who had to sign in first."""

    next: str = ""


class Login(Shown):
    """How to get in; `kept` says that messages do not reach people now: rehearsal, redirect, hold, or "".

    `accounts` says that there is a provider of accounts, and `called` what people call these, in each
    language; `next` is where they lead.
    """

    signed_in: bool
    kept: str
    accounts: bool = False
    called: Mapping[str, str] = {}
    next: str = ""


class Code(Shown):
    """A code is awaited, where this browser `asked` for one; `left` are the guesses that are left."""

    asked: bool
    left: str
    kept: str
    minutes: int


class Enter(Shown):
    """A key that waits for its button."""

    key: str


def start(call: Call) -> Gone:
    """To the first page somebody sees."""
    eyes = signing_in.eyes_of(call.scope.world, call.visitor, call.scope.now)
    if sees(Sight.WHOLE, eyes):
        return Gone("/board")
    return Gone("/mine" if sees(Sight.OWN, eyes) else "/login")


def login(call: Call) -> Login:
    """Whoever is not signed in learns how to be."""
    return Login(
        signed_in=call.visitor.signed_in,
        kept=_kept(call.scope.world),
        accounts=call.openid is not None,
        called=call.openid.title if call.openid else {},
        next=own_page(call.asked.next),
    )


def ask_code(call: Call) -> Gone:
    """Send a code, and say the same whoever it was."""
    if call.visitor.signed_in:
        return Gone("/")
    awaited = codes.ask_code(call.scope, call.asked.who, call.caller, call.place)
    lasts = int((awaited.ends_at - call.scope.now).total_seconds())
    return Gone("/code", entering=awaited.secret, lasts=lasts)


def await_code(call: Call) -> Code:
    """Where the code is typed."""
    return Code(
        asked=bool(call.entering),
        left=call.asked.left,
        kept=_kept(call.scope.world),
        minutes=int(codes.LASTS.total_seconds() // 60),
    )


def enter_code(call: Call) -> Gone:
    """Sign in by a code."""
    if call.visitor.signed_in:
        return Gone("/")
    found = codes.enter_by_code(call.scope, call.entering, call.asked.code, call.caller, call.browser)
    if isinstance(found, Wrong):
        return Gone(f"/code?left={found.left}")
    return let_in(found, call.scope.now)


def let_in(entered: Entered, now: datetime, to: str = "/") -> Gone:
    """Whoever has signed in goes to their page, and waits for nothing more."""
    lasts = int((entered.ends_at - now).total_seconds())
    return Gone(to, session=entered.secret, entering="", lasts=lasts)


def _kept(world: World) -> str:
    """Why a message with a code stays here or goes elsewhere; "" where it reaches whom it is for."""
    if world.mode in (Mode.HOLD, Mode.REDIRECT):
        return str(world.mode)
    return str(Mode.REHEARSAL) if world.drilling else ""


def ask(call: Call) -> Enter:
    """A link that somebody opened: what it will do."""
    return Enter(key=call.asked.key)


def enter(call: Call) -> Gone:
    """Sign in. A button pressed twice is no second sign-in for whoever is in by the first."""
    if call.visitor.signed_in:
        return Gone("/")
    return let_in(signing_in.enter(call.scope, call.asked.key, call.browser), call.scope.now)


def leave(call: Call) -> Gone:
    """Sign out."""
    signing_in.leave(call.scope, call.visitor.session)
    return Gone("/login", session="")


def choose(call: Call) -> Gone:
    """Take a language, and go back to where somebody was: to a page of ours, whatever the form says."""
    return Gone(own_page(call.asked.back), language=call.asked.language)


def own_page(address: str) -> str:
    """The address where it is one of these pages, else the first page."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if ours and address.isprintable() and address.isascii() else "/"
