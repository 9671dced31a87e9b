"""What messengers of offices have in common: an application of the office's own writes to one person each.

Modules:
    api        one call over HTTP, of which no address and no secret is ever told
    token      the access token that all nodes share
    people     whose a mobile number is, asked for once
    transport  one message, tried once
"""

from alertd.transports.application.api import Api, Failed, Found, coded, unserved
from alertd.transports.application.people import People
from alertd.transports.application.token import Tokens, token_in
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
    "Failed",
    "Found",
    "Leaves",
    "People",
    "Tokens",
    "coded",
    "compact",
    "plain_text",
    "token_in",
    "unserved",
    "whole_lines",
]
