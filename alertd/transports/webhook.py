"""Posts what becomes of deadlines to another system, one CloudEvent each, signed.

Sources: CloudEvents 1.0.2, structured mode of the HTTP protocol binding; Standard Webhooks
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). Where it goes is
the admin's word: a redirect is not followed, and no proxy of the environment is used. Nothing is refused for
good: a receiver that says no today is mended tomorrow, and what it missed is sent then.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from alertd.core.subscriptions import is_address
from alertd.transports.base import Outcome, Outgoing, Result
from alertd.transports.http import FAULTS, Connection, meaning_of, wait_in

_KIND = "application/cloudevents+json; charset=utf-8"
_PREFIX = "whsec_"
#: bytes of a key (Standard Webhooks, "Signature scheme")
_KEY_BYTES = range(24, 65)
#: bytes of an answer that are read: a sentence for the receipt
_LARGEST_ANSWER = 2048
#: about this one message; all other answers are about the receiver
_OF_THE_MESSAGE = (400, 409, 413, 422)


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """`secret` is one key, or two with a blank between while one is rotated: whsec_ and base64."""

    url: str
    secret: str = field(repr=False)
    ca_file: Path | None = None
    timeout: int = 15


class WebhookTransport:
    """One receiver. One message at a time: what happened first arrives first, as long as all is well."""

    concurrency = 1

    def __init__(self, options: WebhookOptions) -> None:
        """Raises ValueError where the address or a key is none, or the certificates cannot be read."""
        if not is_address(options.url):
            raise ValueError("url is no address that changes may go to: https:// and a host is expected")
        self.timeout = float(options.timeout)
        self._url = options.url
        self._keys = [_key(each) for each in options.secret.split()]
        if not self._keys:
            raise ValueError("there is no secret to sign with")
        self._hidden = [options.url, *options.secret.split()]
        self._connection = Connection(options.ca_file, self.timeout, trusts_proxy=False)

    async def start(self) -> None:
        """Connections are made when they are needed."""

    async def stop(self) -> None:
        """Close what is open."""
        await self._connection.close()

    async def send(self, message: Outgoing) -> Outcome:
        """See Transport."""
        body = (message.event or trial_event(message)).encode()
        identity = f"{message.delivery:x}"
        headers = {"content-type": _KIND, "user-agent": "alertd", **signed(self._keys, identity, body)}
        try:
            async with asyncio.timeout(self.timeout):
                return await self._post(self._connection.client, body, headers)
        except FAULTS as fault:
            words = self._clean(str(fault) or type(fault).__name__)
            return Outcome(*meaning_of(fault), words, server=True)

    async def _post(self, client: httpx.AsyncClient, body: bytes, headers: dict[str, str]) -> Outcome:
        async with client.stream("POST", self._url, content=body, headers=headers) as answer:
            said = b""
            if not answer.is_success:  # whoever took it need not say more
                async for part in answer.aiter_raw(_LARGEST_ANSWER):
                    said = part
                    break
        return outcome_of(answer.status_code, answer.headers, self._clean(said.decode("utf-8", "replace")))

    def _clean(self, text: str) -> str:
        """Without the address and the keys, which may be secret and which a server may echo."""
        for hidden in self._hidden:
            text = text.replace(hidden, "***")
        return text


def outcome_of(status: int, headers: httpx.Headers, said: str) -> Outcome:
    """What an answer means: whatever is not 2xx has to come again, and a redirect is no answer."""
    code = str(status)
    if 200 <= status < 300:
        return Outcome(Result.ACCEPTED, code)
    if 300 <= status < 400:
        return Outcome(Result.RETRY, code, "redirects are not followed: write where it leads", server=True)
    return Outcome(
        Result.RETRY, code, said, retry_after=wait_in(headers), server=status not in _OF_THE_MESSAGE
    )


def signed(keys: list[bytes], identity: str, body: bytes) -> dict[str, str]:
    """The headers that say which message it is, when it was sent, and that it is ours.

    The identity stays over all attempts, the time is that of this one.
    """
    at = str(int(time.time()))
    content = f"{identity}.{at}.".encode() + body
    made = [base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": identity,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{each}" for each in made),
    }


def trial_event(message: Outgoing) -> str:
    """What is posted to see whether it arrives."""
    event = {
        "specversion": "1.0",
        "id": f"{message.delivery:x}",
        "source": "urn:alertd:trial",
        "type": "alertd.trial",
        "datacontenttype": "application/json",
        "data": {"text": message.subject},
    }
    return json.dumps(event, ensure_ascii=False)


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _KEY_BYTES:
        raise ValueError("the secret is no key: whsec_ and 24 to 64 bytes as base64 are expected")
    return key
