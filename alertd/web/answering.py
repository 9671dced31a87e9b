"""From a request, by the table of pages, to an answer. Runs on a thread of its own; no server is needed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, get_origin
from urllib.parse import urlencode

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection

from alertd.core.sights import Sight, sees
from alertd.engine.operations import signing_in
from alertd.engine.operations.signing_in import Visitor
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.installation import StoreError
from alertd.messages.refusals import refused_text
from alertd.web.asking import ENTERING, LANGUAGE, SESSION, Asked, cookie_name, language_of
from alertd.web.backing import Backing
from alertd.web.drawing import Pen
from alertd.web.page import Afar, Apart, Call, Early, Fields, File, Gone, Missing, Route, Shown
from alertd.web.vouching import Vouching, vouch

log = structlog.get_logger("alertd.web")

#: the field that proves that a form came from a page of this session
TOKEN = "token"  # noqa: S105  its name, not a secret
#: the part of an address that is the link of a message
LINK = "link"
_HTML = "text/html; charset=utf-8"
#: what a button that was pressed is about, so that whoever pressed it can look again
_ABOUT = re.compile(r"(/m/[^/]+)?/deadlines/\d+|/reviews|/together", re.ASCII)
#: the status of what is refused, where it is not that something else was in the way
_REFUSED = {"account-away": 503, "link-void": 404, "link-over": 410, "no-file": 404}
#: characters of the address of a page that whoever signs in goes to
_LONGEST_BACK = 400
#: the language stays chosen for a year, in seconds
_CHOSEN = 365 * 24 * 3600
_PLACES = {
    "/mine": Sight.OWN,
    "/report": Sight.OWN,
    "/duty": Sight.OWN,
    "/me": Sight.SELF,
    "/cases": Sight.OWN,
    "/requests": Sight.OWN,
    "/reviews": Sight.OWN,
    "/board": Sight.WHOLE,
    "/deadlines": Sight.WHOLE,
    "/keeping": Sight.KEEPING,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `cookies` are whole Set-Cookie values; with a `name` it is kept under it, not shown."""

    status: int
    body: str | bytes = ""
    kind: str = _HTML
    name: str = ""
    location: str = ""
    cookies: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class _Problem(Exception):
    """Something that is said on a page of its own; `key` stands under `web.problem`."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status, self.key = status, key


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks at what, as far as it is known by now."""

    asked: Asked
    world: World
    now: datetime
    language: str
    visitor: Visitor = field(default_factory=Visitor)


def answer(backing: Backing, route: Route, asked: Asked) -> Answer:
    """What a page answers. Never raises: whatever happens is said on a page, and logged where it is ours."""
    look = _anybody(backing, asked)
    try:
        look = _seen_by(backing, route, look)
        return _answer(backing, route, look)
    except _Problem as problem:
        return _problem(look, problem.status, f"web.problem.{problem.key}")
    except Missing:
        return _problem(look, 404, "web.problem.no-page")
    except Refused as refused:
        return _problem(look, _REFUSED.get(refused.code, 409), "", _refused(look, refused))
    except StoreError as fault:
        log.error("page-put-off", path=route.path, reason=str(fault))
        return _problem(look, 503, "web.problem.store")
    except Exception:
        log.exception("page-failed", path=route.path)
        return _problem(look, 500, "web.problem.ours")


def knows(backing: Backing, secret: str, link: str) -> bool:
    """Whether somebody holds a session or a link that is not over; False where the store is away."""
    world, now = backing.world(), backing.now()
    try:
        with backing.store.read() as tx:
            if link:
                signing_in.linked_visitor(Scope(tx, world, now), link)
                return True
            return signing_in.visitor(tx, world, secret, now).signed_in
    except (Refused, StoreError):
        return False


def not_found(backing: Backing, asked: Asked, status: int = 404) -> Answer:
    """The answer where there is no such page, or none by this method."""
    return _problem(_anybody(backing, asked), status, "web.problem.no-page")


def _anybody(backing: Backing, asked: Asked) -> _Look:
    world = backing.world()
    language = language_of(asked, "", world.language)
    return _Look(asked, world, backing.now(), language)


def _seen_by(backing: Backing, route: Route, look: _Look) -> _Look:
    """The same by whoever it is, in the language of that person.

    Who opens the link of a message is whom it was sent to, whoever else is signed in. Raises Refused.
    """
    with backing.store.read() as tx:
        if route.sight is Sight.MESSAGE:
            scope = Scope(tx, look.world, look.now)
            visitor = signing_in.linked_visitor(scope, look.asked.given.get(LINK, ""))
        else:
            visitor = signing_in.visitor(tx, look.world, look.asked.secret, look.now)
    known = look.world.register.people.get(visitor.person)
    own = known.language if known else ""
    return replace(look, language=language_of(look.asked, own, look.world.language), visitor=visitor)


