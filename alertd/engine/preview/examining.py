"""The store examined from end to end: what checkup.py looks at, one look after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime

from alertd.engine.preview import checkup, comparing
from alertd.engine.preview.checkup import BAD, WARN, Finding
from alertd.engine.preview.overriding import overrides_finding
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import health, migrating
from alertd.store.database import Store

#: whether there is time for another look
TimeLeft = Callable[[], bool]
EVER: TimeLeft = lambda: True  # noqa: E731


def of_store(
    store: Store,
    now: datetime,
    texts: Mapping[str, str],
    mode: Callable[[], str],
    ahead: float,
    seal: str = "",
    time_left: TimeLeft = EVER,
) -> tuple[Finding, ...]:
    """The store itself and who works on it; `texts` are the files as they lie there, `mode` what rules.

    `ahead` is by how many seconds the clock of this machine is ahead of the store's, `seal` one that
    somebody noted elsewhere. Of a damaged store nothing more is read. `time_left` is asked after each look.
    """
    looks = _of_store(store, now, texts, mode, ahead, seal)
    return tuple(_while(looks, time_left))


def _of_store(
    store: Store, now: datetime, texts: Mapping[str, str], mode: Callable[[], str], ahead: float, seal: str
) -> Generator[Finding]:
    said = health.integrity(store)
    yield checkup.integrity_finding(said, migrating.NEWEST)
    disk = checkup.disk_finding(health.free_bytes(store))
    if disk is not None:
        yield disk
    if said:
        return
    held = health.held(store)
    with store.read(still=True) as tx:
        yield checkup.rows_finding(tx)  # first, since it names what the others may stumble over
        yield from checkup.looked("revisions", checkup.revisions_finding, tx, texts)
        yield from checkup.looked("sending", checkup.sending_finding, tx, mode())
        yield from checkup.looked("daemon", checkup.daemon_finding, tx, now, held)
        yield from checkup.looked("modes", checkup.modes_finding, tx, now)
        yield from checkup.looked("planned", checkup.planned_finding, tx)
        yield from checkup.looked("evidence", checkup.evidence_finding, tx)
        yield from checkup.looked("audit", comparing.audit_findings, tx)
        if seal:
            yield comparing.seal_finding(tx, seal)
        yield from checkup.looked("sent", comparing.sent_finding, tx)
        yield from checkup.looked("clock", checkup.clock_finding, tx, now, ahead)


def damaged(findings: Sequence[Finding]) -> bool:
    """Whether the store itself is unsound, so that nothing else can be said of it."""
    return any(finding.check == "store" and finding.level == BAD for finding in findings)


def of_what_rules(
    store: Store, now: datetime, world: World, ruling: bool, time_left: TimeLeft = EVER
) -> tuple[Finding, ...]:
    """What is stored by the files in `world`; `ruling` says whether they rule in this store."""
    return tuple(_while(_of_what_rules(store, now, world, ruling), time_left))


def _while(looks: Generator[Finding], time_left: TimeLeft) -> Iterator[Finding]:
    """What is found in time. A look that was begun is ended; that some were not begun is a finding too."""
    with closing(looks):
        for finding in looks:
            yield finding
            if not time_left():
                yield Finding("look", WARN, "out-of-time")
                return


def _of_what_rules(store: Store, now: datetime, world: World, ruling: bool) -> Generator[Finding]:
    with store.read(still=True) as tx:
        scope = Scope(tx, world, now)
        yield from checkup.looked("outbox", checkup.outbox_finding, scope)
        yield from checkup.looked("channels", checkup.channels_finding, scope)
        yield from checkup.looked("mailbox", checkup.mailbox_finding, scope)
        yield from checkup.looked("feeds", checkup.feeds_finding, scope)
        yield from checkup.looked("overrides", overrides_finding, scope)
        yield from checkup.looked("addresses", checkup.addresses_finding, scope)
        yield from checkup.looked("people", checkup.people_finding, scope)
        yield from checkup.looked("positions", checkup.positions_finding, scope)
        yield from checkup.looked("calendar", checkup.calendar_finding, scope)
        yield from checkup.looked("severities", checkup.severities_finding, scope)
        if ruling:
            yield from checkup.looked("next", comparing.next_finding, scope)
            yield from checkup.looked("limits", checkup.limits_finding, scope, int(now.timestamp()))
