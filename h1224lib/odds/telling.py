"""Odds in words: modest ones, that name what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.labels import name_code, name_unit
from h1224lib.odds.exposure import EVEN
from h1224lib.odds.stored import FAINT, SURE, read_calibration
from h1224lib.progress.ranks import find_ranked

if TYPE_CHECKING:
    from h1224lib.odds.forecasting import Odds

UNLIKELY, LIKELY = 1 / 3, 2 / 3
# Reasons that qualify odds instead of taking their place.
QUALIFIED = ("late", "reached_so_far")
# Tables say no more of what is less likely than this, or than its opposite.
SLIGHT = 0.01
# Of fewer simulated plans than these, no share is told.
FEW = 20


def tell(odds: Odds) -> list[Finding]:
    """Say what the odds are, how far they may be trusted, and what has none.

    Parameters
    ----------
    odds : Odds
        Its table, in each measure's unit.

    Returns
    -------
    list of Finding
        The whole; that quarters are taken as even, where they are; the areas; the model; what
        simulations say of it; what gets no odds; what the results rest on.
    """
    told = [tell_whole(odds), *tell_even(odds), *tell_areas(odds)]
    if len(odds.model):
        told += [tell_model(odds), tell_trust()]
    told += [Finding(f"odds_no_{name}", "note") for name in odds.setting.missing]
    return [*told, *_tell_others(odds), *odds.state.basis]


def tell_whole(odds: Odds) -> Finding:
    """State the odds of the whole target, or why there are none."""
    row = odds.cell()
    plan, measure = odds.state.plan, odds.state.measure
    numbers: dict[str, Any] = {
        "where": name_code(plan, "area", "all"),
        "measure": name_code(plan, "measure", measure),
        "unit": name_unit(plan, measure),
        "as_of": odds.state.as_of.isoformat(),
        "level": odds.level,
    }
    if row.empty:
        return Finding("odds_none.no_target", "note", numbers)
    numbers |= {
        name: None if pd.isna(row[name]) else float(row[name])
        for name in ("target", "actual", "needed", "pace_so_far", "pace_needed", "expected",
                     "low", "high", "probability")
    }  # fmt: skip
    numbers["days_left"] = None if pd.isna(row["days_left"]) else int(row["days_left"])
    numbers["horizon"] = name_code(plan, "horizon", str(row["horizon"]))
    numbers["withdrawals"] = odds.setting.withdrawals
    why = str(row["why"])
    if why and why not in QUALIFIED:
        return Finding(f"odds_none.{why}", "note", numbers)
    if pd.isna(row["probability"]):
        return Finding("odds_none.no_data", "note", numbers)
    doubtful = LIKELY if why == "reached_so_far" else UNLIKELY
    severity = "warning" if row["probability"] < doubtful else "note"
    return Finding(f"odds_{why}" if why else "odds_whole", severity, numbers)


def tell_even(odds: Odds) -> list[Finding]:
    """Say that quarters are taken as even, and what a rush at the year's end would change."""
    row, setting = odds.cell(), odds.setting
    assumed = setting.season == EVEN and not setting.steps
    if row.empty or pd.isna(row["probability"]) or row["why"] not in ("", "reached_so_far"):
        return []
    even, rush = setting.rush
    return [Finding("odds_even", "note", {"even": even, "rush": rush})] if assumed else []


def tell_areas(odds: Odds) -> list[Finding]:
    """Sort the areas that are assessed by their odds: reached, likely, open, unlikely."""
    plan = odds.state.plan
    rows = odds.table[odds.table["measure"] == odds.state.measure]
    rows = rows[rows["area"] != "all"]
    rows = rows[(rows["industry"] == "all") & (rows["project_type"] == "all")]
    ranked = find_ranked(rows, plan)
    others, rows = rows[~ranked], rows[ranked]
    if rows["probability"].notna().sum() < 2:
        return []
    return [sort_cells(odds, rows, others, "area")]


