"""Messages to the person who keeps the program: through the same outbox, so that they survive a crash too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from alertd.core.abilities import INBOX
from alertd.engine.addressing import Gap
from alertd.engine.scope import Scope
from alertd.store import outbox, settings
from alertd.store.tables import deliveries

#: the same thing is not said again within this time
ONCE_IN = timedelta(hours=20)
ADMIN = "admin"


def tell_admin(
    scope: Scope,
    topic: str,
    key: str,
    args: Mapping[str, Any],
    items: Sequence[str] = (),
    once_in: timedelta = ONCE_IN,
) -> bool:
    """Queue one message about `topic`; False when the same `key` was told within `once_in`.

    It goes by mail where a mail channel is enabled, and to the inbox otherwise; never as a drill.
    """
    bundle = outbox.bundle_name(f"admin|{topic}|{key}")
    recent = select(deliveries.c.id).where(
        deliveries.c.bundle == bundle, deliveries.c.created_at > scope.now - once_in
    )
    if scope.tx.execute(recent).first() is not None:
        return False
    settings.hold(scope.tx, settings.TELLING, 0)
    if scope.tx.execute(recent).first() is not None:  # another node told it while this one waited
        return False
    mail = scope.world.mail_channel
    routes = [(mail, address) for address in scope.world.admin_to] if mail else [(INBOX, ADMIN)]
    payload = {"topic": topic, "args": dict(args), "items": list(items)}
    domain = scope.world.mail_domain
    outbox.add_deliveries(
        scope.tx,
        [
            outbox.new_delivery(scope.now, domain, ADMIN, route, bundle, "admin", payload=payload)
            for route in routes
        ],
    )
    return True


def report_gaps(scope: Scope, gaps: Iterable[Gap]) -> None:
    """Tell the admin of empty positions and unreachable people, each once a day."""
    for gap in gaps:
        unit = scope.world.register.units.get(gap.unit)
        name = (
            (unit.name.get(scope.world.language) or unit.name.get("zh-Hant") or gap.unit)
            if unit
            else gap.unit
        )
        person = scope.world.register.people.get(gap.person)
        args = {
            "unit": name,
            "unit_id": gap.unit,
            "position": gap.position,
            "person": person.name if person else gap.person,
            "person_id": gap.person,
        }
        tell_admin(scope, gap.topic, f"{gap.unit}|{gap.position}|{gap.person}", args)
