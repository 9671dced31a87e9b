"""How a request to the gateway is signed. Pure: the time, the nonce and the machine are arguments.

The vendor's page (https://openplatform-portal.dg-work.cn/portal/#/helpdoc?apiType=serverapi&docKey=2674834)
could not be read here. What is signed, and how it is written, is as in clients that are in use: the vendor's
zwdd-sdk-java 1.2.0 and the PHP, Go and Python ones that were compared with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

#: the zone in which the gateway reads a time
_THEIRS = timezone(timedelta(hours=8))


def signed(
    key: str, secret: str, path: str, form: Mapping[str, str], at: datetime, nonce: str, mac: str
) -> dict[str, str]:
    """The headers of a POST of this form. Its values are signed as they are, not as a form writes them."""
    local = at.astimezone(_THEIRS)
    time = f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03}+08:00"
    values = "&".join(sorted(f"{name}={value}" for name, value in form.items()))
    to_sign = "\n".join(("POST", time, nonce, path, *([values] if values else [])))
    signature = hmac.new(secret.encode(), to_sign.encode("utf-8", "replace"), hashlib.sha256).digest()
    return {
        "apiKey": key,
        "X-Hmac-Auth-Version": "1.0",
        "X-Hmac-Auth-Timestamp": time,
        "X-Hmac-Auth-Nonce": nonce,
        "X-Hmac-Auth-IP": "127.0.0.1",
        "X-Hmac-Auth-MAC": mac,
        "X-Hmac-Auth-Signature": base64.b64encode(signature).decode(),
    }
