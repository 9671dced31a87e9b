"""A month of the supervision office from pages alone: nobody types a command, and the record says who did it.

The shipped city, live, with files of its own. Mr Bai supervises; the office keeps the files.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from alertd.installation import Installation
from alertd.store import audit, revisions, settings, tables
from alertd.web.keeping import Keeping
from tests.support.installed import NOW, change, installation, lay_down, started, with_real_addresses
from tests.support.pages import Pages, pages_of, text_of
from tests.support.play import Play

SUPERVISOR = "bai-siyuan.supervision-office"
TOWN = "town-donghe"
REPORT = f"rule-of-law-report@2026/{TOWN}"
DUTY = "reports-heard"
SILENT = f"{DUTY}@2026-h2/{TOWN}"
FILE = "schedules/chapter-7.toml"


@dataclass
class Month:
    """The store of a city, its files, and whoever sits at a browser."""

    play: Play
    here: Installation
    another: Callable[[], Pages]

    def at(self, who: str) -> Pages:
        """A browser of somebody's own."""
        found = self.another()
        found.client.headers["accept-language"] = "en"
        found.sign_in(who)
        return found

    def holder(self, position: str) -> str:
        """Who holds a position in the town."""
        found = self.play.world.directory.resolve(position, TOWN, None, self.play.now).holders
        return found[0].person.id

    def looks(self) -> bool:
        """What the daemon does when a file was saved; whether something waits for a release."""
        look = self.here.look(self.here.remembered(self.play.store))
        found = look.installation.reconcile(self.play.store, self.play.now, look.files)
        assert found.world is not None
        self.here, self.play.world = look.installation, found.world
        return found.held is not None

    @property
    def path(self) -> str:
        """The page of the town's report."""
        return f"/deadlines/{self.play.row(REPORT).number}"

    def recorded(self) -> list[tuple[str, str]]:
        """What was done to the report, and by whom."""
        with self.play.store.read() as tx:
            rows = audit.of_deadline(tx, self.play.row(REPORT).number)
        return [(row.action, row.actor) for row in rows if row.actor != "alertd"]

    def applied(self) -> str:
        with self.play.store.read() as tx:
            return revisions.applied(tx)[FILE]


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    """The end of November."""
    folder = with_real_addresses(lay_down(tmp_path))
    started(folder)[1].close()  # while config.toml says live no store is made
    change(folder / "config.toml", 'mode = "rehearsal"', 'mode = "live"')
    here, store = started(folder)
    since = (NOW - timedelta(days=9)).isoformat()
    store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, since))
    here = installation(folder).settled(store)
    found = here.reconcile(store, NOW)
    assert found.world is not None
    play, browsers = Play(store, found.world, "2026-11-22T20:00"), list[Pages]()

    def another() -> Pages:
        browsers.append(pages_of(play, keeping=Keeping(store, here.node.file, {})))
        return browsers[-1]

    yield Month(play, here, another)
    for each in browsers:
        each.client.close()
    store.close()


def press(pages: Pages, path: str, form: str, **given: object) -> str:
    """Press a button of a page; what the page it leads to says."""
    answered = pages.press(path, form, **given)
    assert answered.status_code == 303, text_of(answered.text)
    return pages.read(answered.headers["location"])


