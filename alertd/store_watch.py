"""Whether the store is where it was: looked at again and again, kept as far as possible, and told.

The store itself refuses to write what nobody would read (`store.place`), and the dispatcher mails the admin
without it. What is left is to save what an open file still holds, to make way for another one that was put in
its place, and to say so where a daemon does not even start.
"""

from __future__ import annotations

import contextlib

import structlog

from alertd.config.secret import SecretMissing
from alertd.engine.planning.reconciler import NoRegister
from alertd.engine.ruling.world import Mode
from alertd.engine.running.distress import Distress
from alertd.installation import Installation, build_transport
from alertd.store import went_live
from alertd.store.backup import BackupRefused, rescue
from alertd.store.database import Store
from alertd.store.errors import StoreError, StoreVanished

log = structlog.get_logger("alertd.store")


def identified(installation: Installation, store: Store) -> str:
    """The identity of the store that was opened. Raises StoreError."""
    return went_live.identify_store(store, installation.node.state_folder, installation.is_live)


def look_after(installation: Installation, store: Store) -> StoreVanished | None:
    """Once a minute, on the store's thread: why this daemon is to end, None while it is to go on.

    A file that was removed may come back, and ending would throw away the last that is left of it; one in
    whose place there is another never does, and whoever starts the daemon anew opens that.
    """
    try:
        node = installation.node
        rehearsal = Mode(node.mode) is Mode.REHEARSAL
        went_live.keep_mark(store, node.state_folder, installation.is_live, rehearsal)
    except StoreVanished as fault:
        _keep(store)
        return fault if store.place is not None and store.place.replaced else None
    except (StoreError, OSError) as fault:
        log.warning("mark-put-off", reason=str(fault))
    return None


def _keep(store: Store) -> None:
    place = store.place
    if place is None or place.kept or place.there:
        return
    try:
        saved = rescue(store)
        place.remove_log()
    except (BackupRefused, OSError) as fault:
        log.error("store-lost", reason=str(fault))
    else:
        place.kept = True
        log.error("store-rescued", file=str(saved))


async def tell_refused(installation: Installation, fault: StoreError) -> None:
    """Mail the admin that a daemon does not start; nothing starts it again by itself."""
    with contextlib.suppress(NoRegister, SecretMissing, ValueError):
        world = installation.written()
        if world.mail_channel is None:
            return
        transport = build_transport(installation.node.channels[world.mail_channel])
        try:
            await Distress().heard(
                fault, 0.0, world, installation.renderer(), {world.mail_channel: transport}
            )
        finally:
            await transport.stop()
