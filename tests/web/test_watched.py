"""What machines ask: whether it lives, whether it is ready, its figures; and who may read them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sqlalchemy import Connection

from alertd.config.web_shapes import Address, WebSettings
from alertd.core.model import Standing
from alertd.engine.ruling.world import Mode
from alertd.store import nodes, tables
from alertd.store.errors import StoreBusy
from alertd.web import watched
from alertd.web.pulse import STALE, Pulse
from alertd.web.watched import may_read
from tests.support.pages import Pages, pages_of
from tests.support.play import Play

WELL = Pulse((), 3.0)


@pytest.fixture(autouse=True)
def always_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "SAME", -1.0)
    monkeypatch.setattr(watched, "FRESH", -1.0)
    monkeypatch.setattr(watched, "AT_MOST", 0)


@contextmanager
def asked(play: Play, **changes: Any) -> Iterator[Pages]:
    found = pages_of(play, **changes)
    yield found
    found.client.close()


def beat(play: Play) -> None:
    with play.store.write() as tx:
        nodes.beat(tx, "one", "1", play.now, play.now, {})


class Gone:
    """A store that does not answer."""

    embedded = True

    def read(self) -> Any:
        raise StoreBusy("locked")

    def transact(self, work: Callable[[Connection], Any], wake: bool = True) -> Any:
        raise StoreBusy("locked")


# ---------------------------------------------------------------- lives, ready


@pytest.mark.parametrize(
    ("pulse", "lives", "ready"),
    [
        (WELL, 200, 200),
        (None, 503, 503),  # the loop does not answer
        (Pulse(("dispatcher",), 3.0), 503, 503),
        (Pulse((), STALE + 1), 200, 503),  # it turns, and no round succeeds: the store is away
        (Pulse((), None), 200, 503),  # it begins
    ],
)
def test_a_daemon_lives_while_its_loop_answers_and_is_ready_while_rounds_succeed(
    play: Play, pulse: Pulse | None, lives: int, ready: int
) -> None:
    with asked(play, pulse=lambda: pulse) as pages:
        assert pages.get("/livez").status_code == lives
        assert pages.get("/readyz").status_code == ready


def test_a_process_of_pages_alone_is_ready_while_a_daemon_was_seen(play: Play) -> None:
    with asked(play) as pages:
        assert pages.get("/livez").text == "ok\n"
        assert (pages.get("/readyz").status_code, pages.get("/readyz").text) == (503, "missing: daemon\n")
        beat(play)
        assert pages.get("/readyz").text == "ok\n"
        play.now += timedelta(minutes=4)
        assert pages.get("/readyz").status_code == 503


def test_without_its_store_nothing_is_ready_and_the_process_lives(play: Play) -> None:
    found = pages_of(play, pulse=lambda: WELL, store=Gone())
    assert found.get("/livez").status_code == 200
    assert (found.get("/readyz").status_code, found.get("/readyz").text) == (503, "missing: store\n")
    assert value(found.get("/metrics"), "alertd_store_up") == 0
    found.client.close()


def test_a_question_that_hangs_is_answered_and_holds_up_no_other(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "LONGEST", 0.1)
    goes_on = threading.Event()

    class Hanging(Gone):
        def read(self) -> Any:
            goes_on.wait(60)
            raise StoreBusy("at last")

    found = pages_of(play, pulse=lambda: WELL, store=Hanging())
    assert [found.get("/readyz").status_code for _ in range(2)] == [503, 503]
    assert found.get("/livez").status_code == 200
    goes_on.set()
    found.client.close()


def test_many_who_ask_within_a_second_are_answered_by_one_look(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "SAME", 60.0)
    looks: list[int] = []

    def pulse() -> Pulse:
        looks.append(1)
        return WELL

    with asked(play, pulse=pulse) as pages:
        assert [pages.get("/livez").status_code for _ in range(5)] == [200] * 5
    assert len(looks) == 1


# ---------------------------------------------------------------- figures


def value(answer: httpx.Response, name: str, **labels: str) -> float:
    """One sample of an answer, which the library that others read it with must take."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = list(text_string_to_metric_families(answer.text))
    found = (sample for family in families for sample in family.samples)
    return float(next(each.value for each in found if each.name == name and each.labels == labels))


