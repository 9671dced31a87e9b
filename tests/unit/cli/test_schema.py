"""`alertd schema` and `completion`."""

import json
import os
import subprocess
import sys

import pytest

from tests.unit.cli.conftest import ROOT


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
