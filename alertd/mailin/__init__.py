"""Mail that comes in: what a message is, told from its bytes alone.

Takes the bytes of a message as a mail server hands it over. Gives a `Letter`: an answer, an automatic reply
or a bounce, and whom it was sent to. Pure: no clock, no store, no network. Whatever comes in, it raises
nothing, and what it looks at is bounded in every way: size, headers, parts, nesting.

Modules:
    reading    the one way in: bytes to a `Letter`
    letter     what a message turned out to be
    parts      the parts of a message, bounded (RFC 2045, 2046)
    decoding   bytes to text, whatever charset was declared
    markup     HTML to lines of text, quotations marked
    quoting    what somebody wrote, without what they answer to and without signatures
    answers    the first words decide: received, handed in, or neither
    texts      what a text message that comes back says
    automatic  what no person wrote (RFC 3834, RFC 8098)
    bounces    what could not be delivered, and whether ever (RFC 3464)
    addresses  reply and bounce addresses, made of a template and a signed token
"""
