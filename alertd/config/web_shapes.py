"""The table [web] of config.toml: where pages are served, and how they are reached from outside."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.faults import shown
from alertd.config.openid_shapes import OpenIdSettings, OpenIdShape
from alertd.config.values import Shape, type_name, wrong

_PORTS = range(1, 65_536)
#: a name that every machine gives its own loopback address (RFC 6761 section 6.3)
_LOCALHOST = "localhost"
_THIS_MACHINE = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens. `host` is an IP address, an IPv6 one without brackets."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def url(self) -> str:
        """The address a browser on this machine opens."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How pages are served; with `listen` None they are not.

    `public_url` is a scheme and a host without a path, "" where people open the address that is listened on.
    `trusted_proxies` are addresses and networks whose word on the caller's address and scheme is taken.
    `upload_megabytes` is how much the files of one form may have together.
    `metrics_from` are the networks that may read figures. `in_daemon` says that the daemon serves them, and
    no process of their own is started for it. `openid` is a provider of accounts that people sign in by.
    """

    listen: Address | None = None
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    metrics_from: tuple[str, ...] = _THIS_MACHINE
    in_daemon: bool = True
    upload_megabytes: int = 20
    openid: OpenIdSettings | None = None

    @property
    def of_daemon(self) -> WebSettings:
        """What of it the daemon serves: nothing where a process of its own is to."""
        return self if self.in_daemon else replace(self, listen=None)

    @property
    def url(self) -> str:
        """What addresses of pages begin with; "" where none are served."""
        return self.public_url or (self.listen.url if self.listen else "")

    def url_in_messages(self, real: bool) -> str:
        """What addresses in messages begin with; "" where whoever reads them could not open any.

        An address of this machine alone is of use where messages stay on it: while they are drills.
        """
        return self.public_url or ("" if real else self.url)


def _listen(value: object) -> Address | None:
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    if not value.strip():
        return None
    host, _, port = value.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == _LOCALHOST else host)
    except ValueError:
        raise wrong("bad-listen", {"found": shown(value)}) from None
    if not (port.isascii() and port.isdigit() and int(port) in _PORTS):
        raise wrong("bad-listen", {"found": shown(value)})
    return Address(str(address), int(port))


def _public_url(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    text = value.strip().removesuffix("/")
    if not text:
        return ""
    if "@" in text:
        raise wrong("secret-inline", {})
    try:
        parts = urlsplit(text)
        plain = parts.hostname and parts.port != 0
    except ValueError:
        plain = None
    whole = f"{parts.scheme}://{parts.netloc}" if plain else ""
    if not plain or text != whole or parts.scheme not in ("http", "https"):
        raise wrong("bad-public-url", {"found": shown(value)})
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise wrong("public-url-plain", {"found": shown(value)})
    return text


def _is_loopback(host: str) -> bool:
    try:
        return host == _LOCALHOST or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _network(value: object) -> str:
    try:
        if not isinstance(value, str):
            raise ValueError
        return str(ipaddress.ip_network(value.strip(), strict=False))
    except ValueError:
        raise wrong("bad-network", {"found": shown(value)}) from None


_TEXT = {"type": "string"}
Listen = Annotated[Address | None, PlainValidator(_listen), WithJsonSchema(_TEXT)]
PublicUrl = Annotated[str, PlainValidator(_public_url), WithJsonSchema(_TEXT)]
Network = Annotated[str, PlainValidator(_network), WithJsonSchema(_TEXT)]


class WebShape(Shape):
    """Pages for people, served by this node. Without `listen` there are none."""

    listen: Annotated[
        Listen, Field(description="address and port, as 127.0.0.1:8470", json_schema_extra={"default": ""})
    ] = None
    public_url: Annotated[PublicUrl, Field(description="how people reach it, as https://alertd.example")] = ""
    trusted_proxies: Annotated[list[Network], Field(description="reverse proxies before it")] = Field(
        default_factory=list
    )
    metrics_from: Annotated[
        list[Network], Field(description="who may read /metrics: addresses and networks")
    ] = Field(default_factory=lambda: list(_THIS_MACHINE))
    in_daemon: Annotated[bool, Field(description="false: `alertd web` serves them")] = True

    upload_megabytes: Annotated[int, Field(ge=0, le=100, description="the files of one form, together")] = 20
    openid: OpenIdShape = Field(default_factory=OpenIdShape)

    @model_validator(mode="after")
    def _check(self) -> WebShape:
        if self.listen is not None and not self.listen.loopback and not self.trusted_proxies:
            raise wrong("web-in-the-open", {"found": self.listen.host}, path=("listen",))
        if self.openid.issuer and not self.public_url:
            raise wrong("openid-without-public-url", {}, path=("openid", "issuer"))
        return self

    def value(self, openid: OpenIdSettings | None = None) -> WebSettings:
        """The settings as everybody else knows them; `openid` is what the table of that name stands for."""
        return WebSettings(
            self.listen,
            self.public_url,
            tuple(self.trusted_proxies),
            self._readers(),
            self.in_daemon,
            self.upload_megabytes,
            openid,
        )

    def _readers(self) -> tuple[str, ...]:
        """Through a proxy that is not named all come from this machine: then nobody, unless said so."""
        host = urlsplit(self.public_url).hostname or _LOCALHOST
        unknown = not self.trusted_proxies and not _is_loopback(host)
        said = "metrics_from" in self.model_fields_set
        return () if unknown and not said else tuple(self.metrics_from)
