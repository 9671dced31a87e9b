"""The API: lists by pages, acts, events, figures, the calculator; what is strange is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alertd.engine.operations.catalogue import ON_A_DEADLINE
from alertd.store import tables
from alertd.web.api import foreseen
from alertd.web.api.acts import DOINGS
from alertd.web.guarding import LARGEST_BODY
from alertd.web.pages.looks import Ahead, Outlook
from tests.support.api import Client, client_of, refused
from tests.support.pages import Pages

REPORT = "yearly-report@2026/town-a"
FIRE = "incident-information@fire/town-a"
FLOOD: dict[str, Any] = {
    "type": "incident",
    "case": "flood",
    "parties": ["town-b"],
    "instants": {"published": "2026-12-17T09:00:00+08:00"},
    "id": "flood-1",
}


@pytest.fixture
def office(pages: Pages) -> Client:
    return client_of(pages, "office")


def one(pages: Pages, name: str = REPORT) -> str:
    return f"/deadlines/{pages.play.row(name).number}"


# ---------------------------------------------------------------- deadlines


def test_a_list_comes_by_pages_each_deadline_once_and_in_order(office: Client) -> None:
    whole = office.read("/deadlines?limit=200&finished=true")["deadlines"]
    assert len(whole) > 5
    found, cursor = [], ""
    while True:
        page = office.read(f"/deadlines?limit=2&finished=true&cursor={cursor}")
        assert len(page["deadlines"]) <= 2
        found += page["deadlines"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole
    dues = [each["due"] for each in whole if each["due"]]
    assert dues == sorted(dues)
    assert [each["due"] for each in whole[: len(dues)]] == dues


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNi0xMi0zMSA1", "IC0x", "w7w"])
def test_a_cursor_that_is_none_of_ours_is_refused(office: Client, cursor: str) -> None:
    refused(office.get(f"/deadlines?cursor={cursor}"), 400, "cursor")


def test_a_list_is_narrowed_by_state_standing_unit_duty_and_case(office: Client) -> None:
    def ids(query: str) -> set[str]:
        return {each["id"] for each in office.read(f"/deadlines?limit=200&{query}")["deadlines"]}

    assert FIRE in ids("case=Fire")
    assert ids("obligation=yearly-report&party=town-b") == {
        "yearly-report@2026/town-b",
        "yearly-report@2027/town-b",
    }
    assert ids("state=done") == set()
    assert REPORT in ids("standing=on-track")


@pytest.mark.parametrize(
    ("query", "at", "code"),
    [
        ("partie=town-a", "/partie", "unknown-near"),
        ("limit=0", "/limit", "value"),
        ("limit=many", "/limit", "value"),
        ("state=closed", "/state", "choice"),
    ],
)
def test_a_slip_in_a_query_is_said_with_its_place(office: Client, query: str, at: str, code: str) -> None:
    problem = refused(office.get(f"/deadlines?{query}"), 422, "fields")
    assert [(field["at"], field["code"]) for field in problem["fields"]] == [(at, code)]


def test_what_is_asked_twice_is_refused(office: Client) -> None:
    refused(office.get("/deadlines?party=town-a&party=town-b"), 400, "twice")


def test_one_deadline_with_its_history_its_messages_and_its_counting(office: Client, pages: Pages) -> None:
    found = office.read(one(pages))
    assert found["deadline"]["id"] == REPORT
    assert found["deadline"]["due"] == "2026-12-31T00:00:00+08:00"
    assert "hand-in" in found["may"]
    assert office.read(f"{one(pages)}/history")["history"][0]["action"] == "created"
    messages = office.read(f"{one(pages)}/messages")["messages"]
    assert ("ann", True) in {(each["person"], each["ask"]) for each in messages}
    assert "example.org" not in json.dumps(messages)
    explained = office.read(f"{one(pages)}/explain")
    assert explained["trace"]
    assert any(step["reached"] for step in explained["steps"])


def test_words_are_in_the_language_asked_for(office: Client, pages: Pages) -> None:
    path = f"{one(pages)}/return"
    said = {
        language: refused(office.post(path, {"reason": "x"}, accept_language=language), 409, "wrong-state")
        for language in ("en", "zh-Hant", "zh-CN")
    }
    assert "退回" in said["zh-Hant"]["detail"]
    assert len({each["detail"] for each in said.values()}) == 3


# ---------------------------------------------------------------- acts


def test_what_is_done_stays_on_record_under_the_name_of_the_token(office: Client, pages: Pages) -> None:
    done = office.post(f"{one(pages)}/hand-in", {"happened": "2026-12-17T09:00:00+08:00"})
    assert done.status_code == 200, done.text
    assert done.json()["deadline"]["state"] == "done"
    assert done.json()["deadline"]["done_at"] == "2026-12-17T09:00:00+08:00"
    assert office.read(f"{one(pages)}/history")["history"][-1]["by"] == "token:office"


def test_a_token_of_a_person_acts_by_the_rights_of_that_person(pages: Pages) -> None:
    ann = client_of(pages, "ann-s", person="ann")
    assert ann.post(f"{one(pages)}/acknowledge").status_code == 200
    assert ann.read(f"{one(pages)}/history")["history"][-1]["by"] == "ann (token:ann-s)"
    ann.post(f"{one(pages)}/hand-in")
    refused(ann.post(f"{one(pages)}/return", {"reason": "x"}), 403, "not-allowed")


def test_the_office_names_who_approved(office: Client, pages: Pages) -> None:
    refused(office.post(f"{one(pages)}/waive", {"reason": "merged"}), 422, "approver-needed-for")
    done = office.post(f"{one(pages)}/waive", {"reason": "merged", "approver": "Li"})
    assert done.json()["deadline"]["state"] == "waived"


def test_a_request_for_more_time_is_asked_and_granted(office: Client, pages: Pages) -> None:
    ann = client_of(pages, "ann-s", person="ann")
    asked = ann.post(f"{one(pages)}/ask-extension", {"end": "2027-01-15", "reason": "slow"})
    assert asked.status_code == 200, asked.text
    assert ann.read(one(pages))["requests"][0]["kind"] == "extend"
    granted = office.post(f"{one(pages)}/grant-extension", {"approver": "Li"})
    assert granted.json()["deadline"]["last_day"] == "2027-01-15"


def test_the_same_key_does_it_once_and_gives_the_same_answer(office: Client, pages: Pages) -> None:
    first = office.post(f"{one(pages)}/acknowledge", idempotency_key='"a1"')
    again = office.post(f"{one(pages)}/acknowledge", idempotency_key='"a1"')
    assert (first.status_code, first.text) == (again.status_code, again.text)
    history = office.read(f"{one(pages)}/history")["history"]
    assert [each["action"] for each in history].count("acknowledged") == 1


def test_the_same_key_for_something_else_is_refused(office: Client, pages: Pages) -> None:
    office.post(f"{one(pages)}/acknowledge", idempotency_key='"a1"')
    refused(office.post(f"{one(pages)}/hand-in", idempotency_key='"a1"'), 422, "key-reused")
    assert pages.play.row(REPORT).state == "open"


def test_keys_of_two_tokens_are_two_keys(office: Client, pages: Pages) -> None:
    office.post(f"{one(pages)}/acknowledge", idempotency_key='"a1"')
    other = client_of(pages, "other")
    assert other.post(f"{one(pages)}/hand-in", idempotency_key='"a1"').status_code == 200


def test_every_act_on_one_deadline_has_its_address() -> None:
    otherwise = {
        "verify-several",
        "verify-occurrence",
        "attach",
    }  # one by one; files have an address of theirs
    assert {doing.name for doing in DOINGS} == {act.name for act in ON_A_DEADLINE} - otherwise


# ---------------------------------------------------------------- what is strange


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "json"),
        ("{", 400, "json"),
        ("[" * 20000, 400, "deep"),
        ('{"reason": ' * 30 + "1" + "}" * 30, 400, "deep"),
        ('{"reason": "a", "reason": "b"}', 400, "twice"),
        ('{"reason": NaN}', 400, "number"),
        ('{"reason": 1e999}', 400, "number"),
        ('{"reason": ' + "9" * 5000 + "}", 400, "number"),
        ('{"reason": "\\ud800"}', 400, "utf-8"),
        (b'{"reason": "\xff"}', 400, "utf-8"),
        ("[]", 422, "fields"),
        ("null", 422, "fields"),
        ('{"reasn": "x"}', 422, "fields"),
        ('{"reason": 1}', 422, "fields"),
        ('{"reason": "\\u202e"}', 422, "unfit-text"),
    ],
)
def test_a_body_that_cannot_be_taken_whole_is_refused(
    office: Client, pages: Pages, body: Any, status: int, code: str
) -> None:
    refused(office.post(f"{one(pages)}/acknowledge", body), status, code)
    assert pages.play.row(REPORT).acknowledged_until is None


def test_a_body_has_to_be_json_as_it_is_and_not_too_large(office: Client, pages: Pages) -> None:
    path = f"{one(pages)}/acknowledge"
    refused(office.post(path, "a=b", content_type="application/x-www-form-urlencoded"), 415, "kind")
    refused(office.post(path, "{}", content_encoding="gzip"), 415, "encoded")
    assert office.post(path, " " * (LARGEST_BODY + 1)).status_code == 413


def test_what_is_not_there_and_what_is_not_done_so_are_problems_too(office: Client) -> None:
    refused(office.get("/nothing"), 404, "no-address")
    refused(office.post("/deadlines"), 405, "no-method")
    refused(office.get("/deadlines/999999"), 404, "no-deadline")
    refused(office.get("/deadlines/99999999999999999999999"), 404, "no-deadline")


def test_no_other_site_may_read_it(office: Client) -> None:
    answered = office.get("/deadlines", origin="https://elsewhere.example")
    assert not [name for name in answered.headers if name.startswith("access-control")]
    preflight = office.pages.client.send("OPTIONS", "/api/v1/deadlines", b"", {"origin": "https://a.example"})
    assert preflight.status_code == 405


# ---------------------------------------------------------------- events


def test_an_event_is_read_back_and_reported_once(office: Client, pages: Pages) -> None:
    back = office.post("/events/read-back", FLOOD)
    assert [each["due"] for each in back.json()["clocks"]] == ["2026-12-17T14:00:00+08:00"]
    assert "flood" not in {row.id for row in pages.play.all(tables.cases)}
    first = office.post("/events", FLOOD)
    assert (first.status_code, first.json()["started"]) == (201, ["incident-information@flood/town-b"])
    again = office.post("/events", FLOOD)
    assert (again.status_code, again.json()["known"]) == (200, True)
    refused(office.post("/events", FLOOD | {"title": "another"}), 409, "event-differs")


@pytest.mark.parametrize(
    ("change", "at", "code"),
    [
        ({"instants": {"published": "2026-12-17T09:00:00"}}, "/instants/published", "no-zone"),
        ({"instants": {"published": "9 o'clock"}}, "/instants/published", "instant"),
        ({"instants": {"published": "2026-02-30"}}, "/instants/published", "day"),
        ({"instants": {}}, "/instants", "value"),
        ({"parties": []}, "/parties", "value"),
        ({"unconfirmed": "yes"}, "/unconfirmed", "value"),
        ({"severety": "minor"}, "/severety", "unknown-near"),
    ],
)
def test_a_slip_in_an_event_is_said_with_its_place(
    office: Client, change: dict[str, Any], at: str, code: str
) -> None:
    problem = refused(office.post("/events", FLOOD | change), 422, "fields")
    assert [(field["at"], field["code"]) for field in problem["fields"]] == [(at, code)]


def test_an_event_is_corrected_and_cancelled(office: Client, pages: Pages) -> None:
    office.post("/events", FLOOD)
    body = {"instants": {"published": "2026-12-17T08:00:00+08:00"}, "reason": "heard wrong"}
    assert office.post("/events/flood-1/correct/read-back", body).json()["moved"]
    moved = office.post("/events/flood-1/correct", body)
    assert moved.json()["moved"] == ["incident-information@flood/town-b"]
    refused(office.post("/events/flood-1/confirm"), 409, "event-confirmed")
    gone = office.post("/events/flood-1/cancel", {"reason": "false alarm"})
    assert gone.json()["cancelled"] == ["incident-information@flood/town-b"]
    refused(office.post("/events/no-such/cancel", {"reason": "x"}), 404, "no-event")


def test_a_token_of_a_unit_reports_and_changes_only_what_concerns_it(office: Client, pages: Pages) -> None:
    town = client_of(pages, "town", parties=("town-a",))
    refused(town.post("/events", FLOOD), 403, "token-not-for")
    refused(town.post("/events/read-back", FLOOD), 403, "token-not-for")
    office.post("/events", FLOOD)
    refused(town.post("/events/flood-1/cancel", {"reason": "x"}), 404, "no-event")
    office.post("/events", FLOOD | {"id": "both", "case": "both", "parties": ["town-a", "town-b"]})
    refused(town.post("/events/both/cancel", {"reason": "x"}), 403, "token-not-for")


def test_a_token_of_a_unit_gives_its_deadlines_to_nobody_else(pages: Pages) -> None:
    town = client_of(pages, "town", parties=("town-a",))
    refused(town.post(f"{one(pages)}/reassign", {"unit": "town-b", "reason": "x"}), 403, "token-not-for")


# ---------------------------------------------------------------- the rest


def test_a_case_has_its_events_and_its_clocks(office: Client, pages: Pages) -> None:
    assert "fire" in {each["id"] for each in office.read("/cases")["cases"]}
    fire = office.read("/cases/fire")
    assert [each["type"] for each in fire["events"]] == ["incident"]
    assert FIRE in {each["id"] for each in fire["deadlines"]}
    refused(office.get("/cases/no-such"), 404, "no-case")
    town = client_of(pages, "town", parties=("town-b",))
    assert town.read("/cases")["cases"] == []
    refused(town.get("/cases/fire"), 404, "no-case")


def test_figures_are_added_and_those_of_another_unit_are_refused(office: Client, pages: Pages) -> None:
    entry = {"party": "jd-1", "amount": 3.5, "on": "2026-12-01"}
    added = office.post("/progress", {"obligation": "training", "entries": [entry]})
    assert added.json()["totals"] == {"jd-1": 3.5}
    refused(office.post("/rates", {"obligation": "training", "party": "town-a", "numerator": 1,
                                   "denominator": 2, "on": "2026-12-01"}), 422, "not-rated")  # fmt: skip


def test_the_board_counts_what_the_pages_count(office: Client) -> None:
    board = office.read("/board?by=item")
    assert (
        board["total"]["red"] + board["total"]["green"] + board["total"]["yellow"] + board["total"]["grey"]
        > 0
    )
    assert {line["name"] for line in board["lines"]} >= {"yearly-report"}


def test_the_board_is_not_for_a_token_of_one_unit(pages: Pages) -> None:
    refused(client_of(pages, "town", parties=("town-a",)).get("/board"), 403, "not-yours")
    refused(client_of(pages, "ann-s", person="ann").get("/board"), 403, "not-yours")


def test_when_something_is_due_is_counted_as_on_the_command_line(office: Client) -> None:
    found = office.read("/when?rule=5%20working%20days&after=2026-12-17T10:00:00%2B08:00")
    assert (found["due"], found["last_day"]) == ("2026-12-25T00:00:00+08:00", "2026-12-24")
    assert found["trace"]
    problem = refused(office.get("/when?rule=soon"), 422, "rule")
    assert "soon" in problem["detail"]
    refused(office.get("/when?rule=5%20hours&after=2026-12-17"), 422, "bare-date")


def test_a_badge_says_the_worst_colour_in_words_and_as_a_picture(office: Client, pages: Pages) -> None:
    drawn = office.get("/badge/town-a.svg", accept_language="en")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert "<title>town-a: " in drawn.text
    town = client_of(pages, "town", parties=("town-a",))
    assert town.get("/badge/town-a.svg").status_code == 200
    refused(town.get("/badge/town-b.svg"), 403, "token-not-for")


def test_the_bulletin_is_that_of_the_command_line(office: Client) -> None:
    bulletin = office.read("/bulletin?from=2026-12-01&to=2026-12-31&ranking=true")
    assert (bulletin["from"], bulletin["to"]) == ("2026-12-01", "2026-12-31")
    assert {line["unit"] for line in bulletin["units"]} >= {"town-a"}
    refused(office.get("/bulletin?from=2026-12-31&to=2026-12-01"), 422, "period-reversed")


def test_what_would_be_is_looked_at_by_the_office_alone_and_one_at_a_time(
    office: Client, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def outlook(keeping: Any, now: Any, days: int) -> Outlook:
        looked.append(days)
        message = Ahead(
            at=now, person="ann", channel="inbox", subject="x", position="contact", steps=("near",)
        )
        return Outlook(days=days, until=now, messages=(message,), whole=True, faulty=False)

    monkeypatch.setattr(foreseen, "outlook", outlook)
    for _ in range(2):
        found = office.read("/preview?days=3")
        assert [each["person"] for each in found["messages"]] == ["ann"]
    assert looked == [3]
    assert office.read("/preview?days=7")["messages"] == []
    refused(client_of(pages, "gao-s", person="gao").get("/preview"), 403, "not-yours")


def test_what_files_would_change_is_said_of_the_files_of_this_node(office: Client) -> None:
    plan = office.read("/plan")
    assert "schedules/directory.toml" in plan["new"]
    assert plan["opened"]
