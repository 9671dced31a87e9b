"""`alertd duty`: whom to ring."""

from __future__ import annotations

import pytest

from tests.support.program import Program


def test_the_duty_desk_is_shown_with_telephone_numbers(alertd: Program) -> None:
    found = alertd("duty", "--json").json
    (desk,) = found["units"]
    assert desk["unit"] == "government-office"
    assert [post["position"] for post in desk["posts"]] == ["duty", "duty-leader"]
    assert all(each["phone"].startswith("021-") for post in desk["posts"] for each in post["holders"])
    ran = alertd("duty")
    assert ran.code == 0, ran.err
    shown = ran.out
    assert desk["posts"][0]["holders"][0]["name"] in shown
    assert desk["posts"][0]["holders"][0]["phone"] in shown


def test_a_unit_is_shown_with_its_contact_and_leaders(alertd: Program) -> None:
    _, unit = alertd("duty", "司法局", "--json").json["units"]
    assert unit["unit"] == "justice-bureau"
    assert next(post["position"] for post in unit["posts"]) == "contact"


def test_whoever_stands_in_is_shown_as_such(alertd: Program) -> None:
    holder = alertd("duty", "--json").json["units"][0]["posts"][0]["holders"][0]
    line = next(
        each
        for each in (alertd.folder / "schedules/people.csv").read_text("utf-8-sig").splitlines()
        if each.startswith(holder["id"])
    )
    cells = line.split(",")
    cells[9:11] = ["2026-12-24", "2026-12-28"]
    alertd.replace("schedules/people.csv", line, ",".join(cells))
    assert alertd("plan", "--apply", "--reason", "leave").code == 0
    there = alertd("duty", "--on", "2026-12-23", "--json").json["units"][0]["posts"][0]["holders"]
    away = alertd("duty", "--on", "2026-12-25", "--json").json["units"][0]["posts"][0]["holders"]
    assert holder["id"] in [each["id"] for each in there]
    assert holder["id"] not in [each["id"] for each in away]


@pytest.mark.parametrize(("argv", "said"), [(("--on", "soon"), "soon"), (("nowhere",), "nowhere")])
def test_what_is_no_day_or_no_unit_is_refused(alertd: Program, argv: tuple[str, ...], said: str) -> None:
    ran = alertd("duty", *argv)
    assert ran.code in (1, 2)
    assert said in ran.err
