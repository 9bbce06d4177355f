"""Indicators: published results set against the plan's targets of levels, stocks and rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.actuals import default_actuals, read_actuals
from h1224lib.allocation import main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import target_measures
from h1224lib.indicators.references import NOTHING, compare_reference
from h1224lib.indicators.releases import (
    choose_release,
    count_sources,
    horizon_days,
    list_comparable,
    of_days,
)
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.verdicts import tell_indicators

# What a target's row takes from the published row that it is set against.
TAKEN = ["period", "status", "confidence", "vintage", "source", "comparable", "note"]
PUBLISHED = ["measure", *DIMENSIONS, *TAKEN, "value", "unit", "first_day", "last_day"]


@dataclass(frozen=True, eq=False)
class Indicators:
    """Targets that do not accumulate, each beside what was published.

    Attributes
    ----------
    plan : Plan
        Whose targets they are.
    table : DataFrame
        One row a target: the plan's keys, unit, relation, target, value_max, actual, period,
        reached (met, missed, not_judged, no_data, reference), reason, share (actual / target;
        <NA> for rates), gap (target - actual; of what follows another quantity, that less
        actual), sources (that give this very value), differing (releases of the same days with
        another one), refers_to, reference_value and reference_vintage (what it follows), status,
        confidence, vintage, source, comparable, note, printed, figure_id, remark (the plan's
        entry).
    context : DataFrame
        One row a published figure and the indicator that it stands beside, with the reason why
        it is not set against the target; `indicator` is empty where it belongs to none.
    findings : list of Finding
        How many can be judged; each that can; the others by reason; what is kept from circulars.
    """

    plan: Plan
    table: pd.DataFrame
    context: pd.DataFrame
    findings: list[Finding]


def read_published(plan: Plan, path: str | Path | None = None) -> pd.DataFrame:
    """Read published results, or an empty table where the plan ships with none.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> len(read_published(load_plan())) > 70
    True
    """
    if path is None and default_actuals(plan) is None:
        return pd.DataFrame(columns=PUBLISHED)
    return read_actuals(path, plan)


def judge_indicators(plan: Plan, published: pd.DataFrame) -> Indicators:
    """Set published results against the targets of levels, stocks and rates.

    Only a figure marked comparable, of the target's own cell and of exactly its horizon's
    days, is set against it: a part of a year, another year or another definition is context.

    Parameters
    ----------
    plan : Plan
        Gives the targets, totals included.
    published : DataFrame
        As `read_actuals` returns it, values in the measure's unit.

    Returns
    -------
    Indicators
        `table`, `context`, `findings`.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> table = judge_indicators(plan, read_published(plan)).table
    >>> judged = table[table["actual"].notna()]
    >>> judged[["measure", "target", "actual", "reached"]].values.tolist()
    [['service_value_added', 2100.0, 2216.7, 'met'], ['retail_sales', 2000.0, 1978.0, 'missed']]
    """
    measures = [m for m in target_measures(plan) if not plan.accumulates(m)]
    table = judge_targets(plan, published, plan.cells[plan.cells["measure"].isin(measures)])
    context = _list_context(plan, published, table)
    return Indicators(plan, table, context, tell_indicators(plan, table, context))


def judge_targets(plan: Plan, published: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Set published results against some of `plan.cells`; columns as `Indicators.table`."""
    rows = [
        _judge(plan, published, cell) for cell in cells[cells["printed"] != "-"].to_dict("records")
    ]
    columns = [*KEYS, "unit", "relation", "target", "value_max", "actual", "reached", "reason"]
    columns += ["share", "gap", "sources", "differing", *NOTHING, *TAKEN]
    columns += ["printed", "figure_id", "remark"]
    table = pd.DataFrame(rows, columns=columns)
    numbers = ["target", "value_max", "actual", "share", "gap", "reference_value"]
    whole = dict.fromkeys(["sources", "differing"], "Int64")
    return table.astype(dict.fromkeys(numbers, "Float64") | whole)


def judge_headline(plan: Plan, published: pd.DataFrame) -> pd.DataFrame:
    """Set published results against the targets that the plan puts first.

    These are the measures that `headline` of the plan's description lists, or else the one
    that is split most finely, each for the whole and its last, longest horizon.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> [int(t) for t in judge_headline(load_plan(), read_published(load_plan()))["target"]]
    [1000, 20, 2100, 400]
    """
    named = plan.package.get("headline") or [main_measure(plan)]
    chosen = []
    for measure in named:
        whole = plan.cells[plan.cells["measure"] == measure]
        for dimension in DIMENSIONS:
            whole = whole[whole[dimension] == "all"]
        days = plan.horizons.loc[whole["horizon"], ["last_day", "first_day"]].reset_index()
        order = days.sort_values(["last_day", "first_day"], ascending=[False, True])
        chosen.append(whole.iloc[order.index[:1]])
    return judge_targets(plan, published, pd.concat(chosen))


