"""Cleaning: the columns of one sheet become typed values, each problem marked where it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from h1224lib.ledger import flags, texts
from h1224lib.ledger.agreement import check_rows
from h1224lib.ledger.amounts import clean_amounts, compare_shown
from h1224lib.ledger.columns import mark_troubles
from h1224lib.ledger.credits import clean_shares
from h1224lib.ledger.dates import Context, clean_dates, no_dates
from h1224lib.ledger.directions import clean_directions, clean_landmarks
from h1224lib.ledger.members import clean_members, clean_platform
from h1224lib.ledger.names import Terms
from h1224lib.ledger.parts import Part
from h1224lib.ledger.settings import Settings, vintage_of
from h1224lib.ledger.sheets import Sheet
from h1224lib.ledger.units import is_foreign, names_unit, unit_of
from h1224lib.ledger.vocabulary import list_fields


def clean_sheet(sheet: Sheet, settings: Settings, terms: Terms, file: str) -> Part:
    """Read every column of a sheet of projects.

    Parameters
    ----------
    sheet : Sheet
        Its columns.
    settings : Settings
        The vintage, after which no date can lie, and the unit of amounts that name none.
    terms : Terms
        What names mean.
    file : str
        Name of the ledger's file, for problems.
    """
    vintage = vintage_of(sheet.titles, settings)
    part = Part(sheet, file, vintage, problems=list(sheet.problems))
    _clean_identity(part)
    clean_members(part, terms)
    _clean_investment(part, settings)
    _clean_dates(part)
    _clean_optional(part, terms)
    check_rows(part, terms)
    for column in sheet.columns.values():
        part.marks += mark_troubles(column, column.name in part.further)
    if part.further:
        part.tell("ledger_passed_through", names=list(part.further))
    return part


def _clean_identity(part: Part) -> None:
    columns = part.sheet.columns
    if "project_id" in columns:
        part.values["project_id"], marks = texts.clean_ids(columns["project_id"])
        part.marks += marks
    else:
        # Where a row stands tells it from others, until somebody inserts one above.
        made = [f"{part.sheet.name}!{row}" for row in part.sheet.rows]
        part.values["project_id"] = pd.Series(made, dtype="str")
        part.tell("ledger_no_id_column")
    if "name" in columns:
        part.values["name"], marks = texts.clean_texts(columns["name"], needed=True)
        part.marks += marks
    else:
        part.lack("name")


def _clean_investment(part: Part, settings: Settings) -> None:
    column = part.sheet.columns.get("investment")
    if column is None:
        part.values["investment"] = np.full(len(part), np.nan)
        part.tell("ledger_no_amounts")
        return
    unit, header = unit_of(column.header), column.header
    if unit is None and names_unit(header):
        foreign = is_foreign(header)
        part.tell("ledger_unit_foreign" if foreign else "ledger_unit_unclear", header, header)
    elif unit is None:
        unit, said = _unit_of_titles(part.sheet.titles)
        if unit is None:
            unit, said = settings.investment_unit, ""
        if said:
            part.tell("ledger_unit_from_title", header, header, said=said)
    part.values["investment"], marks = clean_amounts(column, unit)
    part.marks += [*marks, *compare_shown(column, unit)]


def _unit_of_titles(titles: list[str]) -> tuple[int | None, str]:
    """Return the unit that titles say (单位：万元), where they agree on one."""
    said = {unit_of(text): text for text in titles if "单位" in text and unit_of(text) is not None}
    return next(iter(said.items())) if len(said) == 1 else (None, "")


def _clean_dates(part: Part) -> None:
    none = no_dates(len(part))
    context = Context(part.sheet.years, part.sheet.text_only, part.sheet.from_1904)
    for name, known in list_fields().items():
        if known.kind != "date":
            continue
        column = part.sheet.columns.get(name)
        part.dates[name] = none
        if column is not None:
            part.dates[name], marks = clean_dates(column, context, part.vintage)
            part.marks += marks


def _clean_optional(part: Part, terms: Terms) -> None:
    readers = {
        "flag": flags.clean_flags,
        "recognition": flags.clean_recognition,
        "text": texts.clean_texts,
        "word": flags.clean_words,
    }
    for name, column in part.sheet.columns.items():
        known = list_fields().get(name)
        if known is None:
            part.further[name] = texts.clean_further(column)
            part.marks += texts.mark_long_numbers(column)
        elif name == "landmark":
            part.values[name], marks = clean_landmarks(column, terms.plan)
            part.marks += marks
        elif known.kind in readers and name not in part.values:
            part.values[name], marks = readers[known.kind](column)
            part.marks += marks
        elif known.kind == "share":
            part.shares, marks = clean_shares(column)
            part.marks += marks
        elif known.kind == "direction":
            industries = part.values["industry"]
            part.values[name], marks = clean_directions(column, industries, terms.plan)
            part.marks += marks
        elif name == "platform":
            clean_platform(part, column, terms)
