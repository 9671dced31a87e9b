"""A provider of accounts that lies or is silent signs nobody in, and is told of."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from structlog.testing import capture_logs

from alertd.config.faults import Fault
from alertd.config.secret import Secret
from alertd.config.web_shapes import Address, WebSettings
from alertd.store.database import Store
from alertd.web.application import AT_ONCE
from tests.support import accounts as support
from tests.support.accounts import CLIENT, SECRET, Accounts, accounts, key_called
from tests.support.accounts_pages import (
    AWAY,
    DISCOVERY,
    FAULTY,
    Office,
    code_still_works,
    office_of,
    refused_at,
    settings_for,
    told,
)
from tests.support.pages import HERE, SETTINGS, free_port, pages_of
from tests.support.play import Play
from tests.support.serving import serving


@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/keys"])
@pytest.mark.parametrize("answer", ["hang", "drip", "cut", "garbage", 503, 500, 429])
def test_a_provider_that_is_away_is_said_to_be(
    play: Play, provider: Accounts, path: str, answer: Any
) -> None:
    office = office_of(play, provider, timeout=1 if answer in ("hang", "drip") else 30)
    office.provider.answers[path] = answer
    with capture_logs() as logs:
        said = refused_at(office)
    assert AWAY in said
    assert [(each["event"], each["reason"]) for each in logs] == [("account-faulty", "away")]
    assert told(office) == ["away"]
    code_still_works(office)


@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/keys"])
@pytest.mark.parametrize(
    "answer",
    ["html", "huge", 404, (200, {}, b"[]"), (200, {}, b"null"), (200, {}, b"{}"), (200, {}, b"[" * 100_000)],
    ids=["html", "huge", "404", "list", "null", "empty", "deep"],
)
def test_a_provider_that_answers_nonsense_is_not_believed(office: Office, path: str, answer: Any) -> None:
    office.provider.answers[path] = answer
    with capture_logs() as logs:
        said = refused_at(office)
    assert FAULTY in said
    assert "script" not in str(logs)
    assert told(office) in (["nonsense"], ["issuer"])
    code_still_works(office)


def test_a_redirect_is_no_answer_and_leads_no_secret_elsewhere(office: Office) -> None:
    elsewhere = {"location": f"{office.provider.url}/elsewhere"}
    office.provider.answers["/token"] = (307, elsewhere, b"")
    assert FAULTY in office.refused()
    assert office.provider.times("/elsewhere") == 0


def test_a_provider_that_is_gone_is_said_to_be(play: Play) -> None:
    with accounts(lambda: 0.0) as gone:
        openid = settings_for(gone)
    office = Office(pages_of(play, replace(SETTINGS, public_url=HERE, openid=openid)), gone)
    assert AWAY in refused_at(office)
    code_still_works(office)


def test_whoever_waits_for_the_provider_keeps_nobody_out(play: Play, provider: Accounts) -> None:
    """More of them than pages are drawn at a time."""
    office = office_of(play, provider)
    listen = Address("127.0.0.1", free_port())
    openid = office.pages.backing.settings.openid
    settings = WebSettings(listen, public_url=listen.url, openid=openid)
    with serving(replace(office.pages.backing, settings=settings, store=InTurn(play.store))):
        browsers = [
            httpx.Client(base_url=listen.url, trust_env=False, timeout=60) for _ in range(AT_ONCE + 1)
        ]
        backs = [provider.sign_in(led_by(each)) for each in browsers]
        provider.answers["/token"] = "hang"
        with ThreadPoolExecutor(len(browsers)) as threads:
            came = [threads.submit(each.get, back) for each, back in zip(browsers, backs, strict=True)]
            while provider.times("/token") < len(browsers):
                assert not any(each.done() for each in came)
            assert httpx.get(f"{listen.url}/login", trust_env=False, timeout=20).status_code == 200
            assert not any(each.done() for each in came)
            provider.ends.set()
        assert [each.result().status_code for each in came] == [503] * len(browsers)
        for each in browsers:
            each.close()


class InTurn:
    """A store in memory, which has one connection, for threads that share it."""

    embedded = True

    def __init__(self, store: Store) -> None:
        self._store, self._held = store, threading.RLock()

    @contextmanager
    def read(self) -> Iterator[Any]:
        with self._held, self._store.read() as tx:
            yield tx

    def transact(self, work: Any, wake: bool = True) -> Any:
        with self._held:
            return self._store.transact(work, wake)


def led_by(browser: httpx.Client) -> str:
    """Where a browser is led that presses the button."""
    browser.post("/account", data={})
    found = re.search(r'<a href="(http://127[^"]+)"', browser.get("/account").text)
    assert found is not None
    return html.unescape(found[1])


def test_whoever_comes_after_one_that_waited_is_told_at_once(play: Play, provider: Accounts) -> None:
    office = office_of(play, provider, timeout=1)
    office.provider.answers[DISCOVERY] = "hang"
    for _ in range(5):
        assert AWAY in refused_at(office)
    assert office.provider.times(DISCOVERY) == 1
    office.provider.answers.clear()
    office.pages.backing.provider._kept.rests_until = 0.0
    assert office.signed_in().headers["location"] == "/"


@pytest.mark.parametrize(
    ("about", "wrong"),
    [
        ({"issuer": "https://evil.test"}, "issuer"),
        ({"issuer": None}, "issuer"),
        ({"authorization_endpoint": "http://evil.test/authorize"}, "nonsense"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "nonsense"),
        ({"authorization_endpoint": 5}, "nonsense"),
        ({"token_endpoint": "http://evil.test/token"}, "nonsense"),
        ({"jwks_uri": "file:///etc/passwd"}, "nonsense"),
        ({"response_types_supported": ["id_token"]}, "unsupported"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "unsupported"),
        ({"code_challenge_methods_supported": ["plain"]}, "unsupported"),
        ({"response_types_supported": "code"}, "nonsense"),
    ],
)
def test_what_a_provider_says_of_itself_is_doubted(office: Office, about: Any, wrong: str) -> None:
    office.provider.about = about
    assert FAULTY in refused_at(office)
    assert told(office) == [wrong]


@pytest.mark.parametrize(
    ("claims", "wrong"),
    [
        ({"iss": "https://evil.test"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": [CLIENT, "another"]}, "audience"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "audience"),
        ({"azp": "another"}, "audience"),
        ({"nonce": "guessed"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": 5}, "nonce"),
        ({"exp": None}, "nonsense"),
        ({"exp": "tomorrow"}, "nonsense"),
        ({"exp": True}, "nonsense"),
        ({"iat": None}, "nonsense"),
        ({"exp": 5}, "clock"),
        ({"iat": 5}, "clock"),
        ({"iat": 9_999_999_999}, "clock"),
        ({"nbf": 9_999_999_999}, "clock"),
        ({"sub": None}, "nonsense"),
        ({"sub": ""}, "nonsense"),
        ({"sub": "x" * 256}, "nonsense"),
        ({"email": None}, "claim"),
        ({"email": ["ann@town-a.test"]}, "claim"),
        ({"email": " "}, "claim"),
    ],
)
def test_a_token_that_says_something_else_signs_nobody_in(office: Office, claims: Any, wrong: str) -> None:
    office.provider.claims = claims
    office.provider.about = {"userinfo_endpoint": None}
    with capture_logs() as logs:
        assert FAULTY in office.refused()
    assert [(each["event"], each["reason"]) for each in logs] == [("account-faulty", wrong)]
    assert told(office) == [wrong]


def test_a_token_for_several_that_was_given_to_us_is_good(office: Office) -> None:
    office.provider.claims = {"aud": ["another", CLIENT], "azp": CLIENT}
    assert office.signed_in().headers["location"] == "/"


@pytest.mark.parametrize(("seconds", "good"), [(110, True), (-410, True), (130, False), (-430, False)])
def test_clocks_may_differ_by_two_minutes(office: Office, seconds: int, good: bool) -> None:
    """A token serves five minutes."""
    office.provider.now = lambda: office.pages.play.now.timestamp() + seconds
    answered = office.signed_in()
    assert (answered.status_code == 303) is good
    assert good or told(office) == ["clock"]


FORGED = {
    "none": support.unsigned,
    "what everybody knows": support.by_a_shared_secret(key_called("first").as_pem(private=False)),
    "the secret of the client": support.by_a_shared_secret(SECRET.encode()),
    "another key": lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "first"}, claims, key_called("evil"), algorithms=["RS256"]
    ),
    "no token": lambda claims: "no token",
    "three dots": lambda claims: "...",
    "é": lambda claims: "é.é.é",
    "long": lambda claims: "x" * 70_000,
    "deep": lambda claims: (
        base64.urlsafe_b64encode(b'{"alg":' + b"[" * 30_000).decode().rstrip("=") + ".e30.e30"
    ),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(office: Office, how: str) -> None:
    office.provider.forged = FORGED[how]
    with capture_logs() as logs:
        assert FAULTY in office.refused()
    assert logs[0]["reason"] in ("signature", "nonsense")
    assert how != "none" or logs[0]["reason"] == "signature"
    assert how != "what everybody knows" or logs[0]["reason"] == "signature"


def test_a_key_that_is_not_shown_signs_nobody_in_and_is_looked_for_once(office: Office) -> None:
    office.provider.signs = key_called("hidden")
    assert FAULTY in office.refused()
    assert told(office) == ["key"]
    assert office.provider.times("/keys") == 1  # fetched a moment ago: not again
    office.pages.backing.provider._kept.keys_at -= 60
    assert FAULTY in office.refused()
    assert office.provider.times("/keys") == 2


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["key", 5, None],
        [{"kty": "RSA", "kid": "first"}],
        [{"kty": "oct", "kid": "first", "k": "AAAA"}],
        [{"kty": "RSA", "kid": "first", "n": "!!", "e": "AQAB"}],
        [{"kty": "RSA", "kid": "first", "n": "!" * 342, "e": "AQAB"}],
        [{**key_called("first").as_dict(private=False), "n": "wJensx2fbeDGAt8YDM7hHQ"}],  # far too short
    ],
)
def test_keys_that_are_none_sign_nobody_in(office: Office, keys: Any) -> None:
    office.provider.keys = [{}]
    office.provider.answers["/keys"] = (200, {}, json.dumps({"keys": keys}).encode())
    assert FAULTY in office.refused()
    assert told(office) == ["key"]


def test_a_key_for_something_else_signs_nobody_in(office: Office) -> None:
    shown = key_called("first").as_dict(private=False)
    for wrong in ({"use": "enc"}, {"alg": "RS512"}):
        office.provider.keys = [{**shown, **wrong}]
        office.pages.backing.provider._kept.keys = None
        assert FAULTY in office.refused()


def test_another_provider_that_sends_the_browser_back_is_not_believed(office: Office) -> None:
    """RFC 9207: of two providers one may be led to give away what belongs to the other."""
    office.provider.more_back = {"iss": "https://evil.test"}
    assert FAULTY in office.refused()
    assert office.provider.times("/token") == 0
    office.provider.more_back = {"iss": office.provider.url}
    assert office.signed_in().headers["location"] == "/"


def test_a_provider_that_names_itself_always_does(office: Office) -> None:
    office.provider.about = {"authorization_response_iss_parameter_supported": True}
    assert FAULTY in office.refused()
    assert office.provider.times("/token") == 0


def test_what_is_said_elsewhere_of_another_account_is_not_believed(office: Office) -> None:
    office.provider.elsewhere = True
    other = {"sub": "other", "email": "ann@town-a.test", "email_verified": True}
    office.provider.answers["/me"] = (200, {}, json.dumps(other).encode())
    assert FAULTY in office.refused()


def test_the_wrong_secret_is_told_to_who_can_mend_it(office: Office) -> None:
    office.provider.secret = "another"
    assert FAULTY in office.refused()
    assert told(office) == ["client"]


def test_a_secret_that_is_not_there_is_told_to_who_can_mend_it(play: Play, provider: Accounts) -> None:
    fault = missing_fault()
    missing = Secret("env", "NOT_THERE", {}, Path(), fault)
    office = office_of(play, provider, client_secret=missing)
    assert FAULTY in office.refused()
    assert told(office) == ["secret"]


def missing_fault() -> Fault:
    return Fault("config.toml", 1, 1, "secret-missing-env", {"name": "NOT_THERE"})
