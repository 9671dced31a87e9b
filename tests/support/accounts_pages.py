"""Pages beside a provider of accounts, and a browser that goes from one to the other and back."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import Any

import httpx

from alertd.config.openid_shapes import OpenIdSettings
from alertd.config.secret import Secret
from alertd.store import tables
from tests.support.accounts import CLIENT, SECRET, Accounts
from tests.support.pages import HERE, SETTINGS, Pages, pages_of, text_of
from tests.support.play import Play

ENGLISH = {"accept-language": "en"}
#: the words of the pages on which it ends
AWAY, FAULTY = "nobody answers at present", "cannot be relied on"
DISCOVERY = "/.well-known/openid-configuration"


@dataclass
class Office:
    """Pages, and the provider that people of the office have accounts at."""

    pages: Pages
    provider: Accounts

    def led_to(self, onward: str = "/") -> str:
        """Press the button of the page to sign in; where the browser is led."""
        answered = self.pages.press(f"/login?next={onward}", "/account")
        assert answered.headers["location"] == "/account"
        page = self.pages.get("/account")
        assert page.status_code == 200, page.text
        found = re.search(r'<a href="(http://127[^"]+)"', page.text)
        assert found is not None, page.text
        assert f'content="0; url={found[1]}"' in page.text
        return html.unescape(found[1])

    def signed_in(self, onward: str = "/") -> httpx.Response:
        """The same until the browser is back from the provider."""
        return self.pages.get(self.provider.sign_in(self.led_to(onward)).removeprefix(HERE), **ENGLISH)

    def refused(self) -> str:
        """The words of the page on which it ends."""
        answered = self.signed_in()
        assert answered.status_code in (409, 503), answered.text
        assert "alertd=" not in answered.headers.get("set-cookie", "")
        assert self.pages.play.all(tables.sessions) == []
        return text_of(answered.text)


def settings_for(provider: Accounts, **changes: Any) -> OpenIdSettings:
    return replace(OpenIdSettings(provider.url, CLIENT, Secret.plain(SECRET), timeout=30), **changes)


def office_of(play: Play, provider: Accounts, **changes: Any) -> Office:
    play.world = replace(play.world, register=with_mail(play, "ann", "Ann@Town-A.test"))
    openid = settings_for(provider, **changes)
    return Office(pages_of(play, replace(SETTINGS, public_url=HERE, openid=openid)), provider)


def with_mail(play: Play, who: str, mail: str) -> Any:
    register = play.world.register
    return replace(register, people={**register.people, who: replace(register.people[who], email=mail)})


def refused_at(office: Office) -> str:
    """The words of the page on which it ends, wherever on the way that is."""
    office.pages.client.post("/account", data={})
    page = office.pages.get("/account", **ENGLISH)
    found = re.search(r'<a href="(http://127[^"]+)"', page.text)
    if found:
        back = office.provider.sign_in(html.unescape(found[1])).removeprefix(HERE)
        page = office.pages.get(back, **ENGLISH)
    assert page.status_code in (409, 503), page.text
    assert office.pages.play.all(tables.sessions) == []
    return text_of(page.text)


def told(office: Office) -> list[str]:
    """What the admin was told is wrong."""
    found = office.pages.play.admin_told()
    assert {topic for topic, _ in found} <= {"accounts-faulty"}
    return [values["wrong"] for _, values in found]


def code_still_works(office: Office) -> None:
    office.pages.client.cookies.clear()
    assert office.pages.client.post("/login", data={"who": "ann"}).headers["location"] == "/code"
