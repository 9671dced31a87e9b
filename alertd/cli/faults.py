"""From an exception to what is said on stderr and the exit code. A person never sees a traceback.

What click objects to in an invocation is said in the configured language too.
"""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.declare import UnfitWord
from alertd.cli.exits import BUSY, CONFIGURATION, INTERNAL, NO, USAGE, Said
from alertd.cli.streams import abandon, unwritable
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.config.faults import Fault


#: refusals of a command written wrongly: what is said of its options, and how it ends
_OF_OPTIONS = {
    "ahead": ("said.ahead", NO),
    "figures-ahead": ("bulletin.ahead", USAGE),
    "period-reversed": ("bulletin.reversed", USAGE),
    "previous-after": ("bulletin.order", USAGE),
    "due-unread": ("said.due-unread", USAGE),
    "urgent-unread": ("said.urgent-unread", USAGE),
    "urgent-and-not": ("said.urgent-and-not", USAGE),
    "no-instant": ("said.not-its-instant", USAGE),
    "nothing-to-correct": ("said.nothing-to-correct", USAGE),
    "party-missing": ("said.no-party", USAGE),
    "severity-missing": ("", USAGE),
    "year-reversed": ("", USAGE),
}
#: refusals that list severities, each said with its title
_OF_SEVERITIES = frozenset({"no-severity", "severity-missing", "severity-not-higher"})


def explain(error: BaseException, session: Session) -> tuple[int, list[str]]:
    """The exit code and the lines for stderr."""
    if isinstance(error, click.ClickException):
        return USAGE, usage_lines(error, session)
    if isinstance(error, Said):
        return error.exit_code, [session.say(error.key, **error.values)]
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return NO, [session.say("said.aborted")]
    if unwritable(error):
        abandon()
        return BUSY, [session.say("said.unwritable-output", said=getattr(error, "strerror", ""))]
    faults = getattr(error, "faults", None)  # Faulty, and what the floors below raise alike
    if faults:
        return CONFIGURATION, fault_lines(faults, session)
    return _explain_engine(error, session)


def fault_lines(faults: Sequence[Fault], session: Session) -> list[str]:
    """`file:line:column: sentence`, one fault a line."""
    return [fault.text(session.language, to_simplified) for fault in faults]


def _explain_engine(error: BaseException, session: Session) -> tuple[int, list[str]]:
    from alertd.config.secret import SecretMissing
    from alertd.core.text_error import TextError
    from alertd.engine.ruling.refusal import Refused

    if isinstance(error, Refused):
        _, code = _OF_OPTIONS.get(error.code, ("", NO))
        return code, [refusal_line(error, session)]
    if isinstance(error, TextError):
        return NO, [text_line(error, "", session)]
    from alertd.installation import StoreError, needs_mending

    if isinstance(error, StoreError):
        return (CONFIGURATION if needs_mending(error) else BUSY), [_store_line(error, session)]
    if isinstance(error, SecretMissing):
        return CONFIGURATION, [str(error)]
    return INTERNAL, [_internal_line(error, session)]


def refusal_line(error: Any, session: Session) -> str:
    """The sentence of a Refused; by the options that are meant where the command line says it so."""
    from alertd.messages.refusals import refused_text, values_in_words

    values = error.values
    if error.code in _OF_SEVERITIES:
        from alertd.cli.severity import in_words

        values = in_words(session, values)
    how = (session.zone, session.language, session.today())
    key, _ = _OF_OPTIONS.get(error.code, ("", NO))
    if not key:
        return refused_text(error.code, values, *how)
    said = values_in_words(values, *how)
    known = [f"--{name.strip()}" for name in said.get("known", "").split(",")]
    return session.say(key, **said, options=", ".join(known))


def text_line(error: Any, text: str, session: Session) -> str:
    """What is wrong in a short text that was typed, or, without `text`, with a value it cannot work with."""
    from alertd.saying.typed import text_line as said

    return said(error, text, session.language)


def _store_line(error: Any, session: Session) -> str:
    key = f"cli.{error.code}"
    try:
        return session.words.say(key, **error.values)
    except KeyError:
        return str(error)


def _internal_line(error: BaseException, session: Session) -> str:
    said = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(": ")
    if session.environ.get("ALERTD_DEBUG") == "1":
        return "".join(traceback.format_exception(error))
    place = _keep_traceback(error, session)
    key = "said.internal" if place else "said.internal-unkept"
    return session.say(key, error=said, place=place)


def _keep_traceback(error: BaseException, session: Session) -> str:
    """Write the traceback to the state folder, else to the temporary one; "" where neither can be written."""
    text = "".join(traceback.format_exception(error))
    folders = [session.environ.get("STATE_DIRECTORY", "").split(":")[0], tempfile.gettempdir()]
    for folder in filter(None, folders):
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        try:
            handle, name = tempfile.mkstemp(".log", f"alertd-{stamp}-", folder)
            os.close(handle)
            Path(name).write_text(text, "utf-8")
        except OSError:
            continue
        return name
    return ""


def usage_lines(error: click.ClickException, session: Session) -> list[str]:
    """The sentence, and where to read how it is meant."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return [error.message]  # the help, which click has made already
    lines = [_sentence(error, session)]
    ctx = getattr(error, "ctx", None)
    if isinstance(ctx, click.Context):
        lines.append(session.say("usage.help", command=ctx.command_path))
    return lines


def _sentence(error: click.ClickException, session: Session) -> str:
    say = session.say
    if isinstance(error, click.exceptions.NoSuchCommand):
        return _near(say("usage.no-command", found=error.command_name), error.possibilities, session)
    if isinstance(error, click.NoSuchOption):
        return _near(say("usage.no-option", found=error.option_name), error.possibilities, session)
    if isinstance(error, click.MissingParameter):
        return say("usage.missing", name=_name(error.param))
    if isinstance(error, UnfitWord):
        return say(f"usage.{error.code}", name=_name(error.param), **error.values)
    if isinstance(error, click.BadParameter):
        if error.param is not None and isinstance(error.param.type, click.Choice):
            known = ", ".join(map(str, error.param.type.choices))
            return say("usage.choice", name=_name(error.param), known=known)
        return say("usage.bad-value", name=_name(error.param), said=_expected(error, session))
    if isinstance(error, click.BadOptionUsage):
        return say("usage.option-value", name=error.option_name)
    if error.message.startswith("Got unexpected extra"):  # click has no class of its own for it
        return say("usage.extra", found=error.message.partition("(")[2].rstrip(")"))
    return say("usage.other", said=error.format_message())


def _expected(error: click.BadParameter, session: Session) -> str:
    """What would have been right; click says it in English only."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        low, high = kind.min, kind.max
        return session.say("usage.number-to" if high is not None else "usage.number-from", low=low, high=high)
    if isinstance(kind, click.Path):
        return session.say("usage.folder" if not kind.file_okay else "usage.file")
    return error.message


def _near(sentence: str, possibilities: object, session: Session) -> str:
    names = list(possibilities) if isinstance(possibilities, (list, tuple)) else []
    return sentence + (session.say("usage.near", near=names[0]) if names else "")


def _name(parameter: click.Parameter | None) -> str:
    if parameter is None:
        return "?"
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return parameter.metavar or (parameter.name or "?").upper()
