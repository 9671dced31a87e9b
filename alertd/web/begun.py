"""What the daemon gives along to the process that serves its pages; light, since the daemon knows it too."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Mapping
from dataclasses import dataclass

from alertd.config.node import NodeFiles, NodeSaid, node_of
from alertd.installation import Installation


@dataclass(frozen=True, slots=True)
class Begun:
    """What the daemon gives along: its files as it read them last, and what of them rules; no secret.

    `templates` are the admin's, which the process reads for itself: changed ones make another beginning.
    """

    files: NodeFiles
    said: NodeSaid
    process: str
    templates: Mapping[str, str]

    @classmethod
    def of(cls, installation: Installation, templates: Mapping[str, str]) -> Begun:
        """Of an installation whose files were read."""
        loaded = installation.loaded
        assert loaded.files is not None
        return cls(loaded.files, loaded.said, installation.process, templates)

    def installation(self, environ: Mapping[str, str]) -> Installation:
        """The same installation, with what rules in it."""
        return Installation(node_of(self.files, environ, self.said, True), environ, self.process)

    def packed(self) -> str:
        """For `unpacked` in the other process."""
        return base64.b64encode(pickle.dumps(self)).decode()

    @staticmethod
    def unpacked(packed: str) -> Begun:
        """Only of what the daemon gave, over a line that only it has the other end of."""
        begun: Begun = pickle.loads(base64.b64decode(packed))  # noqa: S301
        return begun