def test_the_figures_say_how_the_whole_is(play: Play) -> None:
    beat(play)
    with asked(play, pulse=lambda: Pulse((), 4.0)) as pages:
        answer = pages.get("/metrics")
        standings = [value(answer, "alertd_deadlines", standing=str(each)) for each in Standing]
        assert sum(standings) == sum(row.state in ("open", "scheduled") for row in _deadlines(play))
        assert value(answer, "alertd_nodes", state="running") == 1
        assert value(answer, "alertd_loop_up") == 1
        assert value(answer, "alertd_sending_mode", mode=str(Mode.LIVE)) == 1
        assert value(answer, "alertd_channel_ill", channel="inbox") == 0


def _deadlines(play: Play) -> Any:
    return play.all(tables.deadlines)


def test_what_left_since_the_first_scrape_is_counted_with_its_lateness(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertd.web.watched.SETTLED", -1.0)
    with asked(play) as pages:
        pages.get("/metrics")
        play.report("incident", "flood", published="2026-12-17T10:00")
        sent = len(play.go("2026-12-17T10:00"))
        answer = pages.get("/metrics")
        assert value(answer, "alertd_attempts_total", channel="inbox", result="accepted") == sent > 0
        assert value(answer, "alertd_lateness_seconds_bucket", clock="hours", le="0.1") == sent


def test_no_figure_names_a_deadline_a_unit_a_case_or_a_person(play: Play) -> None:
    beat(play)
    with asked(play, pulse=lambda: WELL) as pages:
        said = pages.get("/metrics").text
    world = play.world.register
    names = [
        *world.people,
        *world.units,
        *world.obligations,
        "fire",
        "one",
        *(r.id for r in _deadlines(play)),
    ]
    labels = {
        value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
        for value in sample.labels.values()
    }
    assert not labels & set(names)


def test_figures_are_counted_no_more_often_than_they_cost(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "FRESH", 60.0)
    with asked(play) as pages:
        first = value(pages.get("/metrics"), "alertd_figures_timestamp_seconds")
        play.now += timedelta(minutes=1)
        assert value(pages.get("/metrics"), "alertd_figures_timestamp_seconds") == first


# ---------------------------------------------------------------- who may read them


@pytest.mark.parametrize(
    ("client", "networks", "may"),
    [
        ("127.0.0.1", None, True),
        ("::1", None, True),
        ("::ffff:127.0.0.1", None, True),
        ("10.0.0.7", None, False),
        ("10.0.0.7", ("10.0.0.0/24",), True),
        ("127.0.0.1", ("10.0.0.0/24",), False),
        ("127.0.0.1", (), False),
        ("", None, False),
        ("unix:", None, False),
    ],
)
def test_figures_are_for_the_networks_that_are_named(
    client: str, networks: tuple[str, ...] | None, may: bool
) -> None:
    settings = WebSettings() if networks is None else WebSettings(metrics_from=networks)
    assert may_read(settings, client) is may


def test_who_may_not_read_them_is_told_so_and_nothing_else(play: Play) -> None:
    closed = WebSettings(Address("127.0.0.1", 8470), metrics_from=("10.0.0.0/24",))
    with asked(play, settings=closed) as pages:
        answer = pages.get("/metrics")
        assert (answer.status_code, answer.text) == (403, "not for this address\n")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_comes_through_a_proxy_that_nobody_named_does_not_come_from_this_machine(
    play: Play, header: str
) -> None:
    with asked(play) as pages:
        assert pages.get("/metrics", **{header: "127.0.0.1"}).status_code == 403
