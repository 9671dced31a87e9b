"""The server as a process of its own: beside a daemon on the same store, and without its passwords."""

from __future__ import annotations

from alertd.cli.context import Session
from alertd.cli.exits import BUSY, CONFIGURATION, Said


def serve(session: Session) -> None:
    """Until told to stop. Raises Said where no pages are wanted, or the place is not to be had."""
    from alertd import log, sdnotify
    from alertd.clock import SharedClock, SystemClock
    from alertd.web.beside import backing_of
    from alertd.web.place import listening_at
    from alertd.web.serving import server_of

    node = session.node
    if node.web.listen is None:
        raise Said("web.off", CONFIGURATION)
    log.configure(node.log_level, node.log_format, session.environ)
    clock = SharedClock(session.clock or SystemClock())
    backing = backing_of(session.installation, session.store, clock)
    try:
        listening = listening_at(node.web.listen)
    except OSError as fault:
        where = f"{node.web.listen.host}:{node.web.listen.port}"
        raise Said("web.taken", BUSY, listen=where, said=fault.strerror or fault) from fault
    sdnotify.ready(node.web.url)
    print(session.say("web.serves", url=node.web.url), flush=True)
    server_of(backing).run(sockets=[listening])
