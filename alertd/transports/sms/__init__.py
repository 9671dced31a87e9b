"""Text messages over a provider's gateway.

Modules:
    transport  one attempt over HTTP, whatever the provider does
    provider   what is said of each provider: its request, and what its answers mean
    gateway    a provider that the channel's file describes
    aliyun     Alibaba Cloud
    tencent    Tencent Cloud
    signing    how those two sign a request
"""

from alertd.transports.sms.transport import SmsOptions, SmsTransport

__all__ = ["SmsOptions", "SmsTransport"]
