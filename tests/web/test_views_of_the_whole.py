"""The board, what comes, the year, the roll, the bulletin and the wall say what the command line says.

One city with deadlines in every state: each number of a page is held against the command of the same name.
"""

from __future__ import annotations

import html
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from alertd.clock import SettableClock
from alertd.core.model import State
from alertd.store import nodes
from alertd.store.tables import deadlines
from tests.support.installed import installation, lay_down
from tests.support.pages import Pages, pages_of, text_of
from tests.support.play import Play
from tests.support.program import Program
from tests.support.register import at

REPORT = "rule-of-law-report"
COLOURS = ("red", "yellow", "green", "grey")
NOW = "2027-01-04T09:00"


def _play_out(alertd: Program) -> None:
    """Of the report one in each state, one with more time, one given to another unit; an incident."""

    def do(*argv: str) -> None:
        ran = alertd(*argv)
        assert ran.code == 0, (argv, ran.err)

    def of(unit: str) -> str:
        return f"{REPORT}@2026/{unit}"

    do("extend", "ask", of("town-liuan"), "--due", "2027-01-15", "--reason", "flood")
    do("extend", "grant", of("town-liuan"), "--approver", "石若蘭")
    alertd.at("2026-12-21T09:00:00+08:00")
    do("done", of("justice-bureau"))
    do("verify", of("justice-bureau"))
    do("done", of("audit-bureau"))
    do("return", of("audit-bureau"), "--reason", "佐證材料不全", "--due", "2027-01-08")
    do("done", of("finance-bureau"))
    do("waive", of("water-bureau"), "--reason", "merged", "--approver", "石若蘭")
    do("suspend", of("petitions-bureau"), "--reason", "audit")
    do("reassign", of("town-donghe"), "--to", "town-qinghe", "--reason", "merged")
    event = ("event", "report", "major-incident", "--severity=major", "--yes", "--party", "justice-bureau")
    do(*event, "--subject", "fire-1", "--published", "2026-12-21T08:00", "--id", "e1")
    do(*event, "--subject", "fire-2", "--published", "2026-12-21T08:00", "--id", "e2")
    do("event", "cancel", "e2", "--yes", "--reason", "false alarm")
    alertd.at(f"{NOW}:00+08:00")
    do(*event, "--subject", "fire-3", "--published", "2027-01-04T05:30", "--id", "e3")
    do(*event, "--subject", "fire-4", "--published", "2027-01-04T01:00", "--id", "e4")


