"""`alertd demo`: the engine on virtual time, with the real commands beside it.

It takes the shipped register or the node's own, plays in memory, and leaves nothing behind.

Modules:
    demo   demo: the engine on virtual time, real commands beside it
    place  which register it plays in, who takes part, a session over a copy
    stage  its pace, and how it looks
    story  the story as sentences, commands and the time between them
"""
