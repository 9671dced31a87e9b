"""A case: events that start, stop and move its clocks, versions, turns, gates, and its end.

Takes a `Scope`, and an event as it was reported. Gives the deadlines that were opened, closed or moved by it.
Writes events and cases, and deadlines through the room below. It asks nobody for a right: that is for who
takes the wish.
"""
