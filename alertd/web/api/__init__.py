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
    evidence   files that prove a hand-in
    acts       what people do to one deadline
    events     events: reported, corrected, cancelled, confirmed, upgraded; read back before
    cloudevents  events in the envelope of CloudEvents
    cases      open cases; one with its events and clocks
    feeds      signs of life of systems that report events
    figures    entries towards a quota; rates
    looks      the board, the calculator
    openapi    the document of all that, for programs
    foreseen   the preview, what files would change, the bulletin
    badge      how a unit stands, as a small picture
"""
