"""A folder of one's own, on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from h1224lib import wording
from h1224lib.cli.root import cli
from h1224lib.usage import (
    lang_option,
    plan_option,
)


@cli.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@plan_option
@lang_option
def new(folder: Path, plan: str, lang: str) -> None:
    """Make a working folder."""
    from h1224lib.workspace import make_folder

    make_folder(folder, plan, lang)
    click.echo(wording.say("new_made", lang, folder=folder))


@cli.command()
@click.option("--folder", type=click.Path(path_type=Path), default="h1224-lab", show_default=True)
@click.option("--no-browser", is_flag=True)
@lang_option
@click.argument("options", nargs=-1, metavar="[-- OPTIONS]")
def lab(folder: Path, no_browser: bool, lang: str, options: tuple[str, ...]) -> None:
    """Open JupyterLab."""
    from h1224lib.lab import copy_notebooks, start_lab

    kept = copy_notebooks(folder, lang)
    if kept:
        click.echo(wording.say("lab_kept", lang, names=kept, folder=folder), err=True)
    click.echo(wording.say("lab_starts", lang, folder=folder), err=True)
    start_lab(folder, [*options, *(["--no-browser"] if no_browser else [])])
