"""HTML to lines of text: what a reader sees, quotations marked with `>` as in a plain mail.

Bounded and linear in its input: no tree is made, and nothing is looked at twice.
"""

from __future__ import annotations

import html
import re

#: a tag, a declaration, text, or a sign that stands alone
_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})([^<>]*)>|<[!?/][^<>]*>|([^<]+)|<")
_UNSEEN = frozenset({"style", "script", "head", "title", "xml", "noscript", "template"})
_BREAKS = frozenset(
    {"address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "ol", "p", "pre"}
    | {"section", "table", "td", "th", "tr", "ul"}
)
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
#: what a program puts before the mail that is answered: Outlook on the web and for telephones, the desktop's
#: Outlook, 163, QQ, Yahoo
_ANSWERED = re.compile(
    r"id=[\"']?(?:x_)*(?:divRplyFwdMsg|isReplyContent|ntes-\w*quote|ntes-pcmail-quote|yahoo_quoted|origbody)"
    r"|border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)",
    re.IGNORECASE,
)
#: a line of its own that says: what follows is quoted
CUT_LINE = "-----Original Message-----"


def lines_of(markup: str) -> str:
    """The text of an HTML mail, a line for each block."""
    found = _Lines()
    for token in _TOKEN.finditer(_without_comments(markup)):
        closing, name, attributes, text = token.groups()
        if name:
            found.tag(name.lower(), bool(closing), attributes)
        elif text:
            found.text(text)
        elif token[0] == "<":
            found.text("<")
    return found.whole()


def _without_comments(markup: str) -> str:
    """Comments taken out, which may hold tags that nobody sees; one that does not end goes on to the end."""
    first, *rest = markup.split("<!--")
    return first + "".join(piece.partition("-->")[2] for piece in rest)


class _Lines:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._unseen = ""

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        if self._unseen:
            if closing and name == self._unseen:
                self._unseen = ""
            return
        if name in _UNSEEN and not attributes.rstrip().endswith("/"):
            if not closing:
                self._unseen = name
        elif name == "br":
            self._end(blank=True)
        elif name in _BREAKS:
            self._end()
            if name == "blockquote":
                self._quoted = max(0, self._quoted + (-1 if closing else 1))
            if not closing and attributes and not self._quoted and _ANSWERED.search(attributes):
                self._lines.append(CUT_LINE)

    def text(self, text: str) -> None:
        if not self._unseen:
            self._line.append(_BLANKS.sub(" ", html.unescape(text)))

    def _end(self, blank: bool = False) -> None:
        line = "".join(self._line).strip()
        self._line.clear()
        if line or blank:
            self._lines.append(f"> {line}" if self._quoted else line)

    def whole(self) -> str:
        self._end()
        return "\n".join(self._lines)
