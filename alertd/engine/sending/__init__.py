"""Sending: what waits in the outbox is leased, put into words, attempted once, and settled by its receipt.

Takes a `Scope`, and what a transport answered. Gives the messages to attempt, and writes receipts, the next
try or another way. Buttons come back here: who pressed is known by the address, and the wish goes to
`operations`. The transport itself is called by who runs the loop.

Modules:
    delivering  lease, one attempt, receipt, and what follows
    readdressing  where a message goes that waited: addresses, people and channels change meanwhile
    silence     what was taken and is not answered: who is told next
    ailing      what follows when a channel falls ill, and when it is well again
    holding     what may not leave yet when it is about to
    caps        how many texts may leave in a day
    expiring    what another system did not take in time is given up, and told
    leases      how many messages are leased at once, and for how long
    composing   what one person reads, put together when it is sent
    payloads    what is kept with a message about no single deadline
    fitting     a text message or a card, never in words that its reader has
    views       the facts of it: a deadline, a unit's officers, a roll
    parts       what an address has of a message that was sent in parts
    presses     buttons: what they carry, who may press them
    return_addresses  where a mail is answered, and where it comes back to
    letters     mails that people write back: what they do
    texted      texts that people write back, and what became of those that left
    bounces     mails that came back: as if they had been refused
    receipts    attempts that are over, until their receipts are written
"""
