"""Readings in words: which ranks and pairs hold, and which reading matters most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from h1224lib.assessment.shipped import name_entry
from h1224lib.assessment.telling import about_period, tell_none, tell_period, word_lacking
from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code

if TYPE_CHECKING:
    from h1224lib.assessment.grid import Grid
    from h1224lib.assessment.readings import Variation
    from h1224lib.assessment.rules import Rule
    from h1224lib.assessment.sheet import Sheet


def count_lacking(grid: Grid, rule: Rule) -> dict[str, int]:
    """Count what a rule lacks: results, departments' marks, items of daily work."""
    industries = int(np.isnan(grid.score(rule)[0]).sum())
    return word_lacking(industries, grid.count_daily(), rule)


def tell_variation(variation: Variation) -> list[Finding]:
    """Say which ranks and pairs hold under every reading, and which readings matter."""
    sheet = variation.sheet
    if not sheet.areas:
        return [tell_none(sheet.plan), *sheet.state.basis]
    told = [tell_ranges(variation)]
    if told[0].kind != "variation_no_data":
        for tell in (_tell_complete, _tell_pairs, _tell_weights, _tell_matters):
            told += tell(variation)
    return [*told, *tell_period(sheet), *sheet.state.basis]


def tell_ranges(variation: Variation) -> Finding:
    """State who is first, in how many readings, and whose rank depends most on the reading."""
    sheet = variation.sheet
    if not sheet.areas:
        return tell_none(sheet.plan)
    rows = variation.rules.readings
    ranked = rows[rows["rank"].notna()]
    keys = ["rule", "not_applicable"]
    numbers = about_period(sheet) | {"readings": len(rows[keys].drop_duplicates())}
    if ranked.empty:
        return Finding("variation_no_data", "note", {**numbers, **variation.lacking})
    # In the order of the table, so that of those first as often the nominal best is named first.
    table = variation.rules.table.dropna(subset=["best"])
    firsts = ranked[ranked["rank"] == 1]["area"].value_counts().reindex(table["area"]).fillna(0)
    width = (table["worst"] - table["best"]).astype("int64")
    widest = table[width == width.max()]
    spans = widest[["best", "worst"]].drop_duplicates()
    numbers |= {
        "first": _name_areas(sheet, firsts.index[firsts == firsts.max()]),
        "times": int(firsts.max()),
        "widest": _name_areas(sheet, widest["area"]),
        "width": int(width.max()),
        "best": int(spans["best"].iloc[0]),
        "worst": int(spans["worst"].iloc[0]),
        "alike": len(spans) == 1,
    }
    return Finding("variation_ranges", "note", numbers)


def _tell_complete(variation: Variation) -> list[Finding]:
    """State for how many areas the treatments make no difference: they have every target."""
    complete = sum(all(own) for own in variation.sheet.targets)
    numbers = {
        "complete": complete,
        "of": len(variation.sheet.areas),
        "rules": len(set(variation.rules.readings["rule"])),
        "treatments": len(variation.treatments),
    }
    alike = complete and len(variation.treatments) > 1
    return [Finding("variation_complete", "note", numbers)] if alike else []


def _name_areas(sheet: Sheet, codes: Iterable[str]) -> list[Label]:
    return [name_code(sheet.plan, "area", str(code)) for code in codes]


def _tell_pairs(variation: Variation) -> list[Finding]:
    pairs = variation.pairs
    if pairs.empty:
        return []
    numbers = {
        "pairs": len(pairs),
        "holds": int(pairs["holds"].sum()),
        "holds_all": int(pairs["holds_all"].sum()),
        "holds_means": int((pairs["holds_all"] & pairs["holds_means"]).sum()),
    }
    return [Finding("variation_pairs", "note", numbers)]


def _tell_weights(variation: Variation) -> list[Finding]:
    """State what other weights would do: apart, since the plan prints its weights."""
    table = variation.drawn.table.dropna(subset=["rank_low"])
    if table.empty:
        return []
    numbers = {
        "draws": int(table["readings"].max()),
        "spread": variation.spread,
        "seed": variation.seed,
        "of": len(table),
        "steady": int((table["rank_low"] == table["rank_high"]).sum()),
    }
    return [Finding("variation_weights", "note", numbers)]


def _tell_matters(variation: Variation) -> list[Finding]:
    """Name the reading of the rules that turns most pairs round."""
    table = variation.rules.table
    compared = int(table["nominal"].notna().sum())
    numbers: dict[str, Any] = {"compared": compared, "of": len(table)}
    own = variation.matters[variation.matters["areas_moved"] > 0]
    if own.empty:
        # Of one alone, or of nobody, there is no order that could change.
        kept = Finding("variation_nothing_matters", "note", numbers)
        return [kept] if compared > 1 and len(variation.matters) > 1 else []
    top = own.iloc[0]
    numbers |= {
        "rule": variation.crossed[str(top["rule"])].label,
        "treatment": name_entry("assessment_treatment", str(top["not_applicable"])),
        "reversed": int(top["pairs_reversed"]),
        "moved": int(top["areas_moved"]),
        "largest": int(top["places_moved"]),
    }
    return [Finding("variation_matters", "note", numbers)]
