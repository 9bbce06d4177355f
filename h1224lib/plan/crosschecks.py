"""What must hold between rows that say the same thing twice, in one table of a plan or in two."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.findings import Problem, problem
from h1224lib.plan.checks import Tables, check_circles, has_columns
from h1224lib.plan.model import DIMENSIONS, TABLES
from h1224lib.plan.printed import find_factor
from h1224lib.plan.spelling import plain
from h1224lib.plan.tables import is_date, is_number, plan_format

# Rows that stand below others of their own table: table -> key, column of the one above.
CHAINS = {"assessment": ("item_id", "parent"), "directions": ("direction_id", "sub_of")}
# Numbers that are counts, points or shares, never below 0.
UNSIGNED = {
    "bodies": ("seats",),
    "directions": ("number",),
    "landmarks": ("minimum", "maximum"),
    "industries": ("weight_pct",),
    "assessment": ("points", "weight_pct"),
}


def crosscheck_tables(
    tables: Tables, listed: set[str], package: Mapping[str, Any]
) -> list[Problem]:
    """List what contradicts itself in the tables that could be read, of those that are listed."""
    problems = []
    for table, (key, above) in CHAINS.items():
        if table in tables:
            problems += check_circles(table, tables[table], key, above)
    for dimension in (*DIMENSIONS, "horizon"):
        if (table := TABLES[dimension]) in tables:
            problems += _check_names(table, tables[table])
    problems += _check_signs(tables)
    problems += _check_directions(tables)
    problems += _check_landmarks(tables)
    problems += _check_weights(tables)
    problems += _check_concerns(tables, listed)
    return problems + _check_issue(tables, package)


def _check_names(table: str, frame: pd.DataFrame) -> list[Problem]:
    """List the names that two codes of a table bear: a printed name would mean neither."""
    columns = [name for name in ("code", "zh", "en", "aliases") if name in frame]
    if "code" not in columns:
        return []
    bearers: dict[str, str] = {}
    problems = []
    for line, row in frame[columns].iterrows():
        for column in columns:
            for name in str(row[column]).split(";"):
                other = bearers.setdefault(plain(name), row["code"]) if name else row["code"]
                if other != row["code"]:
                    file = f"{table}.csv"
                    problems.append(problem("shared_name", file, line, column, name, other=other))
    return problems


def _check_signs(tables: Tables) -> list[Problem]:
    return [
        problem("below_zero", f"{table}.csv", line, column, found)
        for table, columns in UNSIGNED.items()
        for column in columns
        if has_columns(tables, {table: {column}})
        for line, found in tables[table][column].items()
        if is_number(found) and Decimal(found) < 0
    ]


def _check_directions(tables: Tables) -> list[Problem]:
    """List directions that share their position with another, or are part of another industry's."""
    columns = ["industry", "sub_of", "number"]
    if not has_columns(tables, {"directions": {*columns, "direction_id"}}):
        return []
    frame = tables["directions"]
    industries = dict(zip(frame["direction_id"], frame["industry"], strict=True))
    problems = []
    first: dict[tuple[str, ...], str] = {}
    for line, row in frame.iterrows():
        position = tuple(row[column] for column in columns)
        before = first.setdefault(position, row["direction_id"])
        if before != row["direction_id"]:
            values = {"found": row["number"], "before": before}
            problems.append(problem("same_position", "directions.csv", line, "number", **values))
        other = industries.get(row["sub_of"], row["industry"])
        if other != row["industry"]:
            found = row["industry"]
            problems.append(
                problem("other_industry", "directions.csv", line, "industry", found, other=other)
            )
    return problems


# Landmarks against the figures of their measures


def _check_landmarks(tables: Tables) -> list[Problem]:
    if not has_columns(tables, {"landmarks": {"minimum"}}):
        return []
    problems = []
    printed = _list_figures(tables)
    for line, row in tables["landmarks"].iterrows():
        least, most = row["minimum"], row.get("maximum", "")
        if not is_number(least) or (most and not is_number(most)):
            continue
        if most and Decimal(most) < Decimal(least):
            values = {"found": most, "value": least}
            problems.append(problem("value_max_below", "landmarks.csv", line, "maximum", **values))
        elif row.get("measure") and _is_known(row, tables):
            key = (row["measure"], row.get("industry", "all"), row["horizon"])
            same, unit = printed.get(key, []), row.get("unit", "")
            if same and not any(_is_same(least, most, unit, figure) for figure in same):
                values = {"found": f"{least}～{most}" if most else least, "unit": unit}
                values["other"] = " ".join((same[0][0], same[0][2]))
                problems.append(problem("other_figure", "landmarks.csv", line, "minimum", **values))
    return problems


