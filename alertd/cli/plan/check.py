"""`alertd check`: every fault of every file, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import NO, YES
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.config.faults import Fault
    from alertd.config.node import NodeConfig
    from alertd.config.register import Loaded
    from alertd.messages.render import TemplateFault


#: files every city has; the rest is its own affair
EXPECTED = ("directory.toml", "people.csv", "event-types.toml", "policies.toml", "calendar.toml")


@command("check")
@as_json
def check(session: Session, as_json: bool) -> int:
    from alertd.cli.output import print_json

    faults, templates, loaded = _find(session)
    if as_json:
        print_json([_fault(fault, session) for fault in faults] + [_template(each) for each in templates])
    else:
        for fault in faults:
            print(fault.text(session.language, to_simplified))
        for each in templates:
            print(session.say("check.template", file=each.file, line=each.line or 1, said=each.detail))
    count = len(faults) + len(templates)
    if not as_json:
        _warn(session, loaded)
        print(_verdict(session, count, loaded))
    return NO if count else YES


def _warn(session: Session, loaded: Loaded | None) -> None:
    """What is no fault and yet worth knowing; beside the faults, so that those stay one a line."""
    import click

    for name in _missing(session):
        click.echo(session.say("check.missing-file", file=name), err=True)
    for kind in _none_yet(loaded):
        click.echo(session.say(f"check.none-yet.{kind}"), err=True)
    from alertd.config.floors import below_floors, rule_place
    from alertd.messages.rules import rule_text

    for said in (*_doubts(session, loaded), *_silent(session, loaded), *_never(session, loaded)):
        click.echo(said, err=True)
    for duty, floor in below_floors(loaded.register) if loaded and loaded.register else ():
        line, column = rule_place(duty, session.installation.files().texts[duty.file])
        said = session.say(
            "check.below-floor",
            file=duty.file,
            line=line,
            column=column,
            title=session.words.text(duty.title),
            clause=duty.source.clause,
            rule=rule_text(duty.rule.text, session.language),
            floor=rule_text(floor.rule.text, session.language),
            source=session.words.script(floor.source),
        )
        click.echo(said, err=True)


def _doubts(session: Session, loaded: Loaded | None) -> Iterator[str]:
    """Rules that may be meant otherwise than they are read."""
    from alertd.config.floors import rule_place
    from alertd.core.doubts import doubt_of

    for duty in loaded.register.obligations.values() if loaded and loaded.register else ():
        doubt = doubt_of(duty.rule.text)
        if doubt is not None:
            line, column = rule_place(duty, session.installation.files().texts[duty.file])
            said = session.say("when.doubt", rule=duty.rule.text, read=doubt.read, other=doubt.other)
            yield session.say("check.doubt", file=duty.file, line=line, column=column, said=said)


def _silent(session: Session, loaded: Loaded | None) -> Iterator[str]:
    """Duties that are due at once, and of which their policy says nothing then."""
    from alertd.config.at_once import silent_at_once
    from alertd.config.floors import rule_place

    for duty in silent_at_once(loaded.register) if loaded and loaded.register else ():
        line, column = rule_place(duty, session.installation.files().texts[duty.file])
        said = session.say("check.silent-at-once", rule=duty.rule.text, policy=duty.policy)
        yield session.say("check.doubt", file=duty.file, line=line, column=column, said=said)


def _never(session: Session, loaded: Loaded | None) -> list[str]:
    """Duties that open nothing, and of which the store, where there is one, never held anything."""
    from alertd.cli.existing import existing_store
    from alertd.cli.plan.never import never_lines
    from alertd.installation import StoreError

    if loaded is None or loaded.register is None or session.loaded.faults:
        return []
    try:
        store = existing_store(session)
    except StoreError:  # said by doctor; the files are looked at all the same
        store = None
    return never_lines(session, session.installation.written(), store, session.now)


def _none_yet(loaded: Loaded | None) -> list[str]:
    """What a city that was just laid down has still to fill in; without it nobody is ever reminded."""
    if loaded is None or loaded.register is None:
        return []
    register = loaded.register
    kinds = {"units": register.units, "people": register.people, "duties": register.obligations}
    return [kind for kind, there in kinds.items() if not there]


def _missing(session: Session) -> list[str]:
    """Files every city has that are not there: their absence shows only in other files, or not at all."""
    node = session.loaded.node
    if node is None:
        return []
    return [f"{node.schedules.name}/{name}" for name in EXPECTED if not any(node.schedules.rglob(name))]


def _find(session: Session) -> tuple[list[Fault], list[TemplateFault], Loaded | None]:
    """Faults of config.toml and the channels, of the schedules, and of the templates. Raises Faulty."""
    from alertd.config.readers import reader_faults
    from alertd.config.register import load_register
    from alertd.config.sources import read_texts

    node = session.loaded.node
    faults = list(session.loaded.faults)
    if node is None:
        return faults, [], None
    texts, unreadable = read_texts(node.schedules)
    named = {fault.file.rpartition("/")[2].removesuffix(".toml") for fault in faults}
    loaded = load_register(texts, channels={*node.channels, *named}, unreadable=unreadable)
    if loaded.register is not None and session.loaded.files is not None:
        faults += reader_faults(session.loaded.files, loaded.register)
    return sorted({*faults, *loaded.faults}), _template_faults(node), loaded


def _template_faults(node: NodeConfig) -> list[TemplateFault]:
    from alertd.messages.render import Renderer

    found: list[TemplateFault] = []
    folder = node.channels_folder / "templates"
    if folder.is_dir():
        Renderer(folder, found.append)
    return found


def _fault(fault: Fault, session: Session) -> dict[str, Any]:
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "message": fault.sentence(session.language, to_simplified),
    }


def _template(fault: TemplateFault) -> dict[str, Any]:
    where = {"file": fault.file, "line": fault.line or 1, "column": 1}
    return {**where, "code": "template", "message": fault.detail}


def _verdict(session: Session, count: int, loaded: Loaded | None) -> str:
    if count or loaded is None or loaded.register is None:
        return session.say("check.faults", count=count)
    register = loaded.register
    official = [year.year for year in loaded.calendar.years.values() if year.status == "official"]
    return session.say(
        "check.good",
        obligations=len(register.obligations),
        units=len(register.units),
        people=len(register.people),
        year=max(official, default=0),
    )
