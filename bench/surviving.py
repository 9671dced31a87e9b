"""What the benches of kills and of faults share: real daemons in a burst, and the count of what arrived."""

from __future__ import annotations

import asyncio
import json
import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from alertd.engine.sending.receipts import IN_FLIGHT
from bench.report import Figure
from tests.support.burst import WAITING, incident
from tests.support.daemon import CONNECTIONS, Daemon, Site, until
from tests.support.smtp import SmtpSink

#: attempts in flight on one node: what one kill may repeat
BOUND = IN_FLIGHT * CONNECTIONS
#: seconds anything waited for may take: hundreds of messages to a slow server, on a machine others use too
PATIENCE = 900.0
#: the checks of `alertd doctor` that compare what is stored with what was done
COMPARED = ("rows", "audit", "recorded", "spoken", "sent")

#: without what was drafted while this is counted: who does not acknowledge is asked again
_INTENDED = (
    "select message_id from deliveries where channel = 'email' and person <> 'admin' and not_before is null"
)
#: each unit of each incident, with the messages to those who are asked about it
_ASKED = (
    "select d.case_id, d.party, m.message_id from deadlines d join notices n on n.deadline = d.number "
    "join delivery_notices l on l.notice = n.id join deliveries m on m.id = l.delivery "
    "where d.case_id <> '' and n.ask"
)
_DUE = "select count(*) from deliveries where not_before is not null and person <> 'admin'"


class Taking(SmtpSink):
    """Takes each mail at once and says so `slow` seconds later: whoever dies between has sent it.

    Only what comes before the text is kept: a burst of thousands is too large to keep.
    """

    def __init__(self, slow: float) -> None:
        super().__init__()
        self.slow = slow

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = await super().handle_DATA(server, session, envelope)  # type: ignore[arg-type]
        last = self.messages[-1]
        self.messages[-1] = replace(last, data=last.data.partition(b"\r\n\r\n")[0])
        await asyncio.sleep(self.slow)
        return reply

    def arrived(self) -> list[str]:
        """Message-IDs in the order of their arrival."""
        return [message_from_bytes(each.data)["Message-ID"].strip("<>") for each in self.messages]


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the messages that were decided.

    `after` holds the repeats of each trouble, and at last those of messages that first came when all troubles
    were over, which nothing excuses.
    """

    messages: int
    lost: int
    after: tuple[int, ...]

    @property
    def repeats(self) -> int:
        return sum(self.after)


def count(intended: Collection[str], arrived: Sequence[str], cuts: Sequence[int]) -> Count:
    """Compare what was decided with what `arrived`, in order; `cuts` is how many had, after each trouble.

    A repeat is put to the trouble that came after the arrival before it.
    """
    before: dict[str, int] = {}
    after = [0] * (len(cuts) + 1)
    for at, name in enumerate(arrived):
        if name in before:
            after[bisect_right(cuts, before[name])] += 1
        before[name] = at
    return Count(len(intended), len(set(intended) - set(arrived)), tuple(after))


def untold(expected: Collection[tuple[str, str]], asked: Sequence[Any], arrived: Collection[str]) -> int:
    """How many of the `expected` (case, unit) no message about them arrived for.

    `asked` holds (case, unit, Message-ID).
    """
    told = {(case, unit) for case, unit, message in asked if message in arrived}
    return len(set(expected) - told)


class Scene:
    """Running daemons, the mail server they send to, and the incidents that were reported."""

    def __init__(self, sites: Sequence[Site], sink: Taking) -> None:
        self.sites, self.sink = sites, sink
        self.daemons: list[Daemon] = [site.daemon() for site in sites]
        self.reported: list[tuple[str, tuple[str, ...]]] = []
        self.cuts: list[int] = []

    async def incidents(self, units: Sequence[str], more: int = 1) -> None:
        """So many more in these units, one after the other."""
        for _ in range(more):
            subject = f"fire-{len(self.reported)}"
            self.reported.append((subject, tuple(units)))
            await asyncio.to_thread(incident, self.sites[0], subject, units, True)

    async def until(self, happened: Callable[[], Any], what: str) -> Any:
        said = "\n\n".join
        return await asyncio.to_thread(
            until, happened, what, lambda: said(each.output()[-5000:] for each in self.daemons), PATIENCE
        )

    async def drained(self) -> None:
        ends = time.monotonic() + PATIENCE
        while await asyncio.to_thread(self.sites[0].rows, WAITING):
            assert time.monotonic() < ends, f"{self.due()} messages still wait"
            await asyncio.sleep(1)

    def due(self) -> int:
        """How many messages wait or are leased."""
        found: int = self.sites[0].rows(_DUE)[0][0]
        return found

    def cut(self) -> None:
        """A trouble is over."""
        self.cuts.append(len(self.sink.messages))

    def count(self) -> Count:
        intended = {row[0] for row in self.sites[0].rows(_INTENDED)}
        return count(intended, self.sink.arrived(), self.cuts)

    def untold(self) -> int:
        expected = {(subject, unit) for subject, units in self.reported for unit in units}
        asked = [(case.rpartition("@")[2], unit, name) for case, unit, name in self.sites[0].rows(_ASKED)]
        return untold(expected, asked, set(self.sink.arrived()))

    def changed(self) -> list[str]:
        """Of what `alertd doctor` compares, what does not hold together."""
        checks = json.loads(self.sites[0].run_here("doctor", "--json", codes=(0, 1)))["checks"]
        return [each["check"] for each in checks if each["check"] in COMPARED and each["level"] != "ok"]


def common(scene: Scene, found: Count) -> list[Figure]:
    """What holds whatever the trouble was."""
    untold, changed = scene.untold(), scene.changed()
    return [
        Figure("  messages lost", str(found.lost), target="0", met=found.lost == 0),
        Figure("  units of an incident not told", str(untold), target="0", met=untold == 0),
        Figure("  repeats of what came later", str(found.after[-1]), target="0", met=not found.after[-1]),
        Figure("  doctor finds changed", ", ".join(changed) or "0", target="0", met=not changed),
    ]
