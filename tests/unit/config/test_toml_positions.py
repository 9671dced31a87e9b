import random
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config.toml_positions import Path, line_and_column, offset_inside, scan

KEYS = ["id", "a-b", "c_d", '"quoted key"', "'single'", '"with \\" quote"', '"列"']
SCALARS = [
    "1",
    "-1.5e3",
    "true",
    "2026-01-05",
    "2026-01-05 10:00:00",
    "08:30:00",
    '"text"',
    '"a # b = [c] \\" \\\\"',
    "'it is # [here]'",
    '"""long\n# no comment " \\""""',
    "'''raw\n[not.a.table]\n'''",
    '"""ends with quotes"""""',
    '""',
    "''",
]


class Writer:
    """Writes a random document and notes where it put every key and value."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.text = ""
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}

    def put(self, text: str) -> int:
        offset = len(self.text)
        self.text += text
        return offset

    def blank(self) -> None:
        self.put(self.chance.choice(["", " ", "\t ", "  "]))

    def lines(self) -> None:
        self.put(self.chance.choice(["", "\n", "\n\n  ", " # a, [b] = {c}\n", "\n\t# \"x'\n"]))

    def unused(self, base: Path) -> tuple[str, str]:
        written = self.chance.choice(KEYS) if self.chance.random() < 0.4 else f"k{len(self.text)}"
        plain = next(iter(tomllib.loads(f"{written} = 1")))
        if (*base, plain) in self.keys:
            written = plain = f"k{len(self.text)}"
        return written, plain

    def key(self, base: Path, parts: int) -> Path:
        path = base
        for number in range(parts):
            if number:
                self.blank()
                self.put(".")
                self.blank()
            written, plain = self.unused(path)
            path += (plain,)
            self.keys[path] = self.put(written)
        return path

    def pair(self, base: Path, depth: int) -> None:
        path = self.key(base, self.chance.choice([1, 1, 1, 2, 3]))
        self.blank()
        self.put("=")
        self.blank()
        self.value(path, depth)

    def value(self, path: Path, depth: int) -> None:
        self.values[path] = len(self.text)
        kind = self.chance.random()
        if depth and kind < 0.2:
            self.put("[")
            for number in range(self.chance.randrange(4)):
                if number:
                    self.put(",")
                self.lines()
                self.value((*path, number), depth - 1)
                self.lines()
            self.put("]")
        elif depth and kind < 0.4:
            self.put("{ ")
            for number in range(self.chance.randrange(3)):
                if number:
                    self.put(", ")
                self.pair(path, depth - 1)
            self.put(" }")
        else:
            self.put(self.chance.choice(SCALARS))

    def pairs(self, base: Path) -> None:
        for _ in range(self.chance.randrange(4)):
            self.blank()
            self.pair(base, 3)
            self.blank()
            self.put(self.chance.choice(["\n", " # comment = 1\n", "\n\n"]))

    def document(self) -> None:
        self.pairs(())
        for _ in range(self.chance.randrange(4)):
            if self.chance.random() < 0.5:
                self.blank()
                self.put("[")
                self.blank()
                path = self.key((), self.chance.choice([1, 2]))
                self.put("]\n")
                self.pairs(path)
            else:
                self.tables()

    def tables(self) -> None:
        written, plain = self.unused(())
        for number in range(self.chance.randrange(1, 4)):
            path: Path = (plain, number)
            self.values[path] = self.put("[[")
            offset = self.put(written)
            self.keys.setdefault((plain,), offset)
            self.put("]]\n")
            self.pairs(path)
            if self.chance.random() < 0.3:
                self.put("[")
                self.put(written)
                self.put(".")
                below = self.key(path, 1)
                self.put("]\n")
                self.pairs(below)


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from paths_of(part, (*path, key))
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from paths_of(part, (*path, number))


@settings(max_examples=150)
@given(st.randoms(use_true_random=False))
def test_every_key_and_value_of_a_document_is_found_where_it_was_written(chance):
    writer = Writer(chance)
    writer.document()
    data = tomllib.loads(writer.text)
    found = scan(writer.text)
    for path, offset in writer.keys.items():
        assert found.keys[path] == offset, (path, writer.text)
    for path, offset in writer.values.items():
        assert found.values[path] == offset, (path, writer.text)
    for path in paths_of(data):
        assert path in found.keys or path in found.values, (path, writer.text)
    assert not found.repeats


@given(st.text(alphabet="ab\"'[]{}=.,#\\\n \t\u201c鍵", max_size=60))
def test_scanning_what_is_no_toml_ends_without_an_error(text):
    found = scan(text)
    assert all(0 <= offset <= len(text) for offset in found.keys.values())


def test_deep_nesting_ends_without_an_error():
    scan("a = " + "[" * 100_000)


def test_a_key_given_twice_is_noted_with_its_second_place():
    text = "a = 1\nb = 2\n\n[t]\nx = 1\nx = 2\n[u]\n[t]\nx = 3\n"
    repeats = [(path, line_and_column(text, offset)) for path, offset in scan(text).repeats]
    assert repeats == [(("t", "x"), (6, 1)), (("t",), (8, 2)), (("t", "x"), (9, 1))]


def test_lines_and_columns_count_from_one_in_characters():
    assert line_and_column("名 = 1\n鍵 = 2", 6) == (2, 1)
    assert line_and_column("名 = 1\n鍵 = 2", 10) == (2, 5)


def test_a_character_of_a_string_is_found_behind_escapes_and_quotes():
    for literal, index, pointed in [
        ('"plain"', 2, "a"),
        ('"a\\tb\\u4e00c"', 4, "c"),
        ("'raw \\ x'", 6, "x"),
        ('"""\nfirst"""', 0, "f"),
        ('"""one \\\n   two"""', 4, "t"),
        ('"""one \\\n   two"""', 6, "o"),
        ('"\\U0001F600x"', 1, "x"),
    ]:
        text = "k = " + literal
        assert text[offset_inside(text, 4, index)] == pointed, literal
        assert tomllib.loads(text)["k"][index] == pointed, literal
