"""Mail over SMTP: kept connections, mails assembled as bytes, every answer of the server an `Outcome`."""

from .options import EmailOptions, Security
from .transport import EmailTransport

__all__ = ["EmailOptions", "EmailTransport", "Security"]
