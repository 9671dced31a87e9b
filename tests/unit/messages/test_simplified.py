"""Simplified Chinese is derived: every unit of the plan, and the characters the profile leaves wrong."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.messages.catalogue import Catalogue, to_simplified

ROOT = Path(__file__).parents[3]

#: the units the plan names, as it spells them
UNITS = {
    "編辦": "编办",
    "行政審批局": "行政审批局",
    "市場監督管理局": "市场监督管理局",
    "司法局": "司法局",
    "公共治理服務中心": "公共治理服务中心",
    "發改委": "发改委",
    "財政局": "财政局",
    "應急管理局": "应急管理局",
    "生態環境局": "生态环境局",
    "民政局": "民政局",
    "審計局": "审计局",
    "政府辦": "政府办",
    "政府辦公室": "政府办公室",
    "信訪局": "信访局",
    "公安局": "公安局",
    "公務員局": "公务员局",
    "網信辦": "网信办",
    "12345市長熱線": "12345市长热线",
    "依治辦": "依治办",
    "市全面推進依法行政工作領導小組": "市全面推进依法行政工作领导小组",
    "各鎮(區、街道)": "各镇(区、街道)",
    "政府各部門": "政府各部门",
    "各相關執法部門": "各相关执法部门",
    "文件起草單位": "文件起草单位",
    "衞生健康": "卫生健康",
    "文體旅遊": "文体旅游",
    "農林水利": "农林水利",
    "城管綜合執法": "城管综合执法",
    "行政複議委員會": "行政复议委员会",
    "督查室": "督查室",
}


@pytest.mark.parametrize(("traditional", "simplified"), UNITS.items())
def test_every_unit_of_the_plan_is_spelled_right(traditional, simplified):
    assert to_simplified(traditional) == simplified


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("公共衞生", "公共卫生"),
        ("著重落實", "着重落实"),
        ("著力推進", "着力推进"),
        ("隨著名單公佈", "随着名单公布"),
        ("接著作出決定", "接着作出决定"),
        ("顯著成效", "显著成效"),
        ("著名品牌", "著名品牌"),
        ("著作權", "著作权"),
        ("羣眾説明兑現", "群众说明兑现"),
        ("文件執行", "文件执行"),
        ("答覆、反覆、覆蓋", "答复、反复、覆盖"),
        ("皇后、以後、里程、裏面", "皇后、以后、里程、里面"),
    ],
)
def test_characters_with_two_readings_come_out_right(traditional, simplified):
    assert to_simplified(traditional) == simplified


def test_no_shipped_name_keeps_a_character_outside_the_simplified_standard():
    """GB 2312 holds the simplified characters in common use and no traditional ones."""
    directory = tomllib.loads((ROOT / "schedules" / "directory.toml").read_text("utf-8"))
    names = [unit["name"]["zh-Hant"] for unit in directory["unit"]]
    assert len(names) >= 40
    for name in names:
        simplified = to_simplified(name)
        simplified.encode("gb2312")


def test_no_derived_sentence_keeps_a_traditional_character():
    words = Catalogue("zh-Hans")
    for key in words.keys():  # noqa: SIM118
        words.template(key).encode("gb2312")


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_left_alone(text):
    assert to_simplified(text) == text


@given(st.text(alphabet="衞著隨顯着卫生重名作發", max_size=12))
def test_simplifying_twice_changes_nothing_more(text):
    once = to_simplified(text)
    assert to_simplified(once) == once
