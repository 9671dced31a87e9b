"""The keys by which a file describes how a provider is spoken to (core/gateways.py)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, field_validator

from alertd.config.channel_settings.base import ChannelShape
from alertd.config.faults import shown
from alertd.config.secret_places import SecretValue
from alertd.config.values import Line, OneOf, Remark, fitting, wrong
from alertd.core.gateways import COMMON, BadExpression, expression, unknown_placeholders
from alertd.core.subscriptions import is_address

_MADE = re.compile(r"\{[a-z.]+\}")


def plain_url(value: object) -> str:
    """An address; what stands in braces in it is filled in later."""
    if not isinstance(value, str) or (value and ("@" in value or not is_address(made(value)))):
        raise wrong("bad-gateway-url", {})
    return fitting(value)


def made(url: str) -> str:
    """An address as it may be once it is filled in."""
    return _MADE.sub("x", url)


def named(value: str, known: tuple[str, ...], path: tuple[str, ...] = ()) -> str:
    """A text whose placeholders are all known."""
    for name in unknown_placeholders(value, known):
        raise wrong("unknown-placeholder", {"found": shown(name)}, path=path)
    return value


def _expression(value: str) -> str:
    if value:
        try:
            expression(value)
        except BadExpression as fault:
            raise wrong("bad-expression", {"found": shown(value), "reason": str(fault)}) from None
    return value


Url = Annotated[str, PlainValidator(plain_url), WithJsonSchema({"type": "string"})]
Read = Annotated[Line, AfterValidator(_expression)]


class DescribedShape(ChannelShape):
    """What is posted, and what answers mean. A subclass says which placeholders it has besides."""

    known: ClassVar[tuple[str, ...]] = COMMON

    account: Annotated[Line, Field(description="the key's id, or the account's name")] = ""
    secret: SecretValue = None
    method: Annotated[str, OneOf("POST", "GET", "PUT")] = "POST"
    body: Annotated[str, OneOf("json", "form", "xml", "text")] = "json"
    fields: dict[str, Line] = Field(default_factory=dict)
    template: Annotated[Remark, Field(description="the whole body")] = ""
    headers: dict[str, Line] = Field(default_factory=dict)
    charset: Annotated[str, OneOf("utf-8", "gb18030")] = "utf-8"
    sign: Annotated[str, OneOf("none", "hmac-sha256", "hmac-sha1", "sha256", "md5")] = "none"
    sign_over: Line = ""
    sign_header: Line = ""
    sign_encoding: Annotated[str, OneOf("hex", "HEX", "base64")] = "hex"
    accepted: Annotated[Read, Field(description="what an answer says that took the message")] = ""
    message_id: Annotated[Read, Field(description="what the provider calls it")] = ""
    later: Annotated[Read, Field(description="come again")] = ""
    later_after: Annotated[int, Field(ge=1, le=3600)] = 60
    dead: Annotated[Read, Field(description="the address takes no messages")] = ""
    denied: Annotated[Read, Field(description="the account is refused, whoever is written to")] = ""
    said: Annotated[Read, Field(description="the provider's words")] = ""
    ca_file: Line = ""
    timeout: Annotated[int, Field(ge=1, le=60)] = 15
    connections: Annotated[int, Field(ge=1, le=20)] = 4

    @field_validator("template", "sign_over")
    @classmethod
    def _text(cls, value: str) -> str:
        return named(value, cls.known)

    @field_validator("fields", "headers")
    @classmethod
    def _texts(cls, value: dict[str, str]) -> dict[str, str]:
        for key, text in value.items():
            named(text, cls.known, (key,))
        return value

    def described(self) -> dict[str, Any]:
        """The options of transports.gateway.GatewayOptions, without the address."""
        said = {key: getattr(self, key) for key in _DESCRIBED}
        return said | {"sign": "" if self.sign == "none" else self.sign}

    def spoken(self, base: Path) -> Mapping[str, Any]:
        """The options that any transport has that speaks so; relative file names start in `base`."""
        return {
            "account": self.account,
            "timeout": self.timeout,
            "connections": self.connections,
            "ca_file": base / self.ca_file if self.ca_file else None,
            "gateway": self.described(),
        }


_DESCRIBED = (
    "method", "body", "fields", "template", "headers", "charset", "sign_over", "sign_header", "sign_encoding",
    "accepted", "message_id", "later", "later_after", "dead", "denied", "said",
)  # fmt: skip
