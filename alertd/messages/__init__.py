"""Facts into words for people: Chinese in both scripts and English. No I/O but its own package data.

Modules:
    view            what a message is about, as plain facts
    render          views into messages, through templates that cannot lose one
    subject         the one line on a locked phone
    short           a message in so few words that it is one text message
    cards           a message as a card with a button, or as a text
    blocks          one notice or roll as ready words
    facts           the labelled facts of one deadline
    standing        how it stands, and what is asked of the reader
    reader          who reads, when, in which words
    dates           days, instants, time left in words
    rules           a rule in the reader's language
    trace           the trace as sentences
    told            lines of a message about no single deadline
    listing         the list of a message to the admin, a line for each entry
    bulletin        the bulletin as tables of cells
    bulletin_facts  what it says, as the engine gives it
    bulletin_files  CSV for Excel, a workbook, HTML for A4
    bulletin_mail   the bulletin as a mail
    bulletin_json   the bulletin for programs
    ics             entries of a calendar that is subscribed to
    refusals        why something was refused
    catalogue       sentences by key; simplified Chinese is derived
    wrap            lines of so many display columns
"""
