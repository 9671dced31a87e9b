"""The troubles that may befall a run: each says how one is drawn and what it does. A new one is one entry."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.simulation import files
from tests.simulation.bot import BotMood
from tests.simulation.city import City
from tests.simulation.loop import WORLD
from tests.simulation.machine import Machine
from tests.simulation.mail import Mood
from tests.simulation.places import Crash

if TYPE_CHECKING:
    from tests.simulation.run import Run

About = dict[str, Any]
HOUR, DAY = 3600.0, 86400.0
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, slots=True)
class Trouble:
    """`draw` gives what it is about, of the chance, the city and so many machines; `befall` begins it.

    Some befall stores of one kind only.
    """

    draw: Callable[[random.Random, City, int], About]
    befall: Callable[[Run, About], None]
    store: str = ""


def _lasting(chance: random.Random) -> float:
    return chance.choice((5.0, 60.0, 600.0, 1800.0, 3 * HOUR))


def _for_a_while(chance: random.Random, city: City, machines: int) -> About:
    return {"for": _lasting(chance)}


def _somebody(chance: random.Random, city: City, machines: int) -> About:
    return {"person": chance.choice(city.people).id}


def _a_machine(chance: random.Random, city: City, machines: int) -> About:
    return {"machine": chance.randrange(machines)}


def _for_seconds(*seconds: float) -> Callable[[random.Random, City, int], About]:
    return lambda chance, city, machines: {
        **_a_machine(chance, city, machines),
        "for": chance.choice(seconds),
    }


def _a_mood(moods: type[Mood] | type[BotMood]) -> Callable[[random.Random, City, int], About]:
    bad = [str(mood) for mood in moods if mood.value != "well"]
    return lambda chance, city, machines: {"mood": chance.choice(bad), "for": _lasting(chance)}


def _machine(run: Run, about: About) -> Machine:
    found: Machine = run.machines[about["machine"] % len(run.machines)]
    return found


def later(run: Run, seconds: float, what: str, mend: Callable[[], None]) -> None:
    """Mend a trouble after so many seconds, unless another of its kind has begun meanwhile."""
    run.lasting[what] = mend
    run.changes(what)

    def perhaps() -> None:
        if run.lasting.get(what) is mend:
            run.mend(what)

    run.loop.call_later(seconds, perhaps, context=WORLD)


def _mail_mood(run: Run, about: About) -> None:
    run.mail.mood = Mood(about["mood"])
    later(run, about["for"], "mail", lambda: setattr(run.mail, "mood", Mood.WELL))


def _bot_mood(run: Run, about: About) -> None:
    run.bot.mood = BotMood(about["mood"])
    later(run, about["for"], "bot", lambda: setattr(run.bot, "mood", BotMood.WELL))


def _weather(server: str, what: str) -> Callable[[Run, About], None]:
    def befall(run: Run, about: About) -> None:
        weather = run.mail_weather if server == "mail" else run.bot_weather
        well = getattr(weather, what)
        setattr(weather, what, about.get("chance", True))
        later(run, about["for"], f"{server} {what}", lambda: setattr(weather, what, type(well)(0)))

    return befall


def _mailbox(which: str) -> Callable[[Run, About], None]:
    return lambda run, about: getattr(run.mail, which).add(run.people[about["person"]].email)


def _chat_blocked(run: Run, about: About) -> None:
    run.bot.blocked.add(run.people[about["person"]].chat)


def _crash(run: Run, about: About) -> None:
    _machine(run, about).crash()


def _power_cut(run: Run, about: About) -> None:
    _machine(run, about).crash(power=True, lingers=about.get("lingers", 0.0))


def _at_commit(run: Run, about: About) -> None:
    crash = Crash(about["nth"], _share(about), about["when"])
    _machine(run, about).at_commits.append(crash)


def _at_await(run: Run, about: About) -> None:
    _machine(run, about).at_awaits.append(Crash(about["nth"], _share(about)))


def _share(about: About) -> tuple[int, int]:
    part, parts = about.get("share", (0, 1))
    return part, parts


def _crash_at(parts: int, nth: int) -> Callable[[random.Random, City, int], About]:
    """A crash at one of so many parts of all places, at most the n-th time."""
    return lambda chance, city, machines: {
        **_a_machine(chance, city, machines),
        "nth": chance.randint(1, nth),
        "share": [chance.randrange(parts), parts],
    }


def _hang(run: Run, about: About) -> None:
    _machine(run, about).hang()


def _stall(run: Run, about: About) -> None:
    process = _machine(run, about).process
    if process is not None:
        process.stall(run.loop.time(), run.loop.time() + about["for"])


def _sleep(run: Run, about: About) -> None:
    _stall(run, about)
    _machine(run, about).clock.sleep(about["for"])


def _store(what: str) -> Callable[[Run, About], None]:
    def befall(run: Run, about: About) -> None:
        run.spoil_stores(what, True)
        later(run, about["for"], what, lambda: run.spoil_stores(what, False))

    return befall


def _partition(run: Run, about: About) -> None:
    """One node reaches its database no more; the others do."""
    machine = _machine(run, about)
    machine.reach(away=True)
    later(run, about["for"], f"away {machine.name}", lambda: machine.reach(away=False))


def _sessions_ended(run: Run, about: About) -> None:
    """The server ends what it serves, as when another one takes its place, and serves on."""
    for machine in run.machines:
        if machine.process is not None and machine.process.alive:
            machine.process.disk.cut()


def _server_slow(run: Run, about: About) -> None:
    def answer_in(seconds: float) -> None:
        for machine in run.machines:
            machine.slow = seconds
            if machine.process is not None:
                machine.process.disk.slow = seconds

    answer_in(about["seconds"])
    later(run, about["for"], "slow", lambda: answer_in(0.0))


def _at_statement(run: Run, about: About) -> None:
    process = _machine(run, about).process
    if process is not None:
        wanted = process.disk.statements + about["statements"]
        process.disk.at_statement = lambda statement: about["what"] if statement == wanted else ""


def _clock_step(run: Run, about: About) -> None:
    _machine(run, about).clock.offset += timedelta(seconds=about["by"])
    if run.database is None:  # else its time rules
        run.witness.stepped += 2 * abs(about["by"])  # and back, when all troubles end


def _channel_off(run: Run, about: About) -> None:
    switch(run, about["channel"], False)
    channel = about["channel"]
    later(run, about["for"], f"channels {channel}", lambda: switch(run, channel, True))


def switch(run: Run, channel: str, on: bool) -> None:
    """An admin sets `enabled` in a channel's file."""
    run.changes(channel)
    name = f"channels/{channel}.toml"
    before, after = ("false", "true") if on else ("true", "false")
    files.save(run, name, files.meant(run, name).replace(f"enabled = {before}", f"enabled = {after}"))


