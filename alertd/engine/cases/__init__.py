"""A case: events that start, stop and move its clocks, versions, turns, gates, and its end.

Takes a `Scope`, and an event as it was reported. Gives the deadlines that were opened, closed or moved by it.
Writes events and cases, and deadlines through the room below. It asks nobody for a right: that is for who
takes the wish.

Modules:
    case          versions of a draft, and what the clocks of a case are called
    turns         turns of a recurring duty: the running one and the next
    events        report an event; what it starts and closes, and what starts after something is done
    confirming    events not confirmed yet, and graver ones
    upgrading     a graver event: raised, and told
    gates         may a version go ahead, and what if it does all the same
    resubmission  a draft sent back and handed in again: its clocks that still run
    reported      an event as reported: the day it states, and what of its case it closes
    corrections   correcting and cancelling what was reported; what counts back from a stated day
    settling      a case closes with its last clock, and what lives only with it ends
"""
