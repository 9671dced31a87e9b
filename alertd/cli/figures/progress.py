"""`alertd progress add`, `import` and `undo`: hours and sessions that count towards a quota."""

from __future__ import annotations

from alertd.cli.declare import group

progress = group(
    "progress",
    {
        "add": "alertd.cli.figures.entering:add",
        "import": "alertd.cli.figures.entering:import_",
        "undo": "alertd.cli.figures.entering:undo",
    },
)
