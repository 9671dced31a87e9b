"""`alertd test-send CHANNEL PERSON`: one message through the real transport, at once, marked as a drill."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command
from alertd.cli.exits import NO, YES, Faulty, Said

if TYPE_CHECKING:
    from alertd.config.channels import ChannelConfig
    from alertd.engine.operations.trial import Trial
    from alertd.transports.base import Outcome, Outgoing, Transport


@command("test-send")
@click.argument("channel", metavar="CHANNEL")
@click.argument("person", metavar="PERSON")
@by
@as_json
def test_send(session: Session, channel: str, person: str, by: str, as_json: bool) -> int:
    from alertd.cli.existing import existing_store, ruling_or_written
    from alertd.cli.output import print_json
    from alertd.engine.operations.trial import record_trial, trial_message, trial_to
    from alertd.engine.ruling.naming import person_named
    from alertd.engine.ruling.scope import Scope
    from alertd.transports.base import Result

    node = session.node
    found = node.channels.get(channel)
    if found is None:
        raise Said("test-send.no-channel", found=channel, known=", ".join(node.channels))
    store = existing_store(session)
    world = ruling_or_written(session, store)
    known = person_named(world.register, person)
    trial = trial_to(world, channel, found.transport, known.id if known else person)
    actor = session.actor_of(by, world.register)
    renderer = session.installation.renderer()
    texting = found.settings.texting
    message = trial_message(trial, renderer, node.language, world.mail_domain, actor.text, texting)
    outcome, seconds = _sent(session, found, message)
    if store is not None:
        at = session.now
        store.transact(lambda tx: record_trial(Scope(tx, world, at, actor), trial, message, outcome, seconds))
    if as_json:
        print_json(_json(trial, message, outcome, seconds))
    else:
        said = session.words.word("delivery", str(outcome.result))
        answer = f"{outcome.code} {outcome.detail}".strip()
        print(session.say("test-send.answer", said=said, address=trial.address, answer=answer))
    return YES if outcome.result in (Result.ACCEPTED, Result.HANDED_OVER) else NO


def _sent(session: Session, channel: ChannelConfig, message: Outgoing) -> tuple[Outcome, float]:
    from alertd.config.secret import SecretMissing
    from alertd.installation import build_transport

    try:
        transport = build_transport(channel)
    except SecretMissing as missing:
        raise Faulty((missing.fault,)) from missing
    except ValueError as fault:
        raise Said("test-send.unusable", channel=channel.name, said=fault) from fault
    return asyncio.run(_attempt(transport, message))


async def _attempt(transport: Transport, message: Outgoing) -> tuple[Outcome, float]:
    # Not started: a bot that is started asks Telegram for presses, which belong to the daemon.
    began = time.monotonic()
    try:
        outcome = await transport.send(message)
    finally:
        seconds = time.monotonic() - began
        with contextlib.suppress(Exception):
            await asyncio.wait_for(transport.stop(), 5)
    return outcome, seconds


def _json(trial: Trial, message: Outgoing, outcome: Outcome, seconds: float) -> dict[str, object]:
    return {
        "id": f"{message.delivery:x}",
        "channel": trial.channel,
        "person": trial.person,
        "address": trial.address,
        "message_id": message.message_id,
        "result": str(outcome.result),
        "code": outcome.code,
        "detail": outcome.detail,
        "seconds": round(seconds, 3),
    }
