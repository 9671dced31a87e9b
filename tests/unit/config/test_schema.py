import json
import re
import tomllib
from pathlib import Path

import pytest

from alertd.config import schema_text, schemas

ROOT = Path(__file__).parents[3]
SHIPPED = [
    ROOT / "config.toml",
    *sorted(ROOT.glob("channels/*.toml")),
    *sorted(ROOT.glob("schedules/*.toml")),
]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_schemas_in_the_documents_are_current(name):
    path = ROOT / "docs" / "schema" / f"{name}.json"
    assert path.read_text(encoding="utf-8") == schema_text(schemas()[name]), "run `alertd schema`"


def test_there_is_no_schema_of_a_file_that_is_gone():
    assert {path.stem for path in (ROOT / "docs" / "schema").glob("*.json")} == {*schemas(), "openapi"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_each_shipped_file_names_its_schema_in_the_first_line(path):
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    match = re.fullmatch(r"#:schema (\S+\.json)", first)
    assert match is not None
    schema = json.loads((path.parent / match[1]).read_text(encoding="utf-8"))
    assert_keys(schema, schema, tomllib.loads(path.read_text(encoding="utf-8")), path.name)


def assert_keys(root, schema, value, where):
    """Every key that a shipped file uses is one its schema knows, and every required one is there."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if "discriminator" in schema:
        schema = root["$defs"][schema["discriminator"]["mapping"][value["transport"]].rsplit("/", 1)[1]]
    if isinstance(value, list) and "items" in schema:
        for number, part in enumerate(value):
            assert_keys(root, schema["items"], part, f"{where}[{number}]")
    if isinstance(value, dict) and "properties" in schema:
        assert value.keys() <= schema["properties"].keys(), where
        assert set(schema.get("required", ())) <= value.keys(), where
        for key, part in value.items():
            assert_keys(root, schema["properties"][key], part, f"{where}.{key}")


def test_a_schema_says_nothing_toml_cannot_say():
    for name, schema in schemas().items():
        assert '"null"' not in schema_text(schema), name
        assert ": null" not in schema_text(schema), name
