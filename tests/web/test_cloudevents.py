"""Events in the envelope of CloudEvents 1.0, as an incident platform sends them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alertd.store import tables
from tests.support.api import Client, client_of, refused
from tests.support.pages import Pages

KIND = "application/cloudevents+json"
DATA = {"case": "flood", "parties": ["town-b"]}
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "7",
    "source": "https://platform.example/incidents",
    "type": "incident",
    "time": "2026-12-17T01:00:00Z",
    "data": DATA,
}
STARTED = ["incident-information@flood/town-b"]


@pytest.fixture
def platform(pages: Pages) -> Client:
    return client_of(pages, "platform", ("report",))


def send(platform: Client, event: dict[str, Any], **headers: str) -> Any:
    return platform.post("/cloudevents", event, content_type=KIND, **headers)


def binary(platform: Client, data: Any, **attributes: str) -> Any:
    given = {f"ce_{name}": value for name, value in ({**EVENT, **attributes}).items() if name != "data"}
    return platform.post("/cloudevents", data, **given)


def test_a_structured_event_starts_what_it_starts(platform: Client) -> None:
    answered = send(platform, EVENT)
    assert (answered.status_code, answered.json()["started"]) == (201, STARTED)


def test_a_binary_event_is_the_same_event(platform: Client) -> None:
    assert binary(platform, DATA).json()["started"] == STARTED
    again = send(platform, EVENT)
    assert (again.status_code, again.json()["known"]) == (200, True)


def test_the_same_event_again_gets_the_same_answer_and_does_nothing(platform: Client, pages: Pages) -> None:
    first = send(platform, EVENT).json()
    count = len(pages.play.all(tables.audit))
    again = send(platform, EVENT)
    assert again.status_code == 200
    assert again.json() == first | {"known": True}
    assert len(pages.play.all(tables.audit)) == count


@pytest.mark.parametrize(
    "change",
    [{"time": "2026-12-17T01:30:00Z"}, {"type": "hearing"}, {"data": DATA | {"title": "another"}}],
)
def test_the_same_id_with_other_content_is_refused(platform: Client, change: dict[str, Any]) -> None:
    send(platform, EVENT)
    refused(send(platform, EVENT | change), 409, "event-differs")


def test_the_same_id_of_another_source_is_another_event(platform: Client) -> None:
    send(platform, EVENT)
    other = send(platform, EVENT | {"source": "https://other.example", "data": DATA | {"case": "other"}})
    assert other.status_code == 201


def test_a_type_that_nobody_knows_is_refused_with_those_there_are(platform: Client) -> None:
    problem = refused(send(platform, EVENT | {"type": "fire"}), 422, "event-type")
    assert "incident" in problem["values"]["known"].split(", ")


@pytest.mark.parametrize(
    ("change", "at", "code"),
    [
        ({"specversion": "0.3"}, "/specversion", "choice"),
        ({"time": "2026-12-17T09:00:00"}, "/time", "no-zone"),
        ({"id": ""}, "/id", "value"),
        ({"datacontenttype": "text/xml"}, "/datacontenttype", "choice"),
        ({"data": DATA | {"partys": []}}, "/data/partys", "unknown"),
        ({"data": {"case": "flood"}}, "/data/parties", "missing"),
        ({"data_base64": "e30="}, "/data_base64", "unknown"),
        ({"Time": "2026-12-17T01:00:00Z"}, "/Time", "unknown"),
        (
            {"data": DATA | {"instants": {"published": "2026-12-17T09:00:00"}}},
            "/data/instants/published",
            "no-zone",
        ),
    ],
)
def test_what_is_wrong_in_an_envelope_is_said_with_its_place(
    platform: Client, change: dict[str, Any], at: str, code: str
) -> None:
    problem = refused(send(platform, EVENT | change), 422, "fields")
    assert [(field["at"], field["code"]) for field in problem["fields"]] == [(at, code)]


def test_an_event_without_any_time_is_refused(platform: Client) -> None:
    event = {name: value for name, value in EVENT.items() if name != "time"}
    assert refused(send(platform, event), 422, "fields")["fields"][0]["at"] == "/time"


def test_extensions_are_taken_and_not_looked_at(platform: Client) -> None:
    assert send(platform, EVENT | {"traceparent": "00-1-2-01", "sequence": "1"}).status_code == 201


def test_a_batch_is_refused_for_what_it_is(platform: Client) -> None:
    text = json.dumps([EVENT])
    answered = platform.post("/cloudevents", text, content_type="application/cloudevents-batch+json")
    refused(answered, 415, "batch")


def test_json_without_an_envelope_is_no_event(platform: Client) -> None:
    refused(platform.post("/cloudevents", EVENT), 415, "kind")


def test_a_header_that_is_encoded_is_read(platform: Client) -> None:
    answered = binary(platform, DATA, id="%E6%B0%B4%201")
    assert answered.status_code == 201
    again = send(platform, EVENT | {"id": "水 1"})
    assert (again.status_code, again.json()["id"]) == (200, answered.json()["id"])
