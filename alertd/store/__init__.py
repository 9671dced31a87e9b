"""What must survive a crash. One code path for SQLite and PostgreSQL; set-up and column types differ.

Modules:
    database    engine set-up, transactions, plain errors
    tables      the tables
    metadata    what all tables belong to
    bulletin_table  the table of the bulletins that were mailed
    page_tables  those behind the pages
    override_tables  what rules over the files for a time
    sending_tables  what left over channels that have limits
    evidence_tables  those of the files that prove hand-ins
    types       column types
    bulk        one statement for many rows, at nearly the driver's cost
    reading     rows of which one may be unreadable: the others, and which one
    deadlines   deadlines: insert, claim, move the cursor
    outbox      alerts, notices, deliveries
    waiting     messages about a deadline that nobody has begun to send
    bulletins   which bulletins were mailed, and what they say
    leasing     leases on deliveries, and what becomes of them
    drills      what was decided as a drill, and is not real yet
    relief      who on duty was told of which open deadline
    repeats     notices that are said again
    set_back    rows that a clock which was set back has left in the future
    lost        rows whose time to be looked at can be none
    acts        what was accepted for a deadline and bears on its limits
    addresses   addresses the providers say are unusable
    shelf       what the nodes know in common of a channel
    illness     channels that no node can use now
    failures    failed attempts, until what follows from them is decided
    evidence    files that prove hand-ins, with the hash of each
    codes       codes that sign somebody in, each with a link
    awaited     browsers that were sent to a provider of accounts
    pins        what is kept of the PINs of officers
    tries       how often somebody tried to get in
    sign_ins    keys that sign somebody in once, and sessions
    tokens      who may use the API, and for what
    calendars   addresses at which calendars are read
    sendings    what left over channels that have limits: how many, and what providers call it
    overrides   what was entered on a page or a command, and rules over the files for a time
    idempotency  what was answered to requests that may come again
    rows        the types of rows
    requests    what was asked for, and who decided it
    audit       the hash chain of each deadline
    seals       what was written, hashed together once a minute
    chains      every deadline with its chain, for whoever looks at all of them
    receipts    what came of each attempt
    revisions   the applied text of every file
    settings    small facts that must survive
    figures     entries towards quotas
    feeds       when each system that reports events last showed a sign of life
    vitals      how much there is and how long it waits, counted by the database
    changes     learning that another process changed the store
    reports     many rows for the supervisors' views, with no more columns than they need
    ids         row ids made by the writer
    place       whether a store still is what was opened
    went_live   which store this is, and a mark outside of it of the one that went live
    errors      what can go wrong, in words
    plainly     what the drivers raise, turned into those
    migrating   bringing a database up to date, refusing a newer one
    nodes       the daemons of one store, and who listens to a bot
    copying     the whole store in another database, row by row
    health      is it sound, who holds it, how much room is left
    backup      a copy that was looked through before it got its name
    migrations  Alembic: one line of versions
"""
