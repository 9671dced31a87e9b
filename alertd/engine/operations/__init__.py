"""What people ask for: acknowledge and hand in, more time, another unit, figures.

Takes a `Scope`, a deadline and what is asked. Each function looks at the right to ask (`core.rights`) and at
the reason, then lets the rooms below do it. Raises `Refused` with nothing changed. Commands, buttons and
every other skin come in here.
"""
