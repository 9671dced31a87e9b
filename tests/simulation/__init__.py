"""The simulator: whole daemons on virtual time from one seed, with everything around them made to misbehave.

A run takes a seed and a plan of faults, which is data. It gives what was counted, and what of the invariants
was violated. Nothing of the machine's time, network or chance reaches it; its store is a real one, on SQLite
or PostgreSQL, below a folder of its own.

Modules:
    loop        an event loop whose time jumps, and that picks any ready task
    strands     work on other threads, which goes on bit by bit so that transactions overlap
    network     connections in memory, which can be slow, cut, refused and swallowed
    mail        a mail server, and how it lies
    bot         a Bot API server, and how it lies
    disk        the store with its faults: commits that crash, a database that is away
    server      PostgreSQL as its machine sees it: who waits for whose locks, whose session is ended
    places      the awaits and commits of the program that a run saw, and at which it crashes
    machine     one machine with a daemon on it, which can crash, stall and come back
    city        a register, a directory and its people, made from the seed
    tally       what many runs covered
    plan        what happens in a run, as data
    deeds       what people do
    acts        what they do to deadlines and events, by name
    troubles    what may befall a run
    apart       each run in a process of its own, with a store of its own
    shrink      how a plan that fails is made short
    story       a plan as JSON, and as a test
    run         one seed from beginning to end
    surroundings  the time, the chance, the store and the log of the program while a run lasts
    witness     what a run saw: attempts, commits, what servers took, when the program was hindered
    picture     what the store holds at one look
    invariants  what must hold, each with its reason
    sent        the same, of what left and how
    known       faults that are known and not yet mended
    stages      plans in which planted bugs show
    planted     bugs that the invariants must find
"""
