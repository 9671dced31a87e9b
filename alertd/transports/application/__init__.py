"""What messengers of offices have in common: an application of the office's own writes to one person each.

Modules:
    api        one call over HTTP, of which no address and no secret is ever told
    token      the access token that all nodes share
    people     whose a mobile number is, asked for once
    codes      what a vendor's codes mean
    transport  one message, tried once
    bearing    the same where calls carry an access token in their address
"""

from alertd.transports.application.api import Api, Failed, Found, unserved
from alertd.transports.application.bearing import TokenTransport
from alertd.transports.application.codes import Codes
from alertd.transports.application.people import People
from alertd.transports.application.transport import (
    NUMBER,
    ApplicationTransport,
    Leaves,
    compact,
    plain_text,
    whole_lines,
)

__all__ = [
    "NUMBER",
    "Api",
    "ApplicationTransport",
    "Codes",
    "Failed",
    "Found",
    "Leaves",
    "People",
    "TokenTransport",
    "compact",
    "plain_text",
    "unserved",
    "whole_lines",
]
