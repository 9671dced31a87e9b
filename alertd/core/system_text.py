"""What the operating system and SQLite answer, for people who read Chinese.

Both answer in English whatever the locale of this program. Spelt in traditional Chinese; whoever shows it
derives the simplified form.
"""

from __future__ import annotations

from collections.abc import Mapping

#: as strerror(3) of glibc words them
_SYSTEM: Mapping[str, str] = {
    "Permission denied": "沒有權限",
    "Operation not permitted": "不允許這樣做",
    "No such file or directory": "沒有這個文件或文件夾",
    "Not a directory": "路徑中有一級不是文件夾",
    "Is a directory": "這是文件夾，不是文件",
    "not a regular file": "這不是普通文件",
    "File exists": "已經存在",
    "No space left on device": "磁盤已滿",
    "Disk quota exceeded": "超出磁盤配額",
    "File too large": "文件過大",
    "Read-only file system": "磁盤只能讀取",
    "Input/output error": "磁盤讀寫出錯",
    "File name too long": "名稱過長",
    "Invalid or incomplete multibyte or wide character": "名稱中有不是文字的字節",
    "Too many levels of symbolic links": "鏈接循環",
    "Too many open files": "打開的文件過多",
    "Connection refused": "對方拒絕連接",
    "Connection reset by peer": "連接被對方中斷",
    "Connection timed out": "連接超時",
    "Network is unreachable": "網絡不通",
    "No route to host": "主機不通",
}

#: the result codes of SQLite that people meet, as https://www.sqlite.org/rescode.html words them
_SQLITE: Mapping[str, str] = {
    "file is not a database": "內容不是數據庫",
    "database disk image is malformed": "數據庫內容已損壞",
    "database or disk is full": "磁盤已滿",
    "attempt to write a readonly database": "數據庫只能讀取",
    "unable to open database file": "無法打開數據庫文件",
    "database is locked": "數據庫被佔用",
    "disk I/O error": "磁盤讀寫出錯",
}

_CHINESE: Mapping[str, str] = {**_SYSTEM, **_SQLITE}


def system_text(answer: str, language: str) -> str:
    """The answer in the language of who reads it; as it is, where this table has no words for it."""
    return answer if language == "en" else _CHINESE.get(answer, answer)
