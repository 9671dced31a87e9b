"""What people ask for: acknowledge and hand in, more time, another unit, figures.

Takes a `Scope`, a deadline and what is asked. Each function looks at the right to ask (`core.rights`) and at
the reason, then lets the rooms below do it. Raises `Refused` with nothing changed. Commands, buttons and
every other skin come in here.

Modules:
    moving      reassign, decline
    requesting  what units ask for: who is asked to decide it, how they are chased, what waits
    rating      figures given by hand
    acts        acknowledge, hand in, reopen; return, verify, waive
    more_time   suspend, resume, restart; an extension asked for, granted, refused
    progress    entries towards a quota, by hand and from sheets
"""
