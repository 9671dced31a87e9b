"""From a request of another system, by the table, to an answer. Cookies are not looked at: nothing to forge.

Runs on a thread of its own; no server is needed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from alertd.core.sights import sees
from alertd.engine.operations import tokens
from alertd.engine.operations.tokens import Bearer
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.installation import StoreError
from alertd.web.answering import Answer
from alertd.web.api import problems
from alertd.web.api.endpoint import JSON, Ask, Endpoint, Replied, Reply, written
from alertd.web.api.given import Unread, of_body, of_query
from alertd.web.asking import Asked, preferred_of
from alertd.web.backing import Backing
from alertd.web.page import Apart, File

log = structlog.get_logger("alertd.web")

_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class _Look:
    """Who asks what, as far as it is known by now."""

    backing: Backing
    endpoint: Endpoint
    asked: Asked
    world: World
    now: datetime
    language: str
    bearer: Bearer


def answer(backing: Backing, endpoint: Endpoint, asked: Asked) -> Answer:
    """What an address answers. Never raises: whatever happens is said, and logged where it is ours."""
    world, now = backing.world(), backing.now()
    language = preferred_of(asked) or world.language
    try:
        found = _bearer(backing, asked.headers.get("authorization", ""), world, now)
        if found is None:
            return problems.of_token("authorization" in asked.headers, language)
        language = preferred_of(asked) or _own(world, found) or world.language
        return _answer(_Look(backing, endpoint, asked, world, now, language, found))
    except Unread as unread:
        return problems.of_unread(unread, language)
    except Refused as refused:
        return problems.of_refused(refused, world, language, world.today(now))
    except StoreError as fault:
        log.error("request-put-off", path=endpoint.path, reason=str(fault))
        return problems.problem(503, "store", language, {"retry-after": "60"})
    except Exception:
        log.exception("request-failed", path=endpoint.path)
        return problems.problem(500, "ours", language)


def not_found(backing: Backing, asked: Asked, status: int = 404, allow: str = "") -> Answer:
    """The answer where there is no such address, or none by this method."""
    language = preferred_of(asked) or backing.world().language
    code = "no-method" if status == 405 else "no-address"
    return problems.problem(status, code, language, {"allow": allow} if allow else None)


def _own(world: World, bearer: Bearer) -> str:
    person = world.register.people.get(bearer.person)
    return person.language if person else ""


def knows(backing: Backing, authorization: str) -> bool:
    """Whether somebody holds a token that is good, by the header; False where the store is away."""
    try:
        return _bearer(backing, authorization, backing.world(), backing.now()) is not None
    except StoreError:
        return False


def _bearer(backing: Backing, authorization: str, world: World, now: datetime) -> Bearer | None:
    """Who comes, by the header alone (RFC 6750 section 2.1): addresses end up in logs."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    with backing.store.read() as tx:
        return tokens.bearer(tx, world, secret.strip(), now)


def _answer(look: _Look) -> Answer:
    endpoint, bearer, backing = look.endpoint, look.bearer, look.backing
    tokens.need(bearer, endpoint.may)
    if not sees(endpoint.sight, tokens.eyes_of(look.world, bearer, look.now)):
        return problems.problem(403, "not-yours", look.language)
    given = _given(look)
    if endpoint.writes:
        found = _done(look, given)
    elif endpoint.apart:
        found = _replied(look, _apart(look, given))
    else:
        with backing.store.read() as tx:
            found = _replied(look, _ask(look, tx, given))
    if bearer.unnoted:
        backing.store.transact(lambda tx: tokens.note_used(tx, bearer.token, look.now), wake=False)
    return found


def _given(look: _Look) -> Any:
    """What came, as the type that is taken. Raises Unread."""
    asked, endpoint = look.asked, look.endpoint
    if endpoint.method != "POST":
        return of_query(endpoint.takes, asked.query)
    if asked.query:
        raise Unread(400, "query-of-post")
    if asked.headers.get("content-encoding", "identity").lower() != "identity":
        raise Unread(415, "encoded")
    if endpoint.reads is not None:
        return endpoint.reads(asked)
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Unread(415, "kind", found=kind[:100], known=JSON)
    return of_body(endpoint.takes, asked.body)


def _ask(look: _Look, tx: Connection, given: Any, key: str = "") -> Ask:
    scope = Scope(tx, look.world, look.now, look.bearer.actor, key)
    headers, placed = look.asked.headers, look.asked.placed
    return Ask(scope, look.bearer, placed, given, look.language, headers, look.backing)


def _apart(look: _Look, given: Any) -> Apart:
    """What is asked of the files of this node. Raises Unread where it has none."""
    if look.backing.keeping is None:
        raise Unread(404, "no-files")
    return Apart(look.backing.keeping, look.world, look.now, look.language, look.bearer.actor, given)


def _replied(look: _Look, ask: Ask | Apart) -> Answer:
    found = look.endpoint.work(ask)
    if isinstance(found, File):
        return Answer(200, found.content, found.kind, found.name)
    status, text = _said(look, found)
    headers = (("content-language", look.language),)
    return Answer(status, text, look.endpoint.kind, headers=headers)


def _said(look: _Look, found: Any) -> tuple[int, str]:
    endpoint = look.endpoint
    replied = found if isinstance(found, Replied) else Replied(found, endpoint.status)
    reply = replied.reply
    return replied.status, written(reply, look.world.zone) if isinstance(reply, Reply) else reply


# ---------------------------------------------------------------- what does something


def _done(look: _Look, given: Any) -> Answer:
    """Done once for each Idempotency-Key; asked again, the same answer.

    Source: draft-ietf-httpapi-idempotency-key-header.
    """
    asked = look.asked
    key = _key(look)
    content = _content(asked)

    def work(tx: Connection) -> str:
        ask = _ask(look, tx, given, key)
        return ask.scope.once(lambda _: json.dumps([content, *_said(look, look.endpoint.work(ask))]))

    of, status, text = json.loads(look.backing.store.transact(work))
    if of != content:
        raise Unread(422, "key-reused")
    look.backing.acted()
    return Answer(status, text, look.endpoint.kind, headers=(("content-language", look.language),))


def _content(asked: Asked) -> str:
    """A short name of all that is asked."""
    found = hashlib.sha256(asked.path.encode() + b"\n" + asked.body)
    for sent in asked.files:
        found.update(f"\n{len(sent.content)} {sent.name}\n".encode("utf-8", "surrogatepass") + sent.content)
    return found.hexdigest()


def _key(look: _Look) -> str:
    given = look.asked.headers.get("idempotency-key")
    if given is None:
        return ""
    inner = given.strip().removeprefix('"').removesuffix('"')
    if not inner or len(inner) > _LONGEST_KEY or not inner.isascii():
        raise Unread(400, "key", most=str(_LONGEST_KEY))
    return f"api:{look.bearer.token:x}:{hashlib.sha256(inner.encode()).hexdigest()}"
