"""When saved files are taken: when they stand still, at the latest after a while, or where asked."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from alertd import reloading
from alertd.reloading import FILES_PAUSE, LONGEST, STILL, STORE_PAUSE, Hanging, Reader, Reloading
from alertd.store.errors import StoreError
from tests.simulation.loop import SimulatedClock, SimulatedLoop

START = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A look at the files: what stood in them."""

    text: str

    def like(self, other: "Seen") -> bool:
        return self == other


class Desk:
    """A daemon's files on virtual time, and when what of them was taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loop = SimulatedLoop(1, START)
        self.text = "whole"
        self.faults: list[Exception] = []
        self.taken: list[tuple[float, str]] = []
        self.told: list[str] = []
        self.files = Reloading(self, None, self, SimulatedClock(self.loop), None)  # type: ignore[arg-type]
        monkeypatch.setattr(self.files, "reader", self)
        monkeypatch.setattr(self.files, "_reload", self._reload)
        monkeypatch.setattr(self.files, "_rule_anew", self._rule_anew)
        monkeypatch.setattr(self.files, "tell", self._tell)
        monkeypatch.setattr(self.files, "_no_answer", lambda: "no answer")

    # what the daemon asks of its installation, its store and its reader
    world: Any = None

    def remembered(self, store: object) -> None:
        return

    def look(self, memory: object) -> Seen:
        return Seen(self.text)

    async def run(self, work: Callable[..., Any], *args: Any) -> Any:
        if work == self.look and self.faults:
            raise self.faults.pop(0)
        return work(*args)

    async def _reload(self, dispatcher: object, look: Seen) -> None:
        self.taken.append((round(self.loop.time(), 2), look.text))

    async def _rule_anew(self, dispatcher: object) -> None:
        self.taken.append((round(self.loop.time(), 2), "what rules"))

    async def _tell(self, world: object, lines: list[str]) -> None:
        self.told += lines

    def save(self, text: str) -> None:
        self.text = text
        self.files.saved()

    def live(self, seconds: float, *deeds: tuple[float, Callable[[], None]]) -> list[tuple[float, str]]:
        """Run so long; each deed is done at its time. What was taken, and when."""

        async def whole() -> None:
            running = asyncio.create_task(self.files.run(self, lambda: None))  # type: ignore[arg-type]
            for at, deed in deeds:
                self.loop.call_at(at, deed)
            await asyncio.sleep(seconds)
            running.cancel()

        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(whole())
        finally:
            asyncio.set_event_loop(None)
            self.loop.close()
        return self.taken


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_a_saved_file_is_taken_when_it_has_stood_still(desk: Desk) -> None:
    assert desk.live(60, (1, lambda: desk.save("new"))) == [(1 + STILL, "new")]


def test_what_is_written_in_pieces_is_taken_whole(desk: Desk) -> None:
    pieces = [(1, "h"), (3, "ha"), (5.5, "half"), (6, "whole again")]
    taken = desk.live(60, *((at, lambda text=text: desk.save(text)) for at, text in pieces))
    assert taken == [(6 + STILL, "whole again")]


def test_a_change_nobody_tells_of_lets_the_daemon_wait_once_more(desk: Desk) -> None:
    def go_on() -> None:
        desk.text = "whole again"

    taken = desk.live(60, (1, lambda: desk.save("half")), (2, go_on))
    assert taken == [(1 + 2 * STILL, "whole again")]


def test_a_file_that_is_written_again_and_again_is_taken_after_a_while(desk: Desk) -> None:
    deeds = [(float(at), lambda at=at: desk.save(str(at))) for at in range(1, 100)]
    (first, _), *_ = desk.live(50, *deeds)
    assert LONGEST <= first <= 1 + LONGEST + STILL


def test_what_somebody_asks_for_is_read_at_once(desk: Desk) -> None:
    taken = desk.live(60, (1, lambda: desk.save("half")), (2, desk.files.asked))
    assert taken == [(2, "half")]


def test_what_rules_is_read_at_once_while_files_are_being_written(desk: Desk) -> None:
    taken = desk.live(
        60, (1, lambda: desk.save("half")), (2, desk.files.ruled), (3, lambda: desk.save("whole"))
    )
    assert taken == [(2, "what rules"), (3 + STILL, "whole")]


def test_files_that_do_not_answer_are_told_and_read_again_later(desk: Desk) -> None:
    desk.faults = [Hanging()]
    taken = desk.live(200, (1, lambda: desk.save("new")))
    assert taken == [(1 + FILES_PAUSE, "what rules"), (1 + FILES_PAUSE + STILL, "new")]
    assert desk.told == ["no answer"]


def test_a_store_that_is_away_lets_the_files_be_read_again_later(desk: Desk) -> None:
    desk.faults = [StoreError("away")]
    taken = desk.live(60, (1, lambda: desk.save("new")))
    assert taken == [(1 + STORE_PAUSE, "what rules"), (1 + STORE_PAUSE + STILL, "new")]


async def test_a_reading_that_hangs_holds_up_nobody_and_is_not_begun_twice() -> None:
    answer, begun = threading.Event(), []
    reader = Reader(seconds=0.01)

    def hang() -> None:
        begun.append(1)
        answer.wait(60)

    for _ in range(3):
        with pytest.raises(Hanging):
            await reader.run(hang)
    assert begun == [1]
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == reloading.THREAD)
    answer.set()
    patient = Reader(seconds=60)
    assert await patient.run(lambda: "answer") == "answer"


async def test_what_a_reading_raises_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(PermissionError):
        await Reader().run(_refused)


def _refused() -> None:
    raise PermissionError
