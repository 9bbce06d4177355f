"""A plan: its tables, the figure that holds for each cell, and its targets."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.errors import UnknownDimensionError, UnknownNameError
from h1224lib.steps import narrow

DIMENSIONS = ("area", "industry", "project_type")
TABLES = {
    "measure": "measures",
    "area": "areas",
    "industry": "industries",
    "project_type": "project_types",
    "horizon": "horizons",
}
KEYS = ["measure", *DIMENSIONS, "horizon"]
REPLACED = "replaced"  # the place of a figure that is not the document's
TARGET_COLUMNS = [*KEYS, "value", "unit", "figure_id"]


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """A plan as `load_plan` reads it; nothing in it is changed in place.

    Parameters
    ----------
    name : str
        Its short name, such as ``huzhou-1224``.
    folder : Path
        Where its tables stand.
    package : dict
        Its Frictionless description: title, publisher, document number, date, licence.
    measures, areas, industries, project_types, horizons : DataFrame
        Attributes by code; a dimension that the plan lacks has the single code ``all``.
    figures : DataFrame
        One row for every number that the document prints; `value` in `unit`.
    directions, landmarks, assessment, bodies, notes : DataFrame
        What the document lists beside numbers, and how it was read; empty where it lists none.
    as_of : date, optional
        Amendments effective after this day do not count.
    """

    name: str
    folder: Path
    package: dict[str, Any]
    measures: pd.DataFrame
    areas: pd.DataFrame
    industries: pd.DataFrame
    project_types: pd.DataFrame
    horizons: pd.DataFrame
    figures: pd.DataFrame
    directions: pd.DataFrame
    landmarks: pd.DataFrame
    assessment: pd.DataFrame
    bodies: pd.DataFrame
    notes: pd.DataFrame
    as_of: dt.date | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the plan has beyond ``all``."""
        return tuple(d for d in DIMENSIONS if len(self.table(d)) > 1)

    def table(self, dimension: str) -> pd.DataFrame:
        """Return the table of a dimension, of the measures or of the horizons."""
        if dimension not in TABLES:
            raise UnknownDimensionError("unknown_dimension", found=dimension, known=list(TABLES))
        frame: pd.DataFrame = getattr(self, TABLES[dimension])
        return frame

    def label(self, dimension: str, code: str, lang: str) -> str:
        """Name a code in ``zh`` or ``en``.

        Examples
        --------
        >>> from h1224lib.plan import load_plan
        >>> load_plan().label("area", "deqing", "zh")
        '德清县'
        """
        self.table(dimension)  # refuses a dimension that there is not
        names = self._names[dimension]
        if code not in names:
            known = list(names)
            raise UnknownNameError(
                "unknown_code_asked", dimension=dimension, found=code, known=known
            )
        return str(names[code][lang])

    @functools.cached_property
    def _names(self) -> dict[str, dict[str, dict[str, str]]]:
        """Names by dimension, code and language: a frame is slow to look one cell up in."""
        return {d: self.table(d)[["zh", "en"]].to_dict("index") for d in TABLES}

    def unit(self, measure: str, lang: str) -> str:
        """Name a measure's unit in ``zh`` or ``en``."""
        return str(self.measures.at[measure, "unit" if lang == "zh" else "unit_en"])

    def title(self, lang: str) -> str:
        """Return the plan's title in ``zh``, or in ``en`` where it has one."""
        return str(self.package.get("title_en" if lang == "en" else "title", self.package["title"]))

    def replace(self, changes: dict[tuple[str, ...], float | None]) -> Plan:
        """Return the plan with other targets, for "what if": nothing in it is changed in place.

        Parameters
        ----------
        changes : dict
            (measure, area, industry, project_type, horizon) -> value in the measure's unit, or
            None for "-". The figure that holds for the cell is changed, or a new one is added;
            either has the place ``replaced``, and `cite` says how many there are. Printed totals
            above it stay, unless they are named too; sums that the plan does not print follow.

        Raises
        ------
        UnknownNameError
            A code is not the plan's.
        PlanError
            A cell does not name all five, or a value is no number, negative for what cannot
            be, or no multiple of the measure's step.

        Examples
        --------
        >>> from h1224lib.plan import load_plan
        >>> cell = ("projects", "deqing", "software", "revenue", "2023-2025")
        >>> other = load_plan().replace({cell: 50})
        >>> row = other.cells.set_index(KEYS).loc[cell]
        >>> int(row["value"]), row["place"]
        (50, 'replaced')
        """
        # What a change must hold to, the checks of folders know.
        from h1224lib.plan.replacements import replace_figures

        return replace_figures(self, changes)

    def cite(self, lang: str | None = None) -> str:
        """Name the plan's publisher, title, document number and date, as a source line.

        Parameters
        ----------
        lang : str, optional
            ``zh`` or ``en``; by default what the user's environment asks for.

        Returns
        -------
        str
            The line; of a plan with replaced figures it says how many are not the document's.

        Examples
        --------
        >>> from h1224lib.plan import load_plan
        >>> "湖政办发〔2023〕29号" in load_plan().cite("zh")
        True
        """
        lang = lang or wording.user_language()
        parts = {
            "publisher": self._described("publisher", lang),
            "title": self.title(lang),
            "number": self._described("document_number", lang),
            "date": self.package.get("date", ""),
            "changed": int((self.figures["place"] == REPLACED).sum()),
        }
        return wording.say("citation", lang, **parts)

    def _described(self, name: str, lang: str) -> str:
        plain = self.package.get(name, "")
        return str(self.package.get(f"{name}_en", plain) if lang == "en" else plain)

    def accumulates(self, measure: str) -> bool:
        """Tell whether a measure adds up over time: counts and flows do."""
        return self.measures.at[measure, "kind"] in ("count", "flow")

    def without(self) -> dict[str, set[str]]:
        """Return the industries that the plan says lack project types, with those types."""
        every = set(self.project_types.index) - {"all"}
        only = self.industries["project_types"]
        return {str(code): every - set(t.split(";")) for code, t in only.items() if t}

    @property
    def issued(self) -> pd.DataFrame:
        """The figures that are issued by `as_of`: without it, all."""
        if self.as_of is None:
            return self.figures
        return self.figures[self.figures["effective"] <= self.as_of.isoformat()]

    @functools.cached_property
    def cells(self) -> pd.DataFrame:
        """The figure that holds for each printed cell, totals included, in document order.

        An amendment holds before what it amends, a table before the text, an exact number
        before a bound, the first printed before a later one.
        """
        figures = self.issued
        # A replaced figure stands where the one stood that it replaces.
        in_table = figures["place"].str.match(rf"annex|table|{REPLACED}$")
        ranked = figures.assign(
            _order=range(len(figures)), _table=in_table, _exact=figures["relation"] == "="
        ).sort_values(
            ["effective", "_table", "_exact", "_order"], ascending=[False, False, False, True]
        )
        holding = ranked.drop_duplicates(KEYS).sort_values("_order")
        return holding.drop(columns=["_order", "_table", "_exact"]).reset_index(drop=True)

    @functools.cached_property
    def targets(self) -> pd.DataFrame:
        """The leaves: the finest printed cells that do not overlap, each target once.

        Columns measure, area, industry, project_type, horizon, value (in `unit`; <NA> where
        the plan prints "-"), unit, figure_id. Totals, parts "of which" and results are not
        among them.
        """
        # The one look upwards: what a leaf is, the hierarchies know; that the targets are
        # the leaves, the plan says.
        from h1224lib.hierarchy import find_leaves, target_measures

        leaves = find_leaves(self.cells[self.cells["measure"].isin(target_measures(self))], self)
        columns = leaves[TARGET_COLUMNS].assign(value=narrow(leaves["value"]))
        return columns.reset_index(drop=True)
