"""There and back in a real browser without scripts, where the provider is another site, as in an office."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, sync_playwright

from alertd.config.openid_shapes import OpenIdSettings
from alertd.config.secret import Secret
from alertd.config.web_shapes import Address, WebSettings
from alertd.store import tables
from alertd.web.backing import Backing
from tests.support.accounts import CLIENT, SECRET, Accounts
from tests.support.accounts_pages import with_mail
from tests.support.needs import program
from tests.support.pages import free_port
from tests.support.play import Play
from tests.support.serving import serving

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def url(play: Play, provider: Accounts) -> Iterator[str]:
    """Pages at 127.0.0.1; the provider is called localhost, which is another site to browsers."""
    provider.url = provider.url.replace("127.0.0.1", "localhost")
    play.world = replace(play.world, register=with_mail(play, "ann", "ann@town-a.test"))
    listen = Address("127.0.0.1", free_port())
    openid = OpenIdSettings(provider.url, CLIENT, Secret.plain(SECRET), timeout=30)
    settings = WebSettings(listen, public_url=listen.url, openid=openid)
    with serving(Backing(play.store, lambda: play.world, lambda: play.now, settings)) as url:
        yield url


def test_a_browser_goes_there_and_back_to_the_page_that_was_wanted(
    chromium: Browser, play: Play, provider: Accounts, url: str
) -> None:
    provider.asks = True
    number = play.row("yearly-report@2026/town-a").number
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/deadlines/{number}")
    page.get_by_role("button", name="Sign in with the account of your office").click()
    page.get_by_role("button", name="I am Ann").click()
    page.wait_for_url(f"{url}/deadlines/{number}")
    page.get_by_role("button", name="Received").click()
    assert [each.person for each in play.all(tables.sessions)] == ["ann"]
    page.get_by_role("button", name="Sign out").click()
    page.go_back()
    page.reload()
    assert "/login" in page.url
    context.close()


def test_whoever_says_no_there_reads_so_here(chromium: Browser, provider: Accounts, url: str) -> None:
    provider.error = "access_denied"
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/login")
    page.get_by_role("button", name="Sign in with the account of your office").click()
    page.wait_for_url(f"{url}/account/back?*")
    assert "You were not let in" in page.inner_text("main")
    page.get_by_role("link", name="To the first page").click()
    assert page.get_by_role("button", name="Send me a code").is_visible()
    context.close()
