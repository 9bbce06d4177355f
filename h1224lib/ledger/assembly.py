"""Assembly: the sheets' parts become one ledger; what rows say of one another is judged."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import union_categoricals

from h1224lib.findings import Problem
from h1224lib.ledger.credits import give_credit
from h1224lib.ledger.dates import NO_DAY, Days, has_day
from h1224lib.ledger.marks import Mark, Origins, rows_with
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.names import Terms
from h1224lib.ledger.parts import Part
from h1224lib.ledger.repeats import Repeats, find_repeats, mark_alike, mark_likely
from h1224lib.ledger.rows import NO_PROJECTS
from h1224lib.ledger.settings import Settings
from h1224lib.ledger.vocabulary import list_fields

Rows = npt.NDArray[np.bool_]


def assemble(
    parts: list[Part], settings: Settings, terms: Terms, file: str, problems: list[Problem]
) -> Ledger:
    """Put the sheets together, find what repeats, and sort rows into projects and rejected.

    Parameters
    ----------
    parts : list of Part
        One a sheet.
    settings : Settings
        The vintage among them.
    terms : Terms
        The plan's.
    file : str
        Name of the ledger's file.
    problems : list of Problem
        Of the file as a whole.
    """
    origins = _locate(parts, file)
    frame = _stack(parts, terms, origins)
    marks = _shift(parts)
    shares = _join_objects(parts, "shares")
    compared = frame.drop(columns=["sheet", "row"])
    repeats = find_repeats(compared, shares, origins)
    marks += repeats.marks
    lost = np.concatenate([np.full(len(part), part.lost) for part in parts])
    rejected = lost | rows_with(marks, "error", len(frame))
    marks += _reject_groups(repeats, rejected)
    kept = np.flatnonzero(~rejected & ~repeats.joined)
    everything = len(kept) == len(frame)
    projects = frame if everything else frame.iloc[kept].reset_index(drop=True)
    marks += mark_likely(projects, kept, origins)
    marks += mark_alike(projects["project_id"], kept, origins)
    several = np.isin(repeats.first, repeats.first[repeats.joined]) & ~rejected
    credits = give_credit(frame, shares, _join_objects(parts, "shared"), several, ~rejected)
    refused = frame.loc[rejected, ["sheet", "row", "project_id", "name"]].reset_index(drop=True)
    counts = _count(parts, rejected, repeats.joined & ~rejected)
    told = [*problems, *(problem for part in parts for problem in part.problems)]
    return Ledger(
        terms.plan, file, projects, credits, refused, settings, counts, origins, marks, told
    )


def _locate(parts: list[Part], file: str) -> Origins:
    numbers = [np.full(len(part), n, dtype=np.int32) for n, part in enumerate(parts)]
    columns = [
        {name: (c.header, c.letter) for name, c in part.sheet.columns.items()} for part in parts
    ]
    rows = np.concatenate([part.sheet.rows for part in parts])
    return Origins(file, [p.sheet.name for p in parts], np.concatenate(numbers), rows, columns)


def _shift(parts: list[Part]) -> list[Mark]:
    """Count the marks' rows through all sheets."""
    marks = []
    before = 0
    for part in parts:
        marks += [dataclasses.replace(m, at=m.at + before) if before else m for m in part.marks]
        before += len(part)
    return marks


def _stack(parts: list[Part], terms: Terms, origins: Origins) -> pd.DataFrame:
    """Return one row a row of the ledger, in the columns' own order, further ones behind."""
    values: dict[str, Any] = {}
    for name, known in list_fields().items():
        if known.kind == "date":
            days = np.concatenate([part.dates[name].day(part.vintage) for part in parts])
            values[name] = to_datetimes(days)
        elif name == "platform":
            values[name] = _stack_platforms(parts, terms)
        elif known.kind != "share":
            values[name] = _stack_values(
                [part.values.get(name) for part in parts], parts, known.kind
            )
    values["day_unknown"] = _name_unsure(parts)
    further = dict.fromkeys(name for part in parts for name in part.further)
    for name in further:
        columns = [p.further.get(name, np.full(len(p), None, dtype=object)) for p in parts]
        values[name] = pd.Series(np.concatenate(columns)).infer_objects()
    # Two tables of one sheet have its name.
    sheets = list(dict.fromkeys(origins.sheets))
    numbers = np.array([sheets.index(name) for name in origins.sheets], dtype=np.int32)
    values["sheet"] = pd.Categorical.from_codes(numbers[origins.sheet], categories=sheets)
    values["row"] = origins.row
    return pd.DataFrame(values, copy=False)[_order(values)]


