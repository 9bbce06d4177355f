"""Two ways of phasing side by side: the whole, each area, and how far rounding moved anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Finding, Label
from h1224lib.hierarchy import add_totals
from h1224lib.labels import name_code, name_title, name_unit
from h1224lib.phasing.cells import months_of
from h1224lib.phasing.ends import name_span, tile
from h1224lib.phasing.paths import Span
from h1224lib.phasing.policies import read_policy, read_profile, split_pairs
from h1224lib.phasing.result import Phasing, phase_targets
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import from_steps, narrow, step_of, to_steps

COLUMNS = ["period", "cumulative", "other", "difference", "issued", "computed"]
MOVES = ["measure", *DIMENSIONS, "period", "cumulative", "unrounded", "unit", "moved"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """One measure phased in two ways.

    Attributes
    ----------
    first, second : Phasing
        The first holds every measure, the second the compared one alone.
    measure : str
        What is compared: the accumulating measure that the plan splits most finely; empty where
        none accumulates.
    along : str
        ``policy`` where the two ways differ in how years share, ``profile`` where in quarters.
    table : DataFrame
        The whole by quarter: period, cumulative and other (both ways), difference (other less
        cumulative), issued (what the plan prints up to that day, else <NA>), in the measure's
        unit; computed (False where cumulative is that printed number).
    areas : DataFrame
        measure, area, unit, computed (all of it), and a column a quarter: the cumulative target
        of the first way; "-" where the plan prints a dash.
    moves : DataFrame
        As `list_moves` returns them for the first way.
    findings : list of Finding
        What separates the two ways.
    """

    first: Phasing
    second: Phasing
    measure: str
    along: str
    table: pd.DataFrame
    areas: pd.DataFrame
    moves: pd.DataFrame
    findings: list[Finding]

    def way(self, phasing: Phasing) -> Label:
        """Name one of the two ways by what sets it apart."""
        return name_way(self.along, getattr(phasing, self.along))


def compare_phasings(
    plan: Plan,
    policies: Sequence[Any] = ("even", "front_loaded"),
    profiles: Sequence[Any] = ("even", "half_by_midyear"),
) -> Comparison:
    """Phase a plan by quarter in two ways that differ in one thing.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    policies : two policies
        Compared where a target runs over years; both ways take the first profile.
    profiles : two profiles
        Compared where no target of the measure is longer than a year.

    Returns
    -------
    Comparison
        `table`, `areas`, `moves`, `findings`.

    Raises
    ------
    ScheduleError
        A policy or a profile is unknown.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> compared = compare_phasings(load_plan("dazhou-2019"))
    >>> compared.along, compared.table.difference.tolist()
    ('profile', [0.0, 26.3, 13.2, 0.0])
    """
    measure = _find_measure(plan)
    spans = [months_of(plan, h) for h in _horizons(plan, measure)] if measure else []
    years = any(last - first >= 12 for first, last in spans)
    along = "policy" if years or not measure else "profile"
    first = phase_targets(plan, policies[0], profiles[0])
    other = (policies[1], profiles[0]) if along == "policy" else (policies[0], profiles[1])
    second = phase_targets(plan, *other, measures=[measure] if measure else [])
    table = _compare(plan, measure, first, second)
    return Comparison(
        first,
        second,
        measure,
        along,
        table,
        _spread_areas(first, measure),
        list_moves(first),
        [
            _tell(
                plan, measure, table, [name_way(along, getattr(p, along)) for p in (first, second)]
            )
        ],
    )


def _find_measure(plan: Plan) -> str:
    counts = plan.targets["measure"].value_counts()
    kept = [str(m) for m in counts.index if plan.accumulates(str(m))]
    return kept[0] if kept else ""


def _horizons(plan: Plan, measure: str) -> list[str]:
    rows = plan.cells[plan.cells["measure"] == measure]
    return [str(horizon) for horizon in rows["horizon"].unique()]


def name_way(along: str, asked: Any) -> Label:
    """Name a policy or a profile; given weights stand for themselves.

    Examples
    --------
    >>> name_way("policy", "front").en, name_way("profile", "15/25/30/30").zh
    ('Front-loaded', '15/25/30/30')
    """
    pairs = split_pairs(asked)
    if along == "policy":
        name = read_policy(pairs).name
    else:
        name = "given" if isinstance(pairs, Mapping) else read_profile(pairs).name
    key = f"{along}.{name}"
    if not wording.has(key):
        return Label(name, name)
    return Label(wording.say(key, "zh"), wording.say(key, "en"))


def _accumulate(phasing: Phasing, measure: str) -> pd.DataFrame:
    """Return whole steps reached by every cell and sum: keys x periods; <NA> where a dash.

    Added up from what falls into each period: a dash in the middle takes nothing away.
    """
    plan = phasing.plan
    rows = phasing.as_targets()
    totals = add_totals(rows[rows["measure"] == measure], plan)
    steps = to_steps(totals["value"], step_of(plan.measures, measure))
    wide = totals.assign(steps=steps).pivot(
        index=list(DIMENSIONS), columns="horizon", values="steps"
    )
    return wide[sorted(wide.columns)].cumsum(axis=1)


def _compare(plan: Plan, measure: str, first: Phasing, second: Phasing) -> pd.DataFrame:
    if not measure:
        return pd.DataFrame(columns=COLUMNS)
    whole = ("all",) * len(DIMENSIONS)
    one, other = (_accumulate(p, measure).loc[whole].astype("Int64") for p in (first, second))
    issued = pd.Series(issued_ends(plan, measure), dtype="Int64").reindex(one.index)
    steps = {"cumulative": one, "other": other, "difference": other - one, "issued": issued}
    step = step_of(plan.measures, measure)
    columns = {name: narrow(from_steps(values, step)) for name, values in steps.items()}
    table = pd.DataFrame(columns).rename_axis("period").reset_index()
    return table.assign(computed=~(table["cumulative"] == table["issued"]).fillna(False))


def issued_ends(plan: Plan, measure: str) -> dict[str, int]:
    """Return what the plan itself prints for the whole, from its first day to a quarter's end.

    Returns
    -------
    dict
        Quarter -> steps: a printed horizon from the first day on or, where there is none, the
        fewest printed horizons in a row.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> issued_ends(load_plan(), "projects")
    {'2023Q4': 303, '2025Q4': 1000}
    """
    cells = plan.cells[plan.cells["measure"] == measure].dropna(subset=["value"])
    cells = cells[(cells[list(DIMENSIONS)] == "all").all(axis=1)]
    cells = cells[cells["relation"].isin(["=", ">="])]
    spans = [months_of(plan, str(horizon)) for horizon in cells["horizon"]]
    values = to_steps(cells["value"], step_of(plan.measures, measure))
    start = min((months_of(plan, h)[0] for h in _horizons(plan, measure)), default=0)
    reached: dict[int, tuple[int, int]] = {start - 1: (0, 0)}
    printed: dict[Span, int] = dict(zip(spans, map(int, values), strict=True))
    for first, last in sorted(printed):
        if first - 1 in reached:
            count, total = reached[first - 1]
            row = (count + 1, total + printed[first, last])
            reached[last] = min(reached.get(last, row), row)
    ends = sorted(end for end in reached if end >= start)
    return {name_span(tile((end - 2, end), 3)[0]): reached[end][1] for end in ends}


def _spread_areas(phasing: Phasing, measure: str) -> pd.DataFrame:
    """Lay the cumulative targets of the whole and of each area out, a column a quarter."""
    plan = phasing.plan
    if not measure:
        return pd.DataFrame(columns=["measure", "area", "unit", "computed"])
    wide = _accumulate(phasing, measure).reset_index()
    wide = wide[(wide[["industry", "project_type"]] == "all").all(axis=1)]
    order = plan.table("area").index.get_indexer(wide["area"].to_numpy())
    wide = wide.assign(order=order).sort_values("order").reset_index(drop=True)
    step = step_of(plan.measures, measure)
    unit = plan.measures.at[measure, "unit"]
    keys = {"measure": measure, "area": wide["area"], "unit": unit, "computed": True}
    periods = [name for name in wide.columns if name not in {*DIMENSIONS, "order"}]
    columns = {name: narrow(from_steps(wide[name], step)) for name in periods}
    for name, values in columns.items():
        if values.isna().any():
            columns[name] = values.astype(object).where(values.notna(), "-")
    return pd.DataFrame({**keys, **columns})


def list_moves(phasing: Phasing, most: int = 10) -> pd.DataFrame:
    """List the cells and sums that rounding moved farthest, counted in steps.

    Parameters
    ----------
    phasing : Phasing
        As `phase_targets` returns it.
    most : int
        How many rows.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, period, cumulative, unrounded (in `unit`), unit,
        moved (cumulative less unrounded, in steps), the farthest first, equal ones in the
        plan's order.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> round(float(list_moves(phase_targets(load_plan("dazhou-2019"))).moved.abs().max()), 3)
    0.333
    """
    rows = dataclasses.replace(phasing, parts=phasing.parts.iloc[:0]).complete()
    rows = rows.dropna(subset=["cumulative"]).reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame(columns=MOVES)
    sizes = {m: float(step_of(phasing.plan.measures, m)) for m in rows["measure"].unique()}
    steps = rows["measure"].map(sizes)
    moved = (rows["cumulative"] - rows["unrounded"]).astype("float64") / steps
    # What floats leave of nothing is nothing.
    moved = moved.round(9)
    order = moved.abs().sort_values(ascending=False, kind="stable").index
    listed = rows.assign(moved=moved)[MOVES].loc[order]
    return listed[listed["moved"] != 0].head(most).reset_index(drop=True)


def _tell(plan: Plan, measure: str, table: pd.DataFrame, ways: list[Label]) -> Finding:
    if not measure:
        return Finding("phasing_nothing", "note", {"plan": name_title(plan)})
    numbers: dict[str, Any] = {"measure": name_code(plan, "measure", measure), "ways": ways}
    own = table.dropna(subset=["issued"])
    both = (own["cumulative"] == own["issued"]) & (own["other"] == own["issued"])
    numbers |= {"issued": len(own), "met": int(both.sum())}
    apart = table["difference"].astype("float64").abs()
    if not apart.any():
        return Finding("phasing_same", "note", numbers)
    row = table.loc[apart.idxmax()]
    numbers |= {"unit": name_unit(plan, measure), "period": str(row["period"])}
    numbers |= {name: float(row[name]) for name in ("cumulative", "other", "difference")}
    return Finding("phasing_compared", "note", numbers)
