"""What all commands share: help, language, usage errors, exit codes."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from alertd.cli import app
from alertd.cli.context import Session
from alertd.cli.declare import option_key
from alertd.cli.language import config_argument, language_of
from alertd.messages.catalogue import to_simplified
from alertd.store.errors import StoreBusy, StoreFull, StoreInUse

COMMANDS = ("check", "plan", "when", "event", "list", "show", "explain", "ack", "done", "reopen", "progress")


def every_command(group=app.alertd, path=()):
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_every_command_and_option_has_its_sentence(tmp_path, language):
    session = Session(None, {"ALERTD_LANGUAGE": language}, tmp_path)
    keys = set()
    for path, command in every_command():
        name = "-".join(path)
        keys.add(f"cli.help.{name}")
        options = [param for param in command.get_params(click.Context(command)) if is_option(param)]
        keys.update(option_key(session, name, option) for option in options)
    assert len(keys) > 50
    assert sorted(key for key in keys if key not in session.words) == []


def is_option(parameter):
    return isinstance(parameter, click.Option)


@pytest.mark.parametrize(
    ("language", "words"), [("zh-Hant", "用法："), ("zh-Hans", "选项："), ("en", "Commands:")]
)
def test_help_speaks_the_configured_language(alertd, language, words):
    alertd.replace("config.toml", 'language = "en"', f'language = "{language}"')
    ran = alertd("--help")
    assert ran.code == 0
    assert words in ran.out
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S", ran.out, re.MULTILINE), name


def test_without_a_configuration_the_language_is_traditional_chinese(tmp_path):
    assert language_of(None, {}, tmp_path) == "zh-Hant"
    assert language_of(None, {"ALERTD_LANGUAGE": "en"}, tmp_path) == "en"
    assert language_of(None, {"ALERTD_LANGUAGE": "fr"}, tmp_path) == "zh-Hant"


def test_a_broken_configuration_still_has_a_language(tmp_path):
    (tmp_path / "config.toml").write_text("language = ", "utf-8")
    assert language_of(None, {"ALERTD_LANGUAGE": "en"}, tmp_path) == "en"


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--config", "a", "list"], "a"),
        (["--config=b", "list"], "b"),
        (["list", "--config", "c"], None),
        (["--version"], None),
        ([], None),
    ],
)
def test_the_configuration_is_found_before_the_command_is_parsed(argv, expected):
    assert config_argument(argv) == expected


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["chek"], "There is no command chek. Did you mean check?"),
        (["event", "reprot"], "There is no command reprot. Did you mean report?"),
        (["list", "--staet", "open"], "There is no option --staet. Did you mean --state?"),
        (["show"], "DEADLINE is missing"),
        (["show", "1", "2"], "Unexpected: 2"),
        (["done", "1", "--result", "good"], "--result must be one of: passed, passed-after-changes, failed."),
        (["list", "--party"], "--party needs one value"),
        (["event", "report", "major-incident"], "--subject is missing"),
        (["list", "--state", "late"], "--state must be one of: scheduled, open"),
        (["done", "1", "--by", "an\udcff"], "Word 4 of the command"),
    ],
)
def test_wrong_usage_ends_with_64_and_a_sentence(alertd, argv, words):
    ran = alertd(*argv)
    assert (ran.code, ran.out) == (64, "")
    assert words in ran.err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("year", "new", "abc", "--from", "2026"), "應為 1950 至 2200 的數字"),
        (("outbox", "--limit", "0"), "應為數字，不小於 1"),
        (("init", "config.toml"), "應為文件夾，而這是文件"),
        (("db", "backup", "/no-such-folder/copy.db"), "沒有這個文件或文件夾"),
        (("progress", "import", "/no-such.csv"), "沒有這個文件或文件夾"),
        (("progress", "import", "/"), "這是文件夾，不是文件"),
    ],
)
def test_what_click_and_the_system_answer_is_said_in_chinese(alertd, argv, words, monkeypatch):
    monkeypatch.chdir(alertd.folder)
    alertd.replace("config.toml", 'language = "en"', 'language = "zh-Hant"')
    ran = alertd(*argv)
    assert ran.code in (1, 64)
    assert words in ran.err
    alertd.replace("config.toml", 'language = "zh-Hant"', 'language = "zh-Hans"')
    assert to_simplified(words) in alertd(*argv).err


@pytest.mark.parametrize(
    ("command", "option", "words"),
    [
        ("list", "--state", "only these states: scheduled"),
        ("outbox", "--state", "handed-over (delivery unknown)"),
        ("event report", "--party", "the unit whose deadlines start"),
        ("preview", "--party", "only this unit"),
    ],
)
def test_an_option_of_one_name_is_told_as_its_command_means_it(alertd, command, option, words):
    told = alertd(*command.split(), "--help").out
    assert words in " ".join(told[told.index(f"\n  {option} ") :].split())


def test_wrong_usage_names_the_help(alertd):
    assert "See alertd event report --help." in alertd("event", "report", "major-incident").err


def test_without_a_command_the_help_is_shown_as_an_error(alertd):
    ran = alertd()
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.startswith("Usage: alertd")


def test_the_version_is_shown(alertd):
    assert re.fullmatch(r"alertd \d+\.\d+\.\d+\n", alertd("--version").out)


def test_a_missing_configuration_ends_with_78_and_the_places_tried(alertd):
    ran = alertd("--config", "nowhere", "list")
    assert (ran.code, ran.out) == (78, "")
    assert "nowhere" in ran.err


def test_a_fault_in_the_configuration_ends_with_78_and_its_place(alertd):
    alertd.replace("config.toml", 'zone = "Asia/Shanghai"', 'zone = "Asia/Shangai"')
    ran = alertd("list")
    assert (ran.code, ran.out) == (78, "")
    assert re.match(r"config\.toml:\d+:\d+: ", ran.err)


def test_the_folder_of_the_configuration_may_be_named(alertd, tmp_path):
    folder, alertd.folder = alertd.folder, tmp_path
    assert alertd("list").code == 78
    assert alertd("--config", folder, "check").code == 0
    assert alertd("--config", folder / "config.toml", "check").code == 0
    alertd.environ["ALERTD_CONFIG"] = str(folder)
    assert alertd("check").code == 0


def test_a_mistake_of_the_program_ends_with_70_and_hides_its_traceback(alertd, monkeypatch, tmp_path):
    monkeypatch.setattr(Session, "world", property(lambda self: 1 / 0))
    alertd.environ["STATE_DIRECTORY"] = str(tmp_path)
    ran = alertd("list")
    assert (ran.code, ran.out) == (70, "")
    assert "ZeroDivisionError" in ran.err
    assert "Traceback" not in ran.err
    (kept,) = tmp_path.glob("alertd-*.log")
    assert str(kept) in ran.err
    assert "Traceback" in kept.read_text("utf-8")


def test_a_mistake_of_the_program_shows_its_traceback_when_asked(alertd, monkeypatch):
    monkeypatch.setattr(Session, "world", property(lambda self: 1 / 0))
    alertd.environ["ALERTD_DEBUG"] = "1"
    assert "Traceback" in alertd("list").err


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize(
    "error",
    [
        StoreBusy("x", path="/store"),
        StoreInUse("x", path="/store", process="12"),
        StoreFull("x", path="/store", said="s"),
    ],
)
def test_a_store_that_cannot_be_used_now_ends_with_75(alertd, monkeypatch, error, language):
    def fail(self):
        raise error

    monkeypatch.setattr(Session, "store", property(fail))
    alertd.replace("config.toml", 'language = "en"', f'language = "{language}"')
    ran = alertd("list")
    assert ran.code == 75
    assert "/store" in ran.err


def test_a_store_of_a_newer_program_ends_with_78(alertd):
    with sqlite3.connect(alertd.folder / "var" / "alertd.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    ran = alertd("list")
    assert ran.code == 78
    assert "9999" in ran.err


def test_a_damaged_store_ends_with_75_and_says_what_to_do(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    alertd.write("var/alertd.db", "no database at all, but long enough to look like one " * 40)
    ran = alertd("list")
    assert ran.code == 75
    assert "not a usable database" in ran.err


def test_the_program_runs_as_a_module_and_maps_its_exit_code(alertd):
    argv = [sys.executable, "-m", "alertd", "--config", str(alertd.folder), "show", "no-such"]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1
    assert ran.stderr.startswith("There is no deadline no-such")


def run_as_module(alertd, *argv, **how):
    command = [sys.executable, "-m", "alertd", "--config", str(alertd.folder), *argv]
    return subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=60, **how)


@pytest.mark.parametrize("argv", [("--version",), ("list",)])
def test_output_that_cannot_be_written_ends_with_75_and_a_sentence(alertd, argv):
    with Path("/dev/full").open("w") as full:
        ran = run_as_module(alertd, *argv, stdout=full)
    assert ran.returncode == 75
    assert ran.stderr.decode().startswith("The output could not be written: No space left on device")
    assert len(ran.stderr.splitlines()) == 1


def test_a_closed_output_is_no_mistake_of_the_program(alertd):
    ran = run_as_module(alertd, "list", preexec_fn=lambda: os.close(1))
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gb18030"])
def test_a_terminal_of_another_encoding_is_served(alertd, encoding):
    environ = {**os.environ, "PYTHONIOENCODING": encoding}
    ran = run_as_module(alertd, "show", "316", "--json", stdout=subprocess.PIPE, env=environ)
    assert ran.returncode == 0, ran.stderr
    ran = run_as_module(alertd, "list", "--party", "柳岸鎮", stdout=subprocess.PIPE, env=environ)
    assert "Liu" in ran.stdout.decode("utf-8" if encoding != "gb18030" else encoding)


def test_chinese_is_understood_where_the_locale_has_none(alertd):
    environ = {**os.environ, "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = run_as_module(alertd, "list", "--party", "柳岸鎮", "--json", stdout=subprocess.PIPE, env=environ)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)[0]["party"] == "town-liuan"
