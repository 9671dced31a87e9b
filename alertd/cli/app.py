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
from alertd.cli.declare import CommandGroup
from alertd.cli.exits import USAGE, Said
from alertd.cli.faults import explain
from alertd.cli.language import config_argument

if TYPE_CHECKING:
    from alertd.clock import Clock

#: in the order people meet them
COMMANDS = {
    "run": "alertd.cli.upkeep.run:run",
    "web": "alertd.cli.web.web:web",
    "token": "alertd.cli.token.token:token",
    "demo": "alertd.cli.demo.demo:demo",
    "check": "alertd.cli.plan.check:check",
    "plan": "alertd.cli.plan.plan:plan",
    "preview": "alertd.cli.plan.preview:preview",
    "calendar": "alertd.cli.plan.calendar:calendar",
    "year": "alertd.cli.plan.year:year",
    "export": "alertd.cli.plan.exporting:export",
    "import": "alertd.cli.plan.importing:import_",
    "duty-import": "alertd.cli.plan.duty_import:duty_import",
    "when": "alertd.cli.plan.when:when",
    "event": "alertd.cli.cases.event:event",
    "gate": "alertd.cli.cases.gate:gate",
    "list": "alertd.cli.look.list:list_",
    "show": "alertd.cli.look.show:show",
    "explain": "alertd.cli.look.show:explain",
    "roll": "alertd.cli.look.roll:roll",
    "board": "alertd.cli.look.roll:board",
    "duty": "alertd.cli.look.duty:duty",
    "overrides": "alertd.cli.look.overrides:overrides",
    "bulletin": "alertd.cli.look.bulletin:bulletin",
    "ack": "alertd.cli.acts.done:ack",
    "done": "alertd.cli.acts.done:done",
    "return": "alertd.cli.acts.review:return_",
    "verify": "alertd.cli.acts.review:verify",
    "reopen": "alertd.cli.acts.done:reopen",
    "take-back": "alertd.cli.acts.done:take_back",
    "page": "alertd.cli.acts.page:page",
    "hand-over": "alertd.cli.acts.done:hand_over",
    "evidence": "alertd.cli.acts.evidence:evidence",
    "silence": "alertd.cli.acts.silence:silence",
    "end-silence": "alertd.cli.acts.silence:end_silence",
    "extend": "alertd.cli.acts.extend:extend",
    "suspend": "alertd.cli.acts.pause:suspend",
    "resume": "alertd.cli.acts.pause:resume",
    "restart": "alertd.cli.acts.pause:restart",
    "waive": "alertd.cli.acts.review:waive",
    "reassign": "alertd.cli.acts.review:reassign",
    "decline": "alertd.cli.acts.extend:decline",
    "requests": "alertd.cli.look.requests:requests",
    "progress": "alertd.cli.figures.progress:progress",
    "rate": "alertd.cli.figures.rate:rate",
    "outbox": "alertd.cli.upkeep.outbox:outbox",
    "resend": "alertd.cli.upkeep.resend:resend",
    "test-send": "alertd.cli.upkeep.test_send:test_send",
    "unblock": "alertd.cli.upkeep.unblock:unblock",
    "sms-templates": "alertd.cli.upkeep.sms_templates:sms_templates",
    "mail-in": "alertd.cli.upkeep.mail_in:mail_in",
    "doctor": "alertd.cli.upkeep.doctor:doctor",
    "go-live": "alertd.cli.upkeep.go_live:go_live",
    "nodes": "alertd.cli.upkeep.nodes:nodes",
    "db": "alertd.cli.upkeep.db:db",
    "init": "alertd.cli.upkeep.init:init",
    "schema": "alertd.cli.upkeep.schema:schema",
    "completion": "alertd.cli.upkeep.schema:completion",
}


@click.group("alertd", cls=CommandGroup, lazy=COMMANDS)
@click.option("--config", metavar="FILE|FOLDER")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda *a: _version(*a))
@click.pass_obj
def alertd(session: Session, config: str | None) -> None:
    session.config = config


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"alertd {__version__}")
        ctx.exit()


def _refuse_bytes(argv: Sequence[str]) -> None:
    """Raises Said for a word that is no text: recorded, it would pass for a name nobody has."""
    for place, word in enumerate(argv, 1):
        found = word.encode("utf-8", "replace").decode()
        if found != word:
            raise Said("usage.no-text", USAGE, place=place, found=found)


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
        _refuse_bytes(argv)
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
