"""What is said where something was not done (RFC 9457): a code for programs, the words for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from alertd.messages.dates import catalogue
from alertd.messages.refusals import refused_text
from alertd.web.answering import Answer
from alertd.web.api.endpoint import is_of_api
from alertd.web.api.given import Unread
from alertd.web.asking import preferred
from alertd.web.guarding import Refusal, plain

KIND = "application/problem+json"
#: begins the type of every problem; what follows is the code
TYPE = "urn:alertd:problem:"

#: RFC 6750 section 3
_CHALLENGE = 'Bearer realm="alertd"'
_NOT_THERE = frozenset({"no-file", "no-deadline", "no-event", "no-case", "no-feed"})
_FORBIDDEN = frozenset({"not-allowed", "token-may-not", "token-not-for", "own-request"})
_CONFLICT = frozenset(
    {
        "asked-already", "bulletin-mailed", "cannot-restart", "closed", "event-cancelled", "event-confirmed",
        "event-differs", "extended-already", "files-faulty",
        "limit-passed", "no-decline-request", "no-extend-request",
        "none-handed-in", "not-closed", "paused", "severity-not-higher", "wrong-state",
    }
)  # fmt: skip


class WrongField(BaseModel):
    """One field that is wrong: where (JSON Pointer), which fault by its code, and in words."""

    model_config = ConfigDict(frozen=True)

    at: str
    code: str
    said: str


class Problem(BaseModel):
    """RFC 9457. `code` is what the type ends with; `values` are what its sentence names."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    values: dict[str, str] = {}
    fields: tuple[WrongField, ...] = ()


def of_refused(refused: Refused, world: World, language: str, today: Any) -> Answer:
    """What the operations refused."""
    said = refused_text(refused.code, refused.values, world.zone, language, today)
    return _answer(status_of(refused.code), refused.code, said, language, refused.values)


def status_of(code: str) -> int:
    """What HTTP calls a refusal."""
    if code in _NOT_THERE:
        return 404
    if code in _FORBIDDEN:
        return 403
    if code == "files-hanging":
        return 503
    return 409 if code in _CONFLICT else 422


def of_token(given: bool, language: str) -> Answer:
    """Nobody, or whoever holds what is no token that is good."""
    challenge = f'{_CHALLENGE}, error="invalid_token"' if given else _CHALLENGE
    return problem(401, "bad-token" if given else "no-token", language, {"www-authenticate": challenge})


def at_the_door(refusal: Refusal, path: str, headers: Mapping[bytes, str]) -> Answer:
    """What is refused before anybody looks at what it asks: a problem below /api, else a line of text.

    Without a language that is asked for in English: what rules here is not looked up for it.
    """
    if not is_of_api(path):
        return plain(refusal, path, headers)
    language = preferred(headers.get(b"accept-language", "")) or "en"
    if refusal is Refusal.NOT_SIGNED_IN:
        return of_token(b"authorization" in headers, language)
    return problem(refusal.status, refusal.code, language)


def of_unread(unread: Unread, language: str) -> Answer:
    """What could not be taken, with each place."""
    words = catalogue(language)
    fields = tuple(
        WrongField(at=at, code=code, said=words.say(f"api.field.{code}", **values))
        for at, code, values in unread.places
    )
    said = words.say(f"api.problem.{unread.code}", **unread.values)
    said = " ".join([said, *(f"{field.at}: {field.said}" for field in fields[:3])])
    return _answer(unread.status, unread.code, said, language, unread.values, fields)


def problem(status: int, code: str, language: str, headers: Mapping[str, str] | None = None) -> Answer:
    """What is about the request as such; `code` stands below `api.problem`."""
    return _answer(status, code, catalogue(language).say(f"api.problem.{code}"), language, headers=headers)


def _answer(
    status: int,
    code: str,
    said: str,
    language: str,
    values: Mapping[str, str] | None = None,
    fields: tuple[WrongField, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    found = Problem(
        type=TYPE + code,
        title=catalogue(language).say(f"api.status.{status}"),
        status=status,
        detail=said,
        code=code,
        values=dict(values or {}),
        fields=fields,
    )
    text = json.dumps(found.model_dump(), ensure_ascii=False)
    more = {"content-language": language, **(headers or {})}
    return Answer(status, text, KIND, headers=tuple(more.items()))
