"""Paces: what the opening horizon leaves for the rest, and the growth that levels imply."""

from __future__ import annotations

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import children, inside, target_measures
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.review.cells import (
    LOWER,
    count_months,
    list_cells,
    list_nested,
    list_places,
    name_cell,
    number,
)

FLAT = [k for k in KEYS if k != "horizon"]
COLUMNS = [
    *FLAT, "first", "whole", "first_value", "whole_value", "left", "pace", "leaf", "bounds",
    "place",
]  # fmt: skip
MONTHS = 12
# Relations that bind a value to no end.
LOOSE = ("~", "range")


def measure_paces(plan: Plan) -> pd.DataFrame:
    """Measure in every cell how fast the rest of a horizon must go, against its opening part.

    Only counts and flows, and cells with a number in both horizons. A lower bound or a range
    is taken at its lower end, and `bounds` says so.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, first and whole (horizons), first_value,
        whole_value, left (whole - first) in the measure's unit, pace (left a month of the
        rest / first a month of the opening part; <NA> where first is 0), leaf, bounds, place.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> paces = measure_paces(load_plan())
    >>> paces.query("measure == 'projects' and area == 'deqing' and industry == 'finance'")[
    ...     ["project_type", "left", "pace"]
    ... ].round(3).values.tolist()
    [['all', 10.0, 0.833], ['revenue', 10.0, 0.833]]
    """
    cells = list_cells(plan)
    cells = cells[cells["measure"].map(plan.accumulates).astype(bool) & cells["value"].notna()]
    leaves = set(plan.targets[KEYS].itertuples(index=False, name=None))
    frames = []
    for first, whole in list_nested(plan):
        sides = [cells[cells["horizon"] == h] for h in (first, whole)]
        both = sides[0].merge(sides[1], on=FLAT, suffixes=("_first", "_whole"))
        both = both.rename(columns={"value_first": "first_value", "value_whole": "whole_value"})
        months = _count_months(plan, first, whole)
        left = (both["whole_value"] - both["first_value"]).astype("Float64").round(6)
        base = both["first_value"].astype("Float64").mask(both["first_value"] == 0)
        keys = both[FLAT].itertuples(index=False, name=None)
        both = both.assign(
            first=first,
            whole=whole,
            left=left,
            pace=(left / base * (months[0] / months[1])).round(9),
            # The type is named for the frame without rows, which could not be a mask otherwise.
            leaf=pd.Series([(*key, whole) in leaves for key in keys], both.index, dtype=bool),
            bounds=(both["relation_first"] != "=") | (both["relation_whole"] != "="),
            place=both["place_whole"],
        )
        frames.append(both[COLUMNS])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def _count_months(plan: Plan, first: str, whole: str) -> tuple[float, float]:
    start, middle = plan.horizons.loc[first, ["first_day", "last_day"]]
    opening = count_months(start, middle)
    return opening, count_months(start, plan.horizons.at[whole, "last_day"]) - opening


def _name_pair(plan: Plan, rows: pd.DataFrame) -> dict:
    pair = rows.iloc[0]
    names = {name: name_code(plan, "horizon", pair[name]) for name in ("first", "whole")}
    return {**names, "unit": name_unit(plan, pair["measure"])}


def _main_leaves(plan: Plan) -> list[pd.DataFrame]:
    """Return the leaves of the main measure, one frame a pair of horizons."""
    paces = measure_paces(plan)
    rows = paces[paces["leaf"] & (paces["measure"] == main_measure(plan))] if len(paces) else paces
    return [group for _, group in rows.groupby(["first", "whole"], sort=False)]


