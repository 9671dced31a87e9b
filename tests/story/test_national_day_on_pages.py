"""National Day by page only: a telephone in the night, from the first call to the end of the case.

Nobody types a command. What is reported is read back before it counts, what was wrong is put right on the
page of the case, and somebody who sleeps is paged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

from alertd.engine.ruling.scope import Actor, Scope
from alertd.web.application import application
from alertd.web.backing import Backing
from tests.story.city import City, at
from tests.support.pages import HERE, SETTINGS, Browser, Pages

T = TypeVar("T")

TOWN = "town-donghe"
CASE = "warehouse"
INFORMATION, CONFERENCE = f"incident-information@{CASE}/{TOWN}", f"press-conference@{CASE}/{TOWN}"


class Night(City):
    """The city, with a telephone in it."""

    def do(self, work: Callable[..., T], *args: Any) -> T:
        """Make the links that let somebody in, as the office does."""
        return self.store.transact(lambda tx: work(Scope(tx, self.world, self.now, Actor("office")), *args))

    def holder(self, position: str, unit: str = TOWN) -> str:
        """Who holds a position."""
        found = self.world.directory.resolve(position, unit, None, self.now).holders
        return found[0].person.id


class Telephone:
    """One person's browser. Every press goes through the form of a page."""

    def __init__(self, pages: Pages, who: str) -> None:
        self._pages = pages
        pages.client.cookies.clear()
        pages.sign_in(who)

    def read(self, path: str) -> str:
        return self._pages.read(path)

    def press(self, path: str, form: str, **given: str) -> str:
        """Press the button of a form; the text of the page it leads to."""
        answered = self._pages.press(path, form, **given)
        assert answered.status_code == 303, answered.text
        return self._pages.read(answered.headers["location"])

    def report(self, **told: str) -> str:
        """Report an event in this case: read back, then counted. What was read back."""
        path = "/report?" + urlencode({"party": TOWN, "case": CASE, "step": "back", **told})
        said = self.read(path)
        self.press(path, "/report")
        return said

    def event(self, place: int) -> str:
        """The address of an event of the case, by its place on the page."""
        page = self._pages.get(f"/cases/{CASE}").text
        found: list[str] = list(dict.fromkeys(re.findall(r'href="(/events/[^"/]+)/', page)))
        return found[place]


@pytest.fixture
def night() -> Iterator[tuple[Night, Callable[[str], Telephone]]]:
    """02:45 on National Day; anybody may take up a telephone."""
    city = Night("2026-10-01 02:45")
    backing = Backing(city.store, lambda: city.world, lambda: city.now, SETTINGS)
    pages = Pages(city, Browser(application(backing), HERE), backing)  # type: ignore[arg-type]
    pages.client.headers["Accept-Language"] = "zh-TW"
    yield city, lambda who: Telephone(pages, who)
    pages.client.close()


def test_the_night_of_a_fire_by_telephone(night: tuple[Night, Callable[[str], Telephone]]) -> None:
    city, take = night

    # The duty officer hears of a fire at 02:40, and nobody has confirmed it.
    duty = take(city.holder("duty"))
    first = {"type": "major-incident", "case": "", "called": CASE, "title": "倉庫火災"}
    said = duty.report(**first, received="2026-10-01T02:40", severity="major", unconfirmed="yes")
    assert "將起算2項時限" in said
    assert "07:40屆滿" in said
    assert "待核實" in said
    told = city.until("2026-10-01 02:50")
    assert {position for m in told for position in m.positions} <= {"duty", "duty-leader"}
    assert all("尚缺事件發佈時間" in "".join(m.text.split()) for m in told)

    # It is true: the leaders hear. The news was out at 02:10, and that moves both limits.
    event = duty.event(0)
    assert "已核實" in duty.press(f"{event}/confirm", f"{event}/confirm")
    told = city.until("2026-10-01 03:00")
    assert "contact" in {position for m in told for position in m.positions}
    given = {"received": "2026-10-01T02:40", "published": "2026-10-01T02:10", "reason": "補報發佈時間"}
    back = f"{event}/correct?{urlencode({**given, 'step': 'back'})}"
    assert re.search(r"由10月1日\(星期四\)07:40改為10月1日\(星期四\)07:10", duty.read(back))
    duty.press(back, f"{event}/correct")
    assert city.row(INFORMATION).due == at("2026-10-01 07:10")

    # The contact says on the page of the deadline that it has been received, and has peace.
    number = city.row(INFORMATION).number
    contact = take(city.holder("contact"))
    assert "已簽收" in contact.press(f"/deadlines/{number}", f"/deadlines/{number}/received")

    # At 06:33 nothing is published yet; the leader in charge pages the principal.
    city.until("2026-10-01 06:33")
    leader, principal = take(city.holder("leader-in-charge")), city.holder("principal")
    paged = {"person": principal, "reason": "信息尚未發佈"}
    leader.press(f"/deadlines/{number}", f"/deadlines/{number}/paged", **paged)
    heard = [m for m in city.until("2026-10-01 06:34") if m.person == principal]
    assert ["請即查看" in m.subject and "信息尚未發佈" in m.text for m in heard] == [True]

    # The conference at 08:30 closes its own clock; the information comes at last, and is late for ever.
    city.until("2026-10-01 09:00")
    duty = take(city.holder("duty"))
    assert "將了結1項" in duty.report(type="press-conference-held", started="2026-10-01T08:30")
    assert (city.row(CONFERENCE).state, city.row(CONFERENCE).breach) == ("done", "")
    assert (city.row(INFORMATION).state, city.case(CASE).closed_at) == ("open", None)
    duty.report(type="information-published", published="2026-10-01T08:50")
    assert (city.row(INFORMATION).state, city.row(INFORMATION).breach) == ("done", "late")
    assert city.case(CASE).closed_at == city.now

    # Whoever opens the case sees the whole night on one line.
    page = take(city.holder("contact")).read(f"/cases/{CASE}")
    assert "倉庫火災" in page
    order = ["新聞發佈會已舉辦", "已報送：舉辦新聞發佈會", "已報送：發佈權威信息"]
    assert [text for text in order if text not in page] == []