def sort_cells(odds: Odds, rows: pd.DataFrame, others: pd.DataFrame, by: str) -> Finding:
    """Sort cells by their odds: reached, likely, open, unlikely; others are named apart.

    Parameters
    ----------
    odds : Odds
        Whose they are.
    rows, others : DataFrame
        Rows of its table: cells that are ranked among one another, and those beside them.
    by : str
        The dimension that names them.
    """
    plan, known = odds.state.plan, rows[rows["probability"].notna()]
    p, reached = known["probability"].astype("float64"), known["why"] == "reached"
    groups = {
        "reached": reached,
        "likely": ~reached & (p >= LIKELY),
        "open": ~reached & (p > UNLIKELY) & (p < LIKELY),
        "unlikely": ~reached & (p <= UNLIKELY),
    }
    numbers: dict[str, Any] = {
        name: [name_code(plan, by, str(code)) for code in known.loc[marks, by]]
        for name, marks in groups.items()
    }
    numbers |= {"of": len(known), "unknown": int((rows["why"] == "no_data").sum())}
    numbers["apart"] = [name_code(plan, by, str(code)) for code in others[by]]
    if by == "area":
        return Finding("odds_areas", "note", numbers)
    return Finding("odds_cells", "note", numbers | {"by": by})


def round_chance(probability: float) -> float:
    """Round a probability to whole percent, as much as is published: below 1 % is 0, beyond 99 1.

    Examples
    --------
    >>> [round_chance(p) for p in (0.28912345, 0.0099, 0.9901, 0.99)]
    [0.29, 0.0, 1.0, 0.99]
    """
    p = float(probability)
    return 0.0 if p < SLIGHT else 1.0 if p > 1 - SLIGHT else round(p, 2)


def round_likelihood(probability: float) -> float:
    """Round a probability to the steps of 5 % in which sentences put it; 0 and 1 are beyond them.

    Examples
    --------
    >>> [round_likelihood(p) for p in (0.28912345, 0.0499, 0.06, 0.9501)]
    [0.3, 0.0, 0.05, 1.0]
    """
    p = float(probability)
    return 0.0 if p < FAINT else 1.0 if p > SURE else round(20 * p) / 20


def tell_model(odds: Odds) -> Finding:
    """State what the model assumes, in numbers: shared pace, spread, shock and options."""
    row = odds.model[odds.model["measure"] == odds.state.measure]
    first = (row if len(row) else odds.model).iloc[0]
    setting = odds.setting
    numbers = {
        "prior": str(first["prior"]),
        "cells": int(first["cells"]),
        "mean": float(first["mean"]),
        "spread": float(first["spread"]),
        "shock": float(first["shock"]),
        "steps": setting.steps,
        "season": [] if setting.season == EVEN else [float(s) for s in setting.season],
        "lag": [float(share) for share in setting.lag],
        "withdrawals": float(setting.withdrawals),
    }
    return Finding("odds_model", "note", numbers)


def tell_trust() -> Finding:
    """State how seldom intervals held in simulations that the model does not match, and where.

    The numbers are those of the worst quarter to forecast from: in a mean over quarters,
    forecasts that are too low and too high would make up for each other.
    """
    table = read_calibration()
    table = table[table["simulator"] != "matched"]
    held = table[(table["quantity"] == "coverage") & (table["at"] == 0.8)]
    worst = held.loc[held["value"].idxmin()]
    others = held[held["simulator"] != "season"]
    other = others.loc[others["value"].idxmin()]
    faint = table[(table["quantity"] == "faint") & (table["cases"] >= FEW)]
    wrong = faint.loc[faint["value"].idxmax()]
    numbers: dict[str, Any] = {"kinds": int(held["simulator"].nunique()), "faint": FAINT}
    for prefix, row in (("", worst), ("other_", other), ("wrong_", wrong)):
        numbers |= {f"{prefix}{name}": str(row[name]) for name in ("simulator", "level")}
        numbers |= {f"{prefix}cut": int(row["cut"]), f"{prefix}worst": float(row["value"])}
    return Finding("odds_trust", "note", numbers)


def _tell_others(odds: Odds) -> list[Finding]:
    """Name the measures that have no such odds."""
    rows = odds.table[odds.table["why"] == "not_a_count"]
    plan = odds.state.plan
    named = [name_code(plan, "measure", m) for m in rows["measure"].unique()]
    return [Finding("odds_not_counts", "note", {"measures": named})] if named else []
