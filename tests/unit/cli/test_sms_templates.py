"""`alertd sms-templates`: what a provider must have approved before."""

from __future__ import annotations

import json

from alertd.core.text_messages import counted, signed
from tests.support.program import Program


def test_each_provider_is_told_in_its_own_way(alertd: Program) -> None:
    said = alertd("sms-templates").out
    assert "asked: {tag}: {what}, {when}. #{number} 1=received 2=sent" in said
    assert "asked: ${tag}：${what}，${when}。编号${number}，回1签收，2已报。" in said
    assert "asked: {1}：{2}，{3}。编号{4}，回1签收，2已报。" in said


def test_programs_get_the_values_in_their_order_and_examples_fit_one_text(alertd: Program) -> None:
    found = json.loads(alertd("sms-templates", "sms-tencent", "--json").out)
    assert {each["channel"] for each in found} == {"sms-tencent"}
    by_kind = {each["kind"]: each for each in found}
    assert by_kind["asked"]["values"] == ["tag", "what", "when", "number"]
    assert all(counted(signed(each["signature"], each["example"])).parts == 1 for each in found)


def test_another_channel_has_none(alertd: Program) -> None:
    said = alertd("sms-templates", "email")
    assert (said.code, said.out) == (1, "")
    assert "sms-aliyun" in said.err
