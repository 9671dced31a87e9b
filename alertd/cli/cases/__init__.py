"""Commands about cases: event report, import, correct, confirm, upgrade, cancel, and gate.

They take facts as people type them, read back what these start, and hand them to `engine.cases` in one
transaction.
"""