def find_due_at_once(plan: Plan) -> list[Finding]:
    """Find leaves whose whole target is due in the opening horizon."""
    found = []
    for rows in _main_leaves(plan):
        due = rows[(rows["left"] == 0) & (rows["whole_value"] > 0)]
        if len(due):
            numbers = {
                **_name_pair(plan, due),
                "cells": [
                    [name_cell(plan, r), number(r["whole_value"])] for r in due.to_dict("records")
                ],
                "count": len(due),
            }
            places = list_places(due["place"])
            found.append(Finding("due_at_once", numbers=numbers, places=places))
    return found


def find_nothing_at_first(plan: Plan) -> list[Finding]:
    """Find leaves that print 0 for the opening horizon: all of it is left for the rest."""
    found = []
    for rows in _main_leaves(plan):
        late = rows[(rows["first_value"] == 0) & (rows["whole_value"] > 0)]
        if len(late):
            numbers = {
                **_name_pair(plan, late),
                "cells": [
                    [name_cell(plan, r), number(r["whole_value"])] for r in late.to_dict("records")
                ],
                "count": len(late),
                "left": number(late["left"].sum()),
            }
            places = list_places(late["place"])
            found.append(Finding("nothing_at_first", numbers=numbers, places=places))
    return found


def find_pace_left(plan: Plan) -> list[Finding]:
    """State for each measure as a whole what is left and how fast it must go."""
    paces = measure_paces(plan)
    if paces.empty:
        return []
    named = sum((paces[d] != "all").astype(int) for d in DIMENSIONS)
    top = paces[named == named.groupby(paces["measure"]).transform("min")]
    top = top[~_inside(plan, top) & top["pace"].notna()]
    found = []
    for _, rows in top.groupby(["first", "whole"], sort=False):
        rows = rows.sort_values("pace", ascending=False, kind="stable")
        listed = [
            [name_cell(plan, r, "measure"), number(r["first_value"]), number(r["whole_value"]),
             number(r["left"]), float(r["pace"]), bool(r["bounds"])]
            for r in rows.to_dict("records")
        ]  # fmt: skip
        numbers = {**_name_pair(plan, rows), "rows": listed, "count": len(listed)}
        numbers.pop("unit")
        places = list_places(rows["place"])
        found.append(Finding("pace_left", numbers=numbers, places=places))
    return found


def _inside(plan: Plan, rows: pd.DataFrame) -> pd.Series:
    marks = pd.Series(False, index=rows.index)
    for dimension in plan.dimensions:
        marks |= rows[dimension].isin(inside(plan, dimension))
    return marks


def find_pace_by_part(plan: Plan) -> list[Finding]:
    """State the fastest and the slowest rest by area, by industry, by type and by cell."""
    paces = measure_paces(plan)
    if paces.empty:
        return []
    rows = paces[(paces["measure"] == main_measure(plan)) & paces["pace"].notna()]
    rows = rows[~_inside(plan, rows)]
    found = []
    for by in (*plan.dimensions, "cell"):
        chosen = rows[rows["leaf"]] if by == "cell" else _along(plan, rows, by)
        if by == "cell" and len(plan.dimensions) < 2:
            continue
        for _, group in chosen.groupby(["first", "whole"], sort=False):
            if len(group) > 1:
                found.append(_tell_extremes(plan, group, by))
    return found


def _along(plan: Plan, rows: pd.DataFrame, by: str) -> pd.DataFrame:
    others = [d for d in DIMENSIONS if d != by]
    kept = rows[(rows[others] == "all").all(axis="columns")]
    return kept[~kept[by].isin(["all", *children(plan, by)])]


def _tell_extremes(plan: Plan, rows: pd.DataFrame, by: str) -> Finding:
    fastest, slowest = rows["pace"].max(), rows["pace"].min()
    numbers = {
        **_name_pair(plan, rows),
        "by": by,
        "count": len(rows),
        "faster": int((rows["pace"] > 1).sum()),
        "even": int((rows["pace"] == 1).sum()),
        "slower": int((rows["pace"] < 1).sum()),
    }
    for name, pace in (("fastest", fastest), ("slowest", slowest)):
        ends = rows[rows["pace"] == pace].to_dict("records")
        numbers[name] = float(pace)
        numbers[f"{name}_cells"] = [
            [name_cell(plan, r), number(r["first_value"]), number(r["left"])] for r in ends
        ]
    return Finding("pace_by_part", numbers=numbers, places=list_places(rows["place"]))


