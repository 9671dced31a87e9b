"""Signing in by an account of the office: there and back, and whose browser it is."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations import accounts as operations
from alertd.engine.operations import signing_in
from alertd.store import page_tables, tables
from tests.support import accounts as support
from tests.support.accounts import SECRET, Accounts, key_called
from tests.support.accounts_pages import ENGLISH, Office, office_of, settings_for
from tests.support.pages import HERE, Pages, pages_of
from tests.support.play import Play

# ---------------------------------------------------------------- there and back


def test_whoever_has_an_account_is_signed_in_as_themselves(office: Office) -> None:
    answered = office.signed_in()
    assert (answered.status_code, answered.headers["location"]) == (303, "/")
    (session,) = office.pages.play.all(tables.sessions)
    assert (session.person, session.desk) == ("ann", "")
    assert office.pages.get("/").headers["location"] == "/mine"


def test_the_session_is_one_like_any_other(office: Office) -> None:
    office.signed_in()
    assert "Signed in" in office.pages.read("/me/sessions")
    office.pages.press("/mine", "/leave")
    assert office.pages.get("/mine").status_code == 303
    with office.pages.play.store.read() as tx:
        assert signing_in.sessions_of(tx, office.pages.play.now) == []


def test_over_https_no_script_and_no_neighbour_gets_what_a_browser_waits_with(
    play: Play, provider: Accounts
) -> None:
    there = "https://alertd.gov.test"
    settings = WebSettings(Address("127.0.0.1", 8470), there, ("127.0.0.1",), openid=settings_for(provider))
    pages = pages_of(play, settings, there)
    (cookie,) = pages.client.post("/account", data={}).headers.get_list("set-cookie")
    assert cookie.startswith("__Host-alertd_entering=")
    assert "HttpOnly; SameSite=Lax" in cookie
    assert cookie.endswith("; Secure")
    address = html.unescape(re.findall(r'<a href="(http://127[^"]+)"', pages.get("/account").text)[0])
    assert httpx.URL(address).params["redirect_uri"] == f"{there}/account/back"
    pages.client.close()


def test_the_record_says_who_vouched_for_them(office: Office) -> None:
    office.signed_in()
    (row,) = [row for row in office.pages.play.all(tables.audit) if row.action == "signed-in"]
    assert (row.actor, row.detail["by"]) == ("ann", office.provider.url)


def test_another_language_keeps_the_page_that_was_wanted(office: Office) -> None:
    back = office.pages.hidden("/login?next=/cases%3Fa%3D1%26b%3D2", "/language")["back"]
    assert office.pages.hidden(back, "/account")["next"] == "/cases?a=1&b=2"


def test_the_page_that_was_wanted_comes_first(office: Office) -> None:
    number = office.pages.play.row("yearly-report@2026/town-a").number
    shut = office.pages.get(f"/deadlines/{number}?x=1").headers["location"]
    assert shut == f"/login?next=%2Fdeadlines%2F{number}%3Fx%3D1"
    hidden = office.pages.hidden(shut, "/account")["next"]
    assert office.signed_in(hidden).headers["location"] == f"/deadlines/{number}?x=1"


@pytest.mark.parametrize(
    "onward", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:x", "/é"]
)
def test_no_page_elsewhere_comes_first(office: Office, onward: str) -> None:
    office.pages.client.post("/account", data={"next": onward})
    address = html.unescape(re.findall(r'<a href="(http://127[^"]+)"', office.pages.get("/account").text)[0])
    back = office.provider.sign_in(address).removeprefix(HERE)
    assert office.pages.get(back).headers["location"] == "/"


def test_what_goes_along_is_all_that_has_to(office: Office) -> None:
    address = httpx.URL(office.led_to())
    given = dict(address.params)
    assert given["scope"] == "openid email"
    assert given["redirect_uri"] == f"{HERE}/account/back"
    assert len(given["state"]) >= 26
    assert given["nonce"] not in (given["state"], "")
    assert SECRET not in str(address)


def test_a_person_is_found_by_a_claim_that_holds_their_id(play: Play, provider: Accounts) -> None:
    office = office_of(play, provider, claim="employee_number")
    provider.account = {"employee_number": "ANN", "email": "eve@town-b.test"}
    assert office.signed_in().headers["location"] == "/"
    assert play.all(tables.sessions)[0].person == "ann"


def test_what_a_token_leaves_out_is_asked_for(office: Office) -> None:
    office.provider.elsewhere = True
    assert office.signed_in().headers["location"] == "/"
    assert office.provider.times("/me") == 1


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(office: Office) -> None:
    office.provider.about = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert office.signed_in().headers["location"] == "/"
    assert office.provider.forms[0]["client_secret"] == SECRET


def test_a_client_without_a_secret_is_known_by_its_name(play: Play, provider: Accounts) -> None:
    provider.secret = ""
    office = office_of(play, provider, client_secret=None)
    assert office.signed_in().headers["location"] == "/"


def test_a_curve_signs_as_well(office: Office) -> None:
    office.provider.keys = [support.curve_called("curve")]
    office.provider.signs, office.provider.algorithm = support.curve_called("curve"), "ES256"
    assert office.signed_in().headers["location"] == "/"


def test_what_the_provider_says_of_itself_is_asked_once_for_many(office: Office) -> None:
    for _ in range(3):
        office.signed_in()
        office.pages.client.cookies.clear()
    assert office.provider.times("/.well-known/openid-configuration") == 1
    assert office.provider.times("/keys") == 1


def test_a_provider_that_changed_its_keys_is_asked_for_them_once(office: Office) -> None:
    office.signed_in()
    office.pages.client.cookies.clear()
    office.pages.backing.provider._kept.keys_at -= 60
    office.provider.keys = [key_called("first"), key_called("second")]
    office.provider.signs = key_called("second")
    assert office.signed_in().headers["location"] == "/"
    assert office.provider.times("/keys") == 2


def test_no_provider_no_button(pages: Pages) -> None:
    assert "/account" not in pages.get("/login").text
    assert pages.get("/board").headers["location"] == "/login"
    assert pages.client.post("/account", data={}).status_code == 404
    assert pages.get("/account").status_code == 404
    assert pages.get("/account/back?state=x&code=y").status_code == 404


def test_whoever_is_signed_in_stays_who_they_are(office: Office) -> None:
    back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
    office.pages.sign_in("eve")
    assert office.pages.client.post("/account", data={}).headers["location"] == "/"
    assert office.pages.get("/account").headers["location"] == "/"
    assert office.pages.get(back).headers["location"] == "/"
    assert [each.person for each in office.pages.play.all(tables.sessions)] == ["eve"]


def test_the_button_says_what_people_call_it(play: Play, provider: Accounts) -> None:
    office = office_of(play, provider, title={"zh-Hant": "粵政易", "en": "Town account"})
    assert "Sign in with Town account" in office.pages.read("/login")
    assert "用粤政易登录" in office.pages.get("/login", **{"accept-language": "zh-CN"}).text
    assert "用粵政易登錄" in office.pages.get("/login", **{"accept-language": "zh-TW"}).text


# ---------------------------------------------------------------- whose browser it is


def over(answered: httpx.Response) -> bool:
    return answered.status_code == 409 and "begun in another browser" in answered.text


def test_another_browser_does_not_come_back_in_ones_place(office: Office) -> None:
    """Somebody leads another's browser back with an account of theirs (RFC 6749, 10.12)."""
    back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
    held = dict(office.pages.client.cookies)
    office.pages.client.cookies.clear()
    assert over(office.pages.get(back, **ENGLISH))
    office.led_to()  # the other one has begun too
    assert over(office.pages.get(back, **ENGLISH))
    assert office.provider.times("/token") == 0
    office.pages.client.cookies.clear()
    cookie = "; ".join(f"{name}={value}" for name, value in held.items())
    assert office.pages.get(back, Cookie=cookie).headers["location"] == "/"  # and it ended nobody else's


