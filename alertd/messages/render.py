"""Views into messages, through templates an admin may change without being able to break the service."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import (
    DictLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import SandboxedEnvironment

from alertd.core.cards import Card, CardSize
from alertd.core.text import one_line
from alertd.core.text_messages import Short, Texting
from alertd.messages.blocks import Block, block_of
from alertd.messages.cards import message_card, word_card
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue
from alertd.messages.reader import Reader
from alertd.messages.short import short_of, short_word
from alertd.messages.subject import LONGEST_SUBJECT, subject_of
from alertd.messages.view import AdminView, MessageView, NoticeKind, NoticeView, Rendered
from alertd.messages.wrap import wrap_text

TEMPLATES = ("subject.txt.j2", "message.txt.j2", "message.html.j2", "admin.txt.j2", "admin.html.j2")


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong with an admin's template. `line` is 0 where the fault has no place."""

    file: str
    line: int
    detail: str

    @property
    def text(self) -> str:
        """As faults of files are written: `file:line:column: …`."""
        return f"channels/templates/{self.file}:{self.line}:1: {self.detail}"


class Renderer:
    """Turns views into words. Safe to share within one loop; make a new one to read changed templates.

    `folder` holds the admin's templates, whose texts are `sources`; what it lacks, and what is faulty, comes
    from the package. Each faulty template is told to `report` once and not used again by this renderer: no
    message is lost to it.
    """

    def __init__(
        self, folder: Path | None = None, report: Callable[[TemplateFault], None] = lambda fault: None
    ) -> None:
        self._report = report
        self._packaged = _packaged()
        self._templates = dict(self._packaged)
        self.sources, faults = _sources_in(folder) if folder is not None else ({}, [])
        for name, source in self.sources.items():
            try:
                self._templates |= _compiled({name: source}, SandboxedEnvironment)
            except TemplateError as error:
                faults.append(_fault(name, error))
        for fault in faults:
            report(fault)

    def render(self, view: MessageView | AdminView) -> Rendered:
        """One message in words. Never raises because of an admin's template."""
        if isinstance(view, AdminView):
            return self._admin(view)
        reader = Reader.of(view)
        blocks = [block_of(notice, view, reader) for notice in view.notices]
        context = _context(view, reader.words, blocks)
        subject = context["subject"] = subject_of(view, reader)
        flowing = _tidy(self._fill("message.txt.j2", context))
        return Rendered(
            subject=one_line(self._fill("subject.txt.j2", context), LONGEST_SUBJECT) or subject,
            text=wrap_text(flowing) + "\n",
            flowing=flowing,
            html=self._fill("message.html.j2", context),
        )

    def short(
        self, view: MessageView | AdminView, texting: Texting, known: Collection[str] = frozenset()
    ) -> Short:
        """The same as one text message; `known` are the marks of what the reader has from others."""
        view = replace(view, language=texting.language) if texting.language else view
        if isinstance(view, AdminView):
            said = _admin_context(view)["headline"]
            return short_word(said, view, texting.signature)
        return short_of(view, texting.signature, texting.heard, known)

    def card(self, view: MessageView | AdminView, rendered: Rendered, size: CardSize) -> Card:
        """A message that was put into words, as a messenger shows it."""
        if isinstance(view, AdminView):
            context = _admin_context(view)
            head = [context["drill"], context["what"], context["todo"]]
            words = catalogue(view.language)
            return word_card(rendered, [line for line in head if line], context["items"], size, words)
        reader = Reader.of(view)
        blocks = [block_of(notice, view, reader) for notice in view.notices]
        return message_card(view, rendered, blocks, _reply(view, reader.words), size)

    def _admin(self, view: AdminView) -> Rendered:
        context = _admin_context(view)
        flowing = _tidy(self._fill("admin.txt.j2", context))
        return Rendered(
            subject=context["subject"],
            text=wrap_text(flowing) + "\n",
            flowing=flowing,
            html=self._fill("admin.html.j2", context),
        )

    def _fill(self, name: str, context: Mapping[str, Any]) -> str:
        try:
            return self._templates[name].render(context)
        except Exception as error:  # an admin's template may fail in any way; the message must go out
            if self._templates[name] is self._packaged[name]:
                raise
            self._templates[name] = self._packaged[name]
            self._report(_fault(name, error))
            return self._packaged[name].render(context)


