"""Questions: lists, one deadline with all that is known of it, the roll, the board, the bulletin.

Takes a `Scope` that only reads. Gives values to print; the bulletin's are the same for ever for one instant.
Writes nothing.
"""
