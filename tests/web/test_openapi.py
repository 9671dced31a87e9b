"""The document of the API against the program: sound, checked in, and true of what is answered.

What schemathesis sends is derived from the document: what fits it, and what does not. The seed is fixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from alertd.store.database import memory_store
from alertd.web.api.endpoint import Endpoint, NoBody
from alertd.web.api.openapi import document, text
from alertd.web.routes import ENDPOINTS
from tests.support.api import Client, client_of
from tests.support.pages import Pages, pages_of
from tests.support.play import Play
from tests.support.register import tiny_register, world

PAGE = Path(__file__).parents[2] / "docs" / "schema" / "openapi.json"
#: requests to each address, of each kind
EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
#: who may is tried elsewhere: every request here has a good token
SCHEMA = schemathesis.openapi.from_dict({**document(), "security": []})


def _path(endpoint: Endpoint) -> str:
    return endpoint.path.replace(":int", "")


def _tried() -> list[tuple[Endpoint, GenerationMode]]:
    """Where nothing but the path could be wrong only what fits is sent."""
    both = [(endpoint, mode) for endpoint in ENDPOINTS for mode in GenerationMode]
    takes = {each.name for each in ENDPOINTS if each.method == "POST" or each.takes is not NoBody}
    return [(each, mode) for each, mode in both if mode is GenerationMode.POSITIVE or each.name in takes]


def _named(value: Endpoint | GenerationMode) -> str:
    return value.name if isinstance(value, Endpoint) else value.value


TRIED = _tried()


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    store = memory_store()
    play = Play(store, world(tiny_register()), "2026-12-01T10:00")
    play.plan()
    play.go("2026-12-17T10:00")
    found = pages_of(play, keeping=None)
    yield found
    found.client.close()
    store.close()


@pytest.fixture(scope="module")
def office(pages: Pages) -> Client:
    return client_of(pages, "office")


def test_the_document_is_sound() -> None:
    validate(document())


def test_the_document_in_the_docs_is_this_one() -> None:
    assert PAGE.read_text("utf-8") == text(), "run alertd schema openapi --write docs/schema"


def test_it_is_served_to_whoever_asks(pages: Pages) -> None:
    assert pages.get("/api/v1/openapi.json").json() == document()


def test_every_address_is_in_it_by_a_name_of_its_own() -> None:
    described = [each["operationId"] for path in document()["paths"].values() for each in path.values()]
    assert sorted(described) == sorted({endpoint.name for endpoint in ENDPOINTS})


@pytest.mark.parametrize(("endpoint", "mode"), TRIED, ids=_named)
def test_what_is_answered_is_as_the_document_says(
    office: Client, endpoint: Endpoint, mode: GenerationMode
) -> None:
    operation = SCHEMA[_path(endpoint)][endpoint.method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        case.validate_response(_sent(office, case), checks=CHECKS)

    tried()


def _sent(office: Client, case: Any) -> httpx.Response:
    """What a case asks, with a good token."""
    asked = case.as_transport_kwargs(base_url="http://127.0.0.1:8470")
    headers = {name: value for name, value in (asked.get("headers") or {}).items() if name.lower() != "host"}
    headers |= {"authorization": f"Bearer {office.secret}", "accept-language": "en"}
    content = asked.get("data")
    if "json" in asked:
        content = json.dumps(asked["json"]).encode()
    if case.media_type:
        headers["content-type"] = case.media_type
    if asked.get("files"):
        form = httpx.Request("POST", asked["url"], files=asked["files"])
        content, headers["content-type"] = form.read(), form.headers["content-type"]
    url = httpx.URL(asked["url"], params=asked["params"]) if asked.get("params") else asked["url"]
    return office.pages.client.send(case.method, str(url), content, headers)
