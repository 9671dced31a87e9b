"""One deadline: its row, its figures and history, and everything that can happen to it by itself.

Takes a `Scope`, and the row or its number. Gives new values of the row: limits, state, the next look; with
them the audit, the breach, and word to those who were told. Writes deadlines, breaches and what `notify`
writes. It knows no case and no other deadline: who calls decides what follows for those.

Modules:
    change      the one writer of a deadline's change
    opening     from an obligation, a start and a party to the row of a deadline
    recorded    what a chain says its row must be
    recount     the limits of a stored deadline, counted anew from its history
    sample      stored limits compared with what their history gives
    retiming    acts that bear on limits: it stands still, goes on, runs anew, is given a day
    breaches    what was done against a rule
    permission  what somebody is to a deadline, and whether that is enough
    figures     the totals behind measured deadlines
    judging     ratios judged when their period has ended
    replay      what was known of a deadline at an instant, from its row and its audit
    closing     handed in, ended, missed, fallen short; taken up again, judged anew after a correction
"""
