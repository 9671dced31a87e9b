"""The admin's files against the store: what they want, what is there, and what they want no more.

Takes the texts of a folder or a `World`, and an instant. Gives a plan to look at, and applies it in a
transaction: revisions, opened, moved and withdrawn deadlines. Keeps what ruled last where a file has a fault,
and holds back what is large or lost. Reads no file itself.

Modules:
    reconciler     files against revisions: last good, thresholds, release
    foretelling    who would hear at once of a change, before it is made
    faulty         files with faults, and that they are mended
    held           changes that wait for release, and who hears of them
    losses         what files say no more that something depends on
    making_up      what was to be said while nobody was there to hear it
    node_settings  what config.toml and the channels' files say, kept in the store
    folder         whether a file in a node's folder is older than what rules
    plan           what the files want against what the store holds; what ended duties and moved people leave
"""
