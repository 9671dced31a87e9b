"""A small city, made from a seed: its files, its people, and which duties it has."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alertd.shipped import shipped_files

#: where the servers are
MAIL, BOT = ("10.1.0.1", 25), ("10.2.0.1", 8081)
TOKEN = "7000000001:SIMULATED_key-that-opens-nothing"
ADMIN = "admin@city.test"
ENVIRON = {"TOKEN": TOKEN}

_POSITIONS = ("contact", "section-chief", "leader-in-charge", "principal")
_DUTIES = (
    (
        "information",
        "事件信息",
        "5 hours",
        "hour-clock",
        "event.party",
        'starts_on = ["major-incident.published"]\nclosed_by = ["information-published"]\n'
        'receiver = "office"',
    ),
    (
        "conference",
        "新聞發佈會",
        "24 hours",
        "hour-clock",
        "event.party",
        'starts_on = ["major-incident.published"]\nclosed_by = ["press-conference-held"]',
    ),
    ("follow-up", "後續", "10 days", "working-day-window", "event.party", 'starts_on = ["information.done"]'),
    (
        "consultation",
        "徵求意見",
        "at least 30 days",
        "working-day-window",
        "event.party",
        'starts_on = ["consultation-opened.published"]',
    ),
    ("monthly", "月報", "monthly by day 5", "yearly-report", "group:every-town", 'receiver = "office"'),
    ("quarterly", "季報", "quarterly by day 20", "yearly-report", "group:every-town", 'receiver = "office"'),
    ("yearly", "年報", "yearly by 12-30", "yearly-report", "unit:office", ""),
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the city and how one is reached; 0 and "" where one is not."""

    id: str
    unit: str
    positions: tuple[str, ...]
    email: str
    chat: int
    deputy: str = ""
    away: tuple[date, date] | None = None

    def line(self) -> str:
        """The line in people.csv."""
        away = [day.isoformat() for day in self.away] if self.away else ["", ""]
        chat = str(self.chat or "")
        cells = [
            self.id,
            self.id.title(),
            self.unit,
            ";".join(self.positions),
            self.email,
            chat,
            "",
            "",
            self.deputy,
            *away,
            "",
        ]
        return ",".join(cells)


@dataclass(frozen=True, slots=True)
class City:
    """What a seed makes. `towns` are the units that incidents befall."""

    towns: tuple[str, ...]
    people: tuple[Somebody, ...]
    duties: tuple[str, ...]
    mail_first: bool


def make(chance: random.Random) -> City:
    towns = tuple(f"town-{letter}" for letter in "abcd"[: chance.randint(1, 3)])
    people: list[Somebody] = []
    for unit in ("office", *towns):
        positions = (
            [*_POSITIONS, "duty", "duty-leader"]
            if unit == "office" or chance.random() < 0.3
            else list(_POSITIONS)
        )
        while positions:
            held = tuple(positions[: chance.randint(1, 2)])
            positions = positions[len(held) :]
            if chance.random() < 0.08:
                continue  # nobody holds it
            number = len(people) + 1
            name = f"p{number}"
            has_chat = chance.random() < 0.7
            has_mail = not has_chat or chance.random() < 0.85
            people.append(
                Somebody(
                    name, unit, held,
                    f"{name}@city.test" if has_mail else "",
                    1000 + number if has_chat else 0,
                    people[-1].id if people and people[-1].unit == unit and chance.random() < 0.3 else "",
                )
            )  # fmt: skip
    some = [duty[0] for duty in _DUTIES if duty[0] == "information" or chance.random() < 0.7]
    if "information" not in some:
        some = [duty for duty in some if duty != "follow-up"]
    return City(towns, tuple(people), tuple(some), chance.random() < 0.5)


def people_csv(people: Sequence[Somebody]) -> str:
    head = "id,name,unit,positions,email,telegram,phone,channels,deputy,away_from,away_until,language"
    return "\n".join([head, *(person.line() for person in people)]) + "\n"


def lay_down(city: City, folder: Path, url: str = "") -> None:
    """Write the city's files into a folder."""
    schedules, channels = folder / "schedules", folder / "channels"
    schedules.mkdir(parents=True)
    channels.mkdir()
    shipped = shipped_files()
    for name in ("policies.toml", "calendar.toml", "event-types.toml"):
        shutil.copy(shipped / "schedules" / name, schedules / name)
    units = "\n".join(f'[[unit]]\nid = "{unit}"\nname = "{unit}"' for unit in ("office", *city.towns))
    members = ", ".join(f'"{town}"' for town in city.towns)
    (schedules / "directory.toml").write_text(
        f'supervisor = "office"\nduty_desk = "office"\n{units}\n'
        f'[[group]]\nid = "every-town"\ntitle = "各鎮"\nmembers = [{members}]\n'
    )
    (schedules / "people.csv").write_text(people_csv(city.people))
    duties = [
        f'[[obligation]]\nid = "{name}"\ntitle = "{title}"\nsource = {{ clause = "§{at}" }}\n'
        f'owed_by = "{owed}"\nrule = "{rule}"\npolicy = "{policy}"\n{more}\n'
        for at, (name, title, rule, policy, owed, more) in enumerate(_DUTIES, 1)
        if name in city.duties
    ]
    (schedules / "chapter-1.toml").write_text("\n".join(duties))
    order = '["email", "telegram"]' if city.mail_first else '["telegram", "email"]'
    (folder / "config.toml").write_text(
        'language = "en"\nzone = "Asia/Shanghai"\nschedules = "schedules"\nchannels = "channels"\n'
        f'[store]\nurl = "{url}"\n[admin]\nto = ["{ADMIN}"]\n[office]\nopens = 08:30:00\ncloses = 17:30:00\n'
        '[rest]\nquiet = "17:00-09:00"\n'
        f'[sending]\nmode = "live"\nchannel_order = {order}\n[thresholds]\ndeadlines = 20\npeople = 20\n'
    )
    (channels / "email.toml").write_text(
        f'transport = "email"\nenabled = true\nhost = "{MAIL[0]}"\nport = {MAIL[1]}\nsecurity = "none"\n'
        'sender = "alertd <alertd@city.test>"\ntimeout = 30\nconnections = 4\n'
    )
    (channels / "telegram.toml").write_text(
        'transport = "telegram"\nenabled = true\ntoken = { env = "TOKEN" }\n'
        f'base_url = "http://{BOT[0]}:{BOT[1]}"\n'
    )
