"""An event on pages: the units it concerns are ticked, and another language keeps what was typed."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest

from alertd.store import tables
from tests.support.pages import FIRE, Pages, asked

CASE = "incident-20261217-0940"


@pytest.fixture(autouse=True)
def english(pages: Pages) -> None:
    pages.client.headers["Accept-Language"] = "en"


def test_further_units_are_ticked_and_each_has_its_clock(pages: Pages) -> None:
    pages.sign_in("gao")
    form = pages.get("/report?type=incident&party=town-a").text
    offered = re.findall(r'<input type="checkbox" name="others" value="([^"]+)"', form)
    assert {"town-a", "town-b"} <= set(offered)
    back = asked() + "&others=town-b&others=office"
    read = pages.get(back).text
    assert re.findall(r'name="others" value="([^"]+)"', read)[:2] == ["town-b", "office"]
    assert pages.client.post("/report", data=_sent(read)).status_code == 303
    started = {row.party for row in pages.play.all(tables.deadlines) if row.case_id == CASE}
    assert started == {"town-a", "town-b", "office"}
    assert pages.play.all(tables.events)[-1].parties == ("town-a", "town-b", "office")


def _sent(page: str) -> dict[str, list[str]]:
    """What the form that makes it count sends: every value of every field."""
    found = re.search(r'<form method="post" action="/report" .*?</form>', page, re.DOTALL)
    assert found is not None
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0]):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def test_units_that_were_ticked_are_ticked_when_something_else_is_wrong(pages: Pages) -> None:
    pages.sign_in("gao")
    page = pages.get(asked(published="yesterday") + "&others=town-b&others=nowhere").text
    ticked = re.findall(r'name="others" value="([^"]+)" checked', page)
    assert ticked == ["town-b", "nowhere"]  # what is not known stays, to be taken away
    address = re.search(r'<a href="(/report\?[^"]+)">', pages.get(asked() + "&others=town-b").text)
    assert address is not None
    again = pages.get(html.unescape(address[1])).text  # back from what was read
    assert re.findall(r'name="others" value="([^"]+)" checked', again) == ["town-b"]


def test_units_of_an_earlier_address_are_read_as_they_were_typed(pages: Pages) -> None:
    pages.sign_in("gao")
    page = pages.get(f"/report?{urlencode({**FIRE, 'others': 'town-b; office'})}").text
    assert sorted(re.findall(r'name="others" value="([^"]+)" checked', page)) == ["office", "town-b"]


def test_another_language_keeps_what_was_typed(pages: Pages) -> None:
    """The buttons of the languages send the form that is being filled in, however much of it is missing."""
    pages.sign_in("ann")
    page = pages.get("/report?type=incident").text
    button = re.search(r'<button form="told"[^>]* value="zh-Hant"[^>]*>', page)
    assert button is not None
    for name in ('formaction="/report/language"', 'formmethod="post"', "formnovalidate"):
        assert name in button[0]
    typed = {**FIRE, "party": "", "published": "2026-12-17T09:4", "others": ["town-b"], "step": "back"}
    answered = pages.client.post("/report/language", data=typed | {"language": "zh-Hant"})
    assert "alertd_language=zh-Hant" in answered.headers["set-cookie"]
    there = pages.get(answered.headers["location"]).text
    assert 'value="Mill"' in there
    assert 'value="2026-12-17T09:4"' in there
    assert 'name="others" value="town-b" checked' in there
    assert "其他單位" in there
    assert 'role="alert"' not in there  # nothing was read back that nobody asked to be
    assert 'name="once"' not in there


def test_another_language_reads_back_what_was_read_back(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get(asked()).text
    found = re.search(r'<form method="post" action="/report/language".*?</form>', page, re.DOTALL)
    assert found is not None
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0])
    answered = pages.client.post("/report/language", data={**dict(kept), "language": "zh-Hans"})
    there = pages.get(answered.headers["location"]).text
    assert 'name="once"' in there
    assert CASE in there
    assert len(pages.play.all(tables.events)) == 1


def test_the_types_in_another_language_keep_their_case(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get("/report?case=fire").text
    found = re.search(r'<form method="post" action="/report/language".*?</form>', page, re.DOTALL)
    assert found is not None
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0]))
    answered = pages.client.post("/report/language", data={**kept, "language": "en"})
    assert answered.headers["location"] == "/report?case=fire"
