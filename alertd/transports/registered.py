"""How each transport is made, by name (core/abilities.py says what else a transport has).

Its code is imported when the first channel that uses it is made: Telegram's library alone weighs 20 MB, which
an office without Telegram need not carry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from alertd.adapters import AdapterBroken, adapter
from alertd.transports.base import OnPress, OnStart, OnTold, Press, Reported, Shelf, Texted, Transport
from alertd.transports.inbox import InboxTransport


async def _no_press(press: Press) -> str:
    return ""


async def _no_start(channel: str, address: str) -> None:
    return None


async def _no_told(told: Texted | Reported) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Hearing:
    """For a transport that hears from people: as which channel, who answers a press, who hears of a new
    line and of what was written or reported, whether from the start; `shelf` is what it knows in common with
    other nodes, where there is a store.

    `at_once` is False where other nodes share the bot: then it listens when it is asked to.
    """

    channel: str
    on_press: OnPress = field(default=_no_press)
    on_start: OnStart = field(default=_no_start)
    on_told: OnTold = field(default=_no_told)
    at_once: bool = False
    shelf: Shelf | None = None


#: Makes a transport of what its file says: the names of the options are those of the transport's own class.
#: Called by the service. Raises ValueError with words for the admin.
#: `factory_of` finds one by the name of its transport.
Factory = Callable[[Mapping[str, Any], Hearing], Transport]


def _email(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.email import EmailOptions, EmailTransport

    return EmailTransport(EmailOptions(**options))


def _inbox(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    return InboxTransport(**options)


def _messenger(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.messenger import MessengerOptions, MessengerTransport

    return MessengerTransport(MessengerOptions(**options))


def _sms(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.sms import SmsOptions, sms_transport

    return sms_transport(SmsOptions(**options), hearing.channel, hearing.on_told, hearing.at_once)


def _telegram(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.telegram import TelegramOptions, TelegramTransport

    made = TelegramOptions(**options, listens=hearing.at_once)
    return TelegramTransport(made, hearing.on_press, hearing.channel, hearing.on_start)


def _webhook(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.webhook import WebhookOptions, WebhookTransport

    return WebhookTransport(WebhookOptions(**options))


def _wecom(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.wecom import WecomOptions, WecomTransport

    return WecomTransport(WecomOptions(**options), hearing.shelf)


def _zhezhengding(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.zhezhengding import ZhezhengdingOptions, ZhezhengdingTransport

    return ZhezhengdingTransport(ZhezhengdingOptions(**options), hearing.shelf)


def _dingtalk(options: Mapping[str, Any], hearing: Hearing) -> Transport:
    from alertd.transports.dingtalk import DingtalkOptions, DingtalkTransport

    said = DingtalkOptions(**options)
    return DingtalkTransport(said, hearing.shelf, hearing.channel, hearing.on_told, hearing.at_once)


FACTORIES: Mapping[str, Factory] = MappingProxyType(
    {
        "dingtalk": _dingtalk,
        "email": _email,
        "inbox": _inbox,
        "messenger": _messenger,
        "sms": _sms,
        "telegram": _telegram,
        "webhook": _webhook,
        "wecom": _wecom,
        "zhezhengding": _zhezhengding,
    }
)


def factory_of(transport: str) -> Factory:
    """How a transport is made, one of another package too. Raises ValueError with words for the admin."""
    own = FACTORIES.get(transport)
    if own is not None:
        return own
    try:
        found = adapter(transport)
    except AdapterBroken as broken:
        raise ValueError(f"the transport {transport} cannot be used: {broken}") from broken
    if found is None:
        raise ValueError(f"the package that offers the transport {transport} is not installed any more")
    return found.make
