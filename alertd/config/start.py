"""The texts of a new city's files: what is shipped, with what was asked written into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alertd.config.csv_tables import columns_of
from alertd.config.edit import with_value
from alertd.config.faults import shown
from alertd.config.shapes import ROWS
from alertd.config.toml_write import literal, table
from alertd.config.unit_list import ListedUnit
from alertd.config.values import is_email
from alertd.core.text import LONGEST_LINE

SECURITY = ("starttls", "tls", "none")
#: a mail server on this port speaks TLS from its first byte (RFC 8314 section 3.3)
_TLS_PORT = 465
_DEFAULT_PORT = 587
#: the group of all units of the list
_EVERY, _EVERY_TITLE = "every-unit", {"zh-Hant": "各單位", "en": "Every unit"}
_PERSON = re.compile(r"\s*(.*?)\s*<([^<>]*)>\s*")
_SERVER = re.compile(r"\s*(?:\[([0-9A-Fa-f:]+)\]|([^\s:/\[\]]+))(?::(\d{1,5}))?\s*")


@dataclass(frozen=True, slots=True)
class Admin:
    """Who keeps the program; `name` may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `security` is one of SECURITY; an empty `username` is no login."""

    host: str
    port: int
    security: str
    username: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a city says of itself before it has files; what is not known is left to be filled in."""

    language: str
    name: str = ""
    units: Sequence[ListedUnit] = ()
    admin: Admin | None = None
    server: MailServer | None = None


def admin_of(text: str) -> Admin | None:
    """`NAME <mail>`, or the address alone; None where there is no plain address."""
    match = _PERSON.fullmatch(text)
    name, address = (match[1], match[2].strip()) if match else ("", text.strip())
    return Admin(name.strip('"'), address) if is_email(address) else None


def server_of(text: str, security: str = "") -> MailServer | None:
    """`HOST` or `HOST:PORT`; None for anything else. Without `security` it follows from the port."""
    match = _SERVER.fullmatch(text)
    port = int(match[3] or _DEFAULT_PORT) if match else 0
    if match is None or not 1 <= port <= 65535:
        return None
    return MailServer(match[1] or match[2], port, security or ("tls" if port == _TLS_PORT else "starttls"))


def with_answers(texts: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """The files, by name relative to config.toml, with what was answered in them."""
    written, name = dict(texts), shown(answers.name, LONGEST_LINE)
    admin, server = answers.admin, answers.server
    config: list[tuple[str, str, object]] = [("", "language", answers.language)]
    if admin:
        config += [("admin", "to", [admin.address])]
        config += [("admin", "name", admin.name)] if admin.name else []
    written["config.toml"] = _with(texts["config.toml"], config)
    if server:
        sender = server.sender or (admin.address if admin else "")
        named = f"{_plain(name)} <{sender}>" if _plain(name) else sender
        mail: list[tuple[str, str, object]] = [
            ("", "enabled", bool(sender)),
            ("", "host", server.host),
            ("", "port", server.port),
            ("", "security", server.security),
            ("", "username", server.username),
        ]
        mail += [("", "sender", named)] if sender else []
        written["channels/email.toml"] = _with(texts["channels/email.toml"], mail)
    directory = "schedules/directory.toml"
    if name:
        mark, _, rest = written[directory].partition("\n")  # the schema stands first, where editors look
        written[directory] = f"{mark}\n# {name}\n{rest}"
    if answers.units:
        written[directory] += "\n" + "\n".join(_tables(answers.units))
    return written


def people_heading() -> str:
    """people.csv without people, so that Excel opens it as what it is."""
    return "\ufeff" + ",".join(columns_of(ROWS["person"]).names) + "\n"


def _tables(units: Sequence[ListedUnit]) -> Iterator[str]:
    for unit in units:
        name = {"zh-Hant": unit.name, "en": unit.en} if unit.en else unit.name
        aliases = {"aliases": list(unit.aliases)} if unit.aliases else {}
        yield table("unit", {"id": unit.id, "name": name, **aliases})
    yield table("group", {"id": _EVERY, "title": _EVERY_TITLE, "members": [unit.id for unit in units]})


def _with(text: str, values: Iterable[tuple[str, str, object]]) -> str:
    for where, key, value in values:
        edit = with_value(text, where, key, literal(value))
        assert edit.text is not None, f"the shipped file has no plain {where}.{key}"
        text = edit.text
    return text


def _plain(name: str) -> str:
    """A name as the display name of a sender, which takes neither brackets nor quotes."""
    return re.sub(r'[<>"\r\n]+', " ", name).strip()
