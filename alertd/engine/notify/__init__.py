"""Who hears something: from positions to people to addresses, drafts of what they are told, and the admin.

Takes a `Scope`, and what is to be said to which positions. Gives rows of the outbox: alerts, notices,
deliveries; a position nobody holds goes to the admin, and so does a row the program slips on (`guard`).
Writes the outbox and its audit, never the state of a deadline. Nothing is sent here.
"""
