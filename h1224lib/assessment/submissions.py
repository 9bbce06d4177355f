"""Submissions: what offices hand in, departments' marks and daily work, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.assessment.handed_in import Given, read_rows
from h1224lib.assessment.rules import FULL, read_shares
from h1224lib.assessment.sheet import Items, list_assessed, read_items
from h1224lib.errors import ActualsError
from h1224lib.findings import Problem, problem
from h1224lib.plan.model import TABLES, Plan
from h1224lib.plan.spelling import plain

RECORDS = ("due", "on_time", "submitted", "used", "done")
Key = tuple[str, str]
# Points that a record earns are seldom round: half a hundredth is the same.
CLOSE = Fraction(1, 200)


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
    name, rows = read_rows(given, ("area", "industry", "score"))
    codes = {"area": _name_areas(plan), "industry": _name_codes(plan, "industry")}
    items = read_items(plan)
    codes["industry"] = {k: v for k, v in codes["industry"].items() if v in items.industries}
    found: dict[Key, Fraction] = {}
    problems: list[Problem] = []
    seen: set[Key | None] = {None}
    for line, row in rows:
        key, faults = _find_key(name, line, row, codes)
        score, fault = _read_number(name, line, row, "score", FULL)
        problems += faults + fault
        if key and key in seen:
            problems.append(problem("submitted_twice", name, line, "industry", " ".join(key)))
        seen.add(key)
        if key and score is not None:
            found[key] = score
    _refuse(name, problems)
    return found


def read_daily(given: Given | None, plan: Plan) -> dict[Key, Fraction]:
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

    Returns
    -------
    dict
        (area, item) -> points. What neither points nor records say is not in it.

    Raises
    ------
    ActualsError
        The file cannot be read, or something in it is wrong: all its problems at once.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> records = pd.DataFrame({"area": ["wuxing"], "item": ["reporting"], "due": [12],
    ...     "on_time": [9], "submitted": [8], "used": [4]})
    >>> read_daily(records, load_plan())
    {('wuxing', 'daily.reporting'): Fraction(5, 4)}
    """
    if given is None:
        return {}
    name, rows = read_rows(given, ("area", "item"), ("points", *RECORDS))
    items = read_items(plan)
    codes = {"area": _name_areas(plan), "item": _name_items(plan, items)}
    full = dict(items.daily)
    found: dict[Key, Fraction] = {}
    problems: list[Problem] = []
    seen: set[Key] = set()
    for line, row in rows:
        key, faults = _find_key(name, line, row, codes)
        problems += faults
        if not key:
            continue
        if key in seen:
            problems.append(problem("submitted_twice", name, line, "item", " ".join(key)))
        seen.add(key)
        points, faults = _score_daily(name, line, row, key[1], full[key[1]])
        problems += faults
        if points is not None:
            found[key] = points
    _refuse(name, problems)
    return found


def _score_daily(
    file: str, line: Any, row: Mapping[str, Any], item: str, full: Fraction
) -> tuple[Fraction | None, list[Problem]]:
    """Return the points that a row gives, or earns by its records."""
    points, problems = _read_number(file, line, row, "points", full)
    records = {}
    for column in RECORDS:
        records[column], faults = _read_number(file, line, row, column, None)
        problems += faults
    if problems:
        return points, problems
    earned, problems = _earn(file, line, records, item, full)
    if points is None or earned is None:
        return (earned if points is None else points), problems
    if abs(points - earned) > CLOSE:
        found = f"{row['points']}, {float(earned):g}"
        problems.append(problem("submission_contradicts", file, line, "points", found))
    return points, problems


def _earn(
    file: str, line: Any, records: Mapping[str, Fraction | None], item: str, full: Fraction
) -> tuple[Fraction | None, list[Problem]]:
    """Return the points that records earn; None where one of them is not known."""
    earned = whole = Fraction(0)
    for part in read_shares(item):
        on, of = records[part.on], records[part.of]
        if on is None or of is None:
            return None, []
        if on > of:
            found = f"{part.on} {on}, {part.of} {of}"
            return None, [problem("submitted_too_many", file, line, part.on, found)]
        if of or part.empty == "zero":
            whole += part.share
            earned += part.share * (on / of if of else 0)
    # Where nothing was due there is nothing to judge: no points are known, rather than none got.
    return (full * earned / whole if whole else None), []


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


def _refuse(file: str, problems: list[Problem]) -> None:
    if problems:
        count = len(problems)
        raise ActualsError("submission_has_problems", problems, file=file, count=count)
