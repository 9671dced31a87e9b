"""One deadline: its row, its figures and history, and everything that can happen to it by itself.

Takes a `Scope`, and the row or its number. Gives new values of the row: limits, state, the next look; with
them the audit, the breach, and word to those who were told. Writes deadlines, breaches and what `notify`
writes. It knows no case and no other deadline: who calls decides what follows for those.
"""
