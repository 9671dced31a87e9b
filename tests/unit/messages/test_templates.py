"""Templates of the admin: used where sound, told once and replaced where faulty."""

from pathlib import Path

import pytest

from alertd.clock import SettableClock
from alertd.messages.render import TEMPLATES, Renderer, TemplateFault
from alertd.messages.view import MessageView, NoticeView
from tests.support.program import Program
from tests.unit.messages.views import DONE, REPORT, at, cases, message

ROOT = Path(__file__).parents[3]
VIEW = message(REPORT, now=at(2026, 12, 25, 8, 30))


def rendering(folder: Path) -> tuple[Renderer, list[TemplateFault]]:
    faults: list[TemplateFault] = []
    return Renderer(folder, faults.append), faults


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    assert Program(folder, SettableClock(at(2026, 11, 22)))("init", ".", "--empty").code == 0
    return folder


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_templates_laid_down_are_the_packaged_ones(name, city):
    packaged = ROOT / "alertd" / "messages" / "templates" / name
    assert (city / "channels" / "templates" / name).read_text("utf-8") == packaged.read_text("utf-8")


def test_no_copy_of_a_template_is_kept_beside_the_packaged_ones():
    assert [path for path in (ROOT / "channels").rglob("*") if path.suffix == ".j2"] == []


def test_an_empty_folder_means_the_packaged_templates(tmp_path):
    renderer, faults = rendering(tmp_path)
    assert renderer.render(VIEW) == Renderer().render(VIEW)
    assert faults == []


def test_a_missing_folder_means_the_packaged_templates(tmp_path):
    renderer, faults = rendering(tmp_path / "none")
    assert renderer.render(VIEW) == Renderer().render(VIEW)
    assert faults == []


def test_a_template_of_the_admin_is_used(tmp_path):
    (tmp_path / "message.txt.j2").write_text("{{ greeting }} {{ blocks[0].title }}", "utf-8")
    renderer, faults = rendering(tmp_path)
    assert renderer.render(VIEW).text == "王芳同志： 年度法治政府建設情況報告\n"
    assert renderer.render(VIEW).html == Renderer().render(VIEW).html
    assert faults == []


def test_a_subject_of_the_admin_stays_one_line(tmp_path):
    (tmp_path / "subject.txt.j2").write_text("{# #}\nX\n{{ subject }}\r\nBcc: y@example.org\n", "utf-8")
    subject = rendering(tmp_path)[0].render(VIEW).subject
    assert subject.startswith("X [臨期]")
    assert subject.splitlines() == [subject]


def test_a_template_that_does_not_parse_is_told_with_its_line_and_replaced(tmp_path):
    (tmp_path / "message.txt.j2").write_text("{{ greeting }}\n{% for b in blocks %}\n{{ b.title }\n", "utf-8")
    renderer, faults = rendering(tmp_path)
    assert renderer.render(VIEW) == Renderer().render(VIEW)
    assert [(fault.file, fault.line) for fault in faults] == [("message.txt.j2", 3)]
    assert faults[0].detail


@pytest.mark.parametrize(
    "source",
    [
        "fine\n{{ greting }}",
        "fine\n{{ blocks[7].title }}",
        "fine\n{{ 1 / 0 }}",
        "fine\n{% include 'other.j2' %}",
        "fine\n{{ greeting.__class__.__mro__ }}",
        "fine\n{% for n in range(100000000) %}{{ n }}{% endfor %}",
    ],
)
def test_a_template_that_fails_while_filled_is_told_once_and_replaced(tmp_path, source):
    (tmp_path / "message.html.j2").write_text(source, "utf-8")
    renderer, faults = rendering(tmp_path)
    assert faults == []
    for _ in range(2):
        assert renderer.render(VIEW) == Renderer().render(VIEW)
    assert [(fault.file, fault.line) for fault in faults] == [("message.html.j2", 2)]
    assert faults[0].detail


def test_a_template_in_another_encoding_is_told_and_replaced(tmp_path):
    (tmp_path / "message.txt.j2").write_bytes("消息模板：{{ greeting }}".encode("gb18030"))
    renderer, faults = rendering(tmp_path)
    assert renderer.render(VIEW) == Renderer().render(VIEW)
    assert faults == [TemplateFault("message.txt.j2", 0, "not UTF-8; save the file as UTF-8")]


def test_a_byte_order_mark_is_no_part_of_the_message(tmp_path):
    (tmp_path / "message.txt.j2").write_text("\ufeff{{ greeting }}", "utf-8")
    assert rendering(tmp_path)[0].render(VIEW).text == "王芳同志：\n"


def test_a_template_that_is_a_folder_is_told_and_replaced(tmp_path):
    (tmp_path / "message.txt.j2").mkdir()
    renderer, faults = rendering(tmp_path)
    assert renderer.render(VIEW) == Renderer().render(VIEW)
    assert [fault.file for fault in faults] == ["message.txt.j2"]


def test_html_of_the_admin_is_escaped_too(tmp_path):
    (tmp_path / "message.html.j2").write_text("{{ blocks[0].facts[-1][1] }}{{ reply }}", "utf-8")
    view = message(DONE, now=at(2026, 12, 25, 8, 30), call_whom="<b>")
    assert "&lt;b&gt;" in rendering(tmp_path)[0].render(view).html


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_copy_of_an_earlier_version_works_as_it_did(name, tmp_path):
    older = Path(__file__).parent / "older" / name
    (tmp_path / name).write_text(older.read_text("utf-8"), "utf-8")
    renderer, faults = rendering(tmp_path)
    for view in cases("zh-Hant").values():
        rendered = renderer.render(view)
        first = view.notices[0] if isinstance(view, MessageView) else None
        assert not isinstance(first, NoticeView) or f"編號：{first.number}（" in rendered.text
    assert faults == []
