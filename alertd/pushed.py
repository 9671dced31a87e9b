"""What the provider of a channel tells at an address of ours: replies and reports, taken in at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from alertd.engine.ruling.scope import Scope
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.sending.texted import take_told
from alertd.store.database import Store
from alertd.store.errors import StoreError
from alertd.transports.base import Pushed, Told

log = structlog.get_logger("alertd.pushed")


def take_pushed(
    store: Store, dispatcher: Dispatcher, now: Callable[[], datetime], channel: str, secret: str, body: bytes
) -> bool:
    """Take it in; False where there is no such channel, or the secret is another. From any thread.

    One entry on which the program slips does not hold back the others. Raises StoreError while nothing can be
    recorded: the provider comes again, and nothing is done twice.
    """
    transport: object = dispatcher.transports.get(channel)
    found = transport.pushed(secret, body) if isinstance(transport, Pushed) else None
    if found is None:
        return False
    for told in found:
        try:
            store.transact(_work(dispatcher, now(), told))
        except StoreError:
            raise
        except Exception:
            log.exception("text not handled", channel=channel)
    return True


def _work(dispatcher: Dispatcher, at: datetime, told: Told) -> Callable[[Connection], str]:
    world = dispatcher.world
    return lambda tx: str(take_told(Scope(tx, world, at), told))