def for_circular(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep what a circular may quote: figures of high confidence.

    Examples
    --------
    >>> for_circular(pd.DataFrame({"confidence": ["high", "medium", ""]})).index.tolist()
    [0]
    """
    return frame[frame["confidence"] == "high"]


def _judge(plan: Plan, published: pd.DataFrame, cell: dict[str, Any]) -> dict[str, Any]:
    row = {name: cell[name] for name in (*KEYS, "unit", "relation", "value_max")}
    row |= {"target": cell["value"], "printed": cell["printed"], "figure_id": cell["figure_id"]}
    row |= dict.fromkeys(TAKEN, "") | NOTHING | {"remark": cell["note"], "reason": ""}
    whole = of_days(list_comparable(published, cell), *horizon_days(plan, cell["horizon"]))
    if cell["relation"] == "reference" or pd.isna(cell["value"]):
        return row | compare_reference(plan, published, cell, whole)
    if whole.empty:
        reason = _say_why(plan, published, cell)
        reached = "no_data" if reason == "no_data" else "not_judged"
        return row | {"reached": reached, "reason": reason}
    best = choose_release(whole)
    rate = plan.measures.at[cell["measure"], "kind"] == "rate"
    down = plan.measures.at[cell["measure"], "direction"] == "down"
    row |= {name: best[name] for name in TAKEN} | count_sources(whole, best)
    return row | set_against(cell, best["value"], rate, down)


def set_against(cell: dict[str, Any], value: Any, rate: bool, down: bool) -> dict[str, Any]:
    """Set a value against a target: actual, reached, share and gap; of a range its nearer end."""
    nearer = cell["value_max"] if cell["relation"] == "range" and down else cell["value"]
    target, actual = Decimal(str(nearer)), Decimal(str(value))
    return {
        "actual": float(actual),
        "reached": "met" if is_met(str(cell["relation"]), actual, target, down) else "missed",
        "share": None if rate or not target else float(actual / target),
        "gap": float(target - actual),
    }


def is_met(relation: str, actual: Decimal, target: Decimal, down: bool) -> bool:
    """Tell whether a target is reached; a plain number, or one end of a range, as is better.

    Examples
    --------
    >>> is_met(">", Decimal(110), Decimal(110), down=False)
    False
    """
    if relation in (">", "<"):
        return actual > target if relation == ">" else actual < target
    if relation == ">=" or (relation != "<=" and not down):
        return actual >= target
    return actual <= target


def _say_why(plan: Plan, published: pd.DataFrame, cell: dict[str, Any]) -> str:
    """Say why a target with a number cannot be judged."""
    own = list_comparable(published, cell)
    first, last = horizon_days(plan, cell["horizon"])
    if ((own["first_day"] >= first) & (own["last_day"] <= last)).any():
        return "part_year"
    if len(own):
        return "other_year"
    related = [cell["measure"] in _indicators(plan, m) for m in published["measure"].unique()]
    return "related_only" if any(related) else "no_data"


def _indicators(plan: Plan, measure: str) -> list[str]:
    """Return the targets' measures that a published measure speaks of: itself, or others'."""
    if plan.measures.at[measure, "role"] == "target":
        return [measure]
    return [m for m in plan.measures.at[measure, "context_for"].split(";") if m]


def _list_context(plan: Plan, published: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """List what was published but not set against a target, and why not."""
    keys = ["measure", *DIMENSIONS, "period", "source"]
    used = set(table.loc[table["actual"].notna(), keys].itertuples(index=False, name=None))
    wanted = set(table["measure"])
    rows = []
    for row in published.to_dict("records"):
        if tuple(row[k] for k in keys) in used:
            continue
        found = [m for m in _indicators(plan, row["measure"]) if m in wanted]
        for indicator in found or ([""] if row["comparable"] != "yes" else []):
            reason = _why_beside(plan, row, table[table["measure"] == indicator])
            rows.append({"indicator": indicator, **row, "reason": reason})
    columns = ["indicator", "measure", *DIMENSIONS, "value", "unit", "reason", *TAKEN]
    return pd.DataFrame(rows, columns=columns)


def _why_beside(plan: Plan, row: dict[str, Any], targets: pd.DataFrame) -> str:
    own = targets[targets["measure"] == row["measure"]]
    for name in DIMENSIONS:
        own = own[own[name] == row[name]]
    if row["comparable"].startswith("no"):
        return str(row["comparable"]).partition(":")[2].strip().replace(" ", "_")
    if own.empty:
        return "other_area" if (targets["measure"] == row["measure"]).any() else "beside"
    if row["comparable"] != "yes":
        return "beside"
    spans = [horizon_days(plan, horizon) for horizon in own["horizon"]]
    if (row["first_day"], row["last_day"]) in spans:
        return "other_release"
    inside = any(a <= row["first_day"] and row["last_day"] <= b for a, b in spans)
    return "part_year" if inside else "other_year"
