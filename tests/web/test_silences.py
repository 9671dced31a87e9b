"""The reminders of a deadline are held, and go on, from its page and by the API."""

from __future__ import annotations

from alertd.store import tables
from tests.support.pages import Pages

REPORT = "yearly-report@2026/town-a"
INCIDENT = "incident-information@fire/town-a"


def path_of(pages: Pages, name: str = REPORT) -> str:
    return f"/deadlines/{pages.play.row(name).number}"


def test_who_watches_over_it_holds_its_reminders_and_lets_them_go_on(pages: Pages) -> None:
    pages.sign_in("gao")
    path = path_of(pages)
    assert f'action="{path}/unsilenced"' not in pages.get(path).text
    answered = pages.press(path, f"{path}/silenced", until="2026-12-20", reason="agreed with the mayor")
    assert answered.headers["location"] == f"{path}?done=silenced"
    page = pages.read(answered.headers["location"])
    assert "held until that day" in page
    assert "agreed with the mayor" in page
    assert pages.press(path, f"{path}/unsilenced").status_code == 303
    (row,) = pages.play.all(tables.overrides)
    assert row.ended_by.startswith("gao")
    assert f'action="{path}/unsilenced"' not in pages.get(path).text


def test_a_day_that_is_over_is_refused_with_what_to_do(pages: Pages) -> None:
    pages.sign_in("gao")
    path = path_of(pages)
    refused = pages.press(path, f"{path}/silenced", until="2026-12-01", reason="agreed")
    assert refused.status_code == 409
    assert pages.press(path, f"{path}/silenced", until="", reason="agreed").status_code == 409
    assert pages.play.all(tables.overrides) == []


def test_nobody_is_offered_what_is_not_theirs_or_of_no_use(pages: Pages) -> None:
    pages.sign_in("ann")
    assert "/silenced" not in pages.get(path_of(pages)).text
    pages.client.cookies.clear()
    pages.sign_in("gao")
    assert "/silenced" not in pages.get(path_of(pages, INCIDENT)).text
