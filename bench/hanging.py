"""A mail server that takes connections and says nothing, Telegram well: when are people reached?"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alertd.clock import SystemClock
from alertd.core.model import OrgUnit, Person
from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.messages.render import Renderer
from alertd.store.database import Store
from alertd.transports.base import Transport
from alertd.transports.email import EmailOptions, EmailTransport
from alertd.transports.registered import Hearing
from alertd.transports.telegram import TelegramOptions, TelegramTransport
from bench import scene
from bench.report import Figure, quantile
from tests.support.botapi import TOKEN, FakeBotAPI
from tests.support.smtp import silent_server

SIZE, QUICK = 300, 20
#: seconds after which a run is given up
LONGEST = 240.0
SHARE, WITHIN = 0.95, 120.0


def _picture(people: int) -> World:
    """So many towns with a contact each, whose mail comes before their chat."""
    world = scene.world(Mode.LIVE, mail=True)
    towns = [f"t{number}" for number in range(people)]
    units = {town: OrgUnit(town, {"zh-Hant": town, "en": town}) for town in towns}
    contacts = {
        f"{town}.contact": Person(
            f"{town}.contact", town, town, ("contact",), f"{town}@example.org", 1000 + number
        )
        for number, town in enumerate(towns)
    }
    register = replace(world.register, units=units, people=contacts, groups={})
    return replace(
        world,
        register=register,
        channels=("email", "telegram"),
        transports={"email": "email", "telegram": "telegram", "inbox": "inbox"},
    )


async def _reached(store: Store, picture: World, people: int) -> list[float]:
    """When the chat of each person heard, in seconds since the epoch."""
    async with silent_server() as port, FakeBotAPI() as api:
        mail = EmailTransport(
            EmailOptions(host="127.0.0.1", port=port, security="none", sender="alertd@example.org")
        )
        hearing = Hearing("telegram")
        telegram = TelegramTransport(
            TelegramOptions(TOKEN, api.url, listens=False), hearing.on_press, "telegram"
        )
        await telegram.start()
        door = Door()
        transports: dict[str, Transport] = {"email": mail, "telegram": telegram}
        dispatcher = Dispatcher(store, door, picture, Renderer(), transports, SystemClock())
        dispatcher.alarm.start()
        task = asyncio.create_task(dispatcher.run())
        ends = time.monotonic() + LONGEST
        first: dict[str, float] = {}
        while len(first) < people and time.monotonic() < ends:
            await asyncio.sleep(0.2)
            for call in api.calls:
                if call.method == "sendMessage":
                    first.setdefault(call.params["chat_id"], call.at)
        stopping = asyncio.create_task(dispatcher.stop())
        await asyncio.gather(stopping, task)
        for transport in (mail, telegram):
            await transport.stop()
        dispatcher.alarm.stop()
        door.close()
    return list(first.values())


def run(size: int, quick: bool) -> list[Figure]:
    """Seconds from due until so many of 100 people had it in their chat."""
    with scene.folder() as home:
        picture = _picture(size)
        store = scene.new_store(Path(home) / "hanging.db")
        due = scene.now() + timedelta(seconds=2)
        scene.fill(store, scene.rows_due(picture, [due] * size, due - timedelta(days=1)))
        heard = sorted(at - due.timestamp() for at in asyncio.run(_reached(store, picture, size)))
        store.close()
    missing = size - len(heard)
    share = quantile([*heard, *[LONGEST] * missing], SHARE)
    name = f"{size} people on hour clocks, the mail server hangs, Telegram second"
    return [
        Figure(f"{name}: 95 of 100 reached", f"{share:.0f} s", target="<= 120 s", met=share <= WITHIN),
        Figure("the first of them", f"{heard[0]:.0f} s" if heard else "never"),
        Figure("not reached", str(missing), target="0", met=not missing),
    ]
