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

from alertd.messages.catalogue import to_simplified
from tests.support.documents import TOP

#: written page to derived page
PAGES: Mapping[str, str] = {
    "README.zh.md": "README.zh-Hans.md",
    "docs/use.zh.md": "docs/use.zh-Hans.md",
}

_HEAD = "<!-- 由 {source} 转换而成（python -m tests.support.simplified），请勿直接修改 -->\n"
_FENCE = re.compile("^```", re.MULTILINE)
_QUOTES = str.maketrans("「」『』", "“”‘’")
_KEPT = re.compile(r'(zh-Hant = "[^"\n]*")')
#: what leads from one script to the other, in both directions
_OTHER_SCRIPT = (("简体中文", "zh-Hans.md"), ("繁體中文", "zh.md"))


def derived(source: str) -> str:
    """The page made from a written one, both named from the top of the checkout."""
    text = (TOP / source).read_text("utf-8")
    (label, ending), (other, origin) = _OTHER_SCRIPT
    # A fence stands alone on its line, so what lies between two of them is at the odd places.
    parts = _FENCE.split(text)
    made = [_converted(part) if number % 2 else _prose(part) for number, part in enumerate(parts)]
    page = "```".join(made).replace(f".{origin}", f".{ending}")
    page = re.sub(rf"\[{label}\]\(([\w/.]*)\.{re.escape(ending)}\)", rf"[{other}](\1.{origin})", page)
    return _HEAD.format(source=source.rpartition("/")[2]) + page


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
