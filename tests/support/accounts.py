"""A provider of accounts on a port of loopback: OpenID Connect as it is spoken, and the lies a test wants.

It knows its one client, takes a code once and with its verifier only, and signs what it says. Whoever "signs
in" there is `account`; what is told otherwise than it is stands in `about`, `claims` and `answers`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.support.loopback import Answering, listening

CLIENT, SECRET = "alertd", "se cret/+&%é"
_DISCOVERY = "/.well-known/openid-configuration"


@cache
def key_called(name: str) -> RSAKey:
    """A key of the provider's, the same in all tests."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@cache
def curve_called(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name})


def _refused(error: str, status: int = 400) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps({"error": error}).encode()


@dataclass
class Accounts:
    """`answers` holds what a path answers instead: a status; (status, headers, body); "hang", "cut", "drip",
    "garbage", "html", "huge". `asked` is every path that was asked, `tokens` every token that was given.
    """

    url: str = ""
    now: Callable[[], float] = lambda: 0.0
    account: dict[str, Any] = field(default_factory=dict)
    #: whether it shows a form to whoever is led here, as to people; else whoever comes is signed in
    asks: bool = False
    #: what the authorization endpoint says instead of giving a code
    error: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=lambda: [key_called("first")])
    signs: Any = field(default_factory=lambda: key_called("first"))
    algorithm: str = "RS256"
    #: what makes the token, where it is no honest one
    forged: Callable[[dict[str, Any]], str] | None = None
    #: what it says of an account only where it is asked for it, not in the token
    elsewhere: bool = False
    more_back: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    secret: str = SECRET
    ends: threading.Event = field(default_factory=threading.Event)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _given: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def times(self) -> Callable[[str], int]:
        """How often a path was asked for."""
        return self.asked.count

    def described(self) -> dict[str, Any]:
        whole = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return {name: value for name, value in {**whole, **self.about}.items() if value is not None}

    def sign_in(self, address: str) -> str:
        """What a browser is told that was led here, and signs in: where it goes back to."""
        answered = httpx.get(address, trust_env=False)
        assert answered.status_code == 303, answered.text
        return answered.headers["location"]

    # ------------------------------------------------------------ what it answers

    def get(self, path: str, query: str, bearer: str) -> tuple[int, dict[str, str], bytes]:
        if path == _DISCOVERY:
            return 200, {}, json.dumps(self.described()).encode()
        if path == "/keys":
            shown = [key if isinstance(key, dict) else key.as_dict(private=False) for key in self.keys]
            return 200, {}, json.dumps({"keys": shown}).encode()
        if path == "/me":
            claims = self._given.get(bearer)
            return (200, {}, json.dumps(claims).encode()) if claims else _refused("invalid_token", 401)
        if path == "/authorize" and self.asks:
            action = f'action="/authorize?{html.escape(query)}"'
            form = f'<form method="post" {action}><button>I am Ann</button></form>'
            return 200, {"content-type": "text/html"}, form.encode()
        if path == "/authorize":
            return self.authorized(query)
        return 404, {}, b""

    def authorized(self, query: str) -> tuple[int, dict[str, str], bytes]:
        given = {name: values[0] for name, values in parse_qs(query).items()}
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT
        assert "openid" in given["scope"].split()
        assert given["code_challenge_method"] == "S256"
        back = {"state": given["state"], **self.more_back}
        if self.error:
            back["error"] = self.error
        else:
            back["code"] = secrets.token_urlsafe(16)
            self._codes[back["code"]] = given
        return 303, {"location": f"{given['redirect_uri']}?{urlencode(back)}"}, b""

    def post(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, str], bytes]:
        self.forms.append(form)
        if not self._is_client(form, authorization):
            return _refused("invalid_client", 401)
        begun = self._codes.pop(form.get("code", ""), None)
        if begun is None or begun["redirect_uri"] != form["redirect_uri"]:
            return _refused("invalid_grant")
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(hashed).decode().rstrip("=") != begun["code_challenge"]:
            return _refused("invalid_grant")
        now, access = int(self.now()), secrets.token_urlsafe(16)
        own = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        own |= {"sub": self.account.get("sub", "248289761001")}
        self._given[access] = {**self.account, "sub": own["sub"]}
        claims = {**own, **({} if self.elsewhere else self.account), **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.forged(claims) if self.forged else self.signed(claims)
        self.tokens += [token, access]
        said = {"access_token": access, "token_type": "Bearer", "id_token": token}
        return 200, {}, json.dumps(said).encode()

    def signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.algorithm} | ({"kid": self.signs.kid} if self.signs.kid else {})
        return jwt.encode(header, claims, self.signs, algorithms=[self.algorithm])

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        if not self.secret:
            return form.get("client_id") == CLIENT and not authorization
        if "client_secret" in form:
            return (form["client_id"], form["client_secret"]) == (CLIENT, self.secret)
        whole = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        name, _, secret = whole.partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == (CLIENT, self.secret)


def unsigned(claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts]
    return f"{'.'.join(encoded)}."


def by_a_shared_secret(secret: bytes) -> Callable[[dict[str, Any]], str]:
    """What "signs" tokens with a secret that others know too, in the name of the provider's key."""

    def forged(claims: dict[str, Any]) -> str:
        parts = [{"alg": "HS256", "kid": "first"}, claims]
        whole = ".".join(
            base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts
        )
        made = hmac.new(secret, whole.encode(), hashlib.sha256).digest()
        return f"{whole}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"

    return forged


def _answering(here: Accounts) -> type[Answering]:
    class Handler(Answering):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
            self._answer(parts.path, lambda: here.get(parts.path, parts.query, bearer))

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["content-length"]))
            if parts.path == "/authorize":
                self._answer(parts.path, lambda: here.authorized(parts.query))
                return
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            authorization = self.headers.get("authorization") or ""
            self._answer(self.path, lambda: here.post(form, authorization))

        def _answer(self, path: str, honest: Callable[[], tuple[int, dict[str, str], bytes]]) -> None:
            here.asked.append(path)
            self.close_connection = True
            answer = here.answers.get(path) or here.answers.get("*")
            if not self.misbehave(answer):
                self.say(*_special(answer, honest))

    return Handler


@contextmanager
def accounts(now: Callable[[], float]) -> Iterator[Accounts]:
    """A provider that listens; `now` is what its clock says."""
    here = Accounts(now=now)
    with listening(_answering(here), here.ends) as here.url:
        yield here


def _special(
    answer: Any, honest: Callable[[], tuple[int, dict[str, str], bytes]]
) -> tuple[int, dict[str, str], bytes]:
    if answer == "html":
        return 200, {"content-type": "text/html"}, b"<html><script>alert(1)</script></html>"
    if answer == "huge":
        status, headers, said = honest()
        return status, headers, said + b" " * 2**20  # the truth, and too much of it
    if isinstance(answer, int):
        return answer, {}, b""
    return answer if answer is not None else honest()
