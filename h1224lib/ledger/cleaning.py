"""Cleaning: the columns of one sheet become typed values, each problem marked where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.findings import Problem
from h1224lib.labels import name_code
from h1224lib.ledger import flags, texts
from h1224lib.ledger.amounts import clean_amounts
from h1224lib.ledger.columns import Column, mark_troubles, show
from h1224lib.ledger.credits import check_cells, clean_shares
from h1224lib.ledger.dates import Context, Dates, clean_dates, has_day, no_dates
from h1224lib.ledger.directions import clean_directions
from h1224lib.ledger.headers import is_foreign, unit_of
from h1224lib.ledger.marks import Mark, book_of, make_problem, rows_with
from h1224lib.ledger.names import Terms, clean_names, compare_sheet, name_of_sheet, one_name
from h1224lib.ledger.settings import Settings
from h1224lib.ledger.sheets import Sheet
from h1224lib.ledger.stages import check_stages, list_stages
from h1224lib.ledger.vocabulary import Fault, is_nothing, list_fields
from h1224lib.plan.model import DIMENSIONS

Objects = npt.NDArray[np.object_]


@dataclass(eq=False)
class Part:
    """What one sheet gives: its values by column, and what is wrong with them.

    Attributes
    ----------
    values : dict
        Column -> one value a row, typed.
    dates : dict
        Date column -> the days that each row may mean.
    further : dict
        Header -> the values of a column that is passed through.
    shares, shared : array of object, optional
        Shares of credit a row, and the areas where one cell names several.
    lost : bool
        A column is missing without which none of its rows can be counted.
    marks, problems : list
        Of cells, and of the sheet.
    """

    sheet: Sheet
    values: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, Dates] = field(default_factory=dict)
    further: dict[str, Any] = field(default_factory=dict)
    shares: Objects | None = None
    shared: Objects | None = None
    lost: bool = False
    marks: list[Mark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sheet.rows)


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
    part = Part(sheet, problems=list(sheet.problems))
    place = book_of(file, sheet.name)
    _clean_identity(part, place)
    for dimension in DIMENSIONS:
        _clean_dimension(part, dimension, terms, place)
    _clean_investment(part, settings, place)
    _clean_dates(part, settings.vintage)
    _clean_optional(part, terms)
    _check_rows(part, terms)
    for column in sheet.columns.values():
        part.marks += mark_troubles(column, column.name in part.further)
    if part.further:
        names = {"names": list(part.further)}
        problem = make_problem("ledger_passed_through", place, sheet.header_row, "", "", **names)
        part.problems.append(problem)
    return part


def _clean_identity(part: Part, place: str) -> None:
    columns = part.sheet.columns
    if "project_id" in columns:
        part.values["project_id"], marks = texts.clean_ids(columns["project_id"])
        part.marks += marks
    else:
        # Where a row stands tells it from others, until somebody inserts one above.
        made = [f"{part.sheet.name}!{row}" for row in part.sheet.rows]
        part.values["project_id"] = pd.Series(made, dtype="str")
        row = part.sheet.header_row
        part.problems.append(make_problem("ledger_no_id_column", place, row, "", ""))
    if "name" in columns:
        part.values["name"], marks = texts.clean_texts(columns["name"], needed=True)
        part.marks += marks
    else:
        _lack(part, "name", place)


def _lack(part: Part, name: str, place: str) -> None:
    """Say that a sheet lacks a column without which none of its rows can be counted."""
    part.lost = True
    part.values.setdefault(name, pd.Series([None] * len(part), dtype="str"))
    column = {"needed": list_fields()[name].label}
    row = part.sheet.header_row
    part.problems.append(make_problem("ledger_no_column", place, row, "", "", **column))


def _clean_dimension(part: Part, dimension: str, terms: Terms, place: str) -> None:
    """Read a dimension from its column, or from the sheet's name, or from headings in it."""
    sheet, count = part.sheet, len(part)
    column = sheet.columns.get(dimension)
    if dimension not in terms.plan.dimensions:
        whole = pd.Categorical.from_codes(np.zeros(count, dtype=int), categories=["all"])
        part.values[dimension] = whole
        return
    if column is not None:
        named = clean_names(column, dimension, terms)
        part.values[dimension] = named.codes
        part.marks += named.marks
        if dimension == "area":
            part.values["platform"], part.shared = named.platforms, named.shared
            part.marks += compare_sheet(column, named, sheet.name, terms)
        return
    row = sheet.header_row
    code = name_of_sheet(sheet.name, dimension, terms)
    if code:
        parent = terms.platforms.get(code, code) if dimension == "area" else code
        part.values[dimension] = one_name(parent, count, dimension, terms)
        if parent != code:
            part.values["platform"] = np.full(count, code, dtype=object)
        more = {"name": name_code(terms.plan, dimension, code), "dimension": dimension}
        problem = make_problem("ledger_from_sheet_name", place, row, "", sheet.name, **more)
        part.problems.append(problem)
    elif dimension in sheet.sections:
        _take_sections(part, dimension, terms, place)
    else:
        part.values[dimension] = one_name("", count, dimension, terms)
        _lack(part, dimension, place)


