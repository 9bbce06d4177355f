"""Movements: what entered, left or was corrected between two states of a ledger, and why."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_unit
from h1224lib.ledger.count import Count, list_counted
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress.accumulation import CELL
from h1224lib.progress.fates import tell_fate, tell_reasons
from h1224lib.progress.summing import Codes
from h1224lib.progress.tracing import place_credit
from h1224lib.provenance import COUNTING_RULE, name_rule
from h1224lib.steps import narrow
from h1224lib.synthetic import DATA_KIND, SYNTHETIC
from h1224lib.wording import LANGUAGES, say

# Reason -> what the reader is told that the project did.
REASONS = {
    "entered": "entered",
    "recognised": "entered",
    "withdrawn": "left",
    "gone": "left",
    "refused": "left",
    "unrecognised": "left",
    "backdated": "corrected",
    "mended": "corrected",
    "moved": "corrected",
    "reflagged": "corrected",
    "reinstated": "corrected",
    "redated": "corrected",
    "taken_back": "corrected",
    "rule": "corrected",
}
MOVEMENTS = ("entered", "left", "corrected")
# Where a project's credit lies; a platform lies inside its area.
LEAF = [*DIMENSIONS, "platform"]
_PLACES = ["sheet", "row", "sheet_before", "row_before"]
COLUMNS = ["measure", "project_id", "name", *LEAF, "movement", "reason", "value", *_PLACES]


@dataclass(frozen=True, eq=False)
class Movements:
    """What changed between two states of a ledger.

    Attributes
    ----------
    rows : DataFrame
        One row a measure, project and cell that changed: measure, project_id, name, area,
        industry, project_type, platform (codes; ``""`` without one), movement (``entered``,
        ``left``, ``corrected``), reason (a key of `REASONS`), value (the change of the credit,
        in the measure's unit: above zero where it grew), sheet and row in the ledger,
        sheet_before and row_before in the earlier one.
    table : DataFrame
        One row a cell, every roll-up included: measure, area, industry, project_type; before,
        entered, left (both at least zero), corrected (signed), now, in the measure's unit:
        now = before + entered - left + corrected.
    findings : list of Finding
        What changed in the plan's main measure, and by which reasons.
    """

    rows: pd.DataFrame
    table: pd.DataFrame
    findings: list[Finding]


def compare_ledgers(now: Count, before: Count, since: dt.date | None = None) -> Movements:
    """Tell what entered, left and was corrected between two states of a ledger.

    Parameters
    ----------
    now, before : Count
        The ledger as it is and as it was, each counted on its own day by its own settings.
        Projects are the same if their identifiers are.
    since : date, optional
        What counts from an earlier day on is in neither; by default the plan's first day.

    Returns
    -------
    Movements
        `rows`, `table`, `findings`.

    Raises
    ------
    ComparisonError
        The earlier ledger was counted on a later day.

    Notes
    -----
    A project that counts now and did not is ``entered`` if it counts from a day after the
    earlier ledger's, or has since been recognised; if that ledger covered the day already, it
    is ``corrected`` (``backdated``; ``mended`` where its row was refused). One that counted and
    does not is ``left`` (``withdrawn``, ``gone`` from the ledger, ``refused`` since its row has
    an error, ``unrecognised``), or ``corrected`` where its stage was ``taken_back`` or lies
    before the plan (``redated``). A change that the counting rule alone makes, found by counting
    the earlier ledger by the later one's rule, is ``rule``; other places of the same project's
    credit are ``moved``, another flag ``reflagged``, a withdrawal taken back ``reinstated``.

    Examples
    --------
    >>> from h1224lib import count_ledger, load_plan, read_ledger
    >>> from h1224lib.resources import data_folder
    >>> names = ("synthetic-ledger.xlsx", "synthetic-ledger-2024Q1.xlsx")
    >>> counts = [count_ledger(read_ledger(data_folder() / "demo" / n, load_plan())) for n in names]
    >>> city = compare_ledgers(*counts).table.query("measure == 'projects'").iloc[0]
    >>> bool(city.now == city.before + city.entered - city.left + city.corrected)
    True
    """
    if before.as_of > now.as_of:
        days = {"now": now.as_of.isoformat(), "before": before.as_of.isoformat()}
        raise ComparisonError("ledger_before_is_later", (), **days)
    whole = math.lcm(now.step.denominator, before.step.denominator)
    known = [set(count.actuals["measure"]) for count in (now, before)]
    measures = [m for m in list_counted(now.ledger.plan) if m in known[0] & known[1]]
    parts = [_compare_measure(now, before, m, since, whole) for m in measures]
    pairs = pd.concat(parts, ignore_index=True) if parts else _compare_nothing()
    changed = pairs[pairs["now"] != pairs["before"]].reset_index(drop=True)
    rows = changed.assign(value=narrow((changed["now"] - changed["before"]) / whole))[COLUMNS]
    table = _roll_up(pairs, now, before, whole)
    if now.synthetic or before.synthetic:
        rows, table = (frame.assign(**{DATA_KIND: SYNTHETIC}) for frame in (rows, table))
    rule = name_rule([now.ledger.settings.finding, before.ledger.settings.finding])
    rows, table = (frame.assign(**{COUNTING_RULE: rule}) for frame in (rows, table))
    return Movements(rows, table, tell_movements(now.ledger.plan, rows, table, now, before))


def _compare_nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*COLUMNS, "now", "before"]).astype({"now": int, "before": int})


def _compare_measure(
    now: Count, before: Count, measure: str, since: dt.date | None, whole: int
) -> pd.DataFrame:
    """Return what each project and place is credited with in either ledger, in whole parts."""
    keys = ["project_id", *LEAF]
    sides = [_list_credit(count, measure, since, whole) for count in (now, before)]
    pairs = sides[0].merge(sides[1], on=keys, how="outer", suffixes=("", "_before"))
    pairs = pairs.rename(columns={"parts": "now", "parts_before": "before"})
    counts = ["now", "before"]
    pairs[counts] = pairs[counts].fillna(0).astype(np.int64)
    pairs["name"] = pairs["name"].where(pairs["now"] > 0, pairs["name_before"]).astype(object)
    reason = tell_reasons(pairs["project_id"], now, before, measure, since)
    places = {name: pairs[name].astype("Int64") for name in ("row", "row_before")}
    return pairs.assign(
        measure=measure, reason=reason, movement=reason.map(REASONS), value=0.0, **places
    )


def _list_credit(count: Count, measure: str, since: dt.date | None, whole: int) -> pd.DataFrame:
    """Return the credit of each project and place: project_id, LEAF, parts, name, sheet, row."""
    rows = count.rows[tell_fate(count, measure, since) == ""]
    rows = place_credit(rows, count.ledger)
    platform = rows["platform"].astype(object).where(rows["platform"].notna(), "").astype(str)
    parts = (rows["credit_share"] * whole).round().astype(np.int64)
    kept = rows.assign(platform=platform, parts=parts, sheet=rows["sheet"].astype(str))
    return kept[["project_id", *LEAF, "parts", "name", "sheet", "row"]]


def _roll_up(pairs: pd.DataFrame, now: Count, before: Count, whole: int) -> pd.DataFrame:
    """Sum what was, is and changed to every cell that either count has, or that lies above one."""
    codes = Codes(now.ledger.plan)
    change = pairs["now"] - pairs["before"]
    amounts = pairs.assign(
        entered=change.where(pairs["movement"] == "entered", 0),
        left=-change.where(pairs["movement"] == "left", 0),
        corrected=change.where(pairs["movement"] == "corrected", 0),
    )
    sums = ["before", *MOVEMENTS, "now"]
    leaves = amounts.groupby(["measure", *LEAF], as_index=False)[sums].sum()
    cells = pd.concat([count.actuals[CELL] for count in (now, before)]).drop_duplicates()
    cells = cells[cells["measure"].isin(set(pairs["measure"]) | set(now.actuals["measure"]))]
    keys = np.unique(codes.lift(cells.reset_index(drop=True))[0])
    totals = np.zeros((len(keys), len(sums)), dtype=np.int64)
    for key, row in (_lift_areas(leaves, codes), _lift_platforms(leaves, codes)):
        there = np.isin(key, keys)
        values = leaves[sums].to_numpy(dtype=np.int64)[row[there]]
        np.add.at(totals, np.searchsorted(keys, key[there]), values)
    values = {name: narrow(pd.Series(totals[:, at] / whole)) for at, name in enumerate(sums)}
    return codes.split(keys).assign(**values)


def _lift_areas(leaves: pd.DataFrame, codes: Codes) -> tuple[np.ndarray, np.ndarray]:
    return codes.lift(leaves)


def _lift_platforms(leaves: pd.DataFrame, codes: Codes) -> tuple[np.ndarray, np.ndarray]:
    """Lift what lies in a platform over industries and types; its area has it already."""
    inner = np.flatnonzero(leaves["platform"] != "")
    moved = leaves.iloc[inner].reset_index(drop=True)
    moved = moved.assign(area=moved["platform"])
    if moved.empty:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    keys, rows = codes.lift(moved)
    own = codes.split(keys)["area"].to_numpy() == moved["area"].to_numpy()[rows]
    return keys[own], inner[rows[own]]


def tell_movements(
    plan: Plan, rows: pd.DataFrame, table: pd.DataFrame, now: Count, before: Count
) -> list[Finding]:
    """State what changed in the plan's main measure, and how much each reason makes up."""
    measure = main_measure(plan)
    whole = table[table["measure"] == measure]
    for dimension in DIMENSIONS:
        whole = whole[whole[dimension] == "all"]
    own = rows[rows["measure"] == measure]
    numbers = {
        "measure": name_code(plan, "measure", measure),
        "unit": name_unit(plan, measure),
        "day": now.as_of.isoformat(),
        "day_before": before.as_of.isoformat(),
        "file_before": before.ledger.file,
        **{name: float(whole[name].sum()) for name in ("before", *MOVEMENTS, "now")},
    }
    if own.empty:
        return [Finding("movements_none", "note", numbers)]
    numbers["reasons"] = [
        _tell_reason(own, reason) for reason in REASONS if (own["reason"] == reason).any()
    ]
    corrected = own["movement"] == "corrected"
    return [Finding("movements", "warning" if corrected.any() else "note", numbers)]


def _tell_reason(rows: pd.DataFrame, reason: str) -> Label:
    """Say how many projects a reason is about, and what they come to."""
    mine = rows[rows["reason"] == reason]
    numbers = {
        "projects": mine["project_id"].nunique(),
        "value": round(float(mine["value"].sum()), 9),
    }
    texts = [
        say("movement_item", lang, reason=say(f"movement_reason.{reason}", lang), **numbers)
        for lang in LANGUAGES
    ]
    return Label(*texts)
