"""Before it counts: what would go out, what going live would do, and whether the node is sound.

Takes the store or a copy in memory, the `World` and a span of time. Gives lines, figures, obstacles and
findings. The same functions as in earnest run on virtual time. Only going live writes to the store.
"""
