"""alertd: a daemon that keeps the deadlines of public bodies and reminds people in time.

Modules:
    __main__      python -m alertd
    service       builds the daemon from an installation, starts and stops it in order
    pages         the daemon's pages: the place they are served at, and the process that serves them there
    reloading     from saved files to what rules in the running daemon
    store_watch   whether the store is where it was: looked at, kept as far as possible, and told
    incoming      the mailbox that answers and bounces come to, read while the daemon runs
    pushed        what a provider of text messages tells at an address of ours
    heartbeat     a sign of life to somebody outside
    watching      saved files and other processes' commits, as the system tells of them
    examination   one installation examined: its files, its store, and what rules in it
    following     what rules now, for a process that only looks
    installation  one installation as a command or the daemon opens it: files, store, the picture they give
    clock         where the time comes from: the machine, or a demonstration's or test's own
    log           one event a line: JSON for machines, readable on a terminal, always on stderr
    sdnotify      tells systemd: ready, reloading, alive, stopping
    adapters      transports of other packages, found by entry point
    shipped       where the files lie that a new city starts from

Packages:
    cli         the command line: parse, call, print
    web         pages: answer, call, draw
    saying      what is stored, in words: the same for both
    testing     for whoever writes a transport: what every one must do, as tests
    engine      what happens in time
    config      admins' files to core objects, every fault at its place
    messages    facts into words
    store       what must survive a crash
    transports  one kind of provider each
    mailin      mail that comes in: what a message is
    openid      a provider of accounts, as a client speaks with it
    core        pure: standard library only, no I/O, no clock
"""

__version__ = "0.1.0"
