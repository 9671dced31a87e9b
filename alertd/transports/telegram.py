"""Telegram: messages to a person's chat with the bot, and the buttons pressed there.

Telegram is asked for updates by long polling, so the daemon needs no open port. An update is confirmed to
Telegram (by the next request's offset) only after it was handled: whatever ends the daemon in between,
Telegram gives the press again, and the engine answers it as it did. That is why the library's own `Updater`
is not used: it confirms what still waits in memory, and it ends for good on the first 401.

Sources: https://core.telegram.org/bots/api (getUpdates, sendMessage, answerCallbackQuery,
ResponseParameters) and the library's request layer, which turns HTTP answers into the exceptions that
`telegram_outcome` sorts.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import structlog
from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    Update,
)
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from alertd.transports.base import Button, NotNow, OnPress, OnStart, Outcome, Outgoing, Press, Result
from alertd.transports.telegram_outcome import outcome_of
from alertd.transports.telegram_text import split_text, utf16_length

log = structlog.get_logger(__name__)

ANSWER_LIMIT = 200  # characters, answerCallbackQuery
FIRST_PAUSE = 1.0  # seconds before Telegram is asked again after a fault; doubled each time
LONGEST_PAUSE = 30.0  # seconds
CONFIRM_WITHIN = 2.0  # seconds `stop` may spend on telling Telegram what was handled

NOT_YOURS = "此按鈕只供收件人本人使用。 / Only the person this was sent to can use this button."
APOLOGY = "暫未能處理，請稍後再按一次，重複按無妨。 / Not handled just now; please press again later."
KEPT = "已收到，稍後補記，不必再按。 / Received; it will be recorded shortly, no need to press again."
GREETING = (
    "您好。本賬號發送辦理時限提醒。您的會話號是 {chat}，請告知管理員登記。\n\n"
    "Hello. This bot sends reminders of time limits. Your chat id is {chat}; "
    "please give it to the administrator."
)


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """How to reach the Bot API. Raises ValueError, without the secret, for what can never work.

    `base_url` is the root of another Bot API server (empty: Telegram's own) and is reached directly; only
    Telegram's own is reached through the proxy the environment names. `listens` says whether polling begins
    with `start`, or when `listen` asks for it. `timeout` bounds one whole `send`,
    `poll_timeout` is how long Telegram may hold a request for updates; both in seconds.
    """

    token: str = field(repr=False)
    base_url: str = ""
    timeout: float = 20.0
    poll_timeout: float = 30.0
    listens: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", self.token, re.ASCII):
            raise ValueError(
                "the bot token is not one: expected digits, a colon and a key, on one line, "
                "as @BotFather gives it (the value found is not shown)"
            )
        if self.base_url and not re.match(r"https?://[^/]", self.base_url):
            raise ValueError(f"base_url {self.base_url!r}: expected http:// or https:// and a host")
        if self.timeout <= 0 or self.poll_timeout <= 0:
            raise ValueError("timeout and poll_timeout: expected a number of seconds above 0")


class TelegramTransport:
    """The transport of one bot. May be started again after `stop`; one process per bot may poll."""

    concurrency = 8  # Telegram takes about 30 messages a second from one bot

    def __init__(
        self, options: TelegramOptions, on_press: OnPress, channel: str, on_start: OnStart | None = None
    ) -> None:
        self.timeout = options.timeout
        self._options = options
        self._on_press = on_press
        self._on_start = on_start
        self._channel = channel
        # In any case: the library shows a server's words in lower case.
        self._secret = re.compile(re.escape(options.token.partition(":")[2]), re.IGNORECASE)
        _quiet()
        root = options.base_url.rstrip("/").removesuffix("/bot") or "https://api.telegram.org"
        self._requests = (self._connections(2), self._connections(2 * self.concurrency))
        polling, sending = self._requests
        self._bot = Bot(options.token, base_url=f"{root}/bot", request=sending, get_updates_request=polling)
        self._stop: asyncio.Future[None] | None = None
        self._polling: asyncio.Task[None] | None = None
        self._webhook_removed = False
        self._promised: set[str] = set()  # presses that were answered, and are not recorded yet
        self._handled: int | None = None  # the last update handled
        self._confirmed: int | None = None  # the last update Telegram knows to be handled

    def _connections(self, size: int) -> HTTPXRequest:
        # Connecting is a wait for the pool, TCP and TLS, a quarter each: a server that cannot be reached
        # shows itself (nothing was sent) before the whole `timeout` ends in "unknown".
        quarter = self.timeout / 4
        return HTTPXRequest(
            connection_pool_size=size,
            connect_timeout=quarter,
            pool_timeout=quarter,
            write_timeout=quarter,
            read_timeout=self.timeout,
            httpx_kwargs={"trust_env": not self._options.base_url},
        )

    async def start(self) -> None:
        """Begin to poll in the background and return at once, whether Telegram can be reached or not."""
        for request in self._requests:
            await request.initialize()
        if self._options.listens:
            await self.listen(True)

    async def listen(self, wanted: bool) -> None:
        """Poll, or leave that to another process: Telegram answers two that poll for one bot with 409."""
        if wanted and self._polling is None:
            self._stop = asyncio.get_running_loop().create_future()
            self._polling = asyncio.create_task(
                self._keep_polling(self._stop), name=f"telegram {self._channel}"
            )
        elif not wanted and self._polling is not None:
            await self._finish()

    async def stop(self) -> None:
        """Finish the presses being handled, tell Telegram they are, and close. Others wait at Telegram."""
        await self._finish()
        for request in self._requests:
            await request.shutdown()

    async def _finish(self) -> None:
        if self._stop is not None and not self._stop.done():
            self._stop.set_result(None)
        if self._polling is not None:
            await self._polling
            self._polling = None
        if self._handled != self._confirmed:
            with suppress(Exception):
                async with asyncio.timeout(CONFIRM_WITHIN):
                    await self._ask(wait=0)

    # ------------------------------------------------------------ sending

    async def send(self, message: Outgoing) -> Outcome:
        """One attempt at all parts that the chat does not have. One refused part refuses the whole.

        Words are made anew for each attempt: what the chat has counts up to the first part that is different
        now. The last part is sent in any case, for it carries the buttons.
        """
        try:
            chat = int(message.address)
        except ValueError:
            found = f"chat id {message.address!r}: expected a whole number, as the bot answers to /start"
            return Outcome(Result.REFUSED, "address", found, address_dead=True)
        subject = message.subject.strip()
        parts = split_text(f"{subject}\n\n{message.text.strip()}".strip())
        marks = [_mark(part) for part in parts]
        there = _in_common(marks[:-1], message.parts)
        sent: list[int] = []
        try:
            async with asyncio.timeout(self.timeout):
                for index, part in enumerate(parts[there:], there):
                    bold = utf16_length(subject[: len(part)]) if index == 0 else 0
                    keyboard = _keyboard(message.buttons) if index == len(parts) - 1 else None
                    sent.append(await self._send_part(chat, part, bold, keyboard))
        except TimeoutError:
            lost = f"no answer within {self.timeout:g} s"
            unsure = Outcome(Result.UNKNOWN, "timeout", lost, server=True)
            return self._tell(unsure, marks, there + len(sent))
        except Exception as error:
            return self._tell(outcome_of(error), marks, there + len(sent))
        return Outcome(Result.ACCEPTED, "ok", "message " + ", ".join(map(str, sent)))

    async def _send_part(self, chat: int, text: str, bold: int, keyboard: InlineKeyboardMarkup | None) -> int:
        # An entity instead of HTML: nothing to escape, and the limit counts what is shown.
        entities = [MessageEntity(MessageEntity.BOLD, 0, bold)] if bold else None
        message = await self._bot.send_message(
            chat,
            text,
            entities=entities,
            reply_markup=keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return message.message_id

    def _tell(self, outcome: Outcome, marks: Sequence[str] = (), there: int = 0) -> Outcome:
        """The outcome without the secret; `there` says how many of the parts the chat has."""
        detail = self._secret.sub("***", outcome.detail)
        if there:
            detail = f"{there} of {len(marks)} parts accepted, then: {detail}"
        return replace(outcome, detail=detail, parts=tuple(marks[:there]))

    # ------------------------------------------------------------ receiving

    async def _keep_polling(self, stop: asyncio.Future[None]) -> None:
        """Poll until `stop`. A slip of our own is logged and polling goes on: presses must be heard."""
        while not stop.done():
            try:
                await self._poll(stop)
            except Exception:
                log.exception("polling failed", channel=self._channel)
                await asyncio.wait({stop}, timeout=LONGEST_PAUSE)

    async def _poll(self, stop: asyncio.Future[None]) -> None:
        pause = FIRST_PAUSE
        trouble = ""
        while not stop.done():
            asking = asyncio.create_task(self._next_updates())
            either: set[asyncio.Future[Any]] = {asking, stop}
            try:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if stop.done():
                    break
                updates = asking.result()
                if trouble:
                    log.info("telegram answers again", channel=self._channel)
                trouble = ""
                if await self._handle_all(updates):
                    pause = FIRST_PAUSE
                    continue
                await asyncio.wait({stop}, timeout=pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            except Exception as error:
                outcome = self._tell(outcome_of(error))
                if outcome.code != trouble:
                    log.warning("telegram gives no updates", channel=self._channel, reason=outcome.detail)
                trouble = outcome.code
                await asyncio.wait({stop}, timeout=max(pause, outcome.retry_after or 0))
                pause = min(2 * pause, LONGEST_PAUSE)
            finally:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

    async def _next_updates(self) -> Sequence[Update]:
        if not self._webhook_removed:  # while one is set Telegram answers getUpdates with 409
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._webhook_removed = True
        return await self._ask(wait=self._options.poll_timeout)

    async def _ask(self, wait: float) -> Sequence[Update]:
        handled = self._handled
        updates = await self._bot.get_updates(
            offset=None if handled is None else handled + 1,
            timeout=timedelta(seconds=wait),
            allowed_updates=[Update.CALLBACK_QUERY, Update.MESSAGE],
        )
        self._confirmed = handled
        return updates

    async def _handle_all(self, updates: Sequence[Update]) -> bool:
        """One person's presses in their order, different people's side by side; whether all were handled.

        What cannot be recorded just now is not confirmed: Telegram keeps it for a day and gives it again,
        with all that came after it, which the engine answers as it did.
        """
        chats: dict[int, list[Update]] = {}
        for update in updates:
            chats.setdefault(update.effective_user.id if update.effective_user else 0, []).append(update)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._handle_in_order(waiting)) for waiting in chats.values()]
        kept = {number for task in tasks for number in task.result()}
        for update in updates:
            if update.update_id in kept:
                return False
            self._handled = update.update_id
        return True

    async def _handle_in_order(self, updates: Sequence[Update]) -> list[int]:
        """The numbers of those that must be given again: the first that cannot be recorded, and the rest."""
        for place, update in enumerate(updates):
            try:
                if update.callback_query is not None:
                    await self._pressed(update.callback_query)
                elif update.message is not None:
                    await self._greeted(update.message)
            except NotNow as fault:
                log.warning("press waits", channel=self._channel, reason=str(fault))
                return [each.update_id for each in updates[place:]]
            except Exception as error:  # one odd update must not hold back the others for ever
                why = self._tell(outcome_of(error)).detail
                log.warning("telegram update not handled", channel=self._channel, reason=why)
        return []

    async def _pressed(self, query: CallbackQuery) -> None:
        answer = NOT_YOURS
        chat = query.message.chat if query.message is not None else None
        own = chat is not None and chat.type == ChatType.PRIVATE and chat.id == query.from_user.id
        if own and query.data is not None:
            try:
                async with asyncio.timeout(self.timeout):
                    pressed = Press(self._channel, str(query.from_user.id), query.data, query.id)
                    answer = await self._on_press(pressed)
            except NotNow:
                if query.id not in self._promised:  # it comes again and again, and is answered once
                    self._promised.add(query.id)
                    with suppress(TelegramError):
                        await self._answer(query, KEPT)
                raise
            except Exception:
                log.exception("press not handled", channel=self._channel, data=query.data)
                answer = APOLOGY
        # A late answer, to a press made while the daemon was down, is refused; the press counts all the same.
        if query.id in self._promised:
            self._promised.discard(query.id)
            return
        await self._answer(query, answer)

    async def _answer(self, query: CallbackQuery, words: str) -> None:
        await self._bot.answer_callback_query(query.id, split_text(words, ANSWER_LIMIT)[0])

    async def _greeted(self, message: Message) -> None:
        if message.chat.type == ChatType.PRIVATE and (message.text or "").split()[:1] == ["/start"]:
            if self._on_start is not None:  # before the greeting: what it raises makes Telegram say it again
                await self._on_start(self._channel, str(message.chat.id))
            await self._send_part(message.chat.id, GREETING.format(chat=message.chat.id), 0, None)


def _mark(part: str) -> str:
    """Tells a part from every other one, in few characters."""
    return sha256(part.encode("utf-8", "replace")).hexdigest()[:16]


def _in_common(marks: Sequence[str], known: Sequence[str]) -> int:
    """How many of the first ones are the same."""
    pairs = enumerate(zip(marks, known, strict=False))
    return next((place for place, (mark, other) in pairs if mark != other), min(len(marks), len(known)))


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    keys = [InlineKeyboardButton(button.text, callback_data=button.data) for button in buttons]
    return InlineKeyboardMarkup([keys[row : row + 2] for row in range(0, len(keys), 2)])


def _quiet() -> None:
    """httpx logs each URL at INFO, and the Bot API's URLs hold the token; the library logs an answer that is
    no JSON whole, with a traceback. What such an answer means is an outcome of ours.
    """
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
    for name in ("httpx", "httpcore", "telegram"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
