"""The table [web.openid] of config.toml: a provider of accounts that people may sign in by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.faults import shown
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretPlace, SecretValue
from alertd.config.values import Line, Shape, Title, fitting, type_name, wrong
from alertd.core.subscriptions import is_address


@dataclass(frozen=True, slots=True)
class OpenIdSettings:
    """A provider, and how one of its accounts is somebody of the directory.

    With `claim` "" by the mail address, taken only where the provider says that it is verified unless
    `unverified` is set; else by that claim, which holds the id of people.csv. Without `client_secret` this
    is a public client. `place` says where the secret lies: two settings are the same where that is the same.
    """

    issuer: str
    client_id: str
    client_secret: Secret | None = field(default=None, compare=False)
    place: SecretPlace | None = None
    claim: str = ""
    unverified: bool = False
    scopes: tuple[str, ...] = ()
    title: Mapping[str, str] = field(default_factory=dict)
    ca_file: Path | None = None
    timeout: int = 10


def _issuer(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    text = fitting(value.strip())
    if "@" in text:
        raise wrong("secret-inline", {})
    if text and (not is_address(text) or "?" in text or "#" in text):
        raise wrong("bad-issuer", {"found": shown(value)})
    return text


Issuer = Annotated[str, PlainValidator(_issuer), WithJsonSchema({"type": "string"})]


class OpenIdShape(Shape):
    """Signing in by an account of the office (OpenID Connect). Without `issuer` there is none."""

    issuer: Annotated[Issuer, Field(description="the provider, exactly as it calls itself")] = ""
    client_id: Annotated[Line, Field(description="what the provider calls alertd")] = ""
    client_secret: SecretValue = None
    claim: Annotated[
        Line, Field(description="the claim with the id of people.csv, as sub; empty: by mail address")
    ] = ""
    unverified: Annotated[
        bool, Field(description="take mail addresses that the provider does not call verified")
    ] = False
    scopes: Annotated[list[Line], Field(description="what is asked for besides openid and email")] = Field(
        default_factory=list
    )
    title: Annotated[Title | None, Field(description="what people call these accounts")] = None
    ca_file: Line = ""
    timeout: Annotated[int, Field(ge=1, le=30)] = 10

    @model_validator(mode="after")
    def _check(self) -> OpenIdShape:
        if self.issuer and not self.client_id:
            raise wrong("openid-without", {"key": "client_id"}, path=("issuer",))
        if not self.issuer and (self.client_id or self.client_secret is not None):
            raise wrong(
                "openid-without",
                {"key": "issuer"},
                path=("client_id" if self.client_id else "client_secret",),
            )
        if self.claim and self.unverified:
            raise wrong("openid-not-by-mail", {}, path=("unverified",))
        return self

    def settings(
        self, secret: Callable[[str, SecretPlace | None], Secret | None], base: Path
    ) -> OpenIdSettings | None:
        """The settings these keys stand for, None for none; relative file names start in `base`."""
        if not self.issuer:
            return None
        return OpenIdSettings(
            self.issuer,
            self.client_id,
            secret("client_secret", self.client_secret),
            self.client_secret,
            self.claim,
            self.unverified,
            tuple(self.scopes),
            self.title or {},
            base / self.ca_file if self.ca_file else None,
            self.timeout,
        )
