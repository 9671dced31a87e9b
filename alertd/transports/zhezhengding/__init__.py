"""浙政釘, and other 專有釘釘: work notices of an application of the office's own, to one person each.

Modules:
    signing    how a request is signed
    answers    what an answer means
    transport  what a message is there, and who has a number
"""

from alertd.transports.zhezhengding.transport import ZhezhengdingOptions, ZhezhengdingTransport

__all__ = ["ZhezhengdingOptions", "ZhezhengdingTransport"]
