"""Commands about cases: event report, import, correct, confirm, upgrade, cancel, and gate.

They take facts as people type them, read back what these would do, and hand them to `engine.operations` in
one transaction.

Modules:
    event           event: what the three commands share
    event_report    event report
    event_import    a sheet of proposals: its columns
    event_changes   event correct, event cancel
    event_standing  event confirm, event upgrade
    gate            gate
"""