def _answer(backing: Backing, route: Route, look: _Look) -> Answer:
    asked, visitor, now = look.asked, look.visitor, look.now
    if route.changes and not asked.own_site:
        raise _Problem(403, "elsewhere")
    if asked.unread:
        raise _Problem(400, asked.unread)
    if not sees(route.sight, signing_in.eyes_of(look.world, visitor, now)):
        return _shut(look, backing.settings.openid is not None)
    if route.changes:
        if route.token and not _is_token(asked.given.get(TOKEN, ""), _proof(look)):
            raise _Problem(403, "elsewhere")
        if visitor.desk and route.sight is not Sight.ENTRANCE:
            vouched = vouch(backing, visitor, asked)
            if isinstance(vouched, Vouching):
                return _vouching(look, vouched)
            look = replace(look, visitor=vouched)
    found = _press(backing, route, look) if route.changes else _show(backing, route, look)
    if isinstance(found, Gone):
        return _gone(found, look)
    if isinstance(found, File):
        return _file(found, asked)
    most = backing.settings.upload_megabytes
    values = {"page": found, "most_upload": most, **_about(look)}
    return Answer(200, Pen(look.world, look.language, now).draw(route.template, values))


def _show(backing: Backing, route: Route, look: _Look) -> Shown | Gone | File:
    visitor, now = look.visitor, look.now
    if route.apart:
        found = route.work(_apart(backing, route, look))
    elif route.afar:
        found = route.work(_afar(backing, route, look))
    else:
        call = _calling(backing, route, look)
        with backing.store.read() as tx:
            found = route.work(call(tx))
    if visitor.unnoted:
        backing.store.transact(lambda tx: signing_in.note_seen(tx, visitor.session, now), wake=False)
    if isinstance(found, File) and (noted := found.noted):
        with contextlib.suppress(StoreError):  # it is asked for again
            backing.store.transact(lambda tx: noted(Scope(tx, look.world, now)))
    return found


def _press(backing: Backing, route: Route, look: _Look) -> Shown | Gone | File:
    """What a button does, once for each time its page was drawn."""
    if route.apart:
        found = route.work(_apart(backing, route, look))
    else:
        call = _calling(backing, route, look)
        found = backing.store.transact(lambda tx: route.work(call(tx)))
    backing.acted()
    return found


def _calling(backing: Backing, route: Route, look: _Look) -> Callable[[Connection], Call]:
    """What makes the request of a transaction; what takes a while is done by now."""
    asked, settings, fields = look.asked, backing.settings, _fields(route, look)
    early = route.early(Early(fields, asked.entering, settings, look.now)) if route.early else None
    about = asked.browser[:300], backing.keeping, look.language, backing.ruled_by, backing.counts
    entering = asked.caller, asked.entering, settings.url, early
    more = asked.files if route.uploads else (), settings.openid

    def call(tx: Connection) -> Call:
        scope = Scope(tx, look.world, look.now, look.visitor.actor)
        return Call(scope, look.visitor, fields, *about, *entering, *more)

    return call


def _apart(backing: Backing, route: Route, look: _Look) -> Apart:
    fields = _fields(route, look)
    if backing.keeping is None:
        raise _Problem(404, "no-page")
    return Apart(backing.keeping, look.world, look.now, look.language, look.visitor.actor, fields)


def _afar(backing: Backing, route: Route, look: _Look) -> Afar:
    asked, settings = look.asked, backing.settings
    who = look.visitor, _fields(route, look), asked.browser[:300], asked.entering
    where = settings.openid, settings.url, backing.provider
    return Afar(backing.store, look.world, look.now, look.language, *who, *where)


def _fields(route: Route, look: _Look) -> Fields:
    asked = look.asked
    many = {name: each for name, each in asked.several.items() if name in _lists(route.takes)}
    try:
        return route.takes.model_validate({**asked.given, **many})
    except ValidationError:
        raise _Problem(400, "fields") from None


def _lists(takes: type[Fields]) -> set[str]:
    """The fields that may be given several times."""
    return {name for name, field in takes.model_fields.items() if get_origin(field.annotation) is tuple}


