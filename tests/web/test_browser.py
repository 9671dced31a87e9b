"""Pages in a real browser, without scripts, in two sizes and both colour schemes: all can use them.

axe-core looks for what the Web Content Accessibility Guidelines 2.2 forbid at level AA
(https://www.w3.org/TR/WCAG22/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations import signing_in
from alertd.engine.operations.more_time import ask_extension
from alertd.engine.ruling.scope import Actor
from alertd.store import tables
from alertd.web.backing import Backing
from alertd.web.keeping import Keeping
from tests.support.needs import program
from tests.support.pages import free_port, shipped_city
from tests.support.play import Play
from tests.support.serving import serving

pytestmark = pytest.mark.needs("chromium")

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
REPORT = "yearly-report@2026/town-a"
#: what axe-core is asked for: levels A and AA of all versions
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def url(play: Play) -> Iterator[str]:
    settings = WebSettings(Address("127.0.0.1", free_port()))
    keeping = Keeping(play.store, shipped_city() / "config.toml", {})
    with serving(Backing(play.store, lambda: play.world, lambda: play.now, settings, keeping=keeping)) as url:
        yield url


def opened(chromium: Browser, size: ViewportSize, script: bool = False, **more: Any) -> Page:
    context = chromium.new_context(
        viewport=size, java_script_enabled=script, bypass_csp=script, locale="en-GB", **more
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def enter(page: Page, play: Play, url: str, who: str = "") -> None:
    page.goto(f"{url}/enter?key={play.do(signing_in.invite, who).key}")
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_official_hands_in_from_a_link_without_scripts(
    chromium: Browser, play: Play, url: str, size: ViewportSize
) -> None:
    page = opened(chromium, size)
    enter(page, play, url, "ann")
    page.locator(f'a[href="/deadlines/{play.row(REPORT).number}"]').click()
    assert page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Received").click()
    assert "rest for a while" in page.get_by_role("status").inner_text()
    page.get_by_text("Another time").click()
    page.get_by_label("Evidence").fill("No. 12")
    page.get_by_role("button", name="Handed in").click()
    assert "Handed in" in page.get_by_role("status").inner_text()
    assert play.row(REPORT).state == "done"
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{url}/mine")
    assert page.url == f"{url}/login"
    page.context.close()


def test_an_event_is_reported_on_a_telephone_without_scripts(chromium: Browser, play: Play, url: str) -> None:
    page = opened(chromium, PHONE)
    enter(page, play, url, "ann")
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_role("link", name="Incident", exact=True).click()
    page.get_by_label("What it is about").fill("Mill")
    page.get_by_label("time of publication").fill("2026-12-17T09:40")
    page.get_by_role("button", name="Read it back to me").click()
    assert "from Thu 17 Dec 09:40, 5 hours, until 14:40" in page.inner_text("main")
    assert len(play.all(tables.events)) == 1
    page.get_by_role("link", name="Change something").click()
    page.get_by_label("time of publication").fill("2026-12-17T09:45")
    page.get_by_role("button", name="Read it back to me").click()
    page.get_by_role("button", name="Right: it counts").click()
    assert "It counts" in page.get_by_role("status").inner_text()
    assert "until" not in page.url
    assert play.row("incident-information@incident-20261217-0940/town-a").due is not None
    page.context.close()


def test_a_supervisor_goes_from_a_count_to_a_deadline(chromium: Browser, play: Play, url: str) -> None:
    page = opened(chromium, DESK)
    enter(page, play, url, "gao")
    assert page.url == f"{url}/board"
    count = page.get_by_role("row", name="town-a").get_by_role("cell").get_by_role("link").first
    expected = int("".join(sign for sign in count.inner_text() if sign.isdigit()))
    count.click()
    assert page.locator(".entry").count() == expected
    page.locator(".entry a").first.click()
    assert "/deadlines/" in page.url
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_shut_nobody_out(
    chromium: Browser, play: Play, url: str, size: ViewportSize, scheme: Any
) -> None:
    page = opened(chromium, size, script=True, color_scheme=scheme)
    number = play.row(REPORT).number
    found: dict[str, list[str]] = {}

    def look(path: str, but: tuple[str, ...] = ()) -> None:
        page.goto(url + path)
        options = {**RULES, "rules": {rule: {"enabled": False} for rule in but}}
        results = Axe().run(page, options=options).response
        wrong = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in results["violations"]]
        if wrong:
            found[path] = wrong
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path} is wider than the screen"

    look("/login")
    look(f"/enter?key={play.do(signing_in.invite).key}")
    look("/nothing")
    enter(page, play, url)
    for path in ("/board", "/board?by=item", "/mine", "/deadlines", f"/deadlines/{number}"):
        look(path)
    event = next(row.id for row in play.all(tables.events))
    incident = "/report?type=incident&party=town-a&title=Mill"
    for path in ("/report", incident, f"{incident}&step=back", f"{incident}&others=x&step=back"):
        look(path)
    look("/duty")
    for path in ("/cases", "/cases/fire", f"/events/{event}/correct", f"/events/{event}/cancel?step=back"):
        look(path)
    look(f"/events/{event}/cancel?step=back&reason=drill")
    play.report("draft", "park", received="2026-12-17T09:00")
    for name in (
        "draft-review@park/town-a",
        "incident-information@fire/town-a",
    ):  # a calendar, a line of hours
        look(f"/deadlines/{play.row(name).number}")
    december = "from=2026-12-01&to=2026-12-31"
    for path in ("/coming", "/coming?by=unit&days=31", "/year", "/roll", "/roll?item=yearly-report"):
        look(path)
    for path in (f"/bulletin?{december}&ranking=yes", f"/deadlines?{december}&which=owed"):
        look(path)
    look("/wall?every=0")
    look("/calendar?unit=town-a&case=fire")
    page.get_by_role("button", name="Give me an address").first.click()
    assert page.get_by_role("link", name="Subscribe on this device").is_visible()
    # It draws itself anew, as a clock does: how often, and whether at all, is chosen on it (WCAG 2.2, 2.2.1).
    look("/wall", but=("meta-refresh",))
    page.context.clear_cookies()
    enter(page, play, url, "ann")
    look("/me")
    page.context.close()
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_signing_in_shuts_nobody_out(
    chromium: Browser, play: Play, url: str, size: ViewportSize, scheme: Any
) -> None:
    """By a code, to the sessions and the PIN; then at the screen of a duty room, which asks who it is."""
    page = opened(chromium, size, script=True, color_scheme=scheme)

    def fits() -> None:
        results = Axe().run(page, options=RULES).response
        assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in results["violations"]] == []
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )

    page.goto(f"{url}/login")
    fits()
    page.get_by_label("Your name").fill("ann")
    page.get_by_role("button", name="Send me a code").click()
    fits()
    page.get_by_label("six digits").fill("1")
    page.get_by_role("button", name="Sign in").click()
    assert "4 guesses are left" in page.get_by_role("alert").inner_text()
    fits()
    play.deliver()
    sent = [row.body for row in play.deliveries_to("ann") if row.template == "sign-in"][-1]
    page.get_by_label("six digits").fill(next(iter(re.findall(r"\b\d{6}\b", sent))))
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{url}/mine"
    for path in ("/me/sessions", "/me/pin"):
        page.goto(url + path)
        fits()
    page.get_by_label("New PIN").fill("204681")
    page.get_by_label("Once more").fill("204681")
    page.get_by_role("button", name="Set it").click()
    assert "is set" in page.get_by_role("status").inner_text()
    page.context.clear_cookies()
    page.goto(f"{url}/enter?key={play.do(signing_in.invite, '', 'town-a').key}")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{url}/deadlines/{play.row(REPORT).number}")
    page.get_by_role("button", name="Received").click()
    fits()
    page.get_by_label("Officer").select_option("ann")
    page.get_by_label("PIN").fill("204682")
    page.get_by_role("button", name="Do it").click()
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    fits()
    page.get_by_label("PIN").fill("204681")
    page.get_by_role("button", name="Do it").click()
    assert "rest for a while" in page.get_by_role("status").inner_text()
    page.context.clear_cookies()
    enter(page, play, url)
    page.goto(f"{url}/sessions")
    fits()
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"])
def test_keepers_pages_shut_nobody_out(
    chromium: Browser, play: Play, url: str, size: ViewportSize, scheme: Any
) -> None:
    page = opened(chromium, size, script=True, color_scheme=scheme)
    enter(page, play, url)
    message = f"/messages/{play.all(tables.deliveries)[0].id:x}"
    found: dict[str, list[str]] = {}
    for path in ("", "/files", "/change", "/preview", "/messages", message, "/people", "/nodes", "/doctor"):
        page.goto(f"{url}/keeping{path}")
        if path == "/doctor":
            page.get_by_role("button", name="Examine now").click()
        results = Axe().run(page, options=RULES).response
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        wrong = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in results["violations"]]
        wrong += ["wider than the screen"] if wide else []
        if wrong:
            found[path] = wrong
    page.context.close()
    assert found == {}


def test_buttons_are_large_enough_for_a_thumb(chromium: Browser, play: Play, url: str) -> None:
    page = opened(chromium, PHONE)
    enter(page, play, url, "ann")
    page.goto(f"{url}/deadlines/{play.row(REPORT).number}")
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.context.close()


def test_a_bulletin_prints_without_what_is_for_the_screen(chromium: Browser, play: Play, url: str) -> None:
    page = opened(chromium, DESK)
    enter(page, play, url)
    page.goto(f"{url}/bulletin?from=2026-12-01&to=2026-12-31")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    for left_out in ("header", "footer", ".filter", ".files", "nav.boards"):
        assert not page.locator(left_out).first.is_visible(), left_out
    assert page.pdf().startswith(b"%PDF")
    page.context.close()


def test_a_wall_grows_loud_by_itself_when_nobody_draws_it_anew(
    chromium: Browser, play: Play, url: str
) -> None:
    page = opened(chromium, DESK, script=True)
    enter(page, play, url)
    page.goto(f"{url}/wall")
    stale = page.locator(".stale")
    assert not stale.is_visible()
    page.evaluate("document.getAnimations().forEach(each => each.finish())")  # so much time has passed
    assert stale.is_visible()
    assert "This picture is old" in stale.inner_text()
    page.context.close()


def test_a_wall_is_drawn_anew_without_scripts(chromium: Browser, play: Play, url: str) -> None:
    page = opened(chromium, DESK)
    enter(page, play, url)
    page.goto(f"{url}/wall?every=30")
    with page.expect_navigation(timeout=45_000):
        pass
    assert page.url == f"{url}/wall?every=30"
    page.context.close()


def test_every_form_unfolded_shuts_nobody_out(chromium: Browser, play: Play, url: str) -> None:
    page = opened(chromium, PHONE, script=True)
    number = play.row(REPORT).number
    enter(page, play, url)
    play.do(ask_extension, number, date(2027, 1, 15), "slow", actor=Actor("ann"))
    play.done("yearly-report@2026/town-b", by="eve")
    for path in ("/requests", "/reviews", "/together", f"/deadlines/{number}"):
        page.goto(url + path)
        for each in page.locator("details").all():
            each.evaluate("each => { each.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
        assert [each["id"] for each in Axe().run(page, options=RULES).response["violations"]] == []
    page.context.close()
