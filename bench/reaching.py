"""People on hour clocks, their mail before their chat, and a mail server that does not serve."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from bench import scene
from bench.report import Figure, quantile
from tests.support.botapi import FakeBotAPI
from tests.support.burst import as_csv, everybody_has_a_chat, incident
from tests.support.daemon import Site
from tests.support.scripted_smtp import Script, ScriptedServer

#: seconds after which a run is given up
LONGEST = 240.0
SHARE, WITHIN = 0.95, 120.0
#: seconds an attempt may take, as in the shipped channels/email.toml
TIMEOUT = 30


def crowd(people: str, size: int) -> tuple[str, list[str], list[str]]:
    """people.csv with `size` contacts in the first units; these units, and the contacts' chats."""
    rows = list(csv.DictReader(io.StringIO(everybody_has_a_chat(people))))
    contacts = [row for row in rows if "contact" in row["positions"].split(";")][:size]
    more = [
        {**row, "id": f"contact-{at}.{row['unit']}", "email": f"contact-{at}@city.test"}
        | {"telegram": str(5000 + at), "deputy": ""}
        for at, row in enumerate(islice(cycle(contacts), size - len(contacts)))
    ]
    chats = [row["telegram"] for row in [*contacts, *more]]
    return as_csv([*rows, *more]), [row["unit"] for row in contacts], chats


async def _heard(site: Site, size: int, server: Script) -> list[float]:
    """Seconds from the report of an incident until the chat of each contact heard of it."""
    text, units, chats = crowd((site.folder / "schedules/people.csv").read_text("utf-8-sig"), size)
    site.edit("schedules/people.csv", lambda _: text)
    async with ScriptedServer(server) as mail, FakeBotAPI() as api:
        site.mail_to(mail.port, TIMEOUT)
        site.telegram_to(api.url)
        site.go_live()
        with site.daemon() as daemon:
            began, wanted = time.time(), set(chats)
            await asyncio.to_thread(incident, site, "flood", units, True)
            first: dict[str, float] = {}
            while len(first) < size and time.time() < began + LONGEST and not daemon.ended():
                await asyncio.sleep(0.2)
                for call in api.calls:
                    if call.method == "sendMessage" and call.params["chat_id"] in wanted:
                        first.setdefault(call.params["chat_id"], call.at - began)
            await asyncio.to_thread(daemon.stop)
    return list(first.values())


def figures(name: str, size: int, seconds: Sequence[float]) -> list[Figure]:
    """When 95 of 100 of `size` people were reached; who was not counts as long as the run was."""
    left_out = size - len(seconds)
    share = quantile([*seconds, *[LONGEST] * left_out], SHARE)
    first = f"{min(seconds):.0f} s" if seconds else "never"
    claim = f"{size} people on hour clocks, the mail server {name}, Telegram second: 95 of 100 reached"
    return [
        Figure(claim, f"{share:.0f} s", target="<= 120 s", met=share <= WITHIN),
        Figure("the first of them", first),
        Figure("not reached", str(left_out), target="0", met=not left_out),
    ]


def reach(name: str, size: int, server: Script) -> list[Figure]:
    """The installed daemon against a mail server that does as the script says."""
    with scene.folder() as home:
        return figures(name, size, asyncio.run(_heard(Site(Path(home)), size, server)))
