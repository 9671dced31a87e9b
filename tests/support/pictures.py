"""The pictures of pages in docs/pictures: drawn anew by `python -m tests.support.pictures`.

A night of the shipped city in a real browser: what an official sees on a telephone, and the board on a desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations import signing_in
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.web.backing import Backing
from tests.story.city import TOP, City, shipped
from tests.support.needs import program
from tests.support.pages import free_port
from tests.support.serving import serving

FOLDER = TOP / "docs" / "pictures"
PHONE, DESK = ViewportSize(width=390, height=780), ViewportSize(width=1100, height=640)
LANGUAGES = {"zh": "zh-TW", "en": "en-GB"}
TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"


@contextmanager
def night() -> Iterator[tuple[City, str]]:
    """Two hours after a fire in the night of National Day; its city, and where its pages are."""
    settings = WebSettings(Address("127.0.0.1", free_port()))
    city = City("2026-09-01 09:00", replace(shipped()[0], pages=settings.url))
    city.store.transact(signing_key)
    city.until("2026-10-01 02:40")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10", received="2026-10-01 02:40")
    city.until("2026-10-01 04:45")
    with serving(Backing(city.store, lambda: city.world, lambda: city.now, settings)) as url:
        yield city, url


def sign_in(page: Page, city: City, url: str, who: str) -> None:
    """By a key, and its button."""
    key = city.store.transact(lambda tx: signing_in.invite(Scope(tx, city.world, city.now), who).key)
    page.goto(f"{url}/enter?key={key}")
    page.locator("main button").click()


def draw(browser: Browser, city: City, url: str, language: str) -> None:
    """All pictures in one language."""

    def opened(size: ViewportSize) -> Page:
        return browser.new_context(
            viewport=size, locale=LANGUAGES[language], device_scale_factor=1.5, color_scheme="light"
        ).new_page()

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=FOLDER / f"{name}.{language}.png")

    number = city.row(INFORMATION).number
    phone = opened(PHONE)
    sign_in(phone, city, url, "guo-huimin.town-donghe")
    phone.goto(f"{url}/mine")
    keep(phone, "mine")
    phone.goto(f"{url}/deadlines/{number}")
    keep(phone, "deadline")
    desk = opened(DESK)
    sign_in(desk, city, url, "bai-siyuan.supervision-office")
    desk.goto(f"{url}/board")
    keep(desk, "board")


def main(folder: Path = FOLDER) -> None:
    """Draw all of them."""
    folder.mkdir(exist_ok=True)
    with night() as (city, url), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        for language in LANGUAGES:
            draw(browser, city, url, language)
        browser.close()


if __name__ == "__main__":
    main()
