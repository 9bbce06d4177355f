"""Reconciliation: does what the plan prints add up, and what does not?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Finding, Label
from h1224lib.identities import Identity, Ratio, derive_identities, derive_ratios
from h1224lib.intervals import Interval, add_up, judge, read_interval
from h1224lib.labels import name_code, name_figure, name_unit
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.steps import step_of

# How the two sides stand to each other where the numbers alone do not say it.
_SIGNS = {
    "fails": "≠",
    "holds_within_rounding": "≈",
    "unallocated": "<",
    "untestable": "?",
}
_YEAR = "year_within_cumulative"
STATUSES = ("holds", "holds_within_rounding", "fails", "unallocated", "untestable")
COLUMNS = [
    "identity_id", "kind", "along", "measure", "expression", "left", "right", "residual",
    "status", "figures", "places",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Report:
    """What `reconcile` found.

    Attributes
    ----------
    checks : DataFrame
        One row an identity: identity_id, kind, along, measure, expression (names and values),
        left, right, residual (left - right) in the measure's unit, status, figures (ids),
        places.
    findings : list of Finding
        What a reader should know, gravest first; the first sums up.
    """

    plan: Plan
    checks: pd.DataFrame
    findings: list[Finding]

    @property
    def passed(self) -> bool:
        """Whether no identity fails."""
        return not (self.checks["status"] == "fails").any()

    @property
    def counts(self) -> pd.DataFrame:
        """How many checks of each kind have each status: kind, status, checks."""
        return self.checks.value_counts(["kind", "status"], sort=False).reset_index(name="checks")


@dataclass(frozen=True)
class _Figure:
    """One printed figure, as the checks need it: exact value, digits, place, names."""

    id: str
    measure: str
    codes: dict[str, str]
    relation: str
    value: Fraction | None
    interval: Interval
    printed: str
    place: str


def reconcile(plan: Plan, lang: str = "en") -> Report:
    """Check every relation that a plan's printed figures must satisfy.

    Parameters
    ----------
    plan : Plan
        A plan as `load_plan` reads it.
    lang : str
        Language of the `expression` column: ``zh`` or ``en``. Findings can be worded in both.

    Returns
    -------
    Report
        `checks`, `findings`, `passed`. Statuses: ``holds``; ``holds_within_rounding`` (amounts
        rounded before printing differ by no more than rounding allows); ``fails``;
        ``unallocated`` (a total exceeds its printed parts, and some parts are not printed);
        ``untestable`` (bounds or ranges leave nothing to test).

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> report = reconcile(load_plan())
    >>> report.passed, report.checks["status"].value_counts().to_dict()
    (True, {'holds': 529, 'untestable': 6, 'unallocated': 2})
    """
    figures = _read_figures(plan)
    judged = [_check_identity(i, figures, plan) for i in derive_identities(plan)]
    judged += [_check_ratio(r, figures, plan) for r in derive_ratios(plan)]
    rows = []
    findings = []
    for number, (check, finding) in enumerate(judged, start=1):
        used = [figures[name] for name in check["figures"]]
        rows.append(
            {
                "identity_id": f"i{number:05d}",
                "measure": used[-1].measure,
                "expression": _express(check, figures, plan, lang),
                "places": tuple(dict.fromkeys(f.place for f in used)),
                **check,
            }
        )
        findings += [finding] if finding else []
    checks = pd.DataFrame(rows, columns=COLUMNS)
    findings.sort(key=lambda f: ("error", "warning", "note").index(f.severity))
    return Report(plan, checks, [_sum_up(plan, checks), *findings, *tell_amendments(plan)])


def _read_figures(plan: Plan) -> dict[str, _Figure]:
    found = {}
    for row in plan.figures.itertuples(index=False):
        value, upper = (
            None if pd.isna(v) else Fraction(str(v)) for v in (row.value, row.value_max)
        )
        codes = {d: getattr(row, d) for d in ("measure", *DIMENSIONS, "horizon")}
        interval = read_interval(row.relation, value, upper)
        figure = _Figure(
            row.figure_id, row.measure, codes, row.relation, value, interval, row.printed, row.place
        )
        found[figure.id] = figure
    return found


def _check_identity(
    identity: Identity, figures: dict[str, _Figure], plan: Plan
) -> tuple[dict[str, Any], Finding | None]:
    """Judge one linear identity: its row of `checks`, and a finding unless it simply holds."""
    *parts, whole = [figures[name] for name in identity.terms]
    left, right = _add([f.value for f in parts]), whole.value
    summed = add_up(f.interval for f in parts)
    status, excess = judge(summed, whole.interval, identity.within, bool(identity.missing))
    if status == "fails" and plan.measures.at[whole.measure, "exact"] == "no":
        # Each printed number is off by at most half a step of its rounding.
        slack = step_of(plan.measures, whole.measure) * (len(parts) + 1) / 2
        status = "holds_within_rounding" if excess <= slack else status
    check = {
        "kind": identity.kind,
        "along": identity.along,
        "left": None if left is None else float(left),
        "right": None if right is None else float(right),
        "residual": float((left or 0) - (right or 0)),
        "status": status,
        "figures": tuple(identity.terms),
    }
    return check, _tell(identity, check, figures, plan)


def _add(values: list[Fraction | None]) -> Fraction | None:
    """Add what is printed; "-" adds nothing, and "-" alone adds up to "-"."""
    present = [value for value in values if value is not None]
    return sum(present, Fraction(0)) if present else None


def _check_ratio(
    ratio: Ratio, figures: dict[str, _Figure], plan: Plan
) -> tuple[dict[str, Any], Finding | None]:
    """Judge a printed percentage, with the rounding of its own digits and of its inputs."""
    over, under, printed = (
        figures[name] for name in (ratio.numerator, ratio.denominator, ratio.figure)
    )
    used = (over, under, printed)
    check: dict[str, Any] = {"kind": "ratio", "along": "", "figures": tuple(f.id for f in used)}
    if not _is_plain(used):
        nothing = {"left": None, "right": None, "residual": None, "status": "untestable"}
        return {**check, **nothing}, None
    top, bottom, value = (Fraction(f.value or 0) for f in used)
    exact = 100 * top / bottom
    least = 100 * (top - _slack(over, plan)) / (bottom + _slack(under, plan))
    most = 100 * (top + _slack(over, plan)) / (bottom - _slack(under, plan))
    half = Fraction(1, 2) / 10 ** _digits(printed.printed)
    within = least <= value + half and value - half <= most
    rounded = _round(exact, printed.printed)
    status = "holds" if rounded == value else "holds_within_rounding" if within else "fails"
    check |= {
        "left": float(round(exact, 6)),
        "right": float(value),
        "residual": float(round(exact - value, 6)),
        "status": status,
    }
    if status == "holds":
        return check, None
    numbers = {
        "where": _where(printed, plan),
        "printed": float(value),
        "recomputed": float(round(exact, 2)),
        "rounded": float(rounded),
        "numerator": float(top),
        "denominator": float(bottom),
        "least": float(round(least, 2)),
        "most": float(round(most, 2)),
    }
    places = tuple(f.place for f in used)
    if status == "fails":
        return check, Finding("ratio_fails", "error", numbers, places)
    return check, Finding("ratio_within_rounding", "note", numbers, places)


def _is_plain(used: tuple[_Figure, ...]) -> bool:
    """Tell whether a ratio's three numbers are exact, there, and divisible."""
    exact = all(f.value is not None and f.relation == "=" for f in used)
    return exact and used[1].value != 0


