"""A mailbox for tests: speaks as much of IMAP (RFC 3501, RFC 2177) as a reader needs, and misbehaves."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Stored:
    """A message in the mailbox."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapServer:
    """One mailbox over IMAP on loopback. Its fields say how it misbehaves, and may change meanwhile."""

    password: str = "secret"
    idle: bool = True
    #: none, tls from the first byte, or starttls; the latter two as `context` says
    security: str = "none"
    context: ssl.SSLContext | None = None
    greeting: bytes = b"* OK ready\r\n"
    #: the greeting comes a byte at a time, with so many seconds between them
    drips: float = 0.0
    capabilities: str = "IMAP4rev1"
    #: a command, such as FETCH, at which the connection is closed
    hangs_up_at: str = ""
    #: one that is never answered
    silent_at: str = ""
    #: what is answered to a command, instead of doing it
    says: dict[str, str] = field(default_factory=dict)
    #: UIDs that it will not give, at which it hangs up, and that somebody moves before they are given
    refused: set[int] = field(default_factory=set)
    breaks_at: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    validity: int = 1
    messages: dict[int, Stored] = field(default_factory=dict)
    logins: int = 0
    #: what came in, before and after TLS
    heard: list[tuple[bool, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._news = threading.Condition()
        self._open: set[socket.socket] = set()
        self._told: dict[int, int] = {}  # how many messages the one on a connection knows of
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> ImapServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def deliver(self, raw: bytes) -> int:
        """Put a message into the mailbox; whoever waits hears."""
        with self._news:
            uid = max(self.messages, default=0) + 1
            self.messages[uid] = Stored(raw)
            self._news.notify_all()
        return uid

    def stop(self) -> None:
        """Listen no more, and close every connection."""
        try:
            self._listening.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was stopped before
        self._listening.close()
        self.drop()
        self._thread.join(5)

    def renumber(self) -> None:
        """Number all messages anew, as a mailbox does that was restored, and let everybody come again."""
        self.messages = dict(enumerate(self.messages.values(), 1))
        self.validity += 1
        self.drop()

    def drop(self) -> None:
        """Close every connection, as a server that is restarted."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def connected(self) -> bool:
        return bool(self._open)

    def seen(self, uid: int) -> bool:
        return "\\Seen" in self.messages[uid].flags

    def flagged(self, uid: int) -> bool:
        return "\\Flagged" in self.messages[uid].flags

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            if self.security == "tls":
                connection = self._covered(connection)
            if self.drips:
                for byte in self.greeting:
                    connection.sendall(bytes([byte]))
                    time.sleep(self.drips)
            else:
                connection.sendall(self.greeting)
            while self._talk(connection):
                connection.sendall(b"")
                connection = self._covered(connection)
        except OSError:
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _covered(self, connection: socket.socket) -> socket.socket:
        """The same connection within TLS."""
        assert self.context is not None
        self._open.discard(connection)
        covered = self.context.wrap_socket(connection, server_side=True)
        self._open.add(covered)
        return covered

    def _talk(self, connection: socket.socket) -> bool:
        """Answer until the end, False, or until TLS is to begin, True."""
        with connection.makefile("rb") as lines:
            while line := lines.readline():
                tag, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
                self.heard.append((isinstance(connection, ssl.SSLSocket), rest))
                verb = re.sub(r"^UID ", "", rest.upper()).partition(" ")[0]
                if verb == self.hangs_up_at:
                    return False
                if verb == self.silent_at:
                    continue
                if verb == "STARTTLS" and self.security == "starttls":
                    connection.sendall(f"{tag} OK go on\r\n".encode())
                    return True
                if self._answer(connection, lines, tag, verb, rest):
                    return False
        return False

    def _answer(self, connection, lines, tag: str, verb: str, rest: str) -> bool:
        """Answer one command; whether it was the last."""
        said = self.says.get(verb, "OK done")
        if verb in self.says:
            pass
        elif verb == "CAPABILITY":
            more = " STARTTLS" if self.security == "starttls" else ""
            more += " IDLE" if self.idle else ""
            connection.sendall(f"* CAPABILITY {self.capabilities}{more}\r\n".encode())
        elif verb == "LOGIN":
            said = self._login(self.password in rest)
        elif verb == "AUTHENTICATE":
            connection.sendall(b"+ \r\n")
            said = self._login(base64.b64decode(lines.readline()).endswith(b"\0" + self.password.encode()))
        elif verb in ("SELECT", "EXAMINE"):
            connection.sendall(
                f"* {len(self.messages)} EXISTS\r\n* FLAGS (\\Seen \\Flagged)\r\n"
                f"* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()
            )
            said = "OK [READ-WRITE] selected"
        elif verb == "SEARCH":
            found = [uid for uid in sorted(self.messages) if not self.seen(uid)]
            self._told[connection.fileno()] = len(self.messages)
            connection.sendall(("* SEARCH" + "".join(f" {uid}" for uid in found) + "\r\n").encode())
        elif verb == "FETCH":
            uid = int(rest.split()[2])
            if uid in self.breaks_at:
                return True
            said = self._fetch(connection, uid)
        elif verb == "STORE":
            self._store(int(rest.split()[2]), set(re.findall(r"\\\w+", rest)))
        elif verb == "IDLE":
            self._idle(connection, lines)
        elif verb == "LOGOUT":
            connection.sendall(f"* BYE\r\n{tag} OK out\r\n".encode())
            return True
        connection.sendall(f"{tag} {said}\r\n".encode())
        return False

    def _login(self, right: bool) -> str:
        self.logins += 1
        return "OK in" if right else "NO [AUTHENTICATIONFAILED] wrong"

    def _store(self, uid: int, flags: set[str]) -> None:
        if uid in self.messages:
            self.messages[uid].flags |= flags

    def _fetch(self, connection, uid: int) -> str:
        if uid in self.refused:
            return "NO [SERVERBUG] cannot read it"
        if uid in self.moved:
            self.messages.pop(uid, None)
        if uid not in self.messages:
            return "OK nothing"
        raw = self.messages[uid].raw
        connection.sendall(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return "OK done"

    def _idle(self, connection, lines) -> None:
        connection.sendall(b"+ idling\r\n")
        before, over = self._told.get(connection.fileno(), 0), threading.Event()

        def tell() -> None:
            with self._news:
                self._news.wait_for(lambda: len(self.messages) > before or over.is_set())
            if not over.is_set():
                connection.sendall(f"* {len(self.messages)} EXISTS\r\n".encode())

        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        lines.readline()  # DONE
        over.set()
        with self._news:
            self._news.notify_all()
        teller.join(5)
