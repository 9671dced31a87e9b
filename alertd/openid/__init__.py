"""Signing in by an account of somebody else's: the protocol of OpenID Connect, as the client speaks it.

Takes plain values: which provider, what a browser came back with, the present instant. Gives the address that
a browser goes to, and what the provider says of whoever came back. Knows nothing of people, sessions or the
store. Everything a provider answers is doubted, bounded and waited for only so long; what goes wrong is one
`Fault` with a code, and no secret is in it.

Modules:
    client    what the provider knows us by, and what can go wrong
    fetching  one question to the provider and its answer, bounded
    tokens    what a token says, where its signature and its claims are good
    provider  the conversation: where it is led, the code for a token, what is kept for how long

Sources: OpenID Connect Core 1.0 and Discovery 1.0, both with errata set 2; RFC 6749, 7636, 9207; RFC 8725 on
what JSON Web Tokens are attacked by.
"""
