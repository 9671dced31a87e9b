"""Questions: lists, one deadline with all that is known of it, the roll, the board, the bulletin, what waits.

Takes a `Scope` that only reads. Gives values to print; the bulletin's are the same for ever for one instant.
Writes nothing. Commands and every other skin ask here; none reads the store itself.

Modules:
    queries   questions, answered from one consistent picture
    whole     one deadline with all that is known of it, and why it is due then
    evidence  the files that prove a hand-in, and what is in one
    cases     open cases, and one with its events and clocks; what may be reported
    on_duty   who is on duty on a day, and what one person is told
    deciding  what units have asked for and nobody has decided
    overriding  what rules over the files for a time
    nodes     the daemons that share the store
    reached   whom no channel reaches, and addresses that are dead
    coming    what is said next, for the first screen of `alertd run`
    ahead     the days somebody looks at, and how many limits each day of a year has
    feeds     what stands in a calendar
    board     the roll of one duty; open deadlines by colour
    bulletin  the bulletin's figures, the same for ever for one instant; corrections
    issuing   a bulletin from the store, with everything named
    mailed    which bulletin is to be mailed next, and what it says
    never     duties that open nothing
    differences  what the files would change
    vitals    how the whole is: what is owed, what waits and how long, which channels serve
    attempts  what came of attempts, and how late messages left
    reckoning  when something would be due by a rule
    passing   whether versions of cases may go ahead, and which are coming
"""
