"""Every page as everybody: the table of who sees what, against what is answered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from alertd.core.permits import May
from alertd.core.sights import SIGHTS, Eye, Sight
from alertd.web.api.endpoint import BASE, Endpoint, NoBody
from alertd.web.page import Route
from alertd.web.routes import ENDPOINTS, ROUTES
from tests.support.api import Client, client_of, refused
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
    elif route.path.endswith((".ics", ".svg")):
        assert status == 404  # the address alone lets in, and this is none
    elif "{" in route.path and not SIGHTS[Sight.UNITS] & eyes:
        assert status == (403 if route.changes else 409)  # another unit's: as if there were none
    elif route.token and route.changes:
        assert status == 403  # the form came from no page
    else:
        assert status in (200, 303, 404, 409)  # 404: the deadline has no such file


# ---------------------------------------------------------------- other systems

#: who holds a token: what it was made with, and what its holder is towards the deadline
HOLDERS: dict[str, tuple[dict[str, Any], set[Eye]]] = {
    "nobody": ({}, set()),
    "the office": ({}, {Eye.OFFICE}),
    "the office for its unit": ({"parties": ("town-a",)}, {Eye.PERSON, Eye.UNIT}),
    "the office for another unit": ({"parties": ("town-b",)}, {Eye.PERSON}),
    "one of its unit": ({"person": "ann"}, {Eye.PERSON, Eye.UNIT}),
    "one of another unit": ({"person": "eve"}, {Eye.PERSON}),
    "a supervisor": ({"person": "gao"}, {Eye.PERSON, Eye.SUPERVISOR}),
    "a supervisor for another unit": ({"person": "gao", "parties": ("town-b",)}, {Eye.PERSON}),
}
QUERIES = {"getLimits": "?rule=5%20days", "getBulletin": "?from=2026-12-01&to=2026-12-31"}
#: what would be taken where it came from somebody who may
BODIES = {
    "reportEvent": {
        "type": "incident",
        "case": "flood",
        "parties": ["town-a"],
        "instants": {"published": "2026-12-17T09:00:00+08:00"},
    }
}


def _asked(client: Client, endpoint: Endpoint) -> httpx.Response:
    number = str(client.pages.play.row(REPORT).number)
    path = endpoint.path.removeprefix(BASE).replace("{number:int}", number)
    for name, value in {"event": "e1", "case": "fire", "unit": "town-a", "feed": "none"}.items():
        path = path.replace(f"{{{name}}}", value)
    if endpoint.method == "GET":
        return client.get(path + QUERIES.get(endpoint.name, ""))
    if endpoint.uploads:
        return client.upload(path, ("a.pdf", b"a"))
    return client.post(path, BODIES.get(endpoint.name, {}))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_an_address_is_there_for_whom_the_table_names_with_a_token_for_it(
    pages: Pages, endpoint: Endpoint
) -> None:
    for place, (who, (made, eyes)) in enumerate(HOLDERS.items()):
        client = client_of(pages, f"t{place}", (endpoint.may,), **made)
        client.secret = client.secret if eyes else ""
        answered = _asked(client, endpoint)
        if not eyes:
            assert answered.status_code == 401, who
        elif not SIGHTS[endpoint.sight] & eyes:
            refused(answered, 403, "not-yours")
        elif "{number:int}" in endpoint.path and not SIGHTS[Sight.UNITS] & eyes:
            if endpoint.takes is NoBody or endpoint.name == "act-acknowledge":
                refused(answered, 404, "no-deadline")
            assert answered.status_code in (404, 422), who
        else:
            assert answered.status_code not in (401, 500), who
        others = [may for may in May if may != endpoint.may]
        other = client_of(pages, f"o{place}", others, **made)
        refused(_asked(other, endpoint), 403, "token-may-not")


def test_a_session_opens_no_address_of_the_api_and_a_token_no_page(pages: Pages) -> None:
    office = client_of(pages, "office")
    assert pages.get("/board", authorization=f"Bearer {office.secret}").status_code == 303
    pages.sign_in()
    office.secret = ""
    for endpoint in ENDPOINTS:
        assert _asked(office, endpoint).status_code == 401
