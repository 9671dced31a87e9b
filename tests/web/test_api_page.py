"""The page about the API: it lists every address, and its examples do what it says."""

from __future__ import annotations

import re
import shlex

import httpx
import pytest

from tests.support.api import client_of
from tests.support.api_page import PAGE, with_addresses
from tests.support.pages import HERE, Pages

#: what the small register of the tests calls what the page speaks of
CALLED = {"water-bureau": "town-a", "major-incident": "incident", ', "severity": "major"': ""}
CALLED |= {'"severity": "major", ': ""}
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"```sh\n(curl .*?)```", TEXT, re.DOTALL)


def test_the_page_lists_every_address() -> None:
    assert with_addresses(TEXT) == TEXT, "run python -m tests.support.api_page"


@pytest.mark.parametrize(("number", "status"), list(enumerate((200, 200, 200, 200, 201))))
def test_an_example_is_answered(pages: Pages, number: int, status: int) -> None:
    text = EXAMPLES[number].replace("\\\n", " ")
    for name, here in CALLED.items():
        text = text.replace(name, here)
    text = text.replace("$TOKEN", client_of(pages).secret).replace("$ALERTD", HERE)
    words = shlex.split(text)[1:]
    url, method, body, headers = words.pop(), "GET", b"", dict[str, str]()
    for option, value in zip(words[::2], words[1::2], strict=True):
        match option:
            case "-X":
                method = value
            case "-d":
                body = value.encode()
            case "-F":
                name, _, file = value.partition("=@")
                form = httpx.Request(method, url, files={name: (file, b"%PDF")})
                body, headers["content-type"] = form.read(), form.headers["content-type"]
            case "-H":
                name, _, given = value.partition(": ")
                headers[name] = given
    answered = pages.client.send(method, url, body, headers)
    assert answered.status_code == status, answered.text


def test_every_example_is_tried() -> None:
    assert len(EXAMPLES) == 5
