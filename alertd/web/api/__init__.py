"""The API: the fourth skin of the operations, for other systems, under /api/v1.

Takes requests with a token. Gives JSON, and problems in the words of the command line (RFC 9457). What goes
in and what comes out are types; the routes, the OpenAPI document and the page in the docs are made of them.

Modules:
    endpoint   what an address of the API is, and what one request is
    table      all addresses
    given      types of what comes in: moments, bodies; what is no JSON, and what nobody asked for
    answering  from a request to an answer
    problems   what is said where it is not done
    seen       what a token sees
    deadlines  deadlines: the list, one, its history, who was told, how its limit was counted
"""
