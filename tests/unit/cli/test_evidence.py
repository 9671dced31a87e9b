"""`alertd evidence` and `done --file`; `hand-over`, `take-back`."""

import json

INFORMATION = "incident-information@fire-1/justice-bureau"


def test_files_come_with_a_hand_in_and_go_into_a_folder(incident, tmp_path):
    (tmp_path / "報告.pdf").write_bytes(b"%PDF-1.7 report")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8photo")
    assert incident("done", INFORMATION, "--file", str(tmp_path / "報告.pdf")).code == 0
    assert incident("evidence", INFORMATION, "--add", str(tmp_path / "photo.jpg")).code == 0
    listed = incident("evidence", INFORMATION, "--json").json
    assert [(each["name"], each["bytes"]) for each in listed] == [("報告.pdf", 15), ("photo.jpg", 7)]
    out = tmp_path / "out"
    ran = incident("evidence", INFORMATION, "--into", str(out), "--json")
    assert [json.loads(ran.out)[0]["file"]] == [str(out / "1-報告.pdf")]
    assert (out / "1-報告.pdf").read_bytes() == b"%PDF-1.7 report"
    assert (out / "2-photo.jpg").read_bytes() == b"\xff\xd8photo"
    assert incident("evidence", INFORMATION, "--into", str(out)).code == 0  # once more writes nothing


def test_show_lists_them_with_what_else_proves_it(incident, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"a")
    incident("done", INFORMATION, "--file", str(tmp_path / "a.pdf"), "--evidence", "no. 12")
    out = incident("show", INFORMATION).out
    assert "a.pdf" in out
    assert "no. 12" in out
    assert incident("show", INFORMATION, "--json").json["evidence"][0]["name"] == "a.pdf"


def test_what_is_there_is_not_overwritten(incident, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"a")
    incident("evidence", INFORMATION, "--add", str(tmp_path / "a.pdf"))
    out = tmp_path / "out"
    out.mkdir()
    (out / "1-a.pdf").write_bytes(b"mine")
    ran = incident("evidence", INFORMATION, "--into", str(out))
    assert ran.code == 1
    assert "1-a.pdf" in ran.err
    assert (out / "1-a.pdf").read_bytes() == b"mine"


def test_a_file_that_is_not_there_records_nothing(incident, tmp_path):
    ran = incident("done", INFORMATION, "--file", str(tmp_path / "none.pdf"))
    assert ran.code == 1
    assert "none.pdf" in ran.err
    assert incident.row(INFORMATION)["state"] == "open"


def test_a_folder_or_an_empty_file_is_no_evidence(incident, tmp_path):
    (tmp_path / "empty.pdf").touch()
    assert incident("done", INFORMATION, "--file", str(tmp_path / "empty.pdf")).code == 1
    assert incident("done", INFORMATION, "--file", str(tmp_path)).code == 1
    assert incident.row(INFORMATION)["state"] == "open"


def test_nothing_yet_is_said(incident):
    assert INFORMATION in incident("evidence", INFORMATION).out


def test_it_is_handed_to_a_colleague_and_received_is_taken_back(incident):
    ran = incident("hand-over", INFORMATION, "--to", "鄒思遠", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["person"].startswith("zou-siyuan")
    again = incident("hand-over", INFORMATION, "--to", "鄒思遠")
    assert (again.code, "already" in again.err) == (1, True)
    assert incident("ack", INFORMATION).code == 0
    assert incident("take-back", INFORMATION).code == 0
    refused = incident("take-back", INFORMATION)
    assert refused.code == 1
