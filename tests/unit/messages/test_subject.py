"""The subject: how it stands, what it is, by when, whose it is; one line whatever people type."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.text import fit
from alertd.messages.reader import Reader
from alertd.messages.subject import LONGEST_SUBJECT, subject_of
from alertd.messages.view import NoticeKind, NoticeView, RollView
from tests.unit.messages.views import CONSULTATION, DONE, HOURS, REPORT, ROLL, TRAINING, at, message

DECEMBER = at(2026, 12, 25, 8, 30)
FIRST = replace(HOURS, repeat_no=0, standing="on-track")


def subject(*notices: NoticeView | RollView, now=DECEMBER, **more) -> str:
    view = message(*notices, now=now, **more)
    return subject_of(view, Reader.of(view))


def test_a_reminder_of_an_hour_clock_tells_its_minute():
    assert subject(FIRST, now=at(2026, 10, 1, 3, 0)) == (
        "[提醒] 發佈權威信息：今日07:10屆滿（東河鎮，城東化工廠火災）"
    )


def test_a_second_asking_is_a_chasing():
    assert subject(HOURS, now=at(2026, 10, 1, 3, 0)).startswith("[催辦]")


def test_an_overdue_hour_clock_tells_how_late_it_is():
    late = replace(HOURS, standing="overdue")
    assert subject(late, now=at(2026, 10, 1, 7, 50)) == (
        "[超時限] 發佈權威信息：已超時限40分鐘（東河鎮，城東化工廠火災）"
    )


def test_an_overdue_day_tells_the_days():
    late = replace(REPORT, standing="overdue")
    assert subject(late, now=at(2027, 1, 4, 9, 0)).startswith("[逾期] 年度法治政府建設情況報告：已逾期5天")


def test_a_superior_who_is_asked_since_somebody_failed_to_act_is_told_of_the_escalation():
    asked = replace(REPORT, position="leader-in-charge", ask=True, escalated=True)
    informed = replace(REPORT, position="leader-in-charge", ask=False)
    assert subject(asked).startswith("[提級催辦]")
    assert subject(informed).startswith("[臨期]")


def test_a_superior_who_is_the_first_to_be_asked_is_not_told_of_an_escalation():
    assert subject(replace(REPORT, position="leader-in-charge", ask=True)).startswith("[臨期]")


def test_a_duty_with_only_a_minimum_tells_when_it_is_over():
    assert "5月31日24時屆滿" in subject(CONSULTATION, now=at(2026, 5, 28, 8, 30))


def test_people_behind_pace_are_counted():
    assert subject(TRAINING) == "[進度滯後] 行政執法人員培訓：2人進度滯後或未報數（衞生健康委）"


def test_a_roll_tells_its_figures():
    assert subject(ROLL) == "[臨期] 年度法治政府建設情況報告：已報43、退回2、未報2（12月30日下班前）"


def test_what_is_handed_in_tells_no_limit():
    assert subject(DONE) == "[已報送] 發佈權威信息（東河鎮，城東化工廠火災）"


def test_a_drill_says_so_first():
    assert subject(REPORT, drill=True).startswith("【演練】[臨期]")
    assert subject(REPORT, drill=True, language="en").startswith("[DRILL] [Near]")


def test_several_tell_the_first_limit():
    assert subject(REPORT, TRAINING, ROLL) == "[臨期] 3項事項臨近辦理時限，最早12月30日下班前"


CONFERENCE = replace(FIRST, obligation_title={"zh-Hant": "新聞發佈會"}, due=at(2026, 10, 2, 2, 10))


def test_two_incidents_with_the_same_limit_have_subjects_that_differ():
    def elsewhere(view: NoticeView) -> NoticeView:
        return replace(view, case_title="河西隧道事故", party_name={"zh-Hant": "公安局"})

    night = at(2026, 10, 1, 3, 0)
    fire = subject(FIRST, CONFERENCE, now=night)
    tunnel = subject(elsewhere(FIRST), elsewhere(CONFERENCE), now=night)
    assert fire == "[提醒] 城東化工廠火災（東河鎮）：2項事項待辦理，最早今日07:10屆滿"
    assert tunnel == "[提醒] 河西隧道事故（公安局）：2項事項待辦理，最早今日07:10屆滿"


def test_one_case_at_several_units_is_named_without_them():
    night = at(2026, 10, 1, 3, 0)
    elsewhere = replace(CONFERENCE, party_name={"zh-Hant": "公安局"})
    assert subject(FIRST, elsewhere, now=night).startswith("[提醒] 城東化工廠火災：2項事項")


def test_of_several_cases_none_is_named():
    other = replace(FIRST, case_title="河西隧道事故")
    assert subject(FIRST, other, now=at(2026, 10, 1, 3, 0)).startswith("[提醒] 2項事項")


def test_a_long_title_of_a_case_leaves_room_for_the_limit():
    long = "關於東河鎮城東化工園區某某化工有限公司二號倉庫突發火災並波及相鄰倉庫的事故"
    line = subject(
        *(replace(view, case_title=long) for view in (FIRST, CONFERENCE)), now=at(2026, 10, 1, 3, 0)
    )
    assert line == "[提醒] 關於東河鎮城東化工園區某某化工…（東河鎮）：2項事項待辦理，最早今日07:10屆滿"


def test_several_with_one_overdue_never_sound_milder():
    late = replace(TRAINING, members=(), standing="overdue")
    assert subject(REPORT, late) == "[逾期] 2項事項，其中1項逾期"


def test_several_of_one_kind_are_named_by_it():
    moved = replace(REPORT, kind=NoticeKind.MOVED)
    assert subject(moved, moved) == "[時限調整] 2項事項：時限調整"


def test_several_of_different_kinds_are_news():
    assert subject(REPORT, replace(REPORT, kind=NoticeKind.MOVED)) == "[臨期] 2項事項有新情況"


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_every_kind_has_a_subject(kind, language):
    line = subject(replace(REPORT, kind=kind), language=language)
    assert line.startswith("[")
    assert str(kind) not in line.split("]")[0] or language == "en"


@given(st.text(), st.text())
def test_a_subject_is_one_line_whatever_people_type(title, party):
    line = subject(replace(REPORT, obligation_title={"zh-Hant": title}, party_name={"zh-Hant": party}))
    assert fit(line, LONGEST_SUBJECT) == line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh-Hant", "[未報數] 年度法治政府建設情況報告：請報送2026年第3季度數據（衞生健康委）"),
        ("zh-Hans", "[未报数] 年度法治政府建设情况报告：请报送2026年第3季度数据（卫生健康委）"),
        (
            "en",
            "[No figures] Annual report on the rule of law: figures for 2026, quarter 3 (Health Commission)",
        ),
    ],
)
def test_a_reminder_of_figures_names_the_period_and_not_the_limit(language, line):
    asked = replace(REPORT, step_id="figures.2026-q3")
    assert subject(asked, language=language) == line
    assert subject(replace(asked, step_id="figures-late.2026-q3"), language=language) == line


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh-Hant", "[未報數] 2項事項：請報送2026年第3季度數據"),
        ("en", "[No figures] 2 items: figures for 2026, quarter 3"),
    ],
)
def test_figures_for_several_duties_are_asked_for_as_one(language, line):
    asked = replace(REPORT, step_id="figures.2026-q3")
    assert subject(asked, asked, language=language) == line
    assert subject(asked, REPORT, language=language) != line