def _order(values: dict[str, Any]) -> list[str]:
    """Return the columns in order: identity, place, money, stages, the rest, origin."""
    first = ["project_id", "name", "area", "industry", "project_type", "direction", "investment"]
    dates = [name for name, known in list_fields().items() if known.kind == "date"]
    last = ["sheet", "row"]
    rest = [name for name in values if name not in (*first, *dates, "day_unknown", *last)]
    return [*first, *dates, "day_unknown", *rest, *last]


def _stack_values(columns: list[Any], parts: list[Part], kind: str) -> Any:
    present = [column for column in columns if column is not None]
    if not present:
        return _empty(kind, sum(map(len, parts)))
    if len(parts) == 1:
        return present[0]
    filled = [
        c if c is not None else pd.Series([None] * len(p), dtype=_dtype(present[0]))
        for c, p in zip(columns, parts, strict=True)
    ]
    if isinstance(_dtype(present[0]), pd.CategoricalDtype):
        return union_categoricals([pd.Categorical(column) for column in filled])
    return pd.concat([pd.Series(column) for column in filled], ignore_index=True)


def _empty(kind: str, count: int) -> Any:
    """Return a column that no sheet has."""
    if kind in ("text", "flag"):
        return pd.Series(pd.NA, index=range(count), dtype="str" if kind == "text" else "boolean")
    return pd.Categorical.from_codes(np.full(count, -1, dtype=np.int8), categories=[])


def _dtype(column: Any) -> Any:
    return column.dtype


def _stack_platforms(parts: list[Part], terms: Terms) -> pd.Categorical:
    columns = [p.values.get("platform", np.full(len(p), None, dtype=object)) for p in parts]
    return pd.Categorical(np.concatenate(columns), categories=list(terms.platforms))


def to_datetimes(days: Days) -> npt.NDArray[np.datetime64]:
    """Turn days counted from 1970-01-01 into datetime64, NaT for none.

    Examples
    --------
    >>> to_datetimes(np.array([0, NO_DAY], dtype=np.int32)).astype(str).tolist()
    ['1970-01-01T00:00:00', 'NaT']
    """
    stamps = days.astype("datetime64[D]").astype("datetime64[s]")
    stamps[days == NO_DAY] = np.datetime64("NaT")
    return stamps


def _name_unsure(parts: list[Part]) -> pd.Categorical:
    """Name for each row the stages of which the day is not known."""
    names = [name for name, known in list_fields().items() if known.kind == "date"]
    bits = np.concatenate(
        [
            sum(
                (part.dates[n].unsure & has_day(part.dates[n])).astype(np.int32) << number
                for number, n in enumerate(names)
            )
            + np.zeros(len(part), dtype=np.int32)
            for part in parts
        ]
    )
    present, codes = np.unique(bits, return_inverse=True)
    said = [
        ";".join(name for number, name in enumerate(names) if value >> number & 1)
        for value in present.tolist()
    ]
    return pd.Categorical.from_codes(codes, categories=said)


def _join_objects(parts: list[Part], name: str) -> npt.NDArray[np.object_] | None:
    columns = [getattr(part, name) for part in parts]
    if all(column is None for column in columns):
        return None
    filled = [
        c if c is not None else np.full(len(p), None, dtype=object)
        for c, p in zip(columns, parts, strict=True)
    ]
    return np.concatenate(filled)


def _reject_groups(repeats: Repeats, rejected: Rows) -> list[Mark]:
    """Reject the other rows of a shared project of which one is rejected, in place."""
    if not repeats.joined.any():
        return []
    heads = np.unique(repeats.first[repeats.joined])
    members = np.isin(repeats.first, heads)
    spoilt = np.isin(repeats.first, np.unique(repeats.first[members & rejected])) & members
    more = np.flatnonzero(spoilt & ~rejected)
    rejected[more] = True
    return [Mark("ledger_shared_rejected", "project_id", more)] if len(more) else []


def _count(parts: list[Part], rejected: Rows, joined: Rows) -> dict[str, int]:
    others: Counter[str] = Counter()
    for part in parts:
        others += part.sheet.counts
    count = len(rejected)
    counts = {
        "rows": count + others.total(),
        "projects": int(count - rejected.sum() - joined.sum()),
        "shared": int(joined.sum()),
        "rejected": int(rejected.sum()),
    }
    return counts | {kind: others[kind] for kind in (*NO_PROJECTS, "other")}
