"""Alibaba Cloud 短信服務: SendSms of 2017-05-25.

Sources: https://help.aliyun.com/document_detail/419273.html (SendSms), document_detail/101346.html and
101347.html (codes), document_detail/2881383.html (50 notices a day for each number, signature and template).
Everything but `OK` in the field Code of an answer 200 is a refusal; anything else has another status and the
same two fields. `isv.BLACK_KEY_CONTROL_LIMIT` is explained as a number on a black list and as forbidden words
in a value: it is no proof that an address is dead.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from alertd.core.gateways import Answer, as_text
from alertd.transports.base import Outcome, Result
from alertd.transports.http import Request, not_understood
from alertd.transports.sms.provider import Text
from alertd.transports.sms.signing import acs3

URL = "https://dysmsapi.aliyuncs.com"
_OK = "OK"
#: the number itself takes no text
_DEAD = frozenset({"isv.MOBILE_NUMBER_ILLEGAL"})
#: the provider's own, and what the admin must mend: everybody's text is refused alike
_PROVIDER = frozenset(
    {
        "isp.SYSTEM_ERROR",
        "isp.RAM_PERMISSION_DENY",
        "isv.OUT_OF_SERVICE",
        "isv.AMOUNT_NOT_ENOUGH",
        "isv.DAY_LIMIT_CONTROL",
        "isv.MONTH_LIMIT_CONTROL",
        "isv.ACCOUNT_NOT_EXISTS",
        "isv.ACCOUNT_ABNORMAL",
        "isv.PRODUCT_UN_SUBSCRIPT",
        "isv.PRODUCT_UNSUBSCRIBE",
        "isv.DENY_IP_RANGE",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.SMS_SIGN_ILLEGAL",
        "isv.SIGN_STATE_ILLEGAL",
        "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
    }
)
_TOO_OFTEN = "isv.BUSINESS_LIMIT_CONTROL"
#: how the words of that one name the level, and the seconds until it is another one
_LEVELS = (("分钟", 60.0), ("M_MC", 60.0), ("小时", 3600.0), ("H_MC", 3600.0))


class Aliyun:
    """One account, with the templates that were registered for it."""

    def __init__(
        self, url: str, account: str, secret: str, signature: str, templates: dict[str, str]
    ) -> None:
        self._url, self._host = url or URL, urlsplit(url or URL).netloc
        self._account, self._secret = account, secret
        self._signature, self._templates = signature, templates

    def request(self, text: Text, at: datetime, nonce: str) -> Request:
        """See Provider."""
        query = {
            "PhoneNumbers": text.to.removeprefix("+86").removeprefix("+"),
            "SignName": self._signature,
            "TemplateCode": self._templates[text.short.kind],
            "TemplateParam": json.dumps(dict(text.short.values), ensure_ascii=False),
            "OutId": text.id,
        }
        headers = {
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
        }
        asked, signed = acs3(self._account, self._secret, self._host, query, headers, b"")
        return Request("POST", f"{self._url.rstrip('/')}/?{asked}", signed)

    def polls(self, at: datetime, nonce: str) -> tuple[Request, ...]:
        """See Provider: reports and replies are pushed by this one."""
        return ()

    def outcome(self, answer: Answer) -> Outcome:
        """See Provider."""
        data = answer.data if isinstance(answer.data, dict) else {}
        code, said = as_text(data.get("Code")), as_text(data.get("Message"))
        if not code:
            return not_understood(answer)
        if code == _OK and 200 <= answer.status < 300:
            return Outcome(Result.ACCEPTED, code, provider_id=as_text(data.get("BizId")))
        if code in _DEAD:
            return Outcome(Result.REFUSED, code, said, address_dead=True)
        if code == _TOO_OFTEN:
            wait = next((seconds for level, seconds in _LEVELS if level in said), None)
            return Outcome(Result.RETRY if wait else Result.REFUSED, code, said, retry_after=wait)
        if code in _PROVIDER or not code.startswith("isv."):
            return Outcome(Result.RETRY, code, said, server=True)
        return Outcome(Result.REFUSED, code, said)
