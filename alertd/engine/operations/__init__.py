"""What people ask for: events, acknowledge and hand in, more time, another unit, figures, what rules.

Takes a `Scope` and what is asked: a deadline and values, or one frozen value. Each function looks at the
right to ask (`core.rights`), at the reason and at whether what is asked makes sense, then lets the rooms
below do it. Raises `Refused` with nothing changed. Commands, buttons and every other skin come in here; none
has rules of its own.

Modules:
    moving        reassign, decline
    requesting    what units ask for: who is asked to decide it, how they are chased, what waits
    undecided     requests that nobody decides: they climb, and are told when the limit passes
    handing_over  a colleague takes care of it, in place of who was asked
    taking_back   a "received" that was pressed by mistake
    resending     what was refused leaves again
    mailing       a bulletin mailed to its readers, each period once
    rating        figures given by hand
    counting_for  the period or the case that a figure counts for
    moments       days and instants that somebody gives: what they may be
    acts          acknowledge, hand in, reopen; return, verify, waive
    more_time     suspend, resume, restart; an extension asked for, granted, refused
    progress      entries towards a quota, by hand and from sheets
    events        report, correct, cancel, confirm and upgrade events
    paging        one person asked to look at a deadline now
    silencing     reminders of one deadline are held until a day
    unread        what an event states and no duty would read
    reading_back  what an act on events would do, read back before it counts
    going_live    from rehearsal to real messages
    releasing     files let rule, however large the change
    turning       the plan of a year takes over from that of the last
    trial         one message sent on purpose, to see whether a channel works
    proposals     the rows of a sheet of proposals, each an event
    writing       what somebody writes back that no other act follows from
    feeds         signs of life of systems that report events
    unblocking    an address that was called dead is used again
    linking       the personal link of a message
    signing_in    signing in to pages, and out
    evidence      files that prove a hand-in
    tokens        tokens of the API: made, limited, ended
    codes         a code, and a link that does the same, over a channel of one's own
    accounts      an account of the office, at a provider that knows its people
    pins          who acts at the screen of a duty room
    calendars     addresses at which a calendar is read
    texts         the door for texts: one bounded line in normal form, or refused
    catalogue     the list of all acts: who may, when, what stays on record, who hears
"""
