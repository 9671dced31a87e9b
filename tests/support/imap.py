"""A mailbox for tests: speaks as much of IMAP (RFC 3501, RFC 2177) as a reader needs, and misbehaves."""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Stored:
    """A message in the mailbox."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapServer:
    """One mailbox over plain IMAP on loopback. Its fields say how it misbehaves, and may change meanwhile."""

    password: str = "secret"
    idle: bool = True
    #: a command, such as FETCH, at which the connection is closed
    hangs_up_at: str = ""
    #: one that is never answered
    silent_at: str = ""
    #: UIDs that it will not give
    refused: set[int] = field(default_factory=set)
    messages: dict[int, Stored] = field(default_factory=dict)
    logins: int = 0

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._news = threading.Condition()
        self._open: set[socket.socket] = set()
        self._told: dict[socket.socket, int] = {}  # how many messages whoever asks knows of
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> ImapServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.drop()
        self._thread.join(5)

    def deliver(self, raw: bytes) -> int:
        """Put a message into the mailbox; whoever waits hears."""
        with self._news:
            uid = max(self.messages, default=0) + 1
            self.messages[uid] = Stored(raw)
            self._news.notify_all()
        return uid

    def drop(self) -> None:
        """Close every connection, as a server that is restarted."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

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
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                connection.sendall(b"* OK ready\r\n")
                while line := lines.readline():
                    tag, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
                    verb = re.sub(r"^UID ", "", rest.upper()).partition(" ")[0]
                    if verb == self.hangs_up_at:
                        return
                    if verb == self.silent_at:
                        continue
                    if self._answer(connection, lines, tag, verb, rest):
                        return
            except OSError:
                return
            finally:
                self._open.discard(connection)

    def _answer(self, connection, lines, tag: str, verb: str, rest: str) -> bool:
        """Answer one command; whether it was the last."""
        said = "OK done"
        if verb == "CAPABILITY":
            connection.sendall(f"* CAPABILITY IMAP4rev1{' IDLE' if self.idle else ''}\r\n".encode())
        elif verb == "LOGIN":
            self.logins += 1
            said = "OK in" if self.password in rest else "NO [AUTHENTICATIONFAILED] wrong"
        elif verb in ("SELECT", "EXAMINE"):
            connection.sendall(f"* {len(self.messages)} EXISTS\r\n* FLAGS (\\Seen \\Flagged)\r\n".encode())
            said = "OK [READ-WRITE] selected"
        elif verb == "SEARCH":
            found = [uid for uid in sorted(self.messages) if not self.seen(uid)]
            self._told[connection] = len(self.messages)
            connection.sendall(("* SEARCH" + "".join(f" {uid}" for uid in found) + "\r\n").encode())
        elif verb == "FETCH":
            said = self._fetch(connection, int(rest.split()[2]))
        elif verb == "STORE":
            self.messages[int(rest.split()[2])].flags |= set(re.findall(r"\\\w+", rest))
        elif verb == "IDLE":
            self._idle(connection, lines)
        elif verb == "LOGOUT":
            connection.sendall(f"* BYE\r\n{tag} OK out\r\n".encode())
            return True
        connection.sendall(f"{tag} {said}\r\n".encode())
        return False

    def _fetch(self, connection, uid: int) -> str:
        if uid in self.refused:
            return "NO [SERVERBUG] cannot read it"
        raw = self.messages[uid].raw
        connection.sendall(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return "OK done"

    def _idle(self, connection, lines) -> None:
        connection.sendall(b"+ idling\r\n")
        before, over = self._told.get(connection, 0), threading.Event()

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
