"""Each run in a process of its own, thrown away afterwards, with a store of its own."""

from __future__ import annotations

import contextlib
import json
import os
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.simulation import city
from tests.simulation.plan import Plan
from tests.simulation.troubles import SQLITE
from tests.support import postgres


@dataclass(slots=True)
class Place:
    """Where stores lie: a folder, and a server with a migrated database to copy."""

    folder: Path
    server: postgres.PostgresServer | None = None
    template: str = ""

    @contextlib.contextmanager
    def fresh(self, store: str) -> Iterator[tuple[Path, str]]:
        """A folder and the address of an empty store; "" for the one that a daemon makes for itself."""
        if store == SQLITE:
            yield self.folder / "city", ""
            return
        if self.server is None:
            raise RuntimeError("there is no PostgreSQL here")
        name = self.server.create_database(self.template)
        try:
            yield self.folder / "city", self.server.url(name)
        finally:
            self.server.drop_database(name)


@contextlib.contextmanager
def somewhere(store: str, folder: Path | None = None) -> Iterator[Place]:
    """A place for runs: in memory if possible, or in a folder; with a server if the store needs one."""
    memory = Path("/dev/shm")
    above = folder or (memory if memory.is_dir() else None)
    with contextlib.ExitStack() as stack:
        place = Place(Path(stack.enter_context(tempfile.TemporaryDirectory(dir=above))))
        if store != SQLITE:
            place.server = stack.enter_context(_server())
            place.template = _migrated(place.server)
        yield place


@contextlib.contextmanager
def _server() -> Iterator[postgres.PostgresServer]:
    if url := os.environ.get(postgres.URL_VARIABLE):
        yield postgres.PostgresServer(urlsplit(url)._replace(scheme="postgresql").geturl())
        return
    binaries = postgres.find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL is installed")
    with postgres.temporary_server(binaries) as url:
        yield postgres.PostgresServer(url)


def _migrated(server: postgres.PostgresServer) -> str:
    from alertd.store import migrating
    from alertd.store.database import Store

    name = server.create_database()
    store = Store(server.url(name))
    migrating.upgrade(store)
    store.close()
    return name


@dataclass(frozen=True, slots=True)
class Job:
    """A plan to run: with a bug `planted`, until `sought` is violated, or with everything shown."""

    plan: Plan
    planted: str = ""
    sought: str = ""
    show: bool = False


def run(job: Job, place: Place) -> dict[str, Any]:
    """What a run gave, as plain values."""
    with place.fresh(job.plan.store) as (folder, url):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            code = 1
            try:
                os.close(reading)
                with os.fdopen(writing, "w") as out:
                    json.dump(_run(job, folder, url), out)
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        with os.fdopen(reading) as answer:
            text = answer.read()
        _, status = os.waitpid(child, 0)
    if not text:
        broken = f"the run broke off with status {status}"
        return {"seed": job.plan.seed, "violations": [broken], "counted": {}}
    return dict(json.loads(text))


def _run(job: Job, folder: Path, url: str) -> dict[str, Any]:
    from tests.simulation.planted import PLANTED
    from tests.simulation.run import Run

    if job.planted:
        PLANTED[job.planted].plant()
    if job.show:
        print("\n".join(str(each) for each in job.plan.happenings), flush=True)
    made = Run(job.plan, folder, url)
    made.verbose, made.sought = job.show, job.sought
    ran = made.go()
    return {
        "seed": job.plan.seed,
        "violations": ran.violations,
        "counted": ran.counted,
        "crashed": ran.places.crashed,
        "awaits": sorted(ran.places.awaits),
        "commits": sorted(ran.places.commits),
        "seconds": ran.seconds,
        "digest": ran.digest,
    }


def town(seed: int) -> city.City:
    """The city of a seed."""
    return city.make(random.Random(f"{seed} city"))
