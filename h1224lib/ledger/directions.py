"""Directions and landmarks: texts set against what the plan lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.vocabulary import Fault, is_nothing
from h1224lib.plan.model import Plan
from h1224lib.plan.spelling import spellings


def clean_directions(
    column: Column, industries: pd.Categorical, plan: Plan
) -> tuple[pd.Series, list[Mark]]:
    """Read directions into the plan's, by number, name in either language, or a topic of one.

    Parameters
    ----------
    column : Column
        Its cells.
    industries : Categorical
        The industry of each row: a direction of another one is a problem.
    plan : Plan
        Whose `directions` are meant; of a plan without them the texts are kept.

    Returns
    -------
    Series of category, list of Mark
        direction_id, <NA> where the text is none of the plan's.
    """
    if plan.directions.empty:
        texts = [None if is_nothing(show(v)) else show(v).strip() for v in column.values]
        known = sorted({text for text in texts if text})
        return pd.Series(pd.Categorical(column.spread(texts, None, object), known)), []
    index = _index(plan.directions)
    ids = plan.directions["direction_id"].tolist()
    numbers = {code: number for number, code in enumerate(ids)}
    found: list[Any] = []
    faults: list[tuple[int, Fault]] = []
    for number, value in enumerate(column.values):
        text = show(value)
        said = "" if is_nothing(text) else next((s for s in spellings(text) if s in index), None)
        if said is None:
            faults.append((number, Fault("ledger_unknown_direction", {})))
        found.append(numbers[index[said]] if said else None)
    codes = column.spread(found, -1, np.int32)
    marks = list(column.mark(faults))
    elsewhere = _elsewhere(codes, industries, plan)
    if elsewhere.any():
        at = np.flatnonzero(elsewhere)
        marks.append(
            Mark("ledger_direction_elsewhere", column.name, at, [show(column.at(r)) for r in at])
        )
    return pd.Series(pd.Categorical.from_codes(codes, categories=ids)), marks


def _index(directions: pd.DataFrame) -> dict[str, str]:
    """Index directions by what names one alone."""
    meant: dict[str, set[str]] = {}
    for row in directions.to_dict("records"):
        topics = [*str(row["topics"]).split(";"), *str(row["topics_en"]).split(";")]
        for text in (row["direction_id"], row["zh"], row["en"], *topics):
            for said in spellings(str(text))[:1]:
                meant.setdefault(said, set()).add(str(row["direction_id"]))
    return {said: codes.pop() for said, codes in meant.items() if said and len(codes) == 1}


def _elsewhere(
    codes: npt.NDArray[np.int32], industries: pd.Categorical, plan: Plan
) -> npt.NDArray[np.bool_]:
    own = pd.Categorical(plan.directions["industry"], industries.categories).codes
    theirs = np.append(own, -1)[codes]
    result: npt.NDArray[np.bool_] = (
        (codes >= 0) & (theirs >= 0) & (industries.codes >= 0) & (theirs != industries.codes)
    )
    return result
