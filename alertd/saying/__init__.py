"""What is stored, in the words people read of it: the same on the command line and on pages.

Takes rows and what rules. Gives texts in the reader's language. It reads no store and decides nothing.

Modules:
    voice     for whom: language, zone, day, and what rules
    rows      a deadline: what it is about, its limit, its state
    events    an event: what it would do, and what correcting it would move
    refusing  why something was refused
    requests  what units have asked for, and what became of it
    feeds     deadlines as entries of a calendar
    roll      a line for each unit that owes a duty
    typed  what is wrong in a short text that somebody typed
    whole     all that is known of one: facts, messages, history, how its limit was counted
    people    whom a message is for
    ways      the ways over which somebody is reached
    messages  a message of the outbox, and what came of each attempt
    overriding  what rules over the files for a time
    nodes     the daemons that share the store
    findings  what an examination found
    checked   what is no fault of the files and yet worth knowing
    changes   what a change of the files moves, and whom it tells
"""