def _slack(figure: _Figure, plan: Plan) -> Fraction:
    """Return how far a printed amount may be from the one before rounding; counts are not."""
    if plan.measures.at[figure.measure, "exact"] == "yes":
        return Fraction(0)
    return step_of(plan.measures, figure.measure) / 2


def _digits(printed: str) -> int:
    """Count the decimals that a number is printed with, whatever stands around it."""
    found = re.search(r"\d+\.(\d+)", printed)
    return len(found[1]) if found else 0


def _round(value: Fraction, printed: str) -> Fraction:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    unit = Decimal(1).scaleb(-_digits(printed))
    return Fraction(str(exact.quantize(unit, rounding=ROUND_HALF_UP)))


def _tell(
    identity: Identity, check: dict[str, Any], figures: dict[str, _Figure], plan: Plan
) -> Finding | None:
    used = [figures[name] for name in check["figures"]]
    total = used[-1]
    if check["status"] in ("holds", "untestable"):
        return _tell_dash(identity, check, total, plan)
    numbers = {
        "where": _where(total, plan),
        "left": "-" if check["left"] is None else check["left"],
        "right": "-" if check["right"] is None else check["right"],
        "difference": abs(check["residual"]),
        "along": identity.along,
        "unit": name_unit(plan, total.measure),
        "place": total.place,
    }
    places = tuple(dict.fromkeys(f.place for f in used))
    if check["status"] == "unallocated":
        labels = [name_code(plan, identity.along, code) for code in identity.missing]
        return Finding("unallocated", "note", {**numbers, "missing": labels}, places)
    if check["status"] == "holds_within_rounding":
        return Finding("sum_within_rounding", "note", numbers, places)
    others = [_where(figure, plan) for figure in used[:-1]]
    numbers |= {"others": others, "other_place": used[0].place}
    return Finding(f"{identity.kind}_fails", "error", numbers, places)


