"""What keepers do from a browser: faults, the change that waits, messages, whom none reaches."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from alertd.installation import Store
from alertd.store import addresses, revisions, tables
from alertd.web import keeping as keeping_module
from alertd.web.keeping import Keeping
from tests.support.installed import NOW, change, lay_down, started
from tests.support.pages import Pages, pages_of, text_of
from tests.support.play import Play

FILE = "schedules/chapter-7.toml"


@dataclass
class City:
    """A city that runs: its folder, its store, and a browser of its office."""

    folder: Path
    store: Store
    pages: Pages

    def write(self, file: str, old: str, new: str) -> None:
        change(self.folder / file, old, new)

    def ruling(self) -> dict[str, str]:
        with self.store.read() as tx:
            return revisions.applied(tx)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    here, store = started(lay_down(tmp_path))
    world = here.ruling(store, NOW)
    play = Play(store, world, "2026-11-22T20:00")
    pages = pages_of(play, keeping=Keeping(store, here.node.file, {}))
    pages.client.headers["accept-language"] = "en"
    pages.sign_in()
    yield City(tmp_path, store, pages)
    pages.client.close()
    store.close()


# ---------------------------------------------------------------- the files


def test_files_without_a_fault_say_so_with_what_is_worth_knowing(city: City) -> None:
    said = city.pages.read("/keeping/files")
    assert "The files have no faults." in said
    assert "below the national" in said


def test_a_fault_stands_at_its_line_with_the_text_around_it(city: City) -> None:
    city.write(FILE, "yearly by 12-30", "yearly by 13-30")
    lines = (city.folder / FILE).read_text("utf-8").splitlines()
    (at,) = [number for number, line in enumerate(lines, start=1) if "13-30" in line]
    page = city.pages.get("/keeping/files").text
    said = text_of(page)
    assert FILE in said
    assert f"line {at}," in said
    for near in (lines[at - 2], lines[at]):
        assert html.escape(near.strip(), quote=False).replace("'", "&#39;").replace('"', "&#34;") in page
    assert re.search(rf'<span class="line red"><span class="at">\s*{at}</span>', page)


def test_what_may_hold_a_password_is_not_shown(city: City) -> None:
    city.write("channels/email.toml", "port = ", 'passwrod = "hunter2"\nprot = ')
    page = city.pages.get("/keeping/files").text
    assert "channels/email.toml" in page
    assert "hunter2" not in page
    assert "a password may stand in it" in page


def test_files_that_do_not_answer_hold_no_page_back(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    go_on = threading.Event()
    monkeypatch.setattr(keeping_module, "FILES_PATIENCE", 0.01)
    monkeypatch.setattr(Keeping, "loaded", lambda self: go_on.wait(60))
    for _ in range(2):
        answered = city.pages.get("/keeping/files")
        assert answered.status_code == 409
        assert "The files do not answer" in answered.text
    go_on.set()


# ---------------------------------------------------------------- the change that waits


def test_a_change_is_shown_with_what_differs_and_released_for_a_reason(city: City) -> None:
    before = city.ruling()[FILE]
    city.write(FILE, "yearly by 12-30", "yearly by 12-29")
    page = city.pages.get("/keeping/change").text
    said = text_of(page)
    assert "12-29" in said
    assert "to move" in said
    assert city.ruling()[FILE] == before
    without = city.pages.press("/keeping/change", "/keeping/change", reason=" ")
    assert without.status_code == 409
    assert city.ruling()[FILE] == before
    pressed = city.pages.press("/keeping/change", "/keeping/change", reason="as the council decided")
    assert pressed.headers["location"] == "/keeping/change?done=released"
    assert city.ruling()[FILE] == (city.folder / FILE).read_text("utf-8")
    assert "nothing would change" in city.pages.read("/keeping/change")
    done = [row for row in city.pages.play.all(tables.audit) if row.action == "revision-applied"][-1]
    assert done.detail["reason"] == "as the council decided"
    assert done.actor.startswith("web:")


def test_only_what_was_looked_at_is_released(city: City) -> None:
    city.write(FILE, "yearly by 12-30", "yearly by 12-29")
    page = city.pages.get("/keeping/change").text
    state = re.search(r'name="state" value="(\w+)"', page)
    token = re.search(r'name="token" value="(\w+)"', page)
    assert state is not None
    assert token is not None
    city.write(FILE, "yearly by 12-29", "yearly by 12-01")
    sent = {"state": state[1], "token": token[1], "reason": "go"}
    answered = city.pages.client.post("/keeping/change", data=sent)
    assert answered.status_code == 409
    assert "look again" in answered.text
    assert "12-01" not in city.ruling()[FILE]


def test_a_release_pressed_twice_is_one(city: City) -> None:
    city.write(FILE, "yearly by 12-30", "yearly by 12-29")
    page = city.pages.get("/keeping/change").text
    found = dict(re.findall(r'name="(state|token)" value="(\w+)"', page))
    answers = [
        city.pages.client.post("/keeping/change", data={**found, "reason": "go"}).status_code
        for _ in range(2)
    ]
    assert answers == [303, 409]
    rows = [row for row in city.pages.play.all(tables.audit) if row.action == "revision-applied"]
    assert len(rows) == 2  # the first start, and this


def test_who_would_be_told_is_counted_at_request_and_nothing_is_changed(city: City) -> None:
    city.write(FILE, "yearly by 12-30", "yearly by 12-29")
    before = city.ruling()
    answered = city.pages.press("/keeping/change", "/keeping/change/told")
    assert answered.status_code == 200
    assert re.search(r"would be told", text_of(answered.text))
    assert city.ruling() == before


def test_files_with_faults_are_not_released(city: City) -> None:
    city.write(FILE, "yearly by 12-30", "yearly by 13-30")
    assert "nothing can be compared" in city.pages.read("/keeping/change")


# ---------------------------------------------------------------- looks that cost


def test_what_would_go_out_is_counted_at_a_press_and_stays(city: City) -> None:
    assert "messages until" not in city.pages.read("/keeping/preview")
    city.pages.press("/keeping/preview", "/keeping/preview", days="30")
    assert re.search(r"\d+ messages until", city.pages.read("/keeping/preview"))
    assert [row for row in city.pages.play.all(tables.deliveries) if row.template == "message"] == []


def test_what_would_go_out_is_narrowed_by_the_address_of_the_page(city: City) -> None:
    """As `alertd preview --person` and `--party` narrow it; nothing is counted again."""
    city.pages.press("/keeping/preview", "/keeping/preview", days="30")

    def people(query: str) -> list[str]:
        page = city.pages.get(f"/keeping/preview?{query}").text
        return re.findall(r'<span class="who">(.*?) · ', page.partition('<ul class="entries">')[2])

    everybody, world = people(""), city.pages.play.world
    assert len(set(everybody)) > 2
    register = world.register
    someone = next(each for each in register.people.values() if any(each.name in said for said in everybody))
    mine = people(f"person={someone.id}")
    assert 0 < len(mine) < len(everybody)
    assert {someone.name in said for said in mine} == {True}
    assert people(f"person={quote(someone.name)}") == mine
    of_unit = people("unit=town-donghe")
    assert 0 < len(of_unit) < len(everybody)
    assert people("unit=town-donghe&person=" + someone.id) == [each for each in of_unit if each in mine]
    assert len(people("days=14")) < len(everybody)
    assert f"{len(of_unit)} of them are asked for" in city.pages.read("/keeping/preview?unit=town-donghe")
    for unknown in ("person=nobody-such", "unit=nowhere", "days=5"):
        assert city.pages.get(f"/keeping/preview?{unknown}").status_code in (400, 409)


def test_an_examination_lists_what_it_found_and_what_it_does_not_see(city: City) -> None:
    assert "alertd doctor --online" in city.pages.read("/keeping/doctor")
    city.pages.press("/keeping/doctor", "/keeping/doctor")
    said = city.pages.read("/keeping/doctor")
    assert "The store is sound" in said
    assert "No daemon has run on this store yet." in said


def test_an_examination_is_not_made_again_at_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []

    def look(call: Any) -> tuple[()]:
        looked.append(True)
        return ()

    monkeypatch.setattr("alertd.web.pages.looks._findings", look)
    for _ in range(3):
        city.pages.press("/keeping/doctor", "/keeping/doctor")
    assert looked == [True]


def test_an_examination_ends_when_its_time_is_over(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertd.web.pages.looks._SECONDS", 0.0)
    city.pages.press("/keeping/doctor", "/keeping/doctor")
    assert "it took too long" in city.pages.read("/keeping/doctor")


def test_a_look_that_fails_says_so_and_hides_its_words(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def slips(call: Any) -> Any:
        raise RuntimeError("words of the program")

    monkeypatch.setattr("alertd.web.pages.looks._findings", slips)
    city.pages.press("/keeping/doctor", "/keeping/doctor")
    page = city.pages.get("/keeping/doctor").text
    assert "fault of the program" in page
    assert "words of the program" not in page


# ---------------------------------------------------------------- messages


def test_a_message_is_found_by_its_state_and_leaves_again(play: Play, pages: Pages) -> None:
    pages.client.headers["accept-language"] = "en"
    pages.sign_in()
    rows = play.all(tables.deliveries)
    ours = next(row for row in rows if row.person == "ann")
    page = pages.get(f"/keeping/messages?person=ann&state={ours.state}").text
    assert f'href="/keeping/messages/{ours.id:x}"' in page
    assert f"/keeping/messages/{ours.id:x}" not in pages.get("/keeping/messages?person=eve").text
    path = f"/keeping/messages/{ours.id:x}"
    assert "Attempt 1" in pages.read(path)
    pressed = pages.press(path, f"{path}/again")
    assert pressed.headers["location"] == f"{path}?done=again"
    row = next(row for row in play.all(tables.deliveries) if row.id == ours.id)
    assert row.state == "waiting"


@pytest.mark.parametrize("name", ["0", "zz", "ffffffffffffffffffff", "-1", "0x1", "１"])
def test_a_message_there_is_none_of_is_said(pages: Pages, name: str) -> None:
    pages.sign_in()
    assert pages.get(f"/keeping/messages/{name}").status_code == 409


def test_the_text_of_a_message_does_not_let_its_reader_act_for_somebody() -> None:
    from alertd.saying.messages import masked

    key = "k7zq2vmtx4whr3n5ya6bd2jf"
    assert key not in masked(f"Open https://alertd.gov.test/m/{key} now")
    assert key not in masked(f"https://alertd.gov.test:8470/enter?key={key}.")
    assert masked("https://alertd.gov.test/deadlines/12") == "https://alertd.gov.test/deadlines/12"


def test_an_address_that_is_dead_is_used_again_at_a_press(play: Play, pages: Pages) -> None:
    pages.client.headers["accept-language"] = "en"
    pages.sign_in()
    (channel, *_) = play.world.channels
    ann = play.world.register.people["ann"]
    address = play.world.abilities(channel).address(ann)
    play.do(lambda scope: addresses.block(scope.tx, channel, address, "550 unknown", scope.now))
    said = pages.read("/keeping/people")
    assert address in said
    assert "550 unknown" in said
    pages.press("/keeping/people", "/keeping/unblock")
    assert "No address was reported" in pages.read("/keeping/people")
    assert any(row.action == "address-unblocked" for row in play.all(tables.audit))


def test_an_overview_names_what_asks_for_somebody(play: Play, pages: Pages) -> None:
    pages.client.headers["accept-language"] = "en"
    pages.sign_in()
    said = pages.read("/keeping")
    for page in ("files", "change", "preview", "messages", "people", "nodes", "doctor"):
        assert f'href="/keeping/{page}"' in pages.get("/keeping").text
    assert "refused" not in said