def _file_cut(run: Run, about: About) -> None:
    """An editor that saves in place was read before it was through."""
    name = about["file"]
    how = files.cut_at_a_line if about.get("line") else files.cut
    how(run, name, about["share"])
    later(run, about["for"], f"cut {name}", lambda: files.save(run, name))


def _folder_gone(run: Run, about: About) -> None:
    """Somebody moved a folder away, and puts it back."""
    folder = about["folder"]
    files.move_away(run, folder)
    later(run, about["for"], f"gone {folder}", lambda: files.move_back(run, folder))


def _files_apart(run: Run, about: About) -> None:
    """Files are edited on one machine, and carried to the others later."""
    files.edit_on(run, _machine(run, about).name)
    later(run, about["for"], "apart", lambda: files.edit_on(run, ""))


def _store_moved(run: Run, about: About) -> None:
    """Somebody moved the database away under the program, and puts it back."""
    machine = _machine(run, about)
    if not machine.moved:
        machine.move_store(away=True)
    later(run, about["for"], f"moved {machine.name}", lambda: machine.move_store(away=False))


TROUBLES: Mapping[str, Trouble] = {
    "channel-off": Trouble(
        lambda chance, city, machines: {
            "channel": chance.choice(("email", "telegram")),
            "for": chance.choice((600.0, 3 * HOUR)),
        },
        _channel_off,
    ),
    "file-cut": Trouble(
        lambda chance, city, machines: {
            "file": chance.choice(files.FILES),
            "share": round(chance.uniform(0.0, 0.95), 3),
            "line": chance.random() < 0.5,
            "for": chance.choice((1.0, 5.0, 60.0, 3 * HOUR)),
        },
        _file_cut,
    ),
    "folder-gone": Trouble(
        lambda chance, city, machines: {
            "folder": chance.choice(files.FOLDERS),
            "for": chance.choice((1.0, 10.0, 600.0)),
        },
        _folder_gone,
    ),
    "store-moved": Trouble(_for_seconds(2.0, 120.0, 900.0), _store_moved, SQLITE),
    "mail-mood": Trouble(_a_mood(Mood), _mail_mood),
    "bot-mood": Trouble(_a_mood(BotMood), _bot_mood),
    "mail-lost": Trouble(_for_a_while, _weather("mail", "lost")),
    "bot-lost": Trouble(_for_a_while, _weather("bot", "lost")),
    "mail-refused": Trouble(_for_a_while, _weather("mail", "refused")),
    "mail-cut": Trouble(
        lambda chance, city, machines: {"chance": chance.choice((0.02, 0.2, 0.6)), "for": _lasting(chance)},
        _weather("mail", "cut"),
    ),
    "mailbox-dead": Trouble(_somebody, _mailbox("dead")),
    "mailbox-full": Trouble(_somebody, _mailbox("full")),
    "chat-blocked": Trouble(_somebody, _chat_blocked),
    "crash": Trouble(_a_machine, _crash),
    "power-cut": Trouble(
        lambda chance, city, machines: {
            **_a_machine(chance, city, machines),
            "lingers": chance.choice((0.0, 5.0, 60.0)),
        },
        _power_cut,
    ),
    "crash-at-commit": Trouble(
        lambda chance, city, machines: {
            **_crash_at(23, 4)(chance, city, machines),
            "when": chance.choice(("before", "after", "lost")),
        },
        _at_commit,
    ),
    "crash-at-await": Trouble(_crash_at(61, 6), _at_await),
    "hang": Trouble(_a_machine, _hang),
    "stall": Trouble(_for_seconds(3.0, 45.0, 400.0, 2 * HOUR), _stall),
    "sleep": Trouble(_for_seconds(45.0, 400.0, 2 * HOUR), _sleep),
    "store-away": Trouble(_for_seconds(2.0, 30.0, 900.0), _store("away")),
    "disk-full": Trouble(_for_seconds(2.0, 30.0, 900.0), _store("full")),
    "clock-step": Trouble(
        lambda chance, city, machines: {
            **_a_machine(chance, city, machines),
            "by": chance.choice((-3600.0, -120.0, -5.0, 5.0, 120.0, 3600.0)),
        },
        _clock_step,
    ),
    "files-apart": Trouble(_for_seconds(60.0, 3 * HOUR), _files_apart, POSTGRESQL),
    "partition": Trouble(_for_seconds(2.0, 20.0, 60.0, 900.0), _partition, POSTGRESQL),
    "sessions-ended": Trouble(lambda chance, city, machines: {}, _sessions_ended, POSTGRESQL),
    "server-slow": Trouble(
        lambda chance, city, machines: {
            "seconds": chance.choice((0.05, 2.0, 20.0)),
            "for": chance.choice((30.0, 600.0)),
        },
        _server_slow,
        POSTGRESQL,
    ),
    "at-statement": Trouble(
        lambda chance, city, machines: {
            **_a_machine(chance, city, machines),
            "statements": chance.randint(1, 400),
            "what": chance.choice(("crash", "cut")),
        },
        _at_statement,
        POSTGRESQL,
    ),
}


def kinds(store: str) -> list[str]:
    """The kinds of trouble that may befall a store."""
    return sorted(kind for kind, trouble in TROUBLES.items() if trouble.store in ("", store))
