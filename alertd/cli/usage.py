"""What click objects to in an invocation, in the configured language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from alertd.cli.context import Session


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
