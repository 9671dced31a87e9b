"""WeCom (企業微信): messages of an office's own application, to one person each.

Modules:
    api        one call over HTTP, of which no address and no secret is ever told
    answers    what the codes of an answer mean
    token      the access token that all nodes share
    people     whose a mobile number is, asked for once
    transport  one message, tried once
"""

from alertd.transports.wecom.transport import WecomOptions, WecomTransport

__all__ = ["WecomOptions", "WecomTransport"]
