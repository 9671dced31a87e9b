"""Reply and bounce addresses: a template of config.toml with a signed token in the place of `{token}`.

The token says which delivery is answered or came back (VERP: https://cr.yp.to/proto/verp.txt). What it proves
is looked at elsewhere; here an address is only made and taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: stands in a template for the token
PLACE = "{token}"
#: RFC 5321 section 4.5.3.1.1
LONGEST_LOCAL = 64
_SHAPE = r"([A-Za-z0-9.=-]{8,64})"


def address_with(template: str, token: str) -> str:
    """The address of a token."""
    return template.replace(PLACE, token)


def tokens_in(template: str, recipients: Iterable[str]) -> tuple[str, ...]:
    """What stands in the place of the token in addresses of the template, each once, in lower case.

    Mail servers may change the case of an address on its way.
    """
    if not template:
        return ()
    before, _, after = template.partition(PLACE)
    pattern = re.compile(re.escape(before) + _SHAPE + re.escape(after), re.IGNORECASE)
    found = (pattern.fullmatch(recipient.strip()) for recipient in recipients)
    return tuple(dict.fromkeys(match[1].lower() for match in found if match))
