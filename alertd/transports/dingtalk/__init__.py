"""DingTalk (釘釘): work notices of an application of the office's own, to one person each.

Modules:
    answers    what the codes of an answer mean
    verdicts   what became of a notice, asked for afterwards
    transport  what a message is there, and who has a number
"""

from alertd.transports.dingtalk.transport import DingtalkOptions, DingtalkTransport

__all__ = ["DingtalkOptions", "DingtalkTransport"]
