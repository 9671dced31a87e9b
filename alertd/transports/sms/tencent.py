"""Tencent Cloud 短信: SendSms of 2021-01-11.

Sources: https://cloud.tencent.com/document/product/382/55981 (SendSms, its codes), and the vendor's own
errorcodes.py (tencentcloud-sdk-python, sms/v20210111). What is wrong with the request stands in
Response.Error, what became of the text in Response.SendStatusSet, both in an answer 200. The same words to
one number are refused for the rest of the day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from alertd.core.gateways import Answer, as_text, at
from alertd.transports.base import Outcome, Result
from alertd.transports.http import Request, not_understood
from alertd.transports.sms.provider import Text
from alertd.transports.sms.signing import tc3

URL = "https://sms.tencentcloudapi.com"
_KIND = "application/json; charset=utf-8"
_DEAD = frozenset(
    {
        "InvalidParameterValue.IncorrectPhoneNumber",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.PhoneNumberOnBlacklist",
    }
)
#: what comes again, and after how many seconds
_LATER = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30.0,
    "LimitExceeded.PhoneNumberOneHourLimit": 3600.0,
    "LimitExceeded.DeliveryFrequencyLimit": 60.0,
}
#: beginnings of what concerns the account, the provider or the signature: everybody's text is refused alike
_PROVIDER = (
    "InternalError",
    "AuthFailure",
    "UnauthorizedOperation",
    "RequestLimitExceeded",
    "LimitExceeded.App",
    "LimitExceeded.DailyLimit",
    "FailedOperation.InsufficientBalanceInSmsPackage",
    "FailedOperation.SignatureIncorrectOrUnapproved",
    "InvalidParameterValue.SdkAppIdNotExist",
    "ResourceInsufficient",
    "ResourceUnavailable",
)


class Tencent:
    """One application, with the templates that were registered for it."""

    def __init__(
        self,
        url: str,
        account: str,
        secret: str,
        signature: str,
        templates: dict[str, str],
        app: str,
        region: str,
    ) -> None:
        self._url, self._host = url or URL, urlsplit(url or URL).netloc
        self._account, self._secret = account, secret
        self._signature, self._templates = signature, templates
        self._app, self._region = app, region

    def request(self, text: Text, at: datetime, nonce: str) -> Request:
        """See Provider."""
        asked = {
            "PhoneNumberSet": [text.to],
            "SmsSdkAppId": self._app,
            "SignName": self._signature,
            "TemplateId": self._templates[text.short.kind],
            "TemplateParamSet": list(text.short.values.values()),
            "SessionContext": text.id,
        }
        return self.signed("SendSms", asked, at)

    def signed(self, action: str, asked: Mapping[str, object], at: datetime) -> Request:
        """A request for one of the provider's acts."""
        body = json.dumps(asked, ensure_ascii=False).encode()
        signed = {"content-type": _KIND, "host": self._host, "x-tc-action": action}
        headers = {
            **signed,
            "x-tc-version": "2021-01-11",
            "x-tc-region": self._region,
            "x-tc-timestamp": str(int(at.timestamp())),
            "authorization": tc3(self._account, self._secret, "sms", signed, body, at),
        }
        return Request("POST", self._url, headers, body)

    def polls(self, at: datetime, nonce: str) -> tuple[Request, ...]:
        """See Provider."""
        asked = {"SmsSdkAppId": self._app, "Limit": 100}
        return tuple(self.signed(act, asked, at) for act in ("PullSmsSendStatus", "PullSmsReplyStatus"))

    def outcome(self, answer: Answer) -> Outcome:
        """See Provider."""
        error = at(answer.data, ("Response", "Error", "Code"))
        status = at(answer.data, ("Response", "SendStatusSet", "0"))
        if error is not None:
            said = as_text(at(answer.data, ("Response", "Error", "Message")))
            return _refused(as_text(error), said)
        code = as_text(at(status, ("Code",)))
        if not code or not 200 <= answer.status < 300:
            return not_understood(answer)
        if code == "Ok":
            return Outcome(Result.ACCEPTED, code, provider_id=as_text(at(status, ("SerialNo",))))
        return _refused(code, as_text(at(status, ("Message",))))


def _refused(code: str, said: str) -> Outcome:
    if code in _DEAD:
        return Outcome(Result.REFUSED, code, said, address_dead=True)
    if code in _LATER:
        return Outcome(Result.RETRY, code, said, retry_after=_LATER[code])
    if code.startswith(_PROVIDER):
        return Outcome(Result.RETRY, code, said, server=True)
    return Outcome(Result.REFUSED, code, said)