@cache
def _packaged() -> Mapping[str, Template]:
    """The templates of the package, which do not change while the program runs."""
    return _compiled(_packaged_sources(), Environment)


def _compiled(sources: Mapping[str, str], kind: type[Environment]) -> dict[str, Template]:
    """Templates ready to fill; only an admin's need the sandbox, which makes each name slower to look up."""
    environment = kind(
        loader=DictLoader(sources),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    compiled = {name: environment.get_template(name) for name in sources}
    for template in compiled.values():
        # Jinja copies these for every message, and copying its chain of dictionaries is a tenth of the work.
        template.globals = dict(template.globals)
    return compiled


def _packaged_sources() -> dict[str, str]:
    folder = resources.files("alertd.messages").joinpath("templates")
    return {name: folder.joinpath(name).read_text("utf-8") for name in TEMPLATES}


def _sources_in(folder: Path) -> tuple[dict[str, str], list[TemplateFault]]:
    sources: dict[str, str] = {}
    faults: list[TemplateFault] = []
    for name in TEMPLATES:
        path = folder / name
        try:
            if not path.is_file() and path.exists():  # a pipe would wait for ever, and a device has no end
                raise OSError(errno.EINVAL, "not a regular file")
            sources[name] = path.read_text("utf-8-sig")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeError) as error:
            faults.append(_fault(name, error))
    return sources, faults


def _fault(name: str, error: Exception) -> TemplateFault:
    if isinstance(error, TemplateSyntaxError):
        return TemplateFault(name, error.lineno, error.message or "")
    if isinstance(error, UnicodeError):
        return TemplateFault(name, 0, "not UTF-8; save the file as UTF-8")
    if isinstance(error, OSError) and not isinstance(error, TemplateError):
        return TemplateFault(name, 0, error.strerror or "unreadable")
    return TemplateFault(name, _line_in(name, error), f"{type(error).__name__}: {error}"[:300])


def _line_in(name: str, error: Exception) -> int:
    """The line of the template that failed: Jinja rewrites tracebacks to point into the source."""
    line, frame = 0, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in (name, "<template>"):
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def _context(view: MessageView, words: Catalogue, blocks: list[Block]) -> dict[str, Any]:
    reply = _reply(view, words)
    return {
        "language": view.language,
        "greeting": _greeting(words.script(view.person_name), words),
        "drill": words.say("note.drill") if view.drill else "",
        "overview": words.say("text.overview", count=len(blocks)) if len(blocks) > 1 else "",
        "blocks": blocks,
        "whys": list(dict.fromkeys(block["why"] for block in blocks)),
        "links": _links(view, words),
        "reply": reply,
        "reply_parts": with_number(reply, view.call_phone),
        "footer": words.say("text.footer-no-reply" if view.no_reply else "text.footer"),
        "colon": words.say("text.colon"),
    }


def _greeting(name: str, words: Catalogue) -> str:
    return words.say("text.greeting", name=name) if name else words.say("text.greeting-nobody")


def _links(view: MessageView, words: Catalogue) -> list[tuple[str, str]]:
    """Addresses of pages, each with what it is for; opening one changes nothing."""
    if not view.link:
        return []
    if view.reply_hint != "links":
        return [(words.say("link.look"), view.link)]
    pressed = [(words.say(f"button.{name}"), f"{view.link}/{name}") for name in ("received", "handed-in")]
    return [*pressed, (words.say("link.more"), view.link)]


#: kinds that ask for a decision, not for work
_DECIDES = frozenset({NoticeKind.REQUESTED, NoticeKind.UNDECIDED})


