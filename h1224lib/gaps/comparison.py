"""Comparison: two periods, two plans or two scenarios, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding, Label
from h1224lib.gaps.comparability import check_comparable, name_schedules, plan_of
from h1224lib.gaps.exactness import Exact, read_column, subtract, to_numbers
from h1224lib.gaps.telling import tell_comparison
from h1224lib.hierarchy import complete_targets
from h1224lib.plan.model import Plan
from h1224lib.progress import CELL, State
from h1224lib.provenance import COUNTING_RULE, join_rules
from h1224lib.synthetic import DATA_KIND

# What is compared, as far as both have it.
QUANTITIES = ("target", "scheduled", "actual", "gap", "completion", "rank")
IN_UNIT = ("target", "scheduled", "actual", "gap")
COLUMNS = ["quantity", "unit", "value_a", "value_b", "difference", "found_in"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two states or two plans side by side; every difference is of b less a.

    Attributes
    ----------
    a, b : State or Plan
        What is compared.
    kind : str
        ``periods``, ``scenarios`` or ``plans``.
    table : DataFrame
        One row a cell and quantity: measure, area, industry, project_type, horizon (of two
        plans) or horizon_a and horizon_b (of two states), quantity (target, scheduled, actual,
        gap in `unit`; completion, a share; rank), unit, value_a, value_b, difference (<NA>
        where a value is missing), found_in (``both``, or ``a`` or ``b`` where the cell is a row
        of that one alone); data_kind, if any result is made up; counting_rule, if a ledger was
        counted.
    lights : DataFrame
        One row a cell of both that has a light in either: the same keys, light_a, light_b,
        changed. Empty where a side has no lights.
    """

    a: State | Plan
    b: State | Plan
    kind: str
    table: pd.DataFrame
    lights: pd.DataFrame

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: the whole, the largest changes, and what is in one alone."""
        return tell_comparison(self)

    @property
    def schedules(self) -> tuple[Label, Label] | None:
        """What the two are held against, in names that differ where these do; None of plans."""
        if isinstance(self.a, State) and isinstance(self.b, State):
            return name_schedules(self.a, self.b)
        return None

    @property
    def changes(self) -> pd.DataFrame:
        """The rows whose values differ, or that are in one alone."""
        rows = self.table
        return rows[(rows["found_in"] != "both") | (rows["difference"].fillna(0) != 0)]

    def quantity(self, name: str) -> pd.DataFrame:
        """Return the rows of one quantity."""
        return self.table[self.table["quantity"] == name]


def compare(a: State | Plan, b: State | Plan) -> Comparison:
    """Set two periods, two plans or two scenarios side by side.

    Parameters
    ----------
    a, b : State or Plan
        Two states of one plan on different days are periods; on the same day, such as of a plan
        and of `Plan.replace`, scenarios. Of two plans the targets are compared.

    Returns
    -------
    Comparison
        `table`, `lights`, `findings`.

    Raises
    ------
    ComparisonError
        One is a state and the other a plan, or they are neither; they have no measure in common,
        are about different ones, or a common one has another unit, kind or direction.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cell = ("projects", "deqing", "software", "revenue", "2023-2025")
    >>> what_if = compare(plan, plan.replace({cell: 50}))
    >>> what_if.changes[["area", "value_a", "value_b", "difference"]].values.tolist()
    [['deqing', 45.0, 50.0, 5.0]]
    """
    states = isinstance(a, State) and isinstance(b, State)
    if not states and not (isinstance(a, Plan) and isinstance(b, Plan)):
        raise ComparisonError("not_alike", first=type(a).__name__, second=type(b).__name__)
    tables = [_list_cells(side) for side in (a, b)]
    common = [m for m in dict.fromkeys(tables[0]["measure"]) if m in set(tables[1]["measure"])]
    about = [_main(side) for side in (a, b)]
    if not common or about[0] != about[1]:
        raise ComparisonError("compare_measures", first=about[0], second=about[1])
    check_comparable(a, b, *common)
    keys = CELL if states else [*CELL, "horizon"]
    joined = _join(tables[0], tables[1], keys)
    kind = "plans"
    if isinstance(a, State) and isinstance(b, State):
        kind = "scenarios" if a.as_of == b.as_of else "periods"
    keys = [*keys, "horizon_a", "horizon_b"] if states else keys
    return Comparison(a, b, kind, _tabulate(joined, keys), _compare_lights(joined, keys))


def _main(side: State | Plan) -> str:
    return main_measure(plan_of(side))


def _list_cells(side: State | Plan) -> pd.DataFrame:
    if isinstance(side, State):
        return side.table
    return complete_targets(side).rename(columns={"value": "target"})


def _join(a: pd.DataFrame, b: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Join on the keys, in the order of a, what only b has after it; in `found_in` whose it is."""
    joined = a.merge(
        b, on=keys, how="outer", suffixes=("_a", "_b"), indicator="found_in", sort=False
    )
    order = pd.MultiIndex.from_frame(pd.concat([a[keys], b[keys]]).drop_duplicates())
    place = order.get_indexer(pd.MultiIndex.from_frame(joined[keys]))
    joined = joined.iloc[place.argsort(kind="stable")].reset_index(drop=True)
    names = {"left_only": "a", "right_only": "b", "both": "both"}
    return joined.assign(found_in=joined["found_in"].astype(str).map(names))


def _tabulate(joined: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    unit = joined["unit_b"].where(joined["unit_b"].notna(), joined["unit_a"])
    parts = []
    for name in QUANTITIES:
        if f"{name}_a" not in joined:
            continue
        values = [read_column(joined[f"{name}_{side}"]) for side in ("a", "b")]
        rows: dict[str, Any] = {
            "quantity": name,
            "unit": unit if name in IN_UNIT else "",
            "value_a": to_numbers(values[0]),
            "value_b": to_numbers(values[1]),
            "difference": to_numbers(_differ(*values)),
        }
        parts.append(joined[[*keys, "found_in"]].assign(**rows)[[*keys, *COLUMNS]])
    table = pd.concat(parts, ignore_index=True)
    rules = [joined[n] for n in (f"{COUNTING_RULE}_a", f"{COUNTING_RULE}_b") if n in joined]
    rules += [joined[COUNTING_RULE]] if COUNTING_RULE in joined else []
    if rule := join_rules(text for column in rules for text in column.dropna().unique()):
        table[COUNTING_RULE] = rule
    made = [joined[n] for n in (DATA_KIND, f"{DATA_KIND}_a", f"{DATA_KIND}_b") if n in joined]
    if made:
        # What is compared with made-up results is no result either.
        table[DATA_KIND] = next(kind for column in made for kind in column.dropna())
    return table


def _differ(first: list[Exact], second: list[Exact]) -> list[Exact]:
    return [subtract(later, former) for former, later in zip(first, second, strict=True)]


def _compare_lights(joined: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    lights = ["light_a", "light_b"]
    if any(name not in joined for name in lights):
        return pd.DataFrame(columns=[*keys, *lights, "changed"])
    rows = joined[joined["found_in"] == "both"][[*keys, *lights]]
    rows = rows.assign(**{name: rows[name].fillna("") for name in lights})
    rows = rows[(rows["light_a"] != "") | (rows["light_b"] != "")].reset_index(drop=True)
    return rows.assign(changed=rows["light_a"] != rows["light_b"])
