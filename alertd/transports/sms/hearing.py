"""What a provider tells of texts: which arrived, and what was written back. Asked for, or pushed to us.

Sources: Tencent Cloud, PullSmsSendStatus and PullSmsReplyStatus (https://cloud.tencent.com/document/product/
382/55980, .../55979: at most 100 at a time, to be enabled by its support); Alibaba Cloud, SmsReport and SmsUp
pushed over HTTP (https://help.aliyun.com/document_detail/101867.html: arrays of JSON, to be answered with
`{"code": 0}`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any

from alertd.core.gateways import Answer, Expression, at, expression
from alertd.core.text import one_line
from alertd.transports.base import Reported, Texted

#: of one answer so many are looked at
_MOST = 1000
_LONGEST_TEXT = 1000
_ID_BITS = 63


@dataclass(frozen=True, slots=True)
class Described:
    """Where things stand in what a provider tells: expressions, within each entry of a list."""

    reports: str = ""  # a path to the list; "" where the whole is the list
    report_id: str = ""
    report_ours: str = ""
    report_to: str = ""
    report_delivered: str = ""
    report_said: str = ""
    replies: str = ""
    reply_id: str = ""
    reply_at: str = ""
    reply_from: str = ""
    reply_text: str = ""


KNOWN: Mapping[str, Described] = {
    "aliyun": Described(
        report_id="biz_id",
        report_ours="out_id",
        report_to="phone_number",
        report_delivered="success = true",
        report_said="err_code",
        reply_id="sequence_id",
        reply_from="phone_number",
        reply_text="content",
    ),
    "tencent": Described(
        reports="Response.PullSmsSendStatusSet",
        report_id="SerialNo",
        report_to="PhoneNumber",
        report_delivered="ReportStatus = SUCCESS",
        report_said="Description",
        replies="Response.PullSmsReplyStatusSet",
        reply_at="ReplyTime",
        reply_from="PhoneNumber",
        reply_text="ReplyContent",
    ),
}


@dataclass(slots=True)
class Ear:
    """Reads what one channel is told."""

    channel: str
    described: Described
    _read: dict[str, Expression] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in fields(self.described):
            if each.name not in ("reports", "replies") and (text := getattr(self.described, each.name)):
                self._read[each.name] = expression(text)

    def heard(self, answer: Answer) -> list[Reported | Texted]:
        """Every report and every reply in an answer; what makes no sense is left out."""
        told = [self._reply(entry) for entry in self._entries(answer.data, self.described.replies)]
        reports = [self._report(entry) for entry in self._entries(answer.data, self.described.reports)]
        return [each for each in (*told, *reports) if each is not None]

    def _entries(self, data: Any, path: str) -> Iterator[Answer]:
        entries = at(data, tuple(path.split("."))) if path else data
        for entry in (entries if isinstance(entries, list) else [entries])[:_MOST]:
            if isinstance(entry, dict):
                yield Answer(200, json.dumps(entry, ensure_ascii=False), entry)

    def _value(self, name: str, entry: Answer) -> str:
        read = self._read.get(name)
        return read.value(entry) if read is not None else ""

    def _reply(self, entry: Answer) -> Texted | None:
        read = self._read.get("reply_text")
        text = at(entry.data, read.path) if read is not None and read.pattern is None else ""
        text = one_line(text, _LONGEST_TEXT) if isinstance(text, str) else self._value("reply_text", entry)
        sender = self._value("reply_from", entry)
        if not text or not sender:
            return None
        name = self._value("reply_id", entry)
        if not name:  # the same text in the same second is the same
            said = "\0".join((sender, self._value("reply_at", entry), text))
            name = sha256(said.encode("utf-8", "replace")).hexdigest()[:32]
        return Texted(self.channel, sender, text, name)

    def _report(self, entry: Answer) -> Reported | None:
        name, ours = self._value("report_id", entry), self._value("report_ours", entry)
        if "report_delivered" not in self._read or not (name or ours) or self._value("reply_text", entry):
            return None
        return Reported(
            channel=self.channel,
            address=self._value("report_to", entry),
            delivered=self._read["report_delivered"].holds(entry),
            provider_id=name,
            delivery=_number(ours),
            code=self._value("report_said", entry),
        )


def _number(text: str) -> int | None:
    try:
        number = int(text, 16) if text else None
    except ValueError:
        return None
    return number if number is not None and number > 0 and number.bit_length() <= _ID_BITS else None
