"""`make simulate ARGS="--for 30m --seed N"`: run seed after seed, and say what was covered and what broke."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation import apart
    from tests.simulation.plan import Plan

_UNITS = {"s": 1, "m": 60, "h": 3600}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument(
        "--for", dest="lasting", default="", help="how long, as 90s, 30m or 2h; else one seed"
    )
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow it")
    parser.add_argument("--seeds", type=int, default=0, help="how many seeds, whatever the time")
    parser.add_argument("--hours", type=float, default=0.0, help="virtual hours of trouble; else by the seed")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--nodes", type=int, default=0, help="daemons on one PostgreSQL; else 2")
    parser.add_argument("--folder", type=Path, default=None, help="where the stores lie; memory if possible")
    parser.add_argument("--show", action="store_true", help="print each plan and what the daemons log")
    parser.add_argument("--twice", action="store_true", help="run each seed twice and compare")
    parser.add_argument(
        "--digest", action="store_true", help="print what tells one run of a seed from another"
    )
    parser.add_argument(
        "--reruns", type=int, default=30, help="how often a plan that failed is run again to make it shorter"
    )
    parser.add_argument("--replay", default="", help="run the plan of this file, - for the input; as JSON")
    parser.add_argument("--story", action="store_true", help="print a plan that fails as a short test")
    parser.add_argument("--planted", default="", help='plant this bug, or "all", and say whether it is found')
    parser.add_argument(
        "--without", action="store_true", help="run the plan of a planted bug without the bug"
    )
    asked = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is chance, too
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *(arguments or sys.argv[1:])])
    asked.nodes = 1 if asked.store == "sqlite" else asked.nodes or 2
    if asked.replay:
        return replay(asked)
    return hunt(asked) if asked.planted else simulate(asked)


def seconds_of(text: str) -> float:
    """Seconds of a text as "90s", "30m" or "2h". Raises ValueError."""
    found = re.fullmatch(r"(\d+)([smh])", text)
    if found is None:
        raise ValueError(f"{text!r}: expected a number and s, m or h")
    return int(found[1]) * _UNITS[found[2]]


def simulate(asked: argparse.Namespace) -> int:
    """Run the seeds, each in a process of its own: what a crash left hanging must not reach the next."""
    from tests.simulation import apart, plan
    from tests.simulation.run import Run  # noqa: F401  read once, not once in each process
    from tests.simulation.tally import Tally

    until = time.monotonic() + (seconds_of(asked.lasting) if asked.lasting else 0)
    most = asked.seeds or (10**9 if asked.lasting else 1)
    tally = Tally(time.monotonic())
    with apart.somewhere(asked.store, asked.folder) as place:
        for seed in range(asked.seed or 1, (asked.seed or 1) + most):
            if asked.lasting and time.monotonic() > until:
                break
            hours = asked.hours or hours_of(seed)
            made = plan.draw(seed, apart.town(seed), hours, asked.store, asked.nodes)
            job = apart.Job(made, show=asked.show)
            ran = apart.run(job, place)
            if asked.twice and apart.run(job, place).get("digest") != ran.get("digest"):
                ran["violations"].append("the same seed gave another run")
            tally.add(ran)
            if ran["violations"] and asked.reruns:
                print(story_of(job, ran["violations"][0], place, asked.reruns), flush=True)
            if asked.digest:
                print(f"seed {seed} {ran.get('digest')}", flush=True)
    print(tally)
    return 1 if tally.failed else 0


def story_of(job: apart.Job, violation: str, place: apart.Place, reruns: int) -> str:
    """A violation as a test, after its plan was made as short as so many reruns allow."""
    from tests.simulation import apart
    from tests.simulation.shrink import Shrinking
    from tests.simulation.story import as_test

    sought = violation.partition(":")[0]
    newest = [violation]  # of the shortest plan so far

    def fails(plan: Plan) -> bool:
        ran = apart.run(replace(job, plan=plan, sought=sought, show=False), place)
        found = [each for each in ran["violations"] if each.partition(":")[0] == sought]
        newest[:] = found[:1] or newest
        return bool(found)

    return as_test(Shrinking(fails, reruns).shrunk(job.plan), newest[0])


def replay(asked: argparse.Namespace) -> int:
    """Run one plan that was written down, and print what it violates as JSON, or as a short test."""
    from tests.simulation import apart
    from tests.simulation.story import from_json

    plan = from_json(sys.stdin.read() if asked.replay == "-" else Path(asked.replay).read_text())
    with apart.somewhere(plan.store, asked.folder) as place:
        job = apart.Job(plan, asked.planted, show=asked.show)
        ran = apart.run(job, place)
        if ran["violations"] and asked.story:
            print(story_of(job, ran["violations"][0], place, asked.reruns))
            return 1
    print(json.dumps(ran["violations"]))
    return 1 if ran["violations"] else 0


def hunt(asked: argparse.Namespace) -> int:
    """Whether each planted bug is found within its budget of seeds, by the invariant that is to find it.

    With `--without` the bugs are left out, and each of their plans must be green.
    """
    from tests.simulation import apart
    from tests.simulation.planted import PLANTED

    wrong = 0
    names = list(PLANTED) if asked.planted == "all" else asked.planted.split(",")
    stores = {PLANTED[name].store for name in names}
    with apart.somewhere(max(stores, key=lambda store: store != "sqlite"), asked.folder) as place:
        plans = set()
        for name in names:
            bug = PLANTED[name]
            first, budget = asked.seed or bug.first, asked.seeds or bug.seeds
            known = (bug.happenings, bug.hours, bug.store, first)
            if asked.without and known in plans:
                continue
            plans.add(known)
            ran = {}
            for seed in range(first, first + (1 if asked.without else budget)):
                made = bug.plan(seed, apart.town(seed))
                job = apart.Job(made) if asked.without else apart.Job(made, name, bug.found_by)
                ran = apart.run(job, place)
                if bug.found_by in _names(ran):
                    break
            right = not ran["violations"] if asked.without else bug.found_by in _names(ran)
            wrong += not right
            print(
                f"{name}: {'as it must' if right else 'WRONG'}, seed {ran['seed']}", *_names(ran), flush=True
            )
            if not right:
                print("\n".join(each[:600] for each in ran["violations"][:3]), flush=True)
    return 1 if wrong else 0


def _names(ran: dict[str, Any]) -> list[str]:
    return sorted({each.partition(":")[0] for each in ran["violations"]})


def hours_of(seed: int) -> float:
    """How long a seed's run is disturbed, in virtual hours: an evening, or months."""
    return random.Random(f"{seed} shape").choice((3.0, 12.0, 48.0, 24.0 * 40))


if __name__ == "__main__":
    sys.exit(main())
