"""The conversation with a provider: where a browser is led, and who it was that came back.

What a provider says of itself, and its keys, are fetched when they are first needed and kept for an hour, in
this process. After it did not answer it is left alone for some seconds: whoever signs in meanwhile is told at
once, and does not wait one after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from alertd.core.subscriptions import is_address
from alertd.openid import tokens
from alertd.openid.client import Client, Fault, Wrong
from alertd.openid.fetching import Answered, fetch

#: seconds for which it is kept what a provider says of itself, and its keys
KEPT = 3600.0
#: seconds for which a provider that did not answer is left alone
REST = 15.0
#: seconds that pass before keys are fetched again for a token that none of them signed
PAUSE = 10.0
_DISCOVERY = "/.well-known/openid-configuration"
#: what a token endpoint says of this program, not of one attempt (RFC 6749, 5.2)
_OF_THE_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_KNOWN_ERRORS = frozenset(
    {*_OF_THE_CLIENT, "invalid_request", "invalid_grant", "unsupported_grant_type", "invalid_scope"}
)


@dataclass(frozen=True, slots=True)
class Going:
    """What a browser takes along. `challenge` is the hash of what only this program can tell later."""

    state: str
    nonce: str
    challenge: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What a browser came back with, and what belongs to the sign-in that it began."""

    code: str
    verifier: str
    nonce: str


class _Kept:
    """What is known of one provider. `keys_at` is when its keys were last fetched."""

    def __init__(self) -> None:
        self.about: Mapping[str, Any] | None = None
        self.about_until = float("-inf")
        self.keys: list[Any] | None = None
        self.keys_until = float("-inf")
        self.keys_at = float("-inf")
        self.rests_until = float("-inf")
        self.fault = ""


