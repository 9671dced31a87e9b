"""Browsers, in a process of their own: what is asked for over a plain connection, and how long it took.

`python -m bench.readers` reads a JSON object from standard input and prints one. `{"read": …}` reads pages
for some seconds, each reader with pauses; `{"press": …}` opens links and presses all buttons at once.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from typing import Any

#: seconds between two looks: of a board that draws itself anew, of somebody who reads
BOARD_PAUSE, PERSON_PAUSE = 10.0, 30.0
#: a button that was told to come again, or got no connection, is pressed again so often
_TRIES = 20
_LOCATION = re.compile(r"^location: (\S+)", re.MULTILINE | re.IGNORECASE)
_FORM = re.compile(r'<form method="post" action="([^"]+/received)".*?</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


async def ask(
    host: str, port: int, method: str, path: str, cookie: str = "", form: str = ""
) -> tuple[int, str]:
    """The status and the text of an answer; 0 where there was none."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return 0, ""
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", "Accept-Language: en"]
    head += [f"Cookie: alertd={cookie}"] if cookie else []
    head += (
        ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"] if form else []
    )
    try:
        writer.write(("\r\n".join(head) + "\r\n\r\n" + form).encode())
        answer = (await reader.read()).decode("utf-8", "replace")
    except OSError:
        return 0, ""
    finally:
        writer.close()
    return (int(answer[9:12]), answer) if answer.startswith("HTTP/1.1 ") else (0, "")


async def _look(where: tuple[str, int], paths: list[str], cookie: str, pause: float, until: float) -> Any:
    """Seconds of each look, and how many were not answered with a page."""
    taken, failed = [], 0
    await asyncio.sleep(random.uniform(0, pause))
    while time.monotonic() < until:
        began = time.monotonic()
        status, _ = await ask(*where, "GET", random.choice(paths), cookie)
        taken.append(time.monotonic() - began)
        failed += status != 200
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
    return taken, failed


async def read(asked: dict[str, Any]) -> dict[str, Any]:
    """`people` are pairs of a cookie and the pages its holder opens; `boards` are cookies."""
    where, until = (asked["host"], asked["port"]), time.monotonic() + asked["seconds"]
    boards = [_look(where, ["/board"], cookie, BOARD_PAUSE, until) for cookie in asked["boards"]]
    people = [_look(where, paths, cookie, PERSON_PAUSE, until) for cookie, paths in asked["people"]]
    found = await asyncio.gather(*boards, *people)
    first, rest = found[: len(boards)], found[len(boards) :]
    return {
        "board": [each for taken, _ in first for each in taken],
        "page": [each for taken, _ in rest for each in taken],
        "failed": sum(failed for _, failed in found),
    }


async def press(asked: dict[str, Any]) -> dict[str, Any]:
    """Open each link, a few at a time; then press all buttons at once."""
    where, few = (asked["host"], asked["port"]), asyncio.Semaphore(8)

    async def opened(link: str) -> tuple[str, str]:
        async with few:
            _, page = await ask(*where, "GET", link)
            while moved := _LOCATION.search(page.partition("\r\n\r\n")[0]):
                _, page = await ask(*where, "GET", moved[1])
        form = _FORM.search(page)
        if form is None:
            return link, ""
        return form[1], "&".join(f"{name}={value}" for name, value in _HIDDEN.findall(form[0]))

    forms = await asyncio.gather(*map(opened, asked["links"]))
    again = 0

    async def pressed(link: str, form: str) -> float:
        nonlocal again
        began = time.monotonic()
        for _ in range(_TRIES):
            status, _ = await ask(*where, "POST", link, form=form)
            if status == 303:
                return time.monotonic() - began
            again += 1
            await asyncio.sleep(random.uniform(0.5, 2))
        return -1.0

    taken = await asyncio.gather(*(pressed(*each) for each in forms))
    return {"taken": [each for each in taken if each >= 0], "lost": taken.count(-1.0), "again": again}


async def main() -> None:
    asked = json.load(sys.stdin)
    print(json.dumps(await (read(asked["read"]) if "read" in asked else press(asked["press"]))))


if __name__ == "__main__":
    asyncio.run(main())
