"""Real installations in a burst: incidents in many units at once, what is to arrive, and what did."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

from alertd.store import chains
from tests.support.daemon import Site
from tests.support.smtp import SmtpSink

#: the admin is written to once a minute has gathered what is to be said
WAITING = "select 1 from deliveries where not_before is not null and person <> 'admin' limit 1"


def two_sites(folder: Path, url: str) -> tuple[Site, Site]:
    """Two installations on one database."""
    sites = []
    for name in ("one", "two"):
        (folder / name).mkdir()
        sites.append(Site(folder / name))
        sites[-1].store_at(url)
    return sites[0], sites[1]


def ready_to_send(sites: Sequence[Site], sink: SmtpSink) -> None:
    for site in sites:
        site.mail_to(sink.port)
    for site in sites:
        site.go_live()


def everybody_has_a_chat(people: str) -> str:
    """people.csv with mail first, then Telegram, for each of them."""
    rows = list(csv.DictReader(io.StringIO(people)))
    for number, row in enumerate(rows):
        row |= {"telegram": str(1000 + number), "channels": "email;telegram"}
    return as_csv(rows)


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def units_of(site: Site) -> list[str]:
    """The units with duties of their own; once the daemon has planned them."""
    return [
        row[0] for row in site.rows("select distinct party from deadlines where party = unit order by party")
    ]


def incident(site: Site, subject: str, units: Sequence[str], here: bool = False) -> None:
    """Report one that concerns these units: some messages for each, all due at once.

    `here` does so within this process.
    """
    parties = [word for unit in units for word in ("--party", unit)]
    now = datetime.now(UTC).isoformat()
    words = (
        "event", "report", "major-incident", "--severity=major", "--subject", subject, *parties,
        "--published", now, "--yes",
    )  # fmt: skip
    (site.run_here if here else site.run)(*words, "--title", "演習")


def identities(sink: SmtpSink) -> Counter[str]:
    """How often each Message-ID arrived."""
    return Counter(message_from_bytes(m.data)["Message-ID"].strip("<>") for m in sink.messages)


def once_only(site: Site) -> list[Any]:
    """What two nodes did twice though it is to be done once; and a store that does not hold together."""
    keys = {
        "revisions": "file, digest",  # which files rule
        "alerts": "deadline, kind, step, cast(detail as text)",  # a step decided, or handed on by whom
        "notices": "alert, person",
        "deliveries": "bundle, channel",  # one message for a person and a case
        "events": "case_id, type",
    }
    twice = [
        (table, *row)
        for table, key in keys.items()
        for row in site.rows(f"select {key}, count(*) from {table} group by {key} having count(*) > 1")
    ]
    planned = "select count(*) from audit where deadline = 0 and action = 'revision-applied'"
    times = site.rows(planned)[0][0]
    store = site.store()
    with store.read() as tx:
        broken = chains.verify(tx)
    store.close()
    return twice + ([] if times == 1 else [("planned", times)]) + list(broken)
