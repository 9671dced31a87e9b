"""`alertd web`, the pages as a process of their own; who may open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import CommandGroup, as_json, command
from alertd.cli.exits import Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.operations.signing_in import Invited


@click.group(
    "web",
    cls=CommandGroup,
    lazy={
        "login-link": "alertd.cli.web.web:login_link",
        "calendar-link": "alertd.cli.web.calendars:calendar_link",
        "change-keys": "alertd.cli.web.web:change_keys",
        "sessions": "alertd.cli.web.sessions:sessions",
        "end-session": "alertd.cli.web.sessions:end_session",
        "set-pin": "alertd.cli.web.pin:set_pin",
    },
    invoke_without_command=True,
    no_args_is_help=False,
)
@click.pass_context
def web(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        from alertd.cli.web.serve import serve

        serve(ctx.obj)


@command("login-link")
@click.argument("person", metavar="[PERSON]", default="")
@click.option("--desk", metavar="UNIT", default="")
@as_json
def login_link(session: Session, person: str, desk: str, as_json: bool) -> None:
    from alertd.cli.output import print_json, rfc3339
    from alertd.messages.dates import instant_text

    if person and desk:
        raise Said("web.one-of-both")
    invited = invite(session, person, desk)
    address = link_of(session, invited)
    if as_json:
        print_json({"link": address, "until": rfc3339(invited.ends_at, session.zone)})
        return
    until = instant_text(invited.ends_at, session.zone, session.language, session.today())
    print(address)
    print(session.say("web.link", until=until))


@command("change-keys")
def change_keys(session: Session) -> None:
    from alertd.engine.operations.linking import change_signing_keys

    world, now, actor = session.world, session.now, session.actor("")
    session.store.transact(lambda tx: change_signing_keys(Scope(tx, world, now, actor)))
    print(session.say("web.keys-changed"))


def invite(session: Session, person: str = "", desk: str = "") -> Invited:
    """A key that signs a person or the desk of a unit in once, or without either the office.

    Raises Said, Refused and StoreError.
    """
    from alertd.engine.operations.signing_in import invite as make

    if not session.node.web.url:
        raise Said("web.off")
    world, now, actor = session.world, session.now, session.actor("")
    return session.store.transact(lambda tx: make(Scope(tx, world, now, actor), person, desk))


def link_of(session: Session, invited: Invited) -> str:
    """The address that a browser opens, where a button signs in."""
    return f"{session.node.web.url}/enter?key={invited.key}"