def _shut(look: _Look, onward: bool) -> Answer:
    """Whoever is not signed in is shown how; whoever is, that this is not for them.

    `onward` says that signing in may lead to the page that was asked for.
    """
    asked = look.asked
    if not look.visitor.signed_in:
        there = asked.path + (f"?{asked.query}" if asked.query else "")
        kept = onward and asked.method == "GET" and len(there) <= _LONGEST_BACK
        return Answer(303, location=f"/login?{urlencode({'next': there})}" if kept else "/login")
    raise _Problem(403, "not-yours")


# ---------------------------------------------------------------- what goes back


def _vouching(look: _Look, asks: Vouching) -> Answer:
    """Who does it, before anything is done: the form once more, with what was typed in it."""
    pen = Pen(look.world, look.language, look.now)
    said = _refused(look, asks.refused) if asks.refused else ""
    values: dict[str, Any] = {"page": asks, "said": said, "action": look.asked.path, **_about(look)}
    return Answer(409 if said else 200, pen.draw("vouch.html.j2", values))


def _file(found: File, asked: Asked) -> Answer:
    """What is served as it is; of what is tagged that it is the same, where whoever asks has it."""
    if not found.tagged:
        return Answer(200, found.content, found.kind, found.name)
    tag = f'"{hashlib.sha256(found.content).hexdigest()[:32]}"'
    # It may be kept by whoever asked, who asks each time whether it is still so.
    embedded = (("cross-origin-resource-policy", "cross-origin"),) if found.embedded else ()
    headers = (("etag", tag), ("cache-control", "private, no-cache"), *embedded)
    known = asked.headers.get("if-none-match", "")
    if tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        return Answer(304, kind=found.kind, headers=headers)
    return Answer(200, found.content, found.kind, found.name, headers=headers)


def _problem(look: _Look, status: int, key: str, said: str = "") -> Answer:
    pen = Pen(look.world, look.language, look.now)
    behind = _ABOUT.match(look.asked.path) if look.asked.method == "POST" else None
    back = behind[0] if behind else "/"
    values = {"said": said or pen.words.say(key), "back": back, **_about(look)}
    return Answer(status, pen.draw("problem.html.j2", values))


def _refused(look: _Look, refused: Refused) -> str:
    """Why not, in the reader's language."""
    world, today = look.world, look.world.today(look.now)
    return refused_text(refused.code, refused.values, world.zone, look.language, today, "web.refused")


def _about(look: _Look) -> dict[str, Any]:
    given = look.asked.given if look.asked.method == "GET" else {}
    public = urlencode({name: value for name, value in given.items() if name in ("by", "next")})
    return {
        "visitor": look.visitor,
        "places": _places(look),
        "token": token_of(_proof(look)),
        "base": _base(look),
        "here": look.asked.path + (f"?{public}" if public else ""),
    }


def _places(look: _Look) -> tuple[str, ...]:
    """The pages that whoever looks can go to from everywhere."""
    eyes = signing_in.eyes_of(look.world, look.visitor, look.now)
    return tuple(path for path, sight in _PLACES.items() if sees(sight, eyes))


def token_of(secret: str) -> str:
    """What forms of a session carry: known to its pages alone, and no help in taking the session."""
    return hmac.new(secret.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest() if secret else ""


def _is_token(given: str, secret: str) -> bool:
    return bool(secret) and hmac.compare_digest(given.encode("utf-8", "replace"), token_of(secret).encode())


def _proof(look: _Look) -> str:
    """What only the pages of whoever looks know: the secret of the session, or the link."""
    return look.asked.given.get(LINK, "") if look.visitor.linked else look.asked.secret


def _base(look: _Look) -> str:
    """What the addresses of deadlines begin with: whoever came by a link goes on below it."""
    return f"/m/{look.asked.given[LINK]}" if look.visitor.linked else ""


def _gone(gone: Gone, look: _Look) -> Answer:
    asked, cookies = look.asked, []
    if gone.session is not None:
        cookies.append(_cookie(SESSION, gone.session, gone.lasts, asked.secure))
    if gone.entering is not None:
        cookies.append(_cookie(ENTERING, gone.entering, gone.lasts if gone.entering else 0, asked.secure))
    if gone.language:
        cookies.append(_cookie(LANGUAGE, gone.language, _CHOSEN, asked.secure))
    return Answer(303, location=_base(look) + gone.to, cookies=tuple(cookies))


def _cookie(name: str, value: str, lasts: int, secure: bool) -> str:
    """RFC 6265bis. Lax, not Strict: whoever comes by a link of a mail is signed in all the same."""
    words = [f"{cookie_name(name, secure)}={value}", "Path=/", f"Max-Age={lasts}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*words, "Secure"] if secure else words)
