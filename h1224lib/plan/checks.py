"""What must hold between the tables of a plan folder: references, parents, horizons, values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from h1224lib.findings import Problem, problem
from h1224lib.plan.model import DIMENSIONS, TABLES
from h1224lib.plan.tables import is_number, plan_format
from h1224lib.steps import LARGEST

Tables = dict[str, pd.DataFrame]


def check_tables(tables: Tables, listed: set[str]) -> list[Problem]:
    """List the problems between the tables that could be read, of those that are listed."""
    problems = _check_references(tables)
    for dimension in ("measure", *DIMENSIONS):
        if TABLES[dimension] in tables:
            problems += _check_tree(TABLES[dimension], tables[TABLES[dimension]])
    if "horizons" in tables:
        problems += _check_horizons(tables["horizons"])
    if "figures" in tables and "measures" in tables:
        problems += _check_values(tables["figures"], tables["measures"])
        problems += _check_dimensions(tables["figures"], listed)
    return problems


def _check_references(tables: Tables) -> list[Problem]:
    problems = []
    for table, spec in plan_format().items():
        if table not in tables:
            continue
        frame = tables[table]
        for name, field in spec["fields"].items():
            target = tables.get(field.get("references", ""))
            # Without an industries table, `all` is the only industry: _check_dimensions says so.
            if target is None or name not in frame:
                continue
            known = set(target[plan_format()[field["references"]]["key"][0]])
            kind = "unknown_parent" if name == "parent" else "unknown_code"
            for line, found in frame[name][frame[name] != ""].items():
                codes = found.split(";") if field.get("list") else [found]
                problems += [
                    problem(kind, f"{table}.csv", line, name, code, table=field["references"])
                    for code in codes
                    if code not in known
                ]
    return problems


def _check_tree(table: str, frame: pd.DataFrame) -> list[Problem]:
    if "code" not in frame or "parent" not in frame:
        return []
    file = f"{table}.csv"
    lines = dict(zip(frame["code"], frame.index, strict=True))
    parents = dict(zip(frame["code"], frame["parent"], strict=True))
    roots = [code for code, parent in parents.items() if parent == ""]
    problems = []
    if table != "measures":  # of which most stand by themselves
        if "all" not in parents:
            problems.append(problem("no_root", file, None, "code", "", table=table))
        problems += [
            problem("second_root", file, lines[code], "parent", code)
            for code in roots
            if code != "all"
        ]
    for line, row in frame.iterrows():
        if row["parent"] and not row.get("part"):
            problems.append(problem("no_part", file, line, "part", row["code"]))
    for cycle in _find_cycles(parents):
        line = lines[cycle[0]]
        problems.append(problem("parent_cycle", file, line, "parent", " > ".join(cycle)))
    return problems


def _find_cycles(parents: dict[str, str]) -> list[list[str]]:
    cycles = []
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        code = start
        while code in parents and code not in done and code not in path:
            path.append(code)
            code = parents[code]
        if code in path:
            cycles.append([*path[path.index(code) :], code])
        done.update(path)
    return cycles


def _check_horizons(frame: pd.DataFrame) -> list[Problem]:
    problems = []
    spans = [
        (line, row["code"], row["first_day"], row["last_day"]) for line, row in frame.iterrows()
    ]
    for line, _code, first, last in spans:
        if first > last:
            problems.append(problem("backward_horizon", "horizons.csv", line, "last_day", last))
    for i, (_, code, first, last) in enumerate(spans):
        for line, other, start, end in spans[i + 1 :]:
            apart = last < start or end < first
            nested = (first <= start and end <= last) or (start <= first and last <= end)
            if not apart and not nested:
                found = f"{code}: {first}..{last}, {other}: {start}..{end}"
                problems.append(
                    problem("overlapping_horizons", "horizons.csv", line, "code", found)
                )
    return problems


def _check_values(figures: pd.DataFrame, measures: pd.DataFrame) -> list[Problem]:
    steps = dict(zip(measures["code"], measures["step"], strict=True))
    problems = []
    for row in figures.reset_index().itertuples(index=False):
        problems += _check_figure(row, steps.get(row.measure))
    return problems


def _check_figure(row: Any, step: str | None) -> list[Problem]:
    file, line = "figures.csv", row.line
    value = getattr(row, "value", "")
    if row.printed == "-":
        return [problem("value_beside_dash", file, line, "value", value)] if value else []
    if not value:
        return [] if row.relation == "reference" else [problem("no_value", file, line, "value")]
    found = []
    if row.relation == "range" and not getattr(row, "value_max", ""):
        found.append(problem("no_value_max", file, line, "value_max"))
    if not is_number(value) or not step or not is_number(step) or Decimal(step) <= 0:
        return found  # check_cells has said so
    steps = Decimal(value) / Decimal(step)
    if abs(steps) > LARGEST:
        found.append(problem("too_large", file, line, "value", value, most=LARGEST))
    elif steps != steps.to_integral_value():
        found.append(problem("off_step", file, line, "value", value, step=step))
    return found


def _check_dimensions(figures: pd.DataFrame, listed: set[str]) -> list[Problem]:
    problems = []
    for dimension in DIMENSIONS:
        if TABLES[dimension] in listed or dimension not in figures:
            continue
        for line, code in figures[dimension][figures[dimension] != "all"].items():
            kind, file = "dimension_without_table", "figures.csv"
            problems.append(problem(kind, file, line, dimension, code, table=TABLES[dimension]))
    return problems
