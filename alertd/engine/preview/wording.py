"""What a message would say if it left now."""

from __future__ import annotations

from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.composing import Composer
from alertd.messages.render import Renderer
from alertd.store.rows import DeliveryRow


def worded(scope: Scope, renderer: Renderer, row: DeliveryRow) -> tuple[str, str]:
    """Subject and text as they were kept, or as they would leave; the text of sent mail is not kept."""
    if row.body or row.not_before is None:
        return row.subject, row.body
    (parcel,) = Composer(scope.tx, scope.world, renderer, scope.now).parcels([row])
    return (parcel.rendered.subject, parcel.rendered.text) if parcel.rendered else (row.subject, "")
