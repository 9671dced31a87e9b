"""What an id token says, where its signature and its claims are good (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alertd.openid.client import Client, Fault, Wrong

#: how a token may be signed, and by which kind of key: by one that only the provider has. "none" is nobody's
#: signature, and one by a shared secret could be made by whoever knows the public key (RFC 8725, 2.1).
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
}
#: seconds by which two clocks may differ
LEEWAY = 120
#: seconds after which a token that has just come is none of now
_OLDEST = 3600
#: characters of a token
_LONGEST = 64 * 1024
_LONGEST_SUBJECT = 255
#: characters of the modulus of an RSA key: 2048 bits at least, and not so many that looking takes long
_MODULUS = range(342, 2732)


class KeyUnknown(Fault):
    """The key that signed is not among those that are known: it may be a new one."""

    def __init__(self) -> None:
        super().__init__(Wrong.KEY, "the key that signed is not among those that the provider shows")


def read(token: object, keys: Sequence[Any], client: Client, nonce: str, now: datetime) -> Mapping[str, Any]:
    """The claims of a token. `keys` are JSON Web Keys as the provider shows them.

    Raises Fault: SIGNATURE, KEY (KeyUnknown), ISSUER, AUDIENCE, CLOCK, NONCE, NONSENSE.
    """
    if not isinstance(token, str) or not token.isascii() or len(token) > _LONGEST:
        raise Fault(Wrong.NONSENSE, "no id token")
    claims = _signed(token, keys)
    if claims.get("iss") != client.issuer:
        raise Fault(Wrong.ISSUER, "the token is of another issuer")
    _for_us(claims, client)
    _of_now(claims, now.timestamp())
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise Fault(Wrong.NONCE, "the token belongs to another sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise Fault(Wrong.NONSENSE, "the token has no subject")
    return claims


def _signed(token: str, keys: Sequence[Any]) -> Mapping[str, Any]:
    """The claims, by whichever key signed them; others are not even looked at."""
    # Loaded only where somebody signs in so: it brings a whole library of ciphers along.
    from joserfc import jws, jwt
    from joserfc.errors import JoseError

    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Fault(Wrong.NONSENSE, "the id token is none") from None
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KINDS:
        raise Fault(Wrong.SIGNATURE, "the token is signed in a way that is not taken")
    fitting = _fitting(keys, algorithm, header.get("kid"))
    if not fitting:
        raise KeyUnknown
    for key in fitting:
        try:
            return jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    raise Fault(Wrong.SIGNATURE, "the signature is not the provider's")


def _fitting(keys: Sequence[Any], algorithm: str, name: object) -> list[Any]:
    """The public keys that may have signed: of the kind that the algorithm takes, and called so."""
    from joserfc import jwk
    from joserfc.errors import JoseError

    found = []
    for each in keys:
        if not isinstance(each, dict) or each.get("kty") != KINDS[algorithm]:
            continue
        if each.get("use", "sig") != "sig" or each.get("alg", algorithm) != algorithm:
            continue
        if name is not None and each.get("kid") != name:
            continue
        if "n" in each and len(str(each["n"])) not in _MODULUS:
            continue
        try:
            found.append(jwk.import_key(each))
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    return found


def _for_us(claims: Mapping[str, Any], client: Client) -> None:
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if client.id not in several or (len(several) > 1 and party is None):
        raise Fault(Wrong.AUDIENCE, "the token is for another client")
    if party is not None and party != client.id:
        raise Fault(Wrong.AUDIENCE, "the token was given to another client")


def _of_now(claims: Mapping[str, Any], now: float) -> None:
    ends, begun = _instant(claims.get("exp")), _instant(claims.get("iat"))
    if ends is None or begun is None:
        raise Fault(Wrong.NONSENSE, "the token does not say until when it is good")
    valid_from = _instant(claims.get("nbf", begun))
    if valid_from is None or ends + LEEWAY <= now:
        raise Fault(Wrong.CLOCK, "the token is over")
    if max(begun, valid_from) - LEEWAY > now:
        raise Fault(Wrong.CLOCK, "the token is of the future")
    if begun + _OLDEST < now:
        raise Fault(Wrong.CLOCK, "the token is old")


def _instant(value: object) -> float | int | None:
    """Seconds since 1970; None for what is no such number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None
