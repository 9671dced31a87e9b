"""Before it counts: what would go out, what going live would do, and whether the node is sound.

Takes the store or a copy in memory, the `World` and a span of time. Gives lines, figures, obstacles and
findings. The same functions as in earnest run on virtual time. Only going live writes to the store.

Modules:
    virtual   the engine on virtual time over a copy in memory
    forecast  a preview in figures
    golive    from rehearsal to real messages
    checkup   what `alertd doctor` looks at
"""
