"""What a node's own folder says, where several nodes have a copy of the files each.

The newest applied revision rules on every node. A text that a node finds in its folder is the admin's word
only if it was changed there; a copy that was never brought up to date is older, and is not applied again
(docs/decisions/0021-newest-revision-rules.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from alertd.store import revisions, settings
from alertd.store.database import Store


def _memory(node: str) -> str:
    return f"folder.{node}"


def remembered(tx: Connection, node: str) -> dict[str, str]:
    """Digests of the texts that this node's folder held when they last ruled, or were found to be older."""
    return dict(settings.get(tx, _memory(node)) or {})


def several(tx: Connection) -> bool:
    """Whether more than one folder has had its files compared with what rules."""
    return settings.count(tx, _memory("")) > 1


def behind(tx: Connection, node: str, texts: Mapping[str, str], good: Mapping[str, str]) -> tuple[str, ...]:
    """Files that ruled once, were replaced from elsewhere, and were not touched in this folder since.

    A file taken back to an earlier text in this folder is no such file: the folder held the later text.
    """
    known = remembered(tx, node)
    return tuple(
        sorted(
            file
            for file, text in texts.items()
            if file in good and text != good[file] and _is_older(tx, file, revisions.digest_of(text), known)
        )
    )


def _is_older(tx: Connection, file: str, digest: str, known: Mapping[str, str]) -> bool:
    return known.get(file, digest) == digest and revisions.ruled_before(tx, file, digest)


def remember(
    store: Store, node: str, texts: Mapping[str, str], ruling: Mapping[str, str], older: Collection[str]
) -> None:
    """Keep what the folder holds, but for texts that wait for release or have faults: they may come again."""
    with store.read() as tx:
        known = remembered(tx, node)
    fresh = {file: digest for file, digest in known.items() if file in texts}
    for file, text in texts.items():
        if file in older or ruling.get(file) == text:
            fresh[file] = revisions.digest_of(text)
    if fresh != known:
        store.transact(lambda tx: settings.put(tx, _memory(node), fresh), wake=False)


def remember_all(tx: Connection, node: str, texts: Mapping[str, str]) -> None:
    """Keep what the folder holds where all of it rules from now on."""
    settings.put(tx, _memory(node), {file: revisions.digest_of(text) for file, text in texts.items()})
