"""What a message would say if it left now."""

from __future__ import annotations

from collections.abc import Sequence

from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.composing import Composer
from alertd.messages.render import Renderer
from alertd.store.rows import DeliveryRow


def subjects(scope: Scope, renderer: Renderer, rows: Sequence[DeliveryRow]) -> dict[int, str]:
    """The subject of each message, by its id: as it left, or would leave now; "" where none is known."""
    waiting = [row for row in rows if not row.subject and row.not_before is not None]
    parcels = Composer(scope.tx, scope.world, renderer, scope.now).parcels(waiting) if waiting else []
    found = {each.row.id: each.rendered.subject for each in parcels if each.rendered}
    return {row.id: row.subject or found.get(row.id, "") for row in rows}


def worded(scope: Scope, renderer: Renderer, row: DeliveryRow) -> tuple[str, str]:
    """Subject and text as they were kept, or as they would leave; the text of sent mail is not kept."""
    if row.body or row.not_before is None:
        return row.subject, row.body
    (parcel,) = Composer(scope.tx, scope.world, renderer, scope.now).parcels([row])
    return (parcel.rendered.subject, parcel.rendered.text) if parcel.rendered else (row.subject, "")
