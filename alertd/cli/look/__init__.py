"""Commands that only look: list, show, explain, roll, board, duty, bulletin, requests,
overrides.

They take a store that is there, read it in one picture, and print that for people or as JSON. They change
nothing.

Modules:
    list      list
    show      show, explain
    breaches  what is on record against a deadline
    roll      roll, board
    duty      duty: who answers on a day
    bulletin  bulletin
    overrides  overrides: what rules over the files for a time
    requests  requests: what nobody has decided; and what was, as show prints it
"""
