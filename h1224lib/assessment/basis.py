"""The basis: what rules, treatments and daily formulas do, and where each is from."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from h1224lib import wording
from h1224lib.assessment.daily import Formula, find_formula
from h1224lib.assessment.rules import Rule
from h1224lib.assessment.sheet import Sheet
from h1224lib.assessment.treatments import Treatment
from h1224lib.findings import Label

COLUMNS = ["part_zh", "part_en", "name_zh", "name_en", "how_zh", "how_en", "source_zh", "source_en"]


def list_basis(
    sheet: Sheet, rules: Iterable[Rule], treatments: Iterable[Treatment]
) -> pd.DataFrame:
    """List what was made of results, and of records of daily work.

    Parameters
    ----------
    sheet : Sheet
        Gives the daily items and their formulas.
    rules, treatments : iterable
        Those that were used.

    Returns
    -------
    DataFrame
        One row a rule, a treatment and a daily item: what it is (part), its name, how it makes
        points and its source, each in zh and en. No rows where the plan has no assessment.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> from h1224lib.assessment import assess
    >>> plan = load_plan()
    >>> state = measure_progress(plan, read_actuals(None, plan), "2023-12-31", horizon="2023")
    >>> basis = assess(plan, state, rule="deduction").basis
    >>> basis["how_en"].iloc[0]
    '100 less 5 for each project short of the target, not below 0'
    """
    rows: list[tuple[str, Label, Label, Label]] = []
    if sheet.areas:
        rows += [("rule", rule.label, explain_rule(rule), rule.source) for rule in rules]
        rows += [("treatment", t.label, explain_treatment(t), t.source) for t in treatments]
        rows += _list_daily(sheet)
    said = [(_word(f"assessment_part.{part}"), *labels) for part, *labels in rows]
    told = [[text for label in labels for text in (label.zh, label.en)] for labels in said]
    return pd.DataFrame(told, columns=COLUMNS).drop_duplicates(ignore_index=True)


def explain_rule(rule: Rule) -> Label:
    """Say how a rule makes a score of a completion.

    Examples
    --------
    >>> from h1224lib.assessment.rules import read_rule
    >>> explain_rule(read_rule("bonus120")).en
    '100 x completion, at most 120'
    """
    numbers = {name: None if n is None else float(n) for name, n in rule.numbers.items()}
    bands = [(float(start), float(points)) for start, points in rule.bands]
    return _word(f"assessment_how.{rule.kind}", bands=bands, **numbers)


def explain_treatment(treatment: Treatment) -> Label:
    """Say what holds without a target.

    Examples
    --------
    >>> from h1224lib.assessment.treatments import read_treatment
    >>> explain_treatment(read_treatment("zero")).en
    'scores 0'
    """
    score = None if treatment.score is None else float(treatment.score)
    return _word(
        "assessment_how.treatment", score=score, reweigh=treatment.reweigh, ranked=treatment.ranked
    )


def _list_daily(sheet: Sheet) -> list[tuple[str, Label, Label, Label]]:
    """Explain the daily items, those of one formula together; the plan names the items."""
    names = sheet.plan.assessment.set_index("item_id")[list(wording.LANGUAGES)]
    alike: dict[tuple[Formula, Fraction], list[str]] = {}
    for item, points in sheet.items.daily:
        formula = find_formula(sheet.handed_in.formulas, item)
        alike.setdefault((formula, points), []).append(item)
    rows = []
    for (formula, points), items in alike.items():
        shares = [(_write(s.share), s.on, s.of, s.empty) for s in formula.shares]
        how = _word("assessment_how.daily", points=float(points), shares=shares)
        name = Label(*(wording.join(names.loc[items, n], n) for n in wording.LANGUAGES))
        rows.append(("daily", name, how, formula.source))
    return rows


def _write(share: Fraction) -> str:
    return "" if share == 1 else str(share)


def _word(key: str, **values: object) -> Label:
    return Label(*(wording.say(key, lang, **values) for lang in wording.LANGUAGES))
