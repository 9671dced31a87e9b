import codecs
import os
from pathlib import Path

import pytest

from alertd.config import load_register, read_source, read_texts
from alertd.config.sources import LARGEST_FILE, decode
from tests.unit.config.samples import PEOPLE, TEXTS

TOML = "policies.toml"


def write_all(folder, texts=TEXTS):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "schedules"


def test_utf_8_is_read_with_and_without_a_byte_order_mark():
    assert decode("鎮".encode(), TOML) == ("鎮", ())
    assert decode("鎮".encode("utf-8-sig"), TOML) == ("鎮", ())


def test_gb18030_is_read_in_a_csv_and_named_in_a_toml():
    data = "id,name\na,政府辦公室\n".encode("gb18030")
    assert decode(data, "people.csv") == ("id,name\na,政府辦公室\n", ())
    text, (fault,) = decode(data, TOML)
    assert (text, fault.code, fault.line, fault.column) == ("", "encoding-gb18030", 2, 3)
    assert "UTF-8" in fault.text()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_in_every_file(encoding):
    for file in (TOML, "people.csv"):
        text, (fault,) = decode("id,name,unit,positions\n甲,乙,丙,丁\n".encode(encoding), file)
        assert (text, fault.code) == ("", "encoding-utf16")


def test_bytes_of_no_known_encoding_are_named_with_their_place():
    text, (fault,) = decode(b"id\n  \xff\xff\xff", "people.csv")
    assert (text, fault.code, fault.line, fault.column) == ("", "encoding-unknown", 2, 3)
    assert "0xFF" in fault.text()


@pytest.mark.parametrize("file", ["people.csv", TOML])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_bad_byte_is_named_at_its_place_whether_or_not_a_mark_comes_before(file, mark):
    text, (fault,) = decode(mark + "id\n鎮鎮".encode() + b"\xff", file)
    assert (text, fault.code, fault.line, fault.column) == ("", "encoding-unknown", 2, 3)


def test_a_file_that_was_saved_by_half_is_a_fault_wherever_it_ends():
    whole = "id,name\n鎮,政府\n".encode("utf-8-sig")
    for end in range(len(whole)):
        _, faults = decode(whole[:end], "people.csv")
        assert {fault.code for fault in faults} <= {"encoding-unknown"}


def test_a_pipe_is_no_file_and_nobody_waits_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "people.csv")
    text, (fault,) = read_source(tmp_path / "people.csv")
    assert (text, fault.code, fault.args["reason"]) == ("", "unreadable", "not a regular file")


def test_a_device_without_an_end_is_no_file():
    text, (fault,) = read_source(Path("/dev/zero"), "people.csv")
    assert (text, fault.code, fault.args["reason"]) == ("", "unreadable", "not a regular file")


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "people.csv").mkdir()
    text, (fault,) = read_source(tmp_path / "people.csv")
    assert (text, fault.code, fault.args["reason"]) == ("", "unreadable", "Is a directory")


def test_a_nul_character_is_named_with_its_place():
    text, (fault,) = decode(b"id = 1\nname = \0 and much more text\n", TOML)
    assert (text, fault.code, fault.line, fault.column) == ("", "nul", 2, 8)


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / TOML
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert read_source(path)[1][0].code == "too-large-file"


def test_what_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "missing.toml", tmp_path):
        text, (fault,) = read_source(path)
        assert (text, fault.code) == ("", "unreadable")


def test_a_folder_is_read_with_the_folders_below_it(tmp_path):
    folder = write_all(tmp_path, {**TEXTS, "schedules/local/chapter-9.toml": "", "schedules/notes.txt": "x"})
    for name in (".hidden.toml", "~$people.csv", "people.csv~"):
        (folder / name).write_text("x")
    texts, faults = read_texts(folder)
    assert faults == ()
    assert texts == {**TEXTS, "schedules/local/chapter-9.toml": ""}
    assert list(texts) == sorted(texts)


def test_a_folder_that_is_not_there_is_a_fault(tmp_path):
    texts, (fault,) = read_texts(tmp_path / "schedules")
    assert (texts, fault.code) == ({}, "unreadable")


def test_an_unreadable_file_is_one_fault_and_causes_no_others(tmp_path):
    folder = write_all(tmp_path)
    (folder / "directory.toml").write_bytes("單位".encode("utf-16"))
    texts, faults = read_texts(folder)
    result = load_register(texts, unreadable=faults)
    assert [fault.code for fault in result.faults] == ["encoding-utf16"]
    assert result.faulty_files == {"schedules/directory.toml"}


def test_a_csv_of_excel_in_china_is_read_whole(tmp_path):
    folder = write_all(tmp_path)
    (folder / "people.csv").write_bytes(TEXTS[PEOPLE].replace("\n", "\r\n").encode("gb18030"))
    texts, faults = read_texts(folder)
    register = load_register(texts, unreadable=faults).register
    assert register is not None
    assert register.people["wu.office"].name == "吳芳"


def test_a_link_that_leads_nowhere_is_a_fault(tmp_path):
    folder = write_all(tmp_path)
    (folder / "chapter-9.toml").symlink_to(tmp_path / "nowhere")
    assert [fault.file for fault in read_texts(folder)[1]] == ["schedules/chapter-9.toml"]


def test_a_name_with_bytes_that_are_no_text_is_a_fault_and_keeps_no_other_file_from_being_read(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "schedules"
    folder.mkdir()
    (folder / "good.toml").write_text("# good")
    (folder / os.fsdecode(b"bad\xff.toml")).write_text("# nothing")
    texts, (fault,) = read_texts(folder)
    assert list(texts) == ["schedules/good.toml"]
    assert fault.code == "unreadable"
    assert fault.text("zh-Hant").encode()
