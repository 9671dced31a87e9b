"""What happens in time: firing, delivering, planning, and what people do to deadlines.

Rooms, the lowest first:
    ruling      what rules, and the scope of one transaction
    notify      who hears it, and over which way
    deadlines   one deadline: its row, and all that can happen to it
    cases       what deadlines of one case have in common: events, turns, gates
    firing      from due to drafted
    operations  what people ask for: hand in, more time, another unit, figures
    planning    the files against the store
    reporting   questions, answered from one picture
    sending     from the outbox to people, and their presses back
    running     the daemon: the loop, the alarm, the care for itself
    preview     what would happen, before it counts
"""
