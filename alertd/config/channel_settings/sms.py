"""The keys of a channel of text messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from alertd.config.channel_settings.base import SecretAt, Usual, endpoint_of
from alertd.config.channel_settings.described import DescribedShape, Read, Url, made, named
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretValue
from alertd.config.values import LANGUAGES, Line, OneOf, fitting, wrong
from alertd.core.gateways import COMMON, OF_TEXTS
from alertd.core.text_messages import Texting

#: where the known providers are, for `alertd doctor`
_OWN = {"aliyun": "dysmsapi.aliyuncs.com", "tencent": "sms.tencentcloudapi.com", "gateway": ""}
#: the texts that there are: messages.short.KINDS
TEXTS = ("asked", "several", "noted", "news", "code")
_KNOWN = (*COMMON, *OF_TEXTS)
#: characters of a signature: the vendors' own limits are lower
_LONGEST_SIGNATURE = 20


def _signature(value: object) -> object:
    return fitting(value.strip("【】 "), _LONGEST_SIGNATURE) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class SmsSettings(Usual):
    """An account at a provider of text messages."""

    said: Mapping[str, Any]
    secret: Secret | None
    push_secret: Secret | None
    texting: Texting

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {
            **self.said,
            "secret": self.secret.reveal() if self.secret else "",
            "push_secret": self.push_secret.reveal() if self.push_secret else "",
        }

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """See ChannelSettings."""
        own = _OWN[self.said["provider"]]
        return endpoint_of(made(self.said["url"])) or endpoint_of(f"https://{own}")

    @property
    def answered(self) -> bool:
        """See ChannelSettings."""
        return self.texting.heard


def _polled(value: str) -> str:
    return named(value, _KNOWN)


PolledUrl = Annotated[Url, AfterValidator(_polled)]
Filled = Annotated[Line, AfterValidator(_polled)]


class SmsShape(DescribedShape):
    """Text messages to people's mobile telephones."""

    known: ClassVar[tuple[str, ...]] = _KNOWN

    transport: Literal["sms"]
    provider: Annotated[str, OneOf(*_OWN)] = "gateway"
    signature: Annotated[
        Line, BeforeValidator(_signature), Field(description="who sends, without the brackets")
    ] = ""
    language: Annotated[str, OneOf(*LANGUAGES)] | Literal[""] = Field(
        default="", description="of all texts; empty: each reader's own"
    )
    url: Annotated[PolledUrl, Field(description="empty: the provider's own")] = ""
    templates: Annotated[
        dict[Annotated[str, OneOf(*TEXTS)], Line], Field(description="what the provider calls each text")
    ] = Field(default_factory=dict)
    app: Annotated[Line, Field(description="tencent: SmsSdkAppId")] = ""
    region: Annotated[Line, Field(description="tencent")] = "ap-guangzhou"
    hears: Annotated[
        str, OneOf("none", "poll", "push"), Field(description="how texts that come back are heard")
    ] = "none"
    reports_url: PolledUrl = ""
    replies_url: PolledUrl = ""
    poll_fields: dict[str, Filled] = Field(default_factory=dict)
    poll_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    push_secret: SecretValue = None
    report: dict[Annotated[str, OneOf("list", "id", "ours", "to", "delivered", "said")], Read] = Field(
        default_factory=dict
    )
    reply: dict[Annotated[str, OneOf("list", "id", "at", "from", "text")], Read] = Field(default_factory=dict)
    most_per_person: Annotated[int, Field(ge=0, description="texts a day; 0: no end")] = 20
    most_per_day: Annotated[int, Field(ge=0, description="texts a day over the channel; 0: no end")] = 0

    @model_validator(mode="after")
    def _check(self) -> SmsShape:
        needed = {
            "gateway": ("url", "accepted"),
            "aliyun": ("account", "secret"),
            "tencent": ("account", "secret", "app"),
        }
        for key in ("signature", *needed[self.provider]):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        if self.hears == "poll" and self.provider == "aliyun":
            raise wrong("no-poll", {}, path=("hears",))
        needed_to_hear = {"push": ("push_secret",), "poll": ("replies_url",), "none": ()}[self.hears]
        described = self.provider == "gateway" and self.hears != "none"
        for key in (*needed_to_hear, *(("reply",) if described else ())):
            known = key == "replies_url" and self.provider != "gateway"
            if self.enabled and not known and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        if self.enabled and self.provider != "gateway":
            for kind in TEXTS:
                if not self.templates.get(kind):
                    raise wrong("needed-when-enabled", {"key": f"templates.{kind}"}, path=("enabled",))
        return self

    def settings(self, secret: SecretAt, base: Path) -> SmsSettings:
        """See ChannelShape."""
        said = {**self.spoken(base), **{key: getattr(self, key) for key in _SAID}}
        said["polled"] = {key: getattr(self, key) for key in ("reports_url", "replies_url", "poll_fields")}
        said["described"] = {
            **{("reports" if key == "list" else f"report_{key}"): v for key, v in self.report.items()},
            **{("replies" if key == "list" else f"reply_{key}"): v for key, v in self.reply.items()},
        }
        return SmsSettings(
            said,
            secret("secret", self.secret),
            secret("push_secret", self.push_secret),
            Texting(
                signature=self.signature,
                language=self.language,
                heard=self.hears != "none",
                per_person=self.most_per_person,
                per_day=self.most_per_day,
                named=_NAMED[self.provider],
            ),
        )


#: how each provider writes what is put into a registered text
_NAMED = {"aliyun": "${}", "tencent": "{1}", "gateway": "{}"}
_SAID = ("provider", "signature", "url", "templates", "app", "region", "hears", "poll_seconds")
