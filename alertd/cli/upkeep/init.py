"""`alertd init`: the files a new city starts from, out of the package and out of what is asked or given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session, on_terminal
from alertd.cli.declare import Paths, command
from alertd.cli.exits import USAGE, Faulty, Said
from alertd.cli.language import LANGUAGES
from alertd.cli.upkeep.laying import lay_down, refuse_existing
from alertd.messages.catalogue import Catalogue

if TYPE_CHECKING:
    from alertd.config.faults import Fault
    from alertd.config.start import Admin, Answers, MailServer
    from alertd.config.unit_list import ListedUnit

_SECURITY = ("starttls", "tls", "none")
#: what an empty start takes from the shipped city: it is no city's own
_SHARED = (
    "channels/inbox.toml",
    "channels/telegram.toml",
    "schedules/policies.toml",
    "schedules/calendar.toml",
    "systemd/README.md",
    "systemd/alertd.service",
    "systemd/alertd-web.service",
)


#: files of messengers, which are nobody's until they are moved up
_EXAMPLES = "channels/examples/"


@command("init")
@click.argument("folder", metavar="FOLDER", type=Paths(path_type=Path, file_okay=False))
@click.option("--empty", is_flag=True)
@click.option("--example", is_flag=True)
@click.option("--language", type=click.Choice(LANGUAGES), default=None)
@click.option("--name", metavar="TEXT", default="")
@click.option("--units", "list_", metavar="FILE", type=Paths(path_type=Path), default=None)
@click.option("--admin", metavar='"NAME <MAIL>"', default="")
@click.option("--smtp", metavar="HOST[:PORT]", default="")
@click.option("--smtp-security", "security", type=click.Choice(_SECURITY), default=None)
@click.option("--smtp-user", "username", metavar="NAME", default="")
@click.option("--sender", metavar="MAIL", default="")
def init(
    session: Session,
    folder: Path,
    empty: bool,
    example: bool,
    language: str | None,
    name: str,
    list_: Path | None,
    admin: str,
    smtp: str,
    security: str | None,
    username: str,
    sender: str,
) -> None:
    from alertd.config.start import Answers

    if example and (empty or list_ is not None or name):
        raise Said("init.example-with", exit_code=USAGE)
    if (security or username or sender) and not smtp:
        raise Said("init.no-smtp", exit_code=USAGE)
    given = Answers(
        language or session.language,
        name,
        _units(session, list_) if list_ else (),
        _admin(admin),
        _server(smtp, security or "", username, sender),
    )
    target = (session.cwd / folder).resolve()
    if not (empty or example):
        told = any((language, name, list_, admin, smtp))
        if on_terminal():
            refuse_existing(target, {"config.toml": b""})  # before anybody answers ten questions
            given = _asked(session, given, asked_language=language is None)
        elif not told:
            raise Said("init.how", exit_code=USAGE)
    files = _files(given, example)
    _check(files)
    lay_down(target, files)
    print("\n".join(_done(target, given, len(files), example)))


# ---------------------------------------------------------------- what is given and asked


def _units(session: Session, file: Path) -> tuple[ListedUnit, ...]:
    """Raises Said with all faults of the list."""
    from alertd.cli.workbook import sheet_lines, sheet_text
    from alertd.config.unit_list import read_units

    text = sheet_text(file, session)
    units, faults = read_units(file.name, text)
    if faults:
        raise Said("init.bad-list", lines="\n".join(sheet_lines(faults, text, session)))
    return units


def _admin(text: str) -> Admin | None:
    from alertd.config.start import admin_of

    found = admin_of(text) if text else None
    if text and found is None:
        raise Said("init.bad-admin", exit_code=USAGE, found=text)
    return found


def _server(text: str, security: str, username: str, sender: str) -> MailServer | None:
    from dataclasses import replace

    from alertd.config.start import server_of
    from alertd.config.values import is_email

    found = server_of(text, security) if text else None
    if text and found is None:
        raise Said("init.bad-smtp", exit_code=USAGE, found=text)
    if sender and not is_email(sender):
        raise Said("init.bad-sender", exit_code=USAGE, found=sender)
    return replace(found, username=username, sender=sender) if found else None


def _asked(session: Session, given: Answers, asked_language: bool) -> Answers:
    """What was not given, asked one after the other; an empty answer leaves it to be filled in."""
    from alertd.cli.upkeep.questions import Asking
    from alertd.config.start import Answers, admin_of, server_of
    from alertd.config.unit_list import read_units

    def read(text: str) -> tuple[Sequence[ListedUnit], Sequence[Fault]]:
        return read_units("units", text)

    asking = Asking(session)
    language = asking.language() if asked_language else given.language
    name = given.name or asking.name()
    units = given.units or asking.units(lambda file: _units(session, file), read)
    admin = given.admin or asking.what("admin", admin_of)
    server = given.server or asking.what("smtp", server_of)
    return Answers(language, name, units, admin, server)


# ---------------------------------------------------------------- the files


def _files(answers: Answers, example: bool) -> dict[str, bytes]:
    """All files by name relative to the folder; config.toml is the last, since with it a city is there."""
    from alertd.config.schema import schema_text, schemas
    from alertd.config.start import people_heading, with_answers
    from alertd.shipped import empty_files, shipped_files

    if example:
        texts = _below(shipped_files())
    else:
        shared, written = _below(shipped_files()), "en" if answers.language == "en" else "zh-Hant"
        kept = [*_SHARED, *(name for name in shared if name.startswith(_EXAMPLES))]
        texts = {name: _remarks_in(answers.language, shared[name]) for name in kept}
        own = _below(empty_files(written))
        texts |= {name: Catalogue(answers.language).script(text) for name, text in own.items()}
        texts["schedules/people.csv"] = people_heading()
    texts = with_answers(texts, answers)
    texts |= {f"channels/templates/{name}": text for name, text in _templates()}
    texts |= {f"docs/schema/{name}.json": schema_text(made) for name, made in schemas().items()}
    texts["config.toml"] = texts.pop("config.toml")
    return {name: text.encode() for name, text in texts.items()}


def _below(folder: Path) -> dict[str, str]:
    """The texts of the files of a folder, line ends and marks as they are."""
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    ours = [name for name in names if not any(part.startswith((".", "__")) for part in name.parts)]
    return {name.as_posix(): (folder / name).read_bytes().decode() for name in ours}


def _templates() -> Iterator[tuple[str, str]]:
    """The packaged templates, which an admin may change in copies of their own."""
    from alertd.messages.render import TEMPLATES

    folder = resources.files("alertd.messages").joinpath("templates")
    yield from ((name, folder.joinpath(name).read_text("utf-8")) for name in TEMPLATES)


def _remarks_in(language: str, text: str) -> str:
    """A text whose remarks are in the script of the language; what the file says stays as it is."""
    import re

    def remark(found: re.Match[str]) -> str:
        return found[1] + Catalogue(language).script(found[2])

    return re.sub(r"""^((?:[^"'#\n]|"[^"\n]*"|'[^'\n]*')*)(#(?!:).*)$""", remark, text, flags=re.MULTILINE)


def _check(files: Mapping[str, bytes]) -> None:
    """What is laid down has no faults; a name that no file may hold is found here. Raises Faulty."""
    from alertd.config.channel_settings import SHAPES
    from alertd.config.register import load_register

    read = (".toml", ".csv")
    texts = {
        name: data.decode("utf-8-sig")
        for name, data in files.items()
        if name.startswith("schedules/") and name.endswith(read)
    }
    loaded = load_register(texts, channels=SHAPES)
    if loaded.faults:
        raise Faulty(loaded.faults)


# ---------------------------------------------------------------- what is said


def _done(target: Path, answers: Answers, count: int, example: bool) -> Iterator[str]:
    words = Catalogue(answers.language)
    yield words.say("cli.init.laid", folder=target, count=count)
    yield words.say("cli.init.next")
    for number, key in enumerate(_todo(answers, example), 1):
        yield f"  {number}. {words.say(f'cli.init.todo.{key}')}"


def _todo(answers: Answers, example: bool) -> Iterator[str]:
    """What only the city knows and has not said yet, in the order in which it is best done."""
    if answers.admin is None:
        yield "admin"
    if example:
        yield "replace"
    else:
        yield from ("people",) if answers.units else ("units", "people")
        yield from ("duties", "excel")
    yield "rehearse"
    yield from ("test",) if answers.server and (answers.server.sender or answers.admin) else ("mail",)
    if answers.server is None or answers.server.username:
        yield "password"
    yield "go-live"
