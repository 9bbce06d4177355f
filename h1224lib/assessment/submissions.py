"""Submissions: what offices hand in, departments' marks and daily work, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

import pandas as pd

from h1224lib.assessment.daily import (
    RECORDS,
    Earned,
    Formula,
    Formulas,
    earn_points,
    find_formula,
    read_formulas,
)
from h1224lib.assessment.handed_in import Given, read_rows
from h1224lib.assessment.items import Items, list_assessed, read_items
from h1224lib.assessment.rules import FULL
from h1224lib.errors import ActualsError
from h1224lib.findings import Problem, problem
from h1224lib.plan.model import TABLES, Plan
from h1224lib.plan.spelling import plain

Key = tuple[str, str]
T = TypeVar("T")
# What a row says, None where it says nothing, and what is wrong with it.
Read: TypeAlias = tuple[T | None, list[Problem]]
# Points that a record earns are seldom round: half a hundredth is the same.
CLOSE = Fraction(1, 200)


@dataclass(frozen=True)
class HandedIn:
    """What offices hand in of one assessment.

    Attributes
    ----------
    marks : dict
        (area, industry) -> the department's score.
    daily : dict
        (area, item) -> the points of daily work, and the arithmetic of records.
    formulas : dict
        How records earn points, as `read_formulas` returns it.
    """

    marks: Mapping[Key, Fraction] = field(default_factory=dict)
    daily: Mapping[Key, Earned] = field(default_factory=dict)
    formulas: Formulas = field(default_factory=read_formulas)


def read_submissions(
    plan: Plan, marks: Given | None = None, daily: Given | None = None, formulas: Any = None
) -> HandedIn:
    """Read departments' marks and daily work.

    Parameters
    ----------
    plan : Plan
        Gives areas, industries and items.
    marks, daily
        As `read_marks` and `read_daily` take them.
    formulas
        How records of daily work earn points, as `read_formulas` takes it.

    Raises
    ------
    ActualsError
        Something of it cannot be read or is wrong.
    UnknownNameError
        A formula cannot be used.
    """
    read = read_formulas(formulas)
    return HandedIn(read_marks(marks, plan), read_daily(daily, plan, read), read)


def read_marks(given: Given | None, plan: Plan) -> dict[Key, Fraction]:
    """Read the departments' marks.

    Parameters
    ----------
    given : DataFrame, str or Path, optional
        area, industry (codes or names of the plan), score (0 to 100), note; or a file of these,
        as `read_rows` takes it. An empty score is no score.
    plan : Plan
        Gives areas and industries.

    Returns
    -------
    dict
        (area, industry) -> score.

    Raises
    ------
    ActualsError
        The file cannot be read, or something in it is wrong: all its problems at once.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> marks = pd.DataFrame({"area": ["吴兴"], "industry": ["物流"], "score": ["92.5"]})
    >>> read_marks(marks, load_plan())
    {('wuxing', 'logistics'): Fraction(185, 2)}
    """
    if given is None:
        return {}
    weighted = read_items(plan).industries
    industries = {k: v for k, v in _name_codes(plan, "industry").items() if v in weighted}
    codes = {"area": _name_areas(plan), "industry": industries}

    def read(file: str, line: int, row: Mapping[str, Any], _: Key | None) -> Read[Fraction]:
        return _read_number(file, line, row, "score", FULL)

    return _collect(given, codes, ("score",), (), read)


def read_daily(
    given: Given | None, plan: Plan, formulas: Formulas | None = None
) -> dict[Key, Earned]:
    """Read the points of daily work, given or earned by records.

    Parameters
    ----------
    given : DataFrame, str or Path, optional
        area, item (codes or names of the plan; the last part of a code will do), and either
        points (0 to the item's own) or records: due and on_time (reports), submitted and used
        (items of information), done of due (other items); note; or a file of these, as
        `read_rows` takes it. Points beside records must be what these earn.
    plan : Plan
        Gives areas, items and their points.
    formulas : dict, optional
        How records earn points, as `read_formulas` returns it.

    Returns
    -------
    dict
        (area, item) -> points and their working. What neither points nor records say is not in it.

    Raises
    ------
    ActualsError
        The file cannot be read, or something in it is wrong: all its problems at once.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> records = pd.DataFrame({"area": ["wuxing"], "item": ["reporting"], "due": [12],
    ...     "on_time": [9], "submitted": [8], "used": [4]})
    >>> read_daily(records, load_plan())["wuxing", "daily.reporting"].points
    Fraction(5, 4)
    """
    if given is None:
        return {}
    items = read_items(plan)
    known, full = formulas or read_formulas(), dict(items.daily)
    codes = {"area": _name_areas(plan), "item": _name_items(plan, items)}

    def read(file: str, line: int, row: Mapping[str, Any], key: Key | None) -> Read[Earned]:
        if key is None:
            return None, []
        return _score_daily(file, line, row, find_formula(known, key[1]), full[key[1]])

    return _collect(given, codes, (), ("points", *RECORDS), read)


def _collect(
    given: Given,
    codes: Mapping[str, Mapping[str, str]],
    wanted: tuple[str, ...],
    some: tuple[str, ...],
    read: Callable[[str, int, Mapping[str, Any], Key | None], Read[T]],
) -> dict[Key, T]:
    """Read what each row says of its area and industry or item; refuse all faults at once."""
    name, rows = read_rows(given, (*codes, *wanted), some)
    second = list(codes)[1]
    found: dict[Key, T] = {}
    problems: list[Problem] = []
    seen: set[Key] = set()
    for line, row in rows:
        key, faults = _find_key(name, line, row, codes)
        value, more = read(name, line, row, key)
        problems += faults + more
        if key is None:
            continue
        if key in seen:
            problems.append(problem("submitted_twice", name, line, second, " ".join(key)))
        seen.add(key)
        if value is not None:
            found[key] = value
    if problems:
        count = len(problems)
        raise ActualsError("submission_has_problems", problems, file=name, count=count)
    return found


def _score_daily(
    file: str, line: int, row: Mapping[str, Any], formula: Formula, full: Fraction
) -> Read[Earned]:
    """Return the points that a row gives, or earns by its records."""
    points, problems = _read_number(file, line, row, "points", full)
    records = {}
    for column in RECORDS:
        records[column], faults = _read_number(file, line, row, column, None)
        problems += faults
    for part in formula.shares:
        on, of = records[part.on], records[part.of]
        if on is not None and of is not None and on > of:
            found = f"{part.on} {on}, {part.of} {of}"
            problems.append(problem("submitted_too_many", file, line, part.on, found))
    if problems:
        return None, problems
    earned = earn_points(formula, full, records)
    if points is None or earned is None:
        return (earned if points is None else Earned(points, "")), []
    if abs(points - earned.points) > CLOSE:
        found = f"{row['points']}, {float(earned.points):g}"
        return None, [problem("submission_contradicts", file, line, "points", found)]
    return Earned(points, earned.working), []


def _find_key(
    file: str, line: Any, row: Mapping[str, Any], codes: Mapping[str, Mapping[str, str]]
) -> tuple[Key | None, list[Problem]]:
    """Return the codes that a row is about."""
    key, problems = [], []
    for column, known in codes.items():
        said = "" if pd.isna(row[column]) else str(row[column])
        code = known.get(plain(said))
        if code is None:
            expected = list(dict.fromkeys(known.values()))
            problems.append(problem("submission_unknown", file, line, column, said, known=expected))
        else:
            key.append(code)
    return ((key[0], key[1]) if not problems else None), problems


def _read_number(
    file: str, line: Any, row: Mapping[str, Any], column: str, most: Fraction | None
) -> tuple[Fraction | None, list[Problem]]:
    """Return a number of a row, None where it is empty; at most `most`."""
    said = row.get(column)
    if said is None or pd.isna(said) or not str(said).strip():
        return None, []
    try:
        number = Fraction(str(said).strip())
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if number < 0 or (most is not None and number > most):
        limit = None if most is None else float(most)
        return None, [problem("submission_number", file, line, column, said, most=limit)]
    return number, []


def _name_areas(plan: Plan) -> dict[str, str]:
    assessed = set(list_assessed(plan))
    return {k: v for k, v in _name_codes(plan, "area").items() if v in assessed}


def _name_codes(plan: Plan, dimension: str) -> dict[str, str]:
    """Return code, names and aliases of a dimension, spelled plainly -> code."""
    assert dimension in TABLES
    table = plan.table(dimension)
    names: dict[str, str] = {}
    for code, row in table.iterrows():
        aliases = str(row.get("aliases") or "").split(";")
        for said in (str(code), row["zh"], row["en"], *aliases):
            if said:
                names.setdefault(plain(str(said)), str(code))
    return names


def _name_items(plan: Plan, items: Items) -> dict[str, str]:
    table = plan.assessment.set_index("item_id")
    names = {}
    for item, _ in items.daily:
        chinese = str(table.at[item, "zh"])
        # Documents say 工作配合 and 工作配合情况 of the same item.
        also = (chinese, f"{chinese}情况", chinese.removesuffix("情况"), table.at[item, "en"])
        for said in (item, item.rpartition(".")[2], *also):
            names[plain(str(said))] = item
    return names
