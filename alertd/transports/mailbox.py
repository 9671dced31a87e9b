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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from imap_tools import BaseMailBox
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)

#: seconds that one look for news lasts; RFC 2177 asks for an IDLE to end within 29 minutes, and a connection
#: that has died is noticed by then
LOOK_SECONDS = 60.0
#: characters of what a server said that are kept
_SAID = 200


class MailboxFault(Exception):
    """The mailbox cannot be read now; the text says why, for people, without any secret."""


class MailRefused(MailboxFault):
    """The server refuses one message, and answers otherwise: what stands beside it can be read."""


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
        self._box: _Box | None = None
        self._line: socket.socket | None = None
        self._over = threading.Event()
        self._folder = ""

    def open(self) -> None:
        """Connect, log in, select the folder. Raises MailboxFault."""
        options = self._options
        with self._plainly():
            self._box = box = _Box(options, self._connected)
            if (options.username + options.password).isascii():
                box.login(options.username, options.password, None)
            else:
                box.login_utf8(options.username, options.password, None)
            if "ID" in box.client.capabilities:  # RFC 2971: without it 163 and 126 open no folder
                with contextlib.suppress(imaplib.IMAP4.error):
                    box.client.xatom("ID", '("name" "alertd")')
            box.folder.set(options.folder)
            validity = box.client.response("UIDVALIDITY")[1]
            said = validity[0].decode("ascii", "replace") if validity and validity[0] else ""
            self._folder = f"{options.folder};UIDVALIDITY={said}" if said else options.folder

    def name_of(self, uid: str) -> str:
        """What tells a message of this mailbox from every other, also when the server numbers them anew."""
        return f"{self._folder};UID={uid}"

    def unseen(self) -> Sequence[str]:
        """The UIDs of messages that nobody has marked as seen, the oldest first."""
        with self._plainly():
            return self._opened().uids("UNSEEN", charset=None)

    def fetch(self, uid: str, most: int) -> bytes | None:
        """The first `most` bytes of a message, left unseen; None where it is gone meanwhile.

        Raises MailRefused where the server gives the others.
        """
        with self._plainly(one=True):
            answer, data = self._opened().client.uid("fetch", uid, f"(BODY.PEEK[]<0.{most}>)")
            if answer != "OK":
                raise MailRefused(f"the server does not give the message: {_text(data)}")
            return next((bytes(each[1]) for each in data if isinstance(each, tuple)), None)

    def mark(self, uid: str, flagged: bool = False) -> None:
        """Mark a message as seen, and for people with a flag where it needs one. Raises MailRefused."""
        flags = r"(\Seen \Flagged)" if flagged else r"(\Seen)"
        with self._plainly(one=True):  # not by `flag`, which also expunges what others have deleted
            answer, data = self._opened().client.uid("store", uid, "+FLAGS", flags)
            if answer != "OK":
                raise MailRefused(f"the server says {answer}: {_text(data)}")

    def wait(self, seconds: float = LOOK_SECONDS, idle: bool = True) -> None:
        """Return when there may be something new, at the latest after so many seconds."""
        with self._plainly():
            box = self._opened()
            if idle and "IDLE" in box.client.capabilities:
                box.idle.wait(timeout=seconds)
            else:
                self._over.wait(seconds)
                self._opened().client.noop()

    def close(self) -> None:
        """Log out, if the server still listens."""
        box, self._box = self._box, None
        if box is not None:
            with contextlib.suppress(imaplib.IMAP4.error, ImapToolsError, OSError, ValueError):
                box.client.sock.settimeout(1.0)
                box.client.logout()
            with contextlib.suppress(OSError):
                box.client.shutdown()
        if self._line is not None:
            self._line.close()

    def abort(self) -> None:
        """Let whatever waits for the server end at once."""
        self._over.set()
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _connected(self, line: socket.socket) -> None:
        """From here on `abort` ends it, also in the middle of a greeting."""
        self._line = line
        if self._over.is_set():
            raise MailboxFault("closed")

    def _opened(self) -> BaseMailBox:
        if self._box is None or self._over.is_set():
            raise MailboxFault("closed")
        return self._box

    @contextlib.contextmanager
    def _plainly(self, one: bool = False) -> Iterator[None]:
        """Turn what the libraries raise into ours; a server may answer anything at all.

        `one`: what is asked concerns one message, and a no is about that.
        """
        try:
            yield
        except MailboxFault:
            raise
        except Exception as fault:
            said, secret = self._why(fault), self._options.password
            said = said.replace(secret, "***") if secret else said
            gone = isinstance(fault, imaplib.IMAP4.abort)
            refused = one and isinstance(fault, (imaplib.IMAP4.error, ImapToolsError)) and not gone
            raise (MailRefused if refused else MailboxFault)(said) from None

    def _why(self, fault: Exception) -> str:
        """What went wrong and what to look at."""
        options = self._options
        at = f"{options.host} port {options.port}"
        if isinstance(fault, ssl.SSLCertVerificationError):
            return f"the server's certificate is not trusted ({fault.verify_message}); check host and ca_file"
        if isinstance(fault, ssl.SSLError):
            reason = fault.reason or "no common protocol"
            return f"TLS with {at} failed: {reason}; check security and port"
        if isinstance(fault, TimeoutError):
            return f"no answer from {at} within {options.timeout:g} s"
        if isinstance(fault, OSError):
            return f"no connection with {at}: {fault.strerror or fault}"
        if isinstance(fault, imaplib.IMAP4.readonly):
            return f"the folder {options.folder} can only be read; what was taken in cannot be marked"
        if isinstance(fault, MailboxLoginError):
            return f"{at} refuses the login of {options.username}: {_text(fault.command_result[1])}"
        if isinstance(fault, MailboxFolderSelectError):
            return f"the folder {options.folder} cannot be opened: {_text(fault.command_result[1])}"
        if isinstance(fault, UnexpectedCommandStatusError):
            return f"the server says {fault.command_result[0]}: {_text(fault.command_result[1])}"
        if isinstance(fault, imaplib.IMAP4.abort) and "EOF" in str(fault):
            return f"{at} closed the connection"
        if isinstance(fault, imaplib.IMAP4.error):
            return f"{at}: {fault}"[:_SAID]
        return f"{type(fault).__name__}: {fault}"[:_SAID]


