"""The template: an Excel ledger with drop-downs, validation, explanations and settings."""

from __future__ import annotations

import datetime as dt
import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from h1224lib import wording
from h1224lib.files import write_whole
from h1224lib.ledger.choices import Choices, list_choices
from h1224lib.ledger.dictionary import write_dictionary
from h1224lib.ledger.layout import fit_head, fit_width, set_up_print
from h1224lib.ledger.settings_sheet import write_settings
from h1224lib.ledger.validation import rule_for
from h1224lib.ledger.vocabulary import Field, list_fields, read_words
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.synthetic import say_mark

HEAD = 0  # the row of the header where nothing stands above it
# The same template has the same bytes on every day.
_CREATED = dt.datetime(2000, 1, 1)
_NEEDED, _FREE = "#0b4f7d", "#4d4d4d"
_CELLS = {
    "text": {"num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "number": {"num_format": "0.00##"},
}
# So many empty rows are ruled, about a printed page.
_RULED = 36


@dataclass(frozen=True)
class Sheet:
    """What writing one template needs: the workbook, its formats, the plan's choices.

    Attributes
    ----------
    book : xlsxwriter.Workbook
        Open for writing.
    lang : str
        ``zh`` or ``en``.
    columns : list of Field
        In the order in which they stand.
    choices : Choices
        What the drop-downs offer, by column.
    rows : int
        Rows below the header that validation covers.
    """

    book: Any
    lang: str
    columns: list[Field]
    choices: Choices
    rows: int

    def say(self, key: str, **values: Any) -> str:
        """Word an entry of the template's catalogue."""
        return wording.say(f"template.{key}", self.lang, **values)

    @functools.cached_property
    def formats(self) -> dict[str, Any]:
        """The cell formats, by what they are for."""
        edge = {"border": 1, "border_color": "#bbbbbb", "valign": "vcenter"}
        head = {**edge, "bold": True, "font_color": "white", "text_wrap": True, "align": "center"}
        made = {
            "needed": {**head, "bg_color": _NEEDED},
            "free": {**head, "bg_color": _FREE},
            **{name: {**edge, **spec} for name, spec in _CELLS.items()},
            # Where a whole column has lines, LibreOffice prints none of them.
            **{f"{name}_column": spec for name, spec in _CELLS.items()},
            "wrap": {**edge, "text_wrap": True},
            "listed": edge,
            "banner": {"bold": True, "font_color": "#b00020"},
            "large": {"bg_color": "#fde3cf"},
            "elsewhere": {"bg_color": "#e3e3e3"},
        }
        return {name: self.book.add_format(spec) for name, spec in made.items()}

    def write_banner(self, page: Any, banner: str) -> int:
        """Write a line above a sheet's header, if there is one; return the header's row."""
        if banner:
            page.write_string(HEAD, 0, banner, self.formats["banner"])
        return HEAD + bool(banner)

    def letter(self, name: str) -> str | None:
        """Return the letter of a column, or None where the template lacks it."""
        names = [field.name for field in self.columns]
        if name not in names:
            return None
        return str(xlsxwriter.utility.xl_col_to_name(names.index(name)))


def write_template(
    path: str | Path,
    plan: Plan,
    lang: str = "zh",
    projects: pd.DataFrame | None = None,
    settings: Mapping[str, str] | None = None,
    banner: str = "",
) -> Path:
    """Write the Excel ledger for a plan: empty, or filled with projects.

    Parameters
    ----------
    path : str or Path
        The workbook to write, ending in ``.xlsx``.
    plan : Plan
        Gives what the drop-downs offer.
    lang : str
        Language of headers, names and explanations: ``zh`` or ``en``.
    projects : DataFrame, optional
        Columns of a ledger, with the plan's codes, investment in 亿元, dates; further columns
        stand behind.
    settings : mapping, optional
        Setting -> what its cell says; the others say their default, or nothing.
    banner : str
        A line above the header of each sheet, such as that the ledger is made up; the workbook's
        properties say it too.

    Returns
    -------
    Path
        The same path; equal arguments give equal bytes.

    Raises
    ------
    OSError
        The file cannot be written; no half of it is left.

    Examples
    --------
    >>> import tempfile
    >>> from h1224lib.plan import load_plan
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_template(Path(folder) / "台账.xlsx", load_plan()).name
    '台账.xlsx'
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    book.set_properties(_describe(plan, lang, banner))
    rows = max(read_words("template")["rows"], 0 if projects is None else len(projects))
    choices = list_choices(plan, lang)
    sheet = Sheet(book, lang, order_columns(plan), choices, rows)
    ledger = book.add_worksheet(sheet.say("sheet"))
    setting = book.add_worksheet(sheet.say("settings_sheet"))
    title = sheet.say("title", title=plan.title(lang))
    write_dictionary(sheet, book.add_worksheet(sheet.say("dictionary_sheet")), title, banner)
    write_settings(sheet, setting, settings or {}, title, banner)
    head = sheet.write_banner(ledger, banner)
    further = _write_head(sheet, ledger, head, projects)
    _validate(sheet, ledger, head)
    _shade(sheet, ledger, head)
    if projects is None:
        _rule(sheet, ledger, head + 1)
    else:
        _fill(sheet, ledger, head + 1, projects, further)
    set_up_print(sheet, ledger, head, title, banner)
    ledger.repeat_columns(0, 1)
    # Rows that are filled in later have lines too.
    ledger.hide_gridlines(0)
    book.close()
    return write_whole(Path(path), memory.getvalue())


def _describe(plan: Plan, lang: str, banner: str) -> dict[str, Any]:
    """Return the workbook's properties; of made-up data each says so, in both languages."""
    title = plan.title(lang)
    if not banner:
        return {"title": title, "created": _CREATED}
    marks = [say_mark(x) for x in wording.LANGUAGES]
    said = " / ".join(marks if banner in marks else [banner])
    told = dict.fromkeys(("subject", "keywords", "comments"), said)
    return {**told, "title": f"{said}: {title}", "created": _CREATED}


def order_columns(plan: Plan) -> list[Field]:
    """Return the template's columns for a plan: no dimension that it lacks.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> [field.name for field in order_columns(load_plan("dazhou-2019"))][:4]
    ['project_id', 'name', 'area', 'investment']
    """
    fields = list_fields()
    ladders = read_words("columns")["ladders"].values()
    stages = list(dict.fromkeys(stage for ladder in ladders for stage in ladder))
    lacking = {d for d in DIMENSIONS if d not in plan.dimensions}
    if not list_choices(plan, "zh").values.get("platform"):
        lacking.add("platform")
    if plan.directions.empty:
        lacking.add("direction")
    names: list[str] = []
    for name in read_words("template")["order"]["columns"]:
        names += stages if name == "dates" else [name]
    return [fields[name] for name in names if name not in lacking]


def _write_head(sheet: Sheet, ledger: Any, head: int, projects: pd.DataFrame | None) -> list[str]:
    """Write the header with its widths and formats, and return the further columns' names."""
    widths = read_words("template")["width"]
    further = [] if projects is None else [str(c) for c in projects if c not in list_fields()]
    told = [
        (_word_head(sheet, field), widths.get(field.name, widths["date"]), _cell_of(field), field)
        for field in sheet.columns
    ]
    headers = []
    for at, (text, least, cell, field) in enumerate(told):
        headers.append((text, fit_width(text, least)))
        ledger.set_column(at, at, headers[-1][1], sheet.formats[f"{cell}_column"])
        ledger.write_string(head, at, text, sheet.formats["needed" if field.needed else "free"])
    for at, name in enumerate(further, start=len(told)):
        headers.append((name, fit_width(name, widths["date"])))
        ledger.set_column(at, at, headers[-1][1], sheet.formats["text_column"])
        ledger.write_string(head, at, name, sheet.formats["free"])
    ledger.set_row(head, fit_head(headers))
    ledger.freeze_panes(head + 1, 2)
    ledger.autofilter(head, 0, head + sheet.rows, len(sheet.columns) - 1)
    return further


def _word_head(sheet: Sheet, field: Field) -> str:
    """Word a column's header, that of amounts with its unit."""
    text = field.label.say(sheet.lang)
    if field.kind != "amount":
        return text
    unit = sheet.say("unit")
    return f"{text}（{unit}）" if sheet.lang == "zh" else f"{text} ({unit})"


def _cell_of(field: Field) -> str:
    """Name the format of a column's cells."""
    return {"date": "date", "amount": "number", "share": "number"}.get(field.kind, "text")


def _rule(sheet: Sheet, ledger: Any, first: int) -> None:
    """Rule the first rows of an empty ledger, so that it prints as a form."""
    for row in range(first, first + _RULED):
        for at, field in enumerate(sheet.columns):
            ledger.write_blank(row, at, None, sheet.formats[_cell_of(field)])


def _validate(sheet: Sheet, ledger: Any, head: int) -> None:
    """Let each cell below the header take only what its column takes."""
    first, last = head + 1, head + sheet.rows
    for at, field in enumerate(sheet.columns):
        rule = rule_for(sheet, field, first + 1)
        if rule:
            ledger.data_validation(first, at, last, at, rule)


def _shade(sheet: Sheet, ledger: Any, head: int) -> None:
    """Shade the stages that are not on a project's own ladder, and amounts beyond belief."""
    first, last = head + 1, head + sheet.rows
    kinds, types = sheet.letter("project_type"), sheet.choices.words.get("project_type", {})
    ladders = read_words("columns")["ladders"]
    stages = {stage for ladder in ladders.values() for stage in ladder}
    for at, field in enumerate(sheet.columns):
        others = [types[k] for k, ladder in ladders.items() if k in types
                  and field.name in stages and field.name not in ladder]  # fmt: skip
        for name in others:
            rule = {"type": "formula", "criteria": f'=${kinds}{first + 1}="{name}"'}
            shaded = {**rule, "format": sheet.formats["elsewhere"]}
            ledger.conditional_format(first, at, last, at, shaded)
        if field.kind == "amount":
            largest = read_words("words")["money"]["largest"]
            rule = {"type": "cell", "criteria": ">", "value": largest}
            beyond = {**rule, "format": sheet.formats["large"]}
            ledger.conditional_format(first, at, last, at, beyond)


def _fill(
    sheet: Sheet, ledger: Any, first: int, projects: pd.DataFrame, further: list[str]
) -> None:
    """Write projects below the header, codes as the names that the drop-downs offer."""
    names = [field.name for field in sheet.columns] + further
    for at, name in enumerate(names):
        if name not in projects:
            continue
        column = projects[name]
        for row, value in enumerate(column.tolist(), start=first):
            if value is None or pd.isna(value):
                continue
            if isinstance(value, pd.Timestamp):
                ledger.write_datetime(row, at, value.to_pydatetime(), sheet.formats["date"])
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                ledger.write_number(row, at, value, sheet.formats["number"])
            else:
                text = sheet.choices.word(name, value)
                ledger.write_string(row, at, text, sheet.formats["text"])
