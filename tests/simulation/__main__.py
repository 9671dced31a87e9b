"""`make simulate ARGS="--for 30m --seed N"`: run seed after seed, and say what was covered and what broke."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_UNITS = {"s": 1, "m": 60, "h": 3600}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument(
        "--for", dest="lasting", default="", help="how long, as 90s, 30m or 2h; else one seed"
    )
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow it")
    parser.add_argument("--seeds", type=int, default=0, help="how many seeds, whatever the time")
    parser.add_argument("--hours", type=float, default=0.0, help="virtual hours of trouble; else by the seed")
    parser.add_argument("--folder", type=Path, default=None, help="where the stores lie; memory if possible")
    parser.add_argument("--show", action="store_true", help="print each plan and what the daemons log")
    parser.add_argument("--twice", action="store_true", help="run each seed twice and compare")
    parser.add_argument(
        "--digest", action="store_true", help="print what tells one run of a seed from another"
    )
    parser.add_argument("--planted", default="", help='plant this bug, or "all", and say whether it is found')
    parser.add_argument(
        "--without", action="store_true", help="run the plan of a planted bug without the bug"
    )
    asked = parser.parse_args(arguments)
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is chance, too
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *(arguments or sys.argv[1:])])
    return hunt(asked) if asked.planted else simulate(asked)


def seconds_of(text: str) -> float:
    """Seconds of a text as "90s", "30m" or "2h". Raises ValueError."""
    found = re.fullmatch(r"(\d+)([smh])", text)
    if found is None:
        raise ValueError(f"{text!r}: expected a number and s, m or h")
    return int(found[1]) * _UNITS[found[2]]


def simulate(asked: argparse.Namespace) -> int:
    """Run the seeds, each in a process of its own: what a crash left hanging must not reach the next."""
    from tests.simulation.run import Run  # noqa: F401  read once, not once in each process
    from tests.simulation.tally import Tally

    until = time.monotonic() + (seconds_of(asked.lasting) if asked.lasting else 0)
    most = asked.seeds or (10**9 if asked.lasting else 1)
    tally = Tally(time.monotonic())
    with tempfile.TemporaryDirectory(dir=_place(asked)) as place:
        for seed in range(asked.seed or 1, (asked.seed or 1) + most):
            if asked.lasting and time.monotonic() > until:
                break
            ran = apart(seed, asked, Path(place) / "city")
            tally.add(ran)
            if asked.digest:
                print(f"seed {seed} {ran.get('digest')}", flush=True)
    print(tally)
    return 1 if tally.failed else 0


def hunt(asked: argparse.Namespace) -> int:
    """Whether each planted bug is found within its budget of seeds, by the invariant that is to find it.

    With `--without` the bugs are left out, and each of their plans must be green.
    """
    from tests.simulation.planted import PLANTED

    wrong = 0
    with tempfile.TemporaryDirectory(dir=_place(asked)) as place:
        plans = set()
        for name in PLANTED if asked.planted == "all" else asked.planted.split(","):
            bug, asked.planted = PLANTED[name], name
            first, budget = asked.seed or bug.first, asked.seeds or bug.seeds
            plan = (bug.happenings, bug.hours, first)
            if asked.without and plan in plans:
                continue
            plans.add(plan)
            ran = {}
            for seed in range(first, first + (1 if asked.without else budget)):
                ran = apart(seed, asked, Path(place) / "city")
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


def _place(asked: argparse.Namespace) -> Path | None:
    """Where stores lie: in memory if possible, or where nothing else is asked for."""
    memory = Path("/dev/shm")
    return asked.folder or (memory if memory.is_dir() else None)


def apart(seed: int, asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What a seed gave, as plain values, from a process that is thrown away afterwards."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as out:
                json.dump(_run(seed, asked, folder), out)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if not text:
        return {"seed": seed, "violations": [f"the run broke off with status {status}"], "counted": {}}
    return dict(json.loads(text))


def _run(seed: int, asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from tests.simulation import city, plan
    from tests.simulation.planted import PLANTED
    from tests.simulation.run import Run

    town = city.make(random.Random(f"{seed} city"))
    if bug := PLANTED.get(asked.planted):
        made = bug.plan(seed, town)
        if not asked.without:
            bug.plant()
    else:
        made = plan.draw(seed, town, asked.hours or hours_of(seed), 1)
    if asked.show:
        print("\n".join(str(each) for each in made.happenings), flush=True)
    digests = set()
    for _ in range(2 if asked.twice else 1):
        run = Run(made, folder)
        run.verbose = asked.show
        run.sought = bug.found_by if bug and not asked.without else ""
        ran = run.go()
        digests.add(ran.digest)
    violations = ran.violations + (["the same seed gave another run"] if len(digests) > 1 else [])
    return {
        "seed": seed,
        "violations": violations,
        "counted": ran.counted,
        "crashed": ran.crashed_at,
        "seconds": ran.seconds,
        "digest": ran.digest,
    }


def hours_of(seed: int) -> float:
    """How long a seed's run is disturbed, in virtual hours: an evening, or months."""
    return random.Random(f"{seed} shape").choice((3.0, 12.0, 48.0, 24.0 * 40))


if __name__ == "__main__":
    sys.exit(main())
