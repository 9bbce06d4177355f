"""Explanations of a plan: which of its printed figures the failing identities point to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.identities import Identity, derive_identities
from h1224lib.intervals import read_interval
from h1224lib.localisation.explanations import Explanation, Explanations, locate_errors
from h1224lib.localisation.numbers import read_number
from h1224lib.localisation.repairs import Range
from h1224lib.localisation.sentences import tell_explanations
from h1224lib.plan.model import KEYS, Plan
from h1224lib.steps import step_of

COLUMNS = [
    "part", "rank", "tied", "explanation", *KEYS, "place", "printed", "low", "high", "proposed",
    "slip", "figure_id",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Suspects:
    """What `explain_plan` found.

    Attributes
    ----------
    explanations : Explanations
        Over figure ids; `mends` and `why` count the plan's identities as `derive_identities`
        lists them.
    table : DataFrame
        One row a figure of an explanation: part, rank, tied, explanation (its number), the keys,
        place, printed, low and high (what it may be, in the measure's unit), proposed, slip,
        figure_id; best first within each part.
    findings : list of Finding
        The explanations in words, part by part, best first; empty where everything holds.
    """

    plan: Plan
    explanations: Explanations
    table: pd.DataFrame
    findings: list[Finding]


def explain_plan(plan: Plan) -> Suspects:
    """Find which printed figures of a plan are most probably wrong.

    Parameters
    ----------
    plan : Plan
        A plan as `load_plan` reads it. Bounds and ranges take part with their ends, rounded
        amounts with half a step of slack; percentages of two printed amounts do not take part.

    Returns
    -------
    Suspects
        Every smallest set of figures whose change makes all identities hold.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cell = ("projects", "deqing", "software", "revenue", "2023-2025")
    >>> found = explain_plan(plan.replace({cell: 54}))
    >>> found.table[["area", "printed", "proposed", "slip"]].values.tolist()
    [['deqing', '54', 45.0, 'digits_transposed']]
    """
    printed = _read_printed(plan)
    identities = derive_identities(plan)
    rows, origin = _state_rows(plan, printed, identities)
    used = {name for row in rows for name in row.terms}
    values = {name: figure.value for name, figure in printed.items() if name in used}
    steps = {str(m): read_number(step_of(plan.measures, str(m))) for m in plan.measures.index}
    found = locate_errors(
        values,
        rows,
        step={name: steps[printed[name].measure] for name in values},
        nonnegative=[name for name, value in values.items() if value is None or value >= 0],
    )
    told = _count_over_plan(found, origin)
    named = {name for explanation in told for name in explanation.cells}
    for contradiction in told.contradictions:
        named |= set(contradiction.figures)
        named |= {name for n in contradiction.identities for name in identities[n].terms}
    rows_of = plan.figures[plan.figures["figure_id"].isin(named)].to_dict("records")
    figures = {str(row["figure_id"]): row for row in rows_of}
    failing = {n for row, n in zip(rows, origin, strict=True) if _fails(row, values)}
    findings = tell_explanations(plan, told, figures, identities, failing)
    return Suspects(plan, told, _tabulate(told, figures), findings)


def _fails(row: Identity, values: Mapping[str, Fraction | int | None]) -> bool:
    """Tell whether a row does not hold for what is printed; a dash counts as 0."""
    excess = sum((values[name] or 0) * k for name, k in row.terms.items()) - row.rhs
    return bool(excess > 0 if row.op == "<=" else excess < 0 if row.op == ">=" else excess)


class _Printed(NamedTuple):
    """A printed figure: its value, and how far below and above it the quantity may lie."""

    measure: str
    value: Fraction | int | None
    below: Fraction | int | None
    above: Fraction | int | None


def _read_printed(plan: Plan) -> dict[str, _Printed]:
    names = ["figure_id", "measure", "relation", "value", "value_max"]
    columns = [plan.figures[name].tolist() for name in names]
    found = {}
    for name, measure, relation, printed, most in zip(*columns, strict=True):
        value = read_number(printed)
        if relation == "=":
            found[name] = _Printed(measure, value, 0, 0)
            continue
        base = value or 0
        interval = read_interval(relation, _widen(value), _widen(read_number(most)))
        below = None if interval.low is None else interval.low - base
        above = None if interval.high is None else interval.high - base
        found[name] = _Printed(measure, value, below, above)
    return found


def _widen(value: Fraction | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _state_rows(
    plan: Plan, printed: Mapping[str, _Printed], identities: Sequence[Identity]
) -> tuple[list[Identity], list[int]]:
    """State each identity as exact rows over printed numbers, and say which identity each is of."""
    slack: dict[str, Fraction | int] = {
        str(m): step_of(plan.measures, str(m)) / 2 if exact == "no" else 0
        for m, exact in plan.measures["exact"].items()
    }
    rows: list[Identity] = []
    origin = []
    for number, identity in enumerate(identities):
        figures = [printed[name] for name in identity.terms]
        made = _state(identity, figures, slack[figures[-1].measure] * len(figures))
        rows += made
        origin += [number] * len(made)
    return rows, origin


def _state(
    identity: Identity, figures: Sequence[_Printed], slack: Fraction | int
) -> list[Identity]:
    """State one identity: the parts not above the whole, and where they fill it, not below."""
    *parts, whole = figures
    low, high = _add(f.below for f in parts), _add(f.above for f in parts)
    over = None if low is None or whole.above is None else whole.above - low + slack
    under = None if high is None or whole.below is None else whole.below - high - slack
    if identity.within or identity.missing:
        under = None
    if over == 0 and under == 0:
        return [Identity(identity.terms, "=", 0, identity.kind)]
    made = [] if over is None else [Identity(identity.terms, "<=", over, identity.kind)]
    return made + ([] if under is None else [Identity(identity.terms, ">=", under, identity.kind)])


def _add(ends: Iterable[Fraction | int | None]) -> Fraction | int | None:
    total: Fraction | int = 0
    for end in ends:
        if end is None:
            return None
        total += end
    return total


def _count_over_plan(found: Explanations, origin: Sequence[int]) -> Explanations:
    """Count identities as the plan lists them: bounds state one identity twice."""
    return Explanations(
        [_count_identities(explanation, origin) for explanation in found],
        complete=found.complete,
        contradictions=[
            c._replace(identities=_origins(c.identities, origin)) for c in found.contradictions
        ],
        unexplained=[
            u._replace(identities=_origins(u.identities, origin)) for u in found.unexplained
        ],
        unprinted=found.unprinted,
    )


def _count_identities(explanation: Explanation, origin: Sequence[int]) -> Explanation:
    why = explanation.why
    apart = _origins(why.identities, origin)
    mends = _origins(explanation.mends, origin)
    return replace(explanation, mends=mends, why=replace(why, identities=apart))


def _origins(rows: Iterable[int], origin: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(origin[n] for n in rows))


def _tabulate(found: Explanations, figures: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    rows = []
    for number, explanation in enumerate(found, start=1):
        for name in explanation.cells:
            figure = figures[name]
            repair = explanation.repair[name]
            low, high = repair if isinstance(repair, Range) else (repair, repair)
            slip = next(m.kind for m in explanation.misprints if name in m.cells)
            proposed = explanation.proposed.get(name)
            rows.append(
                {
                    "part": explanation.part + 1,
                    "rank": explanation.rank,
                    "tied": explanation.tied,
                    "explanation": number,
                    **{key: figure[key] for key in KEYS},
                    "place": figure["place"],
                    "printed": figure["printed"],
                    "low": None if low is None else float(low),
                    "high": None if high is None else float(high),
                    "proposed": None if proposed is None else float(proposed),
                    "slip": slip,
                    "figure_id": name,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)