def _is_known(row: pd.Series, tables: Tables) -> bool:
    """Tell whether the codes that a landmark shares with figures could be read, and are there."""
    return "figures" in tables and all(
        row.get(name, "all") in {"all", *tables.get(TABLES[name], {}).get("code", ())}
        for name in ("measure", "industry", "horizon")
    )


Printed = tuple[str, str, str]  # value, value_max, unit


def _list_figures(tables: Tables) -> dict[tuple[str, ...], list[Printed]]:
    """Return what is printed for the whole area: (measure, industry, horizon) -> values."""
    keys = ["measure", "horizon", "value", "unit"]
    if not has_columns(tables, {"figures": {"area", *keys}}):
        return {}
    found: dict[tuple[str, ...], list[Printed]] = {}
    for row in tables["figures"].to_dict("records"):
        if row["area"] == "all" and row.get("project_type", "all") == "all":
            key = (row["measure"], row.get("industry", "all"), row["horizon"])
            found.setdefault(key, []).append((row["value"], row.get("value_max", ""), row["unit"]))
    return found


def _is_same(least: str, most: str, unit: str, figure: Printed) -> bool:
    """Tell whether a landmark's number is a figure's, each in its unit's magnitude."""
    value, upper, counted = figure
    factor = find_factor(unit, counted) if unit else Fraction(1)
    pairs = ((least, value), (most, upper)) if most else ((least, value),)
    return factor is not None and all(
        is_number(mine) and is_number(theirs) and Fraction(mine) * factor == Fraction(theirs)
        for mine, theirs in pairs
    )


# Weights, notes, days


def _check_weights(tables: Tables) -> list[Problem]:
    """List the weights of industries in which industries.csv, assessment.csv and figures differ."""
    stated: dict[str, dict[Decimal, str]] = {}
    for industry, weight in _list_weights(tables):
        stated.setdefault(industry, {}).setdefault(weight, "figures.csv")
    problems = []
    for table, key in (("industries", "code"), ("assessment", "industry")):
        if not has_columns(tables, {table: {key, "weight_pct"}}):
            continue
        for line, row in tables[table].iterrows():
            industry, found = row[key], row["weight_pct"]
            if not industry or not is_number(found):
                continue
            known = stated.setdefault(industry, {})
            if known and Decimal(found) not in known:
                other, file = next(iter(known.items()))
                values = {"found": found, "other": str(other), "other_file": file}
                problems.append(
                    problem("other_weight", f"{table}.csv", line, "weight_pct", **values)
                )
            known.setdefault(Decimal(found), f"{table}.csv")
    return problems


def _list_weights(tables: Tables) -> list[tuple[str, Decimal]]:
    """Return the weights in % of industries among the figures: rules, as points are."""
    needed = {"measures": {"code", "role", "unit"}, "figures": {"measure", "industry", "value"}}
    if not has_columns(tables, needed):
        return []
    measures, figures = tables["measures"], tables["figures"]
    rules = measures[(measures["role"] == "rule") & (measures["unit"] == "%")]["code"]
    rows = figures[figures["measure"].isin(rules) & (figures["industry"] != "all")]
    pairs = zip(rows["industry"], rows["value"], strict=True)
    return [(industry, Decimal(value)) for industry, value in pairs if is_number(value)]


def _check_concerns(tables: Tables, listed: set[str]) -> list[Problem]:
    """List what notes concern, as ``table:code``, where the table has no such code."""
    if not has_columns(tables, {"notes": {"concerns"}}):
        return []
    codes = {
        name: set(tables[name][spec["key"][0]])
        for name, spec in plan_format().items()
        if has_columns(tables, {name: {spec["key"][0]}})
    }
    problems = []
    for line, found in tables["notes"]["concerns"].items():
        for concern in filter(None, found.split(";")):
            table, _, code = concern.partition(":")
            if table not in codes and table in listed:
                continue  # that it is missing, or could not be read, is said
            # A dimension without a table has its whole.
            if code not in codes.get(table, {"all"} if table in TABLES.values() else set()):
                problems.append(problem("no_concern", "notes.csv", line, "concerns", concern))
    return problems


def _check_issue(tables: Tables, package: Mapping[str, Any]) -> list[Problem]:
    """List a day of issue that is none, and amendments that hold from before it."""
    issued = str(package.get("date", ""))
    if not issued:
        return []
    if not is_date(issued):
        return [problem("not_date", "datapackage.json", None, "date", issued)]
    if not has_columns(tables, {"figures": {"effective"}}):
        return []
    return [
        problem("before_issue", "figures.csv", line, "effective", found, issued=issued)
        for line, found in tables["figures"]["effective"].items()
        if is_date(found) and found < issued
    ]
