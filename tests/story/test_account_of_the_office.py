"""An official signs in with the account of the office: on a good day, on bad ones, and on the last.

The page of a deadline is opened from a bookmark; the provider asks who it is. One morning it is down and a
code serves; one night it changes its keys; in the end the person leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from alertd.config.openid_shapes import OpenIdSettings
from alertd.config.secret import Secret
from alertd.store import tables
from alertd.web.application import application
from alertd.web.backing import Backing
from tests.story.city import City
from tests.support.accounts import CLIENT, SECRET, accounts, key_called
from tests.support.accounts_pages import Office
from tests.support.pages import HERE, SETTINGS, Browser, Pages, text_of
from tests.support.play import told_in

TOWN = "town-donghe"
REPORT = f"incident-information@warehouse/{TOWN}"


@pytest.fixture
def office() -> Iterator[tuple[City, Office, str]]:
    """The city in the morning of an incident, its provider of accounts, and the contact of a town."""
    city = City("2026-10-01 09:00")
    found = city.world.directory.resolve("contact", TOWN, None, city.now).holders
    person = found[0].person
    with accounts(lambda: city.now.timestamp()) as provider:
        provider.account = {"email": person.email.upper(), "email_verified": True}
        openid = OpenIdSettings(provider.url, CLIENT, Secret.plain(SECRET), timeout=30)
        settings = replace(SETTINGS, public_url=HERE, openid=openid)
        backing = Backing(city.store, lambda: city.world, lambda: city.now, settings)
        pages = Pages(city, Browser(application(backing), HERE), backing)  # type: ignore[arg-type]
        yield city, Office(pages, provider), person.id
        pages.client.close()


def signed_in_by_code(city: City, office: Office, person: str) -> None:
    """Ask for a code, and type what comes over one's own channel."""
    assert office.pages.client.post("/login", data={"who": person}).headers["location"] == "/code"
    city.until(f"{city.now:%Y-%m-%d %H}:05")
    found = re.search(r"登錄碼：\s*(\d{6})", "\n".join(city.texts))
    assert found is not None
    assert office.pages.client.post("/code", data={"code": found[1]}).headers["location"] == "/"


def test_an_official_signs_in_with_the_account_of_the_office(office: tuple[City, Office, str]) -> None:
    city, there, person = office
    pages, provider = there.pages, there.provider
    city.report("major-incident", "warehouse", TOWN, published="2026-10-01 08:50")

    # A good day: from the bookmark over the provider to the deadline, which is handed in.
    page = f"/deadlines/{city.row(REPORT).number}"
    shut = pages.get(page).headers["location"]
    assert there.signed_in(pages.hidden(shut, "/account")["next"]).headers["location"] == page
    pages.press(page, f"{page}/handed-in", evidence="東政發〔2026〕8號")
    assert city.row(REPORT).state == "done"
    assert [row.actor for row in city.rows(tables.audit) if row.action == "done"] == [person]

    # A session lasts two weeks. When it is over the provider is down: the page says so, a code serves.
    city.until("2026-10-16 09:00")
    assert pages.get(page).status_code == 303
    provider.answers["*"] = 503
    pages.client.post("/account", data={})
    backing = pages.backing
    backing.provider._kept.about = None  # what was kept has grown old by now
    said = pages.get("/account", **{"accept-language": "zh-TW"})
    assert (said.status_code, "暫時沒有回應" in text_of(said.text)) == (503, True)
    signed_in_by_code(city, there, person)
    assert pages.get(page).status_code == 200
    rows = [row for row in city.rows(tables.deliveries) if row.template == "admin"]
    assert [name for name, _ in told_in(row.payload for row in rows)] == ["accounts-faulty"]

    # The provider comes back, with new keys, and nobody notices.
    pages.press(page, "/leave")
    provider.answers.clear()
    backing.provider._kept.rests_until = 0.0
    provider.keys = [key_called("second")]
    provider.signs = key_called("second")
    backing.provider._kept.keys_at -= 60
    assert there.signed_in().headers["location"] == "/"

    # The person leaves the office: the session is over at once, and the account signs nobody in any more.
    people = {name: each for name, each in city.world.register.people.items() if name != person}
    city.world = replace(city.world, register=replace(city.world.register, people=people))
    assert pages.get(page).status_code == 303
    pages.client.cookies.clear()
    answered = there.signed_in()
    assert answered.status_code == 409
    assert "nobody’s in the directory" in answered.text
