"""Text messages over a provider's gateway.

Modules:
    transport  one attempt over HTTP, whatever the provider does
    polling    the same, and asking what was written back
    hearing    what a provider tells: reports and replies
    provider   what is said of each provider: its request, and what its answers mean
    gateway    a provider that the channel's file describes
    aliyun     Alibaba Cloud
    tencent    Tencent Cloud
    signing    how those two sign a request
"""

from alertd.transports.base import OnTold
from alertd.transports.sms.hearing import KNOWN, Described, Ear
from alertd.transports.sms.polling import PollingSms
from alertd.transports.sms.transport import SmsOptions, SmsTransport

__all__ = ["PollingSms", "SmsOptions", "SmsTransport", "sms_transport"]


def sms_transport(options: SmsOptions, channel: str, on_told: OnTold, at_once: bool) -> SmsTransport:
    """The transport of a channel; one that asks for reports and replies where its file says so."""
    ear = Ear(channel, KNOWN.get(options.provider) or Described(**options.described))
    if options.hears == "poll":
        return PollingSms(options, ear, on_told, at_once)
    return SmsTransport(options, ear)
