"""The keys of channels/*.toml: one module for each transport, registered here (see core/abilities.py).

Modules:
    base          what all of them have in common
    described     how a file says that a provider is spoken to
    email         a mail server
    telegram      a bot
    inbox         the store
    messenger     any messenger that its file describes
    sms           a gateway for text messages
    webhook       another system that hears of changes
    application   what applications of an office's own at messengers have in common
    wecom         one in WeCom
    zhezhengding  one in 浙政釘
    dingtalk      one in DingTalk
"""

from collections.abc import Mapping

from alertd.adapters import AdapterBroken, adapter
from alertd.config.channel_settings.base import ChannelSettings, ChannelShape
from alertd.config.channel_settings.dingtalk import DingtalkShape
from alertd.config.channel_settings.email import EmailSettings, EmailShape
from alertd.config.channel_settings.inbox import InboxSettings, InboxShape
from alertd.config.channel_settings.messenger import MessengerSettings, MessengerShape
from alertd.config.channel_settings.sms import SmsSettings, SmsShape
from alertd.config.channel_settings.telegram import TelegramSettings, TelegramShape
from alertd.config.channel_settings.webhook import WebhookSettings, WebhookShape
from alertd.config.channel_settings.wecom import WecomShape
from alertd.config.channel_settings.zhezhengding import ZhezhengdingShape

SHAPES: Mapping[str, type[ChannelShape]] = {
    "dingtalk": DingtalkShape,
    "email": EmailShape,
    "inbox": InboxShape,
    "messenger": MessengerShape,
    "sms": SmsShape,
    "telegram": TelegramShape,
    "webhook": WebhookShape,
    "wecom": WecomShape,
    "zhezhengding": ZhezhengdingShape,
}


def shape_of(transport: str) -> type[ChannelShape] | None:
    """The keys of a transport's file, one of another package too; None where nobody knows it.

    Raises AdapterBroken.
    """
    own = SHAPES.get(transport)
    if own is not None:
        return own
    found = adapter(transport)
    if found is None:
        return None
    if not (isinstance(found.shape, type) and issubclass(found.shape, ChannelShape)):
        raise AdapterBroken("its shape is no ChannelShape")
    shape: type[ChannelShape] = found.shape
    return shape


__all__ = [
    "SHAPES",
    "ChannelSettings",
    "ChannelShape",
    "EmailSettings",
    "InboxSettings",
    "MessengerSettings",
    "SmsSettings",
    "TelegramSettings",
    "WebhookSettings",
    "shape_of",
]