class _Box(BaseMailBox):
    """A connection whose socket its maker knows before the first word is said over it."""

    def __init__(self, options: MailboxOptions, connected: Callable[[socket.socket], None]) -> None:
        self._options, self._connected = options, connected
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        options = self._options
        context = _context(options.ca_file) if options.security != "none" else None
        implicit = context if options.security == "tls" else None
        client = _Client(options, implicit, self._connected)
        if options.security == "starttls":
            try:
                client.starttls(context)
            except BaseException:
                with contextlib.suppress(OSError):
                    client.shutdown()
                raise
        return client


class _Client(imaplib.IMAP4):
    def __init__(
        self,
        options: MailboxOptions,
        context: ssl.SSLContext | None,
        connected: Callable[[socket.socket], None],
    ) -> None:
        self._context, self._connected = context, connected
        super().__init__(options.host, options.port, options.timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        made: socket.socket = super()._create_socket(timeout)  # type: ignore[misc]
        try:
            self._connected(made.dup())  # that of TLS takes the other one's place
        except BaseException:
            made.close()
            raise
        return self._context.wrap_socket(made, server_hostname=self.host) if self._context else made


def _context(ca_file: str) -> ssl.SSLContext:
    """What is trusted: the authorities of `ca_file`, or the machine's. Raises MailboxFault."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as fault:
        why = fault.reason if isinstance(fault, ssl.SSLError) else fault.strerror
        raise MailboxFault(f"{ca_file}: {why}; expected a readable file of certificates") from None


def _text(data: object) -> str:
    """What a server said after its yes or no."""
    found = data if isinstance(data, (list, tuple)) else [data]
    parts = [
        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found if each
    ]
    return " ".join(parts)[:_SAID] or "without a reason"
