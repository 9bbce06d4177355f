"""What must hold between the tables of a plan folder: references, parents, horizons, values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.findings import Problem, problem
from h1224lib.plan.model import DIMENSIONS, TABLES
from h1224lib.plan.printed import find_bound, is_printed
from h1224lib.plan.tables import is_date, is_number, is_step, plan_format
from h1224lib.steps import LARGEST

Tables = dict[str, pd.DataFrame]

# Of a rate or a level, the change or the balance that it measures may be below 0.
UNSIGNED = ("count", "flow", "stock")
# Amounts of one year or one day, and the roles under which they are.
DATED = ("level", "stock")
TARGETS = ("target", "result")
_BOUND_BY = {"lower": (">=", ">", "range", "reference"), "upper": ("<=", "range", "reference")}


def check_tables(tables: Tables, listed: set[str]) -> list[Problem]:
    """List the problems between the tables that could be read, of those that are listed."""
    problems = _check_references(tables, listed)
    for dimension in ("measure", *DIMENSIONS):
        if TABLES[dimension] in tables:
            problems += _check_tree(TABLES[dimension], tables[TABLES[dimension]])
    if "horizons" in tables:
        problems += _check_horizons(tables["horizons"])
    if "figures" in tables and "measures" in tables:
        problems += _check_values(tables["figures"], tables["measures"])
        problems += _check_years(tables)
    if "measures" in tables:
        problems += _check_ratios(tables["measures"])
    return problems


def has_columns(tables: Tables, needed: Mapping[str, set[str]]) -> bool:
    """Tell whether tables could be read, with these columns."""
    return all(
        table in tables and columns <= set(tables[table]) for table, columns in needed.items()
    )


def _check_references(tables: Tables, listed: set[str]) -> list[Problem]:
    problems = []
    for table, spec in plan_format().items():
        if table not in tables:
            continue
        frame = tables[table]
        for name, field in spec["fields"].items():
            if "references" in field and name in frame:
                problems += _check_codes(table, name, field, frame[name], tables, listed)
    return problems


def _check_codes(
    table: str,
    name: str,
    field: dict[str, Any],
    column: pd.Series,
    tables: Tables,
    listed: set[str],
) -> list[Problem]:
    """List the codes of one column that the table which it refers to does not have."""
    other = field["references"]
    if other not in tables and (other in listed or plan_format()[other]["required"]):
        return []  # that it is missing, or could not be read, is said
    key = plan_format()[other]["key"][0]
    if other in tables and key not in tables[other]:
        return []  # that the column is missing is said
    kind = "unknown_parent" if name == "parent" else "unknown_code"
    known = set(tables[other][key]) if other in tables else {"all"}
    kind = kind if other in tables else "dimension_without_table"
    return [
        problem(kind, f"{table}.csv", line, name, code, table=other)
        for line, found in column[column != ""].items()
        for code in (found.split(";") if field.get("list") else [found])
        if code not in known
    ]


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
    return problems + check_circles(table, frame, "code", "parent")


def check_circles(table: str, frame: pd.DataFrame, key: str, above: str) -> list[Problem]:
    """List the rows of a table that stand above one another in a circle."""
    if not {key, above} <= set(frame):
        return []
    lines = dict(zip(frame[key], frame.index, strict=True))
    parents = dict(zip(frame[key], frame[above], strict=True))
    return [
        problem("parent_cycle", f"{table}.csv", lines[cycle[0]], above, " > ".join(cycle))
        for cycle in _find_cycles(parents)
    ]


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
    if not {"code", "first_day", "last_day"} <= set(frame):
        return []
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
            if (first, last) == (start, end):
                problems.append(
                    problem("same_horizon", "horizons.csv", line, "code", other, code=code)
                )
            nested = (first <= start and end <= last) or (start <= first and last <= end)
            if not apart and not nested:
                found = f"{code}: {first}..{last}, {other}: {start}..{end}"
                problems.append(
                    problem("overlapping_horizons", "horizons.csv", line, "code", found)
                )
    return problems


def _check_values(figures: pd.DataFrame, measures: pd.DataFrame) -> list[Problem]:
    known = {row["code"]: row for row in measures.to_dict("records") if "code" in row}
    problems = []
    for line, row in zip(figures.index, figures.to_dict("records"), strict=True):
        measure = known.get(row.get("measure"), {})
        problems += _check_figure(line, row, measure)
        unit = measure.get("unit", "")
        if unit and row.get("unit", unit) != unit:
            problems.append(
                problem("other_unit", "figures.csv", line, "unit", row["unit"], unit=unit)
            )
    return problems


def _check_figure(line: Any, row: dict[Any, Any], measure: Mapping[Any, Any]) -> list[Problem]:
    file = "figures.csv"
    value, upper = row.get("value", ""), row.get("value_max", "")
    relation, printed = row.get("relation", ""), row.get("printed", "")
    if printed == "-":
        return _check_dash(line, value, relation)
    if not value:
        return [] if relation == "reference" else [problem("no_value", file, line, "value")]
    found = []
    if relation == "reference":
        found.append(problem("value_of_reference", file, line, "value", value))
    if relation == "range" and not upper:
        found.append(problem("no_value_max", file, line, "value_max"))
    if is_number(upper) and is_number(value) and Decimal(upper) < Decimal(value):
        found.append(problem("value_max_below", file, line, "value_max", upper, value=value))
    for column, amount in (("value", value), ("value_max", upper)):
        found += check_amount(file, line, column, amount, measure)
        if is_number(amount) and not is_printed(amount, printed, measure.get("unit", "")):
            found.append(problem("printed_differs", file, line, "printed", printed, value=amount))
    bound = find_bound(printed)
    if bound and relation not in _BOUND_BY[bound]:
        # What is none of the relations is said of its own.
        listed = relation in plan_format()["figures"]["fields"]["relation"]["enum"]
        choices = list(_BOUND_BY[bound][:2]) if bound == "lower" else ["<="]
        found += [
            problem("other_bound", file, line, "relation", relation, printed=printed, known=choices)
        ] * listed
    return found


def _check_dash(line: Any, value: str, relation: str) -> list[Problem]:
    found = []
    if value:
        found.append(problem("value_beside_dash", "figures.csv", line, "value", value))
    if relation in (">=", ">", "<=", "range", "~"):
        found.append(problem("bound_of_dash", "figures.csv", line, "relation", relation))
    return found


def _check_years(tables: Tables) -> list[Problem]:
    """List the targets for an amount of one year, or of one day, at a horizon of several years.

    A rate may be meant for several years, as their mean; points and weights may hold for each.
    """
    needed = {"horizons": {"code", "first_day", "last_day"}, "figures": {"measure", "horizon"}}
    if not has_columns(tables, needed | {"measures": {"code", "kind", "role"}}):
        return []
    figures, measures, horizons = (tables[n] for n in ("figures", "measures", "horizons"))
    long = {
        row["code"]
        for row in horizons.to_dict("records")
        if is_date(row["first_day"]) and row["last_day"] >= _a_year_after(row["first_day"])
    }
    dated = measures[measures["kind"].isin(DATED) & measures["role"].isin(TARGETS)]
    kinds = dict(zip(dated["code"], dated["kind"], strict=True))
    rows = figures[figures["horizon"].isin(long) & figures["measure"].isin(kinds)]
    found = zip(rows.index, rows["horizon"], rows["measure"], strict=True)
    return [
        problem("not_of_years", "figures.csv", line, "horizon", horizon, dated=kinds[measure])
        for line, horizon, measure in found
    ]


def check_amount(
    file: str, line: Any, column: str, amount: str, measure: Mapping[Any, Any]
) -> list[Problem]:
    """List what makes an amount impossible for its measure: its sign, its size, its step.

    What is no number, or too large for any measure, is left to `check_cells`.
    """
    if not is_number(amount) or abs(Decimal(amount)) > LARGEST:
        return []
    value = Fraction(Decimal(amount))
    found = []
    if value < 0 and measure.get("kind") in UNSIGNED:
        found.append(problem("negative", file, line, column, amount))
    step = measure.get("step", "")
    if not is_step(step):
        return found
    steps = value / Fraction(Decimal(step))
    if abs(steps) > LARGEST:
        found.append(problem("too_large", file, line, column, amount, most=LARGEST))
    elif steps.denominator != 1:
        found.append(problem("off_step", file, line, column, amount, step=step))
    return found


def _a_year_after(day: str) -> str:
    return f"{int(day[:4]) + 1:04d}{day[4:]}"


def _check_ratios(measures: pd.DataFrame) -> list[Problem]:
    """List the measures that have a numerator or a denominator alone."""
    if not {"numerator", "denominator"} <= set(measures):
        return []
    problems = []
    for line, row in measures.iterrows():
        if bool(row["numerator"]) != bool(row["denominator"]):
            column = "denominator" if row["numerator"] else "numerator"
            code = row.get("code", "")
            problems.append(problem("half_ratio", "measures.csv", line, column, code))
    return problems