@dataclass
class Both:
    """The command line and the pages over one store, at one instant."""

    alertd: Program
    pages: Pages

    def listed(self, **wanted: Any) -> int:
        """How many deadlines the list at an address has."""
        page = self.pages.get(f"/deadlines?{urlencode(wanted)}")
        assert page.status_code == 200, text_of(page.text)
        found = re.search(r"(\d+) deadlines?", text_of(page.text))
        assert found is not None
        return int(found[1])

    def counts(self, path: str) -> list[tuple[int, str]]:
        """The numbers of a page that are links to lists, with where they lead."""
        page = self.pages.get(path).text
        found = re.findall(r'<a [^>]*href="(/deadlines\?[^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
        read = [(re.search(r"\d+", re.sub(r"<[^>]*>", "", text)), address) for address, text in found]
        return [(int(number[0]), html.unescape(address)) for number, address in read if number]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = lay_down(tmp_path_factory.mktemp("played"))
    alertd = Program(folder, SettableClock(at("2026-11-23T09:00")), {"ALERTD_LANGUAGE": "en"})
    alertd.replace("config.toml", 'language = "zh-Hant"', 'language = "en"')
    assert alertd("list").code == 0
    _play_out(alertd)
    return folder


@pytest.fixture
def both(played: Path, tmp_path: Path) -> Iterator[Both]:
    folder = tmp_path / "city"
    shutil.copytree(played, folder)
    alertd = Program(folder, SettableClock(at(NOW)), {"ALERTD_LANGUAGE": "en"})
    found = installation(folder)
    store = found.open_store(upgrade=False)
    play = Play(store, found.ruling(store, at(NOW)), NOW)
    pages = pages_of(play, ruled_by=found.ruled_by)
    pages.sign_in()
    yield Both(alertd, pages)
    pages.client.close()
    store.close()


def test_the_store_has_deadlines_in_every_state(both: Both) -> None:
    states = {row.state for row in both.pages.play.all(deadlines)}
    assert states >= {*map(str, State)} - {State.WITHDRAWN}


@pytest.mark.parametrize("by", ["unit", "item"])
def test_the_board_has_the_numbers_of_the_command_and_each_opens_a_list_of_as_many(
    both: Both, by: str
) -> None:
    lights = both.alertd("board", "--by", by, "--json").json
    said = Counter({colour: sum(light[colour] for light in lights) for colour in COLOURS})
    assert all(said.values()), "a colour that is nowhere is tried nowhere"
    counts = both.counts(f"/board?by={by}")
    expected = [(light[colour], light[by], colour) for light in lights for colour in COLOURS if light[colour]]
    shown = [(number, address) for number, address in counts if f"{by}=" in address]
    assert [
        (number, f"/deadlines?{urlencode({'colour': colour, by: name})}") for number, name, colour in expected
    ] == shown
    for number, address in counts:
        wanted = dict(pair.split("=") for pair in address.partition("?")[2].split("&"))
        assert both.listed(**wanted) == number, address
    totals = {address: number for number, address in counts if f"{by}=" not in address}
    assert totals == {f"/deadlines?colour={colour}": said[colour] for colour in COLOURS}


@pytest.mark.parametrize("by", ["day", "unit", "item"])
@pytest.mark.parametrize("days", [14, 30])
def test_what_comes_is_what_the_command_lists(both: Both, by: str, days: int) -> None:
    states = ("scheduled", "open", "returned", "suspended")
    argv = [word for state in states for word in ("--state", state)]
    listed = both.alertd("list", "--days", str(days), *argv, "--json").json
    assert listed
    assert {each["standing"] for each in listed} >= {"overdue", "near", "on-track"}
    page = both.pages.get(f"/coming?by={by}&days={days}").text
    assert f"{len(listed)} deadlines" in text_of(page)
    shown = [int(number) for number in re.findall(r'href="/deadlines/(\d+)"', page)]
    assert sorted(shown) == sorted(each["number"] for each in listed)
    for number, address in both.counts(f"/coming?by={by}&days={days}"):
        wanted = dict(pair.split("=") for pair in address.partition("?")[2].split("&"))
        assert both.listed(**wanted) == number, address


@pytest.mark.parametrize("year", [2026, 2027])
def test_each_day_of_the_year_has_as_many_as_the_command_lists(both: Both, year: int) -> None:
    owed = [word for state in State if state not in ("cancelled", "withdrawn") for word in ("--state", state)]
    span = ("--from", f"{year}-01-01", "--to", f"{year}-12-31")
    listed = both.alertd("list", *span, *owed, "--json").json
    counts = both.counts(f"/year?year={year}")
    months = [each for each in counts if "-01&" in each[1]]
    assert sum(number for number, _ in months) >= len(listed) > 0
    page = text_of(both.pages.get(f"/year?year={year}").text)
    days = re.findall(r'from=(\S+)&amp;to=(\S+)"', both.pages.get(f"/year?year={year}").text)
    assert days
    for first, last in days:
        argv = ("--from", first, "--to", last, *owed)
        count = len(both.alertd("list", *argv, "--json").json)
        assert both.listed(**{"which": "owed", "from": first, "to": last}) == count
        assert f"{count} limit" in page


def test_the_roll_is_the_one_of_the_command(both: Both) -> None:
    printed = both.alertd("roll", REPORT, "--json").json
    page = both.pages.get(f"/roll?item={REPORT}").text
    said = text_of(page)
    spoken = both.alertd("roll", REPORT).out.splitlines()
    assert " ".join(spoken[0].split()) in said
    assert " ".join(spoken[1].split()) in said
    marks = re.findall(r'<tr class="mark-([a-z-]+)">', page)
    assert marks == [unit["mark"] for unit in printed["units"]]
    assert len(set(marks)) >= 6
    numbers = re.findall(r'href="/deadlines/(\d+)"', page)
    assert list(map(int, numbers)) == [unit["number"] for unit in printed["units"]]
    assert all(unit["phone"] in said for unit in printed["units"])


def test_the_roll_without_a_duty_offers_those_that_are_open(both: Both) -> None:
    items = [light["item"] for light in both.alertd("board", "--by", "item", "--json").json]
    page = both.pages.get("/roll").text
    assert sorted(re.findall(r'href="/roll\?item=([a-z0-9-]+)"', page)) == sorted(items)
    for item in items:
        assert both.pages.get(f"/roll?item={item}").status_code == 200


SPAN = ("--from", "2026-12-01", "--to", "2026-12-31")
AS_OF = "2027-01-04T01:00:00+00:00"


@pytest.mark.parametrize("more", [(), ("--ranking",), ("--previous", "2026-12-01T00:00")])
def test_the_bulletin_has_the_cells_of_the_command(both: Both, more: tuple[str, ...]) -> None:
    words = {"from": "2026-12-01", "to": "2026-12-31"}
    words |= {"ranking": "yes"} if "--ranking" in more else {}
    words |= {"previous": more[1]} if "--previous" in more else {}
    printed = both.alertd("bulletin", *SPAN, *more, "--format", "html").out
    page = both.pages.get(f"/bulletin?{urlencode(words)}").text

    def rows(text: str) -> list[list[str]]:
        lines = re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
        return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL) for line in lines]

    assert rows(printed) == rows(page)
    assert len(rows(page)) > 30
    csv = both.pages.get(f"/bulletin.csv?{urlencode(words)}").content
    assert csv.decode("utf-8-sig") == both.alertd("bulletin", *SPAN, *more, "--format", "csv").out.lstrip(
        "\ufeff"
    )
    book = both.pages.get(f"/bulletin.xlsx?{urlencode(words)}")
    sheets = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
    assert len(sheets) == page.count("<h2>")
    assert "bulletin-2026-12-01-2026-12-31.xlsx" in book.headers["content-disposition"]


