"""The real daemon and the vendor on loopback: what was taken is asked about, and what was lost goes on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.daemon import Site, until
from tests.support.dingtalk import AGENT, KEY, SECRET, DingtalkServer, dingtalk_server

DUTY = "fang-yunzhou.government-office"


def site_with(folder: Path, there: DingtalkServer) -> Site:
    """Messages are real, and the duty officer is reached over DingTalk, then in the store."""
    site = Site(folder)
    site.environ["DING_SECRET"] = SECRET
    (site.folder / "channels/dingtalk.toml").write_text(
        f'transport = "dingtalk"\nenabled = true\napp_key = "{KEY}"\nagent_id = {AGENT}\n'
        f'secret = {{ env = "DING_SECRET" }}\nbase_url = "{there.url}"\n'
    )
    site.chat(DUTY, 1, "dingtalk;inbox")

    def named(old: str) -> str:
        head, *rows = old.splitlines()
        cells = [f"{row},{'manager4220' if row.startswith(DUTY) else ''}" for row in rows]
        return "\n".join([f"{head},dingtalk", *cells]) + "\n"

    site.edit("schedules/people.csv", named)
    site.go_live()
    return site


@pytest.mark.parametrize(("gone", "result"), [(False, "delivered"), (True, "refused")])
async def test_the_result_of_a_notice_is_a_fact_or_a_failure(tmp_path: Path, gone: bool, result: str) -> None:
    with dingtalk_server() as there:
        there.gone |= {"manager4220"} if gone else set()
        site = site_with(tmp_path, there)
        site.run("test-send", "dingtalk", DUTY)
        with site.daemon() as daemon:
            await asyncio.to_thread(
                site.run,
                *("event", "report", "major-incident", "--severity", "major", "--subject", "fire-1"),
                *("--party", "justice-bureau", "--published", datetime.now(UTC).isoformat()),
                *("--title", "火災", "--yes"),
            )
            asks = "select count(*) from receipts r join deliveries d on d.id = r.delivery"
            which = f"where d.channel = 'dingtalk' and r.result = '{result}'"
            came = lambda: site.rows(f"{asks} {which}")[0][0] > 0  # noqa: E731
            await asyncio.to_thread(until, came, f"a receipt that says {result}", daemon.output)
            log = daemon.output()
        blocked = [row[0] for row in site.rows("select address from blocked")] if gone else []
        assert ("manager4220" in blocked) is gone
        receipts = " ".join(str(row[0]) for row in site.rows("select detail from receipts"))
        assert not any(each in log + receipts for each in (SECRET, *there.given))
