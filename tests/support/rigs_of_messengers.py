"""The messengers that files of channels/examples/ describe, for the contract that all transports keep."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from alertd.config.channels import load_channels, read_channels
from alertd.testing import HttpRig, Way, http_server, outgoing
from alertd.transports.base import Transport
from alertd.transports.messenger import MessengerOptions, MessengerTransport

EXAMPLES = Path(__file__).resolve().parents[2] / "channels" / "examples"
TOKEN = "a-secret-token"
NO_PART = "a message is one call to one address: it is taken or not"
NO_STATUS = "it answers by the status of HTTP alone"
NO_BODY = "a yes needs no body"

Opening = Callable[[], Any]  # a context manager that gives a rig


def _example(name: str) -> Callable[[str], Transport]:
    """What a file of channels/examples/ makes."""

    def make(url: str) -> Transport:
        found = read_channels(EXAMPLES)
        text = found.texts[name].replace("{ credential =", '{ env = "S" } #')
        made = load_channels(replace(found, texts={name: text}), EXAMPLES, {"S": TOKEN})
        options = dict(made.known[name].settings.options())
        path = options["url"].partition("example.org")[2] or "/hook"
        return MessengerTransport(MessengerOptions(**{**options, "url": f"{url}{path}"}))

    return make


@contextmanager
def _messenger(
    name: str, address: str, answers: Mapping[Way, Any], lacks: Mapping[Way, str], **more: Any
) -> Iterator[HttpRig]:
    with http_server() as server:
        later = {Way.LATER: (429, {"retry-after": "30"}, b"{}"), Way.PARTLY: (200, b'{"other": 1}')}
        secrets = (TOKEN, address) if "{secret}" in read_channels(EXAMPLES).texts[name] else (address,)
        shown = more.pop("shown", lambda asked: json.dumps(asked.json, ensure_ascii=False))
        yield HttpRig(
            server,
            _example(name),
            outgoing(address),
            {**later, **answers},
            lacks,
            secrets=secrets,
            wait=30.0,
            longest=4096,
            shown=lambda asked: shown(asked).replace(address, ""),
            **more,
        )


_MESSENGERS: Mapping[str, tuple[str, Mapping[Way, Any], Mapping[Way, str], Mapping[str, Any]]] = {
    "slack": (
        "U012AB3CD",
        {
            Way.TAKES: {"ok": True, "ts": "1503435956.000247"},
            Way.ERROR_INSIDE: {"ok": False, "error": "msg_too_long"},
            Way.REFUSES: {"ok": False, "error": "msg_too_long"},
            Way.DEAD: {"ok": False, "error": "channel_not_found"},
            Way.DENIED: {"ok": False, "error": "invalid_auth"},
        },
        {},
        {},
    ),
    "teams": (
        "li.na@city.test",
        {
            Way.TAKES: (202, b""),
            Way.REFUSES: (400, {"error": {"message": "bad"}}),
            Way.DENIED: (401, {"error": {"code": "DirectApiAuthorizationRequired"}}),
        },
        {
            Way.ERROR_INSIDE: "a workflow says only that it took the request",
            Way.PARTLY: "a workflow says only that it took the request",
            Way.DEAD: "a workflow knows nothing of addresses",
            Way.EMPTY: NO_BODY,
            Way.HUGE: NO_BODY,
        },
        {},
    ),
    "mattermost": (
        "@li.na",
        {
            Way.TAKES: (200, b"ok"),
            Way.ERROR_INSIDE: (200, b"<html>please log in</html>"),
            Way.REFUSES: (400, {"id": "web.incoming_webhook.text.app_error"}),
            Way.DEAD: (404, {"id": "web.incoming_webhook.channel.app_error"}),
            Way.DENIED: (400, {"id": "web.incoming_webhook.disabled.app_error"}),
        },
        {Way.HUGE: "whatever is not ok is a refusal"},
        {},
    ),
    "matrix": (
        "!abc:city.test",
        {
            Way.TAKES: {"event_id": "$YUwRidLecu:city.test"},
            Way.ERROR_INSIDE: {"errcode": "M_UNKNOWN"},
            Way.REFUSES: (413, {"errcode": "M_TOO_LARGE"}),
            Way.DEAD: (403, {"errcode": "M_FORBIDDEN"}),
            Way.DENIED: (401, {"errcode": "M_UNKNOWN_TOKEN"}),
        },
        {},
        {"key": lambda asked: asked.path.rpartition("/")[2]},
    ),
    "ntfy": (
        "li-na-7f3a9c21",
        {
            Way.TAKES: {"id": "sPs71M8A2T", "event": "message"},
            Way.ERROR_INSIDE: {"code": 50001, "error": "no"},
            Way.REFUSES: (413, {"code": 41303}),
            Way.DEAD: (400, {"code": 40009}),
            Way.DENIED: (403, {"code": 40301}),
        },
        {},
        {"shown": lambda asked: asked.json["title"] + asked.json["message"]},
    ),
    "bark": (
        "ynJ5Ft4atkMkWeo2PAvFhF",
        {
            Way.TAKES: {"code": 200, "message": "success"},
            Way.ERROR_INSIDE: {"code": 400, "message": "device key is empty"},
            Way.REFUSES: (400, {"code": 400, "message": "request bind failed"}),
            Way.DEAD: (500, {"code": 500, "message": "push failed: BadDeviceToken"}),
            Way.LATER: (429, {"retry-after": "30"}, b""),
        },
        {Way.DENIED: "a server of Bark has no account"},
        {},
    ),
    "gotify": (
        "AKsjdf83hdkEkd9",
        {
            Way.TAKES: {"id": 25, "message": "x"},
            Way.ERROR_INSIDE: {"error": "no", "errorCode": 500},
            Way.REFUSES: (400, {"errorCode": 400}),
            Way.DEAD: (401, {"errorCode": 401}),
        },
        {Way.DENIED: "the token is the person's own address"},
        {},
    ),
    "home-assistant": (
        "mobile_app_li_na",
        {Way.TAKES: (200, []), Way.DEAD: (400, b"400: Bad Request"), Way.DENIED: (401, b"401: Unauthorized")},
        {
            Way.ERROR_INSIDE: NO_STATUS,
            Way.PARTLY: NO_STATUS,
            Way.REFUSES: "a message it does not take is answered as an unknown service is",
            Way.EMPTY: NO_BODY,
            Way.HUGE: NO_BODY,
        },
        {},
    ),
}


def _opening(name: str) -> Opening:
    address, answers, lacks, more = _MESSENGERS[name]
    return lambda: _messenger(name, address, answers, lacks, **dict(more))


MESSENGERS: Mapping[str, Opening] = {name: _opening(name) for name in _MESSENGERS}
