"""What the system answers has Chinese words, under the very text the system answers with."""

import errno
import os
import sqlite3

import pytest

from alertd.core.system_text import system_text


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EISDIR])
def test_what_a_clerk_meets_has_chinese_words(number):
    answer = os.strerror(number)
    assert system_text(answer, "en") == answer
    assert not system_text(answer, "zh-Hant").isascii()


def test_sqlite_is_understood_too(tmp_path):
    path = tmp_path / "x.db"
    path.write_text("no database, but long enough to look like one " * 40)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError) as raised:
        connection.execute("select 1 from x")
    connection.close()
    assert system_text(str(raised.value), "zh-Hant") == "內容不是數據庫"


def test_what_nobody_has_words_for_stays_as_it_is():
    assert system_text("the moon is full", "zh-Hant") == "the moon is full"
