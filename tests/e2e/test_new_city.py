"""Another city, from an empty folder to its first mail: what a clerk types, counted."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tests.support.daemon import until
from tests.support.smtp import SmtpSink

#: no more commands than this, `alertd run` among them
MOST = 20
PASTED = "1. 政府辦公室\n2. 應急管理局\n3. 督查室\n"
#: sheet -> the rows that a clerk fills in, by heading
FILLED: Mapping[str, Sequence[Mapping[str, str]]] = {
    "人員": (
        {
            "姓名": "李娜",
            "單位": "應急管理局",
            "職務": "contact;duty",
            "郵件": "lina@donghe.test",
            "電話": "0571-1",
        },
        {"姓名": "王強", "單位": "應急管理局", "職務": "leader-in-charge", "郵件": "wangq@donghe.test"},
    ),
    "事件類型": ({"編號": "major-incident", "名稱": "重大突發事件", "時間": "occurred"},),
    "事項": (
        {
            "名稱": "發佈權威信息",
            "依據": "第24項",
            "責任單位": "event.party",
            "期限": "5小時內",
            "提醒辦法": "hour-clock",
            "起算": "major-incident.occurred",
        },
        {
            "名稱": "年度報告",
            "依據": "第1項",
            "責任單位": "group:every-unit",
            "期限": "每年12月30日前",
            "提醒辦法": "yearly-report",
        },
    ),
}


class Clerk:
    """Types commands in a folder, and counts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.typed: list[str] = []
        self.environ = {name: text for name, text in os.environ.items() if name != "ALERTD_CONFIG"}

    async def __call__(self, *words: str) -> str:
        self.typed.append(" ".join(words))
        command = [sys.executable, "-m", "alertd", *words]
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return str(done.stdout)

    def starts(self, log: Path) -> subprocess.Popen[bytes]:
        self.typed.append("run")
        with log.open("wb") as out:
            command = [sys.executable, "-m", "alertd", "run"]
            return subprocess.Popen(command, cwd=self.folder, env=self.environ, stdout=out, stderr=out)


def fill_in(path: Path) -> None:
    book: Any = openpyxl.load_workbook(path)
    for title, rows in FILLED.items():
        sheet = book[title]
        place = {cell.value: cell.column for cell in sheet[1]}
        for number, row in enumerate(rows, 2):
            for heading, text in row.items():
                sheet.cell(number, place[heading]).value = text
    sheet = book["單位"]
    role = next(cell.column for cell in sheet[1] if cell.value == "職責")
    sheet.cell(4, role).value = "督查室"
    book.save(path)


async def test_from_an_empty_folder_to_a_first_mail(tmp_path: Path) -> None:
    clerk, city = Clerk(tmp_path), tmp_path / "donghe"
    (tmp_path / "units.txt").write_text(PASTED, "utf-8")
    log = tmp_path / "daemon.log"
    async with SmtpSink() as sink:
        said = await clerk(
            *("init", "donghe", "--language", "zh-Hant", "--name", "東河市", "--units", "units.txt"),
            *("--admin", "李娜 <lina@donghe.test>", "--smtp", f"127.0.0.1:{sink.port}"),
            *("--smtp-security", "none"),
        )
        assert "alertd export --xlsx" in said  # what comes next is said
        clerk.folder = city
        await clerk("check")
        await clerk("export", "--xlsx", "city.xlsx")
        await asyncio.to_thread(fill_in, city / "city.xlsx")
        assert "人員：新增2" in await clerk("import", "city.xlsx", "--dry-run")
        await clerk("import", "city.xlsx", "--yes")
        await clerk("check")
        await clerk("when", "5小時內", "--after", "2026-12-01T08:00")
        process = clerk.starts(log)
        try:
            await asyncio.to_thread(until, lambda: '"ready"' in log.read_text("utf-8"), "the daemon is ready")
            await clerk("preview", "--summary")
            await clerk("test-send", "email", "李娜")
            assert [each.recipients for each in sink.messages] == [("lina@donghe.test",)]
            await clerk("doctor")
            await clerk("go-live", "--yes")
            await clerk(
                *("event", "report", "major-incident", "--subject", "fire-1", "--party", "應急管理局"),
                *("--title", "城東化工廠火災", "--yes"),
            )
            await asyncio.to_thread(
                until, lambda: len(sink.messages) >= 2, "a first real mail", lambda: log.read_text()
            )
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 60)
        first = sink.messages[1].mail
        assert "城東化工廠火災" in str(first["Subject"])
        assert "演練" not in str(first["Subject"])
        assert str(first["From"]) == "東河市 <lina@donghe.test>"
    assert len(clerk.typed) <= MOST, clerk.typed
    assert "Traceback" not in log.read_text("utf-8")
