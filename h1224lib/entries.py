"""Entries: the words that readers get for the columns of tables and for what stands in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.plan.model import TABLES, Plan
from h1224lib.provenance import COUNTING_RULE, word_rule
from h1224lib.synthetic import DATA_KIND, says_synthetic
from h1224lib.verdicts import in_language

# Shares of a target, which readers are shown as percentages.
SHARES = (
    "schedule", "completion", "completion_before",
    "share", "share_tied", "share_weights", "share_named",
    "planned_share", "largest_share", "conversion", "worst_coverage",
    "share_a", "share_b", "rate_a", "rate_b",
    "investment_share", "parent_share", "planned_parent_share",
)  # fmt: skip
_DECIMALS = 6
# Numbers as they are printed or reported; all others are computed.
PRINTED = ("value", "target", "actual")
# Columns that hold the codes of a dimension under another name.
ALSO = {"indicator": "measure", "refers_to": "measure", "versus": "area", "leading": "area",
        "platform": "area", "parent": "area", "largest_area": "area"}  # fmt: skip
# Columns of remarks, written 中文 (English).
REMARKS = ("note",)
# Columns of stages, which are named as the columns of a ledger are.
STAGES = ("stage", "counting_stage")
# Columns whose entries the catalogue words, as `<prefix>.<entry>`.
WORDED = {
    "kind": "kind",
    "status": "status",
    "along": "column",
    "table": "table_of",
    "reached": "reached",
    "reason": "why",
    "treatment": "treatment",
    "band": "band",
    "use": "indicator_use",
    "price_basis": "price_basis",
    "growth_basis": "price_basis",
    "why": "unrated",
    "light": "light",
    "confidence": "confidence",
    "relation": "relation",
    "comparable": "comparable",
    "slip": "slip",
    "quantity": "quantity",
    "simulator": "odds_simulator",
    "level": "odds_level",
    "data": "data",
    "figure_status": "status",
    "landmark_status": "status",
    "unscored": "unrated",
    "source_region": "region",
    "unranked": "unrated",
    "rule": "assessment_rule",
    "not_applicable": "assessment_treatment",
    "weights": "assessment_weights",
    DATA_KIND: DATA_KIND,
}


def head(column: str, lang: str, beside: Iterable[str] = ()) -> str:
    """Word a column's name; one that the catalogue does not know stays as it is.

    Parameters
    ----------
    column, lang : str
        A column of the library's tables, and the language.
    beside : iterable of str
        The table's columns: ``left`` is a side of an identity, or who left a ledger.

    Examples
    --------
    >>> head("lead_pp", "en"), head("investor", "en")
    ('Lead (pp)', 'investor')
    >>> head("left", "en"), head("left", "en", ["entered", "left"])
    ('Left', 'Left the ledger')
    """
    key = f"column.{column}"
    if wording.has(key):
        return wording.say(key, lang, beside=list(beside))
    return _name_field(column, lang)


def _name_field(field: str, lang: str) -> str:
    """Name what stands in a ledger as its columns are headed."""
    from h1224lib.ledger.vocabulary import list_fields

    known = list_fields().get(field)
    return field if known is None else known.label.say(lang)


def word_entry(column: str, value: Any, plan: Plan, lang: str) -> Any:
    """Word one entry of a column; a share becomes percent, what is computed has six decimals.

    Parameters
    ----------
    column : str
        The column's name.
    value : object
        What stands in it, never <NA>.
    plan : Plan
        Gives the names.
    lang : str
        ``zh`` or ``en``.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> word_entry("area", "anji", plan, "en"), word_entry("completion", 0.25, plan, "en")
    ('Anji County', 25.0)
    """
    if column == "by":
        names = [wording.say(f"dimension.{d}", lang) for d in value]
        return wording.join(names, lang) or wording.say("level.whole", lang)
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if pd.api.types.is_bool(value):
        return wording.say("yes" if value else "no", lang)
    if isinstance(value, dt.date):
        # A day has no hour in any ledger.
        return value.isoformat()[:10]
    if isinstance(value, str):
        return _word_text(column, value, plan, lang)
    return _word_number(column, value, lang)


def _word_number(column: str, value: Any, lang: str) -> Any:
    if column == "probability":
        return wording.say("odds_chance", lang, p=float(value))
    if column == "likelihood":
        return wording.say("odds_likelihood", lang, p=float(value))
    if column in SHARES:
        return round(100 * float(value), _DECIMALS)
    computed = isinstance(value, float) and column not in PRINTED
    return round(value, _DECIMALS) if computed else value


def _word_text(column: str, value: str, plan: Plan, lang: str) -> str:
    """Word a code; text that is none stays as it is."""
    named = _name_in_plan(ALSO.get(column, column), value, plan, lang)
    if named is not None:
        return named
    if column in STAGES:
        # The column holds the day on which a stage was reached.
        return _name_field(value, lang).removesuffix("日期")
    if column == "industries":
        names = [_word_text("industry", code, plan, lang) for code in value.split(";")]
        return wording.join(names, lang)
    if column == COUNTING_RULE:
        return word_rule(value, lang)
    if column in REMARKS:
        return in_language(value).say(lang)
    if column == "evidence" and says_synthetic(pd.Series([value])).all():
        return wording.say("evidence.synthetic", lang)
    # What follows a colon is a reason, which has a column of its own.
    key = f"{WORDED.get(column, '')}.{value.partition(':')[0]}"
    return wording.say(key, lang) if wording.has(key) else value


def _name_in_plan(column: str, value: str, plan: Plan, lang: str) -> str | None:
    """Name what the plan itself names: codes, offices, units and items of the assessment."""
    if column in TABLES:
        known = value in plan.table(column).index
        return plan.label(column, value, lang) if known else None
    if column == "department" and "body_id" in plan.bodies:
        names = plan.bodies.loc[plan.bodies["body_id"] == value, lang]
    elif column == "item":
        names = plan.assessment.loc[plan.assessment["item_id"] == value, lang]
    elif column == "unit" and lang == "en":
        names = plan.measures.loc[plan.measures["unit"] == value, "unit_en"]
    else:
        return None
    return None if names.empty else str(names.iloc[0])


def name_unit(plan: Plan, measure: Any, unit: Any, lang: str) -> Any:
    """Name the unit of a measure; another one of the row stays as it is.

    One Chinese unit may stand for several English ones: 个.
    """
    known = measure in plan.measures.index and unit is not None
    return plan.unit(measure, lang) if known else unit
