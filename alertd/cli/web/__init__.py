"""Pages from the command line: serving them by themselves, and letting somebody in.

Modules:
    web       `alertd web`, and who may open pages
    serve     the server as a process of its own
    sessions  who is signed in, and ending that
    pin       the PIN of an officer
    calendars  `alertd web calendar-link`
"""
