"""What each page finds in the store: a function of one call, and the plain values it gives.

Modules:
    entrance  signing in and out, the language
    accounts  signing in by an account of the office
    sessions  who is signed in where, and ending that
    pin       the PIN by which an officer signs in a duty room
    board     what is green, yellow, red and grey, by unit and by item
    coming    the limits of the next days
    year      how many limits each day of a year has
    roll      one duty by unit
    bulletin  the bulletin of some days, as a page and as files
    wall      the board for a screen on the wall
    days      days and instants as addresses and forms have them
    badge     how a unit stands, as a picture at an address of its own
    calendar  addresses of calendars, and what is read at one
    lists     what concerns oneself, and what somebody looks for
    deadline  one deadline, and what may be done to it
    message   what a message is about, by its link
    counted   how a limit was counted, as a calendar and as a line of hours
    people    who is on duty; what somebody is told and over what
    reporting  an event that somebody reports, step by step
    cases     the open cases, and one with all its clocks on a line of time
    happenings  an event that is corrected, cancelled, confirmed, raised
    moments   instants and days as browsers write them
    pressing  what all buttons about one deadline have in common
    doing     what is done to one deadline, each act a form
    several   what waits to be decided, reviewed or handed in, several at once
    lines     a deadline as lists show it
    keeping   for whoever keeps the program: messages, whom nothing reaches, nodes
    files     the same: faults of the files, and the change that waits
    looks     the same: what would go out, and whether all is well
"""
