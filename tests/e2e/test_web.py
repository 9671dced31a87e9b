"""Pages of the real daemon, and of a process beside it: signing in, handing in, and who hears of it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.daemon import PATIENCE, Site, until
from tests.support.pages import free_port

#: a deadline that nobody has handed in
OPEN = "SELECT number FROM deadlines WHERE state = 'open' AND event_id IS NULL LIMIT 1"


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path)


@contextmanager
def signed_in(site: Site, url: str) -> Iterator[httpx.Client]:
    link = site.run("web", "login-link").splitlines()[0]
    assert link.startswith(f"{url}/enter?key=")
    with httpx.Client(base_url=url, follow_redirects=True, timeout=PATIENCE) as browser:
        assert browser.post("/enter", data={"key": link.partition("key=")[2]}).url.path == "/board"
        yield browser


def serves(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", timeout=PATIENCE).status_code == 200
    except httpx.TransportError:
        return False


def press(browser: httpx.Client, path: str, act: str) -> httpx.Response:
    form = browser.get(path).text.partition(f'action="{path}/{act}"')[2]
    given = dict(re.findall(r'name="(token|once)" value="([^"]*)"', form)[:2])
    return browser.post(f"{path}/{act}", data=given)


def test_a_clerk_hands_in_by_a_page_of_the_daemon(site: Site) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    site.web_at(f"127.0.0.1:{port}")
    with site.daemon():
        until(lambda: serves(url), "pages are served")
        until(lambda: httpx.get(f"{url}/readyz").text == "ok\n", "rounds succeed")
        assert "\nalertd_loop_up 1.0\n" in httpx.get(f"{url}/metrics").text
        with signed_in(site, url) as browser:
            row = site.rows("SELECT number FROM deadlines WHERE state = 'open' AND event_id IS NULL LIMIT 1")[
                0
            ]
            path = f"/deadlines/{row.number}"
            assert press(browser, path, "received").status_code == 200
            assert 'role="status"' in press(browser, path, "handed-in").text
            assert site.rows("SELECT state FROM deadlines WHERE number = :n", n=row.number)[0].state == "done"
            site.web_at("")
            until(lambda: not serves(url), "pages end when the file says so")
            site.web_at(f"127.0.0.1:{port}")
            until(lambda: serves(url), "pages begin when the file says so")
            assert browser.get("/board").url.path == "/board"  # whoever was signed in still is
    assert not serves(url)


def test_two_daemons_on_one_place_are_no_reason_for_the_second_to_stop(site: Site, tmp_path_factory) -> None:
    port = free_port()
    site.web_at(f"127.0.0.1:{port}")
    with site.daemon():
        until(lambda: serves(f"http://127.0.0.1:{port}"), "pages are served")
        other = Site(tmp_path_factory.mktemp("other"))
        other.web_at(f"127.0.0.1:{port}")
        with other.daemon() as second:
            until(lambda: second.events("pages-not-served"), "it is logged that the place is taken")
            assert second.events("ready")
            assert not second.ended()


def test_pages_end_with_a_daemon_that_is_killed(site: Site) -> None:
    """Else it would go on answering for a loop that is no more, and keep the place from the next one."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    site.web_at(f"127.0.0.1:{port}")
    with site.daemon() as daemon:
        until(lambda: serves(url), "pages are served")
        daemon.kill()
        until(lambda: not serves(url), "pages end")
        daemon.start()
        until(lambda: serves(url), "pages are served by the next one")


def test_pages_are_served_beside_a_daemon_by_a_process_of_their_own(site: Site) -> None:
    with site.daemon() as daemon:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        site.web_at("")
        until(lambda: daemon.events("reloaded"), "the daemon serves none")
        words = ["--config", str(site.folder), "web"]
        site.run("web", code=78)
        site.web_at(f"127.0.0.1:{port}")
        until(lambda: serves(url), "the daemon serves them")
        site.run("web", code=75)
        taken = subprocess.run(
            [sys.executable, "-m", "alertd", *words],
            capture_output=True, text=True, env=site.environ, timeout=60, check=False,
        )  # fmt: skip
        assert "Traceback" not in taken.stderr
    beside = subprocess.Popen([sys.executable, "-m", "alertd", *words], env=site.environ)
    try:
        until(lambda: serves(url), "pages are served by themselves")
        until(lambda: httpx.get(f"{url}/readyz").text == "missing: daemon\n", "nobody reminds anybody")
        assert 'alertd_nodes{state="running"} 0.0' in httpx.get(f"{url}/metrics").text
        row = site.rows(OPEN)[0]
        with signed_in(site, url) as browser:
            assert press(browser, f"/deadlines/{row.number}", "handed-in").status_code == 200
        assert site.rows("SELECT state FROM deadlines WHERE number = :n", n=row.number)[0].state == "done"
    finally:
        beside.terminate()
        assert beside.wait(PATIENCE) in (0, -15)


def test_whoever_is_asked_answers_by_the_link_of_the_message(site: Site) -> None:
    """In the rehearsal too: the message stays on this machine, and so does what its link leads to."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    site.web_at(f"127.0.0.1:{port}")
    with site.daemon():
        until(lambda: serves(url), "pages are served")
        words = "event report major-incident --severity major --subject fire --party town-donghe --yes"
        site.run(*words.split())
        asked = "SELECT body FROM deliveries WHERE state <> 'waiting' AND body LIKE '%/handed-in%'"
        until(lambda: site.rows(asked), "somebody is asked")
        text = site.rows(asked)[0].body
        link = re.search(rf"{url}(/m/[a-z0-9-]+)/handed-in$", text, re.MULTILINE)
        assert link is not None, text
        with httpx.Client(base_url=url, follow_redirects=True, timeout=PATIENCE) as browser:
            page = browser.get(f"{link[1]}/handed-in")
            paths = re.findall(r'href="(/m/[^"]+/deadlines/\d+)"', page.text) or [page.url.path]
            number = paths[0].rpartition("/")[2]
            assert 'role="status"' in press(browser, paths[0], "handed-in").text
        row = site.rows("SELECT state FROM deadlines WHERE number = :n", n=int(number))[0]
        assert row.state == "done"
