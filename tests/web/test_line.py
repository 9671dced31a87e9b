"""What the daemon and the process of its pages say to each other: asked, answered, and gone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from alertd.web.line import Answers, Line, Silent

SOON, LONG = 0.1, 60.0


@contextmanager
def ends(ours: Answers, theirs: Answers) -> Iterator[tuple[Line, Line]]:
    lines = [Line(each, answers) for each, answers in zip(socket.socketpair(), (ours, theirs), strict=True)]
    threads = [threading.Thread(target=each.run) for each in lines]
    for each in threads:
        each.start()
    try:
        yield lines[0], lines[1]
    finally:
        lines[0].close()
        for each in threads:
            each.join()


def test_each_end_asks_and_is_answered() -> None:
    with ends({"name": lambda: "daemon"}, {"sum": lambda one, other: one + other}) as (daemon, pages):
        assert daemon.ask("sum", LONG, one=1, other=2) == 3
        assert pages.ask("name", LONG) == "daemon"


def test_many_questions_at_once_have_each_their_own_answer() -> None:
    said: dict[int, Any] = {}
    with ends({}, {"twice": lambda number: 2 * number}) as (daemon, _):
        asking = [
            threading.Thread(target=lambda n=n: said.update({n: daemon.ask("twice", LONG, number=n)}))
            for n in range(50)
        ]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
    assert said == {n: 2 * n for n in range(50)}


def test_who_does_not_answer_is_not_waited_for_and_keeps_no_other_question_up() -> None:
    released = threading.Event()
    with ends({}, {"hang": released.wait, "name": lambda: "pages"}) as (daemon, _):
        with pytest.raises(Silent, match=r"within 0.1 s"):
            daemon.ask("hang", SOON)
        assert daemon.ask("name", LONG) == "pages"
        released.set()


def test_whoever_waits_hears_at_once_that_the_other_end_is_gone() -> None:
    released = threading.Event()
    lines: list[Line] = []

    def end() -> None:
        lines[1].close()
        released.wait()

    with ends({}, {"end": end}) as (daemon, pages):
        lines += [daemon, pages]
        with pytest.raises(Silent, match="gone"):
            daemon.ask("end", LONG)
        pages.await_end()
        with pytest.raises(Silent, match="gone"):
            daemon.ask("end", LONG)
        released.set()


def test_a_slip_in_an_answer_is_logged_where_it_happened_and_ends_nothing() -> None:
    with ends({}, {"slip": lambda: 1 // 0, "name": lambda: "pages"}) as (daemon, _), capture_logs() as logs:
        for name in ("slip", "nothing of the kind"):
            with pytest.raises(Silent, match="slipped"):
                daemon.ask(name, LONG)
        assert daemon.ask("name", LONG) == "pages"
    assert [(each["event"], each["question"]) for each in logs] == [
        ("not-answered", "slip"),
        ("not-answered", "nothing of the kind"),
    ]


def test_what_is_no_line_of_ours_ends_it() -> None:
    ours, theirs = socket.socketpair()
    line = Line(ours, {})
    theirs.sendall(b"GET / HTTP/1.1\r\n")
    line.run()
    with pytest.raises(Silent, match="gone"):
        line.ask("name", LONG)
    theirs.close()
