"""What the Bot API's answers mean for the one message they answer.

Sources: https://core.telegram.org/bots/api (Making requests, ResponseParameters); error texts from
https://github.com/tdlib/telegram-bot-api (Client.cpp).
"""

from __future__ import annotations

import os
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from alertd.transports.base import LONGEST_WAIT, Outcome, Result
from alertd.transports.http import NOT_SENT

# Without this opt-in the library warns whenever it builds a RetryAfter: an error where warnings are errors.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_DEAD_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")


def outcome_of(error: Exception) -> Outcome:
    """What a failed call means. The order matters: BadRequest is a NetworkError in this library.

    A request that left this machine is `unknown` until a sensible answer came.
    """
    text = str(error) or type(error).__name__
    if isinstance(error, RetryAfter):
        return Outcome(Result.RETRY, "429", text, retry_after=_seconds(error.retry_after))
    if isinstance(error, Forbidden):
        return Outcome(Result.REFUSED, "403", text, address_dead=True)
    if isinstance(error, ChatMigrated):
        moved = f"the group has a new chat id: {error.new_chat_id}"
        return Outcome(Result.REFUSED, "migrated", moved, address_dead=True)
    if isinstance(error, InvalidToken):
        return Outcome(
            Result.RETRY, "token", f"Telegram does not accept the bot's token ({text})", server=True
        )
    if isinstance(error, Conflict):
        return Outcome(Result.RETRY, "409", f"another program polls with this bot's token ({text})")
    if isinstance(error, BadRequest):
        dead = any(words in text.lower() for words in _DEAD_CHAT)
        return Outcome(Result.REFUSED, "400", text, address_dead=dead)
    if isinstance(error, NetworkError):
        return _network_outcome(error, text)
    return Outcome(Result.UNKNOWN, "answer", f"the answer makes no sense: {text}", server=True)


def _seconds(wait: object) -> float | None:
    """The library hands on whatever stands in the answer; None for what is no length of time."""
    if isinstance(wait, timedelta):
        return wait.total_seconds()
    return float(min(wait, LONGEST_WAIT)) if isinstance(wait, int | float) else None


def _network_outcome(error: NetworkError, text: str) -> Outcome:
    cause = error.__cause__
    if isinstance(cause, NOT_SENT):
        return Outcome(Result.RETRY, "unreachable", text, server=True)
    if isinstance(cause, httpx.HTTPError):
        return Outcome(Result.UNKNOWN, "lost", f"no answer after the request went out ({text})", server=True)
    return Outcome(Result.RETRY, "server", text, server=True)
