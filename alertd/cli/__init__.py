"""The command line: parse, call, print. `main` is the entry point of the `alertd` program.

Modules:
    app          finds the command, runs it, turns what happened into words and an exit code
    context      what a command needs, made when first asked for
    declare      how commands are declared; their help comes from the catalogue
    language     which language a command speaks, found before anything is parsed
    instants     instants as people type them
    output       JSON for machines, tables and lines for people
    streams      standard streams that are closed, full or of another encoding
    rows         stored deadlines, limits and people in words
    severity     severities as people read and type them
    existing     the store where there is one: looking makes none
    rewriting    files a command writes: all or none, in force at once
    forecasting  a preview in figures, for preview --summary and go-live
    workbook     Excel workbooks as CSV text
    evidence     files that prove a hand-in, as several commands take and give them
    exits        exit codes, and the exceptions that carry a sentence
    faults       from an exception to a sentence and an exit code; never a traceback

Rooms:
    plan     files and the calendar: before they rule
    cases    events and gates
    acts     what people do to one deadline
    figures  figures and sheets of figures
    look     looking, changing nothing
    upkeep   keeping the node
    web      pages as a process of their own
    token    who may use the API
    demo     the demonstration
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command in `sys.argv` and exit with its code (docs/use.md, "Exit codes")."""
    from alertd.cli.app import run
    from alertd.cli.streams import arguments, prepare

    prepare()
    sys.exit(run(arguments()))
