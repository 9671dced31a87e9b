"""Running: the loop of the daemon that fires what is due, sends what waits and sleeps to the next time.

Takes the store, the transports and the `World` of the moment. Here are the only clock, the only thread and
the only waiting of the engine; what is decided is decided in the rooms below. Besides it seals the audit,
shows that it lives, watches its neighbours, and cries for help when the store fails.
"""
