"""`alertd init`: an empty start, the shipped city, and what is asked on a terminal."""

import json
import os
import subprocess
import sys
import tomllib

import pytest

from alertd.clock import SettableClock
from alertd.config.register import load_register
from alertd.config.sources import read_texts
from alertd.shipped import shipped_files
from tests.support.program import Program
from tests.unit.cli.conftest import NOW, ROOT

#: what stays in none of the languages: ids, keys, and what people typed
LIST = "1. 財政局\n2. 司法局\n"


def program(folder, answer=None, language="en"):
    return Program(folder, SettableClock(NOW), {"ALERTD_LANGUAGE": language}, answer)


def register(folder):
    loaded = load_register(read_texts(folder / "schedules")[0])
    assert loaded.faults == ()
    return loaded.register


def config(folder, file="config.toml"):
    return tomllib.loads((folder / file).read_text("utf-8"))


# ---------------------------------------------------------------- what is laid down


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_an_empty_start_passes_the_check_at_once_and_says_what_is_missing(tmp_path, language):
    ran = program(tmp_path)("init", "city", "--empty", "--language", language)
    assert (ran.code, ran.err) == (0, "")
    assert "duties.toml" in ran.out
    checked = program(tmp_path)("--config", "city", "check")
    assert checked.code == 0
    assert [name for name in ("directory", "people", "duties") if f"{name}." in checked.err] == [
        "directory",
        "people",
        "duties",
    ]
    assert config(tmp_path / "city")["language"] == language


def test_an_empty_start_has_nobody_of_the_example_in_it(tmp_path):
    program(tmp_path)("init", "city", "--empty")
    found = register(tmp_path / "city")
    assert (found.units, found.people, found.roster, found.obligations, found.event_types) == ({},) * 5
    assert {"yearly-report", "hour-clock"} <= found.policies.keys()


def test_remarks_are_in_the_language_of_the_city(tmp_path):
    for language in ("zh-Hant", "zh-Hans", "en"):
        program(tmp_path)("init", language, "--empty", "--language", language)
    texts = {
        name: "".join(
            (tmp_path / name / file).read_text("utf-8")
            for file in ("config.toml", "schedules/duties.toml", "schedules/directory.toml")
        )
        for name in ("zh-Hant", "zh-Hans", "en")
    }
    assert "事項:誰" in texts["zh-Hant"]
    assert "事项:谁" in texts["zh-Hans"]
    assert [each for each in texts["en"] if "\u4e00" <= each <= "\u9fff"] == []


def test_only_remarks_change_their_script(tmp_path):
    program(tmp_path)("init", "city", "--empty", "--language", "zh-Hans")
    for name in ("schedules/policies.toml", "schedules/calendar.toml", "channels/telegram.toml"):
        text = (tmp_path / "city" / name).read_text("utf-8")
        before = (shipped_files() / name).read_text("utf-8")
        assert tomllib.loads(text) == tomllib.loads(before)
        assert text != before


def test_the_example_is_the_packaged_city_and_never_the_files_of_the_checkout(tmp_path):
    ran = program(tmp_path)("init", "city", "--example")
    assert ran.code == 0
    for folder in ("channels", "schedules", "systemd"):
        for file in (path for path in (shipped_files() / folder).rglob("*") if path.is_file()):
            laid = tmp_path / "city" / file.relative_to(shipped_files())
            assert laid.read_bytes() == file.read_bytes()
    assert not shipped_files().is_relative_to(ROOT / "schedules")
    assert config(tmp_path / "city")["language"] == "en"


def test_editors_find_the_schemas_the_files_name(tmp_path):
    program(tmp_path)("init", "city", "--empty", "--name", "Donghe")
    for path in (tmp_path / "city").rglob("*.toml"):
        mark, _, place = path.read_text("utf-8").splitlines()[0].partition(" ")
        assert mark == "#:schema"
        assert json.loads((path.parent / place).read_text("utf-8"))["$schema"]


# ---------------------------------------------------------------- what is given


def test_everything_can_be_said_by_options(tmp_path):
    (tmp_path / "units.csv").write_text("名稱,簡稱,英文\n財政局,市財政局,Finance Bureau\n司法局,,\n", "utf-8")
    ran = program(tmp_path)(
        *("init", "city", "--language", "zh-Hans", "--name", "東河市", "--units", "units.csv"),
        *("--admin", "李娜 <lina@city.test>", "--smtp", "mail.city.test:465", "--smtp-user", "alertd"),
    )
    assert (ran.code, ran.err) == (0, "")
    city = tmp_path / "city"
    assert config(city)["admin"] == {"to": ["lina@city.test"], "name": "李娜"}
    mail = config(city, "channels/email.toml")
    assert (mail["enabled"], mail["host"], mail["port"], mail["security"]) == (
        True,
        "mail.city.test",
        465,
        "tls",
    )
    assert (mail["username"], mail["sender"]) == ("alertd", "東河市 <lina@city.test>")
    found = register(city)
    assert {unit.id: unit.name["zh-Hant"] for unit in found.units.values()} == {
        "finance-bureau": "財政局",
        "unit-02": "司法局",
    }
    assert found.groups["every-unit"].members == ("finance-bureau", "unit-02")
    assert "systemd/README.md" in ran.out  # where the password goes


def test_three_hundred_units_have_ids_of_one_width(tmp_path):
    (tmp_path / "units.txt").write_text("".join(f"第{number}中學\n" for number in range(300)), "utf-8")
    assert program(tmp_path)("init", "city", "--units", "units.txt").code == 0
    assert list(register(tmp_path / "city").units)[:2] == ["unit-001", "unit-002"]


