"""A provider that a channel's file describes: where a message is posted to, with what, and what answers mean.

What nothing in the file speaks of is refused where the answer can be read, and unknown where it cannot: a
page instead of JSON says nothing of the message. What a file says of a dead address goes before the status:
there are servers that answer 500 for one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from alertd.core.gateways import Answer, Expression, expression, filled
from alertd.transports.base import Outcome, Result
from alertd.transports.http import Request, not_understood

_KINDS = {
    "json": "application/json; charset={charset}",
    "form": "application/x-www-form-urlencoded; charset={charset}",
    "xml": "application/xml; charset={charset}",
    "text": "text/plain; charset={charset}",
}
_DIGESTS: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "hmac-sha256": lambda key, said: hmac.new(key, said, hashlib.sha256).digest(),
    "hmac-sha1": lambda key, said: hmac.new(key, said, hashlib.sha1).digest(),
    # for gateways that know nothing better: the secret stands in what is signed
    "sha256": lambda _, said: hashlib.sha256(said).digest(),
    "md5": lambda _, said: hashlib.md5(said, usedforsecurity=False).digest(),
}


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """See channels/sms.toml and channels/examples/.

    `fields` with dots in their names are tables of JSON within each other.
    """

    url: str
    method: str = "POST"
    body: str = "json"
    fields: Mapping[str, str] = field(default_factory=dict)
    template: str = ""  # the whole body, where fields are not enough
    headers: Mapping[str, str] = field(default_factory=dict)
    charset: str = "utf-8"
    sign: str = ""
    sign_over: str = ""
    sign_header: str = ""
    sign_encoding: str = "hex"
    accepted: str = ""
    message_id: str = ""
    later: str = ""
    later_after: int = 60
    dead: str = ""
    denied: str = ""  # the account is, whoever is written to
    confirmed: bool = True  # whether who accepts has taken responsibility
    said: str = ""


class Described:
    """One account at one provider. `secret` signs."""

    def __init__(self, options: GatewayOptions, secret: str) -> None:
        self._options, self._secret = options, secret
        self._read: dict[str, Expression] = {
            name: expression(text)
            for name in ("accepted", "message_id", "later", "dead", "denied", "said")
            if (text := getattr(options, name))
        }

    def request(self, values: Mapping[str, str]) -> Request:
        """What asks for one message; `values` are those of its placeholders."""
        return self.asking(self._options.url, self._options.fields, self._options.template, values)

    def asking(
        self, address: str, fields: Mapping[str, str], template: str, given: Mapping[str, str]
    ) -> Request:
        """A request to any address of the provider."""
        values = dict(given)
        options, charset = self._options, self._options.charset
        if options.sign and "{body}" not in options.sign_over:
            values["sign"] = self._signed(filled(options.sign_over, values))
        body = self._body(fields, template, values)
        if options.sign and "{body}" in options.sign_over:
            values["sign"] = self._signed(filled(options.sign_over, {**values, "body": body}))
        headers = {"content-type": _KINDS[options.body].format(charset=charset)}
        headers |= {name.lower(): filled(value, values) for name, value in options.headers.items()}
        if options.sign_header:
            headers[options.sign_header.lower()] = values["sign"]
        url = filled(address, {name: quote(value, safe="") for name, value in values.items()})
        if options.method == "GET":
            return Request("GET", f"{url}{'&' if '?' in url else '?'}{body}" if body else url, headers)
        return Request(options.method, url, headers, body.encode(charset, "replace"))

    def _signed(self, said: str) -> str:
        options = self._options
        made = _DIGESTS[options.sign](self._secret.encode(), said.encode(options.charset, "replace"))
        if options.sign_encoding == "base64":
            return base64.b64encode(made).decode()
        return made.hex().upper() if options.sign_encoding == "HEX" else made.hex()

    def _body(self, fields: Mapping[str, str], template: str, values: Mapping[str, str]) -> str:
        options = self._options
        if template:
            return filled(template, {name: self._escaped(value) for name, value in values.items()})
        found = {name: filled(value, values) for name, value in fields.items()}
        if options.body == "json" and options.method != "GET":
            return json.dumps(_nested(found), ensure_ascii=False)
        return urlencode(found, encoding=options.charset, errors="replace")

    def _escaped(self, value: str) -> str:
        """A value as it may stand within the body, so that no text ends the place it stands in."""
        match self._options.body:
            case "json":
                return json.dumps(value, ensure_ascii=False)[1:-1]
            case "form":
                return quote(value, safe="", encoding=self._options.charset, errors="replace")
            case "xml":
                return escape(value, {'"': "&quot;"})
            case _:
                return value

    def outcome(self, answer: Answer) -> Outcome:
        """What an answer means for the message."""
        read, status = self._read, answer.status
        said = read["said"].value(answer) if "said" in read else ""
        code, words = str(status), said or answer.text
        if status == 429 or 300 <= status < 400:
            return not_understood(answer, said)
        if status < 500 and self._says("accepted", answer):
            number = read["message_id"].value(answer) if "message_id" in read else ""
            result = Result.ACCEPTED if self._options.confirmed else Result.HANDED_OVER
            return Outcome(result, code, said, provider_id=number)
        if self._says("dead", answer):
            return Outcome(Result.REFUSED, code, words, address_dead=True)
        if self._says("denied", answer):
            return Outcome(Result.RETRY, code, words, server=True)
        if self._says("later", answer):
            wait = answer.wait or float(self._options.later_after)
            return Outcome(Result.RETRY, code, words, retry_after=wait)
        if status in (401, 403, 404, 407):  # about the account, or the address of the provider
            return Outcome(Result.RETRY, code, words, server=True)
        if status >= 500 or not self._readable(answer):
            return not_understood(answer, said)
        return Outcome(Result.REFUSED, code, words)

    def _says(self, what: str, answer: Answer) -> bool:
        return what in self._read and self._read[what].holds(answer)

    def _readable(self, answer: Answer) -> bool:
        """Whether what `accepted` looks for is there at all."""
        accepted = self._read.get("accepted")
        if accepted is None or accepted.pattern is not None or answer.status >= 400:
            return bool(answer.text.strip()) or answer.status >= 400
        return accepted.value(answer) != ""


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in flat.items():
        *tables, last = name.split(".")
        inner = made
        for table in tables:
            inner = inner.setdefault(table, {})
        inner[last] = value
    return made