class Provider:
    """Any provider; asked from any thread. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._held = threading.Lock()
        self._of: tuple[object, ...] = ()
        self._kept = _Kept()

    def address(self, client: Client, going: Going) -> str:
        """Where a browser goes to sign in. Raises Fault, as a provider may be at fault."""
        with self._held:
            about = self._about(client)
        place = _place(about, "authorization_endpoint")
        values = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.place,
            "scope": " ".join(dict.fromkeys(("openid", *client.scopes))),
            "state": going.state,
            "nonce": going.nonce,
            "code_challenge": going.challenge,
            "code_challenge_method": "S256",
        }
        values |= {"ui_locales": going.language} if going.language else {}
        return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(values)}"

    def examine(self, client: Client) -> None:
        """Ask what it says of itself, and for its keys. Raises Fault."""
        with self._held:
            about = self._about(client)
        for name in ("authorization_endpoint", "token_endpoint"):
            _place(about, name)
        self._keys(client, about)

    def says_who_answers(self, client: Client) -> bool:
        """Whether this provider names itself whenever it sends a browser back (RFC 9207). Raises Fault."""
        with self._held:
            return self._about(client).get("authorization_response_iss_parameter_supported") is True

    def claims(self, client: Client, came: Came, now: datetime) -> Mapping[str, Any]:
        """What the provider says of whoever came back with this code. Raises Fault."""
        with self._held:
            about = self._about(client)
        given = self._token(client, about, came)
        try:
            claims = tokens.read(given.get("id_token"), self._keys(client, about), client, came.nonce, now)
        except tokens.KeyUnknown:  # keys are changed now and then: they are fetched again, once
            keys = self._keys(client, about, anew=True)
            claims = tokens.read(given.get("id_token"), keys, client, came.nonce, now)
        return self._with_more(client, about, claims, given.get("access_token"))

    # ------------------------------------------------------------ the questions

    def _about(self, client: Client) -> Mapping[str, Any]:
        """What the provider says of itself; held by one at a time."""
        kept = self._kept_of(client)
        if kept.about is None or self._clock() >= kept.about_until:
            found = self._asked(client, client.issuer.removesuffix("/") + _DISCOVERY)
            if not found.good:
                raise Fault(Wrong.NONSENSE, f"it answered {found.status} where it is to describe itself")
            if found.said.get("issuer") != client.issuer:
                raise Fault(Wrong.ISSUER, f"it calls itself {found.said.get('issuer')}")
            _offers(found.said)
            kept.about, kept.about_until = found.said, self._clock() + KEPT
        return kept.about

    def _keys(self, client: Client, about: Mapping[str, Any], anew: bool = False) -> list[Any]:
        """The keys that the provider shows; `anew` because none of them fitted, but not every time."""
        with self._held:
            kept = self._kept_of(client)
            stale = kept.keys is None or self._clock() >= kept.keys_until
            if stale or (anew and self._clock() >= kept.keys_at + PAUSE):
                found = self._asked(client, _place(about, "jwks_uri"))
                shown = found.said.get("keys")
                if not found.good or not isinstance(shown, list):
                    raise Fault(Wrong.NONSENSE, "it shows no keys")
                kept.keys, kept.keys_at = shown, self._clock()
                kept.keys_until = self._clock() + KEPT
            assert kept.keys is not None
            return kept.keys

    def _token(self, client: Client, about: Mapping[str, Any], came: Came) -> Mapping[str, Any]:
        """The tokens for a code, which serves once (RFC 6749, 4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": came.code,
            "redirect_uri": client.place,
            "code_verifier": came.verifier,
        }
        auth = None
        methods = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if not client.secret:
            form["client_id"] = client.id
        elif "client_secret_basic" in methods:
            auth = quote_plus(client.id), quote_plus(client.secret)  # RFC 6749, 2.3.1
        else:
            form |= {"client_id": client.id, "client_secret": client.secret}
        found = self._asked(client, _place(about, "token_endpoint"), form=form, auth=auth)
        if found.good:
            return found.said
        error = found.said.get("error")
        said = error if error in _KNOWN_ERRORS else f"status {found.status}"
        if error == "invalid_grant":
            raise Fault(Wrong.OVER, said)
        of_us = error in _OF_THE_CLIENT or found.status == 401
        raise Fault(Wrong.CLIENT if of_us else Wrong.NONSENSE, f"no token: {said}")

    def _with_more(
        self, client: Client, about: Mapping[str, Any], claims: Mapping[str, Any], access: object
    ) -> Mapping[str, Any]:
        """With what the provider says elsewhere, where the token does not say who came (Core 1.0, 5.3)."""
        if client.claim in claims or "userinfo_endpoint" not in about or not _is_bearer(access):
            return claims
        found = self._asked(client, _place(about, "userinfo_endpoint"), bearer=str(access))
        if not found.good or found.said.get("sub") != claims["sub"]:
            raise Fault(Wrong.NONSENSE, "what it says of the account is not of this account")
        return {**found.said, **claims}

    def _asked(self, client: Client, url: str, **more: Any) -> Answered:
        """One question, unless the provider rests. Raises Fault."""
        kept = self._kept
        if self._clock() < kept.rests_until:
            raise Fault(Wrong.AWAY, kept.fault)
        try:
            return fetch(client, url, **more)
        except Fault as fault:
            if fault.wrong is Wrong.AWAY:
                kept.rests_until, kept.fault = self._clock() + REST, fault.detail
            raise

    def _kept_of(self, client: Client) -> _Kept:
        """What is known of this provider: nothing where the settings are others now."""
        of = client.issuer, client.ca_file
        if of != self._of:
            self._of, self._kept = of, _Kept()
        return self._kept


def _place(about: Mapping[str, Any], name: str) -> str:
    found = about.get(name)
    if not isinstance(found, str) or not is_address(found) or not found.isascii() or "#" in found:
        raise Fault(Wrong.NONSENSE, f"its {name} is no address")
    return found


def _offers(about: Mapping[str, Any]) -> None:
    """Raises Fault where a provider says that it has not what is needed; what it leaves out is usual."""
    kinds, ways = about.get("response_types_supported", ["code"]), list(tokens.KINDS)
    signed = about.get("id_token_signing_alg_values_supported", ways)
    challenges = about.get("code_challenge_methods_supported", ["S256"])
    methods = about.get("token_endpoint_auth_methods_supported", [])
    if not all(isinstance(each, list) for each in (kinds, signed, challenges, methods)):
        raise Fault(Wrong.NONSENSE, "what it offers is no list")
    if "code" not in kinds or not any(way in signed for way in ways) or "S256" not in challenges:
        raise Fault(Wrong.UNSUPPORTED, "no code, no signature or no challenge that is taken")


def _is_bearer(access: object) -> bool:
    return isinstance(access, str) and 0 < len(access) < 16_384 and access.isascii() and access.isprintable()