def test_a_name_that_stands_twice_is_named_with_its_lines(tmp_path):
    (tmp_path / "units.txt").write_text("財政局\n司法局\n財政局\n", "utf-8")
    ran = program(tmp_path)("init", "city", "--units", "units.txt")
    assert ran.code == 1
    assert "units.txt:3:1: “財政局” stands in line 1 already" in ran.err
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--empty"),
        (("--example", "--units", "units.txt"), "--example is a whole city"),
        (("--admin", "Li Na"), "holds no mail address"),
        (("--smtp", "mail:99999"), "is no server"),
        (("--empty", "--smtp-user", "a"), "--smtp"),
        (("--smtp", "mail", "--sender", "a@b"), "is no mail address"),
    ],
)
def test_what_was_called_wrongly_is_said_and_nothing_is_laid_down(tmp_path, words, said):
    (tmp_path / "units.txt").write_text("財政局\n", "utf-8")
    ran = program(tmp_path)("init", "city", *words)
    assert ran.code == 64
    assert said in ran.err
    assert not (tmp_path / "city").exists()


# ---------------------------------------------------------------- what is asked


def test_on_a_terminal_it_asks_one_thing_after_the_other(tmp_path):
    ran = program(tmp_path, f"2\n東河市\n{LIST}\n李娜 <lina@city.test>\nmail.city.test\n")("init", "city")
    assert ran.code == 0
    assert "单位：" in ran.err  # the language that was answered, from the next question on
    assert "密码" in ran.err
    city = tmp_path / "city"
    assert [unit.name["zh-Hant"] for unit in register(city).units.values()] == ["財政局", "司法局"]
    assert config(city)["admin"] == {"to": ["lina@city.test"], "name": "李娜"}
    assert config(city)["language"] == "zh-Hans"


def test_what_is_not_understood_is_asked_again(tmp_path):
    answers = "fr\n3\n\nA\nA\n\nFinance\n\nLi Na\nlina@city.test\nmail:0\nmail.city.test:465\n"
    ran = program(tmp_path, answers)("init", "city")
    assert ran.code == 0
    for said in (
        "“fr” is none of them",
        "stands in line 1 already",
        "“Li Na” holds no",
        "“mail:0” is no server",
    ):
        assert said in ran.err
    assert list(register(tmp_path / "city").units) == ["finance"]


def test_a_file_answers_for_the_units(tmp_path):
    (tmp_path / "units.csv").write_text("name,id\nFinance Bureau,fin\n", "utf-8")
    assert program(tmp_path, "3\n\nunits.csv\n\n\n")("init", "city").code == 0
    assert list(register(tmp_path / "city").units) == ["fin"]


@pytest.mark.parametrize("answers", ["", "3\n", "3\nDonghe\nFinance\n", "3\nDonghe\n\n\n"])
def test_leaving_in_the_middle_of_the_questions_leaves_nothing(tmp_path, answers):
    ran = program(tmp_path, answers)("init", "city")
    assert ran.code == 1
    assert list(tmp_path.iterdir()) == []


def test_nobody_answers_questions_about_a_folder_that_is_taken(tmp_path):
    (tmp_path / "config.toml").write_text('language = "en"\n')
    ran = program(tmp_path, "3\n")("init", ".")
    assert ran.code == 1
    assert "config.toml" in ran.err
    assert "Language" not in ran.err


# ---------------------------------------------------------------- all or nothing


def test_nothing_that_is_there_is_overwritten(tmp_path):
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "people.csv").write_text("mine")
    ran = program(tmp_path)("init", ".", "--empty")
    assert (ran.code, ran.out) == (1, "")
    assert "holds 1 of these files already" in ran.err
    assert "  schedules/people.csv" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["schedules"]


def test_a_folder_that_holds_other_things_keeps_them(tmp_path):
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "notes.txt").write_text("mine")
    assert program(tmp_path)("init", ".", "--empty").code == 0
    assert (tmp_path / "schedules" / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    ran = program(tmp_path)("init", "file/city", "--empty")
    assert ran.code == 1
    assert "cannot be written" in ran.err


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("limit", [500, 8000])
def test_a_full_disk_leaves_nothing_and_names_the_file(tmp_path, there, limit):
    """A bound on the size of a file stands in for the disk: the real system call refuses in the middle."""
    if there:
        (tmp_path / "city").mkdir()
        (tmp_path / "city" / "mine").write_text("mine")
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit},) * 2);"
        "from alertd.__main__ import main; sys.argv[1:] = ['init', 'city', '--empty']; sys.exit(main())"
    )
    environ = {**os.environ, "ALERTD_LANGUAGE": "en"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert f"{tmp_path / 'city'}" in ran.stderr
    assert "cannot be written, so nothing was" in ran.stderr
    assert [path.name for path in tmp_path.rglob("*")] == (["city", "mine"] if there else [])


def test_what_was_moved_goes_again_where_one_file_cannot_be(tmp_path, monkeypatch):
    from pathlib import Path

    from alertd.cli.exits import Said
    from alertd.cli.upkeep.laying import lay_down

    rename = Path.rename

    def failing(path, target):
        if path.name == "last":
            raise OSError(5, "Input/output error", str(path))
        return rename(path, target)

    (tmp_path / "mine").write_text("mine")
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(Said):
        lay_down(tmp_path, {"a/b/one": b"1", "two": b"2", "last": b"3"})
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]
