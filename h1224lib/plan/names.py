"""The codes that printed names mean: by code, name in either language, or alias."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from h1224lib.errors import PlanError, UnknownNameError
from h1224lib.plan.folder import check_folder, find_folder
from h1224lib.plan.model import DIMENSIONS, TABLES
from h1224lib.plan.spelling import mentions, plain, spellings


@dataclass(frozen=True)
class Names:
    """The names of one plan and measure.

    Parameters
    ----------
    codes : dict
        Dimension -> plain name -> code, for area, industry, project_type, horizon.
    known : dict
        Dimension -> the names to expect, as the plan writes them.
    measure : str
        The measure that the matrix counts.
    counted : dict
        Its row of the measures: unit, step, kind.
    types : dict
        Industry -> the project types that it has, where the plan says that it lacks some.
    called : set of str
        Plain names of the measure itself, which say nothing more.
    others : set of str
        Plain names of the other measures.
    """

    codes: dict[str, dict[str, str]]
    known: dict[str, list[str]]
    measure: str
    counted: dict[str, str]
    types: dict[str, list[str]]
    called: frozenset[str]
    others: frozenset[str]

    def code(self, dimension: str, text: str) -> str | None:
        """Return the code that a printed label means in a dimension, or None."""
        codes = self.codes[dimension]
        return next((codes[said] for said in spellings(text) if said in codes), None)

    def contradicts(self, text: str) -> bool:
        """Tell whether a heading is an area or horizon, which columns have, or another measure."""
        codes = {self.code(dimension, text) for dimension in ("area", "horizon")}
        return bool(codes - {None, "all"}) or any(s in self.others for s in spellings(text))

    def headed(self, text: str) -> list[str]:
        """Return the dimensions down the side of which a title or heading names a member."""
        return [
            dimension
            for dimension in ("industry", "project_type")
            if mentions(text, [n for n, c in self.codes[dimension].items() if c != "all"])
        ]


def read_names(plan: str | Path, measure: str) -> Names:
    """Read the names of a plan, which needs no sound figures yet.

    Parameters
    ----------
    plan : str or Path
        A shipped plan's name, or a plan folder.
    measure : str
        Code of the measure to import.

    Raises
    ------
    UnknownNameError
        There is no such plan or measure.
    PlanError
        A table of codes has problems.

    Examples
    --------
    >>> read_names("huzhou-1224", "projects").codes["horizon"]["今后三年"]
    '2023-2025'
    """
    folder = find_folder(plan)
    needed = {f"{table}.csv" for table in TABLES.values()} | {"datapackage.json"}
    problems = [
        p
        for p in check_folder(plan)
        if p.file in needed and Path(p.found).stem != "figures" and p.kind != "missing_title"
    ]
    if problems:
        raise PlanError("plan_has_problems", problems, folder=folder.name, count=len(problems))
    tables = {dimension: _read(folder / f"{TABLES[dimension]}.csv") for dimension in TABLES}
    measures = tables["measure"].set_index("code", drop=False)
    if measure not in measures.index:
        asked = {"dimension": "measure", "found": measure, "known": list(measures.index)}
        raise UnknownNameError("unknown_code_asked", **asked)
    counted = measures.loc[measure]
    across = (*DIMENSIONS, "horizon")
    return Names(
        {dimension: _index(tables[dimension]) for dimension in across},
        {dimension: [str(zh) for zh in tables[dimension]["zh"]] for dimension in across},
        measure,
        {name: str(counted[name]) for name in ("unit", "step", "kind")},
        _list_types(tables["industry"]),
        frozenset(map(plain, _called(counted))),
        frozenset(
            plain(name)
            for _, row in measures.drop(index=measure).iterrows()
            for name in _called(row)
        ),
    )


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():  # a dimension that the plan does not have
        return pd.DataFrame([{"code": "all", "zh": "全部", "en": "all"}])
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _called(row: pd.Series) -> list[str]:
    names = [row["code"], row["zh"], row["en"], *str(row.get("aliases", "")).split(";")]
    return [str(name) for name in names if name]


def _list_types(industries: pd.DataFrame) -> dict[str, list[str]]:
    if "project_types" not in industries:
        return {}
    pairs = zip(industries["code"], industries["project_types"], strict=True)
    return {str(code): str(types).split(";") for code, types in pairs if types}


def _index(table: pd.DataFrame) -> dict[str, str]:
    """Index codes by their names; a name that two of them bear means neither."""
    meant: dict[str, set[str]] = {}
    for _, row in table.iterrows():
        for name in _called(row):
            meant.setdefault(plain(name), set()).add(str(row["code"]))
    return {name: next(iter(codes)) for name, codes in meant.items() if len(codes) == 1}
