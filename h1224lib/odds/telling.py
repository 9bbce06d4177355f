"""Odds in words: modest ones, that name what they rest on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.labels import name_code, name_unit
from h1224lib.odds.exposure import EVEN
from h1224lib.odds.stored import FAINT, read_calibration
from h1224lib.progress.ranks import find_ranked

if TYPE_CHECKING:
    from h1224lib.odds.forecasting import Odds

UNLIKELY, LIKELY = 1 / 3, 2 / 3
# Reasons that qualify odds instead of taking their place.
QUALIFIED = ("late", "reached_so_far")
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
    numbers["horizon"] = name_code(plan, "horizon", str(row["horizon"]))
    numbers["withdrawals"] = odds.setting.withdrawals
    why, last = str(row["why"]), str(plan.horizons.at[row["horizon"], "last_day"])
    numbers["days_left"] = (dt.date.fromisoformat(last) - odds.state.as_of).days
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
    known = rows[rows["probability"].notna()]
    if len(known) < 2:
        return []
    p = known["probability"].astype("float64")
    reached = known["why"] == "reached"
    groups = {
        "reached": reached,
        "likely": ~reached & (p >= LIKELY),
        "open": ~reached & (p > UNLIKELY) & (p < LIKELY),
        "unlikely": ~reached & (p <= UNLIKELY),
    }
    numbers: dict[str, Any] = {
        name: [name_code(plan, "area", str(code)) for code in known.loc[marks, "area"]]
        for name, marks in groups.items()
    }
    numbers |= {"of": len(known), "unknown": int((rows["why"] == "no_data").sum())}
    numbers["apart"] = [name_code(plan, "area", str(code)) for code in others["area"]]
    return [Finding("odds_areas", "note", numbers)]


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
