"""Standard output: tables and findings for people, codes and exact numbers for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from h1224lib.csv_text import write_csv
from h1224lib.findings import Finding
from h1224lib.plan import Plan
from h1224lib.tables import Layout, lay_out

if TYPE_CHECKING:
    from rich.table import Table


def say(findings: Iterable[Finding], lang: str) -> None:
    """Print findings in words, one a line."""
    for finding in findings:
        click.echo(finding.say(lang))


def show(frame: pd.DataFrame, plan: Plan, form: str, lang: str) -> None:
    """Print a table as ``table``, ``csv`` or ``json``."""
    if form == "csv":
        write_text(write_csv(frame))
    elif form == "json":
        write_json(frame)
    else:
        _show_people(lay_out(frame, plan, lang, rows=None))


def write_json(value: Any) -> None:
    """Print plain data, findings and tables as JSON: codes, exact numbers, null for <NA>."""
    write_text(json.dumps(to_plain(value), ensure_ascii=False, indent=1) + "\n")


def to_plain(value: Any) -> Any:
    """Turn findings and tables, alone or within lists and dicts, into plain data.

    Examples
    --------
    >>> to_plain({"table": pd.DataFrame({"value": [1000.0, pd.NA], "places": [("2.1",), ()]})})
    {'table': [{'value': 1000, 'places': ['2.1']}, {'value': None, 'places': []}]}
    """
    if isinstance(value, Finding):
        return value.as_record()
    if isinstance(value, pd.DataFrame):
        return to_plain(value.astype(object).to_dict("records"))
    if isinstance(value, dict):
        return {str(name): to_plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(entry) for entry in value]
    if pd.isna(value):
        return None
    return int(value) if pd.api.types.is_float(value) and float(value).is_integer() else value


def _show_people(layout: Layout) -> None:
    from rich.console import Console

    # Whoever reads from a pipe wants whole lines, not what fits a terminal.
    width = None if sys.stdout.isatty() else 400
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False)
    console.print(_draw(layout))
    for text in filter(None, (layout.about, layout.note)):
        console.print(text)


def _draw(layout: Layout) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD)
    for name, number in zip(layout.header, layout.numeric, strict=True):
        table.add_column(Text(name), justify="right" if number else "left")
    for row in layout.rows:
        table.add_row(*map(Text, row))
    return table


def write_text(text: str) -> None:
    """Write to standard output in UTF-8, whatever the locale."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head) has seen enough: no error, and Python must not flush again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