def _tell_dash(
    identity: Identity, check: dict[str, Any], total: _Figure, plan: Plan
) -> Finding | None:
    """Warn where a sum is 0 and "-" is printed, or the other way: not the same nothing."""
    if identity.within or (check["left"] is None) == (check["right"] is None):
        return None
    if check["left"] or check["right"]:
        return None
    numbers = {
        "where": _where(total, plan),
        "sum": "-" if check["left"] is None else "0",
        "printed": "-" if check["right"] is None else "0",
        "place": total.place,
    }
    return Finding("dash_against_zero", "warning", numbers, (total.place,))


def tell_amendments(plan: Plan) -> list[Finding]:
    """Name each figure that an amendment has replaced by the plan's day, and by what.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> tell_amendments(load_plan())
    []
    """
    figures = plan.figures
    if plan.as_of is not None:
        figures = figures[figures["effective"] <= plan.as_of.isoformat()]
    found = []
    for _, group in figures.groupby(KEYS, sort=False):
        if group["effective"].nunique() < 2:
            continue
        new = group[group["effective"] == group["effective"].max()].iloc[0]
        old = group[group["effective"] < new["effective"]]
        old = old[old["effective"] == old["effective"].max()].iloc[0]
        names = _read_figures(plan)
        numbers = {
            "where": _where(names[new["figure_id"]], plan),
            "before": old["printed"],
            "after": new["printed"],
            "effective": new["effective"],
            "place": new["place"],
        }
        found.append(Finding("amended", "note", numbers, (old["place"], new["place"])))
    return found


def _sum_up(plan: Plan, checks: pd.DataFrame) -> Finding:
    count = {status: int((checks["status"] == status).sum()) for status in STATUSES}
    numbers = {**count, "checks": len(checks), "figures": len(plan.figures)}
    if checks.empty:
        return Finding("plan_has_nothing_to_check", "warning", numbers)
    if count["fails"]:
        return Finding("plan_does_not_add_up", "error", numbers)
    return Finding("plan_adds_up", "note", numbers)


def _where(figure: _Figure, plan: Plan) -> Label:
    return name_figure(plan, figure.codes)


def _express(check: dict[str, Any], figures: dict[str, _Figure], plan: Plan, lang: str) -> str:
    """Write an identity out with names and values."""
    used = [figures[name] for name in check["figures"]]
    if check["kind"] == "ratio":
        over, under, whole = (_show(f) for f in used)
        return f"{_where(used[2], plan).say(lang)}: {over} / {under} = {whole}"
    along = check["along"]
    if not along:
        sides = [f"{f.place} {_show(f)}" for f in used]
    else:
        sides = [f"{plan.label(along, f.codes[along], lang)} {_show(f)}" for f in used]
    sign = _SIGNS.get(check["status"]) or _compare(check["residual"])
    if check["status"] == "fails" and check["kind"] in ("part_within_whole", _YEAR):
        sign = ">"
    context = name_figure(plan, used[-1].codes, [along] if along else []).say(lang)
    return f"{context}: {' + '.join(sides[:-1])} {sign} {sides[-1]}"


def _compare(residual: float) -> str:
    return "=" if residual == 0 else "≤" if residual < 0 else "≥"


def _show(figure: _Figure) -> str:
    return "-" if figure.value is None else wording.number(float(figure.value))
