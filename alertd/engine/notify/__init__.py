"""Who hears something: from positions to people to addresses, drafts of what they are told, and the admin.

Takes a `Scope`, and what is to be said to which positions. Gives rows of the outbox: alerts, notices,
deliveries; a position nobody holds goes to the admin, and so does a row the program slips on (`guard`).
Writes the outbox and its audit, never the state of a deadline. Nothing is sent here.

Modules:
    addressing  from positions to people to addresses
    journeys    how far a message has come with one person
    admin       messages to the admin, through the same outbox
    topics      what the admin is told of, a type for each topic
    text_topics  what the admin is told of text messages
    override_topics  what is told of what rules over the files for a time
    mail_topics   the same of mail that comes in
    mailbox_state  whether the mailbox for answers can be read
    store_topics  the same when the store itself fails
    sign_in_topics  the same of who tries to sign in
    feed_topics  the same of systems around this one
    duty_topics  the same of the roster of duty
    duty_watch  what the roster lacks in the days ahead
    feeds       when systems that report events fall silent
    guard       the blast radius of one row is that row
    subscribers  other systems hear what becomes of deadlines
    gathering   what waits for another moment leaves with the newest about the same
    holds       what holds messages of day clocks back, and until when
    drafts      collects what one transaction decides and writes it together; bundling
    telling     messages about no single deadline; those who were told hear of changes
"""
