"""Every page as everybody: the table of who sees what, against what is answered."""

from __future__ import annotations

import pytest

from alertd.core.sights import SIGHTS, Eye, Sight
from alertd.web.page import Route
from alertd.web.routes import ROUTES
from tests.support.pages import Pages, address_of

#: who looks, and what they are: of the unit that the deadline below concerns, of another, the supervisor
EVERYBODY: dict[str, set[Eye]] = {
    "nobody": {Eye.ANYBODY},
    "ann": {Eye.PERSON, Eye.UNIT},
    "eve": {Eye.PERSON},
    "gao": {Eye.PERSON, Eye.SUPERVISOR},
    "desk town-a": {Eye.DESK, Eye.UNIT},
    "desk town-b": {Eye.DESK},
    "": {Eye.OFFICE},
}
REPORT = "yearly-report@2026/town-a"


def _named(route: Route) -> str:
    return f"{route.method} {route.path}"


def _try(pages: Pages, route: Route, who: str) -> int:
    if who != "nobody":
        pages.sign_in(who)
    path = address_of(pages.play, route.path, REPORT)
    if route.changes:
        return pages.client.post(path, data={"language": "en"}).status_code
    return pages.get(path).status_code


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("route", ROUTES, ids=_named)
def test_a_page_is_shown_to_whom_the_table_names_and_to_nobody_else(
    pages: Pages, route: Route, who: str
) -> None:
    status = _try(pages, route, who)
    eyes = EVERYBODY[who]
    may = bool(SIGHTS[route.sight] & eyes)
    if route.sight is Sight.MESSAGE:
        assert status == 404  # whoever is signed in: a link lets in, and this is none
    elif not may:
        assert status == (303 if who == "nobody" else 403)
    elif "{" in route.path and not SIGHTS[Sight.UNITS] & eyes:
        assert status == (403 if route.changes else 409)  # another unit's: as if there were none
    elif route.token and route.changes:
        assert status == 403  # the form came from no page
    else:
        assert status in (200, 303, 409)
