"""`alertd doctor`: looks at everything an admin would otherwise have to know where to look for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import NO, YES
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.config.channels import ChannelConfig
    from alertd.config.faults import Fault
    from alertd.engine.preview.checkup import Finding

_CONNECT_SECONDS = 5
_SHOWN = 10


@command("doctor")
@click.option("--online", is_flag=True)
@click.option("--seal", metavar="NUMBER:HASH", default="")
@as_json
def doctor(session: Session, online: bool, seal: str, as_json: bool) -> int:
    from alertd.cli.output import print_json
    from alertd.engine.preview.checkup import BAD

    findings = list(_findings(session, online, seal))
    bad = any(finding.level == BAD for finding in findings)
    if as_json:
        print_json({"ok": not bad, "checks": [_json(session, finding) for finding in findings]})
    else:
        _print(session, findings)
    return NO if bad else YES


def _findings(session: Session, online: bool, seal: str) -> Iterator[Finding]:
    from alertd.cli.existing import existing_store
    from alertd.engine.preview.checkup import BAD, WARN, Finding
    from alertd.examination import of_files, of_store
    from alertd.installation import StoreError

    here = session.installation
    missing = [*channel_faults(session), *_account_faults(session)]
    files, written = of_files(here, missing, lambda fault: fault.text(session.language, to_simplified))
    yield files
    yield _zones(session)
    for name in here.enabled:
        yield from _channel(session, session.node.channels[name], online)
    if online:
        yield from _accounts(session)
        yield from _mailbox(session)
    try:
        store = existing_store(session)
        if store is None:
            live = session.node.mode == "live"
            yield Finding("store", BAD if live else WARN, "gone" if live else "none")
            return
        yield from of_store(here, store, session.now, written, session.clock_ahead, seal)
    except StoreError as error:
        from alertd.cli.faults import explain

        yield Finding("store", BAD, "unusable", {"said": " ".join(explain(error, session)[1])})


def channel_faults(session: Session) -> list[Fault]:
    """Secrets that enabled channels name and that are not there."""
    from alertd.config.secret import SecretMissing

    found: list[Fault] = []
    for name in session.installation.enabled:
        try:
            session.node.channels[name].settings.options()
        except SecretMissing as missing:
            found.append(missing.fault)
    return found


def _account_faults(session: Session) -> list[Fault]:
    """The secrets towards a provider of accounts and of the mailbox, where one is named and not there."""
    from alertd.config.secret import SecretMissing

    openid, mailbox = session.node.web.openid, session.node.mail_in.mailbox
    found: list[Fault] = []
    named = openid.client_secret if openid else None, mailbox.password if mailbox else None
    for secret in named:
        try:
            if secret is not None:
                secret.reveal()
        except SecretMissing as missing:
            found.append(missing.fault)
    return found


def _accounts(session: Session) -> Iterator[Finding]:
    """Whether the provider of accounts says what is needed of it; nobody signs in."""
    from alertd.engine.preview.checkup import BAD, OK, Finding
    from alertd.openid.client import Fault
    from alertd.openid.provider import Provider
    from alertd.web.pages.accounts import client_of

    settings = session.node.web.openid
    if settings is None:
        return
    values: dict[str, str | int] = {"issuer": settings.issuer}
    try:
        Provider().examine(client_of(settings, session.node.web.url))
        yield Finding("accounts", OK, "answers", values)
    except Fault as fault:
        said = session.words.say(f"account-wrong.{fault.wrong}")
        detail = f"{said} ({fault.detail})" if fault.detail else said
        yield Finding("accounts", BAD, "faulty", {**values, "said": detail})


def _mailbox(session: Session) -> Iterator[Finding]:
    """Whether the mailbox for answers can be opened: as the daemon does it, and nothing in it is touched."""
    from alertd.config.secret import SecretMissing
    from alertd.engine.preview.checkup import BAD, OK, Finding
    from alertd.incoming import options_of
    from alertd.transports.mailbox import Mailbox, MailboxFault

    settings = session.node.mail_in.mailbox
    if settings is None:
        return
    values: dict[str, str | int] = {"place": f"{settings.username}@{settings.host}/{settings.folder}"}
    try:
        box = Mailbox(options_of(settings))
    except SecretMissing:
        return  # it is among the faults of the files
    try:
        box.open()
        yield Finding("mailbox", OK, "opens", values)
    except MailboxFault as fault:
        yield Finding("mailbox", BAD, "shut", {**values, "said": str(fault)})
    finally:
        box.close()


def _zones(session: Session) -> Finding:
    """Through whose hands messages go: what each enabled channel's zone means."""
    from alertd.engine.preview.checkup import OK, WARN, Finding, Line

    channels = [session.node.channels[name] for name in session.installation.enabled]
    lines = tuple(Line(each.zone, {"channel": each.name}) for each in channels)
    abroad = any(each.zone == "abroad" for each in channels)
    return Finding("zones", WARN if abroad else OK, "abroad" if abroad else "here", {}, lines)


def _channel(session: Session, channel: ChannelConfig, online: bool) -> Iterator[Finding]:
    """Whether the channel's server takes a connection; nothing is said to it."""
    from alertd.engine.preview.checkup import BAD, OK, Finding

    place = channel.settings.endpoint
    if place is None or not online:
        return
    values: dict[str, str | int] = {"channel": channel.name, "place": f"{place[0]}:{place[1]}"}
    try:
        with closing(socket.create_connection(place, _CONNECT_SECONDS)):
            yield Finding("channel", OK, "answers", values)
    except OSError as fault:
        said = fault.strerror or str(fault) or type(fault).__name__
        yield Finding("channel", BAD, "unreachable", {**values, "said": said})


def _json(session: Session, finding: Finding) -> dict[str, Any]:
    from alertd.saying.findings import finding_items, finding_text, finding_todo

    return {
        "check": finding.check,
        "level": finding.level,
        "code": finding.say,
        "message": finding_text(finding, session),
        "items": finding_items(finding, session),
        "todo": finding_todo(finding, session),
    }


def _print(session: Session, findings: list[Finding]) -> None:
    from rich.text import Text

    from alertd.cli.output import console
    from alertd.saying.findings import finding_items, finding_text, finding_todo

    out, styles = console(), {"ok": "green", "warn": "yellow", "bad": "bold red"}
    for finding in findings:
        mark = Text(session.say(f"doctor.level.{finding.level}"), styles[finding.level])
        out.print(mark.append(" " + finding_text(finding, session), "default"), soft_wrap=True)
        for item in finding_items(finding, session)[:_SHOWN]:
            out.print(Text(f"      {item}"), soft_wrap=True)
        if len(finding.items) > _SHOWN:
            out.print(Text("      " + session.say("doctor.more", count=len(finding.items) - _SHOWN)))
        todo = finding_todo(finding, session)
        if todo:
            out.print(Text(f"      → {todo}"), soft_wrap=True)
