"""Firing: deadlines and repeats that are due are decided, and what was decided becomes drafts.

Takes a `Scope`, and how many at most. Gives how many there were. Moves the cursor of each row in the same
transaction; a row that cannot be decided is put off and told, and harms no other. Nothing is sent here.

Modules:
    fire    the firing transaction, and repeats
    relief  the change of shift: what is open is handed to whoever comes on duty
    afresh  what was only a drill, once messages are real
"""
