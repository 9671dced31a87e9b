"""No task of the daemon dies unseen, and whoever asks hears whether all of them live."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from alertd.engine.running import supervision
from alertd.engine.running.supervision import ILL_AFTER, SILENT_FOR, Supervisor


class Watch:
    """A clock that is set, and what was told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[tuple[str, str]] = []
        self.tasks = Supervisor(self.hear, lambda: self.now)

    async def hear(self, name: str, detail: str) -> None:
        self.told.append((name, detail))


@pytest.fixture
async def watch(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervision, "PAUSE", 0.0)
    made = Watch()
    yield made
    await made.tasks.stop()


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_task_that_stops_is_told_and_started_again(watch: Watch):
    starts = []

    async def work() -> None:
        starts.append(1)
        if len(starts) < 3:
            raise KeyError("a slip")
        await asyncio.Event().wait()

    watch.tasks.keep("files", work)
    await turns()
    assert len(starts) == 3
    assert watch.told == [("files", "KeyError: 'a slip'")] * 2


async def test_a_task_that_ends_by_itself_is_one_that_stopped(watch: Watch):
    async def work() -> None:
        return

    watch.tasks.keep("files", work)
    await turns()
    assert watch.told[0] == ("files", "RuntimeError: it ended by itself")


async def test_one_that_stops_again_and_again_is_ill(watch: Watch):
    async def work() -> None:
        raise KeyError("always")

    watch.tasks.keep("files", work)
    await turns(4)
    assert watch.tasks.ill() == []
    await turns(10 * ILL_AFTER)
    assert watch.tasks.ill() == ["files"]


async def test_one_that_ran_well_for_a_while_starts_from_the_beginning(watch: Watch):
    async def work() -> None:
        watch.now += supervision.STEADY
        raise KeyError("once an hour")

    watch.tasks.keep("files", work)
    await turns(10 * ILL_AFTER)
    assert len(watch.told) > ILL_AFTER
    assert watch.tasks.ill() == []


async def test_a_loop_that_gets_nowhere_is_ill_until_it_shows_a_sign_of_life(watch: Watch):
    watch.tasks.keep("dispatcher", asyncio.Event().wait, silence=SILENT_FOR)  # type: ignore[arg-type]
    watch.now = SILENT_FOR
    assert watch.tasks.ill() == []
    watch.now += 1
    assert watch.tasks.ill() == ["dispatcher"]
    watch.tasks.lives("dispatcher")
    assert watch.tasks.ill() == []


async def test_a_job_that_slips_is_told_and_comes_again(watch: Watch):
    async def work() -> None:
        raise KeyError("a slip")

    job = watch.tasks.job("minute", 60, work)
    await job()
    await job()
    assert watch.told == [("minute", "KeyError: 'a slip'")] * 2
    for _ in range(ILL_AFTER - 3):
        await job()
    assert watch.tasks.ill() == []
    await job()
    assert watch.tasks.ill() == ["minute"]


async def test_a_job_that_was_done_once_more_starts_from_the_beginning(watch: Watch):
    slips = True

    async def work() -> None:
        if slips:
            raise KeyError("a slip")

    job = watch.tasks.job("minute", 60, work)
    for _ in range(ILL_AFTER - 1):
        await job()
    slips = False
    await job()
    slips = True
    await job()
    assert watch.tasks.ill() == []


async def test_the_pauses_of_a_task_grow_and_begin_anew_once_it_ran_well(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
):
    pauses: list[float] = []
    rest = asyncio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await rest(0)

    async def work() -> None:
        if len(pauses) == 3:
            watch.now += supervision.STEADY
        if len(pauses) == 6:
            await asyncio.Event().wait()
        raise KeyError("a slip")

    monkeypatch.setattr(supervision, "PAUSE", 1.0)
    monkeypatch.setattr(supervision, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
    watch.tasks.keep("files", work)
    await turns(100)
    assert pauses == [1.0, 2.0, 4.0, 1.0, 2.0, 4.0]


async def test_a_job_nobody_calls_any_more_is_ill(watch: Watch):
    async def work() -> None:
        return

    job = watch.tasks.job("minute", 60, work)
    watch.now = 2 * 60 + SILENT_FOR + 1
    assert watch.tasks.ill() == ["minute"]
    await job()
    assert watch.tasks.ill() == []


async def test_what_runs_once_is_told_when_it_slips_and_not_made_again(watch: Watch):
    starts = []

    async def work() -> None:
        starts.append(1)
        raise KeyError("a slip")

    await watch.tasks.once("count", work)
    assert (starts, watch.told, watch.tasks.ill()) == ([1], [("count", "KeyError: 'a slip'")], [])


async def test_an_admin_who_cannot_be_told_keeps_no_task_from_its_new_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervision, "PAUSE", 0.0)
    starts = []

    async def deaf(name: str, detail: str) -> None:
        raise OSError("the store is away")

    async def work() -> None:
        starts.append(1)
        raise KeyError("a slip")

    tasks = Supervisor(deaf)
    tasks.keep("files", work)
    await turns()
    await tasks.stop()
    assert len(starts) > 1


async def test_after_winding_up_a_task_that_ends_has_ended(watch: Watch):
    ending = asyncio.Event()

    async def work() -> None:
        await ending.wait()

    task = watch.tasks.keep("dispatcher", work)
    await turns(2)
    watch.tasks.wind_up()
    ending.set()
    await task
    assert watch.told == []
