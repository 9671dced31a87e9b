"""What many look at at once is counted once; whoever presses something sees it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from alertd.web.counting import Counts
from tests.support.pages import pages_of
from tests.support.play import Play

NOW = datetime(2026, 12, 17, tzinfo=UTC)
RULES = object()


def test_many_who_ask_at_once_are_served_by_one_count() -> None:
    counts, counted, go_on = Counts(60.0), [], threading.Event()

    def count() -> int:
        go_on.wait(30)
        counted.append(1)
        return 7

    found: list[int] = []
    asking = [
        threading.Thread(target=lambda: found.append(counts.get("board", RULES, NOW, count).found))
        for _ in range(8)
    ]
    for thread in asking:
        thread.start()
    go_on.set()
    for thread in asking:
        thread.join()
    assert found == [7] * 8
    assert len(counted) == 1


def test_what_was_counted_serves_for_a_while_and_not_when_something_else_rules() -> None:
    counts = Counts(60.0)
    assert counts.get("board", RULES, NOW, lambda: 1).found == 1
    assert counts.get("board", RULES, NOW, lambda: 2).found == 1
    assert counts.get("board", object(), NOW, lambda: 3).found == 3
    assert counts.get("other", RULES, NOW, lambda: 4).found == 4
    over = Counts(0.0)
    assert over.get("board", RULES, NOW, lambda: 1).found == 1
    assert over.get("board", RULES, NOW, lambda: 2).found == 2


def test_a_count_that_fails_is_made_again() -> None:
    counts = Counts(60.0)

    def fails() -> int:
        raise RuntimeError

    for _ in range(2):
        try:
            counts.get("board", RULES, NOW, fails)
        except RuntimeError:
            continue
        raise AssertionError("nobody heard of it")
    assert counts.get("board", RULES, NOW, lambda: 1).found == 1


def test_a_board_says_as_of_when_it_was_counted_and_shows_what_was_pressed(play: Play) -> None:
    pages = pages_of(play, counts=Counts(60.0))
    pages.sign_in()
    before = pages.read("/board")
    play.done("yearly-report@2026/town-a")
    assert pages.read("/board").partition("Total")[2][:40] == before.partition("Total")[2][:40]
    number = play.row("yearly-report@2026/town-b").number
    path = f"/deadlines/{number}"
    pages.press(path, f"{path}/handed-in")
    assert pages.read("/board") != before
    pages.client.close()
