"""What the daemon and the process of its pages say to each other, over a socket that ends with either one.

Each end asks, and answers what the other one asks: names with JSON beside them, never objects, since one of
the two faces the network and the other one holds the passwords.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import structlog

log = structlog.get_logger("alertd.web")

#: what this end is asked: a name, and what gives the answer; called on a thread of its own
Answers = Mapping[str, Callable[..., Any]]


class Silent(Exception):
    """The other end is gone, or does not answer in time."""


class Line:
    """One end. `ask` from any thread; `run` on a thread that does nothing else."""

    def __init__(self, connection: socket.socket, answers: Answers) -> None:
        self._connection, self._answers = connection, answers
        self._sends = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}
        self._ended = threading.Event()

    def ask(self, name: str, seconds: float, **given: Any) -> Any:
        """What the other end answers within so many seconds. Raises Silent."""
        number, answer = next(self._numbers), Future[Any]()
        self._waiting[number] = answer
        try:
            if self._ended.is_set():
                raise Silent("it is gone")
            self._send({"number": number, "ask": name, "given": given})
            return answer.result(seconds)
        except TimeoutError as fault:
            raise Silent(f"it did not answer within {seconds:g} s") from fault
        except OSError as fault:
            raise Silent("it is gone") from fault
        finally:
            self._waiting.pop(number, None)

    def run(self) -> None:
        """Until the other end is gone, or this one was closed."""
        try:
            with self._connection, self._connection.makefile("rb") as said:
                for line in said:
                    self._hear(json.loads(line))
        except (OSError, ValueError, LookupError, TypeError):  # it broke; that was no line of ours
            pass
        finally:
            self._ended.set()
            for answer in list(self._waiting.values()):
                self._settle(answer, fault=Silent("it is gone"))

    def await_end(self) -> None:
        """Until `run` has ended."""
        self._ended.wait()

    def close(self) -> None:
        """Nothing more is said; the other end hears of it."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _hear(self, said: Mapping[str, Any]) -> None:
        number = said["number"]
        if "ask" in said:
            threading.Thread(target=self._answer, args=(number, said), name="line", daemon=True).start()
        elif (answer := self._waiting.get(number)) is not None:
            fault = Silent("it slipped on that") if "slipped" in said else None
            self._settle(answer, said.get("said"), fault)

    def _answer(self, number: int, said: Mapping[str, Any]) -> None:
        answer: dict[str, Any] = {"number": number}
        try:
            answer["said"] = self._answers[said["ask"]](**said["given"])
        except Exception:
            log.exception("not-answered", question=said["ask"])
            answer["slipped"] = True
        with contextlib.suppress(OSError):  # who asked is gone
            self._send(answer)

    @staticmethod
    def _settle(answer: Future[Any], said: Any = None, fault: Exception | None = None) -> None:
        if answer.set_running_or_notify_cancel():
            answer.set_exception(fault) if fault is not None else answer.set_result(said)

    def _send(self, said: Mapping[str, Any]) -> None:
        with self._sends:
            self._connection.sendall(json.dumps(said).encode() + b"\n")
