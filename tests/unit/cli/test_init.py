"""`alertd init`, `schema` and `completion`."""

import errno
import json
import os
import subprocess
import sys

import pytest

from alertd.clock import SettableClock
from alertd.shipped import shipped_files
from tests.support.program import Program
from tests.unit.cli.conftest import NOW, ROOT


def test_the_files_laid_down_have_no_faults_and_run(tmp_path):
    city = Program(tmp_path, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})
    ran = city("init", "city")
    assert (ran.code, ran.err) == (0, "")
    assert f"in {tmp_path / 'city'}" in ran.out
    assert city("--config", "city", "check").code == 0
    shipped = {path.name for path in (shipped_files() / "schedules").iterdir() if path.name[0] not in ".~"}
    assert {path.name for path in (tmp_path / "city/schedules").iterdir()} == shipped


def test_editors_find_the_schemas_the_files_name(tmp_path):
    Program(tmp_path, SettableClock(NOW))("init", "city")
    for path in (tmp_path / "city").rglob("*.toml"):
        mark, _, place = path.read_text("utf-8").splitlines()[0].partition(" ")
        assert mark == "#:schema"
        assert json.loads((path.parent / place).read_text("utf-8"))["$schema"]


def test_nothing_that_is_there_is_overwritten(tmp_path):
    city = Program(tmp_path, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})
    (tmp_path / "config.toml").write_text('language = "en"\n')
    ran = city("init", ".")
    assert (ran.code, ran.out) == (1, "")
    assert "holds 1 of these files already" in ran.err
    assert "  config.toml" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    ran = Program(tmp_path, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})("init", "file/city")
    assert ran.code == 1
    assert "cannot be written" in ran.err


def test_the_schemas_printed_are_those_in_the_documents(alertd):
    printed = alertd("schema").json
    for name, schema in printed.items():
        assert schema == json.loads((ROOT / "docs/schema" / f"{name}.json").read_text("utf-8"))
    assert alertd("schema", "config").json == printed["config"]


def test_the_schemas_are_written_for_an_editor(alertd):
    assert alertd("schema", "--write", "schemas").code == 0
    written = alertd.folder / "schemas" / "policies.json"
    assert written.read_bytes() == (ROOT / "docs/schema/policies.json").read_bytes()


def test_a_schema_that_is_not_there_is_wrong_usage(alertd):
    ran = alertd("schema", "poolicies")
    assert ran.code == 64
    assert "Schemas: calendar, channel, config" in ran.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(alertd, shell):
    ran = alertd("completion", shell)
    assert ran.code == 0
    assert f"_ALERTD_COMPLETE={shell}_complete" in ran.out


def test_bash_understands_it(alertd):
    script = alertd("completion", "bash").out
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_commands_are_completed():
    asked = {"_ALERTD_COMPLETE": "bash_complete", "COMP_WORDS": "alertd go", "COMP_CWORD": "1"}
    argv = [sys.executable, "-m", "alertd"]
    ran = subprocess.run(argv, env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    assert ran.stdout == "plain,go-live\n"


def test_a_full_disk_names_the_file_that_was_to_be_written(tmp_path, monkeypatch):
    def full(source, path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source, None, path)

    monkeypatch.setattr("shutil.copyfile", full)
    ran = Program(tmp_path, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})("init", "city")
    assert ran.code == 1
    assert ran.err.startswith(f"{tmp_path / 'city' / 'config.toml'} cannot be written: No space left")
