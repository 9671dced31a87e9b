"""Bulletins that are mailed by themselves: which one is due, what it compares with, and what it says.

`as_of` is the instant it was due at, however late a node comes to make it: whoever asks for the same instant
by hand reads the same figures.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.bulletins import Issue, kind_of, next_issue
from alertd.engine.operations.mailing import Made
from alertd.engine.reporting.bulletin import BulletinPeriod
from alertd.engine.reporting.issuing import issue as issue_of
from alertd.engine.reporting.issuing import period_before, period_of
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.messages.bulletin_mail import mail_of
from alertd.messages.catalogue import LANGUAGES
from alertd.store import bulletins, settings


def next_mail(scope: Scope) -> Issue | None:
    """The next issue of this machine's schedule that nobody has mailed, due or to come; None without one.

    A schedule rules from the moment it is first seen here: what was due before is not made up for. One that
    is gone, or is about other periods, begins anew when it comes back; so does one that was only a drill.
    """
    world = scope.world
    name = f"{settings.BULLETIN}.{world.machine}"
    kept = settings.get(scope.tx, name)
    if world.bulletin is None:
        if kept is not None:
            settings.put(scope.tx, name, None)
        return None
    rules = {"kind": str(world.bulletin.kind), "drill": world.drilling}
    since = _since(kept, rules, scope.now)
    if since is None:
        bulletins.forget_after(scope.tx, scope.now)
        since = scope.now
        settings.put(scope.tx, name, {**rules, "since": since.isoformat()})
    after = since
    while (issue := next_issue(world.bulletin, after, world.calendar, world.office)) is not None:
        if bulletins.find(scope.tx, issue.period, world.drilling) is None:
            break
        after = issue.at
    if after != since and after <= scope.now:
        settings.put(scope.tx, name, {**rules, "since": after.isoformat()})
    return issue


def _since(kept: Any, rules: dict[str, Any], now: datetime) -> datetime | None:
    """Since when the schedule rules; None where it was another one, or the clock ran ahead."""
    if not isinstance(kept, dict) or any(kept.get(key) != value for key, value in rules.items()):
        return None
    since = datetime.fromisoformat(kept["since"])
    return since if since <= now else None


def made(
    tx: Connection, world: World, issue: Issue, now: World | None = None, previous: datetime | None = None
) -> Made:
    """An issue as of its instant, compared with the one mailed before; nothing is changed. Raises Unreadable.

    `world` is what ruled at its instant, `now` what rules at present where that is another. `previous` is
    asked for by hand, and is otherwise that of the issue mailed before.
    """
    now = now or world
    drill, ranking = now.drilling, now.bulletin.ranking if now.bulletin else False
    last = bulletins.before(tx, kind_of(issue), drill, issue.at)
    before: BulletinPeriod | None = None
    if last is not None:
        before = period_of(world, last.first, last.last, last.as_of, last.previous)
    compared = previous or (last.as_of if last else None)
    period = period_of(world, issue.first, issue.last, issue.at, compared)
    if previous is not None:
        before = period_before(world, period)
    view = issue_of(tx, world, period, before, ranking)
    words = {language: mail_of(view, language, issue.period, drill) for language in LANGUAGES}
    return Made(issue, issue.at, period.previous, words)