def pdf(name: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    """A file somebody chooses in a form."""
    return [("files", (name, f"%PDF {name}".encode(), "application/pdf"))]


def test_a_month_of_the_supervision_office(month: Month) -> None:
    month.play.go("2026-12-17T09:00")
    looks_around(month)
    grants_more_time(month)
    reviews_a_report(month)
    pages_somebody(month)
    a_change_of_files_is_released(month)
    month.play.go("2027-01-04T09:00")
    reads_the_bulletin(month)
    ends_a_session(month)
    contact = month.holder("contact")
    assert month.recorded() == [
        ("extension-asked", contact),
        ("extended", SUPERVISOR),
        ("evidence-kept", contact),
        ("done", contact),
        ("returned", SUPERVISOR),
        ("evidence-kept", contact),
        ("done", contact),
        ("verified", SUPERVISOR),
    ]


def looks_around(month: Month) -> None:
    """How all stand, and what the next days bring; both lead to lists with the town's report in them."""
    supervisor = month.at(SUPERVISOR)
    assert supervisor.get("/").headers["location"] == "/board"
    for page, wanted in (
        ("/board", f"unit={TOWN}"),
        ("/coming?days=14&by=item", "item=rule-of-law-report"),
    ):
        found = re.search(rf'href="(/deadlines\?[^"]*{wanted}[^"]*)"', supervisor.get(page).text)
        assert found is not None, page
        assert f'href="{month.path}"' in supervisor.get(html.unescape(found[1])).text


def grants_more_time(month: Month) -> None:
    """The town asks, and it is decided where it waits."""
    contact, supervisor = month.at(month.holder("contact")), month.at(SUPERVISOR)
    press(contact, month.path, f"{month.path}/more-time", end="2027-01-08", reason="the council meets late")
    assert "the council meets late" in supervisor.read("/requests")
    press(supervisor, month.path, f"{month.path}/granted")
    assert "the council meets late" not in supervisor.read("/requests")
    assert f"{month.play.row(REPORT).last_day}" == "2027-01-08"


def reviews_a_report(month: Month) -> None:
    """It comes, goes back for its seal, comes again, and is struck off."""
    play, path = month.play, month.path
    play.go("2026-12-21T09:00")
    contact, supervisor = month.at(month.holder("contact")), month.at(SUPERVISOR)
    press(contact, path, f"{path}/handed-in", files=pdf("report.pdf"))
    assert "report.pdf" in supervisor.read(path)
    press(supervisor, path, f"{path}/returned", reason="no seal")

    play.go("2026-12-22T09:00")
    contact, supervisor = month.at(month.holder("contact")), month.at(SUPERVISOR)
    assert "no seal" in contact.read(path)
    press(contact, path, f"{path}/handed-in", files=pdf("sealed.pdf"))
    waiting, number = supervisor.get("/reviews").text, str(play.row(REPORT).number)
    assert f'value="{number}"' in waiting
    struck = supervisor.press_on(waiting, "/reviews", numbers=[number])
    assert struck.headers["location"] == "/reviews?count=1"
    assert play.row(REPORT).state == "verified"


def pages_somebody(month: Month) -> None:
    """Of another duty nothing is heard: the head of the town is asked to look now."""
    play, supervisor, head = month.play, month.at(SUPERVISOR), month.holder("principal")
    silent, before = f"/deadlines/{play.row(SILENT).number}", len(play.sent)
    press(supervisor, silent, f"{silent}/paged", person=head, reason="nobody answers")
    play.go("2026-12-22T09:05")
    heard = [each.message.text for each in play.sent[before:] if each.row.person == head and each.message]
    assert ["nobody answers" in text for text in heard] == [True]


def a_change_of_files_is_released(month: Month) -> None:
    """That duty was taken out of the files, and what they say no more waits for somebody's word."""
    file = month.here.node.file.parent / FILE
    text = file.read_text("utf-8")
    begins = text.index(f'[[obligation]]\nid = "{DUTY}"')
    without = text[:begins] + text[text.index("[[obligation]]", begins + 1) :]
    file.write_text(without, "utf-8")
    assert month.looks()
    assert month.at(SUPERVISOR).get("/keeping/change").status_code == 403
    office = month.at("")
    assert "to withdraw" in office.read("/keeping/change")
    assert office.press("/keeping/change", "/keeping/change", reason="").status_code == 409
    assert month.applied() == text
    assert month.play.row(SILENT).state == "open"
    press(office, "/keeping/change", "/keeping/change", reason="dropped by the plan of 2027")
    assert month.applied() == without
    assert not month.looks()
    assert month.play.row(SILENT).state == "withdrawn"
    rows = [row for row in month.play.all(tables.audit) if row.action == "revision-applied"]
    assert rows[-1].detail["reason"] == "dropped by the plan of 2027"
    assert rows[-1].actor.startswith("web:")


def reads_the_bulletin(month: Month) -> None:
    """What became of December, on a page and in two kinds of files that say the same."""
    supervisor, days = month.at(SUPERVISOR), "from=2026-12-01&to=2026-12-31"
    name = month.play.world.party_name(TOWN)["en"]
    assert name in supervisor.read(f"/bulletin?{days}")
    table = supervisor.get(f"/bulletin.csv?{days}")
    assert table.headers["content-disposition"].endswith("bulletin-2026-12-01-2026-12-31.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    of_town = [[cell for cell in row if cell] for row in rows if row[:1] == [name]]
    assert of_town
    book = openpyxl.load_workbook(io.BytesIO(supervisor.get(f"/bulletin.xlsx?{days}").content))
    in_book = [
        [str(cell) for cell in row if cell is not None]
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
    ]
    assert [row for row in of_town if row not in in_book] == []


def ends_a_session(month: Month) -> None:
    """A screen in the meeting room was left open: it is ended from one's own, and that one stays."""
    left_open, supervisor = month.at(SUPERVISOR), month.at(SUPERVISOR)
    assert left_open.get("/board").status_code == 200
    press(supervisor, "/me/sessions", "/me/sessions", every="yes")
    assert left_open.get("/board").headers["location"] == "/login"
    assert supervisor.get("/board").status_code == 200