def _reply(view: MessageView, words: Catalogue) -> str:
    """How to answer: by button, by telephone, or by whom it is entered, where there is nobody to call."""
    asked = [notice for notice in view.notices if isinstance(notice, NoticeView) and notice.ask]
    if not asked or not view.reply_hint:
        return words.say("reply.ask", whom=words.script(view.call_whom)) if view.call_whom else ""
    mail = _by_mail(view, asked, words)
    if view.reply_hint in ("buttons", "links"):
        if not view.call_whom:
            return mail + words.say(f"reply.{view.reply_hint}-alone")
        return mail + words.say(f"reply.{view.reply_hint}", whom=words.script(view.call_whom))
    if mail:
        ask = words.say("reply.ask", whom=words.script(view.call_whom)) if view.call_whom else ""
        return (mail + ask).strip()
    decides = "-decide" if all(notice.kind in _DECIDES for notice in asked) else ""
    if view.call_whom:
        return words.say(f"reply.call{decides}", whom=words.script(view.call_whom))
    numbers = " ".join(str(notice.number) for notice in asked)
    whom = words.script(view.enter_by) or words.say("reply.office")
    return words.say(f"reply.enter{decides}", whom=whom, numbers=numbers)


def _by_mail(view: MessageView, asked: Sequence[NoticeView], words: Catalogue) -> str:
    if not view.by_mail:
        return ""
    several = "-several" if len({notice.number for notice in asked}) > 1 else ""
    return words.say(f"reply.mail{several}", number=asked[0].number)


#: what may stand in a number that is called (RFC 3966 section 5.1.1); the rest is for people
_NUMBER = re.compile(r"[+0-9][-+0-9(). ]*")


def with_number(text: str, phone: str) -> list[tuple[str, str]]:
    """A text in pieces, each with the number that it calls where it is one, for a page."""
    found = _NUMBER.match(phone)
    if found is None or phone not in text:
        return [(text, "")]
    before, _, after = text.partition(phone)
    return [(before, ""), (phone, re.sub(r"[^+0-9]", "", found[0])), (after, "")]


def _admin_context(view: AdminView) -> dict[str, Any]:
    words = catalogue(view.language)
    topic = view.topic if f"admin.{view.topic}.subject" in words else "other"
    args = {"topic": view.topic, **view.args}
    if "position" in args:
        args["position"] = words.word("position", str(args["position"]))
    mark = words.say("subject.unconfirmed") if view.unconfirmed else ""
    several = f"admin.{topic}.many" if view.many and topic == view.topic else f"admin.{topic}"
    headline = mark + one_line(_lenient(words, f"{several}.subject", args), LONGEST_SUBJECT)
    subject = words.say("subject.tagged", tag="alertd", rest=headline)
    return {
        "language": view.language,
        "greeting": _admin_greeting(view, words),
        "drill": words.say("note.drill") if view.drill else "",
        "subject": words.say("subject.drill") + subject if view.drill else subject,
        "headline": headline,
        "what": mark + _lenient(words, f"{several}.what", args),
        "todo": _lenient(words, f"admin.{topic}.do", args),
        "items": _details(view, topic),
        "labels": {name: words.say(f"admin.{name}") for name in ("what", "todo", "details")},
        "colon": words.say("text.colon"),
        "footer": words.say("text.footer-no-reply" if view.no_reply else "text.footer"),
    }


def _admin_greeting(view: AdminView, words: Catalogue) -> str:
    if view.person_name:
        return _greeting(words.script(view.person_name), words)
    if view.admin_name:
        return words.say("admin.greeting-named", name=words.script(view.admin_name))
    return words.say("admin.greeting")


def _details(view: AdminView, topic: str) -> list[str]:
    """The list; of a topic without sentences also its values, so that nothing reported goes unsaid."""
    if topic == view.topic:
        return list(view.items)
    return [f"{name}: {value}" for name, value in view.args.items()] + list(view.items)


class _Gaps(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"?{name}?"


def _lenient(words: Catalogue, key: str, args: Mapping[str, object]) -> str:
    """A sentence to the admin with a visible gap for a missing value: bad news never fails on its wording."""
    if args.get("count") == 1 and f"{key}.one" in words:
        key += ".one"
    return words.template(key).format_map(_Gaps(args))


def _tidy(text: str) -> str:
    """Without runs of empty lines, and without blanks at the ends of lines."""
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")
