"""Members: area, industry and type of each row, from its cell, headings or the sheet's name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.labels import name_code
from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.headings import nearest_members
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.names import Named, Terms, clean_names, compare_sheet, name_of_sheet
from h1224lib.ledger.parts import Part
from h1224lib.ledger.vocabulary import Fault, is_nothing
from h1224lib.plan.model import DIMENSIONS


def clean_members(part: Part, terms: Terms) -> None:
    """Read every dimension of the plan, and say which headings were not understood.

    Parameters
    ----------
    part : Part
        To which values, marks and problems are added.
    terms : Terms
        What names mean.
    """
    for dimension in DIMENSIONS:
        column = part.sheet.columns.get(dimension)
        if dimension not in terms.plan.dimensions:
            zeros = np.zeros(len(part), dtype=int)
            part.values[dimension] = pd.Categorical.from_codes(zeros, categories=["all"])
        elif column is not None:
            _read_cells(part, column, dimension, terms)
        else:
            _read_around(part, dimension, terms)
    _tell_headings(part, terms)


def _read_cells(part: Part, column: Column, dimension: str, terms: Terms) -> None:
    """Read a dimension from its column, which holds against headings and the sheet's name."""
    named = clean_names(column, dimension, terms)
    part.values[dimension] = named.codes
    part.marks += named.marks
    if dimension == "area":
        part.values["platform"], part.shared = named.platforms, named.shared
    part.marks += compare_sheet(column, named, dimension, part.sheet.name, terms)
    part.marks += _compare_headings(part, column, named, dimension, terms)


def _compare_headings(
    part: Part, column: Column, named: Named, dimension: str, terms: Terms
) -> Iterator[Mark]:
    """Yield a mark where a cell names another member than the heading above its row."""
    sections = part.sheet.sections
    numbers = sections.given.get(dimension)
    if numbers is None:
        return
    for number in np.unique(numbers[numbers >= 0]).tolist():
        heading = sections.headings[number]
        # Those of the table above say nothing of one that has a column of its own.
        if heading.code and heading.row > part.sheet.starts_after:
            other = named.differs(heading.code, terms) & (numbers == number)
            if other.any():
                at = np.flatnonzero(other)
                found = [show(column.at(row)) for row in at]
                said = {"heading": heading.text}
                yield Mark("ledger_not_heading", dimension, at, found, said)


def _read_around(part: Part, dimension: str, terms: Terms) -> None:
    """Read a dimension that has no column from the sheet's name, or from headings in it."""
    sheet = part.sheet
    own = name_of_sheet(sheet.name, dimension, terms) or ""
    headings = sheet.sections.headings
    numbers = sheet.sections.given.get(dimension, np.full(len(part), -1, dtype=np.int32))
    used = np.unique(numbers[numbers >= 0]).tolist()
    if own or any(headings[number].code for number in used):
        if own:
            label = name_code(terms.plan, dimension, own)
            part.tell("ledger_from_sheet_name", found=sheet.name, name=label, dimension=dimension)
        if used:
            part.tell("ledger_from_section", dimension=dimension)
    else:
        part.lack(dimension)
    said = [heading.code for heading in headings]
    for number in used if own else ():
        if not said[number]:
            continue
        if terms.around(said[number]) != terms.around(own):
            at = np.flatnonzero(numbers == number)
            against = {"sheet": name_code(terms.plan, dimension, own)}
            found = headings[number].text
            part.marks.append(Mark("ledger_heading_not_sheets", dimension, at, found, against))
        elif said[number] == terms.around(own):
            said[number] = own  # A sheet named after a part of an area stays within it.
    _set_members(part, [*said, own], numbers, dimension, terms)


def _set_members(
    part: Part, said: list[str], numbers: npt.NDArray[np.int32], dimension: str, terms: Terms
) -> None:
    """Give each row the member that its heading says, or the sheet's name, which stands last."""
    known = [code for code in terms.plan.table(dimension).index if code != "all"]
    counted = [terms.around(code) for code in said]
    codes = np.array([known.index(code) if code in known else -1 for code in counted])[numbers]
    part.values[dimension] = pd.Categorical.from_codes(codes, categories=known)
    inner = [code if code in terms.platforms else None for code in said]
    if dimension == "area" and any(inner):
        part.values["platform"] = np.array(inner, dtype=object)[numbers]
    if any(said) and (codes < 0).any():
        part.marks.append(Mark("ledger_blank", dimension, np.flatnonzero(codes < 0)))


def _tell_headings(part: Part, terms: Terms) -> None:
    """Name each heading that means no member: an error where a row below needs it."""
    sheet, sections = part.sheet, part.sheet.sections
    needed = [
        d
        for d in DIMENSIONS
        if d in terms.plan.dimensions
        and d not in sheet.columns
        and name_of_sheet(sheet.name, d, terms) is None
    ]
    for heading, end in zip(sections.headings, sections.ends, strict=True):
        if heading.code or heading.row <= sheet.starts_after:
            continue
        below = (sheet.rows > heading.row) & (sheet.rows < end)
        missed = any((np.asarray(part.values[d].codes)[below] < 0).any() for d in needed)
        vague = "ledger_heading_ambiguous" if heading.dimension else "ledger_heading_unknown"
        asked = [heading.dimension] if heading.dimension else needed or DIMENSIONS
        nearest = nearest_members(heading, asked, terms)
        kind = vague if missed else "ledger_heading_unused"
        count = int(below.sum())
        part.tell_at(heading.row, kind, found=heading.text, nearest=nearest, count=count)


def clean_platform(part: Part, column: Column, terms: Terms) -> None:
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
