"""Running: the loop of the daemon that fires what is due, sends what waits and sleeps to the next time.

Takes the store, the transports and the `World` of the moment. Here are the only thread and
the only waiting of the engine; what is decided is decided in the rooms below. Besides it seals the audit,
shows that it lives, watches its neighbours, and cries for help when the store fails.

Modules:
    dispatcher    the whole loop: fire what is due, send what waits, sleep to the next time
    sender        its half that sends: a sender for each channel
    channels      how each channel serves: a circuit breaker for each
    supervision   the daemon's tasks: none dies unseen
    door          the awaitable door to the store's thread
    alarm         APScheduler as the alarm clock
    housekeeping  seals, heartbeat, the auditor
    bulletins     the bulletin that is mailed by itself
    distress      the admin's mail when the store itself fails
    shelves       what the nodes know in common of a channel
    neighbours    heartbeats of several nodes, and taking over
"""
