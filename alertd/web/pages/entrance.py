"""Signing in and out, and the language: what everybody may open.

A GET signs nobody in, since scanners of mail open every link: it asks, and the button does it.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from alertd.core.sights import Sight, sees
from alertd.engine.operations import signing_in
from alertd.web.page import Call, Fields, Gone, Shown


class Key(Fields):
    """A key that signs in once."""

    key: str = ""


class Choice(Fields):
    """A language, and the page somebody was on."""

    language: Literal["zh-Hant", "zh-Hans", "en"]
    back: str = "/"


class Login(Shown):
    """How to get in; `person` is who is signed in already, "" for nobody or the office."""

    signed_in: bool
    person: str


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
    return Login(signed_in=call.visitor.signed_in, person=call.visitor.person)


def ask(call: Call) -> Enter:
    """A link that somebody opened: what it will do."""
    return Enter(key=call.asked.key)


def enter(call: Call) -> Gone:
    """Sign in. A button pressed twice is no second sign-in for whoever is in by the first."""
    if call.visitor.signed_in:
        return Gone("/")
    entered = signing_in.enter(call.scope, call.asked.key, call.browser)
    lasts = int((entered.ends_at - call.scope.now).total_seconds())
    return Gone("/", session=entered.secret, lasts=lasts)


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
