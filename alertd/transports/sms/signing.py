"""How a request is signed, as two providers ask it. Pure: the time and the nonce are arguments.

Sources: Alibaba Cloud, "V3 request structure and signature" (ACS3-HMAC-SHA256,
https://help.aliyun.com/document_detail/2593177.html); Tencent Cloud, "Signature method v3"
(TC3-HMAC-SHA256, https://cloud.tencent.com/document/product/213/30654). The examples of both pages are tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote


def acs3(
    key_id: str, secret: str, host: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> tuple[str, dict[str, str]]:
    """The query of a POST to `/` and its headers, signed. `headers` are those that begin with x-acs-."""
    signed = {"host": host, **{name.lower(): value for name, value in headers.items()}}
    signed["x-acs-content-sha256"] = hashlib.sha256(body).hexdigest()
    names = sorted(signed)
    canonical_query = "&".join(f"{_plain(name)}={_plain(value)}" for name, value in sorted(query.items()))
    canonical = "\n".join(
        (
            "POST",
            "/",
            canonical_query,
            "".join(f"{name}:{signed[name].strip()}\n" for name in names),
            ";".join(names),
            signed["x-acs-content-sha256"],
        )
    )
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = (
        f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"
    )
    return canonical_query, {**signed, "authorization": authorization}


def _plain(text: str) -> str:
    """RFC 3986: all but letters, digits and -_.~ is written as percent and hex."""
    return quote(text, safe="-_.~")


def tc3(key_id: str, secret: str, service: str, headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    """What stands in Authorization of a POST to `/`: `headers` (host among them) and the body are signed."""
    signed = {name.lower(): value.strip().lower() for name, value in headers.items()}
    names = sorted(signed)
    digest = hashlib.sha256(body).hexdigest()
    lines = "".join(f"{name}:{signed[name]}\n" for name in names)
    canonical = "\n".join(("POST", "/", "", lines, ";".join(names), digest))
    day, seconds = at.astimezone(UTC).strftime("%Y-%m-%d"), int(at.timestamp())
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{seconds}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