def test_an_issue_has_an_address_that_says_the_same_for_ever(both: Both) -> None:
    page = both.pages.get("/bulletin?from=2026-12-01&to=2026-12-31").text
    kept = html.unescape(re.findall(r'href="(/bulletin\?[^"]*as_of[^"]*)"', page)[0])
    before = both.pages.get(kept).text
    play = both.pages.play
    play.now += timedelta(days=2)
    both.pages.sign_in()
    play.done(f"{REPORT}@2026/town-liuan")
    article = re.compile(r"<article.*</article>", re.DOTALL)
    assert article.findall(both.pages.get(kept).text) == article.findall(before)
    assert article.findall(both.pages.get("/bulletin?from=2026-12-01&to=2026-12-31").text) != article.findall(
        before
    )


def test_without_days_the_bulletin_is_about_the_month_before(both: Both) -> None:
    page = both.pages.get("/bulletin").text
    assert 'name="from" value="2026-12-01"' in page
    assert 'name="to" value="2026-12-31"' in page


def test_the_wall_has_the_numbers_of_the_board(both: Both) -> None:
    lights = both.alertd("board", "--json").json
    counts = {address: number for number, address in both.counts("/wall")}
    for colour in COLOURS:
        assert counts[f"/deadlines?colour={colour}"] == sum(light[colour] for light in lights)
    for light in lights[:14]:
        for colour in COLOURS:
            address = f"/deadlines?{urlencode({'colour': colour, 'unit': light['unit']})}"
            assert counts.get(address, 0) == light[colour]


# ---------------------------------------------------------------- the wall


def beat(play: Play) -> None:
    play.store.transact(lambda tx: nodes.beat(tx, "node-1", "1", play.now, play.now, {}))


def test_a_wall_draws_itself_anew_and_says_how_old_it_is(pages: Pages) -> None:
    pages.sign_in("gao")
    beat(pages.play)
    page = pages.get("/wall", **{"Accept-Language": "en"}).text
    assert '<meta http-equiv="refresh" content="60">' in page
    assert "Counted at 10:00:00" in text_of(page)
    assert "Daemon alive at 10:00:00" in text_of(page)
    assert 'class="loud"' not in page
    still = pages.get("/wall?every=0", **{"Accept-Language": "en"}).text
    assert "http-equiv" not in still
    assert "stands still" in text_of(still)


