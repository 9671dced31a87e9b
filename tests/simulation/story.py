"""A plan written down: as JSON, and as a test that tells what has to happen until an invariant breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.simulation.plan import Happening, Plan

_ROOT = Path(__file__).parents[2]
#: names a planted bug with which stories are run, to see them fail
PLANTED_VARIABLE = "ALERTD_TEST_PLANTED"
#: seconds of real time for one story on a busy machine
_LONGEST = 600


def to_json(plan: Plan) -> str:
    return json.dumps(asdict(plan))


def from_json(text: str) -> Plan:
    values = json.loads(text)
    happenings = tuple(Happening(**each) for each in values.pop("happenings"))
    return Plan(**values, happenings=happenings)


def violations(plan: Plan) -> list[str]:
    """What a plan violates, run in another process: sets have their order there for all time."""
    command = [sys.executable, "-m", "tests.simulation", "--replay", "-"]
    if bug := os.environ.get(PLANTED_VARIABLE):
        command += ["--planted", bug]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    ran = subprocess.run(
        command,
        cwd=_ROOT,
        env=environ,
        input=to_json(plan),
        stdout=subprocess.PIPE,
        text=True,
        timeout=_LONGEST,
    )
    found: list[str] = json.loads(ran.stdout.splitlines()[-1])
    return found


def holds(invariant: str, plan: Plan) -> None:
    """Assert that an invariant holds all through a plan."""
    broken = [each for each in violations(plan) if each.partition(":")[0] == invariant]
    assert not broken, broken[0]


def as_test(plan: Plan, violation: str) -> str:
    """A module with one test, to be pasted below tests/simulation: it fails as long as the plan does."""
    invariant, _, seen = violation.partition(":")
    lines = [f"            {_happening(each)}," for each in plan.happenings]
    title = invariant.replace("_", " ")
    return "\n".join(
        (
            f'"""{title[:1].upper()}{title[1:]}: seed {plan.seed}, {len(lines)} happenings."""',
            "",
            "from __future__ import annotations",
            "",
            "from tests.simulation.plan import Happening, Plan",
            "from tests.simulation.story import holds",
            "",
            "",
            f"def test_{_name(invariant)}_in_seed_{plan.seed}() -> None:",
            *(f"    # {line}"[:108] for line in seen.strip().splitlines()[:3]),
            "    plan = Plan(",
            f"        seed={plan.seed},",
            f"        hours={plan.hours!r},",
            "        happenings=(",
            *lines,
            "        ),",
            f'        store="{plan.store}",',
            f"        machines={plan.machines},",
            "    )",
            f'    holds("{invariant}", plan)',
            "",
        )
    )


def _name(text: str) -> str:
    return "".join(each if each.isalnum() else "_" for each in text.lower())


def _happening(each: Happening) -> str:
    about: dict[str, Any] = each.about
    return f'Happening({each.at!r}, "{each.kind}", {json.dumps(about)})'.replace("true", "True").replace(
        "false", "False"
    )
