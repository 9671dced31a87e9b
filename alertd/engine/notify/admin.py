"""Messages to the person who keeps the program: through the same outbox, so that they survive a crash too."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from alertd.core.abilities import INBOX
from alertd.engine.notify import topics
from alertd.engine.notify.addressing import Gap, Route, routes_of
from alertd.engine.notify.topics import Topic
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, illness, outbox, settings
from alertd.store.tables import deliveries

ADMIN = "admin"


def tell_admin(scope: Scope, topic: Topic) -> bool:
    """Queue one message about `topic`; False when the same was told within its `once_in`.

    It is never a drill.
    """
    bundle = outbox.bundle_name(f"admin|{topic.name}|{topic.key}")
    recent = select(deliveries.c.id).where(
        deliveries.c.bundle == bundle, deliveries.c.created_at > scope.now - topic.once_in
    )
    if scope.tx.execute(recent).first() is not None:
        return False
    settings.lock(scope.tx, settings.TELLING)
    if scope.tx.execute(recent).first() is not None:  # another node told it while this one waited
        return False
    payload = {"topic": topic.name, "args": topic.values, "items": list(topic.items)}
    domain = scope.world.mail_domain
    outbox.add_deliveries(
        scope.tx,
        [
            outbox.new_delivery(scope.now, domain, ADMIN, route, bundle, "admin", payload=payload)
            for route in admin_routes(scope)
        ],
    )
    return True


def admin_routes(scope: Scope) -> list[Route]:
    """By mail to the addresses of config.toml, or to the inbox where no mail channel is enabled.

    While no mail channel serves anybody, over the other channels of whoever in the directory has such an
    address: what the admin must hear first is that mail does not leave.
    """
    world, ill = scope.world, illness.ill(scope.tx)
    mails = [name for name in world.channels if world.abilities(name).mail]
    if not mails:
        return [(INBOX, ADMIN)]
    serving = next((name for name in mails if name not in ill), None)
    if serving is None:
        blocked = addresses.unusable(scope.tx, scope.now)
        known = [person for person in world.register.people.values() if person.email in world.admin_to]
        ways = [routes_of(world, person, blocked, ill)[:1] for person in known]
        if others := [route for way in ways for route in way if route[0] not in ill]:
            return others
    return [(serving or mails[0], address) for address in world.admin_to]


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
        topic = topics.Vacant if gap.topic == topics.Vacant.name else topics.Unreachable
        tell_admin(
            scope,
            topic(
                unit=name,
                unit_id=gap.unit,
                position=gap.position,
                person=person.name if person else gap.person,
                person_id=gap.person,
            ),
        )
