"""The keys of a channel over any messenger with an HTTP interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.channel_settings.base import SecretAt, Usual, endpoint_of
from alertd.config.channel_settings.described import DescribedShape, made, named
from alertd.config.secret import Secret, SecretMissing
from alertd.config.secret_places import SECRET_SCHEMA, SecretPlace, secret_place
from alertd.config.values import Line, OneOf, fitting, wrong
from alertd.core.gateways import COMMON, OF_MESSAGES
from alertd.core.subscriptions import is_address

_KNOWN = (*COMMON, *OF_MESSAGES)
_LEVELS = ("ordinary", "urgent")


def _url(value: object) -> str | SecretPlace:
    """An address, what stands in braces filled in later; or where it lies where it is itself a secret."""
    if isinstance(value, dict):
        return secret_place(value) or ""
    if isinstance(value, str) and "@" in value:
        raise wrong("secret-inline", {})
    if not isinstance(value, str) or (value and not is_address(made(value))):
        raise wrong("bad-gateway-url", {})
    return named(fitting(value), _KNOWN)


@dataclass(frozen=True, slots=True)
class MessengerSettings(Usual):
    """An account at a messenger, and how it is spoken to."""

    said: Mapping[str, Any]
    url: Secret | None
    secret: Secret | None

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {
            **self.said,
            "url": self.url.reveal() if self.url else "",
            "secret": self.secret.reveal() if self.secret else "",
        }

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """See ChannelSettings."""
        try:
            return endpoint_of(made(self.url.reveal())) if self.url else None
        except SecretMissing:
            return None


class MessengerShape(DescribedShape):
    """Messages to people over a messenger that this file describes; see channels/examples/."""

    known: ClassVar[tuple[str, ...]] = _KNOWN

    transport: Literal["messenger"]
    url: Annotated[
        str | SecretPlace,
        PlainValidator(_url),
        WithJsonSchema({"anyOf": [{"type": "string"}, dict(SECRET_SCHEMA)]}),
    ] = ""
    markup: Annotated[
        str, OneOf("none", "slack", "markdown"), Field(description="what it would take for marks of its own")
    ] = "none"
    levels: Annotated[
        dict[Annotated[str, OneOf(*_LEVELS)], Line],
        Field(description="what {level} is of an ordinary message, and of an urgent one"),
    ] = Field(default_factory=dict)
    confirmed: Annotated[
        bool, Field(description="false: who accepts passes it on, and nobody hears whether it arrived")
    ] = True

    @model_validator(mode="after")
    def _check(self) -> MessengerShape:
        for key in ("url", "accepted"):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        asked = {
            "secret": self.secret is None and (self.sign != "none" or self._fills("{secret}")),
            **{f"levels.{of}": of not in self.levels and self._fills("{level}") for of in _LEVELS},
        }
        for key, missing in asked.items():
            if self.enabled and missing:
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        return self

    def _fills(self, placeholder: str) -> bool:
        """Whether something is to be put in there."""
        url = self.url if isinstance(self.url, str) else ""
        texts = (url, self.template, *self.fields.values(), *self.headers.values())
        return any(placeholder in text for text in texts)

    def settings(self, secret: SecretAt, base: Path) -> MessengerSettings:
        """See ChannelShape."""
        spoken = dict(self.spoken(base))
        spoken["gateway"] |= {"confirmed": self.confirmed}
        plain = Secret.plain(self.url) if isinstance(self.url, str) and self.url else None
        return MessengerSettings(
            said={**spoken, "markup": self.markup, "levels": dict(self.levels)},
            url=secret("url", self.url) if isinstance(self.url, tuple) else plain,
            secret=secret("secret", self.secret),
        )
