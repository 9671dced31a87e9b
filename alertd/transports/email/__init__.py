"""Mail over SMTP: kept connections, mails assembled as bytes, every answer of the server an `Outcome`.

Modules:
    transport   hands messages to one mail server
    pool        a few kept connections
    connection  one connection, from greeting to good-bye
    mime        the bytes of a mail
    addresses   addresses as they go over the wire
    options     what must be known about the server
    replies     the server's replies, in order
    outcome     what the server's answer, or its silence, means
"""

from .options import EmailOptions, Security
from .transport import EmailTransport

__all__ = ["EmailOptions", "EmailTransport", "Security"]
