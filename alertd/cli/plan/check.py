"""`alertd check`: every fault of every file, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import NO, YES
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.config.faults import Fault
    from alertd.engine.preview.checking import Checked
    from alertd.messages.render import TemplateFault


@command("check")
@as_json
def check(session: Session, as_json: bool) -> int:
    from alertd.cli.output import print_json
    from alertd.engine.preview.checking import checked

    found = checked(session.loaded)
    if as_json:
        faults = [_fault(fault, session) for fault in found.faults]
        print_json(faults + [_template(each) for each in found.templates])
    else:
        for fault in found.faults:
            print(fault.text(session.language, to_simplified))
        for each in found.templates:
            print(session.say("check.template", file=each.file, line=each.line or 1, said=each.detail))
        _warn(session, found)
        print(_verdict(session, found))
    return NO if found.count else YES


def _warn(session: Session, found: Checked) -> None:
    """What is no fault and yet worth knowing; beside the faults, so that those stay one a line."""
    import click

    from alertd.saying.checked import below_lines, worth_knowing

    for said in (
        *_abroad(session),
        *worth_knowing(found, session),
        *_never(session, found),
        *below_lines(found, session),
    ):
        click.echo(said, err=True)


def _abroad(session: Session) -> list[str]:
    """Enabled channels whose messages leave the country."""
    if session.loaded.node is None:  # why not is listed among the faults
        return []
    channels = [session.node.channels[name] for name in session.installation.enabled]
    folder = session.node.channels_folder.name
    files = [f"{folder}/{each.name}.toml" for each in channels if each.zone == "abroad"]
    return [session.say("check.abroad", file=file) for file in files]


def _never(session: Session, found: Checked) -> list[str]:
    """Duties that open nothing, and of which the store, where there is one, never held anything."""
    from alertd.cli.existing import existing_store
    from alertd.cli.plan.never import never_lines
    from alertd.installation import StoreError

    if not found.duties or session.loaded.faults:
        return []
    try:
        store = existing_store(session)
    except StoreError:  # said by doctor; the files are looked at all the same
        store = None
    return never_lines(session, session.installation.written(), store, session.now)


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


def _verdict(session: Session, found: Checked) -> str:
    loaded = found.loaded
    if found.count or loaded is None or loaded.register is None:
        return session.say("check.faults", count=found.count)
    register = loaded.register
    official = [year.year for year in loaded.calendar.years.values() if year.status == "official"]
    return session.say(
        "check.good",
        obligations=len(register.obligations),
        units=len(register.units),
        people=len(register.people),
        year=max(official, default=0),
    )
