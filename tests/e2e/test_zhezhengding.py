"""The real daemon and the gateway on loopback: who is known by number reads cards that are never alike."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from tests.support.daemon import Site, until
from tests.support.zhezhengding import KEY, SECRET, TENANT, ZhezhengdingServer, zhezhengding_server

DUTY = "fang-yunzhou.government-office"


def site_with(folder: Path, there: ZhezhengdingServer, address: str = "13800138001") -> Site:
    """Messages are real, and the duty officer is reached there, by number."""
    site = Site(folder)
    site.environ["ZZD_SECRET"] = SECRET
    (site.folder / "channels/zhezhengding.toml").write_text(
        f'transport = "zhezhengding"\nenabled = true\napp_key = "{KEY}"\ntenant_id = {TENANT}\n'
        f'secret = {{ env = "ZZD_SECRET" }}\nbase_url = "{there.url}"\n'
    )
    site.chat(DUTY, 1, "zhezhengding;inbox")

    def numbered(old: str) -> str:
        head, *rows = old.splitlines()
        cells = [f"{row},{address if row.startswith(DUTY) else ''}" for row in rows]
        return "\n".join([f"{head},zhezhengding", *cells]) + "\n"

    site.edit("schedules/people.csv", numbered)
    site.edit(
        "config.toml", lambda old: old.replace('public_url = ""', 'public_url = "https://duty.city.test"')
    )
    site.go_live()
    return site


async def test_a_lost_answer_is_asked_again_with_its_key_and_the_card_is_seen_once(tmp_path: Path) -> None:
    with zhezhengding_server() as there:
        there.numbers["13800138001"] = 78698966
        there.answers.append("take, then cut")
        site = site_with(tmp_path, there)
        with site.daemon() as daemon:
            await asyncio.to_thread(
                site.run,
                *("event", "report", "major-incident", "--severity", "major", "--subject", "fire-1"),
                *("--party", "justice-bureau", "--published", datetime.now(UTC).isoformat()),
                *("--title", "火災", "--yes"),
            )
            came = lambda: len(there.posted) > 1  # noqa: E731
            await asyncio.to_thread(until, came, "the card again", daemon.output)
            log = daemon.output()
        first, again = (each.form for each in there.posted[:2])
        assert first["bizMsgId"] == again["bizMsgId"]
        assert there.looked_up == ["13800138001"]
        (seen,) = there.seen["78698966"]
        assert "發佈權威信息" in json.dumps(seen, ensure_ascii=False)
        rows = site.rows("select result, code from receipts where result in ('accepted', 'unknown')")
        assert ("accepted", "duplicate") in [tuple(row) for row in rows]
        receipts = " ".join(str(row[0]) for row in site.rows("select detail from receipts"))
        assert SECRET not in log + receipts


def test_a_trial_goes_to_an_account_and_the_doctor_comes_to_the_gateway(tmp_path: Path) -> None:
    with zhezhengding_server() as there:
        site = site_with(tmp_path, there, "78698966")
        tried = site.run("test-send", "zhezhengding", DUTY)
        assert SECRET not in tried
        assert len(there.seen["78698966"]) == 1
        found = site.run("doctor", "--online", code=1)
    assert "渠道 zhezhengding：127.0.0.1" in found
