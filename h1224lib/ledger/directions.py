"""Directions and landmarks: texts set against what the plan lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.findings import Label
from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.flags import clean_words
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.names import suggest
from h1224lib.ledger.vocabulary import Fault, is_nothing
from h1224lib.plan.model import Plan
from h1224lib.plan.spelling import plain, spellings


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


def clean_landmarks(column: Column, plan: Plan) -> tuple[pd.Series, list[Mark]]:
    """Read landmarks into the plan's, by identifier, name in either language, or alias.

    A name that two of them bear means the one of the final list, where the other belongs to it
    (`of_2025`), and else neither.

    Parameters
    ----------
    column : Column
        Its cells.
    plan : Plan
        Whose `landmarks` are meant; of a plan without them the texts are kept.

    Returns
    -------
    Series of category, list of Mark
        landmark_id, <NA> where the text is none of the plan's.

    Examples
    --------
    >>> from h1224lib import load_plan
    >>> from h1224lib.ledger.columns import make_column
    >>> cells = ["云上芯湖州智慧园", "百强人力资源企业", "云上芯智慧园", "无"]
    >>> found, marks = clean_landmarks(make_column("landmark", "", "A", cells, {}), load_plan())
    >>> found[:2].tolist(), [(mark.kind, mark.found) for mark in marks]
    (['software.2023.1', 'hr.2025.1'], [('ledger_unknown_landmark', '云上芯智慧园')])
    """
    if plan.landmarks.empty:
        return clean_words(column)
    index = _index_landmarks(plan.landmarks)
    ids = plan.landmarks["landmark_id"].tolist()
    found: list[Any] = []
    faults: list[tuple[int, Fault]] = []
    for number, value in enumerate(column.values):
        text = show(value)
        code = None if is_nothing(text) else index.get(plain(text))
        if code is None and not is_nothing(text):
            nearest = {"nearest": _nearest(text, index, plan)}
            faults.append((number, Fault("ledger_unknown_landmark", nearest)))
        found.append(None if code is None else ids.index(code))
    codes = column.spread(found, -1, np.int32)
    return pd.Series(pd.Categorical.from_codes(codes, categories=ids)), list(column.mark(faults))


def _index_landmarks(landmarks: pd.DataFrame) -> dict[str, str]:
    meant: dict[str, dict[str, str]] = {}
    for row in landmarks.to_dict("records"):
        code = str(row["landmark_id"])
        final = row.get("of_2025")
        aliases = row.get("aliases")
        others = str(aliases).split(";") if isinstance(aliases, str) else []
        for said in {plain(str(text)) for text in (code, row["zh"], row["en"], *others)}:
            meant.setdefault(said, {})[code] = str(final) if isinstance(final, str) else ""
    index = {}
    for said, codes in meant.items():
        # Of a result of an earlier year and the one that it belongs to, the latter is meant.
        last = {code for code, final in codes.items() if final not in codes}
        if said and len(last) == 1:
            index[said] = last.pop()
    return index


def _nearest(text: str, index: dict[str, str], plan: Plan) -> list[Label]:
    """Return the landmarks whose names are most like a text, to suggest and never to take."""
    named = plan.landmarks.set_index("landmark_id")
    labels = {
        code: Label(str(named.at[code, "zh"]), str(named.at[code, "en"])) for code in named.index
    }
    return [labels[code] for code in suggest(text, index)]


def _elsewhere(
    codes: npt.NDArray[np.int32], industries: pd.Categorical, plan: Plan
) -> npt.NDArray[np.bool_]:
    own = pd.Categorical(plan.directions["industry"], industries.categories).codes
    theirs = np.append(own, -1)[codes]
    result: npt.NDArray[np.bool_] = (
        (codes >= 0) & (theirs >= 0) & (industries.codes >= 0) & (theirs != industries.codes)
    )
    return result
