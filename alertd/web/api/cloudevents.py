"""Events as CloudEvents 1.0 over HTTP, structured or binary (CloudEvents HTTP protocol binding, section 3).

`type` is an event type of the register, `source` and `id` together name the event for good, `time` is when it
happened where the data name no instants. A batch is refused: of one that is half wrong nobody could say
which half was taken.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import ConfigDict, Field

from alertd.engine.operations import events
from alertd.engine.ruling.scope import Scope
from alertd.web.api.endpoint import JSON, Ask, Replied, written
from alertd.web.api.events import Facts, Instants, Outcome, asked_of, happened
from alertd.web.api.given import Given, Instant, Name, Unread, read_json, valid
from alertd.web.asking import Asked

STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
#: CloudEvents 1.0.2, section "Attribute Naming Convention"
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}", re.ASCII)
_PREFIX = "ce-"


class Data(Facts):
    """What the event says. Without instants it happened at the `time` of the envelope."""

    instants: Instants = Field(default_factory=dict)


class CloudEvent(Given):
    """A CloudEvent 1.0. Extension attributes are taken and not looked at."""

    model_config = ConfigDict(extra="allow", frozen=True, str_max_length=2000)

    specversion: Literal["1.0"]
    id: Name
    source: Name
    type: Annotated[Name, Field(description="an event type of the register, by its id")]
    time: Instant | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    data: Data


def read(asked: Asked) -> CloudEvent:
    """The event of a request. Raises Unread."""
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _BATCH:
        raise Unread(415, "batch")
    if kind == STRUCTURED:
        envelope = read_json(asked.body)
    elif kind == JSON and f"{_PREFIX}specversion" in asked.headers:
        envelope = _attributes(asked.headers) | {"data": read_json(asked.body)}
    else:
        raise Unread(415, "kind", found=kind[:100], known=f"{STRUCTURED}, {JSON} + ce-*")
    found: CloudEvent = valid(CloudEvent, envelope)
    for name in found.model_extra or {}:
        if not _ATTRIBUTE.fullmatch(name) or name == "data_base64":
            raise Unread(422, "fields", ((f"/{name[:100]}", "unknown", {}),))
    return found


def _attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    """The headers of the binary mode; their values are encoded by percent signs (section 3.1.3.2)."""
    found: dict[str, Any] = {}
    for name, value in headers.items():
        if name.startswith(_PREFIX):
            try:
                found[name.removeprefix(_PREFIX)] = unquote(value.strip('"'), errors="strict")
            except UnicodeDecodeError:
                raise Unread(400, "utf-8") from None
    return found


def receive(ask: Ask) -> Replied:
    """Report it: 201; 200 with the same answer for one that came before; 409 where that said otherwise."""
    given: CloudEvent = ask.asked
    types = ask.scope.world.register.event_types
    if given.type.lower() not in types:
        raise Unread(422, "event-type", found=given.type, known=", ".join(sorted(types)))
    kind = types[given.type.lower()]
    instants = given.data.instants or ({kind.instants[0]: given.time} if given.time else {})
    if not instants:
        raise Unread(422, "fields", (("/time", "missing", {}),))
    report = asked_of(ask, _Whole(kind.id, instants, name_of(given), given.data))
    content = json.dumps([str(report), name_of(given)]).encode()
    key = f"cloudevent:{name_of(given)}:{hashlib.sha256(content).hexdigest()}"
    fresh: list[Replied] = []

    def once(scope: Scope) -> str:
        fresh.append(happened(events.report(scope, report)))
        known = fresh[0].reply
        assert isinstance(known, Outcome)
        return written(known.model_copy(update={"known": True}), scope.world.zone)

    again = replace(ask.scope, idempotency_key=key).once(once)
    return fresh[0] if fresh else Replied(again)


def name_of(given: CloudEvent) -> str:
    """What an event is called here: `source` and `id` in one, for good."""
    both = json.dumps([given.source, given.id]).encode()
    return f"ce-{hashlib.sha256(both).hexdigest()[:40]}"


class _Whole:
    """The data with what the envelope says, as a report has them."""

    def __init__(self, kind: str, instants: Any, name: str, data: Data) -> None:
        self.type, self.instants, self.id, self._data = kind, instants, name, data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._data, name)
