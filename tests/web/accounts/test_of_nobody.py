"""Whoever comes back from a provider of accounts, and is not let in: what they read, and who hears."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from alertd.store import tables
from tests.support import accounts as support
from tests.support.accounts import SECRET, Accounts
from tests.support.accounts_pages import (
    AWAY,
    ENGLISH,
    FAULTY,
    Office,
    code_still_works,
    office_of,
    told,
    with_mail,
)
from tests.support.pages import HERE
from tests.support.play import Play


@pytest.mark.parametrize(
    ("error", "words", "wrong"),
    [
        ("access_denied", "You were not let in", []),
        ("login_required", "You were not let in", []),
        ("temporarily_unavailable", AWAY, ["away"]),
        ("invalid_scope", FAULTY, ["client"]),
        ("<script>", FAULTY, ["nonsense"]),
    ],
)
def test_a_provider_that_says_no_is_said_again_in_our_words(
    office: Office, error: str, words: str, wrong: list[str]
) -> None:
    office.provider.error = error
    with capture_logs() as logs:
        assert words in office.refused()
    assert len(logs) == 1
    assert "script" not in str(logs)
    assert told(office) == wrong
    code_still_works(office)


def test_an_account_of_nobody_here_is_said_to_be(office: Office) -> None:
    office.provider.account["email"] = "stranger@town-a.test"
    with capture_logs() as logs:
        said = office.refused()
    assert "stranger@town-a.test" in said
    assert "nobody’s in the directory" in said
    assert "stranger" not in str(logs)
    assert told(office) == []


def test_an_address_of_two_people_signs_in_neither(office: Office, play: Play) -> None:
    play.world = replace(play.world, register=with_mail(play, "eve", "ann@town-a.test"))
    assert "more than one person" in office.refused()
    ((topic, values),) = play.admin_told()
    assert topic == "account-of-several"
    assert "(ann)" in values["people"]
    assert "(eve)" in values["people"]


@pytest.mark.parametrize("verified", [False, None, "false", 1, "yes"])
def test_an_address_that_is_not_verified_signs_nobody_in(office: Office, verified: Any) -> None:
    office.provider.account["email_verified"] = verified
    assert "really yours" in office.refused()
    assert told(office) == ["unverified"]


def test_an_address_that_is_not_verified_does_not_even_say_whose_it_is(office: Office) -> None:
    office.provider.account = {"email": "nobody@town-a.test", "email_verified": False}
    assert "really yours" in office.refused()


def test_an_address_is_taken_unverified_where_the_admin_says_so(play: Play, provider: Accounts) -> None:
    provider.account = {"email": "ann@town-a.test"}
    office = office_of(play, provider, unverified=True)
    assert office.signed_in().headers["location"] == "/"


@pytest.mark.parametrize("claim", ["Ａnn", "\u212aann", "ann ", "", "ann\x00", True, None, ["ann"], {"a": 1}])
def test_what_only_looks_like_an_id_is_none(play: Play, provider: Accounts, claim: Any) -> None:
    office = office_of(play, provider, claim="nick")
    provider.account = {"nick": claim}
    answered = office.signed_in()
    assert (answered.status_code == 303) is (claim == "ann ")  # blanks around it are nobody's


def test_an_account_that_is_nobodys_is_text(play: Play, provider: Accounts) -> None:
    office = office_of(play, provider, claim="nick")
    provider.account = {"nick": "<script>alert(1)</script>" + "x" * 5000}
    answered = office.signed_in()
    assert "&lt;script&gt;" in answered.text
    assert "<script" not in answered.text
    assert "x" * 200 not in answered.text


def test_somebody_without_rights_sees_what_is_theirs_and_no_more(office: Office) -> None:
    office.signed_in()
    assert office.pages.get("/mine").status_code == 200
    for path in ("/board", "/keeping", "/sessions"):
        answered = office.pages.get(path, **ENGLISH)
        assert (answered.status_code, "not for you" in answered.text) == (403, True)


def test_every_page_on_which_it_ends_is_in_each_language(office: Office) -> None:
    for language, words in {"en": "nobody’s", "zh-TW": "通訊錄中沒有", "zh-CN": "通讯录中没有"}.items():
        office.provider.account["email"] = "stranger@town-a.test"
        back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
        assert words in office.pages.get(back, **{"accept-language": language}).text


def test_no_log_and_no_row_has_what_somebody_could_sign_in_with(office: Office) -> None:
    with capture_logs() as logs:
        back = office.provider.sign_in(office.led_to()).removeprefix(HERE)
        state, code = httpx.URL(back).params["state"], httpx.URL(back).params["code"]
        office.pages.get(back)
        office.pages.client.cookies.clear()
        office.provider.forged = support.unsigned
        again = office.provider.sign_in(office.led_to()).removeprefix(HERE)
        office.pages.get(again)
    rows = "".join(str(office.pages.play.all(each)) for each in tables.metadata.sorted_tables)
    secrets = [*office.provider.tokens, state, code, *httpx.URL(again).params.values(), SECRET]
    assert len(secrets) == 9
    for secret in secrets:
        assert secret not in str(logs)
        assert secret not in rows
