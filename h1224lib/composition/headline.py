"""The headline: what the plan puts first, each against its target, or why that cannot be told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.allocation import main_measure
from h1224lib.composition.reached import reach
from h1224lib.composition.result import Composition, as_floats
from h1224lib.findings import Finding, Label
from h1224lib.indicators import judge_headline
from h1224lib.labels import name_code
from h1224lib.ledger.count import FLAGS
from h1224lib.periods import step_back
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.progress.state import State
from h1224lib.provenance import list_marks
from h1224lib.verdicts import SIGNS

COLUMNS = [
    "measure", "headline", "horizon", "unit", "relation", "target", "actual", "completion",
    "scheduled", "gap", "light", "last_year", "latest", "latest_period", "data", "why",
]  # fmt: skip
_NUMBERS = ["target", "actual", "completion", "scheduled", "gap", "last_year", "latest"]


def score_headline(state: State) -> Composition:
    """Set what the plan puts first against its targets, and what the quarter asks for besides.

    Parameters
    ----------
    state : State
        What accumulates is taken from its table; levels, stocks and rates from the results that
        it was measured from, as far as they were over by its day.

    Returns
    -------
    Composition
        `table`: one row a measure, those of the plan's `headline` first, then headquarters,
        landmarks and above-scale enterprises as far as the plan has targets for them: measure,
        headline (whether the plan puts it first), horizon, unit, relation, target, actual,
        completion (actual / target; of levels and stocks only where the figure is of the
        target's own horizon, of rates never), scheduled, gap (scheduled - actual) and light of
        what accumulates, last_year (the same up to the same day a year ago; of others, the
        figure of the year before), latest and latest_period (of others, the latest figure for a
        year or a longer time), data (``ledger``, ``landmarks``, ``reported``, the status of a
        published figure, or ``no_data``), why (there is no actual or no completion: a reason of
        `State.table` or `Indicators.table`; ``""`` where both are there).

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_ledger
    >>> from h1224lib.resources import data_folder
    >>> plan = load_plan()
    >>> ledger = read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", plan)
    >>> table = score_headline(measure_progress(plan, ledger, "2024-06-30")).table
    >>> table[["measure", "target", "data"]].head(4).values.tolist()
    [['projects', 1000.0, 'ledger'], ['landmarks', 20.0, 'no_data'], \
['service_value_added', 2100.0, 'no_data'], ['above_scale', 400.0, 'no_data']]
    """
    plan = state.plan
    before = state.actuals[state.actuals["last_day"] <= state.as_of]
    judged = judge_headline(plan, before).set_index("measure")
    first = list(plan.package.get("headline") or [main_measure(plan)])
    others = [m for m in _list_counted(plan) if m not in first]
    lines = []
    for measure in [*first, *others]:
        if plan.accumulates(measure):
            line = _take_cell(state, measure)
        else:
            line = _take_level(state, before, judged.loc[measure].to_dict(), measure)
        unit = plan.measures.at[measure, "unit"]
        lines.append({"measure": measure, "headline": measure in first, "unit": unit, **line})
    table = as_floats(pd.DataFrame(lines, columns=COLUMNS), _NUMBERS)
    table = table.assign(**list_marks(state.table))
    return Composition(table, [_tell(state, table)])


def _list_counted(plan: Plan) -> list[str]:
    """List what a quarter is asked for besides: flags of a ledger, landmarks, above-scale firms."""
    said = plan.measures["counts"] if "counts" in plan.measures else pd.Series(dtype=str)
    named = {str(m) for m, counts in said.items() if isinstance(counts, str) and counts}
    targets = set(plan.cells.loc[plan.cells["value"].notna(), "measure"])
    return [str(m) for m in plan.measures.index if m in (named | set(FLAGS)) & targets]


def _take_cell(state: State, measure: str) -> dict[str, Any]:
    """Return the line of what accumulates."""
    cell = state.cell(measure)
    if cell.empty:
        empty = dict.fromkeys(("horizon", "relation", "light", "latest_period"), "")
        return {**empty, "data": "no_data", "why": "no_result"}
    plan = state.plan
    rows = state.trace(measure)
    line = {name: cell[name] for name in ("horizon", "target", "actual", "completion")}
    line |= {name: cell[name] for name in ("scheduled", "gap", "light", "why")}
    known = pd.notna(cell["actual"])
    line |= {
        "relation": _find_relation(plan, cell.to_dict()),
        "last_year": _reach_last_year(state, measure, str(cell["horizon"])),
        "latest_period": "",
        "data": _tell_source(state, measure, rows) if known else "no_data",
    }
    return line if known else line | {"why": line["why"] or "no_result"}


def _find_relation(plan: Plan, cell: dict[str, Any]) -> str:
    """Return how the plan binds a cell's target: ``=`` where it is a sum."""
    rows = plan.cells
    for name in KEYS:
        rows = rows[rows[name] == cell[name]]
    return str(rows["relation"].iloc[0]) if len(rows) else "="


def _tell_source(state: State, measure: str, rows: pd.DataFrame) -> str:
    if any(measure in set(count.actuals["measure"]) for count in state.counts):
        return "ledger"
    counts = state.plan.measures.get("counts")
    if counts is not None and counts.get(measure) == "landmarks":
        return "landmarks"
    statuses = sorted(set(rows["status"]) - {""}) if "status" in rows else []
    return statuses[0] if len(statuses) == 1 else "reported"


def _reach_last_year(state: State, measure: str, horizon: str) -> float | None:
    """Return what was reached from the horizon's first day to the same day a year before."""
    first = dt.date.fromisoformat(str(state.plan.horizons.at[horizon, "first_day"]))
    back = step_back((first, state.as_of), 12)
    # A day within a month has no month's end a year ago: results are of whole months.
    if back is None or back[1] < first or (state.as_of + dt.timedelta(days=1)).day != 1:
        return None
    return reach(state, measure, "all", first, back[1])


def _take_level(
    state: State, before: pd.DataFrame, judged: dict[str, Any], measure: str
) -> dict[str, Any]:
    """Return the line of a level, stock or rate: published figures of whole years alone."""
    rows = before[(before["measure"] == measure) & (before["comparable"] == "yes")]
    for dimension in DIMENSIONS:
        rows = rows[rows[dimension] == "all"]
    rows = rows[rows["value"].notna()].sort_values(["last_day", "vintage"], kind="stable")
    years = [
        (last - first).days >= 364
        for first, last in zip(rows["first_day"], rows["last_day"], strict=True)
    ]
    rows = rows[pd.Series(years, index=rows.index, dtype=bool)]
    last = rows[[day.year == state.as_of.year - 1 for day in rows["last_day"]]]
    known = pd.notna(judged["actual"])
    return {
        "horizon": judged["horizon"],
        "relation": judged["relation"],
        "target": judged["target"],
        "actual": judged["actual"],
        "completion": judged["share"],
        "light": "",
        "last_year": float(last["value"].iloc[-1]) if len(last) else None,
        "latest": float(rows["value"].iloc[-1]) if len(rows) else None,
        "latest_period": str(rows["period"].iloc[-1]) if len(rows) else "",
        "data": (judged["status"] or "reported") if known else "no_data",
        "why": judged["reason"],
    }


def _tell(state: State, table: pd.DataFrame) -> Finding:
    items = []
    for row in table.to_dict("records"):
        texts = [_say_item(state.plan, row, lang) for lang in wording.LANGUAGES]
        items.append(Label(*texts))
    known = table["actual"].notna()
    numbers = {
        "as_of": state.as_of.isoformat(),
        "count": len(table),
        "known": int(known.sum()),
        "items": items,
        "missing": [name_code(state.plan, "measure", m) for m in table.loc[~known, "measure"]],
    }
    return Finding("headline_scores", "note", numbers)


def _say_item(plan: Plan, row: dict[str, Any], lang: str) -> str:
    plain = {name: None if pd.isna(row[name]) else float(row[name]) for name in _NUMBERS}
    return wording.say(
        "headline_score",
        lang,
        measure=plan.label("measure", row["measure"], lang),
        unit=plan.unit(row["measure"], lang),
        sign=SIGNS.get(row["relation"], ""),
        why=row["why"],
        period=row["latest_period"],
        **plain,
    )
