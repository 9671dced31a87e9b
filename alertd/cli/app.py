"""The program: finds the command, runs it, and turns what happened into words and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import __version__
from alertd.cli.context import Session
from alertd.cli.declare import Group
from alertd.cli.faults import explain
from alertd.cli.language import config_argument

if TYPE_CHECKING:
    from alertd.engine.clock import Clock

#: in the order people meet them
COMMANDS = {
    "run": "alertd.cli.running:run",
    "demo": "alertd.cli.demo:demo",
    "check": "alertd.cli.checking:check",
    "plan": "alertd.cli.planning:plan",
    "preview": "alertd.cli.previewing:preview",
    "calendar": "alertd.cli.calendaring:calendar",
    "year": "alertd.cli.year:year",
    "when": "alertd.cli.calculating:when",
    "event": "alertd.cli.events:event",
    "gate": "alertd.cli.gating:gate",
    "list": "alertd.cli.listing:list_",
    "show": "alertd.cli.showing:show",
    "explain": "alertd.cli.showing:explain",
    "roll": "alertd.cli.supervising:roll",
    "board": "alertd.cli.supervising:board",
    "bulletin": "alertd.cli.issuing:bulletin",
    "ack": "alertd.cli.acting:ack",
    "done": "alertd.cli.acting:done",
    "return": "alertd.cli.handling:return_",
    "verify": "alertd.cli.handling:verify",
    "reopen": "alertd.cli.acting:reopen",
    "extend": "alertd.cli.requests:extend",
    "suspend": "alertd.cli.pauses:suspend",
    "resume": "alertd.cli.pauses:resume",
    "restart": "alertd.cli.pauses:restart",
    "waive": "alertd.cli.handling:waive",
    "reassign": "alertd.cli.handling:reassign",
    "decline": "alertd.cli.requests:decline",
    "requests": "alertd.cli.waiting:requests",
    "progress": "alertd.cli.entries:progress",
    "rate": "alertd.cli.rating:rate",
    "outbox": "alertd.cli.posting:outbox",
    "test-send": "alertd.cli.trying:test_send",
    "doctor": "alertd.cli.doctoring:doctor",
    "go-live": "alertd.cli.going_live:go_live",
    "nodes": "alertd.cli.nodes:nodes",
    "db": "alertd.cli.upkeep:db",
    "init": "alertd.cli.laying:init",
    "schema": "alertd.cli.laying:schema",
    "completion": "alertd.cli.laying:completion",
}


@click.group("alertd", cls=Group, lazy=COMMANDS)
@click.option("--config", metavar="FILE|FOLDER")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda *a: _version(*a))
@click.pass_obj
def alertd(session: Session, config: str | None) -> None:
    session.config = config


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"alertd {__version__}")
        ctx.exit()


def run(
    argv: Sequence[str],
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    clock: Clock | None = None,
) -> int:
    """Run one command; returns its exit code. Says what went wrong on stderr; raises nothing."""
    where = Path.cwd() if cwd is None else cwd
    session = Session(config_argument(argv), os.environ if environ is None else environ, where, clock)
    try:
        code = alertd.main(list(argv), prog_name="alertd", standalone_mode=False, obj=session)
        sys.stdout.flush()  # here, where a full disk can still be said
        return code if isinstance(code, int) else 0
    except SystemExit as leaving:  # shell completion
        return leaving.code if isinstance(leaving.code, int) else 0
    except (Exception, KeyboardInterrupt) as error:
        code, lines = explain(error, session)
        for line in lines:
            print(line, file=sys.stderr)
        return code
    finally:
        session.close()
