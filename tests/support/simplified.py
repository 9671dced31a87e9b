"""The Chinese pages in simplified characters, derived from those in traditional ones.

`python -m tests.support.simplified` writes them with the table the messages are derived with; a test holds
them equal. A wrong conversion is mended there (`alertd/messages/catalogue.py`), so that messages are right.

Examples are converted as well, since the program understands both scripts; what follows `zh-Hant =` stays,
being by its name the traditional spelling. A link to a page in one script leads to the page in the other, and
quotation marks of prose are those of the mainland (GB/T 15834).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from alertd.messages.catalogue import to_simplified
from tests.support.documents import TOP

#: written page to derived page
PAGES: Mapping[str, str] = {
    "README.zh.md": "README.zh-Hans.md",
    "docs/use.zh.md": "docs/use.zh-Hans.md",
    "docs/plan-table.md": "docs/plan-table.zh-Hans.md",
}

_HEAD = "<!-- 由 {source} 转换而成（python -m tests.support.simplified），请勿直接修改 -->\n"
_FENCE = re.compile("^```", re.MULTILINE)
_QUOTES = str.maketrans("「」『』", "“”‘’")
_KEPT = re.compile(r'(zh-Hant = "[^"\n]*")')
_LINK = re.compile(r"\[([^\]]*)\]\(([\w./-]*/)?([\w.-]+)((?:#[^)]*)?)\)")
#: the name a written page has in its folder, to that of the derived one beside it
_BESIDE = {Path(source).name: Path(target).name for source, target in PAGES.items()}
#: the label of a link from a written page to the derived one, and of the link back
_THERE, _BACK = "简体中文", "繁體中文"


def derived(source: str) -> str:
    """The page made from a written one, both named from the top of the checkout."""
    name = Path(source).name
    # A fence stands alone on its line, so what lies between two of them is at the odd places.
    parts = _FENCE.split((TOP / source).read_text("utf-8"))
    made = [_converted(part) if number % 2 else _prose(part) for number, part in enumerate(parts)]
    return _HEAD.format(source=name) + _LINK.sub(lambda link: _led(link, name), "```".join(made))


def _led(link: re.Match[str], source: str) -> str:
    """A link as it stands on the derived page: to one in its script, or back to the page it is made from."""
    label, folder, name, anchor = link[1], link[2] or "", link[3], link[4]
    if label == _THERE:
        return f"[{_BACK}]({folder}{source})"
    return f"[{label}]({folder}{_BESIDE.get(name, name)}{anchor})"


def _prose(text: str) -> str:
    return _converted(text).translate(_QUOTES)


def _converted(text: str) -> str:
    """What stands between the parts that are kept is at the even places."""
    parts = _KEPT.split(text)
    return "".join(part if number % 2 else to_simplified(part) for number, part in enumerate(parts))


def main() -> None:
    for source, target in PAGES.items():
        (TOP / target).write_text(derived(source), "utf-8")


if __name__ == "__main__":
    main()
