"""The real daemon and the vendor's API on loopback: a person is found by number, and reads a card."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from tests.support.daemon import Site, until
from tests.support.wecom import AGENT, CORP, SECRET, WecomServer, wecom_server

DUTY = "fang-yunzhou.government-office"
PAGES = "https://duty.city.test"


def site_with(folder: Path, there: WecomServer) -> Site:
    """Messages are real, and the duty officer is reached over WeCom, by number."""
    site = Site(folder)
    site.environ["WECOM_SECRET"] = SECRET
    (site.folder / "channels/wecom.toml").write_text(
        f'transport = "wecom"\nenabled = true\ncorp_id = "{CORP}"\nagent_id = {AGENT}\n'
        f'secret = {{ env = "WECOM_SECRET" }}\nbase_url = "{there.url}"\n'
    )
    site.chat(DUTY, 1, "wecom;inbox")

    def numbered(old: str) -> str:
        head, *rows = old.splitlines()
        cells = [f"{row},{'+8613800138001' if row.startswith(DUTY) else ''}" for row in rows]
        return "\n".join([f"{head},wecom", *cells]) + "\n"

    site.edit("schedules/people.csv", numbered)
    site.edit("config.toml", lambda old: old.replace('public_url = ""', f'public_url = "{PAGES}"'))
    site.go_live()
    return site


async def test_who_is_known_by_number_only_reads_a_card_and_nothing_kept_has_the_secret(
    tmp_path: Path,
) -> None:
    with wecom_server() as there:
        there.numbers["13800138001"] = "fang.yz"
        site = site_with(tmp_path, there)
        with site.daemon() as daemon:
            for case in ("fire-1", "fire-2"):
                seen = len(there.messages)
                await asyncio.to_thread(
                    site.run,
                    *("event", "report", "major-incident", "--severity", "major", "--subject", case),
                    *("--party", "justice-bureau", "--published", datetime.now(UTC).isoformat()),
                    *("--title", "火災", "--yes"),
                )
                came = lambda seen=seen: len(there.messages) > seen  # noqa: E731
                await asyncio.to_thread(until, came, f"a card about {case}", daemon.output)
            said = there.messages[0]
            assert (said["touser"], said["msgtype"]) == ("fang.yz", "textcard")
            assert said["textcard"]["url"].startswith(f"{PAGES}/m/")
            assert "發佈權威信息" in said["textcard"]["title"] + said["textcard"]["description"]
            log = daemon.output()
        assert (len(there.fetched), there.looked_up) == (1, ["13800138001"])
        receipts = " ".join(f"{row[0]} {row[1]}" for row in site.rows("select code, detail from receipts"))
        files = b"".join(path.read_bytes() for path in site.folder.rglob("*") if path.is_file())
        assert not any(secret in log + receipts for secret in (SECRET, *there.given))
        assert SECRET.encode() not in files
