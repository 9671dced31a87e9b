"""A browser that knows no script, over the pages of a store that a test plays with."""

from __future__ import annotations

import asyncio
import atexit
import html
import re
import shutil
import socket
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations import signing_in
from alertd.store import tables
from alertd.web.application import application
from alertd.web.backing import Backing
from alertd.web.counting import Counts
from alertd.web.keeping import Keeping
from tests.support.installed import lay_down
from tests.support.play import Play

HERE = "http://127.0.0.1:8470"
SETTINGS = WebSettings(Address("127.0.0.1", 8470))


def free_port() -> int:
    """A port of loopback that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def shipped_city() -> Path:
    """The shipped files in a folder of their own, the same for all who only look at them."""
    folder = Path(tempfile.mkdtemp(prefix="alertd-city-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return lay_down(folder)


class Browser:
    """Asks the application itself, in a loop of its own; keeps cookies, goes nowhere by itself."""

    def __init__(self, app: Any, base: str) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app)
        self._client = httpx.AsyncClient(transport=transport, base_url=base)
        self.cookies, self.headers = self._client.cookies, self._client.headers

    def get(self, path: str, headers: Any = None) -> httpx.Response:
        return self._runner.run(self._client.get(path, headers=headers))

    def post(self, path: str, data: Any = None, headers: Any = None, files: Any = None) -> httpx.Response:
        return self._runner.run(self._client.post(path, data=data, headers=headers, files=files))

    def send(self, method: str, path: str, content: Any, headers: Any = None) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, content=content, headers=headers))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def __del__(self) -> None:
        self._runner.close()  # of a test that failed before it could


@dataclass
class Pages:
    """`client` keeps cookies, and does not follow where it is sent to."""

    play: Play
    client: Browser
    backing: Backing

    def sign_in(self, who: str = "") -> None:
        """By a key, as by a link; "" is the office, "desk UNIT" the duty room of a unit."""
        desk = who.removeprefix("desk ") if who.startswith("desk ") else ""
        key = self.play.do(signing_in.invite, "" if desk else who, desk).key
        answered = self.client.post("/enter", data={"key": key})
        assert answered.status_code == 303, answered.text

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def read(self, path: str) -> str:
        """The text of a page, without its marks."""
        answered = self.get(path)
        assert answered.status_code == 200, (path, answered.status_code, answered.text)
        return text_of(answered.text)

    def press(self, path: str, form: str, files: Any = None, **given: Any) -> httpx.Response:
        """Fill in the form of a page that leads to `form`, and press its button."""
        return self.press_on(self.get(path).text, form, files, **given)

    def press_on(self, page: str, form: str, files: Any = None, **given: Any) -> httpx.Response:
        """The same on a page that somebody has open."""
        return self.client.post(form, data=hidden_in(page, form) | given, files=files)

    def hidden(self, path: str, form: str) -> dict[str, str]:
        """What the form of a page that leads to `form` sends of itself."""
        return hidden_in(self.get(path).text, form)


def hidden_in(page: str, form: str) -> dict[str, str]:
    """What the form of a page that leads to `form` sends of itself."""
    found = re.search(rf'<form method="post" action="{re.escape(form)}".*?</form>', page, re.DOTALL)
    assert found is not None, f"no form to {form}"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0])
    return {name: html.unescape(value) for name, value in hidden}


def address_of(play: Play, path: str, name: str) -> str:
    """A page about the deadline called `name`, or about the incident that the tests of pages begin with."""
    event = next((row.id for row in play.all(tables.events)), "")
    message = next((f"{row.id:x}" for row in play.all(tables.deliveries)), "0")
    places = {"{number:int}": str(play.row(name).number), "{case}": "fire", "{event}": event}
    more = {"{act}": "correct", "{link}": "a-b-c", "{message}": message, "{file:int}": "1"}
    for place, there in {**places, **more}.items():
        path = path.replace(place, there)
    return path


def text_of(page: str) -> str:
    """What people read of a page, on one line."""
    body = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def pages_of(
    play: Play, settings: WebSettings = SETTINGS, base: str = HERE, store: Any = None, **changes: Any
) -> Pages:
    """Pages over the store and the files of a play, at its time. `close` its client."""
    changes.setdefault("counts", Counts(0.0))  # what a test does is seen at once
    changes.setdefault("keeping", Keeping(play.store, shipped_city() / "config.toml", {}))
    backing = Backing(store or play.store, lambda: play.world, lambda: play.now, settings, **changes)
    return Pages(play, Browser(application(backing), base), backing)


#: an incident as the form of pages reports it
FIRE: dict[str, str] = {
    "type": "incident",
    "party": "town-a",
    "published": "2026-12-17T09:40",
    "title": "Mill",
}


def asked(**more: str) -> str:
    """The page that reads an incident back."""
    return "/report?" + urlencode({**FIRE, "step": "back", **more})
