"""Reconciliation: does what the plan prints add up, and what does not?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Finding, Label
from h1224lib.identities import Identity, Ratio, derive_identities, derive_ratios
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.steps import step_of

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
    value: Fraction | None
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
    (True, {'holds': 530, 'unallocated': 2})
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
        value = None if pd.isna(row.value) else Fraction(str(row.value))
        codes = {d: getattr(row, d) for d in ("measure", *DIMENSIONS, "horizon")}
        figure = _Figure(row.figure_id, row.measure, codes, value, row.printed, row.place)
        found[figure.id] = figure
    return found


def _check_identity(
    identity: Identity, figures: dict[str, _Figure], plan: Plan
) -> tuple[dict[str, Any], Finding | None]:
    """Judge one linear identity: its row of `checks`, and a finding unless it simply holds."""
    names = list(identity.terms)
    values = [figures[name].value for name in names]
    left, right = _add(values[:-1]), values[-1]
    residual = (left or Fraction(0)) - (right or Fraction(0))
    status = _judge(identity, residual)
    measure = figures[names[-1]].measure
    if status == "fails" and plan.measures.at[measure, "exact"] == "no":
        # Each printed number is off by at most half a step of its rounding.
        slack = step_of(plan.measures, measure) * len(names) / 2
        excess = abs(residual) if identity.op == "=" else residual
        excess = -residual if identity.op == ">=" else excess
        status = "holds_within_rounding" if excess <= slack else status
    check = {
        "kind": identity.kind,
        "along": identity.along,
        "left": None if left is None else float(left),
        "right": None if right is None else float(right),
        "residual": float(residual),
        "status": status,
        "figures": tuple(names),
    }
    return check, _tell(identity, check, figures, plan)


def _add(values: list[Fraction | None]) -> Fraction | None:
    """Add what is printed; "-" adds nothing, and "-" alone adds up to "-"."""
    present = [value for value in values if value is not None]
    return sum(present, Fraction(0)) if present else None


def _judge(identity: Identity, residual: Fraction) -> str:
    if identity.missing and residual < 0 and identity.op != "<=":
        return "unallocated"
    if not identity.testable:
        return "untestable"
    holds = {"=": residual == 0, "<=": residual <= 0, ">=": residual >= 0}[identity.op]
    return "holds" if holds else "fails"


def _check_ratio(
    ratio: Ratio, figures: dict[str, _Figure], plan: Plan
) -> tuple[dict[str, Any], Finding | None]:
    """Judge a printed percentage, with the rounding of its own digits and of its inputs."""
    whole = [figures[name] for name in (ratio.numerator, ratio.denominator, ratio.figure)]
    over, under, printed = (figure.value for figure in whole)
    check: dict[str, Any] = {"kind": "ratio", "along": "", "figures": tuple(f.id for f in whole)}
    if over is None or printed is None or not under:
        nothing = {"left": None, "right": None, "residual": None, "status": "untestable"}
        return {**check, **nothing}, None
    half = Fraction(1, 2) / 10 ** _digits(whole[2].printed)
    slack_over, slack_under = (step_of(plan.measures, f.measure) / 2 for f in whole[:2])
    exact = 100 * over / under
    least = 100 * (over - slack_over) / (under + slack_under)
    most = 100 * (over + slack_over) / (under - slack_under)
    strict = abs(_round(exact, whole[2].printed) - printed) == 0
    within = least <= printed + half and printed - half <= most
    status = "holds" if strict else "holds_within_rounding" if within else "fails"
    check |= {
        "left": float(round(exact, 6)),
        "right": float(printed),
        "residual": float(round(exact - printed, 6)),
        "status": status,
    }
    if status == "holds":
        return check, None
    numbers = {
        "where": _where(whole[2], plan),
        "printed": float(printed),
        "recomputed": float(round(exact, 2)),
        "rounded": float(_round(exact, whole[2].printed)),
        "numerator": float(over),
        "denominator": float(under),
        "least": float(round(least, 2)),
        "most": float(round(most, 2)),
        "unit": _unit(whole[2], plan),
    }
    places = tuple(f.place for f in whole)
    if status == "fails":
        return check, Finding("ratio_fails", "error", numbers, places)
    return check, Finding("ratio_within_rounding", "note", numbers, places)


def _digits(printed: str) -> int:
    """Count the decimals that a number is printed with."""
    number = printed.strip().rstrip("%％")
    return len(number.partition(".")[2])


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
        "left": check["left"],
        "right": check["right"],
        "difference": abs(check["residual"]),
        "along": identity.along,
        "unit": _unit(total, plan),
        "place": total.place,
    }
    places = tuple(dict.fromkeys(f.place for f in used))
    if check["status"] == "unallocated":
        labels = [_label(plan, identity.along, code) for code in identity.missing]
        return Finding("unallocated", "note", {**numbers, "missing": labels}, places)
    if check["status"] == "holds_within_rounding":
        return Finding("sum_within_rounding", "note", numbers, places)
    if identity.kind != "sum":
        other = used[0]
        numbers |= {"other": _where(other, plan), "other_place": other.place}
    return Finding(f"{identity.kind}_fails", "error", numbers, places)


def _tell_dash(
    identity: Identity, check: dict[str, Any], total: _Figure, plan: Plan
) -> Finding | None:
    """Warn where a sum is 0 and "-" is printed, or the other way: not the same nothing."""
    if identity.kind != "sum" or (check["left"] is None) == (check["right"] is None):
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
    if count["fails"]:
        return Finding("plan_does_not_add_up", "error", numbers)
    return Finding("plan_adds_up", "note", numbers)


def _label(plan: Plan, dimension: str, code: str) -> Label:
    return Label(plan.label(dimension, code, "zh"), plan.label(dimension, code, "en"))


def _unit(figure: _Figure, plan: Plan) -> Label:
    return Label(plan.unit(figure.measure, "zh"), plan.unit(figure.measure, "en"))


def _where(figure: _Figure, plan: Plan) -> Label:
    """Name the cell of a figure: measure, then each dimension that it has."""
    return Label(*(_name_cell(figure, plan, lang, ()) for lang in wording.LANGUAGES))


def _name_cell(figure: _Figure, plan: Plan, lang: str, skip: tuple[str, ...]) -> str:
    named = [d for d in ("measure", *plan.dimensions, "horizon") if d not in skip]
    names = [plan.label(d, figure.codes[d], lang) for d in named]
    return wording.say("cell_name", lang, parts=names)


def _express(check: dict[str, Any], figures: dict[str, _Figure], plan: Plan, lang: str) -> str:
    """Write an identity out with names and values."""
    used = [figures[name] for name in check["figures"]]
    if check["kind"] == "ratio":
        over, under, whole = (_show(f) for f in used)
        return f"{_name_cell(used[2], plan, lang, ())}: {over} / {under} = {whole}"
    along = check["along"]
    if not along:
        sides = [f"{f.place} {_show(f)}" for f in used]
    else:
        sides = [f"{plan.label(along, f.codes[along], lang)} {_show(f)}" for f in used]
    signs = {"fails": "≠", "unallocated": "<"}
    bound = "≤" if check["kind"] in ("part_within_whole", "year_within_cumulative") else "="
    sign = signs.get(check["status"], bound)
    sign = ">" if check["status"] == "fails" and bound == "≤" else sign
    context = _name_cell(used[-1], plan, lang, (along,) if along else ())
    return f"{context}: {' + '.join(sides[:-1])} {sign} {sides[-1]}"


def _show(figure: _Figure) -> str:
    return "-" if figure.value is None else wording.number(float(figure.value))
