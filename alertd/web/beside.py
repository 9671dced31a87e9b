"""What stands behind pages in a process beside the daemon: what rules and the time, read in the store."""

from __future__ import annotations

from alertd.clock import SharedClock
from alertd.following import Following
from alertd.installation import Installation, Store
from alertd.web.backing import Backing
from alertd.web.keeping import Keeping


def backing_of(installation: Installation, store: Store, clock: SharedClock) -> Backing:
    """Raises StoreError and NoRegister."""
    node = installation.node
    following = Following(installation, store, clock)
    renderer = installation.renderer()
    keeping = Keeping(store, node.file, installation.environ, lambda: renderer)
    return Backing(
        store, following.world, clock.now, node.web, keeping=keeping, ruled_by=installation.ruled_by
    )