def test_a_way_back_serves_once(office: Office) -> None:
    back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
    cookie = "; ".join(f"{name}={value}" for name, value in office.pages.client.cookies.items())
    assert office.pages.get(back).status_code == 303
    office.pages.client.cookies.clear()
    assert over(office.pages.get(back, Cookie=cookie, **ENGLISH))
    assert len(office.pages.play.all(tables.sessions)) == 1
    assert office.provider.times("/token") == 1


def test_a_way_back_is_over_in_ten_minutes(office: Office) -> None:
    back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
    office.pages.play.now += operations.LASTS
    assert over(office.pages.get(back, **ENGLISH))
    assert over(office.pages.get("/account", **ENGLISH))


def test_a_node_that_shares_the_store_knows_who_comes_back(office: Office, play: Play) -> None:
    back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
    other = pages_of(play, office.pages.backing.settings)
    other.client.cookies.update(office.pages.client.cookies)
    assert other.get(back).headers["location"] == "/"
    other.client.close()


def test_what_was_begun_with_one_provider_ends_with_no_other(office: Office, play: Play) -> None:
    back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
    openid = settings_for(office.provider, client_id="another")
    other = pages_of(play, replace(office.pages.backing.settings, openid=openid))
    other.client.cookies.update(office.pages.client.cookies)
    assert over(other.get(back, **ENGLISH))
    other.client.close()


def test_the_store_has_nothing_that_anybody_could_come_back_with(office: Office) -> None:
    address = httpx.URL(office.led_to())
    held = office.pages.client.cookies["alertd_entering"]
    rows = str(office.pages.play.all(page_tables.accounts_awaited))
    verifier = operations.taken_along(held).verifier
    assert len(verifier) >= 43
    for secret in (held, verifier, address.params["state"], address.params["nonce"]):
        assert secret not in rows


def test_who_begins_too_often_has_to_wait(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_BEGUN", 2)
    for _ in range(2):
        assert office.pages.client.post("/account", data={}).status_code == 303
    answered = office.pages.client.post("/account", data={}, headers=ENGLISH)
    assert (answered.status_code, "too often" in answered.text) == (409, True)
    assert office.pages.client.post("/login", data={"who": "ann"}).headers["location"] == "/code"
    office.pages.play.now += timedelta(hours=2)
    assert office.pages.client.post("/account", data={}).status_code == 303
