"""The files of a small register, for tests that change them between two looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from alertd.config.faults import Fault
from alertd.config.register import CalendarInput
from alertd.core.calendar import WorkCalendar
from alertd.core.model import Register
from alertd.engine.planning.reconciler import Files, Reconciled, reconcile, release
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode, World
from tests.support.play import Play
from tests.support.register import ZONE, world

DUTIES = "schedules/chapter-1.toml"
POLICIES = "schedules/policies.toml"
CALENDAR = "schedules/calendar.toml"
DIRECTORY = "schedules/directory.toml"

TEXTS: Mapping[str, str] = {
    DIRECTORY: """\
supervisor = "office"
duty_desk = "office"

[[unit]]
id = "office"
name = "辦公室"
[[unit]]
id = "town-a"
name = "東河鎮"
[[unit]]
id = "town-b"
name = "西山鎮"

[[group]]
id = "every-town"
title = "各鎮"
members = ["town-a", "town-b"]

[[person]]
id = "ann"
name = "安娜"
unit = "town-a"
positions = ["contact"]
email = "ann@example.org"
[[person]]
id = "eve"
name = "伊娃"
unit = "town-b"
positions = ["contact"]
email = "eve@example.org"
""",
    "schedules/event-types.toml": """\
[[event_type]]
id = "draft"
title = "草案"
instants = ["received"]
""",
    POLICIES: """\
[[policy]]
id = "yearly"
title = "年度"
[[policy.step]]
id = "near"
at = "due - 10 working days"
to = ["contact"]
level = 1
""",
    DUTIES: """\
[[obligation]]
id = "report"
title = "報告"
source = { clause = "§1" }
owed_by = "group:every-town"
rule = "yearly by 12-30"
policy = "yearly"

[[obligation]]
id = "review"
title = "審查"
source = { clause = "§2" }
owed_by = "event.party"
starts_on = ["draft.received"]
rule = "15 working days"
policy = "yearly"
""",
    CALENDAR: """\
[[year]]
year = 2026
status = "official"
source = "notice of 2025"
checked = 2026-11-22
off = [{ from = 2026-01-01, name = "new-year" }]
""",
}


def make_world(register: Register, calendar: CalendarInput, live: bool) -> World:
    """A live node on the calendar of the files; more than 3 deadlines are a large change."""
    made = world(register, deadline_threshold=3, mode=Mode.LIVE)
    return replace(made, calendar=WorkCalendar(ZONE, calendar.years, calendar.version))


def changed(texts: Mapping[str, str], file: str, *pairs: tuple[str, str]) -> dict[str, str]:
    """The texts with places of one file changed; each must stand there once."""
    text = texts[file]
    for old, new in pairs:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        text = text.replace(old, new)
    return {**texts, file: text}


def with_2027(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts with the official calendar of 2027, which has the first eight days off."""
    off = 'off = [{ from = 2027-01-01, to = 2027-01-08, name = "new-year" }]'
    year = f'year = 2027\nstatus = "official"\nsource = "notice of 2026"\nchecked = 2026-11-22\n{off}\n'
    return {**texts, CALENDAR: f"{texts[CALENDAR]}[[year]]\n{year}"}


def look(play: Play, texts: Mapping[str, str], *unreadable: Fault) -> Reconciled:
    """Reconcile these files with the play's store, and let it go on in the world that rules."""
    found = reconcile(play.store, Files(texts, unreadable), make_world, None, play.now, Fault.text)
    assert found.world is not None
    play.world = found.world
    return found


def let_go(play: Play, texts: Mapping[str, str], reason: str = "as decided") -> Reconciled:
    """What `alertd plan --apply` does."""
    found = release(play.store, Files(texts), make_world, None, play.now, Actor("clerk"), reason)
    assert found.world is not None
    play.world = found.world
    return found


def times(play: Play, name: str) -> tuple[Any, datetime | None]:
    row = play.row(name)
    return row.last_day and row.last_day.isoformat(), row.next_action_at
