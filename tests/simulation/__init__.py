"""The simulator: whole daemons on virtual time from one seed, with everything around them made to misbehave.

A run takes a seed and a plan of faults, which is data. It gives what was counted, and what of the invariants
was violated. Nothing of the machine's time, network or chance reaches it; its store is a real one, on SQLite
or PostgreSQL, below a folder of its own.

Modules:
    loop        an event loop whose time jumps, and that picks any ready task
    network     connections in memory, which can be slow, cut, refused and swallowed
    mail        a mail server, and how it lies
    bot         a Bot API server, and how it lies
    disk        the store with its faults: commits that crash, a database that is away
    machine     one machine with a daemon on it, which can crash, stall and come back
    city        a register, a directory and its people, made from the seed
    tally       what many runs covered
    plan        what happens in a run, as data
    deeds       what people do
    troubles    what may befall a run
    run         one seed from beginning to end
    surroundings  the time, the chance, the store and the log of the program while a run lasts
    witness     what a run saw: attempts, commits, what servers took, when the program was hindered
    picture     what the store holds at one look
    invariants  what must hold, each with its reason
    sent        the same, of what left and how
    known       faults that are known and not yet mended
    planted     bugs that the invariants must find
"""
