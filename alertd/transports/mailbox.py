"""A mailbox that is read over IMAP (RFC 9051, RFC 3501): what is new in it, one message at a time.

Everything here waits for the server, and is called from a thread that may. Nothing is marked as seen by being
read: whoever took a message in says so.
"""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

#: messages that are asked for at once
_MOST = 200
#: seconds that one look for news lasts; RFC 2177 asks for an IDLE to end within 29 minutes, and a connection
#: that has died is noticed by then
LOOK_SECONDS = 60.0


class MailboxFault(Exception):
    """The mailbox cannot be read now; the text says why, for people, without any secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxOptions:
    """Where a mailbox lies. `security` is tls, starttls or none; `timeout` (seconds) bounds each answer."""

    host: str
    port: int = 993
    security: str = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    folder: str = "INBOX"
    timeout: float = 30.0


class Mailbox:
    """One connection, from `open` to `close`. `abort` may be called from any thread; the others by one."""

    def __init__(self, options: MailboxOptions) -> None:
        self._options = options
        self._box: BaseMailBox | None = None
        self._over = threading.Event()

    def open(self) -> None:
        """Connect, log in, select the folder. Raises MailboxFault."""
        options = self._options
        with self._plainly():
            context = ssl.create_default_context(cafile=options.ca_file or None)
            if options.security == "tls":
                self._box = MailBox(options.host, options.port, options.timeout, ssl_context=context)
            elif options.security == "starttls":
                self._box = MailBoxStartTls(options.host, options.port, options.timeout, ssl_context=context)
            else:
                self._box = MailBoxUnencrypted(options.host, options.port, options.timeout)
            self._box.login(options.username, options.password, options.folder)

    def unseen(self) -> Sequence[str]:
        """The UIDs of messages that nobody has marked as seen, the oldest first."""
        with self._plainly():
            return self._opened().uids("UNSEEN")[:_MOST]

    def fetch(self, uid: str, most: int) -> bytes | None:
        """The first `most` bytes of a message, left unseen; None where it is gone meanwhile."""
        with self._plainly():
            answer, data = self._opened().client.uid("fetch", uid, f"(BODY.PEEK[]<0.{most}>)")
            if answer != "OK":
                raise MailboxFault(f"fetch {uid}: {answer}")
            return next((bytes(each[1]) for each in data if isinstance(each, tuple)), None)

    def mark(self, uid: str, flagged: bool = False) -> None:
        """Mark a message as seen, and for people with a flag where it needs one."""
        flags = [MailMessageFlags.SEEN, MailMessageFlags.FLAGGED] if flagged else [MailMessageFlags.SEEN]
        with self._plainly():
            self._opened().flag([uid], flags, True)

    def wait(self, seconds: float = LOOK_SECONDS) -> None:
        """Return when there may be something new, at the latest after so many seconds."""
        with self._plainly():
            box = self._opened()
            if "IDLE" in box.client.capabilities:
                box.idle.wait(timeout=seconds)
            else:
                self._over.wait(seconds)
                box.client.noop()

    def close(self) -> None:
        """Log out, if the server still listens."""
        box, self._box = self._box, None
        if box is not None:
            with contextlib.suppress(imaplib.IMAP4.error, ImapToolsError, OSError, ValueError):
                box.client.sock.settimeout(1.0)
                box.client.logout()
            with contextlib.suppress(OSError):
                box.client.shutdown()

    def abort(self) -> None:
        """Let whatever waits for the server end at once."""
        self._over.set()
        box = self._box
        if box is not None:
            with contextlib.suppress(OSError):
                box.client.sock.shutdown(socket.SHUT_RDWR)

    def _opened(self) -> BaseMailBox:
        if self._box is None or self._over.is_set():
            raise MailboxFault("closed")
        return self._box

    @contextlib.contextmanager
    def _plainly(self):  # type: ignore[no-untyped-def]
        """Turn what the libraries raise into ours; a server may answer anything at all."""
        try:
            yield
        except MailboxFault:
            raise
        except ssl.SSLCertVerificationError as fault:
            why = f"the server's certificate is not trusted ({fault.verify_message}); check host and ca_file"
            raise MailboxFault(why) from None
        except TimeoutError:
            raise MailboxFault(f"no answer within {self._options.timeout:g} s") from None
        except Exception as fault:
            said = f"{type(fault).__name__}: {fault}"
            secret = self._options.password
            raise MailboxFault(said.replace(secret, "***") if secret else said) from None
