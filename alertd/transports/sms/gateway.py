"""A provider that the channel's file describes: where a text is posted to, with what, and what answers mean.

What nothing in the file speaks of is refused where the answer can be read, and unknown where it cannot: a
page instead of JSON says nothing of the text.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from alertd.core.gateways import Answer, Expression, expression, filled
from alertd.core.text_messages import Short, signed
from alertd.transports.base import Outcome, Result
from alertd.transports.sms.provider import Request, Text, not_understood

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
    """See channels/sms.toml. `fields` with dots in their names are tables of JSON within each other."""

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
    said: str = ""
    reports_url: str = ""
    replies_url: str = ""
    poll_fields: Mapping[str, str] = field(default_factory=dict)


class Gateway:
    """One account at one gateway."""

    def __init__(
        self,
        options: GatewayOptions,
        account: str,
        secret: str,
        signature: str,
        templates: Mapping[str, str],
    ) -> None:
        self._options, self._signature, self._templates = options, signature, templates
        self._account, self._secret = account, secret
        self._read: dict[str, Expression] = {
            name: expression(text)
            for name in ("accepted", "message_id", "later", "dead", "said")
            if (text := getattr(options, name))
        }

    def request(self, text: Text, at: datetime, nonce: str) -> Request:
        """See Provider."""
        options = self._options
        values = self._values(text, at, nonce)
        return self._request(options.url, options.fields, options.template, values)

    def polls(self, at: datetime, nonce: str) -> tuple[Request, ...]:
        """See Provider."""
        options, nothing = self._options, Text("", Short("", ""), "")
        urls = [url for url in (options.reports_url, options.replies_url) if url]
        return tuple(
            self._request(url, options.poll_fields, "", self._values(nothing, at, nonce)) for url in urls
        )

    def _request(
        self, address: str, fields: Mapping[str, str], template: str, values: dict[str, str]
    ) -> Request:
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

    def _values(self, text: Text, at: datetime, nonce: str) -> dict[str, str]:
        short = text.short
        values = {
            "to": text.to,
            "digits": text.to.removeprefix("+"),
            "number": text.to.removeprefix("+86").removeprefix("+"),
            "text": short.text,
            "signed": signed(self._signature, short.text),
            "signature": self._signature,
            "kind": short.kind,
            "template": self._templates.get(short.kind, ""),
            "values": json.dumps(dict(short.values), ensure_ascii=False),
            "id": text.id,
            "account": self._account,
            "secret": self._secret,
            "now": str(int(at.timestamp())),
            "millis": str(int(at.timestamp() * 1000)),
            "time": at.strftime("%Y%m%d%H%M%S"),
            "nonce": nonce,
        }
        return values | {f"value.{name}": value for name, value in short.values.items()}

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
        """See Provider."""
        read = self._read
        said = read["said"].value(answer) if "said" in read else ""
        code = str(answer.status)
        if answer.status == 429 or answer.status >= 500 or 300 <= answer.status < 400:
            return not_understood(answer, said)
        if "accepted" in read and read["accepted"].holds(answer):
            number = read["message_id"].value(answer) if "message_id" in read else ""
            return Outcome(Result.ACCEPTED, code, said, provider_id=number)
        words = said or answer.text
        if "dead" in read and read["dead"].holds(answer):
            return Outcome(Result.REFUSED, code, words, address_dead=True)
        if "later" in read and read["later"].holds(answer):
            return Outcome(Result.RETRY, code, words, retry_after=float(self._options.later_after))
        if answer.status in (401, 403, 404, 407):  # about the account, or the address of the gateway
            return Outcome(Result.RETRY, code, words, server=True)
        if not self._readable(answer):
            return not_understood(answer, said)
        return Outcome(Result.REFUSED, code, words)

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
