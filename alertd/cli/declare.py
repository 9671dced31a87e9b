"""How commands are declared: sentences come from the catalogue, modules are imported when they are needed.

A command called `event report` takes its help from `cli.help.event-report`; its option `--at` from
`cli.option.event-report.at` or, where all commands mean the same by it, `cli.option.at`. No sentence stands
in the code.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from alertd.core.text import LONGEST_REMARK, UnfitText, fit

if TYPE_CHECKING:
    from alertd.cli.context import Session

#: width of the help text, in display columns
_WIDTH = 100
_Callback = Callable[..., Any]


class Command(click.Command):
    """A command whose help is in the configured language."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(help_text(self, ctx))


class CommandGroup(click.Group):
    """A group of commands; `lazy` maps a name to `module:attribute`, imported when the command is used."""

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("no_args_is_help", True)
        super().__init__(*args, **kwargs)
        take_lines(self.params)
        self._lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._lazy.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # click would look for the command among those already imported when it suggests another name.
        name = str(args[0])
        if name not in self.list_commands(ctx) and not ctx.resilient_parsing:
            raise click.NoSuchCommand(name, ctx=ctx, possibilities=_near(name, self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(help_text(self, ctx))


def command(name: str, **kwargs: Any) -> Callable[[_Callback], click.Command]:
    """Declare a command; its callback gets the Session first, and every text as one bounded line."""

    def wrap(callback: _Callback) -> click.Command:
        made: click.Command = click.command(name, cls=Command, **kwargs)(click.pass_obj(callback))
        take_lines(made.params)
        return made

    return wrap


class UnfitWord(click.BadParameter):
    """What stands in a command and may not stand in a line; `code` and `values` as UnfitText has them."""

    def __init__(self, unfit: UnfitText, param: click.Parameter | None, ctx: click.Context | None) -> None:
        super().__init__(unfit.code, ctx, param)
        self.code = unfit.code
        self.values = unfit.values


class Text(click.ParamType[str]):
    """Words on one line, as alertd.core.text has it. What they are about may bound them further."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return fit(value, LONGEST_REMARK)
        except UnfitText as unfit:
            raise UnfitWord(unfit, param, ctx) from None


class Paths(click.Path):
    """A file or a folder whose name can be shown."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        Text().convert(os.fspath(value), param, ctx)
        return super().convert(value, param, ctx)


def take_lines(parameters: Sequence[click.Parameter]) -> None:
    """Let every parameter that takes a text take one that may stand in a line."""
    for parameter in parameters:
        if parameter.type is click.STRING:
            parameter.type = Text()


def group(name: str, lazy: Mapping[str, str]) -> CommandGroup:
    """Declare a group of commands that stand in other modules."""
    return CommandGroup(name, lazy=lazy)


#: --json, for every command that reads
as_json = click.option("--json", "as_json", is_flag=True)
by = click.option("--by", metavar="NAME", default="")
reason = click.option("--reason", metavar="TEXT", default="")
yes = click.option("--yes", is_flag=True)


def _near(name: str, known: Sequence[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, known, n=1)


# ---------------------------------------------------------------- help


def key_of(ctx: click.Context) -> str:
    """`event-report` for `alertd event report`, "" for the program itself."""
    return "-".join(ctx.command_path.split()[1:])


def help_text(command: click.Command, ctx: click.Context) -> str:
    """The whole help of a command, in the session's language."""
    from alertd.messages.wrap import wrap_text

    session: Session = ctx.obj
    words, name = session.words, key_of(ctx)
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    lines = [words.say("cli.word.usage", usage=usage), ""]
    about = f"cli.help.{name or 'alertd'}"
    lines += [wrap_text(words.say(about), _WIDTH) if about in words else "", ""]
    if isinstance(command, click.Group):
        rows = [(sub, _short(session, name, sub)) for sub in command.list_commands(ctx)]
        lines += _section(words.say("cli.word.commands"), rows)
    rows = [_option_row(session, name, option) for option in command.get_params(ctx) if _shown(option)]
    lines += _section(words.say("cli.word.options"), rows)
    return "\n".join(lines)


def _shown(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not parameter.hidden


def _short(session: Session, name: str, sub: str) -> str:
    key = f"cli.help.{name}-{sub}" if name else f"cli.help.{sub}"
    return session.words.say(key).splitlines()[0] if key in session.words else ""


def option_key(session: Session, name: str, option: click.Parameter) -> str:
    """The catalogue key of an option's sentence: the command's own, or the one all share."""
    long = next((word for word in option.opts if word.startswith("--")), option.opts[0]).lstrip("-")
    own = f"cli.option.{name}.{long}"
    return own if own in session.words else f"cli.option.{long}"


def _option_row(session: Session, name: str, option: click.Parameter) -> tuple[str, str]:
    assert isinstance(option, click.Option)
    left = ", ".join([*option.opts, *option.secondary_opts])
    if not option.is_flag:
        metavar = option.metavar or "TEXT"
        if isinstance(option.type, click.Choice):
            metavar = "|".join(map(str, option.type.choices))
        left += f" {metavar}" + (" …" if option.multiple else "")
    key = option_key(session, name, option)
    return left, session.words.say(key) if key in session.words else ""


def _section(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    from alertd.messages.wrap import wrap_text

    if not rows:
        return []
    indent = min(max(len(left) for left, _ in rows) + 4, 34)
    lines = [title]
    for left, right in rows:
        wrapped = wrap_text(right, _WIDTH - indent).splitlines() or [""]
        start = f"  {left}".ljust(indent)
        if len(start) > indent:
            lines.append(start)
            start = " " * indent
        lines.append(start + wrapped[0])
        lines += [" " * indent + rest for rest in wrapped[1:]]
    return [*lines, ""]
