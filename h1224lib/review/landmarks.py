"""Landmarks: the announced number of results against the lists of results."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code
from h1224lib.plan.model import Plan
from h1224lib.review.cells import LOWER, find_counting, list_places, number

# The lists that a count may go through: the horizon's own, with what only an earlier one names,
# with all that an earlier one prints.
ALONE, WITH_DROPPED, BOTH = "alone", "with_dropped", "both"


def _names(rows: pd.DataFrame) -> list[Label]:
    return [Label(zh, en) for zh, en in zip(rows["zh"], rows["en"], strict=True)]


def _headlines(plan: Plan) -> list[dict[str, Any]]:
    """Return the cells that announce how many landmarks there are."""
    cells = plan.cells[plan.cells["value"].notna()]
    announced: list[dict[str, Any]] = cells[
        cells["measure"].isin(find_counting(plan, "landmarks"))
    ].to_dict("records")
    return announced


def is_restated(plan: Plan) -> pd.Series:
    """Mark the landmarks whose measure is printed as a target elsewhere, over the same horizon."""
    figures = plan.figures
    cells = zip(figures["measure"], figures["industry"], figures["horizon"], strict=True)
    places: dict[tuple, set[str]] = {}
    for cell, place in zip(cells, figures["place"], strict=True):
        places.setdefault(cell, set()).add(place)
    rows = plan.landmarks
    marks = [
        bool(restates) or bool(places.get((m, i, h), set()) - {place})
        for restates, m, i, h, place in zip(
            rows["restates"], rows["measure"], rows["industry"], rows["horizon"], rows["place"],
            strict=True,
        )
    ]  # fmt: skip
    return pd.Series(marks, index=rows.index, dtype=bool)


def _ends(plan: Plan) -> pd.Series:
    """Return the last day of each landmark's horizon: it tells which list the landmark is of."""
    return plan.landmarks["horizon"].map(plan.horizons["last_day"])


def find_landmark_count(plan: Plan) -> list[Finding]:
    """Count each list in every defensible way, beside the announced number of results.

    Ways: units (a result with a number counts that often, at the least and at the most; one
    without, or a restated indicator, once), results (one a named result), clauses (one a
    clause of the document, one for each result without a clause); each with and without
    restated indicators, over the list of the horizon alone, with the results that only an
    earlier list names, and over both lists as printed. `counts` has a row for each selection:
    lists (``alone``, ``with_dropped``, ``both``), with restated ones, units at least, units at
    most, results, clauses.
    """
    if plan.landmarks.empty:
        return []
    rows = plan.landmarks.assign(restated=is_restated(plan), end=_ends(plan))
    found = []
    for headline in _headlines(plan):
        end = plan.horizons.at[headline["horizon"], "last_day"]
        listed = rows[rows["end"] == end]
        counts = _count_each_way(listed, rows[rows["end"] < end])
        target = headline["value"]
        ways = [way for _, _, low, _, results, clauses in counts for way in (low, results, clauses)]
        numbers = {
            "horizon": name_code(plan, "horizon", headline["horizon"]),
            "headline": number(target),
            "bound": headline["relation"] in LOWER,
            "counts": counts,
            "ways": len(ways),
            "reached": sum(way >= target for way in ways),
            "exact": sum(way == target for way in ways),
            "fewest": min(ways),
            "most": max(high for _, _, _, high, _, _ in counts),
        }
        places = list_places([headline["place"], *listed["place"]])
        found.append(Finding("landmark_count", numbers=numbers, places=places))
    return found


def _count_each_way(listed: pd.DataFrame, earlier: pd.DataFrame) -> list[list[Any]]:
    dropped = earlier[earlier["of_2025"] == ""]
    lists = {ALONE: listed}
    if len(dropped):
        lists[WITH_DROPPED] = pd.concat([listed, dropped])
    if len(earlier) > len(dropped):
        lists[BOTH] = pd.concat([listed, earlier])
    counts = []
    for name, rows in lists.items():
        for restated in (True, False) if rows["restated"].any() else (True,):
            kept = rows if restated else rows[~rows["restated"]]
            units = [_add_up(kept, column) for column in ("minimum", "maximum")]
            counts.append([name, restated, *units, len(kept), _count_clauses(kept)])
    return counts


def _count_clauses(rows: pd.DataFrame) -> int:
    """Count clauses; a result whose clause is not entered is taken to stand in its own."""
    entered = rows["clause"][rows["clause"] != ""]
    return int(entered.nunique()) + len(rows) - len(entered)


def _add_up(rows: pd.DataFrame, column: str) -> int:
    each = rows[column].fillna(rows["minimum"]).fillna(1)
    return int(each.where(~rows["restated"], 1).sum())


def find_landmarks_restating(plan: Plan) -> list[Finding]:
    """Find landmarks that are an indicator's target printed once more."""
    if plan.landmarks.empty:
        return []
    rows = plan.landmarks[is_restated(plan)]
    if rows.empty:
        return []
    listed = [
        [Label(r["zh"], r["en"]), number(r["minimum"]), _name_unit(plan, r)]
        for r in rows.to_dict("records")
    ]
    numbers = {"rows": listed, "count": len(rows), "landmarks": len(plan.landmarks)}
    return [Finding("landmarks_restating", numbers=numbers, places=list_places(rows["place"]))]


def _name_unit(plan: Plan, landmark: dict[str, Any]) -> Label:
    """Name the unit as printed; in English as its measure has it."""
    measure = landmark["measure"] or landmark["restates"]
    return Label(landmark["unit"], plan.unit(measure, "en") if measure else landmark["unit"])


def find_landmarks_dropped(plan: Plan) -> list[Finding]:
    """Find results of an earlier list that no result of the last list takes up."""
    ends = _ends(plan)
    rows = plan.landmarks
    if rows.empty:
        return []
    early = rows[ends < ends.max()]
    dropped = early[early["of_2025"] == ""]
    if dropped.empty:
        return []
    numbers = {"names": _names(dropped), "count": len(dropped), "early": len(early)}
    return [Finding("landmarks_dropped", numbers=numbers, places=list_places(dropped["place"]))]


def find_landmarks_without_number(plan: Plan) -> list[Finding]:
    """Find results that are named without a number: only done or not done can be told."""
    rows = plan.landmarks[plan.landmarks["minimum"].isna()]
    if rows.empty:
        return []
    numbers = {"names": _names(rows), "count": len(rows), "landmarks": len(plan.landmarks)}
    places = list_places(rows["place"])
    return [Finding("landmarks_without_number", numbers=numbers, places=places)]


def _translate(plan: Plan, unit: str) -> Label:
    """Name a unit in English too where its measures agree; counting words have many names."""
    names = plan.measures[plan.measures["unit"] == unit]["unit_en"].unique()
    return Label(unit, str(names[0]) if len(names) == 1 else unit)


def find_landmark_units(plan: Plan) -> list[Finding]:
    """Find lists whose results come in several units under one announced number."""
    found = []
    for headline in _headlines(plan):
        end = plan.horizons.at[headline["horizon"], "last_day"]
        rows = plan.landmarks[_ends(plan) == end]
        counts = rows["unit"].fillna("").value_counts(sort=False)
        if len(counts) > 1:
            numbers = {
                "horizon": name_code(plan, "horizon", headline["horizon"]),
                "headline": number(headline["value"]),
                "unit": headline["unit"],
                "units": [[_translate(plan, unit), int(n)] for unit, n in counts.items() if unit],
                "unnumbered": int(counts.get("", 0)),
            }
            places = list_places([headline["place"], *rows["place"]])
            found.append(Finding("landmark_units", numbers=numbers, places=places))
    return found
