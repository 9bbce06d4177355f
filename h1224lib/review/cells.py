"""Cells as the rules need them: named in both languages, with their relation and their leaves."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Label
from h1224lib.hierarchy import children, complete_targets, inside
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan

# Relations that leave a value open upwards.
LOWER = (">=", ">")


def name_cell(plan: Plan, cell: Mapping[str, Any], *first: str) -> Label:
    """Name a cell: the dimensions `first` always, then those in which it is not the whole."""
    named = [(d, str(cell[d])) for d in first]
    named += [(d, str(cell[d])) for d in DIMENSIONS if d not in first and cell[d] != "all"]
    named = named or [("area", "all")]
    texts = (
        wording.say("cell_name", lang, parts=[plan.label(d, c, lang) for d, c in named])
        for lang in wording.LANGUAGES
    )
    return Label(*texts)


def find_counting(plan: Plan, what: str) -> list[str]:
    """Return the measures that a plan says count ``landmarks`` or ``above_scale`` enterprises.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> find_counting(load_plan(), "landmarks")
    ['landmarks']
    """
    counts = plan.measures["counts"]
    return [str(measure) for measure in counts.index[counts == what]]


def number(value: Any) -> float | None:
    """Return a value as a plain number without binary dust, None where there is none."""
    return None if pd.isna(value) else round(float(value), 6)


def list_places(places: Iterable[str]) -> tuple[str, ...]:
    """Return places once each, in their order."""
    return tuple(dict.fromkeys(str(place) for place in places))


def bottom_codes(plan: Plan, dimension: str) -> list[str]:
    """Return the codes of a dimension that nothing adds up to, parts "of which" left out."""
    above = {*children(plan, dimension), *inside(plan, dimension)}
    codes = [str(code) for code in plan.table(dimension).index if code not in above]
    return [code for code in codes if code != "all"] or ["all"]


# A review asks a dozen times for the same cells of the same, unchanging plan.
@functools.lru_cache(maxsize=1)
def list_cells(plan: Plan) -> pd.DataFrame:
    """Return every target, totals included, with the `relation` and `place` it is printed with.

    Returns
    -------
    DataFrame
        The columns of ``plan.targets``, and relation ("=" where it is a sum of leaves) and
        place (empty there). Sums over a single leaf are left out: they say nothing new.
    """
    whole = complete_targets(plan)
    leaves = plan.targets.value_counts(["measure", "horizon"])
    single = set(leaves[leaves == 1].index)
    pairs = zip(whole["measure"], whole["horizon"], whole["figure_id"], strict=True)
    whole = whole[[bool(figure) or (m, h) not in single for m, h, figure in pairs]]
    printed = plan.cells[[*KEYS, "relation", "place"]]
    joined = whole.merge(printed, on=KEYS, how="left", validate="one_to_one")
    return joined.fillna({"relation": "=", "place": ""})


def list_nested(plan: Plan) -> list[tuple[str, str]]:
    """Return pairs of horizons of which the first opens the second: same first day, shorter."""
    spans = plan.horizons.sort_values("last_day", kind="stable")
    pairs = []
    for start, group in spans.groupby("first_day", sort=True):
        codes = [str(code) for code in group.index]
        pairs += list(itertools.pairwise(codes)) if start else []
    return pairs


def count_months(first_day: str, last_day: str) -> float:
    """Count the months from the first day to the end of the last; a part is a part of 31 days.

    Examples
    --------
    >>> count_months("2024-01-01", "2025-12-31"), count_months("2019-04-01", "2019-12-31")
    (24.0, 9.0)
    """
    start = pd.Timestamp(first_day)
    end = pd.Timestamp(last_day) + pd.Timedelta(days=1)
    return 12.0 * (end.year - start.year) + end.month - start.month + (end.day - start.day) / 31
