"""Pages for people: the third skin of the operations, beside the command line and the buttons.

Takes requests of browsers. Gives pages, and does what is pressed on them through the operations; files stay
the truth, and nothing is edited here. Reads have connections and threads of their own, so that a page never
stands in the line of what is due.

Modules:
    backing    what stands behind the pages: the store, what rules now, the time
    counting   what many look at at once, counted once in a while
    keeping    what keepers look at besides the store: files, and looks that cost
    page       what a page is: an address, who sees it, what goes in, what comes out
    routes     the table of all pages
    application  what a server runs: the pages, and what is served besides
    answering  from a request by the table to an answer
    vouching   who acts at a screen that others use too
    asking     a request as plain values: its form, its cookie, its language
    uploading  forms with files
    drawing    pages into HTML, through packaged templates
    badge      how a unit stands, as a small picture
    timeline   where things stand on a line of time
    guarding   what no request gets past: host, size, time; and what every answer says to the browser
    told       what providers of text messages tell at an address with a secret in it
    watched    what machines ask: does it live, is it ready, its figures
    exposing   the figures as OpenMetrics
    pulse      whether the loop that sends really turns
    patience   how long a client may take
    serving    the server
    place      where pages are served, taken before there is anybody who serves them
    begun      what the daemon gives along to the process that serves its pages
    beside     what stands behind pages in a process beside the daemon
    child      the process that serves the daemon's pages
    line       what that process and the daemon say to each other

Rooms:
    pages  what each of them finds in the store
    api    the same for other systems, in JSON
"""
