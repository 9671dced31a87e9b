"""Before it counts: what would go out, and whether the node is sound.

Takes the store or a copy in memory, the `World` and a span of time. Gives lines, figures and findings. The
same functions as in earnest run on virtual time. Nothing here writes to the store.

Modules:
    virtual   the engine on virtual time over a copy in memory
    playing   the same for somebody who watches: each message as it goes out
    forecast  a preview in figures
    wording   what a message would say if it left now
    checking  what `alertd check` looks at
    checkup   what `alertd doctor` looks at
    overriding what it says of what rules over the files for a time
    comparing what doctor compares: rows with their chains, messages with receipts, seals
    examining the store from end to end, by what checkup looks at
"""
