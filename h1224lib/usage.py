"""Usage: how commands take their options, and how wrong uses are said, in the user's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from h1224lib import wording

Asked = TypeVar("Asked", bound=Callable[..., Any])
DONE, ERRORS, REFUSED, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


@dataclass
class Session:
    """What holds for one call: the language of its messages."""

    lang: str


class Misuse(click.UsageError):
    """A wrong use as an entry of the catalogue with its values."""

    def __init__(self, key: str, ctx: click.Context | None = None, **values: object) -> None:
        super().__init__(key, ctx or click.get_current_context())
        self.key = key
        self.values = values


class Command(click.Command):
    """Says what is wrong with its arguments as data, since click says it in English only."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, and refuse those that fit nothing."""
        given = list(args)
        try:
            rest = super().parse_args(ctx, args)
        except click.BadOptionUsage as error:
            flags = [p for p in self.get_params(ctx) if getattr(p, "is_flag", False)]
            flag = any(error.option_name in p.opts for p in flags)
            key = "usage.no_value" if flag else "usage.value_missing"
            raise Misuse(key, ctx, option=error.option_name) from error
        except click.BadParameter as error:
            key, values = _name_values(error.param)
            if error.param is None or not key:
                raise
            found = self.make_parser(ctx).parse_args(given)[0][str(error.param.name)]
            values |= {"option": _name_of(error.param), "found": found}
            raise Misuse(key, ctx, **values) from error
        if ctx.args:
            raise Misuse("usage.extra", ctx, found=ctx.args)
        return rest


class Commands(click.Group):
    """Lists its commands in the order in which a user needs them, whichever module adds them."""

    command_class = Command

    def __init__(self, *args: Any, order: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.order = order

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named."""
        if args[0] not in self.commands:
            raise Misuse("usage.no_command", ctx, found=args[0], known=self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands; those that `order` does not name come last."""
        first = [name for name in self.order if name in self.commands]
        return [*first, *(name for name in self.commands if name not in self.order)]


def complain(lines: Iterable[str]) -> None:
    """Print lines to standard error."""
    for line in lines:
        click.echo(line, err=True)


def word_usage(error: click.UsageError, lang: str) -> str:
    """Word a wrong use; what click says of it, only in English where the catalogue cannot."""
    command = error.ctx.command_path if error.ctx else "h1224"
    if isinstance(error, Misuse):
        return wording.say(error.key, lang, command=command, **error.values)
    key = f"usage.{type(error).__name__}"
    values = {
        "message": getattr(error, "message", None) or error.format_message(),
        "option": getattr(error, "option_name", None) or _name_of(getattr(error, "param", None)),
        "command": command,
    }
    return wording.say(key if wording.has(key) else "usage.other", lang, **values)


def _name_of(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return param.metavar or param.name or "" if isinstance(param, click.Argument) else param.opts[0]


def _name_values(param: click.Parameter | None) -> tuple[str, dict[str, Any]]:
    """Return how to word what a parameter may be, and the values for it; empty where any may."""
    kind = param.type if param else None
    if isinstance(kind, click.Choice):
        return "usage.choice", {"known": list(kind.choices)}
    if isinstance(kind, click.IntRange):
        return "usage.range", {"least": kind.min, "most": kind.max}
    return "", {}


def word_help(command: click.Command, lang: str, path: str = "") -> None:
    """Give commands and options their help texts from the catalogue."""
    command.help = command.short_help = wording.say(f"help.{path or 'h1224'}", lang)
    for param in command.params:
        own = f"option.{path}.{param.name}"
        if isinstance(param, click.Option):
            param.help = wording.say(own if wording.has(own) else f"option.{param.name}", lang)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            word_help(child, lang, f"{path}_{name}" if path else name)


def set_language(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """Let --lang decide about messages too; without it, the environment does."""
    if value in wording.LANGUAGES:
        ctx.find_root().obj.lang = value
    return value or str(ctx.find_root().obj.lang)


def join_options(*options: Callable[[Asked], Asked]) -> Callable[[Asked], Asked]:
    """Make one decorator of several options, which help lists in this order."""

    def add(command: Asked) -> Asked:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def assessment_options(**defaults: str) -> Callable[[Asked], Asked]:
    """Make the options of one reading of the assessment; without a default, a choice is open."""
    values = {"rule": "NAME|FILE", "not_applicable": "NAME"}
    values |= dict.fromkeys(("daily", "daily_rule", "marks"), "FILE")
    return join_options(
        *(
            click.option(
                f"--{name.replace('_', '-')}",
                metavar=value,
                default=defaults.get(name),
                show_default=name in defaults,
            )
            for name, value in values.items()
        )
    )


plan_option = click.option(
    "--plan", default="huzhou-1224", metavar="NAME|FOLDER", show_default=True
)
as_of_option = click.option("--as-of", metavar="2024-06-30")
period_option = click.option("--period", metavar="2024Q2")
actuals_option = click.option("--actuals", metavar="FILE")
ledger_option = click.option("--ledger", metavar="FILE")
landmarks_option = click.option("--landmarks", metavar="FILE")
previous_option = click.option("--previous", metavar="FILE")
schedule_option = click.option(
    "--schedule", type=click.Choice(("quarters", "days", "printed", "phased"))
)
lights_option = click.option("--lights", metavar="points30|half|quarterly|FILE")
lang_option = click.option(
    "--lang", type=click.Choice(wording.LANGUAGES), callback=set_language, is_eager=True
)
# The results of a period, and how they are measured.
period_options = join_options(
    period_option, ledger_option, actuals_option, landmarks_option, previous_option,
    schedule_option, lights_option,
)  # fmt: skip
format_option = click.option(
    "--format", "form", type=click.Choice(("table", "csv", "json")), default="table"
)
# How a command prints a table.
shown_options = join_options(format_option, lang_option)
