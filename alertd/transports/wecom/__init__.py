"""WeCom (企業微信): messages of an office's own application, to one person each.

Modules:
    answers    what the codes of an answer mean
    transport  what a message is there, and who has a number
"""

from alertd.transports.wecom.transport import WecomOptions, WecomTransport

__all__ = ["WecomOptions", "WecomTransport"]