@pytest.mark.parametrize("every", [30, 60, 300])
def test_a_wall_that_nobody_draws_anew_says_so_after_three_turns(pages: Pages, every: int) -> None:
    pages.sign_in("gao")
    page = pages.get(f"/wall?every={every}").text
    assert f'class="stale every-{every}"' in page
    sheet = pages.get(re.findall(r'href="(/static/[^"]+)"', page)[0]).text
    delay = re.findall(rf"\.every-{every} {{ animation-delay: (\d+)s; }}", sheet)
    assert [3 * every < int(seconds) <= 3 * every + 10 for seconds in delay] == [True]


def test_a_wall_says_loudly_that_no_daemon_gives_a_sign(pages: Pages) -> None:
    pages.sign_in("gao")
    english = {"Accept-Language": "en"}
    assert "No daemon runs" in text_of(pages.get("/wall", **english).text)
    beat(pages.play)
    pages.play.now += timedelta(minutes=4)
    page = pages.get("/wall", **english).text
    assert "gave no sign since 10:00:00" in text_of(page)
    assert 'role="alert"' in page


def test_a_wall_comes_back_by_itself_after_a_fault(pages: Pages) -> None:
    pages.sign_in("gao")
    assert 'http-equiv="refresh"' in pages.get("/wall?every=7").text  # a page that says what is wrong
    assert 'http-equiv="refresh"' not in pages.get("/board?by=7").text


# ---------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/deadlines?from=tomorrow", "is no day"),
        ("/deadlines?from=2026-12-31&to=2026-12-01", "must not lie before"),
        ("/deadlines?days=3&to=2026-12-31", "not both"),
        ("/deadlines?days=99999", "at most"),
        ("/deadlines?from=0001-01-01", "outside the years"),
        ("/coming?days=63", "at most 62"),
        ("/year?year=26", "is no year"),
        ("/year?year=9999", "outside the years"),
        ("/roll?item=yearly-report&occurrence=1999", "no occurrence"),
        ("/roll?item=yearly-repot", "yearly-report"),
        ("/bulletin?from=2026-12-31&to=2026-12-01", "must not lie before"),
        ("/bulletin?as_of=2099-01-01T00:00", "lies ahead"),
        ("/bulletin.csv?from=x", "is no day"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(pages: Pages, path: str, said: str) -> None:
    pages.sign_in()
    answered = pages.get(path, **{"Accept-Language": "en"})
    assert answered.status_code == 409
    assert said in text_of(answered.text)


def test_a_limit_at_midnight_belongs_to_the_day_that_ends(pages: Pages) -> None:
    pages.sign_in()
    report = pages.play.row("yearly-report@2026/town-a")
    assert f"{report.due:%d %H:%M}" == "30 16:00"  # 24:00 of 30 December in Shanghai, in UTC
    link = f'href="/deadlines/{report.number}"'
    on_its_day = pages.get("/deadlines?which=ahead&from=2026-12-30&to=2026-12-30").text
    on_the_next = pages.get("/deadlines?which=ahead&from=2026-12-31&to=2026-12-31").text
    assert link in on_its_day
    assert link not in on_the_next


def test_what_files_know_no_more_is_listed_by_its_id(pages: Pages) -> None:
    pages.sign_in()
    play = pages.play
    register = play.world.register
    left = {name: duty for name, duty in register.obligations.items() if name != "yearly-report"}
    play.world = replace(play.world, register=replace(register, obligations=left))
    page = pages.get("/deadlines?item=yearly-report&which=ahead")
    assert page.status_code == 200
    assert page.text.count('<li class="entry">') >= 2


def test_days_are_counted_from_today(pages: Pages) -> None:
    pages.sign_in()
    page = pages.get("/coming?days=14").text
    days = [date(2026, 12, 17) + timedelta(days=number) for number in (0, 13)]
    assert f"from={days[0]}" in page
    assert f"to={days[1]}" in page