def _take_sections(part: Part, dimension: str, terms: Terms, place: str) -> None:
    codes = part.sheet.sections[dimension]
    known = list(one_name("", 0, dimension, terms).categories)
    parents = [terms.platforms.get(c, c) if dimension == "area" else c for c in codes]
    part.values[dimension] = pd.Categorical(parents, categories=known)
    above = part.values[dimension].codes < 0
    if above.any():
        part.marks.append(Mark("ledger_blank", dimension, np.flatnonzero(above)))
    more = {"dimension": dimension}
    row = part.sheet.header_row
    part.problems.append(make_problem("ledger_from_section", place, row, "", "", **more))


def _clean_investment(part: Part, settings: Settings, place: str) -> None:
    column = part.sheet.columns.get("investment")
    if column is None:
        part.values["investment"] = np.full(len(part), np.nan)
        return
    unit = unit_of(column.header)
    row = part.sheet.header_row
    if unit is None and is_foreign(column.header):
        found = make_problem("ledger_unit_foreign", place, row, column.header, column.header)
        part.problems.append(found)
    elif unit is None:
        unit, said = _unit_of_titles(part.sheet.titles)
        if unit is None:
            unit, said = settings.investment_unit, ""
        if said:
            more = {"said": said}
            found = make_problem(
                "ledger_unit_from_title", place, row, column.header, column.header, **more
            )
            part.problems.append(found)
    part.values["investment"], marks = clean_amounts(column, unit)
    part.marks += marks


def _unit_of_titles(titles: list[str]) -> tuple[int | None, str]:
    """Return the unit that titles say (单位：万元), where they agree on one."""
    said = {unit_of(text): text for text in titles if "单位" in text and unit_of(text) is not None}
    return next(iter(said.items())) if len(said) == 1 else (None, "")


def _clean_dates(part: Part, vintage: dt.date | None) -> None:
    none = no_dates(len(part))
    context = Context(part.sheet.years, part.sheet.text_only, part.sheet.from_1904)
    for name, known in list_fields().items():
        if known.kind != "date":
            continue
        column = part.sheet.columns.get(name)
        part.dates[name] = none
        if column is not None:
            part.dates[name], marks = clean_dates(column, context, vintage)
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
            _clean_platform(part, column, terms)


def _clean_platform(part: Part, column: Column, terms: Terms) -> None:
    """Read platforms that the plan knows, and set each against its row's area."""
    found: list[str | None] = []
    faults = []
    for number, value in enumerate(column.values):
        text = show(value)
        code = None if is_nothing(text) else terms.names.code("area", text)
        if not is_nothing(text) and code not in terms.platforms:
            faults.append((number, Fault("ledger_not_platform", {})))
        found.append(code if code in terms.platforms else None)
    part.marks += column.mark(faults)
    said = column.spread(found, None, object)
    before = part.values.get("platform", np.full(len(part), None, dtype=object))
    parents = np.array([terms.platforms.get(code) for code in said], dtype=object)
    areas = np.asarray(part.values["area"], dtype=object)
    elsewhere = (said != None) & (parents != areas)  # noqa: E711 - element by element
    if elsewhere.any():
        at = np.flatnonzero(elsewhere)
        shown = [show(column.at(row)) for row in at]
        part.marks.append(Mark("ledger_platform_elsewhere", "platform", at, shown))
    part.values["platform"] = np.where(said == None, before, said)  # noqa: E711 - likewise


# What cells say together


def _check_rows(part: Part, terms: Terms) -> None:
    held = {
        stage: np.full(len(part), stage in part.sheet.columns, dtype=bool)
        for stage in list_stages()
    }
    lost = [m for m in part.marks if m.column in part.dates]
    readable = ~rows_with(lost, "error", len(part))
    for name in part.dates.keys() & part.sheet.columns.keys():
        readable[list(part.sheet.columns[name].troubles)] = False
    part.marks += check_stages(part.dates, part.values["project_type"], held, readable)
    part.marks += _check_types(part, terms)
    if part.shared is not None:
        part.marks += check_cells(part.shared, part.shares)
    reason = part.values.get("withdrawn_reason")
    if reason is not None:
        undated = reason.notna().to_numpy() & ~has_day(part.dates["withdrawn"])
        if undated.any():
            found = reason[undated].tolist()
            at = np.flatnonzero(undated)
            part.marks.append(Mark("ledger_withdrawn_no_date", "withdrawn_reason", at, found))


def _check_types(part: Part, terms: Terms) -> Iterator[Mark]:
    """Yield a mark where the plan has no projects of this type in this industry."""
    industries, types = part.values["industry"], part.values["project_type"]
    for industry, lacking in terms.plan.without().items():
        for kind in sorted(lacking & set(types.categories)):
            wrong = (np.asarray(industries == industry)) & np.asarray(types == kind)
            if wrong.any():
                numbers = {
                    "industry": name_code(terms.plan, "industry", industry),
                    "type": name_code(terms.plan, "project_type", kind),
                }
                yield Mark(
                    "ledger_type_lacking", "project_type", np.flatnonzero(wrong), "", numbers
                )