def find_implied_growth(plan: Plan) -> list[Finding]:
    """Find the yearly growth that two targets of a level or stock imply (compound).

    `bound` of a row: ``exact``; ``at_least`` or, strictly, ``above`` (the later value is a lower
    bound or the earlier an upper one); ``at_most`` or ``below`` (the reverse); ``minima`` (both
    are lower bounds); ``printed`` (aims, ranges, upper bounds at both ends: nothing bounds the
    growth, which is that of the lowest numbers printed). Rates are no levels.
    """
    cells = list_cells(plan)
    level = cells["measure"].map(plan.measures["kind"]).isin(["level", "stock"])
    rows = cells[level & cells["measure"].isin(target_measures(plan)) & (cells["value"] > 0)]
    found = []
    places: list[str] = []
    for _, group in rows.groupby(FLAT, sort=False):
        ends = group.assign(last=group["horizon"].map(plan.horizons["last_day"]))
        ends = ends.sort_values("last", kind="stable").drop_duplicates("last")
        if len(ends) < 2:
            continue
        early, late = ends.iloc[0], ends.iloc[-1]
        years = count_months(_day_after(early["last"]), late["last"]) / MONTHS
        growth = float(late["value"] / early["value"]) ** (1 / years) - 1
        spans = [name_code(plan, "horizon", end["horizon"]) for end in (early, late)]
        ends_printed = [number(early["value"]), number(late["value"])]
        bound = _bound(early["relation"], late["relation"])
        where = name_cell(plan, early, "measure")
        found.append([where, *ends_printed, growth, bound, *spans])
        places += list(ends["place"])
    if not found:
        return []
    found.sort(key=lambda row: -row[3])
    numbers = {"rows": found, "count": len(found)}
    return [Finding("implied_growth", numbers=numbers, places=list_places(places))]


def _day_after(day: str) -> str:
    return (pd.Timestamp(day) + pd.Timedelta(days=1)).date().isoformat()


def _bound(early: str, late: str) -> str:
    """Say how a growth is bounded whose two ends are printed with these relations.

    Examples
    --------
    >>> _bound(">", "="), _bound("=", ">="), _bound(">=", ">"), _bound("range", "=")
    ('below', 'at_least', 'minima', 'printed')
    """
    if early in LOOSE or late in LOOSE:
        return "printed"
    lower = early == "<=" or late in LOWER
    upper = late == "<=" or early in LOWER
    if lower and upper:
        return "minima" if early in LOWER and late in LOWER else "printed"
    strict = ">" in (early, late)
    if lower:
        return "above" if strict else "at_least"
    if upper:
        return "below" if strict else "at_most"
    return "exact"


def find_issued_after_start(plan: Plan) -> list[Finding]:
    """Find horizons that had begun when the document was issued: days gone, of how many."""
    date = plan.package.get("date", "")
    spans = plan.horizons[plan.horizons["first_day"] != ""]
    begun = spans[(spans["first_day"] < date) & (date <= spans["last_day"])]
    if not date or begun.empty:
        return []
    days = pd.to_datetime(begun["last_day"]) - pd.to_datetime(begun["first_day"])
    code = str(days.idxmin())
    gone = (pd.Timestamp(date) - pd.Timestamp(begun.at[code, "first_day"])).days
    numbers = {
        "date": date,
        "horizon": name_code(plan, "horizon", code),
        "gone": gone,
        "days": int(days[code].days) + 1,
        "share": gone / (int(days[code].days) + 1),
    }
    return [Finding("issued_after_start", numbers=numbers, places=("title",))]
