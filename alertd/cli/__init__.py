"""The command line: parse, call, print. `main` is the entry point of the `alertd` program."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command in `sys.argv` and exit with its code (docs/use.md, "Exit codes")."""
    from alertd.cli.app import run
    from alertd.cli.streams import arguments, prepare

    prepare()
    sys.exit(run(arguments()))
