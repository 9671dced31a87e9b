"""What a provider of text messages tells at an address with a secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from alertd.core.text_messages import Texting
from alertd.pushed import take_pushed
from alertd.store import tables
from alertd.store.errors import StoreBusy
from alertd.transports.inbox import InboxTransport
from alertd.transports.sms import SmsOptions, SmsTransport
from alertd.transports.sms.hearing import KNOWN, Ear
from tests.support.pages import Pages, pages_of
from tests.support.play import Play, plays
from tests.support.register import tiny_register, with_person

SECRET = "a-long-secret"
REPLY = [{"phone_number": "13800138000", "content": "1", "sequence_id": "77"}]
WAYS: dict[str, Any] = {
    "channels": ("sms",),
    "transports": {"sms": "sms", "inbox": "inbox"},
    "texting": {"sms": Texting("珠海市政府", heard=True)},
}


@pytest.fixture
def begin() -> Iterator[Any]:
    with plays() as beginning:
        yield beginning


@pytest.fixture
def pages(begin: Any) -> Iterator[Pages]:
    play: Play = begin(
        "2026-12-05T02:00", with_person(tiny_register(), "ann", mobile="+8613800138000", channels=()), **WAYS
    )
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    play.deliver()
    transport = SmsTransport(SmsOptions("aliyun", "x", push_secret=SECRET), Ear("sms", KNOWN["aliyun"]))
    running = SimpleNamespace(transports={"sms": transport, "inbox": InboxTransport()}, world=play.world)
    told = partial(take_pushed, play.store, running, lambda: play.now)  # type: ignore[arg-type]
    found = pages_of(play, told=told)
    yield found
    found.client.close()


def post(pages: Pages, address: str, body: Any = REPLY) -> Any:
    return pages.client.send("POST", address, json.dumps(body))


def acknowledged(pages: Pages) -> int:
    return sum(row.action == "acknowledged" for row in pages.play.all(tables.audit))


def test_a_reply_is_taken_in_once_and_answered_as_the_provider_wants_it(pages: Pages) -> None:
    for _ in range(2):
        answer = post(pages, f"/told/sms/{SECRET}")
        assert (answer.status_code, answer.json()["code"]) == (200, 0)
    assert acknowledged(pages) == 1


@pytest.mark.parametrize("address", ["/told/sms/guessed", f"/told/inbox/{SECRET}", f"/told/nosuch/{SECRET}"])
def test_who_does_not_know_the_secret_finds_nothing_there(pages: Pages, address: str) -> None:
    assert post(pages, address).status_code == 404
    assert acknowledged(pages) == 0


def test_what_makes_no_sense_is_taken_and_does_nothing(pages: Pages) -> None:
    assert post(pages, f"/told/sms/{SECRET}", {"odd": [1, None, {"content": 5}]}).status_code == 200
    assert acknowledged(pages) == 0


def test_looking_does_nothing(pages: Pages) -> None:
    assert pages.client.get(f"/told/sms/{SECRET}").status_code in (404, 405)


def test_while_the_store_is_away_the_provider_is_to_come_again(begin: Any) -> None:
    def away(*_: Any) -> bool:
        raise StoreBusy("locked")

    found = pages_of(begin("2026-12-05T02:00"), told=away)
    assert found.client.send("POST", f"/told/sms/{SECRET}", "[]").status_code == 503
    found.client.close()
