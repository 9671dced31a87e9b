"""`alertd progress add`, `import` and `undo`: hours and sessions that count towards a quota."""

from __future__ import annotations

from alertd.cli.declare import group

progress = group(
    "progress",
    {
        "add": "alertd.cli.entering:add",
        "import": "alertd.cli.entering:import_",
        "undo": "alertd.cli.entering:undo",
    },
)
