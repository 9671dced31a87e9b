"""`alertd demo`: the engine on virtual time, with the real commands beside it.

It takes the shipped register or the node's own, plays in memory, and leaves nothing behind.
"""
